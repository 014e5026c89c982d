// SPDX-License-Identifier: Apache-2.0
// One track at a time: the acts of other nouns, the opening of an application, a timer that falls
// due.
#include "../auth/token.h"
#include "common.h"
#include "track.h"

enum { NUMBER_LEN = 5, DRAWS = 9 }; // 17 million numbers a call and year

// Locks one application and reads it. NULL with db_error; a track with an empty id when there is
// none.
static Track *lock_one(Db *db, Arena *arena, Str id)
{
    Arg ids = arg_texts(arena, &id, 1);
    Flight flights[] = {{Q_TRACK_LOCK, &ids, 1, NULL}, {Q_TRACK_CALLS, &ids, 1, NULL}};
    Track *t = arena_new_of(arena, Track);
    if (!db_flight(db, arena, flights, 2))
        return NULL;
    return tracks_read_locked(db, arena, flights[0].rows, flights[1].rows, t) ? t : NULL;
}

static bool unreadable(Request *rq)
{
    return fault(rq, FAULT_INTERNAL, NULL,
                 T("Le règlement de cet appel ne peut plus être lu.",
                   "The workflow of this call cannot be read any more."));
}

bool act_begin(Request *rq, Str application_id, Act *ret)
{
    *ret = (Act){.track = lock_one(rq->db, rq->arena, application_id)};
    if (!ret->track)
        return failed(rq);
    if (!ret->track->id.at || !track_visible(ret->track, rq->who))
        return not_found(rq);
    if (!ret->track->def)
        return unreadable(rq);
    ret->actor = track_actor(ret->track, rq->who);
    return true;
}

bool stands_not(Request *rq, Standing standing)
{
    if (standing == STANDS_FOR_SEVERAL)
        return fault(
            rq, FAULT_INVALID, "/for",
            T("Plusieurs personnes vous ont confié ce droit : dites pour qui vous agissez "
              "(for, ou l'en-tête Acting-For).",
              "Several people gave you this right: say for whom you act (for, or the header "
              "Acting-For)."));
    return fault(rq, FAULT_FORBIDDEN, "/for",
                 T("Cette personne ne vous a rien confié qui le permette ici.",
                   "This person gave you nothing that allows it here."));
}

Arg act_behalf(const Act *act)
{
    return arg_some(act->actor.behalf);
}

bool act_may(Request *rq, Act *act, Thing thing, ItemId item)
{
    Event event = {.name = STR(""), .act = thing, .item = item};
    Standing standing =
        track_stand(act->track, rq->who, request_header(rq, "Acting-For"), &event, &act->actor);
    if (standing != STANDS)
        return stands_not(rq, standing);
    if (may_edit(act->track->def, &act->track->at, thing, item, act->actor.roles))
        return true;
    return fault(rq, FAULT_REFUSED, NULL,
                 T("À cette étape, votre rôle ne le permet pas.",
                   "At this stage, your role does not allow it."));
}

static const char *const reason_words[] = {"no-such-move", "not-your-role", "guard",
                                           "incomplete",   "data",          "over",
                                           "not-allowed",  "too-many-steps"};

const char *reason_word(const Reason *reason)
{
    return reason_words[reason->kind];
}

bool refused(Request *rq, const Outcome *outcome)
{
    for (size_t i = 0; i < outcome->reason_count; i++) {
        const Reason *reason = &outcome->reasons[i];
        bool data = reason->kind == BAD_DATA;
        Str pointer = data ? str_format(rq->arena, "/data" STR_FMT, STR_ARG(reason->pointer))
                           : reason->pointer;
        fault_at(rq, data ? FAULT_INVALID : FAULT_REFUSED, pointer, reason_word(reason),
                 reason->message);
    }
    if (outcome->reason_count == 0)
        fault(rq, FAULT_REFUSED, NULL,
              T("Le règlement ne le permet pas.", "The workflow does not allow it."));
    return false;
}

// The handler has written what it does: the row is read again, and every fact with it.
static bool refresh(Request *rq, Act *act)
{
    Track *t = lock_one(rq->db, rq->arena, act->track->id);
    if (!t)
        return failed(rq);
    if (!t->id.at || !t->def)
        return unreadable(rq);
    act->track = t;
    return true;
}

bool act_fire(Request *rq, Act *act, const Event *event)
{
    if (!refresh(rq, act))
        return false;
    Track *t = act->track;
    t->needs = facts_needed(t->def, event->name);
    if (!tracks_facts(rq->db, rq->arena, t, 1))
        return failed(rq);
    Outcome outcome = track_fire(rq->arena, t, event, &act->actor);
    if (outcome.verdict == REFUSED)
        return refused(rq, &outcome);
    rq->told = true;
    return tracks_store(rq->db, rq->arena, t, 1, NULL, 0) || failed(rq);
}

bool act_tell(Request *rq, Act *act, const Event *event)
{
    Track *t = act->track;
    track_note(rq->arena, t, event, &act->actor);
    rq->told = true;
    return tracks_store(rq->db, rq->arena, t, 1, NULL, 0) || failed(rq);
}

// --- opening

static bool carried(Request *rq, Str dossier_id)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_DOSSIER_HOLDER, ARG(dossier_id));
    if (!rows)
        return failed(rq);
    if (!rows_len(rows) || !access_writes(rq->who, dossier_id, row_str(rows, 0, "organisation_id")))
        return fault(rq, FAULT_INVALID, "/dossier_id",
                     T("Ce dossier n'existe pas, ou vous n'en êtes pas porteur.",
                       "There is no such dossier, or you do not carry it."));
    if (!access_carries(rq->who, dossier_id, row_str(rows, 0, "organisation_id")))
        return forbidden(rq);
    return true;
}

// Is the call open now? False with a fault when it is not.
static bool takes(Request *rq, Str call_id, Time now)
{
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_APPLICATION_TAKES, ARG(call_id), arg_time(rq->arena, now));
    if (!rows)
        return failed(rq);
    if (rows_len(rows))
        return true;
    Rows *call = QUERY(rq->db, rq->arena, Q_APPLICATION_CALL, ARG(call_id));
    if (!call)
        return failed(rq);
    if (!rows_len(call) || (str_is(row_str(call, 0, "status"), "draft") &&
                            !access_manages(rq->who, row_str(call, 0, "space_id"))))
        return not_found(rq);
    return fault(
        rq, FAULT_CONFLICT, NULL,
        T("Cet appel n'est pas ouvert aux dépôts.", "This call is not open for applications."));
}

// "2026-7KXQ4": drawn, since numbers in a row would count others' drafts.
static Str number_draw(Arena *arena, Time now)
{
    Str year = str_slice(time_format(arena, now), 0, 4);
    return str_format(arena, STR_FMT "-" STR_FMT, STR_ARG(year),
                      STR_ARG(token_reference(arena, NUMBER_LEN)));
}

static bool added(Request *rq, Str call_id, Str dossier_id, Str *ret)
{
    Time now = request_now(rq);
    if (!takes(rq, call_id, now))
        return false;
    for (int draws = 0; draws < DRAWS; draws++) {
        Rows *rows = QUERY(rq->db, rq->arena, Q_APPLICATION_ADD, ARG(call_id), ARG(dossier_id),
                           ARG(number_draw(rq->arena, now)), arg_time(rq->arena, now));
        if (!rows)
            break;
        if (rows_len(rows)) {
            *ret = row_str(rows, 0, "id");
            return true;
        }
    }
    if (db_error(rq->db) != DB_UNIQUE)
        return failed(rq);
    return fault(rq, FAULT_CONFLICT, "/dossier_id",
                 T("Ce dossier est déjà déposé dans cet appel.",
                   "This dossier is already filed under this call."));
}

bool application_open(Request *rq, Str call_id, Str dossier_id, Act *ret)
{
    Str id;
    if (!carried(rq, dossier_id) || !added(rq, call_id, dossier_id, &id))
        return false;
    *ret = (Act){.track = lock_one(rq->db, rq->arena, id)};
    Track *t = ret->track;
    if (!t)
        return failed(rq);
    if (!t->def)
        return unreadable(rq);
    ret->actor = track_actor(t, rq->who);
    ret->actor.behalf = access_behalf_on_dossier(rq->who, dossier_id, t->scope.organisation);
    t->needs = t->def->slots_read | (t->def->counts_complete ? NEEDS_COMPLETE : 0);
    if (!tracks_facts(rq->db, rq->arena, t, 1))
        return failed(rq);
    Outcome outcome = track_start(rq->arena, t, &ret->actor);
    if (outcome.verdict == REFUSED)
        return refused(rq, &outcome);
    rq->told = true;
    return tracks_store(rq->db, rq->arena, t, 1, NULL, 0) || failed(rq);
}

// --- timers

static bool fire_timer(Db *db, Arena *arena, Str application_id, Str timer)
{
    Track *t = lock_one(db, arena, application_id);
    if (!t)
        return false;
    Rows *taken =
        QUERY(db, arena, Q_TIMER_TAKE, ARG(application_id), ARG(timer), arg_time(arena, t->now));
    if (!taken)
        return false;
    Flight commit = {.query = Q_COMMIT};
    if (!rows_len(taken) || !t->id.at)
        return tracks_store(db, arena, t, 0, &commit, 1);
    if (!t->def) { // our mistake: the deadline stays until it is put right
        db_rollback(db);
        return true;
    }
    t->needs = facts_needed(t->def, timer);
    if (!tracks_facts(db, arena, t, 1))
        return false;
    Event event = {.name = timer, .data = row_json(arena, taken, 0, "data"), .item = ID_NONE};
    Actor system = {.person = STR(""), .organisation = STR(""), .roles = (RoleSet)1 << ROLE_SYSTEM};
    track_fire(arena, t, &event, &system);
    return tracks_store(db, arena, t, 1, &commit, 1);
}

bool application_fire_timer(Db *db, Arena *arena, Str application_id, Str timer)
{
    if (!db_begin(db))
        return false;
    if (fire_timer(db, arena, application_id, timer))
        return true;
    db_rollback(db);
    return false;
}
