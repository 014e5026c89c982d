// SPDX-License-Identifier: Apache-2.0
// The chart drawn: what must be seen in DOT, in both languages, and that nothing written by an
// author breaks it.
#include "engine/draw.h"
#include "engine/words.h"
#include "garden.h"

static const struct {
    const char *sentence;
    Lang lang;
    const char *wanted;
} drawn[] = {
    {"the title's quotes and ampersand are escaped", FR,
     "label=\"Jardins \\\"partagés\\\" &amp; friches\""},
    {"stages are clusters", FR, "label=\"Évaluation\"; style=\"filled\""},
    {"stages are named in the language asked", EN, "label=\"Evaluation\"; style=\"filled\""},
    {"a parallel state is a dashed cluster", FR,
     "label=\"Étude\"; style=\"rounded,filled,dashed\""},
    {"a region is a cluster within", EN, "label=\"Opinions\"; style=\"rounded,filled\""},
    {"a final state has a double circle", EN, "shape=doublecircle, style=filled, label=\"Lapsed\""},
    {"a deep history says so", EN, "shape=circle, style=solid, label=\"H*\""},
    {"a guarded move is marked", FR, "label=\"Déposer ?\""},
    {"its guard is told on hover", FR,
     "edgetooltip=\"complete('project') && now < call.closes_at\""},
    {"a free move is not marked", EN, "label=\"Withdraw\""},
    {"a timed move is dashed and says when", FR, "style=dashed, label=\"après 30 jours\""},
    {"a date is named", EN, "style=dashed, label=\"at call.closes_at\""},
    {"the end of regions is a move", FR, "label=\"Terminé\""},
    {"an act's event has words", EN, "label=\"Decision recorded ?\""},
    {"a move into a cluster ends at its border", EN, "lhead=cluster_s"},
    {"a move out of a cluster starts at its border", EN, "ltail=cluster_s"},
};

static void a_chart_is_drawn(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(drawn); i++) {
        const char *dot = str_cstr(arena, draw_dot(arena, def, drawn[i].lang));
        // Tooltips escape & too.
        char *wanted = str_cstr(arena, str_of(drawn[i].wanted));
        char *both = strstr(wanted, "&& ");
        if (both)
            wanted = str_cstr(arena, str_format(arena, "%.*s&amp;&amp; %s", (int)(both - wanted),
                                                wanted, both + 3));
        ROW_CHECK(wrong, strstr(dot, wanted), drawn[i].sentence, "expected %s in\n%s", wanted, dot);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

// Braces and quotes balance, whatever an author wrote in a label.
static bool balanced(Str dot)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < dot.len; i++) {
        char c = dot.at[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (c == '{') - (c == '}');
        if (depth < 0 || (quoted && c == '\n'))
            return false;
    }
    return depth == 0 && !quoted;
}

static void labels_cannot_break_out(void **state)
{
    (void)state;
    static const char *const labels[] = {"\"];} digraph evil {", "\\", "\\\"", "a\nb", "\x01\x7f",
                                         "</TABLE>&lt;",         "}{"};
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(labels); i++) {
        Definition def = *garden(arena);
        State *states = arena_copy(arena, def.states, def.state_count * sizeof *states);
        def.title = (Label){str_of(labels[i]), str_of(labels[i])};
        for (size_t k = 0; k < def.state_count; k++)
            states[k].title = def.title;
        def.states = states;
        ROW_CHECK(wrong, balanced(draw_dot(arena, &def, FR)), labels[i], "%s",
                  "breaks the drawing");
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void every_state_and_move_is_drawn(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    const char *dot = str_cstr(arena, draw_dot(arena, def, FR));
    size_t edges = 0, nodes = 0;
    for (const char *at = dot; (at = strstr(at, " -> ")); at++)
        edges++;
    for (size_t i = 0; i < def->state_count; i++)
        nodes += strstr(dot, str_format(arena, " s%zu [", i).at) != NULL;
    size_t wanted = def->transition_count; // each has one target or none here
    for (size_t i = 0; i < def->state_count; i++)
        wanted += def->states[i].initial_count;
    assert_int_equal(nodes, def->state_count);
    assert_int_equal(edges, wanted);
    arena_free(arena);
}

static const struct {
    const char *sentence;
    Lang lang;
    const char *wanted;
} shown[] = {
    {"it has a title for those who hear it", FR,
     "<title id=\"t\">Jardins &quot;partagés&quot; &amp; friches</title>"},
    {"it says how to read it", EN, "dashed: at a deadline.</desc>"},
    {"a move says where it leads", FR, "Retirer → Retiré</text>"},
    {"a guarded move is marked", FR, "Déposer ? → Étude</text>"},
    {"its guard is told on hover", FR,
     "<title>complete('project') &amp;&amp; now &lt; call.closes_at</title>Déposer"},
    {"a timed move is written apart", FR, "<text class=\"m t\""},
    {"and says when", EN, "after 30 days → Refused</text>"},
    {"its curve is dashed", EN, "<path class=\"e w\""},
    {"a parallel state is dashed", EN, "<rect class=\"s p\""},
    {"a deep history says so", EN, "H*</text>"},
    {"a stage has its colour", EN, "fill=\"#f7e6ef\""},
    {"the language is named", EN, "lang=\"en\""},
};

static void a_chart_is_drawn_as_svg(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(shown); i++) {
        const char *svg = str_cstr(arena, draw_svg(arena, garden(arena), shown[i].lang));
        ROW_CHECK(wrong, strstr(svg, shown[i].wanted), shown[i].sentence, "expected %s in\n%s",
                  shown[i].wanted, svg);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

typedef struct Frame {
    int x, y, w, h;
} Frame;

static bool apart(const Frame *a, const Frame *b)
{
    return a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y || b->y + b->h <= a->y;
}

static bool holds(const Frame *a, const Frame *b)
{
    return a->x <= b->x && a->y <= b->y && a->x + a->w >= b->x + b->w && a->y + a->h >= b->y + b->h;
}

// Frames nest or stand apart: none cuts another.
static void frames_never_overlap(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const char *svg = str_cstr(arena, draw_svg(arena, garden(arena), FR));
    Frame frames[64];
    size_t n = 0;
    int wrong = 0;
    for (const char *at = svg; (at = strstr(at, "<rect class=\"s")) && n < ROWS(frames); at++) {
        const char *x = strstr(at, " x=");
        Frame *f = &frames[n++];
        assert_int_equal(
            sscanf(x, " x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"", &f->x, &f->y, &f->w, &f->h),
            4);
    }
    assert_true(n > 15);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            ROW_CHECK(wrong,
                      apart(&frames[i], &frames[k]) || holds(&frames[i], &frames[k]) ||
                          holds(&frames[k], &frames[i]),
                      "frames nest or stand apart", "%zu and %zu overlap", i, k);
    arena_free(arena);
    ROWS_END(wrong);
}

// Every < opens or closes an element of ours, whatever an author wrote.
static bool well_formed(Str svg)
{
    int depth = 0;
    for (size_t i = 0; i < svg.len; i++) {
        if (svg.at[i] == '&' && !memmem(svg.at + i, svg.len - i < 7 ? svg.len - i : 7, ";", 1))
            return false;
        if (svg.at[i] != '<')
            continue;
        size_t end = i + str_index(str_slice(svg, i, svg.len), '>');
        if (end == svg.len || memchr(svg.at + i + 1, '<', end - i - 1))
            return false;
        depth += svg.at[i + 1] == '/' ? -1 : svg.at[end - 1] == '/' ? 0 : 1;
        if (depth < 0)
            return false;
    }
    return depth == 0;
}

static void labels_cannot_break_out_of_svg(void **state)
{
    (void)state;
    static const char *const labels[] = {"</text><script>alert(1)</script>", "\"/>", "&amp;<",
                                         "]]>", "a\nb\x01"};
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(labels); i++) {
        Definition def = *garden(arena);
        State *states = arena_copy(arena, def.states, def.state_count * sizeof *states);
        def.title = (Label){str_of(labels[i]), str_of(labels[i])};
        for (size_t k = 0; k < def.state_count; k++)
            states[k].title = def.title;
        def.states = states;
        Str svg = draw_svg(arena, &def, FR);
        ROW_CHECK(wrong, well_formed(svg) && !memmem(svg.at, svg.len, "<script", 7), labels[i],
                  "%s", "breaks the drawing");
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static const struct {
    const char *sentence;
    Duration duration;
    const char *fr, *en;
} durations[] = {
    {"days", {0, 30 * DAY}, "30 jours", "30 days"},
    {"one of each is singular",
     {13, DAY + 3661 * SECOND},
     "1 an 1 mois 1 jour 1 heure 1 minute 1 seconde",
     "1 year 1 month 1 day 1 hour 1 minute 1 second"},
    {"months", {2, 0}, "2 mois", "2 months"},
    {"hours", {0, 7200 * SECOND}, "2 heures", "2 hours"},
    {"milliseconds", {0, 1500000}, "1 seconde 500 ms", "1 second 500 ms"},
    {"nothing", {0, 0}, "", ""},
};

static void durations_read_as_words(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(durations); i++) {
        Str fr = duration_words(arena, durations[i].duration, FR),
            en = duration_words(arena, durations[i].duration, EN);
        ROW_CHECK(wrong, str_is(fr, durations[i].fr) && str_is(en, durations[i].en),
                  durations[i].sentence, "came " STR_FMT " / " STR_FMT, STR_ARG(fr), STR_ARG(en));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chart_is_drawn),        cmocka_unit_test(a_chart_is_drawn_as_svg),
        cmocka_unit_test(frames_never_overlap),    cmocka_unit_test(labels_cannot_break_out_of_svg),
        cmocka_unit_test(labels_cannot_break_out), cmocka_unit_test(every_state_and_move_is_drawn),
        cmocka_unit_test(durations_read_as_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
