// SPDX-License-Identifier: Apache-2.0
#include "engine/few.h"
#include "../base/table.h"
#include <string.h>

enum { CELLS = 8 };

// Cell 0 is the total of cells 1 to `first`; the others are parts of cell 1.
static const struct {
    const char *sentence;
    int64_t sizes[CELLS], rests[CELLS];
    size_t first, n;
    const char *shown; // + shown, - hidden, o: no line of its own
} rows[] = {
    {"enough of each are told", {9, 4, 5}, {0}, 2, 3, "+++"},
    {"a total of few is not told, nor are its parts", {2, 2}, {0}, 1, 2, "--"},
    {"one that is small takes the smallest other one along", {20, 9, 2, 4, 5}, {0}, 4, 5, "++--+"},
    {"two small ones as well: together they may be too few",
     {20, 9, 1, 1, 4, 5},
     {0},
     5,
     6,
     "++---+"},
    {"nothing is left to tell when both are hidden", {5, 4, 1}, {0}, 2, 3, "+--"},
    {"none is not few", {9, 4, 5, 0}, {0}, 3, 4, "++++"},
    {"what the total has beyond its parts is a part", {10, 9, 1}, {0}, 2, 3, "+-o"},
    {"if it is large nothing is to be hidden", {10, 6, 4}, {0}, 2, 3, "++o"},
    {"what asking without the filter would tell is not told", {9, 4, 5}, {0, 1, 5}, 2, 3, "+--"},
    {"a total whose rest is small is not told", {9, 4, 5}, {1, 0, 0}, 2, 3, "---"},
    {"the parts of what is hidden are hidden", {12, 4, 2, 6, 3, 1}, {0}, 3, 6, "+--+--"},
    {"parts of a part take one along below it, and leave its total",
     {20, 12, 8, 2, 4, 6},
     {0},
     2,
     6,
     "+++--+"},
};

static void what_is_hidden(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t flat[CELLS], below[CELLS], n = 0;
        FewCell cells[CELLS] = {0};
        char shown[CELLS + 1] = {0};
        for (size_t k = 0; k < rows[i].n; k++)
            cells[k] = (FewCell){.size = rows[i].sizes[k],
                                 .rest = rows[i].rests[k],
                                 .never = rows[i].shown[k] == 'o'};
        for (size_t k = 0; k < rows[i].first; k++)
            flat[k] = k + 1;
        for (size_t k = rows[i].first + 1; k < rows[i].n; k++)
            below[n++] = k;
        few_hide(cells, rows[i].n, (FewLine[]){{flat, rows[i].first, 0}, {below, n, 1}}, 2, 3);
        for (size_t k = 0; k < rows[i].n; k++)
            shown[k] = cells[k].never ? 'o' : cells[k].hidden ? '-' : '+';
        ROW_CHECK(wrong, strcmp(shown, rows[i].shown) == 0, rows[i].sentence, "%s, not %s", shown,
                  rows[i].shown);
    }
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_hidden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
