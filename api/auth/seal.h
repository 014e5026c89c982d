// SPDX-License-Identifier: Apache-2.0
// Secrets that must be read again, such as a second factor's, sealed by a key that lies in the data directory and never in the
// database: a dump of the database alone gives nothing away. Whoever saves one saves the other, elsewhere.
#pragma once
#include "../../engine/base/str.h"

// Reads the key at `path`, made (0600) when it is not there; once, before any thread. False with a sentence in `why`.
bool seal_start(const char *path, Arena *arena, Str *why);

// `secret` sealed for `about` (a person's id: what is sealed for one opens for no other), in the arena.
Str seal(Arena *arena, Str secret, Str about);

// False when it was sealed by another key, for something else, or changed.
bool seal_open(Arena *arena, Str sealed, Str about, Str *ret);
