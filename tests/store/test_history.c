// SPDX-License-Identifier: Apache-2.0
// The trees in a real PostgreSQL: a database from before the history, gathering over many tiles, proofs, what verifying finds.
#include "api/history/chain.h"
#include "api/history/guard.h"
#include "api/history/verify.h"
#include "../base/table.h"
#include "pg.h"

#define UUID(n) "00000000-0000-4000-8000-0000000000" n
#define OLD     5

static const char
    world
        [] =
            "insert into person (id, email) values ('" UUID(
                "01") "', 'a@x.fr');"
                      "insert into organisation (id, name) values ('" UUID(
                          "09") "', 'Ville');"
                                "insert into space (id, slug, title, organisation_id) values "
                                "('" UUID("11") "', 's', '{}', '" UUID(
                                    "09") "');"
                                          "insert into workflow (id, space_id, name, key) values "
                                          "('" UUID("12") "', '" UUID(
                                              "11") "', 'w', 'w');"
                                                    "insert into workflow_version (id, "
                                                    "workflow_id, version, sha256, created_by, "
                                                    "text) values ('" UUID("13") "', '" UUID("12") "', 1, '', '" UUID(
                                                        "01") "', '');"
                                                              "insert into call (id, space_id, "
                                                              "workflow_version_id, title, "
                                                              "opens_at, closes_at, created_by) "
                                                              "values ('" UUID("21") "', '" UUID("1"
                                                                                                 "1") "', '" UUID("13") "', '{}', now(), now() + interval '1 day', '" UUID(
                                                                  "01") "');"
                                                                        "insert into dossier (id, "
                                                                        "created_by) values "
                                                                        "('" UUID("31") "', '" UUID(
                                                                            "01") "');";

static const char *database;
static Db *db;
static Arena *arena;
static LogKey key;

// A move as it was stored before: chained over its canonical JSON.
static void old_move(uint8_t hash[HASH_SIZE], int version)
{
    Str at = str_format(arena, "2026-01-01T00:00:0%d.000001Z", version);
    const char *data = version == 2 ? "{\"b\":[1,2.5],\"a\":\"é\"}" : NULL,
               *canonical = version == 2 ? "{\"a\":\"é\",\"b\":[1,2.5]}" : "null";
    Str text = str_format(
        arena,
        "{\"application_id\":\"" UUID("41") "\",\"at\":\"" STR_FMT
                                            "\",\"data\":%s,\"event\":\"go\",\"person_id\":\"" UUID(
                                                "01") "\",\"places\":[\"a\"],\"version\":%d}",
        STR_ARG(at), canonical, version);
    hash_move(hash, hash, text);
    assert_true(db_script(
        db, str_format(arena,
                       "insert into move (application_id, version, event, person_id, data, places, "
                       "at, hash) values ('" UUID("41") "', %d, 'go', '" UUID(
                           "01") "', %s%s%s, '{a}', '" STR_FMT "', '\\x" STR_FMT "')",
                       version, data ? "'" : "", data ? data : "null", data ? "'" : "", STR_ARG(at),
                       STR_ARG(hash_hex(arena, hash, HASH_SIZE)))
                .at));
}

static bool verified(const char *words)
{
    Verified v;
    assert_true(history_verify(db, arena, key.public, NULL, &v));
    Str said = v.broken ? message_text(arena, EN, &v.what) : STR("");
    bool as_expected = words ? v.broken && strstr(said.at, words) : !v.broken;
    if (!as_expected)
        print_error("  said: " STR_FMT "\n", STR_ARG(said));
    return as_expected;
}

static size_t gather(void)
{
    size_t n = 0;
    for (bool more = true; more;) {
        Gathered done;
        if (!log_gather(db, arena, &key, &done))
            fail_msg("%s", db_detail(db));
        n += done.entries;
        more = done.more;
    }
    return n;
}

static void test_a_database_from_before(void **state)
{
    (void)state;
    Str why = STR("");
    assert_true(store_migrate_with(db, migration_table, 4, &why, arena));
    assert_true(db_script(db, world));
    uint8_t hash[HASH_SIZE] = {0};
    for (int version = 1; version <= OLD; version++)
        old_move(hash, version);
    assert_true(db_script(
        db, str_format(arena,
                       "insert into application (id, call_id, dossier_id, number, state, places, "
                       "stage, version, hash) values ('" UUID("41") "', '" UUID("21") "', '" UUID(
                           "31") "', '1', '{}', '{a}', '', %d, '\\x" STR_FMT "')",
                       OLD, STR_ARG(hash_hex(arena, hash, HASH_SIZE)))
                .at));
    if (!store_migrate(db, &why, arena))
        fail_msg(STR_FMT, STR_ARG(why));
    bool own;
    assert_true(history_guard(db, NULL, &own, arena, &why) && !own);
    assert_true(verified(NULL));
    assert_int_equal(gather(), OLD);
    assert_true(verified(NULL));
    assert_true(db_script(db, "set session_replication_role = replica; update entry set data = "
                              "'{\"a\":\"e\",\"b\":[1,2.5]}' where version = 2"));
    assert_true(verified("entry 2"));
    assert_true(db_script(db, "update entry set data = '{\"b\":[1,2.5],\"a\":\"é\"}' where version "
                              "= 2; set session_replication_role = origin"));
    assert_true(verified(NULL));
}

static void add(int n)
{
    for (int i = 0; i < n; i++) {
        json_t *data = json_keep(arena, json_pack("{s:i}", "n", i));
        Deed deed = {.kind = CHAIN_SPACE,
                     .chain = STR(UUID("11")),
                     .tree = STR(UUID("11")),
                     .event = "tried",
                     .person = STR(UUID("01")),
                     .data = data};
        assert_true(db_begin(db) && chain_add(db, arena, &deed) && db_commit(db));
    }
}

static void test_many_tiles(void **state)
{
    (void)state;
    static const int steps[] = {1, 249, 1, 1, 255, 256, 40};
    int64_t sizes[ROWS(steps)], total = OLD;
    Node roots[ROWS(steps)];
    for (size_t i = 0; i < ROWS(steps); i++) {
        add(steps[i]);
        assert_int_equal(gather(), steps[i]);
        total += steps[i];
        Rows *row = QUERY(db, arena, Q_LOG_CHECKPOINT, ARG_C(UUID("11")));
        sizes[i] = row_int(row, 0, "size");
        assert_int_equal(sizes[i], total);
        memcpy(roots[i].at, row_bytes(arena, row, 0, "root").at, NODE_SIZE);
    }
    assert_true(verified(NULL)); // which folds every leaf by itself
    for (size_t i = 0; i < ROWS(steps); i++)
        for (size_t k = i; k < ROWS(steps); k++) {
            Nodes proof = {0};
            assert_true(log_consistency(db, arena, STR(UUID("11")), (uint64_t)sizes[i],
                                        (uint64_t)sizes[k], &proof));
            assert_true(merkle_consistent((uint64_t)sizes[i], (uint64_t)sizes[k], roots[i],
                                          roots[k], proof.at, proof.len));
        }
    for (int64_t version = 1; version < total - OLD; version += 97) {
        Rows *entry = QUERY(db, arena, Q_ENTRY_GET, ARG_C(UUID("11")), arg_int(arena, version),
                            ARG_NULL);
        Str hash = row_bytes(arena, entry, 0, "hash");
        uint64_t index;
        Nodes path = {0};
        assert_true(log_find(db, arena, STR(UUID("11")), row_int(entry, 0, "xid"),
                             (const uint8_t *)hash.at, (uint64_t)total, &index));
        assert_int_equal(index, OLD + version - 1);
        assert_true(log_inclusion(db, arena, STR(UUID("11")), index, (uint64_t)total, &path));
        assert_true(merkle_included(log_leaf((const uint8_t *)hash.at), index, (uint64_t)total,
                                    path.at, path.len, roots[ROWS(steps) - 1]));
    }
}

static void test_what_is_under_way_waits(void **state)
{
    (void)state;
    Db *slow = db_open(database);
    assert_true(db_begin(slow));
    Deed deed = {.kind = CHAIN_DOSSIER,
                 .chain = STR(UUID("31")),
                 .event = "dossier.made",
                 .person = STR(UUID("01"))};
    assert_true(chain_add(slow, arena, &deed)); // an older transaction that is not over
    add(3);
    assert_int_equal(gather(), 0);
    assert_true(verified(NULL));
    assert_true(db_commit(slow));
    assert_int_equal(gather(), 4);
    assert_true(verified(NULL));
    db_close(slow);
}

static void test_another_cluster(void **state)
{
    (void)state;
    // As after a restore where transactions count from lower numbers: what was gathered lies ahead.
    assert_true(db_script(db, "set session_replication_role = replica; update log_tile set "
                              "last_xid = last_xid + 1000000, first_xid = first_xid + 1000000;"
                              "update entry set xid = xid + 1000000; update log_state set xid = "
                              "xid + 1000000; set session_replication_role = origin"));
    Str why = STR("");
    bool own;
    assert_true(history_guard(db, NULL, &own, arena, &why));
    add(2);
    assert_int_equal(gather(), 2);
    assert_true(verified(NULL));
}

static void test_erasing(void **state)
{
    (void)state;
    assert_true(db_script(db, "set role jalon_serve"));
    Rows *entry = QUERY(db, arena, Q_ENTRY_GET, ARG_C(UUID("11")), arg_int(arena, 7), ARG_NULL);
    Entry e = {.kind = CHAIN_SPACE,
               .person = row_str(entry, 0, "person_id"),
               .data = row_str(entry, 0, "data")};
    uint8_t commitment[HASH_SIZE];
    entry_commit(commitment, (const uint8_t *)row_bytes(arena, entry, 0, "salt").at, &e);
    Str hex = hash_hex(arena, commitment, HASH_SIZE);
    assert_true(
        db_script(db, str_format(arena,
                                 "select history_erase(array['" UUID(
                                     "11") "'::uuid], array[7], array['\\x" STR_FMT "'::bytea])",
                                 STR_ARG(hex))
                          .at));
    assert_false(db_script(db, "update entry set data = null"));
    assert_true(db_script(db, "reset role"));
    entry = QUERY(db, arena, Q_ENTRY_GET, ARG_C(UUID("11")), arg_int(arena, 7), ARG_NULL);
    assert_true(row_null(entry, 0, "person_id") && row_null(entry, 0, "data") &&
                row_null(entry, 0, "salt"));
    assert_true(verified(NULL));
    // A lie about what was erased is found.
    assert_true(
        db_script(db, "select history_erase(array['" UUID(
                          "11") "'::uuid], array[9], array[decode(repeat('ab', 32), 'hex')])"));
    assert_true(verified("entry 9"));
}

int main(void)
{
    database = pg_database("history");
    if (!database || !auth_start())
        return 1;
    arena = arena_new();
    db = db_open_slow(database);
    char folder[] = "/tmp/jalon-key-XXXXXX";
    Str why;
    if (!mkdtemp(folder) || !log_key_open(folder, &key, arena, &why))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_database_from_before),
        cmocka_unit_test(test_many_tiles),
        cmocka_unit_test(test_what_is_under_way_waits),
        cmocka_unit_test(test_another_cluster),
        cmocka_unit_test(test_erasing),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    db_close(db);
    unlink(str_format(arena, "%s/keys/log.ed25519", folder).at);
    rmdir(str_format(arena, "%s/keys", folder).at);
    rmdir(folder);
    arena_free(arena);
    return failed;
}
