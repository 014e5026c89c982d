// SPDX-License-Identifier: Apache-2.0
// The catalogue, and how an error is written from it.
#include "tree.h"
#include "messages.h"

static const Text texts[] = {
#define X(name, french, english) [SAY_##name] = {(french), (english)},
#include "messages.def"
#undef X
};

Text sentence(Sentence which)
{
    return texts[which];
}

Str place_pointer(Arena *arena, const Place *place)
{
    size_t n = 0;
    for (const Place *p = place; p && p->outer; p = p->outer)
        n++;
    const Place **steps = arena_array(arena, const Place *, n);
    for (const Place *p = place; n; p = p->outer)
        steps[--n] = p;
    Str pointer = STR("");
    for (const Place *p = place; p && p->outer; p = p->outer)
        n++;
    for (size_t i = 0; i < n; i++)
        pointer = steps[i]->name.at ? pointer_add(arena, pointer, steps[i]->name)
                                    : pointer_index(arena, pointer, steps[i]->index);
    return pointer;
}

void error_add(Arena *arena, SchemaErrors *errors, Str pointer, const char *keyword, Text text,
               Label name, const Str args[4])
{
    if (errors->len >= SCHEMA_ERRORS_MAX)
        return;
    Message message = {.text = text, .args = {name.fr, name.en}};
    for (size_t i = 0; args && i < 4; i++)
        message.args[2 + i] = args[i];
    vec_push(arena, errors, (SchemaError){pointer, keyword, message});
}
