// SPDX-License-Identifier: Apache-2.0
// Answers as they are typed: what is there is of its type, what is missing may come later.
#include "api/resources/answers.h"
#include "api/resources/shared.h"
#include "../base/table.h"

static const struct {
    const char *sentence, *patch, *pointer, *keyword; // pointer NULL: taken
} rows[] = {
    {"one answer alone is taken", "{\"title\":\"A garden\"}", NULL, NULL},
    {"no answer at all", "{}", NULL, NULL},
    {"null takes an answer away", "{\"summary\":null}", NULL, NULL},
    {"null takes a part of an answer away", "{\"financing_plan\":[],\"website\":null}", NULL, NULL},
    {"a number for a text", "{\"title\":3}", "/answers/title", "type"},
    {"a text that goes on", "{\"title\":\"A\"}", NULL, NULL},
    {"too long a text",
     "{\"contact_name\":"
     "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
     "567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
     "89012345678901"
     "234567890\"}",
     "/answers/contact_name", "maxLength"},
    {"a value that is not offered", "{\"maturity\":\"old\"}", "/answers/maturity", "enum"},
    {"a fraction of a cent", "{\"total\":10.5}", "/answers/total", "type"},
    {"a list that is still empty", "{\"territories\":[]}", NULL, NULL},
    {"a line that is not complete yet", "{\"financing_plan\":[{\"funder\":\"City\"}]}", NULL, NULL},
    {"a line with a wrong year", "{\"financing_plan\":[{\"funder\":\"City\",\"year\":\"soon\"}]}",
     "/answers/financing_plan/0/year", "type"},
    {"a line with an unknown member", "{\"partners\":[{\"name\":\"City\",\"hat\":1}]}",
     "/answers/partners/0/hat", NULL},
    {"a question that nobody asks", "{\"titel\":\"A garden\"}", "/answers/titel", "unknown"},
    {"an address that is still typed", "{\"contact_email\":\"me\"}", NULL, NULL},
    {"a number that has more digits to come", "{\"total\":0}", NULL, NULL},
};

static void drafts_are_typed(void **state)
{
    (void)state;
    const Definition *def = shared_definition();
    assert_non_null(def);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Request rq = {.arena = arena_new()};
        Fault fault;
        json_t *content, *patch = json_read(rq.arena, str_of(rows[i].patch), &fault);
        bool taken = answers_check(&rq, def, STR("/answers"), patch, &content);
        const Fault *first = &rq.faults.at[0];
        bool as_said =
            taken == !rows[i].pointer && (taken || str_is(first->pointer, rows[i].pointer)) &&
            (!rows[i].keyword || (first->keyword && strcmp(first->keyword, rows[i].keyword) == 0));
        ROW_CHECK(wrong, as_said, rows[i].sentence, "taken %d, at " STR_FMT " %s", taken,
                  STR_ARG(first->pointer), !taken && first->keyword ? first->keyword : "");
        arena_free(rq.arena);
    }
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(drafts_are_typed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
