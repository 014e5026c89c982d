// SPDX-License-Identifier: Apache-2.0
// The application in memory: its clock fires timers in order and each at its own time, and its
// facts are those that the shell would load.
#include "engine/play.h"
#include "garden.h"

#define HEAD                                                                                       \
    "jalon: 1\nid: small\ntitle: Small\n"                                                          \
    "roles: {carrier: {title: C, on: dossier}, clerk: {title: K, on: call}}\n"                     \
    "forms: {f: {title: F, type: object, properties: {n: {type: integer, title: N}}}}\n"           \
    "events: {go: {title: Go}, file: {title: File}}\n"                                             \
    "decision: {kinds: [granted, refused]}\n"
#define PLAY  "workflow: small\nscenarios:\n- {title: One, given: {now: 2023-05-10T09:00:00Z, "
#define STEPS "}, steps: ["

// A state whose guard asks for one fact: `go` is open exactly when it holds.
#define FACT(guard)                                                                                \
    "states:\n  a:\n    title: A\n    edit: {carrier: [form.f]}\n    on: {go: {by: carrier, to: "  \
    "b, if: \"" guard "\"}}\n"                                                                     \
    "  b: {title: B, type: final}\n"

static const struct {
    const char *sentence, *states, *scenario;
} rows[] = {
    {"timers fire in order of time",
     "states:\n  a: {title: A, after: {P2D: {to: x}, P1D: {to: b}}}\n  b: {title: B, on: {go: {by: "
     "carrier, to: x}}}\n"
     "  x: {title: X, type: final}\n",
     PLAY "call: {}" STEPS "{wait: P5D, then: b}]}"},
    {"each timer fires at its own time",
     "states:\n  a: {title: A, after: {P1D: {to: b}}}\n  b: {title: B, after: {P1D: {to: c}}}\n"
     "  c: {title: C, after: {P1D: {to: d}}}\n  d: {title: D, on: {go: {by: carrier, to: x}}}\n  "
     "x: {title: X, type: final}\n",
     PLAY "call: {}" STEPS "{wait: P2D, then: c}, {wait: PT23H, then: c}, {wait: PT1H, then: d}]}"},
    {"a timer reads the clock at its own time",
     "states:\n  a: {title: A, after: {P1D: {to: b, if: \"now == "
     "timestamp('2023-05-11T09:00:00Z')\"}}}\n"
     "  b: {title: B, type: final}\n",
     PLAY "call: {}" STEPS "{clock: 2023-06-30T00:00:00Z, then: b}]}"},
    {"a state that is left forgets its timers",
     "states:\n  a: {title: A, after: {P1D: {to: x}}, on: {go: {by: carrier, to: b}}}\n"
     "  b: {title: B, on: {go: {by: carrier, to: x}}}\n  x: {title: X, type: final}\n",
     PLAY "call: {}" STEPS "{as: carrier, do: go, then: b}, {wait: P9D, then: b}]}"},
    {"a delayed send comes back",
     "states:\n  a: {title: A, entry: [{send: {event: tick, delay: P1D}}], transitions: [{event: "
     "tick, to: b}]}\n"
     "  b: {title: B, type: final}\n",
     PLAY "call: {}" STEPS "{wait: PT23H, then: a}, {wait: PT1H, then: b}]}"},

    {"the cut-off is the next one", FACT("call.cutoff == timestamp('2023-06-01T00:00:00Z')"),
     PLAY
     "call: {cutoffs: [2023-09-01T00:00:00Z, 2023-01-01T00:00:00Z, 2023-06-01T00:00:00Z]}" STEPS
     "{as: carrier, open: go}, {clock: 2023-06-01T00:00:00Z, as: carrier, closed: go}]}"},
    {"after the last cut-off there is none", FACT("has(call.cutoff)"),
     PLAY "call: {cutoffs: [2023-01-01T00:00:00Z]}" STEPS "{as: carrier, closed: go}]}"},
    {"what is left of the envelope is what nobody has", FACT("call.remaining == 70"),
     PLAY "call: {amount: 100, committed: 30}" STEPS "{as: carrier, open: go}]}"},
    {"an application that is not filed has no date of filing", FACT("has(application.filed_at)"),
     PLAY "call: {}" STEPS "{as: carrier, closed: go}]}"},
    {"it is opened when it starts",
     FACT("application.opened_at == timestamp('2023-05-10T09:00:00Z')"),
     PLAY "call: {}" STEPS "{wait: P1D}, {as: carrier, open: go}]}"},
    {"guards read the answers", FACT("dossier.n == 3"),
     PLAY "dossier: {n: 2}" STEPS
          "{as: carrier, closed: go}, {as: carrier, answer: {n: 3}}, {as: carrier, open: go}]}"},
    {"an answer that is withdrawn is not there", FACT("has(dossier.n)"),
     PLAY "dossier: {n: 2}" STEPS
          "{as: carrier, open: go}, {as: carrier, answer: {n: null}}, {as: carrier, closed: go}]}"},
    {"before a decision there is none",
     FACT("!decision.made && !agreement.made && payments.count == 0"),
     PLAY "call: {}" STEPS "{as: carrier, open: go}]}"},
    {"the actor is who acts", FACT("actor.person == 'ada' && 'carrier' in actor.roles"),
     PLAY "call: {}" STEPS "{as: carrier, closed: go}, {as: carrier/ada, open: go}]}"},

    {"what is filed is what guards read, until it is unsealed",
     "states:\n"
     "  a: {title: A, edit: {carrier: [form.f]}, on: {file: {by: carrier, to: b, do: [seal]}}}\n"
     "  b: {title: B, edit: {carrier: [form.f]}, on: {go: {by: carrier, to: c, if: \"dossier.n == "
     "2\"}, file: {by: clerk, do: [unseal]}}}\n"
     "  c: {title: C, type: final}\n",
     PLAY "dossier: {n: 1}" STEPS
          "{as: carrier, do: file, sealed: true}, {as: carrier, answer: {n: 2}}, "
          "{as: carrier, do: go, refused: guard}, {as: clerk, do: file, sealed: false}, {as: "
          "carrier, do: go, then: c}]}"},
    {"a document added after filing is not filed",
     "documents: {d: {title: D, types: [application/pdf]}}\n"
     "states:\n"
     "  a: {title: A, on: {file: {by: carrier, to: b, do: [seal]}}}\n"
     "  b: {title: B, edit: {carrier: [documents]}, on: {go: {by: carrier, to: c, if: "
     "\"documents.d == 1\"}, file: {by: clerk, do: [unseal]}}}\n"
     "  c: {title: C, type: final}\n",
     PLAY
     "call: {}" STEPS
     "{as: carrier, do: file}, {as: carrier, document: d}, {as: carrier, do: go, refused: guard}, "
     "{as: clerk, do: file}, {as: carrier, do: go, then: c}]}"},
    {"the event of a signature waits for the last one",
     "states:\n"
     "  a: {title: A, edit: {clerk: [agreement, signature], carrier: [signature]}, on: "
     "{agreement.signed: {to: b}}}\n"
     "  b: {title: B, type: final}\n",
     PLAY "call: {}" STEPS "{as: clerk, agreement: {amount: 100}}, {as: clerk, sign: true, then: "
          "a}, {as: carrier, sign: true, then: b}]}"},
    {"the date of filing is the last sealing's",
     "states:\n"
     "  a: {title: A, on: {file: {by: carrier, to: b, do: [seal]}}}\n"
     "  b: {title: B, on: {go: {by: carrier, to: c, if: \"application.filed_at == "
     "timestamp('2023-05-11T09:00:00Z')\"}, file: {by: carrier, do: [seal]}}}\n"
     "  c: {title: C, type: final}\n",
     PLAY "call: {}" STEPS "{as: carrier, do: file}, {wait: P1D}, {as: carrier, do: go, refused: "
          "guard}, {as: carrier, do: file}, "
          "{wait: P1D}, {as: carrier, do: go, then: c}]}"},
    {"a refused act leaves no row behind",
     "states:\n"
     "  a: {title: A, edit: {clerk: [decision]}, on: {decision.recorded: {to: b, if: "
     "\"decision.kind == 'granted'\"}, go: {by: carrier, to: b, if: \"!decision.made\"}}}\n"
     "  b: {title: B, type: final}\n",
     PLAY "call: {}" STEPS
          "{as: carrier, decision: {kind: granted}, refused: allowed}, {as: carrier, open: go}, "
          "{as: clerk, decision: {kind: refused}, then: a}, {as: carrier, closed: go}]}"},
};

static Str played(Arena *arena, const char *states, const char *scenario, bool *passed)
{
    Findings findings = {0};
    PlayReport report;
    Str text = str_format(arena, "%s%s", HEAD, states);
    const Definition *def = definition_build(arena, text, STR(""), &findings);
    *passed = false;
    if (!def || !play_text(arena, def, str_of(scenario), EN, &report, &findings))
        return findings_text(arena, STR("small"), EN, &findings);
    *passed = report.passed == 1;
    return report.at[0].failure;
}

static void the_world_goes_its_way(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        bool passed;
        Str failure = played(arena, rows[i].states, rows[i].scenario, &passed);
        ROW_CHECK(wrong, passed, rows[i].sentence, STR_FMT, STR_ARG(failure));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void timers_without_end_are_stopped(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    bool passed;
    Str failure = played(arena,
                         "states:\n  a: {title: A, after: {PT1S: {to: a}}, on: {go: {by: carrier, "
                         "to: b}}}\n  b: {title: B, type: final}\n",
                         PLAY "call: {}" STEPS "{wait: P1Y}]}", &passed);
    assert_false(passed);
    assert_true(str_ends(failure, STR("timers never end")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_world_goes_its_way),
        cmocka_unit_test(timers_without_end_are_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
