// SPDX-License-Identifier: Apache-2.0
// Statements and transactions. Every statement goes out in a flight (a libpq pipeline), alone or
// with others: a flight costs one round trip, and what it needs first (begin, preparing a statement
// for the first time) travels with it.
#include "inside.h"
#include <assert.h>
#include <stdio.h>

enum { ARGS_MAX = 48 };

// What is expected back, in order.
typedef enum StepKind { STEP_BEGIN, STEP_PREPARE, STEP_RUN } StepKind;
typedef struct Step {
    StepKind kind;
    Flight *flight; // STEP_PREPARE, STEP_RUN
} Step;

static void clear_result(void *result)
{
    PQclear(result);
}

// --- sending ------------------------------------------------------------------------------------

static bool send_prepare(Db *db, enum QueryId id)
{
    const Query *query = &query_table[id];
    return PQsendPrepare(db->conn, query->name, query->sql, (int)query->count, query->types);
}

static bool send_run(Db *db, Arena *arena, const Flight *flight)
{
    const char *values[ARGS_MAX];
    int lengths[ARGS_MAX];
    assert(flight->n <= ARGS_MAX);
    assert(flight->n == query_table[flight->query].count);
    for (size_t i = 0; i < flight->n; i++) {
        Str text = flight->args[i].text;
        lengths[i] = (int)text.len;
        values[i] = text.at ? str_cstr(arena, text) : NULL;
    }
    return PQsendQueryPrepared(db->conn, query_table[flight->query].name, (int)flight->n, values,
                               lengths, NULL, 0);
}

// Text format ends at the first NUL: what stands behind it would be lost in silence.
static bool args_whole(Db *db, const Flight *flight)
{
    for (size_t i = 0; i < flight->n; i++) {
        Str text = flight->args[i].text;
        if (text.at && memchr(text.at, '\0', text.len))
            return db_fail(db, DB_BAD_VALUE, "a text holds U+0000");
    }
    return true;
}

// Queues one statement, preparing it first when this connection does not know it.
static bool queue(Db *db, Arena *arena, Flight *flight, Step *steps, size_t *count)
{
    bool *prepared = &db->prepared[flight->query];
    if (!*prepared) {
        if (!send_prepare(db, flight->query))
            return false;
        *prepared = true;
        steps[(*count)++] = (Step){STEP_PREPARE, flight};
    }
    steps[(*count)++] = (Step){STEP_RUN, flight};
    return send_run(db, arena, flight);
}

// --- receiving ----------------------------------------------------------------------------------

static bool good(ExecStatusType status)
{
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

// The one result of the next step and the NULL behind it. NULL: the connection is gone.
static PGresult *receive(Db *db, int64_t deadline)
{
    if (!db_await(db, deadline))
        return NULL;
    PGresult *result = PQgetResult(db->conn);
    if (!result) {
        db_break(db, DB_DOWN, "the server says less than it was asked");
        return NULL;
    }
    while (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
        if (!db_await(db, deadline)) {
            PQclear(result);
            return NULL;
        }
        PGresult *next = PQgetResult(db->conn);
        if (!next)
            break;
        PQclear(next);
    }
    return result;
}

static void step_done(Arena *arena, const Step *step, PGresult *result)
{
    if (step->kind != STEP_RUN) {
        PQclear(result);
        return;
    }
    Rows *rows = arena_new_of(arena, Rows);
    rows->result = result;
    arena_defer(arena, clear_result, result);
    step->flight->rows = rows;
}

static bool receive_all(Db *db, Arena *arena, const Step *steps, size_t count)
{
    int64_t deadline = db_deadline(db);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        PGresult *result = receive(db, deadline);
        if (!result)
            return false;
        if (ok && good(PQresultStatus(result))) {
            step_done(arena, &steps[i], result);
            continue;
        }
        // The first failure says why; what follows it was not run.
        if (ok)
            db_fail_result(db, result);
        ok = false;
        if (steps[i].kind == STEP_PREPARE)
            db->prepared[steps[i].flight->query] = false;
        PQclear(result);
    }
    PGresult *sync = receive(db, deadline);
    if (!sync)
        return false;
    PQclear(sync);
    return ok;
}

// --- flights ------------------------------------------------------------------------------------

static bool fly(Db *db, Arena *arena, Flight *flights, size_t n)
{
    Flight begin = {.query = Q_BEGIN};
    Step *steps = arena_array(arena, Step, 2 * n + 2);
    size_t count = 0;
    if (!PQenterPipelineMode(db->conn))
        return db_break(db, DB_DOWN, PQerrorMessage(db->conn));
    bool sent = !db->begin_waits || queue(db, arena, &begin, steps, &count);
    for (size_t i = 0; sent && i < n; i++)
        sent = queue(db, arena, &flights[i], steps, &count);
    if (!sent || !PQpipelineSync(db->conn))
        return db_break(db, DB_DOWN, PQerrorMessage(db->conn));

    bool ok = receive_all(db, arena, steps, count);
    if (!db->conn)
        return false;
    if (!PQexitPipelineMode(db->conn))
        return db_break(db, DB_DOWN, PQerrorMessage(db->conn));
    if (!ok && (db->error == DB_DOWN || db->stale || PQstatus(db->conn) != CONNECTION_OK))
        db_break(db, db->stale ? db->error : DB_DOWN, db->detail);
    return ok;
}

static void track_transaction(Db *db)
{
    db->begin_waits = false;
    db->in_transaction = PQtransactionStatus(db->conn) != PQTRANS_IDLE;
}

bool db_flight(Db *db, Arena *arena, Flight *flights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        flights[i].rows = NULL;
    // What failed once in this transaction stays failed, with its first error: never go on with
    // half of it, least of all on a connection that is new.
    if (db->lost)
        return false;
    bool ok = (db->in_transaction && db->conn) || db_ready(db);
    for (size_t i = 0; ok && i < n; i++)
        ok = args_whole(db, &flights[i]);
    ok = ok && fly(db, arena, flights, n);
    db->lost = !ok && db_in_transaction(db);
    if (ok)
        track_transaction(db);
    return ok;
}

Rows *db_query(Db *db, Arena *arena, enum QueryId query, const Arg *args, size_t n)
{
    Flight flight = {query, args, n, NULL};
    return db_flight(db, arena, &flight, 1) ? flight.rows : NULL;
}

// --- transactions -------------------------------------------------------------------------------

bool db_begin(Db *db)
{
    assert(!db_in_transaction(db));
    if (!db_ready(db))
        return false;
    db->begin_waits = true;
    return true;
}

bool db_commit(Db *db)
{
    if (db->lost)
        return false;
    if (db->begin_waits) {
        db->begin_waits = false; // nothing was asked: nothing to keep
        return true;
    }
    assert(db->in_transaction);
    Arena *arena = arena_new();
    Flight commit = {.query = Q_COMMIT};
    bool ok = db_flight(db, arena, &commit, 1);
    arena_free(arena);
    return ok;
}

void db_rollback(Db *db)
{
    db->begin_waits = db->in_transaction = db->lost = false;
    if (!db->conn || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return;
    DbError error = db->error;
    char constraint[sizeof db->constraint], detail[sizeof db->detail];
    memcpy(constraint, db->constraint, sizeof constraint);
    memcpy(detail, db->detail, sizeof detail);
    bool ok = db_script(db, "rollback");
    if (!ok)
        return;
    // The caller still wants to know why it came to this.
    db->error = error;
    memcpy(db->constraint, constraint, sizeof constraint);
    memcpy(db->detail, detail, sizeof detail);
}

bool db_in_transaction(const Db *db)
{
    return db->begin_waits || db->in_transaction;
}
