// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"
#include "table.h"

static const struct {
    const char *sentence;
    Str text;
    const char *message; // NULL: read
} read_rows[] = {
    {"an object", STR("{\"a\": [1, 2.5, true, null]}"), NULL},
    {"any value at the top", STR("3"), NULL},
    {"a name twice", STR("{\"a\":1,\n \"a\":2}"),
     "Unreadable JSON, line 2, column 4: a name is given twice in one object."},
    {"an escaped NUL", STR("[\"a\\u0000\"]"),
     "Unreadable JSON, line 1, column 10: the character U+0000 is not allowed."},
    {"bad UTF-8", STR("[\"\xFF\"]"),
     "Unreadable JSON, line 1, column 2: the text is not valid UTF-8."},
    {"cut short", STR("[1, 2"), "Unreadable JSON, line 1, column 5: the text ends too early."},
    {"nothing", STR(""), "Unreadable JSON, line 1, column 0: the text ends too early."},
    {"text behind", STR("1 2"),
     "Unreadable JSON, line 1, column 3: there is text after the end of the value."},
    {"a number too large", STR("[1e999]"),
     "Unreadable JSON, line 1, column 6: a number is too large."},
    {"a trailing comma", STR("[1,]"), "Unreadable JSON, line 1, column 4: this is not valid JSON."},
};

static void reading(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(read_rows); i++) {
        Fault fault;
        json_t *value = json_read(arena, read_rows[i].text, &fault);
        Str message = value ? STR_NONE : message_text(arena, EN, &fault.message);
        ROW_CHECK(wrong, str_eq(message, str_of(read_rows[i].message)), read_rows[i].sentence,
                  "came " STR_FMT, STR_ARG(message));
        ROW_CHECK(wrong, fault.kind == (value ? FAULT_NONE : FAULT_MALFORMED),
                  read_rows[i].sentence, "fault %d", fault.kind);
    }
    ROWS_END(wrong);
    arena_free(arena);
}

static json_t *nested(Arena *arena, size_t depth, Fault *fault)
{
    Buf buf = {.arena = arena};
    buf_add(&buf, STR("\"[[[\\\"[\"")); // brackets in text do not count
    buf.len = 0;
    for (size_t i = 0; i < depth; i++)
        buf_char(&buf, '[');
    buf_add(&buf, STR("\"[[\\\"[\""));
    for (size_t i = 0; i < depth; i++)
        buf_char(&buf, ']');
    return json_read(arena, buf_str(&buf), fault);
}

static void limits(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Fault fault;
    assert_non_null(nested(arena, JSON_DEPTH_MAX, &fault));
    assert_null(nested(arena, JSON_DEPTH_MAX + 1, &fault));
    assert_true(str_is(message_text(arena, FR, &fault.message),
                       "JSON illisible, ligne 1, colonne 65 : plus de 64 niveaux emboîtés."));
    char *big = arena_alloc(arena, JSON_SIZE_MAX + 1);
    memset(big, ' ', JSON_SIZE_MAX + 1);
    big[0] = '1';
    assert_non_null(json_read(arena, (Str){big, JSON_SIZE_MAX}, &fault));
    assert_null(json_read(arena, (Str){big, JSON_SIZE_MAX + 1}, &fault));
    assert_int_equal(fault.kind, FAULT_TOO_LARGE);
    arena_free(arena);
}

static json_t *parsed(Arena *arena, const char *text)
{
    Fault fault;
    json_t *value = json_read(arena, str_of(text), &fault);
    if (!value)
        fail_msg("the test's own JSON is wrong: %s", text);
    return value;
}

static void writing(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *value =
        parsed(arena, "{\"b\":[0.1, 1.0, 1e300, -0.0, 12, \"é\\n\"], \"a\":{}, \"B\":false}");
    assert_string_equal(json_text(arena, value).at,
                        "{\"b\":[0.1,1.0,1e+300,-0.0,12,\"é\\n\"],\"a\":{},\"B\":false}");
    assert_string_equal(json_canonical(arena, value).at,
                        "{\"B\":false,\"a\":{},\"b\":[0.1,1,1e+300,0,12,\"é\\n\"]}");
    json_t *again = parsed(arena, json_text(arena, value).at);
    assert_true(json_equal(value, again));
    arena_free(arena);
}

// RFC 6901, section 5.
static const struct {
    const char *sentence, *pointer, *value; // NULL: nothing there
} pointer_rows[] = {
    {"a member", "/foo/0", "\"bar\""},
    {"an empty name", "/", "0"},
    {"a slash", "/a~1b", "1"},
    {"a percent sign", "/c%d", "2"},
    {"a tilde", "/m~0n", "8"},
    {"tilde-one is not unescaped twice", "/~01", "9"},
    {"a quote", "/k\"l", "6"},
    {"the end of an array", "/foo/-", NULL},
    {"a leading zero", "/foo/00", NULL},
    {"beyond the end", "/foo/2", NULL},
    {"inside a number", "/a~1b/x", NULL},
    {"no slash", "foo", NULL},
    {"a wrong escape", "/m~2n", NULL},
};

static void pointers(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *doc =
        parsed(arena, "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"k\\\"l\":6,"
                      "\"m~n\":8,\"~1\":9}");
    int wrong = 0;
    for (size_t i = 0; i < ROWS(pointer_rows); i++) {
        json_t *value = json_pointer(doc, str_of(pointer_rows[i].pointer));
        Str text = value ? json_text(arena, value) : STR_NONE;
        ROW_CHECK(wrong, str_eq(text, str_of(pointer_rows[i].value)), pointer_rows[i].sentence,
                  "came " STR_FMT, STR_ARG(text));
    }
    ROWS_END(wrong);
    assert_ptr_equal(json_pointer(doc, STR("")), doc);
    Str p = pointer_index(arena, pointer_add(arena, STR("/a"), STR("b/c~d")), 12);
    assert_true(str_is(p, "/a/b~1c~0d/12"));
    arena_free(arena);
}

// RFC 7396, appendix A.
static const char *const merge_rows[][3] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
};

static void merging(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(merge_rows); i++) {
        json_t *target = parsed(arena, merge_rows[i][0]), *patch = parsed(arena, merge_rows[i][1]);
        Str merged = json_text(arena, json_merge(arena, target, patch));
        ROW_CHECK(wrong, str_is(merged, merge_rows[i][2]), merge_rows[i][1],
                  "expected %s, came " STR_FMT, merge_rows[i][2], STR_ARG(merged));
        ROW_CHECK(wrong, str_is(json_text(arena, target), merge_rows[i][0]), merge_rows[i][0], "%s",
                  "the target changed");
    }
    ROWS_END(wrong);
    json_t *target = parsed(arena, "{\"a\":{\"b\":[1]}}");
    json_t *merged = json_merge(arena, target, parsed(arena, "{\"c\":1}"));
    json_array_append_new(json_pointer(merged, STR("/a/b")), json_integer(2));
    assert_string_equal(json_text(arena, target).at, "{\"a\":{\"b\":[1]}}");
    arena_free(arena);
}

static void members(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *object = json_keep(arena, json_pack("{s:s, s:i}", "a", "b", "n", 3));
    assert_true(str_is(json_str(json_at(object, "a")), "b"));
    assert_null(json_at(object, "z"));
    assert_null(json_at(NULL, "a"));
    assert_null(json_str(json_at(object, "n")).at);
    assert_null(json_str(NULL).at);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),  cmocka_unit_test(limits),  cmocka_unit_test(writing),
        cmocka_unit_test(pointers), cmocka_unit_test(merging), cmocka_unit_test(members),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
