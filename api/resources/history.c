// SPDX-License-Identifier: Apache-2.0
// The history beside moves (application.c), for those who answer for its subject.
#include "acts.h"
#include "common.h"
#include "dossier.h"
#include "organisation.h"
#include "remember.h"
#include "resources.h"

static bool chain_show(Request *rq, Str chain)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_CHAIN_LIST, ARG(chain), page_at(&page),
                       page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool dossier_history(Request *rq)
{
    return dossier_held(rq, QUERY(rq->db, rq->arena, Q_DOSSIER_GET, ARG(rq->params[0])), false) &&
           chain_show(rq, rq->params[0]);
}

// Grants on its calls stand there too: it is for those who give them.
bool space_history(Request *rq)
{
    if (rq->who->admin || access_answers_for_space(rq->who, rq->params[0]))
        return chain_show(rq, rq->params[0]);
    Rows *there = QUERY(rq->db, rq->arena, Q_SPACE_GET, ARG(rq->params[0]));
    if (!there)
        return failed(rq);
    return rows_len(there) ? forbidden(rq) : not_found(rq);
}

bool organisation_history(Request *rq)
{
    return organisation_run(rq) && chain_show(rq, rq->params[0]);
}

bool platform_history(Request *rq)
{
    return chain_show(rq, NO_UUID);
}

// --- one's own -----------------------------------------------------------------------------------

enum { WINDOWS = 40 }; // of the whole history, that one request goes through

bool acts_take(Request *rq, const Page *page, Acts *ret)
{
    RowAt *found = arena_array(rq->arena, RowAt, (size_t)page->limit);
    Arg chain = page_id(page), version = page_at(page);
    *ret = (Acts){.at = found};
    for (int window = 0; window < WINDOWS; window++) {
        Rows *rows = QUERY(rq->db, rq->arena, Q_ACTS_WINDOW, ARG(rq->who->person), chain, version);
        if (!rows)
            return failed(rq);
        rows_hide(rows, "mine");
        ret->more = rows_len(rows) > 0;
        for (size_t i = 0; i < rows_len(rows); i++) {
            ret->last = (RowAt){rows, i};
            if (row_bool(rows, i, "mine"))
                found[ret->len++] = ret->last;
            if (ret->len == (size_t)page->limit)
                return true;
        }
        if (!ret->more)
            return true;
        chain = ARG(row_str(rows, rows_len(rows) - 1, "chain"));
        version = ARG(row_str(rows, rows_len(rows) - 1, "cursor_at"));
    }
    return true;
}

bool me_history(Request *rq)
{
    Page page;
    Acts acts;
    if (!page_read(rq, &page) || !acts_take(rq, &page, &acts))
        return false;
    return reply_rows(rq, acts.at, acts.len, acts.more ? &acts.last : NULL);
}

bool grant_history(Request *rq)
{
    Page page;
    Scope scope;
    Str word = request_query(rq, "scope"), id = request_query(rq, "scope_id");
    id = id.len ? id : STR("");
    if (!scope_read(word, &scope))
        return fault(rq, FAULT_INVALID, NULL,
                     T("Il faut dire de quelle portée (scope).", "Say of which scope."));
    Deed chain = {0};
    if (!page_read(rq, &page) || !may_grant(rq, scope, word, id, forbidden) ||
        !scope_chain(rq, word, id, &chain))
        return false;
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_CHAIN_GRANTS, ARG(chain.chain.len ? chain.chain : NO_UUID),
              ARG(word), ARG(id), page_at(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}
