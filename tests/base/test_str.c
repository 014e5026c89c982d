// SPDX-License-Identifier: Apache-2.0
#include "engine/base/str.h"
#include "engine/base/vec.h"
#include "table.h"

static void arenas(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    assert_int_equal(arena_used(arena), 0);
    size_t sum = 0;
    for (size_t size = 0; size < 300000; size = size * 3 / 2 + 1) {
        unsigned char *at = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xAA, size);
        sum += size;
    }
    assert_int_equal(arena_used(arena), sum);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    unsigned char *again = arena_alloc(arena, 64);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(again[i], 0);
    assert_memory_equal(arena_copy(arena, "abc", 3), "abc", 3);
    arena_free(arena);
    arena_free(NULL);
}

static char order[8];
static void note(void *what)
{
    strncat(order, what, sizeof order - strlen(order) - 1);
}

static void deferred(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    order[0] = '\0';
    arena_defer(arena, note, "1");
    arena_defer(arena, note, "2");
    arena_reset(arena);
    assert_string_equal(order, "21");
    arena_defer(arena, note, "3");
    arena_free(arena);
    assert_string_equal(order, "213");
}

static void vectors(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    VEC(int) v = {0};
    for (int i = 0; i < 100; i++)
        vec_push(arena, &v, i * i);
    assert_int_equal(v.len, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(v.at[i], i * i);
    arena_free(arena);
}

static void slices(void **state)
{
    (void)state;
    Str s = STR("jalon");
    assert_true(str_is(str_slice(s, 1, 3), "al"));
    assert_true(str_is(str_slice(s, 3, 99), "on"));
    assert_int_equal(str_slice(s, 9, 99).len, 0);
    assert_int_equal(str_slice(STR_NONE, 0, 1).len, 0);
    assert_int_equal(str_index(s, 'l'), 2);
    assert_int_equal(str_index(s, 'z'), 5);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0 && str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
    assert_true(str_cmp(STR("\x7F"), STR("\xC3\xA9")) < 0);
}

static const struct {
    const char *sentence;
    Str text;
    bool ok;
} utf8_rows[] = {
    {"nothing is well formed", STR(""), true},
    {"accents are", STR("Évaluation à l'été"), true},
    {"four bytes are", STR("\xF0\x9F\x8C\xB1"), true},
    {"the last code point is", STR("\xF4\x8F\xBF\xBF"), true},
    {"U+0000 is not for us", STR("a\0b"), false},
    {"a lone continuation is not", STR("\x80"), false},
    {"an overlong slash is not", STR("\xC0\xAF"), false},
    {"an overlong three-byte form is not", STR("\xE0\x9F\xBF"), false},
    {"a surrogate is not", STR("\xED\xA0\x80"), false},
    {"beyond U+10FFFF is not", STR("\xF4\x90\x80\x80"), false},
    {"a cut sequence is not", STR("\xE2\x82"), false},
    {"FF is not", STR("\xFF"), false},
};

static void utf8(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(utf8_rows); i++)
        ROW_CHECK(wrong, str_utf8(utf8_rows[i].text) == utf8_rows[i].ok, utf8_rows[i].sentence,
                  "expected %d", utf8_rows[i].ok);
    ROWS_END(wrong);
    assert_int_equal(str_points(STR("é€\xF0\x9F\x8C\xB1")), 3);
}

static const struct {
    const char *sentence, *written, *nearest;
} near_rows[] = {
    {"one letter is missing", "submt", "submit"},
    {"two letters are swapped", "sumbit", "submit"},
    {"an accent is one letter", "évaluer", "evaluer"},
    {"nothing is near", "zzzzzz", NULL},
    {"a short word must be closer than half of it", "no", NULL},
    {"three of seven letters is far enough", "subXYZt", "submit"},
    {"four is too far", "suWXYZit", NULL},
    {"the first wins a tie", "drait", "draft"},
};

static void nearest(void **state)
{
    (void)state;
    static const Str names[] = {STR("draft"), STR("drain"), STR("submit"), STR("evaluer"),
                                STR("on")};
    int wrong = 0;
    for (size_t i = 0; i < ROWS(near_rows); i++) {
        Str got = str_nearest(str_of(near_rows[i].written), names, ROWS(names));
        ROW_CHECK(wrong, str_eq(got, str_of(near_rows[i].nearest)), near_rows[i].sentence,
                  "expected %s, came " STR_FMT, near_rows[i].nearest, STR_ARG(got));
    }
    ROWS_END(wrong);
}

static const struct {
    const char *sentence;
    Str text;
    const char *json;
} json_rows[] = {
    {"plain text is quoted", STR("abc"), "\"abc\""},
    {"quotes and backslashes are escaped", STR("a\"b\\c"), "\"a\\\"b\\\\c\""},
    {"short escapes are used", STR("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
    {"other controls are numbered", STR("\x01\x1f"), "\"\\u0001\\u001f\""},
    {"NUL too", STR("a\0b"), "\"a\\u0000b\""},
    {"accents stay", STR("é€"), "\"é€\""},
    {"a bad byte is replaced", STR("a\xFFz"), "\"a\xEF\xBF\xBDz\""},
    {"a cut sequence is replaced once", STR("a\xE2\x82"), "\"a\xEF\xBF\xBD\""},
};

static void buffers(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(json_rows); i++) {
        Buf buf = {.arena = arena};
        buf_json(&buf, json_rows[i].text);
        ROW_CHECK(wrong, str_is(buf_str(&buf), json_rows[i].json), json_rows[i].sentence,
                  "expected %s, came " STR_FMT, json_rows[i].json, STR_ARG(buf_str(&buf)));
    }
    ROWS_END(wrong);
    Buf buf = {.arena = arena};
    for (int i = 0; i < 200; i++)
        buf_format(&buf, "%d,", i);
    buf_char(&buf, '.');
    assert_true(str_starts(buf_str(&buf), STR("0,1,2,")) && str_ends(buf_str(&buf), STR("199,.")));
    Str formatted = str_format(arena, "%s-" STR_FMT, "a", STR_ARG(STR("bc")));
    assert_string_equal(formatted.at, "a-bc");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arenas),  cmocka_unit_test(deferred), cmocka_unit_test(vectors),
        cmocka_unit_test(slices),  cmocka_unit_test(utf8),     cmocka_unit_test(nearest),
        cmocka_unit_test(buffers),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
