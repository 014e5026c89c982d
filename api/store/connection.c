// SPDX-License-Identifier: Apache-2.0
// Connections: opening, waiting with a deadline, what an SQLSTATE means, notifications. Statements
// are in statement.c.
#include "inside.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// A server that is alive says itself that time is up; only when it stays silent we hang up, this
// much later.
enum { SILENCE_MS = 60 };

int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t db_deadline(const Db *db)
{
    return db->timeout_ms ? clock_ms() + db->timeout_ms + SILENCE_MS : 0;
}

// --- errors -------------------------------------------------------------------------------------

void db_clear(Db *db)
{
    db->error = DB_OK;
    db->constraint[0] = db->detail[0] = '\0';
}

bool db_fail(Db *db, DbError error, const char *detail)
{
    db->error = error;
    db->constraint[0] = '\0';
    if (detail != db->detail)
        snprintf(db->detail, sizeof db->detail, "%s", detail ? detail : "");
    return false;
}

bool db_break(Db *db, DbError error, const char *detail)
{
    db_fail(db, error, detail);
    if (db->conn)
        PQfinish(db->conn);
    db->conn = NULL;
    db->lost |= db->in_transaction;
    db->stale = false;
    memset(db->prepared, 0, sizeof db->prepared);
    return false;
}

// First row whose code is a prefix of the SQLSTATE decides (PostgreSQL appendix A).
static const struct Meaning {
    const char *code;
    DbError error;
} meanings[] = {
    {"40001", DB_RETRY},   // serialization failure
    {"40P01", DB_RETRY},   // deadlock
    {"0A000", DB_RETRY},   // a cached plan whose tables were migrated meanwhile
    {"26000", DB_RETRY},   // a prepared statement that is gone
    {"55P03", DB_TIMEOUT}, // lock_timeout
    {"57014", DB_TIMEOUT}, // statement_timeout
    {"23505", DB_UNIQUE},  {"23", DB_CHECK}, {"P0001", DB_CHECK}, // raise exception
    {"22", DB_BAD_VALUE},  {"08", DB_DOWN},  {"53", DB_DOWN}, // no memory, disk or connections left
    {"57P", DB_DOWN},                                         // shutting down or starting up
    {"25P03", DB_DOWN},                                       // idle in transaction for too long
    {"25006", DB_DOWN}, // a standby: the primary is elsewhere now
    {"58", DB_DOWN},    // the disk
    {NULL, DB_WRONG},
};

static DbError meaning_of(const char *state, const char *constraint)
{
    const struct Meaning *m = meanings;
    while (m->code && strncmp(state, m->code, strlen(m->code)) != 0)
        m++;
    // Somebody gave the answer under this key while we worked: it is read when we run again.
    if (m->error == DB_UNIQUE && strcmp(constraint, "idempotency_pkey") == 0)
        return DB_RETRY;
    return m->error;
}

bool db_fail_result(Db *db, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    DbError error = state ? meaning_of(state, constraint ? constraint : "") : DB_DOWN;
    db_fail(db, error, PQresultErrorMessage(result));
    db->stale |= state && (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0);
    snprintf(db->constraint, sizeof db->constraint, "%s", constraint ? constraint : "");
    return false;
}

DbError db_error(const Db *db)
{
    return db->error;
}

const char *db_constraint(const Db *db)
{
    return db->constraint;
}

const char *db_detail(const Db *db)
{
    return db->detail;
}

// --- waiting ------------------------------------------------------------------------------------

// Waits until the socket can do one of `events`. Returns what it can do, 0 when the deadline
// passed.
static short wait_for(const Db *db, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline ? deadline - clock_ms() : -1;
        if (deadline && left <= 0)
            return 0;
        struct pollfd fd = {.fd = PQsocket(db->conn), .events = events};
        int n = poll(&fd, 1, (int)left);
        if (n > 0)
            return fd.revents;
    }
}

bool db_await(Db *db, int64_t deadline)
{
    int unsent = PQflush(db->conn);
    while (unsent > 0 || PQisBusy(db->conn)) {
        short can = wait_for(db, (short)(POLLIN | (unsent > 0 ? POLLOUT : 0)), deadline);
        if (can == 0)
            return db_break(db, DB_TIMEOUT, "the server does not answer");
        if (can != POLLOUT && !PQconsumeInput(db->conn))
            return db_break(db, DB_DOWN, PQerrorMessage(db->conn));
        if (unsent > 0)
            unsent = PQflush(db->conn);
    }
    return unsent == 0 || db_break(db, DB_DOWN, PQerrorMessage(db->conn));
}

// --- connecting ---------------------------------------------------------------------------------

// Notices ("transaction in progress"…) would go to stderr, past the program's log.
static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static bool connect_in_time(Db *db)
{
    // What the caller wrote in conninfo comes first; what we rely on comes behind and wins.
    const char *names[] = {"dbname", "client_encoding", "fallback_application_name", NULL};
    const char *values[] = {db->conninfo, "UTF8", "jalon", NULL};
    int64_t deadline = clock_ms() + DB_CONNECT_MS;
    db->conn = PQconnectStartParams(names, values, 1);
    if (!db->conn || PQstatus(db->conn) == CONNECTION_BAD)
        return db_break(db, DB_DOWN, db->conn ? PQerrorMessage(db->conn) : "no memory");
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
        if (step == PGRES_POLLING_FAILED)
            return db_break(db, DB_DOWN, PQerrorMessage(db->conn));
        if (!wait_for(db, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            return db_break(db, DB_DOWN, "the server does not answer");
        step = PQconnectPoll(db->conn);
    }
    PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
    return PQsetnonblocking(db->conn, 1) == 0 || db_break(db, DB_DOWN, "no memory");
}

// A lock is waited for a little less long than a statement, so that the error says which it was.
static bool set_up(Db *db)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "set statement_timeout = %d; set lock_timeout = %d; "
             "set idle_in_transaction_session_timeout = '10s'; set timezone = 'UTC'; "
             "set datestyle = 'ISO'; set bytea_output = 'hex'",
             db->timeout_ms, db->timeout_ms - db->timeout_ms / 9);
    if (!db_script(db, sql))
        return db_break(db, DB_DOWN, db->detail);
    return true;
}

static bool listen_again(Db *db)
{
    char *name = PQescapeIdentifier(db->conn, db->channel, strlen(db->channel));
    char sql[200];
    snprintf(sql, sizeof sql, "listen %s", name ? name : "nothing");
    PQfreemem(name);
    return db_script(db, sql);
}

static bool db_connect(Db *db)
{
    db_clear(db);
    if (!connect_in_time(db) || !set_up(db))
        return false;
    db->reconnected = true;
    return !db->channel || listen_again(db);
}

Db *db_open_with(const char *conninfo, int timeout_ms)
{
    Db *db = calloc(1, sizeof *db);
    char *copy = strdup(conninfo);
    if (!db || !copy)
        abort();
    db->conninfo = copy;
    db->timeout_ms = timeout_ms;
    db_ready(db);
    return db;
}

void db_close(Db *db)
{
    if (!db)
        return;
    if (db->conn)
        PQfinish(db->conn);
    free(db->channel);
    free(db->conninfo);
    free(db);
}

bool db_ready(Db *db)
{
    if (db->conn && PQstatus(db->conn) == CONNECTION_OK) {
        db_clear(db);
        return true;
    }
    db_break(db, DB_DOWN, "no connection");
    return db_connect(db);
}

bool store_ping(const char *conninfo)
{
    const char *names[] = {"dbname", "connect_timeout", NULL};
    const char *values[] = {conninfo, "2", NULL};
    PGPing ping = PQpingParams(names, values, 1);
    return ping == PQPING_OK;
}

bool db_script(Db *db, const char *sql)
{
    if (!db->conn && !db_ready(db))
        return false;
    db_clear(db);
    if (!PQsendQuery(db->conn, sql))
        return db_break(db, DB_DOWN, PQerrorMessage(db->conn));
    int64_t deadline = db_deadline(db);
    bool ok = true;
    for (;;) {
        if (!db_await(db, deadline))
            return false;
        PGresult *result = PQgetResult(db->conn);
        if (!result)
            return ok;
        ExecStatusType status = PQresultStatus(result);
        if (ok && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            ok = db_fail_result(db, result);
        PQclear(result);
    }
}

// --- notifications ------------------------------------------------------------------------------

bool db_listen(Db *db, const char *channel)
{
    free(db->channel);
    db->channel = strdup(channel);
    if (!db->channel)
        abort();
    // A connection made in db_ready listens by itself.
    if (!db->conn || PQstatus(db->conn) != CONNECTION_OK)
        return db_ready(db);
    return listen_again(db);
}

int db_socket(const Db *db)
{
    return db->conn ? PQsocket(db->conn) : -1;
}

bool db_notified(Db *db, void (*hear)(Str payload))
{
    if (!db_ready(db))
        return false;
    if (!PQconsumeInput(db->conn)) {
        db_break(db, DB_DOWN, PQerrorMessage(db->conn));
        if (!db_ready(db))
            return false;
    }
    bool heard = db->reconnected;
    db->reconnected = false;
    if (heard && hear)
        hear(STR("*"));
    for (PGnotify *note; (note = PQnotifies(db->conn)) != NULL; heard = true) {
        if (hear)
            hear(str_of(note->extra));
        PQfreemem(note);
    }
    return heard;
}
