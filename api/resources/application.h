// SPDX-License-Identifier: Apache-2.0
// Reading applications: one with the moves open to the caller, those of a call or a dossier, the history of one.
#pragma once
#include "../request.h"

// GET /applications/{id}: where it stands, the caller's roles, and every move one could think of, open or closed and why.
bool application_get(Request *rq);
// GET /applications?call_id=&dossier_id=&stage=&is_over=: those for which the caller has a grant.
bool application_list(Request *rq);
// GET /applications/{id}/moves: the history, oldest first, each line with the hash that chains it to the one before.
bool application_moves(Request *rq);
extern const Parameter application_list_query[];
