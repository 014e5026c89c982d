// SPDX-License-Identifier: Apache-2.0
// Numbers and equality as JSON Schema sees them: one kind of number, decimal and exact.
#include "tree.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int cmp_int(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_real(double a, double b)
{
    return (a > b) - (a < b);
}

// An integer against a double without rounding either.
static int cmp_mixed(int64_t a, double b)
{
    if (b >= 0x1p63)
        return -1;
    if (b < -0x1p63)
        return 1;
    double whole = trunc(b);
    int order = cmp_int(a, (int64_t)whole);
    return order ? order : cmp_real(whole, b);
}

int number_cmp(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b))
        return cmp_int(json_integer_value(a), json_integer_value(b));
    if (json_is_integer(a))
        return cmp_mixed(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b))
        return -cmp_mixed(json_integer_value(b), json_real_value(a));
    return cmp_real(json_real_value(a), json_real_value(b));
}

bool number_whole(const json_t *number)
{
    return json_is_integer(number) || json_real_value(number) == floor(json_real_value(number));
}

unsigned value_kinds(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return KIND_OBJECT;
    case JSON_ARRAY:
        return KIND_ARRAY;
    case JSON_STRING:
        return KIND_STRING;
    case JSON_INTEGER:
        return KIND_NUMBER | KIND_INTEGER;
    case JSON_REAL:
        return number_whole(value) ? KIND_NUMBER | KIND_INTEGER : KIND_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return KIND_BOOLEAN;
    case JSON_NULL:
        return KIND_NULL;
    }
    return 0;
}

// digits · 10^exponent, the digits not ending in 0.
typedef struct Decimal {
    uint64_t digits;
    int exponent;
} Decimal;

static Decimal stripped(uint64_t digits, int exponent)
{
    while (digits && digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    return (Decimal){digits, exponent};
}

// The decimal that the author wrote: the shortest that reads back as the double. The sign does not
// matter here.
static Decimal decimal_of(const json_t *number)
{
    if (json_is_integer(number)) {
        int64_t n = json_integer_value(number);
        return stripped(n < 0 ? -(uint64_t)n : (uint64_t)n, 0);
    }
    double d = fabs(json_real_value(number));
    char text[40];
    for (int precision = 14; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, d);
        if (strtod(text, NULL) == d)
            break;
    }
    uint64_t digits = 0;
    int after = 0;
    char *c = text;
    for (bool point = false; *c && *c != 'e'; c++) {
        point = point || *c < '0' || *c > '9';
        if (*c < '0' || *c > '9')
            continue;
        digits = digits * 10 + (uint64_t)(*c - '0');
        after += point;
    }
    return stripped(digits, (int)strtol(c + 1, NULL, 10) - after);
}

static uint64_t mul_mod(uint64_t a, uint64_t b, uint64_t m)
{
    return (uint64_t)((unsigned __int128)a * b % m);
}

bool number_multiple(const json_t *a_json, const json_t *b_json)
{
    Decimal a = decimal_of(a_json), b = decimal_of(b_json);
    if (a.digits == 0)
        return true;
    // Digits do not end in 0: a finer than b by a power of ten cannot be a multiple.
    if (a.exponent < b.exponent)
        return false;
    uint64_t rest = a.digits % b.digits, power = 10 % b.digits;
    for (unsigned n = (unsigned)(a.exponent - b.exponent); n; n >>= 1) {
        if (n & 1)
            rest = mul_mod(rest, power, b.digits);
        power = mul_mod(power, power, b.digits);
    }
    return rest == 0;
}

static bool objects_equal(const json_t *a, const json_t *b, size_t *steps)
{
    if (json_object_size(a) != json_object_size(b))
        return false;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)a, name, value)
    {
        const json_t *other = json_object_get(b, name);
        if (!other || !value_equal(value, other, steps))
            return false;
    }
    return true;
}

static bool arrays_equal(const json_t *a, const json_t *b, size_t *steps)
{
    size_t n = json_array_size(a);
    if (n != json_array_size(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!value_equal(json_array_get(a, i), json_array_get(b, i), steps))
            return false;
    return true;
}

bool value_equal(const json_t *a, const json_t *b, size_t *steps)
{
    if (*steps == 0)
        return false;
    --*steps;
    if (json_is_number(a) && json_is_number(b))
        return number_cmp(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_object(a))
        return objects_equal(a, b, steps);
    if (json_is_array(a))
        return arrays_equal(a, b, steps);
    return !json_is_string(a) || str_eq(json_str(a), json_str(b));
}
