// SPDX-License-Identifier: Apache-2.0
// What the files of cel/ share: the tree of a program, one running evaluation, the rows of the
// library. Nobody outside cel/ includes this.
#pragma once
#include "cel.h"

typedef enum Op {
    OP_CONST, // `value`; of kind CEL_ERROR it is a name that nobody declared, met when not strict
    OP_IDENT, // a name before it is resolved: nothing evaluates it
    OP_VAR,   // `slot` among the run's variables
    OP_LOCAL, // `slot` among the run's locals: the variable of a macro
    OP_SELECT,
    OP_HAS,
    OP_INDEX,
    OP_CALL, // `row`: the first row of its name
    OP_HOST,
    OP_LIST,
    OP_MAP, // keys and values in turn
    OP_AND, // any number of parts
    OP_OR,
    OP_NOT,
    OP_NEGATE,
    OP_CHOICE,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_ALL, // args: range, then one expression; OP_TRANSFORM may have a filter before it
    OP_EXISTS,
    OP_EXISTS_ONE,
    OP_FILTER,
    OP_TRANSFORM
} Op;

enum {
    TREE_DEPTH_MAX = 256, // a chain a + b + c … nests as deep as it is long
    LOCALS_MAX = 16,      // macros inside macros
    ARGS_MAX = 8,
    PATTERN_MAX = 1000,
    NO_PLACE = 0xffff
};

typedef struct Row Row;
typedef struct Node Node;
struct Node {
    Op op;
    bool method;   // a call written x.f(…): x is the first argument
    bool absolute; // a name written with a leading dot: no container, no local
    bool promote;  // strict arithmetic: an int next to a double becomes one
    uint16_t slot; // OP_SELECT, OP_HAS: the member's place in its object type, or NO_PLACE
    uint16_t count;
    uint16_t depth;
    uint32_t from, to; // where it stands in the source, in bytes
    Node **args;
    Str name;            // NUL-terminated behind its length
    const CelType *type; // static; NULL before the check
    CelValue value;
    const Row *row;
    const CelFunction *host;
    const void *pattern; // a compiled literal pattern of matches()
};

struct CelProgram {
    Str source;
    Node *root;
    const CelType *result;
    uint64_t reads;
    int constant;
};

typedef struct Run {
    Arena *arena;
    const CelValue *vars;
    void *host;
    int64_t steps;      // what is left; below zero every evaluation is an error at once
    size_t memory;      // the highest arena_used() allowed
    bool out_of_memory; // says which budget ended it
    CelValue locals[LOCALS_MAX];
} Run;

// One overload: name, how it is called, the kinds it takes (CEL_DYN is any) and gives.
struct Row {
    const char *name;
    bool method;
    uint8_t count;
    CelKind args[4];
    const CelType *result;
    CelValue (*call)(Run *run, const CelValue *args);
};

// How a list or a map holds its content (CelValue.extra).
enum { FORM_OWN, FORM_JSON, FORM_RECORD };
typedef struct Items {
    size_t len;
    const CelValue *at;
} Items;
typedef struct Pairs {
    size_t len;
    const CelValue *keys, *values;
} Pairs;

extern const CelType cel_uint, cel_bytes, cel_type_type, cel_list_type, cel_map_type, cel_texts;

// parse.c: source -> tree, or NULL with `fault`.
Node *cel_parse(Arena *arena, Str source, CelFault *fault);

// lex.c
typedef enum Token {
    TOKEN_END,
    TOKEN_BAD, // the fault is set
    TOKEN_NAME,
    TOKEN_QUOTED, // `name`: a member whose name is no identifier
    TOKEN_INT,    // value of kind CEL_UINT: the sign is not read yet
    TOKEN_VALUE,  // any other literal
    TOKEN_SIGN    // punctuation and operators: `text`
} Token;
typedef struct Lexer {
    Arena *arena;
    Str source;
    size_t at;
    CelFault *fault;
    Token token;
    size_t from, to, before; // of the token; where the one before it ended
    Str text;
    CelValue value;
} Lexer;
void lex_next(Lexer *lexer);
bool cel_double_parse(Str s, double *ret); // no locale; decimal digits, fraction, exponent
bool cel_reserved(Str name);
// hint.c: what the author meant by the token under the cursor, and where; false when nobody knows.
bool cel_hint(const Lexer *lexer, Message *ret, size_t *offset);

// check.c: resolves names and types in place. NULL with `fault` when strict and wrong.
const CelType *cel_check(Arena *arena, Node *root, Str source, const CelEnv *env, uint64_t *reads,
                         CelFault *fault);
// fold.c: what cel_constant() tells in `ret`. False with `fault`, unless it is NULL, when a
// constant part can only fail.
bool cel_fold(Arena *arena, Node *root, int *ret, CelFault *fault);
CelValue cel_run(Run *run, const Node *node);
void cel_run_start(Run *run,
                   const CelRun *given); // leaves the locals unset: set before they are read
void eval_node(Run *run, const Node *node, CelValue *ret);
// A node as a condition: YES, NO, or NEITHER with `ret` an error or a value of another kind. Writes
// nothing else to `ret`.
typedef enum Truth { NO, YES, NEITHER } Truth;
Truth eval_truth(Run *run, const Node *node, CelValue *ret);
Str cel_shown(Run *run, const CelValue *value); // for an error: a key, an index

// macro.c
void eval_list(Run *run, const Node *node, CelValue *ret);
void eval_map(Run *run, const Node *node, CelValue *ret);
void eval_macro(Run *run, const Node *node, CelValue *ret);

// arithmetic.c
CelValue cel_arithmetic(Run *run, Op op, bool promote, const CelValue *a, const CelValue *b);
CelValue cel_call_row(Run *run, const Row *row, const CelValue *args);

// value.c
void *run_alloc(Run *run, size_t size); // NULL when over budget
bool run_spend(Run *run,
               size_t bytes); // pays for looking at `bytes`; false when the steps are used up
CelValue run_exhausted(Run *run);
CelValue run_error(Run *run, Text text, Str first, Str second);
CelValue cel_error(const Message *message); // a static message
CelValue cel_no_overload(Run *run, const char *what, const CelValue *args, size_t n);
static inline CelValue cel_boolean(bool b)
{
    return (CelValue){.kind = CEL_BOOL, .boolean = b};
}
// Written field by field: a value built aside and copied whole waits for its own stores, a third of
// a guard's time.
static inline void set_boolean(CelValue *ret, bool b)
{
    ret->kind = CEL_BOOL;
    ret->extra = 0;
    ret->boolean = b;
    ret->type = NULL;
}
static inline CelValue cel_integer(int64_t i)
{
    return (CelValue){.kind = CEL_INT, .integer = i};
}
static inline CelValue cel_number(double d)
{
    return (CelValue){.kind = CEL_DOUBLE, .number = d};
}
static inline CelValue cel_text(Str s)
{
    return (CelValue){.kind = CEL_STRING, .text = s};
}
typedef enum Order { ORDER_LESS, ORDER_EQUAL, ORDER_MORE, ORDER_NONE, ORDER_NO_OVERLOAD } Order;
Order cel_compare(const CelValue *a, const CelValue *b);
bool cel_same(Run *run, const CelValue *a,
              const CelValue *b);                   // equality, paid by `run` (may be NULL)
CelValue cel_of(json_t *json, const CelType *type); // wraps without allocating
bool cel_map_get(Run *run, const CelValue *map, const CelValue *key, CelValue *ret);
bool cel_map_member(Run *run, const CelValue *map, const Node *select, CelValue *ret);
Str cel_kind_name(CelKind kind); // "int", "google.protobuf.Timestamp"

// Visits a list's items or a map's keys.
typedef struct Walk {
    const CelValue *of;
    size_t at, len;
    void *iter;
} Walk;
Walk walk_start(const CelValue *list_or_map);
bool walk_next(Walk *walk, CelValue *ret);
bool walk_pair(Walk *walk, CelValue *key, CelValue *value); // of a map

// convert.c, times.c, strings.c, math.c: rows by name, ended by a NULL name; the rows of one name
// and form stand together.
extern const Row cel_rows_standard[], cel_rows_time[], cel_rows_strings[], cel_rows_math[];
extern const CelType cel_element; // in a row: the type of the first argument's items
const Row *cel_row_find(Str name, bool method);
bool cel_row_same(const Row *first, const Row *row); // still the same name and form
size_t cel_row_names(Str *ret, size_t max, bool method);

// regex.c: PCRE2 without JIT, with a match limit.
const void *cel_pattern(Arena *arena, Str pattern,
                        CelFault *fault); // NULL when it does not compile
CelValue cel_matches(Run *run, const void *pattern, Str text);
CelValue cel_matches_call(Run *run, const CelValue *args);

CelValue cel_format(Run *run, const CelValue *args); // format.c

// write.c: values as text.
void cel_write(Buf *buf, const CelValue *value); // as CEL writes it: quotes around text
Str cel_double_text(Arena *arena, double d);
Str cel_duration_text(Arena *arena, const CelValue *duration);
Str cel_timestamp_text(Arena *arena, const CelValue *timestamp);
CelValue cel_timestamp_of(Str s); // CEL_ERROR when it is none
CelValue cel_duration_of(Str s);  // CEL_ERROR when it is none
bool cel_in_range(
    const CelValue *time); // an instant of the years 1 to 9999, a duration of 292 years at most
CelValue cel_time_arithmetic(Run *run, Op op, const CelValue *a, const CelValue *b);

// zones.c: seconds east of UTC in `zone` at `time`; false when nobody knows the zone.
bool cel_zone_offset(Str zone, Time time, int64_t *seconds);

// utf8.c
size_t utf8_next(Str s, size_t at, uint32_t *point); // bytes taken, 0 when malformed
size_t utf8_put(char *at, uint32_t point);
bool utf8_valid(Str s); // U+0000 is allowed
