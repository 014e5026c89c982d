// SPDX-License-Identifier: Apache-2.0
// A definition shown: the chart as Graphviz DOT and as SVG, and the state × role × move table.
#pragma once
#include "decide.h"

// Graphviz DOT with labels in `lang`; stages are clusters, timed moves dashed, optional (guarded) moves marked.
Str draw_dot(Arena *arena, const Definition *def, Lang lang);

// SVG that needs nothing else: boxes from left to right that list their moves and where these lead. What an author wrote only appears
// escaped.
Str draw_svg(Arena *arena, const Definition *def, Lang lang);

typedef enum TableForm { TABLE_TEXT, TABLE_CSV, TABLE_JSON } TableForm;
// A row for every (state, role, move, act or thing seen) that the file opens, an empty state being every one: state, stage, role, kind (move|edit|see|timer|auto), name, title, to, if.
Str table_of(Arena *arena, const Definition *def, Lang lang, TableForm form);
