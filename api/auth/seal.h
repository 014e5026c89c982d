// SPDX-License-Identifier: Apache-2.0
// Secrets that must be read again, such as a second factor's, sealed by a key that lies in the data directory and never in the
// database: a dump of the database alone gives nothing away. Whoever saves one saves the other, elsewhere.
// The key may be rotated beside a running server: what is sealed says by which key it was, and a key that is not known is looked for
// in the files anew. Safe for several threads.
#pragma once
#include "../../engine/base/str.h"

enum { SEAL_ID = 8 }; // bytes that name a key and tell nothing of it

// Reads the key at `path`, made (0600) when it is not there, and the one at `path`.next, if it is; once, before any thread. False with
// a sentence in `why`.
bool seal_start(const char *path, Arena *arena, Str *why);

// `secret` sealed for `about` (a person's id: what is sealed for one opens for no other), in the arena.
Str seal(Arena *arena, Str secret, Str about);

// A mark of an address or an id (case aside): the same each time, made by this key alone and told apart by `use`, 16 hexadecimal digits.
// For logs: who guesses addresses learns nothing from it without the key. With another key the marks are others.
Str seal_mark(Arena *arena, const char *use, Str about);

// As seal() does, but equal texts always look equal: for what is told again and again.
Str seal_alike(Arena *arena, Str text, Str about);

// False when it was sealed by another key, for something else, or changed.
bool seal_open(Arena *arena, Str sealed, Str about, Str *ret);

// The key that seals now.
void seal_id(uint8_t ret[SEAL_ID]);

// The key of this name seals from now on, whichever file holds it; the one at `path`.next becomes the one at `path`. False: neither does.
bool seal_take(const uint8_t id[SEAL_ID]);

// A new key at `path`.next, on disk, in the place of one that is there; its name. False with a sentence. seal_by seals by it.
bool seal_make_next(uint8_t ret[SEAL_ID], Arena *arena, Str *why);
Str seal_by_next(Arena *arena, Str secret, Str about);
