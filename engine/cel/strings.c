// SPDX-License-Identifier: Apache-2.0
// The strings extension of cel-spec: places count code points, from 0. format() is format.c's.
// Every result is measured before it is allocated, so that a run's memory bounds it.
#include "inside.h"

static CelValue out_of_range(Run *run, int64_t index)
{
    if (run->steps < 0)
        return run_exhausted(run);
    return run_error(run,
                     T("la position {0} est hors du texte", "the place {0} is outside the text"),
                     str_format(run->arena, "%lld", (long long)index), STR_NONE);
}

// The byte where the code point `index` starts, s.len for the one behind the last; false beyond.
static bool place(Run *run, Str s, int64_t index, size_t *ret)
{
    uint32_t point;
    *ret = 0;
    if (index < 0 || !run_spend(run, s.len))
        return false;
    for (size_t n; index > 0; index--, *ret += n)
        if ((n = utf8_next(s, *ret, &point)) == 0)
            return false;
    return true;
}

static int64_t points_before(Str s, size_t at)
{
    return (int64_t)str_points(str_slice(s, 0, at));
}

static size_t find(Str s, Str what, size_t from)
{
    if (what.len == 0)
        return from;
    if (s.len - from < what.len)
        return s.len + 1;
    const char *at = memmem(s.at + from, s.len - from, what.at, what.len);
    return at ? (size_t)(at - s.at) : s.len + 1;
}

static CelValue char_at(Run *run, const CelValue *args)
{
    size_t at;
    uint32_t point;
    Str s = args[0].text;
    if (!place(run, s, args[1].integer, &at))
        return out_of_range(run, args[1].integer);
    return cel_text(str_slice(s, at, at + utf8_next(s, at, &point)));
}

static CelValue index_of(Run *run, const CelValue *args, int64_t from)
{
    size_t at;
    Str s = args[0].text;
    if (!place(run, s, from, &at) || !run_spend(run, s.len))
        return out_of_range(run, from);
    size_t found = find(s, args[1].text, at);
    return cel_integer(found > s.len ? -1 : points_before(s, found));
}

static CelValue index_of_2(Run *run, const CelValue *args)
{
    return index_of(run, args, 0);
}

static CelValue index_of_3(Run *run, const CelValue *args)
{
    return index_of(run, args, args[2].integer);
}

static CelValue last_index_of(Run *run, const CelValue *args, size_t last)
{
    Str s = args[0].text, what = args[1].text;
    if (what.len > s.len)
        return cel_integer(-1);
    for (size_t at = last < s.len - what.len ? last : s.len - what.len;; at--) {
        if (!run_spend(run, what.len))
            return run_exhausted(run);
        if (what.len == 0 || memcmp(s.at + at, what.at, what.len) == 0)
            return cel_integer(points_before(s, at));
        if (at == 0)
            return cel_integer(-1);
    }
}

static CelValue last_index_of_2(Run *run, const CelValue *args)
{
    return last_index_of(run, args, args[0].text.len);
}

static CelValue last_index_of_3(Run *run, const CelValue *args)
{
    size_t at;
    if (!place(run, args[0].text, args[2].integer, &at))
        return out_of_range(run, args[2].integer);
    return last_index_of(run, args, at);
}

static CelValue mapped(Run *run, Str s, char (*map)(char))
{
    char *at = run_spend(run, s.len) ? run_alloc(run, s.len + 1) : NULL;
    if (!at)
        return run_exhausted(run);
    for (size_t i = 0; i < s.len; i++)
        at[i] = map(s.at[i]);
    return cel_text((Str){at, s.len});
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static CelValue lower_ascii(Run *run, const CelValue *args)
{
    return mapped(run, args->text, lower);
}

static CelValue upper_ascii(Run *run, const CelValue *args)
{
    return mapped(run, args->text, upper);
}

// How far the match of `what` that starts at or after `from` ends; an empty `what` matches before
// each character.
static size_t next_match(Str s, Str what, size_t from, bool first, size_t *start)
{
    uint32_t point;
    if (what.len == 0)
        *start = first ? from : from < s.len ? from + utf8_next(s, from, &point) : s.len + 1;
    else
        *start = find(s, what, from);
    return *start + what.len;
}

static size_t count_matches(Run *run, Str s, Str what, int64_t limit)
{
    size_t n = 0, start;
    for (size_t at = 0; (limit < 0 || (int64_t)n < limit) && run_spend(run, 0); n++) {
        at = next_match(s, what, at, n == 0, &start);
        if (start > s.len)
            break;
    }
    return n;
}

static void put(char **at, Str s)
{
    if (s.len)
        memcpy(*at, s.at, s.len);
    *at += s.len;
}

static CelValue replaced(Run *run, const CelValue *args, int64_t limit)
{
    Str s = args[0].text, what = args[1].text, by = args[2].text;
    size_t n = run_spend(run, s.len) ? count_matches(run, s, what, limit) : 0, size;
    if (run->steps < 0 || __builtin_mul_overflow(n, by.len, &size))
        return run_exhausted(run);
    size += s.len - n * what.len;
    char *text = run_spend(run, size) ? run_alloc(run, size + 1) : NULL, *at = text;
    if (!text)
        return run_exhausted(run);
    size_t from = 0, start, copied = 0;
    for (size_t i = 0; i < n; i++) {
        from = next_match(s, what, from, i == 0, &start);
        put(&at, str_slice(s, copied, start));
        put(&at, by);
        copied = from;
    }
    put(&at, str_slice(s, copied, s.len));
    return cel_text((Str){text, size});
}

static CelValue replace_3(Run *run, const CelValue *args)
{
    return replaced(run, args, -1);
}

static CelValue replace_4(Run *run, const CelValue *args)
{
    return replaced(run, args, args[3].integer);
}

static CelValue texts(Items *items, CelValue *at, size_t n)
{
    *items = (Items){n, at};
    return (CelValue){.kind = CEL_LIST, .extra = FORM_OWN, .ref = items};
}

static CelValue split(Run *run, const CelValue *args, int64_t limit)
{
    Str s = args[0].text, what = args[1].text;
    uint32_t point;
    size_t most =
               what.len ? count_matches(run, s, what, limit < 0 ? -1 : limit) + 1 : str_points(s),
           n = 0;
    Items *items = run_spend(run, s.len)
                       ? run_alloc(run, sizeof *items + (most + 1) * sizeof(CelValue))
                       : NULL;
    if (!items || run->steps < 0)
        return run_exhausted(run);
    CelValue *at = (CelValue *)(items + 1);
    if (limit == 0 || (what.len == 0 && s.len == 0))
        return texts(items, at, 0);
    size_t from = 0;
    while ((limit < 0 || (int64_t)n + 1 < limit) && n + 1 < most) {
        size_t end = what.len ? find(s, what, from) : from + utf8_next(s, from, &point);
        if (end > s.len)
            break;
        at[n++] = cel_text(str_slice(s, from, end));
        from = end + what.len;
    }
    at[n++] = cel_text(str_slice(s, from, s.len));
    return texts(items, at, n);
}

static CelValue split_2(Run *run, const CelValue *args)
{
    return split(run, args, -1);
}

static CelValue split_3(Run *run, const CelValue *args)
{
    return split(run, args, args[2].integer);
}

static CelValue join(Run *run, const CelValue *list, Str between)
{
    size_t size = 0;
    CelValue item;
    for (Walk walk = walk_start(list); walk_next(&walk, &item); size += item.text.len + between.len)
        if (item.kind != CEL_STRING)
            return cel_no_overload(run, "join", &item, 1);
        else if (!run_spend(run, item.text.len + between.len))
            return run_exhausted(run);
    char *text = run_alloc(run, size + 1), *at = text;
    if (!text)
        return run_exhausted(run);
    for (Walk walk = walk_start(list); walk_next(&walk, &item);) {
        put(&at, walk.at > 1 ? between : STR_NONE);
        put(&at, item.text);
    }
    return cel_text((Str){text, (size_t)(at - text)});
}

static CelValue join_1(Run *run, const CelValue *args)
{
    return join(run, args, STR_NONE);
}

static CelValue join_2(Run *run, const CelValue *args)
{
    return join(run, args, args[1].text);
}

static CelValue substring(Run *run, const CelValue *args, const int64_t *end)
{
    size_t from, to = args[0].text.len;
    if (!place(run, args[0].text, args[1].integer, &from))
        return out_of_range(run, args[1].integer);
    if (end && !place(run, args[0].text, *end, &to))
        return out_of_range(run, *end);
    return to < from ? out_of_range(run, *end) : cel_text(str_slice(args[0].text, from, to));
}

static CelValue substring_2(Run *run, const CelValue *args)
{
    return substring(run, args, NULL);
}

static CelValue substring_3(Run *run, const CelValue *args)
{
    return substring(run, args, &args[2].integer);
}

// Unicode's White_Space.
static bool is_space(uint32_t point)
{
    return (point >= 9 && point <= 13) || point == ' ' || point == 0x85 || point == 0xa0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

static CelValue trim(Run *run, const CelValue *args)
{
    Str s = args->text;
    size_t from = s.len, to = 0;
    uint32_t point;
    if (!run_spend(run, s.len))
        return run_exhausted(run);
    for (size_t at = 0, n; at < s.len && (n = utf8_next(s, at, &point)) > 0; at += n)
        if (!is_space(point)) {
            from = from < at ? from : at;
            to = at + n;
        }
    return cel_text(to ? str_slice(s, from, to) : STR_NONE);
}

static CelValue reverse(Run *run, const CelValue *args)
{
    Str s = args->text;
    uint32_t point;
    char *text = run_spend(run, s.len) ? run_alloc(run, s.len + 1) : NULL;
    if (!text)
        return run_exhausted(run);
    for (size_t at = 0, n; at < s.len; at += n) {
        n = utf8_next(s, at, &point);
        n = n ? n : 1;
        memcpy(text + s.len - at - n, s.at + at, n);
    }
    return cel_text((Str){text, s.len});
}

static CelValue quote(Run *run, const CelValue *args)
{
    static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
    Str s = args->text;
    uint32_t point;
    char *text = run_spend(run, s.len) ? run_alloc(run, s.len * 3 + 3) : NULL, *at = text;
    if (!text)
        return run_exhausted(run);
    *at++ = '"';
    for (size_t i = 0, n; i < s.len; i += n) {
        n = utf8_next(s, i, &point);
        const char *special = n == 1 && s.at[i] ? strchr(from, s.at[i]) : NULL;
        if (special) {
            *at++ = '\\';
            *at++ = to[special - from];
        } else {
            put(&at, n ? str_slice(s, i, i + n) : STR("\xef\xbf\xbd"));
        }
        n = n ? n : 1;
    }
    *at++ = '"';
    return cel_text((Str){text, (size_t)(at - text)});
}

#define S CEL_STRING
#define I CEL_INT
const Row cel_rows_strings[] = {
    {"charAt", true, 2, {S, I}, &cel_string, char_at},
    {"indexOf", true, 2, {S, S}, &cel_int, index_of_2},
    {"indexOf", true, 3, {S, S, I}, &cel_int, index_of_3},
    {"lastIndexOf", true, 2, {S, S}, &cel_int, last_index_of_2},
    {"lastIndexOf", true, 3, {S, S, I}, &cel_int, last_index_of_3},
    {"lowerAscii", true, 1, {S}, &cel_string, lower_ascii},
    {"upperAscii", true, 1, {S}, &cel_string, upper_ascii},
    {"replace", true, 3, {S, S, S}, &cel_string, replace_3},
    {"replace", true, 4, {S, S, S, I}, &cel_string, replace_4},
    {"split", true, 2, {S, S}, &cel_texts, split_2},
    {"split", true, 3, {S, S, I}, &cel_texts, split_3},
    {"join", true, 1, {CEL_LIST}, &cel_string, join_1},
    {"join", true, 2, {CEL_LIST, S}, &cel_string, join_2},
    {"substring", true, 2, {S, I}, &cel_string, substring_2},
    {"substring", true, 3, {S, I, I}, &cel_string, substring_3},
    {"trim", true, 1, {S}, &cel_string, trim},
    {"reverse", true, 1, {S}, &cel_string, reverse},
    {"format", true, 2, {S, CEL_LIST}, &cel_string, cel_format},
    {"strings.quote", false, 1, {S}, &cel_string, quote},
    {0},
};
