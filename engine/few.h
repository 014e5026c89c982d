// SPDX-License-Identifier: Apache-2.0
// Which sums may be told to those who may not see what they are made of: a sum over few tells about one of them, and so does what is
// left of a total once its other parts are taken away. By cell suppression, as statistical offices do it: small cells, then those
// that protect them (Hundepool and others, Statistical Disclosure Control, 2012, chapter 4).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FewCell {
    int64_t size; // how many gave something to it
    int64_t rest; // how many gave to the same thing outside of what was asked for: asked again without the filter, they would show
    bool never;   // it has no line in the answer: what a total has beyond its parts
    bool hidden;  // in: withheld already; out: is it not to be told?
} FewCell;

// Cells that add up to one: `of`, or FEW_NONE.
typedef struct FewLine {
    const size_t *cells;
    size_t len, of;
} FewLine;
#define FEW_NONE SIZE_MAX

// Marks what is hidden: cells (and rests) with some but fewer than `least`; then, until nothing changes, the parts of what is hidden,
// and the smallest other one of each line whose hidden ones could be told by subtraction.
void few_hide(FewCell *cells, size_t n, const FewLine *lines, size_t line_count, int64_t least);
