// SPDX-License-Identifier: Apache-2.0
#include "cookie.h"
#include "../settings.h"

static bool by_https(void)
{
    return strncmp(settings()->base_url, "https://", 8) == 0;
}

// A plain name that another host of the domain has set does not count where we can ask for more.
static Str cookie_name(void)
{
    return by_https() ? STR("__Host-jalon=") : STR("jalon=");
}

Str cookie_write(Arena *arena, Str secret, int64_t seconds)
{
    Str name = cookie_name();
    return str_format(arena, STR_FMT STR_FMT "; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                      STR_ARG(name), STR_ARG(secret), (long long)seconds,
                      by_https() ? "; Secure" : "");
}

Str cookie_read(Str header)
{
    Str name = cookie_name();
    while (header.len) {
        Str pair = str_slice(header, 0, str_index(header, ';'));
        header = str_slice(header, pair.len + 1, header.len);
        while (pair.len && pair.at[0] == ' ')
            pair = str_slice(pair, 1, pair.len);
        while (pair.len && pair.at[pair.len - 1] == ' ')
            pair.len--;
        if (str_starts(pair, name))
            return str_slice(pair, name.len, pair.len);
    }
    return STR_NONE;
}
