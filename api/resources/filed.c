// SPDX-License-Identifier: Apache-2.0
// What an application rests on: opening it, the dossier as it was filed, the receipt. Where it
// stands is in application.c.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "inclusion.h"
#include "reading.h"
#include "sight.h"

bool application_make(Request *rq)
{
    Act act;
    if (!application_open(rq, rq->params[0], ((ApplicationOpen *)rq->input)->dossier_id, &act))
        return false;
    Buf buf = {.arena = rq->arena};
    track_write(&buf, act.track, act.actor.roles);
    rq->reply.location =
        str_format(rq->arena, "/api/v1/applications/" STR_FMT, STR_ARG(act.track->id));
    return reply_text(rq, 201, buf_str(&buf));
}

// Answers that the caller's roles see, by form and by section.
static json_t *answers_seen(Arena *arena, const Sight *sight)
{
    const Track *t = sight->track;
    json_t *seen = json_keep(arena, json_object()), *schema;
    for (size_t i = 0; i < t->def->form_count; i++) {
        const char *name;
        json_object_foreach(json_at(t->def->forms[i].schema, "properties"), name, schema)
        {
            json_t *value = json_at(t->facts.answers, name);
            if (value && may_see_answer(t->def, &t->at, str_of(name), sight->roles))
                json_object_set(seen, name, value);
        }
    }
    return seen;
}

ItemId document_item(const Definition *def, Str kind)
{
    size_t slash = str_index(kind, '/');
    bool own = slash < kind.len;
    if (own && !str_eq(str_slice(kind, 0, slash), def->id))
        return ID_NONE;
    ItemId id = definition_document(def, own ? str_slice(kind, slash + 1, kind.len) : kind);
    return id != ID_NONE && def->documents[id].shared != own ? id : ID_NONE;
}

static void write_documents(Buf *buf, const Sight *sight, const Rows *rows)
{
    char mark = '[';
    for (size_t i = 0; i < rows_len(rows); i++) {
        ItemId item = document_item(sight->track->def, row_str(rows, i, "kind"));
        if (item == ID_NONE || !sight_sees(sight, THING_DOCUMENT, item))
            continue;
        buf_char(buf, mark);
        row_write(buf, rows, i);
        mark = ',';
    }
    buf_add(buf, mark == '[' ? STR("[]") : STR("]"));
}

// Something of the dossier at least. Forbidden otherwise: false with a fault.
static bool asks_dossier(Request *rq, const Sight *sight)
{
    return sight_sees(sight, THING_SECTION, ID_NONE) || sight_asks(rq, sight, THING_FORM, ID_NONE);
}

// Told unless the caller holds the dossier: then it is theirs to read.
static bool remember_reading(Request *rq, const Track *t)
{
    if (access_reads(rq->who, t->scope.dossier, t->scope.organisation))
        return true;
    int64_t version = t->sealed_version ? t->sealed_version : t->dossier_version;
    Reading reading = {
        .event = "dossier.read",
        .dossier = t->scope.dossier,
        .what = t->id,
        .version = version,
        .data = json_keep(rq->arena, json_pack("{s:s%, s:I}", "application_id", t->id.at, t->id.len,
                                               "version", (json_int_t)version))};
    return reading_tell(rq, &reading);
}

bool application_dossier(Request *rq)
{
    Sight sight;
    if (!sight_of(rq, rq->params[0], &sight) || !asks_dossier(rq, &sight))
        return false;
    if (!sight_reads(&sight)) // a draft is its authors' own
        return not_found(rq);
    Rows *documents = QUERY(rq->db, rq->arena, Q_FILED_DOCUMENTS, ARG(sight.track->id));
    if (!documents || !sight_loads(rq, &sight, UINT64_C(1) << SLOT_DOSSIER))
        return failed(rq);
    const Track *t = sight.track;
    Buf buf = {.arena = rq->arena};
    buf_format(&buf,
               "{\"application_id\":\"" STR_FMT "\",\"dossier_id\":\"" STR_FMT
               "\",\"sealed\":%s,\"version\":",
               STR_ARG(t->id), STR_ARG(t->scope.dossier), t->sealed_version ? "true" : "false");
    if (track_held(t, sight.roles)) // it counts all edits, of whatever part
        buf_format(&buf, "%lld",
                   (long long)(t->sealed_version ? t->sealed_version : t->dossier_version));
    else
        buf_add(&buf, STR("null"));
    buf_add(&buf, STR(",\"answers\":"));
    buf_add(&buf, json_text(rq->arena, answers_seen(rq->arena, &sight)));
    buf_add(&buf, STR(",\"documents\":"));
    write_documents(&buf, &sight, documents);
    buf_char(&buf, '}');
    return remember_reading(rq, t) && reply_text(rq, 200, buf_str(&buf));
}

static void write_member(Buf *buf, const char *name, const json_t *value)
{
    buf_format(buf, ",\"%s\":", name);
    buf_add(buf, json_text(buf->arena, value));
}

// With the proof that it is in the log; null, and Retry-After, until the next checkpoint, which is a second away at most.
bool application_receipt(Request *rq)
{
    Sight sight;
    if (!sight_of(rq, rq->params[0], &sight) || !asks_dossier(rq, &sight))
        return false;
    Rows *receipt = QUERY(rq->db, rq->arena, Q_FILED_RECEIPT, ARG(sight.track->id));
    if (!receipt)
        return failed(rq);
    if (rows_len(receipt) == 0)
        return not_found(rq);
    Rows *entry = QUERY(rq->db, rq->arena, Q_ENTRY_GET, ARG(sight.track->id), ARG_NULL,
                        ARG(row_str(receipt, 0, "move_hash")));
    Proof proof;
    if (!entry || rows_len(entry) == 0)
        return failed(rq);
    if (!proof_of(rq, entry, &proof))
        return false;
    Buf buf = {.arena = rq->arena};
    buf_char(&buf, '{');
    if (track_held(sight.track, sight.roles))
        row_members(&buf, receipt, 0);
    else {
        rows_hide(receipt, "dossier_version");
        row_members(&buf, receipt, 0);
        buf_add(&buf, STR(",\"dossier_version\":null"));
    }
    write_member(&buf, "entry", proof.entry);
    write_member(&buf, "proof", proof.proof);
    write_member(&buf, "key", proof.key);
    buf_char(&buf, '}');
    return reply_text(rq, 200, buf_str(&buf));
}
