// SPDX-License-Identifier: Apache-2.0
// What the files diff*.c share: which rows of two versions are the same thing, and saying so.
#pragma once
#include "base/vec.h"
#include "chart.h"
#include "diff.h"
#include "words.h"

// By index of one version the index in the other, or ID_NONE.
typedef struct Pairs {
    uint16_t *new_of, *old_of;
    size_t old_count, new_count;
} Pairs;

typedef struct Diff {
    Arena *arena;
    const Definition *old, *new;
    Lang lang;
    Pairs states, roles, forms, sections, documents, grids, indicators, mails, instalments, events, variables;
    Pairs transitions;
    Pairs decision, agreement; // their parts
    VEC(Change) changes;
} Diff;

void diff_say(Diff *d, Weight weight, const char *code, Mark mark, Message message);     // a place in the new file
void diff_say_old(Diff *d, Weight weight, const char *code, Mark mark, Message message); // in the old one

// The title, or the id when there is none.
Str diff_name(const Diff *d, Label title, Str id);
// "Porteur, Instructrice"; `nobody` when the set is empty.
Str diff_roles(const Diff *d, const Definition *def, RoleSet roles);
RoleSet diff_roles_now(const Diff *d, RoleSet old); // the same roles in the new version, those that are still there
// "{what} : {new} (avant : {old})" when the two texts differ; empty texts are shown as "rien".
void diff_texts(Diff *d, const char *code, Mark mark, Str what, Text member, Str old, Str new);
void diff_numbers(Diff *d, const char *code, Mark mark, Str what, Text member, int64_t old, int64_t new);
Str diff_source(const CelProgram *program); // empty for none
Str diff_actions(const Diff *d, const Definition *def, Block block);
bool diff_same_label(Label a, Label b);

void diff_pair(Diff *d);        // diff_pair.c: fills the Pairs
void diff_chart(Diff *d);       // diff_chart.c: states, moves, timers
void diff_rights(Diff *d);      // diff_rights.c: who edits, sees and fires
void diff_items(Diff *d);       // diff_items.c: forms, documents, grids, money, mails
void diff_schema(Diff *d, Mark mark, Str what, const json_t *old, const json_t *new); // diff_schema.c
