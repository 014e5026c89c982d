// SPDX-License-Identifier: Apache-2.0
// What the files commands*.c share: arguments, files, sentences.
#pragma once
#include "../engine/build.h"
#include "commands.h"
#include <stdio.h>

typedef struct Arguments {
    const char *files[256];
    size_t file_count;
    Lang lang;
    bool json, csv, svg;
    bool random;
    uint64_t paths, seed, length;
    const char *dictionary; // NULL: the embedded one
    const char *wrong;      // the option that could not be read, for the usage
} Arguments;

enum { EXIT_WELL, EXIT_WRONG, EXIT_USAGE };

// Reads the options that `allowed` names (NULL-terminated, without "--"). False, with the usage
// line printed, on anything else or fewer than `least` files or more than `most`.
bool arguments_read(int argc, char **argv, const char *const *allowed, size_t least, size_t most,
                    const char *usage, Arguments *ret);

void say(FILE *to, Str text);
void say_message(FILE *to, Lang lang, Message message); // with a line end
// The whole file, in the arena. False, with a sentence on stderr, when it cannot be read.
bool file_read(Arena *arena, Lang lang, const char *name, Str *ret);
bool dictionary_read(Arena *arena, const Arguments *arguments, Str *ret);
// The definition of a file; NULL with findings on stderr (`status` EXIT_WRONG) or a sentence
// (EXIT_USAGE).
const Definition *definition_load(Arena *arena, const Arguments *arguments, const char *name,
                                  int *status);
