// SPDX-License-Identifier: Apache-2.0
// URI references after RFC 3986: taken apart, resolved, put together.
#include "tree.h"
#include <ctype.h>

typedef struct Uri {
    Str scheme, authority, path, query, fragment; // STR_NONE: not there
} Uri;

static bool is_scheme(Str s)
{
    if (s.len == 0 || !isalpha((unsigned char)s.at[0]))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!isalnum((unsigned char)s.at[i]) && !strchr("+-.", s.at[i]))
            return false;
    return true;
}

// What stands behind the first `c`, taken off `rest`; STR_NONE when there is no `c`.
static Str split_off(Str *rest, char c)
{
    size_t at = str_index(*rest, c);
    if (at == rest->len)
        return STR_NONE;
    Str part = str_slice(*rest, at + 1, rest->len);
    *rest = str_slice(*rest, 0, at);
    return part;
}

static Uri uri_split(Str s)
{
    Uri uri = {0};
    uri.fragment = split_off(&s, '#');
    uri.query = split_off(&s, '?');
    size_t colon = str_index(s, ':');
    if (colon < s.len && is_scheme(str_slice(s, 0, colon))) {
        uri.scheme = str_slice(s, 0, colon);
        s = str_slice(s, colon + 1, s.len);
    }
    if (str_starts(s, STR("//"))) {
        s = str_slice(s, 2, s.len);
        size_t slash = str_index(s, '/');
        uri.authority = str_slice(s, 0, slash);
        s = str_slice(s, slash, s.len);
    }
    uri.path = s;
    return uri;
}

static Str uri_join(Arena *arena, const Uri *uri)
{
    Buf out = {.arena = arena};
    if (uri->scheme.at)
        buf_format(&out, STR_FMT ":", STR_ARG(uri->scheme));
    if (uri->authority.at)
        buf_format(&out, "//" STR_FMT, STR_ARG(uri->authority));
    buf_add(&out, uri->path);
    if (uri->query.at)
        buf_format(&out, "?" STR_FMT, STR_ARG(uri->query));
    if (uri->fragment.at)
        buf_format(&out, "#" STR_FMT, STR_ARG(uri->fragment));
    return out.len ? buf_str(&out) : STR("");
}

// 5.2.4: "." and ".." are taken out, segment by segment.
static Str without_dots(Arena *arena, Str path)
{
    Buf out = {.arena = arena};
    bool rooted = path.len && path.at[0] == '/', last_is_dots = false;
    Str rest = rooted ? str_slice(path, 1, path.len) : path;
    if (rooted)
        buf_char(&out, '/');
    size_t floor = out.len;
    while (rest.len) {
        size_t end = str_index(rest, '/');
        Str segment = str_slice(rest, 0, end);
        bool more = end < rest.len;
        rest = str_slice(rest, end + 1, rest.len);
        last_is_dots = str_is(segment, ".") || str_is(segment, "..");
        if (str_is(segment, "..") && out.len > floor) {
            out.len--; // the slash behind the segment that goes
            while (out.len > floor && out.at[out.len - 1] != '/')
                out.len--;
        }
        if (last_is_dots)
            continue;
        buf_add(&out, segment);
        if (more)
            buf_char(&out, '/');
    }
    return out.len ? buf_str(&out) : STR("");
}

// 5.2.3: the reference's path in the base's folder.
static Str merged_path(Arena *arena, const Uri *base, Str path)
{
    if (base->authority.at && base->path.len == 0)
        return str_format(arena, "/" STR_FMT, STR_ARG(path));
    size_t folder = base->path.len;
    while (folder && base->path.at[folder - 1] != '/')
        folder--;
    return str_format(arena, STR_FMT STR_FMT, STR_ARG(str_slice(base->path, 0, folder)),
                      STR_ARG(path));
}

// 5.2.2, top down.
Str uri_resolve(Arena *arena, Str base_text, Str ref_text)
{
    Uri base = uri_split(base_text), ref = uri_split(ref_text);
    if (ref.scheme.at) {
        if (ref.authority.at || str_starts(ref.path, STR("/")))
            ref.path = without_dots(arena, ref.path);
        return uri_join(arena, &ref);
    }
    ref.scheme = base.scheme;
    if (ref.authority.at) {
        ref.path = without_dots(arena, ref.path);
        return uri_join(arena, &ref);
    }
    ref.authority = base.authority;
    if (ref.path.len == 0) {
        ref.path = base.path;
        ref.query = ref.query.at ? ref.query : base.query;
    } else if (ref.path.at[0] == '/') {
        ref.path = without_dots(arena, ref.path);
    } else {
        ref.path = without_dots(arena, merged_path(arena, &base, ref.path));
    }
    return uri_join(arena, &ref);
}

// Letters, digits and `extra`, or a percent sign with two hexadecimal digits.
static bool made_of(Str s, const char *extra)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '%') {
            if (i + 2 >= s.len || !isxdigit((unsigned char)s.at[i + 1]) ||
                !isxdigit((unsigned char)s.at[i + 2]))
                return false;
            i += 2;
        } else if (c >= 0x80 || c == 0 || (!isalnum(c) && !strchr(extra, c))) {
            return false;
        }
    }
    return true;
}

#define UNRESERVED "-._~"
#define SUB_DELIMS "!$&'()*+,;="

static bool is_port(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isdigit((unsigned char)s.at[i]))
            return false;
    return true;
}

// 3.2: [user@] host [:port], the host a name or an address in brackets.
static bool is_authority(Str s)
{
    size_t at = str_index(s, '@');
    if (at < s.len) {
        if (!made_of(str_slice(s, 0, at), UNRESERVED SUB_DELIMS ":"))
            return false;
        s = str_slice(s, at + 1, s.len);
    }
    if (s.len && s.at[0] == '[') {
        size_t end = str_index(s, ']');
        Str inner = str_slice(s, 1, end), port = str_slice(s, end + 1, s.len);
        Text what;
        return end < s.len && format_find(STR("ipv6"), &what)(NULL, inner) &&
               (port.len == 0 || (port.at[0] == ':' && is_port(str_slice(port, 1, port.len))));
    }
    size_t colon = str_index(s, ':');
    return made_of(str_slice(s, 0, colon), UNRESERVED SUB_DELIMS) &&
           is_port(str_slice(s, colon + 1, s.len));
}

bool uri_absolute(Str text)
{
    Uri uri = uri_split(text);
    return uri.scheme.at && is_authority(uri.authority) &&
           made_of(uri.path, UNRESERVED SUB_DELIMS ":@/") &&
           made_of(uri.query, UNRESERVED SUB_DELIMS ":@/?") &&
           made_of(uri.fragment, UNRESERVED SUB_DELIMS ":@/?");
}
