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

// --- files that are well-formed, and made to cost much in the proof ---

#define FINAL "  z: {title: Z, type: final}\n"

static void head(Buf *out, int roles)
{
    buf_add(out, STR("jalon: 1\nid: x\ntitle: X\nroles: {"));
    for (int i = 0; i < roles; i++)
        buf_format(out, "%sr%d: {title: R, on: call}", i ? ", " : "", i);
    buf_add(out, STR("}\n"));
}
static void distinct_moves(Buf *out, const char *guard)
{
    head(out, 60);
    buf_add(out, STR("states:\n  p:\n    title: P\n    states:\n"));
    for (int i = 0; i < 40; i++)
        buf_format(out, "      c%d: {title: C, on: {n: {by: r0, to: c%d}}}\n", i, (i + 1) % 40);
    buf_add(out, STR("    transitions:\n"));
    for (int i = 0; i < 1900; i++)
        buf_format(out, "      - {event: e%d, by: [r%d, r%d, r%d], %sto: z}\n", i, i % 60,
                   (i * 7 + 1) % 60, (i * 13 + 2) % 60, guard);
    buf_add(out, STR(FINAL));
}
static void moves_of_many(Buf *out)
{
    distinct_moves(out, "");
}
static void moves_that_never_open(Buf *out)
{
    distinct_moves(out, "if: '1 > 2', ");
}
static void names_alike(Buf *out)
{
    head(out, 1);
    buf_add(out, STR("states:\n  s:\n    title: S\n    transitions:\n"));
    for (int i = 0; i < 1900; i++)
        buf_format(out,
                   "      - {event: abcdefgh%04dabcdefgh abcdefgh%04dabcdefgh, by: r0, to: z}\n",
                   2 * i, 2 * i + 1);
    buf_add(out, STR(FINAL));
}
static void histories(Buf *out)
{
    head(out, 1);
    buf_add(out, STR("states:\n"));
    for (int i = 0; i < 60; i++)
        buf_format(
            out,
            "  c%d:\n    title: C\n    states:\n      h%d: {type: history}\n      a%d: {title: "
            "A, on: {f: {by: r0, to: b%d}}}\n      b%d: {title: B}\n    on: {n: {by: r0, to: "
            "h%d}, m: {by: r0, to: h%d}, z: {by: r0, to: z}}\n",
            i, i, i, i, i, (i + 1) % 60, (i + 7) % 60);
    buf_add(out, STR(FINAL));
}
static void regions(Buf *out, const char *event, const char *guard)
{
    head(out, 1);
    buf_add(out, STR("states:\n  p:\n    title: P\n    type: parallel\n    on: {z: {by: r0, to: "
                     "z}}\n    states:\n"));
    for (int i = 0; i < 60; i++) {
        Str name = str_format(out->arena, "%s%d", event, *guard ? 0 : i);
        buf_format(out,
                   "      q%d: {title: Q, states: {a%d: {title: A, on: {" STR_FMT
                   ": {by: r0, %sto: b%d}}}, b%d: {title: B, on: {" STR_FMT
                   ": {by: r0, %sto: a%d}}}}}\n",
                   i, i, STR_ARG(name), guard, i, i, STR_ARG(name), guard, i);
    }
    buf_add(out, STR(FINAL));
}
static void regions_apart(Buf *out)
{
    regions(out, "e", "");
}
static void regions_together(Buf *out)
{
    regions(out, "e", "if: now > call.opens_at, ");
}
static void forms_asked_everywhere(Buf *out)
{
    head(out, 1);
    buf_add(out, STR("forms: {f: {title: F, type: object, required: [n], properties: {n: {type: "
                     "integer, title: N}}}}\nstates:\n  p:\n    title: P\n    type: parallel\n    "
                     "edit: {r0: [forms]}\n    states:\n"));
    for (int i = 0; i < 12; i++) {
        buf_format(out,
                   "      q%d:\n        title: Q\n        states:\n          a%d:\n            "
                   "title: A\n            transitions:\n",
                   i, i);
        for (int k = 0; k < 100; k++)
            buf_add(out, STR("              - {event: g, by: r0, if: complete('f'), to: z}\n"));
        buf_format(out,
                   "              - {event: e%d, by: r0, to: b%d}\n          b%d: {title: B, "
                   "on: {e%d: {by: r0, to: a%d}}}\n",
                   i, i, i, i, i);
    }
    buf_add(out, STR(FINAL));
}
static void patterns_that_explode(Buf *out)
{
    head(out, 1);
    buf_add(out, STR("states:\n  s:\n    title: S\n    transitions:\n"));
    for (int i = 0; i < 1500; i++)
        buf_format(out,
                   "      - {event: e%d, by: r0, if: \"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'"
                   ".matches('^(a+)+$')\", to: z}\n",
                   i);
    buf_add(out, STR(FINAL));
}
static void promises_of_many_places(Buf *out)
{
    head(out, 1);
    buf_add(out, STR("states:\n  p:\n    title: P\n    type: parallel\n    on: {z: {by: r0, to: "
                     "z}}\n    states:\n"));
    for (int i = 0; i < 12; i++)
        buf_format(out,
                   "      q%d: {title: Q, states: {a%d: {title: A, on: {e%d: {by: r0, to: "
                   "b%d}}}, b%d: {title: B, on: {e%d: {by: r0, to: a%d}}}}}\n",
                   i, i, i, i, i, i, i);
    buf_add(out, STR(FINAL "eventually:\n"));
    for (int i = 0; i < 64; i++)
        buf_add(out, STR("  - {from: a0, reach: [z]}\n"));
}

static const HostileRow costly[] = {
    {"1,900 moves, each of other roles", moves_of_many, "check-limit"},
    {"1,900 moves that never open", moves_that_never_open, "check-limit"},
    {"3,800 names that differ in the middle", names_alike, "check-limit"},
    {"sixty histories", histories, "check-limit"},
    {"2^60 configurations, a move each", regions_apart, "check-limit"},
    {"2^60 configurations, one move for all", regions_together, "check-limit"},
    {"1,200 guards that ask for a form, in 4,096 configurations", forms_asked_everywhere, ""},
    {"1,500 patterns that explode", patterns_that_explode, ""},
    {"64 promises over 4,096 configurations", promises_of_many_places, ""},
};

// Refused with the limit named, or proved: either way soon.
static void the_proof_is_bounded(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(costly); i++) {
        Arena *input = arena_new(), *arena = arena_new();
        Buf text = {.arena = input};
        Findings findings = {0};
        costly[i].write(&text);
        double from = now_ms();
        const Definition *def = definition_build(arena, buf_str(&text), STR_NONE, &findings);
        bool proved = def && definition_check(arena, def, &findings), named = false;
        double ms = now_ms() - from;
        for (size_t k = 0; k < findings.len; k++)
            named |= findings.at[k].error && strcmp(findings.at[k].code, costly[i].code) == 0;
        size_t used = arena_used(arena) >> 20;
        ROW_CHECK(
            wrong,
            def && (*costly[i].code ? named && !proved : true) && ms < 100 * PATIENCE && used < 64,
            costly[i].sentence, "%s, proved %d, %s; %.1f ms, %zu MB", def ? "built" : "refused",
            proved, findings.len ? findings.at[0].code : "nothing found", ms, used);
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
                                       cmocka_unit_test(the_proof_is_bounded),
                                       cmocka_unit_test(too_wide_to_prove)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
