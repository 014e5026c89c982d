// SPDX-License-Identifier: Apache-2.0
// What outsiders check the log with: checkpoints, proofs, the key.
#include "inclusion.h"
#include "../history/log.h"
#include "common.h"
#include "resources.h"
#include "sight.h"

static Str param_tree(const Request *rq)
{
    return rq->params[0].len ? rq->params[0] : NO_UUID;
}

// The latest checkpoint of the tree; not found when nothing was gathered yet: NULL with a fault.
static const Rows *latest(Request *rq, Str tree)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_LOG_CHECKPOINT, ARG(tree));
    if (!rows)
        failed(rq);
    else if (rows_len(rows) == 0)
        not_found(rq);
    return rows && rows_len(rows) ? rows : NULL;
}

bool log_checkpoint_get(Request *rq)
{
    const Rows *rows = latest(rq, param_tree(rq));
    if (!rows)
        return false;
    rq->reply.type = "text/plain; charset=utf-8";
    return reply_text(rq, 200, row_str(rows, 0, "note"));
}

// The present key, and how it came to be: whoever trusts one of them learns of the others. NULL with a fault.
static json_t *keys_json(Request *rq)
{
    KeyRing ring;
    if (!keys_read(rq->db, rq->arena, log_key_public(), &ring)) {
        failed(rq);
        return NULL;
    }
    json_t *notes = json_array();
    for (size_t i = 0; i < ring.len; i++)
        json_array_append_new(notes, json_stringn(ring.at[i].note.at, ring.at[i].note.len));
    return json_keep(rq->arena, json_pack("{s:s, s:s, s:o}", "algorithm", "Ed25519", "pem",
                                          ring.present ? key_pem(rq->arena, ring.present).at : "",
                                          "handovers", notes));
}

bool log_key_get(Request *rq)
{
    json_t *keys = keys_json(rq);
    return keys && reply_json(rq, 200, keys);
}

bool log_consistency_get(Request *rq)
{
    const Rows *rows = latest(rq, param_tree(rq));
    if (!rows)
        return false;
    int64_t size = row_int(rows, 0, "size"), from = request_query_int(rq, "from", 0),
            to = request_query_int(rq, "to", size);
    if (from < 1 || to < from || to > size)
        return fault(rq, FAULT_INVALID, NULL,
                     T("Il faut 1 ≤ from ≤ to ≤ {0}, la taille du journal.",
                       "1 ≤ from ≤ to ≤ {0}, the log's size, is needed."),
                     str_format(rq->arena, "%lld", (long long)size));
    Nodes nodes = {0};
    if (!log_consistency(rq->db, rq->arena, param_tree(rq), (uint64_t)from, (uint64_t)to, &nodes))
        return failed(rq);
    return reply_json(
        rq, 200,
        json_keep(rq->arena,
                  json_pack("{s:I, s:I, s:o, s:s}", "from", (json_int_t)from, "to", (json_int_t)to,
                            "hashes", nodes_json(rq->arena, &nodes), "checkpoint",
                            str_cstr(rq->arena, row_str(rows, 0, "note")))));
}

// --- inclusion -----------------------------------------------------------------------------------

static Str hex_of(Arena *arena, Str bytes)
{
    return bytes.len ? hash_hex(arena, bytes.at, bytes.len) : STR("");
}

// The bytes that are hashed; empty for scheme 0, which hashes what is personal.
static Str bytes_of(Arena *arena, const Rows *rows)
{
    uint8_t commitment[HASH_SIZE];
    Entry e = {.kind = (ChainKind)row_str(rows, 0, "kind").at[0],
               .tree = row_str(rows, 0, "tree"),
               .chain = row_str(rows, 0, "chain"),
               .version = row_int(rows, 0, "version"),
               .at = row_time(rows, 0, "at"),
               .event = row_str(rows, 0, "event"),
               .seal = hex_of(arena, row_bytes(arena, rows, 0, "seal")),
               .person = row_str(rows, 0, "person_id"),
               .behalf = row_str(rows, 0, "behalf_id"),
               .about = row_str(rows, 0, "about_id"),
               .data = row_str(rows, 0, "data")};
    Str prev = row_bytes(arena, rows, 0, "prev"), salt = row_bytes(arena, rows, 0, "salt"),
        kept = row_bytes(arena, rows, 0, "commitment");
    if (row_int(rows, 0, "scheme") != SCHEME_BYTES || prev.len != HASH_SIZE)
        return STR_NONE;
    e.places = row_texts(arena, rows, 0, "places", &e.place_count);
    if (kept.len == HASH_SIZE)
        memcpy(commitment, kept.at, HASH_SIZE);
    else
        entry_commit(commitment, (const uint8_t *)salt.at, &e);
    return entry_bytes(arena, (const uint8_t *)prev.at, commitment, &e);
}

static bool inclusion(Request *rq, const Rows *entry, Str hash, json_t **ret)
{
    Str tree = row_str(entry, 0, "tree");
    Rows *checkpoint = QUERY(rq->db, rq->arena, Q_LOG_CHECKPOINT, ARG(tree));
    *ret = json_null();
    if (!checkpoint)
        return failed(rq);
    if (rows_len(checkpoint) == 0)
        return true;
    uint64_t index, size = (uint64_t)row_int(checkpoint, 0, "size");
    if (!log_find(rq->db, rq->arena, tree, row_int(entry, 0, "xid"), (const uint8_t *)hash.at, size,
                  &index))
        return db_error(rq->db) == DB_OK || failed(rq);
    Nodes nodes = {0};
    if (!log_inclusion(rq->db, rq->arena, tree, index, size, &nodes))
        return failed(rq);
    *ret = json_keep(rq->arena,
                     json_pack("{s:I, s:I, s:o, s:s}", "index", (json_int_t)index, "size",
                               (json_int_t)size, "hashes", nodes_json(rq->arena, &nodes),
                               "checkpoint", str_cstr(rq->arena, row_str(checkpoint, 0, "note"))));
    return true;
}

bool proof_of(Request *rq, const Rows *entry, Proof *ret)
{
    Str hash = row_bytes(rq->arena, entry, 0, "hash"), bytes = bytes_of(rq->arena, entry);
    json_t *said =
        bytes.len ? json_string(base64_text(rq->arena, bytes.at, bytes.len).at) : json_null();
    ret->entry = json_keep(
        rq->arena, json_pack("{s:I, s:o, s:s}", "scheme", (json_int_t)row_int(entry, 0, "scheme"),
                             "bytes", said, "hash", hash_hex(rq->arena, hash.at, hash.len).at));
    ret->key = keys_json(rq);
    if (!ret->key || !inclusion(rq, entry, hash, &ret->proof))
        return false;
    if (json_is_null(ret->proof)) // within the next second
        rq->reply.retry_after = 1;
    return true;
}

// --- one entry's proof ---------------------------------------------------------------------------

// "<chain>:<version>", or "<chain>:<hash>".
static const Rows *entry_named(Request *rq)
{
    Str name = request_query(rq, "entry");
    size_t colon = str_index(name, ':');
    Str chain = str_slice(name, 0, colon), which = str_slice(name, colon + 1, name.len);
    bool hash = which.len == 2 * HASH_SIZE;
    bool good = chain.len == 36 && which.len > 0 && (hash || which.len < 19);
    for (size_t i = 0; i < which.len; i++)
        good &= (which.at[i] >= '0' && which.at[i] <= '9') ||
                (hash && which.at[i] >= 'a' && which.at[i] <= 'f');
    for (size_t i = 0; i < chain.len; i++)
        good &= (chain.at[i] >= '0' && chain.at[i] <= '9') ||
                (chain.at[i] >= 'a' && chain.at[i] <= 'f') || (chain.at[i] == '-');
    if (good && str_eq(chain, NO_UUID) &&
        !rq->who->admin) { // the longest one is not searched for strangers
        not_found(rq);
        return NULL;
    }
    if (!good) {
        fault(rq, FAULT_INVALID, NULL,
              T("entry attend <id>:<version> ou <id>:<hash>, comme l'historique les dit.",
                "entry takes <id>:<version> or <id>:<hash>, as the history tells them."));
        return NULL;
    }
    Rows *rows = QUERY(rq->db, rq->arena, Q_ENTRY_GET, ARG(chain), hash ? ARG_NULL : ARG(which),
                       hash ? ARG(which) : ARG_NULL);
    if (!rows)
        failed(rq);
    else if (rows_len(rows) == 0 || !str_eq(row_str(rows, 0, "tree"), param_tree(rq)))
        not_found(rq);
    return rows && rq->faults.len == 0 ? rows : NULL;
}

// Who reads the history of its subject.
static bool entry_seen(Request *rq, const Rows *entry)
{
    Str chain = row_str(entry, 0, "chain");
    Sight sight;
    switch ((ChainKind)row_str(entry, 0, "kind").at[0]) {
    case CHAIN_APPLICATION: // a review is proved to who wrote it: others may not know how many there are
        if (str_starts(row_str(entry, 0, "event"), STR("review.")) &&
            !str_eq(row_str(entry, 0, "person_id"), rq->who->person))
            return not_found(rq);
        return sight_of(rq, chain, &sight) && sight_asks(rq, &sight, THING_HISTORY, ID_NONE);
    case CHAIN_DOSSIER: {
        Rows *holder = QUERY(rq->db, rq->arena, Q_DOSSIER_HOLDER, ARG(chain));
        if (!holder)
            return failed(rq);
        return (rows_len(holder) &&
                access_writes(rq->who, chain, row_str(holder, 0, "organisation_id"))) ||
               not_found(rq);
    }
    case CHAIN_SPACE:
        return access_manages(rq->who, chain) || not_found(rq);
    case CHAIN_ORGANISATION: {
        const Membership *member = access_member(rq->who, chain);
        return rq->who->admin || (member && member->owner) || not_found(rq);
    }
    case CHAIN_PLATFORM:
        return rq->who->admin || not_found(rq);
    }
    return not_found(rq);
}

bool log_proof_get(Request *rq)
{
    const Rows *entry = entry_named(rq);
    Proof proof;
    if (!entry || !entry_seen(rq, entry) || !proof_of(rq, entry, &proof))
        return false;
    return reply_json(rq, 200,
                      json_keep(rq->arena, json_pack("{s:O, s:O, s:O}", "entry", proof.entry,
                                                     "proof", proof.proof, "key", proof.key)));
}
