// SPDX-License-Identifier: Apache-2.0
// Blocks chained newest first. Under AddressSanitizer what is not handed out is poisoned, so that a
// read past the end is seen although the block goes on.
#include "arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define JALON_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define JALON_ASAN 1
#endif
#endif
#ifdef JALON_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP = 8 }; // poisoned bytes behind each piece
#else
enum { GAP = 0 };
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { ALIGN = _Alignof(max_align_t), BLOCK_FIRST = 8 << 10, BLOCK_LAST = 1 << 20 };

typedef struct Block {
    struct Block *older;
    size_t used, cap;
    _Alignas(max_align_t) char at[];
} Block;

typedef struct Deferred {
    struct Deferred *older;
    void (*run)(void *);
    void *what;
} Deferred;

struct Arena {
    Block *block;
    Deferred *deferred;
    size_t used, next_block;
};

static void *or_abort(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

Arena *arena_new_of_size(size_t size)
{
    Arena *arena = or_abort(calloc(1, sizeof *arena));
    arena->next_block = size;
    return arena;
}

Arena *arena_new(void)
{
    return arena_new_of_size(BLOCK_FIRST);
}

static void run_deferred(Arena *arena)
{
    // What runs may defer in its turn: the list is taken one by one.
    while (arena->deferred) {
        Deferred *deferred = arena->deferred;
        arena->deferred = deferred->older;
        deferred->run(deferred->what);
    }
}

static void free_blocks(Block *block)
{
    while (block) {
        Block *older = block->older;
        ASAN_UNPOISON_MEMORY_REGION(block->at, block->cap);
        free(block);
        block = older;
    }
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    run_deferred(arena);
    free_blocks(arena->block);
    free(arena);
}

void arena_reset(Arena *arena)
{
    run_deferred(arena);
    arena->used = 0;
    Block *kept = arena->block;
    if (!kept)
        return;
    free_blocks(kept->older);
    kept->older = NULL;
    kept->used = 0;
    ASAN_POISON_MEMORY_REGION(kept->at, kept->cap);
    if (kept->cap <= BLOCK_LAST)
        return;
    free_blocks(kept);
    arena->block = NULL;
}

// A block with room for `size` bytes. One made for a single big piece goes behind the current one,
// so that the rest of the current one stays in use.
static Block *block_for(Arena *arena, size_t size)
{
    bool big = size > arena->next_block / 4 && arena->block;
    size_t cap = big || size > arena->next_block ? size : arena->next_block;
    Block *block = or_abort(malloc(sizeof *block + cap));
    block->used = 0;
    block->cap = cap;
    ASAN_POISON_MEMORY_REGION(block->at, cap);
    if (big) {
        block->older = arena->block->older;
        arena->block->older = block;
        return block;
    }
    block->older = arena->block;
    arena->block = block;
    if (arena->next_block < BLOCK_LAST)
        arena->next_block *= 2;
    return block;
}

void *arena_room(Arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX / 2)
        abort();
    size_t room = (size + GAP + ALIGN - 1) / ALIGN * ALIGN;
    Block *block = arena->block;
    if (!block || block->cap - block->used < room)
        block = block_for(arena, room);
    char *at = block->at + block->used;
    block->used += room;
    arena->used += size;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    return at;
}

void *arena_alloc(Arena *arena, size_t size)
{
    return memset(arena_room(arena, size), 0, size);
}

void *arena_copy(Arena *arena, const void *from, size_t size)
{
    void *copy = arena_room(arena, size);
    return size ? memcpy(copy, from, size) : copy;
}

void arena_defer(Arena *arena, void (*run)(void *), void *what)
{
    Deferred *deferred = arena_new_of(arena, Deferred);
    *deferred = (Deferred){.older = arena->deferred, .run = run, .what = what};
    arena->deferred = deferred;
}

size_t arena_used(const Arena *arena)
{
    return arena->used;
}
