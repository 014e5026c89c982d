// SPDX-License-Identifier: Apache-2.0
// An object read at once answers as the same object read lazily, whatever its type says of it: a
// record when every member is known and filled in, JSON when not.
#include "../base/table.h"
#include "engine/cel/cel.h"

#define OBJECT(members) "{'type':'object','properties':{" members "}}"
#define AB              OBJECT("'a':{'type':'number'},'b':{'type':'string'}")
#define NESTED          OBJECT("'inner':" AB ",'c':{'type':'number'}")
#define LISTS           OBJECT("'l':{'type':'array','items':" AB "}")
#define TWINS           OBJECT("'p':" AB ",'q':" AB)

static const struct {
    const char *sentence, *schema, *json, *expr, *gives;
} rows[] = {
    {"a member by its place", AB, "{'a':1,'b':'z'}", "x.b", "\"z\""},
    {"a member is steered by its type", AB, "{'a':1,'b':'z'}", "type(x.a)", "\"double\""},
    {"members in another order than the type's", AB, "{'b':'z','a':1}", "x.a == 1.0 && x.b == 'z'",
     "true"},
    {"a member that is not there", AB, "{'a':1}", "has(x.b)", "false"},
    {"reading it says so", AB, "{'a':1}", "x.b == 'z'", "!x.b is not filled in"},
    {"a member of another kind than declared is what it is", AB, "{'a':'one'}", "type(x.a)",
     "\"string\""},
    {"a member by a text", AB, "{'a':1,'b':'z'}", "x['b']", "\"z\""},
    {"a member that is not there, by a text", AB, "{'a':1}", "x['b']", "!there is no key \"b\""},
    {"what is there is in it", AB, "{'a':1}", "'a' in x && !('b' in x)", "true"},
    {"only what is there counts", AB, "{'a':1}", "size(x)", "1"},
    {"an object without members", AB, "{}", "size(x)", "0"},
    {"keys are walked, absent ones passed over", AB, "{'b':'z'}", "x.map(k, k)", "[\"b\"]"},
    {"it equals a map that is written", AB, "{'a':1,'b':'z'}", "x == {'b': 'z', 'a': 1}", "true"},
    {"and not one that has more", AB, "{'a':1}", "x == {'a': 1, 'b': 'z'}", "false"},
    {"two of one type are compared", TWINS, "{'p':{'a':1,'b':'z'},'q':{'b':'z','a':1.0}}",
     "x.p == x.q", "true"},
    {"it leaves as JSON", AB, "{'a':1.5,'b':'z'}", "x", "{\"a\":1.5,\"b\":\"z\"}"},

    {"a member that the type does not know is read", AB, "{'a':1,'zz':3}", "x.zz", "3"},
    {"beside it the others are steered", AB, "{'a':1,'zz':3}", "type(x.a)", "\"double\""},
    {"and it counts", AB, "{'a':1,'zz':3}", "size(x) == 2 && 'zz' in x", "true"},
    {"null of a declared member is absent", AB, "{'a':null,'b':'z'}", "has(x.a)", "false"},
    {"reading null says so", AB, "{'a':null,'b':'z'}", "x.a > 0.0", "!x.a is not filled in"},
    {"beside null the others are read", AB, "{'a':null,'b':'z'}", "x.b", "\"z\""},
    {"an unknown null is null", AB, "{'zz':null}", "x.zz == null", "true"},

    {"an object in an object", NESTED, "{'inner':{'a':1},'c':2}", "x.inner.a + x.c", "3.0"},
    {"one that is half known, in one that is known", NESTED, "{'inner':{'a':1,'zz':4},'c':2}",
     "x.inner.a == 1.0 && x.inner.zz == 4 && x.c == 2.0", "true"},
    {"one that is known, in one that is half known", NESTED, "{'inner':{'a':1},'zz':4}",
     "x.inner.a == 1.0 && x.zz == 4 && !has(x.inner.b)", "true"},
    {"null in an inner one stays there", NESTED, "{'inner':{'a':null,'b':'z'},'c':2}",
     "!has(x.inner.a) && x.inner.b == 'z' && has(x.c)", "true"},
    {"an inner one that is null is absent", NESTED, "{'inner':null,'c':2}",
     "has(x.inner) || x.c == 1.0", "false"},
    {"a scalar where an object is declared", NESTED, "{'inner':7}", "x.inner == 7", "true"},
    {"a list where an object is declared", NESTED, "{'inner':[7]}", "x.inner[0]", "7"},

    {"a list's items are steered", LISTS, "{'l':[{'a':1},{'a':2,'zz':3}]}",
     "type(x.l[1].a) == double && x.l[1].zz == 3 && size(x.l) == 2", "true"},
    {"a list at the top", "{'type':'array','items':{'type':'number'}}", "[1,2]", "type(x[1])",
     "\"double\""},
    {"a scalar at the top", AB, "3", "x", "3"},
    {"null at the top", AB, "null", "x == null", "true"},
    {"a plain map has no places", "{'type':'object','additionalProperties':{'type':'number'}}",
     "{'k':1}", "type(x.k)", "\"double\""},
    {"an object of no declared member", "{'type':'object'}", "{'k':1}", "x.k", "1"},
    {"a type that says nothing", "{}", "{'k':{'m':1}}", "x.k.m", "1"},
};

static json_t *read(Arena *arena, const char *text)
{
    char *copy = str_cstr(arena, str_of(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    Fault fault;
    json_t *json = json_read(arena, str_of(copy), &fault);
    assert_non_null(json);
    return json;
}

static Str evaluated(Arena *arena, const CelProgram *program, CelValue x)
{
    CelValue value = cel_eval(program, &(CelRun){.arena = arena, .vars = &x});
    return value.kind == CEL_ERROR
               ? str_format(arena, "!" STR_FMT, STR_ARG(message_text(arena, EN, value.error)))
               : json_text(arena, cel_to_json(arena, value));
}

static void read_at_once_or_lazily_it_answers_the_same(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        CelFault fault;
        CelVar var = {"x", cel_type_of_schema(arena, read(arena, rows[i].schema))};
        CelEnv env = {.vars = &var, .var_count = 1};
        const CelProgram *program = cel_compile(arena, str_of(rows[i].expr), &env, &fault);
        assert_non_null(program);
        json_t *json = read(arena, rows[i].json);
        Str lazy = evaluated(arena, program, cel_of_json(arena, json, var.type));
        Str once = evaluated(arena, program, cel_record_of(arena, json, var.type));
        ROW_CHECK(wrong, str_is(lazy, rows[i].gives) && str_is(once, rows[i].gives),
                  rows[i].sentence, "expected %s, lazily " STR_FMT ", at once " STR_FMT,
                  rows[i].gives, STR_ARG(lazy), STR_ARG(once));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static const CelMember instants[] = {{{"at", 2}, &cel_timestamp, true},
                                     {{"for", 3}, &cel_duration, true}};
static const CelType moment = {.kind = CEL_MAP, .members = instants, .count = 2};
static const struct {
    const char *sentence, *json, *expr, *gives;
} times[] = {
    {"a text that is declared an instant is one", "{'at':'2026-06-01'}", "x.at.getFullYear()",
     "2026"},
    {"a text that is declared a duration is one", "{'for':'P1D'}", "x.for == duration('24h')",
     "true"},
    {"a text that is no instant stays a text", "{'at':'soon','for':'1h'}", "type(x.at) == string",
     "true"},
    {"beside it the others are read", "{'at':'soon','for':'1h'}", "x.for == duration('1h')",
     "true"},
    {"it is there all the same", "{'at':'soon'}", "has(x.at)", "true"},
};

static void times_are_read_by_their_type(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(times); i++) {
        Arena *arena = arena_new();
        CelFault fault;
        CelVar var = {"x", &moment};
        CelEnv env = {.vars = &var, .var_count = 1};
        const CelProgram *program = cel_compile(arena, str_of(times[i].expr), &env, &fault);
        assert_non_null(program);
        json_t *json = read(arena, times[i].json);
        Str lazy = evaluated(arena, program, cel_of_json(arena, json, &moment));
        Str once = evaluated(arena, program, cel_record_of(arena, json, &moment));
        ROW_CHECK(wrong, str_is(lazy, times[i].gives) && str_is(once, times[i].gives),
                  times[i].sentence, "expected %s, lazily " STR_FMT ", at once " STR_FMT,
                  times[i].gives, STR_ARG(lazy), STR_ARG(once));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_at_once_or_lazily_it_answers_the_same),
        cmocka_unit_test(times_are_read_by_their_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
