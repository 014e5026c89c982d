// SPDX-License-Identifier: Apache-2.0
// The chart as Graphviz DOT (https://graphviz.org/doc/info/lang.html). Nodes are named by index, so
// that any id is safe; what an author wrote only appears in escaped labels.
#include "draw.h"
#include "words.h"

typedef struct Drawing {
    Arena *arena;
    const Definition *def;
    Lang lang;
    Buf out;
    int depth;
} Drawing;

static const char *const stage_colours[] = {
    [STAGE_NONE] = "#f6f6f6",     [STAGE_SUBMISSION] = "#e8f1fb", [STAGE_EVALUATION] = "#fdf3dc",
    [STAGE_DECISION] = "#f7e6ef", [STAGE_FUNDING] = "#e6f4e7",    [STAGE_IMPACT] = "#ece9f8",
};

static void indent(Drawing *d)
{
    for (int i = 0; i < d->depth; i++)
        buf_add(&d->out, STR("  "));
}

// A DOT string: quotes and backslashes are escaped, and & since labels read HTML entities.
static void quoted(Drawing *d, Str s)
{
    buf_char(&d->out, '"');
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '"' || c == '\\')
            buf_char(&d->out, '\\');
        if (c == '\n')
            buf_add(&d->out, STR("\\n"));
        else if (c == '&')
            buf_add(&d->out, STR("&amp;"));
        else
            buf_char(&d->out, (unsigned char)c < ' ' ? ' ' : c);
    }
    buf_char(&d->out, '"');
}

static bool composite(const State *state)
{
    return state->type == STATE_COMPOUND || state->type == STATE_PARALLEL;
}

static void draw_children(Drawing *d, StateId parent);

static void draw_node(Drawing *d, StateId id)
{
    const State *state = &d->def->states[id];
    indent(d);
    buf_format(&d->out, "s%u [", id);
    if (state->type == STATE_HISTORY_SHALLOW || state->type == STATE_HISTORY_DEEP) {
        buf_format(&d->out, "shape=circle, style=solid, label=\"%s\"];\n",
                   state->type == STATE_HISTORY_DEEP ? "H*" : "H");
        return;
    }
    if (state->type == STATE_FINAL)
        buf_add(&d->out, STR("shape=doublecircle, style=filled, "));
    buf_add(&d->out, STR("label="));
    quoted(d, state_title(state, d->lang));
    buf_add(&d->out, STR(", tooltip="));
    quoted(d, state->path);
    buf_add(&d->out, STR("];\n"));
}

static void open_cluster(Drawing *d, Str name, Str label, const char *style, const char *colour)
{
    indent(d);
    buf_format(&d->out, "subgraph cluster_" STR_FMT " {\n", STR_ARG(name));
    d->depth++;
    indent(d);
    buf_add(&d->out, STR("label="));
    quoted(d, label);
    buf_format(&d->out, "; style=\"%s\"; color=\"#888888\"; fillcolor=\"%s\";\n", style, colour);
}

static void close_cluster(Drawing *d)
{
    d->depth--;
    indent(d);
    buf_add(&d->out, STR("}\n"));
}

// Edges cannot end at a cluster: each composite holds a point that stands for it, visible where it
// is also the start of a compound.
static void draw_anchor(Drawing *d, StateId id)
{
    indent(d);
    buf_format(&d->out, "s%u [shape=point, fillcolor=\"#000000\", label=\"\"%s];\n", id,
               d->def->states[id].type == STATE_PARALLEL ? ", style=invis" : "");
}

static void draw_state(Drawing *d, StateId id)
{
    const State *state = &d->def->states[id];
    if (!composite(state)) {
        draw_node(d, id);
        return;
    }
    open_cluster(d, str_format(d->arena, "s%u", id), state_title(state, d->lang),
                 state->type == STATE_PARALLEL ? "rounded,filled,dashed" : "rounded,filled",
                 "#ffffff");
    draw_anchor(d, id);
    draw_children(d, id);
    close_cluster(d);
}

// Children of another stage than their parent's are gathered in a cluster of that stage.
static void draw_children(Drawing *d, StateId parent)
{
    const State *states = d->def->states;
    Stage inherited = states[parent].stage;
    for (Stage stage = STAGE_NONE; stage <= STAGE_IMPACT; stage++) {
        bool opened = false;
        for (StateId id = parent + 1; id < states[parent].end; id = states[id].end) {
            if (states[id].stage != stage)
                continue;
            if (!opened && stage != inherited && stage != STAGE_NONE) {
                Text title = stage_title(stage);
                open_cluster(d, str_format(d->arena, "s%u_stage%d", parent, (int)stage),
                             str_of(d->lang == FR ? title.fr : title.en), "filled",
                             stage_colours[stage]);
                opened = true;
            }
            draw_state(d, id);
        }
        if (opened)
            close_cluster(d);
    }
}

static void draw_edge(Drawing *d, StateId from, StateId to, Str label, Str tooltip,
                      const char *style)
{
    const State *states = d->def->states;
    bool inside = set_has(&states[to].ancestors, from),
         around = set_has(&states[from].ancestors, to);
    indent(d);
    buf_format(&d->out, "s%u -> s%u [style=%s", from, to, style);
    if (label.len) {
        buf_add(&d->out, STR(", label="));
        quoted(d, label);
    }
    if (tooltip.len) {
        buf_add(&d->out, STR(", edgetooltip="));
        quoted(d, tooltip);
    }
    // A head or tail cut at a cluster must not contain the other end (Graphviz warns).
    if (from != 0 && composite(&states[from]) && !inside && from != to)
        buf_format(&d->out, ", ltail=cluster_s%u", from);
    if (composite(&states[to]) && !around && from != to)
        buf_format(&d->out, ", lhead=cluster_s%u", to);
    buf_add(&d->out, STR("];\n"));
}

static void draw_initials(Drawing *d)
{
    for (size_t i = 0; i < d->def->state_count; i++) {
        const State *state = &d->def->states[i];
        for (size_t k = 0; k < state->initial_count; k++)
            draw_edge(d, (StateId)i, state->initial[k], STR_NONE, STR_NONE, "solid");
    }
}

static Str edge_label(Drawing *d, const Transition *t)
{
    Buf label = {.arena = d->arena};
    if (t->timer.len)
        buf_add(&label, timer_words(d->arena, t, d->lang));
    for (size_t i = 0; !t->timer.len && i < t->event_count; i++) {
        if (i)
            buf_add(&label, STR(", "));
        buf_add(&label, move_title(d->def, t, t->events[i], d->lang));
    }
    if (t->guard)
        buf_add(&label, label.len ? STR(" ?") : STR("?"));
    return buf_str(&label);
}

static void draw_transition(Drawing *d, const Transition *t)
{
    Str label = edge_label(d, t), tooltip = t->guard ? cel_source(t->guard) : STR_NONE;
    const char *style = t->timer.len ? "dashed" : "solid";
    if (!t->target_count)
        draw_edge(d, t->source, t->source, label, tooltip, "dotted");
    for (size_t i = 0; i < t->target_count; i++)
        draw_edge(d, t->source, t->targets[i], i ? STR_NONE : label, tooltip, style);
}

Str draw_dot(Arena *arena, const Definition *def, Lang lang)
{
    Drawing d = {.arena = arena, .def = def, .lang = lang, .out = {.arena = arena}, .depth = 1};
    Str title = label_text(def->title, lang);
    buf_add(&d.out, STR("digraph "));
    quoted(&d, def->id);
    buf_add(&d.out, STR(" {\n  graph [label="));
    quoted(&d, title.len ? title : def->id);
    buf_add(&d.out, STR(", labelloc=t, compound=true, fontname=\"sans-serif\"];\n"
                        "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", "
                        "fontname=\"sans-serif\", fontsize=11];\n"
                        "  edge [fontname=\"sans-serif\", fontsize=9];\n"));
    draw_anchor(&d, 0);
    draw_children(&d, 0);
    draw_initials(&d);
    for (size_t i = 0; i < def->transition_count; i++)
        draw_transition(&d, &def->transitions[i]);
    buf_add(&d.out, STR("}\n"));
    return buf_str(&d.out);
}
