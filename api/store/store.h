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
    Str text; // at == NULL: SQL null
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
Arg arg_texts(Arena *arena, const Str *at, size_t n);   // text[], uuid[]…; an element with at NULL is null
Arg arg_ints(Arena *arena, const int64_t *at, size_t n);

typedef enum DbError {
    DB_OK,
    DB_DOWN,        // no connection, or it broke: 503
    DB_RETRY,       // serialization failure, deadlock, idempotency key taken meanwhile: run the whole request again
    DB_UNIQUE,      // a unique constraint: db_constraint() names it
    DB_CHECK,       // a check or foreign key constraint
    DB_BAD_VALUE,   // a value PostgreSQL cannot read (class 22)
    DB_TIMEOUT,     // statement_timeout or lock_timeout: 503
    DB_WRONG        // our own mistake: 500
} DbError;

// Connects to `conninfo`. Never NULL; db_error tells. statement_timeout, lock_timeout and client encoding are set by us.
Db *db_open(const char *conninfo);
void db_close(Db *db);
bool db_ready(Db *db);                  // reconnects when broken; false while the database is down
DbError db_error(const Db *db);         // of the last call
const char *db_constraint(const Db *db);
const char *db_detail(const Db *db);    // server's own words: for logs, never for callers

bool db_begin(Db *db);
bool db_commit(Db *db);
void db_rollback(Db *db);               // no effect outside a transaction
bool db_in_transaction(const Db *db);

// Runs one named statement. NULL on failure. The rows live in the arena.
Rows *db_query(Db *db, Arena *arena, enum QueryId query, const Arg *args, size_t n);
#define QUERY(db, arena, query, ...) db_query((db), (arena), (query), (Arg[]){__VA_ARGS__}, sizeof((Arg[]){__VA_ARGS__}) / sizeof(Arg))
#define QUERY0(db, arena, query) db_query((db), (arena), (query), NULL, 0)

// Several statements in one flight (libpq pipeline): queue them, then run; results in order, NULL from the first failure on.
typedef struct Flight {
    enum QueryId query;
    const Arg *args;
    size_t n;
    Rows *rows;
} Flight;
enum QueryIdSpecial { Q_BEGIN = -1, Q_COMMIT = -2 };
bool db_flight(Db *db, Arena *arena, Flight *flights, size_t n);

size_t rows_len(const Rows *rows);
// By column name; absent columns are a programming error. Null gives STR_NONE, 0, TIME_NONE, NULL, false.
Str row_str(const Rows *rows, size_t i, const char *column);
int64_t row_int(const Rows *rows, size_t i, const char *column);
double row_double(const Rows *rows, size_t i, const char *column);
bool row_bool(const Rows *rows, size_t i, const char *column);
Time row_time(const Rows *rows, size_t i, const char *column);
json_t *row_json(Arena *arena, const Rows *rows, size_t i, const char *column);
bool row_null(const Rows *rows, size_t i, const char *column);
bool rows_has(const Rows *rows, const char *column);

// Writes row i as a JSON object: names are the columns', json columns pass through unparsed, timestamps become RFC 3339 UTC,
// text[] arrays of strings. Columns whose name begins with "cursor_" or "hidden_" are left out.
void row_write(Buf *buf, const Rows *rows, size_t i);

// Runs every migration not yet applied (each in its own transaction, under an advisory lock, checksummed). False with `why`
// when one fails, when an applied one was changed, or when the database is newer than this program.
bool store_migrate(Db *db, Str *why, Arena *arena);
