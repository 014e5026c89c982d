// SPDX-License-Identifier: Apache-2.0
// Signed checkpoints: C2SP tlog-checkpoint (origin, size, root, extension lines) in a C2SP signed-note, so that others' tools
// read them. The files of the key that signs are in keys.h.
#pragma once
#include "../../engine/base/time.h"
#include "merkle.h"

enum { KEY_SEED_SIZE = 32, KEY_PUBLIC_SIZE = 32 };

typedef struct LogKey {
    uint8_t secret[64]; // as libsodium keeps it
    uint8_t public[KEY_PUBLIC_SIZE];
    const char *data; // directory that its file is in
} LogKey;

typedef struct Checkpoint {
    Str origin;
    uint64_t size;
    Node root;
    Time at; // TIME_NONE: the note does not say
} Checkpoint;

// "jalon/space/<tree>", or "jalon/platform/<installation>" of the tree of zeroes.
Str checkpoint_origin(Arena *arena, Str tree, Str installation);

// The signed note.
Str checkpoint_sign(Arena *arena, const LogKey *key, const Checkpoint *checkpoint);

// Reads a note. False: it is none, or no signature of `public` (NULL: any will do) under its origin stands below it.
bool checkpoint_read(Arena *arena, Str note, const uint8_t public[KEY_PUBLIC_SIZE], Checkpoint *ret);

// Of any signed note: the line of this key's signature under `name`; is there one below the note's text; its next line.
Str note_signature(Arena *arena, const LogKey *key, Str name, Str text);
bool note_signed(Arena *arena, Str note, Str name, const uint8_t public[KEY_PUBLIC_SIZE]);
Str note_line(Str *text);

// The first note of a text with several one behind the other; `text` becomes the rest. Empty at the end.
Str checkpoint_next(Str *text);

// The public key as signed-note's verifier key of this name: "<name>+<hash>+<base64>", and as PEM (RFC 8410).
Str key_verifier(Arena *arena, Str name, const uint8_t public[KEY_PUBLIC_SIZE]);
Str key_pem(Arena *arena, const uint8_t public[KEY_PUBLIC_SIZE]);
// Reads a verifier key, or 64 hexadecimal digits, or PEM. False: it is none of them.
bool key_read(Str text, uint8_t ret[KEY_PUBLIC_SIZE]);

// Base64 with padding (RFC 4648, 4). base64_read gives false for what is not.
Str base64_text(Arena *arena, const void *at, size_t len);
bool base64_read(Arena *arena, Str text, Str *ret);
