// SPDX-License-Identifier: Apache-2.0
#include "commands_verify.h"
#include "commands_inside.h"
#include "history/verify.h"
#include <errno.h>
#include <stdlib.h>

static int tell(Lang lang, bool well, Message message)
{
    say_message(well ? stdout : stderr, lang, message);
    return well ? EXIT_WELL : EXIT_WRONG;
}

// --key: a file, or the key itself; the answer of GET /log/key tells former keys too. False with a sentence.
static bool key_asked(Arena *arena, const VerifyAsked *asked, uint8_t ret[KEY_PUBLIC_SIZE],
                      const json_t **handovers)
{
    Fault unused;
    Str text = str_of(asked->key);
    FILE *file = fopen(asked->key, "re");
    if (file) {
        enum { MOST = 1 << 20 };
        char *part = arena_alloc(arena, MOST);
        text = (Str){part, fread(part, 1, MOST, file)};
        fclose(file);
    }
    const json_t *json = text.len && text.at[0] == '{' ? json_read(arena, text, &unused) : NULL;
    if (json)
        *handovers = json_at(json, "handovers");
    if (key_read(json ? json_str(json_at(json, "pem")) : text, ret))
        return true;
    say_message(
        stderr, asked->lang,
        MESSAGE(T("jalon : {0} n'est ni une clé publique ni un fichier qui en contient une.",
                  "jalon: {0} is neither a public key nor a file with one."),
                str_of(asked->key)));
    return false;
}

// --- the whole history ---------------------------------------------------------------------------

static Str count(Arena *arena, uint64_t n)
{
    return str_format(arena, "%llu", (unsigned long long)n);
}

static int told(Arena *arena, Lang lang, const Verified *r)
{
    if (r->broken)
        return tell(lang, false, r->what);
    tell(
        lang, true,
        MESSAGE(T("{0} entrées de {1} chaînes, {2} arbres, {3} points de contrôle signés : tout se "
                  "tient.",
                  "{0} entries of {1} chains, {2} trees, {3} signed checkpoints: all of it holds."),
                count(arena, r->entries), count(arena, r->chains), count(arena, r->trees),
                count(arena, r->checkpoints)));
    if (r->anchors)
        tell(lang, true,
             MESSAGE(
                 T("{0} points de contrôle ancrés concordent.", "{0} anchored checkpoints agree."),
                 count(arena, r->anchors)));
    if (r->handovers)
        tell(lang, true,
             MESSAGE(r->handovers == 1
                         ? T("1 clé l'a signé avant la présente, qu'elle a désignée.",
                             "1 key signed it before the present one, and named it.")
                         : T("{0} clés l'ont signé avant la présente, chacune désignant "
                             "la suivante.",
                             "{0} keys signed it before the present one, each naming "
                             "the next."),
                     count(arena, r->handovers)));
    if (r->waiting)
        tell(lang, true,
             MESSAGE(r->waiting == 1 ? T("1 entrée attend le prochain point de contrôle.",
                                         "1 entry waits for the next checkpoint.")
                                     : T("{0} entrées attendent le prochain point de contrôle.",
                                         "{0} entries wait for the next checkpoint."),
                     count(arena, r->waiting)));
    if (r->erased)
        tell(lang, true,
             MESSAGE(r->erased == 1
                         ? T("1 entrée a perdu sa part personnelle, non sa preuve.",
                             "1 entry has lost what was personal, not its proof.")
                         : T("{0} entrées ont perdu leur part personnelle, non leur preuve.",
                             "{0} entries have lost what was personal, not their proof."),
                     count(arena, r->erased)));
    return EXIT_WELL;
}

int verify_history(const char *conninfo, const VerifyAsked *asked)
{
    Arena *arena = arena_new();
    LogKey own;
    uint8_t key[KEY_PUBLIC_SIZE];
    Str why = STR_NONE;
    int status = EXIT_USAGE;
    const json_t *unused = NULL;
    if (asked->key ? key_asked(arena, asked, key, &unused)
                   : log_key_open(asked->data, &own, arena, &why)) {
        Verified verified;
        Db *db = db_open_with(conninfo, 0);
        if (db_ready(db) && history_verify(db, arena, asked->key ? key : own.public,
                                           asked->anchor[0] ? asked->anchor : NULL, &verified))
            status = told(arena, asked->lang, &verified);
        else
            fprintf(stderr, "jalon verify: %s\n",
                    db_error(db) == DB_DOWN ? "the database does not answer: is the server running?"
                                            : db_detail(db));
        db_close(db);
    } else if (why.len) {
        fprintf(stderr, "jalon verify: " STR_FMT "\n", STR_ARG(why));
    }
    arena_free(arena);
    return status;
}

int checkpoint_print(const char *conninfo, const char *tree)
{
    Arena *arena = arena_new();
    Db *db = db_open_slow(conninfo);
    Rows *rows = db_ready(db) ? QUERY0(db, arena, Q_LOG_CHECKPOINTS) : NULL;
    bool any = false;
    for (size_t i = 0; rows && i < rows_len(rows); i++)
        if (!tree || str_is(row_str(rows, i, "tree"), tree)) {
            say(stdout, row_str(rows, i, "note"));
            any = true;
        }
    if (!rows)
        fprintf(stderr, "jalon checkpoint: %s\n",
                db_error(db) == DB_DOWN ? "the database does not answer: is the server running?"
                                        : db_detail(db));
    db_close(db);
    arena_free(arena);
    return rows ? any ? EXIT_WELL : EXIT_WRONG : EXIT_USAGE;
}

// --- a receipt -----------------------------------------------------------------------------------

enum { KEYS_MOST = 256 };

typedef struct Receipt {
    Arena *arena;
    Lang lang;
    const json_t *json;
    Entry entry;
    Node leaf;
    Checkpoint checkpoint;
    uint8_t keys[KEYS_MOST][KEY_PUBLIC_SIZE]; // the known one, and all that lead to it or from it
    Time until[KEYS_MOST];                    // when each handed over; TIME_NONE: it has not
    size_t key_count;
} Receipt;

static Str member(const Receipt *r, const char *a, const char *b)
{
    const json_t *at = json_at(r->json, a);
    return json_str(b ? json_at(at, b) : at);
}

static bool wrong(const Receipt *r, Text text)
{
    say_message(stderr, r->lang, MESSAGE(text, STR_NONE));
    return false;
}

// The entry says what the receipt says.
static bool entry_agrees(Receipt *r)
{
    Str bytes;
    const uint8_t *prev, *commitment;
    uint8_t hash[HASH_SIZE];
    if (!base64_read(r->arena, member(r, "entry", "bytes"), &bytes) ||
        !entry_parse(r->arena, bytes, &r->entry, &prev, &commitment))
        return wrong(r, T("Les octets de l'entrée manquent ou ne se lisent pas.",
                          "The bytes of the entry are missing or cannot be read."));
    entry_hash(hash, bytes);
    r->leaf = merkle_leaf((Str){(const char *)hash, HASH_SIZE});
    if (!str_eq(hash_hex(r->arena, hash, HASH_SIZE), member(r, "move_hash", NULL)))
        return wrong(r, T("L'empreinte de l'entrée n'est pas celle du récépissé.",
                          "The hash of the entry is not the receipt's."));
    if (!str_eq(r->entry.seal, member(r, "sha256", NULL)))
        return wrong(r, T("L'entrée ne scelle pas le contenu que dit le récépissé.",
                          "The entry does not seal the content that the receipt tells."));
    if (!str_eq(r->entry.chain, member(r, "application_id", NULL)) ||
        r->entry.version != json_integer_value(json_at(r->json, "move_version")))
        return wrong(
            r, T("L'entrée est d'une autre candidature.", "The entry is of another application."));
    if (!str_eq(time_format(r->arena, r->entry.at), member(r, "filed_at", NULL)))
        return wrong(r, T("L'entrée porte une autre heure de dépôt.",
                          "The entry has another time of filing."));
    return true;
}

static size_t key_place(const Receipt *r, const uint8_t *key)
{
    size_t i = 0;
    while (i < r->key_count && memcmp(r->keys[i], key, KEY_PUBLIC_SIZE) != 0)
        i++;
    return i;
}

static bool key_add(Receipt *r, const uint8_t *key)
{
    if (key_place(r, key) < r->key_count || r->key_count == KEYS_MOST)
        return false;
    r->until[r->key_count] = TIME_NONE;
    memcpy(r->keys[r->key_count++], key, KEY_PUBLIC_SIZE);
    return true;
}

// Both keys of a handover have signed it: whoever knows one knows the other.
static void keys_follow(Receipt *r, const json_t *notes)
{
    size_t n = json_array_size(notes);
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < n && i < KEYS_MOST; i++) {
            Handover h;
            if (!handover_read(r->arena, json_str(json_array_get(notes, i)), &h) ||
                (key_place(r, h.from) == r->key_count && key_place(r, h.to) == r->key_count))
                continue;
            bool fresh = key_add(r, h.from);
            grew |= fresh | key_add(r, h.to);
            size_t from = key_place(r, h.from);
            if (from < r->key_count)
                r->until[from] = h.at;
        }
    }
}

// A key signs nothing any more once it has handed over.
static bool signed_by_known(Receipt *r)
{
    Str note = member(r, "proof", "checkpoint");
    for (size_t i = 0; i < r->key_count; i++)
        if (checkpoint_read(r->arena, note, r->keys[i], &r->checkpoint))
            return r->until[i] == TIME_NONE ||
                   (r->checkpoint.at != TIME_NONE && r->checkpoint.at <= r->until[i]);
    return false;
}

static bool in_log(Receipt *r)
{
    Nodes path = {0};
    const json_t *proof = json_at(r->json, "proof"), *hashes = json_at(proof, "hashes");
    if (!json_is_object(proof))
        return wrong(r, T("Le récépissé n'a pas encore de preuve : redemandez-le dans un instant.",
                          "The receipt has no proof yet: ask for it again in a moment."));
    for (size_t i = 0; i < json_array_size(hashes) && i < MERKLE_PATH_MAX; i++) {
        Str bytes;
        Node node;
        if (!base64_read(r->arena, json_str(json_array_get(hashes, i)), &bytes) ||
            bytes.len != NODE_SIZE)
            return wrong(r, T("La preuve d'inclusion ne se lit pas.",
                              "The inclusion proof cannot be read."));
        memcpy(node.at, bytes.at, NODE_SIZE);
        vec_push(r->arena, &path, node);
    }
    if (!signed_by_known(r))
        return wrong(r, T("Le point de contrôle n'est pas signé par cette clé.",
                          "The checkpoint is not signed by this key."));
    Str space = str_format(r->arena, "jalon/space/" STR_FMT, STR_ARG(r->entry.tree));
    if (!str_eq(space, r->checkpoint.origin))
        return wrong(r, T("Le point de contrôle est d'un autre journal.",
                          "The checkpoint is of another log."));
    return merkle_included(r->leaf, (uint64_t)json_integer_value(json_at(proof, "index")),
                           r->checkpoint.size, path.at, path.len, r->checkpoint.root) ||
           wrong(r, T("La preuve d'inclusion ne mène pas à la racine signée.",
                      "The inclusion proof does not lead to the signed root."));
}

static bool receipt_check(Receipt *r, const VerifyAsked *asked)
{
    uint8_t known[KEY_PUBLIC_SIZE];
    const json_t *handovers = NULL;
    if (asked->key && !key_asked(r->arena, asked, known, &handovers))
        return false;
    if (!asked->key && !key_read(member(r, "key", "pem"), known))
        return wrong(r, T("Le récépissé ne dit pas sa clé : donnez-la par --key.",
                          "The receipt does not tell its key: give it by --key."));
    key_add(r, known);
    keys_follow(r, handovers);
    keys_follow(r, json_at(json_at(r->json, "key"), "handovers"));
    return entry_agrees(r) && in_log(r);
}

static int receipt_holds(const Receipt *r, const VerifyAsked *asked)
{
    Str at = r->checkpoint.at == TIME_NONE ? STR("?") : time_format(r->arena, r->checkpoint.at);
    tell(asked->lang, true,
         MESSAGE(T("Ce récépissé tient : la version {0} fut déposée le {1} (candidature {2}, "
                   "entrée {3}) ; le journal signé le {4} la contient.",
                   "This receipt holds: version {0} was filed at {1} (application {2}, entry {3}); "
                   "the log signed at {4} contains it."),
                 r->entry.seal, time_format(r->arena, r->entry.at), r->entry.chain,
                 str_format(r->arena, "%lld", (long long)r->entry.version), at));
    if (!asked->key)
        tell(asked->lang, true,
             MESSAGE(T("La clé est celle que dit le récépissé : comparez-la à celle du serveur "
                       "(GET /api/v1/log/key) ou donnez-la par --key.",
                       "The key is the one that the receipt tells: compare it with the server's "
                       "(GET /api/v1/log/key) or give it by --key."),
                     STR_NONE));
    return EXIT_WELL;
}

int verify_receipt(const VerifyAsked *asked)
{
    Arena *arena = arena_new();
    Str text;
    Fault bad;
    Receipt r = {.arena = arena, .lang = asked->lang};
    int status = EXIT_USAGE;
    if (file_read(arena, asked->lang, asked->receipt, &text)) {
        r.json = json_read(arena, text, &bad);
        if (!r.json)
            wrong(&r, T("Ce fichier n'est pas un récépissé.", "This file is no receipt."));
        else
            status = receipt_check(&r, asked) ? receipt_holds(&r, asked) : EXIT_WRONG;
    }
    arena_free(arena);
    return status;
}
