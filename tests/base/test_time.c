// SPDX-License-Identifier: Apache-2.0
#include "engine/base/time.h"
#include "table.h"

static const struct {
    const char *sentence, *text, *shown; // NULL: refused
} time_rows[] = {
    {"an offset is moved to UTC", "2023-06-01T12:00:00+02:00", "2023-06-01T10:00:00Z"},
    {"an offset west may change the day", "2023-12-31T23:30:00-01:00", "2024-01-01T00:30:00Z"},
    {"a date alone is midnight", "2023-06-01", "2023-06-01T00:00:00Z"},
    {"lower case is read", "2023-06-01t12:00:00z", "2023-06-01T12:00:00Z"},
    {"a fraction is kept", "2023-06-01T12:00:00.250Z", "2023-06-01T12:00:00.25Z"},
    {"below the microsecond is dropped", "2023-06-01T12:00:00.1234569Z",
     "2023-06-01T12:00:00.123456Z"},
    {"before the epoch too", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
    {"29 February of a leap year", "2024-02-29", "2024-02-29T00:00:00Z"},
    {"2000 is a leap year", "2000-02-29", "2000-02-29T00:00:00Z"},
    {"1900 is not", "1900-02-29", NULL},
    {"2023 is not", "2023-02-29", NULL},
    {"the first instant", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
    {"the last instant", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    {"the year 0 is refused", "0000-01-01T00:00:00Z", NULL},
    {"an offset may not lead out of the years", "0001-01-01T00:00:00+02:00", NULL},
    {"a leap second is the next day's first", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
    {"a leap second in another zone", "2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00Z"},
    {"a leap second in the day is refused", "2016-12-31T12:00:60Z", NULL},
    {"an offset is required", "2023-06-01T12:00:00", NULL},
    {"seconds are required", "2023-06-01T12:00Z", NULL},
    {"month 13", "2023-13-01", NULL},
    {"month 0", "2023-00-01", NULL},
    {"31 April", "2023-04-31", NULL},
    {"hour 24", "2023-06-01T24:00:00Z", NULL},
    {"minute 60", "2023-06-01T12:60:00Z", NULL},
    {"an offset of 24 hours", "2023-06-01T12:00:00+24:00", NULL},
    {"a point without digits", "2023-06-01T12:00:00.Z", NULL},
    {"a space instead of T", "2023-06-01 12:00:00Z", NULL},
    {"something behind", "2023-06-01T12:00:00Zz", NULL},
    {"a space before", " 2023-06-01", NULL},
    {"short forms", "2023-6-1", NULL},
    {"nothing", "", NULL},
};

static void times(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(time_rows); i++) {
        Time t = 0;
        bool ok = time_parse(str_of(time_rows[i].text), &t);
        Str shown = ok ? time_format(arena, t) : STR_NONE;
        ROW_CHECK(wrong, str_eq(shown, str_of(time_rows[i].shown)), time_rows[i].sentence,
                  "expected %s, came " STR_FMT, time_rows[i].shown, STR_ARG(shown));
    }
    ROWS_END(wrong);
    Time t;
    assert_true(time_parse(STR("2001-09-09T01:46:40Z"), &t));
    assert_int_equal(t, INT64_C(1000000000) * SECOND);
    arena_free(arena);
}

// Every day of the calendar written and read back: the two directions agree.
static void calendar(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Time first, last, again;
    assert_true(time_parse(STR("0001-01-01"), &first) && time_parse(STR("9999-12-31"), &last));
    for (Time t = first; t <= last; t += 37 * DAY) {
        assert_true(time_parse(time_format(arena, t), &again));
        assert_int_equal(again, t);
        if (arena_used(arena) > 100000)
            arena_reset(arena);
    }
    arena_free(arena);
}

static const struct {
    const char *sentence, *text;
    bool ok;
    int32_t months;
    int64_t us;
} duration_rows[] = {
    {"all parts", "P1Y2M3W4DT5H6M7.5S", true, 14,
     25 * DAY + (5 * 3600 + 6 * 60 + 7) * SECOND + 500000},
    {"one month is not one minute", "P1M", true, 1, 0},
    {"one minute", "PT1M", true, 0, 60 * SECOND},
    {"thirty days", "P30D", true, 0, 30 * DAY},
    {"two weeks", "P2W", true, 0, 14 * DAY},
    {"minus is leading", "-P1DT1S", true, 0, -(DAY + SECOND)},
    {"zero", "P0D", true, 0, 0},
    {"a fraction of seconds", "PT0.000001S", true, 0, 1},
    {"no part", "P", false, 0, 0},
    {"T without a part", "P1DT", false, 0, 0},
    {"T alone", "PT", false, 0, 0},
    {"a fraction of days", "P1.5D", false, 0, 0},
    {"a fraction finer than ours", "PT0.0000001S", false, 0, 0},
    {"wrong order", "P1D1M", false, 0, 0},
    {"twice the same", "P1D1D", false, 0, 0},
    {"hours before T", "P1H", false, 0, 0},
    {"days after T", "PT1D", false, 0, 0},
    {"no number", "PD", false, 0, 0},
    {"a number without unit", "P1", false, 0, 0},
    {"an inner sign", "P-1D", false, 0, 0},
    {"lower case", "p1d", false, 0, 0},
    {"a comma", "PT1,5S", false, 0, 0},
    {"too many months", "P999999999999Y", false, 0, 0},
    {"too many days", "P99999999999999D", false, 0, 0},
    {"two T", "PT1HT1M", false, 0, 0},
    {"nothing", "", false, 0, 0},
};

static void durations(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(duration_rows); i++) {
        Duration d = {0};
        bool ok = duration_parse(str_of(duration_rows[i].text), &d);
        ROW_CHECK(wrong,
                  ok == duration_rows[i].ok && d.months == duration_rows[i].months &&
                      d.us == duration_rows[i].us,
                  duration_rows[i].sentence, "came %d, %d months, %lld us", ok, d.months,
                  (long long)d.us);
    }
    ROWS_END(wrong);
}

static const struct {
    const char *sentence, *from, *moved, *to;
} add_rows[] = {
    {"a month later", "2023-01-15", "P1M", "2023-02-15T00:00:00Z"},
    {"the day that the month lacks becomes its last", "2023-01-31", "P1M", "2023-02-28T00:00:00Z"},
    {"in a leap year", "2024-01-31", "P1M", "2024-02-29T00:00:00Z"},
    {"a year after 29 February", "2024-02-29", "P1Y", "2025-02-28T00:00:00Z"},
    {"months come first", "2023-01-31", "P1M1D", "2023-03-01T00:00:00Z"},
    {"back over a year", "2023-01-15T08:00:00Z", "-P2M", "2022-11-15T08:00:00Z"},
    {"before the epoch", "1970-01-01", "-PT1S", "1969-12-31T23:59:59Z"},
    {"stops at the end", "9999-12-31", "P1Y", "9999-12-31T23:59:59.999999Z"},
    {"stops at the beginning", "0001-01-01", "-P1D", "0001-01-01T00:00:00Z"},
};

static void added(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(add_rows); i++) {
        Time t;
        Duration d;
        assert_true(time_parse(str_of(add_rows[i].from), &t));
        assert_true(duration_parse(str_of(add_rows[i].moved), &d));
        Str to = time_format(arena, time_add(t, d));
        ROW_CHECK(wrong, str_is(to, add_rows[i].to), add_rows[i].sentence,
                  "expected %s, came " STR_FMT, add_rows[i].to, STR_ARG(to));
    }
    ROWS_END(wrong);
    assert_int_equal(time_add(TIME_NONE, (Duration){1, 1}), TIME_NONE);
    assert_string_equal(time_format(arena, time_add(0, (Duration){0, INT64_MAX})).at,
                        "9999-12-31T23:59:59.999999Z");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(calendar),
        cmocka_unit_test(durations),
        cmocka_unit_test(added),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
