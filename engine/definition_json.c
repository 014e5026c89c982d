// SPDX-License-Identifier: Apache-2.0
// What the public may read about a definition, as the API gives it. Texts are {fr, en}; expressions
// are their source.
#include "words.h"

static json_t *text(Str s)
{
    return json_stringn(s.at ? s.at : "", s.len);
}

static json_t *label(Label l)
{
    json_t *object = json_object();
    if (l.fr.len)
        json_object_set_new(object, "fr", text(l.fr));
    if (l.en.len)
        json_object_set_new(object, "en", text(l.en));
    return object;
}

static json_t *row(json_t *list, Str id, Label title)
{
    json_t *object = json_object();
    json_object_set_new(object, "id", text(id));
    json_object_set_new(object, "title", label(title));
    json_array_append_new(list, object);
    return object;
}

static void set_text(json_t *object, const char *key, Str value)
{
    if (value.len)
        json_object_set_new(object, key, text(value));
}

static void set_source(json_t *object, const char *key, const CelProgram *program)
{
    if (program)
        set_text(object, key, cel_source(program));
}

static void set_int(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

static json_t *list_at(json_t *object, const char *key)
{
    json_t *list = json_array();
    json_object_set_new(object, key, list);
    return list;
}

static void set_texts(json_t *object, const char *key, const Str *at, size_t n)
{
    json_t *list = list_at(object, key);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, text(at[i]));
}

// Everyone (a chart from elsewhere) is told by "*".
static void set_roles(json_t *object, const char *key, const Definition *def, RoleSet roles)
{
    if (!roles)
        return;
    json_t *list = list_at(object, key);
    if (roles == UINT64_MAX)
        json_array_append_new(list, json_string("*"));
    for (size_t i = 0; roles != UINT64_MAX && i < def->role_count; i++)
        if (roles & def->roles[i].bit)
            json_array_append_new(list, text(def->roles[i].id));
}

static void add_roles(Arena *arena, json_t *all, const Definition *def)
{
    json_t *list = list_at(all, "roles");
    for (size_t i = 1; i < def->role_count; i++) {
        const Role *role = &def->roles[i];
        json_t *object = row(list, role->id, role->title);
        json_object_set_new(object, "on", json_string(scope_words[role->on]));
        json_object_set_new(object, "delegate", json_boolean(!role->personal));
        json_t *sees = list_at(object, "sees");
        for (size_t k = 0; k < role->sees_count; k++)
            json_array_append_new(
                sees, text(thing_word(arena, def, role->sees[k].thing, role->sees[k].item)));
    }
}

static void add_forms(json_t *all, const Definition *def)
{
    json_t *forms = list_at(all, "forms"), *documents = list_at(all, "documents");
    for (size_t i = 0; i < def->form_count; i++)
        json_object_set(row(forms, def->forms[i].id, def->forms[i].title), "schema",
                        def->forms[i].schema);
    for (size_t i = 0; i < def->document_count; i++) {
        const Document *document = &def->documents[i];
        json_t *object = row(documents, document->id, document->title);
        if (document->form != ID_NONE)
            set_text(object, "form", def->forms[document->form].id);
        json_object_set_new(object, "required", json_boolean(document->required));
        json_object_set_new(object, "shared", json_boolean(document->shared));
        set_texts(object, "types", document->types, document->type_count);
        set_int(object, "max_size", document->max_size);
    }
    set_texts(all, "shared", def->shared, def->shared_count);
}

static void add_sections(json_t *all, const Definition *def)
{
    json_t *list = list_at(all, "sections");
    for (size_t i = 0; i < def->section_count; i++) {
        const Section *section = &def->sections[i];
        json_t *object = row(list, section->id, section->title);
        set_texts(object, "answers", section->answers, section->answer_count);
        json_t *documents = list_at(object, "documents");
        for (size_t k = 0; k < def->document_count; k++)
            if (def->documents[k].section == i)
                json_array_append_new(documents, text(def->documents[k].id));
    }
}

static void add_criteria(json_t *object, const Grid *grid)
{
    json_t *list = list_at(object, "criteria");
    for (size_t i = 0; i < grid->criterion_count; i++) {
        const Criterion *criterion = &grid->criteria[i];
        json_t *one = row(list, criterion->id, criterion->title), *scale;
        set_int(one, "weight", criterion->weight);
        json_object_set_new(one, "comment", json_boolean(criterion->comment));
        scale = list_at(one, "scale");
        for (size_t k = 0; k < criterion->anchor_count; k++)
            json_array_append_new(scale, json_pack("{s:i, s:o}", "value", (int)criterion->values[k],
                                                   "title", label(criterion->anchors[k])));
    }
}

static void add_matrix(json_t *object, const Grid *grid)
{
    static const char *const colours[] = {"green", "orange", "red"};
    json_t *rows = json_array();
    for (int32_t r = 0; r < grid->rows; r++) {
        json_t *line = json_array();
        for (int32_t c = 0; c < grid->columns; c++)
            json_array_append_new(line, json_string(colours[grid->colours[r * grid->columns + c]]));
        json_array_append_new(rows, line);
    }
    json_object_set_new(object, "matrix",
                        json_pack("{s:i, s:i, s:o}", "probability", (int)grid->rows, "gravity",
                                  (int)grid->columns, "colours", rows));
}

static void add_grids(json_t *all, const Definition *def)
{
    json_t *list = list_at(all, "grids");
    for (size_t i = 0; i < def->grid_count; i++) {
        const Grid *grid = &def->grids[i];
        json_t *object = row(list, grid->id, grid->title);
        set_roles(object, "by", def, grid->by);
        set_int(object, "reviews", grid->reviews);
        json_object_set_new(object, "blind", json_boolean(grid->blind));
        if (grid->divergence > 0)
            json_object_set_new(object, "divergence", json_real(grid->divergence));
        if (grid->matrix)
            add_matrix(object, grid);
        else
            add_criteria(object, grid);
    }
}

static void add_money(json_t *all, const Definition *def)
{
    json_t *instalments = list_at(all, "instalments"), *decision = json_object();
    for (size_t i = 0; i < def->instalment_count; i++) {
        json_t *object = row(instalments, def->instalments[i].id, def->instalments[i].title);
        json_object_set_new(object, "share", json_real(def->instalments[i].share / 100.0));
        set_source(object, "when", def->instalments[i].condition);
    }
    const DecisionRules *rules = &def->decision;
    json_object_set_new(all, "decision", decision);
    set_texts(decision, "kinds", rules->kinds, rules->kind_count);
    if (rules->floor)
        set_int(decision, "floor", rules->floor);
    if (rules->ceiling)
        set_int(decision, "ceiling", rules->ceiling);
    if (rules->rate_cap)
        json_object_set_new(decision, "rate_cap", json_real(rules->rate_cap / 100.0));
    set_text(decision, "total", rules->total);
    set_text(decision, "requested", rules->requested);
}

static void add_indicators(json_t *all, const Definition *def)
{
    json_t *list = list_at(all, "indicators");
    for (size_t i = 0; i < def->indicator_count; i++) {
        const Indicator *indicator = &def->indicators[i];
        json_t *object = row(list, indicator->id, indicator->title);
        json_object_set_new(object, "unit", label(indicator->unit));
        set_int(object, "precision", indicator->precision);
        json_object_set_new(object, "direction",
                            json_string(indicator->decreasing ? "down" : "up"));
    }
}

static void add_events(json_t *all, const Definition *def)
{
    json_t *list = list_at(all, "events");
    for (size_t i = 0; i < def->event_count; i++) {
        json_t *object = row(list, def->events[i].name, def->events[i].title);
        if (def->events[i].schema)
            json_object_set(object, "data", def->events[i].schema);
    }
}

static json_t *duration_json(Duration d)
{
    json_t *object = json_object();
    if (d.months)
        set_int(object, "months", d.months);
    if (d.us)
        set_int(object, "seconds", d.us / SECOND);
    return object;
}

static void add_move(json_t *list, const Definition *def, const Transition *t)
{
    json_t *object = json_object(), *to = json_array();
    set_text(object, "from", def->states[t->source].path);
    if (!t->timer.len)
        set_texts(object, "events", t->events, t->event_count);
    for (size_t i = 0; i < t->target_count; i++)
        json_array_append_new(to, text(def->states[t->targets[i]].path));
    json_object_set_new(object, "to", to);
    if (t->title.fr.len || t->title.en.len)
        json_object_set_new(object, "title", label(t->title));
    set_roles(object, "by", def, t->by);
    set_source(object, "if", t->guard);
    set_source(object, "at", t->at);
    if (t->after.months || t->after.us)
        json_object_set_new(object, "after", duration_json(t->after));
    json_array_append_new(list, object);
}

static void add_states(json_t *all, const Definition *def)
{
    static const char *const types[] = {"atomic", "compound", "parallel",
                                        "final",  "history",  "history"};
    json_t *states = list_at(all, "states"), *moves = list_at(all, "moves");
    for (size_t i = 1; i < def->state_count; i++) {
        const State *state = &def->states[i];
        json_t *object = row(states, state->id, state->title);
        set_text(object, "path", state->path);
        json_object_set_new(object, "type", json_string(types[state->type]));
        set_text(object, "stage", str_of(stage_word(state->stage)));
    }
    for (size_t i = 0; i < def->transition_count; i++)
        add_move(moves, def, &def->transitions[i]);
}

json_t *definition_json(Arena *arena, const Definition *def)
{
    json_t *all = json_keep(arena, json_object());
    set_text(all, "id", def->id);
    json_object_set_new(all, "title", label(def->title));
    json_object_set_new(all, "description", label(def->description));
    add_roles(arena, all, def);
    add_forms(all, def);
    add_sections(all, def);
    add_grids(all, def);
    add_indicators(all, def);
    add_money(all, def);
    add_events(all, def);
    add_states(all, def);
    return all;
}
