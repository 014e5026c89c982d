// SPDX-License-Identifier: Apache-2.0
// Tokens and key sets of a provider that means harm: a line of JSON (the keys), then the token. Nothing is ever good that a key we did
// not put there signed; what is refused has its reason in words.
#include "api/auth/oidc_token.h"
#include "fuzz.h"
#include <sodium.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return sodium_init() < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Fault bad = {0};
    Str all = {(const char *)data, size};
    size_t line = str_index(all, '\n');
    json_t *claims = NULL, *keys = json_read(arena, str_slice(all, 0, line), &bad);
    JwtFlaw flaw = jwt_verify(arena, str_slice(all, line + 1, all.len), keys, &claims);
    PROMISE((flaw == JWT_GOOD) == (claims != NULL));
    PROMISE(flaw == JWT_GOOD || jwt_flaw_text(flaw).fr);
    if (keys) { // claims themselves, whoever signed them
        JwtWanted wanted = {
            .issuer = STR("i"), .client_id = STR("c"), .nonce = STR("n"), .now = 1000 * SECOND};
        PROMISE(jwt_check(arena, keys, &wanted) < JWT_FLAWS);
        PROMISE(jwt_check_info(keys, &wanted) < JWT_FLAWS);
    }
    arena_free(arena);
    return 0;
}
