// SPDX-License-Identifier: Apache-2.0
// The rules that apply other schemas to the value, its members or its items (2020-12 core, 8, 10
// and 11), and those on which members there are.
#include "keyword.h"
#include <stdlib.h>

// The same value under another node. Nobody listens when `quiet`: a branch that does not fit is no
// problem yet.
static bool here(Eval *e, const Node *node)
{
    return eval(e->run, node, e->value, e->spot, e->scope, e->marks);
}

static bool fits(Eval *e, const Node *node)
{
    SchemaErrors *errors = e->run->errors;
    e->run->errors = NULL;
    bool ok = here(e, node);
    e->run->errors = errors;
    return ok;
}

static bool member(Eval *e, const Node *node, const char *name, json_t *value)
{
    Spot spot = {.place = {.outer = &e->spot->place, .name = str_of(name)}};
    return eval(e->run, node, value, &spot, e->scope, NULL);
}

static bool item(Eval *e, const Node *node, size_t index)
{
    Spot spot = {.place = {.outer = &e->spot->place, .index = index}};
    return eval(e->run, node, json_array_get(e->value, index), &spot, e->scope, NULL);
}

static bool tell(Eval *e, const Rule *rule, Sentence which)
{
    return problem(e, rule, which, STR_NONE, STR_NONE, STR_NONE, STR_NONE);
}

// Whether going on serves: somebody listens to further problems.
static bool more(const Eval *e)
{
    return e->run->errors && !e->run->limit;
}

bool check_ref(Eval *e, const Rule *rule)
{
    return here(e, rule->ref.node);
}

// core, 8.2.3.2: the outermost resource of the dynamic scope that has the anchor wins.
bool check_dynamic_ref(Eval *e, const Rule *rule)
{
    const Node *node = rule->ref.node;
    for (const Scope *scope = e->scope; rule->ref.dynamic.at && scope; scope = scope->outer)
        for (size_t i = 0; i < scope->resource->anchors.len; i++) {
            const Anchor *anchor = &scope->resource->anchors.at[i];
            if (anchor->dynamic && str_eq(anchor->name, rule->ref.dynamic))
                node = anchor->node;
        }
    return here(e, node);
}

bool check_all_of(Eval *e, const Rule *rule)
{
    bool ok = true;
    for (size_t i = 0; i < rule->nodes.len && (ok || more(e)); i++)
        ok &= here(e, rule->nodes.at[i]);
    return ok;
}

// The errors of a branch that is about something else: another type here, or another constant here
// or in a member.
static bool is_other(const SchemaErrors *errors, Str at)
{
    for (size_t i = 0; i < errors->len; i++) {
        const SchemaError *error = &errors->at[i];
        Str below = str_slice(error->pointer, at.len, error->pointer.len);
        bool constant = strcmp(error->keyword, "const") == 0;
        if (below.len == 0 && (constant || strcmp(error->keyword, "type") == 0))
            return true;
        if (constant && str_index(str_slice(below, 1, below.len), '/') + 1 == below.len)
            return true;
    }
    return false;
}

// When every branch but one is about something else, that one is what the author of the value
// meant: its problems help more than "none of the forms". Costs the branches a second time, so only
// while steps abound.
static bool told_by_branch(Eval *e, const Rule *rule)
{
    Run *run = e->run;
    SchemaErrors *errors = run->errors, meant = {0};
    if (!errors || run->steps < SCHEMA_STEPS_DEFAULT / 2)
        return false;
    Str at = place_pointer(run->arena, &e->spot->place);
    size_t candidates = 0;
    for (size_t i = 0; i < rule->nodes.len; i++) {
        SchemaErrors tried = {0};
        run->errors = &tried;
        here(e, rule->nodes.at[i]);
        if (is_other(&tried, at))
            continue;
        meant = tried;
        candidates++;
    }
    run->errors = errors;
    for (size_t i = 0; candidates == 1 && i < meant.len && errors->len < SCHEMA_ERRORS_MAX; i++)
        vec_push(run->arena, errors, meant.at[i]);
    return candidates == 1 && meant.len;
}

static bool none_fits(Eval *e, const Rule *rule)
{
    if (!told_by_branch(e, rule))
        tell(e, rule, SAY_ANY_OF);
    return false;
}

bool check_any_of(Eval *e, const Rule *rule)
{
    bool ok = false;
    // All branches that fit leave marks; without marks the first is enough.
    for (size_t i = 0; i < rule->nodes.len && (!ok || e->marks); i++)
        ok |= fits(e, rule->nodes.at[i]);
    return ok || none_fits(e, rule);
}

bool check_one_of(Eval *e, const Rule *rule)
{
    size_t n = 0;
    for (size_t i = 0; i < rule->nodes.len && n < 2; i++)
        n += fits(e, rule->nodes.at[i]);
    if (n == 0)
        return none_fits(e, rule);
    return n == 1 || tell(e, rule, SAY_ONE_OF);
}

bool check_not(Eval *e, const Rule *rule)
{
    Marks *marks = e->marks;
    e->marks = NULL;
    bool fitted = fits(e, rule->items.node);
    e->marks = marks;
    return !fitted || tell(e, rule, SAY_NOT);
}

bool check_choice(Eval *e, const Rule *rule)
{
    const Node *next = fits(e, rule->choice.test) ? rule->choice.yes : rule->choice.no;
    return !next || here(e, next);
}

bool check_dependents(Eval *e, const Rule *rule)
{
    bool ok = true;
    for (size_t i = 0; i < rule->members.len && (ok || more(e)); i++)
        if (json_object_get(e->value, rule->members.at[i].name.at))
            ok &= here(e, rule->members.at[i].node);
    return ok;
}

bool check_prefix(Eval *e, const Rule *rule)
{
    bool ok = true;
    size_t n = json_array_size(e->value);
    for (size_t i = 0; i < rule->nodes.len && i < n && (ok || more(e)); i++) {
        ok &= item(e, rule->nodes.at[i], i);
        marks_set(e->marks, i);
    }
    return ok;
}

bool check_items(Eval *e, const Rule *rule)
{
    bool ok = true;
    for (size_t i = rule->items.from; i < json_array_size(e->value) && (ok || more(e)); i++)
        ok &= item(e, rule->items.node, i);
    marks_all(e->marks);
    return ok;
}

static Str number_text(Eval *e, size_t n)
{
    return e->run->errors ? str_format(e->run->arena, "%zu", n) : STR_NONE;
}

bool check_contains(Eval *e, const Rule *rule)
{
    SchemaErrors *errors = e->run->errors;
    size_t n = 0;
    e->run->errors = NULL;
    for (size_t i = 0; i < json_array_size(e->value) && !e->run->limit; i++) {
        if (!item(e, rule->items.node, i))
            continue;
        marks_set(e->marks, i);
        n++;
    }
    e->run->errors = errors;
    bool few = n < rule->items.min;
    if (!few && n <= rule->items.max)
        return true;
    return problem(e, rule, few ? SAY_CONTAINS_FEW : SAY_CONTAINS_MANY,
                   number_text(e, few ? rule->items.min : rule->items.max), number_text(e, n),
                   STR_NONE, STR_NONE);
}

static int named_order(const void *name, const void *named)
{
    return str_cmp(*(const Str *)name, ((const Named *)named)->name);
}

static const Node *member_node(const Rule *properties, const char *name)
{
    Str key = str_of(name);
    const Named *found = properties ? bsearch(&key, properties->members.at, properties->members.len,
                                              sizeof(Named), named_order)
                                    : NULL;
    return found ? found->node : NULL;
}

static bool step(Eval *e)
{
    if (e->run->steps == 0)
        e->run->limit = true;
    else
        e->run->steps--;
    return !e->run->limit;
}

bool check_members(Eval *e, const Rule *rule)
{
    bool ok = true;
    size_t i = 0;
    const char *name;
    json_t *value;
    json_object_foreach(e->value, name, value)
    {
        if (!step(e) || !(ok || more(e)))
            return false;
        const Node *node = member_node(rule, name);
        if (node) {
            ok &= member(e, node, name, value);
            marks_set(e->marks, i);
        }
        i++;
    }
    return ok;
}

static bool name_matches(Eval *e, const Pattern *pattern, const char *name)
{
    return step(e) && matches(e, pattern, str_of(name));
}

static bool patterns_hold(Eval *e, const Rule *rule, const char *name, json_t *value, size_t index)
{
    bool ok = true;
    for (size_t i = 0; i < rule->patterns.len && (ok || more(e)); i++) {
        const Pattern *pattern = &rule->patterns.at[i];
        if (!name_matches(e, pattern, name))
            continue;
        ok &= member(e, pattern->node, name, value);
        marks_set(e->marks, index);
    }
    return ok && !e->run->limit;
}

bool check_patterns(Eval *e, const Rule *rule)
{
    bool ok = true;
    size_t i = 0;
    const char *name;
    json_t *value;
    json_object_foreach(e->value, name, value)
    {
        if (e->run->limit || !(ok || more(e)))
            return false;
        ok &= patterns_hold(e, rule, name, value, i++);
    }
    return ok;
}

static bool matched(Eval *e, const Rule *patterns, const char *name)
{
    for (size_t i = 0; patterns && i < patterns->patterns.len; i++)
        if (name_matches(e, &patterns->patterns.at[i], name))
            return true;
    return false;
}

// A member that nothing expects, with the nearest name of those that the node knows.
static bool unknown(Eval *e, const Rule *rule, const char *name)
{
    if (!e->run->errors)
        return false;
    const Rule *properties = compile_sibling(e->node, "properties");
    size_t n = properties ? properties->members.len : 0;
    Str *names = arena_array(e->run->arena, Str, n);
    for (size_t i = 0; i < n; i++)
        names[i] = properties->members.at[i].name;
    Str near = str_nearest(str_of(name), names, n);
    Spot spot = {.place = {.outer = &e->spot->place, .name = str_of(name)}};
    return problem_at(e, &spot, rule->keyword->name, near.at ? SAY_UNKNOWN_NEAR : SAY_UNKNOWN, near,
                      STR_NONE, STR_NONE, STR_NONE);
}

static bool leftover(Eval *e, const Rule *rule, const Node *node, const char *name, json_t *value)
{
    return node->takes == NODE_NOTHING ? unknown(e, rule, name) : member(e, node, name, value);
}

bool check_rest(Eval *e, const Rule *rule)
{
    bool ok = true;
    const char *name;
    json_t *value;
    size_t i = 0;
    json_object_foreach(e->value, name, value)
    {
        size_t index = i++;
        if (!step(e) || !(ok || more(e)))
            return false;
        if (member_node(rule->rest.properties, name) || matched(e, rule->rest.patterns, name))
            continue;
        ok &= leftover(e, rule, rule->rest.node, name, value);
        marks_set(e->marks, index);
    }
    return ok;
}

bool check_member_names(Eval *e, const Rule *rule)
{
    bool ok = true;
    const char *name;
    json_t *value;
    json_object_foreach(e->value, name, value)
    {
        if (!(ok || more(e)))
            return false;
        json_t *key = json_string(name);
        ok &= member(e, rule->items.node, name, key);
        json_decref(key);
    }
    return ok;
}

// The title of a node, or of what it refers to.
static Label node_title(const Node *node)
{
    for (int hops = 0; node && hops < 8; hops++) {
        if (node->title.fr.len || node->title.en.len)
            return node->title;
        const Rule *ref = compile_sibling(node, "$ref");
        node = ref ? ref->ref.node : NULL;
    }
    return (Label){0};
}

static bool missing(Eval *e, const char *keyword, Sentence which, Str name, Str because)
{
    if (!e->run->errors)
        return false;
    const Node *node = member_node(compile_sibling(e->node, "properties"), name.at);
    Spot spot = {.place = {.outer = &e->spot->place, .name = name}, .title = node_title(node)};
    return problem_at(e, &spot, keyword, which, because, STR_NONE, STR_NONE, STR_NONE);
}

bool check_required(Eval *e, const Rule *rule)
{
    bool ok = true;
    for (size_t i = 0; i < rule->names.len && (ok || more(e)); i++)
        if (!json_object_getn(e->value, rule->names.at[i].at, rule->names.at[i].len))
            ok = missing(e, "required", SAY_MISSING, rule->names.at[i], STR_NONE);
    return ok;
}

bool check_needs(Eval *e, const Rule *rule)
{
    bool ok = true;
    for (size_t i = 0; i < rule->needs.len && (ok || more(e)); i++) {
        const Names *needs = &rule->needs.at[i];
        if (!json_object_getn(e->value, needs->name.at, needs->name.len))
            continue;
        for (size_t j = 0; j < needs->len && (ok || more(e)); j++)
            if (!json_object_getn(e->value, needs->at[j].at, needs->at[j].len))
                ok = missing(e, "dependentRequired", SAY_NEEDED, needs->at[j], needs->name);
    }
    return ok;
}

bool check_unevaluated_items(Eval *e, const Rule *rule)
{
    bool ok = true;
    for (size_t i = 0; i < json_array_size(e->value) && (ok || more(e)); i++)
        if (!marks_has(e->marks, i))
            ok &= item(e, rule->items.node, i);
    marks_all(e->marks);
    return ok;
}

bool check_unevaluated_members(Eval *e, const Rule *rule)
{
    bool ok = true;
    size_t i = 0;
    const char *name;
    json_t *value;
    json_object_foreach(e->value, name, value)
    {
        if (!step(e) || !(ok || more(e)))
            return false;
        if (!marks_has(e->marks, i++))
            ok &= leftover(e, rule, rule->items.node, name, value);
    }
    marks_all(e->marks);
    return ok;
}
