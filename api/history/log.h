// SPDX-License-Identifier: Apache-2.0
// The trees in the database: gathering entries into them, signing what they are then, proving. Tiles of 256 hashes (as C2SP
// tlog-tiles) are kept, so that growing and proving read a few rows whatever the size.
#pragma once
#include "../store/store.h"
#include "checkpoint.h"
#include "entry.h"
#include "keys.h"

enum { TILE = 256 };

typedef struct Gathered {
    size_t entries;
    VEC(Str) trees, notes; // one for each tree that grew, in the arena
    bool more;             // entries are left for the next call
    Str why;               // failed with db_error DB_OK: a sentence, or empty
} Gathered;

// Gathers what waits, up to a few thousand entries, and signs a checkpoint for each tree that grew: one transaction of its own.
// False with db_error. Nothing is gathered while another program does it. Where the history names another key by now, `key` becomes
// that one, out of the same directory.
bool log_gather(Db *db, Arena *arena, LogKey *key, Gathered *ret);

// Where an entry stands in its tree of `size` leaves. False with db_error DB_OK: not there yet.
bool log_find(Db *db, Arena *arena, Str tree, int64_t xid, const uint8_t hash[HASH_SIZE], uint64_t size, uint64_t *ret);

// The leaf of an entry: its data is the entry's hash.
Node log_leaf(const uint8_t hash[HASH_SIZE]);

// Proofs over the first leaves of a tree in the database. False with db_error.
bool log_inclusion(Db *db, Arena *arena, Str tree, uint64_t index, uint64_t size, Nodes *ret);
bool log_consistency(Db *db, Arena *arena, Str tree, uint64_t from, uint64_t to, Nodes *ret);

// An array of base64 texts, as JSON.
json_t *nodes_json(Arena *arena, const Nodes *nodes);

// Appends a note to the file of its tree in `folder`, on disk when it returns. False with errno.
bool anchor_add(Arena *arena, const char *folder, Str tree, Str note);
