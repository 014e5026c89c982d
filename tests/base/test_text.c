// SPDX-License-Identifier: Apache-2.0
#include "engine/base/fault.h"
#include "table.h"

static const struct {
    const char *sentence, *header;
    Lang lang;
} accept_rows[] = {
    {"no header is French", "", FR},
    {"French is French", "fr", FR},
    {"English is English", "en", EN},
    {"a region speaks for its language", "en-GB", EN},
    {"case does not matter", "EN-us", EN},
    {"the greater weight wins", "fr;q=0.3, en;q=0.8", EN},
    {"a missing weight is 1", "en;q=0.9, fr", FR},
    {"the first wins a tie", "en, fr", EN},
    {"the first wins a tie, the other way", "fr, en", FR},
    {"other languages are skipped", "de, en;q=0.1", EN},
    {"neither is French", "de, ja;q=0.5", FR},
    {"anything is French", "*", FR},
    {"anything but French is English", "*, fr;q=0", EN},
    {"anything outweighs a shy English", "en;q=0.5, *", FR},
    {"anything may weigh less", "en;q=0.5, *;q=0.1", EN},
    {"zero is a refusal", "en;q=0", FR},
    {"spaces are allowed", " en ; q=0.2 , de ", EN},
    {"a weight with a bare point counts", "fr;q=0.,en;q=0.1", EN},
    {"a weight beyond 1 spoils its range only", "en;q=2, fr;q=0.1", FR},
    {"a word is not a weight", "en;q=high", FR},
    {"'english' is no language tag of ours", "english", FR},
    {"empty parts are skipped", ",,en,", EN},
};

static void accepted(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(accept_rows); i++) {
        Lang lang = lang_accept(str_of(accept_rows[i].header));
        ROW_CHECK(wrong, lang == accept_rows[i].lang, accept_rows[i].sentence, "came %d", lang);
    }
    ROWS_END(wrong);
}

static void messages(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Message m = MESSAGE(T("{1} avant {0}{5} {6} {", "{0} after {1}"), STR("a"), STR("b"));
    assert_true(str_is(message_text(arena, FR, &m), "b avant a {6} {"));
    assert_true(str_is(message_text(arena, EN, &m), "a after b"));
    Label label = {.fr = STR("Porteur")};
    assert_true(str_is(label_text(label, EN), "Porteur"));
    arena_free(arena);
}

static void faults(void **state)
{
    (void)state;
    for (FaultKind kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
        const FaultRow *row = fault_row(kind);
        assert_in_range(row->status, 400, 599);
        assert_non_null(row->type);
        assert_true(row->title.fr[0] && row->title.en[0]);
    }
    assert_int_equal(fault_row(FAULT_STALE)->status, 412);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(messages),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
