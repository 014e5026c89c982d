// SPDX-License-Identifier: Apache-2.0
// Actions: what transitions, entries and exits do; and the data that events and final states carry.
#include "build_internal.h"

typedef VEC(Action) Actions;

static const char *const raise_keys[] = {"event", "expr", "data", NULL};
static const char *const send_keys[] = {"event", "expr", "delay", "id", "data", NULL};
static const char *const cancel_keys[] = {"id", "expr", NULL};
static const char *const foreach_keys[] = {"in", "item", "index", "do", NULL};
static const char *const branch_keys[] = {"when", "do", NULL};
static const char *const action_words[] = {"seal",   "unseal", "mail", "raise",   "send",
                                           "cancel", "assign", "if",   "foreach", NULL};

void read_payload(Builder *b, const Node *node, const CelType *event, const Str **keys,
                  const CelProgram *const **values, size_t *count)
{
    if (!node)
        return;
    bool members = node->kind == NODE_MAP;
    size_t n = members ? node->len : 1;
    Str *names = arena_array(b->arena, Str, n + 1);
    const CelProgram **programs = arena_array(b->arena, const CelProgram *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Node *value = members ? node->pairs[i].value : node;
        programs[i] = compile(b, value, CEL_DYN, event);
        names[i] = members ? node->pairs[i].key : STR_NONE;
    }
    *keys = members ? names : NULL;
    *values = programs;
    *count = n;
}

static void read_event_name(Builder *b, Action *action, const Node *node, const CelType *event)
{
    const Node *name = node->kind == NODE_MAP ? node_at(node, "event") : node;
    const Node *expr = node_at(node, "expr");
    if (!name == !expr)
        fail(b, "missing-key", node->mark,
             MESSAGE(T("nommer l'événement : event: nom, ou expr: \"…\"",
                       "name the event: event: name, or expr: \"…\"")));
    if (expr)
        action->expr = compile(b, expr, CEL_STRING, event);
    Str text = name ? string_of(b, name) : STR_NONE;
    if (text.len && !event_name_valid(text, false))
        fail(b, "bad-event", name->mark,
             MESSAGE(T("« {0} » n'est pas un nom d'événement", "'{0}' is not the name of an event"),
                     text));
    action->name = text;
}

// Milliseconds, an ISO 8601 duration without months, or an expression that gives a duration or
// milliseconds.
static void read_delay(Builder *b, Action *action, const Node *node, const CelType *event)
{
    Duration fixed = {0};
    if (!node)
        return;
    bool iso = node->kind == NODE_STRING && duration_parse(node->text, &fixed);
    if (node->kind == NODE_INT)
        fixed.us = node->integer * 1000;
    if (!iso && node->kind != NODE_INT) {
        action->delay = compile(b, node, CEL_DYN, event);
        return;
    }
    if (fixed.months || fixed.us < 0 || fixed.us > 36500 * DAY ||
        (node->kind == NODE_INT && node->integer > INT64_C(3153600000000)))
        fail(b, "bad-duration", node->mark,
             MESSAGE(T("un délai se compte en jours au plus (P90D), sans mois",
                       "a delay counts days at most (P90D), no months")));
    action->delay_us = fixed.us;
}

static void read_raise(Builder *b, Action *action, const Node *node, const CelType *event)
{
    if (node->kind == NODE_MAP)
        keys_known(b, node, action->kind == DO_SEND ? send_keys : raise_keys);
    read_event_name(b, action, node, event);
    read_delay(b, action, node_at(node, "delay"), event);
    action->id = read_text(b, node, "id");
    read_payload(b, node_at(node, "data"), event, &action->keys, &action->values,
                 &action->value_count);
}

static void read_cancel(Builder *b, Action *action, const Node *node, const CelType *event)
{
    const Node *expr = node_at(node, "expr");
    if (node->kind == NODE_MAP)
        keys_known(b, node, cancel_keys);
    if (expr)
        action->expr = compile(b, expr, CEL_STRING, event);
    else
        action->id = node->kind == NODE_MAP ? read_text(b, node, "id") : string_of(b, node);
}

static ItemId variable_named(Builder *b, const Node *node)
{
    return ROW_NAMED(b, b->def->variables, b->def->variable_count, node, "unknown-variable",
                     T("la variable « {0} » n'est pas déclarée sous data:",
                       "the variable '{0}' is not declared under data:"));
}

static void read_target(Builder *b, Action *action, const Pair *pair)
{
    Node root = node_of_key(pair);
    size_t dot = str_index(pair->key, '.');
    Names path = {0};
    root.text = str_slice(pair->key, 0, dot);
    action->var = variable_named(b, &root);
    for (Str rest = str_slice(pair->key, dot + 1, pair->key.len); rest.len;) {
        Str token = str_slice(rest, 0, str_index(rest, '.'));
        vec_push(b->arena, &path, token);
        rest = str_slice(rest, token.len + 1, rest.len);
    }
    action->path = path.at;
    action->path_len = path.len;
}

static bool assignable(const CelType *to, const CelType *from)
{
    return to->kind == CEL_DYN || from->kind == CEL_DYN || to->kind == from->kind;
}

static void read_assign(Builder *b, Actions *actions, const Node *node, const CelType *event)
{
    if (node->kind != NODE_MAP || !node->len) {
        fail_type(b, node, T("{variable: \"expression\"}", "{variable: \"expression\"}"));
        return;
    }
    for (size_t i = 0; i < node->len; i++) {
        const Pair *pair = &node->pairs[i];
        Action action = {.kind = DO_ASSIGN, .mark = pair->mark, .var2 = ID_NONE, .item = ID_NONE};
        read_target(b, &action, pair);
        action.expr = compile(b, pair->value, CEL_DYN, event);
        const CelType *type =
            action.var == ID_NONE || action.path_len ? &cel_dyn : b->variables[action.var].type;
        if (b->strict && action.expr && !assignable(type, cel_result(action.expr)))
            fail(b, "wrong-result", pair->value->mark,
                 MESSAGE(T("« {0} » ne change pas de type : sa valeur initiale en a un autre",
                           "'{0}' keeps its type: its initial value has another"),
                         pair->key));
        vec_push(b->arena, actions, action);
    }
}

static void read_if(Builder *b, Action *action, const Node *node, const CelType *event)
{
    size_t n = list_len(node);
    Branch *branches = arena_array(b->arena, Branch, n + 1);
    for (size_t i = 0; i < n; i++) {
        const Node *item = list_item(node, i), *when = node_at(item, "when");
        if (!keys_known(b, item, branch_keys))
            continue;
        if (!when && i + 1 < n)
            fail(b, "missing-key", item->mark,
                 MESSAGE(T("seule la dernière branche peut être sans when:",
                           "only the last branch can be without when:")));
        branches[i].guard = when ? compile(b, when, CEL_BOOL, event) : NULL;
        branches[i].block = read_block(b, node_at(item, "do"), event);
    }
    action->branches = branches;
    action->branch_count = n;
}

static void read_foreach(Builder *b, Action *action, const Node *node, const CelType *event)
{
    const Node *in = node_at(node, "in"), *item = node_at(node, "item"),
               *index = node_at(node, "index");
    if (!keys_known(b, node, foreach_keys))
        return;
    if (!in || !item) {
        fail(b, "missing-key", node->mark,
             MESSAGE(T("foreach: attend in: et item:", "foreach: needs in: and item:")));
        return;
    }
    Branch *body = arena_new_of(b->arena, Branch);
    action->expr = compile(b, in, CEL_LIST, event);
    action->var = variable_named(b, item);
    action->var2 = index ? variable_named(b, index) : ID_NONE;
    body->block = read_block(b, node_at(node, "do"), event);
    action->branches = body;
    action->branch_count = 1;
}

static void read_kind(Builder *b, Actions *actions, Action action, const Node *value,
                      const CelType *event)
{
    if (action.kind == DO_ASSIGN) {
        read_assign(b, actions, value, event);
        return;
    }
    if (action.kind == DO_MAIL)
        action.item = ROW_NAMED(b, b->def->mails, b->def->mail_count, value, "unknown-mail",
                                T("le courriel « {0} » n'existe pas", "there is no mail '{0}'"));
    else if (action.kind == DO_RAISE || action.kind == DO_SEND)
        read_raise(b, &action, value, event);
    else if (action.kind == DO_CANCEL)
        read_cancel(b, &action, value, event);
    else if (action.kind == DO_IF)
        read_if(b, &action, value, event);
    else
        read_foreach(b, &action, value, event);
    vec_push(b->arena, actions, action);
}

static void read_action(Builder *b, Actions *actions, const Node *node, const CelType *event)
{
    static const struct {
        const char *word;
        ActionKind kind;
    } kinds[] = {{"mail", DO_MAIL},      {"raise", DO_RAISE},   {"send", DO_SEND},
                 {"cancel", DO_CANCEL},  {"assign", DO_ASSIGN}, {"if", DO_IF},
                 {"foreach", DO_FOREACH}};
    Action action = {.mark = node->mark, .var = ID_NONE, .var2 = ID_NONE, .item = ID_NONE};
    bool map = node->kind == NODE_MAP && node->len == 1;
    Node word = map ? node_of_key(&node->pairs[0]) : *node;
    if (!map && (str_is(word.text, "seal") || str_is(word.text, "unseal")) &&
        node->kind == NODE_STRING) {
        action.kind = str_is(word.text, "seal") ? DO_SEAL : DO_UNSEAL;
        vec_push(b->arena, actions, action);
        return;
    }
    for (size_t i = 0; map && i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(word.text, kinds[i].word)) {
            action.kind = kinds[i].kind;
            read_kind(b, actions, action, node->pairs[0].value, event);
            return;
        }
    if (!map && node->kind != NODE_STRING) {
        fail_type(b, node,
                  T("une action : seal, {mail: …}, {assign: …}…",
                    "an action: seal, {mail: …}, {assign: …}…"));
        return;
    }
    Str names[16];
    size_t n = 0;
    for (; action_words[n]; n++)
        names[n] = str_of(action_words[n]);
    fail_near(b, "unknown-action", word.mark,
              MESSAGE(T("« {0} » n'est pas une action", "'{0}' is not an action"), word.text),
              word.text, names, n);
}

Block read_block(Builder *b, const Node *node, const CelType *event)
{
    Actions actions = {0};
    for (size_t i = 0; i < list_len(node); i++)
        read_action(b, &actions, list_item(node, i), event);
    return (Block){actions.at, actions.len};
}

// One block, or a list of lists: several, each with its own errors.
static const Block *read_blocks(Builder *b, const Node *node, size_t *count)
{
    bool several =
        node && node->kind == NODE_LIST && node->len && node->items[0]->kind == NODE_LIST;
    *count = several ? node->len : list_len(node) > 0;
    Block *blocks = arena_array(b->arena, Block, *count + 1);
    for (size_t i = 0; i < *count; i++)
        blocks[i] = read_block(b, several ? node->items[i] : node, NULL);
    return blocks;
}

void build_contents(Builder *b)
{
    for (size_t i = 0; i < b->def->state_count; i++) {
        State *state = &b->states[i];
        const Node *node = b->nodes[i], *initial = node_at(node, "initial");
        if (initial && initial->kind == NODE_MAP)
            state->initial_actions = read_block(b, node_at(initial, "do"), NULL);
        if (i == 0)
            continue;
        state->entry = read_blocks(b, node_at(node, "entry"), &state->entry_count);
        state->exit = read_blocks(b, node_at(node, "exit"), &state->exit_count);
        read_payload(b, node_at(node, "donedata"), NULL, &state->done_keys, &state->done_values,
                     &state->done_count);
    }
}
