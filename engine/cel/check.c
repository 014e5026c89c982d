// SPDX-License-Identifier: Apache-2.0
// Resolves every name of a tree to a slot, a member's place or a row, and finds the static types.
// Strict: what does not fit is refused with a sentence that an author can act on (complain.c writes
// it). Otherwise the run finds out, as cel-spec without a checker does.
#include "check.h"

typedef struct Local {
    Str name;
    const CelType *type;
} Local;

typedef struct Checker {
    Complaint complaint;
    const CelEnv *env;
    uint64_t *reads;
    Local locals[LOCALS_MAX];
    size_t depth;
} Checker;

static const CelType *check(Checker *c, Node *node);

static bool is_kind(const CelType *type, CelKind kind)
{
    return type->kind == kind || type->kind == CEL_DYN;
}

static bool is_numeric(const CelType *type)
{
    return type->kind == CEL_INT || type->kind == CEL_UINT || type->kind == CEL_DOUBLE;
}

static const CelType *element(const CelType *type)
{
    return type->of ? type->of : &cel_dyn;
}

static const CelType *many_of(Checker *c, CelKind kind, const CelType *of)
{
    CelType *type = arena_new_of(c->complaint.arena, CelType);
    *type = (CelType){.kind = kind, .of = of};
    return type;
}

// The type of either of two: the same kind keeps the first, anything else is dyn.
static const CelType *common(const CelType *a, const CelType *b)
{
    if (!a || a == b)
        return b;
    if (a->kind != b->kind || ((a->kind == CEL_LIST || a->kind == CEL_MAP)))
        return &cel_dyn;
    return a->values ? b->values ? &cel_string : b : a;
}

// A name that nobody declared: refused when strict, an error for the run otherwise.
static const CelType *undeclared(Checker *c, Node *node, Text text)
{
    if (c->env->strict)
        return NULL;
    Message *message = arena_new_of(c->complaint.arena, Message);
    *message = MESSAGE(text, node->name);
    node->op = OP_CONST;
    node->value = cel_error(message);
    return &cel_dyn;
}

// "a.b.c" when the node is nothing but names and dots, else STR_NONE.
static Str dotted(Checker *c, const Node *node, bool *absolute)
{
    if (node->op == OP_IDENT) {
        *absolute = node->absolute;
        return node->name;
    }
    if (node->op != OP_SELECT)
        return STR_NONE;
    Str of = dotted(c, node->args[0], absolute);
    return of.len ? str_format(c->complaint.arena, STR_FMT "." STR_FMT, STR_ARG(of),
                               STR_ARG(node->name))
                  : STR_NONE;
}

static size_t var_find(const CelEnv *env, Str name)
{
    for (size_t i = 0; i < env->var_count; i++)
        if (str_is(name, env->vars[i].name))
            return i;
    return NO_PLACE;
}

// The variable called `name` in the container, the containers around it, or none.
static size_t var_resolve(Checker *c, Str name, bool absolute)
{
    Str within = absolute ? STR_NONE : c->env->container;
    while (within.len) {
        size_t slot = var_find(c->env, str_format(c->complaint.arena, STR_FMT "." STR_FMT,
                                                  STR_ARG(within), STR_ARG(name)));
        if (slot != NO_PLACE)
            return slot;
        while (within.len && within.at[within.len - 1] != '.')
            within.len--;
        within.len -= within.len > 0;
    }
    return var_find(c->env, name);
}

static bool type_named(Str name, CelKind *ret)
{
    for (CelKind kind = CEL_NULL; kind <= CEL_TYPE; kind++)
        if (str_eq(name, cel_kind_name(kind))) {
            *ret = kind;
            return true;
        }
    return false;
}

static const Local *local_find(const Checker *c, Str name)
{
    for (size_t i = c->depth; i-- > 0;)
        if (str_eq(c->locals[i].name, name))
            return &c->locals[i];
    return NULL;
}

static bool starts_local(const Checker *c, const Node *node)
{
    while (node->op == OP_SELECT)
        node = node->args[0];
    return node->op == OP_IDENT && !node->absolute && local_find(c, node->name);
}

// A whole dotted name that is one variable or one type: a.b.c may be declared so. NULL when it is
// not.
static const CelType *check_qualified(Checker *c, Node *node)
{
    bool absolute = false;
    Str name = starts_local(c, node) ? STR_NONE : dotted(c, node, &absolute);
    CelKind kind;
    if (!name.len)
        return NULL;
    size_t slot = var_resolve(c, name, absolute);
    if (slot != NO_PLACE) {
        node->op = OP_VAR;
        node->slot = (uint16_t)slot;
        node->name = name;
        node->count = 0;
        *c->reads |= slot < 64 ? UINT64_C(1) << slot : 0;
        return c->env->vars[slot].type ? c->env->vars[slot].type : &cel_dyn;
    }
    if (!type_named(name, &kind))
        return NULL;
    node->op = OP_CONST;
    node->count = 0;
    node->value = (CelValue){.kind = CEL_TYPE, .integer = kind};
    return &cel_type_type;
}

static const CelType *check_ident(Checker *c, Node *node)
{
    const Local *local = node->absolute ? NULL : local_find(c, node->name);
    if (local) {
        node->op = OP_LOCAL;
        node->slot = (uint16_t)(local - c->locals);
        return local->type;
    }
    const CelType *type = check_qualified(c, node);
    if (type)
        return type;
    if (!undeclared(c, node, T("{0} n'est pas connu", "{0} is not known")))
        return complain_name(&c->complaint, node, c->env);
    return &cel_dyn;
}

static const CelType *check_select(Checker *c, Node *node)
{
    const CelType *type = node->op == OP_SELECT ? check_qualified(c, node) : NULL;
    if (type)
        return type;
    const CelType *of = check(c, node->args[0]);
    if (!of)
        return NULL;
    const CelType *of_member = &cel_dyn;
    if (of->kind == CEL_MAP && !of->members)
        of_member = element(of);
    else if (of->kind != CEL_DYN && of->kind != CEL_MAP && c->env->strict)
        return complain_no_members(&c->complaint, node, of);
    for (size_t i = 0; of->members && i < of->count; i++)
        if (str_eq(of->members[i].name, node->name)) {
            node->slot = (uint16_t)i;
            of_member = of->members[i].type ? of->members[i].type : &cel_dyn;
        }
    if (of->members && node->slot == NO_PLACE && c->env->strict)
        return complain_member(&c->complaint, node, of);
    return node->op == OP_HAS ? &cel_bool : of_member;
}

static const CelType *check_index(Checker *c, Node *node)
{
    const CelType *of = check(c, node->args[0]), *index = of ? check(c, node->args[1]) : NULL;
    if (!index || !c->env->strict)
        return index ? &cel_dyn : NULL;
    if (of->kind == CEL_LIST)
        return is_kind(index, CEL_INT) || index->kind == CEL_UINT
                   ? element(of)
                   : complain_index(&c->complaint, node, index);
    if (of->kind == CEL_MAP)
        return of->members ? &cel_dyn : element(of);
    return of->kind == CEL_DYN ? &cel_dyn : complain_no_members(&c->complaint, node, of);
}

static bool row_may_take(const Row *row, Node **args, size_t n)
{
    if (row->count != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (row->args[i] != CEL_DYN && !is_kind(args[i]->type, row->args[i]))
            return false;
    return true;
}

static const CelType *check_row(Checker *c, Node *node)
{
    const CelType *result = NULL;
    if (node->row->count == 1 && str_is(node->name, "dyn"))
        return &cel_dyn;
    for (const Row *row = node->row; cel_row_same(node->row, row); row++)
        if (row_may_take(row, node->args, node->count))
            result = common(result, row->result == &cel_element ? element(node->args[0]->type)
                                                                : row->result);
    if (!result)
        return c->env->strict ? complain_call(&c->complaint, node) : &cel_dyn;
    return result;
}

// A literal pattern is compiled with the program; a bad one is refused at once.
static bool check_pattern(Checker *c, Node *node)
{
    if (!str_is(node->name, "matches") || node->count != 2 || node->args[1]->op != OP_CONST ||
        node->args[1]->value.kind != CEL_STRING)
        return true;
    CelFault fault = {0};
    node->pattern = cel_pattern(c->complaint.arena, node->args[1]->value.text, &fault);
    if (node->pattern || !c->env->strict)
        return true;
    return complain(&c->complaint, node->args[1], fault.message) != NULL;
}

static const CelType *check_host(Checker *c, Node *node, const CelFunction *function)
{
    CelFunction *copy = arena_copy(c->complaint.arena, function, sizeof *function);
    Str literals[ARGS_MAX] = {0};
    node->op = OP_HOST;
    node->host = copy;
    if (node->count != function->args)
        return complain_count(&c->complaint, node, function->args);
    for (size_t i = 0; i < node->count; i++) {
        if (c->env->strict && !is_kind(node->args[i]->type, CEL_STRING))
            return complain_text_wanted(&c->complaint, node, node->args[i]);
        if (node->args[i]->op == OP_CONST && node->args[i]->value.kind == CEL_STRING)
            literals[i] = node->args[i]->value.text;
    }
    Message why = {0};
    if (function->check && !function->check(c->env->check_host, c->complaint.arena, literals, &why))
        return complain(&c->complaint, node, why);
    return function->result ? function->result : &cel_dyn;
}

// strings.quote(x) is a function with a dot in its name, not a method of `strings`.
static void unqualify(Checker *c, Node *node)
{
    bool absolute = false;
    Str of = node->method && !starts_local(c, node->args[0]) ? dotted(c, node->args[0], &absolute)
                                                             : STR_NONE;
    if (!of.len)
        return;
    Str name =
        str_format(c->complaint.arena, STR_FMT "." STR_FMT, STR_ARG(of), STR_ARG(node->name));
    if (!cel_row_find(name, false))
        return;
    node->name = name;
    node->method = false;
    node->args++;
    node->count--;
}

// math.least(a, b) is math.least([a, b]).
static void gather(Checker *c, Node *node)
{
    bool one_list = node->count == 1 && is_kind(node->args[0]->type, CEL_LIST);
    if (node->row->result != &cel_element || node->method || node->count == 0 || one_list)
        return;
    Node *list = arena_copy(c->complaint.arena, node, sizeof *node);
    const CelType *of = NULL;
    for (size_t i = 0; i < node->count; i++)
        of = common(of, node->args[i]->type);
    list->op = OP_LIST;
    list->row = NULL;
    list->type = many_of(c, CEL_LIST, of);
    node->args = arena_copy(c->complaint.arena, &list, sizeof(Node *));
    node->count = 1;
}

static const CelType *check_call(Checker *c, Node *node)
{
    unqualify(c, node);
    for (size_t i = 0; i < node->count; i++)
        if (!check(c, node->args[i]))
            return NULL;
    for (size_t i = 0; !node->method && i < c->env->function_count; i++)
        if (str_is(node->name, c->env->functions[i].name))
            return check_host(c, node, &c->env->functions[i]);
    node->row = cel_row_find(node->name, node->method);
    if (node->row)
        gather(c, node);
    if (node->row)
        return check_pattern(c, node) ? check_row(c, node) : NULL;
    if (!undeclared(c, node, T("{0}() n'est pas connue", "{0}() is not known")))
        return complain_function(&c->complaint, node, c->env);
    return &cel_dyn;
}

static const CelType *check_list(Checker *c, Node *node)
{
    const CelType *of = NULL;
    for (size_t i = 0; i < node->count; i++) {
        const CelType *type = check(c, node->args[i]);
        if (!type)
            return NULL;
        of = common(of, type);
    }
    return many_of(c, CEL_LIST, of);
}

static const CelType *check_map(Checker *c, Node *node)
{
    const CelType *of = NULL;
    for (size_t i = 0; i < node->count; i++) {
        const CelType *type = check(c, node->args[i]);
        if (!type)
            return NULL;
        of = i % 2 ? common(of, type) : of;
    }
    return many_of(c, CEL_MAP, of);
}

static const CelType *check_condition(Checker *c, Node *node)
{
    const CelType *type = check(c, node);
    if (type && c->env->strict && !is_kind(type, CEL_BOOL))
        return complain_condition(&c->complaint, node, type);
    return type;
}

static const CelType *check_parts(Checker *c, Node *node)
{
    for (size_t i = 0; i < node->count; i++)
        if (!check_condition(c, node->args[i]))
            return NULL;
    return &cel_bool;
}

static const CelType *check_choice(Checker *c, Node *node)
{
    if (!check_condition(c, node->args[0]))
        return NULL;
    const CelType *yes = check(c, node->args[1]), *no = yes ? check(c, node->args[2]) : NULL;
    return no ? common(yes, no) : NULL;
}

static bool same_sort(const CelType *a, const CelType *b)
{
    return a->kind == b->kind || a->kind == CEL_DYN || b->kind == CEL_DYN ||
           (is_numeric(a) && is_numeric(b));
}

// A text with a closed list of values, compared with a literal that is none of them, is never
// equal.
static bool in_values(Checker *c, const CelType *type, const Node *literal)
{
    if (!type->values || literal->op != OP_CONST || literal->value.kind != CEL_STRING)
        return true;
    for (size_t i = 0; i < type->value_count; i++)
        if (str_eq(type->values[i], literal->value.text))
            return true;
    return complain_value(&c->complaint, literal, type) != NULL;
}

// The sides of a comparison in the sense of == : the same kind, or two numbers.
static const CelType *check_same(Checker *c, Node *node, const CelType *a, const CelType *b)
{
    if (!c->env->strict)
        return &cel_bool;
    if (!same_sort(a, b) || ((a->kind == CEL_NULL) != (b->kind == CEL_NULL) && a->kind && b->kind))
        return complain_sides(&c->complaint, node, node->args[0], node->args[1]);
    if (!in_values(c, a, node->args[1]) || !in_values(c, b, node->args[0]))
        return NULL;
    if (!complain_division(&c->complaint, node))
        return NULL;
    return &cel_bool;
}

static const CelType *check_in(Checker *c, Node *node, const CelType *what, const CelType *where)
{
    if (!c->env->strict || where->kind == CEL_DYN)
        return &cel_bool;
    if (where->kind != CEL_LIST && where->kind != CEL_MAP)
        return complain_in(&c->complaint, node, where);
    if (where->kind == CEL_MAP)
        return &cel_bool;
    if (!same_sort(what, element(where)))
        return complain_sides(&c->complaint, node, node->args[0], node->args[1]);
    const Node *list = node->args[1];
    for (size_t i = 0; list->op == OP_LIST && i < list->count; i++)
        if (!in_values(c, what, list->args[i]))
            return NULL;
    return in_values(c, element(where), node->args[0]) ? &cel_bool : NULL;
}

static const CelType *check_order(Checker *c, Node *node, const CelType *a, const CelType *b)
{
    static const bool ordered[] = {
        [CEL_DYN] = true,      [CEL_BOOL] = true,   [CEL_INT] = true,   [CEL_UINT] = true,
        [CEL_DOUBLE] = true,   [CEL_STRING] = true, [CEL_BYTES] = true, [CEL_TIMESTAMP] = true,
        [CEL_DURATION] = true, [CEL_TYPE] = false};
    if (!c->env->strict)
        return &cel_bool;
    if (!same_sort(a, b) || !ordered[a->kind] || !ordered[b->kind])
        return complain_sides(&c->complaint, node, node->args[0], node->args[1]);
    return complain_division(&c->complaint, node) ? &cel_bool : NULL;
}

static const CelType *sum_of_times(Op op, const CelType *a, const CelType *b)
{
    bool left = a->kind == CEL_TIMESTAMP, right = b->kind == CEL_TIMESTAMP;
    if (!left && a->kind != CEL_DURATION)
        return NULL;
    if (!right && b->kind != CEL_DURATION)
        return NULL;
    if (op == OP_ADD)
        return left && right ? NULL : left || right ? &cel_timestamp : &cel_duration;
    if (op == OP_SUB)
        return left && right ? &cel_duration : right ? NULL : left ? &cel_timestamp : &cel_duration;
    return NULL;
}

static const CelType *check_arithmetic(Checker *c, Node *node, const CelType *a, const CelType *b)
{
    if (!c->env->strict)
        return &cel_dyn;
    node->promote = true;
    if (a->kind == CEL_DYN || b->kind == CEL_DYN)
        return &cel_dyn;
    if (a->kind == b->kind && is_numeric(a) && !(a->kind == CEL_DOUBLE && node->op == OP_MOD))
        return a->kind == CEL_INT ? &cel_int : a->kind == CEL_UINT ? &cel_uint : &cel_double;
    bool mixed = (a->kind == CEL_INT && b->kind == CEL_DOUBLE) ||
                 (a->kind == CEL_DOUBLE && b->kind == CEL_INT);
    if (mixed && node->op != OP_MOD)
        return complain_division(&c->complaint, node) ? &cel_double : NULL;
    bool joins = node->op == OP_ADD && a->kind == b->kind;
    if (joins && (a->kind == CEL_STRING || a->kind == CEL_BYTES))
        return a->kind == CEL_STRING ? &cel_string : &cel_bytes;
    if (joins && a->kind == CEL_LIST)
        return a->of == b->of ? a : &cel_list_type;
    const CelType *times = sum_of_times(node->op, a, b);
    return times ? times : complain_sides(&c->complaint, node, node->args[0], node->args[1]);
}

static const CelType *check_binary(Checker *c, Node *node)
{
    const CelType *a = check(c, node->args[0]), *b = a ? check(c, node->args[1]) : NULL;
    if (!b)
        return NULL;
    switch (node->op) {
    case OP_EQ:
    case OP_NE:
        return check_same(c, node, a, b);
    case OP_IN:
        return check_in(c, node, a, b);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return check_order(c, node, a, b);
    default:
        return check_arithmetic(c, node, a, b);
    }
}

static const CelType *check_negate(Checker *c, Node *node)
{
    const CelType *type = check(c, node->args[0]);
    if (!type || !c->env->strict || type->kind == CEL_INT || type->kind == CEL_DOUBLE ||
        type->kind == CEL_DYN)
        return type;
    return complain_negate(&c->complaint, node, type);
}

static const CelType *check_body(Checker *c, Node *node, const CelType *range)
{
    const CelType *last = NULL;
    for (size_t i = 1; i < node->count; i++) {
        bool transforms = node->op == OP_TRANSFORM && i == (size_t)node->count - 1;
        last = transforms ? check(c, node->args[i]) : check_condition(c, node->args[i]);
        if (!last)
            return NULL;
    }
    if (node->op == OP_TRANSFORM)
        return many_of(c, CEL_LIST, last);
    if (node->op != OP_FILTER)
        return &cel_bool;
    return range->kind == CEL_LIST ? range : &cel_list_type;
}

static const CelType *check_macro(Checker *c, Node *node)
{
    const CelType *range = check(c, node->args[0]);
    if (!range)
        return NULL;
    if (c->env->strict && !is_kind(range, CEL_LIST) && range->kind != CEL_MAP)
        return complain_range(&c->complaint, node, range);
    if (c->depth == LOCALS_MAX)
        return complain(
            &c->complaint, node,
            MESSAGE(T("cette expression est trop imbriquée", "this expression nests too deeply")));
    const CelType *item = range->kind == CEL_LIST  ? element(range)
                          : range->kind == CEL_MAP ? &cel_string
                                                   : &cel_dyn;
    node->slot = (uint16_t)c->depth;
    c->locals[c->depth++] = (Local){node->name, c->env->strict ? item : &cel_dyn};
    const CelType *type = check_body(c, node, range);
    c->depth--;
    return type;
}

static const CelType *check_const(const CelValue *value)
{
    static const CelType *const types[] = {
        [CEL_DYN] = &cel_dyn,           [CEL_ERROR] = &cel_dyn,
        [CEL_NULL] = &cel_null,         [CEL_BOOL] = &cel_bool,
        [CEL_INT] = &cel_int,           [CEL_UINT] = &cel_uint,
        [CEL_DOUBLE] = &cel_double,     [CEL_STRING] = &cel_string,
        [CEL_BYTES] = &cel_bytes,       [CEL_TIMESTAMP] = &cel_timestamp,
        [CEL_DURATION] = &cel_duration, [CEL_LIST] = &cel_list_type,
        [CEL_MAP] = &cel_map_type,      [CEL_TYPE] = &cel_type_type};
    return types[value->kind];
}

static const CelType *check_node(Checker *c, Node *node)
{
    switch (node->op) {
    case OP_CONST:
        return check_const(&node->value);
    case OP_IDENT:
        return check_ident(c, node);
    case OP_SELECT:
    case OP_HAS:
        return check_select(c, node);
    case OP_INDEX:
        return check_index(c, node);
    case OP_CALL:
        return check_call(c, node);
    case OP_LIST:
        return check_list(c, node);
    case OP_MAP:
        return check_map(c, node);
    case OP_AND:
    case OP_OR:
        return check_parts(c, node);
    case OP_NOT:
        return check_condition(c, node->args[0]) ? &cel_bool : NULL;
    case OP_NEGATE:
        return check_negate(c, node);
    case OP_CHOICE:
        return check_choice(c, node);
    case OP_ALL:
    case OP_EXISTS:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_TRANSFORM:
        return check_macro(c, node);
    default:
        return check_binary(c, node);
    }
}

static const CelType *check(Checker *c, Node *node)
{
    const CelType *type = check_node(c, node);
    node->type = type ? type : &cel_dyn;
    return type;
}

const CelType *cel_check(Arena *arena, Node *root, Str source, const CelEnv *env, uint64_t *reads,
                         CelFault *fault)
{
    Checker checker = {.complaint = {arena, source, fault}, .env = env, .reads = reads};
    *reads = 0;
    return check(&checker, root);
}
