// SPDX-License-Identifier: Apache-2.0
// The room's sentences by name, from messages.def.
#pragma once
#include "../base/text.h"

typedef enum Sentence {
#define X(name, fr, en) SAY_##name,
#include "messages.def"
#undef X
    SENTENCES
} Sentence;

// Both languages of a sentence.
Text sentence(Sentence which);
