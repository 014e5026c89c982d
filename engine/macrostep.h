// SPDX-License-Identifier: Apache-2.0
// One decision in the making: what its guards read, what is queued, what was taken and what will
// happen. Shared by the files of decide() alone: scope.c evaluates, content.c runs actions,
// decide.c takes events, acts.c and explain.c say no.
#pragma once
#include "base/vec.h"
#include "chart.h"
#include "decide.h"

#define SYSTEM_BIT ((RoleSet)1 << ROLE_SYSTEM)

// An event in a queue. Data of kind CEL_ERROR: none.
typedef struct Queued {
    Str name;
    CelValue data;
} Queued;
typedef VEC(Queued) Queue;

// Bounds on what one decision may cost; beyond them it is refused (TOO_MANY_STEPS).
enum {
    ACTIONS_MAX = 10000,             // actions and guards in one macrostep
    ACTIONS_FULL = 300,              // of them, how many may take CEL_STEPS_DEFAULT steps
    ACTION_STEPS_LATER = 2000,       // … and the others; one that fails then ends the decision
    MACROSTEP_MEMORY_MAX = 16 << 20, // bytes of the arena
    VARIABLE_SIZE_MAX = 4096         // bytes of text in one variable of the chart
};

typedef struct Macrostep {
    Arena *arena;
    const Definition *def;
    const Actor *actor;
    const Facts *facts;
    Case at;       // where the chart stands now; history and vars are copied before the first write
    size_t words;  // chart_words(def)
    bool starting; // D: no external event is taken yet, so what is sent without delay becomes a
                   // timer
    bool by_person; // the event of this selection asks for a role
    bool stopped;   // D: running is false
    bool exhausted;

    CelValue *values;          // by slot, then the variables; NULL until something is evaluated
    uint64_t filled;           // slots that stand in `values`
    CelValue event_members[2]; // name, data: what `event` is made of
    json_t *event_data;        // data not yet read into `event_members`, or NULL
    const CelType *event_type;
    const EventName *event_name; // what is known of it when that was looked up, or NULL
    GuardHost host;
    uint32_t forms_asked, forms_complete; // bit by form: what complete() found

    Queue internal, external;
    size_t internal_at, external_at;
    uint32_t actions, microsteps;
    size_t memory_from;
    VEC(TransitionId) taken;
    VEC(TransitionId) complained; // eventless ones whose guard failed already
    VEC(Effect) effects;
} Macrostep;

// --- scope.c: what expressions read ---

void scope_start(Macrostep *m, Arena *arena, const Definition *def, const Case *c,
                 const Actor *actor, const Facts *facts);
// `event` is this one from now on, without data: m->event_data or m->event_members[1] take them. `type` may be NULL.
void scope_event(Macrostep *m, Str name, const CelType *type);
// The run for a program that reads these slots.
CelRun scope_run(Macrostep *m, uint64_t reads);
// D: conditionMatch. NULL holds. An error or a value that is no bool is false and sets `error`.
bool scope_holds(Macrostep *m, const CelProgram *guard, bool *error);
CelValue scope_value(Macrostep *m, const CelProgram *program);
// Members or one value, as Action and State keep them. False when an expression failed.
bool scope_payload(Macrostep *m, const Str *keys, const CelProgram *const *values, size_t n,
                   CelValue *ret);
// The variable `var` = value, or the member of it that `path` names. False when it does not fit.
bool scope_assign(Macrostep *m, ItemId var, const Str *path, size_t path_len, CelValue value);
// The chart's variables get their first values. False when an expression failed.
bool scope_variables(Macrostep *m);

// --- content.c: SCXML 4, executable content ---

// Runs one block. An error ends it and raises error.execution (4.10).
void content_run(Macrostep *m, const Block *block);
void content_raise(Macrostep *m, Str name, CelValue data);
void content_error(Macrostep *m);
// Timed transitions of a state that is entered or left.
void content_timers(Macrostep *m, StateId state, bool entered);
// An event that content_run sent with a delay: true when `event` is one, with the name and data it
// was sent with.
bool content_delivered(const Event *event, const Actor *actor, Str *name, json_t **data);

// --- decide.c ---

// Does a descriptor of `t` match, in this selection? Eventless transitions match no name.
static inline bool transition_eventless(const Transition *t)
{
    return t->event_count == 0 && t->timer.len == 0;
}
bool transition_matches(const Transition *t, Str name);

// --- explain.c ---

typedef VEC(Reason) Reasons;
enum { REASONS_MAX = 50 };
void reason_add(Arena *arena, Reasons *reasons, Reason reason);
// True when the state knows `name` and the actor's roles may fire it, guards aside.
bool explain_permits(Macrostep *m, Str name);
// Why nothing follows `name`: no such move, not their role, a guard. `asking`: its data are not
// known yet.
void explain_move(Macrostep *m, Str name, bool asking, Reasons *reasons);
// Why a guard is not true.
void explain_guard(Macrostep *m, const CelProgram *guard, bool asking, Reasons *reasons);
// Titles of roles, "Porteur, Instructeur".
Str explain_roles(Arena *arena, const Definition *def, RoleSet roles, Lang lang);

// --- needs.c ---

// Slots of facts_needed() that one program reads.
uint64_t needs_of(const Definition *def, const CelProgram *program);

// --- acts.c ---

// The field's own rules: adds why an act is refused, nothing when it is allowed.
void acts_check(Macrostep *m, const Event *event, Reasons *reasons);
// Slots that the rules read for the event of an act; 0 when no act fires it. `known` tells whether
// one does.
uint64_t acts_needed(const Definition *def, Str event, bool *known);
