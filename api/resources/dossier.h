// SPDX-License-Identifier: Apache-2.0
// The right to a dossier, for whatever hangs on it.
#pragma once
#include "../request.h"

// Does the caller hold the dossier of row 0 (columns id, organisation_id)? `carrier`: as one who answers for it. False with a
// fault; `dossier` may be NULL after a failed statement.
bool dossier_held(Request *rq, const Rows *dossier, bool carrier);
