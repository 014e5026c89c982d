// SPDX-License-Identifier: Apache-2.0
// Field tables: a body of the API as rows. One row reads a JSON member into a struct, checks it, and describes it in OpenAPI.
#pragma once
#include "fault.h"
#include "json.h"
#include "time.h"

typedef enum FieldType {
    FIELD_NONE,
    FIELD_TEXT_T,  // Str
    FIELD_INT_T,   // int64_t
    FIELD_MONEY_T, // int64_t: cents, 0 … 10^15
    FIELD_BOOL_T,  // bool
    FIELD_TIME_T,  // Time, RFC 3339; TIME_NONE when the member is not there
    FIELD_DATE_T,  // Str, "YYYY-MM-DD", a real day
    FIELD_UUID_T,  // Str, 36 characters, lower case (upper case in the body is lowered)
    FIELD_EMAIL_T, // Str
    FIELD_JSON_T,  // json_t *, an object
    FIELD_ANY_T,   // json_t *, any value
    FIELD_LIST_T   // FieldList of structs described by `items`; or of Str when `items` is NULL
} FieldType;

enum { FIELD_TEXT_MAX = 200, FIELD_LIST_MAX = 100 };
#define FIELD_MONEY_MAX INT64_C(1000000000000000)

typedef struct FieldList {
    void *at;
    size_t len;
} FieldList;

typedef struct Field {
    const char *name;
    FieldType type;
    size_t offset;
    size_t present;           // offset of a bool set true when the body has the member, even with a wrong value; 0 is none, so
                              // such bools stand after the struct's first member: `.present = offsetof(Patch, has_title)`
    bool required;
    size_t min_len, max;      // text: code points (max 0 means FIELD_TEXT_MAX); list: items (FIELD_LIST_MAX)
    int64_t low, high;        // int: both zero means any
    const char *const *values;// enum of a text, NULL-terminated
    const struct Field *items;
    size_t item_size;
    const char *help;         // English, for OpenAPI
} Field;

#define FIELD_TEXT(S, m, ...) {.name = #m, .type = FIELD_TEXT_T, .offset = offsetof(S, m) + 0 * sizeof(((S *)0)->m.at), __VA_ARGS__}
#define FIELD_OF(S, m, t, ...) {.name = #m, .type = (t), .offset = offsetof(S, m), __VA_ARGS__}
#define FIELD_INT(S, m, ...) FIELD_OF(S, m, FIELD_INT_T, __VA_ARGS__)
#define FIELD_MONEY(S, m, ...) FIELD_OF(S, m, FIELD_MONEY_T, __VA_ARGS__)
#define FIELD_BOOL(S, m, ...) FIELD_OF(S, m, FIELD_BOOL_T, __VA_ARGS__)
#define FIELD_TIME(S, m, ...) FIELD_OF(S, m, FIELD_TIME_T, __VA_ARGS__)
#define FIELD_DATE(S, m, ...) FIELD_OF(S, m, FIELD_DATE_T, __VA_ARGS__)
#define FIELD_UUID(S, m, ...) FIELD_OF(S, m, FIELD_UUID_T, __VA_ARGS__)
#define FIELD_EMAIL(S, m, ...) FIELD_OF(S, m, FIELD_EMAIL_T, __VA_ARGS__)
#define FIELD_JSON(S, m, ...) FIELD_OF(S, m, FIELD_JSON_T, __VA_ARGS__)
#define FIELD_ANY(S, m, ...) FIELD_OF(S, m, FIELD_ANY_T, __VA_ARGS__)
#define FIELD_LIST(S, m, I, rows, ...) {.name = #m, .type = FIELD_LIST_T, .offset = offsetof(S, m), .items = (rows), .item_size = sizeof(I), __VA_ARGS__}
#define FIELD_END {.type = FIELD_NONE}

enum { FIELD_FAULTS_MAX = 50 };
typedef struct Faults {
    Fault at[FIELD_FAULTS_MAX];
    size_t len;
} Faults;

// Reads `body` into the zeroed struct at `into`. False when anything is wrong, with every problem in `faults` (each with its
// pointer under `at`): wrong type, missing, unknown member, out of range, bad UTF-8, too long. Texts borrow from `body`.
// null is a value of the wrong type, except for FIELD_ANY. `faults` is added to, so that it can gather several bodies.
bool fields_read(Arena *arena, const json_t *body, const Field *fields, Str at, void *into, Faults *faults);

// The JSON Schema (2020-12) of a table, for OpenAPI. additionalProperties is false.
json_t *fields_schema(Arena *arena, const Field *fields);
