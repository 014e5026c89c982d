// SPDX-License-Identifier: Apache-2.0
// The bytes of documents: kept once under their SHA-256 in the data directory, looked at before they are taken in. Only this room
// includes libmagic and speaks to clamd. Everything here is safe to call from any thread.
#pragma once
#include "../../engine/base/arena.h"
#include "../../engine/base/str.h"

// Path of the file with these bytes; it need not exist.
Str files_path(Arena *arena, Str sha256);

// Gives the file `spooled` a second name under its hash and has it on the disk when it returns true: file, name and folders are
// synced. The first name stays its owner's to remove. The same bytes may come twice, even at once.
bool files_keep(Arena *arena, const char *spooled, Str sha256);

// The media type that its content looks like (libmagic, first 64 KiB), or STR_NONE when it cannot be said.
Str files_type(Arena *arena, const char *path);

typedef enum Scan {
    SCAN_NONE, // no scanner is configured
    SCAN_CLEAN,
    SCAN_INFECTED, // `found` names it
    SCAN_UNSURE    // the scanner is away, too slow, too busy or said neither
} Scan;

// Asks the clamd of the settings, for 10 s at most; no more than two files at a time, the third is unsure at once.
Scan files_scan(Arena *arena, const char *path, Str *found);
