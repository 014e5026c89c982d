// SPDX-License-Identifier: Apache-2.0
#include "erase.h"
#include "entry.h"

// Erases the rows that go. Entries of scheme 0 have no commitment: zeroes mark that they were erased.
static bool wipe(Db *db, Arena *arena, const Rows *rows, int64_t *touched)
{
    size_t n = 0, all = rows_len(rows);
    Str *chains = arena_array(arena, Str, all + 1);
    int64_t *versions = arena_array(arena, int64_t, all + 1);
    uint8_t *commitments = arena_array(arena, uint8_t, (all + 1) * HASH_SIZE);
    for (size_t i = 0; i < all; i++) {
        if (!row_bool(rows, i, "goes"))
            continue;
        Entry e = {.person = row_str(rows, i, "person_id"),
                   .behalf = row_str(rows, i, "behalf_id"),
                   .about = row_str(rows, i, "about_id"),
                   .data = row_str(rows, i, "data")};
        Str salt = row_bytes(arena, rows, i, "salt");
        if (salt.len == SALT_SIZE)
            entry_commit(commitments + n * HASH_SIZE, (const uint8_t *)salt.at, &e);
        chains[n] = row_str(rows, i, "chain");
        versions[n++] = row_int(rows, i, "version");
    }
    *touched = (int64_t)n;
    return n == 0 ||
           QUERY(db, arena, Q_ERASE_ENTRIES, arg_texts(arena, chains, n),
                 arg_ints(arena, versions, n), arg_hexes(arena, commitments, n, HASH_SIZE));
}

static bool step(Db *db, Arena *arena, bool *more)
{
    int64_t touched;
    Rows *next = QUERY0(db, arena, Q_ERASE_WAITING);
    if (!next || rows_len(next) == 0)
        return next != NULL;
    Arg person = ARG(row_str(next, 0, "person_id"));
    Rows *rows = QUERY(db, arena, Q_ERASE_WINDOW, person, ARG(row_str(next, 0, "chain")),
                       arg_int(arena, row_int(next, 0, "version")));
    if (!rows || !wipe(db, arena, rows, &touched))
        return false;
    size_t n = rows_len(rows);
    bool done = n == 0;
    *more = true;
    return QUERY(db, arena, Q_ERASE_ADVANCE, person,
                 ARG(row_str(done ? next : rows, done ? 0 : n - 1, "chain")),
                 arg_int(arena, row_int(done ? next : rows, done ? 0 : n - 1, "version")),
                 arg_int(arena, touched), arg_bool(done)) != NULL;
}

bool erase_step(Db *db, Arena *arena, bool *more)
{
    *more = false;
    if (!db_begin(db))
        return false;
    if (step(db, arena, more) && (!db_in_transaction(db) || db_commit(db)))
        return true;
    db_rollback(db);
    return false;
}

bool erase_chain(Db *db, Arena *arena, Str chain)
{
    int64_t version = -1, touched;
    for (;;) {
        Rows *rows = QUERY(db, arena, Q_ERASE_CHAIN, ARG(chain), arg_int(arena, version));
        if (!rows || !wipe(db, arena, rows, &touched))
            return false;
        if (rows_len(rows) == 0)
            return true;
        version = row_int(rows, rows_len(rows) - 1, "version");
    }
}
