// SPDX-License-Identifier: Apache-2.0
// Argon2id in processes of their own, `jalon hash`, that yield to everything else. In a thread it would share more than the
// core with those who answer: while 64 MB are mapped and cleared, whoever else of the process asks the kernel for memory waits.
#pragma once
#include "../../engine/base/str.h"

enum { HASHER_TEXT = 128, HASHER_PASSWORD = 1024, HASHER_SALT = 16, HASHER_RAW = 32 };

typedef struct HasherAsk {
    char encoded[HASHER_TEXT]; // compared with; empty: a new one is made
    uint32_t len;
    char password[HASHER_PASSWORD];
    bool salted; // `raw` of this salt is wanted: always the same, for what is found by its hash
    uint8_t salt[HASHER_SALT];
} HasherAsk;

typedef struct HasherReply {
    bool done; // made, or it is the right one
    char encoded[HASHER_TEXT];
    uint8_t raw[HASHER_RAW];
} HasherReply;

// From now on processes do the work; before, and in programs that never say so, hasher_ask does it itself.
void hasher_start(void);

// Has it done by the process of this slot (from 0), which is started when there is none. One caller a slot at a time. When
// no process can be had it is done here and now: nobody is locked out.
void hasher_ask(int slot, const HasherAsk *ask, HasherReply *reply);

// Life of such a process: answers what comes on its standard input until that ends. Its exit status.
int hasher_run(void);
