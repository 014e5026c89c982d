// SPDX-License-Identifier: Apache-2.0
// The rows of schemas.def as JSON Schema.
#include "openapi.h"

typedef struct Shape {
    const char *name, *members, *title;
} Shape;
static const Shape shapes[] = {
#define X(name, members, title) {#name, members, title},
#include "schemas.def"
#undef X
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static json_t *formatted(const char *type, const char *format)
{
    return json_pack("{s:s, s:s}", "type", type, "format", format);
}

static json_t *reference(Str name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/components/schemas/" STR_FMT, STR_ARG(name)));
}

static json_t *label_schema(void)
{
    return json_pack("{s:s, s:{s:{s:s}, s:{s:s}}, s:b}", "type", "object", "properties", "fr",
                     "type", "string", "en", "type", "string", "additionalProperties", 0);
}

static json_t *type_schema(Str type)
{
    static const char *const formats[][3] = {{"uuid", "string", "uuid"},
                                             {"time", "string", "date-time"},
                                             {"money", "integer", "int64"},
                                             {"int", "integer", "int64"}};
    static const char *const plain[][2] = {
        {"text", "string"}, {"number", "number"}, {"bool", "boolean"}, {"object", "object"}};
    if (str_ends(type, STR("[]")))
        return json_pack("{s:s, s:o}", "type", "array", "items",
                         type_schema(str_slice(type, 0, type.len - 2)));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_is(type, formats[i][0]))
            return formatted(formats[i][1], formats[i][2]);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_is(type, plain[i][0]))
            return json_pack("{s:s}", "type", plain[i][1]);
    if (str_is(type, "label"))
        return label_schema();
    return str_is(type, "any") ? json_object() : reference(type);
}

static json_t *nullable(json_t *schema)
{
    json_t *type = json_object_get(schema, "type");
    if (!type) {
        json_t *either = json_pack("{s:[o, {s:s}]}", "anyOf", schema, "type", "null");
        return either;
    }
    json_object_set_new(schema, "type", json_pack("[O, s]", type, "null"));
    return schema;
}

static Str word(Str *rest, char end)
{
    size_t at = str_index(*rest, end);
    Str found = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at + 1, rest->len);
    while (rest->len && rest->at[0] == ' ')
        *rest = str_slice(*rest, 1, rest->len);
    return found;
}

static json_t *shape_schema(const Shape *shape)
{
    if (!shape->members[0])
        return json_pack("{s:s}", "description", shape->title);
    json_t *properties = json_object(), *required = json_array();
    for (Str rest = str_of(shape->members); rest.len;) {
        Str member = word(&rest, ','), type = member, name = word(&type, ' ');
        bool optional = str_ends(name, STR("?")), null = str_ends(type, STR("?"));
        name.len -= optional;
        type.len -= null;
        json_t *schema = type_schema(type);
        json_object_setn_new(properties, name.at, name.len, null ? nullable(schema) : schema);
        if (!optional)
            json_array_append_new(required, json_stringn(name.at, name.len));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:b}", "type", "object", "description", shape->title,
                     "properties", properties, "required", required, "additionalProperties", 0);
}

static const Shape *shape_named(Str name)
{
    for (size_t i = 0; i < SHAPES; i++)
        if (str_is(name, shapes[i].name))
            return &shapes[i];
    return NULL;
}

json_t *openapi_schema(Arena *arena, Str name)
{
    const Shape *shape = shape_named(name);
    if (shape)
        return json_keep(arena, shape_schema(shape));
    if (!str_ends(name, STR("List")) || !shape_named(str_slice(name, 0, name.len - 4)))
        return NULL;
    return json_keep(arena,
                     json_pack("{s:s, s:s, s:{s:{s:s, s:o}, s:{s:[s,s], s:s}}, s:[s,s], s:b}",
                               "type", "object", "description",
                               "a page; `next` is the cursor of the one that follows", "properties",
                               "items", "type", "array", "items",
                               reference(str_slice(name, 0, name.len - 4)), "next", "type",
                               "string", "null", "description", "null on the last page", "required",
                               "items", "next", "additionalProperties", 0));
}
