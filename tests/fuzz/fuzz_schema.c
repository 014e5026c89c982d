// SPDX-License-Identifier: Apache-2.0
// JSON and JSON Schema: the input is `[schema, instance]`. What compiles judges, always the same
// way, with or without asking for the errors; text read is text written back.
#include "engine/schema/schema.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return 0;
}

static void judge(Arena *arena, json_t *schema, json_t *instance, bool formats)
{
    SchemaErrors errors = {0};
    SchemaOptions options = {.formats = formats};
    const Schema *compiled = schema_compile(arena, schema, &options, &errors);
    PROMISE(compiled || errors.len);
    if (compiled) {
        errors = (SchemaErrors){0};
        bool right = schema_validate(arena, compiled, instance, &errors);
        PROMISE(right == (errors.len == 0));
        PROMISE(right == schema_validate(arena, compiled, instance, NULL));
    }
    PROMISE(errors.len <= SCHEMA_ERRORS_MAX);
    for (size_t i = 0; i < errors.len; i++) {
        PROMISE(errors.at[i].keyword && errors.at[i].message.text.fr);
        message_text(arena, FR, &errors.at[i].message);
        message_text(arena, EN, &errors.at[i].message);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Fault fault = {0};
    json_t *pair = json_read(arena, (Str){(const char *)data, size}, &fault);
    if (pair) {
        Str text = json_text(arena, pair);
        json_t *again = json_read(arena, text, &fault);
        PROMISE(again && json_equal(pair, again));
        if (json_array_size(pair) == 2) {
            judge(arena, json_array_get(pair, 0), json_array_get(pair, 1), false);
            judge(arena, json_array_get(pair, 0), json_array_get(pair, 1), true);
        }
    }
    arena_free(arena);
    return 0;
}
