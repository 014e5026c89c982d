// SPDX-License-Identifier: Apache-2.0
// RFC 3339 instants, ISO 8601 durations, and the proleptic Gregorian calendar in between. UTC only.
#include "time.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, YEAR_MAX = 9999 };

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

// Days from 1970-01-01. Counted in eras of 400 years (146,097 days) that begin on 1 March of a year
// 0 mod 400, so that the leap day is the last of its year.
static int64_t days_from_date(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

typedef struct Date {
    int64_t year;
    int month, day;
} Date;

static Date date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int from_march = (int)((5 * day_of_year + 2) / 153);
    int month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (Date){.year = year_of_era + era * 400 + (month <= 2),
                  .month = month,
                  .day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1)};
}

static Time time_min(void)
{
    return days_from_date(1, 1, 1) * DAY;
}

static Time time_max(void)
{
    return days_from_date(YEAR_MAX + 1, 1, 1) * DAY - 1;
}

// Exactly `n` digits at the front of `s`, taken off.
static bool digits(Str *s, size_t n, int *ret)
{
    *ret = 0;
    if (s->len < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->at[i] < '0' || s->at[i] > '9')
            return false;
        *ret = *ret * 10 + (s->at[i] - '0');
    }
    *s = str_slice(*s, n, s->len);
    return true;
}

static bool take(Str *s, char c)
{
    if (s->len == 0 || s->at[0] != c)
        return false;
    *s = str_slice(*s, 1, s->len);
    return true;
}

static bool take_any_case(Str *s, char upper)
{
    return take(s, upper) || take(s, (char)(upper | 0x20));
}

// ".5" in microseconds; digits beyond the sixth are dropped when `exact` is false, refused
// otherwise.
static bool fraction(Str *s, bool exact, int64_t *us)
{
    *us = 0;
    if (!take(s, '.'))
        return true;
    size_t n = 0;
    int64_t unit = SECOND / 10;
    for (; n < s->len && s->at[n] >= '0' && s->at[n] <= '9'; n++, unit /= 10)
        *us += (s->at[n] - '0') * unit;
    *s = str_slice(*s, n, s->len);
    return n > 0 && (n <= 6 || !exact);
}

static bool date_part(Str *s, int64_t *days)
{
    int year, month, day;
    if (!digits(s, 4, &year) || !take(s, '-') || !digits(s, 2, &month) || !take(s, '-') ||
        !digits(s, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    *days = days_from_date(year, month, day);
    return true;
}

static bool offset_part(Str *s, int64_t *seconds)
{
    *seconds = 0;
    if (take_any_case(s, 'Z'))
        return true;
    int64_t sign = take(s, '-') ? -1 : 1;
    int hours, minutes;
    if ((sign > 0 && !take(s, '+')) || !digits(s, 2, &hours) || !take(s, ':') ||
        !digits(s, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = sign * (hours * HOUR_S + minutes * MINUTE_S);
    return true;
}

bool time_parse(Str s, Time *ret)
{
    int64_t days, us, offset;
    int hour, minute, second;
    if (!date_part(&s, &days))
        return false;
    if (s.len == 0) {
        *ret = days * DAY;
        return true;
    }
    if (!take_any_case(&s, 'T') || !digits(&s, 2, &hour) || !take(&s, ':') ||
        !digits(&s, 2, &minute) || !take(&s, ':') || !digits(&s, 2, &second) ||
        !fraction(&s, false, &us) || !offset_part(&s, &offset) || s.len)
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t seconds = days * DAY_S + hour * HOUR_S + minute * MINUTE_S + second - offset;
    // RFC 3339, 5.7: a leap second ends a day of UTC. Counted without it, it is the next day's
    // first second.
    if (second == 60 && (seconds % DAY_S != 0))
        return false;
    if (seconds < time_min() / SECOND || seconds > time_max() / SECOND)
        return false;
    *ret = seconds * SECOND + us;
    return true;
}

Str time_format(Arena *arena, Time t)
{
    int64_t days = t / DAY - (t % DAY < 0), us = t - days * DAY;
    int64_t seconds = us / SECOND, rest = us % SECOND;
    Date date = date_from_days(days);
    Str s = str_format(arena, "%04lld-%02d-%02dT%02d:%02d:%02d.%06d", (long long)date.year,
                       date.month, date.day, (int)(seconds / HOUR_S),
                       (int)(seconds / MINUTE_S % 60), (int)(seconds % 60), (int)rest);
    while (s.at[s.len - 1] == '0')
        s.len--;
    if (s.at[s.len - 1] == '.')
        s.len--;
    return str_format(arena, STR_FMT "Z", STR_ARG(s));
}

typedef struct Unit {
    char letter;
    bool of_time;   // stands after the T
    int32_t months; // or
    int64_t us;
} Unit;

static const Unit units[] = {
    {'Y', false, 12, 0},
    {'M', false, 1, 0},
    {'W', false, 0, 7 * DAY},
    {'D', false, 0, DAY},
    {'H', true, 0, HOUR_S *SECOND},
    {'M', true, 0, MINUTE_S *SECOND},
    {'S', true, 0, SECOND},
};
enum { UNITS = sizeof units / sizeof *units };

// One or more digits as a number that fits.
static bool number(Str *s, int64_t *ret)
{
    size_t n = 0;
    *ret = 0;
    for (; n < s->len && s->at[n] >= '0' && s->at[n] <= '9'; n++)
        if (__builtin_mul_overflow(*ret, 10, ret) ||
            __builtin_add_overflow(*ret, s->at[n] - '0', ret))
            return false;
    *s = str_slice(*s, n, s->len);
    return n > 0;
}

// Adds one "5H" to `d`; `next` is the first unit that may still come.
static bool duration_part(Str *s, bool of_time, size_t *next, Duration *d)
{
    int64_t n, us = 0, add;
    int32_t months;
    if (!number(s, &n))
        return false;
    bool has_fraction = s->len && s->at[0] == '.';
    if (!fraction(s, true, &us))
        return false;
    for (size_t i = *next; i < UNITS; i++) {
        const Unit *unit = &units[i];
        if (unit->of_time != of_time || !take(s, unit->letter))
            continue;
        *next = i + 1;
        if (has_fraction && unit->letter != 'S')
            return false;
        return !__builtin_mul_overflow(n, unit->months, &months) &&
               !__builtin_add_overflow(d->months, months, &d->months) &&
               !__builtin_mul_overflow(n, unit->us, &add) &&
               !__builtin_add_overflow(add, us, &add) &&
               !__builtin_add_overflow(d->us, add, &d->us);
    }
    return false;
}

bool duration_parse(Str s, Duration *ret)
{
    Duration d = {0};
    bool minus = take(&s, '-'), of_time = false;
    size_t next = 0;
    if (!take(&s, 'P') || s.len == 0)
        return false;
    while (s.len) {
        if (!of_time && take(&s, 'T'))
            of_time = true;
        if (!duration_part(&s, of_time, &next, &d))
            return false;
    }
    *ret = minus ? (Duration){-d.months, -d.us} : d;
    return true;
}

static Time clamp(Time t)
{
    return t < time_min() ? time_min() : t > time_max() ? time_max() : t;
}

Time time_add(Time t, Duration d)
{
    if (t == TIME_NONE)
        return TIME_NONE;
    int64_t days = t / DAY - (t % DAY < 0), us = t - days * DAY;
    if (d.months) {
        Date date = date_from_days(days);
        int64_t months = date.year * 12 + (date.month - 1) + d.months;
        int64_t year = months / 12 - (months % 12 < 0);
        int month = (int)(months - year * 12) + 1;
        if (year < 1 || year > YEAR_MAX)
            return clamp(year < 1 ? time_min() : time_max());
        int last = month_days(year, month);
        days = days_from_date(year, month, date.day < last ? date.day : last);
    }
    Time sum;
    if (__builtin_add_overflow(days * DAY + us, d.us, &sum))
        return d.us < 0 ? time_min() : time_max();
    return clamp(sum);
}
