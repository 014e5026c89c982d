// SPDX-License-Identifier: Apache-2.0
// The one door. SCXML appendix D from selectTransitions to mainEventLoop, with one rule before it:
// a person's event asks for a role, an act for `edit:` and the rules of its field.
#include "macrostep.h"

bool transition_matches(const Transition *t, Str name)
{
    return event_matches(t->events, t->event_count, name);
}

// A guard that fails counts as false and raises error.execution (5.9.1). An eventless one is
// evaluated again after each event: it complains once a macrostep, or its complaint would never
// end.
static bool condition_match(Macrostep *m, TransitionId id, bool eventless)
{
    bool error;
    if (scope_holds(m, m->def->transitions[id].guard, &error))
        return true;
    if (!error)
        return false;
    for (size_t i = 0; eventless && i < m->complained.len; i++)
        if (m->complained.at[i] == id)
            return false;
    if (eventless)
        vec_push(m->arena, &m->complained, id);
    content_error(m);
    return false;
}

// The first transition of `state`, in document order, that `event` (NULL: none) enables; ID_NONE.
static TransitionId first_enabled(Macrostep *m, StateId state, const Str *event)
{
    const State *s = &m->def->states[state];
    for (TransitionId i = s->first; i < s->last; i++) {
        const Transition *t = &m->def->transitions[i];
        if (event ? !transition_matches(t, *event) : !transition_eventless(t))
            continue;
        if (m->by_person && !(t->by & m->actor->roles))
            continue;
        if (condition_match(m, i, !event))
            return i;
    }
    return ID_NONE;
}

// D: selectTransitions, and selectEventlessTransitions when `event` is NULL. For each atomic state
// the first that is enabled in it or the nearest ancestor. An ancestor of several is asked once.
static size_t select_transitions(Macrostep *m, const Str *event, TransitionId *enabled)
{
    StateSet answering, answered, atomic;
    size_t n = 0;
    if (event && !m->event_name)
        answering = definition_answering(m->def, *event);
    const StateSet *able = !event          ? &m->def->index.eventless
                           : m->event_name ? &m->event_name->answering
                                           : &answering;
    if (!set_meets(&m->at.in, able, m->words))
        return 0;
    for (size_t w = 0; w < m->words; w++) {
        answering.w[w] = able->w[w];
        answered.w[w] = 0;
        atomic.w[w] = m->at.in.w[w] & m->def->index.atomic.w[w];
    }
    for (StateId a = set_next(&atomic, m->words, 0); a != ID_NONE;
         a = set_next(&atomic, m->words, a + 1u)) {
        for (StateId s = a; s != ID_NONE && !set_has(&answered, s); s = m->def->states[s].parent) {
            if (!set_has(&answering, s))
                continue;
            set_remove(&answering, s);
            TransitionId t = first_enabled(m, s, event);
            if (t == ID_NONE)
                continue;
            set_add(&answered, s);
            enabled[n++] = t;
            break;
        }
    }
    return chart_resolve(m->def, &m->at.in, m->at.history, enabled, n);
}

// D: exitStates, first loop.
static void remember(Macrostep *m, const StateSet *exit)
{
    if (!chart_remembers(m->def, exit))
        return;
    StateSet *history = arena_array(m->arena, StateSet, m->def->history_count);
    if (m->at.history)
        memcpy(history, m->at.history, m->def->history_count * sizeof *history);
    chart_remember(m->def, &m->at.in, exit, history);
    m->at.history = history;
}

static void leave(Macrostep *m, StateId state)
{
    const State *s = &m->def->states[state];
    for (size_t i = 0; i < s->exit_count; i++)
        content_run(m, &s->exit[i]);
    if (set_has(&m->def->index.timed, state))
        content_timers(m, state, false);
    set_remove(&m->at.in, state);
}

// D: exitStates, second loop: children before parents, later siblings before earlier ones.
static void exit_states(Macrostep *m, const StateSet *exit)
{
    remember(m, exit);
    for (StateId s = set_previous(exit, m->def->state_count); s != ID_NONE;
         s = set_previous(exit, s))
        leave(m, s);
}

static void raise_done(Macrostep *m, StateId state, CelValue data)
{
    Str id = m->def->states[state].id, prefix = STR("done.state.");
    char *name = arena_alloc(m->arena, prefix.len + id.len);
    memcpy(name, prefix.at, prefix.len);
    memcpy(name + prefix.len, id.at, id.len);
    content_raise(m, (Str){name, prefix.len + id.len}, data);
}

// D: enterStates, isFinalState(s).
static void final_entered(Macrostep *m, const State *s)
{
    CelValue data;
    if (s->parent == 0) {
        m->stopped = true;
        return;
    }
    if (!scope_payload(m, s->done_keys, s->done_values, s->done_count, &data)) {
        content_error(m);
        data = (CelValue){.kind = CEL_ERROR};
    }
    raise_done(m, s->parent, data);
    StateId above = m->def->states[s->parent].parent;
    if (m->def->states[above].type == STATE_PARALLEL && chart_final(m->def, &m->at.in, above))
        raise_done(m, above, (CelValue){.kind = CEL_ERROR});
}

static void enter(Macrostep *m, StateId state, const Entry *entry)
{
    const State *s = &m->def->states[state];
    set_add(&m->at.in, state);
    set_add(&m->at.was, state);
    if (set_has(&m->def->index.timed, state))
        content_timers(m, state, true);
    for (size_t i = 0; i < s->entry_count; i++)
        content_run(m, &s->entry[i]);
    if (set_has(&entry->initial, state))
        content_run(m, &s->initial_actions);
    for (StateId h = set_next(&entry->histories, m->words, state + 1u); h != ID_NONE && h < s->end;
         h = set_next(&entry->histories, m->words, h + 1u))
        if (m->def->states[h].parent == state)
            content_run(m, &m->def->states[h].initial_actions);
    if (s->type == STATE_FINAL)
        final_entered(m, s);
}

// D: enterStates: parents before children, in document order.
static void enter_states(Macrostep *m, const Entry *entry)
{
    for (StateId s = set_next(&entry->enter, m->words, 0); s != ID_NONE;
         s = set_next(&entry->enter, m->words, s + 1u))
        enter(m, s, entry);
}

// D: microstep.
static void microstep(Macrostep *m, const TransitionId *enabled, size_t n)
{
    StateSet exit = {0};
    Entry entry = {0};
    if (++m->microsteps > MICROSTEPS_MAX)
        m->exhausted = true;
    if (m->exhausted)
        return;
    for (size_t i = 0; i < n; i++)
        chart_exit_set(m->def, &m->at.in, m->at.history, &m->def->transitions[enabled[i]], &exit);
    exit_states(m, &exit);
    for (size_t i = 0; i < n; i++) {
        vec_push(m->arena, &m->taken, enabled[i]);
        content_run(m, &m->def->transitions[enabled[i]].actions);
    }
    for (size_t i = 0; i < n; i++)
        chart_entry_set(m->def, m->at.history, &m->def->transitions[enabled[i]], &entry);
    enter_states(m, &entry);
}

// Selects and takes; true when something was taken.
static bool step(Macrostep *m, const Str *event)
{
    TransitionId enabled[STATES_MAX];
    size_t n = select_transitions(m, event, enabled);
    if (n)
        microstep(m, enabled, n);
    return n > 0;
}

static bool running(const Macrostep *m)
{
    return !m->stopped && !m->exhausted;
}

static Str dequeue(Macrostep *m, Queue *queue, size_t *at)
{
    const Queued *event = &queue->at[(*at)++];
    scope_event(m, event->name, NULL);
    m->event_members[1] = event->data;
    return event->name;
}

// D: mainEventLoop, inner loop: eventless transitions, then one internal event, until neither is
// left.
static void run_to_completion(Macrostep *m)
{
    while (running(m)) {
        if (step(m, NULL))
            continue;
        if (m->internal_at == m->internal.len)
            return;
        Str name = dequeue(m, &m->internal, &m->internal_at);
        step(m, &name);
    }
}

// D: mainEventLoop, from where an external event was taken to where the next one would be waited
// for.
static void main_loop(Macrostep *m)
{
    run_to_completion(m);
    while (running(m) && m->external_at < m->external.len) {
        Str name = dequeue(m, &m->external, &m->external_at);
        step(m, &name);
        run_to_completion(m);
    }
}

// D: exitInterpreter. The configuration to show is the one it stopped in.
static void stop(Macrostep *m)
{
    StateSet last = m->at.in;
    for (StateId s = set_previous(&last, m->def->state_count); s != ID_NONE;
         s = set_previous(&last, s))
        leave(m, s);
    m->at.in = last;
    m->at.over = true;
}

// Nothing changes; why stands in `reasons` (NULL: nobody asked).
static Outcome refused(const Case *c, const Reasons *reasons)
{
    return (Outcome){.verdict = REFUSED,
                     .next = *c,
                     .taken = NULL,
                     .taken_count = 0,
                     .effects = NULL,
                     .effect_count = 0,
                     .reasons = reasons ? reasons->at : NULL,
                     .reason_count = reasons ? reasons->len : 0};
}

static const Reason case_over = {
    .kind = CASE_OVER,
    .message = {.text = {"La démarche est terminée : plus rien ne peut y changer.",
                         "This application is over: nothing can change any more."}}};
static const Reason too_many_steps = {
    .kind = TOO_MANY_STEPS,
    .message = {.text = {"Ce mouvement entraîne une suite d'étapes trop longue ; le fichier de la "
                         "démarche est à corriger.",
                         "This move leads to too many steps; the workflow file must be "
                         "corrected."}}};

static Outcome outcome(Macrostep *m, const Case *c, Verdict verdict)
{
    if (m->stopped && !m->exhausted)
        stop(m);
    if (m->exhausted)
        return refused(c, &(Reasons){.at = (Reason *)&too_many_steps, .len = 1});
    return (Outcome){.verdict = verdict,
                     .next = m->at,
                     .taken = m->taken.at,
                     .taken_count = m->taken.len,
                     .effects = m->effects.at,
                     .effect_count = m->effects.len,
                     .reasons = NULL,
                     .reason_count = 0};
}

Outcome decide_start(Arena *arena, const Definition *def, const Actor *actor, const Facts *facts)
{
    static const Case nowhere;
    Macrostep m;
    Entry entry = {0};
    scope_start(&m, arena, def, &nowhere, actor, facts);
    m.starting = true;
    if (!scope_variables(&m))
        content_error(&m);
    chart_entry_start(def, m.at.history, &entry);
    content_run(&m, &def->states[0].initial_actions);
    enter_states(&m, &entry);
    run_to_completion(&m);
    return outcome(&m, &nowhere, MOVED);
}

// What a person sends is held to the event's schema; an event without one takes no data. Sets
// `data` to what guards read.
static bool data_fits(Macrostep *m, const EventDef *event, json_t **data, Reasons *why)
{
    if (event && event->compiled) {
        SchemaErrors errors = {0};
        if (!*data)
            *data = json_keep(m->arena, json_object());
        bool fits = schema_validate(m->arena, event->compiled, *data, why ? &errors : NULL);
        for (size_t i = 0; i < errors.len; i++)
            reason_add(m->arena, why,
                       (Reason){BAD_DATA, errors.at[i].message, errors.at[i].pointer});
        return fits;
    }
    if (!m->def->env.strict || !*data || (json_is_object(*data) && json_object_size(*data) == 0))
        return true;
    if (why)
        reason_add(m->arena, why,
                   (Reason){BAD_DATA,
                            MESSAGE(T("Ce mouvement ne prend pas de données.",
                                      "This move takes no data.")),
                            STR("")});
    return false;
}

static void event_set(Macrostep *m, Str name, json_t *data, const EventName *known)
{
    const CelType *type = known && known->type && known->type->count == 2 ? known->type : NULL;
    scope_event(m, name, type);
    m->event_name = known;
    m->event_data = data;
}

// A person's event that nothing follows: refused. Unless it is asked why, that is all.
static Outcome not_followed(Macrostep *m, const Case *c, Str name, Reasons *why)
{
    if (why)
        explain_move(m, name, false, why);
    return refused(c, why);
}

// Takes `event` on a fresh macrostep at `c`. `why` (may be NULL) gets the reasons of a refusal.
static Outcome take(Macrostep *m, const Case *c, const Event *event, Reasons *why)
{
    Reasons refusal = {0};
    if (c->over)
        return refused(c, &(Reasons){.at = (Reason *)&case_over, .len = 1});

    // 1. What is fired: a delayed send comes back under the name it was sent with.
    Str name = event->name;
    json_t *data = event->data;
    bool act = event->act != THING_NONE, asked = !act && !(m->actor->roles & SYSTEM_BIT);
    m->by_person = asked;
    content_delivered(event, m->actor, &name, &data);
    const EventName *known = definition_name(m->def, name);
    name = known ? known->name : name;
    const EventDef *row = known && known->event != ID_NONE ? &m->def->events[known->event] : NULL;

    // 2. May it be fired with these data? Who may not fire it at all hears that first.
    if (asked && !data_fits(m, row, &data, why ? &refusal : NULL))
        return why && explain_permits(m, name) ? refused(c, &refusal)
                                               : not_followed(m, c, name, why);
    event_set(m, name, data, known);
    if (act)
        acts_check(m, event, &refusal);
    if (refusal.len)
        return refused(c, &refusal);

    // 3. D: mainEventLoop, from the external event. A person's event that no transition follows
    // changes nothing.
    bool taken = step(m, &name);
    m->by_person = false;
    if (!asked || taken || m->internal.len)
        main_loop(m);
    if (m->exhausted || m->taken.len)
        return outcome(m, c, MOVED);
    if (act)
        return (Outcome){.verdict = STAYED, .next = *c};
    m->by_person = asked;
    if (why)
        event_set(m, name, data, known);
    return not_followed(m, c, name, why);
}

Outcome decide(Arena *arena, const Definition *def, const Case *c, const Event *event,
               const Actor *actor, const Facts *facts)
{
    Macrostep m;
    scope_start(&m, arena, def, c, actor, facts);
    return take(&m, c, event, NULL);
}

void decide_why(Arena *arena, const Definition *def, const Case *c, const Event *event,
                const Actor *actor, const Facts *facts, Outcome *refusal)
{
    if (refusal->verdict != REFUSED || refusal->reason_count)
        return;
    Macrostep m;
    Reasons why = {0};
    scope_start(&m, arena, def, c, actor, facts);
    Outcome again = take(&m, c, event, &why);
    refusal->reasons = again.reasons;
    refusal->reason_count = again.reason_count;
}
