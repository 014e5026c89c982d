// SPDX-License-Identifier: Apache-2.0
// What handlers of an organisation's members and invitations share.
#pragma once
#include "../request.h"

// May the caller run the organisation that the path names first: one of its owners, or an admin? False with a fault.
bool organisation_run(Request *rq);

// Holds the organisation's row for the rest of the transaction: its owners change one at a time. False with a fault.
bool organisation_lock(Request *rq, Str organisation);

// An act on its members, for the history: `person` and `role` may be empty. False with a fault.
bool organisation_remember(Request *rq, Str organisation, const char *event, Str person, Str role);
