// SPDX-License-Identifier: Apache-2.0
// Paths find their route, or the methods they would take.
#include "../base/table.h"
#include "api/router.h"

static const Route table[] = {
    {GET, "/", .summary = "root"},
    {GET, "/calls", .summary = "list"},
    {POST, "/calls", .summary = "add"},
    {GET, "/calls/{call_id}", .summary = "one"},
    {GET, "/calls/open", .summary = "open"},
    {GET, "/calls/open/{name}", .summary = "open by name"},
    {PUT, "/calls/{call_id}/grids/{grid}", .summary = "grid"},
    {GET, "/territories/{code}", .summary = "territory"},
};
#define ID "0b5c0a5e-0000-4000-8000-00000000000a"

static const struct Row {
    const char *sentence;
    Method method;
    const char *path;
    const char *found; // summary of the route, NULL when there is none
    const char *allow; // "" for an unknown path
    const char *params[2];
} rows[] = {
    {"the root", GET, "/", "root", "GET, HEAD, OPTIONS", {0}},
    {"a literal path", GET, "/calls", "list", "GET, HEAD, POST, OPTIONS", {0}},
    {"by its method", POST, "/calls", "add", "GET, HEAD, POST, OPTIONS", {0}},
    {"a method that it does not take", DELETE, "/calls", NULL, "GET, HEAD, POST, OPTIONS", {0}},
    {"a method that is none of ours", METHODS, "/calls", NULL, "GET, HEAD, POST, OPTIONS", {0}},
    {"an id", GET, "/calls/" ID, "one", "GET, HEAD, OPTIONS", {ID}},
    {"an id in capitals is lowered",
     GET,
     "/calls/0B5C0A5E-0000-4000-8000-00000000000A",
     "one",
     "GET, HEAD, OPTIONS",
     {ID}},
    {"an id that is none", GET, "/calls/12", NULL, "", {0}},
    {"an id one digit short", GET, "/calls/0b5c0a5e-0000-4000-8000-00000000000", NULL, "", {0}},
    {"a word before a parameter", GET, "/calls/open", "open", "GET, HEAD, OPTIONS", {0}},
    {"a word that leads on", GET, "/calls/open/x", "open by name", "GET, HEAD, OPTIONS", {"x"}},
    {"two parameters in order",
     PUT,
     "/calls/" ID "/grids/expert",
     "grid",
     "PUT, OPTIONS",
     {ID, "expert"}},
    {"a parameter of any text",
     GET,
     "/territories/commune:97415",
     "territory",
     "GET, HEAD, OPTIONS",
     {"commune:97415"}},
    {"a parameter is decoded",
     GET,
     "/territories/a%20%C3%A9",
     "territory",
     "GET, HEAD, OPTIONS",
     {"a é"}},
    {"an encoded slash splits nothing",
     GET,
     "/territories/a%2Fb",
     "territory",
     "GET, HEAD, OPTIONS",
     {"a/b"}},
    {"an encoded NUL is nowhere", GET, "/territories/a%00", NULL, "", {0}},
    {"a parameter is never empty", GET, "/territories/", NULL, "", {0}},
    {"a slash too many", GET, "/calls/", NULL, "", {0}},
    {"two slashes", GET, "//calls", NULL, "", {0}},
    {"dots climb nowhere", GET, "/calls/../calls", NULL, "", {0}},
    {"a path that goes on", GET, "/calls/open/x/y", NULL, "", {0}},
    {"no path at all", GET, "", NULL, "", {0}},
    {"a star, as OPTIONS may send", METHODS, "*", NULL, "", {0}},
    {"a path of very many segments",
     GET,
     "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v",
     NULL,
     "",
     {0}},
};

static void paths(void **state)
{
    (void)state;
    int wrong = 0;
    Arena *arena = arena_new();
    const Router *router = router_new(arena, table, ROWS(table));
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct Row *row = &rows[i];
        Found found = router_find(router, arena, row->method, str_of(row->path));
        Str allow = found.methods ? methods_text(arena, found.methods) : STR("");
        const char *name = found.route ? found.route->summary : "(none)";
        ROW_CHECK(wrong,
                  strcmp(name, row->found ? row->found : "(none)") == 0 &&
                      str_is(allow, row->allow),
                  row->sentence, "came %s, \"" STR_FMT "\"", name, STR_ARG(allow));
        for (size_t p = 0; p < 2 && found.route; p++)
            ROW_CHECK(wrong, str_eq(found.params[p], str_of(row->params[p])), row->sentence,
                      "parameter %zu came \"" STR_FMT "\"", p, STR_ARG(found.params[p]));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
