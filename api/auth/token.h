// SPDX-License-Identifier: Apache-2.0
// Secrets that bear access: sessions, tokens for programs, mailed links. The caller gets the secret once; we keep its hash.
#pragma once
#include "hash.h"

enum { TOKEN_BYTES = 32, TOKEN_LEN = 43 }; // 32 random bytes are 43 characters of base64url without padding

typedef struct Token {
    Str secret; // for the bearer, in the arena
    uint8_t hash[HASH_SIZE];
} Token;

// A new secret and the hash to keep.
Token token_new(Arena *arena);

// `len` digits and letters drawn by chance, without vowels or what is mistaken for another: for references that people write and say.
Str token_reference(Arena *arena, size_t len);

// The hash of a secret that someone shows. False when it is not shaped like one of ours, which spares a look-up.
bool token_hash(Str secret, uint8_t ret[HASH_SIZE]);
