// SPDX-License-Identifier: Apache-2.0
// The functions and the values of CEL, each by its result as JSON; "!" and the sentence when it is
// an error. What the conformance cases leave open: French dates, our own additions, bounds between
// kinds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "engine/cel/cel.h"

static const struct {
    const char *sentence, *expr, *gives;
} rows[] = {
    // Time zones: by the laws that are in force, from zones.c.
    {"Paris in winter", "timestamp('2026-01-15T12:00:00Z').getHours('Europe/Paris')", "13"},
    {"Paris in summer", "timestamp('2026-07-15T12:00:00Z').getHours('Europe/Paris')", "14"},
    {"the last second of winter time", "timestamp('2026-03-29T00:59:59Z').getHours('Europe/Paris')",
     "1"},
    {"the first second of summer time",
     "timestamp('2026-03-29T01:00:00Z').getHours('Europe/Paris')", "3"},
    {"the last second of summer time", "timestamp('2026-10-25T00:59:59Z').getHours('Europe/Paris')",
     "2"},
    {"winter time again", "timestamp('2026-10-25T01:00:00Z').getHours('Europe/Paris')", "2"},
    {"La Réunion has one time all year",
     "timestamp('2026-07-15T22:00:00Z').getDayOfMonth('Indian/Reunion')", "15"},
    {"Saint-Pierre follows American law",
     "timestamp('2026-03-08T05:00:00Z').getHours('America/Miquelon')", "3"},
    {"Saint-Pierre a second before",
     "timestamp('2026-03-08T04:59:59Z').getHours('America/Miquelon')", "1"},
    {"Saint-Pierre back in winter",
     "timestamp('2026-11-01T04:00:00Z').getHours('America/Miquelon')", "1"},
    {"the Marquesas are half an hour aside",
     "timestamp('2026-01-01T00:00:00Z').getMinutes('Pacific/Marquesas')", "30"},
    {"Sydney in its summer", "timestamp('2026-01-01T00:00:00Z').getHours('Australia/Sydney')",
     "11"},
    {"Sydney in its winter", "timestamp('2026-07-01T00:00:00Z').getHours('Australia/Sydney')",
     "10"},
    {"an offset without sign", "timestamp('2026-01-01T00:00:00Z').getHours('05:30')", "5"},
    {"an unknown zone says what to write", "timestamp('2026-01-01T00:00:00Z').getHours('Paris')",
     "!the time zone Paris is not known: write Europe/Paris, UTC or +02:00"},
    {"no hour 24 in an offset", "timestamp('2026-01-01T00:00:00Z').getHours('+24:00')",
     "!the time zone +24:00 is not known: write Europe/Paris, UTC or +02:00"},
    {"leap day", "timestamp('2024-02-29T00:00:00Z').getDayOfYear()", "59"},
    {"the last day of a leap year", "timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"},
    {"1 March of a year without leap day", "timestamp('2023-03-01T00:00:00Z').getDayOfYear()",
     "59"},
    {"before 1970", "timestamp('1969-12-31T23:59:59.5Z').getMilliseconds()", "500"},
    {"a Sunday is 0", "timestamp('2026-11-22').getDayOfWeek()", "0"},
    {"a date alone is midnight UTC", "timestamp('2026-11-22')", "\"2026-11-22T00:00:00Z\""},
    {"an offset is folded into UTC", "string(timestamp('2026-06-01T00:00:00+02:00'))",
     "\"2026-05-31T22:00:00Z\""},
    {"nanoseconds stay", "string(timestamp('2026-01-01T00:00:00.123456789Z'))",
     "\"2026-01-01T00:00:00.123456789Z\""},
    {"no 30 February", "timestamp('2026-02-30')",
     "!this text is no date: write 2026-06-01T12:00:00Z or 2026-06-01"},
    {"a duration in ISO 8601", "string(duration('P1DT1H'))", "\"90000s\""},
    {"a duration in units", "string(duration('1h30m0.5s'))", "\"5400.5s\""},
    {"a negative duration", "string(duration('-1.5s'))", "\"-1.5s\""},
    {"a month has no fixed length", "duration('P1M')",
     "!this text is no duration: write 36h, 90m or P30D"},
    {"a duration without unit", "duration('10')",
     "!this text is no duration: write 36h, 90m or P30D"},
    {"an empty duration", "duration('')", "!this text is no duration: write 36h, 90m or P30D"},
    {"a duration's milliseconds are those beside the seconds",
     "duration('1.234s').getMilliseconds()", "234"},
    {"instants subtract to a duration",
     "timestamp('2026-01-02') - timestamp('2026-01-01') == duration('24h')", "true"},

    // Numbers between kinds.
    {"a double writes back as short as it can", "string(0.1)", "\"0.1\""},
    {"a third", "string(1.0 / 3.0)", "\"0.3333333333333333\""},
    {"a whole double", "string(1000000.0)", "\"1000000\""},
    {"a large double", "string(1e21)", "\"1e+21\""},
    {"a small double", "string(0.000001)", "\"0.000001\""},
    {"a smaller double", "string(-0.00000015)", "\"-1.5e-07\""},
    {"the largest double", "string(1.7976931348623157e308)", "\"1.7976931348623157e+308\""},
    {"a denormal", "double('5e-324') > 0.0", "true"},
    {"many digits round once", "9007199254740993.0 == 9007199254740992.0", "true"},
    {"a text that is no number", "int('12 ')", "!\"12 \" is no number"},
    {"a text with a French comma", "double('1,5')", "!\"1,5\" is no number"},
    {"the lowest whole number", "int('-9223372036854775808')", "-9223372036854775808"},
    {"one below it", "int('-9223372036854775809')", "!\"-9223372036854775809\" is no number"},
    {"no promotion outside workflows", "1 + 1.0", "!+ does not apply to int and double"},
    {"whole numbers do not wrap", "9223372036854775807 + 1",
     "!the result is too large for a whole number"},
    {"lowest by minus one", "-9223372036854775808 / -1",
     "!the result is too large for a whole number"},
    {"lowest modulo minus one", "-9223372036854775808 % -1",
     "!the result is too large for a whole number"},
    {"a uint beyond int compares exactly", "18446744073709551615u > 9223372036854775807", "true"},
    {"NaN is in no order", "double('NaN') < 1.0 || double('NaN') >= 1.0", "false"},

    // Lists and maps.
    {"a key of another numeric kind", "{1: 'a'}[1.0]", "\"a\""},
    {"a missing key names it", "{'a': 1}['b']", "!there is no key \"b\""},
    {"a missing member names its path", "{'a': {}}.a.b", "!….b does not exist"},
    {"an index beyond names it", "[1][4]", "!the list has no item 4"},
    {"a negative index", "[1][-1]", "!the list has no item -1"},
    {"lists nest in JSON", "[{'a': [1, 2.5, null, true]}]", "[{\"a\":[1,2.5,null,true]}]"},
    {"exists_one ends at an error", "[1, 0].exists_one(x, 1 / x == 1)", "!division by zero"},
    {"exists passes over errors", "[0, 1].exists(x, 1 / x == 1)", "true"},
    {"all passes over errors for a false", "[0, 2].all(x, 1 / x == 1)", "false"},
    {"a macro inside a macro sees both", "[1, 2].map(x, [10, 20].map(y, x * y))",
     "[[10,20],[20,40]]"},
    {"an inner name hides the outer", "[1, 2].map(x, [5].map(x, x))", "[[5],[5]]"},
    {"map over a map visits keys", "{'a': 1, 'b': 2}.map(k, k + k)", "[\"aa\",\"bb\"]"},
    {"bytes leave as base64", "b'\\x00\\xff'", "\"AP8=\""},
    {"a type leaves by its name", "type(timestamp(0))", "\"google.protobuf.Timestamp\""},

    // The strings extension where its cases stop.
    {"a place in an empty text", "''.charAt(4)", "!the place 4 is outside the text"},
    {"join keeps an empty first", "['', 'x'].join('-')", "\"-x\""},
    {"replace at most n", "'aaaa'.replace('a', 'b', 2)", "\"bbaa\""},
    {"replace nothing before each letter", "'été'.replace('', '-')", "\"-é-t-é-\""},
    {"split into letters", "'été'.split('')", "[\"é\",\"t\",\"é\"]"},
    {"split an empty text", "''.split(',')", "[\"\"]"},
    {"split an empty text into letters", "''.split('')", "[]"},
    {"split at most n", "'a,b,c'.split(',', 2)", "[\"a\",\"b,c\"]"},
    {"reverse by letters", "'été!'.reverse()", "\"!été\""},
    {"reverse code points", "'aé'.reverse()", "\"éa\""},
    {"trim nothing but spaces", "'   '.trim()", "\"\""},
    {"the place behind the last letter", "'abc'.indexOf('c', 3)", "-1"},
    {"format with a precision", "'%.2f €'.format([1234.5])", "\"1234.50 €\""},
    {"format a whole number as a decimal", "'%.1f'.format([3])", "\"3.0\""},
    {"format without end", "'%'.format([1])", "!format() does not know %"},
    {"format with an absurd precision", "'%.999999999999f'.format([1.0])",
     "!format() does not know %.99"},

    // Patterns.
    {"letters with accents", "'Éléonore'.matches('^É.*e$')", "true"},
    {"$ is the very end", "'a\\n'.matches('a$')", "false"},
    {"a pattern that explodes is stopped",
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')",
     "!matching the pattern takes too long and was stopped"},
    {"a bad pattern is an error of the run", "'a'.matches('a' + '(')",
     "!the pattern a( is not valid (missing closing parenthesis)"},
};

static void test_rows(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena *arena = arena_new();
        CelFault fault;
        CelEnv env = {0};
        const CelProgram *program = cel_compile(arena, str_of(rows[i].expr), &env, &fault);
        CelValue value =
            program ? cel_eval(program, &(CelRun){.arena = arena}) : (CelValue){.kind = CEL_ERROR};
        const Message *error = program ? value.error : &fault.message;
        Str came = value.kind == CEL_ERROR
                       ? str_format(arena, "!" STR_FMT, STR_ARG(message_text(arena, EN, error)))
                       : json_text(arena, cel_to_json(arena, value));
        if (!str_is(came, rows[i].gives)) {
            failed++;
            print_error("%s: %s\n  expected %s\n  came     " STR_FMT "\n", rows[i].sentence,
                        rows[i].expr, rows[i].gives, STR_ARG(came));
        }
        arena_free(arena);
    }
    assert_int_equal(failed, 0);
}

// JSON read through a declared type.
static const struct {
    const char *sentence, *schema, *json, *expr, *gives;
} typed[] = {
    {"integer reads 3.0 as a whole number", "{\"type\":\"integer\"}", "3.0", "type(x)", "\"int\""},
    {"integer leaves 3.5 as it is", "{\"type\":\"integer\"}", "3.5", "type(x)", "\"double\""},
    {"number reads 3 as 3.0", "{\"type\":\"number\"}", "3", "type(x)", "\"double\""},
    {"items are steered too", "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}", "[1]",
     "type(x[0])", "\"double\""},
    {"values of a plain map are steered",
     "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}", "{\"a\":1}",
     "type(x.a)", "\"double\""},
    {"an unknown type leaves JSON as it is", "{}", "3", "type(x)", "\"int\""},
    {"null of a declared member is absent",
     "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":null}",
     "has(x.a)", "false"},
    {"reading it says so", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}",
     "{\"a\":null}", "x.a == ''", "!x.a is not filled in"},
    {"a text or null is a text",
     "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"null\",\"number\"]}}}", "{\"a\":2}",
     "type(x.a)", "\"double\""},
    {"properties alone make an object", "{\"properties\":{\"a\":{\"type\":\"number\"}}}",
     "{\"a\":2}", "type(x.a)", "\"double\""},
    {"null of an untyped member is null", "{\"type\":\"object\",\"properties\":{\"a\":{}}}",
     "{\"a\":null}", "x.a == null", "true"},
    {"an index by text reads the same member",
     "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}}", "{\"a\":1}",
     "type(x['a'])", "\"double\""},
};

static void test_typed(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        Arena *arena = arena_new();
        Fault broken;
        CelFault fault;
        CelVar var = {
            "x", cel_type_of_schema(arena, json_read(arena, str_of(typed[i].schema), &broken))};
        CelEnv env = {.vars = &var, .var_count = 1};
        CelValue x = cel_of_json(arena, json_read(arena, str_of(typed[i].json), &broken), var.type);
        const CelProgram *program = cel_compile(arena, str_of(typed[i].expr), &env, &fault);
        assert_non_null(program);
        CelValue value = cel_eval(program, &(CelRun){.arena = arena, .vars = &x});
        Str came =
            value.kind == CEL_ERROR
                ? str_format(arena, "!" STR_FMT, STR_ARG(message_text(arena, EN, value.error)))
                : json_text(arena, cel_to_json(arena, value));
        if (!str_is(came, typed[i].gives)) {
            failed++;
            print_error("%s\n  expected %s\n  came     " STR_FMT "\n", typed[i].sentence,
                        typed[i].gives, STR_ARG(came));
        }
        arena_free(arena);
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_typed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
