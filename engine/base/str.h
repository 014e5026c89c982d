// SPDX-License-Identifier: Apache-2.0
// Str: text that borrows. It never owns its bytes; whoever lends them says how long they live. UTF-8, not NUL-terminated.
#pragma once
#include "arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *at;
    size_t len;
} Str;

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
#define STR_NONE ((Str){NULL, 0})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).at

// The text at `c` up to its NUL; NULL gives STR_NONE.
static inline Str str_of(const char *c)
{
    return c ? (Str){c, strlen(c)} : STR_NONE;
}
static inline bool str_eq(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
static inline bool str_is(Str a, const char *c)
{
    return str_eq(a, str_of(c));
}
static inline bool str_starts(Str a, Str prefix)
{
    return a.len >= prefix.len && (prefix.len == 0 || memcmp(a.at, prefix.at, prefix.len) == 0);
}
static inline bool str_ends(Str a, Str suffix)
{
    return a.len >= suffix.len && (suffix.len == 0 || memcmp(a.at + a.len - suffix.len, suffix.at, suffix.len) == 0);
}
// Byte order, shorter first: for sorting and binary search, not for showing to people.
int str_cmp(Str a, Str b);

// Offset of the first `c` in `s`, or s.len.
size_t str_index(Str s, char c);

// The part [from, to) of `s`; bounds beyond the end are cut to it.
Str str_slice(Str s, size_t from, size_t to);
Str str_trim(Str s); // without spaces, tabs and ends of lines around it

// Copies into the arena. str_cstr adds the NUL that C libraries want.
Str str_copy(Arena *arena, Str s);
char *str_cstr(Arena *arena, Str s);

// printf into the arena; use STR_FMT and STR_ARG for a Str. The result is NUL-terminated behind its length.
Str str_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

// True when `s` is well-formed UTF-8 without U+0000 (RFC 3629: no surrogates, no overlong forms).
bool str_utf8(Str s);

// Number of code points of well-formed UTF-8.
size_t str_points(Str s);

// The name among `names[n]` closest to `s` by edit distance (at most 3, and less than half its length), or STR_NONE.
// For "did you mean".
Str str_nearest(Str s, const Str *names, size_t n);

// A growing text in an arena, with a NUL behind it once something was added.
typedef struct Buf {
    Arena *arena;
    char *at;
    size_t len, cap;
} Buf;

void buf_add(Buf *buf, Str s);
void buf_char(Buf *buf, char c);
void buf_int(Buf *buf, int64_t i);
void buf_format(Buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
// `s` as a JSON string with its quotes (RFC 8259; invalid UTF-8 becomes U+FFFD).
void buf_json(Buf *buf, Str s);
static inline Str buf_str(const Buf *buf)
{
    return (Str){buf->at, buf->len};
}
