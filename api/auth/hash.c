// SPDX-License-Identifier: Apache-2.0
// Fingerprints through libsodium.
#include "hash.h"
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

_Static_assert(HASH_SIZE == crypto_generichash_BYTES, "BLAKE2b-256");

bool auth_start(void)
{
    return sodium_init() >= 0;
}

void hash_move(uint8_t out[HASH_SIZE], const uint8_t prev[HASH_SIZE], Str canonical)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    crypto_generichash_update(&state, prev, HASH_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)canonical.at, canonical.len);
    crypto_generichash_final(&state, out, HASH_SIZE);
}

void hash_parts(uint8_t out[HASH_SIZE], const Str *parts, size_t n)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_SIZE);
    for (size_t i = 0; i < n; i++) {
        uint64_t len = parts[i].len;
        crypto_generichash_update(&state, (const uint8_t *)&len, sizeof len);
        crypto_generichash_update(&state, (const uint8_t *)parts[i].at, parts[i].len);
    }
    crypto_generichash_final(&state, out, HASH_SIZE);
}

Str hash_hex(Arena *arena, const void *at, size_t len)
{
    char *hex = arena_alloc(arena, len * 2 + 1);
    sodium_bin2hex(hex, len * 2 + 1, at, len);
    return (Str){hex, len * 2};
}

Str hash_tag(Arena *arena, Str data)
{
    static const uint8_t key[crypto_shorthash_siphashx24_KEYBYTES]; // the same on every server
    uint8_t out[crypto_shorthash_siphashx24_BYTES];
    crypto_shorthash_siphashx24(out, (const uint8_t *)data.at, data.len, key);
    return hash_hex(arena, out, sizeof out);
}

Str hash_sha256(Arena *arena, Str data)
{
    uint8_t out[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(out, (const uint8_t *)data.at, data.len);
    return hash_hex(arena, out, sizeof out);
}

Str hash_sha256_base64(Arena *arena, Str data)
{
    uint8_t out[crypto_hash_sha256_BYTES];
    enum { LEN = sodium_base64_ENCODED_LEN(sizeof out, sodium_base64_VARIANT_ORIGINAL) };
    crypto_hash_sha256(out, (const uint8_t *)data.at, data.len);
    char *text = arena_alloc(arena, LEN);
    sodium_bin2base64(text, LEN, out, sizeof out, sodium_base64_VARIANT_ORIGINAL);
    return str_of(text);
}

bool hash_file(Arena *arena, const char *path, Str *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    uint8_t piece[16 * 1024];
    ssize_t got;
    while ((got = read(fd, piece, sizeof piece)) > 0)
        crypto_hash_sha256_update(&state, piece, (size_t)got);
    close(fd);
    uint8_t out[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, out);
    *ret = hash_hex(arena, out, sizeof out);
    return got == 0;
}
