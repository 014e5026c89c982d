// SPDX-License-Identifier: Apache-2.0
// People, as admins keep them and as others see them. Oneself is in session.c.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"

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
    return remember_account(rq, "account.made", row_str(made, 0, "id"), NULL) &&
           reply_made(rq, "people", made);
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

// --- what administrators do to accounts ----------------------------------------------------------

// Sessions and tokens alike.
static bool end_all(Request *rq)
{
    rq->access_changed = rq->params[0];
    return QUERY(rq->db, rq->arena, Q_TOKEN_SIGN_OUT_EVERYWHERE, ARG(rq->params[0]),
                 arg_bool(true)) != NULL ||
           failed(rq);
}

bool person_sessions_end(Request *rq)
{
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_GET, ARG(rq->params[0]));
    if (!person)
        return failed(rq);
    if (rows_len(person) == 0)
        return not_found(rq);
    return end_all(rq) && remember_account(rq, "account.signed-out", rq->params[0], NULL) &&
           reply_none(rq);
}

bool person_suspend(Request *rq)
{
    const SuspensionPut *put = rq->input;
    if (str_eq(rq->who->person, rq->params[0]))
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Nul ne suspend son propre compte : une autre administration le fait.",
                       "Nobody suspends their own account: another administrator does."));
    Rows *person =
        QUERY(rq->db, rq->arena, Q_PERSON_SUSPEND, ARG(rq->params[0]), arg_bool(put->suspended));
    if (!person)
        return failed(rq);
    if (rows_len(person) == 0)
        return not_found(rq);
    return (!put->suspended || end_all(rq)) &&
           remember_account(rq, put->suspended ? "account.suspended" : "account.resumed",
                            rq->params[0], NULL) &&
           reply_row(rq, 200, person, 0);
}
