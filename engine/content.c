// SPDX-License-Identifier: Apache-2.0
// SCXML 4, executable content: what blocks of actions do to the queues, the variables and the
// effects.
#include "macrostep.h"

static bool block_run(Macrostep *m, const Block *block);

static void effect_add(Macrostep *m, Effect effect)
{
    vec_push(m->arena, &m->effects, effect);
}

static Str join(Arena *arena, Str a, Str b)
{
    char *at = arena_alloc(arena, a.len + b.len + 1);
    memcpy(at, a.at, a.len);
    if (b.len)
        memcpy(at + a.len, b.at, b.len);
    return (Str){at, a.len + b.len};
}

void content_raise(Macrostep *m, Str name, CelValue data)
{
    vec_push(m->arena, &m->internal, (Queued){name, data});
}

void content_error(Macrostep *m)
{
    content_raise(m, STR("error.execution"), (CelValue){.kind = CEL_ERROR});
}

// The event of a raise or a send: its name as written, or what its expression gives.
static bool event_name(Macrostep *m, const Action *a, Str *ret)
{
    *ret = a->name;
    if (a->name.len)
        return true;
    CelValue value = a->expr ? scope_value(m, a->expr) : (CelValue){.kind = CEL_ERROR};
    *ret = value.text;
    return value.kind == CEL_STRING && value.text.len > 0 && value.text.len <= 200;
}

static bool raise(Macrostep *m, const Action *a)
{
    Str name;
    CelValue data;
    if (!event_name(m, a, &name) || !scope_payload(m, a->keys, a->values, a->value_count, &data))
        return false;
    content_raise(m, name, data);
    return true;
}

// 6.2.4: the delay is evaluated when the send is. Milliseconds when it is a number.
static bool delay_of(Macrostep *m, const Action *a, int64_t *ret)
{
    *ret = a->delay_us;
    if (!a->delay)
        return true;
    CelValue value = scope_value(m, a->delay);
    double us = value.kind == CEL_DURATION ? (double)value.duration
                : value.kind == CEL_INT    ? (double)value.integer * 1000
                : value.kind == CEL_DOUBLE ? value.number * 1000
                                           : -1;
    *ret = us >= 0 && us < 1e17 ? (int64_t)us : -1;
    return *ret >= 0;
}

static const Str timer_prefix = {"send.", 5};

// The shell keeps one timer a name: a send without id gets a name that this case never used.
static Str timer_name(Macrostep *m, Str id)
{
    if (id.len)
        return join(m->arena, timer_prefix, id);
    return str_format(m->arena, "send.%u", ++m->at.sends);
}

static bool send(Macrostep *m, const Action *a)
{
    Str name;
    CelValue data;
    int64_t delay;
    if (!event_name(m, a, &name) || !delay_of(m, a, &delay) ||
        !scope_payload(m, a->keys, a->values, a->value_count, &data))
        return false;
    if (delay == 0 && !m->starting) {
        vec_push(m->arena, &m->external, (Queued){name, data});
        return true;
    }
    json_t *carried = json_keep(m->arena, json_object());
    json_object_set_new(carried, "event", json_stringn(name.at, name.len));
    json_t *json = data.kind == CEL_ERROR ? NULL : cel_to_json(m->arena, data);
    if (json)
        json_object_set(carried, "data", json);
    effect_add(m, (Effect){.kind = EFFECT_TIMER,
                           .item = ID_NONE,
                           .name = timer_name(m, a->id),
                           .due = time_add(m->facts->now, (Duration){.us = delay}),
                           .data = carried});
    return true;
}

bool content_delivered(const Event *event, const Actor *actor, Str *name, json_t **data)
{
    if (!(actor->roles & SYSTEM_BIT) || !str_starts(event->name, timer_prefix))
        return false;
    json_t *sent = json_at(event->data, "event");
    if (!json_is_string(sent))
        return false;
    *name = json_str(sent);
    *data = json_at(event->data, "data");
    return true;
}

static bool cancel(Macrostep *m, const Action *a)
{
    Str id = a->id.len ? a->id : a->name;
    if (!id.len) {
        CelValue value = a->expr ? scope_value(m, a->expr) : (CelValue){.kind = CEL_ERROR};
        if (value.kind != CEL_STRING)
            return false;
        id = value.text;
    }
    effect_add(m, (Effect){.kind = EFFECT_TIMER_CANCEL,
                           .item = ID_NONE,
                           .name = join(m->arena, timer_prefix, id)});
    return true;
}

static bool assign(Macrostep *m, const Action *a)
{
    return scope_assign(m, a->var, a->path, a->path_len, scope_value(m, a->expr));
}

// 4.3: a condition that fails is false and says so; the next branch is looked at.
static bool choose(Macrostep *m, const Action *a)
{
    for (size_t i = 0; i < a->branch_count; i++) {
        bool error;
        if (scope_holds(m, a->branches[i].guard, &error))
            return block_run(m, &a->branches[i].block);
        if (error)
            content_error(m);
    }
    return true;
}

// 4.6: over the list as it was when the loop began; values do not change, so nothing is copied.
static bool repeat(Macrostep *m, const Action *a)
{
    CelValue list = scope_value(m, a->expr);
    if (list.kind != CEL_LIST)
        return false;
    for (size_t i = 0, n = cel_size(list); i < n && !m->exhausted; i++) {
        CelValue index = {.kind = CEL_INT, .integer = (int64_t)i};
        if (!scope_assign(m, a->var, NULL, 0, cel_item(m->arena, list, i)) ||
            (a->var2 != ID_NONE && !scope_assign(m, a->var2, NULL, 0, index)) ||
            (a->branch_count && !block_run(m, &a->branches[0].block)))
            return false;
    }
    return true;
}

static bool action_run(Macrostep *m, const Action *a)
{
    switch (a->kind) {
    case DO_RAISE:
        return raise(m, a);
    case DO_SEND:
        return send(m, a);
    case DO_CANCEL:
        return cancel(m, a);
    case DO_ASSIGN:
        return assign(m, a);
    case DO_IF:
        return choose(m, a);
    case DO_FOREACH:
        return repeat(m, a);
    case DO_SEAL:
    case DO_UNSEAL:
        effect_add(
            m, (Effect){.kind = a->kind == DO_SEAL ? EFFECT_SEAL : EFFECT_UNSEAL, .item = ID_NONE});
        return true;
    case DO_MAIL:
        effect_add(m, (Effect){.kind = EFFECT_MAIL, .item = a->item});
        return true;
    }
    return false;
}

static bool block_run(Macrostep *m, const Block *block)
{
    for (size_t i = 0; i < block->len; i++) {
        if (++m->actions > ACTIONS_MAX)
            m->exhausted = true;
        if (m->exhausted || !action_run(m, &block->at[i]))
            return false;
    }
    return true;
}

void content_run(Macrostep *m, const Block *block)
{
    if (!block_run(m, block))
        content_error(m);
}

// A transition at a date that is not known, or cannot be computed, has no timer.
static bool due_of(Macrostep *m, const Transition *t, Time *ret)
{
    *ret = time_add(m->facts->now, t->after);
    if (!t->at)
        return true;
    CelValue value = scope_value(m, t->at);
    *ret = value.time;
    return value.kind == CEL_TIMESTAMP;
}

void content_timers(Macrostep *m, StateId state, bool entered)
{
    const State *s = &m->def->states[state];
    for (TransitionId i = s->first; i < s->last; i++) {
        const Transition *t = &m->def->transitions[i];
        Effect effect = {.kind = EFFECT_TIMER_CANCEL, .item = ID_NONE, .name = t->timer};
        if (t->timer.len == 0)
            continue;
        if (entered) {
            effect.kind = EFFECT_TIMER;
            if (!due_of(m, t, &effect.due))
                continue;
        }
        effect_add(m, effect);
    }
}
