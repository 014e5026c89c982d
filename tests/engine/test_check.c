// SPDX-License-Identifier: Apache-2.0
// The proof: small charts with what is found in them, and the promise that nothing a walk can do is
// missed.
#include "reading.h"
#include "engine/check_internal.h"
#include "engine/play.h"

#define HEAD                                                                                       \
    "jalon: 1\nid: x\ntitle: X\nroles: {r: {title: R, on: call, sees: [forms]}, q: {title: Q, "    \
    "on: call, sees: [forms]}}\n"
#define FORM "forms:\n  f: {type: object, required: [m], properties: {m: {type: string}}}\n"
#define END  "  end: {title: E, type: final}\n"

typedef struct CheckRow {
    const char *sentence, *text;
    const char *found; // "line code" for each finding that is not about titles
} CheckRow;
static const CheckRow rows[] = {
    {"a straight way to the end", "states:\n  a: {on: {go: {by: r, to: end}}}\n" END, ""},
    {"a loop that can be left",
     "states:\n  a: {on: {go: {by: r, to: b}}}\n  b: {on: {back: {by: r, to: a}, stop: {by: r, to: "
     "end}}}\n" END,
     ""},
    {"a timer is enough to act", "states:\n  a: {after: {P1D: {to: end}}}\n" END, ""},
    {"a guard may hold",
     "states:\n  a: {on: {go: {by: r, to: end, if: \"now < call.closes_at\"}}}\n" END, ""},
    {"a guarded eventless transition is no loop by itself",
     "states:\n  a: {always: {if: \"now < call.closes_at\", to: b}, on: {go: {by: r, to: end}}}\n  "
     "b: {always: {if: \"now > call.closes_at\", to: a}, on: {go: {by: r, to: end}}}\n" END,
     ""},
    {"one role's open transition does not hide another's",
     "states:\n  a: {on: {go: [{by: r, to: end}, {by: q, to: b}]}}\n  b: {on: {go: {by: r, to: "
     "end}}}\n" END,
     ""},
    {"the same role's does",
     "states:\n  a: {on: {go: [{by: r, to: end}, {by: r, to: b}]}}\n  b: {on: {go: {by: r, to: "
     "end}}}\n" END,
     "6 unreachable-move, 7 unreachable-state"},
    {"both of its roles are served before",
     "states:\n  a: {on: {go: [{by: [r, q], to: end}, {by: q, to: end}]}}\n" END,
     "6 unreachable-move"},
    {"an inner transition hides an outer one",
     "states:\n  a: {states: {b: {on: {go: {by: r, to: end}}}}, on: {go: {by: r, to: end}}}\n" END,
     "6 unreachable-move"},
    {"a guarded inner one does not",
     "states:\n  a: {states: {b: {on: {go: {by: r, to: end, if: \"now < call.closes_at\"}}}}, on: "
     "{go: {by: r, to: end}}}\n" END,
     ""},
    {"all regions done",
     "states:\n  p:\n    type: parallel\n    done: {to: end}\n    states:\n      x: {states: {x1: "
     "{on: {go: {by: r, to: x2}}}, x2: {type: final}}}\n      y: {states: {y1: {on: {run: {by: r, "
     "to: y2}}}, y2: {type: final}}}\n" END,
     ""},
    {"one region never done",
     "states:\n  p:\n    type: parallel\n    done: {to: end}\n    states:\n      x: {states: {x1: "
     "{on: {go: {by: r, to: x2}}}, x2: {type: final}}}\n      y: {states: {y1: {on: {run: {by: "
     "r}}}}}\n" END,
     "8 unreachable-move, 10 dead-end, 12 unreachable-state"},
    {"a raised event reaches another region",
     "states:\n  p:\n    type: parallel\n    states:\n      x: {states: {x1: {on: {go: {by: r, do: "
     "[{raise: told}]}}}}}\n      y: {states: {y1: {on: {told: {to: end}}}}}\n" END,
     ""},
    {"an act that somebody may do",
     "states:\n  a: {edit: {r: [decision]}, on: {decision.recorded: {to: end}}}\n" END, ""},
    {"an act that nobody may do",
     "states:\n  a: {edit: {r: [payment]}, on: {decision.recorded: {to: end}}}\n" END,
     "6 unreachable-move, 6 stuck-state, 7 unreachable-state"},
    {"history leads back",
     "states:\n  a:\n    states: {h: {history: deep}, b: {on: {go: {by: r, to: c}}}, c: {}}\n    "
     "on: {pause: {by: r, to: w}, stop: {by: r, to: end}}\n  w: {on: {back: {by: r, to: h}}}\n" END,
     ""},
    {"an eventless transition must be taken first",
     "states:\n  a: {always: {to: end}, on: {go: {by: r, to: b}}}\n  b: {on: {go: {by: r, to: "
     "end}}}\n" END,
     "6 unreachable-move, 7 unreachable-state"},
    {"done must be taken first",
     "states:\n  a: {states: {b: {on: {go: {by: r, to: c}}}, c: {type: final}}, done: {to: end}, "
     "on: {late: {by: r, to: z, if: \"In('c')\"}}}\n  z: {on: {go: {by: r, to: end}}}\n" END,
     ""},
    {"three states that never rest",
     "states:\n  a: {on: {go: {by: r, to: b}, stop: {by: r, to: end}}}\n  b: {always: {to: c}}\n  "
     "c: {always: {to: d}}\n  d: {always: {to: b}}\n" END,
     "7 endless-loop"},
    {"always: was is entered with it",
     "states:\n  a: {states: {b: {on: {go: {by: r, to: end}}}}}\n" END
     "always: [{in: b, was: a}]\n",
     ""},
    {"always: by every way",
     "states:\n  a: {on: {go: {by: r, to: b}, run: {by: r, to: c}}}\n  b: {on: {go: {by: r, to: "
     "end}}}\n  c: {on: {go: {by: r, to: end}}}\n" END "always: [{in: end, was: [b, c]}]\n",
     ""},
    {"always: by one of two ways",
     "states:\n  a: {on: {go: {by: r, to: b}, run: {by: r, to: c}}}\n  b: {on: {go: {by: r, to: "
     "end}}}\n  c: {on: {go: {by: r, to: end}}}\n" END "always: [{in: end, was: b}]\n",
     "10 broken-promise: run go"},
    {"never: two leaves of one state",
     "states:\n  a: {on: {go: {by: r, to: b}}}\n  b: {on: {go: {by: r, to: end}}}\n" END
     "never: [{in: [a, b]}]\n",
     ""},
    {"eventually: stays possible",
     "states:\n  a: {on: {go: {by: r, to: b}}}\n  b: {on: {go: {by: r, to: end}, back: {by: r, to: "
     "a}}}\n" END "eventually: [{from: a, reach: b}]\n",
     ""},
    {"eventually: lost on the way",
     "states:\n  a: {on: {go: {by: r, to: b}, skip: {by: r, to: c}}}\n  b: {on: {go: {by: r, to: "
     "c}}}\n  c: {on: {go: {by: r, to: end}}}\n" END "eventually: [{from: a, reach: b}]\n",
     "10 broken-promise: skip"},
    {"a form written in a state before",
     FORM
     "states:\n  w: {edit: {r: [forms]}, on: {next: {by: r, to: a}}}\n  a: {on: {go: {by: r, to: "
     "end, if: \"complete('f')\"}}}\n" END,
     ""},
    {"a form written beside",
     FORM "states:\n  p:\n    type: parallel\n    states:\n      x: {states: {x1: {edit: {r: "
          "[forms]}}}}\n      y: {states: {y1: {on: {go: {by: q, to: end, if: "
          "\"complete('f')\"}}}}}\n" END,
     ""},
    {"a form that comes after is asked too early",
     FORM
     "states:\n  a: {on: {go: {by: r, to: b, if: \"now < call.closes_at && complete('f')\"}}}\n  "
     "b: {edit: {r: [forms]}, on: {go: {by: r, to: end}}}\n" END,
     "8 required-unwritten"},
    {"one of two conditions is enough, so it may hold",
     FORM
     "states:\n  a: {on: {go: {by: r, to: b, if: \"now < call.closes_at || complete('f')\"}}}\n  "
     "b: {edit: {r: [forms]}, on: {go: {by: r, to: end}}}\n" END,
     ""},
    {"eventually: nothing matters once it is reached",
     "states:\n  a: {on: {go: {by: r, to: b}}}\n  b: {on: {go: {by: r, to: end}}}\n" END
     "eventually: [{from: a, reach: b}]\n",
     ""},
};

static Str told(Arena *arena, const Findings *findings)
{
    Buf out = {.arena = arena};
    for (uint32_t line = 1; line < 100; line++)
        for (size_t i = 0; i < findings->len; i++) {
            const Finding *f = &findings->at[i];
            if (f->mark.line != line || strcmp(f->code, "missing-title") == 0)
                continue;
            buf_format(&out, "%s%u %s", out.len ? ", " : "", line, f->code);
            for (size_t k = 0; strcmp(f->code, "broken-promise") == 0 && k < f->path_len; k++)
                buf_format(&out, "%s" STR_FMT, k ? " " : ": ", STR_ARG(f->path[k]));
        }
    return buf_str(&out);
}

static void charts(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        Findings findings = {0};
        Str text = str_format(arena, "%s%s", HEAD, rows[i].text);
        const Definition *def = definition_build(arena, text, STR_NONE, &findings);
        if (def)
            definition_check(arena, def, &findings);
        Str got = told(arena, &findings);
        ROW_CHECK(wrong, def && str_is(got, rows[i].found), rows[i].sentence,
                  "expected \"%s\", came \"" STR_FMT "\"", rows[i].found, STR_ARG(got));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

// What a random walk enters or takes, with real guards, the proof has found possible.
static void walks(void **state)
{
    (void)state;
    static const char *const files[] = {"workflows/cte.yaml", "workflows/appel-a-communs.yaml"};
    int wrong = 0;
    for (size_t i = 0; i < ROWS(files); i++) {
        Arena *arena = arena_new();
        Findings findings = {0};
        Explore x;
        const Definition *def =
            definition_build(arena, read_file(arena, files[i]),
                             read_file(arena, "workflows/dictionary.yaml"), &findings);
        assert_non_null(def);
        explore(&x, arena, def);
        assert_false(x.stopped);
        WalkReport walk = play_random(arena, def, 7, 20, 60);
        assert_true(walk.moved > 0);
        for (size_t s = 1; s < def->state_count; s++)
            ROW_CHECK(wrong, !set_has(&walk.visited, (StateId)s) || set_has(&x.visited, (StateId)s),
                      files[i], "the walk was in " STR_FMT, STR_ARG(def->states[s].path));
        for (size_t t = 0; t < def->transition_count; t++)
            ROW_CHECK(wrong, !walk.taken[t] || x.taken[t], files[i],
                      "the walk took the transition of line %u", def->transitions[t].mark.line);
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void shipped(void **state)
{
    (void)state;
    static const char *const files[] = {"workflows/cte.yaml", "workflows/appel-a-communs.yaml"};
    int wrong = 0;
    for (size_t i = 0; i < ROWS(files); i++) {
        Arena *arena = arena_new();
        Findings findings = {0};
        const Definition *def =
            definition_build(arena, read_file(arena, files[i]),
                             read_file(arena, "workflows/dictionary.yaml"), &findings);
        bool sound = def && definition_check(arena, def, &findings);
        Str said = findings_text(arena, str_of(files[i]), EN, &findings);
        ROW_CHECK(wrong, sound && !findings.len, files[i], "expected nothing, came\n" STR_FMT,
                  STR_ARG(said));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(charts), cmocka_unit_test(walks),
                                       cmocka_unit_test(shipped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
