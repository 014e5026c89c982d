// SPDX-License-Identifier: Apache-2.0
// What the files play_*.c share.
#pragma once
#include "play.h"
#include "play_world.h"
#include "yaml.h"

// --- play_world.c ---
json_t *document_row(const Document *document, const Definition *def);
// Decides `event` with the facts of `after`, and lets `after` replace `w` when it is accepted.
Outcome world_apply(World *w, World *after, const Actor *actor, const Event *event);

// --- play_read.c: a scenario file -> steps ---
typedef enum StepKind {
    STEP_LOOK, // nothing is done: only checks
    STEP_FIRE,
    STEP_CLOCK,
    STEP_WAIT,
    STEP_ANSWER,
    STEP_DOCUMENT,
    STEP_REVIEW,
    STEP_DECISION,
    STEP_AGREEMENT,
    STEP_SIGN,
    STEP_REQUEST,
    STEP_APPROVE,
    STEP_PAY,
    STEP_MEASURE,
    STEP_VALIDATE,
    STEP_CONTEST,
    STEP_MESSAGE,
    STEP_KINDS
} StepKind;

enum { REFUSED_NOT = -2, REFUSED_ANY = -1 }; // or a kind of Reason
typedef struct Step {
    StepKind kind;
    Mark mark;
    Actor actor;
    Str name; // of the event
    ItemId item;
    json_t *data; // of the event; the patch, the content, the decision, the target of a measure
    Time time;
    Duration wait;
    int64_t amount; // -1: not given
    double value;
    // what is expected
    bool checks_states, checks_mails, checks_open;
    StateSet states;
    int refused;
    const ItemId *mails;
    size_t mail_count;
    int sealed; // -1: any
    const Str *open, *closed;
    size_t open_count, closed_count;
} Step;
typedef struct Scenario {
    Str title;
    Mark mark;
    Time now;
    json_t *given;
    const Step *steps;
    size_t step_count;
} Scenario;
typedef struct Script {
    const Scenario *at;
    size_t len;
} Script;
// False when an error was found.
bool script_read(Arena *arena, const Definition *def, Str text, Script *ret, Findings *findings);

// --- play_history.c ---
typedef struct Record {
    Str event; // JSON: all that decide() was given beside the case
    Str after; // what came of it: the case and its effects
} Record;
typedef VEC(Record) History;
Record record_of(Arena *arena, const Definition *def, const Decided *decided);
// Folds as long as each event comes out as recorded: history->len when all do. `ret` is the case's text there, in the arena.
size_t history_fold(Arena *arena, const Definition *def, const History *history, Str *ret);

// --- play_random.c ---
// play_random(), with a hand on each history before it is folded: to see that a fold can fail.
typedef void (*Spoil)(void *host, Arena *arena, History *history);
WalkReport play_spoiled(Arena *arena, const Definition *def, uint64_t seed, uint32_t paths,
                        uint32_t length, Spoil spoil, void *host);
// SCXML 3.11: one child of an active compound, all of a parallel, none without its parent, never a
// history state; and what is active was entered.
bool case_legal(const Definition *def, const Case *c);

// --- play_values.c: chance ---
typedef struct Chance {
    uint64_t s[4];
    uint64_t
        noise; // one value in so many is anything at all; 0: values conform as far as chance knows
} Chance;
Chance chance_new(uint64_t seed);
uint64_t chance_next(Chance *chance);
uint64_t chance_below(Chance *chance, uint64_t n); // 0 … n-1; 0 for n == 0
bool chance_one_in(Chance *chance, uint64_t n);
// A value guided by the schema; a new reference.
json_t *chance_value(Chance *chance, const json_t *schema, int depth);
// play_pattern.c: a text that a regular expression of forms matches (alternatives, classes, groups,
// quantifiers, \d \w \s; not lookaround nor back references). At most `max` bytes are written;
// returns how many.
size_t chance_pattern(Chance *chance, Str pattern, char *ret, size_t max);
