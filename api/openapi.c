// SPDX-License-Identifier: Apache-2.0
// OpenAPI 3.1 from the tables that the program runs on, so that it cannot say anything else than
// what is done.
#include "openapi.h"
#include "resources/resources.h"
#include "routes.h"
#include <pthread.h>

static const char *const method_words[METHODS] = {"get", "post", "put", "patch", "delete"};

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static json_t *reference(const char *kind, Str name)
{
    return json_pack("{s:o}", "$ref",
                     json_sprintf("#/components/%s/" STR_FMT, kind, STR_ARG(name)));
}

// --- names ---------------------------------------------------------------------------------------

// The next segment of a path, without its slash; false at the end.
static bool segment(Str *path, Str *ret)
{
    if (!path->len)
        return false;
    Str rest = str_slice(*path, 1, path->len);
    *ret = str_slice(rest, 0, str_index(rest, '/'));
    *path = str_slice(rest, ret->len, rest.len);
    return true;
}

static bool is_parameter(Str s)
{
    return s.len > 2 && s.at[0] == '{';
}

// GET /api/v1/dossiers/{dossier_id}/documents -> get_dossiers_documents; one of them ->
// get_dossiers_one.
static Str operation_id(Arena *arena, const Route *route)
{
    Buf id = {.arena = arena};
    buf_add(&id, str_of(method_words[route->method]));
    Str path = str_of(route->path), s = STR_NONE;
    while (segment(&path, &s)) {
        if (str_is(s, "api") || str_is(s, "v1") || is_parameter(s))
            continue;
        buf_char(&id, '_');
        for (size_t i = 0; i < s.len; i++)
            buf_char(&id, s.at[i] == '-' || s.at[i] == '.' ? '_' : s.at[i]);
    }
    if (is_parameter(s))
        buf_add(&id, STR("_one"));
    return buf_str(&id);
}

// --- parameters ----------------------------------------------------------------------------------

static json_t *type_schema(FieldType type)
{
    switch (type) {
    case FIELD_INT_T:
        return json_pack("{s:s}", "type", "integer");
    case FIELD_BOOL_T:
        return json_pack("{s:s}", "type", "boolean");
    case FIELD_UUID_T:
        return json_pack("{s:s, s:s}", "type", "string", "format", "uuid");
    case FIELD_TIME_T:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
    default:
        return json_pack("{s:s, s:i}", "type", "string", "maxLength", FIELD_TEXT_MAX);
    }
}

static json_t *parameter(Str name, const char *in, bool required, json_t *schema, const char *help)
{
    json_t *row = json_pack("{s:s%, s:s, s:b, s:o}", "name", name.at, name.len, "in", in,
                            "required", required, "schema", schema);
    if (help)
        set(row, "description", json_string(help));
    return row;
}

static json_t *parameters(const Route *route)
{
    json_t *list = json_array();
    Str path = str_of(route->path), s;
    while (segment(&path, &s)) {
        if (!is_parameter(s))
            continue;
        Str name = str_slice(s, 1, s.len - 1);
        FieldType type = str_ends(name, STR("id")) ? FIELD_UUID_T
                         : str_is(name, "version") ? FIELD_INT_T
                                                   : FIELD_TEXT_T;
        json_array_append_new(list, parameter(name, "path", true, type_schema(type), NULL));
    }
    for (const Parameter *p = route->query; p && p->name; p++)
        json_array_append_new(
            list, parameter(str_of(p->name), "query", false, type_schema(p->type), p->help));
    if (route->method == POST && !route->direct)
        json_array_append_new(list, reference("parameters", STR("IdempotencyKey")));
    if (route->if_match)
        json_array_append_new(list, reference("parameters", STR("IfMatch")));
    if ((route->method == POST || route->method == PUT) &&
        (strstr(route->path, "{application_id}/") || strstr(route->path, "{measure_id}/")))
        json_array_append_new(list, reference("parameters", STR("ActingFor")));
    return list;
}

// --- bodies --------------------------------------------------------------------------------------

static json_t *request_body(Arena *arena, const Route *route)
{
    if (!route->media && !route->body) // some clients send an empty object where nothing is asked
        return json_pack("{s:b, s:{s:{s:{s:s, s:i}}}}", "required", 0, "content",
                         "application/json", "schema", "type", "object", "maxProperties", 0);
    json_t *content = json_object();
    if (route->media) {
        set(content, route->media, json_pack("{s:{s:s}}", "schema", "type", "string"));
    } else {
        json_t *schema = json_pack("{s:O}", "schema", fields_schema(arena, route->body));
        if (route->method == PATCH)
            json_object_set(content, "application/merge-patch+json", schema);
        set(content, "application/json", schema);
    }
    return json_pack("{s:b, s:o}", "required", 1, "content", content);
}

static bool is_media(Str reply)
{
    return str_index(reply, '/') < reply.len;
}

static json_t *reply_content(Str reply)
{
    json_t *content = json_object();
    while (reply.len) {
        Str one = str_slice(reply, 0, str_index(reply, '|'));
        reply = str_slice(reply, one.len + 1, reply.len);
        if (is_media(one))
            json_object_setn_new(content, one.at, one.len,
                                 json_pack("{s:{s:s}}", "schema", "type", "string"));
        else
            set(content, "application/json",
                json_pack("{s:o}", "schema", reference("schemas", one)));
    }
    return content;
}

static json_t *header(const char *description)
{
    return json_pack("{s:s, s:{s:s}}", "description", description, "schema", "type", "string");
}

static json_t *success(const Route *route)
{
    json_t *reply =
        json_pack("{s:s}", "description", route->reply ? "done" : "done; nothing to say");
    if (route->reply)
        set(reply, "content", reply_content(str_of(route->reply)));
    json_t *headers = json_object();
    if (route->status == 201)
        set(headers, "Location", header("where it is"));
    if (route->if_match)
        set(headers, "ETag", header("for If-Match"));
    if (json_object_size(headers))
        json_object_set(reply, "headers", headers);
    json_decref(headers);
    return reply;
}

static json_t *redirection(void)
{
    return json_pack("{s:s, s:{s:o, s:o}}", "description", "a browser is sent on, with a cookie",
                     "headers", "Location", header("where it goes"), "Set-Cookie",
                     header("the session, which no script reads"));
}

static json_t *responses(const Route *route)
{
    const struct {
        int status;
        bool there;
    } rows[] = {
        {400, true},
        {401, route->access != PUBLIC || route->body},
        {403, route->access != PUBLIC},
        {404, strchr(route->path, '{') || route->query},
        {409, route->method != GET},
        {412, route->if_match || route->batch},
        {413, route->body || route->media},
        {415, route->body || route->media},
        {422, route->body || route->media},
        {428, route->if_match},
        {503, true},
    };
    json_t *all = json_object();
    char code[8];
    snprintf(code, sizeof code, "%d", route->status);
    set(all, code, success(route));
    if (route->redirects)
        set(all, "303", redirection());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(code, sizeof code, "%d", rows[i].status);
        if (rows[i].there)
            set(all, code, reference("responses", STR("Problem")));
    }
    set(all, "default", reference("responses", STR("Problem")));
    return all;
}

static json_t *security(const Route *route)
{
    if (route->direct)
        return json_array();
    if (route->access == PUBLIC) // signed in, one may see more
        return json_pack("[{}, {s:[]}, {s:[]}]", "bearer", "cookie");
    return json_pack("[{s:[]}, {s:[]}]", "bearer", "cookie");
}

static json_t *operation(Arena *arena, const Route *route)
{
    Str id = operation_id(arena, route);
    json_t *all = json_pack("{s:s%, s:s, s:[s], s:o, s:o}", "operationId", id.at, id.len, "summary",
                            route->summary, "tags", route->tag, "security", security(route),
                            "responses", responses(route));
    if (route->fresh || route->own)
        set(all, "description",
            json_string(!route->fresh ? "Takes a session, not a token."
                        : route->own  ? "Takes a session confirmed lately (/session/confirm)."
                                      : "Takes a session confirmed lately (/session/confirm), or a "
                                        "token that may write."));
    json_t *list = parameters(route);
    if (json_array_size(list))
        json_object_set(all, "parameters", list);
    json_decref(list);
    if (route->body || route->media || route->method == POST)
        set(all, "requestBody", request_body(arena, route));
    return all;
}

// --- the document --------------------------------------------------------------------------------

static json_t *paths(Arena *arena)
{
    json_t *all = json_object();
    for (size_t i = 0; i < route_count; i++) {
        json_t *path = json_object_get(all, routes[i].path);
        if (!path) {
            path = json_object();
            set(all, routes[i].path, path);
        }
        set(path, method_words[routes[i].method], operation(arena, &routes[i]));
    }
    return all;
}

// The schemas that the routes name, and those that these name.
static void schema_add(Arena *arena, json_t *all, Str name);

static void schemas_within(Arena *arena, json_t *all, const json_t *schema)
{
    const char *name;
    json_t *value;
    size_t i;
    static const char prefix[] = "#/components/schemas/";
    Str target = json_str(json_at(schema, "$ref"));
    if (str_starts(target, STR(prefix)))
        schema_add(arena, all, str_slice(target, sizeof prefix - 1, target.len));
    json_array_foreach((json_t *)schema, i, value) schemas_within(arena, all, value);
    if (json_is_object(schema))
        json_object_foreach((json_t *)schema, name, value) schemas_within(arena, all, value);
}

static void schema_add(Arena *arena, json_t *all, Str name)
{
    json_t *schema = json_object_getn(all, name.at, name.len) ? NULL : openapi_schema(arena, name);
    if (!schema)
        return;
    json_object_setn(all, name.at, name.len, schema);
    schemas_within(arena, all, schema);
}

static json_t *schemas(Arena *arena)
{
    json_t *all = json_object();
    schema_add(arena, all, STR("Problem"));
    for (size_t i = 0; i < route_count; i++) {
        Str reply = str_of(routes[i].reply);
        schema_add(arena, all, str_slice(reply, 0, str_index(reply, '|')));
    }
    return all;
}

static json_t *components(Arena *arena)
{
    json_t *all = json_object();
    set(all, "schemas", schemas(arena));
    set(all, "responses",
        json_pack("{s:{s:s, s:{s:{s:o}}}}", "Problem", "description",
                  "a problem (RFC 9457); its type ends in a stable word", "content",
                  "application/problem+json", "schema", reference("schemas", STR("Problem"))));
    set(all, "parameters",
        json_pack("{s:o, s:o, s:o}", "IdempotencyKey",
                  parameter(STR("Idempotency-Key"), "header", false, type_schema(FIELD_TEXT_T),
                            "The same key gives the same answer, done once, for a day."),
                  "IfMatch",
                  parameter(STR("If-Match"), "header", true, type_schema(FIELD_TEXT_T),
                            "The ETag that one has seen. It stands for all that was shown: of a "
                            "call, also what is committed."),
                  "ActingFor",
                  parameter(STR("Acting-For"), "header", false, type_schema(FIELD_UUID_T),
                            "For whom one acts, by a right that they gave on.")));
    set(all, "securitySchemes",
        json_pack("{s:{s:s, s:s}, s:{s:s, s:s, s:s}}", "bearer", "type", "http", "scheme", "bearer",
                  "cookie", "type", "apiKey", "in", "cookie", "name", "jalon"));
    return all;
}

static json_t *tags(void)
{
    json_t *all = json_array(), *seen = json_object();
    for (size_t i = 0; i < route_count; i++) {
        const char *tag = routes[i].tag;
        if (json_object_get(seen, tag))
            continue;
        set(seen, tag, json_true());
        json_array_append_new(all, json_pack("{s:s, s:o}", "name", tag, "description",
                                             json_sprintf("About %s.", tag)));
    }
    json_decref(seen);
    return all;
}

json_t *openapi_document(Arena *arena)
{
    json_t *info = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "title", "Jalon", "version",
                             JALON_VERSION, "description",
                             "Calls for projects, from submission to impact. Money is in whole "
                             "cents, instants are RFC 3339. "
                             "Texts follow Accept-Language (fr, en).",
                             "license", "name", "Apache-2.0", "identifier", "Apache-2.0");
    return json_keep(arena, json_pack("{s:s, s:o, s:[{s:s}], s:o, s:o, s:o}", "openapi", "3.1.0",
                                      "info", info, "servers", "url", "/", "tags", tags(), "paths",
                                      paths(arena), "components", components(arena)));
}

static Str document_text;

static void write_text(void)
{
    Arena *arena = arena_new(); // never freed: the text lives in it
    document_text = json_text(arena, openapi_document(arena));
}

bool openapi_get(Request *rq)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, write_text);
    return reply_text(rq, 200, document_text);
}
