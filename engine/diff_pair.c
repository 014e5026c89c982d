// SPDX-License-Identifier: Apache-2.0
// Which row of the old version is which row of the new one: by id first, then, of what is left, by
// title.
#include "diff_internal.h"

typedef struct Name {
    Str id;
    Label title;
} Name;
typedef VEC(Name) Names;

static uint16_t *none(Arena *arena, size_t n)
{
    uint16_t *ids = arena_array(arena, uint16_t, n + 1);
    memset(ids, 0xff, (n + 1) * sizeof *ids);
    return ids;
}

static Pairs pairs_of(Arena *arena, size_t old_count, size_t new_count)
{
    return (Pairs){none(arena, old_count), none(arena, new_count), old_count, new_count};
}

static void join(Pairs *pairs, size_t old, size_t new)
{
    if (pairs->new_of[old] != ID_NONE || pairs->old_of[new] != ID_NONE)
        return;
    pairs->new_of[old] = (uint16_t) new;
    pairs->old_of[new] = (uint16_t)old;
}

static bool titled(const Name *a, const Name *b)
{
    return (a->title.fr.len || a->title.en.len) && diff_same_label(a->title, b->title);
}

static Pairs pair_names(Arena *arena, const Names *old, const Names *new)
{
    Pairs pairs = pairs_of(arena, old->len, new->len);
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < old->len; i++)
            for (size_t k = 0; k < new->len; k++)
                if (pass == 0 ? str_eq(old->at[i].id, new->at[k].id)
                              : titled(&old->at[i], &new->at[k]))
                    join(&pairs, i, k);
    return pairs;
}

// One list of a definition: PAIR(states, state_count, id, title) fills d->states.
#define PAIR(list, count, name, label)                                                             \
    do {                                                                                           \
        Names old_ = {0}, new_ = {0};                                                              \
        for (size_t i_ = 0; i_ < d->old->count; i_++)                                              \
            vec_push(d->arena, &old_, (Name){d->old->list[i_].name, d->old->list[i_].label});      \
        for (size_t i_ = 0; i_ < d->new->count; i_++)                                              \
            vec_push(d->arena, &new_, (Name){d->new->list[i_].name, d->new->list[i_].label});      \
        d->list = pair_names(d->arena, &old_, &new_);                                              \
    } while (0)

static void pair_variables(Diff *d)
{
    d->variables = pairs_of(d->arena, d->old->variable_count, d->new->variable_count);
    for (size_t i = 0; i < d->old->variable_count; i++)
        for (size_t k = 0; k < d->new->variable_count; k++)
            if (str_eq(d->old->variables[i].name, d->new->variables[k].name))
                join(&d->variables, i, k);
}

static bool same_events(const Transition *a, const Transition *b)
{
    if (a->timer.len || b->timer.len)
        return a->timer.len && b->timer.len;
    if (a->event_count != b->event_count)
        return false;
    for (size_t i = 0; i < a->event_count; i++)
        if (!str_eq(a->events[i], b->events[i]))
            return false;
    return true;
}

static bool same_targets(const Diff *d, const Transition *old, const Transition *new)
{
    if (old->target_count != new->target_count)
        return false;
    for (size_t i = 0; i < old->target_count; i++)
        if (d->states.new_of[old->targets[i]] != new->targets[i])
            return false;
    return true;
}

// Of one state: those alike in everything that tells them apart first, then those that lead to the
// same place, then in their order.
static void pair_moves_of(Diff *d, const State *old, const State *new)
{
    for (int pass = 0; pass < 3; pass++)
        for (TransitionId i = old->first; i < old->last; i++)
            for (TransitionId k = new->first; k < new->last; k++) {
                const Transition *a = &d->old->transitions[i], *b = &d->new->transitions[k];
                if (same_events(a, b) && (pass == 2 || same_targets(d, a, b)) &&
                    (pass > 0 || str_eq(diff_source(a->guard), diff_source(b->guard))))
                    join(&d->transitions, i, k);
            }
}

// Parts are the same in every version.
static Pairs pair_parts(Arena *arena, Thing thing)
{
    Pairs pairs = pairs_of(arena, PARTS, PARTS);
    for (Part part = 0; part < PARTS; part++)
        if (part_of_thing(thing, part))
            join(&pairs, part, part);
    return pairs;
}

void diff_pair(Diff *d)
{
    PAIR(states, state_count, id, title);
    PAIR(roles, role_count, id, title);
    PAIR(forms, form_count, id, title);
    PAIR(sections, section_count, id, title);
    PAIR(documents, document_count, id, title);
    PAIR(grids, grid_count, id, title);
    PAIR(indicators, indicator_count, id, title);
    PAIR(instalments, instalment_count, id, title);
    PAIR(mails, mail_count, id, subject);
    PAIR(events, event_count, name, title);
    pair_variables(d);
    d->decision = pair_parts(d->arena, THING_DECISION);
    d->agreement = pair_parts(d->arena, THING_AGREEMENT);
    d->transitions = pairs_of(d->arena, d->old->transition_count, d->new->transition_count);
    for (size_t s = 0; s < d->old->state_count; s++)
        if (d->states.new_of[s] != ID_NONE)
            pair_moves_of(d, &d->old->states[s], &d->new->states[d->states.new_of[s]]);
}
