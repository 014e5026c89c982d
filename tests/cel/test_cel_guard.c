// SPDX-License-Identifier: Apache-2.0
// Guards as workflow authors write them: strict types, JSON facts, records, host functions,
// reasons.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include "engine/cel/cel.h"

static const char dossier_schema[] =
    "{\"type\":\"object\",\"required\":[\"title\",\"requested\",\"total\",\"valid\"],"
    "\"properties\":{"
    "\"title\":{\"type\":\"string\",\"title\":{\"fr\":\"Titre\",\"en\":\"Title\"}},"
    "\"requested\":{\"type\":\"integer\",\"title\":\"Montant "
    "demandé\"},\"total\":{\"type\":\"integer\"},"
    "\"score\":{\"type\":\"number\"},\"challenge\":{\"type\":\"string\",\"enum\":[\"knowledge\","
    "\"narratives\"]},"
    "\"starts\":{\"type\":\"string\",\"format\":\"date\"},\"valid\":{\"type\":\"boolean\"},"
    "\"themes\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
    "\"partners\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"name\":{\"type\":\"string\"},\"share\":{\"type\":\"number\"}}}}}}";
static const char dossier_text[] =
    "{\"title\":\"Un "
    "jardin\",\"requested\":5000000,\"total\":10000000,\"score\":3,\"challenge\":\"knowledge\","
    "\"starts\":\"2026-09-01\",\"valid\":true,\"themes\":[\"eau\",\"sol\"],"
    "\"partners\":[{\"name\":\"A\",\"share\":0.5},{\"name\":\"B\",\"share\":1}]}";

typedef struct World {
    Arena *arena;
    CelVar vars[4];
    CelFunction functions[1];
    CelEnv env;
    CelMember event_members[2];
    CelType event;
    CelValue event_values[2], values[4];
    CelRun run;
} World;

static CelValue host_in(void *host, Arena *arena, const CelValue *args)
{
    (void)host, (void)arena;
    return (CelValue){.kind = CEL_BOOL, .boolean = str_is(args[0].text, "funding")};
}

static bool check_state(void *host, Arena *arena, const Str *literals, Message *why)
{
    (void)host, (void)arena;
    if (!literals[0].at || str_is(literals[0], "funding") || str_is(literals[0], "draft"))
        return true;
    *why = MESSAGE(T("l'état {0} n'existe pas", "there is no state {0}"), literals[0]);
    return false;
}

static void world_open(World *w)
{
    Fault fault;
    *w = (World){.arena = arena_new()};
    w->event_members[0] = (CelMember){STR("at"), &cel_timestamp, false};
    w->event_members[1] = (CelMember){STR("completeness"), &cel_double, true};
    w->event = (CelType){.kind = CEL_MAP, .members = w->event_members, .count = 2};
    json_t *schema = json_read(w->arena, str_of(dossier_schema), &fault);
    json_t *dossier = json_read(w->arena, str_of(dossier_text), &fault);
    assert_non_null(schema);
    assert_non_null(dossier);
    w->vars[0] = (CelVar){"dossier", cel_type_of_schema(w->arena, schema)};
    w->vars[1] = (CelVar){"event", &w->event};
    w->vars[2] = (CelVar){"now", &cel_timestamp};
    w->vars[3] = (CelVar){"secret", &cel_int};
    w->functions[0] = (CelFunction){"in_state", 1, &cel_bool, host_in, check_state};
    w->env = (CelEnv){.vars = w->vars,
                      .var_count = 4,
                      .functions = w->functions,
                      .function_count = 1,
                      .strict = true};
    w->event_values[0] = (CelValue){.kind = CEL_TIMESTAMP, .time = 100 * SECOND};
    w->event_values[1] = (CelValue){.kind = CEL_ERROR};
    w->values[0] = cel_of_json(w->arena, dossier, w->vars[0].type);
    w->values[1] = cel_record(&w->event, w->event_values);
    w->values[2] = (CelValue){.kind = CEL_TIMESTAMP, .time = 50 * SECOND};
    w->values[3] = (CelValue){.kind = CEL_ERROR}; // not loaded
    w->run = (CelRun){.arena = w->arena, .vars = w->values};
}

static const char *english(World *w, const Message *message)
{
    return str_cstr(w->arena, message_text(w->arena, EN, message));
}

typedef enum Outcome { YES, NO, FAILS } Outcome;
static const char *const outcomes[] = {"true", "false", "an error"};

static const struct {
    const char *sentence, *guard;
    Outcome outcome;
} guards[] = {
    {"a whole number times a rate is a number", "dossier.requested <= dossier.total * 0.7", YES},
    {"a whole literal stands beside a number", "dossier.score >= 3", YES},
    {"a whole literal stands in a sum of numbers", "dossier.score + 1 == 4.0", YES},
    {"a declared number reads 3 as 3.0", "dossier.score / 2 == 1.5", YES},
    {"whole numbers divide whole", "dossier.requested / 3 == 1666666", YES},
    {"the conversion keeps decimals", "double(dossier.requested) / dossier.total < 0.51", YES},
    {"a value of an enumeration", "dossier.challenge == 'knowledge'", YES},
    {"one of two values", "dossier.challenge in ['knowledge', 'narratives']", YES},
    {"a date of a form becomes an instant", "timestamp(dossier.starts) > now", YES},
    {"an instant plus a duration", "now + duration('P1D') > event.at", YES},
    {"an instant's year in Paris",
     "timestamp('2025-12-31T23:30:00Z').getFullYear('Europe/Paris') == 2026", YES},
    {"a member of a record", "event.at > now", YES},
    {"a record's absent member", "has(event.completeness)", NO},
    {"an absent member read", "event.completeness >= 100.0", FAILS},
    {"an absent member guarded", "has(event.completeness) && event.completeness >= 100.0", NO},
    {"all partners have a share", "dossier.partners.all(p, p.share > 0.0)", YES},
    {"a partner's share of one as whole", "dossier.partners.exists(p, p.share == 1)", YES},
    {"sizes", "size(dossier.partners) == 2 && dossier.title.size() < 20", YES},
    {"a theme among others", "'eau' in dossier.themes", YES},
    {"names transformed", "dossier.partners.map(p, p.name) == ['A', 'B']", YES},
    {"names filtered then transformed", "dossier.partners.map(p, p.share > 0.6, p.name) == ['B']",
     YES},
    {"a pattern", "dossier.title.matches('^Un [a-z]+$')", YES},
    {"a host function", "in_state('funding') && !in_state('draft')", YES},
    {"an error beside a false is false", "secret > 3 && false", NO},
    {"a value not loaded is an error", "secret > 3", FAILS},
    {"a true part wins over an error", "secret > 3 || dossier.valid", YES},
    {"a choice", "(dossier.valid ? 1 : 2) == 1", YES},
    {"a list's item", "dossier.partners[0].name == 'A'", YES},
    {"beyond a list's end", "dossier.partners[9].name == 'A'", FAILS},
    {"a plan adds up", "dossier.partners.map(p, p.share).sum() == 1.5", YES},
    {"the least of a request and a cap", "math.least(dossier.requested, 4000000) == 4000000", YES},
    {"comments are skipped", "dossier.valid // filed once\n && true", YES},
};

static void test_guards(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        World w;
        world_open(&w);
        CelFault fault;
        const CelProgram *program = cel_compile(w.arena, str_of(guards[i].guard), &w.env, &fault);
        const Message *error = NULL;
        bool yes = program && cel_true(program, &w.run, &error);
        Outcome came = !program || error ? FAILS : yes ? YES : NO;
        if (!program || came != guards[i].outcome) {
            failed++;
            print_error("%s: %s\n  expected %s, came %s%s%s\n", guards[i].sentence, guards[i].guard,
                        outcomes[guards[i].outcome], outcomes[came], error || !program ? ": " : "",
                        !program ? english(&w, &fault.message)
                        : error  ? english(&w, error)
                                 : "");
        }
        arena_free(w.arena);
    }
    assert_int_equal(failed, 0);
}

static const struct {
    const char *guard, *says;
    size_t offset;
} refused[] = {
    {"dossier.requested == '10'",
     "dossier.requested is a whole number, '10' is a text: write dossier.requested == 10", 0},
    {"dossier.requested > 'ten'",
     "dossier.requested is a whole number, 'ten' is a text: write dossier.requested > 10", 0},
    {"dossier.title == 3",
     "dossier.title is a text, 3 is a whole number: write dossier.title == '3'", 0},
    {"now < dossier.starts",
     "now is a date, dossier.starts is a text: write now < timestamp(dossier.starts)", 0},
    {"dossier.score == null",
     "dossier.score is a number, null is no answer: write !has(dossier.score)", 0},
    {"dossier.requsted > 3", "dossier has no \"requsted\": did you mean dossier.requested?", 0},
    {"dossier.partners.all(p, p.nam == 'A')", "p has no \"nam\": did you mean p.name?", 24},
    {"dosier.valid", "dosier is not known: did you mean dossier?", 0},
    {"dossier.challenge == knowledge",
     "knowledge is not known: if it is a text, write 'knowledge' in quotes", 21},
    {"dossier.challenge == 'knowlege'",
     "\"knowlege\" is not a possible answer: did you mean 'knowledge'?", 21},
    {"dossier.challenge in ['knowledge', 'x']",
     "\"x\" is not a possible answer; there are: knowledge, narratives", 35},
    {"dossier.requested / dossier.total > 0.7",
     "dossier.requested / dossier.total divides whole numbers and loses the decimals: write "
     "double(dossier.requested) / "
     "dossier.total",
     0},
    {"!dossier.title", "dossier.title is a text: a condition compares it, dossier.title == 'yes'",
     1},
    {"dossier.valid && dossier.total",
     "dossier.total is a whole number: a condition compares it, dossier.total > 0", 17},
    {"dossier.valid = true", "= is not written so: write ==", 14},
    {"dossier.valid & true", "& is not written so: write &&", 14},
    {"dossier.valid and true", "and is not written so: write &&", 14},
    {"dossier.valid ou true", "ou is not written so: write ||", 14},
    {"dossier.total ≤ 3", "≤ is not written so: write <=", 14},
    {"dossier.title.startWith('a')", "startWith is not known: did you mean startsWith?", 0},
    {"sise(dossier.title) > 3", "sise is not known: did you mean size?", 0},
    {"size(dossier.total) > 3", "dossier.total is a whole number: size() wants a text", 5},
    {"dossier.title.contains(3)", "3 is a whole number: contains() wants a text", 23},
    {"in_state('fundin')", "there is no state fundin", 0},
    {"in_state(dossier.total)", "dossier.total is a whole number: in_state() wants a text", 9},
    {"dossier.title.matches('(')", "the pattern ( is not valid (missing closing parenthesis)", 22},
    {"dossier.valid && ", "the expression ends too soon: a value is missing", 17},
    {"dossier.total > 3)", "this parenthesis is one too many, or a value is missing before it", 17},
    {"'abc", "this text is not closed: ' is missing", 0},
    {"has(dossier)", "has() wants a name with a dot: has(dossier.budget)", 0},
    {"dossier.total.foo", "dossier.total is a whole number: there is nothing to take inside", 0},
    {"3 in dossier.themes", "3 is a whole number, each item of dossier.themes is a text", 0},
    {"-dossier.valid", "dossier.valid is a yes/no: the sign - wants a number", 0},
    {"not dossier.valid", "not is not written so: write !", 0},
    {"si dossier.valid", "a condition is written without si", 0},
    {"if dossier.valid", "a condition is written without if", 0},
    {"dossier.total > 10 000", "a number is written without spaces: 10000", 19},
    {"dossier.score > 0,7", "a number is written with a point: 0.7", 17},
    {"dossier.score >= 50%", "a share is written with a point: 0.5 for 50%", 19},
    {"dossier.total > 10 €", "an amount is written in cents, without €: 1000 for 10 €", 19},
    {"dossier.title contains 'a'",
     "contains is written with a dot and parentheses: dossier.title.contains(…)", 14},
    {"dossier.total 3", "3 is not expected here: between two conditions, write && (and) or || (or)",
     14},
    {"dossier.themes == 'eau'",
     "dossier.themes is a list, 'eau' is a text: write 'eau' in dossier.themes", 0},
    {"dossier.themes.contains('eau')", "dossier.themes is a list: write 'eau' in dossier.themes",
     0},
    {"dossier.themes.all(t == 'a')", "all() first gives a name to each item: list.all(e, …)", 19},
    {"1 < dossier.score < 3",
     "1 < dossier.score is a yes/no, 3 is a whole number: write 1 < dossier.score && dossier.score "
     "< 3",
     0},
    {"now - event.at > 30",
     "now - event.at is a duration, 30 is a whole number: write now - event.at > duration('P30D')",
     0},
    {"dossier.title + dossier.total == 'a'",
     "dossier.title is a text, dossier.total is a whole number: write dossier.title + "
     "string(dossier.total)",
     0},
    {"len(dossier.title) > 3", "len is not known: did you mean size?", 0},
    {"dossier.title.toLowerCase() == 'a'", "toLowerCase is not known: did you mean lowerAscii?", 0},
    {"uint() == 1u", "uint() wants 1 argument(s)", 0},
    {"min(dossier.total, 3) > 2", "min is not known: did you mean math.least?", 0},
    {"dossier.valid == 'oui'", "dossier.valid is a yes/no, 'oui' is a text: write dossier.valid",
     0},
    {"dossier.valid != 1", "dossier.valid is a yes/no, 1 is a whole number: write !dossier.valid",
     0},
    {"now < '2026-01-01'",
     "now is a date, '2026-01-01' is a text: write now < timestamp('2026-01-01')", 0},
    {"now < timestamp('2026-13-01')",
     "this text is no date: write 2026-06-01T12:00:00Z or 2026-06-01", 6},
    {"now < now + duration('3 days')", "this text is no duration: write 36h, 90m or P30D", 12},
    {"dossier.valid && 1 / 0 > 2", "division by zero", 17},
    {"dossier.été > 3", "a name with é is written between backquotes: dossier.`été`", 8},
    {"now + now > now", "now is a date, now is a date: + does not apply between them", 0},
};

static void test_refused(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        World w;
        world_open(&w);
        CelFault fault = {0};
        const CelProgram *program = cel_compile(w.arena, str_of(refused[i].guard), &w.env, &fault);
        const char *said = program ? "(nothing)" : english(&w, &fault.message);
        const char *french = str_cstr(w.arena, message_text(w.arena, FR, &fault.message));
        if (!program && (!*french || strcmp(french, said) == 0 || strpbrk(french, "~")))
            said = french; // each sentence is said in both languages
        if (program || strcmp(said, refused[i].says) != 0 || fault.offset != refused[i].offset) {
            failed++;
            print_error("%s\n  expected at %zu: %s\n  came at %zu:     %s\n", refused[i].guard,
                        refused[i].offset, refused[i].says, fault.offset, said);
        }
        arena_free(w.arena);
    }
    assert_int_equal(failed, 0);
}

static const struct {
    const char *guard, *explained;
} reasons[] = {
    {"dossier.valid && dossier.requested <= dossier.total * 0.4",
     "dossier.requested <= dossier.total * 0.4 [dossier.requested=5000000 (Montant demandé), "
     "dossier.total=10000000]"},
    {"dossier.valid && (now > event.at) && dossier.title == 'x'",
     "now > event.at [now=timestamp(\"1970-01-01T00:00:50Z\"), "
     "event.at=timestamp(\"1970-01-01T00:01:40Z\")]; "
     "dossier.title == 'x' [dossier.title=\"Un jardin\" (Titre)]"},
    {"event.completeness >= 100.0",
     "event.completeness >= 100.0 ! event.completeness is not filled in "
     "[event.completeness=—]"},
    {"has(event.completeness) && dossier.valid", "has(event.completeness) [event.completeness=—]"},
    {"dossier.partners.exists(p, p.share > 2.0)",
     "dossier.partners.exists(p, p.share > 2.0) [dossier.partners=[{\"name\": \"A\", \"share\": "
     "0.5}, {\"name\": \"B\", "
     "\"share\": 1.0}]]"},
    {"dossier.valid && (dossier.total > 1 && (dossier.score > 9.0))",
     "dossier.score > 9.0 [dossier.score=3.0]"},
    {"dossier.valid", ""},
};

static void test_reasons(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        World w;
        world_open(&w);
        CelFault fault = {0};
        CelReason found[4] = {0};
        const CelProgram *program = cel_compile(w.arena, str_of(reasons[i].guard), &w.env, &fault);
        assert_non_null(program);
        size_t n = cel_explain(program, &w.run, found, 4);
        Buf buf = {.arena = w.arena};
        for (size_t r = 0; r < n; r++) {
            buf_format(&buf, "%s" STR_FMT, r ? "; " : "", STR_ARG(found[r].source));
            if (found[r].error)
                buf_format(&buf, " ! %s", english(&w, found[r].error));
            for (size_t s = 0; s < found[r].seen_count; s++) {
                buf_format(&buf, "%s" STR_FMT "=" STR_FMT, s ? ", " : " [",
                           STR_ARG(found[r].seen[s].path), STR_ARG(found[r].seen[s].value));
                if (found[r].seen[s].title.fr.len)
                    buf_format(&buf, " (" STR_FMT ")", STR_ARG(found[r].seen[s].title.fr));
            }
            buf_add(&buf, found[r].seen_count ? STR("]") : STR_NONE);
        }
        if (!str_is(buf_str(&buf), reasons[i].explained)) {
            failed++;
            print_error("%s\n  expected %s\n  came     " STR_FMT "\n", reasons[i].guard,
                        reasons[i].explained, STR_ARG(buf_str(&buf)));
        }
        arena_free(w.arena);
    }
    assert_int_equal(failed, 0);
}

static void add_path(void *host, Str path)
{
    Buf *buf = host;
    buf_add(buf, path);
    buf_char(buf, ' ');
}

static const struct {
    const char *guard, *paths;
    uint64_t reads;
    int constant;
} facts[] = {
    {"dossier.partners.all(p, p.share > secret)", "dossier.partners secret ", 0x9, -1},
    {"has(event.completeness) && event.at < now", "event.completeness event.at now ", 0x6, -1},
    {"1 + 1 == 2", "", 0, 1},
    {"dossier.valid && 1 > 2", "dossier.valid ", 1, 0},
    {"dossier.valid || timestamp('2020-01-01') < timestamp('2021-01-01')", "dossier.valid ", 1, 1},
    {"!(dossier.valid && false)", "dossier.valid ", 1, 1},
    {"true ? dossier.valid : false", "dossier.valid ", 1, -1},
};

static void test_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        World w;
        world_open(&w);
        CelFault fault;
        const CelProgram *program = cel_compile(w.arena, str_of(facts[i].guard), &w.env, &fault);
        assert_non_null(program);
        Buf paths = {.arena = w.arena};
        cel_paths(program, add_path, &paths);
        assert_string_equal(str_cstr(w.arena, buf_str(&paths)), facts[i].paths);
        assert_int_equal(cel_reads(program), facts[i].reads);
        assert_int_equal(cel_constant(program), facts[i].constant);
        assert_true(str_is(cel_source(program), facts[i].guard));
        assert_int_equal(cel_result(program)->kind, CEL_BOOL);
        arena_free(w.arena);
    }
}

static void test_no_allocation(void **state)
{
    (void)state;
    World w;
    world_open(&w);
    w.event_values[1] = (CelValue){.kind = CEL_DOUBLE, .number = 100};
    CelFault fault;
    const CelProgram *program = cel_compile(w.arena,
                                            STR("event.at > now && event.completeness >= 100.0 && "
                                                "dossier.requested <= dossier.total * 0.7"),
                                            &w.env, &fault);
    assert_non_null(program);
    size_t before = arena_used(w.arena);
    assert_true(cel_true(program, &w.run, NULL));
    assert_int_equal(arena_used(w.arena), before);
    arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guards),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_reasons),       cmocka_unit_test(test_facts),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
