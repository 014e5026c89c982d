// SPDX-License-Identifier: Apache-2.0
// Calls for projects: a published workflow with dates, an envelope, themes, territories and
// funders.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "space.h"

static int by_time(const void *a, const void *b)
{
    Time x = *(const Time *)a, y = *(const Time *)b;
    return (x > y) - (x < y);
}

// The cut-offs as timestamps in order, each between opening and closing. False with faults.
static bool cutoffs_read(Request *rq, const CallMake *in, Time opens, Time closes, Arg *ret)
{
    Str *texts = arena_array(rq->arena, Str, in->cutoffs.len);
    Time *times = arena_array(rq->arena, Time, in->cutoffs.len);
    for (size_t i = 0; i < in->cutoffs.len; i++) {
        Str pointer = pointer_index(rq->arena, STR("/cutoffs"), i);
        if (!time_parse(((Str *)in->cutoffs.at)[i], &times[i]))
            return fault_at(
                rq, FAULT_INVALID, pointer, "format",
                MESSAGE(T("Un instant est attendu, par exemple 2023-06-01T12:00:00+02:00.",
                          "An instant is expected, for example 2023-06-01T12:00:00+02:00."),
                        STR_NONE));
        if (times[i] <= opens || times[i] > closes)
            return fault_at(rq, FAULT_INVALID, pointer, "range",
                            MESSAGE(T("Cette date n'est pas entre l'ouverture et la fermeture.",
                                      "This date is not between opening and closing."),
                                    STR_NONE));
    }
    qsort(times, in->cutoffs.len, sizeof *times, by_time);
    for (size_t i = 0; i < in->cutoffs.len; i++)
        texts[i] = time_format(rq->arena, times[i]);
    *ret = arg_texts(rq->arena, texts, in->cutoffs.len);
    return true;
}

static bool funders_put(Request *rq, const CallMake *in, Arg call)
{
    if (!in->has_funders)
        return true;
    Rows *put = QUERY(rq->db, rq->arena, Q_CALL_FUNDER_FORGET, call);
    if (put)
        put = QUERY(rq->db, rq->arena, Q_CALL_FUNDER_PUT, call,
                    arg_json(rq->arena, json_at(rq->json, "funders")));
    if (!put)
        return failed(rq);
    if (row_int(put, 0, "count") == (int64_t)in->funders.len)
        return true;
    return fault(rq, FAULT_INVALID, "/funders",
                 T("Une des organisations est inconnue ou nommée deux fois.",
                   "One of the organisations is unknown or named twice."));
}

// Shows the call as it is now, and tells what became of `was` (NULL: it is new).
static bool call_done(Request *rq, int status, Arg id, const char *event, const Rows *was)
{
    Rows *call = QUERY(rq->db, rq->arena, Q_CALL_GET, id);
    if (!call)
        return failed(rq);
    return remember_change(rq, space_deed(row_str(call, 0, "space_id"), event), was, call) &&
           reply_whole(rq, status, call);
}

static bool labels_good(Request *rq, const CallMake *in)
{
    bool title = label_check(rq, "/title", in->title, 300);
    return label_check(rq, "/summary", json_object_size(in->summary) ? in->summary : NULL, 10000) &&
           title;
}

static bool dates_good(Request *rq, Time opens, Time closes)
{
    return closes > opens ||
           fault(rq, FAULT_INVALID, "/closes_at",
                 T("L'appel fermerait avant d'ouvrir.", "The call would close before it opens."));
}

// The published version that the call will follow for its whole life. False with a fault.
static bool version_chosen(Request *rq, const CallMake *make, Arg *ret)
{
    Rows *version = QUERY(rq->db, rq->arena, Q_WORKFLOW_VERSION_FOR_CALL, ARG(make->workflow_id),
                          make->version ? arg_int(rq->arena, make->version) : ARG_NULL);
    if (!version)
        return failed(rq);
    if (rows_len(version) == 0)
        return fault(rq, FAULT_INVALID, "/workflow_id",
                     T("Ce règlement n'a pas de telle version publiée.",
                       "This workflow has no such published version."));
    *ret = row_id(version);
    return true;
}

bool call_make(Request *rq)
{
    const CallMake *make = rq->input;
    Rows *space = QUERY(rq->db, rq->arena, Q_SPACE_GET, ARG(make->space_id));
    if (!space)
        return failed(rq);
    if (rows_len(space) == 0)
        return fault(rq, FAULT_INVALID, "/space_id",
                     T("Cet espace est inconnu.", "This space is unknown."));
    if (!access_manages(rq->who, make->space_id))
        return forbidden(rq);
    Arg version, cutoffs;
    if (!labels_good(rq, make) || !dates_good(rq, make->opens_at, make->closes_at) ||
        !version_chosen(rq, make, &version) ||
        !space_themes_check(rq, make->space_id, make->themes) ||
        !territories_check(rq, "/territories", make->territories) ||
        !cutoffs_read(rq, make, make->opens_at, make->closes_at, &cutoffs))
        return false;
    Rows *made =
        QUERY(rq->db, rq->arena, Q_CALL_ADD, ARG(make->space_id), version,
              arg_json(rq->arena, make->title), arg_json(rq->arena, make->summary),
              arg_time(rq->arena, make->opens_at), arg_time(rq->arena, make->closes_at), cutoffs,
              arg_int(rq->arena, make->amount), arg_list(rq->arena, make->themes, true),
              arg_list(rq->arena, make->territories, true), ARG(rq->who->person));
    if (!made)
        return failed(rq);
    Arg id = row_id(made);
    if (!funders_put(rq, make, id))
        return false;
    rq->reply.location = str_format(rq->arena, "/api/v1/calls/" STR_FMT, STR_ARG(id.text));
    return call_done(rq, 201, id, "call.made", NULL);
}

bool call_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_CALL_LIST, rq->who ? ARG(rq->who->person) : ARG_NULL,
              arg_bool(rq->who && rq->who->admin), query_arg(rq, "status"), query_arg(rq, "theme"),
              query_arg(rq, "territory"), query_arg(rq, "space_id"), page_at(&page), page_id(&page),
              page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool call_get(Request *rq)
{
    Rows *call = QUERY(rq->db, rq->arena, Q_CALL_GET, ARG(rq->params[0]));
    if (!call)
        return failed(rq);
    if (rows_len(call) == 0 || (str_is(row_str(call, 0, "status"), "draft") &&
                                !access_manages(rq->who, row_str(call, 0, "space_id"))))
        return not_found(rq);
    return reply_whole(rq, 200, call);
}

// The call's row, locked, for those who run its space. NULL with a fault.
static const Rows *call_managed(Request *rq)
{
    Rows *call = QUERY(rq->db, rq->arena, Q_CALL_LOCK, ARG(rq->params[0]));
    if (!call) {
        failed(rq);
        return NULL;
    }
    bool run = rows_len(call) && access_manages(rq->who, row_str(call, 0, "space_id"));
    if (run)
        return call;
    if (rows_len(call) && !str_is(row_str(call, 0, "status"), "draft"))
        forbidden(rq);
    else
        not_found(rq);
    return NULL;
}

// Once applicants rely on a call, dates move later only, the envelope grows only, and its meaning
// stays.
static bool change_fair(Request *rq, const CallMake *change, const Rows *call)
{
    if (str_is(row_str(call, 0, "status"), "draft"))
        return true;
    if (change->opens_at != TIME_NONE && change->opens_at != row_time(call, 0, "opens_at"))
        return fault(rq, FAULT_CONFLICT, "/opens_at",
                     T("L'appel est déjà ouvert.", "The call is open already."));
    if (change->closes_at != TIME_NONE && change->closes_at < row_time(call, 0, "closes_at"))
        return fault(rq, FAULT_CONFLICT, "/closes_at",
                     T("Une fermeture annoncée ne peut qu'être reportée.",
                       "An announced closing can only be put off."));
    if (change->has_amount && change->amount < row_int(call, 0, "amount"))
        return fault(rq, FAULT_CONFLICT, "/amount",
                     T("Une enveloppe annoncée ne peut que croître.",
                       "An announced envelope can only grow."));
    if (change->has_cutoffs)
        return fault(rq, FAULT_CONFLICT, "/cutoffs",
                     T("Les relevés d'un appel ouvert ne changent plus.",
                       "Cut-offs of an open call do not change."));
    return true;
}

bool call_change(Request *rq)
{
    const CallMake *change = rq->input;
    const Rows *call = call_managed(rq);
    if (!call)
        return false;
    if (!whole_holds(rq, QUERY(rq->db, rq->arena, Q_CALL_GET, ARG(rq->params[0]))))
        return false;
    Time was = row_time(call, 0, "closes_at");
    Time opens = change->opens_at == TIME_NONE ? row_time(call, 0, "opens_at") : change->opens_at;
    Time closes = change->closes_at == TIME_NONE ? was : change->closes_at;
    Arg id = ARG(rq->params[0]), cutoffs = ARG_NULL;
    if (!change_fair(rq, change, call) || !labels_good(rq, change) ||
        !dates_good(rq, opens, closes) ||
        !territories_check(rq, "/territories", change->territories) ||
        !space_themes_check(rq, row_str(call, 0, "space_id"), change->themes) ||
        (change->has_cutoffs && !cutoffs_read(rq, change, opens, closes, &cutoffs)))
        return false;
    Rows *before = QUERY(rq->db, rq->arena, Q_CALL_GET, id);
    if (!before)
        return failed(rq);
    Rows *changed = QUERY(rq->db, rq->arena, Q_CALL_CHANGE, id, arg_int(rq->arena, rq->if_match),
                          arg_json(rq->arena, change->title), arg_json(rq->arena, change->summary),
                          arg_time(rq->arena, opens), arg_time(rq->arena, closes), cutoffs,
                          change->has_amount ? arg_int(rq->arena, change->amount) : ARG_NULL,
                          arg_list(rq->arena, change->themes, change->has_themes),
                          arg_list(rq->arena, change->territories, change->has_territories));
    if (!changed)
        return failed(rq);
    if (!QUERY(rq->db, rq->arena, Q_CALL_OPENING_MOVED, id, arg_time(rq->arena, opens)))
        return failed(rq);
    bool closed =
        str_is(row_str(call, 0, "status"), "closed"); // and stays so until it is opened again
    if (closes != was && !closed &&
        !QUERY(rq->db, rq->arena, Q_CALL_CLOSING_MOVED, id, arg_time(rq->arena, was),
               arg_time(rq->arena, closes)))
        return failed(rq);
    return funders_put(rq, change, id) && call_done(rq, 200, id, "call.changed", before);
}

// Opens now, or at its opening date when that is to come; closes by itself at its closing date. A closed call opens again once its
// closing date was put off.
bool call_open(Request *rq)
{
    const Rows *call = call_managed(rq);
    if (!call)
        return false;
    Arg id = ARG(rq->params[0]);
    Time now = request_now(rq), opens = row_time(call, 0, "opens_at"),
         closes = row_time(call, 0, "closes_at");
    if (closes <= now)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Sa date de fermeture est passée.", "Its closing date has passed."));
    Rows *before = QUERY(rq->db, rq->arena, Q_CALL_GET, id);
    if (!before)
        return failed(rq);
    Rows *done =
        QUERY(rq->db, rq->arena, Q_CALL_TIMER, id, ARG_C("close"), arg_time(rq->arena, closes));
    if (done && opens > now)
        done =
            QUERY(rq->db, rq->arena, Q_CALL_TIMER, id, ARG_C("open"), arg_time(rq->arena, opens));
    if (done && (opens <= now || str_is(row_str(call, 0, "status"), "closed")))
        done = QUERY(rq->db, rq->arena, Q_CALL_STATUS, id, ARG_C(opens > now ? "draft" : "open"));
    const char *event = opens > now ? "call.opening-set" : "call.opened";
    return done ? call_done(rq, 200, id, event, before) : failed(rq);
}

bool call_close(Request *rq)
{
    const Rows *call = call_managed(rq);
    if (!call)
        return false;
    Arg id = ARG(rq->params[0]), was = arg_time(rq->arena, row_time(call, 0, "closes_at"));
    Rows *before = QUERY(rq->db, rq->arena, Q_CALL_GET, id);
    if (!before)
        return failed(rq);
    Rows *closed =
        QUERY(rq->db, rq->arena, Q_CALL_CLOSED, id, arg_time(rq->arena, request_now(rq)));
    if (!closed || !QUERY(rq->db, rq->arena, Q_CALL_TIMER_FORGET, id, ARG_C("open")) ||
        !QUERY(rq->db, rq->arena, Q_CALL_TIMER_FORGET, id, ARG_C("close")) ||
        !QUERY(rq->db, rq->arena, Q_CALL_CLOSING_MOVED, id, was,
               arg_time(rq->arena, row_time(closed, 0, "closes_at"))))
        return failed(rq);
    return call_done(rq, 200, id, "call.closed", before);
}
