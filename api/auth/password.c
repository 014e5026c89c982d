// SPDX-License-Identifier: Apache-2.0
// Argon2id through libsodium, a few at once.
#include "password.h"
#include <pthread.h>
#include <sodium.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int running;

static bool enter(void)
{
    pthread_mutex_lock(&lock);
    bool free_place = running < PASSWORDS_AT_ONCE;
    running += free_place;
    pthread_mutex_unlock(&lock);
    return free_place;
}

static void leave(void)
{
    pthread_mutex_lock(&lock);
    running--;
    pthread_mutex_unlock(&lock);
}

static bool encode(char encoded[crypto_pwhash_STRBYTES], Str password)
{
    return crypto_pwhash_str_alg(
               encoded, password.at, password.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
               crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_hash(Arena *arena, Str password, Str *ret)
{
    char encoded[crypto_pwhash_STRBYTES];
    if (!enter())
        return false;
    bool done = encode(encoded, password);
    leave();
    *ret = done ? str_copy(arena, str_of(encoded)) : STR_NONE;
    return done;
}

PasswordVerdict password_check(Str encoded, Str password)
{
    char text[crypto_pwhash_STRBYTES] = "";
    if (encoded.len >= sizeof text)
        encoded = STR_NONE;
    if (encoded.len)
        memcpy(text, encoded.at, encoded.len);
    if (!enter())
        return PASSWORD_BUSY;
    bool right = encoded.len ? crypto_pwhash_str_verify(text, password.at, password.len) == 0
                             : (encode(text, password), false);
    leave();
    return right ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
