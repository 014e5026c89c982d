// SPDX-License-Identifier: Apache-2.0
// Bytes of entries, keys and notes.
#include "api/history/keys.h"
#include "api/history/entry.h"
#include "../base/table.h"
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static Arena *arena;
static const uint8_t zero[HASH_SIZE], salt[SALT_SIZE] = {7};
static const Str places[] = {{"filed", 5}, {"weighed.two", 11}};
static const Entry plain = {
    .kind = CHAIN_APPLICATION,
    .tree = {"11111111-2222-4333-8444-555555555555", 36},
    .chain = {"99999999-2222-4333-8444-555555555555", 36},
    .version = 3,
    .at = 1700000000000001,
    .event = {"submit", 6},
    .places = places,
    .place_count = 2,
    .seal = {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 64},
    .person = {"aaaaaaaa-2222-4333-8444-555555555555", 36},
    .data = {"{\"reason\":\"wind\"}", 17}};

static void test_every_column_counts(void **state)
{
    (void)state;
    uint8_t base[HASH_SIZE], came[HASH_SIZE];
    entry_chain(arena, base, zero, salt, &plain);
    Entry rows[12];
    const char *sentences[] = {"kind",   "tree",         "chain", "version", "time", "event",
                               "places", "their number", "seal",  "person",  "data", "no data"};
    for (size_t i = 0; i < ROWS(rows); i++)
        rows[i] = plain;
    static const Str other[] = {{"filed", 5}, {"weighed.tw", 10}};
    rows[0].kind = CHAIN_DOSSIER;
    rows[1].tree = plain.chain;
    rows[2].chain = plain.tree;
    rows[3].version = 4;
    rows[4].at++;
    rows[5].event = STR("submiT");
    rows[6].places = other;
    rows[7].place_count = 1;
    rows[8].seal = STR("");
    rows[9].behalf = plain.person, rows[9].person = STR("");
    rows[10].data = STR("{\"reason\":\"winD\"}");
    rows[11].data = STR_NONE;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        entry_chain(arena, came, zero, salt, &rows[i]);
        ROW_CHECK(wrong, memcmp(came, base, HASH_SIZE) != 0, sentences[i], "%s",
                  "the hash does not tell");
    }
    uint8_t prev[HASH_SIZE] = {1}, grain[SALT_SIZE] = {8};
    entry_chain(arena, came, prev, salt, &plain);
    ROW_CHECK(wrong, memcmp(came, base, HASH_SIZE) != 0, "the entry before it", "%s",
              "the hash does not tell");
    entry_chain(arena, came, zero, grain, &plain);
    ROW_CHECK(wrong, memcmp(came, base, HASH_SIZE) != 0, "the salt", "%s",
              "the hash does not tell");
    ROWS_END(wrong);
}

static void test_bytes_read_back(void **state)
{
    (void)state;
    uint8_t commitment[HASH_SIZE];
    entry_commit(commitment, salt, &plain);
    Str bytes = entry_bytes(arena, zero, commitment, &plain);
    Entry came;
    const uint8_t *prev, *committed;
    assert_true(entry_parse(arena, bytes, &came, &prev, &committed));
    assert_memory_equal(prev, zero, HASH_SIZE);
    assert_memory_equal(committed, commitment, HASH_SIZE);
    assert_true(str_eq(came.tree, plain.tree) && str_eq(came.chain, plain.chain) &&
                str_eq(came.event, plain.event) && str_eq(came.seal, plain.seal));
    assert_true(came.version == plain.version && came.at == plain.at && came.place_count == 2 &&
                str_eq(came.places[1], places[1]));
    for (size_t len = 0; len < bytes.len; len++)
        assert_false(entry_parse(arena, str_slice(bytes, 0, len), &came, &prev, &committed));
}

static void test_notes(void **state)
{
    (void)state;
    char folder[] = "/tmp/jalon-key-XXXXXX";
    LogKey key, again, other = {0};
    Str why;
    assert_non_null(mkdtemp(folder));
    assert_true(log_key_open(folder, &key, arena, &why));
    assert_true(log_key_open(folder, &again, arena, &why));
    assert_memory_equal(key.public, again.public, KEY_PUBLIC_SIZE);
    struct stat file;
    assert_int_equal(stat(str_format(arena, "%s/keys/log.ed25519", folder).at, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);

    Checkpoint c = {.origin = checkpoint_origin(arena, plain.tree, STR("")),
                    .size = 42,
                    .at = plain.at},
               came;
    c.root.at[5] = 9;
    Str note = checkpoint_sign(arena, &key, &c);
    assert_true(checkpoint_read(arena, note, key.public, &came));
    assert_true(came.size == 42 && came.at == c.at &&
                memcmp(came.root.at, c.root.at, NODE_SIZE) == 0 && str_eq(came.origin, c.origin));
    assert_false(checkpoint_read(arena, note, other.public, &came));
    for (size_t i = 0; i < note.len; i++) { // one letter, anywhere
        char *spoilt = str_cstr(arena, note);
        spoilt[i] ^= 1;
        bool holds = checkpoint_read(arena, (Str){spoilt, note.len}, key.public, &came);
        assert_false(holds &&
                     i + 5 < note.len); // the last of base64 may have bits that say nothing
    }
    Str two = str_format(arena, STR_FMT STR_FMT, STR_ARG(note), STR_ARG(note));
    assert_true(str_eq(checkpoint_next(&two), note) && str_eq(checkpoint_next(&two), note) &&
                two.len == 0);

    uint8_t read[KEY_PUBLIC_SIZE];
    const Str forms[] = {key_pem(arena, key.public), key_verifier(arena, c.origin, key.public),
                         hash_hex(arena, key.public, KEY_PUBLIC_SIZE)};
    for (size_t i = 0; i < ROWS(forms); i++) {
        assert_true(key_read(forms[i], read));
        assert_memory_equal(read, key.public, KEY_PUBLIC_SIZE);
    }
    assert_false(key_read(STR("no key"), read));
    unlink(str_format(arena, "%s/keys/log.ed25519", folder).at);
    rmdir(str_format(arena, "%s/keys", folder).at);
    rmdir(folder);
}

static void test_handovers(void **state)
{
    (void)state;
    LogKey from, to;
    Handover came;
    crypto_sign_keypair(from.public, from.secret);
    crypto_sign_keypair(to.public, to.secret);
    json_t *trees = json_pack("{s:i}", "00000000-0000-0000-0000-000000000000", 7);
    Str note = handover_sign(arena, &from, &to, STR("x"), plain.at, trees);
    assert_true(handover_read(arena, note, &came));
    assert_memory_equal(came.from, from.public, KEY_PUBLIC_SIZE);
    assert_memory_equal(came.to, to.public, KEY_PUBLIC_SIZE);
    assert_true(came.at == plain.at);
    for (size_t i = 0; i < note.len; i++) { // one letter, anywhere: either signature
        char *spoilt = str_cstr(arena, note);
        spoilt[i] ^= 1;
        if (handover_read(arena, str_of(spoilt), &came))
            fail_msg("letter %zu may be changed", i);
    }
    for (size_t len = 0; len < note.len; len++)
        if (handover_read(arena, str_slice(note, 0, len), &came))
            assert_true(len == note.len - 1); // the last line's end says nothing
    came.trees = trees;
    KeyRing ring = {.at = &came, .len = 1, .present = to.public};
    assert_true(handover_read(arena, note, &came));
    came.trees = trees;
    assert_memory_equal(keys_at(&ring, NO_UUID, 7), from.public, KEY_PUBLIC_SIZE);
    assert_memory_equal(keys_at(&ring, NO_UUID, 8), to.public, KEY_PUBLIC_SIZE);
    assert_memory_equal(keys_at(&ring, plain.tree, 1), to.public, KEY_PUBLIC_SIZE);
    json_decref(trees);
}

int main(void)
{
    if (!auth_start())
        return 1;
    arena = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_column_counts),
        cmocka_unit_test(test_bytes_read_back),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_handovers),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
