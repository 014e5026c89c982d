// SPDX-License-Identifier: Apache-2.0
// A case as text and back. Read and written with every move, so the text is walked by hand: only
// the values of variables pass through the JSON library.
#include "chart.h"
#include "decide.h"
#include <math.h>
#include <stdlib.h>

size_t case_atomic(const Definition *def, const Case *c, StateId *ret, size_t max)
{
    size_t n = 0, words = chart_words(def);
    for (StateId s = set_next(&c->in, words, 0); s != ID_NONE;
         s = set_next(&c->in, words, s + 1u)) {
        if (!state_is_atomic(&def->states[s]))
            continue;
        if (n < max)
            ret[n] = s;
        n++;
    }
    return n;
}

Stage case_stage(const Definition *def, const Case *c)
{
    for (StateId s = set_previous(&c->in, def->state_count); s != ID_NONE;
         s = set_previous(&c->in, s))
        if (state_is_atomic(&def->states[s]) && def->states[s].stage != STAGE_NONE)
            return def->states[s].stage;
    return STAGE_NONE;
}

// --- writing ---

static void write_name(Buf *buf, Str name) // an identifier, dotted: nothing to escape
{
    buf_char(buf, '"');
    buf_add(buf, name);
    buf_char(buf, '"');
}

static void write_states(Buf *buf, const Definition *def, const StateSet *set, bool atomic)
{
    const char *between = "";
    size_t words = chart_words(def);
    buf_char(buf, '[');
    for (StateId s = set_next(set, words, 0); s != ID_NONE; s = set_next(set, words, s + 1u)) {
        if (atomic && !state_is_atomic(&def->states[s]))
            continue;
        buf_add(buf, str_of(between));
        write_name(buf, def->states[s].path);
        between = ",";
    }
    buf_char(buf, ']');
}

static void write_histories(Buf *buf, const Definition *def, const StateSet *history)
{
    const char *between = ",\"history\":{";
    for (size_t i = 0; history && i < def->history_count; i++) {
        if (set_empty(&history[i], chart_words(def)))
            continue;
        buf_add(buf, str_of(between));
        write_name(buf, def->states[def->histories[i]].path);
        buf_char(buf, ':');
        write_states(buf, def, &history[i], false);
        between = ",";
    }
    if (between[1] == '\0')
        buf_char(buf, '}');
}

// An object with one member that could be taken for a tag.
static bool looks_tagged(const json_t *json)
{
    void *only = json_object_iter((json_t *)json);
    return json_object_size(json) == 1 && json_object_iter_key(only)[0] == '$';
}

static void write_json(Buf *buf, CelValue value)
{
    json_t *json = cel_to_json(buf->arena, value);
    bool wrap = json_is_object(json) && looks_tagged(json);
    if (wrap)
        buf_add(buf, STR("{\"$map\":"));
    buf_add(buf, json ? json_text(buf->arena, json) : STR("null"));
    if (wrap)
        buf_char(buf, '}');
}

static void write_value(Buf *buf, CelValue value)
{
    switch (value.kind) {
    case CEL_BOOL:
        buf_add(buf, value.boolean ? STR("true") : STR("false"));
        break;
    case CEL_INT:
        buf_int(buf, value.integer);
        break;
    case CEL_UINT:
        buf_format(buf, "{\"$uint\":\"%llu\"}", (unsigned long long)value.uint);
        break;
    case CEL_STRING:
        buf_json(buf, value.text);
        break;
    case CEL_BYTES:
        buf_add(buf, STR("{\"$bytes\":\""));
        for (size_t i = 0; i < value.text.len; i++)
            buf_format(buf, "%02x", (unsigned char)value.text.at[i]);
        buf_add(buf, STR("\"}"));
        break;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        buf_add(buf,
                value.kind == CEL_TIMESTAMP ? STR("{\"$timestamp\":") : STR("{\"$duration\":"));
        buf_add(buf, json_text(buf->arena, cel_to_json(buf->arena, value)));
        buf_char(buf, '}');
        break;
    case CEL_DOUBLE:
        if (isfinite(value.number))
            write_json(buf, value);
        else
            buf_format(buf, "{\"$double\":\"%s\"}",
                       isnan(value.number) ? "nan"
                       : value.number < 0  ? "-inf"
                                           : "inf");
        break;
    case CEL_LIST:
    case CEL_MAP:
        write_json(buf, value);
        break;
    default:
        buf_add(buf, STR("null"));
    }
}

Str case_text(Arena *arena, const Definition *def, const Case *c)
{
    Buf buf = {.arena = arena, .at = arena_alloc(arena, 512), .cap = 512};
    buf_add(&buf, STR("{\"in\":"));
    write_states(&buf, def, &c->in, true);
    buf_add(&buf, STR(",\"was\":"));
    write_states(&buf, def, &c->was, false);
    write_histories(&buf, def, c->history);
    for (size_t i = 0; c->vars && i < def->variable_count; i++) {
        buf_add(&buf, i ? STR(",") : STR(",\"vars\":{"));
        write_name(&buf, def->variables[i].name);
        buf_char(&buf, ':');
        write_value(&buf, c->vars[i]);
    }
    if (c->vars && def->variable_count)
        buf_char(&buf, '}');
    if (c->sends)
        buf_format(&buf, ",\"sends\":%u", c->sends);
    if (c->over)
        buf_add(&buf, STR(",\"over\":true"));
    buf_char(&buf, '}');
    return buf_str(&buf);
}

// --- reading ---

typedef struct Cursor {
    const Definition *def;
    Str text;
    size_t at;
    StateId
        hint; // states are written in document order: the next one is looked for behind the last
} Cursor;

static void skip_space(Cursor *cur)
{
    while (cur->at < cur->text.len && memchr(" \t\n\r", cur->text.at[cur->at], 4))
        cur->at++;
}

static bool take(Cursor *cur, char c)
{
    skip_space(cur);
    if (cur->at == cur->text.len || cur->text.at[cur->at] != c)
        return false;
    cur->at++;
    return true;
}

// A name between quotes; names have nothing that JSON would escape.
static bool take_name(Cursor *cur, Str *ret)
{
    if (!take(cur, '"'))
        return false;
    size_t from = cur->at;
    while (cur->at < cur->text.len && cur->text.at[cur->at] != '"' && cur->text.at[cur->at] != '\\')
        cur->at++;
    *ret = str_slice(cur->text, from, cur->at);
    return take(cur, '"');
}

static bool take_state(Cursor *cur, StateId *ret)
{
    Str path;
    size_t n = cur->def->state_count;
    if (!take_name(cur, &path))
        return false;
    for (size_t i = 1; i < n; i++) {
        size_t s = cur->hint + i < n ? cur->hint + i : cur->hint + i - n + 1;
        if (!str_eq(cur->def->states[s].path, path))
            continue;
        *ret = cur->hint = (StateId)s;
        return true;
    }
    return false;
}

static bool take_states(Cursor *cur, StateSet *set)
{
    StateId state;
    cur->hint = 0;
    if (!take(cur, '['))
        return false;
    if (take(cur, ']'))
        return true;
    do {
        if (!take_state(cur, &state))
            return false;
        set_add(set, state);
    } while (take(cur, ','));
    return take(cur, ']');
}

static bool take_histories(Cursor *cur, StateSet *history)
{
    StateId state;
    if (!take(cur, '{'))
        return false;
    if (take(cur, '}'))
        return true;
    do {
        size_t i = 0, n = cur->def->history_count;
        cur->hint = 0;
        if (!take_state(cur, &state) || !take(cur, ':'))
            return false;
        while (i < n && cur->def->histories[i] != state)
            i++;
        if (i == n || !take_states(cur, &history[i]))
            return false;
    } while (take(cur, ','));
    return take(cur, '}');
}

// The text of one JSON value, wherever it ends; what it holds is the library's to judge.
static Str take_value(Cursor *cur)
{
    skip_space(cur);
    size_t from = cur->at, depth = 0;
    bool quoted = false;
    for (; cur->at < cur->text.len; cur->at++) {
        char c = cur->text.at[cur->at];
        if (quoted && c == '\\')
            cur->at++;
        else if (c == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']' || c == ',') && depth == 0)
            break;
        else if (c == '}' || c == ']')
            depth--;
    }
    size_t to = cur->at;
    while (to > from && memchr(" \t\n\r", cur->text.at[to - 1], 4))
        to--;
    return str_slice(cur->text, from, to);
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool bytes_of(Arena *arena, Str hex, CelValue *ret)
{
    char *at = arena_alloc(arena, hex.len / 2 + 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        if (nibble(hex.at[i]) < 0 || nibble(hex.at[i + 1]) < 0)
            return false;
        at[i / 2] = (char)(nibble(hex.at[i]) << 4 | nibble(hex.at[i + 1]));
    }
    *ret = (CelValue){.kind = CEL_BYTES, .text = {at, hex.len / 2}};
    return hex.len % 2 == 0;
}

static bool tagged_of(Arena *arena, json_t *json, const CelType *type, CelValue *ret)
{
    const char *tag = json_object_iter_key(json_object_iter(json));
    json_t *inner = json_object_iter_value(json_object_iter(json));
    Str text = json_str(inner);
    if (!strcmp(tag, "$map"))
        *ret = cel_of_json(arena, inner, type);
    else if (!strcmp(tag, "$bytes"))
        return bytes_of(arena, text, ret);
    else if (!strcmp(tag, "$uint"))
        *ret = (CelValue){.kind = CEL_UINT, .uint = strtoull(str_cstr(arena, text), NULL, 10)};
    else if (!strcmp(tag, "$timestamp"))
        *ret = cel_of_json(arena, inner, &cel_timestamp);
    else if (!strcmp(tag, "$duration"))
        *ret = cel_of_json(arena, inner, &cel_duration);
    else if (!strcmp(tag, "$double"))
        *ret = (CelValue){.kind = CEL_DOUBLE,
                          .number = str_is(text, "nan")   ? (double)NAN
                                    : str_is(text, "inf") ? (double)INFINITY
                                                          : -(double)INFINITY};
    else
        return false;
    return ret->kind != CEL_ERROR;
}

static bool value_of(Arena *arena, Str text, const CelType *type, CelValue *ret)
{
    Fault fault;
    json_t *json = json_read(arena, text, &fault);
    if (json_is_object(json) && looks_tagged(json))
        return tagged_of(arena, json, type, ret);
    *ret = json_is_null(json) ? (CelValue){.kind = CEL_NULL}
           : json             ? cel_of_json(arena, json, type)
                              : (CelValue){.kind = CEL_ERROR};
    return ret->kind != CEL_ERROR;
}

static bool take_vars(Arena *arena, Cursor *cur, CelValue *vars)
{
    size_t n = cur->def->variable_count, hint = 0;
    Str name;
    if (!take(cur, '{'))
        return false;
    if (take(cur, '}'))
        return true;
    do {
        size_t i = 0;
        if (!take_name(cur, &name) || !take(cur, ':'))
            return false;
        while (i < n && !str_eq(cur->def->variables[(hint + i) % n].name, name))
            i++;
        if (i == n)
            return false;
        i = (hint + i) % n;
        if (!value_of(arena, take_value(cur), cur->def->variables[i].type, &vars[i]))
            return false;
        hint = i + 1;
    } while (take(cur, ','));
    return take(cur, '}');
}

static bool take_number(Cursor *cur, uint32_t *ret)
{
    Str text = take_value(cur);
    uint64_t number = 0;
    for (size_t i = 0; i < text.len && number <= UINT32_MAX; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.at[i] - '0');
    }
    *ret = (uint32_t)number;
    return text.len > 0 && number <= UINT32_MAX;
}

static bool take_member(Arena *arena, Cursor *cur, Case *c, StateSet *history, CelValue *vars)
{
    Str name;
    if (!take_name(cur, &name) || !take(cur, ':'))
        return false;
    if (str_is(name, "in"))
        return take_states(cur, &c->in);
    if (str_is(name, "was"))
        return take_states(cur, &c->was);
    if (str_is(name, "history")) {
        c->history = history;
        return take_histories(cur, history);
    }
    if (str_is(name, "vars"))
        return take_vars(arena, cur, vars);
    if (str_is(name, "sends"))
        return take_number(cur, &c->sends);
    c->over = str_is(take_value(cur), "true");
    return str_is(name, "over");
}

// The ancestors of what is listed are active too; then each compound state has one active child and
// a parallel all of them.
static bool configuration(const Definition *def, StateSet *in)
{
    size_t words = chart_words(def);
    StateSet all = *in;
    for (StateId s = set_next(in, words, 0); s != ID_NONE; s = set_next(in, words, s + 1u)) {
        if (!state_is_atomic(&def->states[s]))
            return false;
        for (size_t w = 0; w < words; w++)
            all.w[w] |= def->states[s].ancestors.w[w];
    }
    set_add(&all, 0);
    for (StateId s = set_next(&all, words, 0); s != ID_NONE; s = set_next(&all, words, s + 1u)) {
        const State *state = &def->states[s];
        size_t active = 0;
        for (size_t i = 0; i < state->child_count; i++)
            active += set_has(&all, state->children[i]);
        if (!state_is_atomic(state) &&
            active != (state->type == STATE_PARALLEL ? state->child_count : 1))
            return set_empty(in, words); // before the start nothing is active
    }
    set_remove(&all, 0);
    *in = all;
    return true;
}

bool case_read(Arena *arena, const Definition *def, Str text, Case *ret)
{
    Cursor cur = {.def = def, .text = text};
    StateSet *history =
        def->history_count ? arena_array(arena, StateSet, def->history_count) : NULL;
    CelValue *vars = def->variable_count ? arena_array(arena, CelValue, def->variable_count) : NULL;
    for (size_t i = 0; i < def->variable_count; i++)
        vars[i] = def->variables[i].initial;
    *ret = (Case){.vars = vars};
    if (!take(&cur, '{'))
        return false;
    do {
        if (!take_member(arena, &cur, ret, history, vars))
            return false;
    } while (take(&cur, ','));
    bool closed = take(&cur, '}');
    skip_space(&cur);
    return closed && cur.at == text.len && configuration(def, &ret->in);
}
