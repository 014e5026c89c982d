// SPDX-License-Identifier: Apache-2.0
// Deadlines under a new version. One that runs was promised to somebody: its date is kept, whatever
// the new version counts, unless the mapping restarts it.
#include "migrate_internal.h"

static const Timer *running(const Moving *m, Str name)
{
    for (size_t i = 0; i < m->running_count; i++)
        if (str_eq(m->running[i].name, name))
            return &m->running[i];
    return NULL;
}

static size_t timed(const Definition *def, StateId state, const Transition **ret)
{
    size_t n = 0;
    for (TransitionId i = def->states[state].first; i < def->states[state].last; i++)
        if (def->transitions[i].timer.len) {
            if (n == 0)
                *ret = &def->transitions[i];
            n++;
        }
    return n;
}

static bool same_targets(const Moving *m, const Transition *old, const Transition *new)
{
    if (old->target_count != new->target_count)
        return false;
    for (size_t i = 0; i < old->target_count; i++)
        if (moving_lands(m->mapping, old->targets[i]) != new->targets[i])
            return false;
    return true;
}

// Of the deadlines of `state` that lead where `t` does, which one `t` is: they keep their order.
static size_t rank(const Definition *def, const Transition *t)
{
    size_t n = 0;
    for (TransitionId i = def->states[t->source].first; &def->transitions[i] != t; i++) {
        const Transition *other = &def->transitions[i];
        bool alike = other->target_count == t->target_count;
        for (size_t k = 0; alike && k < t->target_count; k++)
            alike = other->targets[k] == t->targets[k];
        n += other->timer.len && alike;
    }
    return n;
}

// The deadline of the old version that `new` continues: of an active state that lands in its state,
// leading to the same place, or the only one on both sides. NULL: it is a new one.
static const Transition *former(const Moving *m, const Transition *new)
{
    const Transition *only = NULL, *mine = NULL;
    bool single = timed(m->new, new->source, &mine) == 1;
    for (StateId s = 1; s < m->old->state_count; s++) {
        if (!set_has(&m->from->in, s) || moving_lands(m->mapping, s) != new->source)
            continue;
        for (TransitionId i = m->old->states[s].first; i < m->old->states[s].last; i++) {
            const Transition *old = &m->old->transitions[i];
            if (old->timer.len && same_targets(m, old, new) &&
                rank(m->old, old) == rank(m->new, new))
                return old;
        }
        if (single && timed(m->old, s, &mine) == 1)
            only = mine;
    }
    return only;
}

static Str date(const Moving *m, Time t)
{
    return t == TIME_NONE ? STR("?") : time_format(m->arena, t);
}

static Str leads_to(const Moving *m, const Definition *def, const Transition *t)
{
    StateId to = t->target_count ? t->targets[0] : t->source;
    return state_title(&def->states[to], m->lang);
}

static void set(Moving *m, Str name, Time due, json_t *data)
{
    vec_push(m->arena, &m->timers, (Timer){.name = name, .due = due, .data = data});
}

// A deadline that goes on under the new version's `t`.
static void go_on(Moving *m, const Transition *t, const Transition *old, const Timer *was,
                  Time fresh)
{
    Time due = m->mapping->restart && fresh != TIME_NONE ? fresh : was->due;
    set(m, t->timer, due, was->data);
    Str to = leads_to(m, m->new, t), before = timer_words(m->arena, old, m->lang),
        now = timer_words(m->arena, t, m->lang);
    if (due != was->due)
        moving_lose(m, LOSS_DEADLINE,
                    MESSAGE(T("L'échéance vers « {0} » passe du {1} au {2}.",
                              "The deadline to '{0}' moves from {1} to {2}."),
                            to, date(m, was->due), date(m, due)));
    else if (!str_eq(before, now))
        moving_lose(
            m, LOSS_DEADLINE,
            MESSAGE(T("L'échéance vers « {0} » reste au {1}, comptée à l'ancienne : {2} (la "
                      "nouvelle version dit : {3}).",
                      "The deadline to '{0}' stays at {1}, counted as before: {2} (the new "
                      "version says: {3})."),
                    to, date(m, due), before, now));
}

// One that the old version had and that runs no more has been met: it does not come up again.
static void settle(Moving *m, const Transition *t, Time fresh, bool *continued)
{
    const Transition *old = former(m, t);
    const Timer *was = old ? running(m, old->timer) : NULL;
    if (was) {
        continued[was - m->running] = true;
        go_on(m, t, old, was, fresh);
    } else if (!old && fresh != TIME_NONE) {
        set(m, t->timer, fresh, NULL);
        moving_lose(
            m, LOSS_DEADLINE,
            MESSAGE(T("Nouvelle échéance vers « {0} », le {1}.", "New deadline to '{0}', at {1}."),
                    leads_to(m, m->new, t), date(m, fresh)));
    }
}

static Time fresh_due(const Macrostep *step, Str timer)
{
    for (size_t i = 0; i < step->effects.len; i++)
        if (step->effects.at[i].kind == EFFECT_TIMER && str_eq(step->effects.at[i].name, timer))
            return step->effects.at[i].due;
    return TIME_NONE;
}

static const Transition *transition_of(const Definition *def, Str timer)
{
    for (size_t i = 0; i < def->transition_count; i++)
        if (def->transitions[i].timer.len && str_eq(def->transitions[i].timer, timer))
            return &def->transitions[i];
    return NULL;
}

// What was sent with a delay goes on as it is; a deadline that nothing continues falls away.
static void drop(Moving *m, const Timer *timer)
{
    const Transition *old = transition_of(m->old, timer->name);
    if (!old) {
        set(m, timer->name, timer->due, timer->data);
        return;
    }
    moving_lose(m, LOSS_DEADLINE,
                MESSAGE(T("L'échéance du {0} vers « {1} » n'existe plus.",
                          "The deadline of {0} to '{1}' is no more."),
                        date(m, timer->due), leads_to(m, m->old, old)));
}

void migrate_timers(Moving *m, Macrostep *step)
{
    bool *continued = arena_array(m->arena, bool, m->running_count + 1);
    for (StateId s = 1; s < m->new->state_count; s++)
        if (set_has(&m->next.in, s) && !m->next.over)
            content_timers(step, s, true);
    for (size_t i = 0; i < m->new->transition_count; i++) {
        const Transition *t = &m->new->transitions[i];
        if (t->timer.len && set_has(&m->next.in, t->source) && !m->next.over)
            settle(m, t, fresh_due(step, t->timer), continued);
    }
    for (size_t i = 0; i < m->running_count; i++)
        if (!continued[i])
            drop(m, &m->running[i]);
}
