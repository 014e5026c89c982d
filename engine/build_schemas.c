// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of a workflow file: $ref is resolved here, so that what clients get and what
// validates is self-contained.
#include "build_internal.h"

enum { REF_DEPTH_MAX = 32, EXPANDED_MAX = 20000 };

static json_t *refuse(Builder *b, const char *code, Mark mark, Message message)
{
    fail(b, code, mark, message);
    return json_null();
}

static bool fail_dictionary(Builder *b, const Node *map, Str token, Mark mark)
{
    size_t n = map && map->kind == NODE_MAP ? map->len : 0;
    Str *names = arena_array(b->arena, Str, n + 1);
    for (size_t i = 0; i < n; i++)
        names[i] = map->pairs[i].key;
    return fail_near(b, "unknown-reference", mark,
                     MESSAGE(T("la référence ne mène à rien : « {0} » n'y est pas",
                               "the reference leads nowhere: '{0}' is not there"),
                             token),
                     token, names, n);
}

// Follows "/a/b" from `at`; NULL with a finding. `last` gets the last token.
static const Node *follow(Builder *b, const Node *at, Str pointer, const Node *ref, Str *last)
{
    while (pointer.len) {
        pointer = str_slice(pointer, 1, pointer.len);
        Str token = str_slice(pointer, 0, str_index(pointer, '/'));
        pointer = str_slice(pointer, token.len, pointer.len);
        const Node *next = node_at(at, str_cstr(b->arena, token));
        if (!next) {
            Mark mark = node_place(ref, ref->text.len - pointer.len - token.len);
            fail_dictionary(b, at, token, mark);
            return NULL;
        }
        at = next;
        *last = token;
    }
    return at;
}

// Splits "dictionary#/title" or "#/$defs/x": false with a finding when it is neither.
static bool split(Builder *b, const Node *ref, bool *dictionary, Str *pointer)
{
    Str text = ref->kind == NODE_STRING ? ref->text : STR_NONE;
    size_t hash = str_index(text, '#');
    Str file = str_slice(text, 0, hash);
    *pointer = str_slice(text, hash + 1, text.len);
    *dictionary = str_is(file, "dictionary");
    if (hash < text.len && (*dictionary || !file.len) && (!pointer->len || pointer->at[0] == '/'))
        return true;
    return fail(b, "bad-reference", ref->mark,
                MESSAGE(T("$ref s'écrit \"dictionary#/nom\" ou \"#/$defs/nom\"",
                          "$ref is written \"dictionary#/name\" or \"#/$defs/name\"")));
}

const Node *dictionary_node(Builder *b, const Node *ref, Str *key)
{
    bool dictionary;
    Str pointer;
    if (!split(b, ref, &dictionary, &pointer))
        return NULL;
    if (dictionary)
        return follow(b, b->dictionary, pointer, ref, key);
    fail(b, "bad-reference", ref->mark,
         MESSAGE(T("ici, $ref nomme le dictionnaire : \"dictionary#/nom\"",
                   "here $ref names the dictionary: \"dictionary#/name\"")));
    return NULL;
}

// Members that hold data, where "$ref" would be a name like another.
static bool is_data(Str key)
{
    return str_is(key, "enum") || str_is(key, "const") || str_is(key, "default") ||
           str_is(key, "examples");
}

// Members whose own members are names of schemas.
static bool is_names(Str key)
{
    return str_is(key, "properties") || str_is(key, "patternProperties") || str_is(key, "$defs") ||
           str_is(key, "dependentSchemas");
}

static json_t *expand(Builder *b, const Node *node, const Node *root, int depth, bool names);

static json_t *expand_ref(Builder *b, const Node *ref, const Node *root, int depth)
{
    bool dictionary;
    Str pointer, last;
    if (!split(b, ref, &dictionary, &pointer))
        return json_null();
    const Node *from = dictionary ? b->dictionary : root;
    const Node *target = follow(b, from, pointer, ref, &last);
    if (!target)
        return json_null();
    if (depth > REF_DEPTH_MAX)
        return refuse(
            b, "bad-reference", ref->mark,
            MESSAGE(T("cette référence se contient elle-même", "this reference contains itself")));
    return expand(b, target, from, depth + 1, false);
}

static json_t *expand_map(Builder *b, const Node *node, const Node *root, int depth, bool names)
{
    const Node *ref = names ? NULL : node_at(node, "$ref");
    json_t *object = ref ? expand_ref(b, ref, root, depth) : json_object();
    if (!json_is_object(object))
        return object;
    for (size_t i = 0; i < node->len; i++) {
        const Pair *pair = &node->pairs[i];
        if (ref && str_is(pair->key, "$ref"))
            continue;
        json_t *value = !names && is_data(pair->key)
                            ? json_incref(node_json(b->arena, pair->value))
                            : expand(b, pair->value, root, depth, !names && is_names(pair->key));
        json_object_set_new(object, pair->key.at, value);
    }
    return object;
}

// A new reference. Deep $ref are findings and give null, so that the rest is still read.
static json_t *expand(Builder *b, const Node *node, const Node *root, int depth, bool names)
{
    if (++b->expanded > EXPANDED_MAX) {
        if (b->expanded == EXPANDED_MAX + 1)
            fail(b, "limit", node->mark,
                 MESSAGE(T("les références de schémas se multiplient trop",
                           "references between schemas multiply too much")));
        return json_null();
    }
    if (node->kind == NODE_MAP)
        return expand_map(b, node, root, depth, names);
    if (node->kind != NODE_LIST)
        return json_incref(node_json(b->arena, node));
    json_t *array = json_array();
    for (size_t i = 0; i < node->len; i++)
        json_array_append_new(array, expand(b, node->items[i], root, depth, false));
    return array;
}

json_t *expand_schema(Builder *b, const Node *node, const Node *root)
{
    bool failed = b->failed;
    b->failed = false;
    json_t *schema = json_keep(b->arena, expand(b, node, root, 0, false));
    bool ok = !b->failed;
    b->failed |= failed;
    return ok ? schema : NULL;
}

// The deepest node on the way of a JSON Pointer: where the file says what the schema's error is
// about.
static const Node *node_along(Builder *b, const Node *node, Str pointer)
{
    while (pointer.len) {
        pointer = str_slice(pointer, 1, pointer.len);
        Str token = str_slice(pointer, 0, str_index(pointer, '/'));
        pointer = str_slice(pointer, token.len, pointer.len);
        const Node *next = node_at(node, str_cstr(b->arena, token));
        if (node->kind == NODE_LIST) {
            size_t index = 0;
            for (size_t i = 0; i < token.len && i < 6; i++)
                index = index * 10 + (size_t)(token.at[i] - '0');
            next = index < node->len ? node->items[index] : NULL;
        }
        if (!next)
            return node;
        node = next;
    }
    return node;
}

const Schema *compile_schema(Builder *b, const Node *node, json_t *schema)
{
    SchemaOptions options = {.formats = true};
    SchemaErrors errors = {0};
    const Schema *compiled = schema_compile(b->arena, schema, &options, &errors);
    for (size_t i = 0; !compiled && i < errors.len; i++)
        fail(b, "bad-schema", node_along(b, node, errors.at[i].pointer)->mark,
             errors.at[i].message);
    if (!compiled && !errors.len)
        fail(b, "bad-schema", node->mark,
             MESSAGE(T("ce n'est pas un schéma JSON", "this is not a JSON Schema")));
    return compiled;
}
