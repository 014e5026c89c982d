// SPDX-License-Identifier: Apache-2.0
// What all funders ask under one name: the dictionary as a definition with one form, `dossier`, and its documents. It checks
// answers that no workflow was named for.
#pragma once
#include "../../engine/definition.h"

// Built at the first call, kept for ever. NULL when the dictionary itself is wrong, which a test excludes.
const Definition *shared_definition(void);
