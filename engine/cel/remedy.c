// SPDX-License-Identifier: Apache-2.0
// What to write instead: of two sides that do not go together, of a function's name known from
// elsewhere.
#include "check.h"

static bool is_number(const Node *node)
{
    CelKind kind = node->type->kind;
    return kind == CEL_INT || kind == CEL_DOUBLE || kind == CEL_UINT;
}

static bool is_literal(const Node *node, CelKind kind)
{
    return node->op == OP_CONST && node->value.kind == kind;
}

static bool is_time(CelKind kind)
{
    return kind == CEL_TIMESTAMP || kind == CEL_DURATION;
}

const char *op_sign(Op op)
{
    static const char *const signs[] = {
        [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",  [OP_LE] = "<=",
        [OP_GT] = ">",  [OP_GE] = ">=", [OP_IN] = "in", [OP_ADD] = "+",
        [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/", [OP_MOD] = "%"};
    return signs[op];
}

static Str called(Complaint *c, const char *function, Str source)
{
    return str_format(c->arena, "%s(" STR_FMT ")", function, STR_ARG(source));
}

// A text beside something else.
static Str text_rewritten(Complaint *c, const Node *text, const Node *like)
{
    double d;
    if (is_literal(text, CEL_STRING) && is_number(like))
        return cel_double_parse(text->value.text, &d) ? text->value.text : STR("10");
    CelKind wanted = like->type->kind;
    return wanted == CEL_TIMESTAMP  ? called(c, "timestamp", excerpt(c, text))
           : wanted == CEL_DURATION ? called(c, "duration", excerpt(c, text))
           : wanted == CEL_INT      ? called(c, "int", excerpt(c, text))
           : is_number(like)        ? called(c, "double", excerpt(c, text))
                                    : STR_NONE;
}

// How to write `node` so that it goes with `like`; STR_NONE when nothing is known.
static Str rewritten(Complaint *c, Op op, const Node *node, const Node *like)
{
    bool literal = node->op == OP_CONST;
    if (is_number(node) && like->type->kind == CEL_STRING && op == OP_ADD)
        return called(c, "string", excerpt(c, node));
    if (is_number(node) && like->type->kind == CEL_STRING && literal)
        return str_format(c->arena, "'" STR_FMT "'", STR_ARG(excerpt(c, node)));
    if (is_literal(node, CEL_INT) && is_time(like->type->kind)) // days, most likely
        return str_format(c->arena, "duration('P" STR_FMT "D')", STR_ARG(excerpt(c, node)));
    if (node->type->kind == CEL_STRING && !(op == OP_ADD && is_number(like)))
        return text_rewritten(c, node, like);
    return STR_NONE;
}

// "oui" compared with a yes/no: the answer itself is the condition.
static Str yes_or_no(Complaint *c, const Node *node, const Node *answer, const Node *literal)
{
    static const char *const words[] = {"oui", "yes", "vrai", "true",  "1",
                                        "non", "no",  "faux", "false", "0"};
    if (answer->type->kind != CEL_BOOL || literal->op != OP_CONST)
        return STR_NONE;
    Str word = literal->value.kind == CEL_STRING ? literal->value.text
               : literal->value.kind == CEL_INT  ? excerpt(c, literal)
                                                 : STR_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return str_format(c->arena, "%s" STR_FMT, (i < 5) == (node->op == OP_EQ) ? "" : "!",
                              STR_ARG(excerpt(c, answer)));
    return STR_NONE;
}

// For == and != alone.
static Str equality(Complaint *c, const Node *node, const Node *a, const Node *b)
{
    bool equal = node->op == OP_EQ;
    Str left = excerpt(c, a), right = excerpt(c, b);
    if (is_literal(b, CEL_NULL) && a->op == OP_SELECT)
        return str_format(c->arena, "%shas(" STR_FMT ")", equal ? "!" : "", STR_ARG(left));
    if (a->type->kind == CEL_LIST && b->op == OP_CONST)
        return equal ? str_format(c->arena, STR_FMT " in " STR_FMT, STR_ARG(right), STR_ARG(left))
                     : str_format(c->arena, "!(" STR_FMT " in " STR_FMT ")", STR_ARG(right),
                                  STR_ARG(left));
    return yes_or_no(c, node, a, b);
}

// 1 < x < 3 is two comparisons.
static Str chained(Complaint *c, const Node *node, const Node *a, const Node *b)
{
    if (a->op < OP_LT || a->op > OP_GE || node->op < OP_LT || node->op > OP_GE)
        return STR_NONE;
    Str first = excerpt(c, a), middle = excerpt(c, a->args[1]), last = excerpt(c, b);
    return str_format(c->arena, STR_FMT " && " STR_FMT " %s " STR_FMT, STR_ARG(first),
                      STR_ARG(middle), op_sign(node->op), STR_ARG(last));
}

Str remedy(Complaint *c, const Node *node, const Node *a, const Node *b)
{
    Str whole =
        node->op == OP_EQ || node->op == OP_NE ? equality(c, node, a, b) : chained(c, node, a, b);
    if (whole.len || node->op == OP_IN)
        return whole;
    Str other = rewritten(c, node->op, b, a);
    if (other.len)
        return str_format(c->arena, STR_FMT " %s " STR_FMT, STR_ARG(excerpt(c, a)),
                          op_sign(node->op), STR_ARG(other));
    other = rewritten(c, node->op, a, b);
    if (other.len)
        return str_format(c->arena, STR_FMT " %s " STR_FMT, STR_ARG(other), op_sign(node->op),
                          STR_ARG(excerpt(c, b)));
    return STR_NONE;
}

Str meant(Str name, const Str *names, size_t n)
{
    static const char *const elsewhere[][2] = {
        {"len", "size"},          {"length", "size"},
        {"count", "size"},        {"taille", "size"},
        {"lower", "lowerAscii"},  {"toLowerCase", "lowerAscii"},
        {"upper", "upperAscii"},  {"toUpperCase", "upperAscii"},
        {"includes", "contains"}, {"contient", "contains"},
        {"any", "exists"},        {"some", "exists"},
        {"every", "all"},         {"tous", "all"},
        {"min", "math.least"},    {"max", "math.greatest"},
        {"round", "math.round"},  {"arrondi", "math.round"},
        {"abs", "math.abs"},      {"floor", "math.floor"},
        {"ceil", "math.ceil"},    {"date", "timestamp"},
        {"number", "double"},     {"float", "double"},
        {"str", "string"},        {"text", "string"},
        {"today", "now"},         {"exist", "has"},
        {"year", "getFullYear"},  {"somme", "sum"}};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        for (size_t k = 0; k < n && str_is(name, elsewhere[i][0]); k++)
            if (str_is(names[k], elsewhere[i][1]))
                return names[k];
    return str_nearest(name, names, n);
}
