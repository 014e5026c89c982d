// SPDX-License-Identifier: Apache-2.0
// The places that a chart can be in, with guards unknown: check_explore.c finds them, check.c judges them.
#pragma once
#include "base/vec.h"
#include "chart.h"
#include "check.h"

enum {
    PLACES_MAX = 10000,
    STEPS_MAX = 60000,
    WORK_MAX = 3000000, // transitions looked at, and the like: what keeps any file below 100 ms
    OPTIONS_MAX = 32,
    COMBINATIONS_MAX = 128
};
#define PLACE_NONE UINT32_MAX

// A configuration, with what it remembers and which promises' states were visited on the way.
typedef struct Place {
    StateSet in;
    const StateSet *history; // def->history_count sets
    uint64_t seen;           // bit i: promise i (always) has its `was`
    uint32_t parent;         // on a shortest way from the start; PLACE_NONE there
    Str move;                // the event that led here from `parent`
    uint32_t rest;           // where it goes by itself when no guard holds, or PLACE_NONE when it stays
    uint32_t steps;          // that leave it or stay in it
    bool over;
} Place;
typedef struct Edge {
    uint32_t from, to;
} Edge;

// What may make an event happen beside a person.
typedef enum Cause { CAUSE_NONE, CAUSE_ALWAYS, CAUSE_ACT, CAUSE_DONE } Cause;
typedef struct EventRow {
    Str name;
    Cause cause;
    Thing thing;   // CAUSE_ACT
    StateId state; // CAUSE_DONE: this one, or ID_NONE for any
    StateSet answering; // states with a transition that it may take
} EventRow;

// What one active atomic state may take.
typedef struct Choice {
    TransitionId options[OPTIONS_MAX];
    size_t len;
    bool none; // it may also take nothing
} Choice;

typedef struct Explore {
    Arena *arena;
    const Definition *def;
    size_t words;
    VEC(Place) places;
    VEC(Edge) edges;
    uint32_t *table; // of places, by hash
    VEC(EventRow) events;
    uint16_t *event_rows; // by row of def->index: its row here plus one
    const uint16_t **events_of; // by transition: its rows, event_count of them
    bool raises_any;
    VEC(Str) raised;
    StateSet visited;
    bool *taken;     // by transition
    Choice *choices; // of the place at hand
    size_t choice_count;
    TransitionId *active, *known; // of the place at hand: all, and those of the event at hand
    bool *rows;                   // of events that some active transition awaits
    StateSet *history;            // what a step remembers, until its place turns out to be new
    size_t steps, work;
    bool stopped;    // a bound was met: what was not found may still exist
} Explore;

// Finds every place from the start.
void explore(Explore *x, Arena *arena, const Definition *def);
// A guard that is absent or always true.
bool is_open(const Transition *t);
// May some role do this act in a place?
bool act_possible(const Definition *def, const StateSet *in, Thing thing);

// What check.c and its helpers share.
typedef struct Check {
    Arena *arena;
    const Definition *def;
    Findings *findings;
    Explore *explore;
    uint32_t *first, *edges, *todo; // of can_reach: edges by where they lead
    bool failed;
} Check;

// An error (a warning for a chart from elsewhere), with the moves that lead to `place` as its path (PLACE_NONE: none).
Finding *check_fail(Check *c, const char *code, Mark mark, uint32_t place, Message message);
Finding *check_warn(Check *c, const char *code, Mark mark, Message message);
// Marks the places from which one of `goals` (by place) can be reached, goals included.
bool *can_reach(Check *c, const bool *goals);

void check_promises(Check *c); // check_promises.c
void check_use(Check *c);      // check_use.c: roles and items without use, constant guards
void check_sight(Check *c);    // check_sight.c: sections that nobody reads, mails that tell what their readers do not see
void check_forms(Check *c);    // check_forms.c: what is asked before anyone may write it
