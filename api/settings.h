// SPDX-License-Identifier: Apache-2.0
// Settings, from one table (settings.def): flags win over the environment, which wins over the file.
#pragma once
#include "../engine/base/text.h"

typedef struct Settings {
#define SETTING_TEXT const char *
#define SETTING_INT  int64_t
#define SETTING_BOOL bool
#define X(type, name, otherwise, low, high, kind, fr, en) SETTING_##type name;
#include "settings.def"
#undef X
} Settings;

// What the command line asks besides.
typedef struct Asked {
    bool check_config, print_config, help;
    const char *receipt, *key; // --receipt, --key: for `jalon verify`
    const char *name;         // --name: of a person, for `jalon admin`; NULL when not given
    const char *const *words; // that are no flags, in order
    size_t word_count;
} Asked;

// Reads `args` (without the program's and the command's name), `environment` (as environ) and the file that --config or
// JALON_CONFIG names. False with a sentence in `why`: an unknown name (with the nearest one, and file:line), a value out of
// range, a secret on the command line or in a file that everyone can read. Everything lives in `arena`. `settings` is complete either way.
bool settings_read(Arena *arena, const char *const *args, char *const *environment, Settings *settings, Asked *asked, Str *why);

// The text of a small file that a setting names; false with a sentence in `why` when it cannot be read or is over 64 KB.
bool settings_file(Arena *arena, const char *path, Str *ret, Str *why);

// Can everyone on this machine read this file? Then no secret is taken from it.
bool settings_shared(const char *path);
// Takes a variable out of this process's environment, where /proc and child processes would still find it.
void settings_forget(const char *name);
// The same for each setting that bears a secret; they have been read. Before any thread starts.
void settings_forget_secrets(void);

// "name = value" lines, secrets and passwords hidden: a file that --config takes.
Str settings_text(Arena *arena, const Settings *settings);

// The flags with their help, a line each.
Str settings_help(Arena *arena, Lang lang);

// The settings this program runs with: set once, before any thread starts.
const Settings *settings(void);
void settings_set(const Settings *these);
