// SPDX-License-Identifier: Apache-2.0
// Recomputes the history from what the database holds now, streaming: every chain, every tree, every checkpoint, against what
// was anchored elsewhere. Memory does not grow with it.
#pragma once
#include "log.h"

typedef struct Verified {
    uint64_t entries, chains, trees, checkpoints, anchors, waiting, erased, handovers;
    bool broken;
    Message what; // broken: the first thing that does not hold, which names the entry
} Verified;

// `public`: the key that is known; the one before it and the one after count for what they signed while it was theirs to sign. NULL: any
// key, where none was handed over. `anchor`: a folder, or NULL. False with db_error when the database fails.
bool history_verify(Db *db, Arena *arena, const uint8_t *public, const char *anchor, Verified *ret);
