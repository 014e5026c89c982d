// SPDX-License-Identifier: Apache-2.0
// From JSON to nodes: first every subschema of a document becomes a node of its resource, with its
// names and anchors; then the rules of every node are read, which may bring in further documents.
// What a rule says is read in read.c.
#include "keyword.h"
#include <ctype.h>

enum { DEPTH_MAX = 200, NODES_MAX = 100000, DOCUMENTS_MAX = 64 };

typedef struct NodeSlot {
    const json_t *json;
    const Resource *outer; // the same JSON under two resources is two nodes: its references differ
    Node *node;
} NodeSlot;

bool compile_error(Compiler *c, const Node *node, const char *keyword, Sentence which,
                   const Str args[4])
{
    c->failed = true;
    if (!c->errors)
        return false;
    Str pointer = place_pointer(c->arena, node->place);
    if (keyword && json_at(node->json, keyword))
        pointer = pointer_add(c->arena, pointer, str_of(keyword));
    error_add(c->arena, c->errors, pointer, keyword ? keyword : "schema", sentence(which),
              (Label){0}, args);
    return false;
}

static bool compile_full(Compiler *c, const Node *node)
{
    if (!c->full)
        compile_error(c, node, "limit", SAY_S_LIMIT, NULL);
    c->full = true;
    return false;
}

// The slot of a key, or the free one where it would stand.
static NodeSlot *slot_of(Compiler *c, const json_t *json, const Resource *outer)
{
    uint64_t hash = ((uintptr_t)json >> 4) * UINT64_C(0x9E3779B97F4A7C15) ^
                    ((uintptr_t)outer >> 4) * UINT64_C(0xC2B2AE3D27D4EB4F);
    size_t at = (hash >> 20) & (c->slots_cap - 1);
    while (c->slots[at].node && (c->slots[at].json != json || c->slots[at].outer != outer))
        at = (at + 1) & (c->slots_cap - 1);
    return &c->slots[at];
}

static Node *node_find(Compiler *c, const json_t *json, const Resource *outer)
{
    return c->slots_cap ? slot_of(c, json, outer)->node : NULL;
}

static void node_insert(Compiler *c, Node *node, const Resource *outer)
{
    if (2 * (c->nodes.len + 1) > c->slots_cap) {
        NodeSlot *old = c->slots;
        size_t old_cap = c->slots_cap;
        c->slots_cap = old_cap ? old_cap * 2 : 64;
        c->slots = arena_array(c->arena, NodeSlot, c->slots_cap);
        for (size_t i = 0; i < old_cap; i++)
            if (old[i].node)
                *slot_of(c, old[i].json, old[i].outer) = old[i];
    }
    *slot_of(c, node->json, outer) = (NodeSlot){node->json, outer, node};
    vec_push(c->arena, &c->nodes, node);
}

static Resource *resource_find(Compiler *c, Str uri)
{
    for (size_t i = 0; i < c->resources.len; i++)
        if (str_eq(c->resources.at[i]->uri, uri))
            return c->resources.at[i];
    return NULL;
}

static Resource *resource_add(Compiler *c, Str uri, json_t *root, unsigned vocabularies)
{
    Resource *resource = arena_new_of(c->arena, Resource);
    *resource = (Resource){.uri = uri, .root = root, .vocabularies = vocabularies};
    vec_push(c->arena, &c->resources, resource);
    return resource;
}

static json_t *json_borrow(Compiler *c, json_t *json)
{
    return json ? json_keep(c->arena, json_incref(json)) : NULL;
}

// The document at `uri`: a meta-schema of the standard, or what the host knows.
static json_t *document_get(Compiler *c, Str uri)
{
    Str meta = meta_text(uri);
    if (meta.len)
        return json_keep(c->arena, json_loadb(meta.at, meta.len, 0, NULL));
    const SchemaOptions *options = c->options;
    return options->resolve ? json_borrow(c, options->resolve(options->host, uri)) : NULL;
}

static const struct {
    const char *name;
    unsigned bit;
} vocabularies[] = {
    {"core", VOCABULARY_CORE},
    {"applicator", VOCABULARY_APPLICATOR},
    {"unevaluated", VOCABULARY_UNEVALUATED},
    {"validation", VOCABULARY_VALIDATION},
    {"format-annotation", VOCABULARY_FORMAT},
    {"format-assertion", VOCABULARY_FORMAT_ASSERT},
    {"meta-data", 0},
    {"content", 0},
};

#define STANDARD "https://json-schema.org/draft/2020-12/"

static bool vocabulary_add(Str uri, unsigned *bits)
{
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++) {
        if (!str_starts(uri, STR(STANDARD "vocab/")) ||
            !str_is(str_slice(uri, sizeof STANDARD "vocab/" - 1, uri.len), vocabularies[i].name))
            continue;
        *bits |= vocabularies[i].bit;
        return true;
    }
    return false;
}

// What the dialect of a resource's root asserts (core, 8.1).
static unsigned vocabularies_of(Compiler *c, const Node *node, unsigned inherited)
{
    Str uri = json_str(json_at(node->json, "$schema"));
    if (!uri.at)
        return inherited;
    uri = str_slice(uri, 0, str_index(uri, '#'));
    if (str_is(uri, STANDARD "schema"))
        return VOCABULARY_STANDARD;
    json_t *meta = document_get(c, uri);
    if (!json_is_object(meta)) {
        compile_error(c, node, "$schema", SAY_S_DIALECT, (Str[4]){uri});
        return inherited;
    }
    json_t *used = json_at(meta, "$vocabulary"), *required;
    if (!json_is_object(used))
        return VOCABULARY_STANDARD;
    unsigned bits = VOCABULARY_CORE;
    const char *name;
    json_object_foreach(used, name, required) if (!vocabulary_add(str_of(name), &bits) &&
                                                  json_is_true(required))
        compile_error(c, node, "$schema", SAY_S_VOCABULARY,
                      (Str[4]){str_copy(c->arena, str_of(name))});
    return bits;
}

static bool is_anchor(Str s)
{
    if (s.len == 0 || (!isalpha((unsigned char)s.at[0]) && s.at[0] != '_'))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!isalnum((unsigned char)s.at[i]) && !strchr("-_.", s.at[i]))
            return false;
    return true;
}

static void anchor_read(Compiler *c, Node *node, const char *keyword, bool dynamic)
{
    json_t *value = json_at(node->json, keyword);
    if (!value)
        return;
    if (!is_anchor(json_str(value)))
        compile_error(c, node, keyword, SAY_S_ANCHOR, (Str[4]){str_of(keyword)});
    else
        vec_push(c->arena, &node->resource->anchors, (Anchor){json_str(value), dynamic, node});
}

static void id_read(Compiler *c, Node *node)
{
    json_t *value = json_at(node->json, "$id");
    if (!value)
        return;
    Str id = json_str(value);
    size_t hash = str_index(id, '#');
    if (!id.at || hash + 1 < id.len) {
        compile_error(c, node, "$id", id.at ? SAY_S_ID : SAY_S_TEXT, (Str[4]){STR("$id")});
        return;
    }
    Str uri = uri_resolve(c->arena, node->resource->uri, str_slice(id, 0, hash));
    if (!str_eq(uri, node->resource->uri))
        node->resource = resource_add(c, uri, node->json, node->resource->vocabularies);
}

static bool is_title(const json_t *value)
{
    return json_is_string(value) ||
           (json_is_object(value) && (json_at(value, "fr") || json_at(value, "en")));
}

// Ours: a title in one language or both.
static void title_read(Compiler *c, Node *node)
{
    static const char *const names[] = {"title", "description"};
    for (size_t i = 0; i < 2; i++)
        if (json_at(node->json, names[i]) && !is_title(json_at(node->json, names[i])))
            compile_error(c, node, names[i], SAY_S_TITLE, (Str[4]){str_of(names[i])});
    json_t *title = json_at(node->json, "title");
    if (json_is_string(title))
        node->title = (Label){.fr = json_str(title)};
    else
        node->title = (Label){json_str(json_at(title, "fr")), json_str(json_at(title, "en"))};
}

static Place *place_add(Compiler *c, const Place *outer, Str name, size_t index)
{
    Place *place = arena_new_of(c->arena, Place);
    *place = (Place){outer, name, index};
    return place;
}

static Node *node_add(Compiler *c, json_t *json, Resource *outer, const Place *place);

static void children_add(Compiler *c, Node *node, const Keyword *keyword, json_t *value)
{
    const Place *place = place_add(c, node->place, str_of(keyword->name), 0);
    if (keyword->shape == SHAPE_SCHEMA) {
        node_add(c, value, node->resource, place);
    } else if (keyword->shape == SHAPE_LIST) {
        for (size_t i = 0; i < json_array_size(value); i++)
            node_add(c, json_array_get(value, i), node->resource, place_add(c, place, STR_NONE, i));
    } else if (keyword->shape == SHAPE_MAP) {
        const char *name;
        json_t *child;
        json_object_foreach(value, name, child)
            node_add(c, child, node->resource, place_add(c, place, str_of(name), 0));
    }
}

// A node for `json` and all below it. `outer` is the resource it stands in, before its own $id.
static Node *node_add(Compiler *c, json_t *json, Resource *outer, const Place *place)
{
    Node *node = node_find(c, json, outer);
    if (node)
        return node;
    node = arena_new_of(c->arena, Node);
    *node = (Node){.json = json, .resource = outer, .place = place, .takes = NODE_ALL};
    node_insert(c, node, outer);
    if (json_is_boolean(json)) {
        node->takes = json_is_true(json) ? NODE_ALL : NODE_NOTHING;
        return node;
    }
    if (!json_is_object(json)) {
        compile_error(c, node, NULL, SAY_S_SCHEMA, NULL);
        return node;
    }
    node->takes = NODE_RULES;
    id_read(c, node);
    if (node->resource != outer || !place->outer)
        node->resource->vocabularies = vocabularies_of(c, node, outer->vocabularies);
    anchor_read(c, node, "$anchor", false);
    anchor_read(c, node, "$dynamicAnchor", true);
    title_read(c, node);
    if (c->depth >= DEPTH_MAX || c->nodes.len >= NODES_MAX) {
        compile_full(c, node);
        return node;
    }
    c->depth++;
    for (size_t i = 0; i < keywords_len; i++)
        if (keywords[i].shape != SHAPE_PLAIN && json_at(json, keywords[i].name))
            children_add(c, node, &keywords[i], json_at(json, keywords[i].name));
    c->depth--;
    return node;
}

Node *compile_child(Compiler *c, const Node *node, json_t *json)
{
    return node_find(c, json, node->resource);
}

// The node at a document's root.
static Node *document_add(Compiler *c, json_t *json, Str uri)
{
    Resource *resource = resource_add(c, uri, json, VOCABULARY_STANDARD);
    return node_add(c, json, resource, place_add(c, NULL, STR_NONE, 0));
}

// A resource that was not met yet. Its root is kept beside it, since an $id may have given it
// another name.
static Resource *resource_load(Compiler *c, const Node *from, Str uri)
{
    Resource *known = resource_find(c, uri);
    if (known)
        return known;
    if (c->documents >= DOCUMENTS_MAX) {
        compile_full(c, from);
        return NULL;
    }
    json_t *json = document_get(c, uri);
    if (!json)
        return NULL;
    c->documents++;
    document_add(c, json, uri);
    return resource_find(c, uri);
}

static int hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10
                                        : -1;
}

static Str percent_decoded(Arena *arena, Str s)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < s.len; i++) {
        bool escaped =
            s.at[i] == '%' && i + 2 < s.len && hex(s.at[i + 1]) >= 0 && hex(s.at[i + 2]) >= 0;
        buf_char(&out, escaped ? (char)(hex(s.at[i + 1]) * 16 + hex(s.at[i + 2])) : s.at[i]);
        i += escaped ? 2 : 0;
    }
    return out.len ? buf_str(&out) : STR("");
}

// The node of a resource's root. A document's root with an $id is a node of the resource that the
// $id names.
static Node *root_node(Compiler *c, const Resource *resource)
{
    Node *node = node_find(c, resource->root, resource);
    for (size_t i = 0; !node && i < c->nodes.len; i++)
        if (c->nodes.at[i]->json == resource->root && c->nodes.at[i]->resource == resource)
            node = c->nodes.at[i];
    return node;
}

// A JSON Pointer from a resource's root. It may lead through other resources, and to what no
// keyword calls a schema.
static Node *pointer_node(Compiler *c, Node *root, Str pointer)
{
    Node *node = root;
    Resource *resource = root->resource;
    const Place *place = root->place;
    json_t *json = root->json;
    while (pointer.len) {
        Str rest = str_slice(pointer, 1, pointer.len);
        Str token = str_slice(rest, 0, str_index(rest, '/'));
        json = json_pointer(json, str_slice(pointer, 0, 1 + token.len));
        pointer = str_slice(rest, token.len, rest.len);
        if (!json)
            return NULL;
        place = place_add(c, place, token, 0);
        node = node_find(c, json, resource);
        resource = node ? node->resource : resource;
    }
    return node ? node : node_add(c, json, resource, place);
}

static Node *fragment_node(Compiler *c, const Resource *resource, Str fragment, Str *dynamic)
{
    Node *root = root_node(c, resource);
    if (!root || fragment.len == 0)
        return root;
    if (fragment.at[0] == '/')
        return pointer_node(c, root, fragment);
    for (size_t i = 0; i < root->resource->anchors.len; i++) {
        const Anchor *anchor = &root->resource->anchors.at[i];
        if (!str_eq(anchor->name, fragment))
            continue;
        if (anchor->dynamic)
            *dynamic = anchor->name;
        return anchor->node;
    }
    return NULL;
}

Node *compile_reference(Compiler *c, const Node *node, const char *keyword, Str ref, Str *dynamic)
{
    Str uri = uri_resolve(c->arena, node->resource->uri, ref);
    size_t hash = str_index(uri, '#');
    Str fragment = percent_decoded(c->arena, str_slice(uri, hash + 1, uri.len));
    *dynamic = STR_NONE;
    Resource *resource = resource_load(c, node, str_slice(uri, 0, hash));
    Node *target = resource ? fragment_node(c, resource, fragment, dynamic) : NULL;
    if (!target)
        compile_error(c, node, keyword, SAY_S_NOWHERE, (Str[4]){str_copy(c->arena, ref)});
    return target;
}

const Rule *compile_sibling(const Node *node, const char *keyword)
{
    for (size_t i = 0; i < node->len; i++)
        if (strcmp(node->rules[i].keyword->name, keyword) == 0)
            return &node->rules[i];
    return NULL;
}

static void rules_read(Compiler *c, Node *node)
{
    // As many rules as members at most: the array stays where it is, so that rules may point to one
    // another.
    node->rules = arena_array(c->arena, Rule, json_object_size(node->json));
    for (size_t i = 0; i < keywords_len; i++) {
        const Keyword *keyword = &keywords[i];
        Rule rule = {.keyword = keyword, .json = json_at(node->json, keyword->name)};
        if (!rule.json || !(node->resource->vocabularies & keyword->vocabulary))
            continue;
        if (keyword->read && !keyword->read(c, node, &rule))
            continue;
        if (!keyword->check)
            continue;
        node->rules[node->len++] = rule;
        node->unevaluated |= keyword->late;
    }
}

const Schema *schema_compile(Arena *arena, json_t *schema, const SchemaOptions *options,
                             SchemaErrors *errors)
{
    static const SchemaOptions none = {0};
    Compiler c = {.arena = arena, .options = options ? options : &none, .errors = errors};
    Str base = str_copy(arena, c.options->base);
    Schema *compiled = arena_new_of(arena, Schema);
    compiled->root =
        document_add(&c, json_borrow(&c, schema), str_slice(base, 0, str_index(base, '#')));
    // Reading a reference may add nodes behind the last.
    for (size_t i = 0; i < c.nodes.len; i++)
        if (c.nodes.at[i]->takes == NODE_RULES)
            rules_read(&c, c.nodes.at[i]);
    for (size_t i = 0; !c.failed && i < c.nodes.len; i++)
        flat_compile(arena, c.nodes.at[i]);
    return c.failed ? NULL : compiled;
}
