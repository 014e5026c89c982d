// SPDX-License-Identifier: Apache-2.0
// Pages by keyset: a cursor says after which row the next page begins, so that no row is shown
// twice or missed while others are added. It is base64url of the row's place in the order and its
// id, sealed: the last row of a page may be one that was left out, and its place may count others.
// It opens at its own address alone, or another list would tell the place by what lies behind it.
#include "auth/seal.h"
#include "problem.h"
#include "request.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 200, CURSOR_MAX = 480 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static Str base64_write(Arena *arena, Str s)
{
    Buf out = {.arena = arena};
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < s.len; i++) {
        bits = bits << 8 | (unsigned char)s.at[i];
        for (have += 8; have >= 6; have -= 6)
            buf_char(&out, digits[bits >> (have - 6) & 63]);
    }
    if (have)
        buf_char(&out, digits[bits << (6 - have) & 63]);
    return buf_str(&out);
}

static bool base64_read(Arena *arena, Str s, Str *ret)
{
    Buf out = {.arena = arena};
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *digit = s.at[i] ? strchr(digits, s.at[i]) : NULL;
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        have += 6;
        if (have >= 8)
            buf_char(&out, (char)(bits >> (have -= 8) & 255));
    }
    *ret = buf_str(&out);
    return true;
}

static Str use_of(Arena *arena, Str path)
{
    return str_format(arena, "cursor " STR_FMT, STR_ARG(path));
}

static Str cursor_write(Arena *arena, Str path, Str at, Str id)
{
    Str plain = str_format(arena, STR_FMT "\x1f" STR_FMT, STR_ARG(at), STR_ARG(id));
    return base64_write(arena, seal_alike(arena, plain, use_of(arena, path)));
}

static bool cursor_read(Arena *arena, Str path, Str cursor, Page *ret)
{
    Str sealed, plain;
    if (cursor.len > CURSOR_MAX || !base64_read(arena, cursor, &sealed) ||
        !seal_open(arena, sealed, use_of(arena, path), &plain))
        return false;
    size_t middle = str_index(plain, '\x1f');
    if (middle == plain.len)
        return false;
    ret->at = str_slice(plain, 0, middle);
    ret->id = str_slice(plain, middle + 1, plain.len);
    return true;
}

bool page_read(Request *rq, Page *ret)
{
    *ret = (Page){.limit = request_query_int(rq, "limit", PAGE_DEFAULT)};
    if (ret->limit < 1 || ret->limit > PAGE_MAX)
        return fault_at(rq, FAULT_INVALID, STR("?limit"), "maximum",
                        MESSAGE(T("limit va de 1 à 200.", "limit goes from 1 to 200.")));
    Str cursor = request_query(rq, "cursor");
    if (cursor.at && !cursor_read(rq->arena, rq->path, cursor, ret))
        return fault_at(rq, FAULT_INVALID, STR("?cursor"), "cursor",
                        MESSAGE(T("Ce curseur n'est pas de nous : reprenez celui de « next ».",
                                  "This cursor is not ours: take the one in \"next\".")));
    return true;
}

// The address of the next page: this one's path and query with another cursor.
static Str next_link(Request *rq, Str cursor)
{
    Buf out = {.arena = rq->arena};
    buf_format(&out, "<" STR_FMT "?cursor=" STR_FMT, STR_ARG(rq->path), STR_ARG(cursor));
    for (const Parameter *p = rq->route ? rq->route->query : NULL; p && p->name; p++) {
        Str value = request_query(rq, p->name);
        if (!value.at || strcmp(p->name, "cursor") == 0)
            continue;
        buf_format(&out, "&%s=", p->name);
        for (size_t i = 0; i < value.len; i++) {
            unsigned char c = (unsigned char)value.at[i];
            bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
            buf_format(&out, plain ? "%c" : "%%%02X", c);
        }
    }
    buf_add(&out, STR(">; rel=\"next\""));
    return buf_str(&out);
}

static void write_plain(Buf *buf, const Rows *rows, size_t i, const void *unused)
{
    (void)unused;
    row_write(buf, rows, i);
}

bool reply_page(Request *rq, const Rows *rows, int64_t limit)
{
    return reply_page_by(rq, rows, limit, write_plain, NULL);
}

Str row_cursor(Arena *arena, Str path, const RowAt *row)
{
    return cursor_write(arena, path, row_str(row->rows, row->i, "cursor_at"),
                        row_str(row->rows, row->i, "cursor_id"));
}

// Ends the page that `out` holds the items of.
static bool reply_items(Request *rq, Buf *out, const RowAt *next)
{
    if (!next) {
        buf_add(out, STR("],\"next\":null}"));
        return reply_text(rq, 200, buf_str(out));
    }
    Str cursor = row_cursor(rq->arena, rq->path, next);
    buf_format(out, "],\"next\":\"" STR_FMT "\"}", STR_ARG(cursor));
    rq->reply.link = next_link(rq, cursor);
    return reply_text(rq, 200, buf_str(out));
}

bool reply_rows(Request *rq, const RowAt *shown, size_t n, const RowAt *next)
{
    Buf out = {.arena = rq->arena};
    buf_add(&out, STR("{\"items\":["));
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&out, ',');
        row_write(&out, shown[i].rows, shown[i].i);
    }
    return reply_items(rq, &out, next);
}

bool reply_page_by(Request *rq, const Rows *rows, int64_t limit, RowWrite *write, const void *with)
{
    Buf out = {.arena = rq->arena};
    size_t len = rows_len(rows), shown = len > (size_t)limit ? (size_t)limit : len;
    buf_add(&out, STR("{\"items\":["));
    for (size_t i = 0; i < shown; i++) {
        if (i)
            buf_char(&out, ',');
        write(&out, rows, i, with);
    }
    return reply_items(rq, &out, shown == len ? NULL : &(RowAt){rows, shown - 1});
}
