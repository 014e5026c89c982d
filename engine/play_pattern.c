// SPDX-License-Identifier: Apache-2.0
// Texts that a pattern matches, by walking it once: an alternative is drawn, a quantifier is
// rolled, a class gives one of its characters. Enough for the patterns of forms; others give a text
// that does not match, which a walk survives.
#include "play_inside.h"

enum {
    REPEAT_MAX = 4,
    PATTERN_DEPTH = 16,
    PATTERN_ATOMS = 20000
}; // beyond the least that a quantifier asks

typedef struct Sampler {
    Chance *chance;
    Str pattern;
    char *out;
    size_t len, max, atoms; // atoms: drawn so far, since a quantifier may repeat nothing for ever
} Sampler;

static void put(Sampler *s, char c)
{
    if (s->len < s->max)
        s->out[s->len++] = c;
}

static char at(const Sampler *s, size_t i)
{
    return i < s->pattern.len ? s->pattern.at[i] : 0;
}

// Where the group or class that opens at `i` is closed: the index of its bracket.
static size_t closing(const Sampler *s, size_t i)
{
    bool in_class = false;
    int depth = 0;
    for (; i < s->pattern.len; i++) {
        char c = at(s, i);
        if (c == '\\')
            i++;
        else if (in_class)
            in_class = c != ']';
        else if (c == '[')
            in_class = true;
        else if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
        if (!in_class && depth == 0)
            return i;
    }
    return s->pattern.len;
}

// One of the characters that an escape stands for.
static char escaped(Sampler *s, char c)
{
    if (c == 'd')
        return (char)('0' + chance_below(s->chance, 10));
    if (c == 'w')
        return (char)('a' + chance_below(s->chance, 26));
    return c == 's' ? ' ' : c;
}

// One of the characters of [from, to), ranges expanded. A negated class gives a letter or digit
// outside of it.
static char from_class(Sampler *s, size_t from, size_t to)
{
    bool member[128] = {false};
    bool negated = at(s, from) == '^';
    for (size_t i = from + negated; i < to; i++) {
        unsigned char low = (unsigned char)at(s, i), high = low;
        if (low == '\\')
            low = high = (unsigned char)escaped(s, at(s, ++i));
        if (i + 2 < to && at(s, i + 1) == '-') {
            high = (unsigned char)at(s, i + 2);
            i += 2;
        }
        for (unsigned c = low; c <= high && c < 128; c++)
            member[c] = true;
    }
    char among[128];
    size_t n = 0;
    for (int c = ' '; c < 127; c++) {
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
        if (negated ? plain && !member[c] : member[c])
            among[n++] = (char)c;
    }
    return n ? among[chance_below(s->chance, n)] : 'x';
}

static void sample(Sampler *s, size_t from, size_t to, int depth);

// Once what stands at [from, to): a group, a class, an escape or a character.
static void sample_atom(Sampler *s, size_t from, size_t to, int depth)
{
    char c = at(s, from);
    if (++s->atoms > PATTERN_ATOMS)
        return;
    if (c == '(')
        sample(s, from + (at(s, from + 1) == '?' ? 3 : 1), to - 1, depth + 1);
    else if (c == '[')
        put(s, from_class(s, from + 1, to - 1));
    else if (c == '\\')
        put(s, escaped(s, at(s, from + 1)));
    else if (c == '.')
        put(s, escaped(s, 'w'));
    else if (c != '^' && c != '$')
        put(s, c);
}

static size_t number(const Sampler *s, size_t *i)
{
    size_t n = 0;
    for (; at(s, *i) >= '0' && at(s, *i) <= '9' && n < 10000; (*i)++)
        n = n * 10 + (size_t)(at(s, *i) - '0');
    return n;
}

// How often: reads the quantifier at *i, if there is one, and steps over it.
static size_t times(Sampler *s, size_t *i)
{
    size_t low = 1, high = 1;
    char c = at(s, *i);
    if (c == '?' || c == '*' || c == '+') {
        low = c == '+';
        high = c == '?' ? 1 : low + REPEAT_MAX;
        (*i)++;
    } else if (c == '{') {
        (*i)++;
        low = high = number(s, i);
        if (at(s, *i) == ',') {
            (*i)++;
            high = at(s, *i) == '}' ? low + REPEAT_MAX : number(s, i);
        }
        (*i)++;
    }
    high = high > low + REPEAT_MAX ? low + REPEAT_MAX : high < low ? low : high;
    return low + (size_t)chance_below(s->chance, high - low + 1);
}

static void sample_branch(Sampler *s, size_t from, size_t to, int depth)
{
    for (size_t i = from; i < to && s->len < s->max;) {
        char c = at(s, i);
        size_t end = c == '(' || c == '[' ? closing(s, i) + 1 : c == '\\' ? i + 2 : i + 1;
        size_t next = end, n = times(s, &next);
        for (size_t k = 0; k < n && s->len < s->max && s->atoms <= PATTERN_ATOMS; k++)
            sample_atom(s, i, end, depth);
        i = next;
    }
}

// One of the alternatives of [from, to).
static void sample(Sampler *s, size_t from, size_t to, int depth)
{
    size_t starts[33] = {from}, n = 1;
    if (depth > PATTERN_DEPTH)
        return;
    for (size_t i = from; i < to; i++) {
        char c = at(s, i);
        if (c == '(' || c == '[')
            i = closing(s, i);
        else if (c == '\\')
            i++;
        else if (c == '|' && n < 32)
            starts[n++] = i + 1;
    }
    size_t chosen = (size_t)chance_below(s->chance, n);
    starts[n] = to + 1;
    sample_branch(s, starts[chosen], starts[chosen + 1] - 1, depth);
}

size_t chance_pattern(Chance *chance, Str pattern, char *ret, size_t max)
{
    Sampler s = {.chance = chance, .pattern = pattern, .out = ret, .max = max};
    sample(&s, 0, pattern.len, 0);
    return s.len;
}
