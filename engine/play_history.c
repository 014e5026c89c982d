// SPDX-License-Identifier: Apache-2.0
// A history as a store keeps it, one text an event, and its fold: what play.h promises of a walk.
#include "play_inside.h"

// --- one decision as text -----------------------------------------------------------------------

static void set_str(json_t *object, const char *name, Str value)
{
    json_object_set_new(object, name, json_stringn(value.len ? value.at : "", value.len));
}

static void set_known(json_t *object, const char *name, json_t *value)
{
    if (value)
        json_object_set(object, name, value);
}

static void set_event(json_t *record, const Event *event)
{
    set_str(record, "event", event->name);
    set_known(record, "data", event->data);
    json_object_set_new(record, "act", json_integer(event->act));
    json_object_set_new(record, "item", json_integer(event->item));
}

// Roles by their names: a bit means something to one definition only.
static void set_actor(json_t *record, const Definition *def, const Actor *actor)
{
    json_t *roles = json_array();
    for (size_t i = 0; i < def->role_count; i++)
        if (actor->roles & def->roles[i].bit)
            json_array_append_new(roles, json_stringn(def->roles[i].id.at, def->roles[i].id.len));
    json_object_set_new(record, "roles", roles);
    set_str(record, "person", actor->person);
    set_str(record, "organisation", actor->organisation);
}

static void set_facts(Arena *arena, json_t *record, const Definition *def, const Facts *facts)
{
    json_t *slots = json_object();
    for (size_t slot = 0; slot < SLOT_VARS; slot++)
        set_known(slots, def->env.vars[slot].name, facts->slot[slot]);
    json_object_set_new(record, "facts", slots);
    set_str(record, "now", time_format(arena, facts->now));
    set_known(record, "answers", facts->answers);
    set_known(record, "documents", facts->document_counts);
}

static Str after_text(Arena *arena, const Outcome *outcome, Str state)
{
    Buf buf = {.arena = arena};
    buf_add(&buf, state);
    buf_format(&buf, " %s", outcome->verdict == MOVED ? "moved" : "stayed");
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const Effect *effect = &outcome->effects[i];
        buf_format(&buf, " %d:%u:" STR_FMT "@%lld", (int)effect->kind, effect->item,
                   STR_ARG(effect->name), (long long)effect->due);
        if (effect->data)
            buf_add(&buf, json_text(arena, effect->data));
    }
    return buf_str(&buf);
}

Record record_of(Arena *arena, const Definition *def, const Decided *decided)
{
    json_t *record = json_keep(arena, json_object());
    if (decided->event)
        set_event(record, decided->event);
    set_actor(record, def, decided->actor);
    set_facts(arena, record, def, decided->facts);
    Str state = case_text(arena, def, &decided->outcome->next);
    return (Record){json_text(arena, record), after_text(arena, decided->outcome, state)};
}

// --- and back -----------------------------------------------------------------------------------

static Event event_of(const json_t *record)
{
    return (Event){.name = json_str(json_at(record, "event")),
                   .data = json_at(record, "data"),
                   .act = (Thing)json_integer_value(json_at(record, "act")),
                   .item = (ItemId)json_integer_value(json_at(record, "item"))};
}

static Actor actor_of(const Definition *def, const json_t *record)
{
    Actor actor = {.person = json_str(json_at(record, "person")),
                   .organisation = json_str(json_at(record, "organisation"))};
    size_t i;
    json_t *name;
    json_array_foreach(json_at(record, "roles"), i, name)
    {
        ItemId role = definition_role(def, json_str(name));
        if (role != ID_NONE)
            actor.roles |= def->roles[role].bit;
    }
    return actor;
}

static bool facts_of(const Definition *def, const json_t *record, Facts *ret)
{
    *ret = (Facts){.answers = json_at(record, "answers"),
                   .document_counts = json_at(record, "documents")};
    for (size_t slot = 0; slot < SLOT_VARS; slot++)
        ret->slot[slot] = json_at(json_at(record, "facts"), def->env.vars[slot].name);
    return time_parse(json_str(json_at(record, "now")), &ret->now);
}

// The law's answer to one record at `state`, from the two texts alone. False when one of them
// cannot be read.
static bool decide_record(Arena *arena, const Definition *def, Str text, Str state, Outcome *ret)
{
    Fault fault;
    Facts facts;
    Case c;
    json_t *record = json_read(arena, text, &fault);
    if (!record || !facts_of(def, record, &facts))
        return false;
    Actor actor = actor_of(def, record);
    Event event = event_of(record);
    bool start = state.len == 0;
    if (start != (event.name.len == 0) || (!start && !case_read(arena, def, state, &c)))
        return false;
    *ret = start ? decide_start(arena, def, &actor, &facts)
                 : decide(arena, def, &c, &event, &actor, &facts);
    return ret->verdict != REFUSED;
}

size_t history_fold(Arena *arena, const Definition *def, const History *history, Str *ret)
{
    Arena *turns[] = {arena_new(),
                      arena_new()}; // the state is read from one, written into the other
    Str state = STR_NONE;
    size_t n = 0;
    for (; n < history->len; n++) {
        Arena *turn = turns[n % 2];
        Outcome outcome;
        arena_reset(turn);
        if (!decide_record(turn, def, history->at[n].event, state, &outcome))
            break;
        Str next = case_text(turn, def, &outcome.next);
        if (!str_eq(after_text(turn, &outcome, next), history->at[n].after))
            break;
        state = next;
    }
    *ret = str_copy(arena, state);
    arena_free(turns[0]);
    arena_free(turns[1]);
    return n;
}
