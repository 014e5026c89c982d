// SPDX-License-Identifier: Apache-2.0
// What the files migrate*.c share.
#pragma once
#include "macrostep.h"
#include "migrate.h"
#include "words.h"

typedef struct Moving {
    Arena *arena;
    const Mapping *mapping;
    const Definition *old, *new;
    const Case *from;
    Case next;
    const Timer *running;
    size_t running_count;
    const Facts *facts;
    Lang lang;
    VEC(Timer) timers;
    VEC(Loss) losses;
} Moving;

void moving_lose(Moving *m, LossKind kind, Message message);
// Where an old state lands, ancestors that are named included, or ID_NONE.
StateId moving_lands(const Mapping *mapping, StateId old);

void migrate_timers(Moving *m, Macrostep *step); // migrate_timers.c
void migrate_rights(Moving *m);                  // migrate_rights.c
