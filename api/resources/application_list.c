// SPDX-License-Identifier: Apache-2.0
// Applications that one has a part in. The statement finds them by grants; whether a grant's role is
// one that the application's own workflow knows is asked here, row by row, of the same law that shows
// one alone: what one would not find by its address is in no list, and is not counted.
#include "application.h"
#include "common.h"
#include "definition.h"
#include "../../engine/base/vec.h"

const Parameter application_list_query[] = {
    {"call_id", FIELD_UUID_T, "Under this call"},
    {"dossier_id", FIELD_UUID_T, "Of this dossier"},
    {"stage", FIELD_TEXT_T, "submission, evaluation, decision, funding or impact"},
    {"is_over", FIELD_BOOL_T, "Whether its path has ended"},
    {"cursor", FIELD_TEXT_T, "Where the previous page ended"},
    {"limit", FIELD_INT_T, "Rows at most, 1 to 200"},
    {0}};

enum {
    ROUNDS = 40
}; // of rows that turn out to be none of the caller's, before a page is left short

// Who has a part in the whole call sees all that is filed under it, which spares a look at each row.
static bool call_seen(Request *rq, Str call, bool *ret)
{
    *ret = false;
    Rows *rows = call.len ? QUERY(rq->db, rq->arena, Q_APPLICATION_CALL, ARG(call)) : NULL;
    if (!call.len)
        return true;
    if (!rows)
        return failed(rq);
    if (rows_len(rows) == 0)
        return true;
    Str space = row_str(rows, 0, "space_id");
    ApplicationScope at = {.call = call, .space = space};
    const Definition *def = definition_get(rq->db, row_str(rows, 0, "workflow_version_id"));
    *ret = access_manages(rq->who, space) || (def && access_roles(rq->who, def, &at));
    return true;
}

// Dossiers, or organisations whose dossiers, the caller holds: `only` these roles, NULL for any.
static Arg held(Request *rq, Scope scope, const char *only[2])
{
    const Principal *who = rq->who;
    Str *ids = arena_array(rq->arena, Str, who->grant_count);
    size_t n = 0;
    for (size_t i = 0; i < who->grant_count; i++) {
        const Grant *grant = &who->grants[i];
        bool role = !only || str_is(grant->role, only[0]) || str_is(grant->role, only[1]);
        if (grant->scope == scope && role)
            ids[n++] = grant->scope_id;
    }
    return arg_texts(rq->arena, ids, n);
}

static const char *const holding[2] = {"carrier", "author"};

static bool list_call(Request *rq, const Page *page)
{
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_APPLICATION_LIST_CALL, query_arg(rq, "call_id"), page_at(page),
              page_id(page), page_limit(rq->arena, page), held(rq, ON_DOSSIER, NULL),
              held(rq, ON_ORGANISATION, (const char **)holding));
    return rows ? reply_page(rq, rows, page->limit) : failed(rq);
}

// Has the caller a role that the application's workflow knows, or runs the space?
static bool row_seen(Request *rq, const Rows *rows, size_t i)
{
    const Definition *def = definition_get(rq->db, row_str(rows, i, "hidden_workflow_version_id"));
    ApplicationScope at = {.application = row_str(rows, i, "id"),
                           .call = row_str(rows, i, "call_id"),
                           .dossier = row_str(rows, i, "dossier_id"),
                           .space = row_str(rows, i, "hidden_space_id")};
    if (!row_null(rows, i, "hidden_organisation_id"))
        at.organisation = row_str(rows, i, "hidden_organisation_id");
    at.territories = row_texts(rq->arena, rows, i, "hidden_territories", &at.territory_count);
    return (def && access_roles(rq->who, def, &at)) || access_manages(rq->who, at.space);
}

static bool on_territories(const Principal *who)
{
    for (size_t i = 0; i < who->grant_count; i++)
        if (who->grants[i].scope == ON_TERRITORY)
            return true;
    return false;
}

static Rows *round_of(Request *rq, bool all, const Page *page)
{
    Page more = {.limit = page->limit < 50 ? 50 : page->limit, .at = page->at, .id = page->id};
    return QUERY(rq->db, rq->arena, Q_APPLICATION_LIST, ARG(rq->who->person), arg_bool(all),
                 query_arg(rq, "call_id"), query_arg(rq, "dossier_id"), query_arg(rq, "stage"),
                 query_arg(rq, "is_over"), page_at(&more), page_id(&more),
                 page_limit(rq->arena, &more), held(rq, ON_DOSSIER, NULL),
                 held(rq, ON_ORGANISATION, (const char **)holding),
                 arg_bool(on_territories(rq->who)));
}

static bool list_filtered(Request *rq, bool all, Page page)
{
    VEC(RowAt) seen = {0};
    size_t limit = (size_t)page.limit, asked = limit < 50 ? 50 : limit;
    RowAt last = {0};
    bool more = true;
    for (int round = 0; more && round < ROUNDS && seen.len <= limit; round++) {
        Rows *rows = round_of(rq, all, &page);
        if (!rows)
            return failed(rq);
        for (size_t i = 0; i < rows_len(rows) && seen.len <= limit; i++) {
            last = (RowAt){rows, i};
            if (all || row_seen(rq, rows, i))
                vec_push(rq->arena, &seen, last);
        }
        more = rows_len(rows) > asked;
        if (rows_len(rows)) {
            page.at = row_str(rows, rows_len(rows) - 1, "cursor_at");
            page.id = row_str(rows, rows_len(rows) - 1, "cursor_id");
        }
    }
    bool full = seen.len > limit;
    const RowAt *next = full ? &seen.at[limit - 1] : more ? &last : NULL;
    return reply_rows(rq, seen.at, full ? limit : seen.len, next);
}

bool application_list(Request *rq)
{
    Page page;
    bool all;
    if (!page_read(rq, &page) || !call_seen(rq, request_query(rq, "call_id"), &all))
        return false;
    bool plain = all && !request_query(rq, "dossier_id").at && !request_query(rq, "stage").at &&
                 !request_query(rq, "is_over").at;
    return plain ? list_call(rq, &page) : list_filtered(rq, all, page);
}
