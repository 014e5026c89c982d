// SPDX-License-Identifier: Apache-2.0
// Workflow text: anything is either built, or refused with an error that has a sentence; what is
// built can be proved, drawn, tabulated and told.
#include "engine/check.h"
#include "engine/draw.h"
#include "fuzz.h"

static Str dictionary;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    static Arena *forever;
    forever = arena_new();
    dictionary = file_text(forever, "workflows/dictionary.yaml");
    return 0;
}

static bool says_error(const Findings *findings)
{
    for (size_t i = 0; i < findings->len; i++)
        if (findings->at[i].error)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Findings findings = {0};
    const Definition *def =
        definition_build(arena, (Str){(const char *)data, size}, dictionary, &findings);
    PROMISE(def || says_error(&findings) || findings.more);
    if (def) {
        definition_check(arena, def, &findings);
        definition_json(arena, def);
        draw_dot(arena, def, FR);
        table_of(arena, def, EN, TABLE_JSON);
    }
    PROMISE(findings.len <= FINDINGS_MAX);
    Str fr = findings_text(arena, STR("file.yaml"), FR, &findings),
        en = findings_text(arena, STR("file.yaml"), EN, &findings);
    PROMISE(findings.len == 0 || (fr.len && en.len));
    arena_free(arena);
    return 0;
}
