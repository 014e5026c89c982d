// SPDX-License-Identifier: Apache-2.0
#include "guard.h"

static const char make_role[] =
    "do $$ begin if not exists (select from pg_roles where rolname = 'jalon_serve') then "
    "create role jalon_serve login; end if; end $$";

// Whom a connection is, as the database calls them.
static Str role_of(Db *db, Arena *arena)
{
    Rows *rows = QUERY0(db, arena, Q_GUARD_ROLE);
    return rows ? str_copy(arena, row_str(rows, 0, "role")) : STR_NONE;
}

bool history_guard(Db *owner, const char *serving, bool *own, Arena *arena, Str *why)
{
    Str role = STR("jalon_serve"), us = role_of(owner, arena);
    if (serving) {
        Db *db = db_open_slow(serving);
        role = db_ready(db) ? role_of(db, arena) : STR_NONE;
        if (!role.len)
            *why = str_format(arena, "database: %s", db_detail(db));
        db_close(db);
        if (!role.len)
            return false;
    } else if (!db_script(owner, make_role)) {
        *why = str_copy(arena, str_of(db_detail(owner)));
        return false;
    }
    *own = str_eq(role, us);
    bool done = QUERY0(owner, arena, Q_GUARD_CLOCK) &&
                (*own || QUERY(owner, arena, Q_GUARD_SERVING, ARG(role)));
    if (!done)
        *why = str_copy(arena, str_of(db_detail(owner)));
    return done;
}
