// SPDX-License-Identifier: Apache-2.0
// A request on its way through the program, and the rows of the route table. serve.c shows the whole way on one page:
// route -> who -> may they -> body -> handler -> commit -> reply. Handlers see this header, the store and the engine.
#pragma once
#include "../engine/base/field.h"
#include "store/store.h"

typedef struct Request Request;
typedef struct Principal Principal; // auth/access.h

typedef enum Method { GET, POST, PUT, PATCH, DELETE, METHODS } Method;

// Who may call a route at all; the zero value refuses everyone. The handler checks the object itself (auth/access.h).
typedef enum Access { NOBODY, PUBLIC, SIGNED_IN, ADMIN } Access;

typedef bool Handler(Request *rq);

typedef struct Parameter { // of the query string
    const char *name;
    FieldType type;        // TEXT, INT, UUID, BOOL, TIME
    const char *help;
} Parameter;

typedef struct Route {
    Method method;
    const char *path;          // "/api/v1/dossiers/{id}"
    Access access;
    const Field *body;         // JSON body, or NULL
    size_t input_size;         // of the struct that `body` fills: rq->input
    Handler *handler;
    const char *summary;       // English, for OpenAPI
    const char *reply;         // name of a schema in openapi schemas: "Dossier", "DossierList", or NULL for no content
    int status;                // of success: 200, 201, 202, 204
    const Parameter *query;    // terminated by a NULL name; unknown parameters are refused
    const char *media;         // accepted body type when it is not application/json: "application/yaml", "*/*" (upload)
    bool upload;               // the body is spooled to a file: rq->upload
    bool if_match;             // needs If-Match: rq->if_match, or rq->if_match_tag
    enum QueryId first;        // a GET that begins with this statement of the path's first id: request_first(); Q_NONE when it does not
    bool batch;                // handled by the movers (resources/move.h), many at once; handler is NULL
    bool direct;               // answers from memory, on the http thread: no database, no principal, never waits
    bool secret;               // its answer bears a secret: never kept for an Idempotency-Key, nor by caches
    bool own;                  // takes a session, never a token for programs: how one signs in is nobody else's to change
    bool fresh;                // takes a session confirmed lately (POST /api/v1/session/confirm), or a token
    bool costly;               // computes a password: on threads of its own, see auth/password.h
    bool redirects;            // browsers are sent on instead: 303 and Location
    bool adds;                 // adds up everything there is: on a thread of its own, so that those who ask it wait for one another alone
    bool outside;              // asks another server on its way: on threads of its own, so that nobody else waits for it
    bool loose;                // its query comes from another server: what is not in `query` is passed over, texts may be long
    const char *tag;           // noun, for OpenAPI
    const char *tells;         // the event of the entry that its success adds to the history: serve.c commits nothing without
    const char *silent;        // or why it adds none; what changes something says one of the two
} Route;

typedef struct Reply {
    int status;
    Str body;                 // in the arena
    const char *type;         // media type; NULL: application/json
    Str location, etag, link; // headers, empty for none
    Str file;                 // send this file instead of body (path); `disposition` names it
    Str disposition;
    int retry_after;          // seconds, 0 for none
    Str cookie;               // Set-Cookie, empty for none
    Str policy;               // Content-Security-Policy of a page, empty for the API's own
    Str allow;                // Allow, of a 405 and OPTIONS
} Reply;

#define EVERYONE STR("*")

struct Request {
    Arena *arena;
    Lang lang;
    char id[33];              // request id: in logs and in problem documents
    const Route *route;
    Method method;
    Str path;
    Str params[4];            // values of {…} in the path, in order; checked UUIDs where the name is "id" or ends in "_id"
    Str *query;               // values of the route's query parameters, in its order
    Str body;                 // raw
    json_t *json;             // parsed, or NULL
    void *input;              // the struct that the route's fields filled
    int64_t if_match;         // version from If-Match, or 0
    Str if_match_tag;         // an ETag that is more than a version; whole_holds (resources/common.h) judges it
    Str key;                  // Idempotency-Key, or empty
    Str upload;               // path of the spooled body
    int64_t upload_size;
    Db *db;                   // this worker's connection; inside a transaction unless the method is GET
    const Principal *who;     // NULL: anonymous
    Rows *first;              // the route's first statement, asked along with others'; only while the handler runs
    Time now;                 // request_now's, once asked
    int64_t waits_since;      // µs, monotonic: when it joined the queue
    bool told;                // an entry of the history says what the handler did, or there was nothing to say (remember.h)
    Str account;              // whose account a sign-in or a proof tries, as a mark that only our key makes (seal_mark): for the log
    const char *refused;      // the kind of problem that a browser hears of by a redirection: for the log; NULL
    Str access_changed;       // whose grants, tokens or memberships a handler changed: a person's id, or EVERYONE when unsure; empty: nobody's
    Faults faults;            // what is wrong; the first decides the status
    Reply reply;
    void *http;               // http room's own: headers, query, the suspended connection
};

Str request_header(const Request *rq, const char *name);
// The network that the request comes from, as far as it can be told: an IPv4 address, the first 64 bits of an IPv6 one, "unix". What
// X-Forwarded-For says counts as far as proxies named in the setting `trusted_proxies` have written it. For counting tries.
Str request_client(const Request *rq);
// Does it come from one of `networks` (addresses or networks, by commas; "unix")? Not when somebody who is not trusted handed it on.
bool request_is_from(const Request *rq, Str networks);
bool networks_good(Str list); // are they all? The text ends with a NUL
Str request_query(const Request *rq, const char *name);               // STR_NONE when absent; already checked by type (UUIDs lowered)
int64_t request_query_int(const Request *rq, const char *name, int64_t otherwise);

// Records a problem and returns false, so that a handler can `return fault(rq, FAULT_NOT_FOUND, STR_NONE, T(…))`.
bool fault_at(Request *rq, FaultKind kind, Str pointer, const char *keyword, Message message);
#define fault(rq, kind, pointer, text, ...) fault_at((rq), (kind), str_of(pointer), NULL, MESSAGE(text, __VA_ARGS__))

// Set the reply and return true. Nothing is sent before the transaction is committed.
bool reply_text(Request *rq, int status, Str json);
bool reply_json(Request *rq, int status, json_t *value);
bool reply_none(Request *rq);                                          // 204
// Row i of rows as an object: the SQL's column names and types are the answer's members.
bool reply_row(Request *rq, int status, const Rows *rows, size_t i);
// {"items": […], "next": cursor or null} and a Link header; `limit` rows at most are shown, one more means there is a next page.
// The cursor is made of the columns named "cursor_at" and "cursor_id", which are not shown.
bool reply_page(Request *rq, const Rows *rows, int64_t limit);
// The same of these rows, all of them; the next page begins behind `next` (NULL: there is none).
typedef struct RowAt {
    const Rows *rows;
    size_t i;
} RowAt;
Str row_cursor(Arena *arena, Str path, const RowAt *row); // what ?cursor= takes at this path, and at no other, to go on behind it
bool reply_rows(Request *rq, const RowAt *shown, size_t n, const RowAt *next);
// The same as reply_page where each row is written by `write`, `with` being what it needs.
typedef void RowWrite(Buf *buf, const Rows *rows, size_t i, const void *with);
bool reply_page_by(Request *rq, const Rows *rows, int64_t limit, RowWrite *write, const void *with);
// Reads ?cursor= and ?limit= (default 50, at most 200). False with a fault when the cursor is not ours.
typedef struct Page {
    Str at, id; // keyset position, empty at the beginning
    int64_t limit;
} Page;
bool page_read(Request *rq, Page *ret);

// The rows of the route's first statement, asked ahead or now; NULL on failure.
Rows *request_first(Request *rq);

// Database time of this transaction, moved by the test clock when there is one.
Time request_now(Request *rq);
