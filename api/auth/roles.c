// SPDX-License-Identifier: Apache-2.0
// What a caller may do: grants compared with scopes. Nothing here reads the database but the first
// admin.
#include "access.h"
#include "../../engine/decide.h"
#include "token.h"

bool scope_read(Str word, Scope *ret)
{
    for (Scope s = ON_DOSSIER; s <= ON_PLATFORM; s++)
        if (str_is(word, scope_words[s])) {
            *ret = s;
            return true;
        }
    return false;
}

bool access_covers(Scope granted, Scope on)
{
    switch (granted) {
    case ON_CALL:
        return on == ON_CALL || on == ON_APPLICATION;
    case ON_SPACE:
        return on == ON_SPACE || on == ON_CALL || on == ON_APPLICATION;
    case ON_PLATFORM:
        return on == ON_PLATFORM || on == ON_SPACE || on == ON_CALL || on == ON_APPLICATION;
    case ON_ORGANISATION:
        return on == ON_ORGANISATION || on == ON_DOSSIER;
    default:
        return granted == on;
    }
}

static bool reaches(const Grant *grant, const ApplicationScope *at)
{
    switch (grant->scope) {
    case ON_DOSSIER:
        return str_eq(grant->scope_id, at->dossier);
    case ON_APPLICATION:
        return str_eq(grant->scope_id, at->application);
    case ON_CALL:
        return str_eq(grant->scope_id, at->call);
    case ON_SPACE:
        return str_eq(grant->scope_id, at->space);
    case ON_ORGANISATION:
        return at->organisation.len && str_eq(grant->scope_id, at->organisation);
    case ON_TERRITORY:
        for (size_t i = 0; i < at->territory_count; i++)
            if (str_eq(grant->scope_id, at->territories[i]))
                return true;
        return false;
    case ON_PLATFORM:
        return !str_is(grant->role, "admin"); // running the machine is no part in its decisions
    }
    return false;
}

// The role of `def` that a grant gives here, or nothing.
static RoleSet role_of(const Grant *grant, const Definition *def, const ApplicationScope *at)
{
    if (!reaches(grant, at))
        return 0;
    ItemId role = definition_role(def, grant->role);
    bool counts = role != ID_NONE && role != ROLE_SYSTEM &&
                  access_covers(grant->scope, def->roles[role].on) &&
                  !(grant->behalf.len && def->roles[role].personal);
    return counts ? def->roles[role].bit : 0;
}

// What a grant lets do: everything, or some moves. An act is named by one of its events.
static bool lets(const Grant *grant, Str event, Thing act)
{
    if (grant->behalf.len && act == THING_REVIEW)
        return false;
    for (size_t i = 0; grant->limited && i < grant->move_count; i++)
        if (act == THING_NONE ? str_eq(grant->moves[i], event) : event_act(grant->moves[i]) == act)
            return true;
    return !grant->limited;
}

// Of everything that `who` holds here. Personal roles of others are nobody's to act in, and carrying is carrying.
static RoleSet all_roles(const Principal *who, const Definition *def, const ApplicationScope *at)
{
    RoleSet roles = 0;
    for (size_t i = 0; who && i < who->grant_count; i++)
        roles |= role_of(&who->grants[i], def, at);
    return roles;
}

static RoleSet dossier_roles(const Definition *def)
{
    RoleSet roles = 0;
    for (size_t i = 1; i < def->role_count; i++)
        if (def->roles[i].on == ON_DOSSIER)
            roles |= def->roles[i].bit;
    return roles;
}

// Does whom they act for carry the dossier themselves?
static bool behalf_carries(const Principal *who, const Definition *def, const ApplicationScope *at,
                           Str behalf)
{
    RoleSet carrying = dossier_roles(def);
    for (size_t i = 0; i < who->carried_count; i++) {
        const Grant *grant = &who->carried[i];
        ItemId role = definition_role(def, grant->role);
        if (str_eq(grant->behalf, behalf) && reaches(grant, at) && role != ID_NONE &&
            access_covers(grant->scope, def->roles[role].on) && (def->roles[role].bit & carrying))
            return true;
    }
    return false;
}

// What one grant adds for who sees or acts by it, the conflicts of the person it comes from held against it.
static RoleSet role_free(const Principal *who, const Grant *grant, const Definition *def,
                         const ApplicationScope *at)
{
    RoleSet role = role_of(grant, def, at);
    if (role && grant->behalf.len && !(role & dossier_roles(def)) &&
        behalf_carries(who, def, at, grant->behalf))
        return 0;
    return role;
}

RoleSet access_roles(const Principal *who, const Definition *def, const ApplicationScope *at)
{
    RoleSet roles = 0;
    for (size_t i = 0; who && i < who->grant_count; i++)
        roles |= role_free(who, &who->grants[i], def, at);
    return roles_free_of_conflict(def, roles);
}

RoleSet access_roles_for(const Principal *who, const Definition *def, const ApplicationScope *at,
                         Str behalf, Str event, Thing act)
{
    RoleSet roles = 0;
    for (size_t i = 0; who && i < who->grant_count; i++) {
        const Grant *grant = &who->grants[i];
        if (str_eq(grant->behalf, behalf) && lets(grant, event, act))
            roles |= role_free(who, grant, def, at);
    }
    RoleSet carrying = dossier_roles(def);
    return all_roles(who, def, at) & carrying ? roles & carrying : roles;
}

size_t access_behalves(const Principal *who, Str *ret, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; who && who->acts && i < who->grant_count && n < max; i++) {
        Str behalf = who->grants[i].behalf;
        bool told = !behalf.len;
        for (size_t k = 0; k < n && !told; k++)
            told = str_eq(ret[k], behalf);
        if (!told)
            ret[n++] = behalf;
    }
    return n;
}

// --- exactly on a scope

typedef enum By { BY_ANY, BY_WHOLE, BY_OWN } By; // limited ones too; not those; none for others

static uint64_t key_of(Scope scope, Str scope_id)
{
    uint64_t key = 0;
    size_t len = scope_id.len < sizeof key ? scope_id.len : sizeof key;
    if (len) // ids differ most at their end
        memcpy(&key, scope_id.at + scope_id.len - len, len);
    return key ^ (uint64_t)scope << 56;
}

const uint64_t *access_keys(Arena *arena, const Grant *grants, size_t n)
{
    uint64_t *keys = arena_array(arena, uint64_t, n);
    for (size_t i = 0; i < n; i++)
        keys[i] = key_of(grants[i].scope, grants[i].scope_id);
    return keys;
}

static const Grant *held(const Principal *who, const char *role, Scope scope, Str scope_id, By by)
{
    const Grant *found = NULL;
    uint64_t key = key_of(scope, scope_id);
    for (size_t i = 0; who && i < who->grant_count; i++) {
        const Grant *grant = &who->grants[i];
        if (who->keys[i] != key || grant->scope != scope || !str_is(grant->role, role) ||
            !str_eq(grant->scope_id, scope_id) || (by != BY_ANY && grant->limited) ||
            (by == BY_OWN && grant->behalf.len))
            continue;
        if (!grant->behalf.len) // one's own right wins
            return grant;
        found = grant;
    }
    return found;
}

static const Grant *carrying(const Principal *who, Str dossier, Str organisation, By by)
{
    const Grant *grant = held(who, "carrier", ON_DOSSIER, dossier, by);
    if (grant || !organisation.len)
        return grant;
    return held(who, "carrier", ON_ORGANISATION, organisation, by);
}

static const Grant *writing(const Principal *who, Str dossier, Str organisation, By by)
{
    const Grant *grant = carrying(who, dossier, organisation, by);
    if (!grant || grant->behalf.len) {
        const Grant *author = held(who, "author", ON_DOSSIER, dossier, by);
        if (!author && organisation.len)
            author = held(who, "author", ON_ORGANISATION, organisation, by);
        grant = author && (!grant || !author->behalf.len) ? author : grant;
    }
    return grant;
}

bool access_holds(const Principal *who, const char *role, Scope scope, Str scope_id)
{
    return held(who, role, scope, scope_id, BY_WHOLE);
}

bool access_manages(const Principal *who, Str space)
{
    return who && (who->admin || access_holds(who, "manager", ON_SPACE, space));
}

bool access_carries(const Principal *who, Str dossier, Str organisation)
{
    return carrying(who, dossier, organisation, BY_WHOLE);
}

bool access_writes(const Principal *who, Str dossier, Str organisation)
{
    return writing(who, dossier, organisation, BY_WHOLE);
}

bool access_reads(const Principal *who, Str dossier, Str organisation)
{
    return writing(who, dossier, organisation, BY_ANY);
}

bool access_answers_for_space(const Principal *who, Str space)
{
    return who && (who->admin || held(who, "manager", ON_SPACE, space, BY_OWN));
}

bool access_answers_for_dossier(const Principal *who, Str dossier, Str organisation)
{
    return carrying(who, dossier, organisation, BY_OWN);
}

Str access_behalf_on_dossier(const Principal *who, Str dossier, Str organisation)
{
    const Grant *grant = writing(who, dossier, organisation, BY_WHOLE);
    return grant ? grant->behalf : STR("");
}

Str access_behalf_on_space(const Principal *who, Str space)
{
    const Grant *grant =
        who && !who->admin ? held(who, "manager", ON_SPACE, space, BY_WHOLE) : NULL;
    return grant ? grant->behalf : STR("");
}

const Membership *access_member(const Principal *who, Str organisation)
{
    for (size_t i = 0; who && i < who->membership_count; i++)
        if (str_eq(who->memberships[i].organisation, organisation))
            return &who->memberships[i];
    return NULL;
}

Str access_first_admin(Db *db, Arena *arena, Str email,
                       bool (*told)(Db *db, Arena *arena, Str person))
{
    Token token = token_new(arena);
    if (!db_begin(db))
        return STR_NONE;
    Rows *person = QUERY(db, arena, Q_PERSON_OF_EMAIL, ARG(email), ARG_C("fr"));
    bool ok = person != NULL;
    if (ok) {
        Arg id = ARG(row_str(person, 0, "id"));
        ok = QUERY(db, arena, Q_GRANT_ADMIN, id) &&
             QUERY(db, arena, Q_TOKEN_ADMIN, arg_bytes(arena, token.hash, HASH_SIZE), id) &&
             told(db, arena, id.text);
    }
    if (!ok) {
        db_rollback(db);
        return STR_NONE;
    }
    return db_commit(db) ? token.secret : STR_NONE;
}
