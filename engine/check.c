// SPDX-License-Identifier: Apache-2.0
// Judges the places that a chart can be in: what is never reached, where nothing can happen any
// more, what never rests.
#include "check_internal.h"

static const Str *path_to(const Check *c, uint32_t place, size_t *len)
{
    const Place *places = c->explore->places.at;
    size_t n = 0;
    for (uint32_t p = place; places[p].parent != PLACE_NONE; p = places[p].parent)
        n++;
    Str *path = arena_array(c->arena, Str, n + 1);
    *len = n;
    for (uint32_t p = place; places[p].parent != PLACE_NONE; p = places[p].parent)
        path[--n] = places[p].move;
    return path;
}

Finding *check_fail(Check *c, const char *code, Mark mark, uint32_t place, Message message)
{
    bool error = c->def->env.strict;
    Finding *finding = finding_add(c->arena, c->findings, error, code, mark, message);
    c->failed |= error;
    bool kept = finding >= c->findings->at && finding < c->findings->at + c->findings->len;
    if (place != PLACE_NONE && kept)
        finding->path = path_to(c, place, &finding->path_len);
    return finding;
}

Finding *check_warn(Check *c, const char *code, Mark mark, Message message)
{
    return finding_add(c->arena, c->findings, false, code, mark, message);
}

// Edges sorted by where they lead, to walk them backwards.
static void sort_edges(Check *c)
{
    const Explore *x = c->explore;
    size_t n = x->places.len;
    c->first = arena_array(c->arena, uint32_t, n + 2);
    c->edges = arena_array(c->arena, uint32_t, x->edges.len + 1);
    c->todo = arena_array(c->arena, uint32_t, n + 1);
    for (size_t i = 0; i < x->edges.len; i++)
        c->first[x->edges.at[i].to + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        c->first[i] += c->first[i - 1];
    for (size_t i = 0; i < x->edges.len; i++)
        c->edges[c->first[x->edges.at[i].to + 1]++] = x->edges.at[i].from;
}

bool *can_reach(Check *c, const bool *goals)
{
    size_t n = c->explore->places.len, len = 0;
    bool *good = arena_array(c->arena, bool, n + 1);
    if (!c->first)
        sort_edges(c);
    for (uint32_t i = 0; i < n; i++)
        if ((good[i] = goals[i]))
            c->todo[len++] = i;
    while (len) {
        uint32_t place = c->todo[--len];
        for (uint32_t i = c->first[place]; i < c->first[place + 1]; i++)
            if (!good[c->edges[i]]) {
                good[c->edges[i]] = true;
                c->todo[len++] = c->edges[i];
            }
    }
    return good;
}

// The first active atomic state that is not final: the one to point at.
static const State *leaf(const Check *c, const Place *place)
{
    const State *found = &c->def->states[0];
    for (size_t s = 1; s < c->def->state_count; s++)
        if (set_has(&place->in, (StateId)s) && state_is_atomic(&c->def->states[s])) {
            found = &c->def->states[s];
            if (found->type == STATE_ATOMIC)
                break;
        }
    return found;
}

static void check_reached(Check *c)
{
    const Definition *def = c->def;
    for (size_t s = 1; s < def->state_count; s++) {
        const State *state = &def->states[s];
        bool parent = state->parent == 0 || set_has(&c->explore->visited, state->parent);
        if (!set_has(&c->explore->visited, (StateId)s) && parent && !state_is_history(state))
            check_fail(
                c, "unreachable-state", state->mark, PLACE_NONE,
                MESSAGE(
                    T("l'état « {0} » n'est jamais atteint : aucune transition possible n'y mène",
                      "the state '{0}' is never reached: no possible transition leads to it"),
                    state->id));
    }
}

// Why a transition of a reached state is never taken, when that is simple to say.
static Message why_never(const Check *c, const Transition *t)
{
    Str event = t->event_count ? t->events[0] : STR("always");
    const State *source = &c->def->states[t->source];
    if (t->guard && cel_constant(t->guard) == 0)
        return MESSAGE(
            T("« {0} » n'est jamais possible dans « {1} » : sa garde est toujours fausse",
              "'{0}' is never possible in '{1}': its guard is always false"),
            event, source->id);
    if (!t->by && t->event_count && event_act(event) != THING_NONE)
        return MESSAGE(
            T("« {0} » n'arrive jamais dans « {1} » : edit: n'y permet cet acte à personne",
              "'{0}' never happens in '{1}': edit: lets nobody do that act there"),
            event, source->id);
    return MESSAGE(
        T("« {0} » n'est jamais possible dans « {1} » : une transition sans garde passe toujours "
          "avant",
          "'{0}' is never possible in '{1}': a transition without guard always comes first"),
        event, source->id);
}

static bool is_error_event(const Transition *t)
{
    return t->event_count && str_starts(t->events[0], STR("error"));
}

static void check_taken(Check *c)
{
    for (size_t i = 0; i < c->def->transition_count; i++) {
        const Transition *t = &c->def->transitions[i];
        if (!c->explore->taken[i] && set_has(&c->explore->visited, t->source) && !is_error_event(t))
            check_fail(c, "unreachable-move", t->mark, PLACE_NONE, why_never(c, t));
    }
}

static bool has_final(const Definition *def)
{
    for (size_t i = 0; i < def->states[0].child_count; i++)
        if (def->states[def->states[0].children[i]].type == STATE_FINAL)
            return true;
    return false;
}

static bool any_stuck(const Explore *x)
{
    for (size_t i = 0; i < x->places.len; i++)
        if (!x->places.at[i].over && !x->places.at[i].steps)
            return true;
    return false;
}

// Entered from where an end was possible. A place that is left at once is only passed through.
static bool begins_here(const Explore *x, const bool *good, uint32_t place)
{
    uint32_t parent = x->places.at[place].parent;
    return x->places.at[place].rest == PLACE_NONE &&
           (parent == PLACE_NONE || good[parent] || x->places.at[parent].rest != PLACE_NONE);
}

// A dead end is shown where it begins: at the first place from which no final state can be reached.
static void check_ends(Check *c, bool restless)
{
    const Explore *x = c->explore;
    bool *goals = arena_array(c->arena, bool, x->places.len + 1), any = false;
    StateSet shown = {0};
    for (size_t i = 0; i < x->places.len; i++)
        any |= goals[i] = x->places.at[i].over;
    if (!has_final(c->def) && c->def->env.strict)
        check_fail(
            c, "no-final", c->def->states[0].mark, PLACE_NONE,
            MESSAGE(T("aucun état final (type: final) au premier niveau : une candidature ne se "
                      "termine jamais",
                      "no final state (type: final) at the top: an application never ends")));
    const bool *good = can_reach(c, goals);
    for (uint32_t i = 0; i < x->places.len; i++) {
        const Place *place = &x->places.at[i];
        const State *state = leaf(c, place);
        StateId id = (StateId)(state - c->def->states);
        // Without any way to an end, one dead end says it all, unless something else already does.
        bool begins =
            any ? !good[i] && begins_here(x, good, i) : i == 0 && !restless && !any_stuck(x);
        if (place->over || set_has(&shown, id) || (place->steps && (!begins || !has_final(c->def))))
            continue;
        set_add(&shown, id);
        if (!place->steps && place->rest == PLACE_NONE)
            check_fail(c, "stuck-state", state->mark, i,
                       MESSAGE(T("dans « {0} », personne ne peut plus agir et aucune échéance ne "
                                 "court : ajouter une transition, ou type: final",
                                 "in '{0}' nobody can act any more and no timer runs: add a "
                                 "transition, or type: final"),
                               state->id));
        else
            check_fail(c, "dead-end", state->mark, i,
                       MESSAGE(T("depuis « {0} », aucun état final ne peut plus être atteint",
                                 "from '{0}' no final state can be reached any more"),
                               state->id));
    }
}

// Follows what a place does by itself when no guard holds; it must come to rest.
static bool check_rest(Check *c)
{
    bool found = false;
    const Explore *x = c->explore;
    uint8_t *state =
        arena_array(c->arena, uint8_t, x->places.len + 1); // 1 on the present walk, 2 known
    for (uint32_t i = 0; i < x->places.len; i++) {
        uint32_t p = i;
        while (p != PLACE_NONE && !state[p]) {
            state[p] = 1;
            p = x->places.at[p].rest;
        }
        if (p != PLACE_NONE && state[p] == 1) {
            found = true;
            const State *at = leaf(c, &x->places.at[p]);
            check_fail(c, "endless-loop", at->mark, p,
                       MESSAGE(T("« {0} » est quitté et retrouvé sans fin par des transitions sans "
                                 "événement ni garde",
                                 "'{0}' is left and entered again without end by transitions "
                                 "without event or guard"),
                               at->id));
        }
        for (p = i; p != PLACE_NONE && state[p] == 1; p = x->places.at[p].rest)
            state[p] = 2;
    }
    return found;
}

bool definition_check(Arena *arena, const Definition *def, Findings *findings)
{
    Explore x;
    Check c = {.arena = arena, .def = def, .findings = findings, .explore = &x};
    explore(&x, arena, def);
    if (x.stopped)
        check_fail(&c, "check-limit", def->states[0].mark, PLACE_NONE,
                   MESSAGE(T("le graphe est trop grand pour être prouvé : {0} situations vues, il "
                             "en reste ; écrire moins d'états en parallèle, d'historiques ou de "
                             "gardes sur un même événement",
                             "the chart is too large to be proved: {0} situations seen, and there "
                             "are more; write fewer parallel states, histories or guards on one "
                             "event"),
                           str_format(arena, "%zu", x.places.len)));
    bool restless = check_rest(&c);
    if (!x.stopped) { // what was not found may exist beyond the bound
        check_reached(&c);
        check_taken(&c);
        check_ends(&c, restless);
    }
    check_promises(&c);
    check_use(&c);
    return !c.failed;
}
