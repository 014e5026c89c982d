// SPDX-License-Identifier: Apache-2.0
// What expressions read. Slots are filled when the first program asks for them, so that a move
// without guards pays nothing.
#include "facts.h"
#include "macrostep.h"

static const CelMember plain_members[] = {
    {.name = {"name", 4}, .type = &cel_string},
    {.name = {"data", 4}, .type = &cel_dyn, .optional = true},
};
static const CelType plain_event = {.kind = CEL_MAP, .members = plain_members, .count = 2};

static CelValue text_value(Str s)
{
    return (CelValue){.kind = CEL_STRING, .text = s};
}

// Written field by field: what is built aside and copied whole waits for its own stores.
static void set_text(CelValue *ret, Str s)
{
    ret->kind = CEL_STRING;
    ret->extra = 0;
    ret->text = s;
    ret->type = NULL;
}

static void set_nothing(CelValue *ret)
{
    ret->kind = CEL_ERROR;
    ret->extra = 0;
    ret->error = NULL;
    ret->type = NULL;
}

// complete('form'), found once a decision. Answers that were not loaded are not complete.
static bool complete(GuardHost *host, Arena *arena, ItemId form)
{
    Macrostep *m = host->data;
    uint32_t bit = UINT32_C(1) << form;
    if (!(m->forms_asked & bit)) {
        m->forms_asked |= bit;
        if (m->facts->answers &&
            form_complete(arena, m->def, form, m->facts->answers, m->facts->document_counts, NULL))
            m->forms_complete |= bit;
    }
    return m->forms_complete & bit;
}

void scope_start(Macrostep *m, Arena *arena, const Definition *def, const Case *c,
                 const Actor *actor, const Facts *facts)
{
    // A size that the compiler does not know: it would write a string instruction, which takes
    // longer to begin than memset() needs.
    volatile size_t size = sizeof *m;
    memset(m, 0, size);
    m->arena = arena;
    m->def = def;
    m->actor = actor;
    m->facts = facts;
    m->at = *c;
    m->words = chart_words(def);
    m->memory_from = arena_used(arena);
    scope_event(m, STR_NONE, NULL);
}

void scope_event(Macrostep *m, Str name, const CelType *type)
{
    // The variable's own type: guards know its members by their place in it.
    bool typed =
        m->def->env.var_count > SLOT_EVENT && m->def->env.vars[SLOT_EVENT].type->count == 2;
    m->event_type = type ? type : typed ? m->def->env.vars[SLOT_EVENT].type : &plain_event;
    m->event_name = NULL;
    set_text(&m->event_members[0], name);
    set_nothing(&m->event_members[1]);
    m->event_data = NULL;
    m->filled &= ~(UINT64_C(1) << SLOT_EVENT);
}

static CelValue actor_value(Macrostep *m)
{
    const Definition *def = m->def;
    CelValue roles[ROLES_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < def->role_count; i++)
        if (m->actor->roles & def->roles[i].bit)
            roles[n++] = text_value(def->roles[i].id);
    CelValue *members = arena_array(m->arena, CelValue, 3);
    members[0] = text_value(m->actor->person);
    members[1] = text_value(m->actor->organisation);
    members[2] = cel_list(m->arena, roles, n);
    const CelType *type = def->env.var_count > SLOT_ACTOR ? def->env.vars[SLOT_ACTOR].type : NULL;
    if (type && type->count == 3)
        return cel_record(type, members);
    CelValue keys[] = {text_value(STR("person")), text_value(STR("organisation")),
                       text_value(STR("roles"))};
    return cel_map(m->arena, keys, members, 3);
}

static CelValue slot_value(Macrostep *m, size_t slot)
{
    switch (slot) {
    case SLOT_NOW:
        return (CelValue){.kind = CEL_TIMESTAMP, .time = m->facts->now};
    case SLOT_ACTOR:
        return actor_value(m);
    case SLOT_EVENT:
        if (m->event_data)
            m->event_members[1] =
                cel_record_of(m->arena, m->event_data, m->event_type->members[1].type);
        return cel_record(m->event_type, m->event_members);
    default:
        if (!m->facts->slot[slot]) // not loaded: reading it is an error
            return (CelValue){.kind = CEL_ERROR};
        return cel_record_of(m->arena, m->facts->slot[slot],
                             slot < m->def->env.var_count ? m->def->env.vars[slot].type : NULL);
    }
}

// `values` before anything reads or writes it: the variables stand behind the slots.
static void values_make(Macrostep *m)
{
    if (m->values)
        return;
    size_t n = m->def->variable_count;
    // Slots are written before a program that reads them runs.
    m->values = arena_room(m->arena, (SLOT_VARS + n) * sizeof *m->values);
    if (n && m->at.vars)
        memcpy(m->values + SLOT_VARS, m->at.vars, n * sizeof *m->values);
    else if (n)
        memset(m->values + SLOT_VARS, 0, n * sizeof *m->values);
    m->at.vars = m->values + SLOT_VARS;
    m->host = (GuardHost){
        .def = m->def, .in = &m->at.in, .was = &m->at.was, .complete = complete, .data = m};
}

CelRun scope_run(Macrostep *m, uint64_t reads)
{
    values_make(m);
    uint64_t missing = reads & ~m->filled & ((UINT64_C(1) << SLOT_VARS) - 1);
    m->filled |= missing;
    for (; missing; missing &= missing - 1) {
        size_t slot = (size_t)__builtin_ctzll(missing);
        m->values[slot] = slot_value(m, slot);
    }
    if (++m->actions > ACTIONS_MAX || arena_used(m->arena) - m->memory_from > MACROSTEP_MEMORY_MAX)
        m->exhausted = true;
    uint32_t steps = m->actions > ACTIONS_FULL ? ACTION_STEPS_LATER : CEL_STEPS_DEFAULT;
    return (CelRun){.arena = m->arena, .vars = m->values, .host = &m->host, .steps = steps};
}

CelValue scope_value(Macrostep *m, const CelProgram *program)
{
    CelRun run = scope_run(m, cel_reads(program));
    CelValue value = m->exhausted ? (CelValue){.kind = CEL_ERROR} : cel_eval(program, &run);
    // With fewer steps a condition could fail that holds: rather no decision than another one.
    m->exhausted |= value.kind == CEL_ERROR && m->actions > ACTIONS_FULL;
    return value;
}

bool scope_holds(Macrostep *m, const CelProgram *guard, bool *error)
{
    *error = false;
    if (!guard)
        return true;
    const Message *why;
    CelRun run = scope_run(m, cel_reads(guard));
    bool holds = !m->exhausted && cel_true(guard, &run, &why);
    *error = m->exhausted || (!holds && why);
    m->exhausted |= *error && m->actions > ACTIONS_FULL; // as in scope_value
    return holds;
}

bool scope_payload(Macrostep *m, const Str *keys, const CelProgram *const *values, size_t n,
                   CelValue *ret)
{
    *ret = (CelValue){.kind = CEL_ERROR};
    if (n == 0)
        return true;
    if (!keys) {
        *ret = scope_value(m, values[0]);
        return ret->kind != CEL_ERROR;
    }
    CelValue *names = arena_array(m->arena, CelValue, n),
             *items = arena_array(m->arena, CelValue, n);
    for (size_t i = 0; i < n; i++) {
        names[i] = text_value(keys[i]);
        items[i] = scope_value(m, values[i]);
        if (items[i].kind == CEL_ERROR)
            return false;
    }
    *ret = cel_map(m->arena, names, items, n);
    return true;
}

// A list or a map becomes JSON at once: so a case reads back from its text as it stood. False when
// it is too large, or holds U+0000, which the store cannot keep.
static bool settle(Macrostep *m, CelValue *value, const CelType *type)
{
    if (value->kind == CEL_STRING)
        return value->text.len <= VARIABLE_SIZE_MAX &&
               str_index(value->text, '\0') == value->text.len;
    if (value->kind == CEL_BYTES)
        return value->text.len <= VARIABLE_SIZE_MAX;
    if (value->kind != CEL_LIST && value->kind != CEL_MAP)
        return value->kind != CEL_ERROR && value->kind != CEL_TYPE;
    json_t *json = cel_to_json(m->arena, *value);
    if (!json)
        return false;
    Str text = json_text(m->arena, json);
    if (text.len > VARIABLE_SIZE_MAX || memmem(text.at, text.len, "\\u0000", 6))
        return false;
    *value = cel_of_json(m->arena, json, type);
    return true;
}

// `of` with the member that `path` names set; objects are made where there is none yet.
static json_t *with_member(Arena *arena, json_t *of, const Str *path, size_t n, json_t *value)
{
    if (n == 0)
        return value;
    json_t *copy = json_keep(arena, json_is_object(of) ? json_copy(of) : json_object());
    json_t *inner = json_object_getn(copy, path->at, path->len);
    json_object_setn(copy, path->at, path->len, with_member(arena, inner, path + 1, n - 1, value));
    return copy;
}

bool scope_assign(Macrostep *m, ItemId var, const Str *path, size_t path_len, CelValue value)
{
    if (var >= m->def->variable_count)
        return false;
    values_make(m);
    CelValue *to = &m->values[SLOT_VARS + var];
    const CelType *type = m->def->variables[var].type;
    if (path_len) {
        json_t *json = cel_to_json(m->arena, value);
        if (!json || (to->kind != CEL_MAP && to->kind != CEL_NULL))
            return false;
        json = with_member(m->arena, cel_to_json(m->arena, *to), path, path_len, json);
        value = cel_of_json(m->arena, json, type);
    }
    if (!settle(m, &value, type))
        return false;
    *to = value;
    return true;
}

bool scope_variables(Macrostep *m)
{
    bool right = true;
    if (m->def->variable_count)
        values_make(m);
    for (size_t i = 0; i < m->def->variable_count; i++)
        m->values[SLOT_VARS + i] = m->def->variables[i].initial;
    for (size_t i = 0; i < m->def->variable_count; i++) {
        const Variable *variable = &m->def->variables[i];
        m->values[SLOT_VARS + i].kind = variable->expr ? CEL_NULL : variable->initial.kind;
        if (variable->expr && !scope_assign(m, (ItemId)i, NULL, 0, scope_value(m, variable->expr)))
            right = false;
    }
    return right;
}
