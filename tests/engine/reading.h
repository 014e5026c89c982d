// SPDX-License-Identifier: Apache-2.0
// Files of the test tree, read whole.
#pragma once
#include "../base/table.h"
#include "engine/build.h"
#include <stdio.h>

static Str read_file(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = arena_alloc(arena, 1 << 20);
    size_t len = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return (Str){text, len};
}
