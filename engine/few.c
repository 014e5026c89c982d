// SPDX-License-Identifier: Apache-2.0
#include "few.h"

static bool few(int64_t size, int64_t least)
{
    return size > 0 && size < least;
}

static bool dark(const FewCell *cell)
{
    return (cell->hidden || cell->never) && cell->size > 0;
}

// What is told by subtraction are those of the line that are not shown, together: enough of them, and, since another line may
// tell one of them, no single one.
static bool line_keeps(const FewCell *cells, const FewLine *line, int64_t least)
{
    size_t hidden = 0;
    bool many = false, alone = false;
    for (size_t i = 0; i < line->len; i++) {
        const FewCell *cell = &cells[line->cells[i]];
        if (!dark(cell))
            continue;
        hidden++;
        many |= cell->size >= least;
        alone = !cell->never;
    }
    return hidden == 0 || (many && !(hidden == 1 && alone));
}

static bool hide_smallest(FewCell *cells, const FewLine *line)
{
    FewCell *smallest = NULL;
    for (size_t i = 0; i < line->len; i++) {
        FewCell *cell = &cells[line->cells[i]];
        if (cell->size > 0 && !dark(cell) && (!smallest || cell->size < smallest->size))
            smallest = cell;
    }
    if (smallest)
        smallest->hidden = true;
    return smallest != NULL;
}

static bool hide_parts(FewCell *cells, const FewLine *line)
{
    bool changed = false;
    for (size_t i = 0; i < line->len; i++) {
        changed |= !cells[line->cells[i]].hidden;
        cells[line->cells[i]].hidden = true;
    }
    return changed;
}

static bool line_hide(FewCell *cells, const FewLine *line, int64_t least)
{
    if (line->of != FEW_NONE && cells[line->of].hidden)
        return hide_parts(cells, line);
    return !line_keeps(cells, line, least) && hide_smallest(cells, line);
}

void few_hide(FewCell *cells, size_t n, const FewLine *lines, size_t line_count, int64_t least)
{
    for (size_t i = 0; i < n; i++)
        cells[i].hidden |= few(cells[i].size, least) || few(cells[i].rest, least);
    for (bool changed = true; changed;) { // each round hides one more at least
        changed = false;
        for (size_t i = 0; i < line_count; i++)
            changed |= line_hide(cells, &lines[i], least);
    }
}
