// SPDX-License-Identifier: Apache-2.0
// The history beside moves (application.c), for those who answer for its subject.
#include "common.h"
#include "dossier.h"
#include "remember.h"
#include "resources.h"

bool dossier_history(Request *rq)
{
    Page page;
    if (!dossier_held(rq, QUERY(rq->db, rq->arena, Q_DOSSIER_GET, ARG(rq->params[0])), false) ||
        !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_CHAIN_LIST, ARG(rq->params[0]), page_at(&page),
                       page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
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
