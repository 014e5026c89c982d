// SPDX-License-Identifier: Apache-2.0
// People, as admins keep them and as others see them. Oneself is in session.c.
#include "resources.h"
#include "bodies.h"
#include "common.h"

bool person_make(Request *rq)
{
    const PersonMake *make = rq->input;
    Rows *made = QUERY(rq->db, rq->arena, Q_PERSON_ADD, ARG(make->email),
                       ARG(make->name.at ? make->name : STR("")),
                       ARG(make->lang.len ? make->lang : STR("fr")));
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return fault(rq, FAULT_CONFLICT, "/email",
                     T("Cette adresse a déjà un compte.", "This address has an account already."));
    return reply_made(rq, "people", made);
}

bool person_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_PERSON_LIST, query_arg(rq, "email"), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool person_get(Request *rq)
{
    Arg id = ARG(rq->params[0]);
    if (rq->who->admin || str_eq(rq->who->person, rq->params[0]))
        return reply_found(rq, QUERY(rq->db, rq->arena, Q_PERSON_GET, id));
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_PERSON_SHARED, id, ARG(rq->who->person)));
}
