// SPDX-License-Identifier: Apache-2.0
// The key that signs the log, in its file; and how one hands over to the next: a note that both sign, in an entry of the platform's
// chain, so that what the former one signed stays proved and what it would sign from then on counts no more.
#pragma once
#include "../../engine/base/json.h"
#include "../store/store.h"
#include "checkpoint.h"

// The key in `data`/keys/log.ed25519, made (0600, on disk before it is used) when there is none. False with a sentence in `why`.
bool log_key_open(const char *data, LogKey *ret, Arena *arena, Str *why);

// The key with this public half, from log.ed25519 or from log.ed25519.next, which then becomes log.ed25519. False with a sentence:
// neither file holds it.
bool log_key_take(const char *data, const uint8_t public[KEY_PUBLIC_SIZE], LogKey *ret, Arena *arena, Str *why);

// The public key of this program when it started: set once, before any thread starts; NULL before. Handovers that the history tells
// go on from there.
void log_key_show(const LogKey *key);
const uint8_t *log_key_public(void);

// One key handed over to the next. A signed note (C2SP signed-note) under the name "jalon/keys/<installation>": that name, both public
// keys in base64, the time, the SHA-256 of the canonical JSON of `trees`; a signature by each.
typedef struct Handover {
    uint8_t from[KEY_PUBLIC_SIZE], to[KEY_PUBLIC_SIZE];
    Time at;
    Str sizes; // SHA-256, hexadecimal digits
    Str note;
    const json_t *trees; // id of each tree -> its size then: the former key's last; NULL where only the note is known
} Handover;
Str handover_sign(Arena *arena, const LogKey *from, const LogKey *to, Str installation, Time at, const json_t *trees);
// False: it is no such note, or does not bear both signatures.
bool handover_read(Arena *arena, Str note, Handover *ret);

// All keys that ever signed this log, in order.
typedef struct KeyRing {
    const Handover *at;
    size_t len;
    const uint8_t *present; // NULL: any will do, as none is known
    int64_t broken;         // version of the platform's entry that hands over what it may not; 0: all hold
} KeyRing;
// The handovers that the history tells; `known` is the one key that is known from elsewhere, or NULL. A ring without it is broken.
// False with db_error.
bool keys_read(Db *db, Arena *arena, const uint8_t *known, KeyRing *ret);
// Whose signature counts under this tree at this size.
const uint8_t *keys_at(const KeyRing *ring, Str tree, uint64_t size);

typedef enum Rotation { ROTATION_FAILED, ROTATION_DONE, ROTATION_FINISHED } Rotation;
// Hands the log over to a new key, in a transaction of its own: the entry first, then the file. FINISHED: what an earlier rotation
// left undone between the two is done now, and no more. FAILED with db_error or, that being DB_OK, a sentence.
Rotation log_key_rotate(Db *db, Arena *arena, const char *data, LogKey *ret, Str *why);
