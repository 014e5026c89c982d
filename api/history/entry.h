// SPDX-License-Identifier: Apache-2.0
// An entry of the history and its bytes, as README.md here lays them down. Pure but for the salt.
#pragma once
#include "../../engine/base/text.h"
#include "../../engine/base/time.h"
#include "../auth/hash.h"

#define NO_UUID STR("00000000-0000-0000-0000-000000000000") // of the platform's tree and chain
enum { SALT_SIZE = 32, SCHEME_JSON = 0, SCHEME_BYTES = 1 };

typedef enum ChainKind { // letters: in the database and in the bytes
    CHAIN_APPLICATION = 'a',
    CHAIN_DOSSIER = 'd',
    CHAIN_SPACE = 's',
    CHAIN_ORGANISATION = 'o',
    CHAIN_PLATFORM = 'p'
} ChainKind;

typedef struct Entry { // uuids as text
    ChainKind kind;
    Str tree, chain;
    int64_t version;
    Time at;
    Str event;
    const Str *places; // where an application stands after it
    size_t place_count;
    Str seal; // SHA-256 of the version that it filed, as hexadecimal digits; or empty
    // What is personal.
    Str person, behalf, about; // empty: nobody
    Str data;                  // JSON text; at == NULL: none
} Entry;

// A fresh salt.
void entry_salt(uint8_t ret[SALT_SIZE]);

// The commitment to what is personal.
void entry_commit(uint8_t ret[HASH_SIZE], const uint8_t salt[SALT_SIZE], const Entry *entry);

// The bytes that are hashed, in the arena.
Str entry_bytes(Arena *arena, const uint8_t prev[HASH_SIZE], const uint8_t commitment[HASH_SIZE], const Entry *entry);

// BLAKE2b-256 of them.
void entry_hash(uint8_t ret[HASH_SIZE], Str bytes);

// All three: the hash of an entry that follows `prev`.
void entry_chain(Arena *arena, uint8_t ret[HASH_SIZE], const uint8_t prev[HASH_SIZE], const uint8_t salt[SALT_SIZE], const Entry *entry);

// What bytes say, without the personal part; `prev` and `commitment` point into them. False: not such bytes.
bool entry_parse(Arena *arena, Str bytes, Entry *ret, const uint8_t **prev, const uint8_t **commitment);

// "application", "dossier"… in the language of a message.
Text chain_name(ChainKind kind);
