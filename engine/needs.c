// SPDX-License-Identifier: Apache-2.0
// Which facts a decision may read, found before it is made: the shell loads these and no others.
// Follows the chart from the event's transitions to the states they enter, the events these raise
// and the eventless transitions that may come next.
#include "macrostep.h"

#define OWN_SLOTS (UINT64_C(1) << SLOT_NOW | UINT64_C(1) << SLOT_ACTOR | UINT64_C(1) << SLOT_EVENT)
#define ALL_SLOTS (((UINT64_C(1) << SLOT_VARS) - 1) & ~OWN_SLOTS)

uint64_t needs_of(const Definition *def, const CelProgram *program)
{
    if (!program)
        return 0;
    Str source = cel_source(program);
    bool counts = def->counts_complete && memmem(source.at, source.len, "complete", 8);
    return (cel_reads(program) & ALL_SLOTS) | (counts ? NEEDS_COMPLETE : 0);
}

static uint64_t everything(const Definition *def)
{
    return (def->slots_read & ALL_SLOTS) | (def->counts_complete ? NEEDS_COMPLETE : 0);
}

typedef struct Needs {
    const Definition *def;
    uint64_t slots;
    StateSet entered;                        // states that may be entered
    uint64_t followed[TRANSITIONS_MAX / 64]; // transitions that may be taken
    TransitionId todo[TRANSITIONS_MAX];
    size_t todo_count;
    bool evaluates; // something may fail, and raise error.execution
    bool unsure;    // an event's name is computed: anything may follow
} Needs;

static void follow(Needs *n, TransitionId t)
{
    uint64_t bit = UINT64_C(1) << (t % 64);
    if (n->followed[t / 64] & bit)
        return;
    n->followed[t / 64] |= bit;
    n->todo[n->todo_count++] = t;
}

static void follow_event(Needs *n, Str name)
{
    for (size_t t = 0; t < n->def->transition_count; t++)
        if (transition_matches(&n->def->transitions[t], name))
            follow(n, (TransitionId)t);
}

static void follow_done(Needs *n, Str id)
{
    char name[128] = "done.state.";
    if (id.len > sizeof name - 11) {
        n->unsure = true;
        return;
    }
    memcpy(name + 11, id.at, id.len);
    follow_event(n, (Str){name, 11 + id.len});
}

static void read_programs(Needs *n, const CelProgram *const *programs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        n->slots |= needs_of(n->def, programs[i]);
}

static void read_block(Needs *n, const Block *block)
{
    for (size_t i = 0; i < block->len; i++) {
        const Action *a = &block->at[i];
        n->evaluates |= a->expr || a->delay || a->value_count || a->kind == DO_IF;
        n->slots |= needs_of(n->def, a->expr) | needs_of(n->def, a->delay);
        read_programs(n, a->values, a->value_count);
        for (size_t b = 0; b < a->branch_count; b++) {
            n->slots |= needs_of(n->def, a->branches[b].guard);
            read_block(n, &a->branches[b].block);
        }
        bool now = a->kind == DO_RAISE || (a->kind == DO_SEND && !a->delay && a->delay_us == 0);
        if (now && a->name.len)
            follow_event(n, a->name);
        else if (now || a->kind == DO_SEND)
            n->unsure |= now || a->name.len == 0 || a->delay;
    }
}

static void read_entered(Needs *n, StateId state)
{
    const State *s = &n->def->states[state];
    for (size_t i = 0; i < s->entry_count; i++)
        read_block(n, &s->entry[i]);
    read_block(n, &s->initial_actions);
    read_programs(n, s->done_values, s->done_count);
    n->evaluates |= s->done_count > 0;
    for (TransitionId t = s->first; t < s->last; t++) {
        n->slots |= needs_of(n->def, n->def->transitions[t].at);
        if (transition_eventless(&n->def->transitions[t]))
            follow(n, t);
    }
    // Its parent, and a parallel above, may then be done.
    for (StateId above = s->parent; s->type == STATE_FINAL && above != 0 && above != ID_NONE;
         above = n->def->states[above].parent)
        follow_done(n, n->def->states[above].id);
}

// What `t` may enter, whatever is remembered: a history stands for all that is below its parent.
static void read_entry(Needs *n, const Transition *t)
{
    const Definition *def = n->def;
    Entry entry = {0};
    chart_entry_set(def, NULL, t, &entry);
    for (size_t i = 0; i < def->history_count; i++) {
        StateId h = def->histories[i], parent = def->states[h].parent;
        if (!set_has(&entry.histories, h))
            continue;
        read_block(n, &def->states[h].initial_actions);
        for (StateId s = parent + 1u; s < def->states[parent].end; s++)
            set_add(&entry.enter, s);
    }
    size_t words = chart_words(def);
    for (StateId s = set_next(&entry.enter, words, 0); s != ID_NONE;
         s = set_next(&entry.enter, words, s + 1u)) {
        if (set_has(&n->entered, s))
            continue;
        set_add(&n->entered, s);
        read_entered(n, s);
    }
}

// Can both be active at once? One holds the other, or a parallel holds both apart.
static bool together(const Definition *def, StateId a, StateId b)
{
    StateId s = a;
    while (s != b && !chart_below(def, b, s) && s != 0)
        s = def->states[s].parent;
    return s == a || s == b || def->states[s].type == STATE_PARALLEL;
}

// Exit blocks and eventless transitions of what may be active beside the source.
static void read_beside(Needs *n, const Transition *t)
{
    const Definition *def = n->def;
    for (StateId s = 0; s < def->state_count; s++) {
        const State *state = &def->states[s];
        if (!together(def, t->source, s))
            continue;
        for (size_t i = 0; i < state->exit_count && t->target_count; i++)
            read_block(n, &state->exit[i]);
        for (TransitionId e = state->first; e < state->last; e++)
            if (transition_eventless(&def->transitions[e]))
                follow(n, e);
    }
}

static void follow_eventless(Needs *n)
{
    for (size_t t = 0; t < n->def->transition_count; t++)
        if (transition_eventless(&n->def->transitions[t]))
            follow(n, (TransitionId)t);
}

static void follow_all(Needs *n)
{
    while (n->todo_count && !n->unsure) {
        const Transition *t = &n->def->transitions[n->todo[--n->todo_count]];
        n->evaluates |= t->guard != NULL;
        n->slots |= needs_of(n->def, t->guard);
        read_block(n, &t->actions);
        read_entry(n, t);
        read_beside(n, t);
    }
}

uint64_t facts_needed(const Definition *def, Str event)
{
    Needs n = {.def = def};
    bool act;
    // A delayed send comes back under the name of its timer, which does not tell what it means.
    if (str_starts(event, STR("send.")))
        return everything(def);
    n.slots = acts_needed(def, event, &act);
    follow_event(&n, event);
    if (act) // allowed without a transition: whatever state it meets, eventless ones come next
        follow_eventless(&n);
    follow_all(&n);
    if (n.evaluates) {
        follow_event(&n, STR("error.execution"));
        follow_all(&n);
    }
    return n.unsure ? n.slots | everything(def) : n.slots;
}

uint64_t moves_needed(const Definition *def, const Case *c)
{
    uint64_t slots = 0;
    size_t words = chart_words(def);
    for (StateId s = 0; s != ID_NONE && !c->over; s = set_next(&c->in, words, s + 1u))
        for (TransitionId t = def->states[s].first; t < def->states[s].last; t++)
            if (def->transitions[t].by)
                slots |= needs_of(def, def->transitions[t].guard);
    return slots;
}
