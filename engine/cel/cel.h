// SPDX-License-Identifier: Apache-2.0
// Common Expression Language (google/cel-spec): source -> checked program -> value. Pure, bounded, thread-safe: a program is
// immutable and shared; an evaluation owns its arena and its budget. Nothing reads a clock, a locale or the environment.
//
// Strict programs (workflow guards) leave the specification where a funder would trip over it:
// - an int next to a double in + - * / becomes a double (`dossier.requested <= dossier.total * 0.7`); comparisons cross kinds
//   as in the specification. A whole-number division next to a double is refused: it loses the decimals;
// - a member whose type is declared and whose JSON is null counts as absent, so has() means "filled in";
// - a literal that is none of a text's declared values is refused;
// - a constant part that can only fail is refused (timestamp('2026-13-01')).
// The library is cel-spec's standard one with its strings and math extensions, and sum(), min(), max() of a list.
// In both: timestamp() also takes a date alone, duration() also ISO 8601 (P30D); time zones are those of zones.c and offsets.
#pragma once
#include "../base/json.h"
#include "../base/text.h"
#include "../base/time.h"

typedef enum CelKind {
    CEL_DYN, // only as a static type: anything
    CEL_ERROR,
    CEL_NULL,
    CEL_BOOL,
    CEL_INT,    // int64
    CEL_UINT,   // uint64
    CEL_DOUBLE,
    CEL_STRING,
    CEL_BYTES,
    CEL_TIMESTAMP,
    CEL_DURATION,
    CEL_LIST,
    CEL_MAP,
    CEL_TYPE
} CelKind;

typedef struct CelValue CelValue;
typedef struct CelType CelType;

// A value. Lists and maps are opaque outside cel/ (they may wrap a json_t); read them with the functions below.
struct CelValue {
    CelKind kind;
    uint32_t extra; // of a time: its nanoseconds below a microsecond, 0 to 999; of a list or a map: cel/'s own
    union {
        bool boolean;
        int64_t integer;     // CEL_INT; CEL_TYPE holds a CelKind
        uint64_t uint;
        double number;
        Str text;            // CEL_STRING, CEL_BYTES
        Time time;           // CEL_TIMESTAMP, µs
        int64_t duration;    // CEL_DURATION, µs
        const void *ref;     // CEL_LIST, CEL_MAP
        const Message *error;// CEL_ERROR
    };
    const CelType *type; // static type that steers lazy conversion of JSON, or NULL
};

// A static type. Objects have named members; a map without members has `of` for every value.
struct CelType {
    CelKind kind;
    const CelType *of;              // element of a list, value of a map; NULL is dyn
    const struct CelMember *members;// of an object (kind CEL_MAP), NULL when it is a plain map
    size_t count;
    Label title;                    // shown to readers when a guard fails; may be empty
    const Str *values;              // an enum of a string: the checker warns when a literal is none of them
    size_t value_count;
};
typedef struct CelMember {
    Str name;
    const CelType *type;
    bool optional; // absent members: has() is false, selecting one is an error at run time
} CelMember;

extern const CelType cel_dyn, cel_bool, cel_int, cel_double, cel_string, cel_timestamp, cel_duration, cel_null;

// The CEL type of a JSON Schema (2020-12 subset: type, properties, items, enum, format date/date-time, $ref already resolved):
// "integer" is int, "number" is double, "date-time" and "date" stay strings (write timestamp(x)). Lives in the arena.
const CelType *cel_type_of_schema(Arena *arena, const json_t *schema);

// A variable or host function visible to a program. Variables are read by slot (their place in `vars`).
typedef struct CelVar {
    const char *name;
    const CelType *type;
} CelVar;
// A host function, pure: name(text…) -> result; the checker lets `check` (may be NULL) refuse literal arguments, e.g. unknown states.
typedef struct CelFunction {
    const char *name;
    size_t args;                  // all strings
    const CelType *result;
    CelValue (*call)(void *host, Arena *arena, const CelValue *args);
    bool (*check)(void *host, Arena *arena, const Str *literals, Message *why);
} CelFunction;
typedef struct CelEnv {
    const CelVar *vars;
    size_t var_count;
    const CelFunction *functions;
    size_t function_count;
    void *check_host; // handed to CelFunction.check
    bool strict;      // true: static types are checked and unknown names refused (workflow guards); false: as cel-spec without a checker
    Str container;    // cel-spec container, for conformance; usually empty
} CelEnv;

enum { CEL_SOURCE_MAX = 4096, CEL_NODES_MAX = 1024, CEL_DEPTH_MAX = 64, CEL_STEPS_DEFAULT = 100000, CEL_MEMORY_DEFAULT = 1 << 20 };

typedef struct CelProgram CelProgram;

// What is wrong with a source: offset in bytes and the sentence (says what to write instead when that is known).
typedef struct CelFault {
    size_t offset;
    Message message;
} CelFault;

// Parses, checks and compiles. NULL on failure with `fault` set. The program lives in the arena and copies what it needs of source.
const CelProgram *cel_compile(Arena *arena, Str source, const CelEnv *env, CelFault *fault);
const CelType *cel_result(const CelProgram *program); // static type of the result; cel_dyn when unknown
Str cel_source(const CelProgram *program);
// Bit i set when the program reads variable slot i (slots ≥ 64 are not reported).
uint64_t cel_reads(const CelProgram *program);
// What folding constants found: 1 always true, 0 always false, -1 depends.
int cel_constant(const CelProgram *program);
// Calls `seen` with each maximal path of a variable that the program reads, e.g. "dossier.requested".
void cel_paths(const CelProgram *program, void (*seen)(void *host, Str path), void *host);

// One evaluation. Fill vars by slot; a slot of kind CEL_ERROR with error NULL means "not loaded": reading it is an error.
typedef struct CelRun {
    Arena *arena;
    const CelValue *vars;
    void *host;       // handed to host functions
    uint32_t steps;   // budget: 0 means CEL_STEPS_DEFAULT
    size_t memory;    // budget in bytes: 0 means CEL_MEMORY_DEFAULT
} CelRun;
CelValue cel_eval(const CelProgram *program, const CelRun *run);
// True only for boolean true. An error or another kind is false; `error` (may be NULL) then gets the message, or NULL.
bool cel_true(const CelProgram *program, const CelRun *run, const Message **error);

// Why is it not true: for each conjunct (top-level &&) that is not true, its source text and the variable paths it read with their values.
typedef struct CelReason {
    Str source;          // the conjunct as written
    const Message *error;// NULL unless it failed to evaluate
    struct CelSeen {
        Str path;        // "dossier.requested"
        Label title;     // of its type, may be empty
        Str value;       // as CEL would write it, at most 80 characters
        size_t slot;     // of the variable that the path begins with
    } seen[6];
    size_t seen_count;
} CelReason;
// Fills at most `max` reasons; returns how many.
size_t cel_explain(const CelProgram *program, const CelRun *run, CelReason *reasons, size_t max);

// JSON <-> values. cel_of_json wraps lazily: the json_t must outlive the value. `type` may be NULL (integers are int, reals double).
CelValue cel_of_json(Arena *arena, json_t *json, const CelType *type);
// An object whose members stand in the order of `type`'s: read by place, without a hash. An absent member is of kind CEL_ERROR
// with error NULL. Borrows `members`.
CelValue cel_record(const CelType *type, const CelValue *members);
// As cel_of_json(), read at once: an object of whose type every member is known, and none is null, becomes a record, so that
// guards which read it often read by place and parse its timestamps once. Anything else stays JSON; lists do.
CelValue cel_record_of(Arena *arena, json_t *json, const CelType *type);
json_t *cel_to_json(Arena *arena, CelValue value); // timestamps and durations as strings, NULL on error values
bool cel_equal(CelValue a, CelValue b);            // cel-spec equality, across numeric kinds
size_t cel_size(CelValue list_or_map);
CelValue cel_item(Arena *arena, CelValue list, size_t index);
// Builders for conformance drivers.
CelValue cel_list(Arena *arena, const CelValue *items, size_t n);
CelValue cel_map(Arena *arena, const CelValue *keys, const CelValue *values, size_t n);
