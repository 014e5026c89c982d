// SPDX-License-Identifier: Apache-2.0
// What happens without a request: timers that fall due fire through the same decide() and the same transaction as a person's
// move; mails of the outbox leave by SMTP; what has expired is swept. Everything due is in the database, so a server that was
// down does it when it is back.
#pragma once
#include "../history/log.h"

typedef struct TasksOptions { // texts outlive the tasks
    const char *conninfo;
    const char *smtp_url;      // "smtp://host:25", "smtps://…"; NULL or empty: mails wait in the outbox and can be read there
    const char *smtp_user, *smtp_password; // or NULL
    const char *mail_from;
    bool scans;                // a virus scanner is configured
    LogKey *key;               // signs what was gathered; the thread that gathers changes it when it was handed over
    const char *anchor;        // folder for checkpoints, or NULL
    int anchor_every_s;
} TasksOptions;

// Starts a thread for time and rights, one for mail and one for files, where there is something to do, and one for the history. Once a
// process.
void tasks_start(const TasksOptions *options);

// Asks them to end, waits until what runs is done.
void tasks_stop(void);

// Timers may be due now (the test clock moved): looks again at once.
void tasks_wake(void);
