// SPDX-License-Identifier: Apache-2.0
// The short way through what forms and events mostly are: an object whose members have rules about
// their own value alone. One pass over the members, that says yes or nothing: whatever it does not
// take, the rules look at again in their order and find the words for.
#include "keyword.h"

enum { MEMBERS_MAX = 64 }; // bits of Flat.required

struct Flat {
    Named *at; // as the schema writes them, which most objects follow
    size_t len;
    uint64_t required;
    bool closed; // no other members
};

static bool is_rule(const Rule *rule, bool (*check)(Eval *e, const Rule *rule))
{
    return rule->keyword->check == check;
}

// Only rules that look at the value alone.
static bool is_plain(const Node *node)
{
    for (size_t i = 0; node->takes == NODE_RULES && i < node->len; i++)
        if (node->rules[i].keyword->shape != SHAPE_PLAIN || node->rules[i].keyword->late ||
            is_rule(&node->rules[i], check_ref) || is_rule(&node->rules[i], check_dynamic_ref))
            return false;
    return node->takes != NODE_NOTHING;
}

static size_t place_of(const Flat *flat, const char *name, size_t len, size_t guess)
{
    for (size_t i = 0; i < flat->len; i++) {
        size_t at = guess + i < flat->len ? guess + i : guess + i - flat->len;
        if (flat->at[at].name.len == len && memcmp(flat->at[at].name.at, name, len) == 0)
            return at;
    }
    return flat->len;
}

static bool members_fill(Flat *flat, Arena *arena, const Rule *properties)
{
    if (properties->members.len > MEMBERS_MAX)
        return false;
    flat->at = arena_array(arena, Named, properties->members.len);
    const char *name;
    json_t *value;
    json_object_foreach(properties->json, name, value)
    {
        for (size_t i = 0; i < properties->members.len; i++)
            if (str_is(properties->members.at[i].name, name))
                flat->at[flat->len++] = properties->members.at[i];
        if (!is_plain(flat->at[flat->len - 1].node))
            return false;
    }
    return true;
}

static bool required_fill(Flat *flat, const Rule *required)
{
    for (size_t i = 0; i < required->names.len; i++) {
        size_t place = place_of(flat, required->names.at[i].at, required->names.at[i].len, 0);
        if (place == flat->len)
            return false;
        flat->required |= UINT64_C(1) << place;
    }
    return true;
}

// `properties` stands before the rules that need it.
static bool rule_fill(Flat *flat, Arena *arena, const Rule *rule)
{
    if (is_rule(rule, check_kinds))
        return rule->kinds & KIND_OBJECT;
    if (is_rule(rule, check_members))
        return members_fill(flat, arena, rule);
    if (is_rule(rule, check_required))
        return required_fill(flat, rule);
    if (!is_rule(rule, check_rest) || rule->rest.patterns || rule->rest.node->takes == NODE_RULES)
        return false;
    flat->closed = rule->rest.node->takes == NODE_NOTHING;
    return true;
}

void flat_compile(Arena *arena, Node *node)
{
    Flat flat = {0};
    if (node->takes != NODE_RULES || node->len == 0)
        return;
    if (node->len == 1 && is_rule(&node->rules[0], check_kinds))
        node->kinds = node->rules[0].kinds;
    for (size_t i = 0; i < node->len; i++)
        if (!rule_fill(&flat, arena, &node->rules[i]))
            return;
    if (flat.len)
        node->flat = arena_copy(arena, &flat, sizeof flat);
}

static bool member_holds(Run *run, const Node *node, json_t *value)
{
    Spot nowhere = {0};
    if (node->kinds && run->steps > 1) {
        run->steps -= 2;
        return value_kinds(value) & node->kinds;
    }
    return eval(run, node, value, &nowhere, NULL, NULL);
}

// Nobody listens: what is wrong is told by the rules.
bool flat_holds(Run *run, const Flat *flat, json_t *value)
{
    SchemaErrors *errors = run->errors;
    size_t next = 0;
    uint64_t seen = 0;
    bool ok = json_is_object(value);
    run->errors = NULL;
    for (void *at = ok ? json_object_iter(value) : NULL; ok && at;
         at = json_object_iter_next(value, at)) {
        size_t place = place_of(flat, json_object_iter_key(at), json_object_iter_key_len(at),
                                next < flat->len ? next : 0);
        if (place == flat->len) {
            ok = !flat->closed && run->steps > 0;
            run->steps -= ok;
            continue;
        }
        ok = member_holds(run, flat->at[place].node, json_object_iter_value(at));
        seen |= UINT64_C(1) << place;
        next = place + 1;
    }
    run->errors = errors;
    return ok && (flat->required & ~seen) == 0;
}
