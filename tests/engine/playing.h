// SPDX-License-Identifier: Apache-2.0
// What tests of the chart play on: one definition, one case, one clock.
#pragma once
#include "tests/base/table.h"
#include "engine/base/vec.h"
#include "engine/build.h"
#include "engine/decide.h"
#include <stdio.h>
#include <stdlib.h>

#define SYSTEM ((RoleSet)1)

typedef struct Play {
    Arena *arena;
    const Definition *def;
    Case c;
    Facts facts;
    Outcome last;
} Play;

static inline Time at(const char *text)
{
    Time t = TIME_NONE;
    assert_true(time_parse(str_of(text), &t));
    return t;
}

static inline json_t *json(Play *p, const char *text)
{
    Fault fault = {0};
    json_t *value = json_read(p->arena, str_of(text), &fault);
    if (!value)
        fail_msg("not JSON: %s", text);
    return value;
}

// The definition, or a failure with its findings. Not started yet.
static inline Play play_load(const char *text)
{
    Play p = {.arena = arena_new()};
    Findings findings = {0};
    p.def = definition_build(p.arena, str_of(text), STR_NONE, &findings);
    if (!p.def)
        fail_msg("does not load:\n" STR_FMT "%s",
                 STR_ARG(findings_text(p.arena, STR("chart"), EN, &findings)), text);
    p.facts.now = at("2024-01-01T00:00:00Z");
    return p;
}

static inline void play_start(Play *p)
{
    Actor actor = {.roles = SYSTEM};
    p->last = decide_start(p->arena, p->def, &actor, &p->facts);
    assert_int_equal(p->last.verdict, MOVED);
    p->c = p->last.next;
}

static inline RoleSet role(const Play *p, const char *name)
{
    ItemId id = name ? definition_role(p->def, str_of(name)) : ID_NONE;
    if (name && id == ID_NONE)
        fail_msg("no role %s", name);
    return name ? p->def->roles[id].bit : 0;
}

static inline Verdict play_event(Play *p, const Event *event, const char *person, RoleSet roles)
{
    Actor actor = {.person = str_of(person), .roles = roles};
    p->last = decide(p->arena, p->def, &p->c, event, &actor, &p->facts);
    decide_why(p->arena, p->def, &p->c, event, &actor, &p->facts, &p->last);
    p->c = p->last.next;
    return p->last.verdict;
}

static inline Verdict play_fire(Play *p, const char *name, RoleSet roles, const char *data)
{
    Event event = {.name = str_of(name), .data = data ? json(p, data) : NULL, .item = ID_NONE};
    return play_event(p, &event, "someone", roles);
}

// Ids of the active atomic states, "a b".
static inline Str play_in(const Play *p)
{
    StateId active[STATES_MAX];
    size_t n = case_atomic(p->def, &p->c, active, STATES_MAX);
    Buf buf = {.arena = p->arena};
    for (size_t i = 0; i < n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? " " : "", STR_ARG(p->def->states[active[i]].id));
    return buf_str(&buf);
}

static inline void play_end(Play *p)
{
    arena_free(p->arena);
}

static inline const char *reason_shown(const Play *p, size_t i, Lang lang)
{
    if (i >= p->last.reason_count)
        return "(none)";
    Str text = message_text(p->arena, lang, &p->last.reasons[i].message);
    return str_cstr(p->arena, text);
}
