// SPDX-License-Identifier: Apache-2.0
// Rows: reading columns by name, and writing a row as JSON by the types that PostgreSQL gives its
// columns.
#include "inside.h"
#include "../../engine/base/vec.h"
#include <assert.h>
#include <stdlib.h>

// OIDs of pg_type that never change.
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_BOOLS = 1000,
    OID_INT4S = 1007,
    OID_TEXTS = 1009,
    OID_INT8S = 1016,
    OID_FLOAT8S = 1022,
    OID_TIMES = 1185,
    OID_TIME = 1184,
    OID_NUMERIC = 1700,
    OID_UUID = 2950,
    OID_UUIDS = 2951,
    OID_JSONB = 3802
};

static int find(const Rows *rows, const char *column)
{
    int n = PQnfields(rows->result);
    for (int i = 0; i < n; i++)
        if (strcmp(PQfname(rows->result, i), column) == 0)
            return i;
    return -1;
}

static int column_of(const Rows *rows, size_t i, const char *column)
{
    int at = find(rows, column);
    assert(at >= 0 && i < (size_t)PQntuples(rows->result));
    (void)i;
    return at;
}

static Str cell(const Rows *rows, size_t i, int at)
{
    if (PQgetisnull(rows->result, (int)i, at))
        return STR_NONE;
    return (Str){PQgetvalue(rows->result, (int)i, at),
                 (size_t)PQgetlength(rows->result, (int)i, at)};
}

size_t rows_len(const Rows *rows)
{
    if (PQresultStatus(rows->result) == PGRES_TUPLES_OK)
        return (size_t)PQntuples(rows->result);
    return (size_t)strtoull(PQcmdTuples(rows->result), NULL, 10);
}

bool rows_has(const Rows *rows, const char *column)
{
    return find(rows, column) >= 0;
}

bool row_null(const Rows *rows, size_t i, const char *column)
{
    return PQgetisnull(rows->result, (int)i, column_of(rows, i, column));
}

Str row_str(const Rows *rows, size_t i, const char *column)
{
    return cell(rows, i, column_of(rows, i, column));
}

int64_t row_int(const Rows *rows, size_t i, const char *column)
{
    Str s = row_str(rows, i, column);
    return s.at ? strtoll(s.at, NULL, 10) : 0; // libpq ends every value with a NUL
}

double row_double(const Rows *rows, size_t i, const char *column)
{
    Str s = row_str(rows, i, column);
    return s.at ? strtod(s.at, NULL) : 0;
}

bool row_bool(const Rows *rows, size_t i, const char *column)
{
    return str_is(row_str(rows, i, column), "t");
}

// "2026-11-21 22:52:25.123456+00", as a session with datestyle ISO and timezone UTC writes it.
static Time time_of(Str s)
{
    char text[40];
    if (s.len < 22 || s.len >= sizeof text || !str_ends(s, STR("+00")))
        return TIME_NONE;
    memcpy(text, s.at, s.len);
    text[10] = 'T';
    text[s.len - 3] = 'Z';
    Time t;
    return time_parse((Str){text, s.len - 2}, &t) ? t : TIME_NONE;
}

Time row_time(const Rows *rows, size_t i, const char *column)
{
    return time_of(row_str(rows, i, column));
}

json_t *row_json(Arena *arena, const Rows *rows, size_t i, const char *column)
{
    Fault fault;
    Str s = row_str(rows, i, column);
    json_t *value = s.at ? json_read(arena, s, &fault) : NULL;
    if (value || !s.at)
        return value;
    // What was stored reads again: 1e300 comes back digit by digit, no 64-bit integer, and many small edits
    // make a text that no single request could bring.
    return json_keep(arena,
                     json_loadb(s.at, s.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL));
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

Str row_bytes(Arena *arena, const Rows *rows, size_t i, const char *column)
{
    Str s = row_str(rows, i, column);
    if (s.len < 2)
        return STR_NONE;
    size_t len = (s.len - 2) / 2;
    char *at = arena_alloc(arena, len + 1);
    for (size_t k = 0; k < len; k++)
        at[k] = (char)(hex_digit(s.at[2 + 2 * k]) << 4 | hex_digit(s.at[3 + 2 * k]));
    return (Str){at, len};
}

// --- array literals -----------------------------------------------------------------------------

// Takes the next element of "{a,"b c",NULL}" from *at. False at the end. STR_NONE is null.
static bool element(Arena *arena, const char **at, const char *end, Str *ret)
{
    if (*at < end && (**at == '{' || **at == ','))
        (*at)++;
    if (*at >= end || **at == '}')
        return false;
    if (**at != '"') {
        const char *from = *at;
        while (*at < end && **at != ',' && **at != '}')
            (*at)++;
        *ret = (Str){from, (size_t)(*at - from)};
        if (str_is(*ret, "NULL"))
            *ret = STR_NONE;
        return true;
    }
    Buf buf = {.arena = arena};
    for ((*at)++; *at < end && **at != '"'; (*at)++) {
        if (**at == '\\')
            (*at)++;
        buf_char(&buf, **at);
    }
    (*at)++;
    *ret = buf.at ? buf_str(&buf) : STR("");
    return true;
}

const Str *row_texts(Arena *arena, const Rows *rows, size_t i, const char *column, size_t *n)
{
    Str s = row_str(rows, i, column);
    VEC(Str) found = {0};
    const char *at = s.at, *end = s.at + s.len;
    for (Str text; s.at && element(arena, &at, end, &text);)
        vec_push(arena, &found, text);
    *n = found.len;
    return found.at;
}

// --- JSON ---------------------------------------------------------------------------------------

// What PostgreSQL writes is RFC 3339 but for two characters; a list has hundreds of them.
static void write_time(Buf *buf, Str s)
{
    if (s.len >= 22 && s.len <= 29 && s.at[4] == '-' && str_ends(s, STR("+00"))) {
        buf_char(buf, '"');
        buf_add(buf, (Str){s.at, 10});
        buf_char(buf, 'T');
        buf_add(buf, (Str){s.at + 11, s.len - 14});
        buf_add(buf, STR("Z\""));
        return;
    }
    Time t = time_of(s);
    if (t == TIME_NONE)
        buf_add(buf, STR("null"));
    else
        buf_json(buf, time_format(buf->arena, t));
}

// JSON has no NaN and no infinity.
static void write_number(Buf *buf, Str s)
{
    bool finite = s.len && (s.at[s.len - 1] >= '0' && s.at[s.len - 1] <= '9');
    buf_add(buf, finite ? s : STR("null"));
}

static Oid member_of(Oid array)
{
    switch (array) {
    case OID_BOOLS:
        return OID_BOOL;
    case OID_INT4S:
    case OID_INT8S:
    case OID_FLOAT8S:
        return OID_NUMERIC;
    case OID_TIMES:
        return OID_TIME;
    case OID_TEXTS:
    case OID_UUIDS:
        return 25; // text
    default:
        return 0;
    }
}

static void write_value(Buf *buf, Oid type, Str s);

static void write_array(Buf *buf, Oid type, Str s)
{
    const char *at = s.at, *end = s.at + s.len;
    char mark = '[';
    for (Str text; element(buf->arena, &at, end, &text); mark = ',') {
        buf_char(buf, mark);
        write_value(buf, type, text);
    }
    if (mark == '[')
        buf_char(buf, '[');
    buf_char(buf, ']');
}

static void write_value(Buf *buf, Oid type, Str s)
{
    if (!s.at) {
        buf_add(buf, STR("null"));
        return;
    }
    if (member_of(type)) {
        write_array(buf, member_of(type), s);
        return;
    }
    switch (type) {
    case OID_BOOL:
        buf_add(buf, str_is(s, "t") ? STR("true") : STR("false"));
        return;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_NUMERIC:
    case OID_FLOAT4:
    case OID_FLOAT8:
        write_number(buf, s);
        return;
    case OID_JSON:
    case OID_JSONB:
        buf_add(buf, s);
        return;
    case OID_TIME:
        write_time(buf, s);
        return;
    case OID_UUID:
        buf_char(buf, '"');
        buf_add(buf, s);
        buf_char(buf, '"');
        return;
    case OID_BYTEA:
        buf_json(buf, str_slice(s, 2, s.len));
        return;
    default:
        buf_json(buf, s);
    }
}

void rows_hide(Rows *rows, const char *column)
{
    int at = PQfnumber(rows->result, column);
    assert(at < 64);
    if (at >= 0)
        rows->hidden |= UINT64_C(1) << at;
}

void row_members(Buf *buf, const Rows *rows, size_t i)
{
    bool first = true;
    for (int at = 0; at < PQnfields(rows->result); at++) {
        Str name = str_of(PQfname(rows->result, at));
        bool hidden = at < 64 && rows->hidden >> at & 1;
        if (hidden || str_starts(name, STR("cursor_")) || str_starts(name, STR("hidden_")))
            continue;
        if (!first)
            buf_char(buf, ',');
        first = false;
        buf_char(buf, '"'); // a column's name is ours: nothing to escape
        buf_add(buf, name);
        buf_add(buf, STR("\":"));
        write_value(buf, PQftype(rows->result, at), cell(rows, i, at));
    }
}

void row_write(Buf *buf, const Rows *rows, size_t i)
{
    buf_char(buf, '{');
    row_members(buf, rows, i);
    buf_char(buf, '}');
}
