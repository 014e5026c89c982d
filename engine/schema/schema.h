// SPDX-License-Identifier: Apache-2.0
// JSON Schema 2020-12 over jansson: compile once, validate often, no network. Dossier forms, event data and review forms use it.
#pragma once
#include "../base/json.h"
#include "../base/text.h"

typedef struct Schema Schema;

// Finds a schema by absolute URI for $ref, without fragment (relative when the base is); NULL when unknown. The dictionary of
// shared fields comes through it. The value is borrowed; the compiled schema takes a reference. 2020-12's own meta-schemas are
// known without asking.
typedef json_t *(*SchemaResolve)(void *host, Str uri);

typedef struct SchemaOptions {
    SchemaResolve resolve; // may be NULL
    void *host;
    Str base;             // base URI of the schema; may be empty
    bool formats;         // assert date, time, date-time, duration, email, hostname, uri, uuid, ipv4, ipv6, regex
} SchemaOptions;

// One thing wrong: in the instance when validating, in the schema itself when compiling.
typedef struct SchemaError {
    Str pointer;          // JSON Pointer into the instance (compile: into the schema); of the missing member for "required",
                          // of the surplus one for "additionalProperties": the field that a form shows the sentence at
    const char *keyword;  // "required", "maximum", …
    Message message;      // fr and en, with parameters, naming the field's title when the schema has one
} SchemaError;

enum { SCHEMA_ERRORS_MAX = 100, SCHEMA_STEPS_DEFAULT = 200000, SCHEMA_PATTERN_MATCHES = 100000 };
typedef struct SchemaErrors {
    SchemaError *at;
    size_t len, cap; // at most SCHEMA_ERRORS_MAX are kept
} SchemaErrors;

// The compiled schema lives in the arena and keeps `schema` alive. NULL on failure with `errors` filled (bad keyword types,
// $ref to nowhere, bad pattern). `options` may be NULL, `errors` too. `title` and `description` may be text or {fr, en}. An
// unknown "$schema" is refused, unknown keywords and formats are left alone. Immutable afterwards: threads may share it.
const Schema *schema_compile(Arena *arena, json_t *schema, const SchemaOptions *options, SchemaErrors *errors);

// True when `instance` conforms; otherwise `errors` (may be NULL: stop at the first) gets every problem, in the arena.
// Bounded by SCHEMA_STEPS_DEFAULT keyword evaluations; beyond that it fails with keyword "limit". Patterns
// pay by what they cost; one that needs more than SCHEMA_PATTERN_MATCHES ends it too. An anyOf or oneOf of which
// all branches but one are about another type or another constant tells that branch's problems.
bool schema_validate(Arena *arena, const Schema *schema, json_t *instance, SchemaErrors *errors);
