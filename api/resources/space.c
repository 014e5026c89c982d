// SPDX-License-Identifier: Apache-2.0
// A funder's own corner: whose workflows and calls live there.
#include "resources.h"
#include "bodies.h"
#include "common.h"

bool space_make(Request *rq)
{
    const SpaceMake *make = rq->input;
    if (!label_check(rq, "/title", make->title, 200))
        return false;
    for (size_t i = 0; i < make->slug.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", make->slug.at[i]) ||
            make->slug.at[0] == '-')
            return fault(rq, FAULT_INVALID, "/slug",
                         T("Lettres minuscules, chiffres et tirets, sans tiret au début.",
                           "Lower case letters, digits and hyphens, not beginning with a hyphen."));
    Arg organisation = ARG(make->organisation_id);
    Rows *owner = QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, organisation);
    if (!owner)
        return failed(rq);
    if (rows_len(owner) == 0)
        return fault(rq, FAULT_INVALID, "/organisation_id",
                     T("Cette organisation est inconnue.", "This organisation is unknown."));
    Rows *made = QUERY(rq->db, rq->arena, Q_SPACE_ADD, ARG(make->slug),
                       arg_json(rq->arena, make->title), organisation);
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return fault(rq, FAULT_CONFLICT, "/slug",
                     T("Cette adresse est prise.", "This address is taken."));
    return reply_made(rq, "spaces", made);
}

bool space_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_SPACE_LIST, query_arg(rq, "slug"), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool space_get(Request *rq)
{
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_SPACE_GET, ARG(rq->params[0])));
}

bool space_change(Request *rq)
{
    const SpaceMake *change = rq->input;
    Arg id = ARG(rq->params[0]);
    Rows *now = QUERY(rq->db, rq->arena, Q_SPACE_GET, id);
    if (!now)
        return failed(rq);
    if (rows_len(now) == 0)
        return not_found(rq);
    if (!access_manages(rq->who, rq->params[0]))
        return forbidden(rq);
    if (!label_check(rq, "/title", change->title, 200))
        return false;
    Rows *changed = QUERY(rq->db, rq->arena, Q_SPACE_CHANGE, id, arg_int(rq->arena, rq->if_match),
                          arg_json(rq->arena, change->title));
    if (!changed)
        return failed(rq);
    return rows_len(changed) ? reply_row(rq, 200, changed, 0)
                             : stale(rq, row_int(now, 0, "version"));
}
