// SPDX-License-Identifier: Apache-2.0
// Definitions in memory: a published workflow version never changes, so it is built once and kept as long as the program runs.
#pragma once
#include "../../engine/build.h"
#include "../store/store.h"

// The shared dictionary that forms refer to, as built into this program.
Str dictionary(void);

// The definition of a workflow version, shared between threads. NULL when the database fails (db_error tells), when there is
// no such version, or when its text does not build any more (db_error is DB_OK for both).
const Definition *definition_get(Db *db, Str version_id);
