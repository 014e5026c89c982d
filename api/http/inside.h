// SPDX-License-Identifier: Apache-2.0
// What the files of this room share.
#pragma once
#include "conn.h"
#include "http.h"
#include <microhttpd.h>
#include <stdatomic.h>

struct Http {
    HttpOptions options;
    struct MHD_Daemon *daemon;
    Conns *conns;
    int socket, port;
    char *socket_path; // of a unix socket, to remove at the end
    _Atomic int64_t exchanges;
    _Atomic int spools;
};

typedef struct HttpInside {
    Exchange x;
    Http *http;
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

// listen.c: a listening socket, or -1 with a sentence in `why`.
int http_listen(Http *http, Arena *arena, Str *why);

// spool.c: bodies that go to a file.
bool spool_open(HttpInside *inside);
bool spool_write(HttpInside *inside, Str data);
bool spool_finish(HttpInside *inside); // the file is whole and closed
void spool_drop(HttpInside *inside);   // closes and deletes what is still there
