// SPDX-License-Identifier: Apache-2.0
// What the files of the store share. Nobody else includes it: only this room knows libpq.
#pragma once
#include "store.h"
#include <libpq-fe.h>

struct Db {
    PGconn *conn; // NULL while there is none
    char *conninfo;
    int timeout_ms; // of one flight; 0: no limit
    DbError error;
    char constraint[64];
    char detail[512];
    bool begin_waits; // begin goes out with the next statement
    bool in_transaction;
    bool lost;  // a statement of this transaction failed: nothing more is run until rollback
    bool stale; // the server forgot or outgrew a prepared statement: a new connection is the cure
    char *channel;    // listened to, again after a reconnection
    bool reconnected; // since db_notified was asked
    bool prepared[QUERY_COUNT];
};

struct Rows {
    PGresult *result;
    uint64_t hidden; // columns that are not written, by their place
};

// Forgets the last error.
void db_clear(Db *db);
// Records `error` and returns false.
bool db_fail(Db *db, DbError error, const char *detail);
// Records what a failed result says and returns false.
bool db_fail_result(Db *db, const PGresult *result);
// Closes a connection that cannot be trusted any more and records `error`. False.
bool db_break(Db *db, DbError error, const char *detail);
// Milliseconds of a clock that only goes forward.
int64_t clock_ms(void);
// When a flight that begins now must have been answered; 0: never.
int64_t db_deadline(const Db *db);
// Sends what is queued and waits until PQgetResult would not block. False: broken, or too late.
bool db_await(Db *db, int64_t deadline);
