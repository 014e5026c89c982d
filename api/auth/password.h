// SPDX-License-Identifier: Apache-2.0
// Passwords, for those who want one beside mailed links. Argon2id takes tens of megabytes and milliseconds each time: a few
// run at once, others are told to come back, so that a flood of sign-ins cannot take the machine's memory.
#pragma once
#include "../../engine/base/str.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200, PASSWORDS_AT_ONCE = 2 };

typedef enum PasswordVerdict { PASSWORD_WRONG, PASSWORD_RIGHT, PASSWORD_BUSY } PasswordVerdict;

// The encoded hash to keep, in the arena. False when too many are being computed: answer FAULT_BUSY.
bool password_hash(Arena *arena, Str password, Str *ret);

// Compares. With `encoded` empty (no such person, or no password) it takes as long and is wrong, so that the time it takes does
// not tell who has an account.
PasswordVerdict password_check(Str encoded, Str password);
