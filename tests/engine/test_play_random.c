// SPDX-License-Identifier: Apache-2.0
// Random walks: the same from the same seed, sound on every step, far enough to reach what can be
// reached; the fold of each history is the state; and values that conform to their schema.
#include "engine/play_inside.h"
#include "garden.h"

static void the_generator_is_the_published_one(void **state)
{
    (void)state;
    // xoshiro256** from the state that splitmix64 makes of seed 0, after the authors' reference
    // code.
    Chance chance = chance_new(0);
    assert_int_equal(chance.s[0], UINT64_C(0xe220a8397b1dcdaf));
    assert_int_equal(chance.s[1], UINT64_C(0x6e789e6aa1b965f4));
    assert_int_equal(chance_next(&chance), UINT64_C(0x99ec5f36cb75f2b4));
    assert_int_equal(chance_next(&chance), UINT64_C(0xbf6e1f784956452a));
}

static void the_same_seed_walks_the_same_way(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    WalkReport a = play_random(arena, def, 42, 40, 60), b = play_random(arena, def, 42, 40, 60),
               c = play_random(arena, def, 43, 40, 60);
    assert_int_equal(a.hash, b.hash);
    assert_int_equal(a.steps, b.steps);
    assert_memory_equal(a.taken, b.taken, def->transition_count);
    assert_true(a.hash != c.hash);
    arena_free(arena);
}

static void walks_are_sound_and_go_far(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    WalkReport report = play_random(arena, def, 7, 400, 250);
    int wrong = 0;
    assert_true(report.sound && report.folds);
    assert_true(report.moved > 500 && report.refused > 500);
    assert_true(report.recorded > report.moved);
    for (size_t i = 1; i < def->state_count; i++) {
        bool history = def->states[i].type == STATE_HISTORY_SHALLOW ||
                       def->states[i].type == STATE_HISTORY_DEEP;
        ROW_CHECK(wrong, history || set_has(&report.visited, (StateId)i),
                  "every state can be reached", STR_FMT " was not", STR_ARG(def->states[i].path));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void what_cannot_be_reached_is_not(void **state)
{
    (void)state;
    static const char text[] =
        "jalon: 1\nid: small\ntitle: Small\nroles: {carrier: {title: C, on: dossier}}\n"
        "forms: {f: {title: F, type: object, properties: {n: {type: integer, minimum: 0, maximum: "
        "9, title: N}}}}\n"
        "states:\n"
        "  a: {title: A, edit: {carrier: [form.f]}, on: {go: {by: carrier, to: b}, no: {by: "
        "carrier, to: c, if: \"dossier.n > 9\"}}}\n"
        "  b: {title: B, type: final}\n"
        "  c: {title: C, type: final}\n";
    Arena *arena = arena_new();
    Findings findings = {0};
    const Definition *def = definition_build(arena, STR(text), STR(""), &findings);
    if (!def)
        fail_msg(STR_FMT, STR_ARG(findings_text(arena, STR("small"), EN, &findings)));
    WalkReport report = play_random(arena, def, 1, 200, 30);
    StateId b = definition_state(def, STR("b")), c = definition_state(def, STR("c"));
    bool noise =
        set_has(&report.visited,
                c); // a surprising value may be any number, but never above 9 and an integer
    assert_true(report.sound);
    assert_true(set_has(&report.visited, b));
    assert_false(noise);
    assert_true(report.taken[0] && !report.taken[1]);
    arena_free(arena);
}

// --- the fold of a history ---

// Every `from` of a text, or the first alone, becomes `to`.
static Str replaced(Arena *arena, Str text, const char *from, const char *to, bool all)
{
    Buf buf = {.arena = arena};
    size_t len = strlen(from);
    for (const char *hit; (hit = memmem(text.at, text.len, from, len));) {
        size_t at = (size_t)(hit - text.at);
        buf_add(&buf, str_slice(text, 0, at));
        buf_add(&buf, str_of(to));
        text = str_slice(text, at + len, text.len);
        if (!all)
            break;
    }
    buf_add(&buf, text);
    return buf_str(&buf);
}

typedef enum Hand { NOTHING, LOSE, LOSE_FIRST, LOSE_LAST, SWAP, REPEAT, CUT, EVENT, AFTER } Hand;
static const struct {
    const char *sentence;
    Hand hand;
    const char *from, *to; // of EVENT and AFTER: in each text
    bool folds;
} spoils[] = {
    {"what nobody touched folds", NOTHING, "", "", true},
    {"an event is lost", LOSE, "", "", false},
    {"the start is lost", LOSE_FIRST, "", "", false},
    {"the last event is lost", LOSE_LAST, "", "", false},
    {"two events are swapped", SWAP, "", "", false},
    {"an event stands twice", REPEAT, "", "", false},
    {"a text is cut short", CUT, "", "", false},
    {"another event", EVENT, "\"event\":\"submit\"", "\"event\":\"withdraw\"", false},
    {"an event that there is not", EVENT, "\"event\":\"submit\"", "\"event\":\"submitt\"", false},
    {"another role", EVENT, "\"roles\":[\"carrier\"]", "\"roles\":[\"clerk\"]", false},
    {"no role", EVENT, "\"roles\":[\"clerk\"]", "\"roles\":[]", false},
    {"other data", EVENT, "\"reason\":\"", "\"raison\":\"", false},
    {"another time, at which the call was closed", EVENT, "\"now\":\"20", "\"now\":\"21", false},
    {"a fact of the call", EVENT, "\"closes_at\":\"20", "\"closes_at\":\"19", false},
    {"a fact of reviews", EVENT, "\"expert\":{\"count\":2", "\"expert\":{\"count\":1", false},
    {"an answer", EVENT, "\"surface\":", "\"surfaces\":", false},
    {"a document", EVENT, "\"plan\":1", "\"plan\":0", false},
    {"an act that is none", EVENT, "\"act\":4", "\"act\":0", false},
    {"a state that never came", AFTER, "\"in\":[\"refused\"]", "\"in\":[\"granted\"]", false},
    {"a timer at another date", AFTER, "@1", "@2", false},
    {"a mail that was not sent", AFTER, " 2:0:@", " 2:1:@", false},
};

static void spoil(void *host, Arena *arena, History *history)
{
    size_t row = *(size_t *)host, n = history->len, middle = n / 2;
    Record *at = history->at;
    switch (spoils[row].hand) {
    case NOTHING:
        return;
    case LOSE:
    case LOSE_FIRST:
    case LOSE_LAST:
        middle = spoils[row].hand == LOSE ? middle : spoils[row].hand == LOSE_FIRST ? 0 : n - 1;
        memmove(at + middle, at + middle + 1, (n - middle - 1) * sizeof *at);
        history->len--;
        return;
    case SWAP:
        if (middle > 1) {
            Record other = at[middle];
            at[middle] = at[middle - 1];
            at[middle - 1] = other;
        }
        return;
    case REPEAT:
        vec_push(arena, history, at[n - 1]);
        return;
    case CUT:
        at[middle].event.len /= 2;
        return;
    default:
        for (size_t i = 0; i < n; i++) {
            Str *text = spoils[row].hand == EVENT ? &at[i].event : &at[i].after;
            *text = replaced(arena, *text, spoils[row].from, spoils[row].to, true);
        }
    }
}

static void a_history_gives_its_state_again_and_a_spoiled_one_does_not(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(spoils); i++) {
        WalkReport report = play_spoiled(arena, def, 7, 60, 200, spoil, &i);
        ROW_CHECK(wrong, report.folds == spoils[i].folds, spoils[i].sentence,
                  "folds %d, of %llu events", report.folds, (unsigned long long)report.recorded);
        assert_true(report.sound && report.recorded > 500);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

// A fold tells where it stops: nothing before the spoiled event is doubted, nothing after it is
// believed.
static void stops_at(void *host, Arena *arena, History *history)
{
    size_t *checked = host, n = history->len;
    Str state;
    History own = {.at = arena_copy(arena, history->at, n * sizeof *history->at), .len = n};
    const Definition *def = garden(arena);
    assert_int_equal(history_fold(arena, def, &own, &state), n);
    for (size_t i = 0; i < n; i += 3, ++*checked) {
        own.at[i].after = replaced(arena, history->at[i].after, "\"in\":[", "\"in\":[ ", false);
        assert_int_equal(history_fold(arena, def, &own, &state), i);
        assert_int_equal(state.len == 0, i == 0);
        own.at[i] = history->at[i];
    }
}

static void a_fold_stops_at_the_first_event_that_differs(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    size_t checked = 0;
    assert_true(play_spoiled(arena, garden(arena), 7, 10, 100, stops_at, &checked).folds);
    assert_in_range(checked, 30, 1000);
    arena_free(arena);
}

static const struct {
    const char *sentence, *states; // active, by id, with their ancestors as written
    bool legal;
} configurations[] = {
    {"one atomic state", "draft", true},
    {"nothing at all is not a configuration", "", false},
    {"two children of one compound", "draft paused", false},
    {"a parallel state with all its regions", "study opinions reading risks looking", true},
    {"a region may have ended", "study opinions read risks looking", true},
    {"a parallel state without one of its regions", "study opinions reading", false},
    {"a region without a state in it", "study opinions reading risks", false},
    {"two states in one region", "study opinions reading read risks looking", false},
    {"a state without its parent", "opinions reading risks looking", false},
    {"a history state is never active", "study opinions reading risks looking memory", false},
};

static void configurations_are_judged(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(configurations); i++) {
        Case c = {0};
        char *rest = str_cstr(arena, str_of(configurations[i].states));
        for (char *word; (word = strsep(&rest, " ")) && *word;)
            set_add(&c.in, definition_state(def, str_of(word)));
        c.was = c.in;
        ROW_CHECK(wrong, case_legal(def, &c) == configurations[i].legal, configurations[i].sentence,
                  "expected %d", configurations[i].legal);
        c.was = (StateSet){{0}};
        ROW_CHECK(wrong, !case_legal(def, &c), configurations[i].sentence, "%s",
                  "legal although it was never entered");
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static const struct {
    const char *sentence, *schema;
} schemas[] = {
    {"a text has its length", "{'type':'string','minLength':5,'maxLength':8}"},
    {"a text may be empty", "{'type':'string','minLength':0,'maxLength':0}"},
    {"nine digits", "{'type':'string','pattern':'^[0-9]{9}$'}"},
    {"codes of territories",
     "{'type':'string','pattern':'^(FR|(COM|EPCI|DEP|REG|PER)-[0-9A-Za-z-]{1,40})$'}"},
    {"a post code and a shelf", "{'type':'string','pattern':'^\\\\d{5}( [A-Z]{2,3})?$'}"},
    {"a class without some", "{'type':'string','pattern':'^[^0-9]+$'}"},
    {"alternatives without a group", "{'type':'string','pattern':'^a+$|^b*c$'}"},
    {"a group that is not captured", "{'type':'string','pattern':'^(?:ab){2,}\\\\.$'}"},
    {"a date", "{'type':'string','format':'date'}"},
    {"an instant", "{'type':'string','format':'date-time'}"},
    {"an address", "{'type':'string','format':'email'}"},
    {"a link", "{'type':'string','format':'uri'}"},
    {"a whole number in its bounds", "{'type':'integer','minimum':-3,'maximum':3}"},
    {"a number from its least", "{'type':'number','minimum':10}"},
    {"a word of a list", "{'enum':['a','b',3,null]}"},
    {"a constant", "{'const':true}"},
    {"distinct items",
     "{'type':'array','minItems':1,'maxItems':3,'uniqueItems':true,'items':{'enum':['a','b']}}"},
    {"an object with what it requires",
     "{'type':'object','required':['a'],'additionalProperties':false,'properties':{'a':{'type':'"
     "integer'},'b':{'type':'string'}}}"},
    {"one of two types", "{'type':['string','integer']}"},
    {"any of two schemas", "{'anyOf':[{'type':'string'},{'type':'boolean'}]}"},
};

static void values_conform(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    SchemaOptions options = {.formats = true};
    Chance chance = chance_new(3);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(schemas); i++) {
        json_t *json = json_of(arena, schemas[i].schema);
        const Schema *schema = schema_compile(arena, json, &options, NULL);
        assert_non_null(schema);
        for (int k = 0; k < 100; k++) {
            json_t *value = json_keep(arena, chance_value(&chance, json, 0));
            bool conforms = schema_validate(arena, schema, value, NULL);
            ROW_CHECK(wrong, conforms, schemas[i].sentence, "%s", canonical(arena, value));
            if (!conforms)
                break;
        }
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void noise_surprises(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *json = json_of(arena, "{'type':'integer','minimum':5}");
    const Schema *schema = schema_compile(arena, json, &(SchemaOptions){.formats = true}, NULL);
    Chance chance = chance_new(3);
    int refused = 0;
    chance.noise = 10;
    for (int k = 0; k < 1000; k++)
        refused +=
            !schema_validate(arena, schema, json_keep(arena, chance_value(&chance, json, 0)), NULL);
    assert_in_range(refused, 50, 200);
    arena_free(arena);
}

// A pattern is an author's: whatever it is, a text comes, soon and within its room.
static void patterns_end(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "",
        "(",
        "[",
        "a{",
        "\\",
        "((((((((((((((((((((((a))))))))))))))))))))))",
        "(((){9999}){9999}){9999}",
        "a{9999}{2}",
        "[z-a]",
        "[^ -~]",
        "|",
        "(?=a)b",
        "a{2,1}",
        ")",
        "]",
        "[]",
        "x*?",
    };
    Chance chance = chance_new(9);
    char text[100];
    for (size_t i = 0; i < ROWS(patterns); i++)
        assert_in_range(chance_pattern(&chance, str_of(patterns[i]), text, sizeof text), 0,
                        sizeof text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator_is_the_published_one),
        cmocka_unit_test(the_same_seed_walks_the_same_way),
        cmocka_unit_test(walks_are_sound_and_go_far),
        cmocka_unit_test(what_cannot_be_reached_is_not),
        cmocka_unit_test(a_history_gives_its_state_again_and_a_spoiled_one_does_not),
        cmocka_unit_test(a_fold_stops_at_the_first_event_that_differs),
        cmocka_unit_test(configurations_are_judged),
        cmocka_unit_test(values_conform),
        cmocka_unit_test(noise_surprises),
        cmocka_unit_test(patterns_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
