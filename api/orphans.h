// SPDX-License-Identifier: Apache-2.0
// What a killed postmaster leaves behind: children that should end by themselves, mostly within a second, and now and then do
// not (a start-up process killed out of its parent's care waits for ever). As long as one lives, PostgreSQL refuses to start.
#pragma once
#include <stdbool.h>

// Ends, with SIGKILL, every PostgreSQL process of ours that works in the data directory `pg` and whose postmaster is gone.
// Crash recovery, which comes next in any case, makes that safe. Returns how many; -1 and nothing done while a postmaster lives.
int orphans_end(const char *pg);

// Removes the lock file at `path` (postmaster.pid, or the socket's) when the process it names is a zombie and nobody works in
// `pg` any more: PostgreSQL takes a zombie for a living postmaster, and there are machines whose first process is slow to bury
// the dead, or never does.
void orphans_unlock(const char *pg, const char *path);
