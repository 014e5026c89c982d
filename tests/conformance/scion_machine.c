// SPDX-License-Identifier: Apache-2.0
// Words are rewritten one for one. Where a chart does on purpose what a workflow file is refused
// for when it is loaded (to assign to what is no variable, an expression that ends too soon), an
// expression that fails at run time stands for it: the outcome asked is the same error.execution. A
// shallow history that leads deeper than a child, which a file is refused for too, leads to a state
// of its own that goes there at once.
#include "scion_machine.h"

static const char fails[] = "1 / 0", nowhere[] = "nowhere";

typedef struct Rewrite {
    Arena *arena;
    json_t *data; // of the workflow: its variables
} Rewrite;

static bool name_char(char c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (!first && c >= '0' && c <= '9');
}

Str scion_id(Arena *arena, Str id)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < id.len; i++)
        buf_add(&buf, id.at[i] == '.' ? STR("-dot-") : str_slice(id, i, i + 1));
    return buf_str(&buf);
}

static json_t *renamed(Rewrite *r, const json_t *ids)
{
    json_t *ret = json_array(), *id;
    size_t i;
    json_array_foreach(ids, i, id)
    {
        Str name = scion_id(r->arena, json_str(id));
        json_array_append_new(ret, json_stringn(name.at, name.len));
    }
    return ret;
}

static bool is_name(const char *s)
{
    for (size_t i = 0; s && s[i]; i++)
        if (!name_char(s[i], i == 0))
            return false;
    return s && *s;
}

// Every bracket that opens closes.
static bool balanced(Str s)
{
    int depth = 0;
    for (size_t i = 0; i < s.len; i++)
        depth += !!memchr("([{", s.at[i], 3) - !!memchr(")]}", s.at[i], 3);
    return depth == 0;
}

// `_event` is `event` here, and In() names a state; other text between quotes and members keep
// their names.
static json_t *expression(Rewrite *r, const json_t *source)
{
    Str s = json_str(source);
    Buf buf = {.arena = r->arena};
    if (!balanced(s))
        return json_string(fails);
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        char quote = s.at[i];
        if (quote == '\'' || quote == '"') {
            for (i++; i < s.len && s.at[i] != quote; i++)
                i += s.at[i] == '\\';
            i++;
        } else if (name_char(s.at[i], true)) {
            while (i < s.len && name_char(s.at[i], false))
                i++;
        } else {
            i++;
        }
        Str token = str_slice(s, from, i);
        bool event = str_is(token, "_event") && (from == 0 || s.at[from - 1] != '.');
        bool state = str_ends(buf_str(&buf), STR("In(")) && (quote == '\'' || quote == '"');
        buf_add(&buf, event ? STR("event") : state ? scion_id(r->arena, token) : token);
    }
    return json_stringn(buf.at ? buf.at : "", buf.len);
}

static json_t *payload(Rewrite *r, const json_t *data)
{
    json_t *fields = json_at(data, "fields"), *value;
    const char *key;
    if (!fields)
        return expression(r, json_at(data, "expr"));
    json_t *ret = json_object();
    json_object_foreach(fields, key, value) json_object_set_new(ret, key, expression(r, value));
    return ret;
}

static json_t *wrap(const char *word, json_t *value)
{
    json_t *ret = json_object();
    json_object_set_new(ret, word, value);
    return ret;
}

static json_t *failing(Rewrite *r)
{
    json_object_set_new(r->data, nowhere, json_null());
    return wrap("assign", wrap(nowhere, json_string(fails)));
}

static json_t *block(Rewrite *r, const json_t *actions);

static json_t *message(Rewrite *r, const json_t *send)
{
    json_t *ret = json_object(), *value;
    if ((value = json_at(send, "event")))
        json_object_set(ret, "event", value);
    if ((value = json_at(send, "eventExpr")))
        json_object_set_new(ret, "expr", expression(r, value));
    if ((value = json_at(send, "id")))
        json_object_set(ret, "id", value);
    if ((value = json_at(send, "delay")))
        json_object_set(ret, "delay", value);
    if ((value = json_at(send, "delayExpr"))) { // '1s': CEL's own form of a duration
        Str inner = json_str(value);
        json_object_set_new(
            ret, "delay",
            json_string(str_format(r->arena, "duration(" STR_FMT ")", STR_ARG(inner)).at));
    }
    if ((value = json_at(send, "data")))
        json_object_set_new(ret, "data", payload(r, value));
    return ret;
}

static json_t *cancelled(Rewrite *r, const json_t *cancel)
{
    json_t *id = json_at(cancel, "id");
    return id ? json_incref(id) : wrap("expr", expression(r, json_at(cancel, "idExpr")));
}

static json_t *branches(Rewrite *r, const json_t *list)
{
    json_t *ret = json_array(), *from;
    size_t i;
    json_array_foreach(list, i, from)
    {
        json_t *to = json_object(), *guard = json_at(from, "guard");
        if (guard)
            json_object_set_new(to, "when", expression(r, guard));
        json_object_set_new(to, "do", block(r, json_at(from, "do")));
        json_array_append_new(ret, to);
    }
    return ret;
}

static json_t *loop(Rewrite *r, const json_t *foreach)
{
    json_t *ret = json_object(), *item = json_at(foreach, "item"),
           *index = json_at(foreach, "index");
    bool right = is_name(json_string_value(item)) && (!index || is_name(json_string_value(index)));
    json_object_set_new(ret, "in",
                        right ? expression(r, json_at(foreach, "array")) : json_string(fails));
    json_object_set_new(ret, "item", right ? json_incref(item) : json_string("item"));
    if (index && right)
        json_object_set(ret, "index", index);
    json_object_set_new(ret, "do", block(r, json_at(foreach, "do")));
    return ret;
}

static json_t *assignment(Rewrite *r, const json_t *assign)
{
    Str to = json_str(json_at(assign, "location"));
    Str variable = str_slice(to, 0, str_index(to, '.'));
    if (!json_object_getn(r->data, variable.at, variable.len))
        return failing(r);
    json_t *ret = json_object();
    json_object_setn_new(ret, to.at, to.len, expression(r, json_at(assign, "expr")));
    return wrap("assign", ret);
}

static json_t *action(Rewrite *r, const json_t *from)
{
    json_t *value;
    if ((value = json_at(from, "raise")))
        return wrap("raise", message(r, value));
    if ((value = json_at(from, "send")))
        return wrap("send", message(r, value));
    if ((value = json_at(from, "cancel")))
        return wrap("cancel", cancelled(r, value));
    if ((value = json_at(from, "assign")))
        return assignment(r, value);
    if ((value = json_at(from, "if")))
        return wrap("if", branches(r, value));
    return wrap("foreach", loop(r, json_at(from, "foreach")));
}

static json_t *block(Rewrite *r, const json_t *actions)
{
    json_t *ret = json_array(), *from;
    size_t i;
    json_array_foreach(actions, i, from) json_array_append_new(ret, action(r, from));
    return ret;
}

static json_t *blocks(Rewrite *r, const json_t *list)
{
    json_t *ret = json_array(), *from;
    size_t i;
    json_array_foreach(list, i, from) json_array_append_new(ret, block(r, from));
    return ret;
}

static json_t *initial(Rewrite *r, const json_t *from)
{
    json_t *ret = wrap("to", renamed(r, json_at(from, "targets")));
    if (json_at(from, "actions"))
        json_object_set_new(ret, "do", block(r, json_at(from, "actions")));
    return ret;
}

static json_t *transition(Rewrite *r, const json_t *from)
{
    json_t *ret = json_object(), *value;
    if ((value = json_at(from, "events"))) {
        json_t *events = json_array(), *event;
        size_t i;
        json_array_foreach(value, i, event)
        {
            Str name = json_str(event);
            if (name.len > 1 && str_ends(name, STR("."))) // "a." is "a" (3.12.1)
                name.len--;
            if (str_is(name, ".*"))
                name = STR("*");
            json_array_append_new(events, json_stringn(name.at, name.len));
        }
        json_object_set_new(ret, "event", events);
    }
    if ((value = json_at(from, "guard")))
        json_object_set_new(ret, "if", expression(r, value));
    if ((value = json_at(from, "targets")))
        json_object_set_new(ret, "to", renamed(r, value));
    if ((value = json_at(from, "internal")))
        json_object_set(ret, "internal", value);
    if ((value = json_at(from, "actions")))
        json_object_set_new(ret, "do", block(r, value));
    return ret;
}

static json_t *transitions(Rewrite *r, const json_t *list)
{
    json_t *ret = json_array(), *from;
    size_t i;
    json_array_foreach(list, i, from) json_array_append_new(ret, transition(r, from));
    return ret;
}

static json_t *states(Rewrite *r, const json_t *list);
static void detours(Rewrite *r, const json_t *list, json_t *to);

static json_t *state(Rewrite *r, const json_t *from)
{
    json_t *ret = json_object(), *value, *type = json_at(from, "type");
    Str kind = json_str(type);
    if (str_is(kind, "history") && (value = json_array_get(json_at(from, "transitions"), 0)))
        json_object_set_new(ret, "initial", initial(r, value));
    if (str_is(kind, "history"))
        json_object_set(ret, "history", json_at(from, "history"));
    if (str_is(kind, "history"))
        return ret;
    if (str_is(kind, "parallel") || str_is(kind, "final"))
        json_object_set(ret, "type", type);
    if (str_is(kind, "compound") && (value = json_at(from, "initial")))
        json_object_set_new(ret, "initial", initial(r, value));
    if ((value = json_at(from, "entry")))
        json_object_set_new(ret, "entry", blocks(r, value));
    if ((value = json_at(from, "exit")))
        json_object_set_new(ret, "exit", blocks(r, value));
    if (json_array_size(json_at(from, "transitions")))
        json_object_set_new(ret, "transitions", transitions(r, json_at(from, "transitions")));
    if (json_is_object(value = json_at(from, "donedata")))
        json_object_set_new(ret, "donedata", payload(r, value));
    if ((value = json_at(from, "states"))) {
        json_t *inner = states(r, value);
        json_object_set_new(ret, "states", inner);
        if (str_is(kind, "compound"))
            detours(r, value, inner);
    }
    return ret;
}

static bool named_among(const json_t *list, const json_t *id)
{
    json_t *from;
    size_t i;
    json_array_foreach(list, i, from) if (json_equal(json_at(from, "id"), id)) return true;
    return false;
}

static void detours(Rewrite *r, const json_t *list, json_t *to)
{
    json_t *from;
    size_t i;
    json_array_foreach(list, i, from)
    {
        json_t *targets = json_at(json_array_get(json_at(from, "transitions"), 0), "targets");
        if (!str_is(json_str(json_at(from, "history")), "shallow") ||
            named_among(list, json_array_get(targets, 0)))
            continue;
        Str id = scion_id(r->arena, json_str(json_at(from, "id")));
        const char *first = str_format(r->arena, STR_FMT "-first", STR_ARG(id)).at;
        json_object_set_new(to, first, wrap("always", wrap("to", renamed(r, targets))));
        json_object_set_new(json_at(json_object_getn(to, id.at, id.len), "initial"), "to",
                            json_string(first));
    }
}

static json_t *states(Rewrite *r, const json_t *list)
{
    json_t *ret = json_object(), *from;
    size_t i;
    json_array_foreach(list, i, from)
    {
        Str id = scion_id(r->arena, json_str(json_at(from, "id")));
        json_object_setn_new(ret, id.at, id.len, state(r, from));
    }
    return ret;
}

static json_t *variables(Rewrite *r, const json_t *list)
{
    json_t *ret = json_object(), *from;
    size_t i;
    json_array_foreach(list, i, from)
    {
        json_t *expr = json_at(from, "expr");
        json_object_set_new(ret, json_string_value(json_at(from, "id")),
                            expr ? wrap("expr", expression(r, expr))
                                 : json_incref(json_at(from, "value")));
    }
    return ret;
}

// The names of loops are variables too, whatever the data model declares.
static void loop_names(Rewrite *r, const json_t *from)
{
    json_t *value;
    const char *key;
    size_t i;
    json_array_foreach(from, i, value) loop_names(r, value);
    json_object_foreach((json_t *)from, key, value)
    {
        const char *item = json_string_value(json_at(value, "item")),
                   *index = json_string_value(json_at(value, "index"));
        if (!strcmp(key, "foreach") && is_name(item) && !json_at(r->data, item))
            json_object_set_new(r->data, item, json_null());
        if (!strcmp(key, "foreach") && is_name(index) && !json_at(r->data, index))
            json_object_set_new(r->data, index, json_null());
        loop_names(r, value);
    }
}

json_t *scion_workflow(Arena *arena, const json_t *machine)
{
    Rewrite r = {.arena = arena};
    json_t *ret = json_keep(arena, json_object()), *inner;
    r.data = variables(&r, json_at(machine, "data"));
    loop_names(&r, machine);
    json_object_set_new(ret, "jalon", json_integer(1));
    json_object_set_new(ret, "id", json_string("case"));
    json_object_set_new(ret, "title", json_string("case"));
    json_object_set_new(ret, "strict", json_false());
    json_object_set_new(ret, "data", r.data);
    inner = states(&r, json_at(machine, "states"));
    json_t *first = json_at(machine, "initial") ? initial(&r, json_at(machine, "initial")) : NULL;
    if (json_at(
            machine,
            "transitions")) { // not in the standard: a state around all others stands for the chart
        json_t *around = wrap("states", inner);
        if (first)
            json_object_set_new(around, "initial", first);
        json_object_set_new(around, "transitions",
                            transitions(&r, json_at(machine, "transitions")));
        inner = wrap("chart", around);
        first = NULL;
    }
    json_object_set_new(ret, "states", inner);
    if (first)
        json_object_set_new(ret, "initial", first);
    return ret;
}
