// SPDX-License-Identifier: Apache-2.0
// What handlers remember of acts that are no moves.
#pragma once
#include "../history/chain.h"
#include "../request.h"

// Adds the deed of the caller to the history; its person and time are filled in. False with a fault.
bool remember(Request *rq, Deed deed);

// On the chain of the scope of a grant: what happened to a role of `person` there.
typedef struct GrantDeed {
    const char *event; // "grant.given", "grant.delegated" (by its holder, to act for them), "grant.revoked"
    Str id, person, role, scope, scope_id;
    Time from, until;  // TIME_NONE: no bound
} GrantDeed;
bool remember_grant(Request *rq, const GrantDeed *deed);

// The chain of that scope; `kind`, `chain` and `tree` of the deed are set. False with a fault.
bool scope_chain(Request *rq, Str scope, Str scope_id, Deed *ret);

// What was edited of a dossier, field by field. False with a fault.
bool remember_edit(Request *rq, Str dossier, int64_t version, const json_t *before, const json_t *after);
