// SPDX-License-Identifier: Apache-2.0
// Hostile sources and hostile runs: each limit is met with its sentence, soon, and without more
// memory than it names.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <time.h>
#include "engine/cel/cel.h"

enum { SOON_MS = 500 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static Str repeated(Arena *arena, const char *before, const char *each, size_t n, const char *after)
{
    Buf buf = {.arena = arena};
    buf_add(&buf, str_of(before));
    for (size_t i = 0; i < n; i++)
        buf_add(&buf, str_of(each));
    buf_add(&buf, str_of(after));
    return buf_str(&buf);
}

static const struct {
    const char *sentence, *before, *each;
    size_t times;
    const char *after, *says; // NULL: it compiles
} sources[] = {
    {"a source beyond 4096 bytes", "", "1 + ", 1100, "1",
     "this expression is longer than 4096 bytes"},
    {"parentheses 60 deep", "", "(", 60,
     "1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))", NULL},
    {"parentheses 4000 deep", "", "(", 4000, "", "this expression nests too deeply"},
    {"lists 4000 deep", "", "[", 4000, "", "this expression nests too deeply"},
    {"maps 800 deep", "", "{0:", 800, "", "this expression nests too deeply"},
    {"negations 4000 deep", "", "!", 4000, "true", "this expression nests too deeply"},
    {"signs 4000 deep", "", "-", 4000, "1", "this expression nests too deeply"},
    {"choices 500 deep", "", "true?1:", 500, "1", "this expression nests too deeply"},
    {"calls 1000 deep", "", "f(", 1000, "", "this expression nests too deeply"},
    {"indexes 1000 deep", "", "a[", 1000, "", "this expression nests too deeply"},
    {"a sum of 200 terms", "1", " + 1", 199, "", NULL},
    {"a sum of 600 terms", "1", " + 1", 599, "", "this expression nests too deeply"},
    {"members 1000 deep", "a", ".a", 1000, "", "this expression nests too deeply"},
    {"a conjunction of 900 parts", "true", "&&true", 660, "", NULL},
    {"a list of 2000 items", "[", "1,", 2000, "]", "this expression is too long"},
    {"macros inside macros 17 deep", "", "[1].map(x,", 17, "1)))))))))))))))))",
     "this expression nests too deeply"},
    {"a name of 4000 letters", "", "a", 4000, "", NULL},
    {"a pattern of 2000 letters", "'a'.matches('", "a", 2000, "')", NULL},
    {"a call with 9 arguments", "f(0", ",0", 8, ")", "f() is given too many arguments"},
    {"only spaces", "", " ", 100, "", "the expression ends too soon: a value is missing"},
    {"a NUL", "true\0", "", 0, "", NULL},
};

static void test_sources(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        Arena *arena = arena_new();
        CelFault fault = {0};
        CelEnv env = {0};
        Str source =
            repeated(arena, sources[i].before, sources[i].each, sources[i].times, sources[i].after);
        double start = seconds();
        size_t used = arena_used(arena);
        const CelProgram *program = cel_compile(arena, source, &env, &fault);
        bool soon = (seconds() - start) * 1000 < SOON_MS && arena_used(arena) - used < 8 << 20;
        Str said = program ? STR_NONE : message_text(arena, EN, &fault.message);
        if (program)
            cel_eval(program, &(CelRun){.arena = arena});
        if (!soon || (program != NULL) != !sources[i].says ||
            !str_is(said, sources[i].says ? sources[i].says : "")) {
            failed++;
            print_error("%s: expected %s, came %s" STR_FMT "%s\n", sources[i].sentence,
                        sources[i].says ? sources[i].says : "a program", program ? "a program" : "",
                        STR_ARG(said), soon ? "" : ", late or large");
        }
        arena_free(arena);
    }
    assert_int_equal(failed, 0);
}

static const char steps[] = "the computation is too long and was stopped",
                  memory[] = "the computation takes too much memory and was stopped";
#define TEN "[1,2,3,4,5,6,7,8,9,0]"
static const struct {
    const char *sentence, *expr, *says;
} runs[] = {
    {"loops in loops",
     TEN ".all(a," TEN ".all(b," TEN ".all(c," TEN ".all(d," TEN ".all(e,a+b+c+d+e>=0)))))", steps},
    {"an or does not hide the end",
     TEN ".all(a," TEN ".all(b," TEN ".all(c," TEN ".all(d," TEN ".all(e,true))))) || true", steps},
    {"a not nor a has do",
     "!(" TEN ".all(a," TEN ".all(b," TEN ".all(c," TEN ".all(d," TEN
     ".all(e,true)))))) || has(x.a)",
     steps},
    {"texts that double",
     "[big].map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a)", memory},
    {"lists that double",
     "[" TEN "].map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,"
     "a+a).map(a,a+a)"
     ".map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a)",
     memory},
    {"a replacement that explodes", "big.replace('a', big)", steps},
    {"a join of many", TEN ".map(a, big).join(big)", memory},
    {"a format that repeats",
     "'%s%s%s%s%s%s%s%s%s%s%s%s'.format(" TEN ".map(a, big) + " TEN ".map(a, big))", memory},
    {"a split into letters", "big.split('')", memory},
    {"matches on a large text", "big.matches('x')", steps},
    {"matches that possess", TEN ".all(a, big.substring(0, 30000).matches('a*+b'))", steps},
    {"patterns that explode again and again",
     TEN ".all(a," TEN ".all(b," TEN ".all(c, big.substring(0, 100).matches('(a|a)+[xy]'))))",
     steps},
    {"contains again and again",
     TEN ".all(a," TEN ".all(b," TEN ".all(c, !big.contains('aaaab'))))", steps},
    {"comparing large texts", TEN ".all(a," TEN ".all(b," TEN ".all(c, big == big)))", steps},
    {"large lists compared", "[large].all(l, " TEN ".all(a," TEN ".all(b, l == large)))", steps},
};

static void test_runs(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        Arena *arena = arena_new();
        CelFault fault = {0};
        CelVar vars[] = {{"big", &cel_string}, {"x", &cel_dyn}, {"large", &cel_dyn}};
        CelEnv env = {.vars = vars, .var_count = 3};
        json_t *large = json_keep(arena, json_array());
        for (int n = 0; n < 20000; n++)
            json_array_append_new(large, json_integer(n));
        CelValue values[] = {{.kind = CEL_STRING, .text = repeated(arena, "", "a", 100000, "")},
                             {.kind = CEL_NULL},
                             cel_of_json(arena, large, NULL)};
        const CelProgram *program = cel_compile(arena, str_of(runs[i].expr), &env, &fault);
        assert_non_null(program);
        double start = seconds();
        size_t used = arena_used(arena);
        CelValue value = cel_eval(program, &(CelRun){.arena = arena, .vars = values});
        bool soon = (seconds() - start) * 1000 < 4 * SOON_MS && arena_used(arena) - used < 3 << 20;
        Str came = value.kind == CEL_ERROR ? message_text(arena, EN, value.error) : STR("a value");
        if (!soon || !str_is(came, runs[i].says)) {
            failed++;
            print_error("%s: expected %s, came " STR_FMT "%s (%.0f ms, %zu bytes)\n",
                        runs[i].sentence, runs[i].says, STR_ARG(came),
                        soon ? "" : ", late or large", (seconds() - start) * 1000,
                        arena_used(arena) - used);
        }
        arena_free(arena);
    }
    assert_int_equal(failed, 0);
}

// What a host hands in may be no instant at all: TIME_NONE, or a duration of ages.
static void test_host_times(void **state)
{
    (void)state;
    static const char *const exprs[] = {"t + d",
                                        "t - t",
                                        "d + d",
                                        "d - d",
                                        "t - d",
                                        "t.getFullYear()",
                                        "t.getHours('Europe/Paris')",
                                        "d.getSeconds()",
                                        "string(t)",
                                        "string(d)",
                                        "int(t) < 0",
                                        "t < timestamp('2026-01-01')",
                                        "[t, d]"};
    static const int64_t ends[] = {INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++)
        for (size_t k = 0; k < 4; k++) {
            Arena *arena = arena_new();
            CelFault fault = {0};
            CelVar vars[] = {{"t", &cel_timestamp}, {"d", &cel_duration}};
            CelEnv env = {.vars = vars, .var_count = 2};
            CelValue values[] = {{.kind = CEL_TIMESTAMP, .time = ends[k & 1]},
                                 {.kind = CEL_DURATION, .duration = ends[k >> 1]}};
            const CelProgram *program = cel_compile(arena, str_of(exprs[i]), &env, &fault);
            assert_non_null(program);
            CelRun run = {.arena = arena, .vars = values};
            CelReason reason;
            assert_true(cel_to_json(arena, cel_eval(program, &run)) ||
                        cel_explain(program, &run, &reason, 1));
            arena_free(arena);
        }
}

// Every prefix and every single-byte change of real guards: refused or compiled, never worse.
static void test_mutations(void **state)
{
    (void)state;
    static const char *const seeds[] = {
        "dossier.valid && now < call.closes_at && dossier.requested <= dossier.total * 0.7",
        "has(a.b) ? [1, 2u, 3.5e-3, 0x1F].map(x, x > 1, {'k': x}) : b'\\x00' + r\"\\d\" + '''t''' "
        "in {true: null}",
        "'%s %.2f'.format([timestamp('2026-01-01').getHours('Europe/Paris'), "
        "1.5]).matches('^[a-z]+$') || !`a`",
    };
    static const char bytes[] = "\0\"'`\\.()[]{}%=&|!<>-+0x9uеé\xff\x80";
    for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++)
        for (size_t at = 0; at <= strlen(seeds[s]); at++)
            for (size_t b = 0; b < sizeof bytes; b++) {
                Arena *arena = arena_new();
                CelFault fault;
                char text[200];
                memcpy(text, seeds[s], strlen(seeds[s]) + 1);
                size_t len = b == 0 ? at : strlen(text);
                if (b > 0 && at < len)
                    text[at] = bytes[b - 1];
                CelEnv env = {.strict = b % 2};
                const CelProgram *program = cel_compile(arena, (Str){text, len}, &env, &fault);
                if (program)
                    cel_eval(program, &(CelRun){.arena = arena});
                else
                    assert_true(fault.message.text.en && fault.offset <= len);
                arena_free(arena);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sources), cmocka_unit_test(test_runs),
                                       cmocka_unit_test(test_host_times),
                                       cmocka_unit_test(test_mutations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
