// SPDX-License-Identifier: Apache-2.0
// What the official suite does not say: sentences, places, bounds, and our two-language titles.
#include "engine/schema/schema.h"
#include "../base/table.h"

static json_t *parsed(Arena *arena, const char *text)
{
    Fault fault;
    json_t *value = json_read(arena, str_of(text), &fault);
    if (!value)
        fail_msg("the test's own JSON is wrong: %s", text);
    return value;
}

// Errors as "pointer keyword sentence | …".
static Str told(Arena *arena, const SchemaErrors *errors, Lang lang)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < errors->len; i++)
        buf_format(&out, "%s" STR_FMT " %s " STR_FMT, i ? " | " : "",
                   STR_ARG(errors->at[i].pointer), errors->at[i].keyword,
                   STR_ARG(message_text(arena, lang, &errors->at[i].message)));
    return buf_str(&out);
}

typedef struct Row {
    const char *sentence, *schema, *instance;
    Lang lang;
    const char *errors;
} Row;

static const Row rows[] = {
    {"the title names the field", "{'properties':{'t':{'title':'Montant','maximum':9}}}",
     "{'t':10}", FR, "/t maximum « Montant » : la plus grande valeur admise est 9."},
    {"the title in the reader's language",
     "{'properties':{'t':{'title':{'fr':'Montant','en':'Amount'},'maximum':9}}}", "{'t':10}", EN,
     "/t maximum \"Amount\": the greatest value allowed is 9."},
    {"a title in one language serves both", "{'title':{'fr':'Montant'},'maximum':9}", "10", EN,
     " maximum \"Montant\": the greatest value allowed is 9."},
    {"without title, the member's name", "{'properties':{'a/b':{'minLength':3}}}", "{'a/b':'é'}",
     EN, "/a~1b minLength \"a/b\": at least 3 characters are expected, there are 1."},
    {"without name, the item's rank", "{'items':{'type':'string'}}", "['a',1]", FR,
     "/1 type L'élément 2 : on attend un texte."},
    {"at the top, this value", "{'type':['string','null']}", "1", EN,
     " type This value: text or nothing is expected."},
    {"the title beside a $ref wins over the target's",
     "{'properties':{'t':{'title':'Ici','$ref':'#/$defs/"
     "x'}},'$defs':{'x':{'title':'Ailleurs','type':'integer'}}}",
     "{'t':'a'}", FR, "/t type « Ici » : on attend un nombre entier."},
    {"the target's title serves when there is none beside",
     "{'properties':{'t':{'$ref':'#/$defs/"
     "x'}},'$defs':{'x':{'title':'Ailleurs','type':'integer'}}}",
     "{'t':1.5}", FR, "/t type « Ailleurs » : on attend un nombre entier."},
    {"a missing field is told at its place, by its title",
     "{'required':['t','u'],'properties':{'t':{'$ref':'#/$defs/"
     "x'}},'$defs':{'x':{'title':'Ailleurs'}}}",
     "{}", FR, "/t required « Ailleurs » est à remplir. | /u required « u » est à remplir."},
    {"a surplus field comes with the nearest name",
     "{'properties':{'title':true},'additionalProperties':false}", "{'tilte':1}", EN,
     "/tilte additionalProperties \"tilte\" is not expected here. Did you mean \"title\"?"},
    {"an unevaluated field too", "{'properties':{'title':true},'unevaluatedProperties':false}",
     "{'zzz':1}", FR, "/zzz unevaluatedProperties « zzz » n'est pas prévu ici."},
    {"a wrong known field is not called unknown",
     "{'allOf':[{'properties':{'a':{'type':'string'}}}],'unevaluatedProperties':false}", "{'a':1}",
     EN, "/a type \"a\": text is expected."},
    {"a needed field says why", "{'dependentRequired':{'a':['b']}}", "{'a':1}", EN,
     "/b dependentRequired \"b\" is required once \"a\" is given."},
    {"an empty field", "{'minLength':1}", "''", FR,
     " minLength Cette valeur ne peut pas rester vide."},
    {"values are listed", "{'enum':['a',1,null]}", "2", EN,
     " enum This value: one of these values is expected: a, 1, null."},
    {"twins are counted from one", "{'uniqueItems':true}", "[1,{'a':1,'b':2},{'b':2.0,'a':1}]", EN,
     " uniqueItems This value: item 3 is the same as item 2."},
    {"decimals are decimals", "{'multipleOf':0.01}", "19.99", FR, ""},
    {"and not otherwise", "{'multipleOf':0.01}", "19.995", FR,
     " multipleOf Cette valeur : on attend un multiple de 0.01."},
    {"large integers keep their last digit", "{'maximum':9007199254740992}", "9007199254740993", EN,
     " maximum This value: the greatest value allowed is 9007199254740992."},
    {"large integers equal themselves only", "{'const':9007199254740993}", "9007199254740992", EN,
     " const This value: the only value allowed is 9007199254740993."},
    {"all problems are told",
     "{'properties':{'a':{'type':'string'},'b':{'minimum':1,'multipleOf':2}}}", "{'a':1,'b':-1}",
     EN,
     "/a type \"a\": text is expected. | /b multipleOf \"b\": a multiple of 2 is expected. | /b "
     "minimum \"b\": the least "
     "value allowed is 1."},
    {"the branch that was meant tells its problems",
     "{'oneOf':[{'properties':{'k':{'const':'a'},'n':{'minimum':5}}},{'properties':{'k':{'const':'"
     "b'}}}]}",
     "{'k':'a','n':1}", EN, "/n minimum \"n\": the least value allowed is 5."},
    {"no branch was meant", "{'anyOf':[{'type':'string'},{'type':'null'}]}", "1", FR,
     " anyOf Cette valeur ne répond à aucune des formes prévues."},
    {"too many branches fit", "{'oneOf':[{'type':'integer'},{'minimum':0}]}", "1", EN,
     " oneOf This value fits several forms where only one is expected."},
    {"an excluded form", "{'not':{'type':'null'}}", "null", EN,
     " not This value has a form that is excluded."},
    {"a form follows a condition",
     "{'if':{'properties':{'k':{'const':1}}},'then':{'required':['x']}}", "{'k':1}", EN,
     "/x required \"x\" is required."},
    {"formats are asserted when asked",
     "{'properties':{'m':{'title':'Courriel','format':'email'}}}", "{'m':'x'}", FR,
     "/m format « Courriel » : on attend une adresse électronique."},
    {"patterns see characters", "{'pattern':'^.$'}", "'é'", FR, ""},
    {"$ is the very end", "{'pattern':'^a$'}", "'a\\n'", EN,
     " pattern This value does not have the expected form (^a$)."},
    {"contains counts", "{'contains':{'const':1},'minContains':2}", "[1,2]", EN,
     " contains This value: too few items of the expected kind: 1 instead of 2."},
    {"names may be ruled", "{'propertyNames':{'maxLength':2}}", "{'abc':1}", EN,
     "/abc maxLength \"abc\": at most 2 characters, there are 3."},
};

// Tables write ' for " to stay readable.
static json_t *quoted(Arena *arena, const char *text)
{
    char *copy = str_cstr(arena, str_of(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return parsed(arena, copy);
}

static void sentences(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const Row *row = &rows[i];
        SchemaErrors errors = {0};
        SchemaOptions options = {.formats = true};
        const Schema *schema = schema_compile(arena, quoted(arena, row->schema), &options, &errors);
        json_t *instance = quoted(arena, row->instance);
        bool ok = schema && schema_validate(arena, schema, instance, &errors);
        Str came = told(arena, &errors, row->lang);
        ROW_CHECK(wrong, str_is(came, row->errors) && ok == !row->errors[0], row->sentence,
                  "expected %s, came " STR_FMT, row->errors, STR_ARG(came));
        ROW_CHECK(wrong, schema && schema_validate(arena, schema, instance, NULL) == ok,
                  row->sentence, "%s", "another answer when nobody listens");
    }
    ROWS_END(wrong);
    arena_free(arena);
}

static const struct {
    const char *sentence, *schema, *error;
} broken[] = {
    {"a schema is not text", "'x'", " schema A schema is an object, true or false."},
    {"a misspelled type", "{'properties':{'a':{'type':'strng'}}}",
     "/properties/a/type type \"type\" does not know \"strng\". Did you mean \"string\"?"},
    {"a negative length", "{'minLength':-1}",
     "/minLength minLength \"minLength\" is a whole number, at least 0."},
    {"a length and a half", "{'minLength':1.5}",
     "/minLength minLength \"minLength\" is a whole number, at least 0."},
    {"a multiple of nothing", "{'multipleOf':0}",
     "/multipleOf multipleOf \"multipleOf\" is a number greater than 0."},
    {"a bound in text", "{'items':{'maximum':'9'}}",
     "/items/maximum maximum \"maximum\" is a number."},
    {"required is a list", "{'required':true}",
     "/required required \"required\" is a list of names, all different."},
    {"required names differ", "{'required':['a','a']}",
     "/required required \"required\" is a list of names, all different."},
    {"properties is an object", "{'properties':[]}",
     "/properties properties \"properties\" is an object."},
    {"a property is a schema", "{'properties':{'a':3}}",
     "/properties/a schema A schema is an object, true or false."},
    {"allOf is not empty", "{'allOf':[]}",
     "/allOf allOf \"allOf\" is a list of at least one schema."},
    {"a wrong pattern", "{'pattern':'a('}",
     "/pattern pattern The pattern \"a(\" is wrong at character 2: missing closing parenthesis."},
    {"a reference to nowhere", "{'$ref':'#/$defs/x'}",
     "/$ref $ref The reference \"#/$defs/x\" leads nowhere."},
    {"a reference to an unknown document", "{'$ref':'other'}",
     "/$ref $ref The reference \"other\" leads nowhere."},
    {"an older dialect", "{'$schema':'http://json-schema.org/draft-07/schema#'}",
     "/$schema $schema The dialect \"http://json-schema.org/draft-07/schema\" is unknown: remove "
     "\"$schema\", or write "
     "https://json-schema.org/draft/2020-12/schema."},
    {"a title is text or two texts", "{'title':3}",
     "/title title \"title\" is text, or an object with fr or en."},
    {"an identifier with a fragment", "{'$id':'a#b'}", "/$id $id \"$id\" has no fragment (#…)."},
    {"a wrong anchor", "{'$anchor':'1a'}",
     "/$anchor $anchor \"$anchor\" is a name: letters, digits, \"-\", \"_\", \".\", not starting "
     "with a digit."},
    {"errors in $defs that nothing uses are told", "{'$defs':{'a':{'type':'x'}}}",
     "/$defs/a/type type \"type\" is one of these names, or a list of them: array, boolean, "
     "integer, null, number, object, "
     "string."},
    {"all errors are told", "{'minLength':'a','maxLength':'b'}",
     "/maxLength maxLength \"maxLength\" is a whole number, at least 0. | /minLength minLength "
     "\"minLength\" is a whole "
     "number, at least 0."},
};

static void compiling(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(broken); i++) {
        SchemaErrors errors = {0};
        const Schema *schema =
            schema_compile(arena, quoted(arena, broken[i].schema), NULL, &errors);
        Str came = told(arena, &errors, EN);
        ROW_CHECK(wrong, !schema && str_is(came, broken[i].error), broken[i].sentence,
                  "expected %s, came " STR_FMT, broken[i].error, STR_ARG(came));
        ROW_CHECK(wrong, !schema_compile(arena, quoted(arena, broken[i].schema), NULL, NULL),
                  broken[i].sentence, "%s", "compiles when nobody listens");
    }
    ROWS_END(wrong);
    arena_free(arena);
}

static json_t *dictionary(void *host, Str uri)
{
    return str_is(uri, "dictionary") ? host : NULL;
}

static void shared_fields(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *shared = quoted(
        arena, "{'money':{'title':{'fr':'Montant','en':'Amount'},'type':'integer','minimum':0},"
               "'sum':{'$ref':'#/money'}}");
    SchemaOptions options = {.resolve = dictionary, .host = shared};
    SchemaErrors errors = {0};
    const Schema *schema = schema_compile(
        arena,
        quoted(arena,
               "{'properties':{'a':{'$ref':'dictionary#/money'},'b':{'$ref':'dictionary#/sum'}}}"),
        &options, &errors);
    assert_non_null(schema);
    assert_false(schema_validate(arena, schema, quoted(arena, "{'a':-1,'b':-2}"), &errors));
    Str came = told(arena, &errors, FR);
    assert_true(str_is(came, "/a minimum « Montant » : la plus petite valeur admise est 0. | /b "
                             "minimum « Montant » : la "
                             "plus petite valeur admise est 0."));
    arena_free(arena);
}

// The compiled schema keeps what it needs alive when its giver lets go.
static void kept_alive(void **state)
{
    (void)state;
    Arena *arena = arena_new(), *giver = arena_new();
    const Schema *schema = schema_compile(
        arena, quoted(giver, "{'properties':{'a':{'title':'T','enum':['x']}}}"), NULL, NULL);
    arena_free(giver);
    SchemaErrors errors = {0};
    assert_false(schema_validate(arena, schema, quoted(arena, "{'a':1}"), &errors));
    assert_true(
        str_is(told(arena, &errors, FR), "/a enum « T » : on attend l'une de ces valeurs : x."));
    arena_free(arena);
}

static const struct {
    const char *sentence, *schema, *instance, *keyword;
} hostile[] = {
    {"a schema that is itself", "{'$ref':'#'}", "1", "limit"},
    {"two that are each other",
     "{'$ref':'#/$defs/a','$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}}", "1",
     "limit"},
    {"branches that double at each turn",
     "{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':[{'items':{'$ref':'#/$defs/"
     "a'},'type':'null'},{'allOf':[{'$ref':'#/$defs/a'},"
     "{'$ref':'#/$defs/a'}]}]}}}",
     "[[[[[[1]]]]]]", "limit"},
    {"a pattern that explodes behind a not", "{'not':{'pattern':'^(a+)+$'}}",
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'", "limit"},
    {"a pattern that explodes", "{'pattern':'^(a+)+$'}",
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'", "limit"},
    {"a limit is not turned round by not", "{'not':{'$ref':'#'}}", "1", "limit"},
};

static void bounds(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(hostile); i++) {
        Arena *arena = arena_new();
        SchemaErrors errors = {0};
        const Schema *schema =
            schema_compile(arena, quoted(arena, hostile[i].schema), NULL, &errors);
        json_t *instance = quoted(arena, hostile[i].instance);
        assert_non_null(schema);
        bool ok = schema_validate(arena, schema, instance, &errors);
        const char *last = errors.len ? errors.at[errors.len - 1].keyword : "nothing";
        ROW_CHECK(wrong, !ok && strcmp(last, hostile[i].keyword) == 0, hostile[i].sentence,
                  "came %s", last);
        ROW_CHECK(wrong, !schema_validate(arena, schema, instance, NULL), hostile[i].sentence, "%s",
                  "accepted when nobody listens");
        arena_free(arena);
    }
    ROWS_END(wrong);
}

// Aliases of a YAML file share values: 2^40 paths lead to the last of 40 nodes.
static void shared_values(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *inner = json_keep(arena, json_pack("{s:s}", "type", "string"));
    for (int i = 0; i < 40; i++)
        inner = json_keep(arena, json_pack("{s:[O,O]}", "allOf", inner, inner));
    SchemaErrors errors = {0};
    const Schema *schema = schema_compile(arena, inner, NULL, &errors);
    assert_non_null(schema);
    assert_true(arena_used(arena) < 1 << 20);
    assert_false(schema_validate(arena, schema, json_keep(arena, json_string("a")), &errors));
    assert_string_equal(errors.at[0].keyword, "limit");
    arena_free(arena);
}

static void many_errors(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *items = json_keep(arena, json_array());
    for (int i = 0; i < 3 * SCHEMA_ERRORS_MAX; i++)
        json_array_append_new(items, json_integer(i));
    const Schema *schema =
        schema_compile(arena, quoted(arena, "{'items':{'type':'string'}}"), NULL, NULL);
    SchemaErrors errors = {0};
    assert_false(schema_validate(arena, schema, items, &errors));
    assert_int_equal(errors.len, SCHEMA_ERRORS_MAX);
    arena_free(arena);
}

// A pattern that is slow on each of many texts ends by steps, not by the number of texts.
static void slow_patterns(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *items = json_keep(arena, json_array());
    for (int i = 0; i < 20000; i++)
        json_array_append_new(items, json_string("aaaaaaaaaaaaaaa!"));
    const Schema *schema =
        schema_compile(arena, quoted(arena, "{'items':{'pattern':'^(a+)+$'}}"), NULL, NULL);
    SchemaErrors errors = {0};
    assert_false(schema_validate(arena, schema, items, &errors));
    assert_string_equal(errors.at[errors.len - 1].keyword, "limit");
    char *text = arena_alloc(arena, 900001);
    memset(text, 'a', 900000);
    schema = schema_compile(arena, quoted(arena, "{'pattern':'a*b'}"), NULL, NULL);
    assert_false(schema_validate(arena, schema, json_keep(arena, json_string(text)), NULL));
    schema = schema_compile(arena, quoted(arena, "{'pattern':'^a*$'}"), NULL, NULL);
    assert_true(schema_validate(arena, schema, json_keep(arena, json_string(text)), NULL));
    arena_free(arena);
}

// Marks beyond one machine word.
static void wide(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    json_t *items = json_keep(arena, json_array());
    for (int i = 0; i < 1000; i++)
        json_array_append_new(items, json_integer(i));
    const Schema *schema = schema_compile(
        arena,
        quoted(arena, "{'anyOf':[{'contains':{'maximum':997}}],'unevaluatedItems':{'const':998}}"),
        NULL, NULL);
    SchemaErrors errors = {0};
    assert_false(schema_validate(arena, schema, items, &errors));
    assert_true(
        str_is(told(arena, &errors, EN), "/999 const Item 1000: the only value allowed is 998."));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences),   cmocka_unit_test(compiling), cmocka_unit_test(shared_fields),
        cmocka_unit_test(kept_alive),  cmocka_unit_test(bounds),    cmocka_unit_test(shared_values),
        cmocka_unit_test(many_errors), cmocka_unit_test(wide),      cmocka_unit_test(slow_patterns),
    };
    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
