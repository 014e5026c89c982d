// SPDX-License-Identifier: Apache-2.0
// Fractions are kept in lowest terms (Euclid), sums and comparisons go through 128 bits.
#include "rank.h"
#include <assert.h>
#include <stdlib.h>

typedef __int128 Wide;

static Wide gcd(Wide a, Wide b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    while (b) {
        Wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool reduced(Wide num, Wide den, Ratio *ret)
{
    if (den == 0)
        return false;
    Wide divisor = den < 0 ? -gcd(num, den) : gcd(num, den);
    num /= divisor;
    den /= divisor;
    if (num > INT64_MAX || num < INT64_MIN || den > INT64_MAX)
        return false;
    *ret = (Ratio){(int64_t)num, (int64_t)den};
    return true;
}

bool ratio_of(int64_t num, int64_t den, Ratio *ret)
{
    return reduced(num, den, ret);
}

bool ratio_add(Ratio a, Ratio b, Ratio *ret)
{
    // Each product is below 2^126: their sum still fits.
    return reduced((Wide)a.num * b.den + (Wide)b.num * a.den, (Wide)a.den * b.den, ret);
}

bool ratio_sub(Ratio a, Ratio b, Ratio *ret)
{
    return reduced((Wide)a.num * b.den - (Wide)b.num * a.den, (Wide)a.den * b.den, ret);
}

int ratio_cmp(Ratio a, Ratio b)
{
    Wide left = (Wide)a.num * b.den, right = (Wide)b.num * a.den;
    return (left > right) - (left < right);
}

double ratio_double(Ratio r)
{
    return (double)r.num / (double)r.den;
}

bool score_mean(const Score *scores, size_t n, Ratio *ret)
{
    int64_t sum = 0, weights = 0, product;
    for (size_t i = 0; i < n; i++) {
        const Score *score = &scores[i];
        if (score->weight < 0)
            return false;
        if (!score->given)
            continue;
        if (__builtin_mul_overflow(score->weight, score->value, &product) ||
            __builtin_add_overflow(sum, product, &sum) ||
            __builtin_add_overflow(weights, score->weight, &weights))
            return false;
    }
    return ratio_of(sum, weights, ret);
}

static int ascending(const void *a, const void *b)
{
    return ratio_cmp(*(const Ratio *)a, *(const Ratio *)b);
}

// The sum of an even number's two middle ones over two, else the middle one.
static bool median_of(const Ratio *sorted, size_t n, Ratio *ret)
{
    Ratio sum;
    if (n % 2) {
        *ret = sorted[n / 2];
        return true;
    }
    return ratio_add(sorted[n / 2 - 1], sorted[n / 2], &sum) &&
           reduced(sum.num, (Wide)sum.den * 2, ret);
}

bool figures_of(Arena *arena, const Ratio *means, size_t n, Figures *ret)
{
    if (n == 0)
        return false;
    Ratio *sorted = arena_copy(arena, means, n * sizeof *means), sum = {0, 1};
    qsort(sorted, n, sizeof *sorted, ascending);
    for (size_t i = 0; i < n; i++)
        if (!ratio_add(sum, sorted[i], &sum))
            return false;
    Figures figures = {.n = n, .min = sorted[0], .max = sorted[n - 1]};
    if (!reduced(sum.num, (Wide)sum.den * (Wide)n, &figures.mean) ||
        !median_of(sorted, n, &figures.median) ||
        !ratio_sub(figures.max, figures.min, &figures.spread))
        return false;
    *ret = figures;
    return true;
}

typedef struct Order {
    const Ranked *things;
    size_t keys;
} Order;

// The first key that sets two apart, or RANK_KEYS; `sign` says which way.
static size_t apart(const Order *order, size_t a, size_t b, int *sign)
{
    for (size_t k = 0; k < order->keys; k++) {
        *sign = ratio_cmp(order->things[b].keys[k], order->things[a].keys[k]);
        if (*sign)
            return k;
    }
    *sign = 0;
    return RANK_KEYS;
}

static int better_first(const void *a_rank, const void *b_rank, void *order)
{
    const Rank *a = a_rank, *b = b_rank;
    int sign;
    apart(order, a->index, b->index, &sign);
    return sign ? sign : (a->index > b->index) - (a->index < b->index);
}

Rank *rank_order(Arena *arena, const Ranked *things, size_t n, size_t keys)
{
    assert(keys <= RANK_KEYS);
    Order order = {things, keys};
    Rank *ranks = arena_array(arena, Rank, n);
    for (size_t i = 0; i < n; i++)
        ranks[i].index = i;
    if (n)
        qsort_r(ranks, n, sizeof *ranks, better_first, &order);
    for (size_t i = 0; i < n; i++) {
        int sign;
        ranks[i].decided = i ? apart(&order, ranks[i - 1].index, ranks[i].index, &sign) : 0;
        bool equal = i && ranks[i].decided == RANK_KEYS;
        ranks[i].rank = equal ? ranks[i - 1].rank : i + 1;
    }
    return ranks;
}

bool risk_of(const RiskMatrix *matrix, size_t probability, size_t gravity, Risk *ret)
{
    if (probability < 1 || probability > matrix->probabilities || gravity < 1 ||
        gravity > matrix->gravities)
        return false;
    int32_t rank = matrix->ranks[(probability - 1) * matrix->gravities + gravity - 1];
    for (size_t i = 0; i < matrix->levels_len; i++) {
        if (rank > matrix->levels[i].up_to)
            continue;
        *ret = (Risk){rank, &matrix->levels[i]};
        return true;
    }
    return false;
}
