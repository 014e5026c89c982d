// SPDX-License-Identifier: Apache-2.0
// The route table as a tree of path segments: one walk of a path finds its route, its parameters and the methods it knows.
#pragma once
#include "request.h"

typedef struct Router Router;

// Compiles the table, which must outlive it. Aborts on a table that contradicts itself (two rows for one method and path,
// more than 4 parameters): a mistake of ours, seen at the first start.
const Router *router_new(Arena *arena, const Route *routes, size_t n);

typedef struct Found {
    const Route *route; // NULL: no such path, or not with this method
    Str params[4];      // decoded, in order; ids in lower case
    unsigned methods;   // bit 1 << Method of each that the path knows; 0: no such path (404)
} Found;

// `path` as it came, still percent-encoded, without its query; decoded parameters live in the arena. A segment is never split
// by an encoded slash. A parameter named "id" or "…_id" must be a UUID, else the path is unknown.
Found router_find(const Router *router, Arena *arena, Method method, Str path);

// The method by its name, METHODS when it is not one of ours. HEAD is GET here.
Method method_of(Str name);

// "GET, HEAD, POST, OPTIONS" for Allow.
Str methods_text(Arena *arena, unsigned methods);
