// SPDX-License-Identifier: Apache-2.0
// Describes a table of fields as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks.
#include "field.h"

static json_t *object_schema(const Field *fields);

static void set(json_t *schema, const char *name, json_t *value)
{
    json_object_set_new(schema, name, value);
}

static void set_count(json_t *schema, const char *name, size_t n)
{
    set(schema, name, json_integer((json_int_t)n));
}

static json_t *typed(const char *type)
{
    return json_pack("{s:s}", "type", type);
}

static json_t *text_schema(const Field *field)
{
    json_t *schema = typed("string");
    if (field->min_len)
        set_count(schema, "minLength", field->min_len);
    set_count(schema, "maxLength", field->max ? field->max : FIELD_TEXT_MAX);
    if (!field->values)
        return schema;
    json_t *values = json_array();
    for (size_t i = 0; field->values[i]; i++)
        json_array_append_new(values, json_string(field->values[i]));
    set(schema, "enum", values);
    return schema;
}

static json_t *int_schema(const Field *field)
{
    json_t *schema = typed("integer");
    bool any = field->low == 0 && field->high == 0;
    if (any && field->type == FIELD_INT_T)
        return schema;
    set(schema, "minimum", json_integer(any ? 0 : field->low));
    set(schema, "maximum", json_integer(any ? FIELD_MONEY_MAX : field->high));
    return schema;
}

static json_t *list_schema(const Field *field)
{
    static const Field text = {.type = FIELD_TEXT_T};
    json_t *schema = typed("array");
    if (field->min_len)
        set_count(schema, "minItems", field->min_len);
    set_count(schema, "maxItems", field->max ? field->max : FIELD_LIST_MAX);
    set(schema, "items", field->items ? object_schema(field->items) : text_schema(&text));
    return schema;
}

static json_t *formatted(const char *format)
{
    return json_pack("{s:s, s:s}", "type", "string", "format", format);
}

static json_t *field_schema(const Field *field)
{
    switch (field->type) {
    case FIELD_TEXT_T:
        return text_schema(field);
    case FIELD_INT_T:
    case FIELD_MONEY_T:
        return int_schema(field);
    case FIELD_BOOL_T:
        return typed("boolean");
    case FIELD_TIME_T:
        return json_pack("{s:s, s:[{s:s}, {s:s}]}", "type", "string", "anyOf", "format",
                         "date-time", "format", "date");
    case FIELD_DATE_T:
        return formatted("date");
    case FIELD_UUID_T:
        return formatted("uuid");
    case FIELD_EMAIL_T:
        return formatted("email");
    case FIELD_JSON_T:
        return typed("object");
    case FIELD_LIST_T:
        return list_schema(field);
    default:
        return json_object();
    }
}

static json_t *object_schema(const Field *fields)
{
    json_t *properties = json_object(), *required = json_array();
    for (const Field *f = fields; f->type != FIELD_NONE; f++) {
        json_t *schema = field_schema(f);
        if (f->help)
            set(schema, "description", json_string(f->help));
        set(properties, f->name, schema);
        if (f->required)
            json_array_append_new(required, json_string(f->name));
    }
    json_t *schema = typed("object");
    set(schema, "properties", properties);
    if (json_array_size(required))
        set(schema, "required", json_incref(required));
    json_decref(required);
    set(schema, "additionalProperties", json_false());
    return schema;
}

json_t *fields_schema(Arena *arena, const Field *fields)
{
    return json_keep(arena, object_schema(fields));
}
