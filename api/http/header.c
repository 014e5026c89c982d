// SPDX-License-Identifier: Apache-2.0
// Reading of request lines and headers. What is not understood is refused, never guessed.
#include "header.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool alphanumeric(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

Str header_trim(Str s)
{
    while (s.len && blank(s.at[0]))
        s = str_slice(s, 1, s.len);
    while (s.len && blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

static bool same(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool header_same(Str a, const char *b)
{
    return same(a, str_of(b));
}

// What stands before the first `c`, taken off the front of `rest`; quoted strings are not split.
static Str cut(Str *rest, char c)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len && (quoted || rest->at[i] != c); i++)
        if (rest->at[i] == '"')
            quoted = !quoted;
    Str part = header_trim(str_slice(*rest, 0, i));
    *rest = str_slice(*rest, i + 1, rest->len);
    return part;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool percent_decode(Arena *arena, Str s, Str *ret)
{
    *ret = s;
    if (str_index(s, '%') == s.len)
        return str_utf8(s);

    char *at = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] != '%') {
            at[len++] = s.at[i];
            continue;
        }
        if (s.len - i < 3 || hex(s.at[i + 1]) < 0 || hex(s.at[i + 2]) < 0)
            return false;
        at[len++] = (char)(hex(s.at[i + 1]) * 16 + hex(s.at[i + 2]));
        i += 2;
    }
    *ret = (Str){at, len};
    return str_utf8(*ret);
}

bool header_name(Str s)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.len; i++)
        if (!alphanumeric(s.at[i]) && !memchr(others, s.at[i], sizeof others - 1))
            return false;
    return s.len > 0;
}

bool header_value(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.at[i] < ' ' && s.at[i] != '\t') || s.at[i] == 0x7f)
            return false;
    return true;
}

// "type/subtype", each a token.
static bool media_formed(Str s)
{
    size_t slash = str_index(s, '/');
    if (slash == 0 || slash + 1 >= s.len)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (i != slash && !alphanumeric(s.at[i]) && !memchr("!#$&^_.+-*", s.at[i], 10))
            return false;
    return true;
}

bool header_media(Str content_type, const char *media)
{
    Str rest = content_type;
    Str type = cut(&rest, ';');
    if (!media_formed(type) || (strcmp(media, "*/*") != 0 && !header_same(type, media)))
        return false;
    while (rest.len) {
        Str value = cut(&rest, ';');
        Str name = cut(&value, '=');
        if (value.len >= 2 && value.at[0] == '"')
            value = str_slice(value, 1, value.len - 1);
        if (header_same(name, "charset") && strcmp(media, "*/*") != 0 &&
            !header_same(value, "utf-8"))
            return false;
    }
    return true;
}

// q=0, q=0.0…: "not this one".
static bool unwanted(Str params)
{
    while (params.len) {
        Str value = cut(&params, ';');
        Str name = cut(&value, '=');
        if (!header_same(name, "q"))
            continue;
        for (size_t i = 0; i < value.len; i++)
            if (value.at[i] != '0' && value.at[i] != '.')
                return false;
        return value.len > 0;
    }
    return false;
}

// How closely `range` names `media`: 0 not at all, 1 "*/*", 2 "type/*", 3 itself.
static int closeness(Str range, const char *media)
{
    if (header_same(range, media))
        return 3;
    if (str_is(range, "*/*") || str_is(range, "*"))
        return 1;
    if (!str_ends(range, STR("/*")))
        return 0;
    Str family = str_of(media);
    family = str_slice(family, 0, str_index(family, '/'));
    return same(str_slice(range, 0, range.len - 2), family) ? 2 : 0;
}

bool header_accepts(Str accept, const char *media)
{
    if (header_trim(accept).len == 0)
        return true;
    int best = 0;
    bool wanted = false;
    while (accept.len) {
        Str params = cut(&accept, ',');
        Str range = cut(&params, ';');
        int close = closeness(range, media);
        if (close <= best)
            continue;
        best = close;
        wanted = !unwanted(params);
    }
    return wanted;
}

bool header_version(Str if_match, int64_t *ret, Str *tag)
{
    Str s = header_trim(if_match);
    if (s.len < 3 || s.len > 60 || s.at[0] != '"' || s.at[s.len - 1] != '"')
        return false;
    s = str_slice(s, 1, s.len - 1);
    size_t digits = str_index(s, '-');
    int64_t v = 0;
    for (size_t i = 0; i < digits; i++) {
        if (s.at[i] < '0' || s.at[i] > '9' || digits > 18)
            return false;
        v = v * 10 + (s.at[i] - '0');
    }
    bool plain = digits == s.len;
    *tag = plain ? STR_NONE : s;
    *ret = plain ? v : 0;
    return plain ? v > 0 : digits > 0 && str_index(s, '"') == s.len;
}

bool header_listed(Str if_none_match, Str etag)
{
    if (str_is(header_trim(if_none_match), "*"))
        return etag.len > 0;
    while (if_none_match.len) {
        Str one = cut(&if_none_match, ',');
        if (str_starts(one, STR("W/")))
            one = str_slice(one, 2, one.len);
        if (etag.len && str_eq(one, etag))
            return true;
    }
    return false;
}

bool header_request_id(Str s)
{
    if (s.len < 8 || s.len > 32)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!alphanumeric(s.at[i]) && s.at[i] != '-')
            return false;
    return true;
}

bool header_key(Str s, Str *ret)
{
    s = header_trim(s);
    if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"')
        s = str_slice(s, 1, s.len - 1);
    *ret = s;
    if (s.len == 0 || s.len > 128)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < 0x20 || s.at[i] > 0x7e)
            return false;
    return true;
}

int64_t header_length(Str s)
{
    s = header_trim(s);
    if (s.len == 0 || s.len > 18)
        return -1;
    int64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        v = v * 10 + (s.at[i] - '0');
    }
    return v;
}
