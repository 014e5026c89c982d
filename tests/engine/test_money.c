// SPDX-License-Identifier: Apache-2.0
#include "engine/money.h"
#include "../base/table.h"

#define NNBSP "\xE2\x80\xAF"
#define NBSP  "\xC2\xA0"

static const struct {
    const char *sentence, *text;
    Lang lang;
    bool ok;
    Cents cents;
} parse_rows[] = {
    {"as the ministry writes it", "1" NNBSP "234,56" NBSP "€", FR, true, 123456},
    {"with plain spaces", "1 234,56 €", FR, true, 123456},
    {"without groups", "1234,56", FR, true, 123456},
    {"whole euros", "1234", FR, true, 123400},
    {"one decimal is tens of cents", "0,5", FR, true, 50},
    {"a point is a decimal mark too", "1234.56", FR, true, 123456},
    {"millions", "12 345 678,90", FR, true, 1234567890},
    {"minus leads", "-12,30 €", FR, true, -1230},
    {"a typographic minus",
     "\xE2\x88\x92"
     "1",
     FR, true, -100},
    {"the sign before", "€ 5", FR, true, 500},
    {"as the English write it", "€1,234.56", EN, true, 123456},
    {"English with a trailing sign", "1,234.56 €", EN, true, 123456},
    {"English millions", "1,234,567", EN, true, 123456700},
    {"the largest", "92233720368547758,07", FR, true, INT64_MAX},
    {"beyond the largest", "92233720368547758,08", FR, false, 0},
    {"three decimals in French may be thousands", "1.234", FR, false, 0},
    {"and with a comma", "1,234", FR, false, 0},
    {"two digits are no group", "1,50", EN, false, 0},
    {"a group of two", "1 23", FR, false, 0},
    {"a group of four", "1 2345", FR, false, 0},
    {"a first group of four", "1234 567", FR, false, 0},
    {"half a group behind a whole one", "1 234 5", FR, false, 0},
    {"a mark without decimals", "12,", FR, false, 0},
    {"decimals without units", ",50", FR, false, 0},
    {"two signs", "€ 5 €", FR, false, 0},
    {"another currency", "5 $", FR, false, 0},
    {"thousands of euros in short", "5 k€", FR, false, 0},
    {"words", "cinq", FR, false, 0},
    {"nothing", "", FR, false, 0},
    {"a sign alone", "€", FR, false, 0},
    {"minus behind", "5-", FR, false, 0},
    {"an exponent", "1e3", FR, false, 0},
};

static void parsed(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(parse_rows); i++) {
        Cents cents = 0;
        bool ok = money_parse(str_of(parse_rows[i].text), parse_rows[i].lang, &cents);
        ROW_CHECK(wrong, ok == parse_rows[i].ok && cents == parse_rows[i].cents,
                  parse_rows[i].sentence, "came %d %lld", ok, (long long)cents);
    }
    ROWS_END(wrong);
}

static const struct {
    Cents cents;
    const char *fr, *en;
} format_rows[] = {
    {0, "0,00" NBSP "€", "€0.00"},
    {5, "0,05" NBSP "€", "€0.05"},
    {99999, "999,99" NBSP "€", "€999.99"},
    {123456, "1" NNBSP "234,56" NBSP "€", "€1,234.56"},
    {-100000000, "-1" NNBSP "000" NNBSP "000,00" NBSP "€", "-€1,000,000.00"},
    {INT64_MIN, "-92" NNBSP "233" NNBSP "720" NNBSP "368" NNBSP "547" NNBSP "758,08" NBSP "€",
     "-€92,233,720,368,547,758.08"},
};

static void formatted(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(format_rows); i++) {
        Cents cents = format_rows[i].cents, again = 0;
        Str fr = money_format(arena, FR, cents), en = money_format(arena, EN, cents);
        ROW_CHECK(wrong, str_is(fr, format_rows[i].fr), format_rows[i].fr, "came " STR_FMT,
                  STR_ARG(fr));
        ROW_CHECK(wrong, str_is(en, format_rows[i].en), format_rows[i].en, "came " STR_FMT,
                  STR_ARG(en));
        ROW_CHECK(wrong, money_parse(fr, FR, &again) && again == cents, format_rows[i].fr, "%s",
                  "does not read back");
    }
    ROWS_END(wrong);
    arena_free(arena);
}

static const struct {
    const char *sentence;
    Cents amount;
    int64_t num, den;
    Rounding rounding;
    bool ok;
    Cents result;
} ratio_rows[] = {
    {"a third down", 100, 1, 3, ROUND_DOWN, true, 33},
    {"a third up", 100, 1, 3, ROUND_UP, true, 34},
    {"two thirds to the nearest", 100, 2, 3, ROUND_HALF_UP, true, 67},
    {"half a cent goes up", 5, 1, 2, ROUND_HALF_UP, true, 3},
    {"half a cent to the even", 5, 1, 2, ROUND_HALF_EVEN, true, 2},
    {"half a cent to the even, the other way", 7, 1, 2, ROUND_HALF_EVEN, true, 4},
    {"below zero down is toward zero", -100, 1, 3, ROUND_DOWN, true, -33},
    {"below zero up is away from zero", -100, 1, 3, ROUND_UP, true, -34},
    {"below zero half is away from zero", -5, 1, 2, ROUND_HALF_UP, true, -3},
    {"a whole is not rounded up", 100, 1, 4, ROUND_UP, true, 25},
    {"a negative divisor", 100, 1, -3, ROUND_DOWN, true, -33},
    {"the product may exceed 64 bits", INT64_MAX, INT64_MAX, INT64_MAX, ROUND_DOWN, true,
     INT64_MAX},
    {"the least by itself", INT64_MIN, INT64_MIN, INT64_MIN, ROUND_DOWN, true, INT64_MIN},
    {"the result may not", INT64_MAX, 2, 1, ROUND_DOWN, false, 0},
    {"nor by one", INT64_MIN, -1, 1, ROUND_DOWN, false, 0},
    {"nothing is divided by zero", 1, 1, 0, ROUND_DOWN, false, 0},
};

static void multiplied(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(ratio_rows); i++) {
        Cents result = 0;
        bool ok = money_mul_div(ratio_rows[i].amount, ratio_rows[i].num, ratio_rows[i].den,
                                ratio_rows[i].rounding, &result);
        ROW_CHECK(wrong, ok == ratio_rows[i].ok && result == ratio_rows[i].result,
                  ratio_rows[i].sentence, "came %d %lld", ok, (long long)result);
    }
    ROWS_END(wrong);
}

static void summed(void **state)
{
    (void)state;
    Cents ret = 7;
    assert_true(money_add(1, 2, &ret) && ret == 3);
    assert_false(money_add(INT64_MAX, 1, &ret));
    assert_false(money_sub(INT64_MIN, 1, &ret));
    assert_int_equal(ret, 3);
    const Cents there_and_back[] = {INT64_MAX, 5, -INT64_MAX};
    assert_true(money_sum(there_and_back, 3, &ret) && ret == 5);
    assert_false(money_sum(there_and_back, 2, &ret));
    assert_true(money_sum(NULL, 0, &ret) && ret == 0);
    assert_true(money_share(1000000, 3050, ROUND_DOWN, &ret) && ret == 305000);
    BasisPoints rate = 0;
    assert_true(money_rate(1, 3, &rate) && rate == 3333);
    assert_true(money_rate(2, 3, &rate) && rate == 6667);
    assert_false(money_rate(1, 0, &rate));
    assert_false(money_rate(INT64_MAX, 1, &rate));
}

static const struct {
    const char *sentence;
    Cents amount;
    int64_t weights[4];
    bool ok;
    Cents parts[4];
} split_rows[] = {
    {"thirds: the cent goes to the first", 100, {1, 1, 1, 0}, true, {34, 33, 33, 0}},
    {"shares in basis points", 100000, {3333, 3333, 3334, 0}, true, {33330, 33330, 33340, 0}},
    {"the largest remainder wins", 10, {15, 15, 70, 0}, true, {2, 1, 7, 0}},
    {"the larger remainder before the earlier one", 101, {10, 45, 45, 0}, true, {10, 46, 45, 0}},
    {"a weight of nothing gets nothing", 7, {0, 1, 0, 1}, true, {0, 4, 0, 3}},
    {"nothing splits into nothing", 0, {1, 2, 3, 4}, true, {0, 0, 0, 0}},
    {"a recovery splits as its opposite", -100, {1, 1, 1, 0}, true, {-34, -33, -33, 0}},
    {"one cent among four", 1, {1, 1, 1, 1}, true, {1, 0, 0, 0}},
    {"the least amount", INT64_MIN, {1, 0, 0, 0}, true, {INT64_MIN, 0, 0, 0}},
    {"large weights", 3, {INT64_MAX / 2, INT64_MAX / 2, 0, 0}, true, {2, 1, 0, 0}},
    {"no weight at all", 10, {0, 0, 0, 0}, false, {0}},
    {"a negative weight", 10, {1, -1, 1, 1}, false, {0}},
    {"weights that do not add up in 64 bits", 10, {INT64_MAX, 1, 0, 0}, false, {0}},
};

static void split(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(split_rows); i++) {
        Cents parts[4] = {0};
        bool ok = money_split(arena, split_rows[i].amount, split_rows[i].weights, 4, parts);
        ROW_CHECK(wrong,
                  ok == split_rows[i].ok &&
                      (!ok || memcmp(parts, split_rows[i].parts, sizeof parts) == 0),
                  split_rows[i].sentence, "came %d: %lld %lld %lld %lld", ok, (long long)parts[0],
                  (long long)parts[1], (long long)parts[2], (long long)parts[3]);
    }
    ROWS_END(wrong);
    arena_free(arena);
}

// Whatever the weights: the sum is kept, and no part is a whole cent away from its exact share.
static void split_always_sums(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    uint64_t seed = 20230601;
    for (int round = 0; round < 2000; round++) {
        int64_t weights[9], total = 0;
        Cents parts[9], sum = 0;
        size_t n = 1 + round % 9;
        for (size_t i = 0; i < n; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            weights[i] = (int64_t)(seed >> 45);
            total += weights[i];
        }
        Cents amount = (Cents)(seed >> 20) % 100000000;
        if (total == 0)
            continue;
        assert_true(money_split(arena, amount, weights, n, parts));
        for (size_t i = 0; i < n; i++) {
            __int128 off = (__int128)parts[i] * total - (__int128)amount * weights[i];
            assert_true(off < total && off > -total);
            sum += parts[i];
        }
        assert_int_equal(sum, amount);
    }
    arena_free(arena);
}

static void aid(void **state)
{
    (void)state;
    AidCheck check = {0};
    const Cents aids[] = {5000000, 2999999};
    assert_true(aid_check(10000000, aids, 2, 8000, &check));
    assert_true(check.within && check.cap == 8000000 && check.left == 1);
    assert_int_equal(check.rate, 8000); // rounded for the eye; the amounts decide
    const Cents over[] = {5000000, 3000001};
    assert_true(aid_check(10000000, over, 2, 8000, &check));
    assert_true(!check.within && check.left == -1);
    assert_int_equal(check.rate, 8000);
    // 80 % of 0.99 € is 0.792 €: the cap is 0.79 €.
    const Cents small[] = {79};
    assert_true(aid_check(99, small, 1, 8000, &check) && check.within && check.cap == 79);
    const Cents negative[] = {-1};
    assert_false(aid_check(100, negative, 1, 8000, &check));
    assert_false(aid_check(0, small, 1, 8000, &check));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsed), cmocka_unit_test(formatted), cmocka_unit_test(multiplied),
        cmocka_unit_test(summed), cmocka_unit_test(split),     cmocka_unit_test(split_always_sums),
        cmocka_unit_test(aid),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
