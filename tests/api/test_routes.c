// SPDX-License-Identifier: Apache-2.0
// The route table keeps its own rules, row by row.
#include "api/routes.h"
#include "api/openapi.h"
#include "../base/table.h"

static bool is_write(const Route *route)
{
    return route->method != GET;
}

static bool has_handler(const Route *route)
{
    return (route->handler != NULL) != route->batch;
}

static bool says_who(const Route *route)
{
    return route->access != NOBODY;
}

static bool is_described(const Route *route)
{
    return route->summary && route->tag && route->summary[0] && route->tag[0];
}

static bool names_its_success(const Route *route)
{
    return route->status == 200 || route->status == 201 || route->status == 202 ||
           route->status == 204;
}

static bool replies_unless_204(const Route *route)
{
    return (route->reply == NULL) == (route->status == 204);
}

static bool creates_by_post(const Route *route)
{
    return route->status != 201 || route->method == POST;
}

static bool body_has_a_place(const Route *route)
{
    return (route->body != NULL) == (route->input_size != 0);
}

static bool patches_need_a_version(const Route *route)
{
    // Oneself has no version: nobody else changes it.
    return route->if_match == (route->method == PATCH) || strcmp(route->path, "/api/v1/me") == 0;
}

static bool public_writes_are_sign_ins(const Route *route)
{
    return route->access != PUBLIC || !is_write(route) ||
           strncmp(route->path, "/api/v1/sign-in", 15) == 0;
}

static bool deletes_say_nothing(const Route *route)
{
    return route->method != DELETE || (route->status == 204 && !route->body);
}

static bool direct_ones_are_read(const Route *route)
{
    return !route->direct || (route->method == GET && route->access == PUBLIC);
}

static bool is_of_this_version(const Route *route)
{
    return route->direct || strncmp(route->path, "/api/v1/", 8) == 0;
}

// serve.c holds whoever says so to it: a success without an entry is not committed.
static bool writes_are_told_or_say_why_not(const Route *route)
{
    return is_write(route) ? (route->tells != NULL) != (route->silent != NULL)
                           : !route->tells && !route->silent;
}

// The router takes a parameter whose name ends in "id" for a UUID: "{grid}" would never match a
// grid.
static bool only_ids_end_in_id(const Route *route)
{
    for (const char *p = route->path; (p = strchr(p, '}')) != NULL; p++)
        if (p[-1] == 'd' && p[-2] == 'i' && p[-3] != '_')
            return false;
    return true;
}

static bool lists_are_paged_or_bounded(const Route *route)
{
    static const char *const bounded[] = {"MemberList", "AuthorList", "DecisionList",
                                          "InstalmentList", "IndicatorList"};
    Str reply = str_of(route->reply);
    if (!str_ends(reply, STR("List")))
        return true;
    for (size_t i = 0; i < ROWS(bounded); i++)
        if (str_is(reply, bounded[i]))
            return true;
    bool cursor = false, limit = false;
    for (const Parameter *p = route->query; p && p->name; p++) {
        cursor |= strcmp(p->name, "cursor") == 0;
        limit |= strcmp(p->name, "limit") == 0;
    }
    return cursor && limit;
}

static bool reply_has_a_schema(const Route *route)
{
    Str reply = str_of(route->reply);
    reply = str_slice(reply, 0, str_index(reply, '|'));
    if (!reply.len || str_index(reply, '/') < reply.len)
        return true;
    Arena *arena = arena_new();
    bool there = openapi_schema(arena, reply) != NULL;
    arena_free(arena);
    return there;
}

static const struct {
    const char *sentence;
    bool (*holds)(const Route *route);
} rules[] = {
    {"a row has a handler, or is for those who take many at once", has_handler},
    {"a row says who may call it", says_who},
    {"a row is described and filed under a noun", is_described},
    {"a row names the status of success", names_its_success},
    {"a row replies unless there is nothing to say", replies_unless_204},
    {"what is created is created by POST", creates_by_post},
    {"a body has a struct to be read into", body_has_a_place},
    {"whoever patches says which version they saw", patches_need_a_version},
    {"strangers write nothing but to sign in", public_writes_are_sign_ins},
    {"what is deleted needs no words", deletes_say_nothing},
    {"what is answered at once is public and reads", direct_ones_are_read},
    {"what changes something adds to the history, or says why it does not",
     writes_are_told_or_say_why_not},
    {"a path says the version of the API", is_of_this_version},
    {"a path's parameter ends in id only when it is one", only_ids_end_in_id},
    {"a list is paged, or short by nature", lists_are_paged_or_bounded},
    {"a reply has a schema", reply_has_a_schema},
};

static void every_row_keeps_every_rule(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t r = 0; r < ROWS(rules); r++)
        for (size_t i = 0; i < route_count; i++)
            ROW_CHECK(wrong, rules[r].holds(&routes[i]), rules[r].sentence, "not row %zu, %s", i,
                      routes[i].path);
    assert_true(route_count > 80);
    ROWS_END(wrong);
}

static void no_two_rows_are_one(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < route_count; i++)
        for (size_t k = 0; k < i; k++)
            ROW_CHECK(wrong,
                      routes[i].method != routes[k].method ||
                          strcmp(routes[i].path, routes[k].path) != 0,
                      routes[i].path, "rows %zu and %zu are the same", k, i);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_keeps_every_rule),
        cmocka_unit_test(no_two_rows_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
