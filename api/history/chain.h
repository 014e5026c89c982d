// SPDX-License-Identifier: Apache-2.0
// Acts that are no moves: added to the chain of their subject, in the transaction that does them.
#pragma once
#include "../store/store.h"
#include "entry.h"

typedef struct Deed {
    ChainKind kind;
    Str chain;         // the subject's id; empty: the platform
    Str tree;          // the space; empty: the platform's tree
    const char *event; // "grant.given"
    Str person;        // who; empty: the system
    Str behalf;        // for whom; empty: for themselves
    Str about;         // whom it concerns; empty: nobody
    const json_t *data;
    Time shift;        // of the test clock
} Deed;

// Two round trips; the chain is held until the end of the transaction. False with db_error.
bool chain_add(Db *db, Arena *arena, const Deed *deed);
