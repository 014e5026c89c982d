// SPDX-License-Identifier: Apache-2.0
// What time it is in a named zone, by today's rules and without a time-zone file: the engine reads
// no environment. The rows are France and its territories, the zones of Europe, and the usual
// others; a rule change is a row's change. Instants before a rule was law are read by the rule of
// today.
#include "inside.h"

// When clocks move forward and back.
typedef enum Rule {
    RULE_NONE,
    RULE_EU, // Directive 2000/84/EC: last Sundays of March and October, 01:00 UTC
    RULE_US, // Energy Policy Act of 2005: second Sunday of March, first of November, 02:00 local
    RULE_AU, // first Sundays of October and April, 02:00 standard time
    RULE_CL  // Chile: first Sundays from 2 September and from 2 April, 04:00 UTC
} Rule;

static const struct {
    const char *name;
    int minutes; // east of UTC in winter
    Rule rule;
} zones[] = {
    {"UTC", 0, RULE_NONE},
    {"GMT", 0, RULE_NONE},
    {"Etc/UTC", 0, RULE_NONE},
    {"Europe/Paris", 60, RULE_EU},
    {"America/Guadeloupe", -240, RULE_NONE},
    {"America/Martinique", -240, RULE_NONE},
    {"America/Cayenne", -180, RULE_NONE},
    {"America/Miquelon", -180, RULE_US},
    {"America/Marigot", -240, RULE_NONE},
    {"America/St_Barthelemy", -240, RULE_NONE},
    {"Indian/Reunion", 240, RULE_NONE},
    {"Indian/Mayotte", 180, RULE_NONE},
    {"Indian/Kerguelen", 300, RULE_NONE},
    {"Pacific/Noumea", 660, RULE_NONE},
    {"Pacific/Wallis", 720, RULE_NONE},
    {"Pacific/Tahiti", -600, RULE_NONE},
    {"Pacific/Marquesas", -570, RULE_NONE},
    {"Pacific/Gambier", -540, RULE_NONE},
    {"Europe/London", 0, RULE_EU},
    {"Europe/Dublin", 0, RULE_EU},
    {"Europe/Lisbon", 0, RULE_EU},
    {"Atlantic/Azores", -60, RULE_EU},
    {"Atlantic/Canary", 0, RULE_EU},
    {"Atlantic/Madeira", 0, RULE_EU},
    {"Europe/Brussels", 60, RULE_EU},
    {"Europe/Amsterdam", 60, RULE_EU},
    {"Europe/Luxembourg", 60, RULE_EU},
    {"Europe/Berlin", 60, RULE_EU},
    {"Europe/Zurich", 60, RULE_EU},
    {"Europe/Vienna", 60, RULE_EU},
    {"Europe/Rome", 60, RULE_EU},
    {"Europe/Madrid", 60, RULE_EU},
    {"Europe/Monaco", 60, RULE_EU},
    {"Europe/Andorra", 60, RULE_EU},
    {"Europe/Malta", 60, RULE_EU},
    {"Europe/Copenhagen", 60, RULE_EU},
    {"Europe/Oslo", 60, RULE_EU},
    {"Europe/Stockholm", 60, RULE_EU},
    {"Europe/Warsaw", 60, RULE_EU},
    {"Europe/Prague", 60, RULE_EU},
    {"Europe/Bratislava", 60, RULE_EU},
    {"Europe/Budapest", 60, RULE_EU},
    {"Europe/Ljubljana", 60, RULE_EU},
    {"Europe/Zagreb", 60, RULE_EU},
    {"Europe/Helsinki", 120, RULE_EU},
    {"Europe/Tallinn", 120, RULE_EU},
    {"Europe/Riga", 120, RULE_EU},
    {"Europe/Vilnius", 120, RULE_EU},
    {"Europe/Athens", 120, RULE_EU},
    {"Europe/Bucharest", 120, RULE_EU},
    {"Europe/Sofia", 120, RULE_EU},
    {"Europe/Kyiv", 120, RULE_EU},
    {"Asia/Nicosia", 120, RULE_EU},
    {"Atlantic/Reykjavik", 0, RULE_NONE},
    {"Africa/Algiers", 60, RULE_NONE},
    {"Africa/Tunis", 60, RULE_NONE},
    {"Africa/Dakar", 0, RULE_NONE},
    {"Africa/Abidjan", 0, RULE_NONE},
    {"America/St_Johns", -210, RULE_US},
    {"America/Halifax", -240, RULE_US},
    {"America/Toronto", -300, RULE_US},
    {"America/Montreal", -300, RULE_US},
    {"America/New_York", -300, RULE_US},
    {"US/Eastern", -300, RULE_US},
    {"America/Chicago", -360, RULE_US},
    {"US/Central", -360, RULE_US},
    {"America/Denver", -420, RULE_US},
    {"US/Mountain", -420, RULE_US},
    {"America/Los_Angeles", -480, RULE_US},
    {"US/Pacific", -480, RULE_US},
    {"America/Sao_Paulo", -180, RULE_NONE},
    {"America/Santiago", -240, RULE_CL},
    {"Asia/Kathmandu", 345, RULE_NONE},
    {"Asia/Kolkata", 330, RULE_NONE},
    {"Asia/Tokyo", 540, RULE_NONE},
    {"Australia/Sydney", 600, RULE_AU},
    {"Australia/Melbourne", 600, RULE_AU},
};

static int64_t days_to(int year, int month, int day) // from 1970-01-01; month from 1
{
    int64_t y = month > 2 ? year : year - 1, era = (y >= 0 ? y : y - 399) / 400,
            yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

// The first Sunday on or after a day; 1970-01-01 was a Thursday.
static int64_t sunday(int year, int month, int day)
{
    int64_t days = days_to(year, month, day), weekday = ((days + 4) % 7 + 7) % 7;
    return (days + (7 - weekday) % 7) * 86400;
}

static int year_of(int64_t seconds)
{
    int year = (int)(seconds / 31556952) + 1970;
    while (days_to(year + 1, 1, 1) * 86400 <= seconds)
        year++;
    while (days_to(year, 1, 1) * 86400 > seconds)
        year--;
    return year;
}

static bool is_summer(Rule rule, int64_t seconds, int64_t standard)
{
    int year = year_of(seconds);
    switch (rule) {
    case RULE_EU:
        return seconds >= sunday(year, 3, 25) + 3600 && seconds < sunday(year, 10, 25) + 3600;
    case RULE_US:
        return seconds >= sunday(year, 3, 8) + 7200 - standard &&
               seconds < sunday(year, 11, 1) + 3600 - standard;
    case RULE_AU:
        return seconds >= sunday(year, 10, 1) + 7200 - standard ||
               seconds < sunday(year, 4, 1) + 7200 - standard;
    case RULE_CL:
        return seconds >= sunday(year, 9, 2) + 14400 || seconds < sunday(year, 4, 2) + 10800;
    default:
        return false;
    }
}

// "+02:00", "-09:30", "02:00".
static bool fixed_offset(Str zone, int64_t *seconds)
{
    bool negative = zone.len && zone.at[0] == '-';
    if (zone.len && (negative || zone.at[0] == '+'))
        zone = str_slice(zone, 1, zone.len);
    if (zone.len != 5 || zone.at[2] != ':')
        return false;
    int digit[4], place = 0;
    for (size_t i = 0; i < 5; i++)
        if (i != 2) {
            digit[place] = zone.at[i] - '0';
            if (digit[place] < 0 || digit[place++] > 9)
                return false;
        }
    int hours = digit[0] * 10 + digit[1], minutes = digit[2] * 10 + digit[3];
    *seconds = (negative ? -1 : 1) * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

bool cel_zone_offset(Str zone, Time time, int64_t *seconds)
{
    if (fixed_offset(zone, seconds))
        return true;
    int64_t at = time / SECOND - (time % SECOND < 0);
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (str_is(zone, zones[i].name)) {
            int64_t standard = zones[i].minutes * 60;
            *seconds = standard + (is_summer(zones[i].rule, at, standard) ? 3600 : 0);
            return true;
        }
    return false;
}
