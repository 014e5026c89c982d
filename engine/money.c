// SPDX-License-Identifier: Apache-2.0
// Arithmetic in whole cents. Products are taken in 128 bits, so that rounding happens once and at
// the end.
#include "money.h"
#include <stdlib.h>

typedef __int128 Wide;

static bool narrow(Wide wide, Cents *ret)
{
    if (wide > INT64_MAX || wide < INT64_MIN)
        return false;
    *ret = (Cents)wide;
    return true;
}

bool money_add(Cents a, Cents b, Cents *ret)
{
    return narrow((Wide)a + b, ret);
}

bool money_sub(Cents a, Cents b, Cents *ret)
{
    return narrow((Wide)a - b, ret);
}

bool money_sum(const Cents *amounts, size_t n, Cents *ret)
{
    // In 128 bits no list that fits in memory overflows on the way: the order of amounts does not
    // matter.
    Wide sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += amounts[i];
    return narrow(sum, ret);
}

// Whether the quotient moves one away from zero, `rest` of `den` being left over; both not
// negative.
static bool rounds_away(Wide quotient, Wide rest, Wide den, Rounding rounding)
{
    switch (rounding) {
    case ROUND_DOWN:
        return false;
    case ROUND_UP:
        return rest > 0;
    case ROUND_HALF_UP:
        return rest >= den - rest;
    case ROUND_HALF_EVEN:
        return rest > den - rest || (rest == den - rest && quotient % 2 != 0);
    }
    return false;
}

bool money_mul_div(Cents amount, int64_t num, int64_t den, Rounding rounding, Cents *ret)
{
    if (den == 0)
        return false;
    Wide product = (Wide)amount * num, divisor = den;
    bool minus = (product < 0) != (divisor < 0);
    product = product < 0 ? -product : product;
    divisor = divisor < 0 ? -divisor : divisor;
    Wide quotient = product / divisor;
    quotient += rounds_away(quotient, product % divisor, divisor, rounding);
    return narrow(minus ? -quotient : quotient, ret);
}

bool money_share(Cents amount, BasisPoints rate, Rounding rounding, Cents *ret)
{
    return money_mul_div(amount, rate, BASIS_POINTS_ALL, rounding, ret);
}

typedef struct Remainder {
    uint64_t rest;
    size_t index;
} Remainder;

static int remainder_order(const void *a_remainder, const void *b_remainder)
{
    const Remainder *a = a_remainder, *b = b_remainder;
    if (a->rest != b->rest)
        return a->rest < b->rest ? 1 : -1;
    return (a->index > b->index) - (a->index < b->index);
}

bool money_split(Arena *arena, Cents amount, const int64_t *weights, size_t n, Cents *parts)
{
    int64_t total = 0;
    for (size_t i = 0; i < n; i++)
        if (weights[i] < 0 || __builtin_add_overflow(total, weights[i], &total))
            return false;
    if (total == 0)
        return false;
    Wide whole = amount < 0 ? -(Wide)amount : amount, left = whole;
    int sign = amount < 0 ? -1 : 1;
    Remainder *remainders = arena_array(arena, Remainder, n);
    for (size_t i = 0; i < n; i++) {
        Wide share = whole * weights[i];
        remainders[i] = (Remainder){(uint64_t)(share % total), i};
        left -= share / total;
        parts[i] = (Cents)(sign * (share / total));
    }
    // Fewer cents are left than there are remainders above zero.
    qsort(remainders, n, sizeof *remainders, remainder_order);
    for (size_t i = 0; i < (size_t)left; i++)
        parts[remainders[i].index] += sign;
    return true;
}

bool money_rate(Cents part, Cents whole, BasisPoints *ret)
{
    Cents rate;
    if (whole <= 0 || !money_mul_div(part, BASIS_POINTS_ALL, whole, ROUND_HALF_UP, &rate) ||
        rate > INT32_MAX || rate < INT32_MIN)
        return false;
    *ret = (BasisPoints)rate;
    return true;
}

// --- As people write it

static const Str spaces[] = {
    {" ", 1},
    {"\xC2\xA0", 2},     // U+00A0, no-break space
    {"\xE2\x80\xAF", 3}, // U+202F, narrow no-break space
    {"\xE2\x80\x89", 3}, // U+2009, thin space
};

static bool take(Str *s, Str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_slice(*s, prefix.len, s->len);
    return true;
}

static bool take_space(Str *s)
{
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (take(s, spaces[i]))
            return true;
    return false;
}

static void take_spaces(Str *s)
{
    while (take_space(s))
        continue;
}

static bool digit(Str s)
{
    return s.len && s.at[0] >= '0' && s.at[0] <= '9';
}

// Digits at the front, at most `max` of them, onto `value`; how many there were.
static size_t take_digits(Str *s, size_t max, Wide *value)
{
    size_t n = 0;
    while (n < max && digit(*s)) {
        *value = *value * 10 + (s->at[0] - '0');
        *s = str_slice(*s, 1, s->len);
        n++;
    }
    return n;
}

// A mark between groups of three digits, when three digits follow it.
static bool take_group_mark(Str *s, Lang lang)
{
    Str rest = *s;
    if (!take_space(&rest) && !(lang == EN && take(&rest, STR(","))))
        return false;
    if (!digit(rest))
        return false;
    *s = rest;
    return true;
}

enum { DIGITS_MAX = 18 };

static bool take_units(Str *s, Lang lang, Wide *value)
{
    size_t n = take_digits(s, DIGITS_MAX, value);
    if (n == 0)
        return false;
    bool grouped = n <= 3;
    while (grouped && take_group_mark(s, lang)) {
        n += 3;
        if (take_digits(s, 3, value) != 3 || n > DIGITS_MAX)
            return false;
    }
    return !digit(*s);
}

static bool take_decimals(Str *s, Lang lang, Wide *value)
{
    Wide cents = 0;
    if (!take(s, STR(".")) && !(lang == FR && take(s, STR(",")))) {
        *value *= 100;
        return true;
    }
    size_t n = take_digits(s, 2, &cents);
    *value = *value * 100 + (n == 1 ? cents * 10 : cents);
    return n > 0 && !digit(*s);
}

bool money_parse(Str s, Lang lang, Cents *ret)
{
    Wide value = 0;
    take_spaces(&s);
    bool minus = take(&s, STR("-")) || take(&s, STR("\xE2\x88\x92")); // U+2212
    bool sign_before = take(&s, STR("€"));
    if (sign_before)
        take_spaces(&s);
    if (!take_units(&s, lang, &value) || !take_decimals(&s, lang, &value))
        return false;
    take_spaces(&s);
    if (!sign_before && take(&s, STR("€")))
        take_spaces(&s);
    return s.len == 0 && narrow(minus ? -value : value, ret);
}

Str money_format(Arena *arena, Lang lang, Cents amount)
{
    uint64_t cents = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
    Str digits = str_format(arena, "%llu", (unsigned long long)(cents / 100));
    Buf out = {.arena = arena};
    if (amount < 0)
        buf_char(&out, '-');
    if (lang == EN)
        buf_add(&out, STR("€"));
    for (size_t i = 0; i < digits.len; i++) {
        if (i && (digits.len - i) % 3 == 0)
            buf_add(&out, lang == FR ? STR("\xE2\x80\xAF") : STR(","));
        buf_char(&out, digits.at[i]);
    }
    buf_format(&out, "%c%02d", lang == FR ? ',' : '.', (int)(cents % 100));
    if (lang == FR)
        buf_add(&out, STR("\xC2\xA0€"));
    return buf_str(&out);
}

bool aid_check(Cents eligible, const Cents *aids, size_t n, BasisPoints max, AidCheck *ret)
{
    AidCheck check = {0};
    for (size_t i = 0; i < n; i++)
        if (aids[i] < 0)
            return false;
    if (eligible <= 0 || !money_sum(aids, n, &check.aid) ||
        !money_share(eligible, max, ROUND_DOWN, &check.cap) ||
        !money_sub(check.cap, check.aid, &check.left) ||
        !money_rate(check.aid, eligible, &check.rate))
        return false;
    check.within = check.left >= 0;
    *ret = check;
    return true;
}
