// SPDX-License-Identifier: Apache-2.0
// The mapping, and the case that follows from it.
#include "migrate_internal.h"

const char *const loss_words[] = {"place", "right", "deadline", "value"};

// --- the mapping --------------------------------------------------------------------------------

typedef struct Reading {
    Arena *arena;
    Str at;
    const Definition *old, *new;
    StateId *states;
    bool *named;
    ItemId *variables;
    Faults *faults;
} Reading;

static bool wrong(Reading *r, Str pointer, Message message)
{
    if (r->faults->len < FIELD_FAULTS_MAX)
        r->faults->at[r->faults->len++] =
            (Fault){.kind = FAULT_INVALID, .pointer = pointer, .message = message};
    return false;
}

static Str nearest_state(const Reading *r, const Definition *def, Str name)
{
    Str *ids = arena_array(r->arena, Str, def->state_count);
    for (size_t i = 1; i < def->state_count; i++)
        ids[i - 1] = def->states[i].id;
    Str near = str_nearest(name, ids, def->state_count - 1);
    return near.len ? near : STR("?");
}

static bool read_state(Reading *r, Str pointer, Str from, const json_t *to)
{
    StateId old = definition_state(r->old, from);
    if (old == ID_NONE)
        return wrong(r, pointer,
                     MESSAGE(T("L'ancienne version n'a pas d'état « {0} » ; le plus proche : {1}.",
                               "The old version has no state '{0}'; the nearest is {1}."),
                             from, nearest_state(r, r->old, from)));
    StateId new = definition_state(r->new, json_str(to));
    if (new == ID_NONE || state_is_history(&r->new->states[new]))
        return wrong(
            r, pointer,
            MESSAGE(T("La nouvelle version n'a pas d'état « {0} » où se trouver ; le plus proche : "
                      "{1}.",
                      "The new version has no state '{0}' to be in; the nearest is {1}."),
                    json_is_string(to) ? json_str(to) : STR("?"),
                    json_is_string(to) ? nearest_state(r, r->new, json_str(to)) : STR("?")));
    r->states[old] = new;
    r->named[old] = true;
    return true;
}

static ItemId variable_of(const Definition *def, Str name)
{
    for (size_t i = 0; i < def->variable_count; i++)
        if (str_eq(def->variables[i].name, name))
            return (ItemId)i;
    return ID_NONE;
}

static bool read_variable(Reading *r, Str pointer, Str from, const json_t *to)
{
    ItemId old = variable_of(r->old, from), new = variable_of(r->new, json_str(to));
    if (old == ID_NONE || new == ID_NONE)
        return wrong(r, pointer,
                     MESSAGE(T("Ni l'une ni l'autre des versions ne relie ces variables : « {0} » "
                               "doit être de l'ancienne, et sa valeur un nom de la nouvelle.",
                               "These variables do not fit: '{0}' must be of the old version, and "
                               "its value a name of the new one."),
                             from));
    r->variables[new] = old;
    return true;
}

typedef bool ReadPair(Reading *r, Str pointer, Str from, const json_t *to);

static bool read_pairs(Reading *r, const json_t *json, const char *member, ReadPair *read)
{
    Str at = pointer_add(r->arena, r->at, str_of(member));
    const char *from;
    json_t *pairs = json_at(json, member), *to;
    bool right = true;
    if (pairs && !json_is_object(pairs))
        return wrong(r, at,
                     MESSAGE(T("Un objet est attendu, de l'ancien nom au nouveau.",
                               "An object is expected, from the old name to the new one.")));
    json_object_foreach(pairs, from, to)
    {
        Str name = str_copy(r->arena, str_of(from));
        right &= read(r, pointer_add(r->arena, at, name), name, to);
    }
    return right;
}

static bool read_members(Reading *r, const json_t *json)
{
    const char *key;
    json_t *value;
    bool right = true;
    json_object_foreach((json_t *)json, key, value)
    {
        Str name = str_copy(r->arena, str_of(key));
        if (!str_is(name, "states") && !str_is(name, "variables") && !str_is(name, "deadlines"))
            right = wrong(r, pointer_add(r->arena, r->at, name),
                          MESSAGE(T("« {0} » n'est pas d'une correspondance : states, variables, "
                                    "deadlines.",
                                    "'{0}' is not of a mapping: states, variables, deadlines."),
                                  name));
    }
    json_t *deadlines = json_at(json, "deadlines");
    if (deadlines && !str_is(json_str(deadlines), "keep") &&
        !str_is(json_str(deadlines), "restart"))
        right = wrong(r, pointer_add(r->arena, r->at, STR("deadlines")),
                      MESSAGE(T("keep ou restart.", "keep or restart.")));
    return right;
}

static void read_same_names(Reading *r)
{
    for (size_t s = 1; s < r->old->state_count; s++)
        r->states[s] = definition_state(r->new, r->old->states[s].id);
    for (size_t i = 0; i < r->new->variable_count; i++)
        r->variables[i] = variable_of(r->old, r->new->variables[i].name);
}

bool mapping_read(Arena *arena, const json_t *json, Str at, const Definition *old,
                  const Definition *new, Mapping *ret, Faults *faults)
{
    Reading r = {.arena = arena, .at = at, .old = old, .new = new, .faults = faults};
    r.states = arena_array(arena, StateId, old->state_count);
    r.named = arena_array(arena, bool, old->state_count);
    r.variables = arena_array(arena, ItemId, new->variable_count + 1);
    read_same_names(&r);
    bool right = read_members(&r, json);
    right &= read_pairs(&r, json, "states", read_state);
    right &= read_pairs(&r, json, "variables", read_variable);
    *ret = (Mapping){.old = old,
                     .new = new,
                     .states = r.states,
                     .named = r.named,
                     .variables = r.variables,
                     .restart = str_is(json_str(json_at(json, "deadlines")), "restart")};
    return right;
}

// --- landing ------------------------------------------------------------------------------------

void moving_lose(Moving *m, LossKind kind, Message message)
{
    vec_push(m->arena, &m->losses,
             (Loss){.kind = kind, .sentence = message_text(m->arena, m->lang, &message)});
}

StateId moving_lands(const Mapping *mapping, StateId old)
{
    StateId to = mapping->states[old];
    if (to != ID_NONE && !state_is_history(&mapping->new->states[to]))
        return to;
    for (StateId s = mapping->old->states[old].parent; s != ID_NONE && s != 0;
         s = mapping->old->states[s].parent)
        if (mapping->named[s])
            return mapping->states[s];
    return ID_NONE;
}

// What a move to all of `targets` would enter. False when they cannot be active together.
static bool configuration(const Definition *def, const StateSet *targets, StateSet *ret)
{
    StateId ids[STATES_MAX];
    Transition t = {.source = 0, .targets = ids};
    size_t words = chart_words(def);
    for (StateId s = set_next(targets, words, 1); s != ID_NONE;
         s = set_next(targets, words, s + 1u))
        if (set_next(targets, words, s + 1u) >= def->states[s].end) // else one inside says more
            ids[t.target_count++] = s;
    Entry entry = {0};
    chart_entry_set(def, NULL, &t, &entry);
    *ret = entry.enter;
    StateSet all = entry.enter;
    set_add(&all, 0);
    for (StateId s = set_next(&all, words, 0); s != ID_NONE; s = set_next(&all, words, s + 1u)) {
        const State *state = &def->states[s];
        size_t active = 0;
        for (size_t i = 0; i < state->child_count; i++)
            active += set_has(&all, state->children[i]);
        if (!state_is_atomic(state) &&
            active != (state->type == STATE_PARALLEL ? state->child_count : 1))
            return false;
    }
    return true;
}

static bool land(Moving *m)
{
    StateSet targets = {0};
    bool lands = true;
    for (StateId s = 1; s < m->old->state_count; s++) {
        if (!set_has(&m->from->in, s) || !state_is_atomic(&m->old->states[s]))
            continue;
        StateId to = moving_lands(m->mapping, s);
        if (to != ID_NONE) {
            set_add(&targets, to);
            continue;
        }
        lands = false;
        moving_lose(m, LOSS_PLACE,
                    MESSAGE(T("« {0} » n'existe plus et la correspondance ne dit pas où aller : "
                              "states: {{1}: …}",
                              "'{0}' is no more and the mapping does not say where to go: states: "
                              "{{1}: …}"),
                            state_title(&m->old->states[s], m->lang), m->old->states[s].id));
    }
    if (lands && !configuration(m->new, &targets, &m->next.in)) {
        lands = false;
        moving_lose(m, LOSS_PLACE,
                    MESSAGE(T("Les états d'arrivée ne peuvent pas être actifs ensemble.",
                              "The states it would land in cannot be active together.")));
    }
    return lands;
}

static bool is_over(const Definition *def, const StateSet *in)
{
    for (size_t i = 0; i < def->states[0].child_count; i++)
        if (set_has(in, def->states[0].children[i]) &&
            def->states[def->states[0].children[i]].type == STATE_FINAL)
            return true;
    return false;
}

static void end(Moving *m)
{
    m->next.over = is_over(m->new, &m->next.in);
    if (m->next.over && !m->from->over)
        moving_lose(m, LOSS_PLACE,
                    MESSAGE(T("La candidature prendrait fin.", "The application would end.")));
    if (!m->next.over && m->from->over)
        moving_lose(m, LOSS_PLACE,
                    MESSAGE(T("La candidature, terminée, reprendrait.",
                              "The application, which is over, would begin again.")));
}

// --- what it remembers --------------------------------------------------------------------------

static void remember(Moving *m)
{
    size_t words = chart_words(m->new);
    m->next.was = m->next.in;
    for (StateId s = 1; s < m->old->state_count; s++) {
        StateId to = set_has(&m->from->was, s) ? m->mapping->states[s] : ID_NONE;
        if (to == ID_NONE || to == 0 || state_is_history(&m->new->states[to]))
            continue;
        set_add(&m->next.was, to);
        for (size_t w = 0; w < words; w++)
            m->next.was.w[w] |= m->new->states[to].ancestors.w[w];
    }
    set_remove(&m->next.was, 0);
}

static size_t history_index(const Definition *def, StateId state)
{
    size_t i = 0;
    while (i < def->history_count && def->histories[i] != state)
        i++;
    return i;
}

// A record is kept whole or not at all: without it, one goes in as for the first time.
static bool recall(const Moving *m, StateId history, const StateSet *was, StateSet *ret)
{
    const State *h = &m->new->states[history];
    bool deep = h->type == STATE_HISTORY_DEEP;
    *ret = (StateSet){0};
    for (StateId s = 1; s < m->old->state_count; s++) {
        if (!set_has(was, s))
            continue;
        StateId to = moving_lands(m->mapping, s);
        if (to == ID_NONE || !chart_below(m->new, to, h->parent) ||
            (deep ? !state_is_atomic(&m->new->states[to]) : m->new->states[to].parent != h->parent))
            return false;
        set_add(ret, to);
    }
    StateSet ignored;
    return configuration(m->new, ret, &ignored);
}

static void remember_histories(Moving *m)
{
    if (!m->from->history || !m->new->history_count)
        return;
    StateSet *kept = arena_array(m->arena, StateSet, m->new->history_count);
    for (size_t i = 0; i < m->new->history_count; i++) {
        StateId old = definition_state(m->old, m->new->states[m->new->histories[i]].id);
        size_t from = old == ID_NONE ? m->old->history_count : history_index(m->old, old);
        if (from < m->old->history_count &&
            !recall(m, m->new->histories[i], &m->from->history[from], &kept[i]))
            kept[i] = (StateSet){0};
    }
    m->next.history = kept;
}

static bool fits(CelValue value, const CelType *type)
{
    return !type || type->kind == CEL_DYN || value.kind == CEL_NULL || value.kind == type->kind;
}

static void lose_variable(Moving *m, Str name)
{
    moving_lose(m, LOSS_VALUE,
                MESSAGE(T("La valeur de « {0} » n'est pas reprise : elle repart de sa première.",
                          "The value of '{0}' is not carried over: it begins anew."),
                        name));
}

// Values carried over, and first values for what is new.
static void carry_variables(Moving *m, Macrostep *step)
{
    size_t n = m->new->variable_count;
    CelValue *vars = arena_array(m->arena, CelValue, n + 1);
    bool *carried = arena_array(m->arena, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        ItemId old = m->mapping->variables[i];
        carried[i] =
            old != ID_NONE && m->from->vars && fits(m->from->vars[old], m->new->variables[i].type);
        vars[i] = carried[i] ? m->from->vars[old] : m->new->variables[i].initial;
        if (old != ID_NONE && !carried[i])
            lose_variable(m, m->new->variables[i].name);
        if (vars[i].kind == CEL_ERROR)
            vars[i] = (CelValue){.kind = CEL_NULL};
    }
    m->next.vars = vars;
    static const Actor system = {.person = {"", 0}, .organisation = {"", 0}, .roles = SYSTEM_BIT};
    scope_start(step, m->arena, m->new, &m->next, &system, m->facts);
    for (size_t i = 0; i < n; i++)
        if (!carried[i] && m->new->variables[i].expr)
            scope_assign(step, (ItemId)i, NULL, 0, scope_value(step, m->new->variables[i].expr));
    m->next.vars = step->at.vars;
}

Landing migrate(Arena *arena, const Mapping *mapping, const Case *c, const Timer *timers,
                size_t timer_count, const Facts *facts, Lang lang)
{
    Moving m = {.arena = arena,
                .mapping = mapping,
                .old = mapping->old,
                .new = mapping->new,
                .from = c,
                .next = {.sends = c->sends},
                .running = timers,
                .running_count = timer_count,
                .facts = facts,
                .lang = lang};
    if (!land(&m))
        return (Landing){.losses = m.losses.at, .loss_count = m.losses.len};
    Macrostep step;
    end(&m);
    remember(&m);
    remember_histories(&m);
    carry_variables(&m, &step);
    migrate_timers(&m, &step);
    migrate_rights(&m);
    return (Landing){.lands = true,
                     .next = m.next,
                     .timers = m.timers.at,
                     .timer_count = m.timers.len,
                     .losses = m.losses.at,
                     .loss_count = m.losses.len};
}

uint64_t migration_needs(const Definition *new)
{
    uint64_t needs = 0;
    for (size_t i = 0; i < new->transition_count; i++)
        needs |= needs_of(new, new->transitions[i].at);
    for (size_t i = 0; i < new->variable_count; i++)
        needs |= needs_of(new, new->variables[i].expr);
    return needs;
}
