// SPDX-License-Identifier: Apache-2.0
// What the type of a problem document leads to: what this kind of no means, in the reader's
// language.
#include "resources.h"
#include "common.h"

bool problem_kind_get(Request *rq)
{
    for (FaultKind kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
        const FaultRow *row = fault_row(kind);
        if (str_is(rq->params[0], row->type))
            return reply_json(
                rq, 200,
                json_keep(rq->arena, json_pack("{s:o, s:s, s:i}", "type",
                                               json_sprintf("/problems/%s", row->type), "title",
                                               rq->lang == FR ? row->title.fr : row->title.en,
                                               "status", row->status)));
    }
    return not_found(rq);
}
