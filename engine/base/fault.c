// SPDX-License-Identifier: Apache-2.0
// The table of faults, from faults.def.
#include "fault.h"
#include <assert.h>

static const FaultRow rows[] = {
#define X(kind, http, name, french, english)                                                       \
    [FAULT_##kind] = {.status = (http), .type = (name), .title = {(french), (english)}},
#include "faults.def"
#undef X
};

const FaultRow *fault_row(FaultKind kind)
{
    assert(FAULT_NONE < kind && kind < FAULT_KINDS);
    return &rows[kind];
}
