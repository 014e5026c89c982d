// SPDX-License-Identifier: Apache-2.0
// Who may change what in the database: set by the owner of the tables at every start, after the migrations.
#pragma once
#include "../store/store.h"

// `owner` is a connection as the owner. `serving` says where the program will connect to serve, NULL in our own cluster, where
// its role "jalon_serve" is made. `own` becomes true when both are one role: then only triggers keep the history. False with a
// sentence in `why`.
bool history_guard(Db *owner, const char *serving, bool *own, Arena *arena, Str *why);
