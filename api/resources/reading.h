// SPDX-License-Identifier: Apache-2.0
// What others than its holders read of a dossier: told before it leaves.
#pragma once
#include "../history/chain.h"
#include "../request.h"

typedef struct Reading {
    const char *event; // "dossier.read", "document.read"
    Str dossier;
    Str what;          // the application or document that was read; `version` of it
    int64_t version;
    const json_t *data;
} Reading;

// An entry on the dossier's chain, one for each person, thing, version and day: whoever reads it again the same day waits for nothing
// once this program has seen that it was told. Begins a transaction, which serve.c ends before it answers. False with a fault: then
// nothing leaves.
bool reading_tell(Request *rq, const Reading *reading);
