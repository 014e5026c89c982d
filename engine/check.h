// SPDX-License-Identifier: Apache-2.0
// The proof before publication: what a definition can never do, found over every path of its chart with guards unknown.
#pragma once
#include "build.h"

// Adds what is wrong; true when no error was found. Looks for: unreachable states and moves, dead ends (no final state can be
// reached), states in which nobody can act, moves without a role, roles without use, eventless loops, broken promises.
// Explores at most a bounded number of configurations and says so when it stopped.
bool definition_check(Arena *arena, const Definition *def, Findings *findings);
