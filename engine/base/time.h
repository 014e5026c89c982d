// SPDX-License-Identifier: Apache-2.0
// Instants and durations as values. Nothing here reads a clock: the caller brings the time.
#pragma once
#include "str.h"

typedef int64_t Time; // microseconds since 1970-01-01T00:00:00Z
#define TIME_NONE INT64_MIN
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

// ISO 8601 duration: calendar months and exact microseconds apart, since a month has no fixed length.
typedef struct Duration {
    int32_t months; // years count 12
    int64_t us;     // weeks, days (24 h), hours, minutes, seconds
} Duration;

// RFC 3339 date-time with offset ("2023-06-01T12:00:00+02:00", years 0001–9999), or a date alone, which is midnight UTC.
// Digits beyond the microsecond are dropped; a leap second (23:59:60 UTC) is the next day's first.
bool time_parse(Str s, Time *ret);

// "2023-06-01T10:00:00Z", with the fraction only when there is one.
Str time_format(Arena *arena, Time t);

// ISO 8601 "P1Y2M3W4DT5H6M7.5S", each part optional, at least one, an optional leading minus; whole numbers but for the seconds.
bool duration_parse(Str s, Duration *ret);

// `t` moved by `d`: months first (a day that the month lacks becomes its last), then the exact part, in UTC. Stops at the
// first and last instant of the years 0001–9999; TIME_NONE stays TIME_NONE.
Time time_add(Time t, Duration d);
