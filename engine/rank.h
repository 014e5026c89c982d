// SPDX-License-Identifier: Apache-2.0
// Scores: weighted means, figures over reviews, ranking with its reasons, and the risk matrix. Exact: a mean is a fraction of
// whole numbers, so that two equal means are equal and a threshold is met or not. A double appears only where a figure is shown.
#pragma once
#include "base/text.h"

// num / den in lowest terms, den > 0.
typedef struct Ratio {
    int64_t num, den;
} Ratio;

// False when den is 0 or the result does not fit; `ret` is then untouched.
bool ratio_of(int64_t num, int64_t den, Ratio *ret);
bool ratio_add(Ratio a, Ratio b, Ratio *ret);
bool ratio_sub(Ratio a, Ratio b, Ratio *ret);
int ratio_cmp(Ratio a, Ratio b); // <0, 0, >0; exact
double ratio_double(Ratio r);    // the nearest double or its neighbour: for showing, never for comparing

// One criterion of a review. `value` counts in the grid's unit (points, or hundredths of one: the caller's choice, the same for
// the whole grid), `weight` is not negative.
typedef struct Score {
    int64_t value, weight;
    bool given; // false: not answered or not applicable; its weight counts neither above nor below
} Score;

// Σ weight · value / Σ weight over what was given. False when nothing with a weight was given, a weight is negative, or a sum
// does not fit.
bool score_mean(const Score *scores, size_t n, Ratio *ret);

// Figures over the reviews of one application, each review having one mean.
typedef struct Figures {
    size_t n;
    Ratio mean, median, min, max;
    Ratio spread; // max - min: over the grid's threshold, a consensus round opens
} Figures;

// False when n is 0 or a sum does not fit.
bool figures_of(Arena *arena, const Ratio *means, size_t n, Figures *ret);

// What is ranked: keys in order of importance, the higher the better (negate what is better low).
enum { RANK_KEYS = 4 };
typedef struct Ranked {
    Ratio keys[RANK_KEYS];
} Ranked;

typedef struct Rank {
    size_t index;   // into what was given
    size_t rank;    // from 1; equals share the better rank, and the next one counts them ("1, 2, 2, 4")
    size_t decided; // the key that put it behind the one before it; 0 for the first; RANK_KEYS when all keys are equal
} Rank;

// The n things in order, in the arena. Equals stay in the order given, and say that they are equal. `keys` ≤ RANK_KEYS are
// looked at.
Rank *rank_order(Arena *arena, const Ranked *things, size_t n, size_t keys);

// Probability × gravity by a table, since matrices need not be symmetrical nor products.
typedef struct RiskLevel {
    int32_t up_to; // the last rank of this level; levels are in ascending order
    Str colour;
    Label title;
} RiskLevel;

typedef struct RiskMatrix {
    size_t probabilities, gravities;
    const int32_t *ranks; // [probability][gravity], both from the least
    const RiskLevel *levels;
    size_t levels_len;
} RiskMatrix;

typedef struct Risk {
    int32_t rank;
    const RiskLevel *level; // into the matrix
} Risk;

// The risk of a probability and a gravity, both from 1. False when one is outside the table or no level goes up to the rank.
bool risk_of(const RiskMatrix *matrix, size_t probability, size_t gravity, Risk *ret);
