// SPDX-License-Identifier: Apache-2.0
// The statechart law over sets: which states a transition leaves and enters, and which transition
// yields to which. Pure set arithmetic after SCXML appendix D
// (https://www.w3.org/TR/scxml/#AlgorithmforSCXMLInterpretation), whose procedure names the
// comments cite; what actions do and in which order events are taken is decide.c's. State ids
// follow document order and the descendants of s are the ids s+1 … end-1, so "descendant of" is a
// range of bits.
#pragma once
#include "definition.h"

// The words of a StateSet that this definition uses.
static inline size_t chart_words(const Definition *def)
{
    return (def->state_count + 63) / 64;
}

// D: isDescendant(a, b).
static inline bool chart_below(const Definition *def, StateId a, StateId b)
{
    return a > b && a < def->states[b].end;
}

static inline bool state_is_history(const State *s)
{
    return s->type == STATE_HISTORY_SHALLOW || s->type == STATE_HISTORY_DEEP;
}

// D: isAtomicState: without children.
static inline bool state_is_atomic(const State *s)
{
    return s->type == STATE_ATOMIC || s->type == STATE_FINAL;
}

// The first member at `from` or after it, or ID_NONE: `for (StateId s = set_next(&set, n, 0); s !=
// ID_NONE; s = set_next(&set, n, s + 1))`.
static inline StateId set_next(const StateSet *set, size_t words, size_t from)
{
    size_t w = from / 64;
    if (w >= words)
        return ID_NONE;
    uint64_t bits = set->w[w] & UINT64_MAX << (from % 64);
    while (!bits && ++w < words)
        bits = set->w[w];
    return bits ? (StateId)(w * 64 + (size_t)__builtin_ctzll(bits)) : ID_NONE;
}

// The last member before `before`, or ID_NONE: exit order is the reverse of document order.
static inline StateId set_previous(const StateSet *set, size_t before)
{
    if (before == 0)
        return ID_NONE;
    size_t w = (before - 1) / 64;
    uint64_t bits = set->w[w] & UINT64_MAX >> (63 - (before - 1) % 64);
    while (!bits && w > 0)
        bits = set->w[--w];
    return bits ? (StateId)(w * 64 + 63 - (size_t)__builtin_clzll(bits)) : ID_NONE;
}

static inline bool set_empty(const StateSet *set, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (set->w[w])
            return false;
    return true;
}

static inline bool set_meets(const StateSet *a, const StateSet *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (a->w[w] & b->w[w])
            return true;
    return false;
}

// D: computeExitSet. Adds to `exit` what `t` leaves: the active states below its domain; nothing
// when it has no target. `history` has a set for each of def->histories.
void chart_exit_set(const Definition *def, const StateSet *in, const StateSet *history,
                    const Transition *t, StateSet *exit);

// D: removeConflictingTransitions. Keeps of `enabled`, in place, those that may be taken together,
// descendants before ancestors, and returns how many.
size_t chart_resolve(const Definition *def, const StateSet *in, const StateSet *history,
                     TransitionId *enabled, size_t n);

// D: computeEntrySet. What a microstep enters; zero it, then add each transition.
typedef struct Entry {
    StateSet enter;     // D: statesToEnter
    StateSet initial;   // D: statesForDefaultEntry: their initial transition's actions run
    StateSet histories; // D: defaultHistoryContent: history states without a record, whose default
                        // actions run
} Entry;
void chart_entry_set(const Definition *def, const StateSet *history, const Transition *t,
                     Entry *entry);
// What chart_entry_set finds whatever the history; false when the history has a say.
bool chart_plan(const Definition *def, const Transition *t, Plan *ret);
// The same for the chart's own initial transition.
void chart_entry_start(const Definition *def, const StateSet *history, Entry *entry);

// D: exitStates, first loop. Does leaving `exit` record a history? Then chart_remember writes into
// `history` (def->history_count sets) what is remembered of `in`.
bool chart_remembers(const Definition *def, const StateSet *exit);
void chart_remember(const Definition *def, const StateSet *in, const StateSet *exit,
                    StateSet *history);

// D: isInFinalState.
bool chart_final(const Definition *def, const StateSet *in, StateId state);
