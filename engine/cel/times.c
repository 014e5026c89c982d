// SPDX-License-Identifier: Apache-2.0
// Instants and durations: parsing, arithmetic, getters. Nanoseconds are kept (cel-spec counts in
// them) beside base's microseconds. Where a zone's hours come from: zones.c.
#include "inside.h"

enum { NS = 1000 };
// What whole nanoseconds in 64 bits can hold, in microseconds and the nanoseconds beside.
static const int64_t duration_us = INT64_MAX / NS;
enum { DURATION_NS_MAX = INT64_MAX % NS };

static const Message out_of_range = {
    .text = {"cette date ou durée est hors des bornes", "this date or duration is out of range"}};
static const Message no_timestamp = {
    .text = {"ce texte n'est pas une date : écrivez 2026-06-01T12:00:00Z ou 2026-06-01",
             "this text is no date: write 2026-06-01T12:00:00Z or 2026-06-01"}};
static const Message no_duration = {
    .text = {"ce texte n'est pas une durée : écrivez 36h, 90m ou P30D",
             "this text is no duration: write 36h, 90m or P30D"}};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool cel_in_range(const CelValue *v)
{
    int64_t us = v->time;
    if (v->kind == CEL_TIMESTAMP)
        return us >= -62135596800 * SECOND && us < 253402300800 * SECOND; // years 1 to 9999
    return us >= -duration_us &&
           (us < duration_us || (us == duration_us && v->extra <= DURATION_NS_MAX));
}

// An instant or a duration of `us` microseconds and `ns` nanoseconds, of any sign, small against 64
// bits.
static CelValue time_of(CelKind kind, int64_t us, int64_t ns)
{
    int64_t carry = floor_div(ns, NS);
    CelValue value = {.kind = kind, .extra = (uint32_t)(ns - carry * NS), .time = us + carry};
    return cel_in_range(&value) ? value : cel_error(&out_of_range);
}

// Digits seven to nine of the fraction of a second.
static uint32_t below_us(Str s)
{
    uint32_t ns = 0, unit = 100;
    size_t at = str_index(s, '.') + 7;
    for (; at < s.len && unit && s.at[at] >= '0' && s.at[at] <= '9'; at++, unit /= 10)
        ns += (uint32_t)(s.at[at] - '0') * unit;
    return ns;
}

CelValue cel_timestamp_of(Str s)
{
    Time time;
    if (!time_parse(s, &time))
        return cel_error(&no_timestamp);
    return (CelValue){.kind = CEL_TIMESTAMP, .extra = below_us(s), .time = time};
}

static bool unit_of(Str *s, int64_t *ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ns", 1},
                 {"us", 1000},
                 {"µs", 1000},
                 {"ms", 1000000},
                 {"h", INT64_C(3600000000000)},
                 {"m", INT64_C(60000000000)},
                 {"s", 1000000000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_starts(*s, str_of(units[i].name))) {
            *ns = units[i].ns;
            *s = str_slice(*s, strlen(units[i].name), s->len);
            return true;
        }
    return false;
}

// Digits with a fraction, taken off `s`: `whole` and `part` of `scale`, nine places of it at most.
static bool number_of(Str *s, int64_t *whole, int64_t *part, int64_t *scale)
{
    size_t n = 0, digits = 0;
    *whole = *part = 0;
    *scale = 1;
    for (; n < s->len && s->at[n] >= '0' && s->at[n] <= '9'; n++, digits++)
        *whole = *whole < INT64_MAX / 100 ? *whole * 10 + (s->at[n] - '0') : INT64_MAX;
    for (n += n < s->len && s->at[n] == '.'; n < s->len && s->at[n] >= '0' && s->at[n] <= '9';
         n++, digits++)
        if (*scale < 1000000000) {
            *part = *part * 10 + (s->at[n] - '0');
            *scale *= 10;
        }
    *s = str_slice(*s, n, s->len);
    return digits > 0;
}

// "1h45m47.5s". A total beyond 64 bits is INT64_MAX, which no duration holds.
static bool go_duration(Str s, int64_t *ret)
{
    bool negative = s.len && s.at[0] == '-';
    int64_t total = 0, whole, part, scale, unit, ns;
    if (s.len && (s.at[0] == '-' || s.at[0] == '+'))
        s = str_slice(s, 1, s.len);
    *ret = 0;
    if (str_is(s, "0"))
        return true;
    if (s.len == 0)
        return false;
    while (s.len) {
        if (!number_of(&s, &whole, &part, &scale) || !unit_of(&s, &unit))
            return false;
        part = unit % scale == 0 ? part * (unit / scale) : part * unit / scale;
        if (__builtin_mul_overflow(whole, unit, &ns) || __builtin_add_overflow(ns, part, &ns) ||
            __builtin_add_overflow(total, ns, &total))
            total = INT64_MAX;
    }
    *ret = negative ? -total : total;
    return true;
}

CelValue cel_duration_of(Str s)
{
    Duration iso;
    int64_t ns;
    if (duration_parse(s, &iso) && iso.months == 0)
        return time_of(CEL_DURATION, iso.us, 0);
    if (!go_duration(s, &ns))
        return cel_error(&no_duration);
    return ns == INT64_MAX || ns == -INT64_MAX ? cel_error(&out_of_range)
                                               : time_of(CEL_DURATION, 0, ns);
}

CelValue cel_time_arithmetic(Run *run, Op op, const CelValue *a, const CelValue *b)
{
    bool left = a->kind == CEL_TIMESTAMP, right = b->kind == CEL_TIMESTAMP;
    if (!cel_in_range(a) || !cel_in_range(b))
        return cel_error(&out_of_range); // what a host hands in may be anything
    int64_t sign = op == OP_SUB ? -1 : 1;
    int64_t us = a->time + sign * b->time, ns = (int64_t)a->extra + sign * (int64_t)b->extra;
    if (op == OP_ADD && !(left && right))
        return time_of(left || right ? CEL_TIMESTAMP : CEL_DURATION, us, ns);
    if (op == OP_SUB && (left || !right))
        return time_of(left && !right ? CEL_TIMESTAMP : CEL_DURATION, us, ns);
    return cel_no_overload(run,
                           op == OP_SUB   ? "-"
                           : op == OP_ADD ? "+"
                                          : "* / %",
                           (CelValue[]){*a, *b}, 2);
}

static CelValue call_timestamp(Run *run, const CelValue *args)
{
    int64_t us;
    if (args[0].kind == CEL_INT)
        return __builtin_mul_overflow(args[0].integer, SECOND, &us) ? cel_error(&out_of_range)
                                                                    : time_of(CEL_TIMESTAMP, us, 0);
    return run_spend(run, args[0].text.len) ? cel_timestamp_of(args[0].text) : run_exhausted(run);
}

static CelValue call_duration(Run *run, const CelValue *args)
{
    return run_spend(run, args[0].text.len) ? cel_duration_of(args[0].text) : run_exhausted(run);
}

static CelValue call_same(Run *run, const CelValue *args)
{
    (void)run;
    return args[0];
}

// The parts of an instant in a zone.
typedef struct Parts {
    int64_t day;                        // since 1970-01-01
    int year, month, date, day_of_year; // month and day_of_year from 0, date from 1
    int64_t us;                         // of the day
} Parts;

static Parts parts_of(Time local)
{
    int64_t day = floor_div(local, DAY), z = day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t from_march = doe - (365 * yoe + yoe / 4 - yoe / 100), m = (5 * from_march + 2) / 153;
    int year = (int)(yoe + era * 400 + (m >= 10)), month = (int)(m < 10 ? m + 2 : m - 10);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return (Parts){.day = day,
                   .year = year,
                   .month = month,
                   .date = (int)(from_march - (153 * m + 2) / 5 + 1),
                   .day_of_year =
                       (int)(from_march >= 306 ? from_march - 306 : from_march + 59 + leap),
                   .us = local - day * DAY};
}

typedef enum Part {
    YEAR,
    MONTH,
    DATE,
    DAY_OF_MONTH,
    WEEKDAY,
    DAY_OF_YEAR,
    HOURS,
    MINUTES,
    SECONDS,
    MS
} Part;

static CelValue part_of_time(Run *run, const CelValue *args, size_t n, Part part)
{
    int64_t offset = 0;
    if (!cel_in_range(args))
        return cel_error(&out_of_range);
    if (n == 2 && !cel_zone_offset(args[1].text, args[0].time, &offset))
        return run_error(run,
                         T("le fuseau {0} n'est pas connu : écrivez Europe/Paris, UTC ou +02:00",
                           "the time zone {0} is not known: write Europe/Paris, UTC or +02:00"),
                         args[1].text.len <= 80 ? args[1].text : STR("…"), STR_NONE);
    Parts p = parts_of(args[0].time + offset * SECOND);
    const int64_t values[] = {[YEAR] = p.year,
                              [MONTH] = p.month,
                              [DATE] = p.date,
                              [DAY_OF_MONTH] = p.date - 1,
                              [WEEKDAY] = ((p.day + 4) % 7 + 7) % 7,
                              [DAY_OF_YEAR] = p.day_of_year,
                              [HOURS] = p.us / (3600 * SECOND),
                              [MINUTES] = p.us / (60 * SECOND) % 60,
                              [SECONDS] = p.us / SECOND % 60,
                              [MS] = p.us / 1000 % 1000};
    return cel_integer(values[part]);
}

static CelValue part_of_duration(const CelValue *duration, Part part)
{
    if (!cel_in_range(duration))
        return cel_error(&out_of_range);
    int64_t ns = duration->duration * NS + duration->extra;
    return cel_integer(part == HOURS     ? ns / INT64_C(3600000000000)
                       : part == MINUTES ? ns / INT64_C(60000000000)
                       : part == SECONDS ? ns / 1000000000
                                         : ns / 1000000 % 1000);
}

#define GETTER(name, part)                                                                         \
    static CelValue name(Run *run, const CelValue *args)                                           \
    {                                                                                              \
        return part_of_time(run, args, 1, part);                                                   \
    }                                                                                              \
    static CelValue name##_in(Run *run, const CelValue *args)                                      \
    {                                                                                              \
        return part_of_time(run, args, 2, part);                                                   \
    }
#define DURATION_GETTER(name, part)                                                                \
    static CelValue name(Run *run, const CelValue *args)                                           \
    {                                                                                              \
        (void)run;                                                                                 \
        return part_of_duration(args, part);                                                       \
    }
GETTER(get_year, YEAR)
GETTER(get_month, MONTH)
GETTER(get_date, DATE)
GETTER(get_day_of_month, DAY_OF_MONTH)
GETTER(get_weekday, WEEKDAY)
GETTER(get_day_of_year, DAY_OF_YEAR)
GETTER(get_hours, HOURS)
GETTER(get_minutes, MINUTES)
GETTER(get_seconds, SECONDS)
GETTER(get_ms, MS)
DURATION_GETTER(whole_hours, HOURS)
DURATION_GETTER(whole_minutes, MINUTES)
DURATION_GETTER(whole_seconds, SECONDS)
DURATION_GETTER(whole_ms, MS)

#define TIME_ROWS(name, call)                                                                      \
    {name, true, 1, {CEL_TIMESTAMP}, &cel_int, call},                                              \
    {                                                                                              \
        name, true, 2, {CEL_TIMESTAMP, CEL_STRING}, &cel_int, call##_in                            \
    }
#define DURATION_ROW(name, call)                                                                   \
    {                                                                                              \
        name, true, 1, {CEL_DURATION}, &cel_int, call                                              \
    }

const Row cel_rows_time[] = {
    {"timestamp", false, 1, {CEL_STRING}, &cel_timestamp, call_timestamp},
    {"timestamp", false, 1, {CEL_INT}, &cel_timestamp, call_timestamp},
    {"timestamp", false, 1, {CEL_TIMESTAMP}, &cel_timestamp, call_same},
    {"duration", false, 1, {CEL_STRING}, &cel_duration, call_duration},
    {"duration", false, 1, {CEL_DURATION}, &cel_duration, call_same},
    TIME_ROWS("getFullYear", get_year),
    TIME_ROWS("getMonth", get_month),
    TIME_ROWS("getDate", get_date),
    TIME_ROWS("getDayOfMonth", get_day_of_month),
    TIME_ROWS("getDayOfWeek", get_weekday),
    TIME_ROWS("getDayOfYear", get_day_of_year),
    TIME_ROWS("getHours", get_hours),
    DURATION_ROW("getHours", whole_hours),
    TIME_ROWS("getMinutes", get_minutes),
    DURATION_ROW("getMinutes", whole_minutes),
    TIME_ROWS("getSeconds", get_seconds),
    DURATION_ROW("getSeconds", whole_seconds),
    TIME_ROWS("getMilliseconds", get_ms),
    DURATION_ROW("getMilliseconds", whole_ms),
    {0},
};
