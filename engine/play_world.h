// SPDX-License-Identifier: Apache-2.0
// One application in memory, with a clock of its own: what the store and the shell are to the
// engine, in small. Scenarios and random walks act on it; every change of state goes through
// decide(), with the facts as they would be after the act.
#pragma once
#include "base/vec.h"
#include "decide.h"
#include "facts.h"

typedef struct Timer {
    Str name;
    Time due;
    json_t *data;
    uint64_t order; // of setting, between timers due at once
} Timer;

// A decision that was accepted, and all that it was given.
typedef struct Decided {
    const Event *event; // NULL: the start
    const Actor *actor;
    const Facts *facts;
    const Outcome *outcome;
} Decided;

// JSON members are never changed in place: an act writes new ones into a copy of the world, which
// replaces it when allowed.
typedef struct World {
    Arena *arena;
    const Definition *def;
    Case c;
    Time now, opened_at, filed_at;
    json_t *call;            // given: opens_at, closes_at, cutoffs, amount, committed, …
    json_t *content;         // of the dossier, as stored
    json_t *filed;           // flat answers when last sealed, NULL before
    json_t *filed_documents; // rows of documents then
    bool sealed;
    json_t *documents, *reviews, *instalments, *measures; // raw rows as facts.h has them
    json_t *decision;                                     // {kind, amount, conditions, …} or NULL
    json_t *agreement;                                    // {amount} or NULL
    RoleSet signed_by;
    int signatures;
    bool agreed; // signed by all who may
    int payments;
    int64_t paid;
    VEC(Timer) timers;
    uint64_t timer_order;
    VEC(ItemId) mails;                                // sent since the caller last emptied it
    void (*seen)(void *host, const Decided *decided); // each accepted decision, or NULL
    void *host;
    bool explains; // refusals say why
} World;

// `given`: {call, dossier (flat answers), documents: {id: n}}. False when it names something that
// the definition does not know.
bool world_new(World *w, Arena *arena, const Definition *def, Time now, const json_t *given,
               Fault *fault);
Outcome world_start(World *w);

// Facts with the slots of `needs` loaded (decide.h: facts_needed, moves_needed).
Facts world_facts(World *w, uint64_t needs);
json_t *world_answers(World *w); // as guards read them: the filed ones while sealed

// Acts. Each answers as decide() does; a refusal changes nothing.
Outcome world_fire(World *w, const Actor *actor, Str event, json_t *data);
Outcome world_answer(World *w, const Actor *actor, const json_t *patch);
Outcome world_document(World *w, const Actor *actor, ItemId document);
Outcome world_review(World *w, const Actor *actor, ItemId grid, json_t *content);
Outcome world_decide(World *w, const Actor *actor, json_t *decision);
Outcome world_agree(World *w, const Actor *actor, int64_t amount);
Outcome world_sign(World *w, const Actor *actor);
Outcome world_request(World *w, const Actor *actor, ItemId instalment);
Outcome world_approve(World *w, const Actor *actor, ItemId instalment);
// `amount` < 0: all that is left of the instalment.
Outcome world_pay(World *w, const Actor *actor, ItemId instalment, int64_t amount);
Outcome world_measure(World *w, const Actor *actor, ItemId indicator, double value,
                      const json_t *target);
// Judges the newest measure of the indicator that is neither validated nor contested.
Outcome world_judge(World *w, const Actor *actor, ItemId indicator, bool valid);
Outcome world_message(World *w, const Actor *actor);

// When the next timer falls due, or TIME_NONE.
Time world_next(const World *w);
// Moves the clock, firing the timers due on the way, each at its own time. False after too many of
// them.
bool world_clock(World *w, Time to);
