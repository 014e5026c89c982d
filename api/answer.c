// SPDX-License-Identifier: Apache-2.0
#include "answer.h"
#include "auth/access.h"
#include "clock.h"
#include "http/header.h"
#include "http/http.h"
#include "log.h"
#include "metrics.h"
#include "problem.h"
#include "settings.h"
#include <stdatomic.h>

static atomic_bool closing;

void answer_close_all(void)
{
    closing = true;
}

// RFC 9110, 13.2.2: what the caller already has is not sent again.
static void not_modified(Request *rq)
{
    Reply *reply = &rq->reply;
    if (rq->method != GET || reply->status != 200 || !reply->etag.len ||
        !header_listed(request_header(rq, "If-None-Match"), reply->etag))
        return;
    reply->status = 304;
    reply->body = reply->file = STR_NONE;
}

static const char *cache_of(const Request *rq)
{
    bool shared = rq->route && rq->route->access == PUBLIC && rq->method == GET && !rq->who &&
                  !rq->route->secret;
    return shared ? "no-cache" : "no-store";
}

// Whoever came by TLS once comes by TLS for a year. Over plain HTTP browsers do not listen to it.
static Str transport(void)
{
    return str_starts(str_of(settings()->base_url), STR("https://"))
               ? STR("max-age=31536000; includeSubDomains")
               : STR_NONE;
}

static bool send_reply(Request *rq)
{
    Str nothing = STR("default-src 'none'; base-uri 'none'; form-action 'none'; "
                      "frame-ancestors 'none'; sandbox");
    const Reply *r = &rq->reply;
    bool content = r->body.len || r->file.len;
    Str type = str_of(!content ? NULL : r->type ? r->type : "application/json");
    bool problem = r->type && strcmp(r->type, PROBLEM_TYPE) == 0;
    Str retry = r->retry_after ? str_format(rq->arena, "%d", r->retry_after) : STR_NONE;
    const struct HttpPair headers[] = {
        {"Content-Type", type},
        {"Request-Id", str_of(rq->id)},
        {"Cache-Control", str_of(cache_of(rq))},
        {"Content-Security-Policy", r->policy.len ? r->policy : nothing},
        {"X-Content-Type-Options", STR("nosniff")},
        {"Referrer-Policy", STR("no-referrer")},
        {"Cross-Origin-Resource-Policy", STR("same-origin")},
        {"Cross-Origin-Opener-Policy", STR("same-origin")},
        {"Permissions-Policy", STR("camera=(), geolocation=(), microphone=()")},
        {"Strict-Transport-Security", transport()},
        {"Vary", STR("Accept-Language, Authorization, Cookie")},
        {"Content-Language", problem ? rq->lang == FR ? STR("fr") : STR("en") : STR_NONE},
        {"WWW-Authenticate", r->status == 401 ? STR("Bearer realm=\"jalon\"") : STR_NONE},
        {"Location", r->location},
        {"ETag", r->etag},
        {"Link", r->link},
        {"Content-Disposition", r->disposition},
        {"Retry-After", retry},
        {"Allow", r->allow},
        {"Set-Cookie", r->cookie},
    };
    HttpAnswer out = {.status = r->status,
                      .body = r->body,
                      .file = r->file,
                      .headers = headers,
                      .header_count = sizeof headers / sizeof headers[0],
                      .close = closing};
    return http_answer(rq->http, &out);
}

static void tell(const Request *rq)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OTHER"};
    const Exchange *x = rq->http;
    int64_t us = clock_mono() - x->started;
    LogLevel level = rq->reply.status >= 500 ? LOG_WARN : LOG_INFO;
    LogField fields[] = {LOG_C("request", rq->id),
                         LOG_C("method", methods[rq->method]),
                         LOG_C("route", rq->route ? rq->route->path : "none"),
                         LOG_S("person", rq->who ? rq->who->person : STR("")),
                         LOG_I("status", rq->reply.status),
                         LOG_I("duration_us", us),
                         LOG_S("account", rq->account),
                         LOG_C("refused", rq->refused)};
    enum { ALL = sizeof fields / sizeof *fields };
    metrics_request(rq->route, rq->reply.status, us);
    if (log_shows(level)) // the last two of sign-ins alone
        log_write(level, "request", fields,
                  rq->refused       ? ALL
                  : rq->account.len ? ALL - 1
                                    : ALL - 2);
}

void answer(Request *rq, bool ok)
{
    if (ok)
        not_modified(rq);
    else if (rq->reply.status == 0 || rq->faults.len)
        problem_reply(rq);
    tell(rq);
    // After a reply is sent nothing of the request may be touched: only a file that cannot be
    // opened comes back.
    if (send_reply(rq))
        return;
    rq->reply = (Reply){0};
    rq->faults.len = 0;
    fault(rq, FAULT_INTERNAL, NULL, T("Le fichier n'est pas lisible.", "The file cannot be read."));
    problem_reply(rq);
    log_event(LOG_ERROR, "file", LOG_C("request", rq->id));
    send_reply(rq);
}
