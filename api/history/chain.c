// SPDX-License-Identifier: Apache-2.0
#include "chain.h"

static Arg some(Str s)
{
    return s.len ? ARG(s) : ARG_NULL;
}

bool chain_add(Db *db, Arena *arena, const Deed *deed)
{
    char kind[] = {(char)deed->kind, '\0'};
    Str chain = deed->chain.len ? deed->chain : NO_UUID,
        tree = deed->tree.len ? deed->tree : NO_UUID;
    Rows *last = QUERY(db, arena, Q_CHAIN_LOCK, ARG(chain), ARG_C(kind));
    if (!last)
        return false;
    Entry entry = {.kind = deed->kind,
                   .tree = tree,
                   .chain = chain,
                   .version = row_int(last, 0, "version") + 1,
                   .at = row_time(last, 0, "now") + deed->shift,
                   .event = str_of(deed->event),
                   .seal = STR(""),
                   .person = deed->person,
                   .behalf = deed->behalf,
                   .about = deed->about,
                   .data = deed->data ? json_text(arena, deed->data) : STR_NONE};
    uint8_t salt[SALT_SIZE], hash[HASH_SIZE];
    entry_salt(salt);
    entry_chain(arena, hash, (const uint8_t *)row_bytes(arena, last, 0, "hash").at, salt, &entry);
    return QUERY(db, arena, Q_CHAIN_ADD, ARG(chain), ARG_C(kind), ARG(tree),
                 arg_int(arena, entry.version), ARG(entry.event), some(deed->person),
                 some(deed->behalf), some(deed->about), ARG(entry.data), arg_time(arena, entry.at),
                 arg_bytes(arena, hash, HASH_SIZE), arg_bytes(arena, salt, SALT_SIZE)) != NULL;
}
