// SPDX-License-Identifier: Apache-2.0
// Forms of the dossier, the members they share with other funders, and the data of events.
#include "build_internal.h"
#include <stdlib.h>

static bool types_equal(const CelType *x, const CelType *y)
{
    if (x == y)
        return true;
    if (!x || !y || x->kind != y->kind || x->count != y->count || !types_equal(x->of, y->of))
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (!str_eq(x->members[i].name, y->members[i].name) ||
            !types_equal(x->members[i].type, y->members[i].type))
            return false;
    return true;
}

typedef VEC(CelMember) Members;

static CelMember *member_named(Members *members, Str name)
{
    for (size_t i = 0; i < members->len; i++)
        if (str_eq(members->at[i].name, name))
            return &members->at[i];
    return NULL;
}

// Adds a form's members to the dossier's. The same member may stand in two forms, with the same
// type.
static void unite(Builder *b, Members *members, const CelType *type, const Node *properties)
{
    for (size_t i = 0; i < type->count; i++) {
        const CelMember *member = &type->members[i];
        CelMember *known = member_named(members, member->name);
        if (!known) {
            vec_push(b->arena, members, *member);
            continue;
        }
        known->optional |= member->optional;
        const Pair *pair = node_pair(properties, str_cstr(b->arena, member->name));
        if (pair && !types_equal(known->type, member->type))
            fail(b, "conflicting-member", pair->mark,
                 MESSAGE(T("« {0} » a un autre type dans un autre formulaire",
                           "'{0}' has another type in another form"),
                         member->name));
    }
}

// A member is shared when it stands under the name of the dictionary's meaning.
static bool is_shared(Builder *b, const Pair *property)
{
    const Node *ref = node_at(property->value, "$ref");
    if (!ref || ref->kind != NODE_STRING)
        return false;
    return str_eq(ref->text, str_format(b->arena, "dictionary#/" STR_FMT, STR_ARG(property->key)));
}

static void find_shared(Builder *b, Names *shared, const Node *properties, json_t *schema)
{
    for (size_t i = 0; properties && properties->kind == NODE_MAP && i < properties->len; i++) {
        const Pair *pair = &properties->pairs[i];
        if (!is_shared(b, pair))
            continue;
        json_t *member = json_object_get(json_object_get(schema, "properties"), pair->key.at);
        json_object_set_new(member, "x-shared", json_true());
        bool known = false;
        for (size_t k = 0; k < shared->len; k++)
            known |= str_eq(shared->at[k], pair->key);
        if (!known)
            vec_push(b->arena, shared, pair->key);
    }
}

static void check_members(Builder *b, const Node *properties)
{
    for (size_t i = 0; properties && properties->kind == NODE_MAP && i < properties->len; i++)
        id_valid(b, properties->pairs[i].key, properties->pairs[i].mark);
}

// required: names that no property has are typing mistakes, though JSON Schema allows them.
static void check_required(Builder *b, const Node *schema)
{
    const Node *required = node_at(schema, "required"), *properties = node_at(schema, "properties");
    size_t n = properties && properties->kind == NODE_MAP ? properties->len : 0;
    Str *names = arena_array(b->arena, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = properties->pairs[i].key;
    for (size_t i = 0; required && required->kind == NODE_LIST && i < required->len; i++) {
        const Node *name = required->items[i];
        if (name->kind == NODE_STRING && !node_at(properties, name->text.at))
            fail_near(b, "unknown-member", name->mark,
                      MESSAGE(T("« {0} » est obligatoire mais n'est pas décrit dans properties",
                                "'{0}' is required but is not described in properties"),
                              name->text),
                      name->text, names, n);
    }
}

// An object schema, or NULL with findings.
static json_t *object_schema(Builder *b, const Node *node)
{
    if (node->kind != NODE_MAP) {
        fail_type(b, node, T("un schéma JSON", "a JSON Schema"));
        return NULL;
    }
    json_t *schema = expand_schema(b, node, node);
    if (!schema)
        return NULL;
    if (!json_object_get(schema, "type"))
        json_object_set_new(schema, "type", json_string("object"));
    if (str_is(json_str(json_object_get(schema, "type")), "object"))
        return schema;
    fail(b, "bad-schema", node_at(node, "type") ? node_at(node, "type")->mark : node->mark,
         MESSAGE(T("ce schéma doit décrire un objet : type: object, properties: {…}",
                   "this schema must describe an object: type: object, properties: {…}")));
    return NULL;
}

static void read_form(Builder *b, Form *form, const Pair *pair, Members *members, Names *shared)
{
    const Node *properties = node_at(pair->value, "properties");
    *form = (Form){.id = pair->key, .mark = pair->mark};
    id_valid(b, pair->key, pair->mark);
    form->title = read_title(b, pair->value, pair->key, pair->mark);
    form->schema = object_schema(b, pair->value);
    if (!form->schema) {
        form->schema = json_keep(b->arena, json_object());
        return;
    }
    check_members(b, properties);
    check_required(b, pair->value);
    find_shared(b, shared, properties, form->schema);
    form->compiled = compile_schema(b, pair->value, form->schema);
    if (form->compiled)
        unite(b, members, cel_type_of_schema(b->arena, form->schema), properties);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

static void set_dossier(Builder *b, const Members *members, Names *shared)
{
    static const CelMember nothing;
    CelType *type = arena_new_of(b->arena, CelType);
    *type = (CelType){.kind = CEL_MAP,
                      .members = members->len ? members->at : &nothing,
                      .count = members->len,
                      .title = {STR("dossier"), STR("dossier")}};
    if (shared->len)
        qsort(shared->at, shared->len, sizeof *shared->at, by_name);
    b->def->dossier = type;
    b->def->shared = shared->at;
    b->def->shared_count = shared->len;
}

// `dossier:` alone is a file with one form of that name.
static const Node *forms_map(Builder *b)
{
    const Node *forms = map_at(b, b->root, "forms");
    const Pair *dossier = node_pair(b->root, "dossier");
    if (!dossier)
        return forms;
    if (forms) {
        fail(b, "duplicate-id", dossier->mark,
             MESSAGE(T("écrire forms: ou dossier:, pas les deux",
                       "write forms: or dossier:, not both")));
        return forms;
    }
    Node *map = arena_new_of(b->arena, Node);
    *map = (Node){.kind = NODE_MAP, .mark = dossier->mark, .pairs = dossier, .len = 1};
    return map;
}

void build_forms(Builder *b)
{
    Members members = {0};
    Names shared = {0};
    const Node *map = forms_map(b);
    if (map && rows_fit(b, map, FORMS_MAX, T("trop de formulaires", "too many forms"))) {
        Form *rows = arena_array(b->arena, Form, map->len + 1);
        for (size_t i = 0; i < map->len; i++)
            read_form(b, &rows[i], &map->pairs[i], &members, &shared);
        b->def->forms = rows;
        b->def->form_count = map->len;
    }
    set_dossier(b, &members, &shared);
}

static const char *const event_keys[] = {"title", "description", "data", NULL};

static void read_event(Builder *b, EventDef *row, const Pair *pair)
{
    const Node *data = node_at(pair->value, "data");
    *row = (EventDef){.name = pair->key, .mark = pair->mark};
    if (!event_name_valid(pair->key, false))
        fail(b, "bad-event", pair->mark,
             MESSAGE(T("« {0} » n'est pas un nom d'événement", "'{0}' is not the name of an event"),
                     pair->key));
    if (!keys_known(b, pair->value, event_keys))
        return;
    row->title = read_title(b, pair->value, pair->key, pair->mark);
    if (!data)
        return;
    if (event_reserved(pair->key))
        fail(b, "reserved-event", pair->mark,
             MESSAGE(T("« {0} » vient d'un acte ou du moteur : ses données sont connues",
                       "'{0}' comes from an act or from the engine: its data are known"),
                     pair->key));
    row->schema = object_schema(b, data);
    check_required(b, data);
    row->compiled = row->schema ? compile_schema(b, data, row->schema) : NULL;
}

void build_events(Builder *b)
{
    const Node *map = map_at(b, b->root, "events");
    if (!map || !rows_fit(b, map, ITEMS_MAX, T("trop d'événements", "too many events")))
        return;
    EventDef *rows = arena_array(b->arena, EventDef, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        read_event(b, &rows[i], &map->pairs[i]);
    b->def->events = rows;
    b->def->event_count = map->len;
    for (size_t i = 0; i < map->len; i++)
        rows[i].type = event_type(b, rows[i].name, true);
}
