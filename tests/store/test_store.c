// SPDX-License-Identifier: Apache-2.0
// The store against a real PostgreSQL: values there and back, errors, flights, deadlines,
// migrations.
#include "api/store/store.h"
#include "../base/table.h"
#include "pg.h"
#include <time.h>

static const char *conninfo;
static Db *db;
static Arena *arena;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#define NOBODY_ID "00000000-0000-4000-8000-000000000000"

static void test_round_trip(void **state)
{
    (void)state;
    Rows *rows = QUERY0(db, arena, Q_CLOCK);
    assert_non_null(rows);
    assert_int_equal(rows_len(rows), 1);
    assert_true(row_time(rows, 0, "now") > 1700000000 * SECOND);
    Buf buf = {.arena = arena};
    row_write(&buf, rows, 0);
    assert_memory_equal(buf.at, "{\"now\":\"20", 10);
    assert_int_equal(buf.at[buf.len - 2], '"');
    assert_int_equal(buf.at[buf.len - 3], 'Z');
}

static void test_values(void **state)
{
    (void)state;
    // Whatever a text holds comes back as it was, also from inside an array.
    Str keys[] = {STR("a\"b\\c,{}"), STR("NULL"),   STR("l'été\n\t"),
                  STR(" "),          STR("$1; --"), STR("{\"x\": [1]}")};
    enum { N = sizeof keys / sizeof *keys };
    Str persons[N], empty[N];
    int64_t statuses[N];
    uint8_t prints[N * 4] = {0, 1, 0xFE, 0xFF};
    for (size_t i = 0; i < N; i++) {
        persons[i] = STR(NOBODY_ID);
        empty[i] = STR("");
        statuses[i] = INT32_MIN + (int64_t)i;
    }
    Rows *added =
        QUERY(db, arena, Q_IDEMPOTENCY_ADD, arg_texts(arena, persons, N), arg_texts(arena, keys, N),
              arg_hexes(arena, prints, N, 4), arg_ints(arena, statuses, N),
              arg_texts(arena, empty, N), arg_texts(arena, empty, N), arg_texts(arena, keys, N));
    assert_non_null(added);
    assert_int_equal(rows_len(added), N);
    int wrong = 0;
    for (size_t i = 0; i < N; i++) {
        Rows *found = QUERY(db, arena, Q_IDEMPOTENCY_FIND, ARG(STR(NOBODY_ID)), ARG(keys[i]));
        bool same = found && rows_len(found) == 1 && str_eq(row_str(found, 0, "body"), keys[i]) &&
                    row_int(found, 0, "status") == statuses[i] && row_str(found, 0, "etag").at &&
                    row_bytes(arena, found, 0, "request").len == 4 &&
                    memcmp(row_bytes(arena, found, 0, "request").at, prints + 4 * i, 4) == 0;
        ROW_CHECK(wrong, same, "a text comes back as it was", "%.*s", STR_ARG(keys[i]));
    }
    ROWS_END(wrong);
}

static void test_migrations(void **state)
{
    (void)state;
    const char *other = pg_database("migrations");
    Db *slow = db_open_slow(other);
    Str why = STR_NONE;
    Migration table[] = {
        {1, "one", "aa", "create table one (a int); insert into one values (1);"},
        {2, "two", "bb", "create table two (a int);"},
        {3, "bad", "cc", "create table three (a int); insert into nowhere values (1);"},
        {2, "two", "b2", "create table two (a int);"},
    };
    struct {
        const char *sentence;
        size_t n;
        int swap; // replaces the second by this row
        bool ok;
        const char *says;
    } rows[] = {
        {"the first one is applied", 1, -1, true, ""},
        {"the same again changes nothing", 1, -1, true, ""},
        {"the next one is applied alone", 2, -1, true, ""},
        {"a failing one says which and why", 3, -1, false, "migration 3 (bad)"},
        {"and leaves nothing of itself, so that it fails in the same way again", 3, -1, false,
         "nowhere"},
        {"an older program refuses a newer database", 1, -1, false, "newer"},
        {"a changed one is refused", 2, 3, false, "migration 2 (two) was changed"},
        {"after all that the database still fits", 2, -1, true, ""},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Migration now[4];
        memcpy(now, table, sizeof now);
        if (rows[i].swap >= 0)
            now[1] = table[rows[i].swap];
        why = STR_NONE;
        bool ok = store_migrate_with(slow, now, rows[i].n, &why, arena);
        char *said = str_cstr(arena, why);
        ROW_CHECK(wrong, ok == rows[i].ok && strstr(said, rows[i].says), rows[i].sentence,
                  "came %d: %s", ok, said);
    }
    db_close(slow);
    ROWS_END(wrong);
}

static void test_errors(void **state)
{
    (void)state;
    struct {
        const char *sentence, *sql;
        DbError error;
        const char *constraint;
    } rows[] = {
        {"a good statement is no error", "select 1", DB_OK, ""},
        {"twice the same e-mail is a unique violation that is named",
         "insert into person (email) values ('a@b.fr'), ('a@b.fr')", DB_UNIQUE, "person_email_key"},
        {"a capital letter breaks the check", "insert into person (email) values ('A@b.fr')",
         DB_CHECK, "person_email_check"},
        {"a stranger breaks the reference",
         "insert into membership (organisation_id, person_id, role) values ('" NOBODY_ID
         "', '" NOBODY_ID "', 'owner')",
         DB_CHECK, "membership_organisation_id_fkey"},
        {"a key that was taken meanwhile asks to run again",
         "insert into idempotency (person_id, key, request, status, body) values ('" NOBODY_ID
         "', 'k', '', 200, ''), ('" NOBODY_ID "', 'k', '', 200, '')",
         DB_RETRY, "idempotency_pkey"},
        {"a word is no uuid", "select 'x'::uuid", DB_BAD_VALUE, ""},
        {"a division by zero is a bad value", "select 1 / 0", DB_BAD_VALUE, ""},
        {"a rule of a trigger is a check", "do $$ begin raise exception 'no'; end $$", DB_CHECK,
         ""},
        {"a serialization failure asks to run again", "do $$ begin raise sqlstate '40001'; end $$",
         DB_RETRY, ""},
        {"a misspelt statement is ours", "selekt 1", DB_WRONG, ""},
        {"a statement that takes too long is stopped", "select pg_sleep(5)", DB_TIMEOUT, ""},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        db_script(db, rows[i].sql);
        ROW_CHECK(wrong,
                  db_error(db) == rows[i].error &&
                      strcmp(db_constraint(db), rows[i].constraint) == 0,
                  rows[i].sentence, "expected %d (%s), came %d (%s): %s", rows[i].error,
                  rows[i].constraint, db_error(db), db_constraint(db), db_detail(db));
    }
    ROWS_END(wrong);
}

static void test_transactions(void **state)
{
    (void)state;
    // 1. Begin costs nothing until something is asked, and an empty commit neither.
    assert_true(db_begin(db));
    assert_true(db_in_transaction(db));
    assert_true(db_commit(db));
    assert_false(db_in_transaction(db));

    // 2. What failed once stays failed with its first error, and nothing of it is kept.
    assert_true(db_begin(db));
    assert_non_null(QUERY0(db, arena, Q_CLOCK));
    assert_null(QUERY(db, arena, Q_IDEMPOTENCY_FIND, ARG(STR("nobody")), ARG(STR("k"))));
    assert_int_equal(db_error(db), DB_BAD_VALUE);
    assert_null(QUERY0(db, arena, Q_CLOCK));
    assert_int_equal(db_error(db), DB_BAD_VALUE);
    assert_false(db_commit(db));
    db_rollback(db);
    assert_int_equal(db_error(db), DB_BAD_VALUE);
    assert_non_null(QUERY0(db, arena, Q_CLOCK));

    // 3. A connection that dies inside a transaction does not come back as another one outside of
    // it.
    assert_true(db_begin(db));
    assert_non_null(QUERY0(db, arena, Q_CLOCK));
    db_script(db, "select pg_terminate_backend(pg_backend_pid())");
    assert_null(QUERY0(db, arena, Q_CLOCK));
    assert_null(QUERY0(db, arena, Q_CLOCK));
    assert_int_equal(db_error(db), DB_DOWN);
    db_rollback(db);
    assert_non_null(QUERY0(db, arena, Q_CLOCK));
}

static void test_flights(void **state)
{
    (void)state;
    Flight flights[] = {
        FLIGHT(Q_CLOCK, ),
        FLIGHT(Q_IDEMPOTENCY_FIND, ARG(STR("nobody")), ARG(STR("k"))),
        FLIGHT(Q_CLOCK, ),
    };
    flights[0].n = flights[2].n = 0;
    assert_false(db_flight(db, arena, flights, 3));
    assert_non_null(flights[0].rows);
    assert_null(flights[1].rows);
    assert_null(flights[2].rows);
    assert_int_equal(db_error(db), DB_BAD_VALUE);
    flights[1].args = (Arg[]){ARG(STR(NOBODY_ID)), ARG(STR("k"))};
    assert_true(db_flight(db, arena, flights, 3));
    assert_int_equal(rows_len(flights[1].rows), 0);
    flights[1].args = (Arg[]){ARG(STR(NOBODY_ID)), ARG(((Str){"a\0b", 3}))};
    assert_false(db_flight(db, arena, flights, 3));
    assert_int_equal(db_error(db), DB_BAD_VALUE);
}

static void test_silence(void **state)
{
    (void)state;
    // A server that is stopped in the middle of everything: we hang up within a second, and come
    // back when it does.
    Db *mine = db_open(conninfo);
    Rows *rows = QUERY0(mine, arena, Q_BACKEND);
    pid_t backend = (pid_t)row_int(rows, 0, "pid");
    kill(backend, SIGSTOP);
    int64_t from = now_ms();
    assert_null(QUERY0(mine, arena, Q_CLOCK));
    int64_t took = now_ms() - from;
    kill(backend, SIGCONT);
    assert_int_equal(db_error(mine), DB_TIMEOUT);
    assert_in_range(took, 500, 1000);
    assert_non_null(QUERY0(mine, arena, Q_CLOCK));
    db_close(mine);
}

static void test_locks(void **state)
{
    (void)state;
    Db *other = db_open(conninfo);
    assert_true(db_script(other, "begin; lock table idempotency in access exclusive mode"));
    int64_t from = now_ms();
    assert_null(QUERY(db, arena, Q_IDEMPOTENCY_FIND, ARG(STR(NOBODY_ID)), ARG(STR("k"))));
    assert_int_equal(db_error(db), DB_TIMEOUT);
    assert_in_range(now_ms() - from, 500, 1000);
    db_close(other);
    assert_non_null(QUERY(db, arena, Q_IDEMPOTENCY_FIND, ARG(STR(NOBODY_ID)), ARG(STR("k"))));
}

static void test_listening(void **state)
{
    (void)state;
    Db *ear = db_open(conninfo);
    assert_true(db_listen(ear, "access"));
    assert_true(db_notified(ear, NULL)); // the connection is new: something may have been said before
    assert_false(db_notified(ear, NULL));
    assert_true(db_script(db, "notify access"));
    for (int i = 0; i < 20 && !db_notified(ear, NULL); i++)
        usleep(50 * 1000);
    assert_true(db_script(db, "notify access"));
    usleep(100 * 1000);
    assert_true(db_notified(ear, NULL));
    db_script(ear, "select pg_terminate_backend(pg_backend_pid())");
    assert_true(db_notified(ear, NULL));
    assert_true(db_socket(ear) >= 0);
    db_close(ear);
}

static void test_crash(void **state)
{
    (void)state;
    assert_true(store_ping(conninfo));
    assert_true(pg_crash());
    assert_true(store_ping(conninfo));
    assert_null(QUERY0(db, arena, Q_CLOCK)); // what was in flight is lost, and says so
    assert_int_equal(db_error(db), DB_DOWN);
    assert_non_null(QUERY0(db, arena, Q_CLOCK));
    Db *nobody = db_open("host=/tmp/nowhere user=x");
    assert_int_equal(db_error(nobody), DB_DOWN);
    assert_false(db_ready(nobody));
    db_close(nobody);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    conninfo = pg_database("store");
    if (!conninfo)
        return -1;
    Str why = STR_NONE;
    db = db_open(conninfo);
    if (store_migrate(db, &why, arena))
        return 0;
    print_error("%s\n", str_cstr(arena, why));
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    db_close(db);
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_values),
        cmocka_unit_test(test_migrations),   cmocka_unit_test(test_errors),
        cmocka_unit_test(test_transactions), cmocka_unit_test(test_flights),
        cmocka_unit_test(test_silence),      cmocka_unit_test(test_locks),
        cmocka_unit_test(test_listening),    cmocka_unit_test(test_crash),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
