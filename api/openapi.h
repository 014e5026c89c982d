// SPDX-License-Identifier: Apache-2.0
// The API described, OpenAPI 3.1: paths from the route table, bodies from the field tables, answers from schemas.def.
#pragma once
#include "../engine/base/json.h"

// The whole document. In the arena.
json_t *openapi_document(Arena *arena);

// The JSON Schema of a row of schemas.def, with references to the others; NULL when there is no such row.
json_t *openapi_schema(Arena *arena, Str name);
