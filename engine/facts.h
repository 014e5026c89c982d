// SPDX-License-Identifier: Apache-2.0
// The facts that guards read, and how raw rows of the store become them. The shell loads rows; the meaning is computed here.
//
//   now          timestamp
//   actor        {person, organisation: string, roles: list(string)}
//   event        {name: string, data}
//   call         {id, title: string, opens_at, closes_at, cutoff: timestamp (RFC 3339 text in JSON; cutoff is the next one),
//                 cutoffs: list(timestamp), amount, committed, remaining: int cents}
//   dossier      the answers, typed by the forms of the file
//   documents    {<document>: int, how many current versions}
//   application  {id, number: string, opened_at, filed_at: timestamp, requested: int cents}
//   reviews      {<grid>: {count, expected: int, mean, min, max, spread: double, diverges: bool,
//                 criteria: {<criterion>: double mean}, highest, green, orange, red: int (matrix)}}
//   decision     {made: bool, kind: string, amount: int cents, conditions: string}
//   agreement    {made: bool, amount: int cents, signatures: int, signed: bool}
//   instalments  {<instalment>: {amount: int cents, requested, approved, paid: bool, paid_amount: int cents}}
//   payments     {count: int, total: int cents, remaining: int cents}
//   measures     {<indicator>: {count, validated, contested: int, last: double, target: double}}
//   functions    In('state'), Was('state'), complete('form')
//
// What is not known yet is absent, so that a guard on it is false and not satisfied by a zero: a timestamp (not filed yet), mean,
// min, max, spread, highest and a criterion's mean (no review submitted), kind and amount of a decision or agreement not made,
// last and target of a measure. has(application.filed_at) tells.
//
// A review's value is the weighted mean of its scores, or the highest rank of its risk matrix (rank = probability × gravity,
// colour from the file's table); mean, min, max and spread (max - min) are over the values of submitted reviews.
#pragma once
#include "base/field.h"
#include "decide.h"

// The types of the slots for this definition's items: what cel_compile checks guards against. Written into `vars`
// (SLOT_VARS rows); `def` needs forms, documents, grids, indicators, instalments and dossier set.
void facts_types(Arena *arena, const Definition *def, CelVar vars[SLOT_VARS]);

// Raw rows -> slots. Each returns an object in the arena with a member for every item of the definition, also without rows.
// reviews: [{"grid", "person", "submitted": bool, "content": {"scores": {criterion: int}, …} or {"risks": [{probability, gravity}…]}}]
json_t *facts_reviews(Arena *arena, const Definition *def, const json_t *rows);
// documents: [{"kind"}] -> {"statutes": 1, "budget": 1}. A document of the dictionary has the kind "statutes", for all funders; one
// of the definition's own has "<definition id>/budget".
json_t *facts_documents(Arena *arena, const Definition *def, const json_t *rows);
// instalments: [{"instalment", "amount", "state": planned|requested|approved|paid, "paid"}]
json_t *facts_instalments(Arena *arena, const Definition *def, const json_t *rows);
// measures: [{"indicator", "value": number, "target": number?, "state": entered|validated|contested}] oldest first; `last` passes
// over contested ones.
json_t *facts_measures(Arena *arena, const Definition *def, const json_t *rows);

// The dossier's content as this definition reads it: shared members (of the dictionary) from the top, its own from the member
// named by the definition's id. And the reverse: a flat merge patch of answers -> a merge patch of the content.
// `fault` names the pointer of a member that no form of the definition knows.
json_t *answers_of(Arena *arena, const Definition *def, const json_t *content);
json_t *answers_patch(Arena *arena, const Definition *def, const json_t *patch, Fault *fault);
// True when the member is of the shared dictionary.
bool answer_shared(const Definition *def, Str member);

// Checks a review's content against its grid: {"scores": {criterion: value}, "comments": {criterion: text}} or {"risks": […]}.
// `complete` also asks every criterion and every required justification (a draft may lack them).
bool review_valid(Arena *arena, const Definition *def, ItemId grid, const json_t *content, bool complete, Faults *faults);

// Problems of one form, as complete('<form>') sees them: schema errors with pointers into the flat answers, and required documents
// missing, at "/documents/<id>". A required document that names no form is asked by every form.
bool form_complete(Arena *arena, const Definition *def, ItemId form, json_t *answers, const json_t *document_counts, SchemaErrors *errors);

// The agreement is signed once every role that the active states let sign has signed (`signed_by`: roles with a signature); the
// event agreement.signed is fired then, not by the signatures before.
bool facts_signed(const Definition *def, const Case *c, RoleSet signed_by);

// What the instalments of an agreement of `amount` cents come to by their shares (money_split: the parts add up to the amount).
// `ret` has a place for each of def->instalments. False when there are none.
bool facts_shares(Arena *arena, const Definition *def, int64_t amount, int64_t *ret);
