// SPDX-License-Identifier: Apache-2.0
// Workflow text (YAML or JSON) -> Definition, or findings with file:line:column, a sentence, and what to write instead.
#pragma once
#include "definition.h"

// One thing to say about a workflow file. Errors forbid publication; warnings do not.
typedef struct Finding {
    bool error;
    const char *code;  // stable: "unknown-state", "unreachable", …
    Mark mark;
    Message message;   // what is wrong
    Message hint;      // what to write instead; text.fr NULL when there is nothing to add
    const Str *path;   // shortest sequence of moves that shows it, or none
    size_t path_len;
} Finding;
enum { FINDINGS_MAX = 200 };
typedef struct Findings {
    Finding *at;
    size_t len, cap;
    bool more;         // some were left out
} Findings;

// Adds a finding (at most FINDINGS_MAX are kept) and returns it, so that a hint and a path can be set.
Finding *finding_add(Arena *arena, Findings *findings, bool error, const char *code, Mark mark, Message message);

// Builds the definition. NULL when there is an error; findings may hold warnings on success. `text` is copied. `dictionary`
// is the text of the shared dictionary (YAML), whose members a form names with {$ref: "dictionary#/title"}.
// Size, depth, counts, aliases, tags and duplicate keys are refused before anything is built. Does not call check.
const Definition *definition_build(Arena *arena, Str text, Str dictionary, Findings *findings);

// "file:line:column: error: sentence; hint" lines in `lang`, sorted by place.
Str findings_text(Arena *arena, Str file, Lang lang, const Findings *findings);
json_t *findings_json(Arena *arena, Lang lang, const Findings *findings);
