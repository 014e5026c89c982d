// SPDX-License-Identifier: Apache-2.0
// Roles, and the words for what they may write or see.
#include "build_internal.h"

static const char *const role_keys[] = {"title", "on", "sees", "delegate", NULL};

static void read_role(Builder *b, Role *role, const Pair *pair, size_t index)
{
    *role = (Role){.id = pair->key, .on = ON_CALL, .bit = UINT64_C(1) << index, .mark = pair->mark};
    id_valid(b, pair->key, pair->mark);
    if (str_is(pair->key, "system"))
        fail(b, "duplicate-id", pair->mark,
             MESSAGE(T("le rôle « system » existe toujours : il agit aux échéances",
                       "the role 'system' always exists: it acts when timers fall due")));
    role->title = read_title(b, pair->value, pair->key, pair->mark);
    if (!keys_known(b, pair->value, role_keys))
        return;
    role->personal = !read_bool(b, pair->value, "delegate", true);
    const Node *on = node_at(pair->value, "on");
    int word = on ? read_word(b, on, scope_words) : -1;
    if (word >= 0)
        role->on = (Scope)word;
    if (!on && b->strict)
        fail(b, "missing-key", pair->mark,
             MESSAGE(T("le rôle « {0} » doit dire où on le reçoit : on: dossier, call, space…",
                       "the role '{0}' must say where it is granted: on: dossier, call, space…"),
                     pair->key));
}

void build_roles(Builder *b)
{
    const Node *map = map_at(b, b->root, "roles");
    size_t n = map ? map->len : 0;
    if (map && !rows_fit(b, map, ROLES_MAX, T("trop de rôles", "too many roles")))
        n = ROLES_MAX;
    Role *roles = arena_array(b->arena, Role, n + 1);
    roles[ROLE_SYSTEM] = (Role){
        .id = STR("system"), .title = {STR("Système"), STR("System")}, .on = ON_PLATFORM, .bit = 1};
    for (size_t i = 0; i < n; i++)
        read_role(b, &roles[i + 1], &map->pairs[i], i + 1);
    b->def->roles = roles;
    b->def->role_count = n + 1;
}

typedef struct Word {
    const char *word;
    Thing thing;
    bool sees; // only to see
} Word;
static const Word all_of[] = {
    {"forms", THING_FORM, false},          {"sections", THING_SECTION, false},
    {"documents", THING_DOCUMENT, false},  {"reviews", THING_REVIEW, false},
    {"decision", THING_DECISION, false},   {"agreement", THING_AGREEMENT, false},
    {"signature", THING_SIGNATURE, false}, {"requests", THING_REQUEST, false},
    {"approval", THING_APPROVAL, false},   {"payment", THING_PAYMENT, false},
    {"measures", THING_MEASURE, false},    {"validation", THING_VALIDATION, false},
    {"messages", THING_MESSAGE, false},    {"history", THING_HISTORY, true},
};
enum { ALL_OF = sizeof all_of / sizeof *all_of };

static bool fail_thing(Builder *b, const Node *node, Str word)
{
    Str names[ALL_OF];
    size_t n = 0;
    for (size_t i = 0; i < ALL_OF; i++)
        if (!all_of[i].sees)
            names[n++] = str_of(all_of[i].word);
    return fail_near(b, "unknown-thing", node->mark,
                     MESSAGE(T("« {0} » n'est pas une chose que l'on modifie ou que l'on voit",
                               "'{0}' is nothing that can be edited or seen"),
                             word),
                     word, names, n);
}

// decision.amount, agreement.signatures: parts, to see.
static bool read_part(Builder *b, const Node *node, Thing thing, Str name, ItemId *item)
{
    Str names[PARTS];
    size_t n = 0;
    for (Part i = 0; i < PARTS; i++) {
        if (!part_of_thing(thing, i))
            continue;
        names[n++] = str_of(part_words[i]);
        if (!str_eq(names[n - 1], name))
            continue;
        *item = (ItemId)i;
        return true;
    }
    return fail_near(b, "unknown-part", node->mark,
                     MESSAGE(T("« {0} » n'a pas de partie « {1} »", "'{0}' has no part '{1}'"),
                             str_of(thing_words[thing]), name),
                     name, names, n);
}

static bool read_item(Builder *b, const Node *node, bool sees, Thing thing, Str name, ItemId *item)
{
    const Definition *def = b->def;
    Node named = *node; // the name alone, at its own place
    named.text = name;
    named.mark = node_place(node, node->text.len - name.len);
    if (sees && (thing == THING_DECISION || thing == THING_AGREEMENT))
        return read_part(b, node, thing, name, item);
    if (thing == THING_SECTION)
        *item = ROW_NAMED(b, def->sections, def->section_count, &named, "unknown-section",
                          T("la section « {0} » n'existe pas", "there is no section '{0}'"));
    else if (thing == THING_FORM)
        *item = ROW_NAMED(b, def->forms, def->form_count, &named, "unknown-form",
                          T("le formulaire « {0} » n'existe pas", "there is no form '{0}'"));
    else if (thing == THING_DOCUMENT)
        *item = ROW_NAMED(b, def->documents, def->document_count, &named, "unknown-document",
                          T("la pièce « {0} » n'existe pas", "there is no document '{0}'"));
    else if (thing == THING_REVIEW)
        *item = ROW_NAMED(b, def->grids, def->grid_count, &named, "unknown-grid",
                          T("la grille « {0} » n'existe pas", "there is no grid '{0}'"));
    else if (thing == THING_REQUEST || (sees && thing == THING_PAYMENT))
        *item = ROW_NAMED(b, def->instalments, def->instalment_count, &named, "unknown-instalment",
                          T("le versement « {0} » n'existe pas", "there is no instalment '{0}'"));
    else if (thing == THING_MEASURE)
        *item = ROW_NAMED(b, def->indicators, def->indicator_count, &named, "unknown-indicator",
                          T("l'indicateur « {0} » n'existe pas", "there is no indicator '{0}'"));
    else
        return fail_thing(b, node, node->text);
    return *item != ID_NONE;
}

bool read_thing(Builder *b, const Node *node, bool sees, Thing *thing, ItemId *item)
{
    Str word = string_of(b, node);
    if (!word.len)
        return false;
    *item = ID_NONE;
    for (size_t i = 0; i < ALL_OF; i++)
        if (str_is(word, all_of[i].word) && (sees || !all_of[i].sees)) {
            *thing = all_of[i].thing;
            return true;
        }
    size_t dot = str_index(word, '.');
    Str head = str_slice(word, 0, dot), name = str_slice(word, dot + 1, word.len);
    for (int i = THING_NONE + 1; name.len && i < THINGS; i++)
        if (str_is(head, thing_words[i])) {
            *thing = (Thing)i;
            return read_item(b, node, sees, *thing, name, item);
        }
    return fail_thing(b, node, word);
}

static void read_sees(Builder *b, Role *role, const Node *list)
{
    role->sees = arena_array(b->arena, Allow, list_len(list) + 1);
    for (size_t i = 0; i < list_len(list); i++) {
        Allow allow = {0};
        if (read_thing(b, list_item(list, i), true, &allow.thing, &allow.item))
            role->sees[role->sees_count++] = allow;
    }
}

void build_sees(Builder *b)
{
    const Node *map = node_at(b->root, "roles");
    Role *roles = arena_copy(b->arena, b->def->roles, b->def->role_count * sizeof(Role));
    for (size_t i = 1; i < b->def->role_count; i++)
        read_sees(b, &roles[i], node_at(map->pairs[i - 1].value, "sees"));
    b->def->roles = roles;
}
