// SPDX-License-Identifier: Apache-2.0
// Three loops (the history's is in gather.c). What a timer does is decided by the engine through resources/track.h; what a mail says was written with its move;
// a file that the virus scanner could not judge when it came is shown to it again.
#include "tasks.h"
#include "../auth/access.h"
#include "../auth/totp.h"
#include "../clock.h"
#include "../files/files.h"
#include "../history/chain.h"
#include "../resources/track.h"
#include "gather.h"
#include "mail.h"
#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 500,       // a timer fires at most this late
    MAIL_LOOK_MS = 1000,
    SCAN_LOOK_MS = 10000,
    USES_EVERY = 120,    // looks: once a minute
    SWEEP_EVERY = 7200,  // looks: once an hour
    MAIL_TRIES = 13,     // about two days
    HARDEN = 3
};

static TasksOptions options;
static atomic_bool stopping;
static int wake = -1;
static pthread_t clock_thread, mail_thread, scan_thread;

static Time now_shifted(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (Time)ts.tv_sec * SECOND + ts.tv_nsec / 1000 + clock_shift();
}

// A call opens or closes by itself: nobody's act, and an entry like any other.
static void fire_call(Db *db, Arena *arena, Str call, Str timer)
{
    Rows *done = db_begin(db) ? QUERY(db, arena, Q_TASK_CALL, ARG(call), ARG(timer)) : NULL;
    bool moved = done && rows_len(done);
    Str space = moved ? row_str(done, 0, "space_id") : STR_NONE;
    Deed deed = {.kind = CHAIN_SPACE,
                 .chain = space,
                 .tree = space,
                 .event = str_is(timer, "open") ? "call.opened" : "call.closed",
                 .data = json_keep(arena, json_pack("{s:s%}", "id", call.at, call.len)),
                 .shift = clock_shift()};
    if (!done || (moved && !chain_add(db, arena, &deed)) || !db_commit(db))
        db_rollback(db);
}

// One at a time: what one timer does may cancel the next.
static bool fire_due(Db *db, Arena *arena)
{
    Rows *due = QUERY(db, arena, Q_TASK_DUE, arg_time(arena, now_shifted()));
    if (!due)
        return false;
    for (size_t i = 0; i < rows_len(due) && !stopping; i++) {
        Str owner = row_str(due, i, "owner"), name = row_str(due, i, "name");
        if (str_is(row_str(due, i, "kind"), "call"))
            fire_call(db, arena, owner, name);
        else
            application_fire_timer(db, arena, owner, name);
    }
    return rows_len(due) > 0;
}

// Recovery codes that were kept before Argon2id was, a few a look; false when none is left.
static bool harden_codes(Db *db, Arena *arena)
{
    Rows *soft = QUERY(db, arena, Q_RECOVERY_CODES_SOFT, arg_int(arena, HARDEN));
    for (size_t i = 0; soft && i < rows_len(soft) && !stopping; i++) {
        Str hash = row_bytes(arena, soft, i, "hash"), salt = recovery_salt(arena);
        uint8_t hardened[HASH_SIZE];
        if (hash.len == HASH_SIZE && recovery_harden((const uint8_t *)hash.at, salt, hardened))
            QUERY(db, arena, Q_RECOVERY_CODE_HARDEN, arg_bytes(arena, hash.at, hash.len),
                  arg_bytes(arena, hardened, sizeof hardened), arg_bytes(arena, salt.at, salt.len));
    }
    return !soft || rows_len(soft) > 0;
}

static void *clock_loop(void *unused)
{
    (void)unused;
    bool soft = true;
    Arena *arena = arena_new();
    Db *db = db_open(options.conninfo), *ear = db_open(options.conninfo);
    for (uint64_t look = 0; !stopping; look++) {
        arena_reset(arena);
        if (db_ready(db)) {
            while (fire_due(db, arena) && !stopping)
                arena_reset(arena);
            soft = soft && harden_codes(db, arena);
            if (look % SWEEP_EVERY == 0)
                QUERY0(db, arena, Q_TASK_SWEEP);
            if (look % USES_EVERY == USES_EVERY - 1)
                access_write_uses(db, arena);
        }
        access_listen(ear, 0);
        struct pollfd ready[] = {{.fd = wake, .events = POLLIN}, {.fd = db_socket(ear), .events = POLLIN}};
        poll(ready, 2, LOOK_MS);
        uint64_t count;
        if (ready[0].revents & POLLIN && read(wake, &count, sizeof count) < 0)
            continue;
        access_listen(ear, 0);
    }
    if (db_ready(db)) // what the last minute saw
        access_write_uses(db, arena);
    db_close(ear);
    db_close(db);
    arena_free(arena);
    return NULL;
}

// 30 s, 1 min, 2 min … 6 h.
static Arg wait_after(Arena *arena, MailVerdict verdict, int64_t attempts)
{
    if (verdict == MAIL_NEVER || attempts >= MAIL_TRIES)
        return ARG_NULL;
    int64_t wait = INT64_C(30) << (attempts > 0 ? attempts - 1 : 0);
    return arg_int(arena, wait < 21600 ? wait : 21600);
}

static void send_waiting(Db *db, Arena *arena)
{
    Rows *mails = QUERY0(db, arena, Q_TASK_MAIL_TAKE);
    for (size_t i = 0; mails && i < rows_len(mails) && !stopping; i++) {
        Letter letter = {row_str(mails, i, "id"), row_str(mails, i, "recipient"), row_str(mails, i, "subject"),
                        row_str(mails, i, "body"), row_time(mails, i, "created_at")};
        Str why = STR_NONE;
        MailVerdict verdict = mail_send(arena, &options, &letter, &why);
        if (verdict == MAIL_SENT)
            QUERY(db, arena, Q_TASK_MAIL_SENT, ARG(letter.id));
        else
            QUERY(db, arena, Q_TASK_MAIL_FAILED, ARG(letter.id), ARG(why),
                  wait_after(arena, verdict, row_int(mails, i, "attempts")));
    }
}

static void pause_ms(int ms)
{
    for (int waited = 0; waited < ms && !stopping; waited += 100)
        poll(NULL, 0, 100);
}

static void scan_waiting(Db *db, Arena *arena)
{
    Rows *files = QUERY0(db, arena, Q_DOCUMENT_WAITING);
    for (size_t i = 0; files && i < rows_len(files) && !stopping; i++) {
        Str sha256 = row_str(files, i, "sha256"), virus;
        Scan said = files_scan(arena, files_path(arena, sha256).at, &virus);
        if (said == SCAN_CLEAN || said == SCAN_INFECTED)
            QUERY(db, arena, Q_DOCUMENT_SCANNED, ARG(sha256),
                  ARG_C(said == SCAN_CLEAN ? "clean" : "infected"));
    }
}

typedef struct Looks {
    void (*look)(Db *db, Arena *arena);
    int every_ms;
} Looks;
static const Looks mails = {send_waiting, MAIL_LOOK_MS}, scans = {scan_waiting, SCAN_LOOK_MS};

static void *look_loop(void *looks)
{
    const Looks *at = looks;
    Arena *arena = arena_new();
    Db *db = db_open(options.conninfo);
    while (!stopping) {
        arena_reset(arena);
        if (db_ready(db))
            at->look(db, arena);
        pause_ms(at->every_ms);
    }
    db_close(db);
    arena_free(arena);
    return NULL;
}

static bool has_mail(void)
{
    return options.smtp_url && *options.smtp_url;
}

void tasks_start(const TasksOptions *given)
{
    options = *given;
    stopping = false;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_create(&clock_thread, NULL, clock_loop, NULL);
    if (has_mail())
        pthread_create(&mail_thread, NULL, look_loop, (void *)&mails);
    if (options.scans)
        pthread_create(&scan_thread, NULL, look_loop, (void *)&scans);
    gather_start(&options);
}

void tasks_wake(void)
{
    uint64_t one = 1;
    if (wake >= 0 && write(wake, &one, sizeof one) < 0)
        return; // the counter is full: it is awake already
}

void tasks_stop(void)
{
    stopping = true;
    tasks_wake();
    pthread_join(clock_thread, NULL);
    if (has_mail())
        pthread_join(mail_thread, NULL);
    if (options.scans)
        pthread_join(scan_thread, NULL);
    gather_stop();
    close(wake);
    wake = -1;
    curl_global_cleanup();
}
