// SPDX-License-Identifier: Apache-2.0
// The data directory, and who we are on this machine. Root is left behind for good before anything else is done: then peer
// authentication needs no password and no root process remains.
#pragma once
#include "../engine/base/str.h"

// Makes `data` (0700) when it is not there, gives it to `run_as` when we are root, and becomes that user. False with a sentence
// in `why`: no such user, a directory of someone else's.
bool home_enter(const char *data, const char *run_as, Arena *arena, Str *why);

// Becomes the owner of `data` when we are root, for programs that talk to a running server. False with a sentence in `why`.
bool home_visit(const char *data, Arena *arena, Str *why);

// Holds `data` for this process until it ends. False when another one holds it.
bool home_lock(const char *data, Arena *arena, Str *why);

// A folder inside `data`, made when it is not there.
bool home_folder(const char *data, const char *name, Arena *arena, Str *why);
