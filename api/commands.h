// SPDX-License-Identifier: Apache-2.0
// The subcommands that need no server: an author checks, draws, tabulates and plays a workflow
// file. argv[0] is the subcommand. Each prints on stdout what was asked, on stderr what went wrong,
// and returns the program's exit status: 0 all is well, 1 the file is wrong or a scenario failed, 2
// wrong arguments or a file that cannot be read.
#pragma once
#include "../engine/base/text.h"

int command_check(int argc, char **argv); // check FILE… [--lang fr|en] [--json] [--dictionary FILE]
int command_draw(int argc, char **argv); // draw FILE [--svg] [--lang fr|en] [--dictionary FILE]
int command_table(int argc,
                  char **argv); // table FILE [--csv|--json] [--lang fr|en] [--dictionary FILE]
int command_play(int argc, char **argv); // play FILE SCENARIO… | FILE --random N [--seed S]
                                         // [--length L] [--lang …] [--dictionary …]
int command_diff(int argc, char **argv); // diff OLD NEW [--lang fr|en] [--json] [--dictionary FILE]
// migrate OLD NEW MAPPING APPLICATION… [--lang fr|en] [--dictionary FILE]: where applications would land and what they would
// lose; changes nothing. Status 1 when one lands nowhere.
int command_migrate(int argc, char **argv);

// territories import [FOLDER]: what the JSON files in `folder` (or in its `data`) say; NULL with a sentence on stderr. Then all of it
// into the database, in one transaction; the exit status.
typedef struct Territories Territories;
Territories *territories_read(Arena *arena, Lang lang, const char *folder);
int territories_store(const Territories *territories, const char *conninfo);

// space FILE: what the file and the workflows beside it say; NULL with sentences on stderr (file:line:column) and the exit status. Then
// all of it into the database, in one transaction; the exit status.
typedef struct SpaceSetup SpaceSetup;
SpaceSetup *space_setup_read(Arena *arena, Lang lang, const char *file, int *status);
int space_setup_store(SpaceSetup *setup, const char *file, const char *conninfo);

// The shared dictionary (workflows/dictionary.yaml), embedded at build.
extern const char dictionary_text[];
extern const size_t dictionary_len;
