// SPDX-License-Identifier: Apache-2.0
// POST /applications/{id}/moves: many at once. Whoever writes takes all that wait, and they share one commit; what one of them
// asks, is refused or gets wrong changes nothing for its neighbours.
#pragma once
#include "../request.h"

typedef struct MoveInput {
    Str event;
    json_t *data;    // NULL: none
    int64_t version; // of the application that the caller saw; 0: any
    Str behalf;      // for whom the caller acts; empty: as the header Acting-For says, or as their rights tell
} MoveInput;
extern const Field move_fields[];

enum { MOVES_AT_ONCE = 64 };

// Answers each request (rq->reply or rq->faults), having committed what they change. The route's checks are done: rq->who and
// rq->input are set, rq->params[0] is the application. `db` is outside of a transaction, before and after.
void moves_take(Request **rqs, size_t n, Db *db);
