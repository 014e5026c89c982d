// SPDX-License-Identifier: Apache-2.0
// Formats that a form may assert (2020-12 validation, 7.3). Each reads a text and says yes or no.
#include "tree.h"
#include "../base/time.h"
#include <ctype.h>

static bool is_date_time(Arena *arena, Str s)
{
    (void)arena;
    Time t;
    return s.len > 10 && time_parse(s, &t);
}

static bool is_date(Arena *arena, Str s)
{
    (void)arena;
    Time t;
    return s.len == 10 && time_parse(s, &t);
}

// A time is what could stand behind the T of a leap-second day that lies far from the calendar's
// ends.
static bool is_time(Arena *arena, Str s)
{
    (void)arena;
    char text[64] = "2016-12-31T";
    Time t;
    if (s.len == 0 || s.len >= sizeof text - 11)
        return false;
    memcpy(text + 11, s.at, s.len);
    return time_parse((Str){text, 11 + s.len}, &t);
}

static bool is_duration(Arena *arena, Str s)
{
    (void)arena;
    Duration d;
    if (s.len == 0 || s.at[0] != 'P' || !duration_parse(s, &d))
        return false;
    // RFC 3339, appendix A: weeks stand alone.
    size_t week = str_index(s, 'W');
    for (size_t i = 1; week < s.len && i < week; i++)
        if (!isdigit((unsigned char)s.at[i]))
            return false;
    return week >= s.len - 1;
}

static bool is_uuid(Arena *arena, Str s)
{
    (void)arena;
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.at[i] != '-' : !isxdigit((unsigned char)s.at[i]))
            return false;
    }
    return true;
}

static bool is_ipv4(Arena *arena, Str s)
{
    (void)arena;
    size_t parts = 0;
    while (parts < 4) {
        size_t n = 0, value = 0;
        for (; n < s.len && isdigit((unsigned char)s.at[n]) && n < 4; n++)
            value = value * 10 + (size_t)(s.at[n] - '0');
        if (n == 0 || value > 255 || (n > 1 && s.at[0] == '0'))
            return false;
        parts++;
        s = str_slice(s, n, s.len);
        if (s.len == 0)
            return parts == 4;
        if (s.at[0] != '.')
            return false;
        s = str_slice(s, 1, s.len);
    }
    return false;
}

// RFC 4291, 2.2: eight groups, one run of zeros as "::", the last two groups perhaps as IPv4.
static bool is_ipv6(Arena *arena, Str s)
{
    size_t groups = 0;
    bool gap = str_starts(s, STR("::"));
    if (gap)
        s = str_slice(s, 2, s.len);
    while (s.len) {
        size_t n = 0;
        while (n < s.len && isxdigit((unsigned char)s.at[n]))
            n++;
        if (n < s.len && s.at[n] == '.')
            return is_ipv4(arena, s) && (gap ? groups + 2 < 8 : groups + 2 == 8);
        if (n == 0 || n > 4 || ++groups > 8)
            return false;
        s = str_slice(s, n, s.len);
        if (s.len == 0)
            break;
        bool twice = str_starts(s, STR("::"));
        if (s.at[0] != ':' || (twice && gap) || s.len == 1)
            return false;
        gap = gap || twice;
        s = str_slice(s, twice ? 2 : 1, s.len);
    }
    return gap ? groups < 8 : groups == 8;
}

// A name of labels of letters, digits and inner hyphens (RFC 1123, 2.1).
static bool is_hostname(Arena *arena, Str s)
{
    (void)arena;
    if (s.len == 0 || s.len > 253)
        return false;
    while (s.len) {
        size_t end = str_index(s, '.');
        Str label = str_slice(s, 0, end);
        if (label.len == 0 || label.len > 63 || label.at[0] == '-' || label.at[end - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!isalnum((unsigned char)label.at[i]) && label.at[i] != '-')
                return false;
        if (end + 1 == s.len)
            return false;
        s = str_slice(s, end + 1, s.len);
    }
    return true;
}

// RFC 5321, 4.1.2: Dot-string or Quoted-string, at a name or an address in brackets.
static bool is_local_part(Str s)
{
    if (s.len == 0 || s.len > 64)
        return false;
    bool quoted = s.len > 1 && s.at[0] == '"' && s.at[s.len - 1] == '"';
    if (quoted)
        s = str_slice(s, 1, s.len - 1);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (quoted && c == '\\' && i + 1 < s.len && s.at[i + 1] >= 0x20)
            i++;
        else if (quoted ? c < 0x20 || c >= 0x7F || c == '"' || c == '\\'
                        : c >= 0x80 || !(isalnum(c) || (c && strchr(".!#$%&'*+-/=?^_`{|}~", c))))
            return false;
        else if (!quoted && c == '.' && (i == 0 || i + 1 == s.len || s.at[i - 1] == '.'))
            return false;
    }
    return true;
}

static bool is_mail_domain(Arena *arena, Str s)
{
    if (s.len < 3 || s.at[0] != '[')
        return is_hostname(arena, s);
    if (s.at[s.len - 1] != ']')
        return false;
    s = str_slice(s, 1, s.len - 1);
    return str_starts(s, STR("IPv6:")) ? is_ipv6(arena, str_slice(s, 5, s.len)) : is_ipv4(arena, s);
}

static bool is_email(Arena *arena, Str s)
{
    size_t at = s.len;
    while (at && s.at[at - 1] != '@')
        at--;
    return at && s.len <= 254 && is_local_part(str_slice(s, 0, at - 1)) &&
           is_mail_domain(arena, str_slice(s, at, s.len));
}

static bool is_uri(Arena *arena, Str s)
{
    (void)arena;
    return uri_absolute(s);
}

static bool is_regex(Arena *arena, Str s)
{
    Pattern pattern;
    Str what;
    size_t offset;
    return pattern_compile(arena, s, &pattern, &what, &offset);
}

static const struct {
    const char *name;
    FormatCheck *check;
    Text what;
} formats[] = {
    {"date", is_date, {"une date, par exemple 2023-06-01", "a date, for example 2023-06-01"}},
    {"time",
     is_time,
     {"une heure, par exemple 12:00:00+02:00", "a time, for example 12:00:00+02:00"}},
    {"date-time",
     is_date_time,
     {"un instant, par exemple 2023-06-01T12:00:00+02:00",
      "an instant, for example 2023-06-01T12:00:00+02:00"}},
    {"duration", is_duration, {"une durée, par exemple P1Y6M", "a duration, for example P1Y6M"}},
    {"email", is_email, {"une adresse électronique", "an email address"}},
    {"hostname", is_hostname, {"un nom d'hôte", "a host name"}},
    {"uri",
     is_uri,
     {"une adresse web, par exemple https://exemple.fr",
      "a web address, for example https://example.org"}},
    {"uuid", is_uuid, {"un identifiant (UUID)", "a UUID"}},
    {"ipv4", is_ipv4, {"une adresse IPv4", "an IPv4 address"}},
    {"ipv6", is_ipv6, {"une adresse IPv6", "an IPv6 address"}},
    {"regex", is_regex, {"une expression rationnelle", "a regular expression"}},
};

FormatCheck *format_find(Str name, Text *what)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!str_is(name, formats[i].name))
            continue;
        *what = formats[i].what;
        return formats[i].check;
    }
    return NULL;
}
