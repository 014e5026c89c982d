// SPDX-License-Identifier: Apache-2.0
// JSON through jansson, with limits. The json_t that these return belong to the arena: borrow them, json_incref to keep.
#pragma once
#include "fault.h"
#include <jansson.h>

enum { JSON_DEPTH_MAX = 64, JSON_SIZE_MAX = 1 << 20 };

// Parses RFC 8259 text: UTF-8, no duplicate names, at most JSON_SIZE_MAX bytes and JSON_DEPTH_MAX levels, any value at the top.
// On failure NULL, and `fault` says what and at which line and column.
json_t *json_read(Arena *arena, Str text, Fault *fault);

// Compact text in the arena, NUL-terminated behind its length; numbers are the shortest that read back equal. json_canonical
// sorts names by their bytes and writes 1.0 as 1, so that equal values give equal bytes (for hashes).
Str json_text(Arena *arena, const json_t *value);
Str json_canonical(Arena *arena, const json_t *value);

// Hands a reference over to the arena and returns it: `json_keep(arena, json_object())`.
json_t *json_keep(Arena *arena, json_t *value);

// The member `name`, or NULL; `object` may be NULL or not an object.
json_t *json_at(const json_t *object, const char *name);
Str json_str(const json_t *string); // STR_NONE unless a string; borrows from the value

// The value at a JSON Pointer (RFC 6901), or NULL.
json_t *json_pointer(const json_t *value, Str pointer);

// `pointer` with one more token, escaped: "/a" + "b/c" -> "/a/b~1c".
Str pointer_add(Arena *arena, Str pointer, Str token);
Str pointer_index(Arena *arena, Str pointer, size_t index);

// JSON Merge Patch (RFC 7396): a new value, nothing of the two is changed.
json_t *json_merge(Arena *arena, const json_t *target, const json_t *patch);
