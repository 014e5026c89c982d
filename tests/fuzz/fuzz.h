// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share. A target is one file: it takes bytes and must neither crash, hang,
// leak nor break a promise of a header (PROMISE). They run from the top of the project: shipped
// files are named from there.
#pragma once
#include "engine/build.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(holds)                                                                             \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #holds);            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

// Choices taken from the input, one after another; zeros once it is used up.
typedef struct Bytes {
    const uint8_t *at;
    size_t len;
} Bytes;

static inline uint8_t bytes_next(Bytes *b)
{
    if (!b->len)
        return 0;
    b->len--;
    return *b->at++;
}

static inline uint32_t bytes_below(Bytes *b, size_t n)
{
    return n > 1 ? (bytes_next(b) | (uint32_t)(n > 256 ? bytes_next(b) << 8 : 0)) % (uint32_t)n : 0;
}

// A file of the project; its reader ends when it is not there.
static inline Str file_text(Arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    PROMISE(file);
    char *at = arena_alloc(arena, WORKFLOW_SIZE_MAX);
    Str text = {at, fread(at, 1, WORKFLOW_SIZE_MAX, file)};
    fclose(file);
    return text;
}
