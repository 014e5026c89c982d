// SPDX-License-Identifier: Apache-2.0
// The media types that a document may have (media.def): one table for the workflow file, which may name no other, and for the
// upload, whose extension and content must be of the type that is declared.
#pragma once
#include "base/str.h"

typedef struct Media {
    Str type, extensions, contents; // extensions and contents: words between spaces
} Media;

extern const Media media_table[];
extern const size_t media_count;

const Media *media_of(Str type);                        // NULL: not admitted
bool media_has_extension(const Media *media, Str name); // of a file's name, whatever its case
bool media_looks_like(const Media *media, Str found);   // as libmagic names the content
Str media_types(Arena *arena);                          // all of them, for a sentence: "a, b, c"
