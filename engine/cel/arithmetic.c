// SPDX-License-Identifier: Apache-2.0
// + - * / % on numbers, texts, lists, instants and durations. Whole numbers never wrap: overflow is
// an error.
#include "inside.h"

static const char *const signs[] = {
    [OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/", [OP_MOD] = "%"};

static const Message too_large = {.text = {"le résultat est trop grand pour un nombre entier",
                                           "the result is too large for a whole number"}},
                     by_zero = {.text = {"division par zéro", "division by zero"}};

static CelValue of_ints(Op op, int64_t a, int64_t b)
{
    int64_t ret = 0;
    if ((op == OP_DIV || op == OP_MOD) && b == 0)
        return cel_error(&by_zero);
    bool wraps = op == OP_ADD   ? __builtin_add_overflow(a, b, &ret)
                 : op == OP_SUB ? __builtin_sub_overflow(a, b, &ret)
                 : op == OP_MUL ? __builtin_mul_overflow(a, b, &ret)
                                : a == INT64_MIN && b == -1;
    if (wraps)
        return cel_error(&too_large);
    return cel_integer(op == OP_DIV ? a / b : op == OP_MOD ? a % b : ret);
}

static CelValue of_uints(Op op, uint64_t a, uint64_t b)
{
    uint64_t ret = 0;
    if ((op == OP_DIV || op == OP_MOD) && b == 0)
        return cel_error(&by_zero);
    bool wraps = op == OP_ADD   ? __builtin_add_overflow(a, b, &ret)
                 : op == OP_SUB ? __builtin_sub_overflow(a, b, &ret)
                 : op == OP_MUL ? __builtin_mul_overflow(a, b, &ret)
                                : false;
    if (wraps)
        return cel_error(&too_large);
    return (CelValue){.kind = CEL_UINT, .uint = op == OP_DIV ? a / b : op == OP_MOD ? a % b : ret};
}

static CelValue of_doubles(Op op, double a, double b)
{
    return cel_number(op == OP_ADD ? a + b : op == OP_SUB ? a - b : op == OP_MUL ? a * b : a / b);
}

static CelValue joined_texts(Run *run, const CelValue *a, const CelValue *b)
{
    char *at = run_spend(run, a->text.len + b->text.len)
                   ? run_alloc(run, a->text.len + b->text.len + 1)
                   : NULL;
    if (!at)
        return run_exhausted(run);
    if (a->text.len)
        memcpy(at, a->text.at, a->text.len);
    if (b->text.len)
        memcpy(at + a->text.len, b->text.at, b->text.len);
    return (CelValue){.kind = a->kind, .text = {at, a->text.len + b->text.len}};
}

static CelValue joined_lists(Run *run, const CelValue *a, const CelValue *b)
{
    size_t n = cel_size(*a) + cel_size(*b), len = 0;
    Items *items =
        run_spend(run, n * 64) ? run_alloc(run, sizeof *items + n * sizeof(CelValue)) : NULL;
    if (!items)
        return run_exhausted(run);
    CelValue *at = (CelValue *)(items + 1);
    for (int side = 0; side < 2; side++) {
        Walk walk = walk_start(side ? b : a);
        while (walk_next(&walk, &at[len]))
            len++;
    }
    *items = (Items){n, at};
    return (CelValue){.kind = CEL_LIST, .extra = FORM_OWN, .ref = items};
}

static CelValue same_kind(Run *run, Op op, const CelValue *a, const CelValue *b)
{
    switch (a->kind) {
    case CEL_INT:
        return of_ints(op, a->integer, b->integer);
    case CEL_UINT:
        return of_uints(op, a->uint, b->uint);
    case CEL_DOUBLE:
        if (op != OP_MOD)
            return of_doubles(op, a->number, b->number);
        break;
    case CEL_STRING:
    case CEL_BYTES:
        if (op == OP_ADD)
            return joined_texts(run, a, b);
        break;
    case CEL_LIST:
        if (op == OP_ADD)
            return joined_lists(run, a, b);
        break;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        return cel_time_arithmetic(run, op, a, b);
    default:
        break;
    }
    return cel_no_overload(run, signs[op], (CelValue[]){*a, *b}, 2);
}

static bool is_time(const CelValue *v)
{
    return v->kind == CEL_TIMESTAMP || v->kind == CEL_DURATION;
}

CelValue cel_arithmetic(Run *run, Op op, bool promote, const CelValue *a, const CelValue *b)
{
    if (a->kind == b->kind)
        return same_kind(run, op, a, b);
    if (is_time(a) && is_time(b))
        return cel_time_arithmetic(run, op, a, b);
    if (promote && a->kind == CEL_INT && b->kind == CEL_DOUBLE && op != OP_MOD)
        return of_doubles(op, (double)a->integer, b->number);
    if (promote && a->kind == CEL_DOUBLE && b->kind == CEL_INT && op != OP_MOD)
        return of_doubles(op, a->number, (double)b->integer);
    return cel_no_overload(run, signs[op], (CelValue[]){*a, *b}, 2);
}
