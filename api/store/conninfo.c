// SPDX-License-Identifier: Apache-2.0
// A conninfo taken apart: what a program shows to others, without what it must not.
#include "inside.h"

static void add_quoted(Buf *out, const char *name, const char *value)
{
    buf_format(out, "%s='", name);
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            buf_char(out, '\\');
        buf_char(out, *value);
    }
    buf_add(out, STR("' "));
}

const char *store_conninfo_apart(Arena *arena, const char *conninfo, Str *password)
{
    Buf out = {.arena = arena};
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    *password = STR_NONE;
    if (!options)
        return conninfo;
    for (const PQconninfoOption *o = options; o->keyword; o++) {
        if (!o->val)
            continue;
        if (strcmp(o->keyword, "password") == 0)
            *password = str_copy(arena, str_of(o->val));
        else if (strcmp(o->keyword, "sslpassword") != 0)
            add_quoted(&out, o->keyword, o->val);
    }
    PQconninfoFree(options);
    return str_cstr(arena, buf_str(&out));
}
