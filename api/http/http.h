// SPDX-License-Identifier: Apache-2.0
// The only room that knows libmicrohttpd. It accepts, parses, bounds and sends; what a request means is for its caller.
// An Exchange is one request and its answer. Its life on the http thread that owns the connection:
//   begin    headers are here: say how much body is welcome and where it goes, or answer at once
//   arrived  the body is here: answer at once, or http_keep it and answer later, once, from any thread
// Its memory dies when the last byte is sent: nothing of it may be touched after http_answer.
// No Exchange comes of what libmicrohttpd refuses by itself, in its own HTML and closing the connection: 400 for a line that is no
// header and a Content-Length that is no number, 413 for one beyond 64 bits, 414 and 431 for a request line or headers beyond its
// buffer (24 KB). From 16 KB up to there the caller refuses them in its own words (http_header_size).
#pragma once
#include "../../engine/base/str.h"

typedef struct Http Http;

// Why a request may mean something else to a program before us, such as a proxy (request smuggling). The caller
// refuses it; the connection ends with that answer.
typedef enum HttpDoubt {
    HTTP_CLEAR,
    HTTP_BAD_LINES,    // a bare LF or CR, a folded line, a header's name or value that is none
    HTTP_TWO_LENGTHS,  // Content-Length twice, Transfer-Encoding twice, or both of them
    HTTP_BAD_CODING,   // a Transfer-Encoding other than chunked, or in HTTP/1.0
    HTTP_NOT_ONE_HOST, // HTTP/1.1 without Host, or two of them
} HttpDoubt;

typedef struct Exchange {
    Arena *arena;
    Str method, path;     // the path as it came, percent-encoded, without the query
    Str query;            // as it came, without "?"
    HttpDoubt doubt;
    Str body;             // when arrived
    Str file;             // the body's file, for `to_file`; deleted with the exchange unless renamed
    int64_t size;         // of the body
    int64_t length;       // Content-Length, or -1
    int64_t started;      // µs, monotonic
    int64_t cap;          // set by begin: bytes of body that are welcome; more is refused
    bool to_file;         // set by begin: the body is spooled
    void *owner;          // the caller's own
    struct HttpInside *inside;
} Exchange;

typedef enum HttpTrouble { HTTP_TOO_LARGE, HTTP_NO_SPOOL } HttpTrouble; // body above the cap; no room to spool it

typedef struct HttpAnswer {
    int status;
    Str body;             // lives in the exchange's arena or for ever
    Str file;             // sent instead of the body when not empty: a path
    const struct HttpPair { const char *name; Str value; } *headers;
    size_t header_count;
    bool close;           // the connection ends with this answer
} HttpAnswer;

typedef struct HttpOptions {
    const char *listen;   // "127.0.0.1", "::", a host name, or "unix:/path/of/socket"
    int port;             // 0: any free one
    int threads, connections, per_ip; // per_ip 0: no limit
    int request_timeout;  // s: headers and body must be complete by then, but for 1 s more each 32 KiB that came
    int keep_alive;       // s: of an idle connection
    const char *spool;    // folder
    int spools;           // bodies that may be on their way to a file at the same time
    void (*begin)(Exchange *x);
    void (*arrived)(Exchange *x);
    void (*trouble)(Exchange *x, HttpTrouble trouble); // must answer
} HttpOptions;

// Opens the socket and starts the threads. NULL with a sentence in `why`.
Http *http_start(const HttpOptions *options, Arena *arena, Str *why);
int http_port(const Http *http);             // that it listens on
void http_refuse(Http *http);                // accepts no new connection; those open go on
// Waits at most `wait_ms` for answers under way, then ends all connections. Every kept exchange must have been answered.
void http_stop(Http *http, int wait_ms);

void http_keep(Exchange *x);                 // only in `arrived`, before anyone else sees x
// Sends; false when the file cannot be opened (nothing is sent then: answer something else).
bool http_answer(Exchange *x, const HttpAnswer *answer);
bool http_answered(const Exchange *x);

Str http_header(const Exchange *x, const char *name); // STR_NONE when absent
size_t http_header_size(const Exchange *x);           // bytes of request line and headers
Str http_peer(const Exchange *x);                     // the address at the other end, in x->arena; "unix" for a unix socket
// Each name and value of the query, decoded, in order. False when one is broken.
bool http_queries(Exchange *x, void (*each)(void *to, Str name, Str value), void *to);

// For the metrics.
typedef struct HttpFigures {
    int64_t connections; // open now
    int64_t exchanges;   // begun and not over
    uint64_t cut;        // connections ended at their deadline
} HttpFigures;
HttpFigures http_figures(const Http *http);
