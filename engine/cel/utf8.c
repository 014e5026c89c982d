// SPDX-License-Identifier: Apache-2.0
// Code points of UTF-8 text (RFC 3629). Unlike base/str, U+0000 is a character here: CEL's texts
// may hold it.
#include "inside.h"

size_t utf8_next(Str s, size_t at, uint32_t *point)
{
    if (at >= s.len)
        return 0;
    const unsigned char *c = (const unsigned char *)s.at + at;
    size_t left = s.len - at;
    if (c[0] < 0x80) {
        *point = c[0];
        return 1;
    }
    size_t n = c[0] >= 0xc2 && c[0] < 0xe0   ? 2
               : (c[0] & 0xf0) == 0xe0       ? 3
               : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                             : 0;
    if (n == 0 || left < n)
        return 0;
    uint32_t value = c[0] & (0x7f >> n);
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (c[i] & 0x3f);
    }
    bool overlong = (n == 3 && value < 0x800) || (n == 4 && value < 0x10000);
    if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *point = value;
    return n;
}

size_t utf8_put(char *at, uint32_t point)
{
    if (point < 0x80) {
        at[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, point >>= 6)
        at[i] = (char)(0x80 | (point & 0x3f));
    at[0] = (char)((0xf00 >> n) | point);
    return n;
}

bool utf8_valid(Str s)
{
    uint32_t point;
    for (size_t at = 0, n; at < s.len; at += n)
        if ((n = utf8_next(s, at, &point)) == 0)
            return false;
    return true;
}
