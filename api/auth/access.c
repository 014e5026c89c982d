// SPDX-License-Identifier: Apache-2.0
// Who is calling: from the header to a Principal, through a cache that a generation counter keeps
// true.
#include "access.h"
#include "../settings.h"
#include "cookie.h"
#include "token.h"
#include <pthread.h>
#include <strings.h>
#include <time.h>

enum {
    BUCKETS = 16384,
    KEPT_MAX = 12000,
    REST_MINUTES = 10, // unused for so long, one is looked up again
    USES = 500         // written at once
};

typedef struct Kept {
    struct Kept *next;
    Principal *who;
} Kept;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Kept *buckets[BUCKETS];
static size_t kept;
static uint64_t generation = 1;

// Rights end by the wall clock, even while tests move the clock of workflows.
static Time wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

void access_bump(void)
{
    pthread_mutex_lock(&lock);
    generation++;
    pthread_mutex_unlock(&lock);
}

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

static Kept **bucket_of(const uint8_t hash[HASH_SIZE])
{
    return &buckets[(hash[0] | hash[1] << 8) % BUCKETS];
}

static void forget(Kept **place)
{
    Kept *old = *place;
    *place = old->next;
    let_go(old->who);
    free(old);
    kept--;
}

static void forget_all(void)
{
    for (size_t i = 0; i < BUCKETS; i++)
        while (buckets[i])
            forget(&buckets[i]);
}

// Another program may know of a later use: whoever seems idle is looked up.
static bool idle(const Principal *who, Time now)
{
    return who->session && now >= who->used + settings()->session_idle * SECOND;
}

static bool fresh(const Principal *who, Time now)
{
    return who->generation == generation && now < who->expires && !idle(who, now) &&
           (who->stale == TIME_NONE || now < who->stale);
}

static const Principal *recall(Arena *arena, const uint8_t hash[HASH_SIZE])
{
    const Principal *found = NULL;
    Time now = wall_clock();
    pthread_mutex_lock(&lock);
    for (Kept **k = bucket_of(hash); *k; k = &(*k)->next)
        if (memcmp((*k)->who->hash, hash, HASH_SIZE) == 0) {
            if (fresh((*k)->who, now)) {
                (*k)->who->used = now;
                found = hold(arena, (*k)->who);
            } else {
                forget(k);
            }
            break;
        }
    pthread_mutex_unlock(&lock);
    return found;
}

static const Principal *keep(Arena *arena, Principal *who)
{
    pthread_mutex_lock(&lock);
    if (kept >= KEPT_MAX) // whoever is still there is looked up once more
        forget_all();
    Kept **place = bucket_of(who->hash);
    Kept **k = place;
    while (*k && memcmp((*k)->who->hash, who->hash, HASH_SIZE) != 0)
        k = &(*k)->next;
    if (*k)
        forget(k);
    Kept *row = calloc(1, sizeof *row);
    if (row) {
        *row = (Kept){.next = *place, .who = who};
        *place = row;
        who->holders++;
        kept++;
    }
    const Principal *held = hold(arena, who);
    pthread_mutex_unlock(&lock);
    return held;
}

static Membership *memberships_read(Arena *home, const json_t *list, size_t *count)
{
    *count = json_array_size(list);
    Membership *ret = arena_array(home, Membership, *count);
    for (size_t i = 0; i < *count; i++) {
        const json_t *row = json_array_get(list, i);
        ret[i] = (Membership){.organisation = str_copy(home, json_str(json_at(row, "id"))),
                              .owner = json_is_true(json_at(row, "owner"))};
    }
    return ret;
}

static Time sooner(Time a, Time b)
{
    return a == TIME_NONE ? b : b == TIME_NONE || a < b ? a : b;
}

// Grants in force; who->stale becomes the moment when that changes by itself.
static void grants_read(Principal *who, const Rows *rows, Time now)
{
    Grant *grants = arena_array(who->home, Grant, rows_len(rows));
    for (size_t i = 0; i < rows_len(rows); i++) {
        Grant g = {.from = row_time(rows, i, "from_at"), .until = row_time(rows, i, "until_at")};
        if (!scope_read(row_str(rows, i, "scope"), &g.scope))
            continue; // the person's own row without any grant
        bool begun = g.from == TIME_NONE || g.from <= now;
        bool ended = g.until != TIME_NONE && g.until <= now;
        if (ended)
            continue;
        who->stale = sooner(who->stale, begun ? g.until : g.from);
        if (!begun)
            continue;
        g.role = str_copy(who->home, row_str(rows, i, "role"));
        g.scope_id = str_copy(who->home, row_str(rows, i, "scope_id"));
        who->admin |= g.scope == ON_PLATFORM && str_is(g.role, "admin");
        grants[who->grant_count++] = g;
    }
    who->grants = grants;
}

static Principal *principal_read(const Rows *rows, const uint8_t hash[HASH_SIZE], uint64_t as_of)
{
    Arena *home = arena_new();
    Principal *who = arena_new_of(home, Principal);
    *who = (Principal){
        .home = home,
        .generation = as_of,
        .person = str_copy(home, row_str(rows, 0, "person_id")),
        .name = str_copy(home, row_str(rows, 0, "name")),
        .token = str_copy(home, row_str(rows, 0, "token_id")),
        .session = row_bool(rows, 0, "session"),
        .writes = row_bool(rows, 0, "writes"),
        .bound = str_copy(home, row_str(rows, 0, "bound")),
        .bound_id = str_copy(home, row_str(rows, 0, "bound_id")),
        .confirmed =
            row_null(rows, 0, "confirmed_at") ? TIME_NONE : row_time(rows, 0, "confirmed_at"),
        .used = wall_clock(),
        .written = row_time(rows, 0, "used_at"),
        .lang = str_is(row_str(rows, 0, "lang"), "en") ? EN : FR,
        .expires = row_time(rows, 0, "expires_at"),
        .stale = TIME_NONE,
    };
    memcpy(who->hash, hash, HASH_SIZE);
    grants_read(who, rows, wall_clock());
    who->memberships =
        memberships_read(home, row_json(home, rows, 0, "memberships"), &who->membership_count);
    if (who->membership_count)
        who->organisation = who->memberships[0].organisation;
    return who;
}

static const Principal *bad_bearer(Request *rq)
{
    fault(rq, FAULT_SIGNED_OUT, NULL,
          T("Ce jeton n'est pas ou plus valable.", "This token is not valid, or no longer."));
    return NULL;
}

static const Principal *look_up(Request *rq, const uint8_t hash[HASH_SIZE], bool cookie)
{
    // Read before the query: a change committed meanwhile makes the answer stale at once.
    pthread_mutex_lock(&lock);
    uint64_t as_of = generation;
    pthread_mutex_unlock(&lock);
    Rows *rows = QUERY(rq->db, rq->arena, Q_ACCESS_PRINCIPAL, arg_bytes(rq->arena, hash, HASH_SIZE),
                       arg_int(rq->arena, settings()->session_idle));
    if (!rows) {
        fault(rq, FAULT_NO_DATABASE, NULL,
              T("La base de données ne répond pas.", "The database does not answer."));
        return NULL;
    }
    if (rows_len(rows) == 0)
        return cookie ? NULL : bad_bearer(rq);
    return keep(rq->arena, principal_read(rows, hash, as_of));
}

static Str trim(Str s)
{
    while (s.len && s.at[0] == ' ')
        s = str_slice(s, 1, s.len);
    while (s.len && s.at[s.len - 1] == ' ')
        s = str_slice(s, 0, s.len - 1);
    return s;
}

static Str secret_of(const Request *rq, bool *cookie)
{
    Str header = request_header(rq, "Authorization");
    *cookie = header.len == 0;
    if (*cookie)
        return cookie_read(request_header(rq, "Cookie"));
    if (header.len > 7 && strncasecmp(header.at, "Bearer ", 7) == 0)
        return trim(str_slice(header, 7, header.len));
    return STR("?"); // another scheme: no secret of ours, and not anonymous either
}

bool access_shown(const Request *rq, uint8_t ret[HASH_SIZE])
{
    bool cookie;
    return token_hash(secret_of(rq, &cookie), ret);
}

// A browser sends a cookie whoever wrote the page. Pages of other origins cannot set a header of
// their own on a simple request, and browsers name the page's origin.
static bool same_site(const Request *rq)
{
    if (rq->method == GET || request_header(rq, "X-Requested-With").len)
        return true;
    Str origin = request_header(rq, "Origin"), host = request_header(rq, "Host");
    size_t slash = str_index(origin, '/');
    return host.len && slash + 2 < origin.len &&
           str_eq(str_slice(origin, slash + 2, origin.len), host);
}

const Principal *access_of(Request *rq)
{
    bool cookie;
    uint8_t hash[HASH_SIZE];
    Str secret = secret_of(rq, &cookie);
    if (secret.len == 0)
        return NULL;
    if (!token_hash(secret, hash))
        return cookie ? NULL : bad_bearer(rq);
    const Principal *who = recall(rq->arena, hash);
    if (!who)
        who = look_up(rq, hash, cookie);
    if (who && cookie && !same_site(rq)) {
        fault(rq, FAULT_FORBIDDEN, NULL,
              T("Cette demande ne vient pas de nos pages : l'en-tête X-Requested-With manque.",
                "This request does not come from our pages: the header X-Requested-With is "
                "missing."));
        return NULL;
    }
    return who;
}

// --- last use ------------------------------------------------------------------------------------

typedef struct Uses {
    uint8_t (*hashes)[HASH_SIZE];
    Time *at;
    size_t len;
} Uses;

// Callers have the lock.
static void gather(Kept **place, Time now, Uses *uses)
{
    while (*place) {
        Principal *who = (*place)->who;
        if (who->used > who->written) {
            memcpy(uses->hashes[uses->len], who->hash, HASH_SIZE);
            uses->at[uses->len++] = who->written = who->used;
        }
        if (who->used < now - REST_MINUTES * 60 * SECOND)
            forget(place);
        else
            place = &(*place)->next;
    }
}

// What the database does not take now is lost until the next use, which costs nobody anything.
void access_write_uses(Db *db, Arena *arena)
{
    pthread_mutex_lock(&lock);
    Uses uses = {arena_alloc(arena, (kept + 1) * HASH_SIZE), arena_array(arena, Time, kept + 1), 0};
    for (size_t i = 0; i < BUCKETS; i++)
        gather(&buckets[i], wall_clock(), &uses);
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < uses.len; i += USES) {
        size_t n = uses.len - i < USES ? uses.len - i : USES;
        QUERY(db, arena, Q_ACCESS_USED, arg_hexes(arena, uses.hashes[i], n, HASH_SIZE),
              arg_times(arena, uses.at + i, n));
    }
}
