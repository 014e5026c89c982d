// SPDX-License-Identifier: Apache-2.0
// Tests are sentences: a table whose rows begin with one, and a failure that prints it with what
// was expected and came.
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof *(table))

// Fails the test when `ok` is false, after all rows have spoken: `wrong` counts, `rows_end` ends.
#define ROW_CHECK(wrong, ok, sentence, format, ...)                                                \
    do {                                                                                           \
        if (!(ok)) {                                                                               \
            (wrong)++;                                                                             \
            print_error("  %s: " format "\n", (sentence), __VA_ARGS__);                            \
        }                                                                                          \
    } while (0)

#define ROWS_END(wrong)                                                                            \
    do {                                                                                           \
        if (wrong)                                                                                 \
            fail_msg("%d rows are wrong", (wrong));                                                \
    } while (0)
