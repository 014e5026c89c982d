// SPDX-License-Identifier: Apache-2.0
// The track of an application: reading rows, deciding, what an outcome changes, how it is written
// for callers.
#include "track_inside.h"
#include "definition.h"
#include "../clock.h"

enum { SYSTEM = 1 << ROLE_SYSTEM };

// --- reading ------------------------------------------------------------------------------------

Time track_stamp(Str s)
{
    // As row_time reads it, but from within an array: "2026-11-21 22:52:25+00".
    char at[40];
    Time t;
    if (s.len < 22 || s.len >= sizeof at)
        return TIME_NONE;
    memcpy(at, s.at, s.len);
    at[10] = 'T';
    at[s.len - 3] = 'Z';
    return time_parse((Str){at, s.len - 2}, &t) ? t : TIME_NONE;
}

Str track_call_title(Track *t, Lang lang)
{
    json_t *title = row_json(t->arena, t->rows, t->row, "call_title");
    Label label = {json_str(json_at(title, "fr")), json_str(json_at(title, "en"))};
    return label_text(label, lang);
}

static bool track_read(Db *db, Arena *arena, const Rows *rows, size_t i, Str workflow_version,
                       Time now, Track *t)
{
    *t = (Track){.arena = arena, .rows = rows, .row = i, .now = now};
    t->id = row_str(rows, i, "id");
    t->number = row_str(rows, i, "number");
    t->scope = (ApplicationScope){.application = t->id,
                                  .call = row_str(rows, i, "call_id"),
                                  .dossier = row_str(rows, i, "dossier_id"),
                                  .space = row_str(rows, i, "space_id"),
                                  .organisation = row_str(rows, i, "organisation_id")};
    t->scope.territories = row_texts(arena, rows, i, "territories", &t->scope.territory_count);
    t->version = row_int(rows, i, "version");
    t->told_version =
        row_null(rows, i, "told_version") ? t->version : row_int(rows, i, "told_version");
    t->quiet = true;
    Str hash = row_bytes(arena, rows, i, "hash");
    if (hash.len == HASH_SIZE)
        memcpy(t->hash, hash.at, HASH_SIZE);
    t->sealed_version = row_int(rows, i, "sealed_version");
    t->dossier_version = row_int(rows, i, "dossier_version");
    t->filed_at = row_time(rows, i, "filed_at");
    t->cutoff = row_time(rows, i, "cutoff");

    const Definition *def = definition_get(db, workflow_version);
    if (!def && db_error(db) != DB_OK)
        return false;
    // Version 0 is an application that is being opened: it has no case yet.
    if (def && (t->version == 0 || case_read(arena, def, row_str(rows, i, "state"), &t->at)))
        t->def = def;
    return true;
}

bool tracks_read(Db *db, Arena *arena, const Rows *rows, Time now, Track *ret)
{
    for (size_t i = 0; i < rows_len(rows); i++)
        if (!track_read(db, arena, rows, i, row_str(rows, i, "workflow_version_id"), now, &ret[i]))
            return false;
    return true;
}

static Str version_behind(const Rows *calls, Str id)
{
    for (size_t i = 0; i < rows_len(calls); i++)
        if (str_eq(row_str(calls, i, "id"), id))
            return row_str(calls, i, "workflow_version_id");
    return STR_NONE;
}

bool tracks_read_locked(Db *db, Arena *arena, const Rows *rows, const Rows *calls, Track *ret)
{
    Time now = rows_len(calls) ? row_time(calls, 0, "now") + clock_shift() : 0;
    for (size_t i = 0; i < rows_len(rows); i++)
        if (!track_read(db, arena, rows, i, version_behind(calls, row_str(rows, i, "id")), now,
                        &ret[i]))
            return false;
    return true;
}

Track *track_find(Track *tracks, size_t n, Str id)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(tracks[i].id, id))
            return &tracks[i];
    return NULL;
}

// --- who ----------------------------------------------------------------------------------------

Actor track_actor(const Track *t, const Principal *who)
{
    if (!who)
        return (Actor){.person = STR(""), .organisation = STR("")};
    return (Actor){.person = who->person,
                   .organisation = who->organisation.at ? who->organisation : STR(""),
                   .roles = t->def ? access_roles(who, t->def, &t->scope) : 0};
}

static bool lets(const Track *t, const Event *event, RoleSet roles)
{
    if (event->act != THING_NONE)
        return may_edit(t->def, &t->at, event->act, event->item, roles);
    return may_fire(t->def, &t->at, event->name, roles);
}

Standing track_stand(const Track *t, const Principal *who, Str behalf, const Event *event,
                     Actor *ret)
{
    enum { MOST = 64 };
    Str others[MOST], asked = behalf.len ? behalf : STR("");
    *ret = track_actor(t, who);
    ret->behalf = asked;
    ret->roles = access_roles_for(who, t->def, &t->scope, asked, event->name, event->act);
    if (asked.len)
        return ret->roles ? STANDS : STANDS_FOR_NOBODY;
    size_t n = access_behalves(who, others, MOST), found = 0;
    if (n == 0 || lets(t, event, ret->roles))
        return STANDS;
    for (size_t i = 0; i < n; i++) {
        RoleSet roles =
            access_roles_for(who, t->def, &t->scope, others[i], event->name, event->act);
        if (!roles || !lets(t, event, roles))
            continue;
        if (++found > 1)
            return STANDS_FOR_SEVERAL;
        ret->roles = roles;
        ret->behalf = others[i];
    }
    return STANDS;
}

bool track_visible(const Track *t, const Principal *who)
{
    return who && (track_actor(t, who).roles || access_manages(who, t->scope.space));
}

bool track_held(const Track *t, RoleSet roles)
{
    for (size_t i = 0; i < t->def->role_count; i++)
        if ((roles & t->def->roles[i].bit) && t->def->roles[i].on == ON_DOSSIER)
            return true;
    return false;
}

bool track_reads(const Track *t, RoleSet roles)
{
    return t->filed_at != TIME_NONE || track_held(t, roles);
}

// --- deciding -----------------------------------------------------------------------------------

static void places_take(Arena *arena, const Track *t, Record *r)
{
    StateId atomic[STATES_MAX];
    size_t n = t->def ? case_atomic(t->def, &t->at, atomic, STATES_MAX) : 0;
    Str *paths = arena_array(arena, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        paths[i] = t->def->states[atomic[i]].path;
    r->paths = paths;
    r->path_count = n;
    r->places = arg_texts(arena, paths, n).text;
}

static void timer_change(Track *t, TimerChange change)
{
    for (size_t i = 0; i < t->timers.len; i++)
        if (str_eq(t->timers.at[i].name, change.name)) {
            t->timers.at[i] = change;
            return;
        }
    vec_push(t->arena, &t->timers, change);
}

static void apply(Track *t, const Effect *effect, const Event *event)
{
    switch (effect->kind) {
    case EFFECT_SEAL:
        t->seals = t->turned = true;
        t->sealed_version = t->dossier_version;
        t->cutoff = track_cutoff(t);
        t->filed_at = t->now;
        return;
    case EFFECT_UNSEAL:
        t->sealed_version = 0;
        t->seals = false;
        t->turned = true;
        return;
    case EFFECT_MAIL:
        track_mail(t, effect->item, event);
        return;
    case EFFECT_TIMER:
        timer_change(t, (TimerChange){effect->name, effect->due, effect->data});
        return;
    case EFFECT_TIMER_CANCEL:
        timer_change(t, (TimerChange){effect->name, TIME_NONE, NULL});
        return;
    }
}

static void record(Arena *arena, Track *t, const Event *event, const Actor *actor, bool quiet)
{
    t->version++;
    t->told_version += !quiet;
    Record r = {.version = t->version,
                .told = t->told_version,
                .event = event->name,
                .person = actor->person,
                .behalf = actor->behalf,
                .data = event->data,
                .data_text = event->data ? json_text(arena, event->data) : STR_NONE,
                .at = t->now,
                .seals = t->seals};
    places_take(arena, t, &r);
    t->quiet &= quiet;
    vec_push(t->arena, &t->records, r);
}

static bool same_places(const Track *t, const Case *next)
{
    StateId was[STATES_MAX], is[STATES_MAX];
    size_t n = case_atomic(t->def, &t->at, was, STATES_MAX);
    return n == case_atomic(t->def, next, is, STATES_MAX) && memcmp(was, is, n * sizeof *is) == 0;
}

// An act is done to a thing that not everybody sees, and to count acts is to count those things: only what an act changes of
// the application itself shows.
static void settle(Arena *arena, Track *t, const Event *event, const Actor *actor,
                   const Outcome *outcome)
{
    bool quiet = event->act != THING_NONE && same_places(t, &outcome->next);
    t->at = outcome->next;
    for (size_t i = 0; i < outcome->effect_count; i++) {
        EffectKind kind = outcome->effects[i].kind;
        quiet &= kind != EFFECT_SEAL && kind != EFFECT_UNSEAL;
        apply(t, &outcome->effects[i], event);
    }
    record(arena, t, event, actor, quiet);
}

Outcome track_fire(Arena *arena, Track *t, const Event *event, const Actor *actor)
{
    Facts facts = track_facts(t);
    Outcome outcome = decide(arena, t->def, &t->at, event, actor, &facts);
    if (outcome.verdict != REFUSED)
        settle(arena, t, event, actor, &outcome);
    else // whoever asked is told, and the track may go on before
        decide_why(arena, t->def, &t->at, event, actor, &facts, &outcome);
    return outcome;
}

Outcome track_start(Arena *arena, Track *t, const Actor *actor)
{
    Facts facts = track_facts(t);
    Event opened = {.name = STR("opened"), .item = ID_NONE};
    Outcome outcome = decide_start(arena, t->def, actor, &facts);
    if (outcome.verdict != REFUSED)
        settle(arena, t, &opened, actor, &outcome);
    return outcome;
}

void track_carry(Arena *arena, Track *t, const Definition *def, const Case *next,
                 const Event *event, const Actor *actor)
{
    t->def = def;
    t->at = *next;
    record(arena, t, event, actor, false);
}

void track_note(Arena *arena, Track *t, const Event *event, const Actor *actor)
{
    record(arena, t, event, actor, true);
}

// --- as callers see it --------------------------------------------------------------------------

static void write_places(Buf *buf, const Track *t)
{
    StateId atomic[STATES_MAX];
    size_t n = case_atomic(t->def, &t->at, atomic, STATES_MAX);
    buf_char(buf, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(buf, ',');
        buf_json(buf, t->def->states[atomic[i]].path);
    }
    buf_char(buf, ']');
}

static void write_text(Buf *buf, const char *name, Str value)
{
    buf_format(buf, ",\"%s\":", name);
    if (value.at)
        buf_json(buf, value);
    else
        buf_add(buf, STR("null"));
}

static void write_time(Buf *buf, const char *name, Time t)
{
    write_text(buf, name, t == TIME_NONE ? STR_NONE : time_format(buf->arena, t));
}

void track_write(Buf *buf, const Track *t, RoleSet roles)
{
    buf_add(buf, STR("{\"id\":"));
    buf_json(buf, t->id);
    write_text(buf, "call_id", t->scope.call);
    write_text(buf, "dossier_id", t->scope.dossier);
    write_text(buf, "number", t->number);
    write_text(buf, "title",
               track_reads(t, roles) ? row_str(t->rows, t->row, "dossier_title") : STR_NONE);
    buf_add(buf, STR(",\"places\":"));
    write_places(buf, t);
    write_text(buf, "stage", str_of(stage_word(case_stage(t->def, &t->at))));
    buf_format(buf, ",\"is_over\":%s,\"version\":%lld,\"sealed\":%s,\"sealed_version\":",
               t->at.over ? "true" : "false", (long long)t->told_version,
               t->sealed_version ? "true" : "false");
    if (t->sealed_version && track_held(t, roles)) // it counts all edits, of whatever part
        buf_format(buf, "%lld", (long long)t->sealed_version);
    else
        buf_add(buf, STR("null"));
    write_time(buf, "filed_at", t->filed_at);
    write_time(buf, "cutoff", t->cutoff);
    write_time(buf, "opened_at", row_time(t->rows, t->row, "opened_at"));
    buf_char(buf, '}');
}

void record_write(Buf *buf, const Track *t, const Record *r)
{
    buf_format(buf, "{\"version\":%lld", (long long)r->told);
    write_text(buf, "event", r->event);
    write_text(buf, "person_id", r->person.len ? r->person : STR_NONE);
    write_text(buf, "behalf_id", r->behalf.len ? r->behalf : STR_NONE);
    buf_add(buf, STR(",\"data\":"));
    buf_add(buf, r->data ? r->data_text : STR("null"));
    buf_add(buf, STR(",\"places\":"));
    write_places(buf, t);
    write_time(buf, "at", r->at);
    write_text(buf, "hash", hash_hex(buf->arena, r->hash, HASH_SIZE));
    buf_char(buf, '}');
}
