// SPDX-License-Identifier: Apache-2.0
// Path segments as a tree. A literal segment is tried before a parameter, and left again when it
// leads nowhere.
#include "router.h"
#include "../engine/base/vec.h"
#include "http/header.h"
#include <stdlib.h>

enum { PARAMS = 4, SEGMENTS_MAX = 16 };

typedef struct Node Node;
struct Node {
    Str segment;
    VEC(Node *) children; // literals
    Node *any;            // {parameter}
    const Route *routes[METHODS];
    unsigned methods;
    bool id[PARAMS]; // of the routes that end here: which parameters are UUIDs
};

struct Router {
    Node root;
};

static const char *const method_names[METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

// The next segment of `rest`, which begins with '/'.
static Str segment_cut(Str *rest)
{
    Str s = str_slice(*rest, 1, rest->len);
    size_t end = str_index(s, '/');
    *rest = str_slice(s, end, s.len);
    return str_slice(s, 0, end);
}

static Node *literal(const Node *node, Str segment)
{
    for (size_t i = 0; i < node->children.len; i++)
        if (str_eq(node->children.at[i]->segment, segment))
            return node->children.at[i];
    return NULL;
}

static void insert(Arena *arena, Node *node, const Route *route)
{
    bool id[PARAMS] = {0};
    size_t params = 0;
    for (Str rest = str_of(route->path); rest.len;) {
        Str segment = segment_cut(&rest);
        if (str_starts(segment, STR("{"))) {
            if (params == PARAMS)
                abort();
            id[params++] = str_is(segment, "{id}") || str_ends(segment, STR("_id}"));
            if (!node->any)
                node->any = arena_new_of(arena, Node);
            node = node->any;
            continue;
        }
        Node *next = literal(node, segment);
        if (!next) {
            next = arena_new_of(arena, Node);
            next->segment = segment;
            vec_push(arena, &node->children, next);
        }
        node = next;
    }
    if (node->routes[route->method])
        abort();
    node->routes[route->method] = route;
    node->methods |= 1u << route->method;
    memcpy(node->id, id, sizeof id);
}

const Router *router_new(Arena *arena, const Route *routes, size_t n)
{
    Router *router = arena_new_of(arena, Router);
    for (size_t i = 0; i < n; i++)
        insert(arena, &router->root, &routes[i]);
    return router;
}

// The leaf of the segments left, or NULL; fills the raw parameters on the way.
static const Node *walk(const Node *node, Str rest, Str *params, size_t depth)
{
    if (rest.len == 0)
        return node->methods ? node : NULL;
    if (rest.at[0] != '/' || depth == SEGMENTS_MAX)
        return NULL;
    Str segment = segment_cut(&rest);
    const Node *next = literal(node, segment);
    const Node *leaf = next ? walk(next, rest, params, depth + 1) : NULL;
    if (leaf || !node->any || segment.len == 0)
        return leaf;
    leaf = walk(node->any, rest, params + 1, depth + 1);
    if (leaf)
        params[0] = segment;
    return leaf;
}

static bool uuid_read(Arena *arena, Str *s)
{
    if (s->len != 36)
        return false;
    char *at = arena_copy(arena, s->at, 36);
    for (size_t i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (at[i] != '-')
                return false;
            continue;
        }
        if (at[i] >= 'A' && at[i] <= 'F')
            at[i] = (char)(at[i] + 32);
        if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f')))
            return false;
    }
    s->at = at;
    return true;
}

Found router_find(const Router *router, Arena *arena, Method method, Str path)
{
    Found found = {0};
    Str params[SEGMENTS_MAX + 1] = {0};
    const Node *leaf = walk(&router->root, path, params, 0);
    if (!leaf)
        return found;
    for (size_t i = 0; i < PARAMS && params[i].at; i++) {
        if (!percent_decode(arena, params[i], &found.params[i]))
            return (Found){0};
        if (leaf->id[i] && !uuid_read(arena, &found.params[i]))
            return (Found){0};
    }
    found.methods = leaf->methods;
    found.route = method < METHODS ? leaf->routes[method] : NULL;
    return found;
}

Method method_of(Str name)
{
    if (str_is(name, "HEAD"))
        return GET;
    for (Method m = GET; m < METHODS; m++)
        if (str_is(name, method_names[m]))
            return m;
    return METHODS;
}

Str methods_text(Arena *arena, unsigned methods)
{
    Buf out = {.arena = arena};
    for (Method m = GET; m < METHODS; m++) {
        if (methods & 1u << m)
            buf_format(&out, "%s%s, ", method_names[m], m == GET ? ", HEAD" : "");
    }
    buf_add(&out, STR("OPTIONS"));
    return buf_str(&out);
}
