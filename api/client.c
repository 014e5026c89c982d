// SPDX-License-Identifier: Apache-2.0
// Where a request comes from. X-Forwarded-For is read from its end, where the nearest proxy wrote, for as long as the one who
// wrote is trusted: what a client puts there itself is never reached.
#include "http/http.h"
#include "request.h"
#include "settings.h"
#include <arpa/inet.h>
#include <stdlib.h>

enum { HOPS_MAX = 16 };

typedef struct Address {
    uint8_t at[16]; // an IPv4 one as ::ffff:a.b.c.d
} Address;

static bool address_read(Str text, Address *ret, bool *v4)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len >= 2 && text.at[0] == '[' && text.at[text.len - 1] == ']')
        text = str_slice(text, 1, text.len - 1);
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    *v4 = inet_pton(AF_INET, copy, ret->at + 12) == 1;
    if (*v4)
        memcpy(ret->at, mapped, sizeof mapped);
    else if (inet_pton(AF_INET6, copy, ret->at) != 1)
        return false;
    *v4 = memcmp(ret->at, mapped, sizeof mapped) == 0;
    return true;
}

// "10.0.0.0/8", "::1"; `bits` of 128. The text ends with a NUL somewhere.
static bool network_read(Str text, Address *ret, int *bits)
{
    bool v4;
    size_t slash = str_index(text, '/');
    Str digits = str_slice(text, slash + 1, text.len);
    if (!address_read(str_slice(text, 0, slash), ret, &v4))
        return false;
    *bits = 128;
    if (slash == text.len)
        return true;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
    *bits = atoi(digits.at) + (v4 ? 96 : 0);
    return digits.len > 0 && digits.len <= 3 && *bits <= 128;
}

static bool inside(Str who, Str network)
{
    Address a, n;
    bool v4;
    int bits;
    if (str_eq(who, network)) // "unix"
        return true;
    if (!address_read(who, &a, &v4) || !network_read(network, &n, &bits))
        return false;
    for (int i = 0; i < 16 && bits > 0; i++, bits -= 8) {
        uint8_t mask = bits >= 8 ? 0xff : (uint8_t)(0xff << (8 - bits));
        if ((a.at[i] ^ n.at[i]) & mask)
            return false;
    }
    return true;
}

static Str network_next(Str *list)
{
    Str one = str_slice(*list, 0, str_index(*list, ','));
    *list = str_slice(*list, one.len + 1, list->len);
    return str_trim(one);
}

static bool listed(Str who, Str list)
{
    while (list.len)
        if (inside(who, network_next(&list)))
            return true;
    return false;
}

bool networks_good(Str list)
{
    while (list.len) {
        Address at;
        int bits;
        Str one = network_next(&list);
        if (!str_is(one, "unix") && !network_read(one, &at, &bits))
            return false;
    }
    return true;
}

// Whoever has an IPv6 network has 2^64 addresses in it.
static Str network_of(Arena *arena, Str who)
{
    Address a;
    bool v4;
    char text[INET6_ADDRSTRLEN];
    if (!address_read(who, &a, &v4))
        return who;
    if (v4)
        inet_ntop(AF_INET, a.at + 12, text, sizeof text);
    else {
        memset(a.at + 8, 0, 8);
        inet_ntop(AF_INET6, a.at, text, sizeof text);
    }
    return str_copy(arena, str_of(text));
}

// `rest` is what nobody vouches for.
static Str origin_of(const Request *rq, Str *rest)
{
    Str proxies = str_of(settings()->trusted_proxies);
    Str who = rq->http ? http_peer(rq->http) : STR("?");
    Str header = request_header(rq, "X-Forwarded-For");
    for (int hop = 0; hop < HOPS_MAX && header.len && listed(who, proxies); hop++) {
        size_t from = header.len;
        while (from && header.at[from - 1] != ',')
            from--;
        who = str_trim(str_slice(header, from, header.len));
        header = str_slice(header, 0, from ? from - 1 : 0);
    }
    *rest = header;
    return who;
}

Str request_client(const Request *rq)
{
    Str rest;
    return network_of(rq->arena, origin_of(rq, &rest));
}

bool request_is_from(const Request *rq, Str networks)
{
    Str rest, who = origin_of(rq, &rest);
    return rest.len == 0 && listed(who, networks);
}
