// SPDX-License-Identifier: Apache-2.0
// One-time codes. The clock is the caller's.
#include "totp.h"
#include "password.h"
#include <ctype.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>

enum { GROUPS = 4, GROUP = 4 };

Str totp_secret(Arena *arena)
{
    void *at = arena_alloc(arena, TOTP_SECRET);
    randombytes_buf(at, TOTP_SECRET);
    return (Str){at, TOTP_SECRET};
}

Str totp_base32(Arena *arena, Str secret)
{
    char *text = NULL;
    size_t len = 0;
    if (oath_base32_encode(secret.at, secret.len, &text, &len) != OATH_OK)
        return STR_NONE;
    while (len && text[len - 1] == '=')
        len--;
    Str copy = str_copy(arena, (Str){text, len});
    free(text);
    return copy;
}

Str totp_uri(Arena *arena, Str account, Str secret)
{
    Buf out = {.arena = arena};
    buf_add(&out, STR("otpauth://totp/Jalon:"));
    for (size_t i = 0; i < account.len; i++) {
        unsigned char c = (unsigned char)account.at[i];
        buf_format(&out, isalnum(c) || strchr("-._~@", c) ? "%c" : "%%%02X", c);
    }
    Str base32 = totp_base32(arena, secret);
    buf_format(&out, "?secret=" STR_FMT "&issuer=Jalon&digits=%d&period=%d", STR_ARG(base32),
               TOTP_DIGITS, TOTP_STEP_S);
    return buf_str(&out);
}

int64_t totp_step(Str secret, Str code, Time now, int64_t after)
{
    int64_t middle = now / SECOND / TOTP_STEP_S, found = 0;
    if (code.len != TOTP_DIGITS)
        return 0;
    for (int64_t step = middle - TOTP_WINDOW; step <= middle + TOTP_WINDOW; step++) {
        char right[TOTP_DIGITS + 1];
        if (step <= 0 || oath_hotp_generate(secret.at, secret.len, (uint64_t)step, TOTP_DIGITS,
                                            false, OATH_HOTP_DYNAMIC_TRUNCATION, right) != OATH_OK)
            continue;
        if (sodium_memcmp(right, code.at, TOTP_DIGITS) == 0 && step > after && !found)
            found = step;
    }
    return found;
}

Str recovery_code(Arena *arena)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t chance[GROUPS * GROUP];
    Buf out = {.arena = arena};
    randombytes_buf(chance, sizeof chance);
    for (size_t i = 0; i < sizeof chance; i++) {
        if (i && i % GROUP == 0)
            buf_char(&out, '-');
        buf_char(&out, digits[chance[i] & 31]);
    }
    return buf_str(&out);
}

void recovery_hash(Str person, Str code, uint8_t ret[HASH_SIZE])
{
    char plain[GROUPS * GROUP];
    size_t len = 0;
    for (size_t i = 0; i < code.len && len < sizeof plain; i++)
        if (isalnum((unsigned char)code.at[i]))
            plain[len++] = (char)tolower((unsigned char)code.at[i]);
    hash_parts(ret, (Str[]){person, {plain, len}}, 2);
}

bool recovery_harden(const uint8_t first[HASH_SIZE], Str salt, uint8_t ret[HASH_SIZE])
{
    return salt.len == DERIVE_SALT &&
           password_derive((Str){(const char *)first, HASH_SIZE}, (const uint8_t *)salt.at, ret);
}

Str recovery_salt(Arena *arena)
{
    char *salt = arena_alloc(arena, DERIVE_SALT);
    randombytes_buf(salt, DERIVE_SALT);
    return (Str){salt, DERIVE_SALT};
}
