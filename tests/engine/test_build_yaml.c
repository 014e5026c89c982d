// SPDX-License-Identifier: Apache-2.0
// YAML by the core schema, and the place of one byte inside a scalar.
#include "../base/table.h"
#include "engine/yaml.h"

typedef struct ScalarRow {
    const char *sentence, *text;
    NodeKind kind;
    const char *json;
} ScalarRow;
static const ScalarRow scalars[] = {
    {"an integer", "12", NODE_INT, "12"},
    {"a negative one", "-12", NODE_INT, "-12"},
    {"an octal one is of YAML 1.2", "0o17", NODE_INT, "15"},
    {"a leading zero is no octal", "017", NODE_INT, "17"},
    {"a hexadecimal one", "0xfF", NODE_INT, "255"},
    {"a real", "1.50", NODE_REAL, "1.5"},
    {"a real with an exponent", "1e3", NODE_REAL, "1000.0"},
    {"a real without a whole part", ".5", NODE_REAL, "0.5"},
    {"true", "true", NODE_BOOL, "true"},
    {"False", "False", NODE_BOOL, "false"},
    {"yes is a text", "yes", NODE_STRING, "\"yes\""},
    {"on is a text", "on", NODE_STRING, "\"on\""},
    {"no is a text, Norway too", "NO", NODE_STRING, "\"NO\""},
    {"a sexagesimal is a text", "12:30:45", NODE_STRING, "\"12:30:45\""},
    {"a time is a text", "2023-05-10T09:00:00Z", NODE_STRING, "\"2023-05-10T09:00:00Z\""},
    {"nothing is null", "", NODE_NULL, "null"},
    {"a tilde is null", "~", NODE_NULL, "null"},
    {"quoted numbers are texts", "\"12\"", NODE_STRING, "\"12\""},
    {"quoted nulls are texts", "'null'", NODE_STRING, "\"null\""},
    {"an escape", "\"\\u00e9\\n\"", NODE_STRING, "\"é\\n\""},
    {"a list", "[1, a, [true]]", NODE_LIST, "[1,\"a\",[true]]"},
    {"a mapping with the key on", "{on: 1, 2: b}", NODE_MAP, "{\"on\":1,\"2\":\"b\"}"},
    {"JSON", "{\"a\": {\"b\": [1, null]}}", NODE_MAP, "{\"a\":{\"b\":[1,null]}}"},
    {"a version number stays as written", "1.2.3", NODE_STRING, "\"1.2.3\""},
    {"a dash alone is a text", "\"-\"", NODE_STRING, "\"-\""},
    {"a plus alone", "+", NODE_STRING, "\"+\""},
    {"an e alone", "1e", NODE_STRING, "\"1e\""},
};

static void scalar_rows(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(scalars); i++) {
        const ScalarRow *row = &scalars[i];
        Arena *arena = arena_new();
        YamlFault fault;
        const Node *node = yaml_read(arena, str_of(row->text), 1000, &fault);
        Str json = node ? json_text(arena, node_json(arena, node)) : STR("refused");
        ROW_CHECK(wrong, node && node->kind == row->kind && str_is(json, row->json), row->sentence,
                  "expected %s, came " STR_FMT, row->json, STR_ARG(json));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

// `^` stands before the byte that is looked for: it is taken out before the text is read, and tells
// where it was.
typedef struct PlaceRow {
    const char *sentence, *text;
    size_t offset;
} PlaceRow;
static const PlaceRow places[] = {
    {"plain", "a: b+^c", 2},
    {"the first byte", "a: ^bc", 0},
    {"double quotes", "a: \"b+^c\"", 2},
    {"single quotes", "a: 'b+^c'", 2},
    {"an escaped quote", "a: \"b\\\"^c\"", 2},
    {"a doubled quote", "a: 'b''^c'", 2},
    {"a letter of two bytes", "a: \"é^c\"", 2},
    {"an escaped letter of two bytes", "a: \"\\u00e9^c\"", 2},
    {"an escaped break", "a: \"b\\\n   ^c\"", 1},
    {"plain over two lines", "a: b\n  ^c", 2},
    {"quoted over two lines", "a: \"b\n  ^c\"", 2},
    {"quoted over an empty line", "a: \"b\n\n  ^c\"", 2},
    {"a block", "a: |\n  b\n  ^c\n", 2},
    {"a block's second character", "a: |\n  b\n  c^d\n", 3},
    {"a block that strips", "a: |-\n    b\n    ^c", 2},
    {"a folded block", "a: >\n  b\n  ^c\n", 2},
    {"a block with an inner indentation", "a: |\n  b\n    ^c\n", 4},
    {"the last byte", "a: bc^d", 2},
};

static void place_rows(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(places); i++) {
        const PlaceRow *row = &places[i];
        Arena *arena = arena_new();
        YamlFault fault;
        Buf text = {.arena = arena};
        Mark want = {1, 1};
        bool before = true;
        for (const char *c = row->text; *c; c++) {
            before = before && *c != '^';
            if (before)
                want = *c == '\n'                           ? (Mark){want.line + 1, 1}
                       : ((unsigned char)*c & 0xC0) == 0x80 ? want
                                                            : (Mark){want.line, want.column + 1};
            if (*c != '^')
                buf_char(&text, *c);
        }
        const Node *node = node_at(yaml_read(arena, buf_str(&text), 1000, &fault), "a");
        Mark mark = node ? node_place(node, row->offset) : (Mark){0, 0};
        ROW_CHECK(wrong, mark.line == want.line && mark.column == want.column, row->sentence,
                  "expected %u:%u, came %u:%u", want.line, want.column, mark.line, mark.column);
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void byte_order_mark(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    YamlFault fault;
    const Node *root = yaml_read(arena,
                                 STR("\xEF\xBB\xBF"
                                     "a: 1"),
                                 1000, &fault);
    assert_non_null(root);
    assert_int_equal(root->pairs[0].mark.column, 1);
    assert_non_null(node_at(root, "a"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scalar_rows), cmocka_unit_test(place_rows),
                                       cmocka_unit_test(byte_order_mark)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
