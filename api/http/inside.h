// SPDX-License-Identifier: Apache-2.0
// What the files of this room share.
#pragma once
#include "conn.h"
#include "http.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

// One http thread: a daemon of libmicrohttpd, driven by us. Its own thread loop of 0.9.75 reads events 128 at a time and goes
// to sleep when exactly that many were there, with all of them unserved; nor does it merge wake-ups.
typedef struct Loop {
    Http *http;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int wake; // eventfd
    pthread_mutex_t lock;
    struct HttpInside *answered; // by other threads: to be resumed by this one
    atomic_bool refusing, ending;
} Loop;

struct Http {
    HttpOptions options;
    Conns *conns;
    int socket, port;
    char *socket_path; // of a unix socket, to remove at the end
    Loop *loops;
    int loop_count;
    _Atomic int64_t exchanges;
    _Atomic int spools;
};

typedef struct HttpInside {
    Exchange x;
    Http *http;
    Loop *loop;
    struct HttpInside *next; // of the loop's answered ones
    struct MHD_Connection *mhd;
    Conn *conn;
    Buf body;
    int spool;           // file descriptor, -1
    struct MHD_Response *response;
    int status;
    bool kept, begun, answered;
    int64_t answer_size;
    int64_t swallow;     // bytes of an unwelcome body that are still read for the answer's sake
} HttpInside;

// loop.c: a daemon with our callbacks, and the thread that drives it. False when it cannot be started.
bool loop_start(Loop *loop, struct MHD_Daemon *daemon);
void loop_wake(Loop *loop);
void loop_answered(HttpInside *inside); // from any thread
void loop_refuse(Loop *loop);           // waits until no new connection is taken
void loop_stop(Loop *loop);

// framing.c: what stands in the way of reading the request in one way only; `method` and `version` as libmicrohttpd gives them.
HttpDoubt framing_doubt(const HttpInside *inside, const char *method, const char *version);

// listen.c: a listening socket, or -1 with a sentence in `why`.
int http_listen(Http *http, Arena *arena, Str *why);

// spool.c: bodies that go to a file.
bool spool_open(HttpInside *inside);
bool spool_write(HttpInside *inside, Str data);
bool spool_finish(HttpInside *inside); // the file is whole and closed
void spool_drop(HttpInside *inside);   // closes and deletes what is still there
