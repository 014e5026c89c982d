// SPDX-License-Identifier: Apache-2.0
#include "clock.h"
#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t shift;

int64_t clock_shift(void)
{
    return shift;
}

void clock_set_shift(int64_t us)
{
    shift = us;
}

int64_t clock_mono(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
