// SPDX-License-Identifier: Apache-2.0
// The table of keywords, and what its two columns of functions work on: a compiler when a schema is
// read, an Eval when an instance is checked.
#pragma once
#include "tree.h"
#include "messages.h"

typedef enum Shape { SHAPE_PLAIN, SHAPE_SCHEMA, SHAPE_LIST, SHAPE_MAP } Shape;

typedef struct Compiler Compiler;
typedef struct Eval Eval;

struct Keyword {
    const char *name;
    unsigned vocabulary; // any of them must be in use
    Shape shape;         // where subschemas stand in its value
    unsigned on;         // kinds of instance it speaks about; others pass
    // Reads rule->json into the rule. False: no rule, because it is wrong (told) or says nothing by
    // itself. NULL: nothing to read.
    bool (*read)(Compiler *c, Node *node, Rule *rule);
    // NULL: the keyword makes no rule; others read it.
    bool (*check)(Eval *e, const Rule *rule);
    bool late; // unevaluated*: says nothing when its siblings already failed
};

// In the order of checking: references first, what reads siblings behind them, unevaluated* last.
extern const Keyword keywords[];
extern const size_t keywords_len;

// --- Reading (compile.c)
struct Compiler {
    Arena *arena;
    const SchemaOptions *options;
    SchemaErrors *errors;
    VEC(Resource *) resources;
    VEC(Node *) nodes;
    struct NodeSlot *slots; // open addressing by (json, outer resource)
    size_t slots_cap;
    size_t depth, documents;
    bool failed, full;
};

// Tells what is wrong with a node's keyword; returns false.
bool compile_error(Compiler *c, const Node *node, const char *keyword, Sentence which,
                   const Str args[4]);

// The node of a subschema of `node`; all are known before any rule is read.
Node *compile_child(Compiler *c, const Node *node, json_t *json);

// The node that a reference leads to, or NULL (told). `dynamic` becomes the name of the dynamic
// anchor it hit, if any.
Node *compile_reference(Compiler *c, const Node *node, const char *keyword, Str ref, Str *dynamic);

// The rule of a keyword read before in the same node, or NULL.
const Rule *compile_sibling(const Node *node, const char *keyword);

bool read_kinds(Compiler *c, Node *node, Rule *rule);
bool read_any(Compiler *c, Node *node, Rule *rule);
bool read_array(Compiler *c, Node *node, Rule *rule);
bool read_number(Compiler *c, Node *node, Rule *rule);
bool read_positive(Compiler *c, Node *node, Rule *rule);
bool read_count(Compiler *c, Node *node, Rule *rule);
bool read_true(Compiler *c, Node *node, Rule *rule);
bool read_pattern(Compiler *c, Node *node, Rule *rule);
bool read_format(Compiler *c, Node *node, Rule *rule);
bool read_names(Compiler *c, Node *node, Rule *rule);
bool read_needs(Compiler *c, Node *node, Rule *rule);
bool read_node(Compiler *c, Node *node, Rule *rule);
bool read_nodes(Compiler *c, Node *node, Rule *rule);
bool read_members(Compiler *c, Node *node, Rule *rule);
bool read_patterns(Compiler *c, Node *node, Rule *rule);
bool read_rest(Compiler *c, Node *node, Rule *rule);
bool read_items(Compiler *c, Node *node, Rule *rule);
bool read_contains(Compiler *c, Node *node, Rule *rule);
bool read_choice(Compiler *c, Node *node, Rule *rule);
bool read_ref(Compiler *c, Node *node, Rule *rule);
bool read_dynamic_ref(Compiler *c, Node *node, Rule *rule);

// --- Checking (validate.c)
typedef struct Marks { // which members or items of the instance were evaluated
    uint64_t few, *bits;
    size_t len;
    bool all;
} Marks;

typedef struct Scope { // dynamic scope (core, 7.1): the resources entered, innermost first
    const Resource *resource;
    const struct Scope *outer;
} Scope;

typedef struct Spot { // where the instance is, and how that field is called
    Place place;
    Label title;
} Spot;

typedef struct Run {
    Arena *arena;
    SchemaErrors *errors; // NULL: nobody listens, the first problem ends it
    size_t steps, depth;
    bool limit;
    Matcher matcher;
} Run;

struct Eval { // one node on one value
    Run *run;
    const Node *node;
    json_t *value;
    Spot *spot;
    const Scope *scope;
    Marks *marks; // NULL: nobody asks
};

// Whether `value` conforms to `node`; evaluated members and items are added to `marks` (may be
// NULL) when it does.
bool eval(Run *run, const Node *node, json_t *value, Spot *spot, const Scope *scope, Marks *marks);

// --- The short way (flat.c)
typedef struct Flat Flat;
// Finds out whether a node, with all nodes below it read, has one.
void flat_compile(Arena *arena, Node *node);
// True: it conforms. False says nothing: the rules have to be asked.
bool flat_holds(Run *run, const Flat *flat, json_t *value);

// Tells a problem at the value, or at one of its members or items; returns false.
bool problem(Eval *e, const Rule *rule, Sentence which, Str a, Str b, Str c, Str d);
bool problem_at(Eval *e, Spot *spot, const char *keyword, Sentence which, Str a, Str b, Str c,
                Str d);

// Whether a text has a pattern. When that takes too long nothing can be said about the whole instance: false, told, and the
// run is at its limit, so that a `not` around it does not make it true.
bool matches(Eval *e, const Pattern *pattern, Str text);

void marks_set(Marks *marks, size_t index);
bool marks_has(const Marks *marks, size_t index);
void marks_all(Marks *marks);

bool check_kinds(Eval *e, const Rule *rule);
bool check_enum(Eval *e, const Rule *rule);
bool check_const(Eval *e, const Rule *rule);
bool check_multiple(Eval *e, const Rule *rule);
bool check_maximum(Eval *e, const Rule *rule);
bool check_below(Eval *e, const Rule *rule);
bool check_minimum(Eval *e, const Rule *rule);
bool check_above(Eval *e, const Rule *rule);
bool check_long(Eval *e, const Rule *rule);
bool check_short(Eval *e, const Rule *rule);
bool check_pattern(Eval *e, const Rule *rule);
bool check_format(Eval *e, const Rule *rule);
bool check_many_items(Eval *e, const Rule *rule);
bool check_few_items(Eval *e, const Rule *rule);
bool check_unique(Eval *e, const Rule *rule);
bool check_many_members(Eval *e, const Rule *rule);
bool check_few_members(Eval *e, const Rule *rule);
bool check_required(Eval *e, const Rule *rule);
bool check_needs(Eval *e, const Rule *rule);
bool check_ref(Eval *e, const Rule *rule);
bool check_dynamic_ref(Eval *e, const Rule *rule);
bool check_all_of(Eval *e, const Rule *rule);
bool check_any_of(Eval *e, const Rule *rule);
bool check_one_of(Eval *e, const Rule *rule);
bool check_not(Eval *e, const Rule *rule);
bool check_choice(Eval *e, const Rule *rule);
bool check_dependents(Eval *e, const Rule *rule);
bool check_prefix(Eval *e, const Rule *rule);
bool check_items(Eval *e, const Rule *rule);
bool check_contains(Eval *e, const Rule *rule);
bool check_members(Eval *e, const Rule *rule);
bool check_patterns(Eval *e, const Rule *rule);
bool check_rest(Eval *e, const Rule *rule);
bool check_member_names(Eval *e, const Rule *rule);
bool check_unevaluated_items(Eval *e, const Rule *rule);
bool check_unevaluated_members(Eval *e, const Rule *rule);
