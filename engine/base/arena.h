// SPDX-License-Identifier: Apache-2.0
// An arena: memory that lives and dies together. What a request, a load or a decision needs is taken here and forgotten.
#pragma once
#include <stddef.h>

typedef struct Arena Arena;

// A new, empty arena; the caller frees it. Memory comes in blocks that grow with use.
Arena *arena_new(void);

// The same with a first block of `size` bytes, for what is kept long and in numbers.
Arena *arena_new_of_size(size_t size);

// Runs what was deferred, newest first, and gives all memory back. NULL is allowed.
void arena_free(Arena *arena);

// Runs what was deferred and forgets all content, keeping one block for the next use.
void arena_reset(Arena *arena);

// `size` bytes, zeroed, aligned for any type. Never NULL: a machine without memory aborts the program, which loses
// nothing that was acknowledged. Bounds on hostile input are the callers' (size, depth, budget), set before they allocate.
void *arena_alloc(Arena *arena, size_t size);

// The same without zeroes: for text that is written at once.
void *arena_room(Arena *arena, size_t size);

// A copy of `size` bytes at `from`.
void *arena_copy(Arena *arena, const void *from, size_t size);

// Calls `run(what)` when the arena is reset or freed. For what has an owner elsewhere: a json_t, a PGresult.
void arena_defer(Arena *arena, void (*run)(void *), void *what);

// Bytes handed out since the last reset: for budgets and metrics.
size_t arena_used(const Arena *arena);

#define arena_new_of(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(n)))
