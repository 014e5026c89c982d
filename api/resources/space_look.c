// SPDX-License-Identifier: Apache-2.0
// What a space may look like and say: colours that can be read, words of ours that it replaces, its list of themes.
#include "space.h"
#include "common.h"
#include "../../engine/words.h"
#include <math.h>

static const char *const shades[] = {"background", "text", "accent", "on_accent", NULL};
static const char *const pairs[][2] = {
    {"text", "background"}, {"accent", "background"}, {"on_accent", "accent"}};
#define READABLE 4.5 // WCAG 2.2, 1.4.3 (AA), text of any size

static bool among(const char *const *names, const char *name)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static Str listed(Arena *arena, const char *const *names)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; names[i]; i++)
        buf_format(&out, "%s%s", i ? ", " : "", names[i]);
    return buf_str(&out);
}

static bool unknown(Request *rq, Str at, const char *const *names)
{
    return fault_at(
        rq, FAULT_INVALID, at, "additionalProperties",
        MESSAGE(T("Un de ces noms est attendu : {0}.", "One of these names is expected: {0}."),
                listed(rq->arena, names)));
}

// --- colours ---------------------------------------------------------------------------------

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool is_colour(Str s)
{
    if (s.len != 7 || s.at[0] != '#')
        return false;
    for (size_t i = 1; i < 7; i++)
        if (hex(s.at[i]) < 0)
            return false;
    return true;
}

static double luminance(Str colour)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (size_t i = 0; i < 3; i++) {
        double c = (hex(colour.at[1 + 2 * i]) * 16 + hex(colour.at[2 + 2 * i])) / 255.0;
        sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double contrast(Str one, Str other)
{
    double a = luminance(one), b = luminance(other);
    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

static Str mixed(Arena *arena, Str colour, int towards, int step)
{
    int mix[3];
    for (size_t i = 0; i < 3; i++) {
        int c = hex(colour.at[1 + 2 * i]) * 16 + hex(colour.at[2 + 2 * i]);
        mix[i] = c + (towards - c) * step / 100;
    }
    return str_format(arena, "#%02x%02x%02x", mix[0], mix[1], mix[2]);
}

// The colour, as little darker or lighter as it takes: to black or to white one of the two always does.
static Str readable(Arena *arena, Str colour, Str on)
{
    for (int step = 1; step <= 100; step++)
        for (int towards = 0; towards <= 255; towards += 255) {
            Str found = mixed(arena, colour, towards, step);
            if (contrast(found, on) >= READABLE)
                return found;
        }
    return STR("#000000");
}

static bool pair_check(Request *rq, const json_t *colours, const char *const pair[2])
{
    Str colour = json_str(json_at(colours, pair[0])), on = json_str(json_at(colours, pair[1]));
    double ratio = contrast(colour, on);
    if (ratio >= READABLE)
        return true;
    // Cut, not rounded: 4.499 is not shown as enough.
    Str shown = str_format(rq->arena, "%.2f", floor(ratio * 100) / 100);
    return fault_at(
        rq, FAULT_INVALID, pointer_add(rq->arena, STR("/colours"), str_of(pair[0])), "contrast",
        MESSAGE(T("Le contraste de {0} sur {1} est de {2}:1 ; il en faut 4.5:1 (WCAG AA). Écrivez "
                  "par exemple \"{3}\".",
                  "The contrast of {0} on {1} is {2}:1; 4.5:1 is needed (WCAG AA). Write \"{3}\", "
                  "for instance."),
                str_of(pair[0]), str_of(pair[1]), shown, readable(rq->arena, colour, on)));
}

static bool colours_check(Request *rq, const json_t *colours)
{
    bool good = true;
    const char *name;
    json_t *value;
    if (json_object_size(colours) == 0)
        return true;
    json_object_foreach((json_t *)colours, name, value) if (!among(shades, name)) good =
        unknown(rq, pointer_add(rq->arena, STR("/colours"), str_of(name)), shades);
    for (size_t i = 0; shades[i]; i++)
        if (!is_colour(json_str(json_at(colours, shades[i]))))
            good = fault_at(rq, FAULT_INVALID,
                            pointer_add(rq->arena, STR("/colours"), str_of(shades[i])), "format",
                            MESSAGE(T("Une couleur est attendue, comme \"#005a8c\".",
                                      "A colour is expected, such as \"#005a8c\"."),
                                    STR_NONE));
    for (size_t i = 0; good && i < sizeof pairs / sizeof *pairs; i++)
        pair_check(rq, colours, pairs[i]);
    return good && rq->faults.len == 0;
}

// --- words, themes, languages ------------------------------------------------------------------

static bool vocabulary_check(Request *rq, const json_t *vocabulary)
{
    bool good = true;
    const char *name;
    json_t *label;
    json_object_foreach((json_t *)vocabulary, name, label)
    {
        Str at = pointer_add(rq->arena, STR("/vocabulary"), str_of(name));
        if (!among(platform_words, name))
            good = unknown(rq, at, platform_words);
        else if (!json_is_object(label))
            good =
                fault_at(rq, FAULT_INVALID, at, "type",
                         MESSAGE(T("Un objet est attendu.", "An object is expected."), STR_NONE));
        else
            good = label_check(rq, at.at, label, 40) && good;
    }
    return good;
}

static bool theme_id_good(Str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", id.at[i]))
            return false;
    return id.len > 0;
}

static bool themes_good(Request *rq, FieldList list)
{
    bool good = true;
    const ThemeRow *rows = list.at;
    for (size_t i = 0; i < list.len; i++) {
        Str at = pointer_index(rq->arena, STR("/themes"), i);
        if (!theme_id_good(rows[i].id))
            good = fault_at(rq, FAULT_INVALID, pointer_add(rq->arena, at, STR("id")), "pattern",
                            MESSAGE(T("Lettres minuscules, chiffres et tirets.",
                                      "Lower case letters, digits and hyphens."),
                                    STR_NONE));
        for (size_t k = 0; k < i; k++)
            if (str_eq(rows[k].id, rows[i].id))
                good = fault_at(rq, FAULT_INVALID, pointer_add(rq->arena, at, STR("id")),
                                "uniqueItems",
                                MESSAGE(T("Ce thème est déjà dans la liste.",
                                          "This theme is in the list already."),
                                        STR_NONE));
        good = label_check(rq, pointer_add(rq->arena, at, STR("title")).at, rows[i].title, 200) &&
               good;
    }
    return good;
}

static bool languages_check(Request *rq, const json_t *title, const Str *languages, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        Str at = pointer_index(rq->arena, STR("/languages"), i);
        bool known = str_is(languages[i], "fr") || str_is(languages[i], "en");
        if (!known || (i && str_eq(languages[i], languages[0])))
            good = fault_at(rq, FAULT_INVALID, at, known ? "uniqueItems" : "enum",
                            MESSAGE(T("Les langues sont fr et en, chacune une fois.",
                                      "Languages are fr and en, each once."),
                                    STR_NONE));
        else if (title && !json_object_getn(title, languages[i].at, languages[i].len))
            good = fault_at(rq, FAULT_INVALID, pointer_add(rq->arena, STR("/title"), languages[i]),
                            "required",
                            MESSAGE(T("L'espace parle cette langue : son nom doit y être.",
                                      "The space speaks this language: its name must be in it."),
                                    STR_NONE));
    }
    return good;
}

FieldList languages_of(Arena *arena, const json_t *title)
{
    Str *spoken = arena_array(arena, Str, 2);
    size_t n = 0;
    if (json_at(title, "fr"))
        spoken[n++] = STR("fr");
    if (json_at(title, "en"))
        spoken[n++] = STR("en");
    return (FieldList){spoken, n};
}

bool space_look_check(Request *rq, const SpaceMake *in, const json_t *title, const Str *languages,
                      size_t n)
{
    bool good = label_check(rq, "/title", in->title, 200);
    good = colours_check(rq, in->colours) && good;
    good = vocabulary_check(rq, in->vocabulary) && good;
    good = themes_good(rq, in->themes) && good;
    return languages_check(rq, title, languages, n) && good;
}

bool space_themes_check(Request *rq, Str space, FieldList themes)
{
    if (themes.len == 0)
        return true;
    Rows *unknowns = QUERY(rq->db, rq->arena, Q_SPACE_THEMES_UNKNOWN, ARG(space),
                           arg_texts(rq->arena, themes.at, themes.len));
    if (!unknowns)
        return failed(rq);
    for (size_t i = 0; i < rows_len(unknowns); i++)
        fault(rq, FAULT_INVALID, "/themes",
              T("« {0} » n'est pas un thème de cet espace.", "\"{0}\" is no theme of this space."),
              row_str(unknowns, i, "theme"));
    return rows_len(unknowns) == 0;
}
