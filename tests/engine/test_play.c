// SPDX-License-Identifier: Apache-2.0
// Scenarios: what each kind of step does, that each kind of expectation can fail and says why, and
// that a wrong file is told by its place before anything is played.
#include "engine/play.h"
#include "garden.h"

#define GIVEN                                                                                      \
    "workflow: garden\n"                                                                           \
    "given:\n"                                                                                     \
    "  now: 2023-05-10T09:00:00Z\n"                                                                \
    "  call: {opens_at: 2023-05-01T00:00:00Z, closes_at: 2023-06-01T10:00:00Z, amount: 8000000}\n" \
    "  dossier: {title: Jardin, total: 5000000, surface: 12, requested: 3000000}\n"                \
    "  documents: {statutes: 1, plan: 1}\n"                                                        \
    "scenarios:\n"                                                                                 \
    "- title: One\n"                                                                               \
    "  steps:\n"

#define FILED "  - {as: carrier, do: submit, then: [reading, looking]}\n"
#define READ                                                                                       \
    "  - {as: evaluator/ada, review: expert, content: {scores: {impact: 5, cost: 5}, comments: "   \
    "{impact: Bien}}}\n"                                                                           \
    "  - {as: evaluator/bob, review: expert, content: {scores: {impact: 5, cost: 1}, comments: "   \
    "{impact: Bien}}, then: [read, looking]}\n"                                                    \
    "  - {as: clerk, review: risk, content: {risks: [{label: Gel, probability: 1, gravity: 2}]}, " \
    "then: committee}\n"
#define GRANTED                                                                                    \
    "  - {as: board, decision: {kind: granted, amount: 3000000, motive: Utile}, then: granted}\n"
#define SIGNED                                                                                     \
    "  - {as: clerk, agreement: {amount: 3000000}}\n"                                              \
    "  - {as: carrier, sign: true}\n"                                                              \
    "  - {as: board, sign: true}\n"

static const struct {
    const char *sentence, *steps;
    const char *failure; // NULL: passes; else a part of what is said in English
} plays[] = {
    {"a carrier files in time", FILED, NULL},
    {"filing seals and sends the receipt",
     "  - {as: carrier, do: submit, sealed: true, mails: [receipt]}\n", NULL},
    {"a wrong state is told with the one that came", "  - {as: carrier, do: submit, then: draft}\n",
     "line 10: expected state draft, came study.opinions.reading + study.risks.looking"},
    {"one of two states is not both", "  - {as: carrier, do: submit, then: reading}\n",
     "expected state study.opinions.reading, came"},
    {"a mail that did not leave is missed", "  - {as: carrier, do: submit, mails: [late]}\n",
     "expected mails: late; came: receipt"},
    {"a mail too many is told", "  - {as: carrier, do: submit, mails: []}\n",
     "expected mails: none; came: receipt"},
    {"an open dossier is not sealed", "  - {as: carrier, answer: {surface: 3}, sealed: true}\n",
     "expected a sealed dossier, came an open one"},
    {"a sealed one is not open", "  - {as: carrier, do: submit, sealed: false}\n",
     "expected an open dossier, came a sealed one"},

    {"another role is refused", "  - {as: clerk, do: submit, refused: role}\n", NULL},
    {"a refusal that is not expected tells its reasons", "  - {as: clerk, do: submit}\n",
     "line 10: refused in state draft:"},
    {"an acceptance that is not expected tells the state",
     "  - {as: carrier, do: submit, refused: role}\n",
     "expected a refusal (role), accepted: study"},
    {"a refusal of another kind tells both", "  - {as: clerk, do: submit, refused: guard}\n",
     "expected a refusal (guard), came role ("},
    {"any refusal will do when none is named", "  - {as: clerk, do: submit, refused: true}\n",
     NULL},
    {"a move of another state is refused", "  - {as: clerk, do: resume, refused: state}\n", NULL},
    {"a form that lacks something refuses",
     "  - {as: carrier, answer: {surface: null}}\n  - {as: carrier, do: submit, refused: "
     "incomplete}\n",
     NULL},
    {"data are held to the event's schema",
     FILED "  - {as: clerk, do: return, data: {reason: x}, refused: data}\n", NULL},
    {"the right data pass",
     FILED "  - {as: clerk, do: return, data: {reason: Trop vague}, then: draft, sealed: false}\n",
     NULL},
    {"an end is an end",
     "  - {as: carrier, do: withdraw, then: withdrawn}\n  - {as: carrier, do: submit, refused: "
     "over}\n",
     NULL},

    {"the clock makes a draft lapse",
     "  - {clock: 2023-06-01T10:00:00Z, then: lapsed, mails: [late]}\n", NULL},
    {"a second before, it does not", "  - {clock: 2023-06-01T09:59:59Z, then: draft, mails: []}\n",
     NULL},
    {"what is filed does not lapse",
     FILED "  - {clock: 2023-06-02T00:00:00Z, then: [reading, looking]}\n", NULL},
    {"waiting moves the clock",
     FILED "  - {as: clerk, do: pause, then: paused}\n  - {wait: P29D, then: paused}\n  - {wait: "
           "P1D, then: refused}\n",
     NULL},
    {"the clock does not go back", "  - {clock: 2023-05-01T00:00:00Z}\n",
     "the clock does not go back: it is 2023-05-10T09:00:00Z already"},
    {"history brings back where it was",
     FILED "  - {as: evaluator, review: expert, content: {scores: {impact: 5, cost: 5}, comments: "
           "{impact: Bien}}}\n"
           "  - {as: evaluator/bob, review: expert, content: {scores: {impact: 5, cost: 5}, "
           "comments: {impact: Bien}}, then: [read, looking]}\n"
           "  - {as: clerk, do: pause}\n  - {as: clerk, do: resume, then: [read, looking]}\n",
     NULL},

    {"an answer is kept", "  - {as: carrier, answer: {total: 1}}\n", NULL},
    {"an answer of a closed form is refused",
     FILED "  - {as: carrier, answer: {surface: 3}, refused: allowed}\n", NULL},
    {"nobody else answers", "  - {as: clerk, answer: {surface: 3}, refused: allowed}\n", NULL},
    {"an unknown answer is refused", "  - {as: carrier, answer: {surfase: 3}, refused: data}\n",
     NULL},
    {"a document is added while the file allows",
     "  - {as: carrier, document: photo}\n" FILED
     "  - {as: carrier, document: photo, refused: allowed}\n",
     NULL},

    {"the same person twice is one review",
     FILED "  - {as: evaluator, review: expert, content: {scores: {impact: 5, cost: 5}, comments: "
           "{impact: Bien}}}\n"
           "  - {as: evaluator, review: expert, content: {scores: {impact: 5, cost: 5}, comments: "
           "{impact: Bien}}, then: [reading, looking]}\n",
     NULL},
    {"reviews that diverge do not close",
     FILED "  - {as: evaluator/a, review: expert, content: {scores: {impact: 5, cost: 5}, "
           "comments: {impact: Bien}}}\n"
           "  - {as: evaluator/b, review: expert, content: {scores: {impact: 1, cost: 1}, "
           "comments: {impact: Non}}, then: [reading, looking]}\n",
     NULL},
    {"a review without its justification is refused",
     FILED "  - {as: evaluator, review: expert, content: {scores: {impact: 5, cost: 5}}, refused: "
           "data}\n",
     NULL},
    {"only an evaluator reviews",
     FILED "  - {as: carrier, review: expert, content: {}, refused: allowed}\n", NULL},
    {"a red risk does not pass",
     FILED "  - {as: clerk, review: risk, content: {risks: [{label: Gel, probability: 2, gravity: "
           "3}]}, then: [reading, looking]}\n",
     NULL},
    {"both regions lead to the committee", FILED READ, NULL},
    {"a decision leads on", FILED READ GRANTED, NULL},
    {"a refusal too",
     FILED READ "  - {as: board, decision: {kind: refused, motive: Non}, then: refused}\n", NULL},
    {"a decision over the rate is refused",
     FILED READ "  - {as: board, decision: {kind: granted, amount: 3500001}, refused: allowed}\n",
     NULL},
    {"one at the rate is not",
     FILED READ "  - {as: board, decision: {kind: granted, amount: 3500000}, then: granted}\n",
     NULL},
    {"an unknown kind is refused",
     FILED READ "  - {as: board, decision: {kind: maybe}, refused: true}\n", NULL},

    {"nothing is signed before it is prepared",
     FILED READ GRANTED "  - {as: carrier, sign: true, refused: state}\n", NULL},
    {"an instalment waits for all signatures",
     FILED READ GRANTED "  - {as: clerk, agreement: {amount: 3000000}}\n  - {as: carrier, sign: "
                        "true}\n  - {as: carrier, request: advance, refused: guard}\n"
                        "  - {as: board, sign: true}\n  - {as: carrier, request: advance}\n",
     NULL},
    {"an agreement may be prepared again",
     FILED READ GRANTED "  - {as: clerk, agreement: {amount: 1000000}}\n" SIGNED
                        "  - {as: carrier, request: advance}\n",
     NULL},
    {"one that bears a signature is not replaced",
     FILED READ GRANTED "  - {as: clerk, agreement: {amount: 3000000}}\n  - {as: carrier, sign: "
                        "true}\n  - {as: clerk, agreement: {amount: 1}, refused: state}\n",
     NULL},
    {"nobody else prepares it",
     FILED READ GRANTED SIGNED "  - {as: carrier, agreement: {amount: 1}, refused: allowed}\n",
     NULL},
    {"a role signs once",
     FILED READ GRANTED "  - {as: clerk, agreement: {amount: 3000000}}\n  - {as: carrier, sign: "
                        "true}\n  - {as: carrier/eve, sign: true, refused: state}\n",
     NULL},
    {"who does not sign does not sign",
     FILED READ GRANTED "  - {as: clerk, agreement: {amount: 3000000}}\n  - {as: clerk, sign: "
                        "true, refused: allowed}\n",
     NULL},
    {"what is not requested is not approved",
     FILED READ GRANTED SIGNED "  - {as: clerk, approve: advance, refused: state}\n", NULL},
    {"what is not approved is not paid",
     FILED READ GRANTED SIGNED
     "  - {as: carrier, request: advance}\n  - {as: clerk, pay: advance, refused: state}\n",
     NULL},
    {"an instalment is requested once",
     FILED READ GRANTED SIGNED
     "  - {as: carrier, request: advance}\n  - {as: carrier, request: advance, refused: state}\n",
     NULL},
    {"more than an instalment is not paid",
     FILED READ GRANTED SIGNED
     "  - {as: carrier, request: advance}\n  - {as: clerk, approve: advance}\n  - {as: clerk, pay: "
     "advance, amount: 999901, refused: allowed}\n",
     NULL},
    {"the balance waits for a validated measure, and the last payment closes",
     FILED READ GRANTED SIGNED
     "  - {as: carrier, request: advance}\n  - {as: clerk, approve: advance}\n  - {as: clerk, pay: "
     "advance, amount: 999900, then: granted}\n"
     "  - {as: carrier, measure: harvest, value: 12.5, target: 20}\n  - {as: carrier, request: "
     "balance, refused: guard}\n"
     "  - {as: clerk, validate: harvest}\n  - {as: carrier, request: balance}\n  - {as: clerk, "
     "approve: balance}\n"
     "  - {as: clerk, pay: balance, amount: 1000, then: granted}\n  - {as: clerk, pay: balance, "
     "then: closed}\n",
     NULL},
    {"a contested measure validates nothing",
     FILED READ GRANTED SIGNED
     "  - {as: carrier, measure: harvest, value: 1}\n  - {as: clerk, contest: harvest}\n  - {as: "
     "carrier, request: balance, refused: guard}\n",
     NULL},
    {"without a measure there is nothing to validate",
     FILED READ GRANTED SIGNED "  - {as: clerk, validate: harvest, refused: state}\n", NULL},
    {"nobody validates their own measure",
     FILED READ GRANTED SIGNED
     "  - {as: carrier/eve, measure: harvest, value: 1}\n  - {as: clerk/eve, validate: harvest, "
     "refused: true}\n  - {as: clerk/ada, validate: harvest}\n",
     NULL},
    {"a message is posted where it may be",
     "  - {as: carrier, message: Bonjour}\n  - {as: board, message: Bonjour, refused: allowed}\n",
     NULL},

    {"open moves are open", "  - {as: carrier, open: [submit, withdraw], closed: [resume]}\n",
     NULL},
    {"they are closed to others", "  - {as: clerk, closed: [submit, withdraw]}\n", NULL},
    {"a closed move is told with its reason", "  - {as: clerk, open: [submit]}\n",
     "expected an open move: submit; closed: "},
    {"an open one too", "  - {as: carrier, closed: withdraw}\n",
     "expected a closed move, and it is open: withdraw"},
    {"a move of elsewhere does not exist here", "  - {as: clerk, open: [resume]}\n",
     "it does not exist in this state"},
    {"the second step's failure has the second step's line",
     FILED "  - {as: clerk, do: pause, then: draft}\n",
     "line 11: expected state draft, came paused"},
};

static Str play_one(Arena *arena, const Definition *def, const char *text, Lang lang, bool *passed)
{
    Findings findings = {0};
    PlayReport report;
    if (!play_text(arena, def, str_of(text), lang, &report, &findings))
        return findings_text(arena, STR("s.yaml"), lang, &findings);
    *passed = report.passed == report.len && report.len == 1;
    return report.len ? report.at[0].failure : STR("no scenario");
}

static void steps_do_and_expect(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(plays); i++) {
        bool passed = false;
        const char *text = str_format(arena, "%s%s", GIVEN, plays[i].steps).at;
        const char *came = str_cstr(arena, play_one(arena, def, text, EN, &passed));
        const char *wanted = plays[i].failure;
        ROW_CHECK(wrong, passed == !wanted, plays[i].sentence, "%s %s",
                  passed ? "passed" : "failed:", came);
        ROW_CHECK(wrong, !wanted || strstr(came, wanted), plays[i].sentence,
                  "expected [%s], came [%s]", wanted, came);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void failures_speak_french(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    bool passed = true;
    Str came = play_one(arena, garden(arena), GIVEN "  - {as: clerk, do: submit}\n", FR, &passed);
    assert_false(passed);
    assert_true(str_starts(came, STR("ligne 10 : refusé dans l'état draft : ")));
    arena_free(arena);
}

static const struct {
    const char *sentence, *text, *code, *place;
} files[] = {
    {"an unknown key has a nearest one", GIVEN "  - {as: carrier, doo: submit}\n", "unknown-key",
     "s.yaml:10:19:"},
    {"an unknown role is found", GIVEN "  - {as: carier, do: submit}\n", "unknown-role",
     "s.yaml:10:10:"},
    {"an unknown event is found", GIVEN "  - {as: carrier, do: submitt}\n", "unknown-event",
     "s.yaml:10:23:"},
    {"an unknown state is found", GIVEN "  - {as: carrier, do: submit, then: studdy}\n",
     "unknown-state", "s.yaml:10:37:"},
    {"a state that holds others is not expected",
     GIVEN "  - {as: carrier, do: submit, then: study}\n", "not-atomic", "s.yaml:10:37:"},
    {"an unknown mail is found", GIVEN "  - {as: carrier, do: submit, mails: [reciept]}\n",
     "unknown-mail", "s.yaml:10:39:"},
    {"an unknown grid is found", GIVEN "  - {as: carrier, review: expertt}\n", "unknown-grid",
     "s.yaml:10:27:"},
    {"an unknown document is found", GIVEN "  - {as: carrier, document: plann}\n",
     "unknown-document", "s.yaml:10:29:"},
    {"an unknown instalment is found", GIVEN "  - {as: carrier, request: avance}\n",
     "unknown-instalment", "s.yaml:10:28:"},
    {"an unknown indicator is found", GIVEN "  - {as: carrier, measure: harvests, value: 1}\n",
     "unknown-indicator", "s.yaml:10:28:"},
    {"a step does one thing", GIVEN "  - {as: carrier, do: submit, wait: P1D}\n", "two-verbs",
     "s.yaml:10:"},
    {"data go with a move", GIVEN "  - {as: carrier, message: Oui, data: {}}\n", "wrong-key",
     "s.yaml:10:33:"},
    {"somebody acts", GIVEN "  - {do: submit}\n", "no-actor", "s.yaml:10:5:"},
    {"a refusal is of a known kind", GIVEN "  - {as: carrier, do: submit, refused: rol}\n", "",
     "s.yaml:10:40:"},
    {"an instant is one", GIVEN "  - {clock: tomorrow}\n", "bad-time", "s.yaml:10:13:"},
    {"a duration is one", GIVEN "  - {wait: 3 days}\n", "bad-duration", "s.yaml:10:12:"},
    {"an amount is whole cents", GIVEN "  - {as: clerk, pay: advance, amount: 1.5}\n", "bad-amount",
     "s.yaml:10:39:"},
    {"a measure has a number", GIVEN "  - {as: carrier, measure: harvest}\n", "bad-value",
     "s.yaml:10:"},
    {"steps are a list",
     "workflow: garden\nscenarios: [{title: A, given: {now: 2023-01-01}, steps: 3}]\n", "no-steps",
     "s.yaml:2:"},
    {"a scenario says when it starts", "workflow: garden\nscenarios: [{title: A, steps: []}]\n",
     "no-time", "s.yaml:2:13:"},
    {"a scenario has a title",
     "workflow: garden\nscenarios: [{given: {now: 2023-01-01}, steps: []}]\n", "no-title",
     "s.yaml:2:13:"},
    {"scenarios are of this workflow", "workflow: cte\nscenarios: []\n", "wrong-workflow",
     "s.yaml:1:11:"},
    {"given answers are asked by a form",
     "workflow: garden\ngiven: {now: 2023-01-01, dossier: {surfase: 1}}\nscenarios: []\n",
     "unknown-member", "s.yaml:2:36:"},
    {"given documents are of the file",
     "workflow: garden\ngiven: {now: 2023-01-01, documents: {plans: 1}}\nscenarios: []\n",
     "unknown-document", "s.yaml:2:38:"},
    {"the call's dates are instants",
     "workflow: garden\ngiven: {call: {closes_at: soon}}\nscenarios: []\n", "bad-time",
     "s.yaml:2:27:"},
    {"a file of scenarios has scenarios", "workflow: garden\n", "no-scenarios", "s.yaml:1:1:"},
    {"it is YAML", "workflow: [garden\n", "yaml-syntax", "s.yaml:"},
};

static void wrong_files_are_told_by_place(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(files); i++) {
        Findings findings = {0};
        PlayReport report;
        bool right = play_text(arena, def, str_of(files[i].text), EN, &report, &findings);
        const char *came = str_cstr(arena, findings_text(arena, STR("s.yaml"), EN, &findings));
        ROW_CHECK(wrong, !right && report.len == 0, files[i].sentence, "%s", "was played");
        ROW_CHECK(wrong, strstr(came, files[i].place) && strstr(came, files[i].code),
                  files[i].sentence, "expected %s %s, came %s", files[i].place, files[i].code,
                  came);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void a_scenario_merges_its_own_given(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    bool passed = false;
    Str failure = play_one(arena, garden(arena),
                           "workflow: garden\n"
                           "given: {now: 2023-05-10T09:00:00Z, call: {closes_at: "
                           "2023-06-01T10:00:00Z}, dossier: {title: Jardin, total: 5}, "
                           "documents: {statutes: 1, plan: 1}}\n"
                           "scenarios:\n"
                           "- {title: A, given: {dossier: {surface: 3}, documents: {plan: null}}, "
                           "steps: [{as: carrier, do: submit, "
                           "refused: incomplete}, {as: carrier, document: plan}, {as: carrier, do: "
                           "submit, then: [reading, looking]}]}\n",
                           EN, &passed);
    if (!passed)
        fail_msg(STR_FMT, STR_ARG(failure));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_do_and_expect),
        cmocka_unit_test(failures_speak_french),
        cmocka_unit_test(wrong_files_are_told_by_place),
        cmocka_unit_test(a_scenario_merges_its_own_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
