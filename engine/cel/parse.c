// SPDX-License-Identifier: Apache-2.0
// Tokens -> tree, by recursive descent with a bound on depth and on the number of nodes. Macros
// become their own nodes here; what names mean is check.c's.
#include "inside.h"
#include "../base/vec.h"

typedef struct Parser {
    Lexer lexer;
    size_t nodes, depth;
} Parser;
typedef VEC(Node *) Nodes;

static Node *parse_expr(Parser *p);

static Node *fail(Parser *p, size_t offset, Message message)
{
    if (p->lexer.token != TOKEN_BAD) { // a fault of the lexer came first
        *p->lexer.fault = (CelFault){offset, message};
        p->lexer.token = TOKEN_BAD;
    }
    return NULL;
}

static bool is_sign(const Parser *p, const char *sign)
{
    return p->lexer.token == TOKEN_SIGN && str_is(p->lexer.text, sign);
}

static bool take(Parser *p, const char *sign)
{
    if (!is_sign(p, sign))
        return false;
    lex_next(&p->lexer);
    return true;
}

// `wanted` is a sign, or NULL for a value.
static Node *unexpected(Parser *p, const char *wanted)
{
    Lexer *lexer = &p->lexer;
    Str found = str_copy(lexer->arena, str_slice(lexer->source, lexer->from, lexer->to));
    Message hint;
    size_t offset;
    if (cel_hint(lexer, &hint, &offset))
        return fail(p, offset, hint);
    if (lexer->token == TOKEN_END && !wanted)
        return fail(p, lexer->from,
                    MESSAGE(T("l'expression s'arrête trop tôt : il manque une valeur",
                              "the expression ends too soon: a value is missing")));
    if (lexer->token == TOKEN_END)
        return fail(p, lexer->from,
                    MESSAGE(T("l'expression s'arrête trop tôt : il manque {0}",
                              "the expression ends too soon: {0} is missing"),
                            str_of(wanted)));
    if (!wanted)
        return fail(p, lexer->from,
                    MESSAGE(T("{0} n'est pas attendu ici : il faut une valeur",
                              "{0} is not expected here: a value is wanted"),
                            found));
    return fail(p, lexer->from,
                MESSAGE(T("{0} n'est pas attendu ici : il manque {1}",
                          "{0} is not expected here: {1} is missing"),
                        found, str_of(wanted)));
}

static bool expect(Parser *p, const char *sign)
{
    return take(p, sign) || unexpected(p, sign);
}

static Node *node_new(Parser *p, Op op, size_t from, Nodes args)
{
    if (++p->nodes > CEL_NODES_MAX)
        return fail(p, from,
                    MESSAGE(T("cette expression est trop longue", "this expression is too long")));
    Node *node = arena_new_of(p->lexer.arena, Node);
    *node = (Node){.op = op,
                   .count = (uint16_t)args.len,
                   .args = args.at,
                   .from = (uint32_t)from,
                   .to = (uint32_t)p->lexer.before,
                   .slot = NO_PLACE};
    for (size_t i = 0; i < args.len; i++)
        if (args.at[i]->depth >= node->depth)
            node->depth = args.at[i]->depth + 1;
    if (node->depth > TREE_DEPTH_MAX)
        return fail(
            p, from,
            MESSAGE(T("cette expression est trop imbriquée", "this expression nests too deeply")));
    return node;
}

static Node *node_of(Parser *p, Op op, size_t from, Node *first, Node *second)
{
    Nodes args = {0};
    if (first)
        vec_push(p->lexer.arena, &args, first);
    if (second)
        vec_push(p->lexer.arena, &args, second);
    return node_new(p, op, from, args);
}

static Node *named(Parser *p, Op op, size_t from, Node *of, Str name)
{
    Node *node = node_of(p, op, from, of, NULL);
    if (node)
        node->name = (Str){str_cstr(p->lexer.arena, name), name.len};
    return node;
}

static Node *constant(Parser *p, size_t from, CelValue value)
{
    Node *node = node_of(p, OP_CONST, from, NULL, NULL);
    if (node)
        node->value = value;
    return node;
}

// Whole numbers are read without their sign, so that the lowest of them can be written.
static Node *whole(Parser *p, size_t from, bool negative)
{
    uint64_t value = p->lexer.value.uint;
    if (value > (uint64_t)INT64_MAX + negative)
        return fail(
            p, from,
            MESSAGE(T("ce nombre entier est trop grand", "this whole number is too large")));
    lex_next(&p->lexer);
    return constant(p, from, cel_integer((int64_t)(negative ? 0 - value : value)));
}

// Expressions separated by commas, up to `close`, which is taken; a trailing comma is allowed.
static bool parse_many(Parser *p, const char *close, Nodes *into)
{
    while (!is_sign(p, close)) {
        Node *node = parse_expr(p);
        if (!node)
            return false;
        vec_push(p->lexer.arena, into, node);
        if (!take(p, ","))
            break;
    }
    return expect(p, close);
}

static Node *parse_map(Parser *p, size_t from)
{
    Nodes args = {0};
    while (!is_sign(p, "}")) {
        Node *key = parse_expr(p);
        if (!key || !expect(p, ":"))
            return NULL;
        Node *value = parse_expr(p);
        if (!value)
            return NULL;
        vec_push(p->lexer.arena, &args, key);
        vec_push(p->lexer.arena, &args, value);
        if (!take(p, ","))
            break;
    }
    return expect(p, "}") ? node_new(p, OP_MAP, from, args) : NULL;
}

static Node *macro_has(Parser *p, size_t from, Nodes args)
{
    if (args.len != 1 || args.at[0]->op != OP_SELECT)
        return fail(p, from,
                    MESSAGE(T("has() attend un nom avec un point : has(dossier.budget)",
                              "has() wants a name with a dot: has(dossier.budget)")));
    args.at[0]->op = OP_HAS;
    args.at[0]->from = (uint32_t)from;
    args.at[0]->to = (uint32_t)p->lexer.before;
    return args.at[0];
}

static const struct {
    const char *name;
    Op op;
    size_t args, max;
} macros[] = {{"all", OP_ALL, 2, 2},
              {"exists", OP_EXISTS, 2, 2},
              {"exists_one", OP_EXISTS_ONE, 2, 2},
              {"existsOne", OP_EXISTS_ONE, 2, 2},
              {"filter", OP_FILTER, 2, 2},
              {"map", OP_TRANSFORM, 2, 3}};

// x.all(e, …) and its like: a node of its own when the name is a macro's.
static Node *macro_over(Parser *p, size_t from, Node *range, Str name, Nodes args, bool *is_macro)
{
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++) {
        if (!str_is(name, macros[i].name))
            continue;
        *is_macro = true;
        bool fits = args.len >= macros[i].args && args.len <= macros[i].max;
        if (!fits || args.at[0]->op != OP_IDENT || args.at[0]->absolute)
            return fail(p, args.len ? args.at[0]->from : from,
                        MESSAGE(T("{0}() donne d'abord un nom à chaque élément : liste.{0}(e, …)",
                                  "{0}() first gives a name to each item: list.{0}(e, …)"),
                                str_of(macros[i].name)));
        Str variable = args.at[0]->name;
        args.at[0] = range;
        Node *node = node_new(p, macros[i].op, from, args);
        if (node)
            node->name = variable;
        return node;
    }
    return NULL;
}

static Node *parse_call(Parser *p, size_t from, Node *receiver, Str name)
{
    Nodes args = {0};
    if (!parse_many(p, ")", &args))
        return NULL;
    if (!receiver && str_is(name, "has"))
        return macro_has(p, from, args);
    bool is_macro = false;
    Node *node = receiver ? macro_over(p, from, receiver, name, args, &is_macro) : NULL;
    if (is_macro)
        return node;
    if (args.len + (receiver != NULL) > ARGS_MAX)
        return fail(p, from,
                    MESSAGE(T("{0}() reçoit trop d'arguments", "{0}() is given too many arguments"),
                            str_copy(p->lexer.arena, name)));
    Nodes all = {0};
    if (receiver)
        vec_push(p->lexer.arena, &all, receiver);
    for (size_t i = 0; i < args.len; i++)
        vec_push(p->lexer.arena, &all, args.at[i]);
    node = node_new(p, OP_CALL, from, all);
    if (!node)
        return NULL;
    node->name = (Str){str_cstr(p->lexer.arena, name), name.len};
    node->method = receiver != NULL;
    return node;
}

static Node *parse_name(Parser *p, size_t from, bool absolute)
{
    static const struct {
        const char *word;
        CelValue value;
    } words[] = {{"true", {.kind = CEL_BOOL, .boolean = true}},
                 {"false", {.kind = CEL_BOOL, .boolean = false}},
                 {"null", {.kind = CEL_NULL}}};
    Str name = p->lexer.text;
    lex_next(&p->lexer);
    for (size_t i = 0; i < sizeof words / sizeof *words && !absolute; i++)
        if (str_is(name, words[i].word))
            return constant(p, from, words[i].value);
    if (str_is(name, "if"))
        return fail(
            p, from,
            MESSAGE(T("une condition s'écrit sans if", "a condition is written without if")));
    if (cel_reserved(name))
        return fail(p, from,
                    MESSAGE(T("{0} est un mot réservé : choisissez un autre nom",
                              "{0} is a reserved word: choose another name"),
                            str_copy(p->lexer.arena, name)));
    Node *node =
        take(p, "(") ? parse_call(p, from, NULL, name) : named(p, OP_IDENT, from, NULL, name);
    if (node)
        node->absolute = absolute;
    return node;
}

static Node *parse_primary(Parser *p)
{
    size_t from = p->lexer.from;
    if (p->lexer.token == TOKEN_INT)
        return whole(p, from, false);
    if (p->lexer.token == TOKEN_VALUE) {
        CelValue value = p->lexer.value;
        lex_next(&p->lexer);
        return constant(p, from, value);
    }
    if (p->lexer.token == TOKEN_NAME)
        return parse_name(p, from, false);
    if (take(p, "."))
        return p->lexer.token == TOKEN_NAME ? parse_name(p, from, true) : unexpected(p, NULL);
    if (take(p, "(")) {
        Node *node = parse_expr(p);
        return node && expect(p, ")") ? node : NULL;
    }
    if (take(p, "[")) {
        Nodes items = {0};
        return parse_many(p, "]", &items) ? node_new(p, OP_LIST, from, items) : NULL;
    }
    if (take(p, "{"))
        return parse_map(p, from);
    return unexpected(p, NULL);
}

static Node *parse_member(Parser *p)
{
    size_t from = p->lexer.from;
    Node *node = parse_primary(p);
    while (node) {
        if (take(p, "[")) {
            Node *index = parse_expr(p);
            node = index && expect(p, "]") ? node_of(p, OP_INDEX, from, node, index) : NULL;
        } else if (take(p, ".")) {
            Str name = p->lexer.text;
            bool quoted = p->lexer.token == TOKEN_QUOTED;
            if (!quoted && (p->lexer.token != TOKEN_NAME || str_is(name, "true") ||
                            str_is(name, "false") || str_is(name, "null") || str_is(name, "in")))
                return unexpected(p, NULL);
            lex_next(&p->lexer);
            node = !quoted && take(p, "(") ? parse_call(p, from, node, name)
                                           : named(p, OP_SELECT, from, node, name);
        } else {
            return node;
        }
    }
    return NULL;
}

static Node *parse_unary(Parser *p)
{
    size_t from = p->lexer.from;
    bool not = is_sign(p, "!");
    if (!not &&!is_sign(p, "-"))
        return parse_member(p);
    if (++p->depth > CEL_DEPTH_MAX)
        return fail(
            p, from,
            MESSAGE(T("cette expression est trop imbriquée", "this expression nests too deeply")));
    lex_next(&p->lexer);
    bool lowest =
        !not &&p->lexer.token == TOKEN_INT && p->lexer.value.uint == (uint64_t)INT64_MAX + 1;
    Node *of = lowest ? whole(p, from, true) : parse_unary(p);
    p->depth--;
    return lowest || !of ? of : node_of(p, not ? OP_NOT : OP_NEGATE, from, of, NULL);
}

static const struct {
    const char *sign;
    int level;
    Op op;
} binaries[] = {{"||", 1, OP_OR}, {"&&", 2, OP_AND}, {"==", 3, OP_EQ}, {"!=", 3, OP_NE},
                {"<", 3, OP_LT},  {"<=", 3, OP_LE},  {">", 3, OP_GT},  {">=", 3, OP_GE},
                {"+", 4, OP_ADD}, {"-", 4, OP_SUB},  {"*", 5, OP_MUL}, {"/", 5, OP_DIV},
                {"%", 5, OP_MOD}};

// The operator under the cursor when it binds at `level`, else false.
static bool binary_at(const Parser *p, int level, Op *op)
{
    if (level == 3 && p->lexer.token == TOKEN_NAME && str_is(p->lexer.text, "in")) {
        *op = OP_IN;
        return true;
    }
    if (p->lexer.token != TOKEN_SIGN)
        return false;
    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
        if (binaries[i].level == level && str_is(p->lexer.text, binaries[i].sign)) {
            *op = binaries[i].op;
            return true;
        }
    return false;
}

static Node *parse_binary(Parser *p, int level);

// a && b && c is one node with three parts: an explanation names the part that failed.
static Node *parse_parts(Parser *p, int level, Op op, size_t from, Node *first)
{
    Nodes parts = {0};
    vec_push(p->lexer.arena, &parts, first);
    for (Op next; binary_at(p, level, &next);) {
        lex_next(&p->lexer);
        Node *part = parse_binary(p, level + 1);
        if (!part)
            return NULL;
        vec_push(p->lexer.arena, &parts, part);
    }
    return node_new(p, op, from, parts);
}

static Node *parse_binary(Parser *p, int level)
{
    if (level > 5)
        return parse_unary(p);
    size_t from = p->lexer.from;
    Node *left = parse_binary(p, level + 1);
    Op op;
    if (left && level <= 2 && binary_at(p, level, &op))
        return parse_parts(p, level, op, from, left);
    while (left && binary_at(p, level, &op)) {
        lex_next(&p->lexer);
        Node *right = parse_binary(p, level + 1);
        left = right ? node_of(p, op, from, left, right) : NULL;
    }
    return left;
}

static Node *parse_choice(Parser *p)
{
    size_t from = p->lexer.from;
    Node *condition = parse_binary(p, 1);
    if (!condition || !take(p, "?"))
        return condition;
    Nodes args = {0};
    vec_push(p->lexer.arena, &args, condition);
    Node *yes = parse_binary(p, 1);
    if (!yes || !expect(p, ":"))
        return NULL;
    vec_push(p->lexer.arena, &args, yes);
    Node *no = parse_expr(p);
    if (!no)
        return NULL;
    vec_push(p->lexer.arena, &args, no);
    return node_new(p, OP_CHOICE, from, args);
}

static Node *parse_expr(Parser *p)
{
    if (++p->depth > CEL_DEPTH_MAX)
        return fail(
            p, p->lexer.from,
            MESSAGE(T("cette expression est trop imbriquée", "this expression nests too deeply")));
    Node *node = parse_choice(p);
    p->depth--;
    return node;
}

// Something stands behind a complete expression.
static Node *trailing(Parser *p)
{
    Lexer *lexer = &p->lexer;
    Message hint;
    size_t offset;
    if (cel_hint(lexer, &hint, &offset))
        return fail(p, offset, hint);
    return fail(
        p, lexer->from,
        MESSAGE(T("{0} n'est pas attendu ici : entre deux conditions, écrivez && (et) ou || (ou)",
                  "{0} is not expected here: between two conditions, write && (and) or || (or)"),
                str_copy(lexer->arena, str_slice(lexer->source, lexer->from, lexer->to))));
}

Node *cel_parse(Arena *arena, Str source, CelFault *fault)
{
    *fault = (CelFault){0};
    Parser parser = {.lexer = {.arena = arena, .source = source, .fault = fault}};
    if (source.len > CEL_SOURCE_MAX)
        return fail(&parser, CEL_SOURCE_MAX,
                    MESSAGE(T("cette expression dépasse 4096 octets",
                              "this expression is longer than 4096 bytes")));
    if (!utf8_valid(source))
        return fail(
            &parser, 0,
            MESSAGE(T("cette expression n'est pas en UTF-8", "this expression is not in UTF-8")));
    lex_next(&parser.lexer);
    Node *root = parse_expr(&parser);
    if (root && parser.lexer.token != TOKEN_END)
        return trailing(&parser);
    return root;
}
