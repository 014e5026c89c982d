// SPDX-License-Identifier: Apache-2.0
#include "problem.h"

static void member(Buf *out, const char *name, Str value)
{
    buf_format(out, "\"%s\":", name);
    buf_json(out, value);
}

// Where: a parameter of the query ("?name"), a place in a text (":line:column"), or a JSON Pointer.
static void write_place(Buf *out, Str at)
{
    Str rest = str_slice(at, 1, at.len);
    size_t colon = str_index(rest, ':');
    if (str_starts(at, STR("?")))
        member(out, "parameter", rest);
    else if (str_starts(at, STR(":")))
        buf_format(out, "\"line\":" STR_FMT ",\"column\":" STR_FMT,
                   STR_ARG(str_slice(rest, 0, colon)),
                   STR_ARG(str_slice(rest, colon + 1, rest.len)));
    else
        member(out, "pointer", at);
}

static void write_errors(Request *rq, Buf *out)
{
    const char *before = ",\"errors\":[";
    for (size_t i = 0; i < rq->faults.len; i++) {
        const Fault *one = &rq->faults.at[i];
        if (!one->pointer.at && rq->faults.len == 1)
            return;
        buf_format(out, "%s{", before);
        write_place(out, one->pointer);
        if (one->keyword) {
            buf_char(out, ',');
            member(out, "keyword", str_of(one->keyword));
        }
        buf_char(out, ',');
        member(out, "detail", message_text(rq->arena, rq->lang, &one->message));
        buf_char(out, '}');
        before = ",";
    }
    buf_char(out, ']');
}

void problem_reply(Request *rq)
{
    const Fault *first = &rq->faults.at[0];
    const FaultRow *row = fault_row(rq->faults.len ? first->kind : FAULT_INTERNAL);
    Buf out = {.arena = rq->arena};
    buf_format(&out, "{\"type\":\"/problems/%s\",", row->type);
    member(&out, "title", str_of(rq->lang == FR ? row->title.fr : row->title.en));
    buf_format(&out, ",\"status\":%d", row->status);
    if (rq->faults.len) {
        buf_char(&out, ',');
        member(&out, "detail", message_text(rq->arena, rq->lang, &first->message));
    }
    buf_char(&out, ',');
    member(&out, "instance", str_of(rq->id));
    if (rq->faults.len)
        write_errors(rq, &out);
    buf_char(&out, '}');
    rq->reply = (Reply){.status = row->status,
                        .body = buf_str(&out),
                        .type = PROBLEM_TYPE,
                        .retry_after = rq->reply.retry_after,
                        .allow = rq->reply.allow};
    if (row->status == 503 && rq->reply.retry_after == 0)
        rq->reply.retry_after = 1;
}
