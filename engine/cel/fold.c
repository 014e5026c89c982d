// SPDX-License-Identifier: Apache-2.0
// What can be known without a run: constant parts are computed once, and a condition may be true or
// false whatever comes.
// && and || keep their parts, so that an explanation can still name the one that fails.
#include "inside.h"

// Too few for the long search of a pattern (regex.c): a file may hold thousands of them.
enum { FOLD_STEPS = 4000, FOLD_MEMORY = 64 << 10 };

static bool is_logic(Op op)
{
    return op == OP_AND || op == OP_OR || op == OP_NOT || op == OP_CHOICE;
}

static bool folds(const Node *node)
{
    switch (node->op) {
    case OP_CONST:
    case OP_VAR:
    case OP_LOCAL:
    case OP_HOST: // the host answers at run time
    case OP_ALL:  // a macro's body reads its local
    case OP_EXISTS:
    case OP_EXISTS_ONE:
    case OP_FILTER:
    case OP_TRANSFORM:
        return false;
    default:
        break;
    }
    for (size_t i = 0; i < node->count; i++)
        if (node->args[i]->op != OP_CONST || node->args[i]->value.kind == CEL_ERROR)
            return false;
    return true;
}

// False when a part can only fail and `fault` wants to know: timestamp('2026-13-01') is a slip, not
// a rule.
static bool fold(Arena *arena, Node *node, CelFault *fault)
{
    for (size_t i = 0; i < node->count; i++)
        if (!fold(arena, node->args[i], fault))
            return false;
    if (is_logic(node->op) || !folds(node))
        return true;
    Run run;
    cel_run_start(&run, &(CelRun){.arena = arena, .steps = FOLD_STEPS, .memory = FOLD_MEMORY});
    CelValue value = cel_run(&run, node);
    if (value.kind == CEL_ERROR && run.steps >= 0 && fault) {
        *fault = (CelFault){node->from, *value.error};
        return false;
    }
    if (value.kind == CEL_ERROR)
        return true;
    node->op = OP_CONST;
    node->value = value;
    node->count = 0;
    return true;
}

static int constant(const Node *node)
{
    int decisive = node->op == OP_OR, all = 1 - decisive;
    switch (node->op) {
    case OP_CONST:
        return node->value.kind == CEL_BOOL ? node->value.boolean : -1;
    case OP_NOT: {
        int of = constant(node->args[0]);
        return of < 0 ? of : !of;
    }
    case OP_CHOICE: {
        int condition = constant(node->args[0]);
        if (condition >= 0)
            return constant(node->args[condition ? 1 : 2]);
        int yes = constant(node->args[1]), no = constant(node->args[2]);
        return yes == no ? yes : -1;
    }
    case OP_AND:
    case OP_OR:
        for (size_t i = 0; i < node->count; i++) {
            int part = constant(node->args[i]);
            if (part == decisive)
                return part;
            all = part < 0 ? -1 : all;
        }
        return all;
    default:
        return -1;
    }
}

bool cel_fold(Arena *arena, Node *root, int *ret, CelFault *fault)
{
    if (!fold(arena, root, fault))
        return false;
    *ret = constant(root);
    return true;
}
