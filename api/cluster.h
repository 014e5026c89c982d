// SPDX-License-Identifier: Apache-2.0
// Our own PostgreSQL: a private cluster in the data directory, on a unix socket, made at the first start, watched over, started
// again when it falls and stopped with us. All calls from the main thread: the kernel ends PostgreSQL when the thread that
// forked it ends.
#pragma once
#include "settings.h"

// Finds the programs, checks versions and paths, makes the cluster when there is none. False with a sentence in `why` that says
// what to do.
bool cluster_prepare(const Settings *settings, Arena *arena, Str *why);

// Where to connect; valid after cluster_prepare, for ever. Two roles: who owns the tables migrates them, who serves can add to
// the history and not change it.
const char *cluster_conninfo(void);
const char *cluster_owner_conninfo(void);

// The same for a running server's cluster, for `jalon admin` and its like: no preparation.
Str cluster_conninfo_of(const Settings *settings, Arena *arena);
Str cluster_owner_conninfo_of(const Settings *settings, Arena *arena);

// Starts PostgreSQL, or looks how it does: to be called every 100 ms or so. Starts it again, with growing pauses, when it has
// ended. True while it answers. `why` (static text) says what is wrong otherwise.
bool cluster_watch(const char **why);

// Stops PostgreSQL cleanly and waits for it.
void cluster_stop(void);
