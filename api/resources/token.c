// SPDX-License-Identifier: Apache-2.0
// Tokens for programs, and the list of all that bears access in one's name.
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "resources.h"
#include "../auth/token.h"
#include "../settings.h"
#include <time.h>

enum { DAYS = 90, DAYS_MAX = 366 };

static Time from_now(int64_t us)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + us;
}

static bool scope_is_whole(Request *rq, const TokenMake *make)
{
    if ((make->scope.len != 0) == (make->scope_id.len != 0))
        return true;
    return fault(rq, FAULT_INVALID, "/scope_id",
                 T("scope et scope_id vont ensemble.", "scope and scope_id go together."));
}

// Nobody hears whether what the scope names is there: a token reaches no further than its maker.
bool token_make(Request *rq)
{
    const TokenMake *make = rq->input;
    Time until = make->expires_at == TIME_NONE ? from_now(DAYS * DAY) : make->expires_at;
    if (until <= from_now(0) || until > from_now(DAYS_MAX * DAY))
        return fault(rq, FAULT_INVALID, "/expires_at",
                     T("Un jeton vaut au plus un an, à partir de maintenant.",
                       "A token is good for a year at most, from now."));
    if (!scope_is_whole(rq, make))
        return false;
    Token token = token_new(rq->arena);
    Rows *made = QUERY(rq->db, rq->arena, Q_TOKEN_ADD, arg_bytes(rq->arena, token.hash, HASH_SIZE),
                       ARG(rq->who->person), ARG(make->label),
                       ARG(make->access.len ? make->access : STR("read")), arg_some(make->scope),
                       arg_some(make->scope_id), arg_time(rq->arena, until), ARG(token.secret));
    if (!made)
        return failed(rq);
    Str id = row_str(made, 0, "id"), access = row_str(made, 0, "access");
    json_t *data = json_pack("{s:s%, s:s%, s:s%?, s:s%?}", "id", id.at, id.len, "access", access.at,
                             access.len, "scope", make->scope.at, make->scope.len, "scope_id",
                             make->scope_id.at, make->scope_id.len);
    return remember_account(rq, "token.made", rq->who->person, json_keep(rq->arena, data)) &&
           reply_made(rq, "tokens", made);
}

bool token_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_TOKEN_LIST, ARG(rq->who->person), ARG(rq->who->token),
                       arg_int(rq->arena, settings()->session_idle), page_at(&page), page_id(&page),
                       page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool token_revoke(Request *rq)
{
    Rows *gone = QUERY(rq->db, rq->arena, Q_TOKEN_REVOKE, ARG(rq->params[0]), ARG(rq->who->person));
    if (!gone)
        return failed(rq);
    if (rows_len(gone) == 0)
        return not_found(rq);
    rq->access_changed = rq->who->person;
    Str id = rq->params[0];
    json_t *data = json_keep(rq->arena, json_pack("{s:s%}", "id", id.at, id.len));
    return remember_account(rq, "token.revoked", rq->who->person, data) && reply_none(rq);
}
