// SPDX-License-Identifier: Apache-2.0
#include "engine/base/field.h"
#include "table.h"

typedef struct Line {
    Str label;
    int64_t cents;
} Line;

typedef struct Plan {
    Str title;
    bool has_title, has_note;
    Str note, kind, day, id, mail;
    int64_t year, total;
    bool open;
    Time due;
    json_t *data, *any;
    FieldList lines, tags;
} Plan;

static const Field line_fields[] = {
    FIELD_TEXT(Line, label, .required = true),
    FIELD_MONEY(Line, cents, .required = true),
    FIELD_END,
};

static const char *const kinds[] = {"grant", "loan", NULL};
static const Field fields[] = {
    FIELD_TEXT(Plan, title, .required = true, .min_len = 1, .max = 5,
               .present = offsetof(Plan, has_title), .help = "What people call it"),
    FIELD_TEXT(Plan, note, .present = offsetof(Plan, has_note)),
    FIELD_TEXT(Plan, kind, .values = kinds),
    FIELD_DATE(Plan, day),
    FIELD_UUID(Plan, id),
    FIELD_EMAIL(Plan, mail),
    FIELD_INT(Plan, year, .low = 2000, .high = 2100),
    FIELD_MONEY(Plan, total),
    FIELD_BOOL(Plan, open),
    FIELD_TIME(Plan, due),
    FIELD_JSON(Plan, data),
    FIELD_ANY(Plan, any),
    FIELD_LIST(Plan, lines, Line, line_fields, .max = 2),
    FIELD_LIST(Plan, tags, Str, NULL, .min_len = 1),
    FIELD_END,
};

static json_t *parsed(Arena *arena, const char *text)
{
    Fault fault;
    json_t *value = json_read(arena, str_of(text), &fault);
    if (!value)
        fail_msg("the test's own JSON is wrong: %s", text);
    return value;
}

// Problems as "pointer keyword; …", in the order they were found.
static Str told(Arena *arena, const Faults *faults)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < faults->len; i++)
        buf_format(&out, "%s" STR_FMT " %s", i ? "; " : "", STR_ARG(faults->at[i].pointer),
                   faults->at[i].keyword);
    return buf_str(&out);
}

static const struct {
    const char *sentence, *body, *faults;
} rows[] = {
    {"the least that is needed", "{\"title\":\"a\"}", ""},
    {"five letters with accents are five", "{\"title\":\"ééééé\"}", ""},
    {"six letters are too many", "{\"title\":\"abcdef\"}", "/title maxLength"},
    {"an empty title is too short", "{\"title\":\"\"}", "/title minLength"},
    {"a title is required", "{}", "/title required"},
    {"null is not text", "{\"title\":null}", "/title type"},
    {"a body is an object", "[]", " type"},
    {"a kind among its values", "{\"title\":\"a\",\"kind\":\"loan\"}", ""},
    {"a kind beside its values", "{\"title\":\"a\",\"kind\":\"gift\"}", "/kind enum"},
    {"a real day", "{\"title\":\"a\",\"day\":\"2024-02-29\"}", ""},
    {"no real day", "{\"title\":\"a\",\"day\":\"2023-02-29\"}", "/day format"},
    {"a day is no instant", "{\"title\":\"a\",\"day\":\"2023-02-28T00:00:00Z\"}", "/day format"},
    {"a UUID", "{\"title\":\"a\",\"id\":\"0190A0b0-0000-7000-8000-000000000000\"}", ""},
    {"no UUID", "{\"title\":\"a\",\"id\":\"0190a0b0000070008000000000000000\"}", "/id format"},
    {"an address", "{\"title\":\"a\",\"mail\":\"jeanne.d'arc+x@mairie-orleans.fr\"}", ""},
    {"an address without domain", "{\"title\":\"a\",\"mail\":\"jeanne\"}", "/mail format"},
    {"an address at a bare name", "{\"title\":\"a\",\"mail\":\"j@localhost\"}", "/mail format"},
    {"an address with two points", "{\"title\":\"a\",\"mail\":\"a..b@c.fr\"}", "/mail format"},
    {"an address with a line end", "{\"title\":\"a\",\"mail\":\"a@c.fr\\n\"}", "/mail format"},
    {"an address ending in a point", "{\"title\":\"a\",\"mail\":\"a@c.fr.\"}", "/mail format"},
    {"a year in range", "{\"title\":\"a\",\"year\":2100}", ""},
    {"a year written 2023.0 is whole", "{\"title\":\"a\",\"year\":2023.0}", ""},
    {"a year and a half is not", "{\"title\":\"a\",\"year\":2023.5}", "/year type"},
    {"a year in text is not", "{\"title\":\"a\",\"year\":\"2023\"}", "/year type"},
    {"a year too early", "{\"title\":\"a\",\"year\":1999}", "/year minimum"},
    {"a year too late", "{\"title\":\"a\",\"year\":2101}", "/year maximum"},
    {"money is not negative", "{\"title\":\"a\",\"total\":-1}", "/total minimum"},
    {"money has an end", "{\"title\":\"a\",\"total\":1000000000000001}", "/total maximum"},
    {"true is not 1", "{\"title\":\"a\",\"open\":1}", "/open type"},
    {"an instant", "{\"title\":\"a\",\"due\":\"2023-06-01T12:00:00+02:00\"}", ""},
    {"no instant", "{\"title\":\"a\",\"due\":\"tomorrow\"}", "/due format"},
    {"data is an object", "{\"title\":\"a\",\"data\":[]}", "/data type"},
    {"any is anything, even null", "{\"title\":\"a\",\"any\":null}", ""},
    {"a line is checked in its place",
     "{\"title\":\"a\",\"lines\":[{\"label\":\"x\",\"cents\":1},{\"label\":3}]}",
     "/lines/1/label type; /lines/1/cents required"},
    {"a line is an object", "{\"title\":\"a\",\"lines\":[1]}", "/lines/0 type"},
    {"three lines are too many", "{\"title\":\"a\",\"lines\":[1,2,3]}", "/lines maxItems"},
    {"tags are texts", "{\"title\":\"a\",\"tags\":[\"x\",2]}", "/tags/1 type"},
    {"no tag is too few", "{\"title\":\"a\",\"tags\":[]}", "/tags minItems"},
    {"a member that nobody knows", "{\"title\":\"a\",\"a/b\":1}", "/a~1b additionalProperties"},
    {"all problems at once", "{\"titel\":1,\"year\":1,\"day\":2}",
     "/title required; /day type; /year minimum; /titel additionalProperties"},
};

static void reading(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Plan plan = {0};
        Faults faults = {0};
        bool ok = fields_read(arena, parsed(arena, rows[i].body), fields, STR(""), &plan, &faults);
        Str came = told(arena, &faults);
        ROW_CHECK(wrong, str_is(came, rows[i].faults) && ok == (came.len == 0), rows[i].sentence,
                  "expected %s, came " STR_FMT, rows[i].faults, STR_ARG(came));
    }
    ROWS_END(wrong);
    arena_free(arena);
}

static void values(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Plan plan = {0};
    Faults faults = {0};
    json_t *body = parsed(
        arena, "{\"title\":\"été\",\"id\":\"0190A0B0-0000-7000-8000-00000000000F\",\"total\":99,"
               "\"open\":true,\"lines\":[{\"label\":\"x\",\"cents\":1},{\"label\":\"y\","
               "\"cents\":2}],\"tags\":[\"u\",\"v\"],\"any\":null}");
    assert_true(fields_read(arena, body, fields, STR(""), &plan, &faults));
    assert_true(str_is(plan.title, "été") && plan.has_title && !plan.has_note);
    assert_true(str_is(plan.id, "0190a0b0-0000-7000-8000-00000000000f"));
    assert_int_equal(plan.total, 99);
    assert_true(plan.open);
    assert_int_equal(plan.due, TIME_NONE);
    assert_true(json_is_null(plan.any));
    assert_null(plan.data);
    assert_int_equal(plan.lines.len, 2);
    assert_int_equal(((Line *)plan.lines.at)[1].cents, 2);
    assert_true(str_is(((Str *)plan.tags.at)[1], "v"));
    arena_free(arena);
}

static void bounded(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *body = json_keep(arena, json_object());
    for (int i = 0; i < 3 * FIELD_FAULTS_MAX; i++)
        json_object_set_new(body, str_format(arena, "x%d", i).at, json_true());
    Plan plan = {0};
    Faults faults = {0};
    assert_false(fields_read(arena, body, fields, STR("/in"), &plan, &faults));
    assert_int_equal(faults.len, FIELD_FAULTS_MAX);
    assert_true(str_is(faults.at[0].pointer, "/in/title"));
    arena_free(arena);
}

static void suggestion(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Plan plan = {0};
    Faults faults = {0};
    fields_read(arena, parsed(arena, "{\"title\":\"a\",\"yaer\":2020}"), fields, STR(""), &plan,
                &faults);
    assert_true(str_is(message_text(arena, EN, &faults.at[0].message),
                       "\"yaer\" is unknown. Did you mean \"year\"?"));
    arena_free(arena);
}

static void described(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *schema = fields_schema(arena, fields);
    assert_string_equal(json_text(arena, json_pointer(schema, STR("/required"))).at, "[\"title\"]");
    assert_true(json_is_false(json_at(schema, "additionalProperties")));
    static const char *const parts[][2] = {
        {"/properties/title", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":5,"
                              "\"description\":\"What people call it\"}"},
        {"/properties/kind",
         "{\"type\":\"string\",\"maxLength\":200,\"enum\":[\"grant\",\"loan\"]}"},
        {"/properties/total", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000000000000000}"},
        {"/properties/id", "{\"type\":\"string\",\"format\":\"uuid\"}"},
        {"/properties/any", "{}"},
        {"/properties/lines/maxItems", "2"},
        {"/properties/lines/items/required", "[\"label\",\"cents\"]"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(parts); i++) {
        json_t *part = json_pointer(schema, str_of(parts[i][0]));
        Str came = part ? json_text(arena, part) : STR_NONE;
        ROW_CHECK(wrong, str_is(came, parts[i][1]), parts[i][0], "came " STR_FMT, STR_ARG(came));
    }
    ROWS_END(wrong);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),    cmocka_unit_test(values),    cmocka_unit_test(bounded),
        cmocka_unit_test(suggestion), cmocka_unit_test(described),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
