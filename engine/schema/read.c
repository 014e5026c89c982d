// SPDX-License-Identifier: Apache-2.0
// What each keyword says, read once: values of the right type, children found, names sorted,
// patterns compiled.
#include "keyword.h"
#include <stdlib.h>

static bool wrong(Compiler *c, Node *node, const Rule *rule, Sentence which)
{
    const char *name = rule->keyword->name;
    return compile_error(c, node, name, which, (Str[4]){str_of(name)});
}

static const struct {
    const char *name;
    unsigned kind;
} kinds[] = {
    {"array", KIND_ARRAY},   {"boolean", KIND_BOOLEAN}, {"integer", KIND_INTEGER},
    {"null", KIND_NULL},     {"number", KIND_NUMBER},   {"object", KIND_OBJECT},
    {"string", KIND_STRING},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool kind_add(Compiler *c, Node *node, const json_t *json, unsigned *bits)
{
    Str name = json_str(json), names[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = str_of(kinds[i].name);
        if (!str_eq(name, names[i]))
            continue;
        *bits |= kinds[i].kind;
        return true;
    }
    Str near = name.at ? str_nearest(name, names, KINDS) : STR_NONE;
    if (near.at)
        return compile_error(c, node, "type", SAY_S_TYPE_NEAR, (Str[4]){name, near});
    return compile_error(c, node, "type", SAY_S_TYPE, NULL);
}

bool read_kinds(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_array(rule->json))
        return kind_add(c, node, rule->json, &rule->kinds);
    for (size_t i = 0; i < json_array_size(rule->json); i++)
        if (!kind_add(c, node, json_array_get(rule->json, i), &rule->kinds))
            return false;
    return true;
}

bool read_any(Compiler *c, Node *node, Rule *rule)
{
    (void)c;
    (void)node;
    (void)rule;
    return true;
}

bool read_array(Compiler *c, Node *node, Rule *rule)
{
    return json_is_array(rule->json) || wrong(c, node, rule, SAY_S_ARRAY);
}

bool read_number(Compiler *c, Node *node, Rule *rule)
{
    return json_is_number(rule->json) || wrong(c, node, rule, SAY_S_NUMBER);
}

bool read_positive(Compiler *c, Node *node, Rule *rule)
{
    return (json_is_number(rule->json) && json_number_value(rule->json) > 0) ||
           wrong(c, node, rule, SAY_S_POSITIVE);
}

static bool is_count(const json_t *json)
{
    return json_is_number(json) && number_whole(json) && json_number_value(json) >= 0 &&
           json_number_value(json) <= 0x1p53;
}

static size_t count_of(const json_t *json)
{
    return json_is_integer(json) ? (size_t)json_integer_value(json) : (size_t)json_real_value(json);
}

bool read_count(Compiler *c, Node *node, Rule *rule)
{
    if (!is_count(rule->json))
        return wrong(c, node, rule, SAY_S_COUNT);
    rule->count = count_of(rule->json);
    return true;
}

bool read_true(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_boolean(rule->json))
        return wrong(c, node, rule, SAY_S_BOOLEAN);
    return json_is_true(rule->json);
}

static bool pattern_read(Compiler *c, Node *node, const char *keyword, Str text, Pattern *ret)
{
    Str what;
    size_t offset;
    if (pattern_compile(c->arena, text, ret, &what, &offset))
        return true;
    Str at = str_format(c->arena, "%zu", offset);
    return compile_error(c, node, keyword, SAY_S_PATTERN, (Str[4]){text, what, at});
}

bool read_pattern(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_string(rule->json))
        return wrong(c, node, rule, SAY_S_TEXT);
    return pattern_read(c, node, "pattern", json_str(rule->json), &rule->pattern);
}

bool read_format(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_string(rule->json))
        return wrong(c, node, rule, SAY_S_TEXT);
    if (!c->options->formats && !(node->resource->vocabularies & VOCABULARY_FORMAT_ASSERT))
        return false;
    rule->format.check = format_find(json_str(rule->json), &rule->format.what);
    return rule->format.check;
}

static int str_order(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

// A list of different texts.
static bool names_read(Compiler *c, const json_t *json, Str **at, size_t *len)
{
    if (!json_is_array(json))
        return false;
    size_t n = json_array_size(json);
    Str *sorted = arena_array(c->arena, Str, n);
    *at = arena_array(c->arena, Str, n);
    *len = n;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (*at)[i] = json_str(json_array_get(json, i));
        if (!sorted[i].at)
            return false;
    }
    if (n)
        qsort(sorted, n, sizeof *sorted, str_order);
    for (size_t i = 1; i < n; i++)
        if (str_eq(sorted[i - 1], sorted[i]))
            return false;
    return true;
}

bool read_names(Compiler *c, Node *node, Rule *rule)
{
    return names_read(c, rule->json, &rule->names.at, &rule->names.len) ||
           wrong(c, node, rule, SAY_S_NAMES);
}

bool read_needs(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_object(rule->json))
        return wrong(c, node, rule, SAY_S_OBJECT);
    rule->needs.at = arena_array(c->arena, Names, json_object_size(rule->json));
    const char *name;
    json_t *value;
    json_object_foreach(rule->json, name, value)
    {
        Names *names = &rule->needs.at[rule->needs.len++];
        names->name = str_of(name);
        if (!names_read(c, value, &names->at, &names->len))
            return wrong(c, node, rule, SAY_S_NAMES);
    }
    return true;
}

bool read_node(Compiler *c, Node *node, Rule *rule)
{
    rule->items.node = compile_child(c, node, rule->json);
    return rule->items.node;
}

bool read_nodes(Compiler *c, Node *node, Rule *rule)
{
    size_t n = json_array_size(rule->json);
    if (n == 0)
        return wrong(c, node, rule, SAY_S_SCHEMAS);
    rule->nodes.at = arena_array(c->arena, Node *, n);
    rule->nodes.len = n;
    for (size_t i = 0; i < n; i++)
        rule->nodes.at[i] = compile_child(c, node, json_array_get(rule->json, i));
    return !c->full;
}

static int member_order(const void *a, const void *b)
{
    return str_cmp(((const Named *)a)->name, ((const Named *)b)->name);
}

bool read_members(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_object(rule->json))
        return wrong(c, node, rule, SAY_S_OBJECT);
    size_t n = 0;
    rule->members.at = arena_array(c->arena, Named, json_object_size(rule->json));
    const char *name;
    json_t *value;
    json_object_foreach(rule->json, name, value) rule->members.at[n++] =
        (Named){str_of(name), compile_child(c, node, value)};
    rule->members.len = n;
    if (n)
        qsort(rule->members.at, n, sizeof *rule->members.at, member_order);
    return !c->full;
}

bool read_patterns(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_object(rule->json))
        return wrong(c, node, rule, SAY_S_OBJECT);
    rule->patterns.at = arena_array(c->arena, Pattern, json_object_size(rule->json));
    const char *name;
    json_t *value;
    json_object_foreach(rule->json, name, value)
    {
        Pattern *pattern = &rule->patterns.at[rule->patterns.len++];
        if (!pattern_read(c, node, "patternProperties", str_of(name), pattern))
            return false;
        pattern->node = compile_child(c, node, value);
    }
    return !c->full;
}

bool read_rest(Compiler *c, Node *node, Rule *rule)
{
    rule->rest.node = compile_child(c, node, rule->json);
    rule->rest.properties = compile_sibling(node, "properties");
    rule->rest.patterns = compile_sibling(node, "patternProperties");
    return rule->rest.node;
}

bool read_items(Compiler *c, Node *node, Rule *rule)
{
    const Rule *prefix = compile_sibling(node, "prefixItems");
    rule->items.node = compile_child(c, node, rule->json);
    rule->items.from = prefix ? prefix->nodes.len : 0;
    return rule->items.node;
}

bool read_contains(Compiler *c, Node *node, Rule *rule)
{
    bool counted = node->resource->vocabularies & VOCABULARY_VALIDATION;
    json_t *min = counted ? json_at(node->json, "minContains") : NULL;
    json_t *max = counted ? json_at(node->json, "maxContains") : NULL;
    rule->items.node = compile_child(c, node, rule->json);
    rule->items.min = is_count(min) ? count_of(min) : 1;
    rule->items.max = is_count(max) ? count_of(max) : SIZE_MAX;
    return rule->items.node;
}

static Node *branch(Compiler *c, Node *node, const char *keyword)
{
    json_t *json = json_at(node->json, keyword);
    return json ? compile_child(c, node, json) : NULL;
}

bool read_choice(Compiler *c, Node *node, Rule *rule)
{
    rule->choice.test = compile_child(c, node, rule->json);
    rule->choice.yes = branch(c, node, "then");
    rule->choice.no = branch(c, node, "else");
    return rule->choice.test;
}

bool read_ref(Compiler *c, Node *node, Rule *rule)
{
    Str dynamic;
    if (!json_is_string(rule->json))
        return wrong(c, node, rule, SAY_S_TEXT);
    rule->ref.node = compile_reference(c, node, "$ref", json_str(rule->json), &dynamic);
    return rule->ref.node;
}

bool read_dynamic_ref(Compiler *c, Node *node, Rule *rule)
{
    if (!json_is_string(rule->json))
        return wrong(c, node, rule, SAY_S_TEXT);
    rule->ref.node =
        compile_reference(c, node, "$dynamicRef", json_str(rule->json), &rule->ref.dynamic);
    return rule->ref.node;
}
