// SPDX-License-Identifier: Apache-2.0
// Guards in the order in which a caller would want to hear of them.
#include "intake.h"
#include "http/header.h"
#include "query.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

enum {
    BODY_MAX = JSON_SIZE_MAX,
    BODY_UNUSED = 64 << 10,
    HEADERS_MAX = 16 << 10,
    PATH_MAX_LEN = 2000
};

static uint64_t id_seed;
static pthread_once_t id_once = PTHREAD_ONCE_INIT;

static void seed(void)
{
    if (getrandom(&id_seed, sizeof id_seed, 0) != sizeof id_seed)
        id_seed = (uint64_t)(uintptr_t)&id_seed;
}

// The caller's own id when it may stand in our logs, else a new one: this process's chance, then a
// count.
static void name_request(Request *rq)
{
    Str given = request_header(rq, "Request-Id");
    if (!given.at)
        given = request_header(rq, "X-Request-Id");
    if (header_request_id(given)) {
        memcpy(rq->id, given.at, given.len);
        return;
    }
    static _Atomic uint32_t count;
    pthread_once(&id_once, seed);
    snprintf(rq->id, sizeof rq->id, "%016llx%08x", (unsigned long long)id_seed,
             atomic_fetch_add(&count, 1));
}

Request *intake_new(Exchange *x)
{
    Request *rq = arena_new_of(x->arena, Request);
    rq->arena = x->arena;
    rq->http = x;
    rq->path = x->path;
    rq->method = method_of(x->method);
    rq->lang = lang_accept(request_header(rq, "Accept-Language"));
    name_request(rq);
    x->owner = rq;
    x->cap = BODY_UNUSED;
    return rq;
}

// In the order of HttpDoubt.
static const Text doubts[] = {
    {NULL, NULL},
    T("Chaque ligne des en-têtes est « Nom: valeur » et finit par CR LF, sans suite sur la "
      "suivante.",
      "Each line of the headers is \"Name: value\" and ends with CR LF, not continued on the "
      "next."),
    T("La longueur du contenu est dite deux fois : un seul Content-Length, ou Transfer-Encoding.",
      "The length of the content is told twice: one Content-Length, or Transfer-Encoding."),
    T("Transfer-Encoding ne peut être que chunked, en HTTP/1.1.",
      "Transfer-Encoding can only be chunked, in HTTP/1.1."),
    T("Il faut un en-tête Host, et un seul.", "There must be one Host header, and only one."),
};

static bool check_framing(Request *rq)
{
    const Exchange *x = rq->http;
    return x->doubt == HTTP_CLEAR || fault(rq, FAULT_MALFORMED, NULL, doubts[x->doubt]);
}

static bool find_route(const IntakeRules *rules, Request *rq)
{
    const Exchange *x = rq->http;
    Found found = router_find(rules->router, rq->arena, rq->method, rq->path);
    if (!found.methods)
        return fault(rq, FAULT_NOT_FOUND, NULL,
                     T("Il n'y a rien à cette adresse.", "There is nothing at this address."));
    if (!found.route) {
        rq->reply.allow = methods_text(rq->arena, found.methods);
        if (str_is(x->method, "OPTIONS")) {
            reply_none(rq);
            return false;
        }
        return fault(rq, FAULT_METHOD, NULL,
                     T("Cette adresse admet {0}.", "This address takes {0}."), rq->reply.allow);
    }
    rq->route = found.route;
    memcpy(rq->params, found.params, sizeof rq->params);
    return true;
}

// A body that nobody will read is not looked at.
static bool check_media(Request *rq)
{
    const Exchange *x = rq->http;
    const Route *route = rq->route;
    const char *media = route->media ? route->media : route->body ? "application/json" : NULL;
    Str type = request_header(rq, "Content-Type"),
        encoding = request_header(rq, "Content-Encoding");
    bool some = x->length > 0 || request_header(rq, "Transfer-Encoding").at;
    if (!media || !some)
        return true;
    if (encoding.len && !header_same(encoding, "identity"))
        return fault(rq, FAULT_MEDIA_TYPE, NULL,
                     T("Envoyez le contenu sans compression.", "Send the content uncompressed."));
    bool patch = route->method == PATCH && route->body;
    if (header_media(type, media) || (patch && header_media(type, "application/merge-patch+json")))
        return true;
    return fault(rq, FAULT_MEDIA_TYPE, NULL,
                 T("Content-Type doit être {0}.", "Content-Type must be {0}."), str_of(media));
}

// The route's reply names what it can answer: a schema is JSON, "text/csv" itself, "Table|text/csv"
// either.
static bool check_accept(Request *rq)
{
    Str accept = request_header(rq, "Accept"), rest = str_of(rq->route->reply), one;
    if (!rest.len)
        return true;
    for (; rest.len; rest = str_slice(rest, one.len + 1, rest.len)) {
        one = str_slice(rest, 0, str_index(rest, '|'));
        bool media = str_index(one, '/') < one.len;
        if (header_accepts(accept, media ? str_cstr(rq->arena, one) : "application/json"))
            return true;
    }
    return fault(rq, FAULT_NOT_ACCEPTABLE, NULL,
                 T("Cette adresse répond en {0}.", "This address answers in {0}."),
                 str_index(str_of(rq->route->reply), '/') < strlen(rq->route->reply)
                     ? str_of(rq->route->reply)
                     : STR("application/json"));
}

static bool check_headers(Request *rq)
{
    Str key = request_header(rq, "Idempotency-Key");
    if (http_header_size(rq->http) > HEADERS_MAX || rq->path.len > PATH_MAX_LEN)
        return fault(rq, FAULT_HEADERS, NULL,
                     T("Les en-têtes dépassent 16 Ko.", "Headers are over 16 KB."));
    if (rq->method == POST && key.at && !header_key(key, &rq->key))
        return fault(rq, FAULT_MALFORMED, NULL,
                     T("Idempotency-Key : de 1 à 128 caractères ASCII.",
                       "Idempotency-Key: 1 to 128 ASCII characters."));
    return check_accept(rq);
}

// Who shows nothing cannot be anyone: no body is taken from them.
static bool check_shown(Request *rq)
{
    Str cookie = request_header(rq, "Cookie");
    bool shown = request_header(rq, "Authorization").len ||
                 (cookie.len && memmem(cookie.at, cookie.len, "jalon=", 6));
    if (rq->route->access == PUBLIC || shown)
        return true;
    return fault(rq, FAULT_SIGNED_OUT, NULL, T("Connectez-vous d'abord.", "Sign in first."));
}

bool intake(const IntakeRules *rules, Request *rq)
{
    Exchange *x = rq->http;
    if (!check_framing(rq) || !find_route(rules, rq) || !check_headers(rq) || !check_shown(rq) ||
        !check_media(rq) || !query_read(rq))
        return false;
    x->to_file = rq->route->upload;
    x->cap = rq->route->upload                     ? rules->upload_max
             : rq->route->body || rq->route->media ? BODY_MAX
                                                   : BODY_UNUSED;
    return true;
}
