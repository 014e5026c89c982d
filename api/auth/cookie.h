// SPDX-License-Identifier: Apache-2.0
// The session of a browser: HttpOnly, so that no script reads it; SameSite=Lax, so that other sites' pages change nothing with it;
// Secure, and under a name that only this very host can set (__Host-, RFC 6265bis), when `base_url` says that we are reached by https.
#pragma once
#include "../../engine/base/str.h"

// Set-Cookie for this many seconds; none end it.
Str cookie_write(Arena *arena, Str secret, int64_t seconds);

// Our cookie in a Cookie header ("a=1; jalon=secret", RFC 6265); the first one wins. STR_NONE when it is not there.
Str cookie_read(Str header);
