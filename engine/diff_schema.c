// SPDX-License-Identifier: Apache-2.0
// What changes in what a form asks: its members and their rules, at any depth, keyword by keyword.
#include "diff_internal.h"

typedef struct Walk {
    Diff *d;
    Mark mark;
    Str what; // "formulaire « Projet »"
    int depth;
} Walk;

enum { DEPTH_MAX = 8 };

static void compare(Walk *w, Str path, const json_t *old, const json_t *new);

static bool has_text(const json_t *list, const char *text)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

static bool is_words(const char *key)
{
    return strcmp(key, "title") == 0 || strcmp(key, "description") == 0 ||
           strcmp(key, "examples") == 0 || strncmp(key, "x-", 2) == 0 || key[0] == '$';
}

static Str below(const Walk *w, Str path, const char *name)
{
    return path.len ? str_format(w->d->arena, STR_FMT ".%s", STR_ARG(path), name)
                    : str_copy(w->d->arena, str_of(name));
}

static Str value_words(const Walk *w, const json_t *value)
{
    if (!value)
        return w->d->lang == FR ? STR("rien") : STR("nothing");
    Str text = json_is_string(value) ? json_str(value) : json_text(w->d->arena, value);
    return text.len <= 120 ? text
                           : str_format(w->d->arena, STR_FMT "…", STR_ARG(str_slice(text, 0, 119)));
}

static void say_member(Walk *w, Weight weight, const char *code, Str path, Text text)
{
    diff_say(w->d, weight, code, w->mark, MESSAGE(text, w->what, path));
}

static void say_added(Walk *w, Str path, bool required)
{
    say_member(w, required ? WEIGHT_LOST : WEIGHT_GAINED, "member-added", path,
               required ? T("{0} : « {1} » est demandé en plus, et obligatoire",
                            "{0}: '{1}' is asked besides, and required")
                        : T("{0} : « {1} » est demandé en plus", "{0}: '{1}' is asked besides"));
}

static void compare_members(Walk *w, Str path, const json_t *old, const json_t *new)
{
    const json_t *before = json_at(old, "properties"), *after = json_at(new, "properties");
    const json_t *must = json_at(old, "required"), *musts = json_at(new, "required");
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)before, name, member)
    {
        const json_t *now = json_at(after, name);
        Str at = below(w, path, name);
        if (!now) {
            say_member(w, WEIGHT_CHANGED, "member-removed", at,
                       T("{0} : « {1} » n'est plus demandé", "{0}: '{1}' is no longer asked"));
            continue;
        }
        if (!has_text(must, name) && has_text(musts, name))
            say_member(w, WEIGHT_LOST, "member-required", at,
                       T("{0} : « {1} » devient obligatoire", "{0}: '{1}' becomes required"));
        if (has_text(must, name) && !has_text(musts, name))
            say_member(w, WEIGHT_GAINED, "member-optional", at,
                       T("{0} : « {1} » devient facultatif", "{0}: '{1}' becomes optional"));
        compare(w, at, member, now);
    }
    json_object_foreach((json_t *)after, name, member)
    {
        if (!json_at(before, name))
            say_added(w, below(w, path, name), has_text(musts, name));
    }
}

static void compare_keyword(Walk *w, Str path, const char *key, const json_t *old,
                            const json_t *new)
{
    if (json_equal(old, new))
        return;
    Str where = path.len ? path : w->d->lang == FR ? STR("l'ensemble") : STR("the whole");
    if (strcmp(key, "type") == 0)
        diff_say(w->d, WEIGHT_CHANGED, "member-type", w->mark,
                 MESSAGE(T("{0} : « {1} » est de type {2} (avant : {3})",
                           "{0}: '{1}' is of type {2} (before: {3})"),
                         w->what, where, value_words(w, new), value_words(w, old)));
    else if (is_words(key))
        diff_say(w->d, WEIGHT_WORDING, "member-words", w->mark,
                 MESSAGE(T("{0} : les mots de « {1} » changent ({2})",
                           "{0}: the words of '{1}' change ({2})"),
                         w->what, where, str_copy(w->d->arena, str_of(key))));
    else
        diff_say(w->d, WEIGHT_CHANGED, "member-rule", w->mark,
                 MESSAGE(T("{0} : « {1} », {2} : {3} (avant : {4})",
                           "{0}: '{1}', {2}: {3} (before: {4})"),
                         w->what, where, str_copy(w->d->arena, str_of(key)), value_words(w, new),
                         value_words(w, old)));
}

static bool is_member_list(const char *key)
{
    return strcmp(key, "properties") == 0 || strcmp(key, "required") == 0 ||
           strcmp(key, "items") == 0;
}

static void compare(Walk *w, Str path, const json_t *old, const json_t *new)
{
    const char *key;
    json_t *value;
    if (json_equal(old, new) || w->depth == DEPTH_MAX)
        return;
    w->depth++;
    json_object_foreach((json_t *)old, key, value)
    {
        if (!is_member_list(key))
            compare_keyword(w, path, key, value, json_at(new, key));
    }
    json_object_foreach((json_t *)new, key, value)
    {
        if (!is_member_list(key) && !json_at(old, key))
            compare_keyword(w, path, key, NULL, value);
    }
    compare_members(w, path, old, new);
    if (json_at(old, "items") || json_at(new, "items"))
        compare(w, str_format(w->d->arena, STR_FMT "[]", STR_ARG(path)), json_at(old, "items"),
                json_at(new, "items"));
    w->depth--;
}

void diff_schema(Diff *d, Mark mark, Str what, const json_t *old, const json_t *new)
{
    Walk w = {.d = d, .mark = mark, .what = what};
    compare(&w, STR(""), old, new);
}
