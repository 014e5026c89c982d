// SPDX-License-Identifier: Apache-2.0
// What every decision asks, found once: which states answer to an event, which have eventless or
// timed transitions. A filter before the law: what it lets through, select_transitions decides.
#include "base/vec.h"
#include "build_internal.h"
#include "chart.h"

// Eight bytes at once: a name is looked up in each decision.
static uint32_t hash(Str s)
{
    uint64_t front = 0, back = 0, word;
    if (s.len >= sizeof front) {
        memcpy(&front, s.at, sizeof front);
        memcpy(&back, s.at + s.len - sizeof back, sizeof back);
    } else {
        for (size_t i = 0; i < s.len; i++)
            front = front << 8 | (unsigned char)s.at[i];
    }
    for (size_t i = sizeof word; i + sizeof word < s.len; i += sizeof word) {
        memcpy(&word, s.at + i, sizeof word);
        front = (front ^ word) * UINT64_C(0xC2B2AE3D27D4EB4F);
        front ^= front >> 32;
    }
    front = (front ^ s.len) * UINT64_C(0x9E3779B97F4A7C15) + back;
    return (uint32_t)(front * UINT64_C(0xC2B2AE3D27D4EB4F) >> 32);
}

// The place of `name`: its row's number plus one, or 0 where it would go.
static uint32_t *place_of(const EventIndex *index, Str name)
{
    uint32_t at = hash(name) & index->mask;
    while (index->places[at] && !str_eq(index->rows[index->places[at] - 1].name, name))
        at = (at + 1) & index->mask;
    return &index->places[at];
}

const EventName *definition_name(const Definition *def, Str name)
{
    uint32_t row = *place_of(&def->index, name);
    return row ? &def->index.rows[row - 1] : NULL;
}

static void join(StateSet *to, const StateSet *from)
{
    for (size_t w = 0; w < STATES_MAX / 64; w++)
        to->w[w] |= from->w[w];
}

StateSet definition_answering(const Definition *def, Str name)
{
    const EventName *known = definition_name(def, name);
    if (known)
        return known->answering;
    StateSet ret = def->index.any; // a name that no one wrote: only its tokens from the front match
    for (size_t i = 1; i < name.len; i++)
        if (name.at[i] == '.' && (known = definition_name(def, str_slice(name, 0, i))))
            join(&ret, &known->named);
    return ret;
}

static EventName *row_add(EventIndex *index, Str name)
{
    uint32_t *place = place_of(index, name);
    if (!*place) {
        index->rows[index->count] = (EventName){.name = name, .event = ID_NONE};
        *place = (uint32_t)++index->count;
    }
    return &index->rows[*place - 1];
}

static void index_transition(EventIndex *index, const Transition *t)
{
    if (t->timer.len)
        set_add(&index->timed, t->source);
    else if (t->event_count == 0)
        set_add(&index->eventless, t->source);
    for (size_t i = 0; i < t->event_count; i++) {
        Str name = event_token(t->events[i]);
        if (str_is(name, "*"))
            set_add(&index->any, t->source);
        else
            set_add(&row_add(index, name)->named, t->source);
        EventName *row = str_eq(name, t->events[i]) ? row_add(index, name) : NULL;
        if (row) // one text for one name: it is known without comparing
            ((Str *)t->events)[i] = row->name;
    }
}

// What a name enables: "*", itself, and its tokens from the front.
static StateSet answering(const Definition *def, const EventName *row)
{
    StateSet ret = def->index.any;
    join(&ret, &row->named);
    for (size_t i = 1; i < row->name.len; i++) {
        const EventName *above =
            row->name.at[i] == '.' ? definition_name(def, str_slice(row->name, 0, i)) : NULL;
        if (above)
            join(&ret, &above->named);
    }
    return ret;
}

// Transitions are const for everyone but their builder.
static void plan_transitions(Builder *b)
{
    Transition *transitions = (Transition *)b->def->transitions;
    Plan *plans = arena_array(b->arena, Plan, b->def->transition_count);
    for (size_t i = 0; i < b->def->transition_count; i++)
        if (chart_plan(b->def, &transitions[i], &plans[i]))
            transitions[i].plan = &plans[i];
}

void build_index(Builder *b)
{
    if (b->failed) // targets may be nowhere
        return;
    plan_transitions(b);
    Definition *def = b->def;
    EventIndex *index = &def->index;
    size_t names = def->event_count, room = 16;
    Str act;
    const CelType *type;
    for (size_t i = 0; act_event(i, &act, &type); i++)
        names++;
    for (size_t i = 0; i < def->transition_count; i++)
        names += def->transitions[i].event_count;
    while (room < 2 * names)
        room *= 2;
    index->rows = arena_array(b->arena, EventName, names);
    index->places = arena_array(b->arena, uint32_t, room);
    index->mask = (uint32_t)room - 1;
    for (StateId i = 0; i < def->state_count; i++)
        if (state_is_atomic(&def->states[i]))
            set_add(&def->index.atomic, i);
    for (size_t i = 0; i < def->transition_count; i++)
        index_transition(index, &def->transitions[i]);
    for (size_t i = 0; act_event(i, &act, &type); i++)
        row_add(index, act)->type = type;
    for (size_t i = 0; i < def->event_count; i++) {
        EventName *row = row_add(index, def->events[i].name);
        row->event = (ItemId)i;
        row->type = def->events[i].type ? def->events[i].type : row->type;
    }
    for (size_t i = 0; i < index->count; i++)
        index->rows[i].answering = answering(def, &index->rows[i]);
}
