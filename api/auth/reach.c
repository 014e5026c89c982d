// SPDX-License-Identifier: Apache-2.0
// How far what was shown reaches: a session is asked for again before what is sensitive, a token for a
// program goes where its scope goes. What a route does not allow in so many words is refused.
#include "access.h"
#include "../settings.h"
#include <time.h>

bool access_confirmed(Request *rq)
{
    const Principal *who = rq->who;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    Time until = who->confirmed == TIME_NONE ? TIME_NONE
                                             : who->confirmed + settings()->session_fresh * SECOND;
    if (!who->session || (until != TIME_NONE && now.tv_sec * SECOND + now.tv_nsec / 1000 < until))
        return true;
    return fault(rq, FAULT_UNCONFIRMED, NULL,
                 T("Confirmez d'abord que c'est bien vous (POST /api/v1/session/confirm).",
                   "Confirm first that it is you (POST /api/v1/session/confirm)."));
}

static bool out_of_scope(Request *rq)
{
    return fault(rq, FAULT_TOKEN_SCOPE, NULL,
                 T("Ce jeton n'est pas fait pour cela.", "This token is not made for that."));
}

// "call" of "/api/v1/calls/{call_id}/open"; empty when the first parameter is no id.
static Str noun_of(const char *path)
{
    Str rest = str_of(path);
    rest = str_slice(rest, str_index(rest, '{') + 1, rest.len);
    Str name = str_slice(rest, 0, str_index(rest, '}'));
    return str_ends(name, STR("_id")) ? str_slice(name, 0, name.len - 3) : STR_NONE;
}

static bool lies_there(Request *rq)
{
    const Principal *who = rq->who;
    Str noun = noun_of(rq->route->path);
    if (!noun.len)
        return out_of_scope(rq);
    Rows *rows = QUERY(rq->db, rq->arena, Q_ACCESS_REACHES, ARG(noun), ARG(rq->params[0]),
                       ARG(who->bound), ARG(who->bound_id));
    if (!rows)
        return fault(rq, FAULT_NO_DATABASE, NULL,
                     T("La base de données ne répond pas.", "The database does not answer."));
    return rows_len(rows) || out_of_scope(rq);
}

// How one signs in is theirs to see to; a token would be a way around, and what they did with what they may do here is part of it.
static bool weak_may(const Request *rq)
{
    const char *path = rq->route->path;
    return strcmp(rq->route->tag, "session") == 0 && strcmp(path, "/api/v1/me/history") != 0 &&
           strcmp(path, "/api/v1/me/export") != 0 &&
           !(rq->method == POST && strcmp(path, "/api/v1/tokens") == 0);
}

static bool weak_refused(Request *rq)
{
    return fault(rq, FAULT_SECOND_FACTOR, NULL,
                 rq->who->has_factor
                     ? T("Confirmez par votre second facteur (POST /api/v1/session/confirm) : il "
                         "en faut un pour ce que vous pouvez faire ici.",
                         "Confirm by your second factor (POST /api/v1/session/confirm): what you "
                         "may do here asks for one.")
                     : T("Mettez d'abord en place un second facteur (POST /api/v1/me/totp) : il en "
                         "faut un pour ce que vous pouvez faire ici.",
                         "Put a second factor in place first (POST /api/v1/me/totp): what you may "
                         "do here asks for one."));
}

bool access_reaches(Request *rq)
{
    const Route *route = rq->route;
    if (rq->who && rq->who->weak && !weak_may(rq)) {
        if (route->access != PUBLIC)
            return weak_refused(rq);
        rq->who = NULL;
    }
    const Principal *who = rq->who;
    if (!who)
        return true;
    if ((route->own && !who->session) || (!who->writes && rq->method != GET))
        return out_of_scope(rq);
    if (who->bound.len && !lies_there(rq))
        return false;
    return !route->fresh || access_confirmed(rq);
}
