// SPDX-License-Identifier: Apache-2.0
#include "chart.h"

// The bits [from, to) that fall into word w.
static uint64_t word_range(size_t w, size_t from, size_t to)
{
    size_t low = w * 64, high = low + 64;
    if (to <= low || from >= high || from >= to)
        return 0;
    uint64_t mask = UINT64_MAX;
    if (from > low)
        mask &= UINT64_MAX << (from - low);
    if (to < high)
        mask &= UINT64_MAX >> (high - to);
    return mask;
}

static bool any_below(const Definition *def, const StateSet *set, StateId state)
{
    size_t end = def->states[state].end;
    for (size_t w = (state + 1u) / 64; w * 64 < end; w++)
        if (set->w[w] & word_range(w, state + 1u, end))
            return true;
    return false;
}

static bool all_below(const Definition *def, const StateSet *set, StateId state)
{
    for (size_t w = 0, words = chart_words(def); w < words; w++)
        if (set->w[w] & ~word_range(w, state + 1u, def->states[state].end))
            return false;
    return true;
}

static const StateSet *record(const Definition *def, const StateSet *history, StateId state)
{
    for (size_t i = 0; i < def->history_count; i++)
        if (def->histories[i] == state)
            return &history[i];
    return NULL;
}

// What was remembered for a history state, or NULL when it was never left.
static const StateSet *recorded(const Definition *def, const StateSet *history, StateId state)
{
    const StateSet *set = history ? record(def, history, state) : NULL;
    return set && !set_empty(set, chart_words(def)) ? set : NULL;
}

static void set_join(StateSet *to, const StateSet *from, size_t words)
{
    for (size_t w = 0; w < words; w++)
        to->w[w] |= from->w[w];
}

// D: getEffectiveTargetStates. `seen` ends histories whose defaults name each other.
static void effective(const Definition *def, const StateSet *history, const StateId *targets,
                      size_t n, StateSet *seen, StateSet *ret)
{
    for (size_t i = 0; i < n; i++) {
        const State *target = &def->states[targets[i]];
        if (!state_is_history(target)) {
            set_add(ret, targets[i]);
            continue;
        }
        const StateSet *was = recorded(def, history, targets[i]);
        if (was) {
            set_join(ret, was, chart_words(def));
        } else if (!set_has(seen, targets[i])) {
            set_add(seen, targets[i]);
            effective(def, history, target->initial, target->initial_count, seen, ret);
        }
    }
}

// D: findLCCA, of the source and all targets: the least compound ancestor (or the chart) that
// holds them.
static StateId common_ancestor(const Definition *def, StateId source, const StateSet *targets)
{
    if (source == 0)
        return 0;
    StateId s = def->states[source].parent;
    while (s != 0 && (def->states[s].type != STATE_COMPOUND || !all_below(def, targets, s)))
        s = def->states[s].parent;
    return s;
}

// D: getTransitionDomain, of a transition with targets; `targets` gets the effective ones.
static StateId domain(const Definition *def, const StateSet *history, const Transition *t,
                      StateSet *targets)
{
    StateSet seen = {0};
    effective(def, history, t->targets, t->target_count, &seen, targets);
    bool inside = t->internal && def->states[t->source].type == STATE_COMPOUND &&
                  all_below(def, targets, t->source);
    return inside ? t->source : common_ancestor(def, t->source, targets);
}

void chart_exit_set(const Definition *def, const StateSet *in, const StateSet *history,
                    const Transition *t, StateSet *exit)
{
    if (t->target_count == 0)
        return;
    StateSet targets = {0};
    StateId top = t->plan ? t->plan->domain : domain(def, history, t, &targets);
    for (size_t w = 0, words = chart_words(def); w < words; w++)
        exit->w[w] |= in->w[w] & word_range(w, top + 1u, def->states[top].end);
}

size_t chart_resolve(const Definition *def, const StateSet *in, const StateSet *history,
                     TransitionId *enabled, size_t n)
{
    if (n < 2)
        return n;
    StateSet exits[STATES_MAX]; // one transition at most for each atomic state
    size_t words = chart_words(def), kept = 0;
    for (size_t i = 0; i < n; i++) {
        const Transition *t1 = &def->transitions[enabled[i]];
        StateSet exit = {0}, yields = {0}; // `yields` counts places in `enabled`, not states
        bool preempted = false;
        chart_exit_set(def, in, history, t1, &exit);
        for (size_t j = 0; j < kept && !preempted; j++) {
            if (!set_meets(&exit, &exits[j], words))
                continue;
            if (chart_below(def, t1->source, def->transitions[enabled[j]].source))
                set_add(&yields, (StateId)j);
            else
                preempted = true;
        }
        if (preempted)
            continue;
        size_t to = 0;
        for (size_t j = 0; j < kept; j++) {
            if (set_has(&yields, (StateId)j))
                continue;
            enabled[to] = enabled[j];
            exits[to++] = exits[j];
        }
        enabled[to] = enabled[i];
        exits[to] = exit;
        kept = to + 1;
    }
    return kept;
}

typedef struct Entering {
    const Definition *def;
    const StateSet *history;
    Entry *entry;
} Entering;

static void add_ancestors(const Entering *e, StateId state, StateId below);
static void add_descendants(const Entering *e, StateId state);

// Targets and what lies between them and `state`, which is entered already or was the ancestor of
// all.
static void add_targets(const Entering *e, const StateId *targets, size_t n, StateId state)
{
    for (size_t i = 0; i < n; i++)
        add_descendants(e, targets[i]);
    for (size_t i = 0; i < n; i++)
        add_ancestors(e, targets[i], state);
}

static void add_history(const Entering *e, StateId state)
{
    const State *h = &e->def->states[state];
    const StateSet *was = recorded(e->def, e->history, state);
    size_t words = chart_words(e->def);
    if (was) {
        for (StateId s = set_next(was, words, 0); s != ID_NONE; s = set_next(was, words, s + 1u))
            add_descendants(e, s);
        for (StateId s = set_next(was, words, 0); s != ID_NONE; s = set_next(was, words, s + 1u))
            add_ancestors(e, s, h->parent);
    } else if (!set_has(&e->entry->histories, state)) {
        set_add(&e->entry->histories, state);
        add_targets(e, h->initial, h->initial_count, h->parent);
    }
}

static void add_regions(const Entering *e, StateId parallel)
{
    const State *p = &e->def->states[parallel];
    for (size_t i = 0; i < p->child_count; i++)
        if (!any_below(e->def, &e->entry->enter, p->children[i]))
            add_descendants(e, p->children[i]);
}

// D: addDescendantStatesToEnter.
static void add_descendants(const Entering *e, StateId state)
{
    const State *s = &e->def->states[state];
    if (state_is_history(s)) {
        add_history(e, state);
        return;
    }
    set_add(&e->entry->enter, state);
    if (s->type == STATE_PARALLEL)
        add_regions(e, state);
    if (s->type != STATE_COMPOUND || s->child_count == 0)
        return;
    set_add(&e->entry->initial, state);
    if (s->initial_count)
        add_targets(e, s->initial, s->initial_count, state);
    else
        add_targets(e, s->children, 1, state);
}

// D: addAncestorStatesToEnter.
static void add_ancestors(const Entering *e, StateId state, StateId below)
{
    for (StateId s = e->def->states[state].parent; s != below && s != 0 && s != ID_NONE;
         s = e->def->states[s].parent) {
        set_add(&e->entry->enter, s);
        if (e->def->states[s].type == STATE_PARALLEL)
            add_regions(e, s);
    }
}

void chart_entry_set(const Definition *def, const StateSet *history, const Transition *t,
                     Entry *entry)
{
    if (t->target_count == 0)
        return;
    if (t->plan && set_empty(&entry->enter, chart_words(def))) {
        entry->enter = t->plan->enter;
        entry->initial = t->plan->initial;
        return;
    }
    Entering e = {def, history, entry};
    StateSet targets = {0};
    StateId top = domain(def, history, t, &targets);
    size_t words = chart_words(def);
    for (size_t i = 0; i < t->target_count; i++)
        add_descendants(&e, t->targets[i]);
    for (StateId s = set_next(&targets, words, 0); s != ID_NONE;
         s = set_next(&targets, words, s + 1u))
        add_ancestors(&e, s, top);
}

bool chart_plan(const Definition *def, const Transition *t, Plan *ret)
{
    Entry entry = {0};
    StateSet targets = {0};
    if (t->target_count == 0)
        return false;
    chart_entry_set(def, NULL, t, &entry);
    *ret = (Plan){domain(def, NULL, t, &targets), entry.enter, entry.initial};
    return set_empty(&entry.histories, chart_words(def));
}

void chart_entry_start(const Definition *def, const StateSet *history, Entry *entry)
{
    Entering e = {def, history, entry};
    const State *top = &def->states[0];
    if (top->initial_count)
        add_targets(&e, top->initial, top->initial_count, 0);
    else if (top->child_count)
        add_targets(&e, top->children, 1, 0);
}

bool chart_remembers(const Definition *def, const StateSet *exit)
{
    for (size_t i = 0; i < def->history_count; i++)
        if (set_has(exit, def->states[def->histories[i]].parent))
            return true;
    return false;
}

void chart_remember(const Definition *def, const StateSet *in, const StateSet *exit,
                    StateSet *history)
{
    size_t words = chart_words(def);
    for (size_t i = 0; i < def->history_count; i++) {
        const State *h = &def->states[def->histories[i]];
        if (!set_has(exit, h->parent))
            continue;
        bool deep = h->type == STATE_HISTORY_DEEP;
        memset(&history[i], 0, sizeof history[i]);
        for (StateId s = set_next(in, words, h->parent + 1u);
             s != ID_NONE && s < def->states[h->parent].end; s = set_next(in, words, s + 1u))
            if (deep ? state_is_atomic(&def->states[s]) : def->states[s].parent == h->parent)
                set_add(&history[i], s);
    }
}

bool chart_final(const Definition *def, const StateSet *in, StateId state)
{
    const State *s = &def->states[state];
    if (s->type == STATE_PARALLEL) {
        for (size_t i = 0; i < s->child_count; i++)
            if (!chart_final(def, in, s->children[i]))
                return false;
        return true;
    }
    if (s->type != STATE_COMPOUND)
        return false;
    for (size_t i = 0; i < s->child_count; i++)
        if (def->states[s->children[i]].type == STATE_FINAL && set_has(in, s->children[i]))
            return true;
    return false;
}
