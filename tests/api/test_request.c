// SPDX-License-Identifier: Apache-2.0
// What a request carries and answers, without a connection: the query string, pages, problems, the queue.
#include "../base/table.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/queue.h"
#include <pthread.h>
#include <unistd.h>

static const Parameter parameters[] = {
    {"limit", FIELD_INT_T, ""},    {"cursor", FIELD_TEXT_T, ""}, {"after", FIELD_TIME_T, ""},
    {"call_id", FIELD_UUID_T, ""}, {"open", FIELD_BOOL_T, ""},   {0},
};
static const Route route = {.method = GET, .path = "/things", .query = parameters};

static Request *request(Arena *arena)
{
    Request *rq = arena_new_of(arena, Request);
    rq->arena = arena;
    rq->lang = EN;
    rq->route = &route;
    rq->path = STR("/things");
    rq->query = arena_array(arena, Str, 5);
    strcpy(rq->id, "test-request");
    return rq;
}

static void query(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *name, *value;
        const char *keyword; // of the fault, NULL when it is taken
    } rows[] = {
        {"a number", "limit", "10", NULL},
        {"a negative number is one", "limit", "-1", NULL},
        {"a number with a unit", "limit", "10k", "type"},
        {"an empty number", "limit", "", "type"},
        {"a number with a plus", "limit", "+1", "type"},
        {"a UUID in capitals", "call_id", "0B5C0A5E-0000-4000-8000-00000000000A", NULL},
        {"a UUID that is none", "call_id", "0b5c0a5e", "type"},
        {"a time", "after", "2023-06-01T12:00:00Z", NULL},
        {"a time that is none", "after", "yesterday", "type"},
        {"true", "open", "true", NULL},
        {"yes is no truth", "open", "yes", "type"},
        {"an unknown name", "size", "1", "unknown"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        Request *rq = request(arena);
        query_take(rq, str_of(rows[i].name), str_of(rows[i].value));
        const char *keyword = rq->faults.len ? rq->faults.at[0].keyword : NULL;
        ROW_CHECK(wrong,
                  rows[i].keyword ? keyword && strcmp(keyword, rows[i].keyword) == 0 : !keyword,
                  rows[i].sentence, "expected %s, came %s",
                  rows[i].keyword ? rows[i].keyword : "(taken)", keyword ? keyword : "(taken)");
        arena_free(arena);
    }
    Arena *arena = arena_new();
    Request *rq = request(arena);
    query_take(rq, STR("limit"), STR("1"));
    query_take(rq, STR("limit"), STR("2"));
    ROW_CHECK(wrong, rq->faults.len == 1 && strcmp(rq->faults.at[0].keyword, "unique") == 0,
              "a parameter given twice", "came %zu faults", rq->faults.len);
    ROW_CHECK(wrong, request_query_int(rq, "limit", 50) == 1 && !request_query(rq, "open").at,
              "what is absent is none", "limit %lld",
              (long long)request_query_int(rq, "limit", 50));
    arena_free(arena);
    ROWS_END(wrong);
}

static void problems(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Request *rq = request(arena);
    fault_at(rq, FAULT_INVALID, STR("/name"), "maxLength",
             MESSAGE(T("Trop long.", "Too \"long\"."), STR_NONE));
    fault_at(rq, FAULT_INVALID, STR("?limit"), NULL,
             MESSAGE(T("Nombre {0}.", "Number {0}."), STR("x")));
    problem_reply(rq);
    static const char expected[] =
        "{\"type\":\"/problems/invalid\",\"title\":\"Invalid "
        "data\",\"status\":422,\"detail\":\"Too \\\"long\\\".\","
        "\"instance\":\"test-request\",\"errors\":["
        "{\"pointer\":\"/name\",\"keyword\":\"maxLength\",\"detail\":\"Too \\\"long\\\".\"},"
        "{\"parameter\":\"limit\",\"detail\":\"Number x.\"}]}";
    assert_string_equal(str_cstr(arena, rq->reply.body), expected);
    assert_int_equal(rq->reply.status, 422);
    assert_string_equal(rq->reply.type, PROBLEM_TYPE);

    // Nothing recorded is our own mistake, and says no more than that.
    Request *silent = request(arena);
    silent->lang = FR;
    problem_reply(silent);
    assert_string_equal(str_cstr(arena, silent->reply.body),
                        "{\"type\":\"/problems/internal\",\"title\":\"Erreur "
                        "interne\",\"status\":500,\"instance\":\"test-request\"}");

    Request *full = request(arena);
    for (int i = 0; i < 2 * FIELD_FAULTS_MAX; i++)
        fault(full, FAULT_BUSY, NULL, T("a", "a"), STR_NONE);
    problem_reply(full);
    assert_int_equal(full->reply.status, 503);
    assert_int_equal(full->reply.retry_after, 1);
    arena_free(arena);
}

static bool page_of(Arena *arena, const char *limit, Str cursor, Page *ret)
{
    Request *rq = request(arena);
    if (limit)
        query_take(rq, STR("limit"), str_of(limit));
    if (cursor.at)
        query_take(rq, STR("cursor"), cursor);
    return page_read(rq, ret);
}

static void pages(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Page page;
    assert_true(page_of(arena, NULL, STR_NONE, &page));
    assert_int_equal(page.limit, 50);
    assert_true(page.at.len == 0 && page.id.len == 0);
    assert_true(page_of(arena, "200", STR_NONE, &page));
    assert_false(page_of(arena, "201", STR_NONE, &page));
    assert_false(page_of(arena, "0", STR_NONE, &page));

    static const char *const strangers[] = {"",           "x",        "AAAAAAAA",
                                            "not/base64", "AAAA\xff", "bm90IG91cnM"};
    for (size_t i = 0; i < ROWS(strangers); i++)
        assert_false(page_of(arena, NULL, str_of(strangers[i]), &page));
    arena_free(arena);
}

static void *take_two(void *what)
{
    Request *taken[4];
    return (void *)(uintptr_t)queue_take(what, taken, 4);
}

static void queue(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Request *first = request(arena), *second = request(arena), *taken[4];
    Queue *q = queue_new(2);
    assert_true(queue_push(q, first));
    assert_true(queue_push(q, second));
    assert_false(queue_push(q, first)); // full
    assert_int_equal(queue_late(q, 60 * SECOND, taken, 4), 0);
    usleep(2000);
    assert_int_equal(queue_late(q, 1000, taken, 1), 1);
    assert_ptr_equal(taken[0], first); // the oldest goes first
    assert_true(queue_push(q, first)); // around the ring
    assert_int_equal(queue_take(q, taken, 4), 2);
    assert_ptr_equal(taken[0], second);
    assert_ptr_equal(taken[1], first);

    // Whoever waits hears of the closing; what is in the queue is still taken.
    pthread_t waiting;
    void *n;
    pthread_create(&waiting, NULL, take_two, q);
    usleep(2000);
    queue_close(q);
    pthread_join(waiting, &n);
    assert_int_equal((uintptr_t)n, 0);
    assert_false(queue_push(q, first));
    queue_free(q);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query),
        cmocka_unit_test(problems),
        cmocka_unit_test(pages),
        cmocka_unit_test(queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
