// SPDX-License-Identifier: Apache-2.0
// Plays the SCION and W3C statechart cases: conformance_scion DIR, the folder that the converter
// wrote. Each chart becomes a workflow file and goes through the entry points that the server uses:
// definition_build, decide_start, decide, case_text. The clock is virtual; what EFFECT_TIMER asks
// falls due in order of time. Prints what fails, then "N passed, N failed" by tier.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/vec.h"
#include "engine/build.h"
#include "engine/decide.h"
#include "scion_machine.h"

enum { TIERS = 4, ROUNDS_MAX = 10000 };

typedef struct Waiting {
    Str name;
    json_t *data;
    Time due;
} Waiting;

typedef struct World {
    Arena *arena;
    const Definition *def;
    Case c;
    Time now;
    VEC(Waiting) timers; // in the order set: the first of those due at once goes first
    Str failure;
} World;

static void timer_forget(World *w, Str name)
{
    for (size_t i = 0; i < w->timers.len; i++)
        if (str_eq(w->timers.at[i].name, name)) {
            memmove(&w->timers.at[i], &w->timers.at[i + 1],
                    (w->timers.len - i - 1) * sizeof(Waiting));
            w->timers.len--;
            return;
        }
}

// Takes the outcome over; the case goes through its text, as between two requests.
static void accept(World *w, const Outcome *out)
{
    if (out->verdict == REFUSED)
        return;
    for (size_t i = 0; i < out->effect_count; i++) {
        const Effect *e = &out->effects[i];
        if (e->kind == EFFECT_TIMER || e->kind == EFFECT_TIMER_CANCEL)
            timer_forget(w, e->name);
        if (e->kind == EFFECT_TIMER)
            vec_push(w->arena, &w->timers, (Waiting){e->name, e->data, e->due});
    }
    Str text = case_text(w->arena, w->def, &out->next);
    if (!case_read(w->arena, w->def, text, &w->c) ||
        !str_eq(case_text(w->arena, w->def, &w->c), text))
        w->failure = str_format(w->arena, "the case does not read back: " STR_FMT, STR_ARG(text));
}

static void fire(World *w, Str name, json_t *data, RoleSet roles)
{
    Facts facts = {.now = w->now};
    Actor actor = {.roles = roles};
    Event event = {.name = name, .data = data, .item = ID_NONE};
    Outcome out = decide(w->arena, w->def, &w->c, &event, &actor, &facts);
    accept(w, &out);
}

// Moves the clock to `to`, delivering what falls due on the way.
static void advance(World *w, Time to)
{
    for (int rounds = 0; rounds < ROUNDS_MAX; rounds++) {
        size_t next = w->timers.len;
        for (size_t i = 0; i < w->timers.len; i++)
            if (w->timers.at[i].due <= to &&
                (next == w->timers.len || w->timers.at[i].due < w->timers.at[next].due))
                next = i;
        if (next == w->timers.len)
            break;
        Waiting timer = w->timers.at[next];
        w->now = timer.due > w->now ? timer.due : w->now;
        timer_forget(w, timer.name);
        fire(w, timer.name, timer.data, (RoleSet)1 << ROLE_SYSTEM);
    }
    w->now = to;
}

static int compare(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

static Str joined(Arena *arena, Str *names, size_t n)
{
    Buf buf = {.arena = arena};
    qsort(names, n, sizeof *names, compare);
    for (size_t i = 0; i < n; i++) {
        buf_add(&buf, names[i]);
        buf_char(&buf, ' ');
    }
    return buf_str(&buf);
}

static void expect(World *w, const json_t *atomic)
{
    StateId active[STATES_MAX];
    Str names[STATES_MAX], wanted[STATES_MAX];
    size_t n = case_atomic(w->def, &w->c, active, STATES_MAX), m = json_array_size(atomic);
    for (size_t i = 0; i < n; i++)
        names[i] = w->def->states[active[i]].id;
    for (size_t i = 0; i < m && i < STATES_MAX; i++)
        wanted[i] = scion_id(w->arena, json_str(json_array_get(atomic, i)));
    Str came = joined(w->arena, names, n), asked = joined(w->arena, wanted, m);
    if (!w->failure.len && !str_eq(came, asked))
        w->failure = str_format(w->arena, "expected " STR_FMT "came " STR_FMT, STR_ARG(asked),
                                STR_ARG(came));
}

static void step(World *w, const json_t *s)
{
    Str op = json_str(json_at(s, "op"));
    if (str_is(op, "start")) {
        Facts facts = {.now = w->now};
        Actor actor = {.roles = (RoleSet)1 << ROLE_SYSTEM};
        Outcome out = decide_start(w->arena, w->def, &actor, &facts);
        if (out.verdict == REFUSED)
            w->failure = STR("the start was refused");
        accept(w, &out);
    } else if (str_is(op, "advance")) {
        advance(w, w->now + json_integer_value(json_at(s, "ms")) * 1000);
    } else if (str_is(op, "send")) {
        advance(w, w->now);
        fire(w, json_str(json_at(s, "event")), NULL, (RoleSet)2);
        advance(w, w->now);
    } else {
        expect(w, json_at(s, "atomic"));
    }
}

// STR_NONE when every expectation holds, else what did not.
static Str play(Arena *arena, const Definition *def, const json_t *steps)
{
    World w = {.arena = arena, .def = def};
    json_t *s;
    size_t i;
    time_parse(STR("2024-01-01T00:00:00Z"), &w.now);
    json_array_foreach(steps, i, s)
    {
        step(&w, s);
        if (w.failure.len)
            return str_format(arena, "step %zu: " STR_FMT, i, STR_ARG(w.failure));
    }
    return STR_NONE;
}

static Str run_case(Arena *arena, const json_t *test)
{
    Findings findings = {0};
    Str text = json_text(arena, scion_workflow(arena, json_at(test, "machine")));
    const Definition *def = definition_build(arena, text, STR_NONE, &findings);
    if (!def)
        return str_format(arena, "does not load\n" STR_FMT,
                          STR_ARG(findings_text(arena, STR("  chart"), EN, &findings)));
    Str failure = play(arena, def, json_at(test, "steps"));
    json_t *or_steps = json_at(test, "or_steps");
    return failure.len && or_steps && !play(arena, def, or_steps).len ? STR_NONE : failure;
}

static json_t *read_file(Arena *arena, const char *folder, const char *name)
{
    json_error_t error;
    json_t *json = json_load_file(str_format(arena, "%s/%s", folder, name).at, 0, &error);
    if (!json)
        fprintf(stderr, "%s: %s\n", name, error.text);
    return json ? json_keep(arena, json) : NULL;
}

static int is_case(const struct dirent *entry)
{
    return str_ends(str_of(entry->d_name), STR(".json")) &&
           strcmp(entry->d_name, "index.json") != 0;
}

int main(int argc, char **argv)
{
    int passed[TIERS] = {0}, failed[TIERS] = {0}, good = 0, bad = 0;
    struct dirent **entries = NULL;
    int n = argc == 2 ? scandir(argv[1], &entries, is_case, alphasort) : -1;
    if (n < 0) {
        fprintf(stderr, "usage: conformance_scion DIR\n");
        return 2;
    }
    for (int i = 0; i < n; i++) {
        Arena *arena = arena_new();
        json_t *test = read_file(arena, argv[1], entries[i]->d_name);
        long long tier = json_integer_value(json_at(test, "tier"));
        Str failure = test ? run_case(arena, test) : STR("cannot be read");
        tier = tier < 0 || tier >= TIERS ? TIERS - 1 : tier;
        *(failure.len ? &failed[tier] : &passed[tier]) += 1;
        if (failure.len)
            printf("tier %lld %s: " STR_FMT "\n", tier, json_string_value(json_at(test, "case")),
                   STR_ARG(failure));
        arena_free(arena);
        free(entries[i]);
    }
    free(entries);
    for (int tier = 0; tier < TIERS; tier++) {
        printf("tier %d: %d passed, %d failed\n", tier, passed[tier], failed[tier]);
        good += passed[tier];
        bad += failed[tier];
    }
    printf("%d passed, %d failed\n", good, bad);
    if (good + bad == 0)
        fprintf(stderr, "%s: no cases\n", argv[1]);
    return bad > 0 || good == 0;
}
