// SPDX-License-Identifier: Apache-2.0
// Texts are kept, not trees: whoever needs one copies it under the lock and reads it alone.
#include "oidc_memory.h"
#include <pthread.h>
#include <time.h>

enum {
    KEPT_MS = 3600 * 1000, // of descriptions and keys: a key that was withdrawn serves no longer
    KEYS_AGAIN_MS = 10 * 1000, // between two searches for keys that nobody knows
    DOWN_MS = 2 * 1000,        // not asked again so soon after it did not answer
    PLACES = 2                 // that ask one provider at once
};

typedef struct Kept {
    Arena *home;
    Str text;
    int64_t at; // ms, monotonic; 0: nothing is kept
} Kept;

struct OidcMemory {
    pthread_mutex_t lock;
    Kept meta, keys;
    int64_t searched; // when unknown keys were last searched for
    int64_t down_until;
    int inside;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void memory_free(void *what)
{
    OidcMemory *memory = what;
    arena_free(memory->meta.home);
    arena_free(memory->keys.home);
    pthread_mutex_destroy(&memory->lock);
}

OidcMemory *memory_new(Arena *arena)
{
    OidcMemory *memory = arena_new_of(arena, OidcMemory);
    pthread_mutex_init(&memory->lock, NULL);
    memory->meta.home = arena_new();
    memory->keys.home = arena_new();
    arena_defer(arena, memory_free, memory);
    return memory;
}

// --- does it answer? -----------------------------------------------------------------------------

bool provider_odd(Request *rq, const OidcProvider *p, Str why)
{
    return fault(rq, FAULT_PROVIDER, NULL,
                 T("{0} ne répond pas comme il devrait ({1}) : réessayez, ou connectez-vous "
                   "autrement.",
                   "{0} does not answer as it should ({1}): try again, or sign in another way."),
                 label_text(p->title, rq->lang), why);
}

bool provider_down(Request *rq, const OidcProvider *p, Str why)
{
    pthread_mutex_lock(&p->memory->lock);
    p->memory->down_until = now_ms() + DOWN_MS;
    pthread_mutex_unlock(&p->memory->lock);
    rq->reply.retry_after = DOWN_MS / 1000;
    return provider_odd(rq, p, why);
}

bool oidc_up(const OidcProvider *p)
{
    pthread_mutex_lock(&p->memory->lock);
    bool up = p->memory->down_until <= now_ms();
    pthread_mutex_unlock(&p->memory->lock);
    return up;
}

bool oidc_enter(Request *rq, const OidcProvider *p)
{
    OidcMemory *m = p->memory;
    if (!oidc_up(p)) {
        rq->reply.retry_after = DOWN_MS / 1000;
        return provider_odd(rq, p,
                            rq->lang == FR ? STR("il y a un instant non plus")
                                           : STR("nor did it a moment ago"));
    }
    pthread_mutex_lock(&m->lock);
    bool place = m->inside < PLACES;
    m->inside += place;
    pthread_mutex_unlock(&m->lock);
    if (place)
        return true;
    rq->reply.retry_after = 1;
    return fault(rq, FAULT_BUSY, NULL,
                 T("Trop de connexions par {0} à la fois : réessayez dans un instant.",
                   "Too many sign-ins through {0} at once: try again in a moment."),
                 label_text(p->title, rq->lang));
}

void oidc_leave(const OidcProvider *p)
{
    pthread_mutex_lock(&p->memory->lock);
    p->memory->inside--;
    pthread_mutex_unlock(&p->memory->lock);
}

// --- what is kept --------------------------------------------------------------------------------

static Str recall(Request *rq, OidcMemory *m, const Kept *kept)
{
    pthread_mutex_lock(&m->lock);
    bool fresh = kept->at && now_ms() - kept->at < KEPT_MS;
    Str text = fresh ? str_copy(rq->arena, kept->text) : STR_NONE;
    pthread_mutex_unlock(&m->lock);
    return text;
}

static void keep(OidcMemory *m, Kept *kept, Str text)
{
    pthread_mutex_lock(&m->lock);
    arena_reset(kept->home);
    kept->text = str_copy(kept->home, text);
    kept->at = now_ms();
    pthread_mutex_unlock(&m->lock);
}

static bool fetch(Request *rq, Wire *wire, const OidcProvider *p, Str url, json_t **ret, Str *text)
{
    WireAnswer answer;
    Str why;
    Fault bad;
    if (!wire_get(wire, url, STR_NONE, "application/json", &answer, &why))
        return provider_down(rq, p, why);
    if (answer.status != 200)
        return provider_down(rq, p, str_format(rq->arena, "HTTP %d", answer.status));
    *ret = json_read(rq->arena, answer.body, &bad);
    *text = answer.body;
    return json_is_object(*ret) || provider_odd(rq, p, STR("no JSON object"));
}

// --- the description -----------------------------------------------------------------------------

static bool lists(const json_t *list, const char *word)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)list, i, one)
    {
        if (str_is(json_str(one), word))
            return true;
    }
    return false;
}

// An address of the description. Nothing secret goes where others could read along.
static bool address(Request *rq, const OidcProvider *p, const json_t *json, const char *name,
                    bool needed, Str *ret)
{
    bool local = str_starts(p->issuer, STR("http:"));
    *ret = json_str(json_at(json, name));
    if (ret->len ? wire_url_safe(rq->arena, *ret, local) : !needed)
        return true;
    return provider_odd(rq, p, str_of(name));
}

static bool meta_read(Request *rq, const OidcProvider *p, const json_t *json, OidcMeta *ret)
{
    // Discovery, 4.3: exactly the issuer that was asked.
    if (!str_eq(json_str(json_at(json, "issuer")), p->issuer))
        return provider_odd(rq, p, STR("issuer"));
    ret->names_issuer =
        json_is_true(json_at(json, "authorization_response_iss_parameter_supported"));
    ret->takes_post =
        lists(json_at(json, "token_endpoint_auth_methods_supported"), "client_secret_post");
    return address(rq, p, json, "authorization_endpoint", true, &ret->authorization) &&
           address(rq, p, json, "token_endpoint", true, &ret->token) &&
           address(rq, p, json, "jwks_uri", true, &ret->jwks) &&
           address(rq, p, json, "userinfo_endpoint", false, &ret->userinfo) &&
           address(rq, p, json, "end_session_endpoint", false, &ret->end_session);
}

bool memory_meta(Request *rq, Wire *wire, const OidcProvider *p, OidcMeta *ret)
{
    Fault bad;
    Str text = recall(rq, p->memory, &p->memory->meta);
    json_t *json = text.len ? json_read(rq->arena, text, &bad) : NULL;
    if (json)
        return meta_read(rq, p, json, ret);
    Str issuer = p->issuer;
    while (issuer.len && issuer.at[issuer.len - 1] == '/')
        issuer.len--;
    Str url = str_format(rq->arena, STR_FMT "/.well-known/openid-configuration", STR_ARG(issuer));
    if (!fetch(rq, wire, p, url, &json, &text) || !meta_read(rq, p, json, ret))
        return false;
    keep(p->memory, &p->memory->meta, text);
    return true;
}

// --- the keys ------------------------------------------------------------------------------------

// Whoever shows tokens with invented keys makes us ask the provider once in a while, not each time.
static bool may_search(OidcMemory *m)
{
    pthread_mutex_lock(&m->lock);
    bool may = !m->searched || now_ms() - m->searched >= KEYS_AGAIN_MS;
    if (may)
        m->searched = now_ms();
    pthread_mutex_unlock(&m->lock);
    return may;
}

bool memory_keys(Request *rq, Wire *wire, const OidcProvider *p, const OidcMeta *meta, bool anew,
                 json_t **ret)
{
    Fault bad;
    Str text = anew ? STR_NONE : recall(rq, p->memory, &p->memory->keys);
    *ret = text.len ? json_read(rq->arena, text, &bad) : NULL;
    if (*ret || (anew && !may_search(p->memory)))
        return true;
    if (!fetch(rq, wire, p, meta->jwks, ret, &text))
        return false;
    keep(p->memory, &p->memory->keys, text);
    return true;
}
