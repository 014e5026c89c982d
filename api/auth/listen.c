// SPDX-License-Identifier: Apache-2.0
// Hearing that rights changed elsewhere: another program on the same database, an administrator's
// own SQL.
#include "access.h"
#include <poll.h>

bool access_listen(Db *db, int timeout_ms)
{
    static _Thread_local const Db *listening; // a connection listens again by itself after it broke
    if (listening != db && db_listen(db, "access"))
        listening = db;
    struct pollfd ear = {.fd = db_socket(db), .events = POLLIN};
    if (timeout_ms && ear.fd >= 0)
        poll(&ear, 1, timeout_ms);
    db_notified(db, access_forget);
    return listening == db && db_socket(db) >= 0;
}
