// SPDX-License-Identifier: Apache-2.0
// The description of the API is whole: nothing in it leads nowhere, nothing is left out.
#include "api/openapi.h"
#include "api/routes.h"
#include "../base/table.h"

typedef struct Document {
    Arena *arena;
    json_t *root;
} Document;

static int set_up(void **state)
{
    static Document document;
    document.arena = arena_new();
    document.root = openapi_document(document.arena);
    *state = &document;
    return document.root ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(((Document *)*state)->arena);
    return 0;
}

static int dangling(Document *d, const json_t *at)
{
    int wrong = 0;
    const char *name;
    json_t *value;
    size_t i;
    Str target = json_is_object(at) ? json_str(json_at(at, "$ref")) : STR_NONE;
    if (target.len && !json_pointer(d->root, str_slice(target, 1, target.len))) {
        print_error("  " STR_FMT " leads nowhere\n", STR_ARG(target));
        wrong++;
    }
    json_array_foreach((json_t *)at, i, value) wrong += dangling(d, value);
    if (json_is_object(at))
        json_object_foreach((json_t *)at, name, value) wrong += dangling(d, value);
    return wrong;
}

static void every_reference_leads_somewhere(void **state)
{
    assert_int_equal(dangling(*state, ((Document *)*state)->root), 0);
}

static void every_route_is_described(void **state)
{
    static const char *const methods[] = {"get", "post", "put", "patch", "delete"};
    Document *d = *state;
    int wrong = 0;
    for (size_t i = 0; i < route_count; i++) {
        json_t *operation =
            json_at(json_at(json_at(d->root, "paths"), routes[i].path), methods[routes[i].method]);
        ROW_CHECK(wrong, operation != NULL, routes[i].path, "%s is not described",
                  methods[routes[i].method]);
    }
    ROWS_END(wrong);
}

static void a_redirection_is_described_where_there_is_one(void **state)
{
    Document *d = *state;
    int wrong = 0, some = 0;
    for (size_t i = 0; i < route_count; i++) {
        if (routes[i].method != GET)
            continue;
        json_t *paths = json_at(d->root, "paths");
        json_t *operation = json_at(json_at(paths, routes[i].path), "get");
        json_t *to = json_at(json_at(json_at(operation, "responses"), "303"), "headers");
        some += routes[i].redirects;
        ROW_CHECK(wrong, !!json_at(to, "Location") == routes[i].redirects, routes[i].path,
                  "a 303 with Location %s", routes[i].redirects ? "is missing" : "is told");
    }
    assert_int_not_equal(some, 0);
    ROWS_END(wrong);
}

static void operations_have_names_of_their_own(void **state)
{
    Document *d = *state;
    json_t *seen = json_keep(d->arena, json_object()), *path, *operation;
    const char *at, *method;
    int wrong = 0;
    json_object_foreach(json_at(d->root, "paths"), at, path)
        json_object_foreach(path, method, operation)
    {
        const char *id = json_string_value(json_at(operation, "operationId"));
        ROW_CHECK(wrong, id && !json_object_get(seen, id), at, "%s is called %s, like another",
                  method, id);
        if (id)
            json_object_set_new(seen, id, json_true());
    }
    ROWS_END(wrong);
}

static void schemas_ask_only_what_they_know(void **state)
{
    Document *d = *state;
    const char *name;
    json_t *schema, *member;
    size_t i;
    int wrong = 0;
    json_object_foreach(json_at(json_at(d->root, "components"), "schemas"), name, schema)
        json_array_foreach(json_at(schema, "required"), i, member)
            ROW_CHECK(wrong, json_at(json_at(schema, "properties"), json_string_value(member)),
                      name, "asks for %s", json_string_value(member));
    ROWS_END(wrong);
}

static void bodies_are_those_that_are_read(void **state)
{
    Document *d = *state;
    json_t *body = json_pointer(
        d->root, STR("/paths/~1api~1v1~1grants/post/requestBody/content/application~1json/schema"));
    assert_non_null(json_at(json_at(body, "properties"), "scope_id"));
    assert_true(json_is_false(json_at(body, "additionalProperties")));
}

static void types_are_exact(void **state)
{
    Document *d = *state;
    static const struct {
        const char *sentence, *pointer, *schema;
    } rows[] = {
        {"a time that may be null", "/components/schemas/Decision/properties/replaced_at",
         "{\"format\":\"date-time\",\"type\":[\"string\",\"null\"]}"},
        {"money is whole cents", "/components/schemas/Payment/properties/amount",
         "{\"format\":\"int64\",\"type\":\"integer\"}"},
        {"a list of another schema", "/components/schemas/Observatory/properties/stages",
         "{\"items\":{\"$ref\":\"#/components/schemas/StageSum\"},\"type\":\"array\"}"},
        {"a page of another schema", "/components/schemas/PaymentList/properties/items",
         "{\"items\":{\"$ref\":\"#/components/schemas/Payment\"},\"type\":\"array\"}"},
        {"anything", "/components/schemas/PastMove/properties/data", "{}"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        json_t *schema = json_pointer(d->root, str_of(rows[i].pointer));
        Str came = schema ? json_canonical(d->arena, schema) : STR("nothing");
        ROW_CHECK(wrong, str_is(came, rows[i].schema), rows[i].sentence,
                  "expected %s, came " STR_FMT, rows[i].schema, STR_ARG(came));
    }
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_leads_somewhere),
        cmocka_unit_test(every_route_is_described),
        cmocka_unit_test(a_redirection_is_described_where_there_is_one),
        cmocka_unit_test(operations_have_names_of_their_own),
        cmocka_unit_test(schemas_ask_only_what_they_know),
        cmocka_unit_test(bodies_are_those_that_are_read),
        cmocka_unit_test(types_are_exact),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
