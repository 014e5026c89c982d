// SPDX-License-Identifier: Apache-2.0
// Order matters: shape, algorithm, key, signature; a claim is looked at only after all of them.
#include "oidc_token.h"
#include <rhonabwy.h>
#include <sodium.h>

enum {
    TOKEN_MAX = 32 << 10,
    KEYS_TRIED = 16,
    RSA_LEAST = 2048 / 8, // bytes of the modulus
    RSA_MOST = 8192 / 8,
    ES256_LEN = 64,
    SUBJECT_MAX = 255 // OpenID Connect Core, 2
};
static const Time skew = 60 * SECOND, oldest = 600 * SECOND;

Text jwt_flaw_text(JwtFlaw flaw)
{
    static const Text texts[JWT_FLAWS] = {
        [JWT_SHAPE] = {"le jeton n'en est pas un", "the token is none"},
        [JWT_ALGORITHM] = {"le jeton n'est pas signé par RS256 ou ES256",
                           "the token is not signed by RS256 or ES256"},
        [JWT_NO_KEY] = {"la clé du jeton n'est pas publiée", "the token's key is not published"},
        [JWT_SIGNATURE] = {"la signature du jeton est fausse", "the token's signature is wrong"},
        [JWT_ISSUER] = {"le jeton vient d'un autre émetteur",
                        "the token comes from another issuer"},
        [JWT_AUDIENCE] = {"le jeton est fait pour un autre service",
                          "the token is made for another service"},
        [JWT_EXPIRED] = {"le jeton a expiré", "the token has expired"},
        [JWT_EARLY] = {"le jeton ne vaut pas encore, ou n'est pas daté",
                       "the token is not good yet, or has no date"},
        [JWT_NONCE] = {"le jeton répond à une autre demande", "the token answers another request"},
        [JWT_HASH] = {"les deux jetons ne vont pas ensemble",
                      "the two tokens do not belong together"},
        [JWT_SUBJECT] = {"le jeton ne dit pas de qui il s'agit",
                         "the token does not say whom it is about"},
        [JWT_LEVEL] = {"le niveau de garantie demandé n'est pas atteint",
                       "the level of assurance that was asked for is not reached"},
    };
    return texts[flaw];
}

// --- base64url -----------------------------------------------------------------------------------

Str jwt_base64(Arena *arena, const void *at, size_t len)
{
    size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, size);
    sodium_bin2base64(text, size, at, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (Str){text, size - 1};
}

Str jwt_challenge(Arena *arena, Str verifier)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)verifier.at, verifier.len);
    return jwt_base64(arena, hash, sizeof hash);
}

static bool decode(Arena *arena, Str text, Str *ret)
{
    size_t len = 0, room = text.len ? text.len : 1;
    char *at = arena_alloc(arena, room);
    *ret = STR_NONE;
    if (!text.len || sodium_base642bin((uint8_t *)at, room, text.at, text.len, NULL, &len, NULL,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    *ret = (Str){at, len};
    return true;
}

// --- shape ---------------------------------------------------------------------------------------

typedef struct Jwt {
    Str text, signature; // the whole; the last part decoded
    json_t *header, *claims;
    bool es256;
} Jwt;

static json_t *object_of(Arena *arena, Str part)
{
    Str text;
    Fault bad;
    json_t *json = decode(arena, part, &text) ? json_read(arena, text, &bad) : NULL;
    return json_is_object(json) ? json : NULL;
}

static bool shape_read(Arena *arena, Str token, Jwt *ret)
{
    size_t first = str_index(token, '.');
    Str rest = str_slice(token, first + 1, token.len);
    size_t second = str_index(rest, '.');
    if (token.len > TOKEN_MAX || first == token.len || second == rest.len)
        return false;
    ret->text = token;
    ret->header = object_of(arena, str_slice(token, 0, first));
    ret->claims = object_of(arena, str_slice(rest, 0, second));
    // No signature is a shape too: its algorithm is refused next.
    Str last = str_slice(rest, second + 1, rest.len);
    return ret->header && ret->claims && (!last.len || decode(arena, last, &ret->signature));
}

// What the header would have us do beyond that is refused: `crit` asks for extensions, `zip` unpacks, another `typ` (at+jwt, logout+jwt)
// is no token of this kind. Keys in the header (jwk, jku, x5c, x5u) are not looked at.
static bool header_fits(Jwt *jwt)
{
    Str alg = json_str(json_at(jwt->header, "alg")), typ = json_str(json_at(jwt->header, "typ"));
    jwt->es256 = str_is(alg, "ES256");
    return (jwt->es256 || str_is(alg, "RS256")) && !json_at(jwt->header, "crit") &&
           !json_at(jwt->header, "zip") && !json_at(jwt->header, "b64") &&
           (!typ.at || str_is(typ, "JWT") || str_is(typ, "jwt")) && jwt->signature.len;
}

// --- key and signature ---------------------------------------------------------------------------

// A published key by its numbers alone, so that nothing else it carries (certificates, their addresses) can be followed. Empty when it is
// not for such a signature.
static jwk_t *key_of(Arena *arena, const json_t *key, const Jwt *jwt)
{
    Str use = json_str(json_at(key, "use")), alg = json_str(json_at(key, "alg")), n;
    if ((use.at && !str_is(use, "sig")) || (alg.at && !str_is(alg, jwt->es256 ? "ES256" : "RS256")))
        return NULL;
    if (!str_is(json_str(json_at(key, "kty")), jwt->es256 ? "EC" : "RSA"))
        return NULL;
    const char *a = json_string_value(json_at(key, jwt->es256 ? "x" : "n"));
    const char *b = json_string_value(json_at(key, jwt->es256 ? "y" : "e"));
    if (!a || !b || !decode(arena, str_of(a), &n))
        return NULL;
    if (jwt->es256)
        return str_is(json_str(json_at(key, "crv")), "P-256")
                   ? json_keep(arena, json_pack("{s:s, s:s, s:s, s:s}", "kty", "EC", "crv", "P-256",
                                                "x", a, "y", b))
                   : NULL;
    return n.len >= RSA_LEAST && n.len <= RSA_MOST + 1
               ? json_keep(arena, json_pack("{s:s, s:s, s:s}", "kty", "RSA", "n", a, "e", b))
               : NULL;
}

static bool signed_by(const Jwt *jwt, jwk_t *key)
{
    jws_t *jws = NULL;
    if ((jwt->es256 && jwt->signature.len != ES256_LEN) || r_jws_init(&jws) != RHN_OK)
        return false;
    bool right = r_jws_advanced_compact_parsen(jws, jwt->text.at, jwt->text.len, R_PARSE_NONE,
                                               R_FLAG_IGNORE_REMOTE) == RHN_OK &&
                 r_jws_get_alg(jws) == (jwt->es256 ? R_JWA_ALG_ES256 : R_JWA_ALG_RS256) &&
                 r_jws_verify_signature(jws, key, R_FLAG_IGNORE_REMOTE) == RHN_OK;
    r_jws_free(jws);
    return right;
}

JwtFlaw jwt_verify(Arena *arena, Str token, const json_t *keys, json_t **claims)
{
    Jwt jwt = {0};
    if (!shape_read(arena, token, &jwt))
        return JWT_SHAPE;
    if (!header_fits(&jwt))
        return JWT_ALGORITHM;
    Str kid = json_str(json_at(jwt.header, "kid"));
    const json_t *list = json_at(keys, "keys");
    bool named = false;
    for (size_t i = 0, tried = 0; i < json_array_size(list) && tried < KEYS_TRIED; i++) {
        const json_t *one = json_array_get(list, i);
        if (kid.at && !str_eq(json_str(json_at(one, "kid")), kid))
            continue;
        jwk_t *key = key_of(arena, one, &jwt);
        if (key && signed_by(&jwt, key)) {
            *claims = jwt.claims;
            return JWT_GOOD;
        }
        tried += key != NULL;
        named |= key && kid.at;
    }
    return named ? JWT_SIGNATURE : JWT_NO_KEY;
}

// --- claims --------------------------------------------------------------------------------------

static bool audience_fits(const json_t *claims, Str client_id)
{
    const json_t *aud = json_at(claims, "aud"), *azp = json_at(claims, "azp");
    bool ours = str_eq(json_str(aud), client_id);
    for (size_t i = 0; i < json_array_size(aud); i++)
        ours |= str_eq(json_str(json_array_get(aud, i)), client_id);
    bool several = json_array_size(aud) > 1;
    return client_id.len && ours && (!azp ? !several : str_eq(json_str(azp), client_id));
}

// A NumericDate (RFC 7519, 2): seconds, which may have a fraction.
static bool date_read(const json_t *date, Time *ret)
{
    double seconds = json_number_value(date);
    if (!json_is_number(date) || !(seconds > 0 && seconds < 1e11))
        return false;
    *ret = (Time)(seconds * (double)SECOND);
    return true;
}

static JwtFlaw times_check(const json_t *claims, Time now, bool needed)
{
    Time exp = 0, iat = 0, nbf = 0;
    const json_t *e = json_at(claims, "exp"), *i = json_at(claims, "iat"),
                 *n = json_at(claims, "nbf");
    if ((e || needed) && !date_read(e, &exp))
        return JWT_EXPIRED;
    if (e && exp + skew <= now)
        return JWT_EXPIRED;
    if ((i || needed) && !date_read(i, &iat))
        return JWT_EARLY;
    if (i && iat - skew > now)
        return JWT_EARLY;
    if (i && iat + oldest + skew < now) // it was made for the code that was just traded
        return JWT_EXPIRED;
    if (n && (!date_read(n, &nbf) || nbf - skew > now))
        return JWT_EARLY;
    return JWT_GOOD;
}

// Core, 3.1.3.6: the left half of the access token's hash.
static bool hash_fits(Arena *arena, const json_t *hash, Str access_token)
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    if (!hash)
        return true;
    crypto_hash_sha256(digest, (const uint8_t *)access_token.at, access_token.len);
    return access_token.len && str_eq(json_str(hash), jwt_base64(arena, digest, sizeof digest / 2));
}

static bool subject_fits(const json_t *claims)
{
    Str sub = json_str(json_at(claims, "sub"));
    for (size_t i = 0; i < sub.len; i++)
        if (sub.at[i] < ' ' || sub.at[i] > '~')
            return false;
    return sub.len && sub.len <= SUBJECT_MAX;
}

static bool level_fits(const json_t *claims, Str wanted)
{
    Str acr = json_str(json_at(claims, "acr"));
    for (Str rest = wanted; rest.len;) {
        Str one = str_slice(rest, 0, str_index(rest, ' '));
        if (acr.len && str_eq(one, acr))
            return true;
        rest = str_slice(rest, one.len + 1, rest.len);
    }
    return !wanted.len;
}

static bool nonce_fits(const json_t *claims, Str wanted)
{
    Str nonce = json_str(json_at(claims, "nonce"));
    return nonce.len == wanted.len && nonce.len &&
           sodium_memcmp(nonce.at, wanted.at, nonce.len) == 0;
}

JwtFlaw jwt_check_info(const json_t *claims, const JwtWanted *wanted)
{
    if (!str_eq(json_str(json_at(claims, "iss")), wanted->issuer))
        return JWT_ISSUER;
    if (!audience_fits(claims, wanted->client_id))
        return JWT_AUDIENCE;
    return times_check(claims, wanted->now, false);
}

JwtFlaw jwt_check(Arena *arena, const json_t *claims, const JwtWanted *wanted)
{
    JwtFlaw flaw = jwt_check_info(claims, wanted);
    if (flaw == JWT_GOOD)
        flaw = times_check(claims, wanted->now, true);
    if (flaw != JWT_GOOD)
        return flaw;
    if (!nonce_fits(claims, wanted->nonce))
        return JWT_NONCE;
    if (!hash_fits(arena, json_at(claims, "at_hash"), wanted->access_token))
        return JWT_HASH;
    if (!subject_fits(claims))
        return JWT_SUBJECT;
    return level_fits(claims, wanted->acr_values) ? JWT_GOOD : JWT_LEVEL;
}
