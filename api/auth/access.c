// SPDX-License-Identifier: Apache-2.0
// Who is calling: from the header to a Principal, through those kept in memory (kept.c).
#include "access.h"
#include "../settings.h"
#include "cookie.h"
#include "kept.h"
#include "token.h"
#include <strings.h>
#include <time.h>

// Thousands are kept: their memory is about what they need.
enum { HOME_SIZE = 768, GRANT_SIZE = 200 };

// Rights end by the wall clock, even while tests move the clock of workflows.
static Time wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * SECOND + t.tv_nsec / 1000;
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

static void moves_read(Arena *home, const Rows *rows, size_t i, Grant *grant)
{
    grant->limited = !row_null(rows, i, "moves");
    if (!grant->limited)
        return;
    const Str *moves = row_texts(home, rows, i, "moves", &grant->move_count);
    Str *kept_moves = arena_array(home, Str, grant->move_count);
    for (size_t k = 0; k < grant->move_count; k++)
        kept_moves[k] = str_copy(home, moves[k]);
    grant->moves = kept_moves;
}

// What those carry for whom `who` acts, read when there are any. False when the database refuses.
static bool carried_read(Request *rq, Principal *who, Time now)
{
    Str *ids = arena_array(rq->arena, Str, who->grant_count);
    size_t n = access_behalves(who, ids, who->grant_count);
    Rows *rows =
        n ? QUERY(rq->db, rq->arena, Q_ACCESS_CARRIED, arg_texts(rq->arena, ids, n)) : NULL;
    if (n == 0)
        return true;
    if (!rows)
        return false;
    Grant *carried = arena_array(who->home, Grant, rows_len(rows));
    for (size_t i = 0; i < rows_len(rows); i++) {
        Grant g = {.from = row_time(rows, i, "from_at"), .until = row_time(rows, i, "until_at")};
        bool begun = g.from == TIME_NONE || g.from <= now;
        who->stale = sooner(who->stale, begun ? g.until : g.from);
        if (!begun || !scope_read(row_str(rows, i, "scope"), &g.scope))
            continue;
        g.role = str_copy(who->home, row_str(rows, i, "role"));
        g.scope_id = str_copy(who->home, row_str(rows, i, "scope_id"));
        g.behalf = str_copy(who->home, row_str(rows, i, "person_id"));
        carried[who->carried_count++] = g;
    }
    who->carried = carried;
    return true;
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
        g.behalf = row_null(rows, i, "for_person_id")
                       ? STR("")
                       : str_copy(who->home, row_str(rows, i, "for_person_id"));
        moves_read(who->home, rows, i, &g);
        who->acts |= g.behalf.len != 0;
        who->admin |= g.scope == ON_PLATFORM && str_is(g.role, "admin") && !g.behalf.len;
        grants[who->grant_count++] = g;
    }
    who->grants = grants;
    who->keys = access_keys(who->home, grants, who->grant_count);
}

// Does the operator ask a second factor of whoever has these grants?
static bool factor_demanded(const Principal *who)
{
    bool of_managers = strcmp(settings()->second_factor, "managers") == 0;
    bool demanded = who->admin && settings()->second_factor[0];
    for (size_t i = 0; of_managers && i < who->grant_count; i++)
        demanded |= who->grants[i].scope == ON_SPACE && str_is(who->grants[i].role, "manager");
    return demanded;
}

static Principal *principal_read(const Rows *rows, const uint8_t hash[HASH_SIZE])
{
    Arena *home = arena_new_of_size(HOME_SIZE + rows_len(rows) * GRANT_SIZE);
    Principal *who = arena_new_of(home, Principal);
    *who = (Principal){
        .home = home,
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
    who->has_factor = row_bool(rows, 0, "has_factor");
    who->weak = who->session && !row_bool(rows, 0, "two_factors") && factor_demanded(who);
    who->memberships =
        memberships_read(home, row_json(home, rows, 0, "memberships"), &who->membership_count);
    if (who->membership_count)
        who->organisation = who->memberships[0].organisation;
    return who;
}

void access_forget(Str person)
{
    kept_forget(person);
}

static const Principal *bad_bearer(Request *rq)
{
    fault(rq, FAULT_SIGNED_OUT, NULL,
          T("Ce jeton n'est pas ou plus valable.", "This token is not valid, or no longer."));
    return NULL;
}

static const Principal *no_database(Request *rq)
{
    fault(rq, FAULT_NO_DATABASE, NULL,
          T("La base de données ne répond pas.", "The database does not answer."));
    return NULL;
}

static const Principal *look_up(Request *rq, const uint8_t hash[HASH_SIZE], bool cookie)
{
    uint64_t epoch = kept_epoch();
    Rows *rows = QUERY(rq->db, rq->arena, Q_ACCESS_PRINCIPAL, arg_bytes(rq->arena, hash, HASH_SIZE),
                       arg_int(rq->arena, settings()->session_idle));
    if (!rows)
        return no_database(rq);
    if (rows_len(rows) == 0)
        return cookie ? NULL : bad_bearer(rq);
    Principal *who = principal_read(rows, hash);
    if (!carried_read(rq, who, wall_clock())) {
        arena_free(who->home);
        return no_database(rq);
    }
    return kept_add(rq->arena, who, epoch);
}

static Str secret_of(const Request *rq, bool *cookie)
{
    Str header = request_header(rq, "Authorization");
    *cookie = header.len == 0;
    if (*cookie)
        return cookie_read(request_header(rq, "Cookie"));
    if (header.len > 7 && strncasecmp(header.at, "Bearer ", 7) == 0)
        return str_trim(str_slice(header, 7, header.len));
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
    const Principal *who = kept_find(rq->arena, hash, wall_clock());
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
