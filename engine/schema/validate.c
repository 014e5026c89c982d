// SPDX-License-Identifier: Apache-2.0
// One node on one value: the walk, its bounds, the marks of what was evaluated, and how problems
// are told. What each rule checks is in check.c and apply.c.
#include "keyword.h"

// Frames of the C stack: a schema that refers to itself at the same value must not exhaust it
// before the steps end.
enum { DEPTH_MAX = 600 };

static void marks_init(Run *run, Marks *marks, const json_t *value)
{
    size_t len = json_is_object(value) ? json_object_size(value) : json_array_size(value);
    *marks = (Marks){.bits = &marks->few, .len = len};
    if (len <= 64)
        return;
    marks->bits = arena_array(run->arena, uint64_t, (len + 63) / 64);
    size_t cost = len / 64;
    run->steps -= run->steps < cost ? run->steps : cost;
}

void marks_set(Marks *marks, size_t index)
{
    if (marks)
        marks->bits[index / 64] |= UINT64_C(1) << index % 64;
}

bool marks_has(const Marks *marks, size_t index)
{
    return marks->all || marks->bits[index / 64] >> index % 64 & 1;
}

void marks_all(Marks *marks)
{
    if (marks)
        marks->all = true;
}

static void marks_merge(Marks *into, const Marks *from)
{
    into->all |= from->all;
    for (size_t i = 0; i < (from->len + 63) / 64; i++)
        into->bits[i] |= from->bits[i];
}

// How sentences call a field: its title, or its name, or its rank.
static Label spot_name(Arena *arena, const Spot *spot)
{
    Label title = spot->title;
    if (title.fr.len || title.en.len)
        return (Label){str_format(arena, "« " STR_FMT " »", STR_ARG(label_text(title, FR))),
                       str_format(arena, "\"" STR_FMT "\"", STR_ARG(label_text(title, EN)))};
    if (!spot->place.outer)
        return (Label){STR("Cette valeur"), STR("This value")};
    if (spot->place.name.at)
        return (Label){str_format(arena, "« " STR_FMT " »", STR_ARG(spot->place.name)),
                       str_format(arena, "\"" STR_FMT "\"", STR_ARG(spot->place.name))};
    return (Label){str_format(arena, "L'élément %zu", spot->place.index + 1),
                   str_format(arena, "Item %zu", spot->place.index + 1)};
}

bool problem_at(Eval *e, Spot *spot, const char *keyword, Sentence which, Str a, Str b, Str c,
                Str d)
{
    Run *run = e->run;
    if (run->errors && run->errors->len < SCHEMA_ERRORS_MAX)
        error_add(run->arena, run->errors, place_pointer(run->arena, &spot->place), keyword,
                  sentence(which), spot_name(run->arena, spot), (Str[4]){a, b, c, d});
    return false;
}

bool problem(Eval *e, const Rule *rule, Sentence which, Str a, Str b, Str c, Str d)
{
    return problem_at(e, e->spot, rule->keyword->name, which, a, b, c, d);
}

bool matches(Eval *e, const Pattern *pattern, Str text)
{
    Match match = pattern_match(&e->run->matcher, pattern, text);
    if (match != MATCH_LIMIT)
        return match == MATCH_YES;
    e->run->limit = true;
    return problem_at(e, e->spot, "limit", SAY_PATTERN_LIMIT, str_of(pattern->text), STR_NONE,
                      STR_NONE, STR_NONE);
}

static bool rules_hold(Eval *e)
{
    bool ok = true;
    unsigned kinds = value_kinds(e->value);
    for (size_t i = 0; i < e->node->len; i++) {
        const Rule *rule = &e->node->rules[i];
        // What failed left no marks, so unevaluated* would call known fields unknown.
        if (!(rule->keyword->on & kinds) || (rule->keyword->late && !ok))
            continue;
        if (e->run->steps == 0) {
            e->run->limit = true;
            return false;
        }
        e->run->steps--;
        if (rule->keyword->check(e, rule))
            continue;
        ok = false;
        if (!e->run->errors)
            return false;
    }
    return ok;
}

static bool node_holds(Run *run, const Node *node, json_t *value, Spot *spot, const Scope *scope,
                       Marks *outer)
{
    Marks own;
    Scope inner = {node->resource, scope};
    Eval e = {
        .run = run,
        .node = node,
        .value = value,
        .spot = spot,
        .scope = scope && scope->resource == node->resource ? scope : &inner,
    };
    if (node->takes == NODE_NOTHING)
        return problem_at(&e, spot, "false", SAY_NOT_ALLOWED, STR_NONE, STR_NONE, STR_NONE,
                          STR_NONE);
    if (outer || node->unevaluated) {
        marks_init(run, &own, value);
        e.marks = &own;
    }
    if (!rules_hold(&e))
        return false;
    if (outer)
        marks_merge(outer, &own);
    return true;
}

bool eval(Run *run, const Node *node, json_t *value, Spot *spot, const Scope *scope, Marks *marks)
{
    if (node->takes == NODE_ALL)
        return true;
    if (run->steps == 0 || run->depth == DEPTH_MAX) {
        run->limit = true;
        run->steps = 0;
        return false;
    }
    run->steps--;
    if (node->kinds && run->steps > 0 && (value_kinds(value) & node->kinds)) {
        run->steps--;
        return true;
    }
    if (node->flat && !marks && flat_holds(run, node->flat, value))
        return true;
    run->depth++;
    // The outermost title at a place names it for all that is checked inside, also behind a $ref.
    Label title = spot->title;
    if (!title.fr.len && !title.en.len)
        spot->title = node->title;
    bool ok = node_holds(run, node, value, spot, scope, marks);
    spot->title = title;
    run->depth--;
    return ok;
}

// What stopped it stands last, even when the errors before it fill the list.
static void limit_tell(Arena *arena, SchemaErrors *errors)
{
    if (errors->len && strcmp(errors->at[errors->len - 1].keyword, "limit") == 0)
        return;
    if (errors->len == SCHEMA_ERRORS_MAX)
        errors->len--;
    error_add(arena, errors, STR(""), "limit", sentence(SAY_LIMIT), (Label){0}, NULL);
}

bool schema_validate(Arena *arena, const Schema *schema, json_t *instance, SchemaErrors *errors)
{
    Run run = {
        .arena = arena,
        .errors = errors,
        .steps = SCHEMA_STEPS_DEFAULT,
        .matcher = {.arena = arena, .steps = &run.steps},
    };
    Spot spot = {0};
    bool ok = eval(&run, schema->root, instance, &spot, NULL, NULL);
    if (run.limit && errors)
        limit_tell(arena, errors);
    return ok && !run.limit;
}
