// SPDX-License-Identifier: Apache-2.0
// decide(): the one door. A state, an event, an actor and facts go in; an outcome comes out. Pure: reads no clock, no store.
#pragma once
#include "definition.h"

// Where one application stands. A value: decide() returns the next one and never changes its argument.
typedef struct Case {
    StateSet in;              // active states, ancestors included (not state 0); empty before start, the last ones when over
    StateSet was;             // every state ever entered
    const StateSet *history;  // recorded configuration per def->histories, in that order; NULL: nothing recorded
    const CelValue *vars;     // def->variable_count values
    uint32_t sends;           // delayed sends without an id so far: names the next one's timer
    bool over;                // a top-level final state was entered
} Case;

// JSON form: {"in": ["submission.draft"], "was": […], "history": {"<state>": […]}, "vars": {…}, "sends": 1, "over": true}; `in` lists
// atomic states by path, `was` and `history` states by path; members that say nothing are left out. Exact: what case_read makes of
// it equals the case. Values of variables that JSON cannot say are objects with one member: {"$timestamp": "…"}, {"$uint": "…"}….
Str case_text(Arena *arena, const Definition *def, const Case *c);
// False when the text does not fit the definition (a state that is not there).
bool case_read(Arena *arena, const Definition *def, Str text, Case *ret);
// The atomic (and final) states that are active, in document order; returns how many, at most `max` are written.
size_t case_atomic(const Definition *def, const Case *c, StateId *ret, size_t max);
Stage case_stage(const Definition *def, const Case *c); // of the last active atomic state that has one

// Acts fire these events, with the facts already as they would be after the act (the new row counted):
//   review.submitted {grid} · decision.recorded {kind, amount} · agreement.prepared {amount} · agreement.signed {}
//   instalment.requested {instalment} · instalment.approved {instalment} · payment.recorded {instalment, amount}
//   measure.recorded {indicator, value} · measure.validated | measure.contested {indicator, entered_by} · message.posted {}
// Beside `edit:`, decide() holds acts to the field's own rules: a decision to the file's kinds, floor, ceiling, rate cap and the
// call's remaining envelope; a request to its instalment's condition; a payment to what is left of an approved instalment;
// a validation to another person than the one who entered the measure; a review also to its grid's `by:`. Facts for these are in
// facts_needed(); call.remaining and paid_amount count the act already, so that below zero, or beyond the instalment, is refused.

// The order of a decision (SCXML appendix D). The event's transitions first; then, until nothing is left: eventless transitions,
// then internal events (raise, done.state.*, error.execution) one by one, then events sent without a delay one by one. So a send
// without delay is taken inside the same decide(), after the internal queue; during decide_start(), whose macrostep ends before
// any external event, it becomes a timer that is due at once.
//
// Timers. A timed transition's timer bears its event's name; a delayed send's is "send.<id>" and carries {"event", "data"}. Either
// way the shell fires, at `due`, an Event with the timer's name and data as ROLE_SYSTEM, and decide() knows what it means. A timer
// that no transition awaits any more is REFUSED, NO_SUCH_MOVE: forget it. Events of ROLE_SYSTEM, acts and internal events are not
// asked for `by:`.

// What happens. An act (act != THING_NONE: a review submitted, a payment recorded…) is allowed by `edit:` of the active
// states; anything else by the `by:` of a transition. `data` may be NULL.
typedef struct Event {
    Str name;
    json_t *data;
    Thing act;
    ItemId item; // the form, grid, instalment or indicator, or ID_NONE
} Event;

typedef struct Actor {
    Str person;       // stable id, empty for the system
    Str organisation; // may be empty
    RoleSet roles;    // held on this application, resolved by the shell
    Str behalf;       // stable id of whom they act for, or empty
} Actor;

// What guards may read. JSON objects are borrowed; NULL means "not loaded" and reading it is an error, so load what
// facts_needed() asks. Shapes are described in facts.h.
typedef struct Facts {
    Time now;
    json_t *slot[SLOT_VARS]; // by Slot; SLOT_NOW, SLOT_ACTOR, SLOT_EVENT are filled by decide() itself
    json_t *answers;         // the dossier's content as this definition reads it: validated by complete()
    json_t *document_counts; // {"statuts": 1, …}: counted by complete()
} Facts;

// Bit i set: slot i may be read when `event` is fired (guards of its transitions and of all that may follow at once:
// eventless, done and raised events, timers set on entry), and by the rules of an act. Never set for now, actor and event, which
// nobody loads. Bit 63: complete() is called.
#define NEEDS_COMPLETE (UINT64_C(1) << 63)
uint64_t facts_needed(const Definition *def, Str event);

typedef enum Verdict {
    REFUSED, // nothing changes; decide_why() says why
    STAYED,  // an act was allowed and no transition follows it
    MOVED    // one transition at least was taken
} Verdict;

typedef enum EffectKind {
    EFFECT_SEAL, EFFECT_UNSEAL,
    EFFECT_MAIL,         // item: the mail
    EFFECT_TIMER,        // name falls due at `due`; replaces one of the same name
    EFFECT_TIMER_CANCEL, // name
} EffectKind;
typedef struct Effect {
    EffectKind kind;
    ItemId item;
    Str name;      // of the timer, which is also the event to fire
    Time due;
    json_t *data;  // of a delayed send: {"event", "data"}; NULL otherwise
} Effect;

typedef struct Reason {
    enum { NO_SUCH_MOVE, NOT_YOUR_ROLE, GUARD_FALSE, INCOMPLETE, BAD_DATA, CASE_OVER, NOT_ALLOWED, TOO_MANY_STEPS } kind;
    Message message;
    Str pointer;   // INCOMPLETE, BAD_DATA: where, a JSON Pointer into the dossier or the data; else STR_NONE
} Reason;

typedef struct Outcome {
    Verdict verdict;
    Case next;
    const TransitionId *taken; size_t taken_count; // in the order taken, over all microsteps
    const Effect *effects;     size_t effect_count;
    const Reason *reasons;     size_t reason_count; // of a refusal, once decide_why() was asked; never empty then
} Outcome;

enum { MICROSTEPS_MAX = 1000 }; // a macrostep that takes more is refused (TOO_MANY_STEPS)

// Enters the initial configuration and runs to the end of the first macrostep.
Outcome decide_start(Arena *arena, const Definition *def, const Actor *actor, const Facts *facts);

// Decides what `event` does to `c`. Never fails: a forbidden move is an Outcome that says REFUSED. The outcome lives in
// `arena` and borrows from `c`, `event` and `facts` what did not change: write case_text() of `next` before they go.
Outcome decide(Arena *arena, const Definition *def, const Case *c, const Event *event, const Actor *actor, const Facts *facts);

// Why was it refused? Fills the reasons of what decide() gave for the very same arguments; does nothing to what was not refused.
// Apart, because finding words costs many times a decision and most refusals (a timer that came late, a move that is tried) are
// shown to nobody. decide_start() refuses for one reason only (TOO_MANY_STEPS) and tells it itself.
void decide_why(Arena *arena, const Definition *def, const Case *c, const Event *event, const Actor *actor, const Facts *facts,
                Outcome *refusal);

// May `roles` do `thing` on `item` (ID_NONE: any of them) in the active states? Deny by default.
bool may_edit(const Definition *def, const Case *c, Thing thing, ItemId item, RoleSet roles);
// The same of one answer of the dossier: by the section that it is set apart in, else by a form that asks it.
bool may_edit_answer(const Definition *def, const Case *c, Str answer, RoleSet roles);
// Is there a transition that `event` may fire for one of `roles`, guards aside?
bool may_fire(const Definition *def, const Case *c, Str event, RoleSet roles);
// Nobody judges what they carry: whoever holds a role on the dossier acts on it, and sees it, in roles on the dossier alone.
RoleSet roles_free_of_conflict(const Definition *def, RoleSet roles);

// May `roles` see `item` of `thing` (ID_NONE: any of them) in this case: by `sees:` of the role or `see:` of an active state? Without
// a case (NULL), in every state. Who sees the whole agreement sees its instalments and payments.
bool may_see(const Definition *def, const Case *c, Thing thing, ItemId item, RoleSet roles);
bool may_see_answer(const Definition *def, const Case *c, Str answer, RoleSet roles);

// May `roles` read what guards read at this path, "kind" of SLOT_DECISION? An empty member is all of the slot. A reviewer of a
// blind grid is told nothing of it.
bool fact_told(const Definition *def, const Case *c, size_t slot, Str member, RoleSet roles);

// What a place of a mail reads, "dossier.total": its slot and "total". SLOT_VARS: nothing that rights are about, such as a title.
size_t mail_slot(Str path, Str *member);

// What `roles` may know of something that happened, an act or not: its data as they may read it, NULL for none of it. `known` says
// whether they may know that it happened at all: a review tells how many there are.
json_t *event_told(Arena *arena, const Definition *def, const Case *c, Str event, json_t *data, RoleSet roles, bool *known);

// A move that a person could think of now: open, or closed with its reasons.
typedef struct Move {
    Str event;
    Label title;
    const EventDef *def;  // data it asks, or NULL
    StateId target;       // first target, or ID_NONE
    bool open;
    const Reason *reasons;
    size_t reason_count;
} Move;
// Every event with a `by:` that the active states know, in document order. Closed for others' roles too (reason NOT_YOUR_ROLE).
// Returns the array in the arena.
const Move *moves_of(Arena *arena, const Definition *def, const Case *c, const Actor *actor, const Facts *facts, size_t *count);
// Slots that moves_of would like loaded for this case.
uint64_t moves_needed(const Definition *def, const Case *c);
