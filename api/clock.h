// SPDX-License-Identifier: Apache-2.0
// The test clock: how far Jalon's now is moved from the database's (setting movable_clock; otherwise always 0). And the
// monotonic clock that measures waits.
#pragma once
#include <stdint.h>

int64_t clock_shift(void);           // µs
void clock_set_shift(int64_t us);
int64_t clock_mono(void);            // µs, never goes back
