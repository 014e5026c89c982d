// SPDX-License-Identifier: Apache-2.0
#include "reading.h"
#include "../clock.h"
#include "common.h"
#include "remember.h"
#include <pthread.h>
#include <time.h>

enum { KNOWN = 8192, KEY_SIZE = HASH_SIZE }; // readings of today that this program need not ask for

// Hashes alone: whose they are is not to be read out of them, and what lies here is forgotten in any order.
static struct {
    pthread_mutex_t lock;
    uint8_t keys[KNOWN][KEY_SIZE];
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint8_t *slot_of(const uint8_t key[KEY_SIZE])
{
    return seen.keys[(key[0] << 8 | key[1]) % KNOWN];
}

static bool known(const uint8_t key[KEY_SIZE])
{
    pthread_mutex_lock(&seen.lock);
    bool there = memcmp(slot_of(key), key, KEY_SIZE) == 0;
    pthread_mutex_unlock(&seen.lock);
    return there;
}

static void know(const uint8_t key[KEY_SIZE])
{
    pthread_mutex_lock(&seen.lock);
    memcpy(slot_of(key), key, KEY_SIZE);
    pthread_mutex_unlock(&seen.lock);
}

// Days since 1970, UTC. By this machine's clock: it only says which entry is enough.
static int64_t today(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec + clock_shift() / SECOND) / 86400;
}

bool reading_tell(Request *rq, const Reading *r)
{
    uint8_t key[KEY_SIZE];
    int64_t day = today();
    Str parts[] = {rq->who->person, str_of(r->event), r->dossier, r->what,
                   str_format(rq->arena, "%lld %lld", (long long)r->version, (long long)day)};
    hash_parts(key, parts, sizeof parts / sizeof *parts);
    if (known(key))
        return true;
    Rows *first = db_begin(rq->db)
                      ? QUERY(rq->db, rq->arena, Q_READING_FIRST,
                              arg_bytes(rq->arena, key, KEY_SIZE), arg_int(rq->arena, day))
                      : NULL;
    if (!first)
        return failed(rq);
    if (rows_len(first) == 0) { // and committed: what this transaction wrote might still be undone
        know(key);
        return true;
    }
    return remember(
        rq, (Deed){.kind = CHAIN_DOSSIER, .chain = r->dossier, .event = r->event, .data = r->data});
}
