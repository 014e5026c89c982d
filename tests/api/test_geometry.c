// SPDX-License-Identifier: Apache-2.0
// GeoJSON areas as people draw them, rightly and wrongly.
#include "../base/table.h"
#include "api/resources/geometry.h"

#define SQUARE "[[0,0],[4,0],[4,4],[0,4],[0,0]]"
#define HOLE   "[[1,1],[1,2],[2,2],[2,1],[1,1]]"

static void areas(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *text;
        size_t rings;        // 0: refused
        const char *pointer; // of what is refused
    } rows[] = {
        {"a square", "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", 1, NULL},
        {"a square with a hole", "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "," HOLE "]}", 2,
         NULL},
        {"two parts", "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],[" HOLE "]]}", 2,
         NULL},
        {"an altitude is dropped",
         "{\"type\":\"Polygon\",\"coordinates\":[[[0,0,9],[4,0,9],[4,4,9],[0,0,9]]]}", 1, NULL},
        {"a hole may touch the outline",
         "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE ",[[0,0],[1,2],[2,1],[0,0]]]}", 2, NULL},
        {"a point is no area", "{\"type\":\"Point\",\"coordinates\":[0,0]}", 0, "/g/type"},
        {"no type is none", "{\"coordinates\":[" SQUARE "]}", 0, "/g/type"},
        {"no coordinates enclose nothing", "{\"type\":\"Polygon\"}", 0, "/g/coordinates"},
        {"nor does an empty list", "{\"type\":\"MultiPolygon\",\"coordinates\":[]}", 0,
         "/g/coordinates"},
        {"a ring is a list", "{\"type\":\"Polygon\",\"coordinates\":[7]}", 0, "/g/coordinates/0"},
        {"three positions are a line there and back",
         "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[0,0]]]}", 0, "/g/coordinates/0"},
        {"an open ring", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4]]]}", 0,
         "/g/coordinates/0"},
        {"all on one line", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],[2,2],[0,0]]]}", 0,
         "/g/coordinates/0"},
        {"latitude first, as many write it",
         "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,100],[0,0]]]}", 0,
         "/g/coordinates/0/2"},
        {"beyond the date line",
         "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[181,0],[4,4],[0,0]]]}", 0,
         "/g/coordinates/0/1"},
        {"a position is two numbers",
         "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4],[4,4],[0,0]]]}", 0,
         "/g/coordinates/0/1"},
        {"and not text", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[\"4\",0],[4,4],[0,0]]]}",
         0, "/g/coordinates/0/1"},
        {"a bow tie crosses itself",
         "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,4],[4,0],[0,3],[0,0]]]}", 0,
         "/g/coordinates"},
        {"a hole that cuts the outline",
         "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE ",[[3,1],[6,1],[6,2],[3,2],[3,1]]]}", 0,
         "/g/coordinates"},
        {"a hole elsewhere",
         "{\"type\":\"Polygon\",\"coordinates\":[" SQUARE ",[[8,8],[9,8],[9,9],[8,8]]]}", 0,
         "/g/coordinates/1"},
        {"the second part is named",
         "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],[[[0,0],[4,0],[4,4],[0,4]]]]}",
         0, "/g/coordinates/1/0"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        Fault fault = {0};
        Geometry got = {0};
        json_t *value = json_read(arena, str_of(rows[i].text), &fault);
        bool ok = value && geometry_read(arena, value, STR("/g"), &got, &fault);
        ROW_CHECK(wrong, ok == (rows[i].rings > 0) && got.len == rows[i].rings, rows[i].sentence,
                  "expected %zu rings, came %zu", rows[i].rings, got.len);
        ROW_CHECK(wrong, ok || str_is(fault.pointer, rows[i].pointer), rows[i].sentence,
                  "expected at %s, came at " STR_FMT, rows[i].pointer, STR_ARG(fault.pointer));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void many(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Buf text = {.arena = arena};
    buf_add(&text, STR("{\"type\":\"Polygon\",\"coordinates\":[[[0,0]"));
    for (int i = 1; i <= GEOMETRY_POINTS_MAX; i++)
        buf_format(&text, ",[%d.5,%d]", i % 100, i % 50);
    buf_add(&text, STR(",[0,0]]]}"));
    Fault fault = {0};
    Geometry got;
    json_t *value = json_read(arena, buf_str(&text), &fault);
    assert_non_null(value);
    assert_false(geometry_read(arena, value, STR(""), &got, &fault));
    assert_string_equal(fault.keyword, "maxItems");
    arena_free(arena);
}

static void written(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Fault fault = {0};
    Geometry got;
    json_t *value = json_read(arena,
                              STR("{\"type\":\"Polygon\",\"coordinates\":[[[55.25,-21],[55.5,-21],["
                                  "55.5,-20.75],[55.25,-21]]]}"),
                              &fault);
    assert_true(geometry_read(arena, value, STR(""), &got, &fault));
    assert_string_equal(ring_text(arena, &got.rings[0]).at,
                        "((552500000,-210000000),(555000000,-210000000),(555000000,-207500000))");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas),
        cmocka_unit_test(many),
        cmocka_unit_test(written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
