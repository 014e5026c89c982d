// SPDX-License-Identifier: Apache-2.0
// Wrong passwords are counted by the address of the account that they were tried on, whether there is such an account or not: a
// few are let through in a while, then none. Kept in memory, in a place of fixed size: who floods it pushes out the oldest counts
// and no one else's request; a restart forgets them. Whoever must wait still signs in by a mailed link.
#pragma once
#include "../../engine/base/str.h"
#include "../../engine/base/time.h"

enum { TRIES_MAX = 10, TRIES_MINUTES = 15 };

// Counts a try at `now` (monotonic). 0: go on; else the seconds until the next one is let through.
int tries_take(Str email, Time now);

// It was the right password, or none was compared: this try does not count.
void tries_give_back(Str email);
