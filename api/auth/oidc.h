// SPDX-License-Identifier: Apache-2.0
// Signing in at somebody else's: OpenID Connect Core 1.0, authorization code with PKCE (S256), state and nonce. Providers stand side
// by side in a file (settings: providers). A sign-in asks the network on its way, so its routes are `outside` (request.h): it has
// threads of its own, a bounded time, few at once for one provider, and holds no transaction meanwhile. A provider that is down
// answers 503 and takes nothing from the other ways of signing in.
//   oidc_config.c  the file            oidc_wire.c    libcurl: https, bounded      oidc_memory.c  discovery and keys, kept a while
//   oidc_token.c   is a token theirs, ours and fresh?                              oidc.c         the two steps of a sign-in
#pragma once
#include "../request.h"
#include "hash.h"

// Whether an account is found, or made, by the address that a provider tells. VERIFIED wants the claim email_verified. ALWAYS is for a
// provider that vouches for every address and sends no such claim; when it does and says false, it is believed.
typedef enum OidcTrust { OIDC_NEVER, OIDC_VERIFIED, OIDC_ALWAYS } OidcTrust;

// How we show our secret to the token endpoint (RFC 6749, 2.3.1); the provider's description decides when the file does not.
typedef enum OidcAuth { OIDC_AS_DESCRIBED, OIDC_BASIC, OIDC_POST } OidcAuth;

typedef struct OidcProvider {
    Str name; // in addresses: [a-z][a-z0-9-]*
    Label title;
    Str issuer, client_id, client_secret;
    const char *secret_env; // variable that the secret came by, or NULL
    Str scopes; // "openid email …"
    Str acr_values; // levels we ask for, by spaces; empty: any. The ID token must then carry one of them
    Str claims; // the request parameter of that name, JSON; empty: none
    OidcTrust trust;
    OidcAuth auth;
    const char *ca_file;       // certificates to trust instead of the system's, or NULL
    struct OidcMemory *memory; // oidc_memory.h
} OidcProvider;

// Reads the providers' file; "" is none. False with "file:line:column: what to write" in `why`. The providers live in `arena`, which
// lives as long as the program. Called once, before any thread starts.
bool oidc_read(Arena *arena, const char *path, Str *why);

size_t oidc_count(void);
const OidcProvider *oidc_at(size_t i);
const OidcProvider *oidc_named(Str name);   // or NULL
bool oidc_up(const OidcProvider *provider); // false for a moment after it did not answer

// What ties a sign-in to one browser. `secret` is the browser's alone (a cookie), `state` goes to the provider and comes back. Nonce
// and code verifier are derived from both, so that what we store (hashes) lets nobody finish the sign-in.
typedef struct OidcBinding {
    Str secret, state;
} OidcBinding;

enum { OIDC_MINUTES = 10 }; // from the first step to the second

// A place among the few that ask this provider at once; false with a fault when there is none, or when it did not answer a moment ago.
// Whoever entered leaves.
bool oidc_enter(Request *rq, const OidcProvider *provider);
void oidc_leave(const OidcProvider *provider);

// The first step: where the browser goes. False with a fault when the provider does not answer.
bool oidc_begin(Request *rq, const OidcProvider *provider, const OidcBinding *binding,
                Str redirect_uri, Str *location);

// What a provider says of a person, once all of it is proved. Texts are in rq->arena, STR_NONE for what it does not say.
typedef struct OidcIdentity {
    Str issuer, sub;
    Str email;    // lower case
    bool vouched; // for the address, as the provider's trust wants it
    Str given_name, usual_name, name, siret, idp_id, acr;
    const json_t *amr; // texts, or NULL
    Str id_token;      // shown again when the person signs out
} OidcIdentity;

// The second step: trades the code for tokens, verifies them, asks who it is. False with a fault: FAULT_PROVIDER when the provider does
// not answer as it should, FAULT_IDENTITY when what it answers proves nothing.
bool oidc_finish(Request *rq, const OidcProvider *provider, const OidcBinding *binding,
                 Str redirect_uri, Str code, OidcIdentity *ret);

// RFC 9207: the provider's answer names its issuer where it promised so, and never another one. `iss` as it came, STR_NONE for none.
// False with a fault.
bool oidc_issuer_fits(Request *rq, const OidcProvider *provider, Str iss);

// Where the browser goes to end the provider's session too (RP-initiated logout). Empty when the provider has no such place or is down.
Str oidc_sign_out(Request *rq, const OidcProvider *provider, Str id_token, Str back_to);
