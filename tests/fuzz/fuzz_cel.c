// SPDX-License-Identifier: Apache-2.0
// CEL: the input is a source, compiled as a guard (strict) and as the specification has it, run and
// explained. The same program on the same values gives the same value, within its budgets.
#include "engine/cel/cel.h"
#include "fuzz.h"

static const CelMember member_rows[] = {
    {{"total", 5}, &cel_int, true},   {{"rate", 4}, &cel_double, true},
    {{"name", 4}, &cel_string, true}, {{"on", 2}, &cel_bool, true},
    {{"gone", 4}, &cel_int, true},    {{"tags", 4}, &cel_dyn, true},
};
static const CelType object = {.kind = CEL_MAP, .members = member_rows, .count = 6};
static const CelVar vars[] = {
    {"i", &cel_int},       {"d", &cel_double},   {"s", &cel_string},
    {"t", &cel_timestamp}, {"p", &cel_duration}, {"o", &object},
    {"r", &object},        {"j", &cel_dyn},      {"missing", &cel_dyn},
};
enum { VARS = sizeof vars / sizeof *vars };

static CelValue call_known(void *host, Arena *arena, const CelValue *args)
{
    (void)host, (void)arena;
    return (CelValue){.kind = CEL_BOOL, .boolean = args[0].text.len > 2};
}
static const CelFunction functions[] = {{"known", 1, &cel_bool, call_known, NULL}};

static CelValue values[VARS];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    static const char facts[] =
        "{\"total\": 120000, \"rate\": 0.7, \"name\": \"Jardin d'été\", \"on\": true, \"gone\": "
        "null, \"tags\": [\"a\", 1, 2.5, {\"k\": [null, true, 18446744073709551615.0]}]}";
    static Arena *forever;
    static CelValue members[6];
    Fault fault;
    forever = arena_new();
    json_t *json = json_read(forever, STR(facts), &fault);
    PROMISE(json);
    for (size_t i = 0; i < 6; i++)
        members[i] =
            cel_of_json(forever, json_at(json, member_rows[i].name.at), member_rows[i].type);
    members[4] = (CelValue){.kind = CEL_ERROR};
    values[0] = (CelValue){.kind = CEL_INT, .integer = 41};
    values[1] = (CelValue){.kind = CEL_DOUBLE, .number = -0.5};
    values[2] = (CelValue){.kind = CEL_STRING, .text = STR("é💧b,c")};
    values[3] = (CelValue){.kind = CEL_TIMESTAMP, .time = INT64_C(1700000000) * SECOND};
    values[4] = (CelValue){.kind = CEL_DURATION, .duration = 90 * SECOND};
    values[5] = cel_of_json(forever, json, &object);
    values[6] = cel_record(&object, members);
    values[7] = cel_of_json(forever, json, NULL);
    values[8] = (CelValue){.kind = CEL_ERROR};
    return 0;
}

static Str shown(Arena *arena, CelValue value)
{
    if (value.kind == CEL_ERROR)
        return value.error ? message_text(arena, EN, value.error) : STR("?");
    json_t *json = cel_to_json(arena, value);
    return json ? json_canonical(arena, json) : STR("");
}

static void path_seen(void *host, Str path)
{
    *(size_t *)host += path.len;
}

static void try(Str source, bool strict)
{
    Arena *arena = arena_new();
    CelEnv env = {.vars = vars,
                  .var_count = VARS,
                  .functions = functions,
                  .function_count = 1,
                  .strict = strict};
    CelFault fault = {.offset = SIZE_MAX};
    const CelProgram *program = cel_compile(arena, source, &env, &fault);
    if (!program) {
        PROMISE(fault.offset <= source.len && fault.message.text.fr && fault.message.text.en);
        message_text(arena, FR, &fault.message);
        arena_free(arena);
        return;
    }
    size_t paths = 0;
    cel_paths(program, path_seen, &paths);
    CelRun run = {.arena = arena, .vars = values, .steps = 20000};
    CelValue once = cel_eval(program, &run), twice = cel_eval(program, &run);
    bool is_true = once.kind == CEL_BOOL && once.boolean;
    PROMISE(once.kind == twice.kind);
    PROMISE(str_eq(shown(arena, once), shown(arena, twice)));
    PROMISE(cel_true(program, &run, NULL) == is_true);
    PROMISE(cel_constant(program) < 0 || once.kind != CEL_BOOL || cel_constant(program) == is_true);
    CelReason reasons[8];
    size_t n = cel_explain(program, &run, reasons, 8);
    PROMISE(n <= 8 && (!is_true || n == 0));
    for (size_t i = 0; i < n; i++)
        PROMISE(reasons[i].seen_count <= 6 && reasons[i].source.len <= source.len);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str source = {(const char *)data, size};
    try(source, true);
    try(source, false);
    return 0;
}
