// SPDX-License-Identifier: Apache-2.0
// Asking a provider: libcurl, within a time for the whole conversation and a size for each answer. Nothing is followed elsewhere,
// nothing is decompressed, certificates are checked.
#pragma once
#include "../../engine/base/str.h"

enum { WIRE_ANSWER_MAX = 256 << 10 };

typedef struct Wire Wire;

typedef struct WireAnswer {
    int status;
    Str type; // media type, without its parameters
    Str body;
} WireAnswer;

// Readies libcurl; before any thread starts.
void wire_start(void);

// True for an https:// address, or http:// on this machine (127.0.0.0/8, ::1, localhost) when `local`. No user, no fragment.
bool wire_url_safe(Arena *arena, Str url, bool local);

// A conversation that ends, whatever the other side does, `timeout_ms` after this. `ca_file`: certificates to trust, NULL the system's.
// Answers live in the arena; the caller closes. Not for two threads at once.
Wire *wire_open(Arena *arena, const char *ca_file, int64_t timeout_ms);
void wire_close(Wire *wire);

// GET with `bearer` (STR_NONE: none), asking for media types `accept`. False with curl's words in `why` when there is no whole answer.
bool wire_get(Wire *wire, Str url, Str bearer, const char *accept, WireAnswer *ret, Str *why);

// POST of an application/x-www-form-urlencoded text, with `user` and `password` as RFC 6749 wants them when `user` is not empty.
bool wire_post(Wire *wire, Str url, Str form, Str user, Str password, WireAnswer *ret, Str *why);

// Adds `name=value` of a query or form, percent-encoded, with a `&` before it unless `out` is empty or ends with `?` or `&`.
void wire_pair(Buf *out, const char *name, Str value);
