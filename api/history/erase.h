// SPDX-License-Identifier: Apache-2.0
// What is personal in entries goes; commitments, and so every proof, stay.
#pragma once
#include "../store/store.h"

// The next step of what persons have asked for, in a transaction of its own. `more`: another step waits. False with db_error.
bool erase_step(Db *db, Arena *arena, bool *more);

// All entries of a chain, in the caller's transaction. False with db_error.
bool erase_chain(Db *db, Arena *arena, Str chain);
