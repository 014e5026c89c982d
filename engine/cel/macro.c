// SPDX-License-Identifier: Apache-2.0
// What makes lists and maps, and the macros over them: all, exists, exists_one, filter, map. The
// rest of evaluation is eval.c's.
#include "inside.h"

void eval_list(Run *run, const Node *node, CelValue *ret)
{
    Items *items = run_alloc(run, sizeof *items + node->count * sizeof(CelValue));
    if (!items) {
        *ret = run_exhausted(run);
        return;
    }
    CelValue *at = (CelValue *)(items + 1);
    for (size_t i = 0; i < node->count; i++) {
        eval_node(run, node->args[i], &at[i]);
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

void eval_map(Run *run, const Node *node, CelValue *ret)
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
        eval_node(run, node->args[2 * i], &keys[i]);
        eval_node(run, node->args[2 * i + 1], &values[i]);
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
                               cel_shown(run, &keys[i]), STR_NONE)
                   : cel_no_overload(run, "{ }", &keys[i], 1);
        return;
    }
}

// all and exists: as && and || over the items.
static void eval_quantifier(Run *run, const Node *node, CelValue *range, bool decisive,
                            CelValue *ret)
{
    CelValue other;
    bool failed = false;
    Walk walk = walk_start(range);
    while (run->steps >= 0 && walk_next(&walk, &run->locals[node->slot])) {
        Truth truth = eval_truth(run, node->args[1], failed ? &other : ret);
        if (truth == (Truth)decisive) {
            set_boolean(ret, decisive);
            return;
        }
        if (truth == NEITHER && !failed) {
            failed = true;
            if (ret->kind != CEL_ERROR)
                *ret = cel_no_overload(run, decisive ? "exists" : "all", ret, 1);
        }
    }
    if (run->steps < 0)
        *ret = run_exhausted(run);
    else if (!failed)
        set_boolean(ret, !decisive);
}

static void eval_exists_one(Run *run, const Node *node, CelValue *range, CelValue *ret)
{
    size_t found = 0;
    Walk walk = walk_start(range);
    while (walk_next(&walk, &run->locals[node->slot])) {
        eval_node(run, node->args[1], ret);
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
        eval_node(run, node->args[1], ret);
        if (ret->kind != CEL_BOOL) {
            *ret = ret->kind == CEL_ERROR ? *ret : cel_no_overload(run, "filter", ret, 1);
            return false;
        }
        if (!ret->boolean)
            return true;
    }
    into[*len] = *item;
    if (node->op == OP_TRANSFORM) {
        eval_node(run, node->args[node->count - 1], &into[*len]);
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

void eval_macro(Run *run, const Node *node, CelValue *ret)
{
    CelValue range;
    eval_node(run, node->args[0], &range);
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
