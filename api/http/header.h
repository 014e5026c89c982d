// SPDX-License-Identifier: Apache-2.0
// What stands in a request's line and headers, read with care: pure functions over text, no connection.
#pragma once
#include "../../engine/base/str.h"

// The header without blanks around it.
Str header_trim(Str s);

// True when both are equal but for the case of ASCII letters.
bool header_same(Str a, const char *b);

// `s` with its %XX undone, in the arena (or `s` itself). False when an escape is broken or the text is not UTF-8 without NUL.
bool percent_decode(Arena *arena, Str s, Str *ret);

// Content-Type names `media` ("application/json"), whatever its parameters, save a charset that is not UTF-8.
// `media` "*/*" takes any type that is well formed.
bool header_media(Str content_type, const char *media);

// A header's name: a token (RFC 9110, 5.6.2), so without blanks.
bool header_name(Str s);

// A header's value: no control character but the tab.
bool header_value(Str s);

// Accept (RFC 9110, 12.5.1) leaves room for `media`; an empty header does.
bool header_accepts(Str accept, const char *media);

// If-Match: one strong entity tag of ours. "7" is a version; "7-…", where more than a version is compared, is what stands between the
// quotes, and version 0. False for anything else, * and weak tags included.
bool header_version(Str if_match, int64_t *ret, Str *tag);

// If-None-Match lists `etag`, or is * (RFC 9110, 13.1.2: weak comparison).
bool header_listed(Str if_none_match, Str etag);

// A caller's own request id that may enter our logs: 8 to 32 of [A-Za-z0-9-].
bool header_request_id(Str s);

// An Idempotency-Key: 1 to 128 printable ASCII characters, with or without the quotes of its draft standard; they are taken off.
bool header_key(Str s, Str *ret);

// Content-Length as a number; -1 when absent or not one.
int64_t header_length(Str s);
