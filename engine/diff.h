// SPDX-License-Identifier: Apache-2.0
// Two versions of a workflow, told apart in sentences: what changes, for whom, where in the files.
#pragma once
#include "definition.h"

// What a change means for people, from what matters most.
typedef enum Weight {
    WEIGHT_LOST,     // somebody can do, see or reach less, or has more to give
    WEIGHT_DEADLINE, // a timed move: another delay or date
    WEIGHT_CHANGED,  // a condition, a target, an amount, an order
    WEIGHT_GAINED,   // something new
    WEIGHT_WORDING   // only words
} Weight;
extern const char *const weight_words[]; // "lost", "deadline", "changed", "gained", "wording"

typedef struct Change {
    Weight weight;
    const char *code; // stable: "state-removed", "guard"…
    bool in_old;      // `mark` is a place of the old file: what is gone stands nowhere in the new one
    Mark mark;
    Str sentence;     // in the language asked
} Change;
typedef struct Changes {
    const Change *at;
    size_t len;
} Changes;

// Every difference that people or the engine would notice, by weight, then by place. Things are the same when they have the same
// id; when only their title is the same they were renamed. Sentences are in `lang` and name things by their title.
Changes definition_diff(Arena *arena, const Definition *old, const Definition *new, Lang lang);

// A line "file:line:column: sentence" for each, under a heading for each weight; says so when there is nothing to say.
Str changes_text(Arena *arena, Str old_file, Str new_file, Lang lang, const Changes *changes);
// [{"weight", "code", "version": "old" or "new", "line", "column", "sentence"}]
json_t *changes_json(Arena *arena, const Changes *changes);
