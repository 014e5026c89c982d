// SPDX-License-Identifier: Apache-2.0
// Migrations: forward only, each in one transaction, one program at a time, never edited once
// applied.
#include "inside.h"
#include <stdlib.h>

// Held while migrating; any number does, as long as every Jalon uses the same.
#define LOCK "7234017283807667300"

static bool wrong(Str *why, Str text)
{
    *why = text;
    return false;
}

// Runs text and gives its last result; NULL on failure. For the few statements that come before the
// tables.
static PGresult *run(Db *db, const char *sql)
{
    db_clear(db);
    PGresult *last = NULL, *next;
    if (!PQsendQuery(db->conn, sql))
        return db_break(db, DB_DOWN, PQerrorMessage(db->conn)), NULL;
    for (;;) {
        if (!db_await(db, 0))
            return PQclear(last), NULL;
        if (!(next = PQgetResult(db->conn)))
            break;
        PQclear(last);
        last = next;
        if (PQresultStatus(last) == PGRES_FATAL_ERROR)
            db_fail_result(db, last);
    }
    if (db->error == DB_OK)
        return last;
    PQclear(last);
    return NULL;
}

static bool done(Db *db, const char *sql)
{
    PGresult *result = run(db, sql);
    PQclear(result);
    return result != NULL;
}

static bool check_applied(const PGresult *applied, const Migration *table, size_t n, Str *why,
                          Arena *arena)
{
    size_t count = (size_t)PQntuples(applied);
    if (count > n)
        return wrong(why, str_format(arena,
                                     "the database is at migration %zu and this program knows %zu: "
                                     "start a newer program",
                                     count, n));
    for (size_t i = 0; i < count; i++)
        if (atoi(PQgetvalue(applied, (int)i, 0)) != table[i].number ||
            strcmp(PQgetvalue(applied, (int)i, 1), table[i].sha256) != 0)
            return wrong(why, str_format(arena,
                                         "migration %d (%s) was changed after it was applied: put "
                                         "its text back and correct it by a new one",
                                         table[i].number, table[i].name));
    return true;
}

static bool apply(Db *db, const Migration *m, Str *why, Arena *arena)
{
    Str note = str_format(arena,
                          "insert into schema_migration (number, name, sha256) values (%d, '%s', "
                          "'%s'); commit",
                          m->number, m->name, m->sha256);
    if (done(db, "begin") && done(db, m->sql) && done(db, note.at))
        return true;
    *why = str_format(arena, "migration %d (%s): %s", m->number, m->name, db_detail(db));
    DbError error = db->error;
    if (db->conn)
        done(db, "rollback");
    db->error = error;
    return false;
}

static bool migrate_locked(Db *db, const Migration *table, size_t n, Str *why, Arena *arena)
{
    if (!done(db, "create table if not exists schema_migration (number integer primary key, name "
                  "text not null, sha256 text not null, applied_at timestamptz not null default "
                  "now())"))
        return wrong(why, str_copy(arena, str_of(db_detail(db))));
    PGresult *applied = run(db, "select number, sha256 from schema_migration order by number");
    if (!applied)
        return wrong(why, str_copy(arena, str_of(db_detail(db))));
    bool fits = check_applied(applied, table, n, why, arena);
    size_t count = (size_t)PQntuples(applied);
    PQclear(applied);
    if (!fits)
        return db_fail(db, DB_WRONG, "migrations do not fit");
    for (size_t i = count; i < n; i++)
        if (!apply(db, &table[i], why, arena))
            return false;
    return true;
}

bool store_migrate_with(Db *db, const Migration *table, size_t n, Str *why, Arena *arena)
{
    // 1. No limit of time: a long migration is not an error, and another program may be migrating.
    if (!db_ready(db) || !done(db, "set statement_timeout = 0; set lock_timeout = 0; "
                                   "select pg_advisory_lock(" LOCK ")"))
        return wrong(why, str_copy(arena, str_of(db_detail(db))));
    // 2. What is missing.
    bool ok = migrate_locked(db, table, n, why, arena);
    // 3. A fresh connection has our limits again, and lets go of the lock.
    DbError error = db->error;
    db_break(db, error, ok ? "" : db_detail(db));
    return ok && db_ready(db);
}

bool store_migrate(Db *db, Str *why, Arena *arena)
{
    return store_migrate_with(db, migration_table, migration_count, why, arena);
}
