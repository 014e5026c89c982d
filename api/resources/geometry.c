// SPDX-License-Identifier: Apache-2.0
// Reads GeoJSON areas and proves that their rings bound something.
#include "geometry.h"
#include "../../engine/base/vec.h"
#include <math.h>
#include <stdlib.h>

typedef struct Reader {
    Arena *arena;
    Fault *fault;
    size_t points;
    VEC(Ring) rings;
} Reader;

static bool wrong(Reader *r, Str at, const char *keyword, Text text)
{
    *r->fault = (Fault){FAULT_INVALID, at, keyword, MESSAGE(text, STR_NONE)};
    return false;
}

// --- one ring --------------------------------------------------------------------------------

static bool position_read(Reader *r, const json_t *value, Str at, Point *ret)
{
    const json_t *x = json_array_get(value, 0), *y = json_array_get(value, 1);
    if (json_array_size(value) < 2 || json_array_size(value) > 3 || !json_is_number(x) ||
        !json_is_number(y))
        return wrong(r, at, "type",
                     T("Une position est attendue : [longitude, latitude].",
                       "A position is expected: [longitude, latitude]."));
    *ret = (Point){json_number_value(x), json_number_value(y)};
    return (fabs(ret->x) <= 180 && fabs(ret->y) <= 90) ||
           wrong(r, at, "range",
                 T("La longitude est entre -180 et 180, la latitude entre -90 et 90.",
                   "Longitude is between -180 and 180, latitude between -90 and 90."));
}

static double doubled_area(const Point *at, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        Point a = at[i], b = at[(i + 1) % n];
        // From the first corner: coordinates of a small place far from 0 would eat the difference.
        sum += (a.x - at[0].x) * (b.y - at[0].y) - (b.x - at[0].x) * (a.y - at[0].y);
    }
    return sum;
}

static bool ring_read(Reader *r, const json_t *value, Str at, size_t part, size_t ring)
{
    size_t n = json_array_size(value);
    if (!json_is_array(value) || n < 4)
        return wrong(r, at, "minItems",
                     T("Un anneau a au moins quatre positions, la dernière étant la première.",
                       "A ring has four positions at least, the last being the first."));
    r->points += n;
    if (r->points > GEOMETRY_POINTS_MAX || r->rings.len == GEOMETRY_RINGS_MAX)
        return wrong(r, at, "maxItems",
                     T("Au plus 5000 positions en 200 anneaux : simplifiez le contour.",
                       "At most 5000 positions in 200 rings: simplify the outline."));
    Point *points = arena_array(r->arena, Point, n);
    for (size_t i = 0; i < n; i++)
        if (!position_read(r, json_array_get(value, i), pointer_index(r->arena, at, i), &points[i]))
            return false;
    if (points[0].x != points[n - 1].x || points[0].y != points[n - 1].y)
        return wrong(r, at, "closed",
                     T("L'anneau n'est pas fermé : sa dernière position doit être la première.",
                       "The ring is not closed: its last position must be the first."));
    if (doubled_area(points, n - 1) == 0)
        return wrong(r, at, "area", T("L'anneau n'enferme rien.", "The ring encloses nothing."));
    vec_push(r->arena, &r->rings, (Ring){part, ring, points, n - 1});
    return true;
}

// --- rings together ----------------------------------------------------------------------------

typedef struct Segment {
    Point a, b;
    double left, right;
} Segment;

static int by_left(const void *one, const void *other)
{
    double x = ((const Segment *)one)->left, y = ((const Segment *)other)->left;
    return (x > y) - (x < y);
}

static int side(Point a, Point b, Point c)
{
    double turn = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    return (turn > 0) - (turn < 0);
}

// Do they cross in a point inside both? Touching is allowed: neighbours share an end.
static bool cross(const Segment *s, const Segment *t)
{
    return fmax(s->a.y, s->b.y) >= fmin(t->a.y, t->b.y) &&
           fmax(t->a.y, t->b.y) >= fmin(s->a.y, s->b.y) &&
           side(s->a, s->b, t->a) * side(s->a, s->b, t->b) < 0 &&
           side(t->a, t->b, s->a) * side(t->a, t->b, s->b) < 0;
}

// Sorted by their left ends, only segments that share a span of longitude are compared.
static bool any_cross(Arena *arena, const Ring *rings, size_t n)
{
    size_t total = 0, k = 0;
    for (size_t i = 0; i < n; i++)
        total += rings[i].len;
    Segment *all = arena_array(arena, Segment, total);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < rings[i].len; j++) {
            Point a = rings[i].at[j], b = rings[i].at[(j + 1) % rings[i].len];
            all[k++] = (Segment){a, b, fmin(a.x, b.x), fmax(a.x, b.x)};
        }
    qsort(all, total, sizeof *all, by_left);
    for (size_t i = 0; i < total; i++)
        for (size_t j = i + 1; j < total && all[j].left <= all[i].right; j++)
            if (cross(&all[i], &all[j]))
                return true;
    return false;
}

static bool ring_holds(const Ring *ring, Point p)
{
    bool in = false;
    for (size_t i = 0, j = ring->len - 1; i < ring->len; j = i++) {
        Point a = ring->at[i], b = ring->at[j];
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
            in = !in;
    }
    return in;
}

// As nothing crosses, one corner inside means all of it is.
static bool hole_inside(const Ring *outer, const Ring *hole)
{
    for (size_t i = 0; i < hole->len; i++)
        if (ring_holds(outer, hole->at[i]))
            return true;
    return false;
}

static bool part_read(Reader *r, const json_t *value, Str at, size_t part)
{
    size_t first = r->rings.len, n = json_array_size(value);
    if (n == 0)
        return wrong(r, at, "minItems",
                     T("Une liste d'anneaux est attendue.", "A list of rings is expected."));
    for (size_t i = 0; i < n; i++)
        if (!ring_read(r, json_array_get(value, i), pointer_index(r->arena, at, i), part, i))
            return false;
    const Ring *rings = &r->rings.at[first];
    if (any_cross(r->arena, rings, n))
        return wrong(r, at, "simple",
                     T("Le contour se croise lui-même.", "The outline crosses itself."));
    for (size_t i = 1; i < n; i++)
        if (!hole_inside(&rings[0], &rings[i]))
            return wrong(
                r, pointer_index(r->arena, at, i), "hole",
                T("Ce trou est en dehors du contour.", "This hole is outside the outline."));
    return true;
}

bool geometry_read(Arena *arena, const json_t *value, Str at, Geometry *ret, Fault *fault)
{
    Reader r = {.arena = arena, .fault = fault};
    Str type = json_str(json_at(value, "type")),
        inside = pointer_add(arena, at, STR("coordinates"));
    const json_t *coordinates = json_at(value, "coordinates");
    bool one = str_is(type, "Polygon");
    if (!one && !str_is(type, "MultiPolygon"))
        return wrong(
            &r, pointer_add(arena, at, STR("type")), "enum",
            T("Polygon ou MultiPolygon est attendu.", "Polygon or MultiPolygon is expected."));
    size_t parts = one ? 1 : json_array_size(coordinates);
    if (parts == 0)
        return wrong(&r, inside, "minItems",
                     T("Une liste de polygones est attendue.", "A list of polygons is expected."));
    for (size_t i = 0; i < parts; i++)
        if (!part_read(&r, one ? coordinates : json_array_get(coordinates, i),
                       one ? inside : pointer_index(arena, inside, i), i))
            return false;
    *ret = (Geometry){r.rings.at, r.rings.len};
    return true;
}

Str ring_text(Arena *arena, const Ring *ring)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < ring->len; i++)
        buf_format(&out, "%s(%.0f,%.0f)", i ? "," : "(", ring->at[i].x * 1e7, ring->at[i].y * 1e7);
    buf_char(&out, ')');
    return buf_str(&out);
}
