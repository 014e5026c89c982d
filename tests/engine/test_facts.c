// SPDX-License-Identifier: Apache-2.0
// Raw rows become facts: means, spread, risks, documents, instalments, measures, and the types of
// all.
#include "garden.h"
#include <math.h>

typedef json_t *(*Aggregate)(Arena *, const Definition *, const json_t *);

#define EXPERT(person, done, impact, cost)                                                         \
    "{'grid':'expert','person':'" person "','submitted':" done                                     \
    ",'content':{'scores':{'impact':" impact ",'cost':" cost "}}}"
#define RISKS(done, risks)                                                                         \
    "{'grid':'risk','person':'x','submitted':" done ",'content':{'risks':[" risks "]}}"

static const struct {
    const char *sentence;
    Aggregate of;
    const char *rows, *pointer, *expected; // "absent": the fact is not known
} aggregates[] = {
    {"without reviews the mean is not known", facts_reviews, "[]", "/expert/mean", "absent"},
    {"without reviews nothing diverges", facts_reviews, "[]", "/expert/diverges", "false"},
    {"the file says how many reviews are expected", facts_reviews, "[]", "/expert/expected", "2"},
    {"one review's mean is weighted, not plain", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "]", "/expert/mean", "4"},
    {"a draft counts for nothing", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "false", "1", "1") "]", "/expert/mean", "4"},
    {"a draft is not counted", facts_reviews, "[" EXPERT("b", "false", "1", "1") "]",
     "/expert/count", "0"},
    {"the mean of two reviews", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "true", "1", "5") "]", "/expert/mean", "3"},
    {"the lowest of them", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "true", "1", "5") "]", "/expert/min", "2"},
    {"a spread over the threshold diverges", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "true", "1", "5") "]", "/expert/diverges",
     "true"},
    {"a spread at the threshold does not diverge", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "true", "3", "1") "]", "/expert/spread",
     "1.5"},
    {"… so it says", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "true", "3", "1") "]", "/expert/diverges",
     "false"},
    {"a criterion's mean is over the reviews", facts_reviews,
     "[" EXPERT("a", "true", "5", "1") "," EXPERT("b", "true", "1", "5") "]",
     "/expert/criteria/cost", "3"},
    {"a criterion nobody scored has no mean", facts_reviews,
     "[{'grid':'expert','person':'a','submitted':true,'content':{'scores':{'impact':3}}}]",
     "/expert/criteria/cost", "absent"},
    {"a criterion without score weighs nothing", facts_reviews,
     "[{'grid':'expert','person':'a','submitted':true,'content':{'scores':{'impact':3}}}]",
     "/expert/mean", "3"},
    {"a rank is probability times gravity", facts_reviews,
     "[" RISKS("true", "{'probability':2,'gravity':2},{'probability':1,'gravity':3}") "]",
     "/risk/highest", "4"},
    {"colours come from the file's table", facts_reviews,
     "[" RISKS("true", "{'probability':1,'gravity':3},{'probability':2,'gravity':2}") "]",
     "/risk/orange", "2"},
    {"equal ranks may have unequal colours", facts_reviews,
     "[" RISKS("true", "{'probability':2,'gravity':1},{'probability':1,'gravity':2}") "]",
     "/risk/green", "2"},
    {"red is counted", facts_reviews, "[" RISKS("true", "{'probability':2,'gravity':3}") "]",
     "/risk/red", "1"},
    {"without a review the highest rank is not known", facts_reviews, "[]", "/risk/highest",
     "absent"},
    {"a review without risks knows that it is none", facts_reviews, "[" RISKS("true", "") "]",
     "/risk/highest", "0"},
    {"a risk outside the matrix is no risk", facts_reviews,
     "[" RISKS("true", "{'probability':3,'gravity':3}") "]", "/risk/highest", "0"},
    {"a draft of risks is not looked at", facts_reviews,
     "[" RISKS("false", "{'probability':2,'gravity':3}") "]", "/risk/red", "0"},
    {"a grid of another name is not counted", facts_reviews,
     "[{'grid':'other','person':'a','submitted':true,'content':{'scores':{'impact':3}}}]",
     "/expert/count", "0"},

    {"a document of the dictionary has its own name", facts_documents, "[{'kind':'statutes'}]",
     "/statutes", "1"},
    {"one of the file bears the file's name", facts_documents,
     "[{'kind':'garden/plan'},{'kind':'garden/plan'}]", "/plan", "2"},
    {"another file's document is not ours", facts_documents,
     "[{'kind':'other/plan'},{'kind':'plan'}]", "/plan", "0"},
    {"a longer name is another document", facts_documents, "[{'kind':'garden/my-plan'}]", "/plan",
     "0"},
    {"a shared document under our name is not the shared one", facts_documents,
     "[{'kind':'garden/statutes'}]", "/statutes", "0"},

    {"without an agreement an instalment is nothing", facts_instalments, "[]", "/advance",
     "{'amount':0,'approved':false,'paid':false,'paid_amount':0,'requested':false}"},
    {"approved implies requested", facts_instalments,
     "[{'instalment':'advance','amount':500,'state':'approved','paid':0}]", "/advance",
     "{'amount':500,'approved':true,'paid':false,'paid_amount':0,'requested':true}"},
    {"paid implies both", facts_instalments,
     "[{'instalment':'balance','amount':500,'state':'paid','paid':500}]", "/balance",
     "{'amount':500,'approved':true,'paid':true,'paid_amount':500,'requested':true}"},

    {"no measure has no last value", facts_measures, "[]", "/harvest",
     "{'contested':0,'count':0,'validated':0}"},
    {"the last measure is the newest", facts_measures,
     "[{'indicator':'harvest','value':3,'state':'validated'},{'indicator':'harvest','value':4.5,'"
     "state':'entered'}]",
     "/harvest/last", "4.5"},
    {"a contested measure is passed over", facts_measures,
     "[{'indicator':'harvest','value':3,'state':'validated'},{'indicator':'harvest','value':9,'"
     "state':'contested'}]",
     "/harvest", "{'contested':1,'count':2,'last':3,'validated':1}"},
    {"the target is the newest one given", facts_measures,
     "[{'indicator':'harvest','value':3,'target':10,'state':'entered'},{'indicator':'harvest','"
     "value':3,'target':12,'state':'entered'}]",
     "/harvest/target", "12"},
};

static void rows_become_facts(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(aggregates); i++) {
        json_t *facts = aggregates[i].of(arena, def, json_of(arena, aggregates[i].rows));
        json_t *came = json_pointer(facts, str_of(aggregates[i].pointer));
        bool absent = strcmp(aggregates[i].expected, "absent") == 0;
        const char *expected =
            absent ? "nothing" : canonical(arena, json_of(arena, aggregates[i].expected));
        ROW_CHECK(wrong, strcmp(canonical(arena, came), expected) == 0, aggregates[i].sentence,
                  "expected %s, came %s", expected, canonical(arena, came));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static const struct {
    const char *sentence, *guard;
    bool compiles;
} guards[] = {
    {"a mean is a number", "reviews.expert.mean >= 3.0", true},
    {"a criterion has its mean", "reviews.expert.criteria.impact > 2.0", true},
    {"a criterion that is not there is found", "reviews.expert.criteria.impcat > 2.0", false},
    {"a grid that is not there is found", "reviews.exprt.count > 0", false},
    {"only a matrix has colours", "reviews.risk.red == 0", true},
    {"a criteria grid has none", "reviews.expert.red == 0", false},
    {"a matrix has no criteria", "reviews.risk.criteria.impact > 1.0", false},
    {"times compare with times", "now < call.closes_at", true},
    {"times do not compare with texts", "call.closes_at < 'tomorrow'", false},
    {"money is whole", "instalments.advance.amount > 0 && payments.remaining == 0", true},
    {"a document is counted", "documents.plan >= 1", true},
    {"a document that is not there is found", "documents.plans >= 1", false},
    {"an indicator has its measures", "measures.harvest.last >= measures.harvest.target", true},
    {"a filing may not have happened", "has(application.filed_at)", true},
    {"the dossier is typed by the forms", "dossier.surface > 10", true},
    {"a text of the dossier is no number", "dossier.title > 10", false},
    {"roles are a list", "'clerk' in actor.roles", true},
    {"what is signed is true or false", "agreement.signed && agreement.signatures >= 2", true},
    {"the fact of a decision has no motive", "decision.motive == ''", false},
};

static void guards_are_typed(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    CelVar vars[SLOT_VARS] = {{NULL}};
    facts_types(arena, def, vars);
    CelEnv env = {.vars = vars, .var_count = SLOT_VARS, .strict = true};
    int wrong = 0;
    for (size_t i = 0; i < SLOT_VARS; i++)
        assert_non_null(vars[i].name);
    for (size_t i = 0; i < ROWS(guards); i++) {
        CelFault fault = {0};
        bool compiles = cel_compile(arena, str_of(guards[i].guard), &env, &fault);
        Str why = compiles ? STR("") : message_text(arena, EN, &fault.message);
        ROW_CHECK(wrong, compiles == guards[i].compiles, guards[i].sentence, "%s: " STR_FMT,
                  guards[i].guard, STR_ARG(why));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void shares_add_up(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        int64_t amount, advance, balance;
    } rows[] = {
        {"nothing splits into nothing", 0, 0, 0},
        {"a round sum splits by its shares", 1000000, 333300, 666700},
        {"no cent is lost", 1, 0, 1},
        {"the largest remainder takes the cent", 2, 1, 1},
        {"a large sum does not overflow", 999999999999999, 333300000000000, 666699999999999},
    };
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t parts[2] = {-1, -1};
        bool split = facts_shares(arena, def, rows[i].amount, parts);
        ROW_CHECK(wrong,
                  split && parts[0] == rows[i].advance && parts[1] == rows[i].balance &&
                      parts[0] + parts[1] == rows[i].amount,
                  rows[i].sentence, "came %lld + %lld", (long long)parts[0], (long long)parts[1]);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void all_who_may_sign_must_sign(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    RoleSet carrier = def->roles[definition_role(def, STR("carrier"))].bit;
    RoleSet board = def->roles[definition_role(def, STR("board"))].bit;
    RoleSet clerk = def->roles[definition_role(def, STR("clerk"))].bit;
    Case granted = {0};
    set_add(&granted.in, definition_state(def, STR("granted")));
    const struct {
        const char *sentence;
        RoleSet by;
        bool is_signed;
    } rows[] = {
        {"nobody has signed", 0, false},
        {"the carrier alone has signed", carrier, false},
        {"both have signed", carrier | board, true},
        {"another role's signature changes nothing", carrier | clerk, false},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_CHECK(wrong, facts_signed(def, &granted, rows[i].by) == rows[i].is_signed,
                  rows[i].sentence, "expected %d", rows[i].is_signed);
    arena_free(arena);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_facts),
        cmocka_unit_test(guards_are_typed),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(all_who_may_sign_must_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
