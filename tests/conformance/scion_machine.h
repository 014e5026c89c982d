// SPDX-License-Identifier: Apache-2.0
// A statechart of the SCION suite, as its converter writes it, rewritten as a workflow file.
#pragma once
#include "engine/base/json.h"

// The workflow as JSON; `strict: false`, full transitions in the order given.
json_t *scion_workflow(Arena *arena, const json_t *machine);

// The id of a state there: ids of workflow files have no dots.
Str scion_id(Arena *arena, Str id);
