// SPDX-License-Identifier: Apache-2.0
// Plays the conformance cases of cel-spec: conformance_cel CASES.jsonl [plain | core | strings |
// math]... One case a line, as written by the extractor of the conformance kit: expr, container,
// vars, and value or error. Values are tagged by kind. Prints the failing cases and "N passed, N
// failed"; without a group, core, strings and math. Plain is core without uint and bytes.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/cel/cel.h"

enum { LINE_MAX_BYTES = 1 << 20, VARS_MAX = 64 };

static Str base64_bytes(Arena *arena, Str text)
{
    Buf buf = {.arena = arena};
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < text.len && text.at[i] != '='; i++) {
        char c = text.at[i];
        int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 26
                    : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+'             ? 62
                                           : 63;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held >= 8) {
            held -= 8;
            buf_char(&buf, (char)(bits >> held));
        }
    }
    return buf_str(&buf);
}

static double double_of(const json_t *json)
{
    return json_is_string(json) ? strtod(json_string_value(json), NULL) : json_number_value(json);
}

static CelValue type_of(Str name)
{
    static const struct {
        const char *name;
        CelKind kind;
    } kinds[] = {{"null_type", CEL_NULL},
                 {"bool", CEL_BOOL},
                 {"int", CEL_INT},
                 {"uint", CEL_UINT},
                 {"double", CEL_DOUBLE},
                 {"string", CEL_STRING},
                 {"bytes", CEL_BYTES},
                 {"google.protobuf.Timestamp", CEL_TIMESTAMP},
                 {"google.protobuf.Duration", CEL_DURATION},
                 {"list", CEL_LIST},
                 {"map", CEL_MAP},
                 {"type", CEL_TYPE}};
    CelValue value = {.kind = CEL_TYPE, .integer = CEL_ERROR};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(name, kinds[i].name))
            value.integer = kinds[i].kind;
    return value;
}

static CelValue value_of(Arena *arena, const json_t *tagged);

static CelValue list_of(Arena *arena, const json_t *json)
{
    size_t n = json_array_size(json);
    CelValue *items = arena_array(arena, CelValue, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = value_of(arena, json_array_get(json, i));
    return cel_list(arena, items, n);
}

static CelValue map_of(Arena *arena, const json_t *json)
{
    size_t n = json_array_size(json);
    CelValue *keys = arena_array(arena, CelValue, n + 1),
             *values = arena_array(arena, CelValue, n + 1);
    for (size_t i = 0; i < n; i++) {
        keys[i] = value_of(arena, json_array_get(json_array_get(json, i), 0));
        values[i] = value_of(arena, json_array_get(json_array_get(json, i), 1));
    }
    return cel_map(arena, keys, values, n);
}

// {"int": "1"} and its like.
static CelValue value_of(Arena *arena, const json_t *tagged)
{
    const json_t *json;
    if ((json = json_at(tagged, "int")))
        return (CelValue){.kind = CEL_INT, .integer = strtoll(json_string_value(json), NULL, 10)};
    if ((json = json_at(tagged, "uint")))
        return (CelValue){.kind = CEL_UINT, .uint = strtoull(json_string_value(json), NULL, 10)};
    if ((json = json_at(tagged, "double")))
        return (CelValue){.kind = CEL_DOUBLE, .number = double_of(json)};
    if ((json = json_at(tagged, "string")))
        return (CelValue){.kind = CEL_STRING, .text = json_str(json)};
    if ((json = json_at(tagged, "bool")))
        return (CelValue){.kind = CEL_BOOL, .boolean = json_is_true(json)};
    if ((json = json_at(tagged, "bytes")))
        return (CelValue){.kind = CEL_BYTES, .text = base64_bytes(arena, json_str(json))};
    if ((json = json_at(tagged, "type")))
        return type_of(json_str(json));
    if ((json = json_at(tagged, "list")))
        return list_of(arena, json);
    if ((json = json_at(tagged, "map")))
        return map_of(arena, json);
    return (CelValue){.kind = CEL_NULL};
}

// Kinds must agree, which cel_equal leaves open between numbers.
static bool is_same(CelValue came, CelValue expected)
{
    if (came.kind != expected.kind)
        return false;
    if (came.kind == CEL_DOUBLE && isnan(came.number))
        return isnan(expected.number);
    return cel_equal(came, expected);
}

static bool plays(Arena *arena, const json_t *row, Str *came)
{
    CelVar vars[VARS_MAX];
    CelValue values[VARS_MAX];
    CelEnv env = {.vars = vars, .container = json_str(json_at(row, "container"))};
    const char *name;
    json_t *tagged, *bound = json_at(row, "vars");
    json_object_foreach(bound, name, tagged)
    {
        vars[env.var_count] = (CelVar){name, &cel_dyn};
        values[env.var_count++] = value_of(arena, tagged);
    }
    CelFault fault;
    const CelProgram *program = cel_compile(arena, json_str(json_at(row, "expr")), &env, &fault);
    if (!program) {
        *came = message_text(arena, EN, &fault.message);
        return json_at(row, "error") != NULL;
    }
    CelValue value = cel_eval(program, &(CelRun){.arena = arena, .vars = values});
    *came = value.kind == CEL_ERROR ? message_text(arena, EN, value.error)
                                    : json_text(arena, cel_to_json(arena, value));
    if (json_at(row, "error"))
        return value.kind == CEL_ERROR;
    return is_same(value, value_of(arena, json_at(row, "value")));
}

static bool needs(const json_t *row, const char *what)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_at(row, "needs"), i, item)
    {
        if (str_is(json_str(item), what))
            return true;
    }
    return false;
}

static bool is_in(const json_t *row, const char *group)
{
    bool core = str_is(json_str(json_at(row, "kind")), "core");
    if (strcmp(group, "plain") == 0)
        return core && !needs(row, "uint") && !needs(row, "bytes");
    if (strcmp(group, "core") == 0)
        return core;
    const char *section = strcmp(group, "strings") == 0 ? "string_ext/" : "math_ext/";
    return !core && (strcmp(group, "strings") == 0 || strcmp(group, "math") == 0) &&
           str_starts(json_str(json_at(row, "section")), str_of(section));
}

int main(int argc, char **argv)
{
    static char line[LINE_MAX_BYTES];
    static char *all[] = {"core", "strings", "math"};
    char **groups = argc > 2 ? argv + 2 : all;
    size_t group_count = argc > 2 ? (size_t)argc - 2 : 3, passed = 0, failed = 0;
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!file) {
        fprintf(stderr, "usage: conformance_cel CASES.jsonl [plain | core | strings | math]...\n");
        return 2;
    }
    Arena *arena = arena_new();
    while (fgets(line, sizeof line, file)) {
        arena_reset(arena);
        // The cases hold U+0000 in texts and doubles beyond 64 bits written whole, which json_read
        // rightly refuses.
        json_t *row =
            json_keep(arena, json_loads(line, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL));
        bool wanted = false;
        for (size_t i = 0; i < group_count; i++)
            wanted |= is_in(row, groups[i]);
        Str came = STR_NONE;
        if (!wanted)
            continue;
        bool ok = plays(arena, row, &came);
        passed += ok;
        failed += !ok;
        if (!ok)
            printf("%s/%s: %s\n    came: " STR_FMT "\n", json_string_value(json_at(row, "section")),
                   json_string_value(json_at(row, "name")), json_string_value(json_at(row, "expr")),
                   STR_ARG(came));
    }
    fclose(file);
    arena_free(arena);
    printf("%zu passed, %zu failed\n", passed, failed);
    if (passed + failed == 0)
        fprintf(stderr, "%s: no cases\n", argv[1]);
    return failed > 0 || passed == 0;
}
