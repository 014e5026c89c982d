// SPDX-License-Identifier: Apache-2.0
// The two steps of a sign-in. Neither touches the database.
#include "oidc_memory.h"
#include "oidc_token.h"
#include "../settings.h"
#include <time.h>

static Time wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static Wire *talk(Request *rq, const OidcProvider *p)
{
    return wire_open(rq->arena, p->ca_file, settings()->provider_timeout * 1000);
}

static bool refuse(Request *rq, const OidcProvider *p, Text why)
{
    return fault(rq, FAULT_IDENTITY, NULL,
                 T("{0} n'a pas prouvé qui vous êtes : {1}. Recommencez, ou connectez-vous "
                   "autrement.",
                   "{0} did not prove who you are: {2}. Begin again, or sign in another way."),
                 label_text(p->title, rq->lang), str_of(why.fr), str_of(why.en));
}

// Nonce and verifier: 32 bytes that follow from the browser's secret and this state, and lead back to neither.
static Str derive(Arena *arena, const OidcBinding *binding, Str what)
{
    uint8_t hash[HASH_SIZE];
    hash_parts(hash, (Str[]){binding->secret, binding->state, what}, 3);
    return jwt_base64(arena, hash, sizeof hash);
}

// --- the first step ------------------------------------------------------------------------------

static Str location_of(Request *rq, const OidcProvider *p, const OidcMeta *meta,
                       const OidcBinding *binding, Str redirect_uri)
{
    Buf url = {.arena = rq->arena};
    buf_add(&url, meta->authorization);
    buf_char(&url, str_index(meta->authorization, '?') < meta->authorization.len ? '&' : '?');
    wire_pair(&url, "response_type", STR("code"));
    wire_pair(&url, "client_id", p->client_id);
    wire_pair(&url, "redirect_uri", redirect_uri);
    wire_pair(&url, "scope", p->scopes);
    wire_pair(&url, "state", binding->state);
    wire_pair(&url, "nonce", derive(rq->arena, binding, STR("nonce")));
    wire_pair(&url, "code_challenge",
              jwt_challenge(rq->arena, derive(rq->arena, binding, STR("verifier"))));
    wire_pair(&url, "code_challenge_method", STR("S256"));
    wire_pair(&url, "ui_locales", rq->lang == EN ? STR("en fr") : STR("fr en"));
    if (p->acr_values.len)
        wire_pair(&url, "acr_values", p->acr_values);
    if (p->claims.len)
        wire_pair(&url, "claims", p->claims);
    return buf_str(&url);
}

bool oidc_begin(Request *rq, const OidcProvider *p, const OidcBinding *binding, Str redirect_uri,
                Str *location)
{
    OidcMeta meta;
    Wire *wire = talk(rq, p);
    bool known = memory_meta(rq, wire, p, &meta);
    wire_close(wire);
    if (known)
        *location = location_of(rq, p, &meta, binding, redirect_uri);
    return known;
}

bool oidc_issuer_fits(Request *rq, const OidcProvider *p, Str iss)
{
    OidcMeta meta;
    Wire *wire = talk(rq, p);
    bool known = memory_meta(rq, wire, p, &meta);
    wire_close(wire);
    if (!known || (!iss.at && !meta.names_issuer) || str_eq(iss, p->issuer))
        return known;
    return refuse(rq, p, jwt_flaw_text(JWT_ISSUER));
}

// --- the second step -----------------------------------------------------------------------------

typedef struct Trade {
    Request *rq;
    const OidcProvider *p;
    Wire *wire;
    OidcMeta meta;
    JwtWanted wanted;
    Str id_token, access_token;
    json_t *claims, *info; // of the ID token; of userinfo, or NULL
} Trade;

// The provider's error code, in what RFC 6749 (5.2) lets it be made of.
static Str error_word(const json_t *json)
{
    Str word = str_slice(json_str(json_at(json, "error")), 0, 60);
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] < ' ' || word.at[i] > '~' || word.at[i] == '"')
            return STR("error");
    return word.len ? word : STR("error");
}

// A refused code is the sign-in's end; a refused client, or anything else, is the town's and the provider's to mend.
static bool code_refused(Trade *t, const WireAnswer *answer)
{
    Fault bad;
    Str word = error_word(json_read(t->rq->arena, answer->body, &bad));
    if (answer->status >= 500)
        return provider_down(t->rq, t->p, str_format(t->rq->arena, "HTTP %d", answer->status));
    if (str_is(word, "invalid_grant"))
        return refuse(t->rq, t->p,
                      T("le code n'est pas ou plus valable", "the code is not good, or no longer"));
    return provider_odd(
        t->rq, t->p, str_format(t->rq->arena, "HTTP %d, " STR_FMT, answer->status, STR_ARG(word)));
}

static bool trade_code(Trade *t, const OidcBinding *binding, Str redirect_uri, Str code)
{
    const OidcProvider *p = t->p;
    bool post = p->auth == OIDC_POST || (p->auth == OIDC_AS_DESCRIBED && t->meta.takes_post);
    Buf form = {.arena = t->rq->arena};
    WireAnswer answer;
    Str why;
    Fault bad;
    wire_pair(&form, "grant_type", STR("authorization_code"));
    wire_pair(&form, "code", code);
    wire_pair(&form, "redirect_uri", redirect_uri);
    wire_pair(&form, "code_verifier", derive(t->rq->arena, binding, STR("verifier")));
    if (post) {
        wire_pair(&form, "client_id", p->client_id);
        wire_pair(&form, "client_secret", p->client_secret);
    }
    if (!wire_post(t->wire, t->meta.token, buf_str(&form), post ? STR_NONE : p->client_id,
                   p->client_secret, &answer, &why))
        return provider_down(t->rq, p, why);
    if (answer.status != 200)
        return code_refused(t, &answer);
    const json_t *json = json_read(t->rq->arena, answer.body, &bad);
    t->id_token = json_str(json_at(json, "id_token"));
    t->access_token = json_str(json_at(json, "access_token"));
    return t->id_token.len ? true : provider_odd(t->rq, p, STR("no id_token"));
}

// With the keys that we have; when none fits, with those of today.
static bool verify(Trade *t, Str token, json_t **claims)
{
    json_t *keys;
    JwtFlaw flaw = JWT_NO_KEY;
    for (int anew = 0; flaw == JWT_NO_KEY && anew < 2; anew++) {
        if (!memory_keys(t->rq, t->wire, t->p, &t->meta, anew, &keys))
            return false;
        if (keys)
            flaw = jwt_verify(t->rq->arena, token, keys, claims);
    }
    return flaw == JWT_GOOD || refuse(t->rq, t->p, jwt_flaw_text(flaw));
}

static bool id_token_read(Trade *t)
{
    if (!verify(t, t->id_token, &t->claims))
        return false;
    JwtFlaw flaw = jwt_check(t->rq->arena, t->claims, &t->wanted);
    return flaw == JWT_GOOD || refuse(t->rq, t->p, jwt_flaw_text(flaw));
}

// Plain JSON came over our own connection to the provider; ProConnect signs it besides.
static bool info_claims(Trade *t, const WireAnswer *answer)
{
    Fault bad;
    JwtFlaw flaw = JWT_GOOD;
    if (str_is(answer->type, "application/jwt")) {
        if (!verify(t, answer->body, &t->info))
            return false;
        flaw = jwt_check_info(t->info, &t->wanted);
    } else {
        t->info = json_read(t->rq->arena, answer->body, &bad);
    }
    return flaw == JWT_GOOD || refuse(t->rq, t->p, jwt_flaw_text(flaw));
}

static bool info_read(Trade *t)
{
    WireAnswer answer;
    Str why;
    if (!t->meta.userinfo.len || !t->access_token.len)
        return true;
    if (!wire_get(t->wire, t->meta.userinfo, t->access_token, "application/jwt, application/json",
                  &answer, &why))
        return provider_down(t->rq, t->p, why);
    if (answer.status != 200)
        return provider_odd(t->rq, t->p, str_format(t->rq->arena, "HTTP %d", answer.status));
    if (!info_claims(t, &answer))
        return false;
    // Core, 5.3.4: the answer is about the one whom the ID token is about.
    return str_eq(json_str(json_at(t->info, "sub")), json_str(json_at(t->claims, "sub"))) ||
           refuse(t->rq, t->p, jwt_flaw_text(JWT_SUBJECT));
}

// --- who it is -----------------------------------------------------------------------------------

enum { CLAIM_MAX = 200 };

// A claim that people will read: userinfo's, else the ID token's; nothing that is no text or too long to be one.
static Str claim(const Trade *t, const char *name)
{
    Str text = json_str(json_at(t->info, name));
    if (!text.len)
        text = json_str(json_at(t->claims, name));
    return text.len && text.len <= CLAIM_MAX ? text : STR_NONE;
}

static Str lowered(Arena *arena, Str s)
{
    char *at = str_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++)
        if (at[i] >= 'A' && at[i] <= 'Z')
            at[i] = (char)(at[i] + 32);
    return s.len ? (Str){at, s.len} : STR_NONE;
}

static bool address_ok(Str email)
{
    size_t at = str_index(email, '@');
    for (size_t i = 0; i < email.len; i++)
        if ((uint8_t)email.at[i] <= ' ' || strchr("<>\",;", email.at[i]))
            return false;
    return at > 0 && at + 1 < email.len;
}

// Whoever says that an address is verified must be the one that tells the address.
static bool is_vouched(const Trade *t)
{
    const json_t *teller = json_str(json_at(t->info, "email")).len ? t->info : t->claims;
    const json_t *verified = json_at(teller, "email_verified");
    if (t->p->trust == OIDC_ALWAYS)
        return !verified || json_is_true(verified);
    return t->p->trust == OIDC_VERIFIED && json_is_true(verified);
}

static Str name_of(const Trade *t)
{
    Str given = claim(t, "given_name"), last = claim(t, "usual_name"), whole = claim(t, "name");
    if (!last.len)
        last = claim(t, "family_name");
    if (given.len && last.len)
        return str_format(t->rq->arena, STR_FMT " " STR_FMT, STR_ARG(given), STR_ARG(last));
    return whole.len ? whole : last.len ? last : given;
}

static void identity_read(const Trade *t, OidcIdentity *ret)
{
    const json_t *amr = json_at(t->claims, "amr");
    Str email = lowered(t->rq->arena, claim(t, "email")), last = claim(t, "usual_name");
    *ret = (OidcIdentity){
        .issuer = t->p->issuer,
        .sub = json_str(json_at(t->claims, "sub")),
        .email = address_ok(email) ? email : STR_NONE,
        .given_name = claim(t, "given_name"),
        .usual_name = last.len ? last : claim(t, "family_name"),
        .name = name_of(t),
        .siret = claim(t, "siret"),
        .idp_id = claim(t, "idp_id"),
        .acr = json_str(json_at(t->claims, "acr")),
        .amr = json_is_array(amr) ? amr : NULL,
        .id_token = t->id_token,
    };
    ret->vouched = ret->email.len && is_vouched(t);
}

bool oidc_finish(Request *rq, const OidcProvider *p, const OidcBinding *binding, Str redirect_uri,
                 Str code, OidcIdentity *ret)
{
    Trade t = {.rq = rq, .p = p, .wire = talk(rq, p)};
    bool done = memory_meta(rq, t.wire, p, &t.meta) && trade_code(&t, binding, redirect_uri, code);
    t.wanted = (JwtWanted){.issuer = p->issuer,
                           .client_id = p->client_id,
                           .nonce = derive(rq->arena, binding, STR("nonce")),
                           .access_token = t.access_token,
                           .acr_values = p->acr_values,
                           .now = wall_clock()};
    done = done && id_token_read(&t) && info_read(&t);
    wire_close(t.wire);
    if (done)
        identity_read(&t, ret);
    return done;
}

// --- signing out ---------------------------------------------------------------------------------

// OpenID Connect RP-Initiated Logout 1.0; ProConnect asks for the id_token_hint that the standard merely allows.
Str oidc_sign_out(Request *rq, const OidcProvider *p, Str id_token, Str back_to)
{
    OidcMeta meta;
    Wire *wire = talk(rq, p);
    bool known = memory_meta(rq, wire, p, &meta);
    wire_close(wire);
    rq->faults.len = 0; // whoever signs out is let go in any case
    if (!known || !meta.end_session.len)
        return STR_NONE;
    Buf url = {.arena = rq->arena};
    buf_add(&url, meta.end_session);
    buf_char(&url, str_index(meta.end_session, '?') < meta.end_session.len ? '&' : '?');
    wire_pair(&url, "id_token_hint", id_token);
    wire_pair(&url, "client_id", p->client_id);
    wire_pair(&url, "post_logout_redirect_uri", back_to);
    return buf_str(&url);
}
