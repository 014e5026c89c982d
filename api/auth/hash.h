// SPDX-License-Identifier: Apache-2.0
// Fingerprints: of a move in its chain (BLAKE2b-256), of a request, of a file or a sealed version (SHA-256, since anyone
// can compute that one with the tools at hand).
#pragma once
#include "../../engine/base/str.h"

enum { HASH_SIZE = 32 };

// Makes the library ready; called once before any other function of this room. False when there is no source of chance.
bool auth_start(void);

// The hash of a move: of the one before it (zeroes for the first), then the canonical JSON of the move.
void hash_move(uint8_t out[HASH_SIZE], const uint8_t prev[HASH_SIZE], Str canonical);

// Of several parts; no two lists of parts share their bytes, since each is preceded by its length. For request keys.
void hash_parts(uint8_t out[HASH_SIZE], const Str *parts, size_t n);

// SHA-256 as 64 hexadecimal digits, in the arena.
Str hash_sha256(Arena *arena, Str data);

// The same in base64, as a Content-Security-Policy names a script.
Str hash_sha256_base64(Arena *arena, Str data);

// The same of a file's content, read in pieces. False when it cannot be read (errno).
bool hash_file(Arena *arena, const char *path, Str *ret);

// Tells two contents apart at little cost (SipHash, 128 bits, 32 hexadecimal digits), for ETags; not against whoever searches for two
// that share it.
Str hash_tag(Arena *arena, Str data);

// Hexadecimal digits, in the arena.
Str hash_hex(Arena *arena, const void *at, size_t len);
