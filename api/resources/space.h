// SPDX-License-Identifier: Apache-2.0
// A space's look and speech, and the file that says them.
#pragma once
#include "bodies.h"
#include "../request.h"

// Is what `in` gives of languages, colours, vocabulary and themes sound? `title` and `languages` are those it will have. False with
// faults at their pointers.
bool space_look_check(Request *rq, const SpaceMake *in, const json_t *title, const Str *languages,
                      size_t n);

// What a space speaks when its languages are not said: those of its name.
FieldList languages_of(Arena *arena, const json_t *title);

// Every theme is on the space's list, when it has one. False with faults at "/themes".
bool space_themes_check(Request *rq, Str space, FieldList themes);

// Contrast of two colours "#rrggbb": 1 to 21, as WCAG 2.2 defines it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
double contrast(Str one, Str other);

typedef struct SpaceFile {
    Str space, logo;      // slug; name of a PNG file
    json_t *organisation; // {name, siren, siret, rna, kind}
    SpaceMake look;
    FieldList workflows; // names of workflows of the space; on the command line, files too
} SpaceFile;

// Writes what `look` gives; at `version`, or whatever the version is when that is null. NULL with a fault; no row when it is stale.
Rows *space_write(Request *rq, Str space, const SpaceMake *look, Arg version);

// A PNG picture that is not too large? False with a fault.
bool space_logo_check(Request *rq, Str png);

// Tells that a version of a workflow of this space was uploaded, or published (NULL: that failed). False with a fault. (workflow.c)
bool workflow_told(Request *rq, Str space, const char *event, const Rows *version);
bool workflow_published(Request *rq, Str space, const Rows *version);

// Gives the space its logo. False with a fault.
bool space_logo_write(Request *rq, Str space, Str png);

// Reads a file (YAML). False with faults at ":line:column", each sentence naming the place.
bool space_file_read(Request *rq, Str text, SpaceFile *ret);

// Gives the space all that the file says, and what it does not say its default; publishes the last version of each workflow that
// `names` (the file's, files replaced by their ids) names. Inside a transaction. NULL with a fault; else the space's row.
Rows *space_file_apply(Request *rq, Str space, const SpaceFile *file, const Str *names);
