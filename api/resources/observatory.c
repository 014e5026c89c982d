// SPDX-License-Identifier: Apache-2.0
// What became of the projects, for everyone: sums by stage, theme and territory of what was filed.
// No name, no dossier.
#include "resources.h"
#include "common.h"

bool observatory_get(Request *rq)
{
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_OBSERVATORY_GET, query_arg(rq, "theme"),
                                 query_arg(rq, "territory"), query_arg(rq, "call_id")));
}
