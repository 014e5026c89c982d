// SPDX-License-Identifier: Apache-2.0
// The file's own promises, held against every place; a broken one is shown with the shortest moves
// that break it.
#include "check_internal.h"

static bool holds_all(const StateSet *in, const StateSet *all, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (all->w[w] & ~in->w[w])
            return false;
    return true;
}

static Str names(const Check *c, const StateSet *set)
{
    Buf out = {.arena = c->arena};
    for (size_t s = 1; s < c->def->state_count; s++)
        if (set_has(set, (StateId)s))
            buf_format(&out, "%s" STR_FMT, out.len ? ", " : "", STR_ARG(c->def->states[s].id));
    return buf_str(&out);
}

// Places are found in the order of their distance: the first that breaks a promise is the nearest.
static void check_always(Check *c, size_t index)
{
    const Explore *x = c->explore;
    const Promise *promise = &c->def->promises[index];
    for (uint32_t i = 0; i < x->places.len; i++) {
        const Place *place = &x->places.at[i];
        if (!set_meets(&place->in, &promise->in, x->words) || (place->seen >> index & 1))
            continue;
        check_fail(
            c, "broken-promise", promise->mark, i,
            MESSAGE(T("promesse rompue (always) : on peut être dans « {0} » sans être passé par « "
                      "{1} »",
                      "broken promise (always): one can be in '{0}' without having been in '{1}'"),
                    names(c, &promise->in), names(c, &promise->was)));
        return;
    }
}

static void check_never(Check *c, const Promise *promise)
{
    const Explore *x = c->explore;
    for (uint32_t i = 0; i < x->places.len; i++) {
        if (!holds_all(&x->places.at[i].in, &promise->in, x->words))
            continue;
        check_fail(c, "broken-promise", promise->mark, i,
                   MESSAGE(T("promesse rompue (never) : « {0} » peuvent être actifs ensemble",
                             "broken promise (never): '{0}' can be active at once"),
                           names(c, &promise->in)));
        return;
    }
}

typedef struct Way {
    uint32_t *from; // by place: one step before, itself at the start, PLACE_NONE when not visited
    uint32_t *todo;
    size_t len;
} Way;

static void visit(Way *way, uint32_t place, uint32_t from)
{
    if (way->from[place] != PLACE_NONE)
        return;
    way->from[place] = from;
    way->todo[way->len++] = place;
}

static Finding *fail_eventually(Check *c, const Promise *promise, const Way *way, uint32_t place)
{
    const Place *places = c->explore->places.at;
    size_t n = 0;
    uint32_t start = place;
    for (; way->from[start] != start; start = way->from[start])
        n++;
    Finding *finding = check_fail(
        c, "broken-promise", promise->mark, start,
        MESSAGE(T("promesse rompue (eventually) : depuis « {0} », on peut ne plus jamais atteindre "
                  "« {1} »",
                  "broken promise (eventually): from '{0}' one can lose every way to '{1}'"),
                names(c, &promise->in), names(c, &promise->was)));
    size_t before = finding->path_len;
    Str *path = arena_array(c->arena, Str, before + n + 1);
    for (size_t i = 0; i < before; i++)
        path[i] = finding->path[i];
    finding->path_len = before + n;
    for (uint32_t p = place; n; p = way->from[p])
        path[before + --n] = places[p].move;
    finding->path = path;
    return finding;
}

// Edges leave places in the order of the places: a place's own stand together.
static size_t *first_edges(const Check *c)
{
    const Explore *x = c->explore;
    size_t *first = arena_array(c->arena, size_t, x->places.len + 1), e = 0;
    for (uint32_t i = 0; i < x->places.len; i++) {
        first[i] = e;
        while (e < x->edges.len && x->edges.at[e].from == i)
            e++;
    }
    first[x->places.len] = e;
    return first;
}

static void check_eventually(Check *c, const Promise *promise)
{
    const Explore *x = c->explore;
    size_t n = x->places.len;
    bool *goals = arena_array(c->arena, bool, n + 1);
    Way way = {arena_array(c->arena, uint32_t, n + 1), arena_array(c->arena, uint32_t, n + 1), 0};
    const size_t *first = first_edges(c);
    for (size_t i = 0; i < n; i++) {
        goals[i] = set_meets(&x->places.at[i].in, &promise->was, x->words);
        way.from[i] = PLACE_NONE;
    }
    const bool *good = can_reach(c, goals);
    for (uint32_t i = 0; i < n; i++)
        if (set_meets(&x->places.at[i].in, &promise->in, x->words))
            visit(&way, i, i);
    for (size_t at = 0; at < way.len; at++) {
        uint32_t place = way.todo[at];
        if (!good[place]) {
            fail_eventually(c, promise, &way, place);
            return;
        }
        for (size_t e = first[place]; !goals[place] && e < first[place + 1]; e++)
            visit(&way, x->edges.at[e].to, place);
    }
}

void check_promises(Check *c)
{
    for (size_t i = 0; i < c->def->promise_count; i++) {
        const Promise *promise = &c->def->promises[i];
        if (promise->kind == PROMISE_ALWAYS)
            check_always(c, i);
        else if (promise->kind == PROMISE_NEVER)
            check_never(c, promise);
        else if (!c->explore->stopped) // beyond the bound there may be a way
            check_eventually(c, promise);
    }
}
