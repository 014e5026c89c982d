// SPDX-License-Identifier: Apache-2.0
// What handlers remember of acts that are no moves.
#pragma once
#include "../history/chain.h"
#include "../request.h"

// Adds the deed of the caller to the history; its person and time are filled in. `person` of the deed counts where nobody is signed in;
// what the command line does is nobody's. False with a fault.
bool remember(Request *rq, Deed deed);

// On the platform's chain: what was done to an account. `data` may be NULL.
bool remember_account(Request *rq, const char *event, Str person, const json_t *data);

// What became of row 0 of `before` (NULL: it is new), member by member, beside the row's id, in the deed's data.
bool remember_change(Request *rq, Deed deed, const Rows *before, const Rows *after);

// The deed on the chain of this space.
Deed space_deed(Str space, const char *event);

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
