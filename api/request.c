// SPDX-License-Identifier: Apache-2.0
// What handlers say: replies and faults. Pages and cursors are in page.c, the query string in
// query.c.
#include "request.h"
#include "clock.h"
#include "http/http.h"
#include "problem.h"
#include <stdlib.h>

Str request_header(const Request *rq, const char *name)
{
    return rq->http ? http_header(rq->http, name) : STR_NONE;
}

bool fault_at(Request *rq, FaultKind kind, Str pointer, const char *keyword, Message message)
{
    if (rq->faults.len < FIELD_FAULTS_MAX)
        rq->faults.at[rq->faults.len++] = (Fault){kind, pointer, keyword, message};
    return false;
}

bool reply_text(Request *rq, int status, Str json)
{
    rq->reply.status = status;
    rq->reply.body = json;
    return true;
}

bool reply_json(Request *rq, int status, json_t *value)
{
    return reply_text(rq, status, json_text(rq->arena, value));
}

bool reply_none(Request *rq)
{
    return reply_text(rq, 204, STR_NONE);
}

bool reply_row(Request *rq, int status, const Rows *rows, size_t i)
{
    Buf out = {.arena = rq->arena};
    row_write(&out, rows, i);
    return reply_text(rq, status, buf_str(&out));
}

Rows *request_first(Request *rq)
{
    return rq->first ? rq->first : QUERY(rq->db, rq->arena, rq->route->first, ARG(rq->params[0]));
}

Time request_now(Request *rq)
{
    if (rq->now)
        return rq->now;
    Rows *rows = QUERY0(rq->db, rq->arena, Q_CLOCK);
    if (!rows)
        return TIME_NONE;
    return rq->now = row_time(rows, 0, "now") + clock_shift();
}
