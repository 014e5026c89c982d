// SPDX-License-Identifier: Apache-2.0
// The proof before publication: what a definition can never do, found over every path of its chart with guards unknown.
#pragma once
#include "build.h"

// Adds what is wrong; true when no error was found. Looks for: unreachable states and moves, dead ends (no final state can be
// reached), states in which nobody can act, roles and items without use, forms and documents asked before anyone may write them,
// eventless loops, constant guards, broken promises:
//   always      whenever one of `in` is active, one of `was` was entered before (or with it)
//   never       no configuration holds all of `in` at once
//   eventually  from each of `from`, whatever happens, one of `reach` stays possible until it is reached
// A guard may hold or not at any time, but for those that are constant. Explores at most a bounded number of configurations and
// says so when it stopped. A chart converted from elsewhere (strict: false) gets warnings only.
bool definition_check(Arena *arena, const Definition *def, Findings *findings);
