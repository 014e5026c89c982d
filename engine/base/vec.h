// SPDX-License-Identifier: Apache-2.0
// A growing array in an arena: `VEC(int) v = {0}; vec_push(arena, &v, 3);`. Old storage stays in the arena until it dies.
#pragma once
#include "arena.h"
#include <string.h>

#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *at;                                                                                                      \
        size_t len, cap;                                                                                               \
    }

// Makes room for one more and yields nothing; used by vec_push.
#define vec_reserve(arena, v)                                                                                          \
    do {                                                                                                               \
        if ((v)->len == (v)->cap) {                                                                                    \
            size_t vec_cap_ = (v)->cap ? (v)->cap * 2 : 8;                                                             \
            void *vec_at_ = arena_alloc((arena), vec_cap_ * sizeof *(v)->at);                                          \
            if ((v)->len)                                                                                              \
                memcpy(vec_at_, (v)->at, (v)->len * sizeof *(v)->at);                                                  \
            (v)->at = vec_at_;                                                                                         \
            (v)->cap = vec_cap_;                                                                                       \
        }                                                                                                              \
    } while (0)

#define vec_push(arena, v, ...)                                                                                        \
    do {                                                                                                               \
        vec_reserve((arena), (v));                                                                                     \
        (v)->at[(v)->len++] = (__VA_ARGS__);                                                                           \
    } while (0)
