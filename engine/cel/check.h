// SPDX-License-Identifier: Apache-2.0
// What the checker says to an author, apart from how it finds out. Every complain_*() sets the
// fault at a node and returns NULL, but for complain_division(), which returns a type when there is
// nothing to say.
#pragma once
#include "inside.h"

typedef struct Complaint {
    Arena *arena;
    Str source;
    CelFault *fault;
} Complaint;

const CelType *complain(Complaint *c, const Node *at, Message message);
const CelType *complain_name(Complaint *c, const Node *name, const CelEnv *env);
const CelType *complain_member(Complaint *c, const Node *select, const CelType *of);
const CelType *complain_no_members(Complaint *c, const Node *select, const CelType *of);
const CelType *complain_index(Complaint *c, const Node *node, const CelType *index);
const CelType *complain_call(Complaint *c, const Node *call);
const CelType *complain_count(Complaint *c, const Node *call, size_t wanted);
const CelType *complain_text_wanted(Complaint *c, const Node *call, const Node *arg);
const CelType *complain_function(Complaint *c, const Node *call, const CelEnv *env);
const CelType *complain_condition(Complaint *c, const Node *node, const CelType *type);
const CelType *complain_value(Complaint *c, const Node *literal, const CelType *type);
const CelType *complain_sides(Complaint *c, const Node *node, const Node *a, const Node *b);
const CelType *complain_in(Complaint *c, const Node *node, const CelType *where);
const CelType *complain_negate(Complaint *c, const Node *node, const CelType *type);
const CelType *complain_range(Complaint *c, const Node *node, const CelType *range);
// A whole-number division next to a double loses its fraction, which no author of a rate wants.
const CelType *complain_division(Complaint *c, const Node *node);

Str excerpt(Complaint *c, const Node *node); // the node's source, cut when it is long
const char *op_sign(Op op);

// remedy.c: what to write instead of `a op b`, STR_NONE when nothing is known.
Str remedy(Complaint *c, const Node *node, const Node *a, const Node *b);
// The name among names[n] that an author meant: the same thing's name elsewhere, or the nearest;
// STR_NONE when none is.
Str meant(Str name, const Str *names, size_t n);
