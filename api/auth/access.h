// SPDX-License-Identifier: Apache-2.0
// Who is calling, and what they may do. Permission is data: grants of a role on a scope, in time; whatever is not granted is
// refused. A caller is looked up once and kept in memory until their rights change (our own commits and PostgreSQL's notifications
// name them), so the hot path asks no database.
//
// Two lists of roles: the platform's own small one below, and the roles that a workflow names. `carrier` and `author` are in
// both: they are granted on a dossier, and a workflow's role `on: dossier` of that name is theirs.
//   admin    on platform   people, organisations, spaces, territories; grants anything; holds no workflow role by it
//   manager  on space      its workflows, its calls, grants on them
//   carrier  on dossier    edits, invites, opens applications, fires the carrier's moves
//   author   on dossier    edits, submits nothing
#pragma once
#include "../../engine/definition.h"
#include "../request.h"
#include "hash.h"

typedef struct Grant {
    Scope scope;
    Str role, scope_id;
    Time from, until; // TIME_NONE: no bound
    Str behalf;       // whose grant this one comes from: the holder acts for them; empty: their own
    bool limited;     // to `moves`, which are all that it lets do; what it lets see is the same
    const Str *moves;
    size_t move_count;
} Grant;

typedef struct Membership {
    Str organisation;
    bool owner;
} Membership;

struct Principal { // immutable, shared between threads, held by whoever asked until their arena is reset
    Str person, name;
    Str token;        // id of the token or session that was shown
    bool session;     // signed in; false: a token for a program
    bool writes;      // false: a token that only reads
    Str bound, bound_id; // where alone a token is good: space, call or dossier, and its id; empty: wherever the person may
    Time confirmed;   // when the person of this session last proved who they are; TIME_NONE: a second factor was not asked yet
    bool has_factor;  // a second factor is in place
    bool weak;        // one is asked of them (setting `second_factor`), and this session was not confirmed by it
    Lang lang;
    bool admin;       // of the platform
    Time expires;     // of the token
    Time stale;       // when a grant begins or ends next, TIME_NONE: never
    Str organisation; // the first one this person belongs to, or empty
    const Membership *memberships;
    size_t membership_count;
    const Grant *grants; // those in force
    const uint64_t *keys; // access_keys() of them: a cache line or two
    size_t grant_count;
    bool acts;           // some of them for somebody else
    const Grant *carried; // of those they act for (`behalf`), on dossiers and organisations: nobody judges what they carry
    size_t carried_count;
    // The cache's own.
    Time used, written; // last use, and the one that the database knows
    uint8_t hash[HASH_SIZE];
    Arena *home;
    int holders;
};

// Where an application stands among the scopes: what grants are compared with. Texts are ids.
typedef struct ApplicationScope {
    Str application, call, dossier, space;
    Str organisation;       // that owns the dossier, may be empty
    const Str *territories; // of the dossier, with their ancestors
    size_t territory_count;
} ApplicationScope;

// Who shows this request's `Authorization: Bearer` or cookie `jalon`; lives as long as rq->arena. NULL with no fault recorded:
// anonymous (a cookie that is not valid any more counts as none). NULL with a fault: a bad bearer (401), a cookie used from
// another site's page (403: a change needs the header X-Requested-With or our own Origin), or no database.
const Principal *access_of(Request *rq);

// The session that a request shows by its cookie or bearer, hashed; false when it shows none. For signing out.
bool access_shown(const Request *rq, uint8_t ret[HASH_SIZE]);

// For Principal.keys, in `arena`. Two that differ stand for different scopes, two that are equal may not: most of a person's grants
// are passed over without being touched.
const uint64_t *access_keys(Arena *arena, const Grant *grants, size_t n);

// May what was shown call rq's route at all? A token reads or writes, within its scope: a route whose path names nothing there is
// refused, whatever it would do. What is `.own` takes a session, what is `.fresh` one that was confirmed lately. Who is weak is nobody
// on public routes (rq->who becomes NULL), and on others sees to how they sign in and does nothing else. True for nobody. Else a fault.
bool access_reaches(Request *rq);

// For handlers of what is sensitive only now and then: true for a session that was confirmed lately, and for a token, which only
// such a session makes. Else a fault.
bool access_confirmed(Request *rq);

// Writes when tokens were last used to the database; every minute or so, so that no request pays for it. Lets go of those who rest.
void access_write_uses(Db *db, Arena *arena);

// Rights of this person changed, or EVERYONE's may have, and the change is committed: they are looked up again.
void access_forget(Str person);

// Hears of changes that other programs commit. Waits at most `timeout_ms` on this connection, which listens from its first call
// and again after it broke; false while the database is down (rights are then looked up again once it is back).
bool access_listen(Db *db, int timeout_ms);

// A grant's role counts for a workflow's role of the same name `on` the same scope or, along one line, on a wider one:
// application < call < space < platform; dossier < organisation. A carrier granted on a space carries nothing: who runs a
// space cannot reach into the dossiers filed there.
bool access_covers(Scope granted, Scope on);

// The roles of `def` that `who` (NULL: nobody) holds on an application, their own and those of whom they act for: what they see.
// No query, no allocation.
RoleSet access_roles(const Principal *who, const Definition *def, const ApplicationScope *at);

// The roles that they act in: their own when `behalf` is empty, else those that this person gave them for `event` (an act when
// `act` is not THING_NONE). A role that the file calls personal is nobody's but its holder's, and so is a review. Whoever carries the
// dossier, the one who acts or the one they act for, acts on it in roles on the dossier alone.
RoleSet access_roles_for(const Principal *who, const Definition *def, const ApplicationScope *at, Str behalf, Str event, Thing act);

// The people that `who` acts for somewhere, each once; at most `max` are written.
size_t access_behalves(const Principal *who, Str *ret, size_t max);

// Holds `role` exactly on this scope, by a grant in force that is not limited to some moves, for themselves or for somebody?
bool access_holds(const Principal *who, const char *role, Scope scope, Str scope_id);
bool access_manages(const Principal *who, Str space);              // its manager, or an admin
bool access_carries(const Principal *who, Str dossier, Str organisation);  // carrier of it, or of all of its organisation's
bool access_writes(const Principal *who, Str dossier, Str organisation);   // carrier or author
bool access_reads(const Principal *who, Str dossier, Str organisation);    // the same, also who may do but some moves
// By a grant of their own: whoever acts for another gives nothing on.
bool access_answers_for_space(const Principal *who, Str space);
bool access_answers_for_dossier(const Principal *who, Str dossier, Str organisation);
// For whom they write in a dossier, or manage a space: empty when they do by a grant of their own.
Str access_behalf_on_dossier(const Principal *who, Str dossier, Str organisation);
Str access_behalf_on_space(const Principal *who, Str space);
const Membership *access_member(const Principal *who, Str organisation);   // or NULL

// The scope of this word, or false.
bool scope_read(Str word, Scope *ret);

// Makes the person with this address (created if unknown) an admin of the platform and gives them a new token for a day. For
// the command line of whoever runs the server. Runs its own transaction. Empty when the database refuses.
// `told` tells the history of it, in that transaction; false undoes all.
Str access_first_admin(Db *db, Arena *arena, Str email, bool (*told)(Db *db, Arena *arena, Str person));
