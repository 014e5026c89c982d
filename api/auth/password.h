// SPDX-License-Identifier: Apache-2.0
// Passwords, for those who want one beside mailed links. Argon2id takes tens of megabytes and milliseconds each time: a few
// run at once, others are told to come back, so that a flood of sign-ins cannot take the machine's memory; processes of their own
// (hasher.h) do it, which yield to all others. Routes that wait for one are marked `.costly` and have threads of their own.
#pragma once
#include "hash.h"

enum { DERIVE_SALT = 16, PASSWORD_MIN = 12, PASSWORD_MAX = 200, PASSWORDS_AT_ONCE = 3 };

typedef enum PasswordVerdict { PASSWORD_WRONG, PASSWORD_RIGHT, PASSWORD_BUSY } PasswordVerdict;

// The encoded hash to keep, in the arena. False when too many are being computed: answer FAULT_BUSY.
bool password_hash(Arena *arena, Str password, Str *ret);

// Compares. With `encoded` empty (no such person, or no password) it takes as long and is wrong, so that the time it takes does
// not tell who has an account.
PasswordVerdict password_check(Str encoded, Str password);

// Argon2id of what was drawn by chance (a recovery code), by a salt of DERIVE_SALT bytes: always the same, so that it is found again.
// In the same few places as passwords. False when too many are being computed.
bool password_derive(Str secret, const uint8_t *salt, uint8_t ret[HASH_SIZE]);

// Would somebody who guesses well find it within 10^10 tries? By zxcvbn (Wheeler, USENIX Security 2016): leaked passwords, words and
// names of several languages, keyboards, dates, and what is made of them. `own` are words that only this person's guesser tries:
// their name, their address.
bool password_guessable(Arena *arena, Str password, const Str *own, size_t n);

// Is it a line of this file? One password a line, in byte order (LC_ALL=C sort -u): it is searched, not read whole. False for "".
bool password_listed(const char *file, Str password);
