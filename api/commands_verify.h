// SPDX-License-Identifier: Apache-2.0
// jalon verify, jalon checkpoint: whoever doubts the history asks here. All print, and return the program's status: 0 all holds,
// 1 something is broken, 2 what was asked cannot be read.
#pragma once
#include "../engine/base/text.h"

typedef struct VerifyAsked {
    const char *receipt, *key; // files or the key itself; NULL
    const char *anchor;        // folder, or ""
    const char *data;          // data directory, for the public key
    Lang lang;
} VerifyAsked;

int verify_history(const char *conninfo, const VerifyAsked *asked);
int verify_receipt(const VerifyAsked *asked);
int checkpoint_print(const char *conninfo, const char *tree); // NULL: all
