// SPDX-License-Identifier: Apache-2.0
#include "application.h"
#include "../auth/hash.h"
#include "common.h"
#include "sight.h"

// --- one ----------------------------------------------------------------------------------------

static void write_label(Buf *buf, const char *name, Str value)
{
    buf_format(buf, ",\"%s\":", name);
    buf_json(buf, value);
}

static void write_reasons(Buf *buf, const Move *move, Lang lang)
{
    buf_add(buf, STR(",\"reasons\":["));
    for (size_t i = 0; i < move->reason_count; i++) {
        const Reason *reason = &move->reasons[i];
        buf_add(buf, i ? STR(",{\"message\":") : STR("{\"message\":"));
        buf_json(buf, message_text(buf->arena, lang, &reason->message));
        buf_add(buf, STR(",\"kind\":"));
        buf_json(buf, str_of(reason_word(reason)));
        if (reason->pointer.at)
            write_label(buf, "pointer", reason->pointer);
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

static void write_move(Buf *buf, const Definition *def, const Move *move, Lang lang)
{
    buf_add(buf, STR("{\"event\":"));
    buf_json(buf, move->event);
    write_label(buf, "title", label_text(move->title, lang));
    buf_add(buf, move->open ? STR(",\"open\":true") : STR(",\"open\":false"));
    if (move->target != ID_NONE)
        write_label(buf, "target", def->states[move->target].path);
    if (move->def && move->def->schema) {
        buf_add(buf, STR(",\"data\":"));
        buf_add(buf, json_text(buf->arena, move->def->schema));
    }
    write_reasons(buf, move, lang);
    buf_char(buf, '}');
}

static void write_roles(Buf *buf, const Definition *def, RoleSet roles)
{
    char mark = '[';
    buf_add(buf, STR(",\"roles\":"));
    for (size_t i = 1; i < def->role_count; i++)
        if (roles & def->roles[i].bit) {
            buf_char(buf, mark);
            buf_json(buf, def->roles[i].id);
            mark = ',';
        }
    buf_add(buf, mark == '[' ? STR("[]") : STR("]"));
}

// Where it stands, in the words of the workflow.
static void write_titles(Buf *buf, const Track *t, Lang lang)
{
    StateId atomic[STATES_MAX];
    size_t n = case_atomic(t->def, &t->at, atomic, STATES_MAX);
    buf_add(buf, STR(",\"states\":["));
    for (size_t i = 0; i < n; i++) {
        const State *state = &t->def->states[atomic[i]];
        buf_add(buf, i ? STR(",{\"path\":") : STR("{\"path\":"));
        buf_json(buf, state->path);
        write_label(buf, "title", label_text(state->title, lang));
        write_label(buf, "stage", str_of(stage_word(state->stage)));
        buf_char(buf, '}');
    }
    buf_char(buf, ']');
}

// Who acts for somebody may be let do some moves only: this one as they would fire it.
static const Move *move_fired(Request *rq, const Track *t, const Facts *facts, const Move *move)
{
    Actor actor;
    size_t count;
    Event event = {.name = move->event, .act = THING_NONE, .item = ID_NONE};
    if (track_stand(t, rq->who, STR(""), &event, &actor) == STANDS_FOR_SEVERAL)
        return move; // they name one of them, and fire it
    const Move *moves = moves_of(rq->arena, t->def, &t->at, &actor, facts, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(moves[i].event, move->event))
            return &moves[i];
    return move;
}

bool application_get(Request *rq)
{
    Sight sight;
    if (!sight_of(rq, rq->params[0], &sight))
        return false;
    Track *t = sight.track;
    if (!sight_loads(rq, &sight, moves_needed(t->def, &t->at)))
        return false;
    Actor actor = track_actor(t, rq->who);
    Facts facts = track_facts(t);
    size_t count;
    const Move *moves = moves_of(rq->arena, t->def, &t->at, &actor, &facts, &count);

    Buf buf = {.arena = rq->arena};
    track_write(&buf, t, sight.roles);
    buf.len--; // the members that follow stand in the same object
    write_titles(&buf, t, rq->lang);
    write_roles(&buf, t->def, actor.roles);
    buf_add(&buf, STR(",\"moves\":["));
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_char(&buf, ',');
        write_move(&buf, t->def, rq->who->acts ? move_fired(rq, t, &facts, &moves[i]) : &moves[i],
                   rq->lang);
    }
    buf_add(&buf, STR("]}"));
    // What is shown depends on who asks, in which language, and on facts of other rows: no version tells.
    Str body = buf_str(&buf);
    rq->reply.etag = str_format(rq->arena, "\"" STR_FMT "\"", STR_ARG(hash_tag(rq->arena, body)));
    return reply_text(rq, 200, body);
}

// --- what happened ------------------------------------------------------------------------------

typedef struct Past {
    Request *rq;
    const Sight *sight;
} Past;

// What was done by others is told as far as its reader sees the thing that it was done to.
static void write_past(Buf *buf, const Rows *rows, size_t i, const void *with)
{
    const Past *past = with;
    const Track *t = past->sight->track;
    bool known, own = str_eq(row_str(rows, i, "person_id"), past->rq->who->person);
    json_t *data = row_null(rows, i, "data") ? NULL : row_json(buf->arena, rows, i, "data");
    if (!own)
        data = event_told(buf->arena, t->def, &t->at, row_str(rows, i, "event"), data,
                          past->sight->roles, &known);
    buf_char(buf, '{');
    row_members(buf, rows, i);
    buf_add(buf, STR(",\"data\":"));
    buf_add(buf, data ? json_text(buf->arena, data) : STR("null"));
    buf_char(buf, '}');
}

bool application_moves(Request *rq)
{
    Sight sight;
    Page page;
    const Str *grids;
    size_t count;
    if (!page_read(rq, &page) || !sight_of(rq, rq->params[0], &sight) ||
        !sight_asks(rq, &sight, THING_HISTORY, ID_NONE) || !sight_grids(rq, &sight, &grids, &count))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_MOVE_LIST, ARG(rq->params[0]), page_at(&page),
                       page_limit(rq->arena, &page), arg_bool(sight_only_holds(&sight)),
                       arg_texts(rq->arena, grids, count), ARG(rq->who->person));
    if (!rows)
        return failed(rq);
    rows_hide(rows, "data");
    return reply_page_by(rq, rows, page.limit, write_past, &(Past){rq, &sight});
}
