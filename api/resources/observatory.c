// SPDX-License-Identifier: Apache-2.0
// What became of the projects, for everyone: sums by stage, theme and territory of what was filed. No name, no dossier, and to those
// who may not read its parts no sum over too few owners, nor one that gives it away (engine/few.h). They choose by one thing at a
// time: of two crossed sums, few would be left to tell, and subtracting them from each other tells more than anyone can foresee.
#include "resources.h"
#include "common.h"
#include "../settings.h"
#include "../../engine/base/vec.h"
#include "../../engine/few.h"
#include <stdlib.h>

enum Kind { COUNT, REQUESTED, DECIDED, PAID, KINDS };
static const char *const sums[KINDS] = {"applications", "requested", "decided", "paid"};
static const char *const givers[KINDS] = {"givers", "givers_requested", "givers_decided",
                                          "givers_paid"};
static const char *const others[KINDS] = {"others", "others_requested", "others_decided",
                                          "others_paid"};
static const struct {
    const char *name, *key;
    size_t max;
    bool money, places;
} lists[] = {{"stages", "stage", SIZE_MAX, false, false},
             {"themes", "theme", 500, true, false},
             {"territories", "code", 1000, true, true}};
enum { LISTS = sizeof lists / sizeof *lists };

typedef struct Share { // a cell of a line of territories
    Str parent, kind;
    size_t cell;
} Share;
typedef VEC(Share) Shares;

typedef struct Sums {
    Request *rq;
    const Rows *rows; // a cell each
    FewCell *cells[KINDS];
    size_t n, total; // FEW_NONE: nothing was filed
    FewLine *lines;
    size_t line_count;
} Sums;

// --- lines ---------------------------------------------------------------------------------------

static bool is_in(const Sums *s, size_t i, const char *list)
{
    return str_is(row_str(s->rows, i, "list"), list);
}

static void line_add(Sums *s, size_t of, const Share *parts, size_t len)
{
    size_t *cells = arena_array(s->rq->arena, size_t, len + 1);
    for (size_t i = 0; i < len; i++)
        cells[i] = parts[i].cell;
    s->lines[s->line_count++] = (FewLine){cells, len, of};
}

static int by_line(const void *a, const void *b)
{
    const Share *x = a, *y = b;
    int order = str_cmp(x->parent, y->parent);
    return order ? order : str_cmp(x->kind, y->kind);
}

// The territory's cell; the rows are in order of list and code, byte by byte.
static size_t place_of(const Sums *s, Str code)
{
    size_t from = 0, to = s->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_cmp(row_str(s->rows, middle, "list"), STR("territories"));
        order = order ? order : str_cmp(row_str(s->rows, middle, "code"), code);
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    while (from < s->n && str_eq(row_str(s->rows, from, "code"), code)) {
        if (row_bool(s->rows, from, "told"))
            return from;
        from++;
    }
    return FEW_NONE;
}

// What lies directly in another one, kind by kind: the communes of a département and its EPCI are two lines. What lies in none is a
// part of the total.
static void place_parts(const Sums *s, size_t i, Shares *parts)
{
    Arena *arena = s->rq->arena;
    Str kind = row_str(s->rows, i, "kind");
    size_t before = parts->len, count = 0;
    const Str *parents = row_texts(arena, s->rows, i, "parents", &count);
    if (!row_bool(s->rows, i, "told")) { // what its parent, or the total, has beyond
        vec_push(arena, parts, ((Share){row_str(s->rows, i, "code"), kind, i}));
        return;
    }
    for (size_t k = 0; k < count; k++)
        if (place_of(s, parents[k]) != FEW_NONE)
            vec_push(arena, parts, ((Share){parents[k], kind, i}));
    if (parts->len == before)
        vec_push(arena, parts, ((Share){STR(""), STR(""), i}));
}

static void lines_find(Sums *s)
{
    Shares places = {0};
    for (size_t i = 0; i < s->n; i++)
        if (is_in(s, i, "territories"))
            place_parts(s, i, &places);
    size_t n = places.len, from = 0;
    Share *parts = places.at;
    s->lines = arena_array(s->rq->arena, FewLine, n + LISTS);
    if (n)
        qsort(parts, n, sizeof *parts, by_line);
    for (size_t i = 1; i <= n; i++)
        if (i == n || by_line(&parts[i], &parts[from]) != 0) {
            line_add(s, parts[from].parent.len ? place_of(s, parts[from].parent) : s->total,
                     parts + from, i - from);
            from = i;
        }
    for (size_t list = 0; list < LISTS; list++) {
        Share *flat = arena_array(s->rq->arena, Share, s->n + 1);
        n = 0;
        for (size_t i = 0; i < s->n && !lists[list].places; i++)
            if (is_in(s, i, lists[list].name))
                flat[n++].cell = i;
        line_add(s, s->total, flat, n);
    }
}

// --- what is hidden ------------------------------------------------------------------------------

static void cells_read(Sums *s)
{
    for (int kind = 0; kind < KINDS; kind++) {
        s->cells[kind] = arena_array(s->rq->arena, FewCell, s->n + 1);
        for (size_t i = 0; i < s->n; i++)
            s->cells[kind][i] = (FewCell){.size = row_int(s->rows, i, givers[kind]),
                                          .rest = row_int(s->rows, i, others[kind]),
                                          .never = !row_bool(s->rows, i, "told"),
                                          .hidden = row_bool(s->rows, i, "complements")};
    }
}

// Where the number is not told, no amount is.
static void hide(Sums *s, int64_t least)
{
    lines_find(s);
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t i = 0; kind != COUNT && i < s->n; i++)
            s->cells[kind][i].hidden |= s->cells[COUNT][i].hidden;
        few_hide(s->cells[kind], s->n, s->lines, s->line_count, least);
    }
}

// --- the answer ----------------------------------------------------------------------------------

static void write_sum(Buf *out, const Sums *s, size_t i, const char *name, enum Kind kind)
{
    bool hidden = i != FEW_NONE && s->cells[kind][i].hidden;
    buf_format(out, ",\"%s\":", name);
    if (hidden)
        buf_add(out, STR("null"));
    else
        buf_int(out, i == FEW_NONE ? 0 : row_int(s->rows, i, name));
}

static void write_sums(Buf *out, const Sums *s, size_t i, bool money)
{
    write_sum(out, s, i, "applications", COUNT);
    write_sum(out, s, i, "dossiers", COUNT);
    for (int kind = REQUESTED; money && kind < KINDS; kind++)
        write_sum(out, s, i, sums[kind], (enum Kind)kind);
}

typedef struct Shown {
    bool hidden;
    int64_t dossiers;
    size_t cell;
} Shown;

// The largest first; what is hidden last, in an order that tells nothing.
static int by_size(const void *a, const void *b)
{
    const Shown *x = a, *y = b;
    if (x->hidden != y->hidden)
        return x->hidden ? 1 : -1;
    if (!x->hidden && x->dossiers != y->dossiers)
        return x->dossiers > y->dossiers ? -1 : 1;
    return x->cell < y->cell ? -1 : 1;
}

static void write_list(Buf *out, const Sums *s, size_t list)
{
    Shown *shown = arena_array(s->rq->arena, Shown, s->n + 1);
    size_t n = 0;
    bool told = s->total != FEW_NONE && !s->cells[COUNT][s->total].hidden;
    for (size_t i = 0; told && i < s->n; i++)
        if (is_in(s, i, lists[list].name) && row_bool(s->rows, i, "told"))
            shown[n++] = (Shown){s->cells[COUNT][i].hidden,
                                 lists[list].places ? row_int(s->rows, i, "dossiers") : 0, i};
    if (n)
        qsort(shown, n, sizeof *shown, by_size);
    buf_format(out, ",\"%s\":[", lists[list].name);
    for (size_t k = 0; k < n && k < lists[list].max; k++) {
        size_t i = shown[k].cell;
        buf_format(out, "%s{\"%s\":", k ? "," : "", lists[list].key);
        buf_json(out, row_str(s->rows, i, "code"));
        if (lists[list].places) {
            buf_add(out, STR(",\"name\":"));
            buf_json(out, row_str(s->rows, i, "name"));
            buf_add(out, STR(",\"kind\":"));
            buf_json(out, row_str(s->rows, i, "kind"));
        }
        write_sums(out, s, i, lists[list].money);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

// --- who asks ------------------------------------------------------------------------------------

static bool sees_parts(Request *rq, bool *ret)
{
    Str call = request_query(rq, "call_id");
    *ret = settings()->observatory_least == 1 || (rq->who && rq->who->admin);
    if (*ret || !rq->who || !call.len)
        return true;
    Rows *row = QUERY(rq->db, rq->arena, Q_CALL_GET, ARG(call));
    *ret = row && rows_len(row) && access_manages(rq->who, row_str(row, 0, "space_id"));
    return row || failed(rq);
}

static bool one_thing(Request *rq)
{
    size_t asked = 0;
    for (const Parameter *p = rq->route->query; p->name; p++)
        asked += request_query(rq, p->name).len > 0;
    return asked <= 1 ||
           fault(rq, FAULT_FORBIDDEN, NULL,
                 T("Choisissez un thème, un territoire ou un appel : les croiser est réservé à qui "
                   "gère l'appel.",
                   "Choose a theme, a territory or a call: crossing them is for those who run the "
                   "call."));
}

bool observatory_get(Request *rq)
{
    bool all;
    if (!sees_parts(rq, &all) || (!all && !one_thing(rq)))
        return false;
    int64_t least = all ? 1 : settings()->observatory_least;
    Sums s = {.rq = rq, .total = FEW_NONE};
    s.rows = QUERY(rq->db, rq->arena, Q_OBSERVATORY_CELLS, query_arg(rq, "theme"),
                   query_arg(rq, "territory"), query_arg(rq, "call_id"), arg_bool(least == 1),
                   arg_int(rq->arena, least));
    if (!s.rows)
        return failed(rq);
    s.n = rows_len(s.rows);
    for (size_t i = 0; i < s.n; i++)
        if (is_in(&s, i, "total"))
            s.total = i;
    cells_read(&s);
    if (least > 1)
        hide(&s, least);
    Buf out = {.arena = rq->arena};
    buf_format(&out, "{\"least\":%lld", (long long)least);
    write_sums(&out, &s, s.total, true);
    for (size_t list = 0; list < LISTS; list++)
        write_list(&out, &s, list);
    buf_char(&out, '}');
    return reply_text(rq, 200, buf_str(&out));
}
