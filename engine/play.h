// SPDX-License-Identifier: Apache-2.0
// Scenarios: given / when / then on the engine alone, with a clock of their own. The same files are played over HTTP by
// tests/api/scenarios.py; the format is described in workflows/README.md.
#pragma once
#include "build.h"
#include "decide.h"

typedef struct PlayLine { // what one scenario said
    Str title;
    bool passed;
    Str failure;          // "line 12: expected state evaluation.reading, came submission.draft (…)"
} PlayLine;
typedef struct PlayReport {
    const PlayLine *at;
    size_t len, passed;
} PlayReport;

// Plays every scenario of a YAML text. False when the text itself is wrong (findings say where).
bool play_text(Arena *arena, const Definition *def, Str scenario, Lang lang, PlayReport *ret, Findings *findings);

typedef struct WalkReport {
    uint64_t steps, moved, refused;
    uint64_t hash;           // of every state reached: the same seed gives the same hash
    StateSet visited;
    const bool *taken;       // per transition
    bool sound;              // every configuration was legal and its text form read back equal
    uint64_t recorded;       // events in the histories of all walks
    bool folds;              // the fold of each history is the state, at each of its events and at its end
} WalkReport;
// Each walk keeps its history as a store would, one text an event: what happened, who did it in which roles, when, and the facts
// that decide() was given. Its fold is what the law makes of these texts alone: decide_start() on the first, decide() on each one
// after, every decision on the case that came of the one before. State and effects must come out the same, byte for byte.
//
// `paths` random walks of at most `length` events from `seed`, with random roles and facts.
WalkReport play_random(Arena *arena, const Definition *def, uint64_t seed, uint32_t paths, uint32_t length);
