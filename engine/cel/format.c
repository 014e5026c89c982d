// SPDX-License-Identifier: Apache-2.0
// "%s has %d parts".format([…]) of the strings extension: %s %d %f %e %b %o %x %X %%, a precision
// before f and e.
#include "inside.h"
#include <math.h>
#include <stdlib.h>

enum { PRECISION_MAX = 100 };

typedef struct Format {
    Run *run;
    Buf buf;
    char clause;
    int precision; // -1 when none was written
} Format;

// Buf grows in the arena unseen by the budget: paid here, before.
static bool room(Format *f, size_t more)
{
    if (!run_spend(f->run, more))
        return false;
    if (arena_used(f->run->arena) + f->buf.len + more <= f->run->memory)
        return true;
    f->run->out_of_memory = true;
    f->run->steps = -1;
    return false;
}

static bool add(Format *f, Str s)
{
    if (!room(f, s.len))
        return false;
    buf_add(&f->buf, s);
    return true;
}

static bool add_value(Format *f, const CelValue *value);

typedef struct Entry {
    Str key;
    CelValue value;
} Entry;

static int by_key(const void *a, const void *b)
{
    return str_cmp(((const Entry *)a)->key, ((const Entry *)b)->key);
}

// Entries in the order of their keys as text.
static bool add_map(Format *f, const CelValue *map)
{
    size_t n = 0, size = cel_size(*map);
    Entry *entries = run_alloc(f->run, size * sizeof *entries + 1);
    if (!entries || !add(f, STR("{")))
        return false;
    Walk walk = walk_start(map);
    for (CelValue key; n < size && walk_pair(&walk, &key, &entries[n].value); n++) {
        Format one = {.run = f->run, .buf = {.arena = f->run->arena}};
        if (!add_value(&one, &key))
            return false;
        entries[n].key = buf_str(&one.buf);
    }
    qsort(entries, n, sizeof *entries, by_key);
    for (size_t i = 0; i < n; i++)
        if (!add(f, i ? STR(", ") : STR_NONE) || !add(f, entries[i].key) || !add(f, STR(": ")) ||
            !add_value(f, &entries[i].value))
            return false;
    return add(f, STR("}"));
}

static bool add_list(Format *f, const CelValue *list)
{
    if (!add(f, STR("[")))
        return false;
    Walk walk = walk_start(list);
    for (CelValue item; walk_next(&walk, &item);)
        if (!add(f, walk.at > 1 ? STR(", ") : STR_NONE) || !add_value(f, &item))
            return false;
    return add(f, STR("]"));
}

static bool add_value(Format *f, const CelValue *value)
{
    Arena *arena = f->run->arena;
    Buf plain = {.arena = arena};
    switch (value->kind) {
    case CEL_STRING:
    case CEL_BYTES:
        return add(f, value->text);
    case CEL_DOUBLE:
        return add(f, cel_double_text(arena, value->number));
    case CEL_TIMESTAMP:
        return add(f, cel_timestamp_text(arena, value));
    case CEL_DURATION:
        return add(f, cel_duration_text(arena, value));
    case CEL_UINT:
        return add(f, str_format(arena, "%llu", (unsigned long long)value->uint));
    case CEL_LIST:
        return add_list(f, value);
    case CEL_MAP:
        return add_map(f, value);
    default:
        cel_write(&plain, value);
        return add(f, buf_str(&plain));
    }
}

static bool add_based(Format *f, uint64_t value, bool negative, unsigned base, bool capitals)
{
    char digits[68];
    size_t at = sizeof digits;
    do {
        digits[--at] = (capitals ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
        value /= base;
    } while (value);
    if (negative)
        digits[--at] = '-';
    return add(f, (Str){digits + at, sizeof digits - at});
}

static bool add_integer(Format *f, const CelValue *value, unsigned base, bool capitals)
{
    if (value->kind == CEL_UINT)
        return add_based(f, value->uint, false, base, capitals);
    bool negative = value->integer < 0;
    uint64_t size = negative ? 0 - (uint64_t)value->integer : (uint64_t)value->integer;
    return add_based(f, size, negative, base, capitals);
}

static bool add_hex(Format *f, Str bytes, bool capitals)
{
    const char *digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.at[i];
        if (!add(f, (Str){(char[]){digits[c >> 4], digits[c & 15]}, 2}))
            return false;
    }
    return true;
}

// printf writes the point of its locale: whatever stands between the digits is it.
static bool add_double(Format *f, double d)
{
    if (!isfinite(d))
        return add(f, cel_double_text(f->run->arena, d));
    int precision = f->precision < 0 ? 6 : f->precision;
    Str s = f->clause == 'e' ? str_format(f->run->arena, "%.*e", precision, d)
                             : str_format(f->run->arena, "%.*f", precision, d);
    bool point = false;
    for (size_t i = 0; i < s.len; i++) {
        bool kept = strchr("0123456789+-e", s.at[i]) != NULL;
        if (!add(f, kept ? str_slice(s, i, i + 1) : point ? STR_NONE : STR(".")))
            return false;
        point |= !kept;
    }
    return true;
}

static bool is_integer(const CelValue *value)
{
    return value->kind == CEL_INT || value->kind == CEL_UINT;
}

// One clause. False when the value does not suit it, or the budget ended.
static bool add_clause(Format *f, const CelValue *value)
{
    bool capitals = f->clause == 'X';
    switch (f->clause) {
    case 's':
        return add_value(f, value);
    case 'd':
        return is_integer(value)
                   ? add_integer(f, value, 10, false)
                   : value->kind == CEL_DOUBLE && !isfinite(value->number) && add_value(f, value);
    case 'f':
    case 'e':
        return is_integer(value) ? add_double(f, value->kind == CEL_INT ? (double)value->integer
                                                                        : (double)value->uint)
                                 : value->kind == CEL_DOUBLE && add_double(f, value->number);
    case 'b':
        return value->kind == CEL_BOOL ? add(f, value->boolean ? STR("1") : STR("0"))
                                       : is_integer(value) && add_integer(f, value, 2, false);
    case 'o':
        return is_integer(value) && add_integer(f, value, 8, false);
    default:
        if (value->kind == CEL_STRING || value->kind == CEL_BYTES)
            return add_hex(f, value->text, capitals);
        return is_integer(value) && add_integer(f, value, 16, capitals);
    }
}

// Reads what follows a %: a precision and a letter. False when it is no clause.
static bool read_clause(Format *f, Str s, size_t *at)
{
    f->precision = -1;
    if (*at < s.len && s.at[*at] == '.') {
        f->precision = 0;
        for (++*at; *at < s.len && s.at[*at] >= '0' && s.at[*at] <= '9'; ++*at)
            if ((f->precision = f->precision * 10 + (s.at[*at] - '0')) > PRECISION_MAX)
                return false;
    }
    f->clause = *at < s.len ? s.at[*at] : '\0';
    ++*at;
    return f->clause && strchr("sdfeboxX%", f->clause);
}

static CelValue wrong(Format *f, Text text, size_t from, size_t to, Str format, CelKind kind)
{
    if (f->run->steps < 0)
        return run_exhausted(f->run);
    return run_error(f->run, text, str_slice(format, from, to), cel_kind_name(kind));
}

CelValue cel_format(Run *run, const CelValue *args)
{
    Format f = {.run = run, .buf = {.arena = run->arena}};
    Str s = args[0].text;
    size_t next = 0, count = cel_size(args[1]);
    for (size_t at = 0; at < s.len;) {
        size_t percent = at + str_index(str_slice(s, at, s.len), '%'), from = percent;
        if (!add(&f, str_slice(s, at, percent)))
            return run_exhausted(run);
        if (percent == s.len)
            break;
        at = percent + 1;
        if (!read_clause(&f, s, &at))
            return wrong(&f, T("format() ne connaît pas {0}", "format() does not know {0}"), from,
                         at, s, CEL_DYN);
        if (f.clause == '%') {
            add(&f, STR("%"));
            continue;
        }
        if (next >= count)
            return wrong(&f,
                         T("format() n'a pas de valeur pour {0}", "format() has no value for {0}"),
                         from, at, s, CEL_DYN);
        CelValue value = cel_item(run->arena, args[1], next++);
        if (!add_clause(&f, &value))
            return wrong(&f, T("{0} ne s'applique pas à {1}", "{0} does not apply to {1}"), from,
                         at, s, value.kind);
    }
    return run->steps < 0 ? run_exhausted(run) : cel_text(buf_str(&f.buf));
}
