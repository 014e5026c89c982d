// SPDX-License-Identifier: Apache-2.0
// Counts in buckets of a few, chosen by a hash that nobody outside can compute.
#include "tries.h"
#include "../settings.h"
#include <ctype.h>
#include <pthread.h>
#include <sodium.h>

enum { BUCKETS = 4096, WAYS = 8, HASH_LEN = crypto_generichash_BYTES_MIN };

typedef struct Count {
    uint8_t who[HASH_LEN];
    Time until; // the window's end; 0: free
    int tries;
} Count;

static const int most[TRY_KINDS] = {[TRY_PASSWORD] = 10, [TRY_CODE] = 5, [TRY_MAIL] = 6};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint8_t key[crypto_generichash_KEYBYTES];
static Count counts[BUCKETS][WAYS];

int tries_most(TryKind kind)
{
    return kind >= TRY_CLIENT ? (int)settings()->client_tries : most[kind];
}

static void draw_key(void)
{
    randombytes_buf(key, sizeof key);
}

// Addresses differ by case no more than accounts do.
static void hash(TryKind kind, Str who, uint8_t ret[HASH_LEN])
{
    crypto_generichash_state state;
    uint8_t c = (uint8_t)kind;
    pthread_once(&once, draw_key);
    crypto_generichash_init(&state, key, sizeof key, HASH_LEN);
    crypto_generichash_update(&state, &c, 1);
    for (size_t i = 0; i < who.len; i++) {
        c = (uint8_t)tolower((unsigned char)who.at[i]);
        crypto_generichash_update(&state, &c, 1);
    }
    crypto_generichash_final(&state, ret, HASH_LEN);
}

// This one's count, or the one that ends first, which is taken over when `fresh`.
static Count *find(const uint8_t who[HASH_LEN], bool fresh)
{
    Count *bucket = counts[(who[0] | who[1] << 8) % BUCKETS], *oldest = bucket;
    for (int i = 0; i < WAYS; i++) {
        if (bucket[i].until && memcmp(bucket[i].who, who, HASH_LEN) == 0)
            return &bucket[i];
        if (bucket[i].until < oldest->until)
            oldest = &bucket[i];
    }
    if (!fresh)
        return NULL;
    *oldest = (Count){.until = 0};
    memcpy(oldest->who, who, HASH_LEN);
    return oldest;
}

int tries_take(TryKind kind, Str who, Time now)
{
    int limit = tries_most(kind);
    uint8_t hashed[HASH_LEN];
    if (limit == 0)
        return 0;
    hash(kind, who, hashed);
    pthread_mutex_lock(&lock);
    Count *count = find(hashed, true);
    if (count->until <= now) {
        count->until = now + TRIES_MINUTES * 60 * SECOND;
        count->tries = 0;
    }
    bool full = count->tries >= limit;
    int wait = full ? (int)((count->until - now) / SECOND) + 1 : 0;
    count->tries += !full;
    pthread_mutex_unlock(&lock);
    return wait;
}

int tries_wait(TryKind kind, Str who, Time now)
{
    uint8_t hashed[HASH_LEN];
    int limit = tries_most(kind);
    hash(kind, who, hashed);
    pthread_mutex_lock(&lock);
    Count *count = find(hashed, false);
    bool full = limit && count && count->until > now && count->tries >= limit;
    int wait = full ? (int)((count->until - now) / SECOND) + 1 : 0;
    pthread_mutex_unlock(&lock);
    return wait;
}

void tries_give_back(TryKind kind, Str who)
{
    uint8_t hashed[HASH_LEN];
    hash(kind, who, hashed);
    pthread_mutex_lock(&lock);
    Count *count = find(hashed, false);
    if (count && count->tries > 0)
        count->tries--;
    pthread_mutex_unlock(&lock);
}
