// SPDX-License-Identifier: Apache-2.0
#include "engine/schema/tree.h"
#include "../base/table.h"

// RFC 3986, 5.4, from "http://a/b/c/d;p?q".
static const char *const rows[][2] = {
    {"g:h", "g:h"},
    {"g", "http://a/b/c/g"},
    {"./g", "http://a/b/c/g"},
    {"g/", "http://a/b/c/g/"},
    {"/g", "http://a/g"},
    {"//g", "http://g"},
    {"?y", "http://a/b/c/d;p?y"},
    {"g?y", "http://a/b/c/g?y"},
    {"#s", "http://a/b/c/d;p?q#s"},
    {"g#s", "http://a/b/c/g#s"},
    {"g?y#s", "http://a/b/c/g?y#s"},
    {";x", "http://a/b/c/;x"},
    {"", "http://a/b/c/d;p?q"},
    {".", "http://a/b/c/"},
    {"./", "http://a/b/c/"},
    {"..", "http://a/b/"},
    {"../g", "http://a/b/g"},
    {"../..", "http://a/"},
    {"../../g", "http://a/g"},
    {"../../../g", "http://a/g"},
    {"../../../../g", "http://a/g"},
    {"/./g", "http://a/g"},
    {"/../g", "http://a/g"},
    {"g.", "http://a/b/c/g."},
    {"..g", "http://a/b/c/..g"},
    {"./../g", "http://a/b/g"},
    {"./g/.", "http://a/b/c/g/"},
    {"g/./h", "http://a/b/c/g/h"},
    {"g/../h", "http://a/b/c/h"},
    {"g;x=1/../y", "http://a/b/c/y"},
    {"g?y/../x", "http://a/b/c/g?y/../x"},
    {"g#s/../x", "http://a/b/c/g#s/../x"},
};

static void resolved(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Str came = uri_resolve(arena, STR("http://a/b/c/d;p?q"), str_of(rows[i][0]));
        ROW_CHECK(wrong, str_is(came, rows[i][1]), rows[i][0], "expected %s, came " STR_FMT,
                  rows[i][1], STR_ARG(came));
    }
    ROWS_END(wrong);
    assert_true(str_is(uri_resolve(arena, STR(""), STR("dictionary#/title")), "dictionary#/title"));
    assert_true(str_is(uri_resolve(arena, STR("urn:uuid:1"), STR("#a")), "urn:uuid:1#a"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(resolved)};
    return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
