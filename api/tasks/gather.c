// SPDX-License-Identifier: Apache-2.0
#include "gather.h"
#include "../clock.h"
#include "../log.h"
#include "retention.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { EVERY_MS = 1000, STEP_MS = 50, RETENTION_S = 3600 };

static const TasksOptions *options;
static atomic_bool stopping;
static pthread_t thread;

static int64_t seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

// The latest checkpoint of every tree that grew since; whatever cannot be written is tried again.
static bool anchor_all(Db *db, Arena *arena)
{
    static Time newest;
    Time last = newest;
    Rows *rows = QUERY0(db, arena, Q_LOG_CHECKPOINTS);
    for (size_t i = 0; rows && i < rows_len(rows); i++) {
        Time at = row_time(rows, i, "at");
        if (at <= newest)
            continue;
        last = at > last ? at : last;
        if (!anchor_add(arena, options->anchor, row_str(rows, i, "tree"),
                        row_str(rows, i, "note"))) {
            log_event(LOG_ERROR, "anchor", LOG_C("why", strerror(errno)));
            return false;
        }
    }
    newest = last;
    return rows != NULL;
}

// Once a minute, or the log would hold little else.
static void complain(Db *db, const Gathered *done)
{
    static int64_t last = -60;
    DbError error = db_error(db);
    if ((error != DB_WRONG && error != DB_OK) || seconds() - last < 60)
        return;
    last = seconds();
    log_event(LOG_ERROR, "history",
              LOG_S("why", done->why.len ? done->why
                           : error == DB_OK
                               ? STR("what was gathered does not fit any more: run jalon verify")
                               : str_of(db_detail(db))));
}

// True when something was gathered.
static bool gather_all(Db *db, Arena *arena)
{
    bool grew = false;
    for (bool more = true; more && !stopping;) {
        Gathered done;
        arena_reset(arena);
        if (!log_gather(db, arena, options->key, &done)) {
            complain(db, &done);
            return grew;
        }
        grew |= done.entries > 0;
        more = done.more;
    }
    return grew;
}

static void *loop(void *unused)
{
    (void)unused;
    Arena *arena = arena_new();
    Db *db = db_open_slow(options->conninfo);
    bool unanchored = true;
    int64_t anchored = 0, retained = -RETENTION_S;
    Time shift = 0;
    while (!stopping) {
        arena_reset(arena);
        if (db_ready(db)) {
            unanchored |= gather_all(db, arena);
            erase_all(db, arena, &stopping);
            if (seconds() - retained >= RETENTION_S || clock_shift() != shift) {
                retained = seconds();
                shift = clock_shift();
                retention_apply(db, arena, &stopping);
            }
            if (options->anchor && unanchored && seconds() - anchored >= options->anchor_every_s &&
                anchor_all(db, arena)) {
                unanchored = false;
                anchored = seconds();
            }
        }
        for (int waited = 0; waited < EVERY_MS && !stopping; waited += STEP_MS)
            poll(NULL, 0, STEP_MS);
    }
    db_close(db);
    arena_free(arena);
    return NULL;
}

void gather_start(const TasksOptions *given)
{
    options = given;
    stopping = false;
    pthread_create(&thread, NULL, loop, NULL);
}

void gather_stop(void)
{
    stopping = true;
    pthread_join(thread, NULL);
}
