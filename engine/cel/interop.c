// SPDX-License-Identifier: Apache-2.0
// JSON and JSON Schema at the room's edge: values written as JSON, a form's schema read as a static
// type.
#include "inside.h"

static json_t *text_json(Str s)
{
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *to_json(Arena *arena, const CelValue *value);

static Str base64(Arena *arena, Str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t three = 0;
        for (size_t k = 0; k < 3; k++)
            three = three << 8 | (i + k < bytes.len ? (unsigned char)bytes.at[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_char(&buf, i + k > bytes.len ? '=' : digits[three >> (18 - 6 * k) & 63]);
    }
    return buf_str(&buf);
}

static json_t *list_json(Arena *arena, const CelValue *list)
{
    json_t *array = json_array();
    Walk walk = walk_start(list);
    for (CelValue item; array && walk_next(&walk, &item);) {
        json_t *json = to_json(arena, &item);
        if (!json || json_array_append_new(array, json) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *map_json(Arena *arena, const CelValue *map)
{
    json_t *object = json_object();
    Walk walk = walk_start(map);
    for (CelValue key, value; object && walk_pair(&walk, &key, &value);) {
        Buf name = {.arena = arena};
        if (key.kind == CEL_STRING)
            buf_add(&name, key.text);
        else
            cel_write(&name, &key);
        json_t *json = to_json(arena, &value);
        if (!json || json_object_setn_new(object, name.at ? name.at : "", name.len, json) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *to_json(Arena *arena, const CelValue *value)
{
    switch (value->kind) {
    case CEL_NULL:
        return json_null();
    case CEL_BOOL:
        return json_boolean(value->boolean);
    case CEL_INT:
        return json_integer(value->integer);
    case CEL_UINT:
        return value->uint <= INT64_MAX ? json_integer((json_int_t)value->uint)
                                        : json_real((double)value->uint);
    case CEL_DOUBLE: {
        json_t *real = json_real(value->number);
        return real ? real
                    : text_json(
                          cel_double_text(arena, value->number)); // JSON has no NaN nor infinities
    }
    case CEL_STRING:
        return text_json(value->text);
    case CEL_BYTES:
        return text_json(base64(arena, value->text));
    case CEL_TIMESTAMP:
        return text_json(cel_timestamp_text(arena, value));
    case CEL_DURATION:
        return text_json(cel_duration_text(arena, value));
    case CEL_LIST:
        return value->extra == FORM_JSON ? json_incref((json_t *)value->ref)
                                         : list_json(arena, value);
    case CEL_MAP:
        return value->extra == FORM_JSON ? json_incref((json_t *)value->ref)
                                         : map_json(arena, value);
    case CEL_TYPE:
        return text_json(cel_kind_name((CelKind)value->integer));
    default:
        return NULL;
    }
}

json_t *cel_to_json(Arena *arena, CelValue value)
{
    json_t *json = to_json(arena, &value);
    return json ? json_keep(arena, json) : NULL;
}

static const CelType *type_of(Arena *arena, const json_t *schema, int depth);

static bool is_required(const json_t *schema, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_at(schema, "required"), i, item)
    {
        if (str_is(json_str(item), name))
            return true;
    }
    return false;
}

static void read_members(Arena *arena, const json_t *schema, CelType *type, int depth)
{
    json_t *properties = json_at(schema, "properties"), *of;
    const char *name;
    if (!json_is_object(properties))
        return;
    CelMember *members = arena_array(arena, CelMember, json_object_size(properties) + 1);
    json_object_foreach(properties, name, of)
    {
        Str copy = str_copy(arena, str_of(name));
        members[type->count++] =
            (CelMember){copy, type_of(arena, of, depth + 1), !is_required(schema, name)};
    }
    type->members = members;
}

static void read_values(Arena *arena, const json_t *schema, CelType *type)
{
    json_t *values = json_at(schema, "enum"), *item;
    size_t i, len = 0, n = json_array_size(values);
    if (n == 0)
        return;
    Str *texts = arena_array(arena, Str, n);
    json_array_foreach(values, i, item)
    {
        if (!json_is_string(item) && !json_is_null(item))
            return;
        if (json_is_string(item)) // null reads as absent
            texts[len++] = str_copy(arena, json_str(item));
    }
    type->values = len ? texts : NULL;
    type->value_count = len;
}

static Label title_of(Arena *arena, const json_t *schema)
{
    const json_t *title = json_at(schema, "title");
    if (json_is_string(title))
        return (Label){.fr = str_copy(arena, json_str(title))};
    return (Label){str_copy(arena, json_str(json_at(title, "fr"))),
                   str_copy(arena, json_str(json_at(title, "en")))};
}

// The kind that `type` names; of a list of types the only one beside null, which reads as absent.
// Without a type, what the other keywords imply.
static CelKind kind_of(const json_t *schema)
{
    static const struct {
        const char *name;
        CelKind kind;
    } kinds[] = {{"boolean", CEL_BOOL},  {"integer", CEL_INT}, {"number", CEL_DOUBLE},
                 {"string", CEL_STRING}, {"array", CEL_LIST},  {"object", CEL_MAP},
                 {"null", CEL_NULL}};
    const json_t *type = json_at(schema, "type");
    if (json_array_size(type) == 1)
        type = json_array_get(type, 0);
    else if (json_array_size(type) == 2)
        type = json_array_get(type, str_is(json_str(json_array_get(type, 0)), "null"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(json_str(type), kinds[i].name))
            return kinds[i].kind;
    return type                            ? CEL_DYN
           : json_at(schema, "properties") ? CEL_MAP
           : json_at(schema, "items")      ? CEL_LIST
                                           : CEL_DYN;
}

static const CelType *type_of(Arena *arena, const json_t *schema, int depth)
{
    if (depth > JSON_DEPTH_MAX)
        return &cel_dyn;
    CelType *type = arena_new_of(arena, CelType);
    *type = (CelType){.kind = kind_of(schema), .title = title_of(arena, schema)};
    const json_t *items = json_at(schema, "items"), *more = json_at(schema, "additionalProperties");
    if (type->kind == CEL_LIST && json_is_object(items))
        type->of = type_of(arena, items, depth + 1);
    if (type->kind == CEL_MAP)
        read_members(arena, schema, type, depth);
    if (type->kind == CEL_MAP && !type->members && json_is_object(more))
        type->of = type_of(arena, more, depth + 1);
    if (type->kind == CEL_STRING || type->kind == CEL_DYN)
        read_values(arena, schema, type);
    if (type->values)
        type->kind = CEL_STRING; // an enum of texts says its type
    return type;
}

const CelType *cel_type_of_schema(Arena *arena, const json_t *schema)
{
    return type_of(arena, schema, 0);
}
