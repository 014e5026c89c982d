// SPDX-License-Identifier: Apache-2.0
// The math extension of cel-spec, and what Kubernetes' CEL calls sum(), min() and max() of a list:
// a financing plan adds up.
#include "inside.h"
#include <math.h>

static const Message no_items = {.text = {"la liste est vide", "the list is empty"}},
                     too_large = {.text = {"le résultat est trop grand pour un nombre entier",
                                           "the result is too large for a whole number"}},
                     negative_shift = {.text = {"un décalage ne peut pas être négatif",
                                                "a shift cannot be negative"}};

static bool is_number(const CelValue *v)
{
    return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

// The first of the items that no other exceeds in the direction of `wanted`.
static CelValue extreme(Run *run, const CelValue *list, Order wanted, bool numbers,
                        const char *name)
{
    CelValue best = {0}, item;
    bool any = false;
    for (Walk walk = walk_start(list); walk_next(&walk, &item); any = true) {
        Order order = any ? cel_compare(&item, &best) : wanted;
        if (item.kind == CEL_ERROR || order == ORDER_NO_OVERLOAD || (numbers && !is_number(&item)))
            return cel_no_overload(run, name, &item, 1);
        if (!run_spend(run, 0))
            return run_exhausted(run);
        if (order == wanted)
            best = item;
    }
    return any ? best : cel_error(&no_items);
}

static CelValue greatest(Run *run, const CelValue *args)
{
    return extreme(run, args, ORDER_MORE, true, "math.greatest");
}

static CelValue least(Run *run, const CelValue *args)
{
    return extreme(run, args, ORDER_LESS, true, "math.least");
}

static CelValue list_max(Run *run, const CelValue *args)
{
    return extreme(run, args, ORDER_MORE, false, "max");
}

static CelValue list_min(Run *run, const CelValue *args)
{
    return extreme(run, args, ORDER_LESS, false, "min");
}

// Whole numbers and doubles together add up to a double: a list's items come from forms.
static CelValue sum(Run *run, const CelValue *args)
{
    CelValue total = cel_integer(0), item;
    bool any = false;
    for (Walk walk = walk_start(args); walk_next(&walk, &item); any = true) {
        if (!run_spend(run, 0))
            return run_exhausted(run);
        if (!is_number(&item) && item.kind != CEL_DURATION)
            return cel_no_overload(run, "sum", &item, 1);
        total = any ? cel_arithmetic(run, OP_ADD, true, &total, &item) : item;
        if (total.kind == CEL_ERROR)
            return total;
    }
    return total;
}

static CelValue math_ceil(Run *run, const CelValue *args)
{
    (void)run;
    return cel_number(ceil(args->number));
}

static CelValue math_floor(Run *run, const CelValue *args)
{
    (void)run;
    return cel_number(floor(args->number));
}

static CelValue math_round(Run *run, const CelValue *args)
{
    (void)run;
    return cel_number(round(args->number)); // halves away from zero
}

static CelValue math_trunc(Run *run, const CelValue *args)
{
    (void)run;
    return cel_number(trunc(args->number));
}

static CelValue math_abs(Run *run, const CelValue *args)
{
    (void)run;
    if (args->kind == CEL_DOUBLE)
        return cel_number(fabs(args->number));
    if (args->kind == CEL_UINT)
        return *args;
    return args->integer == INT64_MIN
               ? cel_error(&too_large)
               : cel_integer(args->integer < 0 ? -args->integer : args->integer);
}

static CelValue math_sign(Run *run, const CelValue *args)
{
    (void)run;
    if (args->kind == CEL_DOUBLE)
        return isnan(args->number) ? *args : cel_number((args->number > 0) - (args->number < 0));
    if (args->kind == CEL_UINT)
        return (CelValue){.kind = CEL_UINT, .uint = args->uint > 0};
    return cel_integer((args->integer > 0) - (args->integer < 0));
}

static CelValue math_is_nan(Run *run, const CelValue *args)
{
    (void)run;
    return cel_boolean(isnan(args->number));
}

static CelValue math_is_inf(Run *run, const CelValue *args)
{
    (void)run;
    return cel_boolean(isinf(args->number));
}

static CelValue math_is_finite(Run *run, const CelValue *args)
{
    (void)run;
    return cel_boolean(isfinite(args->number));
}

static CelValue math_sqrt(Run *run, const CelValue *args)
{
    (void)run;
    return cel_number(sqrt(args->kind == CEL_DOUBLE ? args->number
                           : args->kind == CEL_INT  ? (double)args->integer
                                                    : (double)args->uint));
}

// Signed and unsigned share their bits.
static CelValue bits(const CelValue *like, uint64_t value)
{
    return like->kind == CEL_UINT ? (CelValue){.kind = CEL_UINT, .uint = value}
                                  : cel_integer((int64_t)value);
}

static uint64_t bits_of(const CelValue *v)
{
    return v->kind == CEL_UINT ? v->uint : (uint64_t)v->integer;
}

static CelValue bit_and(Run *run, const CelValue *args)
{
    (void)run;
    return bits(args, bits_of(&args[0]) & bits_of(&args[1]));
}

static CelValue bit_or(Run *run, const CelValue *args)
{
    (void)run;
    return bits(args, bits_of(&args[0]) | bits_of(&args[1]));
}

static CelValue bit_xor(Run *run, const CelValue *args)
{
    (void)run;
    return bits(args, bits_of(&args[0]) ^ bits_of(&args[1]));
}

static CelValue bit_not(Run *run, const CelValue *args)
{
    (void)run;
    return bits(args, ~bits_of(args));
}

static CelValue shift_left(Run *run, const CelValue *args)
{
    (void)run;
    if (args[1].integer < 0)
        return cel_error(&negative_shift);
    return bits(args, args[1].integer > 63 ? 0 : bits_of(args) << args[1].integer);
}

static CelValue shift_right(Run *run, const CelValue *args)
{
    (void)run;
    if (args[1].integer < 0)
        return cel_error(&negative_shift);
    return bits(args, args[1].integer > 63 ? 0 : bits_of(args) >> args[1].integer);
}

#define D CEL_DOUBLE
#define I CEL_INT
#define U CEL_UINT
const Row cel_rows_math[] = {
    {"sum", true, 1, {CEL_LIST}, &cel_element, sum},
    {"min", true, 1, {CEL_LIST}, &cel_element, list_min},
    {"max", true, 1, {CEL_LIST}, &cel_element, list_max},
    // Several arguments are made one list when the program is checked.
    {"math.greatest", false, 1, {CEL_LIST}, &cel_element, greatest},
    {"math.least", false, 1, {CEL_LIST}, &cel_element, least},
    {"math.ceil", false, 1, {D}, &cel_double, math_ceil},
    {"math.floor", false, 1, {D}, &cel_double, math_floor},
    {"math.round", false, 1, {D}, &cel_double, math_round},
    {"math.trunc", false, 1, {D}, &cel_double, math_trunc},
    {"math.abs", false, 1, {I}, &cel_int, math_abs},
    {"math.abs", false, 1, {U}, &cel_uint, math_abs},
    {"math.abs", false, 1, {D}, &cel_double, math_abs},
    {"math.sign", false, 1, {I}, &cel_int, math_sign},
    {"math.sign", false, 1, {U}, &cel_uint, math_sign},
    {"math.sign", false, 1, {D}, &cel_double, math_sign},
    {"math.isNaN", false, 1, {D}, &cel_bool, math_is_nan},
    {"math.isInf", false, 1, {D}, &cel_bool, math_is_inf},
    {"math.isFinite", false, 1, {D}, &cel_bool, math_is_finite},
    {"math.sqrt", false, 1, {I}, &cel_double, math_sqrt},
    {"math.sqrt", false, 1, {U}, &cel_double, math_sqrt},
    {"math.sqrt", false, 1, {D}, &cel_double, math_sqrt},
    {"math.bitAnd", false, 2, {I, I}, &cel_int, bit_and},
    {"math.bitAnd", false, 2, {U, U}, &cel_uint, bit_and},
    {"math.bitOr", false, 2, {I, I}, &cel_int, bit_or},
    {"math.bitOr", false, 2, {U, U}, &cel_uint, bit_or},
    {"math.bitXor", false, 2, {I, I}, &cel_int, bit_xor},
    {"math.bitXor", false, 2, {U, U}, &cel_uint, bit_xor},
    {"math.bitNot", false, 1, {I}, &cel_int, bit_not},
    {"math.bitNot", false, 1, {U}, &cel_uint, bit_not},
    {"math.bitShiftLeft", false, 2, {I, I}, &cel_int, shift_left},
    {"math.bitShiftLeft", false, 2, {U, I}, &cel_uint, shift_left},
    {"math.bitShiftRight", false, 2, {I, I}, &cel_int, shift_right},
    {"math.bitShiftRight", false, 2, {U, I}, &cel_uint, shift_right},
    {0},
};
