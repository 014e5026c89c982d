// SPDX-License-Identifier: Apache-2.0
// The JSON Schema that editors use says the same as the builder: what ships conforms, and keys that
// the builder does not know are refused by both.
#include "reading.h"
#include "engine/yaml.h"
#include <dirent.h>
#include <stdlib.h>

#define BROKEN "tests/engine/broken"

static Arena *arena;
static const Schema *schema;

static int set_up(void **state)
{
    (void)state;
    Fault fault;
    SchemaErrors errors = {0};
    SchemaOptions options = {.formats = true};
    arena = arena_new();
    json_t *json = json_read(arena, read_file(arena, "workflows/workflow.schema.json"), &fault);
    schema = json ? schema_compile(arena, json, &options, &errors) : NULL;
    for (size_t i = 0; i < errors.len; i++)
        print_error("%s: %s\n", errors.at[i].pointer.at,
                    message_text(arena, EN, &errors.at[i].message).at);
    return !schema;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static bool conforms(Str text, const char *name, bool tell)
{
    YamlFault fault;
    SchemaErrors errors = {0};
    const Node *root = yaml_read(arena, text, WORKFLOW_SIZE_MAX, &fault);
    bool ok = root && schema_validate(arena, schema, node_json(arena, root), &errors);
    for (size_t i = 0; tell && i < errors.len; i++)
        print_error("  %s " STR_FMT ": " STR_FMT "\n", name, STR_ARG(errors.at[i].pointer),
                    STR_ARG(message_text(arena, EN, &errors.at[i].message)));
    return ok;
}

static void shipped(void **state)
{
    (void)state;
    struct dirent **entries;
    int wrong = 0, files = 0, n = scandir("workflows", &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        Str name = str_of(entries[i]->d_name);
        if (str_ends(name, STR(".yaml")) && !str_is(name, "dictionary.yaml")) {
            Str path = str_format(arena, "workflows/" STR_FMT, STR_ARG(name));
            ROW_CHECK(wrong, conforms(read_file(arena, path.at), name.at, true), path.at,
                      "expected %s", "to conform");
            files++;
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(files >= 2);
    ROWS_END(wrong);
}

// Faults that a schema without names and expressions can find too.
static bool schema_finds(Str text)
{
    static const char *const codes[] = {" unknown-key |", " bad-value |",      " bad-version |",
                                        " bad-scale |",   " unknown-action |", NULL};
    Str head = str_slice(text, 0, 400);
    for (size_t i = 0; head.len && codes[i]; i++)
        if (memmem(head.at, head.len, codes[i], strlen(codes[i])))
            return !memmem(head.at, head.len, "upwards", 7); // order of keys is beyond a schema
    return false;
}

static void both_refuse(void **state)
{
    (void)state;
    struct dirent **entries;
    int wrong = 0, files = 0, n = scandir(BROKEN, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        Str path = str_format(arena, BROKEN "/%s", entries[i]->d_name);
        Str text = str_ends(path, STR(".yaml")) ? read_file(arena, path.at) : STR_NONE;
        if (schema_finds(text)) {
            ROW_CHECK(wrong, !conforms(text, path.at, false), path.at, "expected %s",
                      "to be refused");
            files++;
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(files >= 15);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped), cmocka_unit_test(both_refuse)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
