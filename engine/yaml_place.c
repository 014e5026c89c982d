// SPDX-License-Identifier: Apache-2.0
// The place of one byte of a scalar in the file: an expression's fault is shown under the very
// character, however it is quoted.
#include "yaml.h"

// Reads the scalar as written, and counts what it decodes to.
typedef struct Walk {
    Str written;
    size_t at;      // next byte to read
    Mark mark;      // its place
    size_t decoded; // bytes produced before it
} Walk;

static char peek(const Walk *w)
{
    return w->at < w->written.len ? w->written.at[w->at] : '\0';
}

// One character further in the file; `decoded` is what it produced, in bytes.
static void step(Walk *w, size_t decoded)
{
    bool line = peek(w) == '\n';
    do
        w->at++;
    while (w->at < w->written.len && ((unsigned char)w->written.at[w->at] & 0xC0) == 0x80);
    w->mark = line ? (Mark){w->mark.line + 1, 1} : (Mark){w->mark.line, w->mark.column + 1};
    w->decoded += decoded;
}

static size_t char_len(const Walk *w)
{
    size_t n = 1;
    while (w->at + n < w->written.len && ((unsigned char)w->written.at[w->at + n] & 0xC0) == 0x80)
        n++;
    return n;
}

// YAML folds one break to a space, n breaks to n - 1, and drops the blanks around them.
static void fold(Walk *w)
{
    size_t breaks = 0;
    while (peek(w) == ' ' || peek(w) == '\t' || peek(w) == '\n' || peek(w) == '\r') {
        breaks += peek(w) == '\n';
        step(w, 0);
    }
    w->decoded += breaks > 1 ? breaks - 1 : 1;
}

// Blanks at the end of a line are dropped with it.
static bool at_break(const Walk *w)
{
    size_t i = w->at;
    while (i < w->written.len &&
           (w->written.at[i] == ' ' || w->written.at[i] == '\t' || w->written.at[i] == '\r'))
        i++;
    return i < w->written.len && w->written.at[i] == '\n';
}

static size_t escape_digits(char c)
{
    return c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

// "\n" is two characters and one byte; "\u00e9" six and two: enough for expressions, which are
// ASCII but for their texts.
static void escape(Walk *w)
{
    step(w, 0);
    size_t more = escape_digits(peek(w));
    if (peek(w) == '\n') { // an escaped break vanishes with the next line's indentation
        step(w, 0);
        while (peek(w) == ' ' || peek(w) == '\t')
            step(w, 0);
        return;
    }
    step(w, more ? 0 : 1);
    for (size_t i = 0; i < more; i++)
        step(w, i + 1 == more ? (more == 2 ? 1 : 2) : 0);
}

static void flow(Walk *w, size_t offset, char quote)
{
    if (quote)
        step(w, 0);
    while (w->decoded < offset && w->at < w->written.len) {
        if (at_break(w))
            fold(w);
        else if (quote == '"' && peek(w) == '\\')
            escape(w);
        else if (quote == '\'' && peek(w) == '\'') {
            step(w, 0);
            step(w, 1);
        } else
            step(w, char_len(w));
    }
    if (quote == '"' && peek(w) == '\\' && w->at + 1 < w->written.len &&
        w->written.at[w->at + 1] == '\n')
        escape(w); // gives nothing: the byte looked for stands behind it
}

static void to_line_end(Walk *w)
{
    while (w->at < w->written.len && peek(w) != '\n')
        step(w, 0);
    if (w->at < w->written.len)
        step(w, 0);
}

static size_t indentation(const Walk *w)
{
    size_t n = 0;
    while (w->at + n < w->written.len && w->written.at[w->at + n] == ' ')
        n++;
    return n;
}

// `|` and `>`: the header's line goes, then each line's indentation; a break is one byte in both (a
// space when folded).
static void block(Walk *w, size_t offset)
{
    to_line_end(w);
    size_t indent = indentation(w);
    for (;;) {
        for (size_t i = 0; i < indent && peek(w) == ' '; i++)
            step(w, 0);
        while (w->decoded < offset && w->at < w->written.len && peek(w) != '\n')
            step(w, char_len(w));
        if (w->decoded >= offset || w->at >= w->written.len)
            return;
        step(w, 1);
    }
}

Mark node_place(const Node *scalar, size_t offset)
{
    Walk w = {.written = scalar->written, .mark = scalar->mark};
    char first = peek(&w);
    if (scalar->kind == NODE_STRING && (first == '|' || first == '>'))
        block(&w, offset);
    else
        flow(&w, offset, first == '"' || first == '\'' ? first : '\0');
    return w.mark;
}
