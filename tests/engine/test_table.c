// SPDX-License-Identifier: Apache-2.0
// The state × role × move table: its rows, and its three forms.
#include "engine/draw.h"
#include "garden.h"

static const struct {
    const char *sentence, *row; // as JSON
} rows[] = {
    {"a move has its role, target and guard",
     "{'state':'draft','stage':'submission','role':'carrier','kind':'move','name':'submit','title':"
     "'File','to':'study',"
     "'if':\"complete('project') && now < call.closes_at\"}"},
    {"what may be written is a row", "{'state':'draft','stage':'submission','role':'carrier','kind'"
                                     ":'edit','name':'form.project','title':'Form: "
                                     "Project','to':'','if':''}"},
    {"all documents are one row", "{'state':'draft','stage':'submission','role':'carrier','kind':'"
                                  "edit','name':'documents','title':'Documents',"
                                  "'to':'','if':''}"},
    {"what a role always sees stands with the whole workflow",
     "{'state':'','stage':'','role':'carrier','kind':'see','name':'decision','title':'Decision',"
     "'to':'','if':''}"},
    {"what a state shows stands with the state",
     "{'state':'refused','stage':'decision','role':'evaluator','kind':'see','name':'decision.kind',"
     "'title':'Decision: kind','to':'','if':''}"},
    {"a timer belongs to the system", "{'state':'paused','stage':'evaluation','role':'system','"
                                      "kind':'timer','name':'timer.paused.1','title':'after 30 "
                                      "days','to':'refused','if':''}"},
    {"a move that the engine makes is automatic",
     "{'state':'study','stage':'evaluation','role':'system','kind':'auto','name':'done.state.study'"
     ",'title':'Done',"
     "'to':'committee','if':''}"},
    {"an act's event is automatic too", "{'state':'committee','stage':'decision','role':'system','"
                                        "kind':'auto','name':'decision.recorded','title':"
                                        "'Decision recorded','to':'refused','if':''}"},
    {"an inner state has its path", "{'state':'study.opinions.reading','stage':'evaluation','role':"
                                    "'evaluator','kind':'edit','name':'review.expert',"
                                    "'title':'Review: Expertise','to':'','if':''}"},
};

// Only single quotes around names and texts are meant as JSON's; those inside a double-quoted text
// stay.
static json_t *row_of(Arena *arena, const char *text)
{
    char *copy = str_cstr(arena, str_of(text));
    bool inside = false;
    for (char *c = copy; *c; c++) {
        inside ^= *c == '"';
        if (*c == '\'' && !inside)
            *c = '"';
    }
    Fault fault;
    return json_read(arena, str_of(copy), &fault);
}

static bool has_row(const json_t *table, const json_t *row)
{
    size_t i;
    json_t *other;
    json_array_foreach(table, i, other)
    {
        if (json_equal(other, row))
            return true;
    }
    return false;
}

static json_t *as_json(Arena *arena, const Definition *def)
{
    Fault fault;
    json_t *table = json_read(arena, table_of(arena, def, EN, TABLE_JSON), &fault);
    assert_non_null(table);
    return table;
}

static void the_table_has_its_rows(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    json_t *table = as_json(arena, def);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_CHECK(wrong, has_row(table, row_of(arena, rows[i].row)), rows[i].sentence,
                  "no row %s in\n" STR_FMT, rows[i].row, STR_ARG(json_text(arena, table)));
    arena_free(arena);
    ROWS_END(wrong);
}

static void a_right_is_told_once_where_it_is_written(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *table = as_json(arena, garden(arena)), *row;
    size_t i, messages = 0;
    json_array_foreach(table, i, row)
    {
        messages += str_is(json_str(json_at(row, "name")), "messages") &&
                    str_is(json_str(json_at(row, "role")), "clerk");
    }
    assert_int_equal(messages, 1); // in study, not again in its regions
    arena_free(arena);
}

static void csv_is_as_rfc_4180_says(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Definition def = *garden(arena);
    Transition *moves = arena_copy(arena, def.transitions, def.transition_count * sizeof *moves),
               *withdraw = moves;
    static const struct {
        const char *sentence, *title, *cell;
    } cells[] = {
        {"a plain text stands as it is", "Retirer", ",Retirer,"},
        {"a comma is quoted", "a,b", ",\"a,b\","},
        {"a quote is doubled", "a\"b", ",\"a\"\"b\","},
        {"a line end is quoted", "a\nb", ",\"a\nb\","},
        {"a formula is no formula", "=1+1", ",\"'=1+1\","},
        {"nor is one that begins with a plus", "+33", ",\"'+33\","},
        {"nor with a minus", "-1", ",\"'-1\","},
        {"nor with an at sign", "@SUM(A1)", ",\"'@SUM(A1)\","},
        {"nor with a tab", "\t=1", ",\"'\t=1\","},
    };
    def.transitions = moves;
    while (!event_matches(withdraw->events, withdraw->event_count, STR("withdraw")))
        withdraw++;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(cells); i++) {
        withdraw->title = (Label){str_of(cells[i].title), STR_NONE};
        const char *csv = str_cstr(arena, table_of(arena, &def, FR, TABLE_CSV));
        ROW_CHECK(wrong, strstr(csv, cells[i].cell), cells[i].sentence, "expected %s in\n%s",
                  cells[i].cell, csv);
        ROW_CHECK(wrong, strncmp(csv, "state,stage,role,kind,name,title,to,if\r\n", 40) == 0,
                  cells[i].sentence, "%s", "the first line names the columns");
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void columns_of_text_are_aligned(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const char *text = str_cstr(arena, table_of(arena, garden(arena), FR, TABLE_TEXT));
    const char *stage = strstr(text, "étape"), *end = strchr(text, '\n');
    assert_true(stage && stage < end);
    size_t column = str_points((Str){text, (size_t)(stage - text)});
    int lines = 0;
    for (const char *line = end + 1; *line; line = strchr(line, '\n') + 1) {
        size_t width = (size_t)(strchr(line, '\n') - line);
        assert_true(line[width - 1] != ' '); // no trailing blanks
        assert_true(width > column + 2 && line[column - 1] == ' ');
        lines++;
    }
    assert_true(lines > 20);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_its_rows),
        cmocka_unit_test(a_right_is_told_once_where_it_is_written),
        cmocka_unit_test(csv_is_as_rfc_4180_says),
        cmocka_unit_test(columns_of_text_are_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
