// SPDX-License-Identifier: Apache-2.0
// C values -> parameters in PostgreSQL's text format.
#include "store.h"
#include <math.h>
#include <stdio.h>

// printf is what a batch would otherwise spend most of its time in.
enum { DIGITS = 21 };
static Str digits(char at[DIGITS], int64_t v)
{
    char *c = at + DIGITS;
    uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do
        *--c = (char)('0' + rest % 10);
    while (rest /= 10);
    if (v < 0)
        *--c = '-';
    return (Str){c, (size_t)(at + DIGITS - c)};
}

Arg arg_int(Arena *arena, int64_t v)
{
    char at[DIGITS];
    return ARG(str_copy(arena, digits(at, v)));
}

Arg arg_double(Arena *arena, double v)
{
    if (isnan(v))
        return ARG(STR("NaN"));
    if (isinf(v))
        return ARG(v > 0 ? STR("Infinity") : STR("-Infinity"));
    return ARG(str_format(arena, "%.17g", v));
}

Arg arg_bool(bool v)
{
    return ARG(v ? STR("t") : STR("f"));
}

Arg arg_time(Arena *arena, Time t)
{
    return t == TIME_NONE ? ARG_NULL : ARG(time_format(arena, t));
}

Arg arg_json(Arena *arena, const json_t *v)
{
    return v ? ARG(json_text(arena, v)) : ARG_NULL;
}

static void hex(Buf *buf, const uint8_t *at, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        buf_char(buf, digits[at[i] >> 4]);
        buf_char(buf, digits[at[i] & 15]);
    }
}

Arg arg_bytes(Arena *arena, const void *at, size_t len)
{
    Buf buf = {.arena = arena};
    buf_add(&buf, STR("\\x"));
    hex(&buf, at, len);
    return ARG(buf_str(&buf));
}

// Array literals: {"a","b\"c",NULL}. Quoting every element spares the question which need it.
static void element(Buf *buf, Str s)
{
    if (!s.at) {
        buf_add(buf, STR("NULL"));
        return;
    }
    buf_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] != '"' && s.at[i] != '\\')
            continue;
        buf_add(buf, str_slice(s, from, i));
        buf_char(buf, '\\');
        from = i;
    }
    buf_add(buf, str_slice(s, from, s.len));
    buf_char(buf, '"');
}

Arg arg_texts(Arena *arena, const Str *at, size_t n)
{
    Buf buf = {.arena = arena};
    buf_char(&buf, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&buf, ',');
        element(&buf, at[i]);
    }
    buf_char(&buf, '}');
    return ARG(buf_str(&buf));
}

Arg arg_ints(Arena *arena, const int64_t *at, size_t n)
{
    Buf buf = {.arena = arena};
    buf_char(&buf, '{');
    for (size_t i = 0; i < n; i++) {
        char number[DIGITS];
        if (i)
            buf_char(&buf, ',');
        buf_add(&buf, digits(number, at[i]));
    }
    buf_char(&buf, '}');
    return ARG(buf_str(&buf));
}

Arg arg_times(Arena *arena, const Time *at, size_t n)
{
    Str *texts = arena_array(arena, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        texts[i] = at[i] == TIME_NONE ? STR_NONE : time_format(arena, at[i]);
    return arg_texts(arena, texts, n);
}

Arg arg_hexes(Arena *arena, const uint8_t *at, size_t n, size_t size)
{
    Buf buf = {.arena = arena};
    buf_char(&buf, '{');
    for (size_t i = 0; i < n; i++) {
        buf_add(&buf, i ? STR(",\"\\\\x") : STR("\"\\\\x"));
        hex(&buf, at + i * size, size);
        buf_char(&buf, '"');
    }
    buf_char(&buf, '}');
    return ARG(buf_str(&buf));
}
