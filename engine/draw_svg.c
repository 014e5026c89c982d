// SPDX-License-Identifier: Apache-2.0
// The chart as SVG, laid out by ourselves: a state is a box that lists its moves, and each move
// names where it leads, so that the drawing can be read where its curves cannot be followed.
// Children of a compound stand in layers from left to right, by the longest way from the first;
// those of a parallel state in one column.
#include "base/vec.h"
#include "chart.h"
#include "draw.h"
#include "words.h"

enum {
    HEAD = 28,
    ROW = 17,
    PAD = 12,
    GAP_X = 70,
    GAP_Y = 22,
    EDGE = 24,
    DOT = 5,
    CHARACTER = 7,
    BAND = 1300
}; // beyond this width, layers go on in a band below

typedef struct Box {
    int x, y, w, h; // absolute once placed; before, relative to the parent's inside
    int head;       // height of the title and the moves
    int layer;
} Box;

typedef struct Svg {
    Arena *arena;
    const Definition *def;
    Lang lang;
    Buf out;
    Box box[STATES_MAX];
    Str *rows; // by transition: what its line says
} Svg;

static const char *const stage_fills[] = {
    [STAGE_NONE] = "#ffffff",     [STAGE_SUBMISSION] = "#e8f1fb", [STAGE_EVALUATION] = "#fdf3dc",
    [STAGE_DECISION] = "#f7e6ef", [STAGE_FUNDING] = "#e6f4e7",    [STAGE_IMPACT] = "#ece9f8",
};

static void text(Svg *d, Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '&' || c == '<' || c == '>' || c == '"')
            buf_add(&d->out, c == '&'   ? STR("&amp;")
                             : c == '<' ? STR("&lt;")
                             : c == '>' ? STR("&gt;")
                                        : STR("&quot;"));
        else
            buf_char(&d->out, (unsigned char)c < ' ' || c == 0x7f ? ' ' : c);
    }
}

static void element(Svg *d, const char *name, Str content)
{
    buf_format(&d->out, "<%s>", name);
    text(d, content);
    buf_format(&d->out, "</%s>", name);
}

static int width(Str s)
{
    return (int)str_points(s) * CHARACTER + CHARACTER;
}

static bool outer(const State *s)
{
    return s->type == STATE_COMPOUND || s->type == STATE_PARALLEL;
}

// --- what a box says ----------------------------------------------------------------------------

// "Déposer ? → Étude", "après 30 jours → Refusé".
static Str row_text(const Svg *d, const Transition *t)
{
    Buf buf = {.arena = d->arena};
    if (t->timer.len)
        buf_add(&buf, timer_words(d->arena, t, d->lang));
    for (size_t i = 0; !t->timer.len && i < t->event_count; i++) {
        if (i)
            buf_add(&buf, STR(", "));
        buf_add(&buf, move_title(d->def, t, t->events[i], d->lang));
    }
    if (t->guard)
        buf_add(&buf, buf.len ? STR(" ?") : STR("?"));
    for (size_t i = 0; i < t->target_count; i++) {
        buf_add(&buf, i ? STR(", ") : buf.len ? STR(" → ") : STR("→ "));
        buf_add(&buf, state_title(&d->def->states[t->targets[i]], d->lang));
    }
    return buf_str(&buf);
}

static void measure_head(Svg *d, StateId id)
{
    const State *s = &d->def->states[id];
    Box *box = &d->box[id];
    int rows = s->last - s->first;
    box->w = id ? width(state_title(s, d->lang)) * 9 / 8 : 0;
    for (TransitionId i = s->first; i < s->last; i++)
        if (width(d->rows[i]) > box->w)
            box->w = width(d->rows[i]);
    box->w += 2 * PAD;
    box->h = box->head = (id ? HEAD : 0) + rows * ROW + (rows ? PAD / 2 : 0);
    if (state_is_history(s))
        *box = (Box){.w = EDGE + 4, .h = EDGE + 4};
}

// --- where boxes stand --------------------------------------------------------------------------

// The child of `parent` that holds `state`, or ID_NONE.
static StateId child_of(const Definition *def, StateId parent, StateId state)
{
    while (state != ID_NONE && state != 0 && def->states[state].parent != parent)
        state = def->states[state].parent;
    return state == 0 ? ID_NONE : state;
}

// One layer further than all that lead here from before in the file: backward moves do not count.
static void find_layers(Svg *d, StateId parent)
{
    const State *states = d->def->states;
    if (states[parent].type == STATE_PARALLEL)
        return;
    for (StateId c = parent + 1; c < states[parent].end; c = states[c].end)
        for (size_t i = 0; i < d->def->transition_count; i++) {
            const Transition *t = &d->def->transitions[i];
            StateId from = child_of(d->def, parent, t->source);
            for (size_t k = 0; k < t->target_count && from != ID_NONE && from < c; k++)
                if (child_of(d->def, parent, t->targets[k]) == c &&
                    d->box[c].layer <= d->box[from].layer)
                    d->box[c].layer = d->box[from].layer + 1;
        }
}

static int column_width(const Svg *d, StateId parent, int layer)
{
    const State *states = d->def->states;
    int w = 0;
    for (StateId c = parent + 1; c < states[parent].end; c = states[c].end)
        if (d->box[c].layer == layer && d->box[c].w > w)
            w = d->box[c].w;
    return w;
}

// The children of one layer in a column from `x`.
static void place_column(Svg *d, StateId parent, int layer, int x, int top, int *bottom)
{
    const State *states = d->def->states;
    int y = top;
    for (StateId c = parent + 1; c < states[parent].end; c = states[c].end) {
        Box *box = &d->box[c];
        if (box->layer != layer)
            continue;
        box->x = x;
        box->y = y;
        y += box->h + GAP_Y;
    }
    *bottom = y - GAP_Y > *bottom ? y - GAP_Y : *bottom;
}

static void center_columns(Svg *d, StateId parent, int first, int layers, int top, int bottom)
{
    const State *states = d->def->states;
    for (int layer = first; layer < layers; layer++) {
        int last = top;
        for (StateId c = parent + 1; c < states[parent].end; c = states[c].end)
            if (d->box[c].layer == layer)
                last = d->box[c].y + d->box[c].h;
        for (StateId c = parent + 1; c < states[parent].end; c = states[c].end)
            if (d->box[c].layer == layer)
                d->box[c].y += (bottom - last) / 2;
    }
}

// Layers side by side, in bands below one another when they grow too wide.
static void place_layers(Svg *d, StateId id, int layers)
{
    Box *box = &d->box[id];
    int left = PAD + EDGE, x = left, top = box->head + PAD, bottom = top, first = 0;
    for (int layer = 0; layer < layers; layer++) {
        int w = column_width(d, id, layer);
        if (layer > first && x + w > BAND) {
            center_columns(d, id, first, layer, top, bottom);
            top = bottom = bottom + 2 * GAP_Y;
            first = layer;
            x = left;
        }
        place_column(d, id, layer, x, top, &bottom);
        x += w;
        box->w = x + PAD + EDGE / 2 > box->w ? x + PAD + EDGE / 2 : box->w;
        x += GAP_X;
    }
    center_columns(d, id, first, layers, top, bottom);
    box->h = bottom + PAD;
}

static void lay_out(Svg *d, StateId id)
{
    const State *states = d->def->states;
    measure_head(d, id);
    if (!outer(&states[id]) && id != 0)
        return;
    int layers = 0;
    for (StateId c = id + 1; c < states[id].end; c = states[c].end)
        lay_out(d, c);
    find_layers(d, id);
    for (StateId c = id + 1; c < states[id].end; c = states[c].end)
        layers = d->box[c].layer >= layers ? d->box[c].layer + 1 : layers;
    place_layers(d, id, layers);
}

static void place(Svg *d, StateId id, int x, int y)
{
    const State *states = d->def->states;
    d->box[id].x += x;
    d->box[id].y += y;
    for (StateId c = id + 1; (outer(&states[id]) || id == 0) && c < states[id].end;
         c = states[c].end)
        place(d, c, d->box[id].x, d->box[id].y);
}

// --- drawing ------------------------------------------------------------------------------------

static int row_y(const Svg *d, const Transition *t)
{
    return d->box[t->source].y + (t->source ? HEAD : 0) +
           ROW * (int)(t - d->def->transitions - d->def->states[t->source].first) + ROW / 2;
}

static void draw_rows(Svg *d, const State *s, const Box *box)
{
    for (TransitionId i = s->first; i < s->last; i++) {
        const Transition *t = &d->def->transitions[i];
        buf_format(&d->out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", t->timer.len ? "m t" : "m",
                   box->x + PAD, row_y(d, t) + 4);
        if (t->guard)
            element(d, "title", cel_source(t->guard));
        text(d, d->rows[i]);
        buf_add(&d->out, STR("</text>\n"));
    }
}

static void draw_frame(Svg *d, StateId id)
{
    const State *s = &d->def->states[id];
    const Box *box = &d->box[id];
    if (state_is_history(s)) {
        buf_format(&d->out, "<circle class=\"s\" cx=\"%d\" cy=\"%d\" r=\"13\" fill=\"#ffffff\"/>\n",
                   box->x + 14, box->y + 14);
        return;
    }
    buf_format(&d->out,
               "<rect class=\"s%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\" "
               "fill=\"%s\"/>\n",
               s->type == STATE_PARALLEL ? " p" : "", box->x, box->y, box->w, box->h,
               stage_fills[s->stage]);
    if (s->type == STATE_FINAL)
        buf_format(&d->out,
                   "<rect class=\"s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" "
                   "fill=\"none\"/>\n",
                   box->x + 3, box->y + 3, box->w - 6, box->h - 6);
}

// Above frames and curves, which cross nothing that is written.
static void draw_words(Svg *d, StateId id)
{
    const State *s = &d->def->states[id];
    const Box *box = &d->box[id];
    bool history = state_is_history(s);
    buf_format(&d->out, "<g><text class=\"n\" x=\"%d\" y=\"%d\">",
               box->x + (history ? PAD - 4 : PAD), box->y + 19);
    element(d, "title", s->path);
    if (history)
        buf_add(&d->out, s->type == STATE_HISTORY_DEEP ? STR("H*") : STR("H"));
    else
        text(d, state_title(s, d->lang));
    buf_add(&d->out, STR("</text>\n"));
    if (!history)
        draw_rows(d, s, box);
    buf_add(&d->out, STR("</g>\n"));
}

// A dot and an arrow before each state where one begins.
static void draw_initials(Svg *d)
{
    for (StateId i = 0; i < d->def->state_count; i++) {
        const State *s = &d->def->states[i];
        for (size_t k = 0; k < s->initial_count && s->type != STATE_PARALLEL; k++) {
            const Box *box = &d->box[s->initial[k]];
            if (!state_is_history(s))
                buf_format(
                    &d->out,
                    "<circle cx=\"%d\" cy=\"%d\" r=\"%d\"/><path class=\"e\" d=\"M%d %dH%d\" "
                    "marker-end=\"url(#a)\"/>\n",
                    box->x - EDGE + DOT, box->y + 14, DOT, box->x - EDGE + DOT, box->y + 14,
                    box->x - 1);
        }
    }
}

// From a move's line to the state it leads to: to the right when that is there, else back from the
// left, or around the right side within a column.
static void draw_edge(Svg *d, const Transition *t, StateId to)
{
    const Box *a = &d->box[t->source], *b = &d->box[to];
    int y1 = row_y(d, t), y2 = b->y + (b->h < 28 ? b->h : 28) / 2;
    int x1 = a->x + a->w, x2 = b->x, c1, c2;
    bool inside = chart_below(d->def, to, t->source);
    if (inside) {
        x1 = a->x + PAD / 2;
        x2 = b->x;
        c1 = c2 = x1 - 4;
    } else if (x2 >= x1) {
        c1 = x1 + (x2 - x1) / 2 + 10;
        c2 = x2 - (x2 - x1) / 2 - 10;
    } else if (b->x + b->w < a->x) {
        x1 = a->x;
        x2 = b->x + b->w;
        c1 = x1 - 50;
        c2 = x2 + 50;
    } else {
        x2 = b->x + b->w;
        c1 = c2 = (x1 > x2 ? x1 : x2) + 36;
    }
    buf_format(&d->out,
               "<path class=\"e%s\" d=\"M%d %dC%d %d %d %d %d %d\" marker-end=\"url(#a)\"><title>",
               t->timer.len ? " w" : "", x1, y1, c1, y1, c2, y2, x2, y2);
    text(d, state_title(&d->def->states[t->source], d->lang));
    buf_add(&d->out, STR(": "));
    text(d, d->rows[t - d->def->transitions]);
    buf_add(&d->out, STR("</title></path>\n"));
}

static void begin(Svg *d)
{
    const Box *all = &d->box[0];
    Str title = label_text(d->def->title, d->lang),
        about = label_text(d->def->description, d->lang);
    buf_format(&d->out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 "
               "%d %d\" role=\"img\" aria-labelledby=\"t d\" lang=\"%s\">\n<title id=\"t\">",
               all->w, all->h + 40, all->w, all->h + 40, d->lang == FR ? "fr" : "en");
    text(d, title.len ? title : d->def->id);
    buf_add(&d->out, STR("</title><desc id=\"d\">"));
    if (about.len) {
        text(d, about);
        buf_char(&d->out, ' ');
    }
    text(d, d->lang == FR ? STR("Chaque cadre est un état avec ses démarches. ? : sous condition ; "
                                "tireté : à une échéance.")
                          : STR("Each box is a state with its moves. ?: on a condition; dashed: at "
                                "a deadline."));
    buf_add(
        &d->out,
        STR("</desc>\n<style>text{font:12px "
            "sans-serif;fill:#222;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-opacity:."
            "6}.n{font-weight:bold;font-size:"
            "13px}.t{font-style:italic}.s{stroke:#666}.p{stroke-dasharray:6 3}.e{fill:none;"
            "stroke:#46586e;stroke-opacity:.6}.w{stroke-dasharray:5 4}.e:hover{stroke:#b00020;"
            "stroke-width:2;stroke-opacity:1}</style>\n<defs><marker id=\"a\" viewBox=\"0 0 8 "
            "8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path "
            "d=\"M0 0L8 4L0 8z\" fill=\"#46586e\"/></marker></defs>\n<rect width=\"100%\" "
            "height=\"100%\" fill=\"#ffffff\"/>\n"));
    buf_add(&d->out, STR("<text class=\"n\" x=\"12\" y=\"24\">"));
    text(d, title.len ? title : d->def->id);
    buf_add(&d->out, STR("</text>\n"));
}

Str draw_svg(Arena *arena, const Definition *def, Lang lang)
{
    Svg *d = arena_new_of(arena, Svg);
    *d = (Svg){.arena = arena, .def = def, .lang = lang, .out = {.arena = arena}};
    d->rows = arena_array(arena, Str, def->transition_count + 1);
    for (size_t i = 0; i < def->transition_count; i++)
        d->rows[i] = row_text(d, &def->transitions[i]);
    lay_out(d, 0);
    place(d, 0, 0, 30);
    begin(d);
    for (StateId s = 1; s < def->state_count; s++)
        draw_frame(d, s);
    draw_initials(d);
    for (size_t i = 0; i < def->transition_count; i++)
        for (size_t k = 0; k < def->transitions[i].target_count; k++)
            draw_edge(d, &def->transitions[i], def->transitions[i].targets[k]);
    for (StateId s = 1; s < def->state_count; s++)
        draw_words(d, s);
    buf_add(&d->out, STR("</svg>\n"));
    return buf_str(&d->out);
}
