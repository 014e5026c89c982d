// SPDX-License-Identifier: Apache-2.0
// Reading nodes with findings: what every section of a workflow file needs.
#include "build_internal.h"
#include <math.h>

enum { HINTS_MAX = 50, ID_MAX = 40, LOOSE_ID_MAX = 120, TEXT_MAX = 20000 };

bool fail(Builder *b, const char *code, Mark mark, Message message)
{
    finding_add(b->arena, b->findings, true, code, mark, message);
    b->failed = true;
    return false;
}

void warn(Builder *b, const char *code, Mark mark, Message message)
{
    finding_add(b->arena, b->findings, false, code, mark, message);
}

bool hints_left(const Builder *b)
{
    return b->hints < HINTS_MAX;
}

bool fail_near(Builder *b, const char *code, Mark mark, Message message, Str name, const Str *names,
               size_t n)
{
    Finding *finding = finding_add(b->arena, b->findings, true, code, mark, message);
    b->failed = true;
    b->hints++;
    Str near = str_nearest(name, names, n);
    if (near.len)
        finding->hint = MESSAGE(T("écrire « {0} » ?", "did you mean '{0}'?"), near);
    return false;
}

static Text kind_text(NodeKind kind)
{
    switch (kind) {
    case NODE_NULL:
        return T("rien", "nothing");
    case NODE_BOOL:
        return T("vrai ou faux", "true or false");
    case NODE_INT:
    case NODE_REAL:
        return T("un nombre", "a number");
    case NODE_STRING:
        return T("un texte", "a text");
    case NODE_LIST:
        return T("une liste", "a list");
    default:
        return T("des clés et des valeurs", "keys and values");
    }
}

bool fail_type(Builder *b, const Node *node, Text wanted)
{
    // Both languages' sentences are complete, so that a message needs no translated argument.
    Text is = kind_text(node->kind);
    Str fr = str_format(b->arena, "%s attendu, et non %s", wanted.fr, is.fr);
    Str en = str_format(b->arena, "%s is expected here, not %s", wanted.en, is.en);
    return fail(b, "wrong-type", node->mark, MESSAGE(((Text){fr.at, en.at})));
}

static size_t words_len(const char *const *words)
{
    size_t n = 0;
    while (words[n])
        n++;
    return n;
}

static Str *words_str(Builder *b, const char *const *words, size_t *n)
{
    *n = words_len(words);
    Str *names = arena_array(b->arena, Str, *n + 1);
    for (size_t i = 0; i < *n; i++)
        names[i] = str_of(words[i]);
    return names;
}

static bool is_word(const char *const *words, Str s)
{
    for (size_t i = 0; words[i]; i++)
        if (str_is(s, words[i]))
            return true;
    return false;
}

bool keys_known(Builder *b, const Node *map, const char *const *keys)
{
    if (map->kind != NODE_MAP)
        return fail_type(b, map, T("des clés et des valeurs", "a mapping of keys and values"));
    for (size_t i = 0; i < map->len; i++) {
        const Pair *pair = &map->pairs[i];
        if (is_word(keys, pair->key))
            continue;
        size_t n = 0;
        const Str *names = hints_left(b) ? words_str(b, keys, &n) : NULL;
        fail_near(
            b, "unknown-key", pair->mark,
            MESSAGE(T("la clé « {0} » n'existe pas ici", "there is no key '{0}' here"), pair->key),
            pair->key, names, n);
    }
    return true;
}

const Node *map_at(Builder *b, const Node *map, const char *key)
{
    const Node *node = node_at(map, key);
    if (!node || node->kind == NODE_NULL)
        return NULL;
    if (node->kind == NODE_MAP)
        return node;
    fail_type(b, node, T("des clés et des valeurs", "a mapping of keys and values"));
    return NULL;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool id_valid(Builder *b, Str id, Mark mark)
{
    bool ok =
        id.len > 0 && id.len <= (size_t)(b->strict ? ID_MAX : LOOSE_ID_MAX) && is_letter(id.at[0]);
    for (size_t i = 1; ok && i < id.len; i++)
        ok = is_letter(id.at[i]) || (id.at[i] >= '0' && id.at[i] <= '9') || id.at[i] == '-';
    if (ok)
        return true;
    return fail(b, "bad-id", mark,
                MESSAGE(T("« {0} » n'est pas un identifiant : une lettre sans accent, puis "
                          "lettres, chiffres, « - » ou « _ » "
                          "(40 au plus)",
                          "'{0}' is not an identifier: a letter without accent, then letters, "
                          "digits, '-' or '_' (40 at most)"),
                        str_slice(id, 0, 80)));
}

Str string_of(Builder *b, const Node *node)
{
    if (node->kind != NODE_STRING) {
        fail_type(b, node, T("un texte", "a text"));
        return STR_NONE;
    }
    if (node->text.len == 0)
        fail(b, "empty-text", node->mark, MESSAGE(T("ce texte est vide", "this text is empty")));
    else if (node->text.len > TEXT_MAX)
        fail(b, "limit", node->mark, MESSAGE(T("ce texte est trop long", "this text is too long")));
    else
        return node->text;
    return STR_NONE;
}

Str read_text(Builder *b, const Node *map, const char *key)
{
    const Node *node = node_at(map, key);
    return node ? string_of(b, node) : STR_NONE;
}

bool read_bool(Builder *b, const Node *map, const char *key, bool otherwise)
{
    const Node *node = node_at(map, key);
    if (!node)
        return otherwise;
    if (node->kind == NODE_BOOL)
        return node->boolean;
    return fail_type(b, node, T("true ou false", "true or false"));
}

static Str number_text(Builder *b, int64_t n)
{
    return str_format(b->arena, "%lld", (long long)n);
}

int64_t read_int(Builder *b, const Node *map, const char *key, int64_t low, int64_t high,
                 int64_t otherwise)
{
    const Node *node = node_at(map, key);
    if (!node)
        return otherwise;
    if (node->kind != NODE_INT) {
        fail_type(b, node, T("un nombre entier", "a whole number"));
        return otherwise;
    }
    if (node->integer >= low && node->integer <= high)
        return node->integer;
    fail(b, "bad-range", node->mark,
         MESSAGE(
             T("« {0} » doit être compris entre {1} et {2}", "'{0}' must be between {1} and {2}"),
             str_of(key), number_text(b, low), number_text(b, high)));
    return otherwise;
}

int32_t read_percent(Builder *b, const Node *map, const char *key, bool *given)
{
    const Node *node = node_at(map, key);
    *given = node;
    if (!node)
        return 0;
    if (node->kind != NODE_INT && node->kind != NODE_REAL)
        return fail_type(b, node,
                         T("un pourcentage, par exemple 30", "a percentage, for example 30"));
    double points = round(node->real * 100);
    if (node->real > 0 && node->real <= 100 && fabs(points - node->real * 100) < 1e-6)
        return (int32_t)points;
    return fail(
        b, "bad-range", node->mark,
        MESSAGE(T("« {0} » est un pourcentage : plus de 0, au plus 100, deux décimales au plus",
                  "'{0}' is a percentage: more than 0, at most 100, two decimals at most"),
                str_of(key)));
}

Label read_label_node(Builder *b, const Node *node)
{
    static const char *const languages[] = {"fr", "en", NULL};
    if (node->kind == NODE_STRING) {
        Str text = string_of(b, node);
        return (Label){text, text};
    }
    if (node->kind != NODE_MAP) {
        fail_type(b, node, T("un texte, ou {fr: …, en: …}", "a text, or {fr: …, en: …},"));
        return (Label){0};
    }
    keys_known(b, node, languages);
    Label label = {read_text(b, node, "fr"), read_text(b, node, "en")};
    if (node->len == 0)
        fail(b, "empty-text", node->mark, MESSAGE(T("ce texte est vide", "this text is empty")));
    return label;
}

Label read_title(Builder *b, const Node *map, Str id, Mark mark)
{
    const Node *node = node_at(map, "title");
    Label label = node ? read_label_node(b, node) : (Label){0};
    if (label.fr.len || label.en.len)
        return label;
    bool row = map->kind == NODE_MAP || map->kind == NODE_NULL; // else its type is the finding
    if (!node && b->strict && row)
        warn(b, "missing-title", mark,
             MESSAGE(T("« {0} » n'a pas de titre : les lecteurs verront l'identifiant",
                       "'{0}' has no title: readers will see the identifier"),
                     id));
    return (Label){id, id};
}

int read_word(Builder *b, const Node *node, const char *const *words)
{
    if (node->kind != NODE_STRING)
        return fail_type(b, node, T("un mot", "a word")) - 1;
    for (int i = 0; words[i]; i++)
        if (str_is(node->text, words[i]))
            return i;
    Buf list = {.arena = b->arena};
    size_t n;
    const Str *names = words_str(b, words, &n);
    for (size_t i = 0; i < n; i++)
        buf_format(&list, "%s" STR_FMT, i ? ", " : "", STR_ARG(names[i]));
    fail_near(b, "bad-value", node->mark,
              MESSAGE(T("« {0} » n'est pas l'une des valeurs {1}", "'{0}' is not one of {1}"),
                      node->text, buf_str(&list)),
              node->text, names, n);
    return -1;
}

size_t list_len(const Node *node)
{
    return !node || node->kind == NODE_NULL ? 0 : node->kind == NODE_LIST ? node->len : 1;
}

const Node *list_item(const Node *node, size_t i)
{
    return node->kind == NODE_LIST ? node->items[i] : node;
}

static Str row_id(const void *rows, size_t i, size_t size)
{
    Str id;
    memcpy(&id, (const char *)rows + i * size, sizeof id);
    return id;
}

ItemId row_index(const void *rows, size_t count, size_t size, Str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(row_id(rows, i, size), name))
            return (ItemId)i;
    return ID_NONE;
}

ItemId row_named(Builder *b, const void *rows, size_t count, size_t size, const Node *node,
                 const char *code, Text what)
{
    Str name = string_of(b, node);
    if (!name.len)
        return ID_NONE;
    ItemId found = row_index(rows, count, size, name);
    if (found != ID_NONE)
        return found;
    if (!hints_left(b))
        count = 0;
    Str *names = arena_array(b->arena, Str, count + 1);
    for (size_t i = 0; i < count; i++)
        names[i] = row_id(rows, i, size);
    fail_near(b, code, node->mark, MESSAGE(what, name), name, names, count);
    return ID_NONE;
}

RoleSet read_roles(Builder *b, const Node *node)
{
    RoleSet roles = 0;
    for (size_t i = 0; i < list_len(node); i++) {
        ItemId role =
            ROW_NAMED(b, b->def->roles, b->def->role_count, list_item(node, i), "unknown-role",
                      T("le rôle « {0} » n'existe pas", "there is no role '{0}'"));
        if (role != ID_NONE)
            roles |= b->def->roles[role].bit;
    }
    return roles;
}

bool rows_fit(Builder *b, const Node *map, size_t max, Text what)
{
    if (map->len <= max)
        return true;
    Str fr = str_format(b->arena, "%s : %zu au plus", what.fr, max),
        en = str_format(b->arena, "%s: %zu at most", what.en, max);
    return fail(b, "limit", map->mark, MESSAGE(((Text){fr.at, en.at})));
}
