// SPDX-License-Identifier: Apache-2.0
// Borrowed text, and the text that grows in an arena.
#include "str.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

int str_cmp(Str a, Str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t str_index(Str s, char c)
{
    const char *at = s.len ? memchr(s.at, c, s.len) : NULL;
    return at ? (size_t)(at - s.at) : s.len;
}

Str str_slice(Str s, size_t from, size_t to)
{
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    return s.at ? (Str){s.at + from, to - from} : STR_NONE;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Str str_trim(Str s)
{
    size_t from = 0, to = s.len;
    while (from < to && is_blank(s.at[from]))
        from++;
    while (to > from && is_blank(s.at[to - 1]))
        to--;
    return str_slice(s, from, to);
}

char *str_cstr(Arena *arena, Str s)
{
    char *copy = arena_room(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.at, s.len);
    copy[s.len] = 0;
    return copy;
}

Str str_copy(Arena *arena, Str s)
{
    return (Str){str_cstr(arena, s), s.len};
}

static Str format_args(Arena *arena, const char *format, va_list args)
{
    assert(format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(len >= 0);
    char *at = arena_room(arena, (size_t)len + 1);
    vsnprintf(at, (size_t)len + 1, format, args);
    return (Str){at, (size_t)len};
}

Str str_format(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str s = format_args(arena, format, args);
    va_end(args);
    return s;
}

// Length of the well-formed sequence at the front of `s` (Unicode 15, table 3-7) with its code
// point, or 0 with the length of the ill-formed part in `bad`.
static size_t utf8_next(Str s, uint32_t *point, size_t *bad)
{
    const unsigned char *u = (const unsigned char *)s.at;
    *bad = 1;
    *point = u[0];
    if (u[0] < 0x80)
        return 1;
    size_t need = u[0] >= 0xC2 && u[0] <= 0xDF   ? 1
                  : (u[0] & 0xF0) == 0xE0        ? 2
                  : u[0] >= 0xF0 && u[0] <= 0xF4 ? 3
                                                 : 0;
    if (need == 0)
        return 0;
    *point = u[0] & (0x3Fu >> need);
    // The second byte carries the traps: overlong forms, surrogates, beyond U+10FFFF.
    unsigned char low = u[0] == 0xE0 ? 0xA0 : u[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = u[0] == 0xED ? 0x9F : u[0] == 0xF4 ? 0x8F : 0xBF;
    for (size_t i = 1; i <= need; i++, low = 0x80, high = 0xBF) {
        if (i >= s.len || u[i] < low || u[i] > high)
            return 0;
        *point = *point << 6 | (u[i] & 0x3F);
        *bad = i + 1;
    }
    return need + 1;
}

bool str_utf8(Str s)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t point;
        size_t bad, len = utf8_next(str_slice(s, i, s.len), &point, &bad);
        if (len == 0 || point == 0)
            return false;
        i += len;
    }
    return true;
}

size_t str_points(Str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

enum { NEAR_MAX = 64 };

// The code points of `s`, or false when they are too many to be worth comparing.
static bool points_of(Str s, uint32_t points[NEAR_MAX], size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < s.len; (*n)++) {
        if (*n == NEAR_MAX)
            return false;
        size_t bad, len = utf8_next(str_slice(s, i, s.len), &points[*n], &bad);
        i += len ? len : bad;
    }
    return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

// Damerau-Levenshtein, optimal string alignment: insert, delete, replace, swap neighbours, one
// each.
static size_t distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    size_t rows[3][NEAR_MAX + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] = min3(row[j - 1] + 1, up[j] + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && up2[j - 2] + 1 < row[j])
                row[j] = up2[j - 2] + 1;
        }
    }
    return rows[na % 3][nb];
}

Str str_nearest(Str s, const Str *names, size_t n)
{
    uint32_t a[NEAR_MAX], b[NEAR_MAX];
    size_t na, nb, best = 4;
    Str nearest = STR_NONE;
    if (!points_of(s, a, &na))
        return STR_NONE;
    for (size_t i = 0; i < n; i++) {
        if (!points_of(names[i], b, &nb) || (na > nb ? na - nb : nb - na) >= best)
            continue;
        size_t d = distance(a, na, b, nb);
        if (d < best && 2 * d < na) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

// Room for `more` bytes and the NUL behind them.
static void buf_room(Buf *buf, size_t more)
{
    if (buf->cap - buf->len > more)
        return;
    size_t cap = buf->cap ? buf->cap * 2 : 64;
    while (cap - buf->len <= more)
        cap *= 2;
    char *at = arena_room(buf->arena, cap);
    if (buf->len)
        memcpy(at, buf->at, buf->len);
    buf->at = at;
    buf->cap = cap;
}

void buf_add(Buf *buf, Str s)
{
    if (s.len == 0)
        return;
    buf_room(buf, s.len);
    memcpy(buf->at + buf->len, s.at, s.len);
    buf->len += s.len;
    buf->at[buf->len] = 0;
}

void buf_char(Buf *buf, char c)
{
    buf_room(buf, 1);
    buf->at[buf->len++] = c;
    buf->at[buf->len] = 0;
}

void buf_int(Buf *buf, int64_t i)
{
    char digits[20];
    size_t n = sizeof digits;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do {
        digits[--n] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (i < 0)
        digits[--n] = '-';
    buf_add(buf, (Str){digits + n, sizeof digits - n});
}

void buf_format(Buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_add(buf, format_args(buf->arena, format, args));
    va_end(args);
}

static void json_escape(Buf *buf, unsigned char c)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',  ['\r'] = 'r',
        ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\',
    };
    buf_char(buf, '\\');
    if (letters[c])
        buf_char(buf, letters[c]);
    else
        buf_format(buf, "u%04x", c);
}

void buf_json(Buf *buf, Str s)
{
    buf_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.at[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        uint32_t point;
        size_t bad, len = utf8_next(str_slice(s, i, s.len), &point, &bad);
        if (len > 1) {
            i += len;
            continue;
        }
        buf_add(buf, str_slice(s, from, i));
        if (len == 1)
            json_escape(buf, c);
        else
            buf_add(buf, STR("\xEF\xBF\xBD"));
        from = i += len ? len : bad;
    }
    buf_add(buf, str_slice(s, from, s.len));
    buf_char(buf, '"');
}
