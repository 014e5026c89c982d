// SPDX-License-Identifier: Apache-2.0
// Values as text: as CEL writes them, and the forms that string() gives. No locale: a decimal point
// is a point.
#include "inside.h"
#include <math.h>
#include <stdio.h>

// The fewest digits that read back as the same double; "%e" puts the point, of whatever locale,
// behind the first.
static int shortest(double d, char digits[24], int *exponent)
{
    char text[48];
    for (int precision = 14; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, d);
        int n = 0;
        const char *c = text;
        for (; *c && *c != 'e'; c++)
            if (*c >= '0' && *c <= '9')
                digits[n++] = *c;
        *exponent = 0;
        bool negative = *c && c[1] == '-';
        for (c += 2; *c >= '0' && *c <= '9'; c++)
            *exponent = *exponent * 10 + (*c - '0');
        *exponent = negative ? -*exponent : *exponent;
        while (n > 1 && digits[n - 1] == '0')
            n--;
        digits[n] = '\0';
        char again[48];
        double back;
        snprintf(again, sizeof again, "%se%d", digits, *exponent - n + 1);
        if (cel_double_parse(str_of(again), &back) && back == d)
            break;
    }
    return (int)strlen(digits);
}

Str cel_double_text(Arena *arena, double d)
{
    if (isnan(d))
        return STR("NaN");
    if (isinf(d))
        return d < 0 ? STR("-Infinity") : STR("Infinity");
    static const char zeros[] = "00000000000000000000";
    char digits[24];
    int exponent, n = shortest(fabs(d), digits, &exponent);
    const char *sign = signbit(d) ? "-" : "";
    if (d == 0)
        return str_format(arena, "%s0", sign);
    if (exponent < -6 || exponent > 20)
        return str_format(arena, "%s%c%s%se%+03d", sign, digits[0], n > 1 ? "." : "", digits + 1,
                          exponent);
    if (exponent < 0)
        return str_format(arena, "%s0.%.*s%s", sign, -exponent - 1, zeros, digits);
    if (n <= exponent + 1)
        return str_format(arena, "%s%s%.*s", sign, digits, exponent + 1 - n, zeros);
    return str_format(arena, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
}

// ".123456789" of `ns` nanoseconds, without trailing zeros; nothing for 0.
static Str fraction(Arena *arena, int64_t ns)
{
    if (ns == 0)
        return STR_NONE;
    Str s = str_format(arena, ".%09d", (int)ns);
    while (s.at[s.len - 1] == '0')
        s.len--;
    return s;
}

Str cel_timestamp_text(Arena *arena, const CelValue *timestamp)
{
    if (!cel_in_range(timestamp))
        return STR("?");
    int64_t us = timestamp->time % SECOND;
    us += us < 0 ? SECOND : 0;
    Str whole = time_format(arena, timestamp->time - us); // "…:20Z"
    Str part = fraction(arena, us * 1000 + timestamp->extra);
    return str_format(arena, STR_FMT STR_FMT "Z", (int)whole.len - 1, whole.at, STR_ARG(part));
}

Str cel_duration_text(Arena *arena, const CelValue *duration)
{
    if (!cel_in_range(duration))
        return STR("?");
    int64_t ns = duration->duration * 1000 + duration->extra;
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    Str part = fraction(arena, (int64_t)(size % 1000000000));
    return str_format(arena, "%s%llu" STR_FMT "s", ns < 0 ? "-" : "",
                      (unsigned long long)(size / 1000000000), STR_ARG(part));
}

static void write_bytes(Buf *buf, Str bytes)
{
    buf_add(buf, STR("b\""));
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.at[i];
        if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
            buf_char(buf, (char)c);
        else
            buf_format(buf, "\\x%02x", c);
    }
    buf_char(buf, '"');
}

static void write_many(Buf *buf, const CelValue *value)
{
    bool map = value->kind == CEL_MAP;
    Walk walk = walk_start(value);
    buf_char(buf, map ? '{' : '[');
    const char *between = "";
    for (CelValue first, second; map ? walk_pair(&walk, &first, &second) : walk_next(&walk, &first);
         between = ", ") {
        buf_add(buf, str_of(between));
        cel_write(buf, &first);
        if (!map)
            continue;
        buf_add(buf, STR(": "));
        cel_write(buf, &second);
    }
    buf_char(buf, map ? '}' : ']');
}

static void write_double(Buf *buf, double d)
{
    Str text = cel_double_text(buf->arena, d);
    bool plain =
        isfinite(d) && str_index(text, '.') == text.len && str_index(text, 'e') == text.len;
    if (isfinite(d))
        buf_format(buf, STR_FMT "%s", STR_ARG(text), plain ? ".0" : "");
    else
        buf_format(buf, "double(\"" STR_FMT "\")", STR_ARG(text));
}

void cel_write(Buf *buf, const CelValue *value)
{
    switch (value->kind) {
    case CEL_NULL:
        return buf_add(buf, STR("null"));
    case CEL_BOOL:
        return buf_add(buf, value->boolean ? STR("true") : STR("false"));
    case CEL_INT:
        return buf_int(buf, value->integer);
    case CEL_UINT:
        return buf_format(buf, "%lluu", (unsigned long long)value->uint);
    case CEL_DOUBLE:
        return write_double(buf, value->number);
    case CEL_STRING:
        return buf_json(buf, value->text);
    case CEL_BYTES:
        return write_bytes(buf, value->text);
    case CEL_TIMESTAMP:
        return buf_format(buf, "timestamp(\"" STR_FMT "\")",
                          STR_ARG(cel_timestamp_text(buf->arena, value)));
    case CEL_DURATION:
        return buf_format(buf, "duration(\"" STR_FMT "\")",
                          STR_ARG(cel_duration_text(buf->arena, value)));
    case CEL_LIST:
    case CEL_MAP:
        return write_many(buf, value);
    case CEL_TYPE:
        return buf_add(buf, cel_kind_name((CelKind)value->integer));
    default:
        return buf_add(buf, STR("?"));
    }
}
