// SPDX-License-Identifier: Apache-2.0
// The rules that look at a value alone (2020-12 validation, 6 and 7).
#include "keyword.h"
#include <stdlib.h>

static Str number_text(Eval *e, size_t n)
{
    return e->run->errors ? str_format(e->run->arena, "%zu", n) : STR_NONE;
}

// A value as it is written in a sentence: text without quotes, the rest as JSON, cut when it is
// long.
static Str shown(Eval *e, const json_t *value)
{
    enum { SHOWN = 80 };
    if (!e->run->errors)
        return STR_NONE;
    Str text = json_is_string(value) ? json_str(value) : json_text(e->run->arena, value);
    if (text.len <= SHOWN)
        return text;
    size_t end = SHOWN;
    while (end && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--; // not inside a character
    return str_format(e->run->arena, STR_FMT "…", STR_ARG(str_slice(text, 0, end)));
}

static bool tell(Eval *e, const Rule *rule, Sentence which, Str a)
{
    return problem(e, rule, which, a, STR_NONE, STR_NONE, STR_NONE);
}

static bool tell2(Eval *e, const Rule *rule, Sentence which, Str a, Str b)
{
    return problem(e, rule, which, a, b, STR_NONE, STR_NONE);
}

static const struct {
    unsigned kind;
    Text text;
} kind_texts[] = {
    {KIND_STRING, {"un texte", "text"}},
    {KIND_NUMBER, {"un nombre", "a number"}},
    {KIND_INTEGER, {"un nombre entier", "a whole number"}},
    {KIND_BOOLEAN, {"oui ou non", "yes or no"}},
    {KIND_OBJECT, {"un objet", "an object"}},
    {KIND_ARRAY, {"une liste", "a list"}},
    {KIND_NULL, {"rien", "nothing"}},
};

static Str kinds_text(Eval *e, unsigned kinds, Lang lang)
{
    Buf out = {.arena = e->run->arena};
    for (size_t i = 0; i < sizeof kind_texts / sizeof *kind_texts; i++) {
        if (!(kinds & kind_texts[i].kind))
            continue;
        if (out.len)
            buf_add(&out, lang == FR ? STR(" ou ") : STR(" or "));
        buf_add(&out, str_of(lang == FR ? kind_texts[i].text.fr : kind_texts[i].text.en));
    }
    return buf_str(&out);
}

bool check_kinds(Eval *e, const Rule *rule)
{
    if (value_kinds(e->value) & rule->kinds)
        return true;
    if (!e->run->errors)
        return false;
    return tell2(e, rule, SAY_TYPE, kinds_text(e, rule->kinds, FR), kinds_text(e, rule->kinds, EN));
}

static bool same(Eval *e, const json_t *a, const json_t *b)
{
    bool equal = value_equal(a, b, &e->run->steps);
    e->run->limit |= e->run->steps == 0;
    return equal;
}

static Str choices(Eval *e, const json_t *values)
{
    enum { CHOICES = 20 };
    if (!e->run->errors)
        return STR_NONE;
    Buf out = {.arena = e->run->arena};
    for (size_t i = 0; i < json_array_size(values) && i <= CHOICES; i++) {
        if (i)
            buf_add(&out, STR(", "));
        buf_add(&out, i == CHOICES ? STR("…") : shown(e, json_array_get(values, i)));
    }
    return buf_str(&out);
}

bool check_enum(Eval *e, const Rule *rule)
{
    for (size_t i = 0; i < json_array_size(rule->json); i++)
        if (same(e, e->value, json_array_get(rule->json, i)))
            return true;
    return tell(e, rule, SAY_ENUM, choices(e, rule->json));
}

bool check_const(Eval *e, const Rule *rule)
{
    return same(e, e->value, rule->json) || tell(e, rule, SAY_CONST, shown(e, rule->json));
}

bool check_multiple(Eval *e, const Rule *rule)
{
    return number_multiple(e->value, rule->json) ||
           tell(e, rule, SAY_MULTIPLE, shown(e, rule->json));
}

bool check_maximum(Eval *e, const Rule *rule)
{
    return number_cmp(e->value, rule->json) <= 0 ||
           tell(e, rule, SAY_MAXIMUM, shown(e, rule->json));
}

bool check_below(Eval *e, const Rule *rule)
{
    return number_cmp(e->value, rule->json) < 0 || tell(e, rule, SAY_BELOW, shown(e, rule->json));
}

bool check_minimum(Eval *e, const Rule *rule)
{
    return number_cmp(e->value, rule->json) >= 0 ||
           tell(e, rule, SAY_MINIMUM, shown(e, rule->json));
}

bool check_above(Eval *e, const Rule *rule)
{
    return number_cmp(e->value, rule->json) > 0 || tell(e, rule, SAY_ABOVE, shown(e, rule->json));
}

static bool counted(Eval *e, const Rule *rule, Sentence which, size_t n)
{
    return tell2(e, rule, which, number_text(e, rule->count), number_text(e, n));
}

bool check_long(Eval *e, const Rule *rule)
{
    size_t n = str_points(json_str(e->value));
    return n <= rule->count || counted(e, rule, SAY_LONG, n);
}

bool check_short(Eval *e, const Rule *rule)
{
    size_t n = str_points(json_str(e->value));
    return n >= rule->count || counted(e, rule, n == 0 ? SAY_EMPTY : SAY_SHORT, n);
}

bool check_pattern(Eval *e, const Rule *rule)
{
    if (matches(e, &rule->pattern, json_str(e->value)))
        return true;
    return !e->run->limit && tell(e, rule, SAY_PATTERN, str_of(rule->pattern.text));
}

bool check_format(Eval *e, const Rule *rule)
{
    Text what = rule->format.what;
    size_t cost = json_string_length(e->value) / 16; // a regex is compiled to be checked
    e->run->steps -= e->run->steps < cost ? e->run->steps : cost;
    return rule->format.check(e->run->arena, json_str(e->value)) ||
           tell2(e, rule, SAY_FORMAT, str_of(what.fr), str_of(what.en));
}

bool check_many_items(Eval *e, const Rule *rule)
{
    size_t n = json_array_size(e->value);
    return n <= rule->count || counted(e, rule, SAY_MANY_ITEMS, n);
}

bool check_few_items(Eval *e, const Rule *rule)
{
    size_t n = json_array_size(e->value);
    return n >= rule->count || counted(e, rule, SAY_FEW_ITEMS, n);
}

typedef struct Item {
    Str text;
    size_t index;
} Item;

static int item_order(const void *a_item, const void *b_item)
{
    const Item *a = a_item, *b = b_item;
    int order = str_cmp(a->text, b->text);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

// Equal values have equal canonical texts: sorting them finds twins without comparing each with
// each.
bool check_unique(Eval *e, const Rule *rule)
{
    size_t n = json_array_size(e->value);
    if (n < 2)
        return true;
    Item *items = arena_array(e->run->arena, Item, n);
    for (size_t i = 0; i < n; i++)
        items[i] = (Item){json_canonical(e->run->arena, json_array_get(e->value, i)), i};
    qsort(items, n, sizeof *items, item_order);
    for (size_t i = 1; i < n; i++)
        if (str_eq(items[i - 1].text, items[i].text))
            return tell2(e, rule, SAY_TWICE, number_text(e, items[i].index + 1),
                         number_text(e, items[i - 1].index + 1));
    return true;
}

bool check_many_members(Eval *e, const Rule *rule)
{
    size_t n = json_object_size(e->value);
    return n <= rule->count || counted(e, rule, SAY_MANY_MEMBERS, n);
}

bool check_few_members(Eval *e, const Rule *rule)
{
    size_t n = json_object_size(e->value);
    return n >= rule->count || counted(e, rule, SAY_FEW_MEMBERS, n);
}
