// SPDX-License-Identifier: Apache-2.0
// A person's own data: gone at their wish, or taken along; and how long a call keeps what it was given.
#include "../clock.h"
#include "acts.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "resources.h"

enum {
    PREVIEW_MOST = 1000, // applications that a preview names
    ACTS_MOST = 5000     // acts that an export holds itself
};

// --- erasure -------------------------------------------------------------------------------------

static json_t *kept(const char *what, int64_t count, Text why, Lang lang)
{
    return json_pack("{s:s, s:I, s:s}", "what", what, "count", (json_int_t)count, "why",
                     lang == FR ? why.fr : why.en);
}

// What remains bears no name any more: the account it points to is empty.
static json_t *all_kept(Request *rq, const Rows *rows)
{
    static const Text accounts = {"Pièces comptables, dix ans : Code de commerce, L123-22.",
                                  "Accounts, ten years: Code de commerce, L123-22."};
    static const Text records = {
        "Actes de l'instruction, archives publiques : Code du patrimoine, L212-2.",
        "Acts of the examination, public records: Code du patrimoine, L212-2."};
    json_t *list = json_keep(rq->arena, json_array());
    json_array_append_new(list, kept("payments", row_int(rows, 0, "payments"), accounts, rq->lang));
    json_array_append_new(list,
                          kept("signatures", row_int(rows, 0, "signatures"), accounts, rq->lang));
    json_array_append_new(list,
                          kept("decisions", row_int(rows, 0, "decisions"), records, rq->lang));
    json_array_append_new(list, kept("reviews", row_int(rows, 0, "reviews"), records, rq->lang));
    return list;
}

static const struct Hinder {
    const char *column;
    Text text;
} hinders[] = {
    {"only_admin",
     {"Vous êtes seul à administrer la plateforme : nommez d'abord quelqu'un d'autre.",
      "You are the platform's only administrator: name another one first."}},
    {"only_owner",
     {"Une organisation qui a d'autres membres n'a que vous pour propriétaire : transmettez-la "
      "d'abord.",
      "An organisation with other members has no owner but you: hand it over first."}},
    {"only_carrier",
     {"Un dossier que vous êtes seul à porter est en cours d'instruction : transmettez-le ou "
      "retirez-le d'abord.",
      "A dossier that you alone carry is being examined: hand it over or withdraw it first."}},
};
enum { HINDERS = sizeof hinders / sizeof *hinders };

// What an erasure would meet and leave, before anything is done.
bool me_erasure(Request *rq)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_ERASE_HINDERS, ARG(rq->who->person));
    if (!rows)
        return failed(rq);
    json_t *list = json_array();
    for (size_t i = 0; i < HINDERS; i++)
        if (row_bool(rows, 0, hinders[i].column))
            json_array_append_new(
                list, json_string(rq->lang == FR ? hinders[i].text.fr : hinders[i].text.en));
    return reply_json(
        rq, 200,
        json_keep(rq->arena, json_pack("{s:o, s:O}", "hinders", list, "kept", all_kept(rq, rows))));
}

bool me_erase(Request *rq)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_ERASE_HINDERS, ARG(rq->who->person));
    if (!rows)
        return failed(rq);
    for (size_t i = 0; i < HINDERS; i++)
        if (row_bool(rows, 0, hinders[i].column))
            fault_at(rq, FAULT_CONFLICT, STR_NONE, NULL, MESSAGE(hinders[i].text, STR_NONE));
    if (rq->faults.len)
        return false;
    if (!QUERY(rq->db, rq->arena, Q_ERASE_PERSON, ARG(rq->who->person)))
        return failed(rq);
    // Nobody's act: the entry would name the person again.
    Deed deed = {.kind = CHAIN_PLATFORM,
                 .event = "person.erased",
                 .data = json_keep(rq->arena, json_pack("{s:O}", "kept", all_kept(rq, rows))),
                 .shift = clock_shift()};
    if (!chain_add(rq->db, rq->arena, &deed))
        return failed(rq);
    rq->told = true;
    rq->access_changed = EVERYONE;
    return reply_none(rq);
}

// The first acts, and where the others are: a page at a time, to the end.
static bool write_acts(Request *rq, Buf *buf)
{
    Acts acts;
    if (!acts_take(rq, &(Page){.limit = ACTS_MOST}, &acts))
        return false;
    buf_add(buf, STR(",\"acts\":["));
    for (size_t i = 0; i < acts.len; i++) {
        buf_add(buf, i ? STR(",") : STR(""));
        row_write(buf, acts.at[i].rows, acts.at[i].i);
    }
    buf_add(buf, STR("],\"acts_next\":"));
    if (acts.more)
        buf_json(buf,
                 str_format(rq->arena, "/api/v1/me/history?cursor=" STR_FMT,
                            STR_ARG(row_cursor(rq->arena, STR("/api/v1/me/history"), &acts.last))));
    else
        buf_add(buf, STR("null"));
    return true;
}

// That it was taken along is told before it leaves.
bool me_export(Request *rq)
{
    Buf buf = {.arena = rq->arena};
    Rows *rows = QUERY(rq->db, rq->arena, Q_EXPORT_PERSON, ARG(rq->who->person));
    if (!rows)
        return failed(rq);
    buf_char(&buf, '{');
    row_members(&buf, rows, 0);
    if (!write_acts(rq, &buf))
        return false;
    buf_char(&buf, '}');
    return (db_begin(rq->db) || failed(rq)) &&
           remember_account(rq, "person.exported", rq->who->person, NULL) &&
           reply_text(rq, 200, buf_str(&buf));
}

// --- retention -----------------------------------------------------------------------------------

// The call's rules, for those who run its space. NULL with a fault.
static const Rows *rules(Request *rq)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_RETENTION_CALL, ARG(rq->params[0]));
    if (!rows)
        failed(rq);
    else if (rows_len(rows) == 0 || !access_manages(rq->who, row_str(rows, 0, "space_id")))
        not_found(rq);
    else
        return rows;
    return NULL;
}

static json_t *months(const Rows *rows, const char *column)
{
    return row_null(rows, 0, column) ? json_null() : json_integer(row_int(rows, 0, column));
}

static json_t *rules_json(Request *rq, const Rows *rows)
{
    Str id = row_str(rows, 0, "call_id");
    return json_keep(rq->arena,
                     json_pack("{s:o, s:o, s:o, s:o}", "call_id", json_stringn(id.at, id.len),
                               "draft_months", months(rows, "draft_months"), "refused_months",
                               months(rows, "refused_months"), "funded_months",
                               months(rows, "funded_months")));
}

bool retention_get(Request *rq)
{
    const Rows *rows = rules(rq);
    return rows && reply_json(rq, 200, rules_json(rq, rows));
}

static Arg some_months(Request *rq, int64_t n)
{
    return n ? arg_int(rq->arena, n) : ARG_NULL;
}

bool retention_put(Request *rq)
{
    const RetentionPut *put = rq->input;
    const Rows *before = rules(rq);
    if (!before)
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_RETENTION_PUT, ARG(rq->params[0]),
                       some_months(rq, put->draft_months), some_months(rq, put->refused_months),
                       some_months(rq, put->funded_months));
    if (!rows)
        return failed(rq);
    Str space = row_str(before, 0, "space_id");
    json_t *now = rules_json(rq, rows);
    return remember(rq, (Deed){.kind = CHAIN_SPACE,
                               .chain = space,
                               .tree = space,
                               .event = "retention.set",
                               .data = now}) &&
           reply_json(rq, 200, now);
}

// Whose time is up by `now`: counted whole, named up to a bound.
bool retention_preview(Request *rq)
{
    static const char *const names[] = {"draft", "refused", "funded"};
    if (!rules(rq))
        return false;
    Str asked = request_query(rq, "at");
    Time at = request_now(rq);
    if (asked.len)
        time_parse(asked, &at);
    Rows *due = QUERY(rq->db, rq->arena, Q_RETENTION_DUE, ARG(rq->params[0]),
                      arg_time(rq->arena, at), arg_int(rq->arena, INT32_MAX));
    if (!due)
        return failed(rq);
    json_t *said = json_keep(rq->arena, json_pack("{s:s}", "at", time_format(rq->arena, at).at));
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        json_t *ids = json_array();
        int64_t count = 0;
        for (size_t i = 0; i < rows_len(due); i++) {
            Str id = row_str(due, i, "id");
            if (str_is(row_str(due, i, "rule"), names[k]) && count++ < PREVIEW_MOST)
                json_array_append_new(ids, json_stringn(id.at, id.len));
        }
        json_object_set_new(said, names[k],
                            json_pack("{s:I, s:o}", "count", (json_int_t)count, "ids", ids));
    }
    return reply_json(rq, 200, said);
}
