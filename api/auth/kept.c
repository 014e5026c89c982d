// SPDX-License-Identifier: Apache-2.0
#include "kept.h"
#include "../settings.h"
#include <pthread.h>
#include <time.h>

enum {
    BUCKETS = 16384,
    WAYS = 4,
    REST_MINUTES = 10, // unused for so long, one is looked up again
    USES = 500         // written at once
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// A tag of the hash beside the address: a bucket is one cache line, and whoever is not meant is not touched.
typedef struct Seat {
    uint64_t tag;
    Principal *who;
} Seat;

static _Alignas(64) Seat kept[BUCKETS][WAYS]; // newest first, no gap
static uint64_t epoch = 1;                    // one more with each change

// Callers of hold and let_go have the lock.
static void let_go(Principal *who)
{
    if (--who->holders == 0)
        arena_free(who->home);
}

static void release(void *who)
{
    pthread_mutex_lock(&lock);
    let_go(who);
    pthread_mutex_unlock(&lock);
}

static const Principal *hold(Arena *arena, Principal *who)
{
    who->holders++;
    arena_defer(arena, release, who);
    return who;
}

static Seat *bucket_of(const uint8_t hash[HASH_SIZE])
{
    return kept[(hash[0] | hash[1] << 8) % BUCKETS];
}

static uint64_t tag_of(const uint8_t hash[HASH_SIZE])
{
    uint64_t tag;
    memcpy(&tag, hash + HASH_SIZE - sizeof tag, sizeof tag);
    return tag;
}

static void forget(Seat bucket[WAYS], size_t way)
{
    let_go(bucket[way].who);
    memmove(&bucket[way], &bucket[way + 1], (WAYS - way - 1) * sizeof *bucket);
    bucket[WAYS - 1] = (Seat){0};
}

static size_t way_of(const Seat bucket[WAYS], const uint8_t hash[HASH_SIZE])
{
    uint64_t tag = tag_of(hash);
    for (size_t way = 0; way < WAYS && bucket[way].who; way++)
        if (bucket[way].tag == tag && memcmp(bucket[way].who->hash, hash, HASH_SIZE) == 0)
            return way;
    return WAYS;
}

// Another program may know of a later use: whoever seems idle is looked up.
static bool idle(const Principal *who, Time now)
{
    return who->session && now >= who->used + settings()->session_idle * SECOND;
}

static bool fresh(const Principal *who, Time now)
{
    return now < who->expires && !idle(who, now) && (who->stale == TIME_NONE || now < who->stale);
}

const Principal *kept_find(Arena *arena, const uint8_t hash[HASH_SIZE], Time now)
{
    const Principal *found = NULL;
    pthread_mutex_lock(&lock);
    Seat *bucket = bucket_of(hash);
    size_t way = way_of(bucket, hash);
    if (way < WAYS && fresh(bucket[way].who, now)) {
        bucket[way].who->used = now;
        found = hold(arena, bucket[way].who);
    } else if (way < WAYS) {
        forget(bucket, way);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

uint64_t kept_epoch(void)
{
    pthread_mutex_lock(&lock);
    uint64_t now = epoch;
    pthread_mutex_unlock(&lock);
    return now;
}

const Principal *kept_add(Arena *arena, Principal *who, uint64_t as_of)
{
    pthread_mutex_lock(&lock);
    if (as_of == epoch) {
        Seat *bucket = bucket_of(who->hash);
        size_t way = way_of(bucket, who->hash);
        if (way < WAYS)
            forget(bucket, way);
        else if (bucket[WAYS - 1].who)
            forget(bucket, WAYS - 1);
        memmove(&bucket[1], &bucket[0], (WAYS - 1) * sizeof *bucket);
        bucket[0] = (Seat){tag_of(who->hash), who};
        who->holders++;
    }
    const Principal *held = hold(arena, who);
    pthread_mutex_unlock(&lock);
    return held;
}

// Whoever acts for a person has rights by theirs, and conflicts.
static bool concerns(const Principal *who, Str person)
{
    if (str_eq(who->person, person))
        return true;
    for (size_t i = 0; who->acts && i < who->grant_count; i++)
        if (str_eq(who->grants[i].behalf, person))
            return true;
    return false;
}

void kept_forget(Str person)
{
    bool all = str_eq(person, EVERYONE);
    pthread_mutex_lock(&lock);
    epoch++;
    for (size_t i = 0; i < BUCKETS; i++)
        for (size_t way = WAYS; way-- > 0;)
            if (kept[i][way].who && (all || concerns(kept[i][way].who, person)))
                forget(kept[i], way);
    pthread_mutex_unlock(&lock);
}

// --- last use ------------------------------------------------------------------------------------

typedef struct Uses {
    uint8_t (*hashes)[HASH_SIZE];
    Time *at;
    size_t len;
} Uses;

// Callers have the lock.
static void gather(Seat bucket[WAYS], Time now, Uses *uses)
{
    for (size_t way = WAYS; way-- > 0;) {
        Principal *who = bucket[way].who;
        if (!who)
            continue;
        if (who->used > who->written) {
            memcpy(uses->hashes[uses->len], who->hash, HASH_SIZE);
            uses->at[uses->len++] = who->written = who->used;
        }
        if (who->used < now - REST_MINUTES * 60 * SECOND)
            forget(bucket, way);
    }
}

// What the database does not take now is lost until the next use, which costs nobody anything.
void access_write_uses(Db *db, Arena *arena)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    Uses uses = {arena_alloc(arena, USES * HASH_SIZE), arena_array(arena, Time, USES), 0};
    for (size_t i = 0; i < BUCKETS;) {
        pthread_mutex_lock(&lock);
        for (uses.len = 0; i < BUCKETS && uses.len + WAYS <= USES; i++)
            gather(kept[i], now.tv_sec * SECOND, &uses);
        pthread_mutex_unlock(&lock);
        if (uses.len)
            QUERY(db, arena, Q_ACCESS_USED, arg_hexes(arena, uses.hashes[0], uses.len, HASH_SIZE),
                  arg_times(arena, uses.at, uses.len));
    }
}
