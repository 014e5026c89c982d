// SPDX-License-Identifier: Apache-2.0
// The whole way of a request:
//
//   http thread   begin: framing, route, method, media type, size, query (intake.c)
//                 -> arrived: into the queue, or 503
//                 (routes that compute passwords or ask other servers have queues and workers of their own)
//   worker        who -> may they -> body -> If-Match -> key -> begin -> handler
//                 -> keep the key's answer -> commit
//   reader        the same, once what the handlers of all that wait begin by asking is asked in one flight
//   writer        the same up to If-Match for all that wait, then moves_take for all of them at once
//   anywhere      answer.c: problem document, headers, log, metrics
//
// A handler changes the world only through its transaction, so the part from the key to the commit
// can be run again.
#include "serve.h"
#include "answer.h"
#include "auth/access.h"
#include "auth/oidc.h"
#include "auth/password.h"
#include "auth/tries.h"
#include "clock.h"
#include "health.h"
#include "http/header.h"
#include "intake.h"
#include "log.h"
#include "metrics.h"
#include "queue.h"
#include "resources/move.h"
#include "routes.h"
#include "settings.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    TRIES = 5,  // of one request, when others were in its way
    BATCH = 64, // moves in one transaction
    READS = 8,  // in one flight: with more, server and database wait for each other in turn
    PATIENCE_US = 900000, // a request waits this long for a worker
    HASTE_US = 100000,    // while the database keeps workers waiting: wait and work stay below 1 s
    SWEEP_US = 20000,
    STUCK_US = 2000000, // after its last time-out the database has the benefit of the doubt again
    DOWN_US = 100000,   // between two attempts to connect, of all workers together
    SPOOLS = 32,
    COSTLY_QUEUE = 16, // what one thread gets through while one waits patiently
    OUTSIDE = 4,       // threads that wait for other servers
    STOP_MS = 3000,
    RETRY_AFTER = 1,
#ifdef __SANITIZE_ADDRESS__
    STACK = 4 << 20,
    STACK_OUTSIDE = 8 << 20 // TLS
#else
    STACK = 256 << 10,
    STACK_OUTSIDE = 1 << 20
#endif
};

// Where a request waits; each lane has threads of its own.
enum Lane {
    WORKERS,
    READERS,
    WRITERS,
    STRANGERS, // who compute a password
    COSTLY,    // the same, signed in
    OUTSIDERS, // who ask other servers
    ADDERS,    // who add up everything there is
    LANES
};

static struct {
    Http *http;
    IntakeRules rules;
    const char *conninfo;
    Queue *lanes[LANES];
    int thread_counts[LANES];
    pthread_t *threads;
    size_t thread_count;
    atomic_bool stopping, swept;
    atomic_int timeouts; // of the database, since it last answered in time
    _Atomic int64_t timeout_at;
    _Atomic int64_t down_until; // nobody tries to connect before
} serve;

// --- refusals of our own -------------------------------------------------------------------------

static bool busy(Request *rq)
{
    rq->reply.retry_after = RETRY_AFTER;
    return fault(rq, FAULT_BUSY, NULL,
                 T("Trop de requêtes attendent ; réessayez dans un instant.",
                   "Too many requests are waiting; try again in a moment."));
}

static bool no_database(Request *rq)
{
    rq->reply.retry_after = RETRY_AFTER;
    return fault(rq, FAULT_NO_DATABASE, NULL,
                 T("La base de données ne répond pas ; réessayez dans un instant.",
                   "The database does not answer; try again in a moment."));
}

// --- the http thread -----------------------------------------------------------------------------

static void begin(Exchange *x)
{
    Request *rq = intake_new(x);
    if (serve.stopping) {
        busy(rq);
        answer(rq, false);
    } else if (!intake(&serve.rules, rq)) {
        answer(rq, rq->faults.len == 0);
    }
}

// Who has no try left takes no place where others wait. Whoever comes back from a provider took theirs when they left.
static bool throttled(Request *rq)
{
    const Route *route = rq->route;
    if (route->access != PUBLIC || rq->method != POST || !(route->costly || route->outside))
        return false;
    TryKind kind = route->outside ? TRY_CLIENT_AWAY : TRY_CLIENT;
    rq->reply.retry_after = tries_wait(kind, request_client(rq), clock_mono());
    return rq->reply.retry_after &&
           !fault(rq, FAULT_THROTTLED, NULL,
                  T("Trop d'essais : attendez, ou demandez un lien par courriel.",
                    "Too many tries: wait, or ask for a mailed link."));
}

static enum Lane lane_of(const Route *route)
{
    if (route->batch)
        return WRITERS;
    if (route->costly) // a flood of strangers leaves those who are signed in their own way
        return route->access == PUBLIC ? STRANGERS : COSTLY;
    if (route->outside && serve.thread_counts[OUTSIDERS])
        return OUTSIDERS;
    if (route->adds)
        return ADDERS;
    return route->first ? READERS : WORKERS;
}

static void arrived(Exchange *x)
{
    Request *rq = x->owner;
    rq->body = x->body;
    rq->upload = x->file;
    rq->upload_size = x->size;
    if (rq->route->direct) {
        answer(rq, rq->route->handler(rq));
        return;
    }
    if (throttled(rq)) {
        answer(rq, false);
        return;
    }
    rq->waits_since = clock_mono();
    http_keep(x);
    if (!queue_push(serve.lanes[lane_of(rq->route)], rq)) {
        busy(rq);
        answer(rq, false);
    }
}

static void trouble(Exchange *x, HttpTrouble what)
{
    Request *rq = x->owner;
    if (what == HTTP_NO_SPOOL)
        busy(rq);
    else
        fault(rq, FAULT_TOO_LARGE, NULL,
              T("Le contenu dépasse {0} octets.", "The content is over {0} bytes."),
              str_format(rq->arena, "%lld", (long long)x->cap));
    answer(rq, false);
}

// --- the worker: before the handler --------------------------------------------------------------

static bool check_access(Request *rq)
{
    Access access = rq->route->access;
    rq->who = access_of(rq);
    if (rq->faults.len)
        return false;
    if (rq->who && !request_header(rq, "Accept-Language").len)
        rq->lang = rq->who->lang;
    if (!rq->who && access != PUBLIC)
        return fault(rq, FAULT_SIGNED_OUT, NULL, T("Connectez-vous d'abord.", "Sign in first."));
    if (access == NOBODY || (access == ADMIN && !rq->who->admin))
        return fault(rq, FAULT_FORBIDDEN, NULL,
                     T("Réservé à l'administration de la plateforme.",
                       "For administrators of the platform."));
    return access_reaches(rq);
}

// No body counts as an empty object, so that a caller hears which members are wanted.
static bool read_body(Request *rq)
{
    const Route *route = rq->route;
    Fault bad = {0};
    if (!route->body)
        return true;
    rq->json = json_read(rq->arena, rq->body.len ? rq->body : STR("{}"), &bad);
    if (!rq->json)
        return fault_at(rq, bad.kind, bad.pointer, bad.keyword, bad.message);
    rq->input = arena_alloc(rq->arena, route->input_size ? route->input_size : 1);
    return fields_read(rq->arena, rq->json, route->body, STR(""), rq->input, &rq->faults);
}

// RFC 9110, 13.1.1: what answers without an ETag matches none, and a condition that is not kept is not passed over.
static bool no_if_match(Request *rq, Str header)
{
    return rq->method == GET || !header.len || str_is(header_trim(header), "*") ||
           fault(rq, FAULT_STALE, NULL,
                 T("Rien ici ne se compare à un ETag : retirez If-Match. Une démarche peut dire "
                   "dans son corps la version lue (version).",
                   "Nothing here compares with an ETag: leave If-Match out. A move can say in its "
                   "body which version you read (version)."));
}

static bool read_if_match(Request *rq)
{
    Str header = request_header(rq, "If-Match");
    if (!rq->route->if_match)
        return no_if_match(rq, header);
    if (header_version(header, &rq->if_match, &rq->if_match_tag))
        return true;
    if (!header.len || str_is(header, "*"))
        return fault(rq, FAULT_UNCONDITIONAL, NULL,
                     T("Dites dans If-Match la version lue (son ETag).",
                       "Say in If-Match which version you read (its ETag)."));
    return fault(rq, FAULT_MALFORMED, NULL,
                 T("If-Match attend un seul ETag fort, comme \"7\".",
                   "If-Match takes one strong ETag, such as \"7\"."));
}

// A database that is getting up has better things to do than to turn down a connection for each
// request.
static bool database_here(Db *db)
{
    if (health_why(HEALTH_SCHEMA) || clock_mono() < serve.down_until)
        return false;
    if (db_ready(db))
        return true;
    serve.down_until = clock_mono() + DOWN_US;
    return false;
}

static int64_t patience(void)
{
    return serve.timeouts ? HASTE_US : PATIENCE_US;
}

static bool prelude(Request *rq, Db *db)
{
    rq->db = db;
    return (database_here(db) || no_database(rq)) && check_access(rq) && read_body(rq) &&
           read_if_match(rq);
}

// --- the worker: the part that can be run again --------------------------------------------------

static bool keyed(const Request *rq)
{
    return rq->key.len && rq->who;
}

static Str request_print(Request *rq)
{
    uint8_t hash[HASH_SIZE];
    const Exchange *x = rq->http;
    Str body = rq->body;
    if (rq->upload.len && !hash_file(rq->arena, rq->upload.at, &body))
        body = STR_NONE;
    Str parts[] = {str_of(rq->route->path), rq->path, x->query, body,
                   request_header(rq, "Acting-For")};
    hash_parts(hash, parts, parts[4].len ? 5 : 4);
    return (Str){arena_copy(rq->arena, hash, sizeof hash), sizeof hash};
}

// True when the key is known: rq holds the answer that was given, or the fault of its misuse.
static bool replay(Request *rq, Str print, bool *ok)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_IDEMPOTENCY_FIND, ARG(rq->who->person), ARG(rq->key));
    *ok = rows != NULL;
    if (!rows || rows_len(rows) == 0)
        return !rows;
    *ok = str_eq(row_bytes(rq->arena, rows, 0, "request"), print);
    if (!*ok)
        return !fault(rq, FAULT_KEY_REUSED, NULL,
                      T("Cette clé a servi à une autre requête : prenez-en une neuve.",
                        "This key served another request: take a new one."));
    rq->reply = (Reply){.status = (int)row_int(rows, 0, "status"),
                        .body = row_str(rows, 0, "body"),
                        .location = row_str(rows, 0, "location"),
                        .etag = row_str(rows, 0, "etag")};
    return true;
}

static bool keep_answer(Request *rq, Str print)
{
    const Reply *r = &rq->reply;
    if (rq->route->secret || r->type || r->file.len)
        return true;
    Str empty = STR(""), location = r->location.len ? r->location : empty;
    Str etag = r->etag.len ? r->etag : empty, body = r->body.len ? r->body : empty;
    Str hex =
        str_format(rq->arena, "\\x" STR_FMT, STR_ARG(hash_hex(rq->arena, print.at, print.len)));
    int64_t status = r->status;
    return QUERY(rq->db, rq->arena, Q_IDEMPOTENCY_ADD, arg_texts(rq->arena, &rq->who->person, 1),
                 arg_texts(rq->arena, &rq->key, 1), arg_texts(rq->arena, &hex, 1),
                 arg_ints(rq->arena, &status, 1), arg_texts(rq->arena, &location, 1),
                 arg_texts(rq->arena, &etag, 1), arg_texts(rq->arena, &body, 1)) != NULL;
}

// Our own mistake, and not to be kept: an act that nobody could ever read of.
static bool untold(Request *rq)
{
    log_event(LOG_ERROR, "history", LOG_C("request", rq->id), LOG_C("route", rq->route->path),
              LOG_C("why", "no entry says what was done"));
    return fault(rq, FAULT_INTERNAL, NULL,
                 T("Cet acte ne serait pas dans l'historique : il n'a pas eu lieu.",
                   "This act would not be in the history: it was not done."));
}

static bool run_once(Request *rq)
{
    bool ok;
    Str print = keyed(rq) ? request_print(rq) : STR_NONE;
    if (keyed(rq) && replay(rq, print, &ok))
        return ok;
    if (rq->method != GET && !db_begin(rq->db))
        return false;
    if (!rq->route->handler(rq))
        return false;
    if (rq->method != GET && rq->route->tells && !rq->told)
        return untold(rq);
    if (keyed(rq) && !keep_answer(rq, print))
        return false;
    return !db_in_transaction(rq->db) || db_commit(rq->db);
}

static void note(const Request *rq, DbError error)
{
    metrics_db_error(error);
    if (error == DB_OK && serve.timeouts)
        serve.timeouts = 0;
    if (error == DB_TIMEOUT && !rq->route->adds) { // which says nothing of the database
        serve.timeouts++;
        serve.timeout_at = clock_mono();
    }
    if (error != DB_WRONG)
        return;
    // Its first line alone: the following ones may quote what was to be stored.
    Str detail = str_of(db_detail(rq->db));
    log_event(LOG_ERROR, "database", LOG_C("request", rq->id), LOG_C("route", rq->route->path),
              LOG_S("detail", str_slice(detail, 0, str_index(detail, '\n'))));
}

static bool transient(DbError error)
{
    return error == DB_DOWN || error == DB_TIMEOUT || error == DB_RETRY;
}

static bool run(Request *rq)
{
    size_t size = rq->route->input_size;
    void *input = rq->input ? arena_copy(rq->arena, rq->input, size) : NULL;
    for (int tries = 1;; tries++) {
        if (run_once(rq)) {
            note(rq, DB_OK);
            return true;
        }
        DbError error = db_error(rq->db);
        note(rq, error);
        db_rollback(rq->db);
        if (!transient(error))
            return false;
        rq->faults.len = 0;
        rq->reply = (Reply){0};
        rq->first = NULL;
        rq->told = false;
        rq->now = 0;
        if (input)
            memcpy(rq->input, input, size);
        if (error != DB_RETRY || tries == TRIES)
            return no_database(rq);
    }
}

// --- threads -------------------------------------------------------------------------------------

// Whoever has waited too long is not served any more: the answer would come after its second.
static bool late(Request *rq)
{
    return clock_mono() - rq->waits_since > patience() && !busy(rq);
}

// Keeps those that may go on, in order, and answers the others. Returns how many are kept.
static size_t admit(Request **taken, size_t n, Db *db)
{
    size_t ready = 0;
    for (size_t i = 0; i < n; i++) {
        bool in_time = !late(taken[i]);
        if (in_time && prelude(taken[i], db)) {
            taken[ready++] = taken[i];
            continue;
        }
        if (in_time)
            note(taken[i], db_error(db));
        answer(taken[i], false);
    }
    return ready;
}

static void finish(Request *rq, bool ok)
{
    if (ok && rq->access_changed.len)
        access_forget(rq->access_changed);
    answer(rq, ok);
}

static void *work(void *queue)
{
    Db *db = db_open(serve.conninfo);
    Request *rq;
    while (queue_take(queue, &rq, 1))
        if (admit(&rq, 1, db))
            finish(rq, run(rq));
    db_close(db);
    return NULL;
}

// False when the database does not answer at all: asking once more for each would take each one's
// time again. Of other failures every request hears by itself.
static bool ask_first(Request **ready, size_t n, Db *db, Arena *arena)
{
    Arg ids[BATCH];
    Flight flights[BATCH];
    for (size_t i = 0; i < n; i++) {
        ids[i] = ARG(ready[i]->params[0]);
        flights[i] = (Flight){ready[i]->route->first, &ids[i], 1, NULL};
    }
    bool ok = db_flight(db, arena, flights, n);
    for (size_t i = 0; ok && i < n; i++)
        ready[i]->first = flights[i].rows;
    return ok || !(db_error(db) == DB_DOWN || db_error(db) == DB_TIMEOUT);
}

// Reads that wait together cost one round trip.
static void *read_rows(void *queue)
{
    Db *db = db_open(serve.conninfo);
    Arena *arena = arena_new(); // of the rows: every handler writes its answer into its own
    Request *taken[BATCH];
    for (size_t n; (n = queue_take(queue, taken, READS));) {
        size_t ready = admit(taken, n, db);
        bool asked = ready && ask_first(taken, ready, db, arena);
        if (ready && !asked)
            note(taken[0], db_error(db));
        for (size_t i = 0; i < ready; i++)
            finish(taken[i], asked ? run(taken[i]) : no_database(taken[i]));
        arena_reset(arena);
    }
    arena_free(arena);
    db_close(db);
    return NULL;
}

// Whoever waits goes along: the more wait, the fewer transactions a move costs.
static void *write_moves(void *queue)
{
    Db *db = db_open(serve.conninfo);
    Request *taken[BATCH];
    for (size_t n; (n = queue_take(queue, taken, BATCH));) {
        size_t ready = admit(taken, n, db);
        if (ready == 0)
            continue;
        moves_take(taken, ready, db);
        note(taken[0], db_error(db));
        metrics_batch(ready);
        for (size_t i = 0; i < ready; i++)
            finish(taken[i], taken[i]->faults.len == 0);
    }
    db_close(db);
    return NULL;
}

static void refuse_late(Queue *queue)
{
    Request *waiting[BATCH];
    for (size_t n; (n = queue_late(queue, patience(), waiting, BATCH));) {
        for (size_t i = 0; i < n; i++) {
            busy(waiting[i]);
            answer(waiting[i], false);
        }
    }
}

static void *sweep(void *unused)
{
    (void)unused;
    while (!serve.swept) {
        for (int lane = 0; lane < LANES; lane++)
            refuse_late(serve.lanes[lane]);
        if (serve.timeouts && clock_mono() - serve.timeout_at > STUCK_US)
            serve.timeouts = 0;
        health_set(HEALTH_WORKERS, serve.timeouts >= serve.thread_counts[WORKERS]
                                       ? "the database does not answer in time"
                                       : NULL);
        HttpFigures figures = http_figures(serve.http);
        metrics_set(GAUGE_QUEUE,
                    (int64_t)(queue_len(serve.lanes[WORKERS]) + queue_len(serve.lanes[READERS])));
        metrics_set(GAUGE_MOVES_QUEUE, (int64_t)queue_len(serve.lanes[WRITERS]));
        metrics_set(GAUGE_CONNECTIONS, figures.connections);
        metrics_set(GAUGE_EXCHANGES, figures.exchanges);
        metrics_set(GAUGE_CUT, (int64_t)figures.cut);
        nanosleep(&(struct timespec){.tv_nsec = SWEEP_US * 1000}, NULL);
    }
    return NULL;
}

static bool thread_start(void *(*run_thread)(void *), Queue *queue, size_t stack)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, stack);
    bool started =
        pthread_create(&serve.threads[serve.thread_count], &attr, run_thread, queue) == 0;
    serve.thread_count += started;
    pthread_attr_destroy(&attr);
    return started;
}

static bool lane_start(enum Lane lane)
{
    void *(*run_thread)(void *) = lane == READERS   ? read_rows
                                  : lane == WRITERS ? write_moves
                                                    : work;
    bool started = true;
    for (int i = 0; started && i < serve.thread_counts[lane]; i++)
        started =
            thread_start(run_thread, serve.lanes[lane], lane == OUTSIDERS ? STACK_OUTSIDE : STACK);
    return started;
}

static bool threads_start(void)
{
    int count = 1;
    for (int lane = 0; lane < LANES; lane++)
        count += serve.thread_counts[lane];
    serve.threads = calloc((size_t)count, sizeof *serve.threads);
    bool started = serve.threads != NULL;
    for (int lane = 0; started && lane < LANES; lane++)
        started = lane_start(lane);
    return started && thread_start(sweep, NULL, STACK); // last: stopped last
}

static HttpOptions http_options(Arena *arena)
{
    const Settings *s = settings();
    return (HttpOptions){
        .listen = s->listen,
        .port = (int)s->port,
        .threads = (int)s->http_threads,
        .connections = (int)s->connections,
        .per_ip = (int)s->connections_per_ip,
        .request_timeout = (int)s->request_timeout,
        .keep_alive = (int)s->keep_alive,
        .spool = str_format(arena, "%s/uploads", s->data).at,
        .spools = SPOOLS,
        .begin = begin,
        .arrived = arrived,
        .trouble = trouble,
    };
}

// Measured on two cores: four keep the 99th percentile at 5 ms; with eight, PostgreSQL's processes
// starve one another and some answers take a second.
static int worker_count(int64_t asked)
{
    enum {
        LEAST = 4,
        MOST = 24, // of the 40 connections of our own PostgreSQL
        PER_CORE = 2
    };
    long cores = sysconf(_SC_NPROCESSORS_ONLN) * PER_CORE;
    return asked ? (int)asked : cores < LEAST ? LEAST : cores > MOST ? MOST : (int)cores;
}

static void lanes_make(const Settings *s)
{
    int strangers = sysconf(_SC_NPROCESSORS_ONLN) > PASSWORDS_AT_ONCE ? PASSWORDS_AT_ONCE - 1 : 1;
    const int counts[LANES] = {[WORKERS] = worker_count(s->workers),
                               [READERS] = (int)s->readers,
                               [WRITERS] = (int)s->writers,
                               [STRANGERS] = strangers,
                               [COSTLY] = 1,
                               [ADDERS] = 1,
                               [OUTSIDERS] = oidc_count() ? OUTSIDE : 0};
    memcpy(serve.thread_counts, counts, sizeof counts);
    for (int lane = 0; lane < LANES; lane++)
        serve.lanes[lane] =
            queue_new(lane == STRANGERS || lane == COSTLY || lane == ADDERS ? COSTLY_QUEUE
                                                                            : (size_t)s->queue);
}

bool serve_start(const char *conninfo, Arena *arena, Str *why)
{
    const Settings *s = settings();
    serve.conninfo = conninfo;
    lanes_make(s);
    serve.rules = (IntakeRules){router_new(arena, routes, route_count), s->upload_max * 1000000};
    metrics_start(routes, route_count);
    HttpOptions options = http_options(arena);
    serve.http = http_start(&options, arena, why);
    if (!serve.http)
        return false;
    if (threads_start())
        return true;
    *why = STR("threads cannot be started");
    return false;
}

int serve_port(void)
{
    return http_port(serve.http);
}

void serve_stop(void)
{
    // 1. Nothing new. 2. What waits is worked off by threads that then end. 3. What was answered is sent.
    health_set(HEALTH_STAYING, "stopping");
    serve.stopping = true;
    answer_close_all();
    http_refuse(serve.http);
    for (int lane = 0; lane < LANES; lane++)
        queue_close(serve.lanes[lane]);
    for (size_t i = 0; i + 1 < serve.thread_count; i++)
        pthread_join(serve.threads[i], NULL);
    serve.swept = true;
    pthread_join(serve.threads[serve.thread_count - 1], NULL);
    http_stop(serve.http, STOP_MS);
    for (int lane = 0; lane < LANES; lane++)
        queue_free(serve.lanes[lane]);
    free(serve.threads);
}
