// SPDX-License-Identifier: Apache-2.0
// Every configuration that the chart can be in when each guard may hold or not. Steps are the law's
// own (chart.h); which transitions may be taken together is over-approached, so that nothing
// possible is missed. Only what must happen at once (eventless and done transitions without guard)
// excludes the rest.
#include "check_internal.h"

enum { TABLE = 1 << 15 }; // more than twice PLACES_MAX

bool is_open(const Transition *t)
{
    return !t->guard || cel_constant(t->guard) == 1;
}

static bool is_shut(const Transition *t)
{
    return t->guard && cel_constant(t->guard) == 0;
}

// Counts what was done; from then on false when it was too much.
static bool may_work(Explore *x, size_t work)
{
    x->work += work;
    if (x->work < WORK_MAX)
        return true;
    x->stopped = true;
    return false;
}

// --- events

static void find_raised(Explore *x, Block block)
{
    for (size_t i = 0; i < block.len; i++) {
        const Action *action = &block.at[i];
        bool raises = action->kind == DO_RAISE || action->kind == DO_SEND;
        if (raises && action->name.len)
            vec_push(x->arena, &x->raised, action->name);
        x->raises_any |= raises && action->expr;
        for (size_t k = 0; k < action->branch_count; k++)
            find_raised(x, action->branches[k].block);
    }
}

static void find_all_raised(Explore *x)
{
    const Definition *def = x->def;
    for (size_t i = 0; i < def->transition_count; i++)
        find_raised(x, def->transitions[i].actions);
    for (size_t i = 0; i < def->state_count; i++) {
        const State *state = &def->states[i];
        find_raised(x, state->initial_actions);
        for (size_t k = 0; k < state->entry_count; k++)
            find_raised(x, state->entry[k]);
        for (size_t k = 0; k < state->exit_count; k++)
            find_raised(x, state->exit[k]);
    }
}

// By name; an event named by an expression is none of the engine's own.
static bool is_raised(const Explore *x, Str descriptor, bool own)
{
    for (size_t i = 0; i < x->raised.len; i++)
        if (event_matches(&descriptor, 1, x->raised.at[i]))
            return true;
    return x->raises_any && !own;
}

static EventRow event_row(const Explore *x, Str name, bool timed)
{
    EventRow row = {.name = name, .state = ID_NONE};
    Str done = STR("done.state.");
    row.thing = event_act(name);
    row.answering = definition_answering(x->def, name);
    bool own = row.thing != THING_NONE || str_is(name, "done") || str_starts(name, STR("done."));
    if (timed || str_is(name, "*") || str_is(name, "error") || str_starts(name, STR("error.")) ||
        is_raised(x, name, own))
        row.cause = CAUSE_ALWAYS;
    else if (str_is(name, "done") || str_starts(name, STR("done.")))
        row.cause = CAUSE_DONE;
    else if (row.thing != THING_NONE)
        row.cause = CAUSE_ACT;
    if (row.cause == CAUSE_DONE && str_starts(name, done))
        row.state = definition_state(x->def, str_slice(name, done.len, name.len));
    return row;
}

static uint16_t event_index(Explore *x, Str descriptor, bool timed)
{
    Str name = descriptor;
    if (str_ends(name, STR(".*")))
        name.len -= 2;
    const EventName *known = definition_name(x->def, name);
    uint16_t *row = known ? &x->event_rows[known - x->def->index.rows] : NULL;
    if (row && *row)
        return *row - 1;
    for (size_t i = 0; !row && i < x->events.len; i++)
        if (str_eq(x->events.at[i].name, name))
            return (uint16_t)i;
    vec_push(x->arena, &x->events, event_row(x, name, timed));
    if (row)
        *row = (uint16_t)x->events.len;
    return (uint16_t)(x->events.len - 1);
}

static void find_events(Explore *x)
{
    x->events_of = arena_array(x->arena, const uint16_t *, x->def->transition_count + 1);
    x->event_rows = arena_array(x->arena, uint16_t, x->def->index.count + 1);
    for (size_t i = 0; i < x->def->transition_count; i++) {
        const Transition *t = &x->def->transitions[i];
        uint16_t *rows = arena_array(x->arena, uint16_t, t->event_count + 1);
        for (size_t k = 0; k < t->event_count; k++)
            rows[k] = event_index(x, t->events[k], t->timer.len > 0);
        x->events_of[i] = rows;
    }
}

bool act_possible(const Definition *def, const StateSet *in, Thing thing)
{
    size_t words = (def->state_count + 63) / 64;
    for (StateId s = set_next(in, words, 0); s != ID_NONE; s = set_next(in, words, s + 1u))
        for (size_t i = 0; state_is_atomic(&def->states[s]) && i < def->states[s].allow_count;
             i++) {
            const Allow *allow = &def->states[s].allows[i];
            RoleSet by = thing == THING_REVIEW && allow->item != ID_NONE
                             ? def->grids[allow->item].by
                             : UINT64_MAX;
            if (allow->thing == thing && (allow->roles & by))
                return true;
        }
    return false;
}

static bool done_possible(const Explore *x, const StateSet *in, StateId state)
{
    if (state != ID_NONE)
        return set_has(in, state) && chart_final(x->def, in, state);
    for (StateId s = set_next(in, x->words, 0); s != ID_NONE; s = set_next(in, x->words, s + 1u))
        if (chart_final(x->def, in, s))
            return true;
    return false;
}

// Can it happen without a person firing it?
static bool happens(const Explore *x, const Place *place, const EventRow *row)
{
    return row->cause == CAUSE_ALWAYS ||
           (row->cause == CAUSE_ACT && act_possible(x->def, &place->in, row->thing)) ||
           (row->cause == CAUSE_DONE && done_possible(x, &place->in, row->state));
}

// --- places

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static uint64_t place_hash(const Explore *x, const Place *place)
{
    uint64_t hash = mix(1, place->seen);
    for (size_t w = 0; w < x->words; w++)
        hash = mix(hash, place->in.w[w]);
    for (size_t h = 0; h < x->def->history_count; h++)
        for (size_t w = 0; w < x->words; w++)
            hash = mix(hash, place->history[h].w[w]);
    return hash;
}

static bool place_equal(const Explore *x, const Place *a, const Place *b)
{
    size_t histories = x->def->history_count * sizeof *a->history;
    return a->seen == b->seen && memcmp(&a->in, &b->in, sizeof a->in) == 0 &&
           (!histories || memcmp(a->history, b->history, histories) == 0);
}

// The place's number; PLACE_NONE when there is no room for a new one.
static uint32_t place_of(Explore *x, const Place *place)
{
    size_t slot = place_hash(x, place) % TABLE;
    for (; x->table[slot]; slot = (slot + 1) % TABLE)
        if (place_equal(x, &x->places.at[x->table[slot] - 1], place))
            return x->table[slot] - 1;
    if (x->places.len == PLACES_MAX) {
        x->stopped = true;
        return PLACE_NONE;
    }
    size_t histories = x->def->history_count * sizeof *place->history;
    Place own = *place;
    if (own.history == x->history)
        own.history = arena_copy(x->arena, own.history, histories);
    vec_push(x->arena, &x->places, own);
    x->table[slot] = (uint32_t)x->places.len;
    return (uint32_t)x->places.len - 1;
}

static void enter(Explore *x, Place *next, const StateSet *entered)
{
    for (size_t w = 0; w < x->words; w++) {
        next->in.w[w] |= entered->w[w];
        x->visited.w[w] |= entered->w[w];
    }
    for (size_t i = 0; i < x->def->promise_count; i++)
        if (x->def->promises[i].kind == PROMISE_ALWAYS &&
            set_meets(&x->def->promises[i].was, entered, x->words))
            next->seen |= UINT64_C(1) << i;
    for (size_t i = 0; i < x->def->states[0].child_count; i++) {
        StateId child = x->def->states[0].children[i];
        next->over |= x->def->states[child].type == STATE_FINAL && set_has(&next->in, child);
    }
}

static const StateSet *remember(Explore *x, const Place *place, const StateSet *exit)
{
    size_t size = x->def->history_count * sizeof(StateSet);
    if (!size || !chart_remembers(x->def, exit))
        return place->history;
    memcpy(x->history, place->history, size);
    chart_remember(x->def, &place->in, exit, x->history);
    return x->history;
}

// Takes transitions together, as one microstep, and returns where that leads.
static uint32_t take(Explore *x, uint32_t from, TransitionId *list, size_t n, Str move)
{
    // Transitions are held against each other, and histories are compared.
    if (x->steps++ >= STEPS_MAX || !may_work(x, 10 + n * n / 2 + x->def->history_count)) {
        x->stopped = true;
        return PLACE_NONE;
    }
    const Definition *def = x->def;
    Place place = x->places.at[from], next = {.parent = from, .move = move, .rest = PLACE_NONE};
    StateSet exit = {0};
    Entry entry = {0};
    n = chart_resolve(def, &place.in, place.history, list, n);
    for (size_t i = 0; i < n; i++) {
        x->taken[list[i]] = true;
        chart_exit_set(def, &place.in, place.history, &def->transitions[list[i]], &exit);
    }
    next.history = remember(x, &place, &exit);
    for (size_t i = 0; i < n; i++)
        chart_entry_set(def, next.history, &def->transitions[list[i]], &entry);
    for (size_t w = 0; w < x->words; w++)
        next.in.w[w] = place.in.w[w] & ~exit.w[w];
    next.seen = place.seen;
    enter(x, &next, &entry.enter);
    uint32_t to = place_of(x, &next);
    if (to != PLACE_NONE)
        vec_push(x->arena, &x->edges, (Edge){from, to});
    x->places.at[from].steps++;
    return to;
}

// --- what may be taken

// Which transitions count: eventless ones, or those of an event, fired by the engine or by a role.
typedef struct Filter {
    const EventRow *event; // NULL: eventless
    const StateSet *answering;
    bool engine;
    RoleSet role;
} Filter;

static bool passes(const Filter *filter, const Transition *t)
{
    if (is_shut(t) || !filter->event != !t->event_count)
        return false;
    return !filter->event || ((filter->engine || (t->by & filter->role)) &&
                              event_matches(t->events, t->event_count, filter->event->name));
}

// SCXML D, selectTransitions: from the atomic state up, the first whose guard holds. Any guard may,
// up to the first that must.
static void choose(Explore *x, const Filter *filter, StateId atomic, Choice *choice)
{
    const Definition *def = x->def;
    choice->len = 0;
    choice->none = true;
    for (StateId s = atomic; s != ID_NONE && choice->none; s = def->states[s].parent) {
        if (!set_has(filter->answering, s))
            continue;
        for (TransitionId t = def->states[s].first; t < def->states[s].last && choice->none; t++) {
            if (!may_work(x, 1) || !passes(filter, &def->transitions[t]))
                continue;
            if (choice->len == OPTIONS_MAX) {
                x->stopped = true;
                return;
            }
            choice->options[choice->len++] = t;
            choice->none = !is_open(&def->transitions[t]);
        }
    }
}

// True when some atomic state must take something.
static bool choose_all(Explore *x, const StateSet *in, const Filter *filter)
{
    bool must = false;
    x->choice_count = 0;
    if (!set_meets(in, filter->answering, x->words))
        return false;
    for (StateId s = set_next(in, x->words, 0); s != ID_NONE; s = set_next(in, x->words, s + 1u)) {
        if (!state_is_atomic(&x->def->states[s]))
            continue;
        Choice *choice = &x->choices[x->choice_count];
        choose(x, filter, s, choice);
        must |= choice->len && !choice->none;
        x->choice_count += choice->len > 0;
    }
    return must;
}

static void add_once(TransitionId *list, size_t *n, TransitionId t)
{
    for (size_t i = 0; i < *n; i++)
        if (list[i] == t)
            return;
    list[(*n)++] = t;
}

// Each way of choosing one option, or none where allowed, in every atomic state.
static void take_all(Explore *x, uint32_t from, Str move)
{
    size_t at[STATES_MAX] = {0}, total = 1;
    for (size_t i = 0; i < x->choice_count && total <= COMBINATIONS_MAX; i++)
        total *= x->choices[i].len + x->choices[i].none;
    if (total > COMBINATIONS_MAX)
        x->stopped = true;
    for (size_t k = 0; k < total && k < COMBINATIONS_MAX && may_work(x, x->choice_count); k++) {
        TransitionId list[STATES_MAX];
        size_t n = 0;
        for (size_t i = 0; i < x->choice_count; i++)
            if (at[i] < x->choices[i].len)
                add_once(list, &n, x->choices[i].options[at[i]]);
        if (n)
            take(x, from, list, n, move);
        for (size_t i = 0; i < x->choice_count; i++) { // count on, as an odometer does
            if (++at[i] < x->choices[i].len + x->choices[i].none)
                break;
            at[i] = 0;
        }
    }
}

// Where it goes when no guard holds: the transitions without one.
static uint32_t take_open(Explore *x, uint32_t from, Str move)
{
    TransitionId list[STATES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < x->choice_count; i++)
        if (!x->choices[i].none)
            add_once(list, &n, x->choices[i].options[x->choices[i].len - 1]);
    return take(x, from, list, n, move);
}

// Eventless transitions come before everything. True when one must be taken.
static bool settle(Explore *x, uint32_t from)
{
    Str move = STR("always");
    Filter filter = {.answering = &x->def->index.eventless};
    StateSet in = x->places.at[from].in;
    bool must = choose_all(x, &in, &filter);
    take_all(x, from, move);
    if (must) {
        uint32_t to = take_open(x, from, move);
        x->places.at[from].rest = to;
    }
    return must;
}

// True when the engine fires it here and some transition must follow.
static bool fire_engine(Explore *x, uint32_t from, const EventRow *row)
{
    Filter filter = {.event = row, .answering = &row->answering, .engine = true};
    StateSet in = x->places.at[from].in;
    bool must = choose_all(x, &in, &filter);
    take_all(x, from, row->name);
    return must;
}

// Each role that may fire it; roles that may take the same transitions count once.
static void fire_people(Explore *x, uint32_t from, const EventRow *row, size_t active)
{
    RoleSet roles = 0, done = 0;
    size_t n = 0;
    for (size_t i = 0; i < active && may_work(x, 1); i++) {
        const Transition *t = &x->def->transitions[x->active[i]];
        if (!t->by || !event_matches(t->events, t->event_count, row->name))
            continue;
        x->known[n++] = x->active[i];
        roles |= t->by;
    }
    for (unsigned r = 0; r < 64 && may_work(x, 1); r++) {
        RoleSet role = UINT64_C(1) << r, alike = UINT64_MAX;
        if (!(roles & role) || (done & role))
            continue;
        for (size_t i = 0; i < n && may_work(x, 1); i++) {
            RoleSet by = x->def->transitions[x->known[i]].by;
            alike &= by & role ? by : ~by;
        }
        done |= alike;
        Filter filter = {.event = row, .answering = &row->answering, .role = role};
        StateSet in = x->places.at[from].in;
        choose_all(x, &in, &filter);
        take_all(x, from, row->name);
    }
}

// The transitions of all active states, and the rows of their events.
static size_t find_active(Explore *x, const StateSet *in)
{
    size_t n = 0;
    memset(x->rows, 0, x->events.len * sizeof *x->rows);
    for (StateId s = set_next(in, x->words, 0); s != ID_NONE; s = set_next(in, x->words, s + 1u))
        for (TransitionId t = x->def->states[s].first; t < x->def->states[s].last; t++) {
            x->active[n++] = t;
            for (size_t k = 0; k < x->def->transitions[t].event_count; k++)
                x->rows[x->events_of[t][k]] = true;
        }
    may_work(x, n + x->events.len / 8);
    return n;
}

static void expand(Explore *x, uint32_t from)
{
    if (x->places.at[from].over || settle(x, from))
        return;
    StateSet in = x->places.at[from].in;
    size_t n = find_active(x, &in);
    bool must = false; // what is done is told at once, before anyone can act
    for (size_t i = 0; i < x->events.len; i++)
        if (x->rows[i] && x->events.at[i].cause == CAUSE_DONE &&
            happens(x, &x->places.at[from], &x->events.at[i]))
            must |= fire_engine(x, from, &x->events.at[i]);
    for (size_t i = 0; !must && i < x->events.len; i++) {
        const EventRow *row = &x->events.at[i];
        if (x->rows[i] && row->cause != CAUSE_DONE && happens(x, &x->places.at[from], row))
            fire_engine(x, from, row);
        if (x->rows[i])
            fire_people(x, from, row, n);
    }
}

static void start(Explore *x)
{
    Place place = {.parent = PLACE_NONE, .rest = PLACE_NONE};
    Entry entry = {0};
    place.history = arena_array(x->arena, StateSet, x->def->history_count + 1);
    chart_entry_start(x->def, place.history, &entry);
    enter(x, &place, &entry.enter);
    place_of(x, &place);
}

void explore(Explore *x, Arena *arena, const Definition *def)
{
    *x = (Explore){.arena = arena, .def = def, .words = chart_words(def)};
    x->table = arena_array(arena, uint32_t, TABLE);
    x->taken = arena_array(arena, bool, def->transition_count + 1);
    x->choices = arena_array(arena, Choice, STATES_MAX);
    find_all_raised(x);
    find_events(x);
    x->active = arena_array(arena, TransitionId, TRANSITIONS_MAX + 1);
    x->known = arena_array(arena, TransitionId, TRANSITIONS_MAX + 1);
    x->rows = arena_array(arena, bool, x->events.len + 1);
    x->history = arena_array(arena, StateSet, def->history_count + 1);
    start(x);
    for (uint32_t i = 0; i < x->places.len && x->steps < STEPS_MAX && may_work(x, 1); i++)
        expand(x, i);
}
