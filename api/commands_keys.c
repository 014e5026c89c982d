// SPDX-License-Identifier: Apache-2.0
#include "commands_keys.h"
#include "auth/seal.h"
#include "commands_inside.h"
#include "history/chain.h"
#include "history/keys.h"

typedef struct Work {
    Db *db;
    Arena *arena;
    const char *data;
    Lang lang;
    Str why;
} Work;

static int failure(const Work *w)
{
    const char *said = db_error(w->db) == DB_DOWN
                           ? "the database does not answer: is the server running?"
                       : w->why.len ? str_cstr(w->arena, w->why)
                                    : db_detail(w->db);
    fprintf(stderr, "jalon keys: %s\n", said);
    return EXIT_WRONG;
}

static int tell(const Work *w, Message message)
{
    say_message(stdout, w->lang, message);
    return EXIT_WELL;
}

static int finished(const Work *w)
{
    return tell(w,
                MESSAGE(T("Une rotation interrompue est achevée. Sauvez les clés ; pour en changer "
                          "encore, redonnez la commande.",
                          "A rotation that was interrupted is finished. Save the keys; to rotate "
                          "again, give the command again."),
                        STR_NONE));
}

// --- the log's -----------------------------------------------------------------------------------

static int rotate_log(Work *w)
{
    LogKey key;
    switch (log_key_rotate(w->db, w->arena, w->data, &key, &w->why)) {
    case ROTATION_FINISHED:
        return finished(w);
    case ROTATION_DONE:
        return tell(w, MESSAGE(T("Le journal est signé par une nouvelle clé ; sauvez "
                                 "keys/log.ed25519, et donnez celle-ci à qui vérifie :\n{0}",
                                 "The log is signed by a new key; save keys/log.ed25519, and give "
                                 "this one to those who verify:\n{0}"),
                               key_pem(w->arena, key.public)));
    case ROTATION_FAILED:
        break;
    }
    return failure(w);
}

// --- the one that seals --------------------------------------------------------------------------

static bool seal_again(Work *w, const Rows *page, int64_t *sealed, int64_t *lost)
{
    size_t n = 0, all = rows_len(page);
    Str *persons = arena_array(w->arena, Str, all), *secrets = arena_array(w->arena, Str, all);
    for (size_t i = 0; i < all; i++) {
        Str plain, person = row_str(page, i, "person_id");
        if (!seal_open(w->arena, row_bytes(w->arena, page, i, "secret"), person, &plain)) {
            ++*lost;
            continue;
        }
        Str fresh = seal_by_next(w->arena, plain, person);
        persons[n] = person;
        secrets[n++] = arg_bytes(w->arena, fresh.at, fresh.len).text;
    }
    *sealed += (int64_t)n;
    return n == 0 || QUERY(w->db, w->arena, Q_SEAL_PUT, arg_texts(w->arena, persons, n),
                           arg_texts(w->arena, secrets, n));
}

static bool seal_all(Work *w, int64_t *sealed, int64_t *lost)
{
    Arg after = ARG_NULL;
    for (;;) {
        Rows *page = QUERY(w->db, w->arena, Q_SEAL_PAGE, after);
        if (!page || rows_len(page) == 0)
            return page != NULL;
        if (!seal_again(w, page, sealed, lost))
            return false;
        after = ARG(row_str(page, rows_len(page) - 1, "person_id"));
    }
}

static bool seal_tell(Work *w, const uint8_t from[SEAL_ID], const uint8_t to[SEAL_ID],
                      int64_t sealed)
{
    json_t *data = json_pack("{s:s, s:s, s:I}", "from", hash_hex(w->arena, from, SEAL_ID).at, "to",
                             hash_hex(w->arena, to, SEAL_ID).at, "secrets", (json_int_t)sealed);
    Deed deed = {
        .kind = CHAIN_PLATFORM, .event = "seal.rotated", .data = json_keep(w->arena, data)};
    return chain_add(w->db, w->arena, &deed) &&
           QUERY(w->db, w->arena, Q_SEAL_KEY_PUT, arg_bytes(w->arena, to, SEAL_ID));
}

// 1. the new key is on disk; 2. everything is sealed by it, in one transaction; 3. it takes the place of the old one. Stopped between
// any two of them, what is sealed opens: by the old key before 2, by the one that waits beside it after.
static int rotate_seal(Work *w)
{
    uint8_t from[SEAL_ID], to[SEAL_ID];
    int64_t sealed = 0, lost = 0;
    if (!seal_start(str_format(w->arena, "%s/secret.key", w->data).at, w->arena, &w->why))
        return failure(w);
    Rows *held = db_begin(w->db) ? QUERY0(w->db, w->arena, Q_SEAL_KEY_HOLD) : NULL;
    if (!held)
        return failure(w);
    Str named = row_bytes(w->arena, held, 0, "id");
    seal_id(from);
    if (named.len == SEAL_ID && memcmp(named.at, from, SEAL_ID) != 0) {
        db_rollback(w->db);
        w->why = STR("secret.key is not the key that the database names, nor is secret.key.next");
        return seal_take((const uint8_t *)named.at) ? finished(w) : failure(w);
    }
    if (!seal_make_next(to, w->arena, &w->why) || !seal_all(w, &sealed, &lost) ||
        !seal_tell(w, from, to, sealed) || !db_commit(w->db) || !seal_take(to))
        return failure(w);
    return tell(w, MESSAGE(T("{0} secrets sont scellés par une nouvelle clé ; sauvez secret.key. "
                             "Illisibles déjà avant : {1}.",
                             "{0} secrets are sealed by a new key; save secret.key. Unreadable "
                             "already before: {1}."),
                           str_format(w->arena, "%lld", (long long)sealed),
                           str_format(w->arena, "%lld", (long long)lost)));
}

// --- what there is -------------------------------------------------------------------------------

static int print(Work *w)
{
    LogKey key;
    KeyRing ring;
    Rows *seals = QUERY0(w->db, w->arena, Q_SEAL_COUNT), *id = QUERY0(w->db, w->arena, Q_SEAL_KEY);
    if (!seals || !id || !log_key_open(w->data, &key, w->arena, &w->why) ||
        !keys_read(w->db, w->arena, key.public, &ring))
        return failure(w);
    for (size_t i = 0; i < ring.len; i++)
        tell(w, MESSAGE(T("journal, jusqu'au {0} : {1}", "log, until {0}: {1}"),
                        time_format(w->arena, ring.at[i].at),
                        hash_hex(w->arena, ring.at[i].from, KEY_PUBLIC_SIZE)));
    tell(w, MESSAGE(T("journal, à présent : {0}", "log, now: {0}"),
                    hash_hex(w->arena, ring.present, KEY_PUBLIC_SIZE)));
    Str name = row_bytes(w->arena, id, 0, "id");
    return tell(
        w, MESSAGE(T("secrets scellés : {0}, par la clé {1}", "sealed secrets: {0}, by key {1}"),
                   row_str(seals, 0, "count"),
                   name.len ? hash_hex(w->arena, name.at, name.len) : STR("—")));
}

static int with_work(const char *conninfo, const char *data, Lang lang, int (*run)(Work *))
{
    Arena *arena = arena_new();
    Work w = {.db = db_open_slow(conninfo), .arena = arena, .data = data, .lang = lang};
    int status = db_ready(w.db) ? run(&w) : failure(&w);
    db_close(w.db);
    arena_free(arena);
    return status;
}

int keys_print(const char *conninfo, const char *data, Lang lang)
{
    return with_work(conninfo, data, lang, print);
}

int keys_rotate(const char *conninfo, const char *data, const char *which, Lang lang)
{
    return with_work(conninfo, data, lang, strcmp(which, "log") == 0 ? rotate_log : rotate_seal);
}
