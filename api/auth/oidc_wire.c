// SPDX-License-Identifier: Apache-2.0
// One easy handle a conversation, within its time.
#include "oidc_wire.h"
#include <curl/curl.h>
#include <time.h>

enum { CONNECT_MS = 1500 };

struct Wire {
    Arena *arena;
    CURL *curl; // one for all of a conversation, so that its connection serves again
    const char *ca_file;
    int64_t until; // ms, monotonic
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void wire_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

// --- addresses -----------------------------------------------------------------------------------

static Str url_part(Arena *arena, CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return STR_NONE;
    Str copy = str_copy(arena, str_of(text));
    curl_free(text);
    return copy;
}

static bool is_local(Str host)
{
    return str_is(host, "localhost") || str_is(host, "[::1]") || str_starts(host, STR("127."));
}

bool wire_url_safe(Arena *arena, Str text, bool local)
{
    CURLU *url = curl_url();
    bool read = url && curl_url_set(url, CURLUPART_URL, str_cstr(arena, text), 0) == CURLUE_OK;
    Str scheme = read ? url_part(arena, url, CURLUPART_SCHEME) : STR_NONE;
    Str host = read ? url_part(arena, url, CURLUPART_HOST) : STR_NONE;
    bool bare = read && !url_part(arena, url, CURLUPART_USER).at &&
                !url_part(arena, url, CURLUPART_FRAGMENT).at;
    curl_url_cleanup(url);
    return bare && (str_is(scheme, "https") || (local && str_is(scheme, "http") && is_local(host)));
}

// RFC 3986, 2.3: everything but the unreserved, so that it stands in forms as well.
static void escape(Buf *out, Str value)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = (uint8_t)value.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c && strchr("-._~", c));
        if (plain) {
            buf_char(out, (char)c);
            continue;
        }
        buf_char(out, '%');
        buf_char(out, hex[c >> 4]);
        buf_char(out, hex[c & 15]);
    }
}

void wire_pair(Buf *out, const char *name, Str value)
{
    if (out->len && out->at[out->len - 1] != '?' && out->at[out->len - 1] != '&')
        buf_char(out, '&');
    buf_format(out, "%s=", name);
    escape(out, value);
}

// --- a conversation ------------------------------------------------------------------------------

Wire *wire_open(Arena *arena, const char *ca_file, int64_t timeout_ms)
{
    Wire *wire = arena_new_of(arena, Wire);
    *wire = (Wire){arena, curl_easy_init(), ca_file, now_ms() + timeout_ms};
    return wire;
}

void wire_close(Wire *wire)
{
    curl_easy_cleanup(wire->curl);
}

static size_t take(char *at, size_t size, size_t count, void *what)
{
    Buf *body = what;
    if (body->len + size * count > WIRE_ANSWER_MAX)
        return 0; // curl gives up
    buf_add(body, (Str){at, size * count});
    return size * count;
}

static bool prepare(Wire *wire, Str url, Buf *body)
{
    int64_t left = wire->until - now_ms();
    CURL *curl = wire->curl;
    if (!curl || left <= 0)
        return false;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, str_cstr(wire->arena, url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(left < CONNECT_MS ? left : CONNECT_MS));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    // A name server that does not answer is not waited for at clean-up either.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "jalon/" JALON_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    if (wire->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, wire->ca_file);
    return true;
}

static Str media_of(Arena *arena, CURL *curl)
{
    char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    Str media = str_of(type);
    media = str_slice(media, 0, str_index(media, ';'));
    while (media.len && media.at[media.len - 1] == ' ')
        media.len--;
    return str_copy(arena, media);
}

static bool ask(Wire *wire, Buf *body, struct curl_slist *headers, WireAnswer *ret, Str *why)
{
    curl_easy_setopt(wire->curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(wire->curl);
    curl_slist_free_all(headers);
    long status = 0;
    curl_easy_getinfo(wire->curl, CURLINFO_RESPONSE_CODE, &status);
    *ret = (WireAnswer){(int)status, media_of(wire->arena, wire->curl), buf_str(body)};
    if (code == CURLE_WRITE_ERROR)
        *why = STR("the answer is too long");
    else
        *why = str_of(curl_easy_strerror(code));
    return code == CURLE_OK;
}

bool wire_get(Wire *wire, Str url, Str bearer, const char *accept, WireAnswer *ret, Str *why)
{
    Buf body = {.arena = wire->arena};
    *why = STR("no time is left");
    if (!prepare(wire, url, &body))
        return false;
    Str line = str_format(wire->arena, "Accept: %s", accept);
    struct curl_slist *headers = curl_slist_append(NULL, line.at);
    if (bearer.len) {
        line = str_format(wire->arena, "Authorization: Bearer " STR_FMT, STR_ARG(bearer));
        headers = curl_slist_append(headers, line.at);
    }
    return ask(wire, &body, headers, ret, why);
}

// RFC 6749, 2.3.1: both are form-encoded before they are joined.
static void show_secret(Wire *wire, Str user, Str password)
{
    Buf u = {.arena = wire->arena}, p = {.arena = wire->arena};
    escape(&u, user);
    escape(&p, password);
    curl_easy_setopt(wire->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(wire->curl, CURLOPT_USERNAME, u.at);
    curl_easy_setopt(wire->curl, CURLOPT_PASSWORD, p.at);
}

bool wire_post(Wire *wire, Str url, Str form, Str user, Str password, WireAnswer *ret, Str *why)
{
    Buf body = {.arena = wire->arena};
    *why = STR("no time is left");
    if (!prepare(wire, url, &body))
        return false;
    curl_easy_setopt(wire->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form.len);
    curl_easy_setopt(wire->curl, CURLOPT_POSTFIELDS, form.at);
    if (user.len)
        show_secret(wire, user, password);
    return ask(wire, &body, curl_slist_append(NULL, "Accept: application/json"), ret, why);
}
