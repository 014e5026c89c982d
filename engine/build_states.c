// SPDX-License-Identifier: Apache-2.0
// The tree of states: rows in document order, what is active at first, what may be written where.
#include "build_internal.h"

static const char *const state_keys[] = {"title",   "description", "stage",    "type", "initial",
                                         "history", "entry",       "exit",     "edit", "see",
                                         "on",      "transitions", "always",   "done", "after",
                                         "at",      "states",      "donedata", NULL};
static const char *const type_words[] = {"atomic", "compound", "parallel",
                                         "final",  "history",  NULL};
static const char *const stage_words[] = {"submission", "evaluation", "decision",
                                          "funding",    "impact",     NULL};
static const char *const history_words[] = {"shallow", "deep", NULL};

static bool is_history(const State *state)
{
    return state->type == STATE_HISTORY_SHALLOW || state->type == STATE_HISTORY_DEEP;
}

static const Node *inner_states(const Node *node)
{
    const Node *states = node_at(node, "states");
    return states && states->kind == NODE_MAP && states->len ? states : NULL;
}

// A key that this type of state cannot have.
static void forbid(Builder *b, const Node *node, const char *const *keys, Text why)
{
    for (size_t i = 0; keys[i]; i++) {
        const Pair *pair = node_pair(node, keys[i]);
        if (pair)
            fail(b, "misplaced-key", pair->mark, MESSAGE(why, pair->key));
    }
}

static void check_shape(Builder *b, const State *state, const Node *node)
{
    static const char *const no_final[] = {"on",   "transitions", "always", "after",   "at",
                                           "done", "initial",     "states", "history", NULL};
    static const char *const no_history[] = {"on",   "transitions", "always",   "after", "at",
                                             "done", "states",      "donedata", "entry", "exit",
                                             "edit", "see",         NULL};
    static const char *const no_atomic[] = {"initial", "done", "donedata", "states", NULL};
    static const char *const no_parallel[] = {"initial", "donedata", NULL};
    static const char *const no_compound[] = {"donedata", NULL};
    if (state->type == STATE_FINAL)
        forbid(b, node, no_final,
               T("un état final n'a pas de « {0} » : rien n'en sort",
                 "a final state has no '{0}': nothing leaves it"));
    else if (is_history(state))
        forbid(b, node, no_history,
               T("un état d'historique n'a pas de « {0} » : il n'a que initial:",
                 "a history state has no '{0}': only initial:"));
    else if (state->type == STATE_ATOMIC)
        forbid(b, node, no_atomic,
               T("un état sans états intérieurs n'a pas de « {0} »",
                 "a state without inner states has no '{0}'"));
    else if (state->type == STATE_PARALLEL)
        forbid(b, node, no_parallel,
               T("un état parallèle n'a pas de « {0} » : toutes ses régions sont actives",
                 "a parallel state has no '{0}': all its regions are active"));
    else
        forbid(b, node, no_compound,
               T("« {0} » n'appartient qu'à un état final", "'{0}' belongs to a final state only"));
    if ((state->type == STATE_COMPOUND || state->type == STATE_PARALLEL) && !inner_states(node))
        fail(b, "missing-key", state->mark,
             MESSAGE(T("l'état « {0} » doit avoir des états intérieurs (states:)",
                       "the state '{0}' needs inner states (states:)"),
                     state->id));
}

static StateType read_type(Builder *b, const Node *node)
{
    const Node *type = node_at(node, "type"), *history = node_at(node, "history");
    int word = type ? read_word(b, type, type_words) : -1;
    int kind = history ? read_word(b, history, history_words) : -1;
    if (history || word == 4)
        return kind == 1 ? STATE_HISTORY_DEEP : STATE_HISTORY_SHALLOW;
    if (word >= 0)
        return (StateType)word;
    return node_at(node, "states") ? STATE_COMPOUND : STATE_ATOMIC;
}

static void read_stage(Builder *b, State *state, const Node *node)
{
    const Node *stage = node_at(node, "stage");
    int word = stage ? read_word(b, stage, stage_words) : -1;
    state->stage = word >= 0 ? (Stage)(word + 1) : b->states[state->parent].stage;
}

static void check_unique(Builder *b, const State *state)
{
    for (size_t i = 1; i + 1 < b->def->state_count; i++)
        if (str_eq(b->states[i].id, state->id)) {
            fail(b, "duplicate-id", state->mark,
                 MESSAGE(T("l'état « {0} » existe déjà, ligne {1} : un identifiant ne sert qu'une "
                           "fois dans le fichier",
                           "the state '{0}' already exists, on line {1}: an identifier is used "
                           "once in a file"),
                         state->id, str_format(b->arena, "%u", b->states[i].mark.line)));
            return;
        }
}

static void collect(Builder *b, const Node *states, StateId parent);

static void add_state(Builder *b, const Pair *pair, StateId parent)
{
    StateId id = (StateId)b->def->state_count++;
    State *state = &b->states[id];
    const State *up = &b->states[parent];
    b->nodes[id] = pair->value;
    *state = (State){.id = pair->key,
                     .parent = parent,
                     .ancestors = up->ancestors,
                     .mark = pair->mark,
                     .type = STATE_ATOMIC};
    set_add(&state->ancestors, parent);
    state->path =
        parent ? str_format(b->arena, STR_FMT "." STR_FMT, STR_ARG(up->path), STR_ARG(pair->key))
               : pair->key;
    id_valid(b, pair->key, pair->mark);
    check_unique(b, state);
    if (pair->value->kind == NODE_MAP) {
        keys_known(b, pair->value, state_keys);
        state->type = read_type(b, pair->value);
        read_stage(b, state, pair->value);
        check_shape(b, state, pair->value);
    } else {
        state->stage = up->stage;
        if (pair->value->kind != NODE_NULL)
            fail_type(b, pair->value, T("la description d'un état", "the description of a state"));
    }
    Label none = {0};
    state->title = is_history(state) && !node_at(pair->value, "title")
                       ? none
                       : read_title(b, pair->value, pair->key, pair->mark);
    const Node *inner = map_at(b, pair->value, "states");
    if (inner && state->type != STATE_FINAL && !is_history(state))
        collect(b, inner, id);
    b->states[id].end = (StateId)b->def->state_count;
}

static void collect(Builder *b, const Node *states, StateId parent)
{
    for (size_t i = 0; i < states->len; i++) {
        if (b->def->state_count == STATES_MAX) {
            fail(b, "limit", states->pairs[i].mark,
                 MESSAGE(T("trop d'états : {0} au plus", "too many states: {0} at most"),
                         STR("255")));
            return;
        }
        add_state(b, &states->pairs[i], parent);
        if (b->def->state_count == STATES_MAX && i + 1 == states->len)
            return;
    }
}

static void set_children(Builder *b, StateId id)
{
    State *state = &b->states[id];
    StateId *children = arena_array(b->arena, StateId, state->end - id);
    for (StateId i = id + 1; i < state->end; i = b->states[i].end)
        if (!is_history(&b->states[i]))
            children[state->child_count++] = i;
    state->children = children;
    for (size_t i = 0; state->type == STATE_PARALLEL && i < state->child_count; i++)
        if (b->states[children[i]].type == STATE_FINAL)
            fail(b, "misplaced-key", b->states[children[i]].mark,
                 MESSAGE(T("« {0} » ne peut pas être final : c'est une région d'un état parallèle",
                           "'{0}' cannot be final: it is a region of a parallel state"),
                         b->states[children[i]].id));
}

// The last name of a path may be right where the way to it is wrong.
static Str last_name(Str path)
{
    size_t from = path.len;
    while (from && path.at[from - 1] != '.')
        from--;
    return str_slice(path, from, path.len);
}

static void fail_state(Builder *b, const Node *node, Str name)
{
    size_t known = hints_left(b) ? b->def->state_count : 1, n = 0;
    Str *names = arena_array(b->arena, Str, 2 * known), wanted = name, last = last_name(name);
    if (definition_state(b->def, last) != ID_NONE)
        names[n++] = wanted = last;
    for (size_t k = 1; n != 1 && k < known; k++) {
        names[2 * k - 2] = b->states[k].id;
        names[2 * k - 1] = b->states[k].path;
    }
    fail_near(b, "unknown-state", node->mark,
              MESSAGE(T("l'état « {0} » n'existe pas", "there is no state '{0}'"), name), wanted,
              names, n ? n : 2 * known - 2);
}

size_t read_states(Builder *b, const Node *node, const StateId **ret)
{
    StateId *states = arena_array(b->arena, StateId, list_len(node) + 1);
    size_t n = 0;
    *ret = states;
    for (size_t i = 0; i < list_len(node); i++) {
        const Node *item = list_item(node, i);
        Str name = string_of(b, item);
        StateId state = definition_state(b->def, name);
        if (state != ID_NONE)
            states[n++] = state;
        else if (name.len)
            fail_state(b, item, name);
    }
    return n;
}

// Two states can be active together when their least common ancestor is parallel.
static bool together(const Builder *b, StateId x, StateId y)
{
    if (x == y || set_has(&b->states[x].ancestors, y) || set_has(&b->states[y].ancestors, x))
        return false;
    StateId up = b->states[x].parent;
    while (!set_has(&b->states[y].ancestors, up))
        up = b->states[up].parent;
    return b->states[up].type == STATE_PARALLEL;
}

void check_targets(Builder *b, Mark mark, const StateId *targets, size_t n)
{
    for (size_t i = 0; i < n && i < STATES_MAX; i++)
        for (size_t k = 0; k < i; k++)
            if (!together(b, targets[i], targets[k])) {
                fail(b, "bad-targets", mark,
                     MESSAGE(T("« {0} » et « {1} » ne peuvent pas être actifs ensemble",
                               "'{0}' and '{1}' cannot be active together"),
                             b->states[targets[k]].id, b->states[targets[i]].id));
                return;
            }
}

// --- what is entered first

static void set_default_initial(Builder *b, State *state)
{
    const State *from = is_history(state) ? &b->states[state->parent] : state;
    StateId *targets = arena_array(b->arena, StateId, from->child_count + 1);
    size_t n = from->type == STATE_PARALLEL ? from->child_count : from->child_count > 0;
    for (size_t i = 0; i < n; i++)
        targets[i] = from->children[i];
    state->initial = targets;
    state->initial_count = n;
    bool history = false; // of the parent's initial targets: a history does not lead to one
    for (size_t i = 0; i < from->initial_count; i++)
        history |= is_history(&b->states[from->initial[i]]);
    if (is_history(state) && from->type == STATE_COMPOUND && from->initial_count && !history) {
        state->initial = from->initial;
        state->initial_count = from->initial_count;
    }
}

static void check_inside(Builder *b, const State *state, StateId top, Mark mark)
{
    for (size_t i = 0; i < state->initial_count; i++) {
        const State *target = &b->states[state->initial[i]];
        bool shallow = state->type == STATE_HISTORY_SHALLOW && target->parent != top;
        if (!set_has(&target->ancestors, top) || shallow ||
            (is_history(state) && is_history(target)))
            fail(b, "bad-targets", mark,
                 MESSAGE(shallow
                             ? T("un historique « shallow » mène aux enfants directs de son parent "
                                 ": « {0} » n'en est pas un",
                                 "a shallow history leads to direct children of its parent: '{0}' "
                                 "is none")
                             : T("initial: doit nommer un état intérieur : « {0} » n'en est pas un",
                                 "initial: must name an inner state: '{0}' is none"),
                         target->id));
    }
}

// `initial: x`, a list, or {to: x, do: […]}; the actions are read once expressions can be.
static void read_initial(Builder *b, StateId id, const Node *node)
{
    static const char *const keys[] = {"to", "do", NULL};
    State *state = &b->states[id];
    const Pair *pair = node_pair(node, "initial");
    bool wanted = state->type == STATE_COMPOUND || is_history(state);
    if (!wanted)
        return;
    const Node *to = pair ? pair->value : NULL;
    if (to && to->kind == NODE_MAP) {
        keys_known(b, to, keys);
        to = node_at(to, "to");
    }
    state->initial_count = read_states(b, to, &state->initial);
    if (!list_len(to))
        set_default_initial(b, state);
    if (!to)
        return;
    check_inside(b, state, is_history(state) ? state->parent : id, to->mark);
    check_targets(b, to->mark, state->initial, state->initial_count);
}

// --- what may be written and read

typedef struct Rights { // rows of a state, its ancestors' first
    const Allow *rows;
    size_t count;
} Rights;

static void allow(Builder *b, Rights *rights, Thing thing, ItemId item, RoleSet roles)
{
    Allow *rows = arena_array(b->arena, Allow, rights->count + 1);
    if (rights->count)
        memcpy(rows, rights->rows, rights->count * sizeof *rows);
    rights->rows = rows;
    for (size_t i = 0; i < rights->count; i++)
        if (rows[i].thing == thing && rows[i].item == item) {
            rows[i].roles |= roles;
            return;
        }
    rows[rights->count++] = (Allow){thing, item, roles};
}

// A grid says itself who fills it in: another role that edits it never could.
static void check_grid(Builder *b, const Node *word, ItemId grid, RoleSet roles)
{
    const Grid *row = &b->def->grids[grid];
    for (size_t i = 0; row->by && i < b->def->role_count; i++)
        if (roles & ~row->by & b->def->roles[i].bit)
            warn(b, "not-its-grid", word->mark,
                 MESSAGE(
                     T("« {0} » ne remplit pas la grille « {1} » : elle nomme d'autres rôles (by:)",
                       "'{0}' does not fill in the grid '{1}': it names other roles (by:)"),
                     b->def->roles[i].id, row->id));
}

// `edit:` and `see:` are mappings of roles to things.
static Rights read_rights(Builder *b, const Node *node, const char *word, Rights rights)
{
    const Node *map = map_at(b, node, word);
    bool sees = strcmp(word, "see") == 0;
    for (size_t i = 0; map && i < map->len; i++) {
        Node key = node_of_key(&map->pairs[i]);
        RoleSet roles = read_roles(b, &key);
        const Node *things = map->pairs[i].value;
        for (size_t k = 0; k < list_len(things); k++) {
            Thing thing;
            ItemId item;
            if (!read_thing(b, list_item(things, k), sees, &thing, &item))
                continue;
            allow(b, &rights, thing, item, roles);
            if (thing == THING_REVIEW && item != ID_NONE && !sees)
                check_grid(b, list_item(things, k), item, roles);
        }
    }
    return rights;
}

static void read_edit(Builder *b, State *state, const Node *node)
{
    const State *parent = &b->states[state->parent];
    Rights edit = read_rights(b, node, "edit", (Rights){parent->allows, parent->allow_count}),
           see = read_rights(b, node, "see", (Rights){parent->sees, parent->sees_count});
    state->allows = edit.rows;
    state->allow_count = edit.count;
    state->sees = see.rows;
    state->sees_count = see.count;
}

static void list_histories(Builder *b)
{
    StateId *histories = arena_array(b->arena, StateId, b->def->state_count);
    for (StateId i = 1; i < b->def->state_count; i++)
        if (is_history(&b->states[i]))
            histories[b->def->history_count++] = i;
    b->def->histories = histories;
}

void build_states(Builder *b)
{
    const Node *states = map_at(b, b->root, "states");
    b->states = arena_array(b->arena, State, STATES_MAX);
    b->nodes = arena_array(b->arena, const Node *, STATES_MAX);
    b->def->states = b->states;
    b->def->state_count = 1;
    b->states[0] = (State){.id = STR(""),
                           .path = STR(""),
                           .title = b->def->title,
                           .type = STATE_COMPOUND,
                           .parent = ID_NONE,
                           .mark = {1, 1}};
    b->nodes[0] = b->root;
    const Pair *key = node_pair(b->root, "states");
    if (key)
        b->states[0].mark = key->mark;
    if (states)
        collect(b, states, 0);
    b->states[0].end = (StateId)b->def->state_count;
    if (b->def->state_count == 1)
        fail(
            b, "missing-key", b->root->mark,
            MESSAGE(T("le fichier n'a pas d'états (states:)", "the file has no states (states:)")));
    for (StateId i = 0; i < b->def->state_count; i++)
        set_children(b, i);
    for (StateId i = 0; i < b->def->state_count; i++)
        if (!is_history(&b->states[i]))
            read_initial(b, i, b->nodes[i]);
    list_histories(b);
    for (size_t i = 0; i < b->def->history_count; i++)
        read_initial(b, b->def->histories[i], b->nodes[b->def->histories[i]]);
    for (StateId i = 1; i < b->def->state_count; i++)
        read_edit(b, &b->states[i], b->nodes[i]);
}

// --- promises

static StateSet read_set(Builder *b, const Node *row, const char *key)
{
    const StateId *states;
    StateSet set = {0};
    const Node *node = node_at(row, key);
    size_t n = read_states(b, node, &states);
    for (size_t i = 0; i < n; i++)
        set_add(&set, states[i]);
    if (!list_len(node))
        fail(b, "missing-key", row->mark,
             MESSAGE(T("cette promesse doit nommer des états ({0}:)",
                       "this promise must name states ({0}:)"),
                     str_of(key)));
    return set;
}

typedef struct PromiseWords {
    const char *section;
    PromiseKind kind;
    const char *keys[3]; // from, to; NULL-terminated
} PromiseWords;

static void read_promises(Builder *b, const PromiseWords *words, Promise *rows)
{
    const Node *list = node_at(b->root, words->section);
    if (b->def->promise_count + list_len(list) > PROMISES_MAX) {
        fail(b, "limit", list->mark,
             MESSAGE(T("trop de promesses : 64 au plus en tout",
                       "too many promises: 64 at most in all")));
        return;
    }
    for (size_t i = 0; i < list_len(list); i++) {
        const Node *item = list_item(list, i);
        if (!keys_known(b, item, words->keys))
            continue;
        Promise *row = &rows[b->def->promise_count++];
        *row = (Promise){.kind = words->kind, .mark = item->mark};
        row->in = read_set(b, item, words->keys[0]);
        if (words->keys[1])
            row->was = read_set(b, item, words->keys[1]);
    }
}

void build_promises(Builder *b)
{
    static const PromiseWords words[] = {
        {"always", PROMISE_ALWAYS, {"in", "was", NULL}},
        {"never", PROMISE_NEVER, {"in", NULL, NULL}},
        {"eventually", PROMISE_EVENTUALLY, {"from", "reach", NULL}},
    };
    Promise *rows = arena_array(b->arena, Promise, PROMISES_MAX);
    b->def->promises = rows;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        read_promises(b, &words[i], rows);
}
