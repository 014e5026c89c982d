// SPDX-License-Identifier: Apache-2.0
// The state × role × move table: every row is something that the file opens to a role in a state,
// in the place where the file says it; inner states inherit it.
#include "base/vec.h"
#include "draw.h"
#include "words.h"

enum { CELLS = 8 };
static const char *const names[CELLS] = {"state", "stage", "role", "kind",
                                         "name",  "title", "to",   "if"};
static const Text headings[CELLS] = {
    {"état", "state"}, {"étape", "stage"}, {"rôle", "role"}, {"genre", "kind"},
    {"nom", "name"},   {"titre", "title"}, {"vers", "to"},   {"si", "if"},
};

typedef struct Row {
    Str cell[CELLS];
} Row;

typedef struct Table {
    Arena *arena;
    const Definition *def;
    Lang lang;
    VEC(Row) rows;
} Table;

static void add_row(Table *table, const State *state, size_t role, const char *kind, Str name,
                    Str title, Str to, Str guard)
{
    Row row = {{state->path, str_of(stage_word(state->stage)), table->def->roles[role].id,
                str_of(kind), name, title, to, guard}};
    vec_push(table->arena, &table->rows, row);
}

static Str targets_text(Table *table, const Transition *t)
{
    Buf buf = {.arena = table->arena};
    for (size_t i = 0; i < t->target_count; i++) {
        if (i)
            buf_char(&buf, ' ');
        buf_add(&buf, table->def->states[t->targets[i]].path);
    }
    return buf_str(&buf);
}

static void add_move(Table *table, const Transition *t, Str event)
{
    const State *state = &table->def->states[t->source];
    Str to = targets_text(table, t), guard = t->guard ? cel_source(t->guard) : STR_NONE;
    Str title = move_title(table->def, t, event, table->lang);
    if (!t->by)
        add_row(table, state, ROLE_SYSTEM, "auto", event, title, to, guard);
    for (size_t role = 0; role < table->def->role_count; role++) {
        if (t->by & table->def->roles[role].bit)
            add_row(table, state, role, "move", event, title, to, guard);
    }
}

static void add_transition(Table *table, const Transition *t)
{
    const State *state = &table->def->states[t->source];
    if (t->timer.len) {
        Str title = label_text(t->title, table->lang);
        Str when = timer_words(table->arena, t, table->lang);
        add_row(table, state, ROLE_SYSTEM, "timer", t->timer, title.len ? title : when,
                targets_text(table, t), t->guard ? cel_source(t->guard) : STR_NONE);
        return;
    }
    if (!t->event_count)
        add_move(table, t, STR_NONE);
    for (size_t i = 0; i < t->event_count; i++)
        add_move(table, t, t->events[i]);
}

// Rights of a state include its ancestors'; those are told where they were written.
static RoleSet inherited(const Allow *rows, size_t count, const Allow *allow)
{
    RoleSet roles = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].thing == allow->thing && rows[i].item == allow->item)
            roles |= rows[i].roles;
    }
    return roles;
}

static void add_allow(Table *table, const State *state, const char *kind, const Allow *allow,
                      RoleSet roles)
{
    for (size_t role = 0; role < table->def->role_count; role++) {
        if (roles & table->def->roles[role].bit)
            add_row(
                table, state, role, kind,
                thing_word(table->arena, table->def, allow->thing, allow->item),
                thing_words_title(table->arena, table->def, allow->thing, allow->item, table->lang),
                STR_NONE, STR_NONE);
    }
}

static void add_rights(Table *table, const State *state)
{
    const State *parent = state->parent == ID_NONE ? NULL : &table->def->states[state->parent];
    for (size_t k = 0; k < state->allow_count; k++)
        add_allow(table, state, "edit", &state->allows[k],
                  state->allows[k].roles & ~inherited(parent ? parent->allows : NULL,
                                                      parent ? parent->allow_count : 0,
                                                      &state->allows[k]));
    for (size_t k = 0; k < state->sees_count; k++)
        add_allow(table, state, "see", &state->sees[k],
                  state->sees[k].roles & ~inherited(parent ? parent->sees : NULL,
                                                    parent ? parent->sees_count : 0,
                                                    &state->sees[k]));
}

// What a role sees in every state stands with the whole workflow, whose path is empty.
static void add_sees(Table *table)
{
    for (size_t role = 1; role < table->def->role_count; role++) {
        const Role *r = &table->def->roles[role];
        for (size_t i = 0; i < r->sees_count; i++)
            add_allow(table, &table->def->states[0], "see", &r->sees[i], r->bit);
    }
}

static void fill(Table *table)
{
    add_sees(table);
    for (size_t i = 0; i < table->def->state_count; i++) {
        const State *state = &table->def->states[i];
        for (TransitionId t = state->first; t < state->last; t++)
            add_transition(table, &table->def->transitions[t]);
        add_rights(table, state);
    }
}

// --- three forms --------------------------------------------------------------------------------

static void text_row(Buf *out, const Row *row, const size_t *width)
{
    size_t last = CELLS;
    while (last > 1 && !row->cell[last - 1].len)
        last--;
    for (size_t c = 0; c < last; c++) {
        for (size_t i = 0; i < row->cell[c].len; i++) // a guard may be written over several lines
            buf_char(out, (unsigned char)row->cell[c].at[i] < ' ' ? ' ' : row->cell[c].at[i]);
        size_t pad = c + 1 < last ? width[c] - str_points(row->cell[c]) + 2 : 0;
        while (pad--)
            buf_char(out, ' ');
    }
    buf_char(out, '\n');
}

static Row heading_row(Lang lang)
{
    Row row;
    for (size_t c = 0; c < CELLS; c++)
        row.cell[c] = str_of(lang == FR ? headings[c].fr : headings[c].en);
    return row;
}

static Str as_text(const Table *table)
{
    Buf out = {.arena = table->arena};
    Row head = heading_row(table->lang), rule;
    size_t width[CELLS];
    for (size_t c = 0; c < CELLS; c++) {
        width[c] = str_points(head.cell[c]);
        for (size_t i = 0; i < table->rows.len; i++) {
            size_t points = str_points(table->rows.at[i].cell[c]);
            width[c] = points > width[c] ? points : width[c];
        }
        char *dashes = arena_alloc(table->arena, width[c]);
        memset(dashes, '-', width[c]);
        rule.cell[c] = (Str){dashes, width[c]};
    }
    text_row(&out, &head, width);
    text_row(&out, &rule, width);
    for (size_t i = 0; i < table->rows.len; i++)
        text_row(&out, &table->rows.at[i], width);
    return buf_str(&out);
}

// RFC 4180. A cell that a spreadsheet would run as a formula gets an apostrophe before it.
static void csv_cell(Buf *out, Str s)
{
    bool formula = s.len && memchr("=+-@\t\r", s.at[0], 6), quotes = formula;
    for (size_t i = 0; i < s.len; i++)
        quotes |= memchr(",\"\r\n", s.at[i], 4) != NULL;
    if (quotes)
        buf_char(out, '"');
    if (formula)
        buf_char(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '"')
            buf_char(out, '"');
        buf_char(out, s.at[i]);
    }
    if (quotes)
        buf_char(out, '"');
}

static void csv_row(Buf *out, const Row *row)
{
    for (size_t c = 0; c < CELLS; c++) {
        if (c)
            buf_char(out, ',');
        csv_cell(out, row->cell[c]);
    }
    buf_add(out, STR("\r\n"));
}

static Str as_csv(const Table *table)
{
    Buf out = {.arena = table->arena};
    Row head;
    for (size_t c = 0; c < CELLS; c++) // names, not headings: programs read this form
        head.cell[c] = str_of(names[c]);
    csv_row(&out, &head);
    for (size_t i = 0; i < table->rows.len; i++)
        csv_row(&out, &table->rows.at[i]);
    return buf_str(&out);
}

static Str as_json(const Table *table)
{
    Buf out = {.arena = table->arena};
    buf_char(&out, '[');
    for (size_t i = 0; i < table->rows.len; i++) {
        buf_add(&out, i ? STR(",\n{") : STR("\n{"));
        for (size_t c = 0; c < CELLS; c++) {
            buf_format(&out, "%s\"%s\":", c ? "," : "", names[c]);
            buf_json(&out, table->rows.at[i].cell[c]);
        }
        buf_char(&out, '}');
    }
    buf_add(&out, STR("\n]\n"));
    return buf_str(&out);
}

Str table_of(Arena *arena, const Definition *def, Lang lang, TableForm form)
{
    Table table = {.arena = arena, .def = def, .lang = lang};
    fill(&table);
    switch (form) {
    case TABLE_CSV:
        return as_csv(&table);
    case TABLE_JSON:
        return as_json(&table);
    default:
        return as_text(&table);
    }
}
