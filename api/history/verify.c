// SPDX-License-Identifier: Apache-2.0
// Two passes over one snapshot: each chain from its first entry, then each tree from its first leaf.
#include "verify.h"
#include "verify_inside.h"
#include <stdio.h>

// --- rows, a page at a time ----------------------------------------------------------------------

bool cursor_open(Cursor *c, Db *db, enum QueryId declare, enum QueryId next)
{
    *c = (Cursor){.db = db, .next = next, .arena = arena_new()};
    return QUERY0(db, c->arena, declare) && cursor_step(c);
}

bool cursor_step(Cursor *c)
{
    if (c->rows && ++c->at < rows_len(c->rows))
        return true;
    if (c->end)
        return true;
    arena_reset(c->arena);
    c->rows = QUERY0(c->db, c->arena, c->next);
    c->at = 0;
    c->end = c->rows && rows_len(c->rows) == 0;
    return c->rows != NULL;
}

void cursor_close(Cursor *c)
{
    arena_free(c->arena);
}

bool broken(Verify *v, Message what)
{
    Verified *r = v->result;
    if (r->broken)
        return false;
    r->broken = true;
    r->what = what;
    for (size_t i = 0; i < sizeof what.args / sizeof *what.args; i++)
        r->what.args[i] = str_copy(v->arena, what.args[i]);
    return false;
}

Str number_text(Verify *v, int64_t n)
{
    return str_format(v->arena, "%lld", (long long)n);
}

// --- chains --------------------------------------------------------------------------------------

typedef struct Chain { // the one that is being followed
    char id[37];
    ChainKind kind;
    int64_t version, head_version;
    uint8_t hash[HASH_SIZE], head_hash[HASH_SIZE];
    bool head;
} Chain;

static bool take_hash(Arena *arena, const Rows *rows, size_t at, const char *column,
                      uint8_t ret[HASH_SIZE])
{
    Str bytes = row_bytes(arena, rows, at, column);
    if (bytes.len != HASH_SIZE)
        return false;
    memcpy(ret, bytes.at, HASH_SIZE);
    return true;
}

static Str hex_of(Arena *arena, Str bytes)
{
    return bytes.len ? hash_hex(arena, bytes.at, bytes.len) : STR("");
}

void entry_read(Arena *arena, const Rows *rows, size_t at, Entry *ret)
{
    *ret = (Entry){.kind = (ChainKind)row_str(rows, at, "kind").at[0],
                   .tree = row_str(rows, at, "tree"),
                   .chain = row_str(rows, at, "chain"),
                   .version = row_int(rows, at, "version"),
                   .at = row_time(rows, at, "at"),
                   .event = row_str(rows, at, "event"),
                   .seal = hex_of(arena, row_bytes(arena, rows, at, "seal")),
                   .person = row_str(rows, at, "person_id"),
                   .behalf = row_str(rows, at, "behalf_id"),
                   .about = row_str(rows, at, "about_id"),
                   .data = row_str(rows, at, "data")};
    ret->places = row_texts(arena, rows, at, "places", &ret->place_count);
}

static json_t *text_or_null(Str s)
{
    return s.len ? json_stringn(s.at, s.len) : json_null();
}

// Scheme 0: all that the history says of a move, by the names and in the forms in which the API shows it.
static Str canonical(Arena *arena, const Rows *rows, size_t at, const Entry *e)
{
    json_t *move = json_keep(arena, json_object()), *places = json_array(),
           *data = row_json(arena, rows, at, "data");
    for (size_t i = 0; i < e->place_count; i++)
        json_array_append_new(places, json_stringn(e->places[i].at, e->places[i].len));
    json_object_set_new(move, "application_id", text_or_null(e->chain));
    json_object_set_new(move, "version", json_integer(e->version));
    json_object_set_new(move, "event", text_or_null(e->event));
    json_object_set_new(move, "person_id", text_or_null(e->person));
    json_object_set_new(move, "data", data ? json_incref(data) : json_null());
    json_object_set_new(move, "places", places);
    json_object_set_new(move, "at", json_string(time_format(arena, e->at).at));
    return json_canonical(arena, move);
}

// Does the row's hash follow from `prev` and from what the row says?
static bool hash_holds(Arena *arena, const Rows *rows, size_t at, const Entry *e,
                       const uint8_t prev[HASH_SIZE], bool *erased)
{
    uint8_t commitment[HASH_SIZE], hash[HASH_SIZE], stored[HASH_SIZE];
    Str salt = row_bytes(arena, rows, at, "salt");
    *erased = take_hash(arena, rows, at, "commitment", commitment);
    if (!take_hash(arena, rows, at, "hash", stored))
        return false;
    if (row_int(rows, at, "scheme") == SCHEME_JSON) {
        if (*erased) // what it hashed is gone: the tree alone proves it
            return true;
        hash_move(hash, prev, canonical(arena, rows, at, e));
        return memcmp(hash, stored, HASH_SIZE) == 0;
    }
    if (!*erased && salt.len != SALT_SIZE)
        return false;
    if (!*erased)
        entry_commit(commitment, (const uint8_t *)salt.at, e);
    Entry said = *e;
    said.version = row_int(rows, at, "told");
    entry_hash(hash, entry_bytes(arena, prev, commitment, &said));
    return memcmp(hash, stored, HASH_SIZE) == 0;
}

static bool chain_end(Verify *v, const Chain *c)
{
    Text kind = chain_name(c->kind);
    if (c->version == 0)
        return true;
    if (!c->head)
        return broken(v, MESSAGE(T("{0} {2} : l'historique en parle et elle n'est plus là.",
                                   "{1} {2}: the history tells of it and it is gone."),
                                 str_of(kind.fr), str_of(kind.en), str_of(c->id)));
    if (c->head_version != c->version)
        return broken(v, MESSAGE(T("{0} {2} : son historique finit à l'entrée {3} et elle en est à "
                                   "{4} : l'entrée {5} manque.",
                                   "{1} {2}: its history ends at entry {3} and it stands at {4}: "
                                   "entry {5} is missing."),
                                 str_of(kind.fr), str_of(kind.en), str_of(c->id),
                                 number_text(v, c->version), number_text(v, c->head_version),
                                 number_text(v, c->version + 1)));
    if (memcmp(c->hash, c->head_hash, HASH_SIZE) != 0)
        return broken(
            v, MESSAGE(
                   T("{0} {2}, entrée {3} : ce n'est pas celle à laquelle le dossier en est resté.",
                     "{1} {2}, entry {3}: it is not the one at which its subject stands."),
                   str_of(kind.fr), str_of(kind.en), str_of(c->id), number_text(v, c->version)));
    return true;
}

static void chain_begin(Verify *v, Arena *arena, const Rows *rows, size_t at, const Entry *e,
                        Chain *c)
{
    *c = (Chain){.kind = e->kind, .head_version = row_int(rows, at, "head_version")};
    snprintf(c->id, sizeof c->id, STR_FMT, STR_ARG(e->chain));
    c->head = take_hash(arena, rows, at, "head_hash", c->head_hash);
    v->result->chains++;
}

static bool chain_follow(Verify *v, Arena *arena, const Rows *rows, size_t at, Chain *c)
{
    Entry e;
    bool erased;
    entry_read(arena, rows, at, &e);
    if (!str_is(e.chain, c->id)) {
        if (!chain_end(v, c))
            return false;
        chain_begin(v, arena, rows, at, &e, c);
    }
    Text kind = chain_name(c->kind);
    if (e.version != c->version + 1)
        return broken(
            v, MESSAGE(T("{0} {2} : l'entrée {3} manque.", "{1} {2}: entry {3} is missing."),
                       str_of(kind.fr), str_of(kind.en), e.chain, number_text(v, c->version + 1)));
    if (!hash_holds(arena, rows, at, &e, c->hash, &erased))
        return broken(
            v,
            MESSAGE(
                T("{0} {2}, entrée {3} ({4}, {5}) : elle a été changée, ou n'est pas à sa place.",
                  "{1} {2}, entry {3} ({4}, {5}): it was changed, or is not in its place."),
                str_of(kind.fr), str_of(kind.en), e.chain, number_text(v, e.version), e.event,
                time_format(v->arena, e.at)));
    c->version = e.version;
    take_hash(arena, rows, at, "hash", c->hash);
    v->result->entries++;
    v->result->erased += erased;
    return true;
}

static bool bare(Verify *v)
{
    Rows *rows = QUERY0(v->db, v->arena, Q_VERIFY_BARE);
    if (!rows || !rows_len(rows))
        return rows != NULL;
    Text kind = chain_name((ChainKind)row_str(rows, 0, "kind").at[0]);
    return broken(v, MESSAGE(T("{0} {2} : son entrée 1 et toutes les suivantes manquent.",
                               "{1} {2}: its entry 1 and all that followed are missing."),
                             str_of(kind.fr), str_of(kind.en), row_str(rows, 0, "id")));
}

static bool chains(Verify *v)
{
    Cursor c;
    Chain chain = {0};
    Arena *arena = arena_new(); // of one entry
    bool good = cursor_open(&c, v->db, Q_VERIFY_CHAINS, Q_VERIFY_CHAINS_NEXT);
    while (good && !c.end) {
        arena_reset(arena);
        good = chain_follow(v, arena, c.rows, c.at, &chain) && cursor_step(&c);
    }
    arena_free(arena);
    cursor_close(&c);
    return good && chain_end(v, &chain) && bare(v);
}

// Before any signature counts: whose does.
static bool keys(Verify *v, const uint8_t *public)
{
    if (!keys_read(v->db, v->arena, public, &v->keys))
        return false;
    v->result->handovers = v->keys.len;
    return !v->keys.broken ||
           broken(v,
                  MESSAGE(T("plateforme, entrée {0} : la clé du journal n'y est pas transmise par "
                            "celle d'avant, ou la clé connue n'en est pas.",
                            "platform, entry {0}: the log's key is not handed over there by the "
                            "one before it, or the key that is known is none of them."),
                          number_text(v, v->keys.broken)));
}

bool history_verify(Db *db, Arena *arena, const uint8_t *public, const char *anchor, Verified *ret)
{
    *ret = (Verified){0};
    Verify v = {.db = db, .arena = arena, .anchor = anchor, .result = ret};
    if (!db_begin(db))
        return false;
    bool good = QUERY0(db, arena, Q_VERIFY_BEGIN) && chains(&v) && keys(&v, public) && trees(&v);
    db_rollback(db);
    return good || ret->broken;
}
