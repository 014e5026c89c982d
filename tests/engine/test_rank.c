// SPDX-License-Identifier: Apache-2.0
#include "engine/rank.h"
#include "../base/table.h"

static const struct {
    const char *sentence;
    Score scores[4];
    bool ok;
    Ratio mean;
} mean_rows[] = {
    // The two matrices of the ecological transition contracts, by hand.
    {"opportunity: 5·25 + 3·20 + 1·30 + 5·25 over 100",
     {{5, 25, true}, {3, 20, true}, {1, 30, true}, {5, 25, true}},
     true,
     {17, 5}},
    {"feasibility: four quarters",
     {{3, 25, true}, {3, 25, true}, {5, 25, true}, {1, 25, true}},
     true,
     {3, 1}},
    {"what is not given does not count",
     {{5, 25, true}, {3, 20, false}, {1, 30, false}, {3, 25, true}},
     true,
     {4, 1}},
    {"nor does a weight of zero", {{5, 0, true}, {3, 1, true}}, true, {3, 1}},
    {"thirds stay thirds", {{1, 1, true}, {0, 2, true}}, true, {1, 3}},
    {"below zero", {{-5, 1, true}, {1, 1, true}}, true, {-2, 1}},
    {"nothing given", {{5, 25, false}}, false, {0, 0}},
    {"nothing weighs", {{5, 0, true}}, false, {0, 0}},
    {"a negative weight", {{5, -1, true}, {5, 2, true}}, false, {0, 0}},
    {"too large", {{INT64_MAX, 2, true}}, false, {0, 0}},
};

static void means(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(mean_rows); i++) {
        Ratio mean = {0};
        bool ok = score_mean(mean_rows[i].scores, 4, &mean);
        ROW_CHECK(wrong,
                  ok == mean_rows[i].ok && mean.num == mean_rows[i].mean.num &&
                      mean.den == mean_rows[i].mean.den,
                  mean_rows[i].sentence, "came %d: %lld/%lld", ok, (long long)mean.num,
                  (long long)mean.den);
    }
    ROWS_END(wrong);
}

static void ratios(void **state)
{
    (void)state;
    Ratio r = {0}, third, sum;
    assert_true(ratio_of(-6, -4, &r) && r.num == 3 && r.den == 2);
    assert_true(ratio_of(6, -4, &r) && r.num == -3 && r.den == 2);
    assert_true(ratio_of(0, -4, &r) && r.num == 0 && r.den == 1);
    assert_false(ratio_of(1, 0, &r));
    assert_false(ratio_of(INT64_MIN, -1, &r));
    assert_true(ratio_of(1, 3, &third));
    assert_true(ratio_add(third, third, &sum) && ratio_add(sum, third, &sum));
    assert_true(sum.num == 1 && sum.den == 1); // not 0.9999…
    assert_true(ratio_sub(sum, third, &r) && r.num == 2 && r.den == 3);
    assert_false(ratio_add((Ratio){1, INT64_MAX}, (Ratio){1, INT64_MAX - 1}, &r));
    assert_true(
        ratio_cmp((Ratio){INT64_MAX, INT64_MAX - 1}, (Ratio){INT64_MAX - 1, INT64_MAX - 2}) < 0);
    assert_int_equal(ratio_cmp((Ratio){1, 2}, (Ratio){1, 2}), 0);
    assert_true(ratio_double((Ratio){17, 5}) == 3.4);
}

static void figures(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Figures f = {0};
    const Ratio reviews[] = {{17, 5}, {3, 1}, {5, 1}, {1, 3}};
    assert_true(figures_of(arena, reviews, 4, &f));
    assert_int_equal(ratio_cmp(f.mean, (Ratio){176, 60}), 0);
    assert_int_equal(ratio_cmp(f.median, (Ratio){16, 5}), 0);
    assert_int_equal(ratio_cmp(f.min, (Ratio){1, 3}), 0);
    assert_int_equal(ratio_cmp(f.max, (Ratio){5, 1}), 0);
    assert_int_equal(ratio_cmp(f.spread, (Ratio){14, 3}), 0);
    assert_true(figures_of(arena, reviews, 3, &f));
    assert_int_equal(ratio_cmp(f.median, (Ratio){17, 5}), 0);
    assert_true(figures_of(arena, reviews, 1, &f));
    assert_int_equal(f.spread.num, 0);
    assert_int_equal(ratio_cmp(f.mean, (Ratio){17, 5}), 0);
    assert_false(figures_of(arena, reviews, 0, &f));
    arena_free(arena);
}

static void ranking(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    // Mean first, then the impact criterion.
    const Ranked things[] = {
        {{{3, 1}, {1, 1}}}, {{{17, 5}, {2, 1}}}, {{{3, 1}, {2, 1}}},
        {{{3, 1}, {1, 1}}}, {{{1, 1}, {5, 1}}},
    };
    static const Rank expected[] = {
        {1, 1, 0}, {2, 2, 0}, {0, 3, 1}, {3, 3, RANK_KEYS}, {4, 5, 0},
    };
    Rank *ranks = rank_order(arena, things, 5, 2);
    int wrong = 0;
    for (size_t i = 0; i < 5; i++)
        ROW_CHECK(wrong,
                  ranks[i].index == expected[i].index && ranks[i].rank == expected[i].rank &&
                      ranks[i].decided == expected[i].decided,
                  "ranked", "%zu: came %zu, rank %zu, decided by %zu", i, ranks[i].index,
                  ranks[i].rank, ranks[i].decided);
    ROWS_END(wrong);
    ranks = rank_order(arena, things, 5, 1);
    assert_true(ranks[3].rank == 2 && ranks[3].decided == RANK_KEYS); // one key: three are equal
    assert_int_equal(ranks[4].rank, 5);
    assert_non_null(rank_order(arena, NULL, 0, 1));
    arena_free(arena);
}

static const int32_t risk_ranks[] = {
    1, 3,  6,  10, //
    2, 5,  9,  13, //
    4, 8,  12, 15, //
    7, 11, 14, 16,
};
static const RiskLevel risk_levels[] = {
    {6, {"green", 5}, {{"faible", 6}, {"low", 3}}},
    {12, {"orange", 6}, {{"moyen", 5}, {"medium", 6}}},
    {16, {"red", 3}, {{"fort", 4}, {"high", 4}}},
};

static const struct {
    const char *sentence;
    size_t probability, gravity;
    int32_t rank; // 0: outside
    const char *colour;
} risk_rows[] = {
    {"the least", 1, 1, 1, "green"},
    {"the last green", 1, 3, 6, "green"},
    {"the first orange", 4, 1, 7, "orange"},
    {"likely and light is not rare and grave", 1, 4, 10, "orange"},
    {"the first red", 2, 4, 13, "red"},
    {"the most", 4, 4, 16, "red"},
    {"a probability of nothing", 0, 1, 0, NULL},
    {"a gravity beyond the table", 1, 5, 0, NULL},
};

static void risks(void **state)
{
    (void)state;
    const RiskMatrix matrix = {4, 4, risk_ranks, risk_levels, ROWS(risk_levels)};
    int wrong = 0;
    for (size_t i = 0; i < ROWS(risk_rows); i++) {
        Risk risk = {0};
        bool ok = risk_of(&matrix, risk_rows[i].probability, risk_rows[i].gravity, &risk);
        ROW_CHECK(wrong,
                  ok == (risk_rows[i].colour != NULL) && risk.rank == risk_rows[i].rank &&
                      (!ok || str_is(risk.level->colour, risk_rows[i].colour)),
                  risk_rows[i].sentence, "came %d", risk.rank);
    }
    ROWS_END(wrong);
    const RiskMatrix short_of_levels = {4, 4, risk_ranks, risk_levels, 1};
    Risk risk;
    assert_false(risk_of(&short_of_levels, 4, 4, &risk));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means),   cmocka_unit_test(ratios), cmocka_unit_test(figures),
        cmocka_unit_test(ranking), cmocka_unit_test(risks),
    };
    return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
