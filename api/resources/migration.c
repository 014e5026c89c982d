// SPDX-License-Identifier: Apache-2.0
// A call and its running applications go over to another version of their workflow: shown first,
// then all or nothing. The engine says what becomes of each (migrate.h).
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "definition.h"
#include "track.h"
#include "../clock.h"
#include "../../engine/diff.h"
#include "../../engine/migrate.h"

typedef struct Going {
    Request *rq;
    const MigrationMake *in;
    bool dry;
    const Rows *call, *version; // where it is, where it goes
    Mapping mapping;
    Track *tracks;
    size_t count;
    Rows *timers;
    Landing *plans; // by track
} Going;

// --- what is asked ------------------------------------------------------------------------------

static bool call_read(Going *g)
{
    Request *rq = g->rq;
    g->call = QUERY(rq->db, rq->arena, Q_MIGRATION_CALL, ARG(rq->params[0]));
    if (!g->call)
        return failed(rq);
    if (rows_len(g->call) == 0)
        return not_found(rq);
    if (access_manages(rq->who, row_str(g->call, 0, "space_id")))
        return true;
    return str_is(row_str(g->call, 0, "status"), "draft") ? not_found(rq) : forbidden(rq);
}

static bool version_read(Going *g)
{
    Request *rq = g->rq;
    g->version = QUERY(rq->db, rq->arena, Q_MIGRATION_VERSION,
                       ARG(row_str(g->call, 0, "workflow_id")), arg_int(rq->arena, g->in->version));
    if (!g->version)
        return failed(rq);
    if (rows_len(g->version) == 0)
        return fault(rq, FAULT_INVALID, "/version",
                     T("Cette démarche n'a pas cette version.",
                       "This workflow does not have this version."));
    if (g->in->version == row_int(g->call, 0, "workflow_version"))
        return fault(
            rq, FAULT_CONFLICT, "/version",
            T("L'appel suit déjà cette version.", "The call follows this version already."));
    if (!g->dry && row_null(g->version, 0, "published_at"))
        return fault(rq, FAULT_CONFLICT, "/version",
                     T("Cette version n'est pas publiée : elle peut être essayée (dry_run), non "
                       "suivie.",
                       "This version is not published: it can be tried (dry_run), not followed."));
    return true;
}

static bool mapping_take(Going *g)
{
    Request *rq = g->rq;
    const Definition *old = definition_of(rq, row_str(g->call, 0, "workflow_version_id"));
    const Definition *new = old ? definition_of(rq, row_str(g->version, 0, "id")) : NULL;
    return new &&mapping_read(rq->arena, g->in->mapping, STR("/mapping"), old, new, &g->mapping,
                              &rq->faults);
}

// --- what is there ------------------------------------------------------------------------------

static bool changed_meanwhile(Request *rq)
{
    rq->reply.retry_after = 1;
    return fault(rq, FAULT_BUSY, NULL,
                 T("L'appel a changé pendant ce temps ; recommencez.",
                   "The call has changed meanwhile; try again."));
}

// Applications first, then the call, as movers do, so that nobody waits in a circle. One that was
// opened in between would be missed: it is counted again behind both locks.
static bool lock_all(Going *g)
{
    Request *rq = g->rq;
    Arg call = ARG(rq->params[0]);
    Flight flights[] = {{Q_MIGRATION_LOCK, &call, 1, NULL},
                        {Q_MIGRATION_LOCK_CALL, &call, 1, NULL}};
    if (!db_flight(rq->db, rq->arena, flights, 2))
        return failed(rq);
    if (!str_eq(row_str(flights[1].rows, 0, "workflow_version_id"),
                row_str(g->call, 0, "workflow_version_id")))
        return changed_meanwhile(rq);
    g->count = rows_len(flights[0].rows);
    return true;
}

// One that was opened between the two statements of a dry run, which locks nothing.
static bool same_rows(const Rows *a, const Rows *b)
{
    for (size_t i = 0; rows_len(a) == rows_len(b) && i < rows_len(a); i++)
        if (!str_eq(row_str(a, i, "id"), row_str(b, i, "id")))
            return false;
    return rows_len(a) == rows_len(b);
}

static bool tracks_take(Going *g)
{
    Request *rq = g->rq;
    Arg call = ARG(rq->params[0]);
    if (!g->dry && !lock_all(g))
        return false;
    Flight flights[] = {{Q_MIGRATION_TRACKS, &call, 1, NULL},
                        {Q_MIGRATION_TIMERS, &call, 1, NULL},
                        {Q_CLOCK, NULL, 0, NULL}};
    if (!db_flight(rq->db, rq->arena, flights, 3))
        return failed(rq);
    size_t n = rows_len(flights[0].rows);
    if ((!g->dry && n != g->count) || !same_rows(flights[0].rows, flights[1].rows))
        return changed_meanwhile(rq);
    g->count = n;
    g->timers = flights[1].rows;
    g->tracks = arena_array(rq->arena, Track, n + 1);
    Time now = row_time(flights[2].rows, 0, "now") + clock_shift();
    return tracks_read(rq->db, rq->arena, flights[0].rows, now, g->tracks) || failed(rq);
}

// Of the track at `i`: rows of both statements stand in one order.
static Timer *timers_of(Going *g, size_t i, size_t *count)
{
    json_t *rows = row_json(g->rq->arena, g->timers, i, "timers"), *row;
    Timer *timers = arena_array(g->rq->arena, Timer, json_array_size(rows) + 1);
    *count = json_array_size(rows);
    size_t k;
    json_array_foreach(rows, k, row)
    {
        json_t *data = json_at(row, "data");
        timers[k].name = json_str(json_at(row, "name"));
        timers[k].data = json_is_null(data) ? NULL : data;
        if (!time_parse(json_str(json_at(row, "due_at")), &timers[k].due))
            timers[k].due = TIME_NONE;
    }
    return timers;
}

// --- what becomes of it -------------------------------------------------------------------------

static bool plan_all(Going *g)
{
    Request *rq = g->rq;
    const Definition *old = g->mapping.old, *new = g->mapping.new;
    for (size_t i = 0; i < g->count; i++) {
        Track *t = &g->tracks[i];
        if (t->def != old || t->version == 0)
            return fault(rq, FAULT_INTERNAL, NULL,
                         T("Une candidature ne peut plus être lue.",
                           "An application cannot be read any more."));
        t->needs = migration_needs(new);
        t->def = new; // answers are read as the new version asks them
    }
    if (!tracks_facts(rq->db, rq->arena, g->tracks, g->count))
        return failed(rq);
    g->plans = arena_array(rq->arena, Landing, g->count + 1);
    for (size_t i = 0; i < g->count; i++) {
        size_t n;
        Track *t = &g->tracks[i];
        Timer *timers = timers_of(g, i, &n);
        Facts facts = track_facts(t);
        g->plans[i] = migrate(rq->arena, &g->mapping, &t->at, timers, n, &facts, rq->lang);
        t->def = old;
    }
    return true;
}

// Every application that lands nowhere is a reason to leave all of them where they are.
static bool all_land(Going *g)
{
    Request *rq = g->rq;
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; !g->plans[i].lands && k < g->plans[i].loss_count; k++)
            fault_at(rq, FAULT_REFUSED, STR("/mapping/states"), "place",
                     MESSAGE(T("{0} : {1}", "{0}: {1}"), g->tracks[i].number,
                             g->plans[i].losses[k].sentence));
    return rq->faults.len == 0;
}

// --- the change ---------------------------------------------------------------------------------

static bool runs(const Timer *timers, size_t n, const Timer *like)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(timers[i].name, like->name))
            return true;
    return false;
}

static void change_timers(Going *g, size_t at)
{
    size_t n;
    Track *t = &g->tracks[at];
    const Landing *plan = &g->plans[at];
    const Timer *before = timers_of(g, at, &n);
    for (size_t i = 0; i < n; i++)
        if (!runs(plan->timers, plan->timer_count, &before[i]))
            vec_push(t->arena, &t->timers, (TimerChange){before[i].name, TIME_NONE, NULL});
    for (size_t i = 0; i < plan->timer_count; i++)
        vec_push(t->arena, &t->timers,
                 (TimerChange){plan->timers[i].name, plan->timers[i].due, plan->timers[i].data});
}

static bool carry_out(Going *g)
{
    Request *rq = g->rq;
    json_t *data =
        json_keep(rq->arena, json_pack("{s:I, s:I}", "from",
                                       (json_int_t)row_int(g->call, 0, "workflow_version"), "to",
                                       (json_int_t)g->in->version));
    Event migrated = {.name = STR("migrated"), .data = data, .item = ID_NONE};
    Actor actor = {.person = rq->who->person,
                   .organisation = STR(""),
                   .behalf = access_behalf_on_space(rq->who, row_str(g->call, 0, "space_id"))};
    for (size_t i = 0; i < g->count; i++) {
        track_carry(rq->arena, &g->tracks[i], g->mapping.new, &g->plans[i].next, &migrated, &actor);
        change_timers(g, i);
    }
    Arg pin[] = {ARG(rq->params[0]), ARG(row_str(g->version, 0, "id"))};
    Flight more = {Q_MIGRATION_PIN, pin, 2, NULL};
    return tracks_store(rq->db, rq->arena, g->tracks, g->count, &more, 1) || failed(rq);
}

// --- the answer ---------------------------------------------------------------------------------

static json_t *text_json(Str s)
{
    return json_stringn(s.len ? s.at : "", s.len);
}

static json_t *places_json(const Definition *def, const Case *c)
{
    StateId ids[STATES_MAX];
    size_t n = case_atomic(def, c, ids, STATES_MAX);
    json_t *places = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(places, text_json(def->states[ids[i]].path));
    return places;
}

static json_t *losses_json(const Landing *plan)
{
    json_t *losses = json_array();
    for (size_t i = 0; i < plan->loss_count; i++)
        json_array_append_new(losses,
                              json_pack("{s:s, s:o}", "kind", loss_words[plan->losses[i].kind],
                                        "sentence", text_json(plan->losses[i].sentence)));
    return losses;
}

// A draft's title is its authors' own.
static json_t *title_json(const Track *t)
{
    return row_null(t->rows, t->row, "dossier_title")
               ? json_null()
               : text_json(row_str(t->rows, t->row, "dossier_title"));
}

// Written before anything moves: `places` are those of the old version.
static json_t *applications_json(const Going *g)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < g->count; i++) {
        const Track *t = &g->tracks[i];
        const Landing *plan = &g->plans[i];
        json_array_append_new(
            rows, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "id", text_json(t->id), "number",
                            text_json(t->number), "title", title_json(t), "places",
                            places_json(g->mapping.old, &t->at), "lands",
                            plan->lands ? places_json(g->mapping.new, &plan->next) : json_array(),
                            "losses", losses_json(plan)));
    }
    return rows;
}

static json_t *answer(const Going *g)
{
    Request *rq = g->rq;
    size_t losing = 0, nowhere = 0;
    for (size_t i = 0; i < g->count; i++) {
        losing += g->plans[i].loss_count > 0;
        nowhere += !g->plans[i].lands;
    }
    Changes changes = definition_diff(rq->arena, g->mapping.old, g->mapping.new, rq->lang);
    return json_keep(rq->arena,
                     json_pack("{s:o, s:I, s:I, s:b, s:I, s:I, s:o, s:O}", "call_id",
                               text_json(row_str(g->call, 0, "id")), "from",
                               (json_int_t)row_int(g->call, 0, "workflow_version"), "to",
                               (json_int_t)g->in->version, "dry_run", g->dry, "losing",
                               (json_int_t)losing, "nowhere", (json_int_t)nowhere, "applications",
                               applications_json(g), "changes", changes_json(rq->arena, &changes)));
}

bool migration_make(Request *rq)
{
    const MigrationMake *in = rq->input;
    Going g = {.rq = rq, .in = in, .dry = !in->has_dry_run || in->dry_run};
    if (!call_read(&g) || !version_read(&g) || !mapping_take(&g) || !tracks_take(&g) ||
        !plan_all(&g))
        return false;
    json_t *said = answer(&g);
    rq->told = true; // by an entry for each application; a dry run changes nothing
    if (!g.dry && (!all_land(&g) || !carry_out(&g)))
        return false;
    return reply_json(rq, 200, said);
}
