// SPDX-License-Identifier: Apache-2.0
// Expressions of a workflow file: what they may name, and their compilation with the fault shown at
// its character.
#include "build_internal.h"
#include "facts.h"

// --- functions of guards: the running application answers through a GuardHost

static CelValue truth(bool value)
{
    return (CelValue){.kind = CEL_BOOL, .boolean = value};
}

static CelValue call_in(void *host, Arena *arena, const CelValue *args)
{
    (void)arena;
    const GuardHost *guard = host;
    StateId state = definition_state(guard->def, args[0].text);
    return truth(state != ID_NONE && set_has(guard->in, state));
}

static CelValue call_was(void *host, Arena *arena, const CelValue *args)
{
    (void)arena;
    const GuardHost *guard = host;
    StateId state = definition_state(guard->def, args[0].text);
    return truth(state != ID_NONE && set_has(guard->was, state));
}

static CelValue call_complete(void *host, Arena *arena, const CelValue *args)
{
    static const Message unknown = {.text = {"ce formulaire n'existe pas, ou n'est pas chargé",
                                             "there is no such form, or it is not loaded"}};
    GuardHost *guard = host;
    ItemId form = definition_form(guard->def, args[0].text);
    if (form == ID_NONE || !guard->complete)
        return (CelValue){.kind = CEL_ERROR, .error = &unknown};
    return truth(guard->complete(guard, arena, form));
}

static bool nothing_named(Arena *arena, Text alone, Text with, Str name, const Str *names, size_t n,
                          Message *why)
{
    (void)arena;
    Str near = str_nearest(name, names, n);
    *why = near.len ? MESSAGE(with, name, near) : MESSAGE(alone, name);
    return false;
}

static bool check_state(void *host, Arena *arena, const Str *literals, Message *why)
{
    const Definition *def = host;
    if (!literals[0].at || definition_state(def, literals[0]) != ID_NONE)
        return true;
    Str *names = arena_array(arena, Str, def->state_count + 1);
    for (size_t i = 1; i < def->state_count; i++)
        names[i - 1] = def->states[i].id;
    return nothing_named(arena, T("l'état « {0} » n'existe pas", "there is no state '{0}'"),
                         T("l'état « {0} » n'existe pas (« {1} » ?)",
                           "there is no state '{0}' (did you mean '{1}'?)"),
                         literals[0], names, def->state_count - 1, why);
}

static bool check_form(void *host, Arena *arena, const Str *literals, Message *why)
{
    const Definition *def = host;
    if (!literals[0].at || definition_form(def, literals[0]) != ID_NONE)
        return true;
    Str *names = arena_array(arena, Str, def->form_count + 1);
    for (size_t i = 0; i < def->form_count; i++)
        names[i] = def->forms[i].id;
    return nothing_named(arena, T("le formulaire « {0} » n'existe pas", "there is no form '{0}'"),
                         T("le formulaire « {0} » n'existe pas (« {1} » ?)",
                           "there is no form '{0}' (did you mean '{1}'?)"),
                         literals[0], names, def->form_count, why);
}

static const CelFunction functions[] = {
    {"In", 1, &cel_bool, call_in, check_state},
    {"Was", 1, &cel_bool, call_was, check_state},
    {"complete", 1, &cel_bool, call_complete, check_form},
};

// --- what the actions of the whole file raise, and the variables of their loops

static void add_name(Builder *b, Names *names, Str name)
{
    for (size_t i = 0; i < names->len; i++)
        if (str_eq(names->at[i], name))
            return;
    if (name.len && names->len < ITEMS_MAX)
        vec_push(b->arena, names, name);
}

static Str scalar_text(const Node *node)
{
    return node && node->kind == NODE_STRING ? node->text : STR_NONE;
}

static void scan(Builder *b, const Node *node)
{
    for (size_t i = 0; node->kind == NODE_LIST && i < node->len; i++)
        scan(b, node->items[i]);
    for (size_t i = 0; node->kind == NODE_MAP && i < node->len; i++) {
        Str key = node->pairs[i].key;
        const Node *value = node->pairs[i].value;
        if (str_is(key, "raise") || str_is(key, "send")) {
            add_name(b, &b->raised,
                     scalar_text(value->kind == NODE_MAP ? node_at(value, "event") : value));
            b->raises_any |= node_at(value, "expr") != NULL;
        } else if (str_is(key, "foreach")) {
            add_name(b, &b->loop_vars, scalar_text(node_at(value, "item")));
            add_name(b, &b->loop_vars, scalar_text(node_at(value, "index")));
        }
        scan(b, value);
    }
}

void scan_actions(Builder *b)
{
    const Node *states = node_at(b->root, "states"), *initial = node_at(b->root, "initial");
    if (states)
        scan(b, states);
    if (initial)
        scan(b, initial);
}

// --- the environment

static bool is_raised(const Builder *b, Str name)
{
    for (size_t i = 0; i < b->raised.len; i++)
        if (event_matches(&name, 1, b->raised.at[i]))
            return true;
    return b->raises_any;
}

static const CelType *event_of(Builder *b, const CelType *data)
{
    CelMember *members = arena_array(b->arena, CelMember, 2);
    members[0] = (CelMember){STR("name"), &cel_string, false};
    members[1] = (CelMember){STR("data"), data, false};
    CelType *type = arena_new_of(b->arena, CelType);
    *type = (CelType){.kind = CEL_MAP, .members = members, .count = 2};
    return type;
}

const CelType *event_type(Builder *b, Str name, bool by_people)
{
    static const CelMember nothing;
    static const CelType no_data = {.kind = CEL_MAP, .members = &nothing};
    const CelType *known = b->strict ? definition_event_type(b->def, name) : NULL;
    ItemId event = definition_event(b->def, name);
    if (!b->strict || known)
        return known;
    if (event != ID_NONE && b->def->events[event].schema)
        return event_of(b, cel_type_of_schema(b->arena, b->def->events[event].schema));
    return by_people && !is_raised(b, name) ? event_of(b, &no_data) : NULL;
}

static bool is_cel_name(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '-' || name.at[i] == '.')
            return false;
    return name.len;
}

static const CelType *type_of_value(Builder *b, CelValue value)
{
    static const CelType list = {.kind = CEL_LIST}, map = {.kind = CEL_MAP};
    if (!b->strict)
        return &cel_dyn;
    return value.kind == CEL_BOOL     ? &cel_bool
           : value.kind == CEL_INT    ? &cel_int
           : value.kind == CEL_DOUBLE ? &cel_double
           : value.kind == CEL_STRING ? &cel_string
           : value.kind == CEL_LIST   ? &list
           : value.kind == CEL_MAP    ? &map
                                      : &cel_dyn;
}

static void check_variable(Builder *b, const Pair *pair, const CelVar *slots)
{
    id_valid(b, pair->key, pair->mark);
    if (!is_cel_name(pair->key))
        fail(
            b, "bad-id", pair->mark,
            MESSAGE(T("« {0} » ne peut pas être lu dans une expression : remplacer « - » par « _ »",
                      "'{0}' cannot be read in an expression: write '_' instead of '-'"),
                    pair->key));
    for (size_t i = 0; i < SLOT_VARS; i++)
        if (str_is(pair->key, slots[i].name))
            fail(b, "duplicate-id", pair->mark,
                 MESSAGE(
                     T("« {0} » est déjà un nom des faits", "'{0}' already is a name of the facts"),
                     pair->key));
}

static const Node *expression_of(const Node *value)
{
    return value->kind == NODE_MAP && value->len == 1 ? node_at(value, "expr") : NULL;
}

static void read_variables(Builder *b, const Node *map, const CelVar *slots)
{
    Variable *rows = arena_array(b->arena, Variable, ITEMS_MAX * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; map && i < map->len && n < ITEMS_MAX; i++, n++) {
        const Pair *pair = &map->pairs[i];
        check_variable(b, pair, slots);
        rows[n] = (Variable){.name = pair->key, .type = &cel_dyn, .initial = {.kind = CEL_NULL}};
        if (expression_of(pair->value))
            continue;
        rows[n].initial = cel_of_json(b->arena, node_json(b->arena, pair->value), NULL);
        rows[n].type = type_of_value(b, rows[n].initial);
    }
    for (size_t i = 0; i < b->loop_vars.len; i++)
        if (row_index(rows, n, sizeof *rows, b->loop_vars.at[i]) == ID_NONE)
            rows[n++] = (Variable){
                .name = b->loop_vars.at[i], .type = &cel_dyn, .initial = {.kind = CEL_NULL}};
    b->variables = rows;
    b->def->variables = rows;
    b->def->variable_count = n;
}

void build_env(Builder *b)
{
    const Node *map = map_at(b, b->root, "data");
    CelVar *vars = arena_array(b->arena, CelVar, SLOT_VARS + 2 * ITEMS_MAX);
    facts_types(b->arena, b->def, vars);
    for (size_t i = 0; !b->strict && i < SLOT_VARS; i++)
        vars[i].type = &cel_dyn;
    if (map)
        rows_fit(b, map, ITEMS_MAX, T("trop de variables", "too many variables"));
    read_variables(b, map, vars);
    for (size_t i = 0; i < b->def->variable_count; i++)
        vars[SLOT_VARS + i] =
            (CelVar){str_cstr(b->arena, b->variables[i].name), b->variables[i].type};
    b->def->env = (CelEnv){.vars = vars,
                           .var_count = SLOT_VARS + b->def->variable_count,
                           .functions = functions,
                           .function_count = sizeof functions / sizeof *functions,
                           .check_host = b->def,
                           .strict = b->strict};
}

// Initial values that are expressions: their type is known only now.
void build_variables(Builder *b)
{
    const Node *map = node_at(b->root, "data");
    CelVar *vars = arena_copy(b->arena, b->def->env.vars, b->def->env.var_count * sizeof(CelVar));
    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->len && i < ITEMS_MAX; i++) {
        const Node *expr = expression_of(map->pairs[i].value);
        if (!expr)
            continue;
        Variable *row = &b->variables[i];
        row->expr = compile(b, expr, CEL_DYN, NULL);
        if (row->expr && b->strict)
            vars[SLOT_VARS + i].type = row->type = cel_result(row->expr);
    }
    b->def->env.vars = vars;
}

// --- compilation

static Text kind_text(CelKind kind)
{
    switch (kind) {
    case CEL_BOOL:
        return T("vrai ou faux", "true or false");
    case CEL_INT:
    case CEL_UINT:
        return T("un entier", "an integer");
    case CEL_DOUBLE:
        return T("un nombre", "a number");
    case CEL_STRING:
        return T("un texte", "a text");
    case CEL_TIMESTAMP:
        return T("un instant", "an instant");
    case CEL_DURATION:
        return T("une durée", "a duration");
    case CEL_LIST:
        return T("une liste", "a list");
    case CEL_MAP:
        return T("un objet", "an object");
    default:
        return T("autre chose", "something else");
    }
}

static const CelProgram *check_result(Builder *b, const Node *node, const CelProgram *program,
                                      CelKind wanted)
{
    CelKind kind = cel_result(program)->kind;
    if (!b->strict || wanted == CEL_DYN || kind == CEL_DYN || kind == wanted)
        return program;
    Text want = kind_text(wanted), got = kind_text(kind);
    Str fr =
        str_format(b->arena, "cette expression doit donner %s ; elle donne %s", want.fr, got.fr);
    Str en = str_format(b->arena, "this expression must give %s; it gives %s", want.en, got.en);
    fail(b, "wrong-result", node->mark, MESSAGE(((Text){fr.at, en.at})));
    return NULL;
}

// Whether complete( stands in a source: the shell then loads what the forms need.
static bool calls_complete(Str source)
{
    Str call = STR("complete");
    for (size_t i = 0; i + call.len <= source.len; i++)
        if (memcmp(source.at + i, call.at, call.len) == 0)
            return true;
    return false;
}

const CelProgram *compile(Builder *b, const Node *node, CelKind wanted, const CelType *event)
{
    CelFault fault = {0};
    CelEnv env = b->def->env;
    if (node->kind == NODE_LIST || node->kind == NODE_MAP) {
        fail_type(b, node, T("une expression entre guillemets", "an expression in quotes"));
        return NULL;
    }
    if (event) {
        CelVar *vars = arena_copy(b->arena, env.vars, env.var_count * sizeof *vars);
        vars[SLOT_EVENT].type = event;
        env.vars = vars;
    }
    // A plain `0` or `true` of the file is an expression too.
    Str source = node->kind == NODE_NULL ? STR("null") : node->text;
    const CelProgram *program = cel_compile(b->arena, source, &env, &fault);
    if (!program) {
        fail(b, "bad-expression", node_place(node, fault.offset), fault.message);
        return NULL;
    }
    b->def->slots_read |= cel_reads(program);
    b->def->counts_complete |= calls_complete(source);
    return check_result(b, node, program, wanted);
}
