// SPDX-License-Identifier: Apache-2.0
// Transitions: the short forms of a state (on, always, done, after, at) and the full list, in the
// order that the law reads them.
#include "build_internal.h"

typedef struct Moves {
    Transition *at;
    size_t len;
    size_t timers; // of the present source
    bool full;
} Moves;

static const char *const on_keys[] = {"title", "by", "to", "if", "do", "internal", NULL};
static const char *const full_keys[] = {"event", "title", "by", "to", "if", "do", "internal", NULL};
static const char *const engine_keys[] = {"title", "to", "if", "do", "internal", NULL};

enum { DESCRIPTORS_MAX = 2 * TRANSITIONS_MAX };

bool event_name_valid(Str name, bool descriptor)
{
    if (descriptor && str_is(name, "*"))
        return true;
    if (descriptor && str_ends(name, STR(".*")))
        name.len -= 2;
    bool start = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == ':' || c == '#';
        if (!word && (c != '.' || start))
            return false;
        start = c == '.';
    }
    return name.len && !start;
}

bool event_reserved(Str name)
{
    static const char *const engine[] = {"done", "error", "timer", NULL};
    for (size_t i = 0; engine[i]; i++) {
        Str word = str_of(engine[i]);
        if (str_starts(name, word) && (name.len == word.len || name.at[word.len] == '.'))
            return true;
    }
    return !str_is(name, "*") && event_act(name) != THING_NONE;
}

static bool raised_here(const Builder *b, Str descriptor)
{
    for (size_t i = 0; i < b->raised.len; i++)
        if (event_matches(&descriptor, 1, b->raised.at[i]))
            return true;
    return b->raises_any;
}

// The descriptors of one text, separated by spaces.
static void read_descriptors(Builder *b, const Node *node, Names *events)
{
    Str rest = string_of(b, node);
    while (rest.len && b->descriptors <= DESCRIPTORS_MAX) {
        size_t space = str_index(rest, ' ');
        Str name = str_slice(rest, 0, space);
        rest = str_slice(rest, space + 1, rest.len);
        if (name.len && !event_name_valid(name, true))
            fail(b, "bad-event", node->mark,
                 MESSAGE(
                     T("« {0} » n'est pas un nom d'événement", "'{0}' is not the name of an event"),
                     name));
        else if (name.len && ++b->descriptors > DESCRIPTORS_MAX)
            fail(b, "limit", node->mark,
                 MESSAGE(T("trop de noms d'événements dans les transitions",
                           "too many names of events in transitions")));
        else if (name.len)
            vec_push(b->arena, events, name);
    }
}

// Who may fire it. In a strict file a person's move says so; the engine's own events have nobody.
static void check_by(Builder *b, const Transition *t)
{
    for (size_t i = 0; i < t->event_count; i++) {
        Str event = t->events[i];
        if (event_reserved(event) && t->by)
            fail(b, "reserved-event", t->mark,
                 MESSAGE(T("« {0} » vient d'un acte ou du moteur : retirer by:, ou changer de nom",
                           "'{0}' comes from an act or from the engine: remove by:, or choose "
                           "another name"),
                         event));
        else if (!event_reserved(event) && !t->by && !str_is(event, "*") && !raised_here(b, event))
            fail(b, "missing-by", t->mark,
                 MESSAGE(T("personne ne peut faire « {0} » : dire qui (by:)",
                           "nobody can fire '{0}': say who (by:)"),
                         event));
    }
}

static Label move_title(Builder *b, const Node *node, const Transition *t)
{
    const Node *title = node_at(node, "title");
    if (title)
        return read_label_node(b, title);
    if (!t->event_count || !t->by)
        return (Label){0};
    ItemId row = definition_event(b->def, t->events[0]);
    if (row != ID_NONE)
        return b->def->events[row].title;
    if (b->strict && !event_reserved(t->events[0]))
        warn(b, "missing-title", t->mark,
             MESSAGE(T("« {0} » n'a pas de titre : en donner un ici ou sous events:",
                       "'{0}' has no title: give it one here or under events:"),
                     t->events[0]));
    return (Label){t->events[0], t->events[0]};
}

static const CelType *type_of(Builder *b, const Transition *t)
{
    Str event = t->event_count == 1 ? t->events[0] : STR_NONE;
    if (!event.len || t->timer.len || str_ends(event, STR("*")))
        return NULL;
    return event_type(b, event, t->by != 0);
}

// Reads what the forms have in common into the row; `t` has its source, events and mark.
static void read_rest(Builder *b, Transition *t, const Node *node)
{
    const Node *by = node_at(node, "by"), *to = node_at(node, "to"), *guard = node_at(node, "if");
    t->by = read_roles(b, by);
    if (!b->strict && !by && t->event_count && !t->timer.len)
        t->by = UINT64_MAX; // charts from elsewhere know no roles: open to everyone
    if (b->strict && t->event_count && !t->timer.len && !(by && !t->by))
        check_by(b, t);
    t->target_count = read_states(b, to, &t->targets);
    if (to)
        check_targets(b, to->mark, t->targets, t->target_count);
    t->internal = read_bool(b, node, "internal", false);
    t->title = move_title(b, node, t);
    const CelType *event = type_of(b, t);
    if (guard) {
        t->guard = compile(b, guard, CEL_BOOL, event);
        t->guard_mark = guard->mark;
    }
    t->actions = read_block(b, node_at(node, "do"), event);
}

static Transition *add(Builder *b, Moves *moves, StateId source, Mark mark)
{
    if (moves->len == TRANSITIONS_MAX) {
        if (!moves->full)
            fail(
                b, "limit", mark,
                MESSAGE(T("trop de transitions : {0} au plus", "too many transitions: {0} at most"),
                        STR("2048")));
        moves->full = true;
        return NULL;
    }
    Transition *t = &moves->at[moves->len++];
    *t = (Transition){.source = source, .mark = mark};
    return t;
}

static void set_events(Transition *t, const Names *events)
{
    t->events = events->at;
    t->event_count = events->len;
}

static void read_on(Builder *b, Moves *moves, StateId source, const Pair *pair)
{
    Node key = node_of_key(pair);
    Names events = {0};
    read_descriptors(b, &key, &events);
    for (size_t i = 0; i < list_len(pair->value); i++) {
        const Node *item = list_item(pair->value, i);
        Transition *t = keys_known(b, item, on_keys)
                            ? add(b, moves, source, i ? item->mark : pair->mark)
                            : NULL;
        if (!t)
            continue;
        set_events(t, &events);
        read_rest(b, t, item);
    }
    if (!list_len(pair->value))
        fail_type(b, pair->value, T("une transition", "a transition"));
}

static void read_full(Builder *b, Moves *moves, StateId source, const Node *item)
{
    const Node *event = node_at(item, "event");
    Names events = {0};
    for (size_t i = 0; i < list_len(event); i++)
        read_descriptors(b, list_item(event, i), &events);
    Transition *t = keys_known(b, item, full_keys) ? add(b, moves, source, item->mark) : NULL;
    if (!t)
        return;
    if (event && !events.len)
        fail(b, "bad-event", event->mark,
             MESSAGE(
                 T("cette transition ne nomme aucun événement", "this transition names no event")));
    else if (!event && node_at(item, "by"))
        fail(b, "missing-key", item->mark,
             MESSAGE(T("by: demande un événement (event:)", "by: needs an event (event:)")));
    set_events(t, &events);
    read_rest(b, t, item);
}

// Transitions of the engine: `always` without event, `done` with that of its source.
static void read_engine(Builder *b, Moves *moves, StateId source, const Node *list, Str event)
{
    for (size_t i = 0; i < list_len(list); i++) {
        const Node *item = list_item(list, i);
        Transition *t = keys_known(b, item, engine_keys) ? add(b, moves, source, item->mark) : NULL;
        if (!t)
            continue;
        Names events = {0};
        if (event.len)
            vec_push(b->arena, &events, event);
        set_events(t, &events);
        read_rest(b, t, item);
        if (!b->strict)
            t->by = 0;
    }
}

static void read_after(Builder *b, Transition *t, const Pair *pair)
{
    if (duration_parse(pair->key, &t->after) && t->after.months >= 0 && t->after.us >= 0 &&
        (t->after.months || t->after.us))
        return;
    fail(b, "bad-duration", pair->mark,
         MESSAGE(T("« {0} » n'est pas une durée : écrire P30D, PT12H, P2M…",
                   "'{0}' is not a duration: write P30D, PT12H, P2M…"),
                 pair->key));
}

static void read_timed(Builder *b, Moves *moves, StateId source, const Pair *pair, bool at)
{
    for (size_t i = 0; i < list_len(pair->value); i++) {
        const Node *item = list_item(pair->value, i);
        Node key = node_of_key(pair);
        Transition *t = keys_known(b, item, engine_keys)
                            ? add(b, moves, source, i ? item->mark : pair->mark)
                            : NULL;
        if (!t)
            continue;
        t->timer = str_format(b->arena, "timer." STR_FMT ".%zu", STR_ARG(b->states[source].id),
                              ++moves->timers);
        Names events = {0};
        vec_push(b->arena, &events, t->timer);
        set_events(t, &events);
        if (at)
            t->at = compile(b, &key, CEL_TIMESTAMP, NULL);
        else
            read_after(b, t, pair);
        read_rest(b, t, item);
    }
}

static void read_section(Builder *b, Moves *moves, StateId source, const char *key)
{
    const Node *map = map_at(b, b->nodes[source], key);
    for (size_t i = 0; map && i < map->len; i++) {
        const Pair *pair = &map->pairs[i];
        if (strcmp(key, "on") == 0)
            read_on(b, moves, source, pair);
        else
            read_timed(b, moves, source, pair, strcmp(key, "at") == 0);
    }
}

static void read_source(Builder *b, Moves *moves, StateId source)
{
    const Node *node = b->nodes[source], *list = node_at(node, "transitions");
    b->states[source].first = (TransitionId)moves->len;
    moves->timers = 0;
    read_section(b, moves, source, "on");
    if (list && list->kind != NODE_LIST && list->kind != NODE_NULL)
        fail_type(b, list, T("une liste de transitions", "a list of transitions"));
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->len; i++)
        read_full(b, moves, source, list->items[i]);
    read_engine(b, moves, source, node_at(node, "always"), STR_NONE);
    if (node_at(node, "done"))
        read_engine(b, moves, source, node_at(node, "done"),
                    str_format(b->arena, "done.state." STR_FMT, STR_ARG(b->states[source].id)));
    read_section(b, moves, source, "after");
    read_section(b, moves, source, "at");
    b->states[source].last = (TransitionId)moves->len;
}

void build_moves(Builder *b)
{
    Moves moves = {.at = arena_array(b->arena, Transition, TRANSITIONS_MAX)};
    for (StateId i = 1; i < b->def->state_count; i++)
        read_source(b, &moves, i);
    b->def->transitions = moves.at;
    b->def->transition_count = moves.len;
}
