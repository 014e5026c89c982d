// SPDX-License-Identifier: Apache-2.0
// Runs the tree. Errors are values: && and || absorb them as cel-spec says, everything else hands
// them on. Each node costs a step; a run without steps left turns every node into an error, so
// nothing can absorb the end of the budget.
#include "inside.h"
#include <math.h>

// Kept out of eval_node(), whose frame is paid at every node.
#define APART __attribute__((noinline))

static const Message no_value = {
    .text = {"cette valeur n'est pas connue ici", "this value is not known here"}};

APART static void eval_var(Run *run, const Node *node, CelValue *ret)
{
    *ret = run->vars[node->slot];
    if (ret->kind == CEL_ERROR && !ret->error)
        *ret = run_error(run, T("{0} n'est pas connu ici", "{0} is not known here"), node->name,
                         STR_NONE);
}

// The path of x.y.z as an author would write it; a part that is no name shows as "…".
static void path_write(Buf *buf, const Node *node)
{
    if (node->op == OP_SELECT || node->op == OP_HAS) {
        path_write(buf, node->args[0]);
        buf_char(buf, '.');
        buf_add(buf, node->name);
    } else if (node->op == OP_VAR || node->op == OP_LOCAL) {
        buf_add(buf, node->name);
    } else {
        buf_add(buf, STR("…"));
    }
}

static CelValue absent(Run *run, const Node *node, bool declared)
{
    Buf path = {.arena = run->arena};
    if (!run_alloc(run, node->name.len))
        return run_exhausted(run);
    path_write(&path, node);
    return declared ? run_error(run, T("{0} n'est pas renseigné", "{0} is not filled in"),
                                buf_str(&path), STR_NONE)
                    : run_error(run, T("{0} n'existe pas", "{0} does not exist"), buf_str(&path),
                                STR_NONE);
}

APART static void member_of(Run *run, const Node *node, const CelValue *of, CelValue *ret)
{
    CelValue member;
    if (of->kind == CEL_MAP && cel_map_member(run, of, node, &member)) {
        if (member.kind == CEL_ERROR && !member.error)
            member.error = &no_value;
        *ret = member;
    } else if (of->kind == CEL_ERROR) {
        *ret = *of;
    } else if (of->kind == CEL_MAP) {
        *ret = absent(run, node, of->type && of->type->members);
    } else {
        *ret = run_error(run, T("{0} n'a pas de membre {1}", "a {0} has no member {1}"),
                         cel_kind_name(of->kind), node->name);
    }
}

// The value of a node where it stands, without a copy, for what guards are made of: literals,
// variables and the members of records. Anything else is evaluated into `scratch`.
static const CelValue *operand(Run *run, const Node *node, CelValue *scratch)
{
    const CelValue *value = NULL;
    switch (node->op) {
    case OP_CONST:
        value = &node->value;
        break;
    case OP_VAR:
        value = &run->vars[node->slot];
        break;
    case OP_LOCAL:
        return &run->locals[node->slot];
    case OP_SELECT: {
        const Node *base = node->args[0];
        const CelValue *of = base->op == OP_VAR && run->vars[base->slot].kind != CEL_ERROR
                                 ? &run->vars[base->slot]
                                 : operand(run, base, scratch);
        run->steps--;
        if (of->kind == CEL_MAP && of->extra == FORM_RECORD && of->type == node->args[0]->type &&
            node->slot < of->type->count)
            value = (const CelValue *)of->ref + node->slot;
        if (value && value->kind != CEL_ERROR)
            return value;
        member_of(run, node, of, scratch);
        return scratch;
    }
    default:
        break;
    }
    if (value && value->kind != CEL_ERROR) {
        run->steps--;
        return value;
    }
    eval_node(run, node, scratch);
    return scratch;
}

APART static void eval_select(Run *run, const Node *node, CelValue *ret)
{
    CelValue scratch;
    *ret = *operand(run, node, &scratch);
}

APART static void eval_has(Run *run, const Node *node, CelValue *ret)
{
    CelValue scratch, member;
    const CelValue *of = operand(run, node->args[0], &scratch);
    if (of->kind == CEL_MAP)
        set_boolean(ret, cel_map_member(run, of, node, &member));
    else
        *ret = of->kind == CEL_ERROR ? *of : cel_no_overload(run, "has", of, 1);
}

// A list's index as a whole number: int, uint, or a double without fraction.
static bool index_of(const CelValue *index, int64_t *ret)
{
    *ret = index->kind == CEL_INT    ? index->integer
           : index->kind == CEL_UINT ? (int64_t)index->uint
                                     : 0;
    if (index->kind == CEL_DOUBLE && index->number == floor(index->number) &&
        fabs(index->number) < 1e15)
        *ret = (int64_t)index->number;
    else if (index->kind != CEL_INT && index->kind != CEL_UINT)
        return false;
    return true;
}

Str cel_shown(Run *run, const CelValue *value)
{
    Buf buf = {.arena = run->arena};
    if ((value->kind == CEL_STRING || value->kind == CEL_BYTES) && value->text.len > 80)
        return STR("…");
    if (value->kind == CEL_LIST || value->kind == CEL_MAP)
        return cel_kind_name(value->kind);
    cel_write(&buf, value);
    return buf_str(&buf);
}

static CelValue item_at(Run *run, const CelValue *of, const CelValue *index)
{
    CelValue ret;
    int64_t place;
    if (of->kind == CEL_MAP) {
        if (cel_map_get(run, of, index, &ret))
            return ret;
        return run->steps < 0 ? run_exhausted(run)
                              : run_error(run, T("il n'y a pas de clé {0}", "there is no key {0}"),
                                          cel_shown(run, index), STR_NONE);
    }
    if (of->kind != CEL_LIST || !index_of(index, &place))
        return cel_no_overload(run, "[ ]", (CelValue[]){*of, *index}, 2);
    if (place < 0 || (uint64_t)place >= cel_size(*of))
        return run_error(run, T("la liste n'a pas d'élément {0}", "the list has no item {0}"),
                         cel_shown(run, index), STR_NONE);
    return cel_item(run->arena, *of, (size_t)place);
}

APART static void eval_index(Run *run, const Node *node, CelValue *ret)
{
    CelValue of, index;
    eval_node(run, node->args[0], &of);
    eval_node(run, node->args[1], &index);
    *ret = of.kind == CEL_ERROR ? of : index.kind == CEL_ERROR ? index : item_at(run, &of, &index);
}

// True when the kinds of `args` are the row's.
static bool row_takes(const Row *row, const CelValue *args, size_t n)
{
    if (row->count != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (row->args[i] != CEL_DYN && row->args[i] != args[i].kind)
            return false;
    return true;
}

APART static void eval_call(Run *run, const Node *node, CelValue *ret)
{
    CelValue args[ARGS_MAX];
    for (size_t i = 0; i < node->count; i++) {
        eval_node(run, node->args[i], &args[i]);
        if (args[i].kind == CEL_ERROR) {
            *ret = args[i];
            return;
        }
    }
    if (node->pattern && args[0].kind == CEL_STRING) {
        *ret = cel_matches(run, node->pattern, args[0].text);
        return;
    }
    for (const Row *row = node->row; cel_row_same(node->row, row); row++)
        if (row_takes(row, args, node->count)) {
            *ret = row->call(run, args);
            return;
        }
    *ret = cel_no_overload(run, node->row->name, args, node->count);
}

APART static void eval_host(Run *run, const Node *node, CelValue *ret)
{
    CelValue args[ARGS_MAX];
    for (size_t i = 0; i < node->count; i++) {
        eval_node(run, node->args[i], &args[i]);
        if (args[i].kind == CEL_ERROR) {
            *ret = args[i];
            return;
        }
        if (args[i].kind != CEL_STRING) {
            *ret = cel_no_overload(run, node->host->name, &args[i], 1);
            return;
        }
    }
    *ret = node->host->call(run->host, run->arena, args);
    if (ret->kind == CEL_ERROR && !ret->error)
        ret->error = &no_value;
}

APART static void eval_negate(Run *run, const Node *node, CelValue *ret)
{
    eval_node(run, node->args[0], ret);
    if (ret->kind == CEL_DOUBLE)
        ret->number = -ret->number;
    else if (ret->kind == CEL_INT)
        *ret = cel_arithmetic(run, OP_SUB, false, &(CelValue){.kind = CEL_INT},
                              &(CelValue){.kind = CEL_INT, .integer = ret->integer});
    else if (ret->kind != CEL_ERROR)
        *ret = cel_no_overload(run, "-", ret, 1);
}

static CelValue is_in(Run *run, const CelValue *what, const CelValue *where)
{
    CelValue other;
    if (where->kind == CEL_MAP)
        return cel_boolean(cel_map_get(run, where, what, &other));
    if (where->kind != CEL_LIST)
        return cel_no_overload(run, "in", (CelValue[]){*what, *where}, 2);
    Walk walk = walk_start(where);
    while (walk_next(&walk, &other))
        if (cel_same(run, what, &other))
            return cel_boolean(true);
    return run->steps < 0 ? run_exhausted(run) : cel_boolean(false);
}

static const char *const op_signs[] = {
    [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">", [OP_GE] = ">="};

// Which orders make which operator true.
static const uint8_t holds[] = {[OP_LT] = 1 << ORDER_LESS,
                                [OP_LE] = 1 << ORDER_LESS | 1 << ORDER_EQUAL,
                                [OP_GT] = 1 << ORDER_MORE,
                                [OP_GE] = 1 << ORDER_MORE | 1 << ORDER_EQUAL};

APART static Truth truth_of_order(Run *run, const Node *node, CelValue *ret)
{
    CelValue left, right;
    const CelValue *a = operand(run, node->args[0], &left),
                   *b = operand(run, node->args[1], &right);
    if (a->kind == CEL_STRING && !run_spend(run, a->text.len)) {
        *ret = run_exhausted(run);
        return NEITHER;
    }
    Order order = cel_compare(a, b);
    if (order != ORDER_NO_OVERLOAD)
        return holds[node->op] >> order & 1;
    *ret = a->kind == CEL_ERROR ? *a
           : b->kind == CEL_ERROR
               ? *b
               : cel_no_overload(run, op_signs[node->op], (CelValue[]){*a, *b}, 2);
    return NEITHER;
}

APART static Truth truth_of_same(Run *run, const Node *node, CelValue *ret)
{
    CelValue left, right;
    const CelValue *a = operand(run, node->args[0], &left),
                   *b = operand(run, node->args[1], &right);
    if (a->kind == CEL_ERROR || b->kind == CEL_ERROR) {
        *ret = a->kind == CEL_ERROR ? *a : *b;
        return NEITHER;
    }
    bool same = cel_same(run, a, b);
    if (run->steps >= 0)
        return same == (node->op == OP_EQ);
    *ret = run_exhausted(run);
    return NEITHER;
}

// One part that is `decisive` decides, whatever the others are; else the first error stays.
static Truth truth_of_parts(Run *run, const Node *node, bool decisive, CelValue *ret)
{
    CelValue other;
    bool failed = false;
    for (size_t i = 0; i < node->count; i++) {
        Truth part = eval_truth(run, node->args[i], failed ? &other : ret);
        if (part == (Truth)decisive)
            return part;
        if (part == NEITHER && !failed) {
            failed = true;
            if (ret->kind != CEL_ERROR)
                *ret = cel_no_overload(run, decisive ? "||" : "&&", ret, 1);
        }
    }
    return failed ? NEITHER : !decisive;
}

static Truth truth_of_not(Run *run, const Node *node, CelValue *ret)
{
    Truth of = eval_truth(run, node->args[0], ret);
    if (of == NEITHER && ret->kind != CEL_ERROR)
        *ret = cel_no_overload(run, "!", ret, 1);
    return of == NEITHER ? NEITHER : of == NO;
}

Truth eval_truth(Run *run, const Node *node, CelValue *ret)
{
    if (run->steps < 0) {
        *ret = run_exhausted(run);
        return NEITHER;
    }
    switch (node->op) {
    case OP_AND:
    case OP_OR:
        run->steps--;
        return truth_of_parts(run, node, node->op == OP_OR, ret);
    case OP_NOT:
        run->steps--;
        return truth_of_not(run, node, ret);
    case OP_EQ:
    case OP_NE:
        run->steps--;
        return truth_of_same(run, node, ret);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        run->steps--;
        return truth_of_order(run, node, ret);
    default:
        eval_node(run, node, ret);
        return ret->kind == CEL_BOOL ? ret->boolean : NEITHER;
    }
}

APART static void eval_condition(Run *run, const Node *node, CelValue *ret)
{
    Truth truth = eval_truth(run, node, ret);
    if (truth != NEITHER)
        *ret = cel_boolean(truth == YES);
}

APART static void eval_choice(Run *run, const Node *node, CelValue *ret)
{
    Truth condition = eval_truth(run, node->args[0], ret);
    if (condition != NEITHER)
        eval_node(run, node->args[condition == YES ? 1 : 2], ret);
    else if (ret->kind != CEL_ERROR)
        *ret = cel_no_overload(run, "? :", ret, 1);
}

// The operators that give something else than a truth, and `in`.
APART static void eval_binary(Run *run, const Node *node, CelValue *ret)
{
    CelValue left, right;
    const CelValue *a = operand(run, node->args[0], &left),
                   *b = operand(run, node->args[1], &right);
    if (a->kind == CEL_ERROR || b->kind == CEL_ERROR)
        *ret = a->kind == CEL_ERROR ? *a : *b;
    else if (node->op == OP_IN)
        *ret = is_in(run, a, b);
    else
        *ret = cel_arithmetic(run, node->op, node->promote, a, b);
}

void eval_node(Run *run, const Node *node, CelValue *ret)
{
    if (--run->steps < 0) {
        *ret = run_exhausted(run);
        return;
    }
    switch (node->op) {
    case OP_CONST:
        *ret = node->value;
        return;
    case OP_VAR:
        return eval_var(run, node, ret);
    case OP_LOCAL:
        *ret = run->locals[node->slot];
        return;
    case OP_SELECT:
        return eval_select(run, node, ret);
    case OP_HAS:
        return eval_has(run, node, ret);
    case OP_INDEX:
        return eval_index(run, node, ret);
    case OP_CALL:
        return eval_call(run, node, ret);
    case OP_HOST:
        return eval_host(run, node, ret);
    case OP_LIST:
        return eval_list(run, node, ret);
    case OP_MAP:
        return eval_map(run, node, ret);
    case OP_AND:
    case OP_OR:
    case OP_NOT:
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return eval_condition(run, node, ret);
    case OP_NEGATE:
        return eval_negate(run, node, ret);
    case OP_CHOICE:
        return eval_choice(run, node, ret);
    case OP_ALL:
    case OP_EXISTS:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_TRANSFORM:
        return eval_macro(run, node, ret);
    default:
        return eval_binary(run, node, ret);
    }
}

CelValue cel_run(Run *run, const Node *node)
{
    CelValue ret;
    eval_node(run, node, &ret);
    return ret;
}

void cel_run_start(Run *run, const CelRun *given)
{
    run->arena = given->arena;
    run->vars = given->vars;
    run->host = given->host;
    run->steps = given->steps ? given->steps : CEL_STEPS_DEFAULT;
    run->memory = arena_used(given->arena) + (given->memory ? given->memory : CEL_MEMORY_DEFAULT);
    run->out_of_memory = false;
}

CelValue cel_eval(const CelProgram *program, const CelRun *given)
{
    Run run;
    cel_run_start(&run, given);
    return cel_run(&run, program->root);
}

bool cel_true(const CelProgram *program, const CelRun *given, const Message **error)
{
    static const Message no_condition = {
        .text = {"le résultat n'est ni vrai ni faux", "the result is neither true nor false"}};
    Run run;
    CelValue value;
    cel_run_start(&run, given);
    Truth truth = eval_truth(&run, program->root, &value);
    if (error)
        *error = truth != NEITHER ? NULL : value.kind == CEL_ERROR ? value.error : &no_condition;
    return truth == YES;
}
