// SPDX-License-Identifier: Apache-2.0
// What the files build_*.c share: the definition under construction, and the reading of nodes with findings.
#pragma once
#include "base/vec.h"
#include "build.h"
#include "yaml.h"

typedef VEC(Str) Names;
typedef struct Builder {
    Arena *arena;
    Findings *findings;
    Definition *def;        // rows are set section by section; readable by the sections that follow
    const Node *root;       // of the workflow
    const Node *dictionary; // NULL when there is none
    bool strict;            // `strict: false` marks a chart converted from elsewhere
    bool failed;            // an error was found
    size_t hints;           // nearest names looked for, so that a hostile file cannot ask for too many
    size_t expanded;        // nodes copied by $ref
    size_t descriptors;     // of all transitions

    State *states;          // the same rows as def->states, while they are written
    const Node **nodes;     // the node of each state; NULL for the chart itself
    Variable *variables;    // the same rows as def->variables
    Names raised;           // events that actions raise or send by name
    bool raises_any;        // … or by an expression
    Names loop_vars;        // names that foreach declares
} Builder;

// --- build_read.c: findings and nodes -------------------------------------------------------------------------------------

// Adds an error (or a warning) and returns false, for `return fail(…)`.
bool fail(Builder *b, const char *code, Mark mark, Message message);
void warn(Builder *b, const char *code, Mark mark, Message message);
// An error about a name that is not there, with the nearest of `names` as its hint.
bool fail_near(Builder *b, const char *code, Mark mark, Message message, Str name, const Str *names, size_t n);
// Looking for names costs: false once enough hints were given, and `n` may then be 0.
bool hints_left(const Builder *b);
// An error about a value of the wrong type: `wanted` says which.
bool fail_type(Builder *b, const Node *node, Text wanted);

// A finding for each key of `map` that `keys` (NULL-terminated) does not list. False, with a finding, when it is no mapping.
bool keys_known(Builder *b, const Node *map, const char *const *keys);
// The section is a mapping: NULL without a finding when absent (or null), with one when it is something else.
const Node *map_at(Builder *b, const Node *map, const char *key);
// False with a finding when an identifier is not one.
bool id_valid(Builder *b, Str id, Mark mark);

// Readers of members: the default is returned when absent, with a finding when wrong.
Str read_text(Builder *b, const Node *map, const char *key);
bool read_bool(Builder *b, const Node *map, const char *key, bool otherwise);
int64_t read_int(Builder *b, const Node *map, const char *key, int64_t low, int64_t high, int64_t otherwise);
// A number as thousandths' tenths: basis points of a percentage ("70" is 7000).
int32_t read_percent(Builder *b, const Node *map, const char *key, bool *given);
Label read_label_node(Builder *b, const Node *node);
// The title of a row; without one its id, and a warning in a strict file.
Label read_title(Builder *b, const Node *map, Str id, Mark mark);
// Index of the word among `words` (NULL-terminated), or -1 with a finding.
int read_word(Builder *b, const Node *node, const char *const *words);

// A list, or one value that stands for a list of one: its length and its items.
size_t list_len(const Node *node);
const Node *list_item(const Node *node, size_t i);
// The node's text when it is a non-empty string, else STR_NONE with a finding.
Str string_of(Builder *b, const Node *node);

// The set of roles that a node (one or a list) names.
RoleSet read_roles(Builder *b, const Node *node);
// The index of `name` in a table of rows whose first member is their Str id, or ID_NONE.
ItemId row_index(const void *rows, size_t count, size_t size, Str name);
// The same with a finding: `what` is the sentence with {0} for the name.
ItemId row_named(Builder *b, const void *rows, size_t count, size_t size, const Node *node, const char *code, Text what);
#define ROW_NAMED(b, rows, count, node, code, what) row_named((b), (rows), (count), sizeof *(rows), (node), (code), (what))
// Counts rows against a limit; false with a finding beyond it.
bool rows_fit(Builder *b, const Node *map, size_t max, Text what);

// --- sections: each reads its part of the file into def -------------------------------------------------------------------
void build_roles(Builder *b);       // build_roles.c: roles, without `sees`
void build_sees(Builder *b);        // … once what is seen is known
void build_documents(Builder *b);   // build_items.c
void build_sections(Builder *b);    // build_sections.c: what is set apart of forms and documents
void build_indicators(Builder *b);
void build_mails(Builder *b);
void build_decision(Builder *b);
void build_grids(Builder *b);       // build_grids.c
void build_forms(Builder *b);       // build_forms.c: forms, the dossier's type, shared members
void build_events(Builder *b);      // … and data of events, JSON Schemas too
void scan_actions(Builder *b);      // build_guards.c: the events that actions raise, the variables of their loops
void build_env(Builder *b);         // what expressions may name
void build_variables(Builder *b);   // initial values
void build_instalments(Builder *b); // build_funding.c: ids, titles and shares; conditions wait for the environment
void build_conditions(Builder *b);
void build_states(Builder *b);      // build_states.c: the tree
void build_moves(Builder *b);       // build_moves.c: transitions
void build_contents(Builder *b);    // build_actions.c: entry, exit, done data, initial actions
void build_promises(Builder *b);    // build_states.c
void build_index(Builder *b);       // index.c, last: it reads what the others made

// A JSON Schema with $ref resolved: `#/…` in `root`, `dictionary#/…` in the dictionary. NULL with a finding.
json_t *expand_schema(Builder *b, const Node *node, const Node *root);
const Schema *compile_schema(Builder *b, const Node *node, json_t *schema);
// The node of the dictionary that "dictionary#/…" names, or NULL with a finding. `key` gets the last name of the pointer.
const Node *dictionary_node(Builder *b, const Node *ref, Str *key);

// One word of `edit:`, or of `see:` and `sees:`, which also know history and parts. False with a finding.
bool read_thing(Builder *b, const Node *node, bool sees, Thing *thing, ItemId *item);

// Compiles an expression. `wanted` is CEL_DYN for any result; `event` is the type of the variable event, or NULL. NULL with a finding.
const CelProgram *compile(Builder *b, const Node *node, CelKind wanted, const CelType *event);
// The type of `event` where this one is what happens; `by_people`: a person fires it, so that without a row it takes no data. NULL
// when it may be anything.
const CelType *event_type(Builder *b, Str name, bool by_people);

// Actions: one block of a list (or of one action).
Block read_block(Builder *b, const Node *node, const CelType *event);
// Members or one value of `data:` and `donedata:`.
void read_payload(Builder *b, const Node *node, const CelType *event, const Str **keys, const CelProgram *const **values, size_t *count);
// Names of states (one or a list), in the order written; unknown ones are findings and left out.
size_t read_states(Builder *b, const Node *node, const StateId **ret);
// Finds that these targets cannot be entered together.
void check_targets(Builder *b, Mark mark, const StateId *targets, size_t n);
// An event descriptor or name: tokens of letters, digits, '_' and '-' joined by dots.
bool event_name_valid(Str name, bool descriptor);
// Events that acts, the chart and timers fire: nobody fires them by hand.
bool event_reserved(Str name);
