// SPDX-License-Identifier: Apache-2.0
// Requests that two programs may read in two ways (RFC 9112, 11.2). libmicrohttpd 0.9.75 takes them:
// it looks at the first Content-Length alone, lets Transfer-Encoding win over it, and takes a bare LF,
// a folded line and a blank before the colon. It cuts its lines in place, each CR LF into two zeros, so
// that a header that does not begin two bytes after the one before was not sent as it should be.
#include "inside.h"
#include "header.h"

typedef struct Seen {
    const char *next; // where a header has to begin
    int lengths, codings, hosts;
    bool chunked, lined;
} Seen;

static enum MHD_Result see(void *cls, enum MHD_ValueKind kind, const char *key, size_t len,
                           const char *value, size_t value_len)
{
    (void)kind;
    Seen *seen = cls;
    Str name = {key, len}, text = {value, value_len};
    seen->lengths += header_same(name, MHD_HTTP_HEADER_CONTENT_LENGTH);
    seen->hosts += header_same(name, MHD_HTTP_HEADER_HOST);
    if (header_same(name, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
        seen->codings++;
        seen->chunked = header_same(text, "chunked");
    }
    seen->lined = seen->lined && key == seen->next && header_name(name) && header_value(text);
    seen->next = value + value_len + 2;
    return MHD_YES;
}

// Only of the versions whose lines are known to lie so; later ones see to it themselves (http.c).
static bool lined(const Seen *seen, const char *end)
{
    return MHD_get_version()[0] != '0' || (seen->lined && seen->next + 2 == end);
}

HttpDoubt framing_doubt(const HttpInside *inside, const char *method, const char *version)
{
    bool old = strcmp(version, "HTTP/1.1") != 0;
    Seen seen = {.next = version + strlen(version) + 2, .lined = true};
    MHD_get_connection_values_n(inside->mhd, MHD_HEADER_KIND, see, &seen);
    if (!lined(&seen, method + http_header_size(&inside->x)))
        return HTTP_BAD_LINES;
    if (seen.lengths > 1 || seen.codings > 1 || (seen.lengths && seen.codings))
        return HTTP_TWO_LENGTHS;
    if (seen.codings && (old || !seen.chunked))
        return HTTP_BAD_CODING;
    if (seen.hosts > 1 || (seen.hosts == 0 && !old))
        return HTTP_NOT_ONE_HOST;
    return HTTP_CLEAR;
}
