// SPDX-License-Identifier: Apache-2.0
// A running application under a new version of its workflow: where it lands, which deadlines go on, and what people lose by it.
// Pure, as decide() is. Nothing is fired: no action runs, no mail leaves, no transition is taken on landing; what stands there is
// taken with the next event.
#pragma once
#include "base/field.h"
#include "decide.h"

// How the old version's names are to be read in the new one.
//   {"states": {"filed": "received"}, "variables": {"rounds": "turns"}, "deadlines": "keep"}
// A state that is not named lands in the state with its id, else inside the nearest ancestor that is named; else nowhere. A
// compound or parallel target is entered as a move to it would. A variable that is not named keeps its value under its name. A
// deadline that runs stays frozen: its date is kept though the new version counts otherwise; "restart" counts it anew.
typedef struct Mapping {
    const Definition *old, *new;
    const StateId *states;  // by old state: where it lands by itself, or ID_NONE
    const bool *named;      // by old state: the mapping says so
    const ItemId *variables;// by new variable: the old one whose value it takes, or ID_NONE
    bool restart;
} Mapping;

// Reads a mapping (NULL: nothing is named). False with every problem in `faults`, each with its pointer under `at`.
bool mapping_read(Arena *arena, const json_t *json, Str at, const Definition *old, const Definition *new, Mapping *ret,
                  Faults *faults);

typedef struct Timer { // one that runs, or is to run
    Str name;
    Time due;
    json_t *data;
} Timer;

typedef enum LossKind {
    LOSS_PLACE,    // it lands nowhere, ends, or begins again
    LOSS_RIGHT,    // a role could do this before and cannot now
    LOSS_DEADLINE, // a deadline falls away, comes up, or moves; or stays though the rule is another
    LOSS_VALUE     // a variable's value is not carried over
} LossKind;
extern const char *const loss_words[]; // "place", "right", "deadline", "value"
typedef struct Loss {
    LossKind kind;
    Str sentence;
} Loss;

typedef struct Landing {
    bool lands;  // false: there is no next case, and losses say why
    Case next;
    const Timer *timers; size_t timer_count; // all that run from now on
    const Loss *losses;  size_t loss_count;
} Landing;

// What becomes of `c`, whose `timers` run. Facts are those of the new version, of migration_needs(); sentences are in `lang`.
// Everything lives in the arena and may borrow from `c` and `timers`.
Landing migrate(Arena *arena, const Mapping *mapping, const Case *c, const Timer *timers, size_t timer_count, const Facts *facts,
                  Lang lang);
// Slots that migrate() reads: of dates and first values of variables.
uint64_t migration_needs(const Definition *new);
