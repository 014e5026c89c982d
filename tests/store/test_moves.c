// SPDX-License-Identifier: Apache-2.0
// Moves against a real PostgreSQL: what a batch does, to whom, and what it leaves behind.
#include "api/resources/move.h"
#include "api/resources/track.h"
#include "../base/table.h"
#include "pg.h"

#define UUID(n) "00000000-0000-4000-8000-0000000000" n
#define CARRIER UUID("01")
#define CLERK   UUID("02")
#define SPACE   UUID("11")
#define CALL    UUID("21")

static const char world[] =
    "insert into person (id, email, name, lang) values ('" CARRIER
    "', 'carrier@x.fr', 'Ana', 'fr'), ('" CLERK "', 'clerk@x.fr', 'Ben', 'en');"
    "insert into organisation (id, name) values ('" UUID(
        "09") "', 'Ville');"
              "insert into space (id, slug, title, organisation_id) values ('" SPACE
              "', 's', '{}', '" UUID(
                  "09") "');"
                        "insert into workflow (id, space_id, name, key) values ('" UUID(
                            "12") "', '" SPACE "', 'essay', 'essay');"
                                  "insert into workflow_version (id, workflow_id, version, sha256, "
                                  "created_by, text) values ('" UUID("13") "', '" UUID(
                                      "12") "', 1, '', '" CLERK "', $yaml$\n"
                                            "jalon: 1\n"
                                            "id: essay\n"
                                            "title: {fr: Essai, en: Essay}\n"
                                            "roles:\n"
                                            "  carrier: {title: {fr: Porteur, en: Carrier}, on: "
                                            "dossier, sees: [forms, history]}\n"
                                            "  clerk: {title: {fr: Instructeur, en: Clerk}, on: "
                                            "call, sees: [forms, history]}\n"
                                            "forms:\n"
                                            "  project: {title: {fr: Projet, en: Project}, type: "
                                            "object, required: [title], properties: {title: {$ref: "
                                            "'dictionary#/title'}}}\n"
                                            "mails:\n"
                                            "  moved:\n"
                                            "    to: [clerk]\n"
                                            "    subject: {fr: 'Dossier {{application.number}}', "
                                            "en: 'File {{application.number}} of {{ dossier.title "
                                            "}}'}\n"
                                            "    body: {fr: 'Bouge', en: 'It moved in "
                                            "{{call.title}}: {{reason}}.'}\n"
                                            "events:\n"
                                            "  go: {title: {fr: Avancer, en: Go}, data: {type: "
                                            "object, properties: {reason: {type: string}}}}\n"
                                            "  back: {title: {fr: Reculer, en: Back}}\n"
                                            "  file: {title: {fr: Filer, en: File}}\n"
                                            "  fix: {title: {fr: Corriger, en: Fix}}\n"
                                            "initial: a\n"
                                            "states:\n"
                                            "  a:\n"
                                            "    title: {fr: A, en: A}\n"
                                            "    stage: submission\n"
                                            "    on:\n"
                                            "      go: {by: carrier, to: b, do: [{mail: moved}]}\n"
                                            "      file: {by: carrier, to: filed, if: "
                                            "\"complete('project')\", do: [seal]}\n"
                                            "    after:\n"
                                            "      P30D: {to: lapsed}\n"
                                            "  b:\n"
                                            "    title: {fr: B, en: B}\n"
                                            "    stage: evaluation\n"
                                            "    on:\n"
                                            "      back: {by: carrier, to: a}\n"
                                            "  filed:\n"
                                            "    title: {fr: Déposé, en: Filed}\n"
                                            "    stage: evaluation\n"
                                            "    on:\n"
                                            "      fix: {by: clerk, to: a, do: [unseal]}\n"
                                            "  lapsed: {type: final, title: {fr: Caduc, en: "
                                            "Lapsed}, stage: submission}\n"
                                            "$yaml$);"
                                            "insert into call (id, space_id, workflow_version_id, "
                                            "title, status, opens_at, closes_at, cutoffs, "
                                            "created_by) values ('" CALL "', '" SPACE "', '" UUID(
                                                "13") "', '{\"fr\": \"Appel\", \"en\": \"Call\"}', "
                                                      "'open', now() - interval '1 day', now() + "
                                                      "interval '60 days',"
                                                      " array[now() + interval '10 days', now() + "
                                                      "interval '20 days'], '" CLERK "');"
                                                      "insert into role_grant (person_id, role, "
                                                      "scope, scope_id) values ('" CLERK
                                                      "', 'clerk', 'call', '" CALL "');";

enum { APPLICATIONS = 4 };
static const char *database;
static Db *db;
static Arena *arena;
static Str applications[APPLICATIONS], dossiers[APPLICATIONS];
static Grant carrier_grants[APPLICATIONS], clerk_grants[1];
static Principal carrier = {.person = {CARRIER, 36},
                            .expires = INT64_MAX,
                            .grants = carrier_grants,
                            .grant_count = APPLICATIONS};
static Principal clerk = {
    .person = {CLERK, 36}, .expires = INT64_MAX, .grants = clerk_grants, .grant_count = 1};
static Principal stranger = {.person = {UUID("03"), 36}, .expires = INT64_MAX};
static const Route route = {
    .path = "/api/v1/applications/{id}/moves", .batch = true, .status = 200};

static Request *request(const Principal *who, Str application, const char *event)
{
    Request *rq = arena_new_of(arena, Request);
    MoveInput *in = arena_new_of(arena, MoveInput);
    *in = (MoveInput){.event = str_of(event)};
    *rq = (Request){
        .arena = arena, .lang = EN, .route = &route, .method = POST, .who = who, .input = in};
    rq->params[0] = application;
    rq->path = str_format(arena, "/api/v1/applications/" STR_FMT "/moves", STR_ARG(application));
    rq->body = str_of(event);
    return rq;
}

static int status_of(const Request *rq)
{
    return rq->faults.len ? fault_row(rq->faults.at[0].kind)->status : rq->reply.status;
}

// Asks the database itself: true when `sql`, a select of one number, gives `expected`.
static bool holds(const char *sql, int64_t expected)
{
    char text[1000];
    snprintf(text, sizeof text,
             "do $do$ declare n bigint; begin n := (%s); if n <> %lld then raise exception 'came "
             "%%', n; end if; end $do$",
             sql, (long long)expected);
    if (db_script(db, text))
        return true;
    print_error("%s: expected %lld, %s\n", sql, (long long)expected, db_detail(db));
    return false;
}

static Str place_of(size_t i)
{
    Rows *rows = QUERY(db, arena, Q_TRACK_GET, ARG(applications[i]));
    Str state = row_str(rows, 0, "state");
    Fault bad;
    return json_str(json_array_get(json_at(json_read(arena, state, &bad), "in"), 0));
}

static int64_t version_of(size_t i)
{
    return row_int(QUERY(db, arena, Q_TRACK_GET, ARG(applications[i])), 0, "version");
}

static void test_opening(void **state)
{
    (void)state;
    for (size_t i = 0; i < APPLICATIONS; i++) {
        Request *rq = request(&carrier, STR(""), "");
        Act act;
        rq->db = db;
        assert_true(db_begin(db));
        if (!application_open(rq, STR(CALL), dossiers[i], &act))
            fail_msg("%s", rq->faults.len ? rq->faults.at[0].message.text.en : db_detail(db));
        assert_true(db_commit(db));
        applications[i] = act.track->id;
        assert_int_equal(act.track->version, 1);
    }
    assert_true(str_is(place_of(0), "a"));
    assert_true(holds("select count(*) from timer", APPLICATIONS));
    assert_true(holds("select count(*) from move where event = 'opened'", APPLICATIONS));

    struct {
        const char *sentence;
        const Principal *who;
        const char *call;
        int status;
    } rows[] = {
        {"a dossier is filed once under a call", &carrier, CALL, 409},
        {"nobody files what another carries", &clerk, CALL, 422},
        {"there must be such a call", &carrier, UUID("99"), 404},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Request *rq = request(rows[i].who, STR(""), "");
        Act act;
        rq->db = db;
        assert_true(db_begin(db));
        bool ok = application_open(rq, str_of(rows[i].call), dossiers[0], &act);
        db_rollback(db);
        ROW_CHECK(wrong, !ok && status_of(rq) == rows[i].status, rows[i].sentence,
                  "expected %d, came %d", rows[i].status, status_of(rq));
    }
    ROWS_END(wrong);
}

static void test_batch(void **state)
{
    (void)state;
    struct {
        const char *sentence;
        const Principal *who;
        int application; // -1: none such
        const char *event;
        int64_t version;
        int status;
    } rows[] = {
        {"a move that is open moves", &carrier, 0, "go", 1, 200},
        {"a closed one is refused", &carrier, 1, "back", 0, 409},
        {"its neighbour moves all the same", &carrier, 2, "go", 0, 200},
        {"the second move of one application sees the first one's result", &carrier, 0, "back", 2,
         200},
        {"who saw an older version is told", &carrier, 2, "back", 1, 412},
        {"who may not see it finds nothing", &stranger, 1, "go", 0, 404},
        {"neither where nothing is", &carrier, -1, "go", 0, 404},
        {"who sees it without the role is refused", &clerk, 1, "go", 0, 409},
        {"an unknown event is refused", &carrier, 1, "fly", 0, 409},
        {"and the last of the batch moves", &carrier, 3, "go", 1, 200},
    };
    Request *rqs[ROWS(rows)];
    for (size_t i = 0; i < ROWS(rows); i++) {
        Str id = rows[i].application < 0 ? STR(UUID("99")) : applications[rows[i].application];
        rqs[i] = request(rows[i].who, id, rows[i].event);
        ((MoveInput *)rqs[i]->input)->version = rows[i].version;
    }
    ((MoveInput *)rqs[0]->input)->data = json_keep(arena, json_pack("{s:s}", "reason", "wind"));
    moves_take(rqs, ROWS(rows), db);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Str said = rqs[i]->faults.len ? message_text(arena, EN, &rqs[i]->faults.at[0].message)
                                      : rqs[i]->reply.body;
        ROW_CHECK(wrong, status_of(rqs[i]) == rows[i].status, rows[i].sentence,
                  "expected %d, came %d: %.*s", rows[i].status, status_of(rqs[i]), STR_ARG(said));
    }
    ROWS_END(wrong);
    assert_true(str_is(place_of(0), "a"));
    assert_int_equal(version_of(0), 3);
    assert_true(str_is(place_of(1), "a"));
    assert_int_equal(version_of(1), 1);
    assert_true(str_is(place_of(2), "b"));
    assert_true(holds("select count(*) from outbox", 3));
    assert_true(holds("select count(*) from outbox where recipient = 'clerk@x.fr' and subject like "
                      "'File 2%-_____ of One' "
                      "and body = 'It moved in Call: wind.'",
                      1));
    assert_false(db_in_transaction(db));
}

static void test_keys(void **state)
{
    (void)state;
    // The same request under one key, three times in one batch and once after it: done once,
    // answered alike.
    Request *rqs[4];
    int64_t before = version_of(1);
    for (size_t i = 0; i < 4; i++) {
        rqs[i] = request(&carrier, applications[1], "go");
        rqs[i]->key = STR("k1");
    }
    moves_take(rqs, 3, db);
    moves_take(rqs + 3, 1, db);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(status_of(rqs[i]), 200);
        assert_true(str_eq(rqs[i]->reply.body, rqs[0]->reply.body));
    }
    assert_int_equal(version_of(1), before + 1);
    // The key of another request is refused, in the batch and after it.
    Request *others[2] = {request(&carrier, applications[1], "back"),
                          request(&carrier, applications[0], "go")};
    others[0]->key = others[1]->key = STR("k1");
    moves_take(others, 2, db);
    assert_int_equal(status_of(others[0]), 422);
    assert_int_equal(status_of(others[1]), 422);
    // What was refused may be tried again under its key.
    Request *no[2] = {request(&carrier, applications[1], "file"),
                      request(&carrier, applications[1], "back")};
    no[0]->key = STR("k2");
    moves_take(no, 2, db);
    assert_int_equal(status_of(no[0]), 409);
    assert_int_equal(status_of(no[1]), 200);
    Request *yes = request(&carrier, applications[1], "file");
    yes->key = STR("k2");
    moves_take(&yes, 1, db);
    assert_int_equal(status_of(yes), 200);
}

static void test_sealing(void **state)
{
    (void)state;
    // After the test of keys, application 1 is filed: the version is kept with its hash, and the
    // cut-off it came in time for.
    assert_true(str_is(place_of(1), "filed"));
    assert_true(holds(
        "select count(*) from sealed where length(sha256) = 64 and content ->> 'title' = 'Two'",
        1));
    assert_true(holds("select count(*) from application where filed_at is not null and "
                      "sealed_version = 1 and cutoff < now() + "
                      "interval '11 days'",
                      1));
    assert_true(holds("select count(*) from timer", APPLICATIONS - 3));
    // A correction reads the living dossier again; both in one batch still come in order.
    Request *rqs[2] = {request(&clerk, applications[1], "fix"),
                       request(&carrier, applications[1], "file")};
    moves_take(rqs, 2, db);
    assert_int_equal(status_of(rqs[0]), 200);
    assert_int_equal(status_of(rqs[1]), 200);
    assert_true(holds("select count(*) from sealed", 1));
}

static void test_incomplete(void **state)
{
    (void)state;
    assert_true(db_script(db, "update dossier set content = '{}'"));
    Request *rq = request(&carrier, applications[0], "file");
    moves_take(&rq, 1, db);
    assert_int_equal(status_of(rq), 409);
    assert_true(str_is(rq->faults.at[0].pointer, "/title"));
}

static void test_guilty_alone(void **state)
{
    (void)state;
    // One row breaks a rule of the database: its neighbours are stored all the same.
    assert_true(db_script(db,
                          "alter table entry add constraint no_wind check (data is null or data "
                          "->> 'reason' <> 'storm') not valid"));
    size_t moving[] = {0, 3};
    Request *setup = request(&carrier, applications[3], "back");
    moves_take(&setup, 1, db);
    Request *rqs[2];
    int64_t before[2];
    for (size_t i = 0; i < 2; i++) {
        before[i] = version_of(moving[i]);
        rqs[i] = request(&carrier, applications[moving[i]], "go");
    }
    ((MoveInput *)rqs[0]->input)->data = json_keep(arena, json_pack("{s:s}", "reason", "storm"));
    moves_take(rqs, 2, db);
    assert_true(status_of(rqs[0]) >= 400);
    assert_int_equal(status_of(rqs[1]), 200);
    assert_int_equal(version_of(0), before[0]);
    assert_int_equal(version_of(3), before[1] + 1);
    assert_true(db_script(db, "alter table entry drop constraint no_wind"));
}

static void test_locked(void **state)
{
    (void)state;
    // Somebody holds one application: only those who want that one wait, and are told.
    Db *other = db_open(database);
    char sql[200];
    snprintf(sql, sizeof sql, "begin; select 1 from application where id = '%.*s' for update",
             STR_ARG(applications[0]));
    assert_true(db_script(other, sql));
    Request *rqs[2] = {request(&carrier, applications[0], "go"),
                       request(&carrier, applications[3], "back")};
    moves_take(rqs, 2, db);
    assert_int_equal(status_of(rqs[0]), 503);
    assert_int_equal(status_of(rqs[1]), 200);
    db_close(other);
    Request *again = request(&carrier, applications[0], "go");
    moves_take(&again, 1, db);
    assert_int_equal(status_of(again), 200);
}

static void test_chain(void **state)
{
    (void)state;
    // Every version once, and the row carries the hash of its last move.
    assert_true(holds("select count(*) from application a where a.version <> (select count(*) from "
                      "move m where m.application_id "
                      "= a.id)",
                      0));
    assert_true(holds("select count(*) from application a join move m on m.application_id = a.id "
                      "and m.version = a.version where "
                      "m.hash <> a.hash or m.places <> a.places",
                      0));
    assert_true(holds("select count(*) - count(distinct hash) from move", 0));
}

static void test_rows(void **state)
{
    (void)state;
    // A line of the history as the API shows it: every kind of column, and none of those that are hidden.
    Rows *rows = QUERY(db, arena, Q_MOVE_LIST, ARG(applications[0]), ARG_NULL, arg_int(arena, 1),
                       arg_bool(false), arg_texts(arena, NULL, 0), ARG_NULL);
    Buf buf = {.arena = arena};
    row_write(&buf, rows, 0);
    Fault bad;
    json_t *line = json_read(arena, buf_str(&buf), &bad);
    assert_non_null(line);
    assert_int_equal(json_object_size(line), 9);
    assert_int_equal(json_integer_value(json_at(line, "version")), 1);
    assert_true(json_is_null(json_at(line, "data")));
    assert_true(str_is(json_str(json_at(line, "person")), "Ana"));
    assert_true(str_is(json_str(json_array_get(json_at(line, "places"), 0)), "a"));
    assert_int_equal(json_string_length(json_at(line, "hash")), 64);
    Time at;
    assert_true(time_parse(json_str(json_at(line, "at")), &at));
    assert_true(at == row_time(rows, 0, "at"));
}

static void test_timers(void **state)
{
    (void)state;
    Str name = STR("timer.a.1");
    moves_take((Request *[]){request(&carrier, applications[3], "go")}, 1, db);
    moves_take((Request *[]){request(&carrier, applications[3], "back")}, 1, db);
    assert_true(holds("select count(*) from timer where name = 'timer.a.1' and due_at > now() + "
                      "interval '29 days'",
                      1));
    assert_true(
        application_fire_timer(db, arena, applications[3], name)); // not yet due: nothing happens
    assert_true(holds("select count(*) from timer", 1));
    assert_true(db_script(db, "update timer set due_at = now() - interval '1 second'"));
    assert_true(application_fire_timer(db, arena, applications[3], name));
    assert_true(str_is(place_of(3), "lapsed"));
    assert_true(holds("select count(*) from timer", 0));
    assert_true(
        holds("select count(*) from move where event = 'timer.a.1' and person_id is null", 1));
    assert_true(
        application_fire_timer(db, arena, applications[3], name)); // it is gone: nothing happens
}

static int set_up(void **state)
{
    (void)state;
    Str why = STR_NONE;
    arena = arena_new();
    database = pg_database("moves");
    if (!database || !auth_start())
        return -1;
    db = db_open(database);
    if (!store_migrate(db, &why, arena) || !db_script(db, world)) {
        print_error("%.*s %s\n", STR_ARG(why), db_detail(db));
        return -1;
    }
    static const char *const titles[] = {"One", "Two", "Three", "Four"};
    for (size_t i = 0; i < APPLICATIONS; i++) {
        dossiers[i] = str_format(arena, UUID("%02zu"), 31 + i);
        char sql[300];
        snprintf(sql, sizeof sql,
                 "insert into dossier (id, content, created_by) values ('%s', '{\"title\": "
                 "\"%s\"}', '" CARRIER "')",
                 dossiers[i].at, titles[i]);
        if (!db_script(db, sql))
            return -1;
        carrier_grants[i] = (Grant){.scope = ON_DOSSIER,
                                    .role = STR("carrier"),
                                    .scope_id = dossiers[i],
                                    .from = TIME_NONE,
                                    .until = TIME_NONE};
    }
    clerk_grants[0] = (Grant){.scope = ON_CALL,
                              .role = STR("clerk"),
                              .scope_id = STR(CALL),
                              .from = TIME_NONE,
                              .until = TIME_NONE};
    carrier.keys = access_keys(arena, carrier_grants, APPLICATIONS);
    clerk.keys = access_keys(arena, clerk_grants, 1);
    return 0;
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
        cmocka_unit_test(test_opening),    cmocka_unit_test(test_batch),
        cmocka_unit_test(test_keys),       cmocka_unit_test(test_sealing),
        cmocka_unit_test(test_incomplete), cmocka_unit_test(test_guilty_alone),
        cmocka_unit_test(test_locked),     cmocka_unit_test(test_chain),
        cmocka_unit_test(test_timers),     cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
