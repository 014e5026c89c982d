// SPDX-License-Identifier: Apache-2.0
// Plays the official JSON Schema suite: `conformance_jsonschema DIR [FILE…]`, DIR having tests/ and
// remotes/. Prints the names that fail and "N passed, N failed". Without FILE it is the required
// part of 2020-12; a FILE under optional/format/ is played with formats asserted.
#include "engine/schema/schema.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#define REMOTE "http://localhost:1234/"

typedef struct Suite {
    const char *folder;
    Arena *arena;
    bool formats;
    size_t passed, failed;
} Suite;

static json_t *load(const char *path)
{
    json_error_t error;
    // The suite has U+0000 in texts; json_read refuses it, which is the door's business and not the
    // schema's.
    json_t *json = json_load_file(path, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!json)
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
    return json;
}

static json_t *remote(void *host, Str uri)
{
    Suite *suite = host;
    if (!str_starts(uri, STR(REMOTE)))
        return NULL;
    Str name = str_slice(uri, sizeof REMOTE - 1, uri.len);
    Str path = str_format(suite->arena, "%s/remotes/" STR_FMT, suite->folder, STR_ARG(name));
    return json_keep(suite->arena, load(path.at));
}

static void say_errors(Suite *suite, const SchemaErrors *errors)
{
    for (size_t i = 0; i < errors->len && i < 3; i++)
        printf("    " STR_FMT " %s " STR_FMT "\n", STR_ARG(errors->at[i].pointer),
               errors->at[i].keyword,
               STR_ARG(message_text(suite->arena, EN, &errors->at[i].message)));
}

static void play_test(Suite *suite, const char *file, json_t *group, const Schema *schema,
                      json_t *test)
{
    SchemaErrors errors = {0};
    json_t *data = json_at(test, "data");
    bool wanted = json_is_true(json_at(test, "valid"));
    bool loud = schema && schema_validate(suite->arena, schema, data, &errors);
    bool quiet = schema && schema_validate(suite->arena, schema, data, NULL);
    if (schema && loud == wanted && quiet == wanted && loud == (errors.len == 0)) {
        suite->passed++;
        return;
    }
    suite->failed++;
    printf("%s: %s: %s: expected %s%s\n", file, json_string_value(json_at(group, "description")),
           json_string_value(json_at(test, "description")), wanted ? "valid" : "invalid",
           !schema         ? " (the schema does not compile)"
           : loud != quiet ? " (and with errors it is not the same as without)"
                           : "");
    say_errors(suite, &errors);
}

static void play_group(Suite *suite, const char *file, json_t *group)
{
    SchemaErrors errors = {0};
    SchemaOptions options = {.resolve = remote, .host = suite, .formats = suite->formats};
    const Schema *schema =
        schema_compile(suite->arena, json_at(group, "schema"), &options, &errors);
    if (!schema)
        say_errors(suite, &errors);
    for (size_t i = 0; i < json_array_size(json_at(group, "tests")); i++)
        play_test(suite, file, group, schema, json_array_get(json_at(group, "tests"), i));
}

static void play_file(Suite *suite, const char *path)
{
    json_t *groups = load(path);
    if (!groups)
        exit(2);
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        play_group(suite, name, json_array_get(groups, i));
        arena_reset(suite->arena);
    }
    json_decref(groups);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s DIR [FILE...]\n", argv[0]);
        return 2;
    }
    Suite suite = {.folder = argv[1], .arena = arena_new()};
    for (int i = 2; i < argc; i++) {
        suite.formats = strstr(argv[i], "/optional/format/");
        play_file(&suite, argv[i]);
    }
    glob_t files = {0};
    Str pattern = str_format(suite.arena, "%s/tests/draft2020-12/*.json", suite.folder);
    if (argc == 2 && glob(pattern.at, 0, NULL, &files) != 0) {
        fprintf(stderr, "%s: no tests\n", pattern.at);
        arena_free(suite.arena);
        return 2;
    }
    for (size_t i = 0; i < files.gl_pathc; i++)
        play_file(&suite, files.gl_pathv[i]);
    globfree(&files);
    arena_free(suite.arena);
    printf("%zu passed, %zu failed\n", suite.passed, suite.failed);
    return suite.failed > 0;
}
