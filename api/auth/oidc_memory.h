// SPDX-License-Identifier: Apache-2.0
// What we keep of a provider: its description (OpenID Connect Discovery 1.0) and its keys, an hour at most, and whether it answered.
#pragma once
#include "oidc.h"
#include "oidc_wire.h"

typedef struct OidcMemory OidcMemory;
OidcMemory *memory_new(Arena *arena);

typedef struct OidcMeta { // addresses are https, or this machine's when the issuer is
    Str authorization, token, jwks, userinfo, end_session; // the last two may be empty
    bool names_issuer;                                     // RFC 9207: answers carry `iss`
    bool takes_post;                                       // client_secret_post is among its ways
} OidcMeta;

// The description, kept or fetched. False with a fault.
bool memory_meta(Request *rq, Wire *wire, const OidcProvider *p, OidcMeta *ret);

// The keys (a JWK set), kept or fetched. `anew`: one was asked for that those kept do not have; fetched then, but not again within a
// short while, and `*ret` is NULL when it is too soon. False with a fault.
bool memory_keys(Request *rq, Wire *wire, const OidcProvider *p, const OidcMeta *meta, bool anew,
                 json_t **ret);

// Faults, always false. A provider that did not answer is left alone for a moment; one that answers nonsense is not.
bool provider_down(Request *rq, const OidcProvider *p, Str why);
bool provider_odd(Request *rq, const OidcProvider *p, Str why);
