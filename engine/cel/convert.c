// SPDX-License-Identifier: Apache-2.0
// The standard functions: size, conversions between kinds, tests on texts. Times are times.c's.
#include "inside.h"
#include <math.h>

static const Message out_of_range = {
    .text = {"ce nombre est hors des bornes", "this number is out of range"}};

static CelValue call_same(Run *run, const CelValue *args)
{
    (void)run;
    return args[0];
}

static CelValue no_number(Run *run, Str text)
{
    return run_error(run, T("« {0} » n'est pas un nombre", "\"{0}\" is no number"),
                     text.len <= 80 ? text : STR("…"), STR_NONE);
}

static CelValue size_of_text(Run *run, const CelValue *args)
{
    return run_spend(run, args->text.len) ? cel_integer((int64_t)str_points(args->text))
                                          : run_exhausted(run);
}

static CelValue size_of_bytes(Run *run, const CelValue *args)
{
    (void)run;
    return cel_integer((int64_t)args->text.len);
}

static CelValue size_of_many(Run *run, const CelValue *args)
{
    (void)run;
    return cel_integer((int64_t)cel_size(*args));
}

static CelValue int_of_uint(Run *run, const CelValue *args)
{
    (void)run;
    return args->uint <= INT64_MAX ? cel_integer((int64_t)args->uint) : cel_error(&out_of_range);
}

static CelValue int_of_double(Run *run, const CelValue *args)
{
    (void)run;
    return args->number > -0x1p63 && args->number < 0x1p63 ? cel_integer((int64_t)args->number)
                                                           : cel_error(&out_of_range);
}

// Digits only, with a sign when `negative` is not NULL.
static bool whole_of(Str text, bool *negative, uint64_t *ret)
{
    size_t at = 0;
    *ret = 0;
    if (negative && text.len && (text.at[0] == '-' || text.at[0] == '+'))
        *negative = text.at[at++] == '-';
    if (at == text.len)
        return false;
    for (; at < text.len; at++)
        if (text.at[at] < '0' || text.at[at] > '9' || __builtin_mul_overflow(*ret, 10, ret) ||
            __builtin_add_overflow(*ret, (uint64_t)(text.at[at] - '0'), ret))
            return false;
    return true;
}

static CelValue int_of_text(Run *run, const CelValue *args)
{
    bool negative = false;
    uint64_t value;
    if (!run_spend(run, args->text.len))
        return run_exhausted(run);
    if (!whole_of(args->text, &negative, &value) || value > (uint64_t)INT64_MAX + negative)
        return no_number(run, args->text);
    return cel_integer((int64_t)(negative ? 0 - value : value));
}

static CelValue int_of_time(Run *run, const CelValue *args)
{
    (void)run;
    return cel_integer(args->time / SECOND - (args->time % SECOND < 0));
}

static CelValue uint_of_int(Run *run, const CelValue *args)
{
    (void)run;
    return args->integer >= 0 ? (CelValue){.kind = CEL_UINT, .uint = (uint64_t)args->integer}
                              : cel_error(&out_of_range);
}

static CelValue uint_of_double(Run *run, const CelValue *args)
{
    (void)run;
    return args->number > -1 && args->number < 0x1p64
               ? (CelValue){.kind = CEL_UINT, .uint = (uint64_t)args->number}
               : cel_error(&out_of_range);
}

static CelValue uint_of_text(Run *run, const CelValue *args)
{
    CelValue ret = {.kind = CEL_UINT};
    if (!run_spend(run, args->text.len))
        return run_exhausted(run);
    return whole_of(args->text, NULL, &ret.uint) ? ret : no_number(run, args->text);
}

static CelValue double_of_int(Run *run, const CelValue *args)
{
    (void)run;
    return cel_number(args->kind == CEL_INT ? (double)args->integer : (double)args->uint);
}

static CelValue double_of_text(Run *run, const CelValue *args)
{
    static const struct {
        const char *name;
        double value;
    } names[] = {{"NaN", NAN},
                 {"Infinity", INFINITY},
                 {"+Infinity", INFINITY},
                 {"-Infinity", -INFINITY},
                 {"Inf", INFINITY},
                 {"-Inf", -INFINITY}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(args->text, names[i].name))
            return cel_number(names[i].value);
    double d;
    if (!run_spend(run, args->text.len))
        return run_exhausted(run);
    return cel_double_parse(args->text, &d) ? cel_number(d) : no_number(run, args->text);
}

static CelValue bool_of_text(Run *run, const CelValue *args)
{
    static const char *const words[] = {"1", "t", "true",  "TRUE",  "True",
                                        "0", "f", "false", "FALSE", "False"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(args->text, words[i]))
            return cel_boolean(i < 5);
    return cel_no_overload(run, "bool", args, 1);
}

static CelValue text_of(Run *run, const CelValue *args)
{
    Buf buf = {.arena = run->arena};
    if (!run_spend(run, 64) || run->out_of_memory)
        return run_exhausted(run);
    switch (args->kind) {
    case CEL_DOUBLE:
        return cel_text(cel_double_text(run->arena, args->number));
    case CEL_TIMESTAMP:
        return cel_text(cel_timestamp_text(run->arena, args));
    case CEL_DURATION:
        return cel_text(cel_duration_text(run->arena, args));
    case CEL_UINT:
        return cel_text(str_format(run->arena, "%llu", (unsigned long long)args->uint));
    default:
        cel_write(&buf, args);
        return cel_text(buf_str(&buf));
    }
}

static CelValue text_of_bytes(Run *run, const CelValue *args)
{
    static const Message not_utf8 = {
        .text = {"ces octets ne sont pas un texte en UTF-8", "these bytes are no UTF-8 text"}};
    if (!run_spend(run, args->text.len))
        return run_exhausted(run);
    return utf8_valid(args->text) ? cel_text(args->text) : cel_error(&not_utf8);
}

static CelValue bytes_of_text(Run *run, const CelValue *args)
{
    (void)run;
    return (CelValue){.kind = CEL_BYTES, .text = args->text};
}

static CelValue type_of(Run *run, const CelValue *args)
{
    (void)run;
    return (CelValue){.kind = CEL_TYPE, .integer = args->kind};
}

static CelValue call_contains(Run *run, const CelValue *args)
{
    if (!run_spend(run, args[0].text.len))
        return run_exhausted(run);
    return cel_boolean(
        args[1].text.len == 0 ||
        (args[0].text.len >= args[1].text.len &&
         memmem(args[0].text.at, args[0].text.len, args[1].text.at, args[1].text.len) != NULL));
}

static CelValue call_starts(Run *run, const CelValue *args)
{
    if (!run_spend(run, args[1].text.len))
        return run_exhausted(run);
    return cel_boolean(str_starts(args[0].text, args[1].text));
}

static CelValue call_ends(Run *run, const CelValue *args)
{
    if (!run_spend(run, args[1].text.len))
        return run_exhausted(run);
    return cel_boolean(str_ends(args[0].text, args[1].text));
}

#define TEXTS                                                                                      \
    {                                                                                              \
        CEL_STRING, CEL_STRING                                                                     \
    }
const Row cel_rows_standard[] = {
    {"size", false, 1, {CEL_STRING}, &cel_int, size_of_text},
    {"size", false, 1, {CEL_BYTES}, &cel_int, size_of_bytes},
    {"size", false, 1, {CEL_LIST}, &cel_int, size_of_many},
    {"size", false, 1, {CEL_MAP}, &cel_int, size_of_many},
    {"size", true, 1, {CEL_STRING}, &cel_int, size_of_text},
    {"size", true, 1, {CEL_BYTES}, &cel_int, size_of_bytes},
    {"size", true, 1, {CEL_LIST}, &cel_int, size_of_many},
    {"size", true, 1, {CEL_MAP}, &cel_int, size_of_many},
    {"int", false, 1, {CEL_INT}, &cel_int, call_same},
    {"int", false, 1, {CEL_UINT}, &cel_int, int_of_uint},
    {"int", false, 1, {CEL_DOUBLE}, &cel_int, int_of_double},
    {"int", false, 1, {CEL_STRING}, &cel_int, int_of_text},
    {"int", false, 1, {CEL_TIMESTAMP}, &cel_int, int_of_time},
    {"uint", false, 1, {CEL_UINT}, &cel_uint, call_same},
    {"uint", false, 1, {CEL_INT}, &cel_uint, uint_of_int},
    {"uint", false, 1, {CEL_DOUBLE}, &cel_uint, uint_of_double},
    {"uint", false, 1, {CEL_STRING}, &cel_uint, uint_of_text},
    {"double", false, 1, {CEL_DOUBLE}, &cel_double, call_same},
    {"double", false, 1, {CEL_INT}, &cel_double, double_of_int},
    {"double", false, 1, {CEL_UINT}, &cel_double, double_of_int},
    {"double", false, 1, {CEL_STRING}, &cel_double, double_of_text},
    {"bool", false, 1, {CEL_BOOL}, &cel_bool, call_same},
    {"bool", false, 1, {CEL_STRING}, &cel_bool, bool_of_text},
    {"string", false, 1, {CEL_STRING}, &cel_string, call_same},
    {"string", false, 1, {CEL_BOOL}, &cel_string, text_of},
    {"string", false, 1, {CEL_INT}, &cel_string, text_of},
    {"string", false, 1, {CEL_UINT}, &cel_string, text_of},
    {"string", false, 1, {CEL_DOUBLE}, &cel_string, text_of},
    {"string", false, 1, {CEL_TIMESTAMP}, &cel_string, text_of},
    {"string", false, 1, {CEL_DURATION}, &cel_string, text_of},
    {"string", false, 1, {CEL_BYTES}, &cel_string, text_of_bytes},
    {"bytes", false, 1, {CEL_BYTES}, &cel_bytes, call_same},
    {"bytes", false, 1, {CEL_STRING}, &cel_bytes, bytes_of_text},
    {"type", false, 1, {CEL_DYN}, &cel_type_type, type_of},
    {"dyn", false, 1, {CEL_DYN}, &cel_dyn, call_same},
    {"contains", true, 2, TEXTS, &cel_bool, call_contains},
    {"startsWith", true, 2, TEXTS, &cel_bool, call_starts},
    {"endsWith", true, 2, TEXTS, &cel_bool, call_ends},
    {"matches", true, 2, TEXTS, &cel_bool, cel_matches_call},
    {"matches", false, 2, TEXTS, &cel_bool, cel_matches_call},
    {0},
};

static const Row *const tables[] = {cel_rows_standard, cel_rows_time, cel_rows_strings,
                                    cel_rows_math};

const Row *cel_row_find(Str name, bool method)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const Row *row = tables[t]; row->name; row++)
            if (row->method == method && str_is(name, row->name))
                return row;
    return NULL;
}

bool cel_row_same(const Row *first, const Row *row)
{
    return row == first ||
           (row->name && row->method == first->method && strcmp(row->name, first->name) == 0);
}

size_t cel_row_names(Str *ret, size_t max, bool method)
{
    size_t n = 0;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const Row *row = tables[t]; row->name && n < max; row++)
            if (row->method == method && (n == 0 || !str_is(ret[n - 1], row->name)))
                ret[n++] = str_of(row->name);
    return n;
}
