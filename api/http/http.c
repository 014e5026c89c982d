// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd's callbacks as the life of an Exchange. One http thread owns a connection from
// accept to close; only http_answer comes from other threads, and then wakes the owner.
#include "inside.h"
#include "header.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTION_MEMORY = 24 << 10, // request line, headers and the read buffer of one connection
    SWALLOW =
        8 << 20, // of a body above the cap, so that the client reads the answer and not a reset
    SPARE_ARENAS = 64,
    SPARE_SIZE = 64 << 10
};

// --- memory -------------------------------------------------------------------------------------

// Arenas that wait for the next exchange: an http thread's own, so that no lock is needed.
typedef struct Spares {
    Arena *at[SPARE_ARENAS];
    size_t len;
} Spares;
static _Thread_local Spares *spares;
static pthread_key_t spares_key; // frees them when the thread ends
static pthread_once_t spares_once = PTHREAD_ONCE_INIT;

static void spares_free(void *what)
{
    Spares *mine = what;
    while (mine->len)
        arena_free(mine->at[--mine->len]);
    free(mine);
}

static void spares_key_make(void)
{
    pthread_key_create(&spares_key, spares_free);
}

static Arena *arena_take(void)
{
    return spares && spares->len ? spares->at[--spares->len] : arena_new();
}

static void arena_give(Arena *arena)
{
    if (!spares && (spares = calloc(1, sizeof *spares))) {
        pthread_once(&spares_once, spares_key_make);
        pthread_setspecific(spares_key, spares);
    }
    if (!spares || spares->len == SPARE_ARENAS || arena_used(arena) > SPARE_SIZE) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    spares->at[spares->len++] = arena;
}

// --- requests -----------------------------------------------------------------------------------

static Conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

// The request line is complete: the exchange is born, and on the clock.
static void *request_line(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    Loop *loop = cls;
    Http *http = loop->http;
    Arena *arena = arena_take();
    HttpInside *inside = arena_new_of(arena, HttpInside);
    Str path = str_of(uri);
    *inside =
        (HttpInside){.http = http, .loop = loop, .mhd = mhd, .conn = conn_of(mhd), .spool = -1};
    inside->x.arena = arena;
    inside->x.inside = inside;
    inside->x.started = mono_us();
    size_t mark = str_index(path, '?');
    inside->x.path = str_copy(arena, str_slice(path, 0, mark));
    inside->x.query = str_copy(arena, str_slice(path, mark + 1, path.len));
    inside->x.length = -1;
    inside->body.arena = arena;
    conn_reading(http->conns, inside->conn, inside->x.started, 0);
    atomic_fetch_add(&http->exchanges, 1);
    return inside;
}

static enum MHD_Result send_response(HttpInside *inside)
{
    struct MHD_Response *response = inside->response;
    inside->response = NULL;
    conn_sending(inside->conn, inside->answer_size);
    enum MHD_Result queued = MHD_queue_response(inside->mhd, (unsigned)inside->status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result begin(HttpInside *inside, const char *method, const char *version)
{
    Exchange *x = &inside->x;
    inside->begun = true;
    x->method = str_copy(x->arena, str_of(method));
    x->doubt = framing_doubt(inside, method, version);
    x->length = header_length(http_header(x, MHD_HTTP_HEADER_CONTENT_LENGTH));
    inside->http->options.begin(x);
    if (!inside->answered && x->length > x->cap)
        inside->http->options.trouble(x, HTTP_TOO_LARGE);
    if (!inside->answered && x->to_file && !spool_open(inside))
        inside->http->options.trouble(x, HTTP_NO_SPOOL);
    inside->swallow = x->cap + SWALLOW;
    // Too much to swallow, nobody knows how much it is, or the client waits for our word: the answer
    // goes out now and the connection ends with it.
    bool waits = http_header(x, MHD_HTTP_HEADER_EXPECT).len > 0;
    bool now = inside->answered && (x->length > inside->swallow || x->doubt || waits);
    return now ? send_response(inside) : MHD_YES;
}

static enum MHD_Result body_part(HttpInside *inside, Str part)
{
    Exchange *x = &inside->x;
    x->size += (int64_t)part.len;
    conn_reading(inside->http->conns, inside->conn, x->started, x->size);
    if (x->size > inside->swallow)
        return MHD_NO;
    if (inside->answered)
        return MHD_YES;
    if (x->size > x->cap)
        inside->http->options.trouble(x, HTTP_TOO_LARGE);
    else if (!x->to_file)
        buf_add(&inside->body, part);
    else if (!spool_write(inside, part))
        inside->http->options.trouble(x, HTTP_NO_SPOOL);
    return MHD_YES;
}

static enum MHD_Result whole(HttpInside *inside)
{
    Exchange *x = &inside->x;
    if (!inside->answered && x->to_file && !spool_finish(inside))
        inside->http->options.trouble(x, HTTP_NO_SPOOL);
    if (inside->answered)
        return send_response(inside);
    conn_working(inside->conn);
    x->body = buf_str(&inside->body);
    inside->http->options.arrived(x);
    // Kept: it is another thread's now, perhaps answered already; libmicrohttpd calls again after
    // the resume.
    return inside->kept ? MHD_YES : send_response(inside);
}

static enum MHD_Result access_handler(void *cls, struct MHD_Connection *mhd, const char *url,
                                      const char *method, const char *version, const char *data,
                                      size_t *size, void **context)
{
    (void)cls, (void)url, (void)mhd;
    HttpInside *inside = *context;
    if (!inside->begun)
        return begin(inside, method, version);
    if (*size) {
        Str part = {data, *size};
        *size = 0;
        return body_part(inside, part);
    }
    return inside->kept ? send_response(inside) : whole(inside);
}

static void completed(void *cls, struct MHD_Connection *mhd, void **context,
                      enum MHD_RequestTerminationCode code)
{
    (void)mhd;
    Http *http = ((Loop *)cls)->http;
    HttpInside *inside = *context;
    if (!inside)
        return;
    *context = NULL;
    spool_drop(inside);
    if (inside->response)
        MHD_destroy_response(inside->response);
    if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
        conn_idle(http->conns, inside->conn);
    arena_give(inside->x.arena);
    atomic_fetch_sub(&http->exchanges, 1);
}

static void connection(void *cls, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
    Http *http = ((Loop *)cls)->http;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = conn_open(http->conns, info->connect_fd);
    } else if (*context) {
        conn_close(http->conns, *context);
        *context = NULL;
    }
}

void http_keep(Exchange *x)
{
    x->inside->kept = true;
    MHD_suspend_connection(x->inside->mhd);
}

// --- answers ------------------------------------------------------------------------------------

static struct MHD_Response *response_of(const HttpAnswer *answer, int64_t *size)
{
    *size = (int64_t)answer->body.len;
    if (answer->file.len == 0)
        return MHD_create_response_from_buffer(answer->body.len, (void *)(uintptr_t)answer->body.at,
                                               MHD_RESPMEM_PERSISTENT);
    struct stat file;
    int fd = open(answer->file.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    *size = file.st_size;
    return MHD_create_response_from_fd64((uint64_t)file.st_size, fd);
}

bool http_answer(Exchange *x, const HttpAnswer *answer)
{
    HttpInside *inside = x->inside;
    struct MHD_Response *response = response_of(answer, &inside->answer_size);
    if (!response)
        return false;
    for (size_t i = 0; i < answer->header_count; i++)
        if (answer->headers[i].value.len)
            MHD_add_response_header(response, answer->headers[i].name,
                                    str_cstr(x->arena, answer->headers[i].value));
    if (answer->close || x->doubt)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    inside->response = response;
    inside->status = answer->status;
    inside->answered = true;
    if (inside->kept)
        loop_answered(inside);
    return true;
}

bool http_answered(const Exchange *x)
{
    return x->inside->answered;
}

// --- what a request says ------------------------------------------------------------------------

Str http_header(const Exchange *x, const char *name)
{
    return str_of(MHD_lookup_connection_value(x->inside->mhd, MHD_HEADER_KIND, name));
}

size_t http_header_size(const Exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->inside->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

Str http_peer(const Exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->inside->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN];
    const char *done = NULL;
    if (peer && peer->sa_family == AF_INET)
        done = inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, text,
                         sizeof text);
    if (peer && peer->sa_family == AF_INET6)
        done = inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr,
                         text, sizeof text);
    return done ? str_copy(x->arena, str_of(text)) : STR("unix");
}

typedef struct Each {
    Exchange *x;
    void (*each)(void *to, Str name, Str value);
    void *to;
    bool broken;
} Each;

static enum MHD_Result each_query(void *cls, enum MHD_ValueKind kind, const char *key, size_t len,
                                  const char *value, size_t value_len)
{
    (void)kind;
    Each *each = cls;
    Str name, text;
    Arena *arena = each->x->arena;
    each->broken = !percent_decode(arena, (Str){key, len}, &name) ||
                   !percent_decode(arena, (Str){value ? value : "", value_len}, &text);
    if (each->broken)
        return MHD_NO;
    each->each(each->to, name, text);
    return MHD_YES;
}

bool http_queries(Exchange *x, void (*each)(void *to, Str name, Str value), void *to)
{
    Each state = {.x = x, .each = each, .to = to};
    MHD_get_connection_values_n(x->inside->mhd, MHD_GET_ARGUMENT_KIND, each_query, &state);
    return !state.broken;
}

// Percent-encoding is ours to undo, segment by segment: "%2F" is no slash and "%00" ends nothing.
static size_t leave_encoded(void *cls, struct MHD_Connection *mhd, char *s)
{
    (void)cls, (void)mhd;
    return strlen(s);
}

// --- the daemon ---------------------------------------------------------------------------------

// framing.c is stricter than versions before 1.0 can be, and answers with a problem document.
static int strictness(void)
{
    return MHD_get_version()[0] == '0' ? 0 : 1;
}

static struct MHD_Daemon *daemon_start(Loop *loop)
{
    const HttpOptions *o = &loop->http->options;
    unsigned share = (unsigned)loop->http->loop_count;
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, access_handler, loop,
        MHD_OPTION_LISTEN_SOCKET, loop->http->socket, MHD_OPTION_CONNECTION_LIMIT,
        ((unsigned)o->connections + share - 1) / share, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        ((unsigned)o->per_ip + share - 1) / share, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(o->keep_alive + o->request_timeout), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_URI_LOG_CALLBACK, request_line, loop,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed,
        loop, MHD_OPTION_NOTIFY_CONNECTION, connection, loop, MHD_OPTION_STRICT_FOR_CLIENT,
        strictness(), MHD_OPTION_END);
}

// All loops accept from the same socket.
static bool loops_start(Http *http)
{
    http->loop_count = http->options.threads;
    http->loops = calloc((size_t)http->loop_count, sizeof *http->loops);
    for (int i = 0; http->loops && i < http->loop_count; i++) {
        Loop *loop = &http->loops[i];
        loop->http = http;
        struct MHD_Daemon *daemon = daemon_start(loop);
        if (!daemon || !loop_start(loop, daemon))
            return false;
    }
    return http->loops != NULL;
}

Http *http_start(const HttpOptions *options, Arena *arena, Str *why)
{
    Http *http = calloc(1, sizeof *http);
    if (!http)
        abort();
    http->options = *options;
    http->socket = http_listen(http, arena, why);
    if (http->socket < 0) {
        free(http);
        return NULL;
    }
    http->conns = conns_start(options->request_timeout * INT64_C(1000000),
                              options->keep_alive * INT64_C(1000000));
    if (loops_start(http))
        return http;
    // The program ends with this; the threads that did start end with it.
    *why = STR("libmicrohttpd does not start: are there enough open files (ulimit -n)?");
    return NULL;
}

int http_port(const Http *http)
{
    return http->port;
}

void http_refuse(Http *http)
{
    for (int i = 0; i < http->loop_count; i++)
        loop_refuse(&http->loops[i]);
    close(http->socket);
    if (http->socket_path)
        unlink(http->socket_path);
}

void http_stop(Http *http, int wait_ms)
{
    for (int waited = 0; waited < wait_ms && http->exchanges > 0; waited += 5)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    for (int i = 0; i < http->loop_count; i++)
        loop_stop(&http->loops[i]);
    conns_stop(http->conns);
    free(http->loops);
    free(http->socket_path);
    free(http);
}

HttpFigures http_figures(const Http *http)
{
    return (HttpFigures){conns_open(http->conns), http->exchanges, conns_cut(http->conns)};
}
