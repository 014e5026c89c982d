// SPDX-License-Identifier: Apache-2.0
// What changes in the chart: states, roles, moves and their conditions, targets, deadlines and
// effects.
#include "diff_internal.h"

static Str title_of(const Diff *d, const Definition *def, StateId id)
{
    if (id == 0)
        return d->lang == FR ? STR("la démarche") : STR("the workflow");
    return state_title(&def->states[id], d->lang);
}

static Str targets_of(const Diff *d, const Definition *def, const StateId *targets, size_t n)
{
    Buf buf = {.arena = d->arena};
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add(&buf, STR(" + "));
        buf_add(&buf, title_of(d, def, targets[i]));
    }
    if (!n)
        buf_add(&buf, d->lang == FR ? STR("rester") : STR("stay"));
    return buf_str(&buf);
}

static bool same_states(const Diff *d, const StateId *old, size_t n, const StateId *new, size_t m)
{
    for (size_t i = 0; n == m && i < n; i++)
        if (d->states.new_of[old[i]] != new[i])
            return false;
    return n == m;
}

// --- states -------------------------------------------------------------------------------------

static Str type_words(const Diff *d, const State *s)
{
    static const Text words[] = {
        [STATE_ATOMIC] = {"un état simple", "a plain state"},
        [STATE_COMPOUND] = {"un état composé", "a compound state"},
        [STATE_PARALLEL] = {"un état parallèle", "a parallel state"},
        [STATE_FINAL] = {"un état final", "a final state"},
        [STATE_HISTORY_SHALLOW] = {"une mémoire", "a history"},
        [STATE_HISTORY_DEEP] = {"une mémoire profonde", "a deep history"},
    };
    return str_of(d->lang == FR ? words[s->type].fr : words[s->type].en);
}

static void diff_blocks(Diff *d, Mark mark, Str state, Text when, const Block *old, size_t n,
                        const Block *new, size_t m)
{
    Buf a = {.arena = d->arena}, b = {.arena = d->arena};
    for (size_t i = 0; i < n; i++)
        buf_format(&a, "%s" STR_FMT, i ? "; " : "", STR_ARG(diff_actions(d, d->old, old[i])));
    for (size_t i = 0; i < m; i++)
        buf_format(&b, "%s" STR_FMT, i ? "; " : "", STR_ARG(diff_actions(d, d->new, new[i])));
    diff_texts(d, "actions", mark, state, when, buf_str(&a), buf_str(&b));
}

static void diff_place(Diff *d, StateId old_id, StateId new_id)
{
    const State *old = &d->old->states[old_id], *new = &d->new->states[new_id];
    Str name = title_of(d, d->new, new_id);
    if (old->parent != ID_NONE && d->states.new_of[old->parent] != new->parent)
        diff_texts(d, "state-moved", new->mark, name, T("se trouve dans", "lies in"),
                   title_of(d, d->old, old->parent), title_of(d, d->new, new->parent));
    if (old->stage != new->stage)
        diff_texts(d, "stage", new->mark, name, T("étape", "stage"), str_of(stage_word(old->stage)),
                   str_of(stage_word(new->stage)));
    if (old->type != new->type)
        diff_texts(d, "state-type", new->mark, name, T("nature", "kind"), type_words(d, old),
                   type_words(d, new));
    if (old->initial_count && new->initial_count &&
        !same_states(d, old->initial, old->initial_count, new->initial, new->initial_count))
        diff_texts(d, "initial", new->mark, name, T("on y entre par", "is entered by"),
                   targets_of(d, d->old, old->initial, old->initial_count),
                   targets_of(d, d->new, new->initial, new->initial_count));
}

static void diff_state(Diff *d, StateId old_id, StateId new_id)
{
    const State *old = &d->old->states[old_id], *new = &d->new->states[new_id];
    Str name = title_of(d, d->new, new_id);
    if (!str_eq(old->id, new->id))
        diff_say(d, WEIGHT_CHANGED, "state-renamed", new->mark,
                 MESSAGE(T("l'état « {0} » a pour nom {1} (avant : {2}) : une migration doit le "
                           "dire",
                           "the state '{0}' is named {1} (before: {2}): a migration must say so"),
                         name, new->id, old->id));
    if (new_id && !diff_same_label(old->title, new->title))
        diff_say(d, WEIGHT_WORDING, "title", new->mark,
                 MESSAGE(T("l'état « {0} » s'intitule « {1} »", "the state '{0}' is titled '{1}'"),
                         title_of(d, d->old, old_id), name));
    diff_place(d, old_id, new_id);
    diff_blocks(d, new->mark, name, T("à l'entrée", "on entry"), old->entry, old->entry_count,
                new->entry, new->entry_count);
    diff_blocks(d, new->mark, name, T("à la sortie", "on exit"), old->exit, old->exit_count,
                new->exit, new->exit_count);
}

static void diff_states(Diff *d)
{
    for (size_t i = 0; i < d->old->state_count; i++)
        if (d->states.new_of[i] == ID_NONE)
            diff_say_old(
                d, WEIGHT_LOST, "state-removed", d->old->states[i].mark,
                MESSAGE(T("l'état « {0} » ({1}) n'existe plus", "the state '{0}' ({1}) is no more"),
                        title_of(d, d->old, (StateId)i), d->old->states[i].path));
        else
            diff_state(d, (StateId)i, d->states.new_of[i]);
    for (size_t i = 0; i < d->new->state_count; i++)
        if (d->states.old_of[i] == ID_NONE)
            diff_say(d, WEIGHT_GAINED, "state-added", d->new->states[i].mark,
                     MESSAGE(T("nouvel état « {0} » ({1})", "new state '{0}' ({1})"),
                             title_of(d, d->new, (StateId)i), d->new->states[i].path));
}

// --- roles --------------------------------------------------------------------------------------

static void diff_role(Diff *d, const Role *old, const Role *new)
{
    Str name = diff_name(d, new->title, new->id);
    if (!str_eq(old->id, new->id))
        diff_say(d, WEIGHT_CHANGED, "role-renamed", new->mark,
                 MESSAGE(T("le rôle « {0} » a pour nom {1} (avant : {2}) : qui tenait l'ancien ne "
                           "tient pas le nouveau",
                           "the role '{0}' is named {1} (before: {2}): who held the old one does "
                           "not hold the new one"),
                         name, new->id, old->id));
    if (!diff_same_label(old->title, new->title))
        diff_say(d, WEIGHT_WORDING, "title", new->mark,
                 MESSAGE(T("le rôle « {0} » s'intitule « {1} »", "the role '{0}' is titled '{1}'"),
                         diff_name(d, old->title, old->id), name));
    diff_texts(d, "role-scope", new->mark, name, T("se confie sur", "is granted on"),
               str_of(scope_words[old->on]), str_of(scope_words[new->on]));
}

static void diff_roles_of(Diff *d)
{
    for (size_t i = 1; i < d->old->role_count; i++) {
        const Role *role = &d->old->roles[i];
        if (d->roles.new_of[i] != ID_NONE)
            diff_role(d, role, &d->new->roles[d->roles.new_of[i]]);
        else
            diff_say_old(d, WEIGHT_LOST, "role-removed", role->mark,
                         MESSAGE(T("le rôle « {0} » n'existe plus : il ne peut plus rien",
                                   "the role '{0}' is no more: it can do nothing any longer"),
                                 diff_name(d, role->title, role->id)));
    }
    for (size_t i = 1; i < d->new->role_count; i++)
        if (d->roles.old_of[i] == ID_NONE)
            diff_say(d, WEIGHT_GAINED, "role-added", d->new->roles[i].mark,
                     MESSAGE(T("nouveau rôle « {0} »", "new role '{0}'"),
                             diff_name(d, d->new->roles[i].title, d->new->roles[i].id)));
}

// --- moves --------------------------------------------------------------------------------------

// "« Déposer » (Porteur)", "l'échéance (après 30 jours)", "la suite automatique".
static Str move_words(const Diff *d, const Definition *def, const Transition *t)
{
    bool fr = d->lang == FR;
    if (t->timer.len)
        return str_format(d->arena, fr ? "l'échéance (" STR_FMT ")" : "the deadline (" STR_FMT ")",
                          STR_ARG(timer_words(d->arena, t, d->lang)));
    if (!t->event_count && !label_text(t->title, d->lang).len)
        return fr ? STR("la suite automatique") : STR("the automatic move");
    Str event = t->event_count ? t->events[0] : STR_NONE;
    Str title = move_title(def, t, event, d->lang);
    Str by = t->by ? str_format(d->arena, " (" STR_FMT ")", STR_ARG(diff_roles(d, def, t->by)))
                   : STR("");
    return str_format(d->arena, fr ? "« " STR_FMT " »" STR_FMT : "'" STR_FMT "'" STR_FMT,
                      STR_ARG(title), STR_ARG(by));
}

static void diff_guard(Diff *d, const Transition *old, const Transition *new, Str state, Str move)
{
    Str a = diff_source(old->guard), b = diff_source(new->guard);
    if (str_eq(a, b))
        return;
    Text text = !a.len   ? T("dans « {0} », {1} a une condition : {2} (avant : aucune)",
                             "in '{0}', {1} has a condition: {2} (before: none)")
                : !b.len ? T("dans « {0} », {1} n'a plus de condition (avant : {3})",
                             "in '{0}', {1} has no condition any more (before: {3})")
                         : T("dans « {0} », {1} a une autre condition : {2} (avant : {3})",
                             "in '{0}', {1} has another condition: {2} (before: {3})");
    Weight weight = !a.len ? WEIGHT_LOST : !b.len ? WEIGHT_GAINED : WEIGHT_CHANGED;
    diff_say(d, weight, "guard", b.len ? new->guard_mark : new->mark,
             MESSAGE(text, state, move, b, a));
}

static void diff_deadline(Diff *d, const Transition *old, const Transition *new, Str state)
{
    Str a = timer_words(d->arena, old, d->lang), b = timer_words(d->arena, new, d->lang);
    if (!str_eq(a, b))
        diff_say(d, WEIGHT_DEADLINE, "deadline", new->mark,
                 MESSAGE(T("dans « {0} », l'échéance vers « {1} » tombe {2} (avant : {3})",
                           "in '{0}', the deadline to '{1}' falls {2} (before: {3})"),
                         state, targets_of(d, d->new, new->targets, new->target_count), b, a));
}

static void diff_move(Diff *d, const Transition *old, const Transition *new)
{
    Str state = title_of(d, d->new, new->source), move = move_words(d, d->new, new);
    diff_guard(d, old, new, state, move);
    diff_deadline(d, old, new, state);
    if (!same_states(d, old->targets, old->target_count, new->targets, new->target_count))
        diff_say(d, WEIGHT_CHANGED, "target", new->mark,
                 MESSAGE(T("dans « {0} », {1} mène à « {2} » (avant : « {3} »)",
                           "in '{0}', {1} leads to '{2}' (before: '{3}')"),
                         state, move, targets_of(d, d->new, new->targets, new->target_count),
                         targets_of(d, d->old, old->targets, old->target_count)));
    Str a = diff_actions(d, d->old, old->actions), b = diff_actions(d, d->new, new->actions);
    diff_texts(d, "actions", new->mark,
               str_format(d->arena, STR_FMT ", " STR_FMT, STR_ARG(state), STR_ARG(move)),
               T("fait", "does"), a, b);
    Str was = move_title(d->old, old, old->event_count ? old->events[0] : STR_NONE, d->lang);
    Str is = move_title(d->new, new, new->event_count ? new->events[0] : STR_NONE, d->lang);
    if (!old->timer.len && old->event_count && !str_eq(was, is))
        diff_say(d, WEIGHT_WORDING, "title", new->mark,
                 MESSAGE(T("dans « {0} », « {1} » s'intitule « {2} »",
                           "in '{0}', '{1}' is titled '{2}'"),
                         state, was, is));
}

static void move_gone(Diff *d, const Transition *t)
{
    if (d->states.new_of[t->source] == ID_NONE)
        return; // the state that is no more says it
    diff_say_old(d, t->timer.len ? WEIGHT_DEADLINE : WEIGHT_LOST,
                 t->timer.len ? "deadline-removed" : "move-removed", t->mark,
                 MESSAGE(T("dans « {0} », {1} vers « {2} » n'existe plus",
                           "in '{0}', {1} to '{2}' is no more"),
                         title_of(d, d->old, t->source), move_words(d, d->old, t),
                         targets_of(d, d->old, t->targets, t->target_count)));
}

static void move_new(Diff *d, const Transition *t)
{
    if (d->states.old_of[t->source] == ID_NONE)
        return;
    diff_say(d, t->timer.len ? WEIGHT_DEADLINE : WEIGHT_GAINED,
             t->timer.len ? "deadline-added" : "move-added", t->mark,
             MESSAGE(T("dans « {0} », nouveau : {1} vers « {2} »", "in '{0}', new: {1} to '{2}'"),
                     title_of(d, d->new, t->source), move_words(d, d->new, t),
                     targets_of(d, d->new, t->targets, t->target_count)));
}

static bool one_event(const Transition *a, const Transition *b)
{
    return !a->timer.len && !b->timer.len && a->source == b->source && a->event_count &&
           b->event_count && str_eq(a->events[0], b->events[0]);
}

// The first that is possible is taken: among those of one event, order is meaning.
static void diff_order(Diff *d)
{
    const Transition *rows = d->new->transitions;
    for (size_t i = 0; i + 1 < d->new->transition_count; i++) {
        uint16_t a = d->transitions.old_of[i], b = d->transitions.old_of[i + 1];
        if (a == ID_NONE || b == ID_NONE || a < b || !one_event(&rows[i], &rows[i + 1]))
            continue;
        diff_say(d, WEIGHT_CHANGED, "order", rows[i].mark,
                 MESSAGE(T("dans « {0} », {1} vers « {2} » est maintenant essayé avant « {3} »",
                           "in '{0}', {1} to '{2}' is now tried before '{3}'"),
                         title_of(d, d->new, rows[i].source), move_words(d, d->new, &rows[i]),
                         targets_of(d, d->new, rows[i].targets, rows[i].target_count),
                         targets_of(d, d->new, rows[i + 1].targets, rows[i + 1].target_count)));
    }
}

void diff_chart(Diff *d)
{
    diff_states(d);
    diff_roles_of(d);
    for (size_t i = 0; i < d->old->transition_count; i++)
        if (d->transitions.new_of[i] == ID_NONE)
            move_gone(d, &d->old->transitions[i]);
        else
            diff_move(d, &d->old->transitions[i], &d->new->transitions[d->transitions.new_of[i]]);
    for (size_t i = 0; i < d->new->transition_count; i++)
        if (d->transitions.old_of[i] == ID_NONE)
            move_new(d, &d->new->transitions[i]);
    diff_order(d);
}
