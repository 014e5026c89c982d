// SPDX-License-Identifier: Apache-2.0
// Tries that are counted, so that nobody guesses for long: a few are let through in a while, then none. Each kind counts by what it
// is tried on, whether that exists or not, or by who tries. Kept in memory, in a place of fixed size: who floods it pushes out the
// oldest counts and no one else's request; a restart forgets them. Whoever must wait for a password still signs in by a mailed link.
#pragma once
#include "../../engine/base/str.h"
#include "../../engine/base/time.h"

typedef enum TryKind {
    TRY_PASSWORD,    // wrong ones, by the account's address
    TRY_CODE,        // wrong codes of a second factor, by person
    TRY_MAIL,        // mails that a person asks for while signed in
    TRY_CLIENT,      // whatever was wrong, by the client's address
    TRY_CLIENT_MAIL, // mails asked for, by the client's address
    TRY_CLIENT_AWAY, // sign-ins begun at providers and not ended, by the client's address
    TRY_KINDS
} TryKind;

enum { TRIES_MINUTES = 15 };

// How many tries of a kind are let through in TRIES_MINUTES; 0: any number. Those by client are a setting, `client_tries`.
int tries_most(TryKind kind);

// Counts a try on (or by) `who` at `now` (monotonic). 0: go on; else the seconds until the next one is let through.
int tries_take(TryKind kind, Str who, Time now);

// The same without counting: how long to wait, 0 for not at all.
int tries_wait(TryKind kind, Str who, Time now);

// It was right, or nothing was compared: this try does not count.
void tries_give_back(TryKind kind, Str who);
