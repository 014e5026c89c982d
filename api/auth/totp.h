// SPDX-License-Identifier: Apache-2.0
// A second factor: one-time codes by time (RFC 6238: SHA-1, six digits, thirty seconds) through liboath, and recovery codes for
// whoever loses the device.
#pragma once
#include "../../engine/base/time.h"
#include "hash.h"

enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_STEP_S = 30, TOTP_WINDOW = 1, RECOVERY_CODES = 10 };

// A new secret, TOTP_SECRET bytes in the arena.
Str totp_secret(Arena *arena);

// For the person's device: base32 (RFC 4648, without padding), and the otpauth: address that a QR code shows.
Str totp_base32(Arena *arena, Str secret);
Str totp_uri(Arena *arena, Str account, Str secret);

// The step (time / 30 s) that `code` belongs to, at most TOTP_WINDOW away from `now` and later than `after`; 0: none.
int64_t totp_step(Str secret, Str code, Time now, int64_t after);

// "abcd-efgh-ijkl-mnop": 80 bits of chance.
Str recovery_code(Arena *arena);

// The first step to what is kept of one. Case, spaces and hyphens do not count.
void recovery_hash(Str person, Str code, uint8_t ret[HASH_SIZE]);

// The second: Argon2id of the first, by a salt of DERIVE_SALT bytes. Two steps, so that what was kept before the second was can take it
// without the code. False when too many passwords are being computed.
bool recovery_harden(const uint8_t first[HASH_SIZE], Str salt, uint8_t ret[HASH_SIZE]);

// A fresh salt, in the arena.
Str recovery_salt(Arena *arena);
