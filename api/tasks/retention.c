// SPDX-License-Identifier: Apache-2.0
#include "retention.h"
#include "../clock.h"
#include "../files/files.h"
#include "../history/chain.h"
#include "../history/erase.h"
#include <unistd.h>

enum { PAGE = 100 };

void erase_all(Db *db, Arena *arena, const atomic_bool *stop)
{
    bool more = true;
    while (more && !*stop) {
        arena_reset(arena);
        if (!erase_step(db, arena, &more))
            return;
    }
}

static json_t *text(Str s)
{
    return json_stringn(s.at, s.len);
}

// Files go behind the commit: a crash in between leaves bytes that nothing points to.
static bool empty_one(Db *db, Arena *arena, const Rows *due, size_t i)
{
    Str id = row_str(due, i, "id"), space = row_str(due, i, "space_id");
    if (!db_begin(db))
        return false;
    Rows *files = QUERY(db, arena, Q_RETENTION_WIPE, ARG(id));
    json_t *data = json_keep(arena, json_pack("{s:o, s:o, s:o}", "call_id",
                                              text(row_str(due, i, "call_id")), "application_id",
                                              text(id), "rule", text(row_str(due, i, "rule"))));
    Deed deed = {.kind = CHAIN_SPACE,
                 .chain = space,
                 .tree = space,
                 .event = "retention.applied",
                 .data = data,
                 .shift = clock_shift()};
    if (!files || !erase_chain(db, arena, id) || !chain_add(db, arena, &deed) || !db_commit(db)) {
        db_rollback(db);
        return false;
    }
    for (size_t k = 0; k < rows_len(files); k++)
        unlink(files_path(arena, row_str(files, k, "sha256")).at);
    return true;
}

void retention_apply(Db *db, Arena *arena, const atomic_bool *stop)
{
    for (bool more = true; more && !*stop;) {
        arena_reset(arena);
        Rows *clock = QUERY0(db, arena, Q_CLOCK);
        Rows *due = clock ? QUERY(db, arena, Q_RETENTION_DUE, ARG_NULL,
                                  arg_time(arena, row_time(clock, 0, "now") + clock_shift()),
                                  arg_int(arena, PAGE))
                          : NULL;
        more = due && rows_len(due) == PAGE;
        for (size_t i = 0; due && i < rows_len(due) && !*stop; i++)
            if (!empty_one(db, arena, due, i))
                return;
    }
}
