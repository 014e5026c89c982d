// SPDX-License-Identifier: Apache-2.0
// The store: named SQL statements (sql/queries/*.sql, embedded) over libpq. A Db is one connection used by one thread at a
// time. Statements are prepared once a connection; values are always parameters. Nothing here logs.
#pragma once
#include "../../engine/base/json.h"
#include "../../engine/base/time.h"
#include "queries.h" // generated: enum QueryId { Q_DOSSIER_GET, … }

typedef struct Db Db;
typedef struct Rows Rows;

// A parameter, in text format. Build with the macros; arrays are PostgreSQL array literals made in the arena.
typedef struct Arg {
    Str text; // at == NULL: SQL null. A text with U+0000 inside is refused (DB_BAD_VALUE)
} Arg;
#define ARG(s) ((Arg){(s)})                        // Str: text, uuid, jsonb…
#define ARG_C(c) ((Arg){str_of(c)})
#define ARG_NULL ((Arg){STR_NONE})
Arg arg_int(Arena *arena, int64_t v);
Arg arg_double(Arena *arena, double v);
Arg arg_bool(bool v);
Arg arg_time(Arena *arena, Time t);                // TIME_NONE: null
Arg arg_json(Arena *arena, const json_t *v);       // NULL: null
Arg arg_bytes(Arena *arena, const void *at, size_t len);
Arg arg_texts(Arena *arena, const Str *at, size_t n);   // text[], uuid[], jsonb[]…; an element with at NULL is null
Arg arg_ints(Arena *arena, const int64_t *at, size_t n);
Arg arg_times(Arena *arena, const Time *at, size_t n);  // timestamptz[]; TIME_NONE is null
Arg arg_hexes(Arena *arena, const uint8_t *at, size_t n, size_t size); // bytea[]: n values of `size` bytes each, in a row

typedef enum DbError {
    DB_OK,
    DB_DOWN,        // no connection, or it broke: 503
    DB_RETRY,       // serialization failure, deadlock, idempotency key taken meanwhile: run the whole request again
    DB_UNIQUE,      // a unique constraint: db_constraint() names it
    DB_CHECK,       // a check or foreign key constraint, or a rule of a trigger
    DB_BAD_VALUE,   // a value PostgreSQL cannot read (class 22)
    DB_TIMEOUT,     // statement_timeout, lock_timeout or a server that does not answer: 503
    DB_WRONG        // our own mistake: 500
} DbError;

enum {
    DB_TIMEOUT_MS = 900,    // of one flight of a request: a blocked database is answered within a second
    DB_CONNECT_MS = 900,
    DB_SLOW_MS = 60 * 1000  // tasks; migrations have no limit
};

// Connects to `conninfo`. Never NULL; db_error tells. statement_timeout, lock_timeout and client encoding are set by us;
// no call on it waits much longer than `timeout_ms`, even when the server has stopped answering.
Db *db_open_with(const char *conninfo, int timeout_ms);
static inline Db *db_open(const char *conninfo) // for requests
{
    return db_open_with(conninfo, DB_TIMEOUT_MS);
}
static inline Db *db_open_slow(const char *conninfo) // for tasks and tools
{
    return db_open_with(conninfo, DB_SLOW_MS);
}
void db_close(Db *db);                  // NULL is allowed
bool db_ready(Db *db);                  // reconnects when broken; false while the database is down
DbError db_error(const Db *db);         // of the last call
const char *db_constraint(const Db *db);// name of the broken constraint, "" when there is none
const char *db_detail(const Db *db);    // server's own words: for logs, never for callers

// True when a server answers at `conninfo`, whether or not it would let us in. For the supervisor.
bool store_ping(const char *conninfo);

// `conninfo` (a URL or "name=value …") without its passwords, and the one of the role, or STR_NONE. Unchanged when libpq cannot
// read it.
const char *store_conninfo_apart(Arena *arena, const char *conninfo, Str *password);

// The transaction begins with the next statement, in the same flight. False while the database is down.
bool db_begin(Db *db);
bool db_commit(Db *db);
void db_rollback(Db *db);               // no effect outside a transaction
bool db_in_transaction(const Db *db);

// Runs one named statement. NULL on failure. The rows live in the arena.
Rows *db_query(Db *db, Arena *arena, enum QueryId query, const Arg *args, size_t n);
#define QUERY(db, arena, query, ...) db_query((db), (arena), (query), (Arg[]){__VA_ARGS__}, sizeof((Arg[]){__VA_ARGS__}) / sizeof(Arg))
#define QUERY0(db, arena, query) db_query((db), (arena), (query), NULL, 0)

// Several statements in one flight (libpq pipeline): queue them, then run; results in order, NULL from the first failure on.
// Q_BEGIN and Q_COMMIT may stand among them: a commit that fails is a failure of the flight.
typedef struct Flight {
    enum QueryId query;
    const Arg *args;
    size_t n;
    Rows *rows;
} Flight;
#define FLIGHT(query, ...) ((Flight){(query), (Arg[]){__VA_ARGS__}, sizeof((Arg[]){__VA_ARGS__}) / sizeof(Arg), NULL})
bool db_flight(Db *db, Arena *arena, Flight *flights, size_t n);

size_t rows_len(const Rows *rows);       // rows given; for a statement that gives none, rows touched
// By column name; absent columns are a programming error. Null gives STR_NONE, 0, TIME_NONE, NULL, false.
Str row_str(const Rows *rows, size_t i, const char *column);
int64_t row_int(const Rows *rows, size_t i, const char *column);
double row_double(const Rows *rows, size_t i, const char *column);
bool row_bool(const Rows *rows, size_t i, const char *column);
Time row_time(const Rows *rows, size_t i, const char *column); // infinity and -infinity are TIME_NONE
json_t *row_json(Arena *arena, const Rows *rows, size_t i, const char *column);
Str row_bytes(Arena *arena, const Rows *rows, size_t i, const char *column);                  // bytea
const Str *row_texts(Arena *arena, const Rows *rows, size_t i, const char *column, size_t *n); // text[], uuid[]…
bool row_null(const Rows *rows, size_t i, const char *column);
bool rows_has(const Rows *rows, const char *column);

// Writes row i as a JSON object: names are the columns', json columns pass through unparsed, timestamps become RFC 3339 UTC
// (infinite ones null), text[] arrays of strings. Columns whose name begins with "cursor_" or "hidden_" are left out.
void row_write(Buf *buf, const Rows *rows, size_t i);
// From here on this column is not written: whoever reads the rows may not know it. One that is not there is hidden already.
void rows_hide(Rows *rows, const char *column);
// The members alone, without braces, so that others can follow: `"id":"…","name":"…"`.
void row_members(Buf *buf, const Rows *rows, size_t i);

// LISTEN on a connection kept for it. db_notified reads what has come without waiting, gives each payload to `hear` (unless NULL) and
// is true when something was said. When the connection broke and came back anything may have been: the payload is "*" then.
// db_socket is -1 while there is none; it changes on reconnection.
bool db_listen(Db *db, const char *channel);
int db_socket(const Db *db);
bool db_notified(Db *db, void (*hear)(Str payload));

// Runs every migration not yet applied (each in its own transaction, under an advisory lock, checksummed). False with `why`
// when one fails, when an applied one was changed, or when the database is newer than this program.
bool store_migrate(Db *db, Str *why, Arena *arena);
// The same with another table of migrations, for tests.
bool store_migrate_with(Db *db, const Migration *table, size_t n, Str *why, Arena *arena);
// Runs text with any number of statements and no parameters, as one transaction unless it says otherwise. For tools and tests.
bool db_script(Db *db, const char *sql);
