// SPDX-License-Identifier: Apache-2.0
// Money: whole cents in 64 bits, never a fraction of one, never a double. What does not fit is said, not wrapped. Pure.
#pragma once
#include "base/text.h"

typedef int64_t Cents;
typedef int32_t BasisPoints; // 1 % is 100
enum { BASIS_POINTS_ALL = 10000 };

typedef enum Rounding {
    ROUND_DOWN,      // toward zero: what may not be exceeded, such as a cap
    ROUND_UP,        // away from zero: what must be covered
    ROUND_HALF_UP,   // half away from zero: invoices and VAT
    ROUND_HALF_EVEN, // half to the even neighbour: no drift over many lines
} Rounding;

// Each false, with `ret` untouched, when the result does not fit (or `den` is 0).
bool money_add(Cents a, Cents b, Cents *ret);
bool money_sub(Cents a, Cents b, Cents *ret);
bool money_sum(const Cents *amounts, size_t n, Cents *ret);
// amount · num / den, exact in between, rounded once.
bool money_mul_div(Cents amount, int64_t num, int64_t den, Rounding rounding, Cents *ret);
// `rate` of the amount.
bool money_share(Cents amount, BasisPoints rate, Rounding rounding, Cents *ret);

// Splits an amount by weights (shares in basis points, requested sums, heads…) so that the parts add up to it exactly:
// every part is the exact share rounded down, and the cents that are left go one each to the largest remainders (method of
// Hamilton); of equal remainders, to the first. Negative amounts (recoveries) split as their opposites do. False when a weight
// is negative, none is positive, or their sum does not fit.
bool money_split(Arena *arena, Cents amount, const int64_t *weights, size_t n, Cents *parts);

// part / whole in basis points, rounded half up; false when whole is not positive or the rate does not fit.
bool money_rate(Cents part, Cents whole, BasisPoints *ret);

// An amount as people write it: "1 234,56 €" or "1234,5" in French, "€1,234.56" or "1234.5" in English. The euro sign may stand
// on either side, groups of three are set apart by spaces (in English also commas), "-" is leading. At most two decimals; in
// French a point serves as a decimal mark too. What could be read in two ways ("1.234" in French) is refused.
bool money_parse(Str s, Lang lang, Cents *ret);

// "1 234,56 €" with no-break spaces (U+202F in the number, U+00A0 before the sign), "€1,234.56".
Str money_format(Arena *arena, Lang lang, Cents amount);

// All public aid together against a cap on the eligible expense.
typedef struct AidCheck {
    bool within;
    Cents aid;        // sum of the aids
    Cents cap;        // the most allowed: rounded down, a cap is never exceeded by a rounding
    Cents left;       // cap - aid; negative when it is exceeded
    BasisPoints rate; // aid over eligible expense, for showing; `within` compares the amounts
} AidCheck;

// Checks aids against `max` of `eligible`. In France a local authority that has works done funds at least 20 % of what public
// bodies bring (CGCT, art. L. 1111-10, III), hence the usual cap of 8000. False when eligible is not positive, an aid is
// negative or a sum does not fit.
bool aid_check(Cents eligible, const Cents *aids, size_t n, BasisPoints max, AidCheck *ret);
