// SPDX-License-Identifier: Apache-2.0
// Is a token theirs, ours and fresh? Signed JWTs (RFC 7515, 7519) by RS256 or ES256 and by nothing else; the key is the provider's
// published one, never one that the token brings. librhonabwy computes; what is let through to it is decided here.
#pragma once
#include "../../engine/base/json.h"
#include "../../engine/base/text.h"
#include "../../engine/base/time.h"

typedef enum JwtFlaw {
    JWT_GOOD,
    JWT_SHAPE,     // not three parts, or not JSON
    JWT_ALGORITHM, // none, HS256…
    JWT_NO_KEY,    // no published key fits: they may have changed
    JWT_SIGNATURE,
    JWT_ISSUER,
    JWT_AUDIENCE,
    JWT_EXPIRED,
    JWT_EARLY,
    JWT_NONCE,
    JWT_HASH, // at_hash: the access token is another one's
    JWT_SUBJECT,
    JWT_LEVEL, // acr: not one that was asked for
    JWT_FLAWS
} JwtFlaw;

// What is wrong, for the person who is signing in.
Text jwt_flaw_text(JwtFlaw flaw);

// The claims of `token` when its signature is right by one of `keys` (a JWK set), in the arena.
JwtFlaw jwt_verify(Arena *arena, Str token, const json_t *keys, json_t **claims);

typedef struct JwtWanted {
    Str issuer, client_id;
    Str nonce;        // empty: none is looked at
    Str access_token; // for at_hash, when the claims have one
    Str acr_values;   // by spaces; empty: any
    Time now;
} JwtWanted;

// OpenID Connect Core, 3.1.3.7, of an ID token; a minute of difference between two clocks is let pass.
JwtFlaw jwt_check(Arena *arena, const json_t *claims, const JwtWanted *wanted);

// The same of a signed userinfo answer (5.3.2): issuer and audience, and the times that it has.
JwtFlaw jwt_check_info(const json_t *claims, const JwtWanted *wanted);

// base64url without padding, in the arena.
Str jwt_base64(Arena *arena, const void *at, size_t len);
// SHA-256 as base64url: the S256 challenge of a code verifier (RFC 7636).
Str jwt_challenge(Arena *arena, Str verifier);
