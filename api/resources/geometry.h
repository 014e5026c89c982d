// SPDX-License-Identifier: Apache-2.0
// GeoJSON areas (RFC 7946, 3.1.6 and 3.1.7): Polygon and MultiPolygon in WGS 84 degrees, longitude first.
#pragma once
#include "../../engine/base/json.h"

enum { GEOMETRY_POINTS_MAX = 5000, GEOMETRY_RINGS_MAX = 200 };

typedef struct Point {
    double x, y; // degrees east and north
} Point;

typedef struct Ring {
    size_t part, ring;  // ring 0 bounds the part, others are holes in it
    const Point *at;    // the first is not said again at the end
    size_t len;
} Ring;

typedef struct Geometry {
    const Ring *rings;
    size_t len;
} Geometry;

// Reads an area into `arena`. False with `fault` (its pointer under `at`) when it is not one: rings that do not close, are under four
// positions, enclose nothing or cross themselves or one another, holes outside, coordinates out of range, more than is allowed.
// Altitudes are dropped.
bool geometry_read(Arena *arena, const json_t *value, Str at, Geometry *ret, Fault *fault);

// The ring as PostgreSQL writes a polygon, ((x,y),…), in whole units of 10^-7 degree, about a centimetre.
Str ring_text(Arena *arena, const Ring *ring);
