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

RoleSet access_roles(const Principal *who, const Definition *def, const ApplicationScope *at)
{
    RoleSet roles = 0;
    for (size_t i = 0; who && i < who->grant_count; i++) {
        const Grant *grant = &who->grants[i];
        if (!reaches(grant, at))
            continue;
        ItemId role = definition_role(def, grant->role);
        if (role != ID_NONE && role != ROLE_SYSTEM &&
            access_covers(grant->scope, def->roles[role].on))
            roles |= def->roles[role].bit;
    }
    return roles_free_of_conflict(def, roles);
}

bool access_holds(const Principal *who, const char *role, Scope scope, Str scope_id)
{
    for (size_t i = 0; who && i < who->grant_count; i++)
        if (who->grants[i].scope == scope && str_is(who->grants[i].role, role) &&
            str_eq(who->grants[i].scope_id, scope_id))
            return true;
    return false;
}

bool access_manages(const Principal *who, Str space)
{
    return who && (who->admin || access_holds(who, "manager", ON_SPACE, space));
}

bool access_carries(const Principal *who, Str dossier, Str organisation)
{
    return access_holds(who, "carrier", ON_DOSSIER, dossier) ||
           (organisation.len && access_holds(who, "carrier", ON_ORGANISATION, organisation));
}

bool access_writes(const Principal *who, Str dossier, Str organisation)
{
    return access_carries(who, dossier, organisation) ||
           access_holds(who, "author", ON_DOSSIER, dossier) ||
           (organisation.len && access_holds(who, "author", ON_ORGANISATION, organisation));
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
