// SPDX-License-Identifier: Apache-2.0
// Applies the rules of retention of calls, and finishes what persons asked to have erased.
#pragma once
#include "../store/store.h"
#include <stdatomic.h>

// Erases what persons asked for, in short transactions, until nothing waits or `stop`.
void erase_all(Db *db, Arena *arena, const atomic_bool *stop);

// Empties the applications whose time is up, each in a transaction of its own, which remembers it.
void retention_apply(Db *db, Arena *arena, const atomic_bool *stop);
