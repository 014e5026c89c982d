// SPDX-License-Identifier: Apache-2.0
// The sentences of the checker, for people who write rules without being programmers: what was met,
// and what to write.
#include "check.h"

enum { EXCERPT_MAX = 80, NAMES_MAX = 256 };

static const Text kind_words[] = {
    [CEL_DYN] = {"de nature inconnue", "of unknown kind"},
    [CEL_ERROR] = {"une erreur", "an error"},
    [CEL_NULL] = {"une absence de réponse", "no answer"},
    [CEL_BOOL] = {"un oui/non", "a yes/no"},
    [CEL_INT] = {"un nombre entier", "a whole number"},
    [CEL_UINT] = {"un nombre entier positif", "a positive whole number"},
    [CEL_DOUBLE] = {"un nombre", "a number"},
    [CEL_STRING] = {"un texte", "a text"},
    [CEL_BYTES] = {"une suite d'octets", "a sequence of bytes"},
    [CEL_TIMESTAMP] = {"une date", "a date"},
    [CEL_DURATION] = {"une durée", "a duration"},
    [CEL_LIST] = {"une liste", "a list"},
    [CEL_MAP] = {"un groupe de réponses", "a group of answers"},
    [CEL_TYPE] = {"un type", "a type"},
};

const CelType *complain(Complaint *c, const Node *at, Message message)
{
    *c->fault = (CelFault){at->from, message};
    return NULL;
}

Str excerpt(Complaint *c, const Node *node)
{
    Str s = str_slice(c->source, node->from, node->to);
    if (s.len <= EXCERPT_MAX)
        return str_copy(c->arena, s);
    size_t len = 0;
    uint32_t point;
    for (size_t n; len < EXCERPT_MAX && (n = utf8_next(s, len, &point)) > 0;)
        len += n;
    return str_format(c->arena, STR_FMT "…", (int)len, s.at);
}

// Both languages with the words for up to two kinds, which cannot be arguments since those are the
// same in both.
static Text with_kinds(Complaint *c, Text pattern, CelKind first, CelKind second)
{
    const Text *a = &kind_words[first], *b = &kind_words[second];
    Text text;
    const char *in[2] = {pattern.fr, pattern.en}, *words[2][2] = {{a->fr, b->fr}, {a->en, b->en}};
    for (int lang = 0; lang < 2; lang++) {
        Buf buf = {.arena = c->arena};
        int word = 0;
        for (const char *p = in[lang]; *p; p++) {
            if (*p == '~') // where a kind's words stand
                buf_add(&buf, str_of(words[lang][word++ & 1]));
            else
                buf_char(&buf, *p);
        }
        buf_char(&buf, '\0');
        *(lang ? &text.en : &text.fr) = buf.at;
    }
    return text;
}

static const CelType *nearest(Complaint *c, const Node *at, Str name, const Str *names, size_t n,
                              Message otherwise)
{
    Str near = meant(name, names, n);
    if (!near.len)
        return complain(c, at, otherwise);
    return complain(c, at,
                    MESSAGE(T("{0} n'est pas connu : vouliez-vous écrire {1} ?",
                              "{0} is not known: did you mean {1}?"),
                            name, near));
}

const CelType *complain_name(Complaint *c, const Node *node, const CelEnv *env)
{
    Str names[NAMES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < env->var_count && n < NAMES_MAX; i++)
        names[n++] = str_of(env->vars[i].name);
    return nearest(
        c, node, node->name, names, n,
        MESSAGE(T("{0} n'est pas connu : si c'est un texte, écrivez '{0}' entre apostrophes",
                  "{0} is not known: if it is a text, write '{0}' in quotes"),
                node->name));
}

const CelType *complain_member(Complaint *c, const Node *node, const CelType *of)
{
    Str names[NAMES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < of->count && n < NAMES_MAX; i++)
        names[n++] = of->members[i].name;
    Str near = str_nearest(node->name, names, n), where = excerpt(c, node->args[0]);
    if (near.len)
        return complain(c, node,
                        MESSAGE(T("{1} n'a pas de « {0} » : vouliez-vous écrire {1}.{2} ?",
                                  "{1} has no \"{0}\": did you mean {1}.{2}?"),
                                node->name, where, near));
    Buf all = {.arena = c->arena};
    for (size_t i = 0; i < n && i < 8; i++) {
        buf_add(&all, i ? STR(", ") : STR_NONE);
        buf_add(&all, names[i]);
    }
    buf_add(&all, n > 8 ? STR(", …") : STR_NONE);
    return complain(
        c, node,
        MESSAGE(T("{1} n'a pas de « {0} » ; il y a : {2}", "{1} has no \"{0}\"; there are: {2}"),
                node->name, where, buf_str(&all)));
}

const CelType *complain_no_members(Complaint *c, const Node *node, const CelType *of)
{
    return complain(c, node,
                    MESSAGE(with_kinds(c,
                                       T("{0} est ~ : il n'y a rien à prendre dedans",
                                         "{0} is ~: there is nothing to take inside"),
                                       of->kind, of->kind),
                            excerpt(c, node->args[0])));
}

const CelType *complain_index(Complaint *c, const Node *node, const CelType *index)
{
    return complain(
        c, node->args[1],
        MESSAGE(with_kinds(
                    c,
                    T("{0} est ~ : une liste se lit par un nombre entier, {1}[0] pour le premier",
                      "{0} is ~: a list is read by a whole number, {1}[0] for the first"),
                    index->kind, index->kind),
                excerpt(c, node->args[1]), excerpt(c, node->args[0])));
}

// The first argument that no overload takes, when all of them have as many arguments.
static const Node *misfit(const Node *call, const Row **wanted)
{
    for (const Row *row = call->row; cel_row_same(call->row, row); row++) {
        if (row->count != call->count)
            continue;
        for (size_t i = 0; i < call->count; i++) {
            CelKind kind = call->args[i]->type->kind;
            if (row->args[i] != CEL_DYN && kind != CEL_DYN && kind != row->args[i]) {
                *wanted = row;
                return call->args[i];
            }
        }
    }
    return NULL;
}

const CelType *complain_call(Complaint *c, const Node *call)
{
    const Row *row = NULL;
    const Node *arg = misfit(call, &row);
    if (arg && arg == call->args[0] && arg->type->kind == CEL_LIST &&
        str_is(call->name, "contains"))
        return complain(
            c, call,
            MESSAGE(T("{0} est une liste : écrivez {1} in {0}", "{0} is a list: write {1} in {0}"),
                    excerpt(c, arg), excerpt(c, call->args[1])));
    if (!arg)
        return complain_count(c, call, call->row->count - call->method);
    size_t place = 0;
    while (call->args[place] != arg)
        place++;
    return complain(
        c, arg,
        MESSAGE(with_kinds(c, T("{0} est ~ : {1}() attend ~", "{0} is ~: {1}() wants ~"),
                           arg->type->kind, row->args[place]),
                excerpt(c, arg), call->name));
}

const CelType *complain_count(Complaint *c, const Node *call, size_t wanted)
{
    return complain(c, call,
                    MESSAGE(T("{0}() attend {1} argument(s)", "{0}() wants {1} argument(s)"),
                            call->name, str_format(c->arena, "%zu", wanted)));
}

const CelType *complain_text_wanted(Complaint *c, const Node *call, const Node *arg)
{
    return complain(
        c, arg,
        MESSAGE(with_kinds(c, T("{0} est ~ : {1}() attend ~", "{0} is ~: {1}() wants ~"),
                           arg->type->kind, CEL_STRING),
                excerpt(c, arg), call->name));
}

const CelType *complain_function(Complaint *c, const Node *call, const CelEnv *env)
{
    Str names[NAMES_MAX];
    size_t n = cel_row_names(names, NAMES_MAX - 64, call->method);
    for (size_t i = 0; !call->method && i < env->function_count && n < NAMES_MAX; i++)
        names[n++] = str_of(env->functions[i].name);
    if (call->method)
        for (size_t i = 0; i < 5; i++)
            names[n++] =
                (Str[]){STR("all"), STR("exists"), STR("exists_one"), STR("filter"), STR("map")}[i];
    else
        names[n++] = STR("has");
    return nearest(
        c, call, call->name, names, n,
        MESSAGE(T("la fonction {0}() n'est pas connue", "the function {0}() is not known"),
                call->name));
}

const CelType *complain_condition(Complaint *c, const Node *node, const CelType *type)
{
    const char *fr = type->kind == CEL_STRING ? "{0} est ~ : une condition le compare, {0} == 'oui'"
                     : type->kind == CEL_INT || type->kind == CEL_DOUBLE
                         ? "{0} est ~ : une condition le compare, {0} > 0"
                         : "{0} est ~ : il faut ici une condition vraie ou fausse";
    const char *en = type->kind == CEL_STRING ? "{0} is ~: a condition compares it, {0} == 'yes'"
                     : type->kind == CEL_INT || type->kind == CEL_DOUBLE
                         ? "{0} is ~: a condition compares it, {0} > 0"
                         : "{0} is ~: a condition, true or false, is wanted here";
    return complain(c, node,
                    MESSAGE(with_kinds(c, T(fr, en), type->kind, type->kind), excerpt(c, node)));
}

const CelType *complain_value(Complaint *c, const Node *literal, const CelType *type)
{
    Str near = str_nearest(literal->value.text, type->values, type->value_count);
    if (near.len)
        return complain(
            c, literal,
            MESSAGE(T("« {0} » n'est pas une réponse possible : vouliez-vous écrire '{1}' ?",
                      "\"{0}\" is not a possible answer: did you mean '{1}'?"),
                    literal->value.text, near));
    Buf all = {.arena = c->arena};
    for (size_t i = 0; i < type->value_count && i < 8; i++) {
        buf_add(&all, i ? STR(", ") : STR_NONE);
        buf_add(&all, type->values[i]);
    }
    buf_add(&all, type->value_count > 8 ? STR(", …") : STR_NONE);
    return complain(c, literal,
                    MESSAGE(T("« {0} » n'est pas une réponse possible ; il y a : {1}",
                              "\"{0}\" is not a possible answer; there are: {1}"),
                            literal->value.text, buf_str(&all)));
}

const CelType *complain_sides(Complaint *c, const Node *node, const Node *a, const Node *b)
{
    Str instead = node->op == OP_IN ? STR_NONE : remedy(c, node, a, b);
    CelKind second = b->type->kind;
    if (node->op == OP_IN && b->type->of) {
        second = b->type->of->kind;
        return complain(c, node,
                        MESSAGE(with_kinds(c,
                                           T("{0} est ~, dans {1} chaque élément est ~",
                                             "{0} is ~, each item of {1} is ~"),
                                           a->type->kind, second),
                                excerpt(c, a), excerpt(c, b)));
    }
    if (instead.len)
        return complain(
            c, node,
            MESSAGE(with_kinds(
                        c, T("{0} est ~, {1} est ~ : écrivez {2}", "{0} is ~, {1} is ~: write {2}"),
                        a->type->kind, second),
                    excerpt(c, a), excerpt(c, b), instead));
    return complain(
        c, node,
        MESSAGE(with_kinds(c,
                           T("{0} est ~, {1} est ~ : {2} ne s'applique pas entre les deux",
                             "{0} is ~, {1} is ~: {2} does not apply between them"),
                           a->type->kind, second),
                excerpt(c, a), excerpt(c, b), str_of(op_sign(node->op))));
}

const CelType *complain_in(Complaint *c, const Node *node, const CelType *where)
{
    return complain(
        c, node,
        MESSAGE(with_kinds(c,
                           T("{0} est ~ : « in » cherche dans une liste, {1} in ['a', 'b']",
                             "{0} is ~: \"in\" looks into a list, {1} in ['a', 'b']"),
                           where->kind, where->kind),
                excerpt(c, node->args[1]), excerpt(c, node->args[0])));
}

const CelType *complain_negate(Complaint *c, const Node *node, const CelType *type)
{
    return complain(c, node,
                    MESSAGE(with_kinds(c,
                                       T("{0} est ~ : le signe - attend un nombre",
                                         "{0} is ~: the sign - wants a number"),
                                       type->kind, type->kind),
                            excerpt(c, node->args[0])));
}

const CelType *complain_range(Complaint *c, const Node *node, const CelType *range)
{
    return complain(c, node,
                    MESSAGE(with_kinds(c,
                                       T("{0} est ~ : seule une liste se parcourt",
                                         "{0} is ~: only a list has items to look at"),
                                       range->kind, range->kind),
                            excerpt(c, node->args[0])));
}

const CelType *complain_division(Complaint *c, const Node *node)
{
    for (size_t i = 0; i < 2; i++) {
        const Node *side = node->args[i], *other = node->args[1 - i];
        if (side->op != OP_DIV || side->type->kind != CEL_INT || other->type->kind != CEL_DOUBLE)
            continue;
        return complain(
            c, side,
            MESSAGE(T("{0} divise des nombres entiers et perd les décimales : écrivez double({1}) "
                      "/ {2}",
                      "{0} divides whole numbers and loses the decimals: write double({1}) / {2}"),
                    excerpt(c, side), excerpt(c, side->args[0]), excerpt(c, side->args[1])));
    }
    return &cel_bool;
}
