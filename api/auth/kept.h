// SPDX-License-Identifier: Apache-2.0
// Callers in memory, by the hash of what they showed: the hot path of access.c asks no database. A set-associative cache: a few
// ways a bucket, the oldest of a full bucket makes room, so that no crowd empties the whole. Thread-safe.
#pragma once
#include "access.h"

// The caller kept under `hash`, held until `arena` is reset; NULL when unknown, expired or stale at `now`.
const Principal *kept_find(Arena *arena, const uint8_t hash[HASH_SIZE], Time now);

// Asked before a caller is read from the database, given back with what was read: rights that changed meanwhile are not kept.
uint64_t kept_epoch(void);

// Keeps `who` (its home is the cache's from now on) and holds it until `arena` is reset.
const Principal *kept_add(Arena *arena, Principal *who, uint64_t epoch);

// Rights of this person changed, or EVERYONE's may have.
void kept_forget(Str person);
