// SPDX-License-Identifier: Apache-2.0
// Files made to hurt: each is refused, with the limit named, before it costs much.
#include "../base/table.h"
#include "engine/check.h"
#include <time.h>

#define HEAD "jalon: 1\nid: x\ntitle: X\nroles: {r: {title: R, on: call}}\n"

static void repeat(Buf *out, const char *unit, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add(out, str_of(unit));
}

static void too_large(Buf *out)
{
    repeat(out, "# a comment that says nothing\n", 10000);
}
static void nested_lists(Buf *out)
{
    repeat(out, "[", 200000);
}
static void nested_maps(Buf *out)
{
    repeat(out, "{a: ", 60000);
}
static void nested_blocks(Buf *out)
{
    for (int i = 0; i < 300; i++) {
        repeat(out, " ", (size_t)i);
        buf_add(out, STR("a:\n"));
    }
}
static void nested_dashes(Buf *out)
{
    repeat(out, "- ", 100000);
}
static void alias_bomb(Buf *out)
{
    buf_add(out, STR("a: &a [x, x]\n"));
    for (char c = 'b'; c <= 'z'; c++)
        buf_format(out, "%c: &%c [*%c, *%c]\n", c, c, c - 1, c - 1);
}
static void many_states(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n"));
    for (int i = 0; i < 15000; i++)
        buf_format(out, "  s%d: {}\n", i);
}
static void many_nodes(Buf *out)
{
    buf_add(out, STR("a: ["));
    repeat(out, "1,", 100000);
    buf_add(out, STR("1]\n"));
}
static void many_keys(Buf *out)
{
    for (int i = 0; i < 25000; i++)
        buf_format(out, "k%d: 1\n", i);
}
static void many_moves(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n  a:\n    transitions:\n"));
    for (int i = 0; i < 9000; i++)
        buf_add(out, STR("      - {event: e, by: r}\n"));
}
static void many_descriptors(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n  a:\n    transitions:\n      - by: r\n        event: e"));
    for (int i = 0; i < 30000; i++)
        buf_format(out, " e%d", i);
    buf_char(out, '\n');
}
static void many_unknown_targets(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n"));
    for (int i = 0; i < 250; i++)
        buf_format(out, "  state-with-a-long-name-%d: {title: T}\n", i);
    buf_add(out, STR("  a: {on: {e: {by: r, to: ["));
    repeat(out, "state-with-a-lung-name-x, ", 7000);
    buf_add(out, STR("]}}}\n"));
}
static void growing_references(Buf *out)
{
    buf_add(out, STR(HEAD "dossier:\n  type: object\n  $defs:\n    a0: {type: string}\n"));
    for (int i = 1; i < 60; i++)
        buf_format(
            out,
            "    a%d: {properties: {x: {$ref: \"#/$defs/a%d\"}, y: {$ref: \"#/$defs/a%d\"}}}\n", i,
            i - 1, i - 1);
    buf_add(out, STR("  properties: {z: {$ref: \"#/$defs/a25\"}}\nstates: {a: {type: final}}\n"));
}
static void deep_guard(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n  a:\n    always: {if: \""));
    repeat(out, "(", 4000);
    buf_add(out, STR("\"}\n"));
}
static void wide_guards(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n  a:\n    transitions:\n"));
    for (int i = 0; i < 60; i++) {
        buf_add(out, STR("      - {event: e, by: r, if: \""));
        repeat(out, "[1,2,3].all(x, [1,2].all(y, x > y)) && ", 100);
        buf_add(out, STR("true\"}\n"));
    }
}
static void nested_actions(Buf *out)
{
    buf_add(out, STR(HEAD "states:\n  a:\n    entry: "));
    repeat(out, "[{if: ", 20000);
}
static void long_key(Buf *out)
{
    repeat(out, "k", 250000);
    buf_add(out, STR(": 1\n"));
}
static void control_bytes(Buf *out)
{
    repeat(out, "\x01\x02", 1000);
}

typedef struct HostileRow {
    const char *sentence;
    void (*write)(Buf *out);
    const char *code; // among those found
} HostileRow;
static const HostileRow rows[] = {
    {"more than 256 KiB", too_large, "limit-size"},
    {"two hundred thousand brackets", nested_lists, "limit-depth"},
    {"sixty thousand braces", nested_maps, "limit-depth"},
    {"three hundred indentations", nested_blocks, "limit-depth"},
    {"a hundred thousand dashes", nested_dashes, "limit-depth"},
    {"aliases that double", alias_bomb, "yaml-alias"},
    {"fifteen thousand states", many_states, "limit"},
    {"a hundred thousand numbers", many_nodes, "limit-nodes"},
    {"twenty-five thousand keys", many_keys, "unknown-key"},
    {"nine thousand transitions", many_moves, "limit"},
    {"thirty thousand descriptors", many_descriptors, "limit"},
    {"seven thousand unknown targets", many_unknown_targets, "unknown-state"},
    {"references that double", growing_references, "limit"},
    {"four thousand parentheses", deep_guard, "bad-expression"},
    {"guards that are too wide", wide_guards, "bad-expression"},
    {"twenty thousand nested actions", nested_actions, "limit-depth"},
    {"a key of 250,000 letters", long_key, "yaml-syntax"},
    {"control bytes", control_bytes, "yaml-syntax"},
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { PATIENCE = 10 }; // a sanitizer's share
#else
enum { PATIENCE = 1 };
#endif

static void hostile_files(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *input = arena_new(), *arena = arena_new();
        Buf text = {.arena = input};
        Findings findings = {0};
        rows[i].write(&text);
        double from = now_ms();
        const Definition *def = definition_build(arena, buf_str(&text), STR_NONE, &findings);
        double ms = now_ms() - from;
        bool named = false;
        for (size_t k = 0; k < findings.len; k++)
            named |= findings.at[k].error && strcmp(findings.at[k].code, rows[i].code) == 0;
        size_t used = arena_used(arena) >> 20;
        const char *first = findings.len ? findings.at[0].code : "nothing";
        ROW_CHECK(wrong, !def && named && ms < 100 * PATIENCE && used < 64, rows[i].sentence,
                  "expected %s in 100 ms and 64 MB; came %s, %.1f ms, %zu MB", rows[i].code, first,
                  ms, used);
        arena_free(arena);
        arena_free(input);
    }
    ROWS_END(wrong);
}

// Sixty regions of two states each: 2^60 configurations.
static void too_wide_to_prove(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Buf text = {.arena = arena};
    Findings findings = {0};
    buf_add(
        &text,
        STR("jalon: 1\nid: x\nstrict: false\nstates:\n  p:\n    type: parallel\n    states:\n"));
    for (int i = 0; i < 60; i++)
        buf_format(
            &text,
            "      r%d: {states: {a%d: {on: {e%d: {to: b%d}}}, b%d: {on: {f: {to: a%d}}}}}\n", i, i,
            i, i, i, i);
    const Definition *def = definition_build(arena, buf_str(&text), STR_NONE, &findings);
    assert_non_null(def);
    double from = now_ms();
    assert_true(definition_check(arena, def, &findings));
    assert_true(now_ms() - from < 1000 * PATIENCE);
    assert_int_equal(findings.len, 1);
    assert_string_equal(findings.at[0].code, "check-limit");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hostile_files),
                                       cmocka_unit_test(too_wide_to_prove)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
