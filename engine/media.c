// SPDX-License-Identifier: Apache-2.0
#include "media.h"
#include <strings.h>

#define STR_ROW(literal)                                                                           \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
const Media media_table[] = {
#define X(type, extensions, contents) {STR_ROW(type), STR_ROW(extensions), STR_ROW(contents)},
#include "media.def"
#undef X
};
const size_t media_count = sizeof media_table / sizeof *media_table;

const Media *media_of(Str type)
{
    for (size_t i = 0; i < media_count; i++)
        if (str_eq(media_table[i].type, type))
            return &media_table[i];
    return NULL;
}

// Is `word` one of the words of `list`, whatever its case?
static bool listed(Str list, Str word)
{
    while (list.len) {
        size_t end = str_index(list, ' ');
        if (word.len && word.len == end && strncasecmp(list.at, word.at, end) == 0)
            return true;
        list = str_slice(list, end + 1, list.len);
    }
    return false;
}

bool media_has_extension(const Media *media, Str name)
{
    size_t dot = name.len;
    while (dot > 0 && name.at[dot - 1] != '.')
        dot--;
    return dot > 1 && listed(media->extensions, str_slice(name, dot, name.len));
}

bool media_looks_like(const Media *media, Str found)
{
    return listed(media->contents, found);
}

Str media_types(Arena *arena)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < media_count; i++) {
        buf_add(&buf, i ? STR(", ") : STR(""));
        buf_add(&buf, media_table[i].type);
    }
    return buf_str(&buf);
}
