// SPDX-License-Identifier: Apache-2.0
// Numbers of organisations, by their check digits.
#include "../base/table.h"
#include "api/resources/identifiers.h"

typedef struct Row {
    const char *sentence, *number;
    bool valid;
} Row;

static void check(const Row *rows, size_t n, bool (*valid)(Str))
{
    int wrong = 0;
    for (size_t i = 0; i < n; i++)
        ROW_CHECK(wrong, valid(str_of(rows[i].number)) == rows[i].valid, rows[i].sentence,
                  "%s: expected %s", rows[i].number, rows[i].valid ? "valid" : "refused");
    ROWS_END(wrong);
}

static void siren(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"ADEME has one", "385290309", true},
        {"so has IGN", "180067019", true},
        {"so has the TCO, in La Réunion", "249740101", true},
        {"La Poste's own obeys", "356000000", true},
        {"one digit off is found", "385290308", false},
        {"two digits in the wrong order are found", "835290309", false},
        {"nine zeroes add up to nothing", "000000000", false},
        {"eight digits are too few", "38529030", false},
        {"ten are too many", "3852903090", false},
        {"letters are no digits", "38529030O", false},
        {"blanks are no digits", "385 290 3", false},
        {"nothing is none", "", false},
    };
    check(rows, ROWS(rows), siren_valid);
}

static void siret(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"ADEME's seat", "38529030900454", true},
        {"Insee's own", "12002701600357", true},
        {"one digit off is found", "12002701600358", false},
        {"Luhn holds but the SIREN in it does not", "12345678900007", false},
        {"La Poste's head office obeys Luhn", "35600000000048", true},
        {"a post office: its digits add up to a multiple of five", "35600000009075", true},
        {"a post office whose digits do not", "35600000009076", false},
        {"the exception is La Poste's alone", "38529030900001", false},
        {"a SIREN is no SIRET", "385290309", false},
        {"fifteen digits are too many", "385290309004540", false},
        {"letters are no digits", "3852903090045A", false},
        {"fourteen zeroes are nobody's", "00000000000000", false},
    };
    check(rows, ROWS(rows), siret_valid);
}

static void rna(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"declared in Paris", "W751515517", true},
        {"declared in Ajaccio", "W2A1000123", true},
        {"declared in La Réunion", "W9R2003456", true},
        {"it begins with W", "X751515517", false},
        {"in upper case", "w751515517", false},
        {"then a digit", "WA51515517", false},
        {"a letter stands nowhere else", "W75A515517", false},
        {"eight digits are too few", "W75151551", false},
        {"ten are too many", "W7515155170", false},
        {"nothing is none", "", false},
    };
    check(rows, ROWS(rows), rna_valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siren),
        cmocka_unit_test(siret),
        cmocka_unit_test(rna),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
