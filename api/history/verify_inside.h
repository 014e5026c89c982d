// SPDX-License-Identifier: Apache-2.0
// What the files of verifying share: verify.c (chains), verify_trees.c.
#pragma once
#include "verify.h"

typedef struct Verify {
    Db *db;
    Arena *arena; // of what is told
    KeyRing keys;
    const char *anchor;
    Verified *result;
} Verify;

// Rows of a cursor of the database; `rows` at `at` is the present one unless `end`. Its page lives until the next one is fetched.
typedef struct Cursor {
    Db *db;
    Arena *arena;
    enum QueryId next;
    const Rows *rows;
    size_t at;
    bool end;
} Cursor;
bool cursor_open(Cursor *c, Db *db, enum QueryId declare, enum QueryId next); // close it whatever this returns
bool cursor_step(Cursor *c);
void cursor_close(Cursor *c);

// Records the first thing that does not hold. Always false.
bool broken(Verify *v, Message what);
Str number_text(Verify *v, int64_t n);

// The columns of an entry; borrows from the rows.
void entry_read(Arena *arena, const Rows *rows, size_t at, Entry *ret);

// The second pass.
bool trees(Verify *v);
