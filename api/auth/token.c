// SPDX-License-Identifier: Apache-2.0
// Secrets that bear access.
#include "token.h"
#include <sodium.h>

Token token_new(Arena *arena)
{
    uint8_t bytes[TOKEN_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    char *secret = arena_alloc(arena, TOKEN_LEN + 1);
    sodium_bin2base64(secret, TOKEN_LEN + 1, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    Token token = {.secret = {secret, TOKEN_LEN}};
    token_hash(token.secret, token.hash);
    return token;
}

Str token_reference(Arena *arena, size_t len)
{
    static const char signs[] = "23456789BCDFGHJKLMNPQRSTVWXZ";
    char *at = arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        at[i] = signs[randombytes_uniform(sizeof signs - 1)];
    at[len] = '\0';
    return (Str){at, len};
}

bool token_hash(Str secret, uint8_t ret[HASH_SIZE])
{
    uint8_t bytes[TOKEN_BYTES];
    size_t len;
    if (secret.len != TOKEN_LEN ||
        sodium_base642bin(bytes, sizeof bytes, secret.at, secret.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        len != TOKEN_BYTES)
        return false;
    crypto_generichash(ret, HASH_SIZE, bytes, len, NULL, 0);
    sodium_memzero(bytes, sizeof bytes);
    return true;
}
