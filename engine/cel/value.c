// SPDX-License-Identifier: Apache-2.0
// Values: errors, budgets, equality and order across numeric kinds. Lists and maps are
// collection.c's.
#include "inside.h"
#include <math.h>

const CelType cel_dyn = {.kind = CEL_DYN}, cel_bool = {.kind = CEL_BOOL},
              cel_int = {.kind = CEL_INT}, cel_double = {.kind = CEL_DOUBLE},
              cel_string = {.kind = CEL_STRING}, cel_timestamp = {.kind = CEL_TIMESTAMP},
              cel_duration = {.kind = CEL_DURATION}, cel_null = {.kind = CEL_NULL},
              cel_uint = {.kind = CEL_UINT}, cel_bytes = {.kind = CEL_BYTES},
              cel_type_type = {.kind = CEL_TYPE}, cel_list_type = {.kind = CEL_LIST},
              cel_map_type = {.kind = CEL_MAP}, cel_texts = {.kind = CEL_LIST, .of = &cel_string},
              cel_element = {.kind = CEL_DYN};

Str cel_kind_name(CelKind kind)
{
    static const char *const names[] = {[CEL_DYN] = "dyn",
                                        [CEL_ERROR] = "error",
                                        [CEL_NULL] = "null_type",
                                        [CEL_BOOL] = "bool",
                                        [CEL_INT] = "int",
                                        [CEL_UINT] = "uint",
                                        [CEL_DOUBLE] = "double",
                                        [CEL_STRING] = "string",
                                        [CEL_BYTES] = "bytes",
                                        [CEL_TIMESTAMP] = "google.protobuf.Timestamp",
                                        [CEL_DURATION] = "google.protobuf.Duration",
                                        [CEL_LIST] = "list",
                                        [CEL_MAP] = "map",
                                        [CEL_TYPE] = "type"};
    return str_of(names[kind]);
}

CelValue cel_error(const Message *message)
{
    return (CelValue){.kind = CEL_ERROR, .error = message};
}

CelValue run_exhausted(Run *run)
{
    static const Message steps = {.text = {"le calcul est trop long et a été arrêté",
                                           "the computation is too long and was stopped"}},
                         memory = {
                             .text = {"le calcul prend trop de mémoire et a été arrêté",
                                      "the computation takes too much memory and was stopped"}};
    return cel_error(run->out_of_memory ? &memory : &steps);
}

void *run_alloc(Run *run, size_t size)
{
    size_t used = arena_used(run->arena);
    if (run->out_of_memory || size > run->memory || used > run->memory - size) {
        run->out_of_memory = true;
        run->steps = -1;
        return NULL;
    }
    return arena_alloc(run->arena, size);
}

bool run_spend(Run *run, size_t bytes)
{
    run->steps -= (int64_t)(bytes / 64) + 1;
    return run->steps >= 0;
}

CelValue run_error(Run *run, Text text, Str first, Str second)
{
    Message *message = run_alloc(run, sizeof *message);
    if (!message)
        return run_exhausted(run);
    *message = (Message){.text = text, .args = {first, second}};
    return cel_error(message);
}

CelValue cel_no_overload(Run *run, const char *what, const CelValue *args, size_t n)
{
    Str first = n > 0 ? cel_kind_name(args[0].kind) : STR_NONE;
    if (n < 2)
        return run_error(run, T("{0} ne s'applique pas à {1}", "{0} does not apply to {1}"),
                         str_of(what), first);
    CelValue error =
        run_error(run, T("{0} ne s'applique pas à {1} et {2}", "{0} does not apply to {1} and {2}"),
                  str_of(what), first);
    if (run->steps >= 0)
        ((Message *)error.error)->args[2] = cel_kind_name(args[1].kind);
    return error;
}

static Order order(bool less, bool more)
{
    return less ? ORDER_LESS : more ? ORDER_MORE : ORDER_EQUAL;
}

static Order order_doubles(double a, double b)
{
    return isnan(a) || isnan(b) ? ORDER_NONE : order(a<b, a> b);
}

static double as_double(const CelValue *v)
{
    return v->kind == CEL_INT    ? (double)v->integer
           : v->kind == CEL_UINT ? (double)v->uint
                                 : v->number;
}

static bool is_numeric(const CelValue *v)
{
    return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

// Integers of both signs compare exactly; next to a double both are doubles, as cel-spec's
// comparisons are.
static Order order_numbers(const CelValue *a, const CelValue *b)
{
    if (a->kind == CEL_DOUBLE || b->kind == CEL_DOUBLE)
        return order_doubles(as_double(a), as_double(b));
    if (a->kind == CEL_INT && a->integer < 0)
        return ORDER_LESS;
    if (b->kind == CEL_INT && b->integer < 0)
        return ORDER_MORE;
    uint64_t x = a->kind == CEL_INT ? (uint64_t)a->integer : a->uint;
    uint64_t y = b->kind == CEL_INT ? (uint64_t)b->integer : b->uint;
    return order(x<y, x> y);
}

static Order order_times(int64_t a, int64_t b, uint32_t a_ns, uint32_t b_ns)
{
    return a != b ? order(a<b, a> b) : order(a_ns<b_ns, a_ns> b_ns);
}

Order cel_compare(const CelValue *a, const CelValue *b)
{
    if (a->kind != b->kind)
        return is_numeric(a) && is_numeric(b) ? order_numbers(a, b) : ORDER_NO_OVERLOAD;
    switch (a->kind) {
    case CEL_INT:
        return order(a->integer<b->integer, a->integer> b->integer);
    case CEL_DOUBLE:
        return order_doubles(a->number, b->number);
    case CEL_UINT:
        return order(a->uint<b->uint, a->uint> b->uint);
    case CEL_TIMESTAMP:
        return order_times(a->time, b->time, a->extra, b->extra);
    case CEL_DURATION:
        return order_times(a->duration, b->duration, a->extra, b->extra);
    case CEL_BOOL:
        return order(a->boolean<b->boolean, a->boolean> b->boolean);
    case CEL_STRING:
    case CEL_BYTES: {
        int cmp = str_cmp(a->text, b->text);
        return order(cmp<0, cmp> 0);
    }
    default:
        return ORDER_NO_OVERLOAD;
    }
}

static bool same_lists(Run *run, const CelValue *a, const CelValue *b)
{
    if (cel_size(*a) != cel_size(*b))
        return false;
    Walk left = walk_start(a), right = walk_start(b);
    for (CelValue x, y; walk_next(&left, &x) && walk_next(&right, &y);)
        if (!cel_same(run, &x, &y))
            return false;
    return true;
}

static bool same_maps(Run *run, const CelValue *a, const CelValue *b)
{
    if (cel_size(*a) != cel_size(*b))
        return false;
    Walk walk = walk_start(a);
    for (CelValue key, value, other; walk_pair(&walk, &key, &value);)
        if (!cel_map_get(run, b, &key, &other) || !cel_same(run, &value, &other))
            return false;
    return true;
}

bool cel_same(Run *run, const CelValue *a, const CelValue *b)
{
    if (run && !run_spend(run, a->kind == CEL_STRING && b->kind == CEL_STRING ? a->text.len : 0))
        return false;
    if (a->kind != b->kind)
        return is_numeric(a) && is_numeric(b) && order_numbers(a, b) == ORDER_EQUAL;
    switch (a->kind) {
    case CEL_NULL:
        return true;
    case CEL_STRING:
    case CEL_BYTES:
        return str_eq(a->text, b->text);
    case CEL_TYPE:
        return a->integer == b->integer;
    case CEL_LIST:
        return same_lists(run, a, b);
    case CEL_MAP:
        return same_maps(run, a, b);
    case CEL_ERROR:
        return false;
    default:
        return cel_compare(a, b) == ORDER_EQUAL;
    }
}

bool cel_equal(CelValue a, CelValue b)
{
    return cel_same(NULL, &a, &b);
}
