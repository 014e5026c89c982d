// SPDX-License-Identifier: Apache-2.0
// Runs the tree. Errors are values: && and || absorb them as cel-spec says, everything else hands
// them on. Each node costs a step; a run without steps left turns every node into an error, so
// nothing can absorb the end of the budget.
#include "inside.h"
#include <math.h>

static void eval(Run *run, const Node *node, CelValue *ret);

static const Message no_value = {
    .text = {"cette valeur n'est pas connue ici", "this value is not known here"}};

static void eval_var(Run *run, const Node *node, CelValue *ret)
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

static void member_of(Run *run, const Node *node, const CelValue *of, CelValue *ret)
{
    CelValue member;
    if (of->kind == CEL_MAP && cel_map_member(of, node, &member)) {
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
        const CelValue *of = operand(run, node->args[0], scratch);
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
    eval(run, node, scratch);
    return scratch;
}

static void eval_select(Run *run, const Node *node, CelValue *ret)
{
    CelValue scratch;
    *ret = *operand(run, node, &scratch);
}

static void eval_has(Run *run, const Node *node, CelValue *ret)
{
    CelValue scratch, member;
    const CelValue *of = operand(run, node->args[0], &scratch);
    if (of->kind == CEL_MAP)
        *ret = cel_boolean(cel_map_member(of, node, &member));
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

static Str written(Run *run, const CelValue *value)
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
                                          written(run, index), STR_NONE);
    }
    if (of->kind != CEL_LIST || !index_of(index, &place))
        return cel_no_overload(run, "[ ]", (CelValue[]){*of, *index}, 2);
    if (place < 0 || (uint64_t)place >= cel_size(*of))
        return run_error(run, T("la liste n'a pas d'élément {0}", "the list has no item {0}"),
                         written(run, index), STR_NONE);
    return cel_item(run->arena, *of, (size_t)place);
}

static void eval_index(Run *run, const Node *node, CelValue *ret)
{
    CelValue of, index;
    eval(run, node->args[0], &of);
    eval(run, node->args[1], &index);
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

static void eval_call(Run *run, const Node *node, CelValue *ret)
{
    CelValue args[ARGS_MAX];
    for (size_t i = 0; i < node->count; i++) {
        eval(run, node->args[i], &args[i]);
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

static void eval_host(Run *run, const Node *node, CelValue *ret)
{
    CelValue args[ARGS_MAX];
    for (size_t i = 0; i < node->count; i++) {
        eval(run, node->args[i], &args[i]);
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

static void eval_list(Run *run, const Node *node, CelValue *ret)
{
    Items *items = run_alloc(run, sizeof *items + node->count * sizeof(CelValue));
    if (!items) {
        *ret = run_exhausted(run);
        return;
    }
    CelValue *at = (CelValue *)(items + 1);
    for (size_t i = 0; i < node->count; i++) {
        eval(run, node->args[i], &at[i]);
        if (at[i].kind == CEL_ERROR) {
            *ret = at[i];
            return;
        }
    }
    *items = (Items){node->count, at};
    *ret = (CelValue){.kind = CEL_LIST, .extra = FORM_OWN, .ref = items};
}

static bool is_key(const CelValue *key)
{
    return key->kind == CEL_BOOL || key->kind == CEL_INT || key->kind == CEL_UINT ||
           key->kind == CEL_STRING;
}

static void eval_map(Run *run, const Node *node, CelValue *ret)
{
    size_t n = node->count / 2;
    Pairs *pairs = run_alloc(run, sizeof *pairs + node->count * sizeof(CelValue));
    if (!pairs) {
        *ret = run_exhausted(run);
        return;
    }
    CelValue *keys = (CelValue *)(pairs + 1), *values = keys + n, other;
    *pairs = (Pairs){0, keys, values};
    *ret = (CelValue){.kind = CEL_MAP, .extra = FORM_OWN, .ref = pairs};
    for (size_t i = 0; i < n; i++) {
        eval(run, node->args[2 * i], &keys[i]);
        eval(run, node->args[2 * i + 1], &values[i]);
        CelValue *wrong = keys[i].kind == CEL_ERROR     ? &keys[i]
                          : values[i].kind == CEL_ERROR ? &values[i]
                                                        : NULL;
        if (!wrong && is_key(&keys[i]) && !cel_map_get(run, ret, &keys[i], &other)) {
            pairs->len++;
            continue;
        }
        *ret = wrong ? *wrong
               : is_key(&keys[i])
                   ? run_error(run, T("la clé {0} est là deux fois", "the key {0} is there twice"),
                               written(run, &keys[i]), STR_NONE)
                   : cel_no_overload(run, "{ }", &keys[i], 1);
        return;
    }
}

// && and ||: one part that is `decisive` decides, whatever the others are; else the first error
// stays.
static void eval_parts(Run *run, const Node *node, bool decisive, CelValue *ret)
{
    CelValue error = {.kind = CEL_NULL};
    for (size_t i = 0; i < node->count; i++) {
        eval(run, node->args[i], ret);
        if (ret->kind == CEL_BOOL && ret->boolean == decisive)
            return;
        if (ret->kind != CEL_BOOL && error.kind == CEL_NULL)
            error = ret->kind == CEL_ERROR ? *ret
                                           : cel_no_overload(run, decisive ? "||" : "&&", ret, 1);
    }
    *ret = error.kind == CEL_NULL ? cel_boolean(!decisive) : error;
}

static void eval_choice(Run *run, const Node *node, CelValue *ret)
{
    CelValue condition;
    eval(run, node->args[0], &condition);
    if (condition.kind == CEL_BOOL)
        eval(run, node->args[condition.boolean ? 1 : 2], ret);
    else
        *ret = condition.kind == CEL_ERROR ? condition : cel_no_overload(run, "? :", &condition, 1);
}

static void eval_not(Run *run, const Node *node, CelValue *ret)
{
    eval(run, node->args[0], ret);
    if (ret->kind == CEL_BOOL)
        ret->boolean = !ret->boolean;
    else if (ret->kind != CEL_ERROR)
        *ret = cel_no_overload(run, "!", ret, 1);
}

static void eval_negate(Run *run, const Node *node, CelValue *ret)
{
    eval(run, node->args[0], ret);
    if (ret->kind == CEL_DOUBLE)
        ret->number = -ret->number;
    else if (ret->kind == CEL_INT)
        *ret = cel_arithmetic(run, OP_SUB, false, &(CelValue){.kind = CEL_INT},
                              &(CelValue){.kind = CEL_INT, .integer = ret->integer});
    else if (ret->kind != CEL_ERROR)
        *ret = cel_no_overload(run, "-", ret, 1);
}

static const char *const op_signs[] = {
    [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",  [OP_LE] = "<=", [OP_GT] = ">",  [OP_GE] = ">=",
    [OP_IN] = "in", [OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/", [OP_MOD] = "%"};

static void order_test(Run *run, Op op, const CelValue *a, const CelValue *b, CelValue *ret)
{
    // Which orders make which operator true.
    static const uint8_t holds[] = {[OP_LT] = 1 << ORDER_LESS,
                                    [OP_LE] = 1 << ORDER_LESS | 1 << ORDER_EQUAL,
                                    [OP_GT] = 1 << ORDER_MORE,
                                    [OP_GE] = 1 << ORDER_MORE | 1 << ORDER_EQUAL};
    Order order = cel_compare(a, b);
    if (order == ORDER_NO_OVERLOAD)
        *ret = cel_no_overload(run, op_signs[op], (CelValue[]){*a, *b}, 2);
    else
        *ret = cel_boolean(holds[op] >> order & 1);
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

static void eval_binary(Run *run, const Node *node, CelValue *ret)
{
    CelValue scratch[2];
    const CelValue *a = operand(run, node->args[0], &scratch[0]);
    const CelValue *b = operand(run, node->args[1], &scratch[1]);
    if (a->kind == CEL_ERROR || b->kind == CEL_ERROR) {
        *ret = a->kind == CEL_ERROR ? *a : *b;
        return;
    }
    switch (node->op) {
    case OP_EQ:
    case OP_NE:
        *ret = cel_boolean(cel_same(run, a, b) == (node->op == OP_EQ));
        if (run->steps < 0)
            *ret = run_exhausted(run);
        return;
    case OP_IN:
        *ret = is_in(run, a, b);
        return;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return order_test(run, node->op, a, b, ret);
    default:
        *ret = cel_arithmetic(run, node->op, node->promote, a, b);
    }
}

// all and exists: as && and || over the items.
static void eval_quantifier(Run *run, const Node *node, CelValue *range, bool decisive,
                            CelValue *ret)
{
    CelValue error = {.kind = CEL_NULL};
    Walk walk = walk_start(range);
    while (walk_next(&walk, &run->locals[node->slot])) {
        eval(run, node->args[1], ret);
        if (ret->kind == CEL_BOOL && ret->boolean == decisive)
            return;
        if (ret->kind != CEL_BOOL && error.kind == CEL_NULL)
            error = ret->kind == CEL_ERROR
                        ? *ret
                        : cel_no_overload(run, decisive ? "exists" : "all", ret, 1);
        if (run->steps < 0)
            break;
    }
    *ret = error.kind == CEL_NULL ? cel_boolean(!decisive) : error;
}

static void eval_exists_one(Run *run, const Node *node, CelValue *range, CelValue *ret)
{
    size_t found = 0;
    Walk walk = walk_start(range);
    while (walk_next(&walk, &run->locals[node->slot])) {
        eval(run, node->args[1], ret);
        if (ret->kind != CEL_BOOL) {
            *ret = ret->kind == CEL_ERROR ? *ret : cel_no_overload(run, "exists_one", ret, 1);
            return;
        }
        found += ret->boolean;
    }
    *ret = cel_boolean(found == 1);
}

// filter and map: a list of the items kept, or of what they become. False when `ret` is an error.
static bool collect(Run *run, const Node *node, const CelValue *item, CelValue *into, size_t *len,
                    CelValue *ret)
{
    bool filters = node->op == OP_FILTER || node->count == 3;
    if (filters) {
        eval(run, node->args[1], ret);
        if (ret->kind != CEL_BOOL) {
            *ret = ret->kind == CEL_ERROR ? *ret : cel_no_overload(run, "filter", ret, 1);
            return false;
        }
        if (!ret->boolean)
            return true;
    }
    into[*len] = *item;
    if (node->op == OP_TRANSFORM) {
        eval(run, node->args[node->count - 1], &into[*len]);
        if (into[*len].kind == CEL_ERROR) {
            *ret = into[*len];
            return false;
        }
    }
    ++*len;
    return true;
}

static void eval_collect(Run *run, const Node *node, CelValue *range, CelValue *ret)
{
    size_t size = cel_size(*range), len = 0;
    Items *items = run_alloc(run, sizeof *items + size * sizeof(CelValue));
    if (!items) {
        *ret = run_exhausted(run);
        return;
    }
    CelValue *at = (CelValue *)(items + 1);
    Walk walk = walk_start(range);
    while (walk_next(&walk, &run->locals[node->slot])) {
        CelValue item = run->locals[node->slot];
        if (!collect(run, node, &item, at, &len, ret))
            return;
    }
    *items = (Items){len, at};
    *ret = (CelValue){.kind = CEL_LIST, .extra = FORM_OWN, .ref = items};
}

static void eval_macro(Run *run, const Node *node, CelValue *ret)
{
    CelValue range;
    eval(run, node->args[0], &range);
    if (range.kind == CEL_ERROR)
        *ret = range;
    else if (range.kind != CEL_LIST && range.kind != CEL_MAP)
        *ret = cel_no_overload(run, "all, exists, filter, map", &range, 1);
    else if (node->op == OP_ALL || node->op == OP_EXISTS)
        eval_quantifier(run, node, &range, node->op == OP_EXISTS, ret);
    else if (node->op == OP_EXISTS_ONE)
        eval_exists_one(run, node, &range, ret);
    else
        eval_collect(run, node, &range, ret);
}

static void eval(Run *run, const Node *node, CelValue *ret)
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
        return eval_parts(run, node, node->op == OP_OR, ret);
    case OP_NOT:
        return eval_not(run, node, ret);
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
    eval(run, node, &ret);
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
