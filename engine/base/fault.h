// SPDX-License-Identifier: Apache-2.0
// What a caller or the world did wrong, as a value. Kinds are rows of faults.def: HTTP status, stable type, title.
#pragma once
#include "text.h"

typedef enum FaultKind {
    FAULT_NONE,
#define X(kind, status, type, fr, en) FAULT_##kind,
#include "faults.def"
#undef X
    FAULT_KINDS
} FaultKind;

typedef struct FaultRow {
    int status;       // HTTP status code
    const char *type; // stable name, the end of the problem's type URI (RFC 9457)
    Text title;
} FaultRow;

// The row of a kind; never NULL for FAULT_NONE < kind < FAULT_KINDS.
const FaultRow *fault_row(FaultKind kind);

// One problem at one place of the input. `pointer` is a JSON Pointer (RFC 6901) into the body ("" is the whole), or STR_NONE.
typedef struct Fault {
    FaultKind kind;
    Str pointer;
    const char *keyword; // what rule was broken, e.g. "maxLength", "required"; NULL when there is none
    Message message;
} Fault;
