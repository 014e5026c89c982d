// SPDX-License-Identifier: Apache-2.0
// YAML text -> a tree of nodes that know their place. The subset that JSON knows: one document, no anchors, aliases or tags,
// no duplicate keys, scalars by the YAML 1.2 core schema (so `yes` and `on` are texts, and `on:` is the key "on").
#pragma once
#include "base/json.h"
#include "definition.h"

enum { YAML_DEPTH_MAX = 48, YAML_NODES_MAX = 60000 };

typedef enum NodeKind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_REAL, NODE_STRING, NODE_LIST, NODE_MAP } NodeKind;
typedef struct Node Node;
typedef struct Pair {
    Str key;      // NUL-terminated behind its length
    Mark mark;
    Str written;  // as Node's
    const Node *value;
} Pair;
struct Node {
    NodeKind kind;
    Mark mark;    // its first character
    Str text;     // of a scalar, as decoded; NUL-terminated behind its length
    Str written;  // from a scalar's first character to the end of the document: node_place reads it
    bool boolean;
    int64_t integer;
    double real;  // also of a NODE_INT
    const Node *const *items; // NODE_LIST
    const Pair *pairs;        // NODE_MAP
    size_t len;               // of items or pairs
};

// What is wrong with a text as YAML.
typedef struct YamlFault {
    const char *code; // "yaml-syntax", "yaml-alias", "duplicate-key", "limit-depth", …
    Mark mark;
    Message message;
} YamlFault;

// Reads a text of at most `size_max` bytes. NULL with `fault` set when it is not one document of the subset. An empty document is a
// NODE_NULL. Nodes borrow from `text`, which must live as long as the arena.
const Node *yaml_read(Arena *arena, Str text, size_t size_max, YamlFault *fault);

const Pair *node_pair(const Node *map, const char *key); // NULL when absent or `map` is not one
const Node *node_at(const Node *map, const char *key);

Node node_of_key(const Pair *pair); // the key as if it were a text value: a key may be an expression, or name something

// The place of the byte at `offset` of a scalar's decoded text: quotes, escapes and block styles counted.
Mark node_place(const Node *scalar, size_t offset);

// The same value as JSON, in the arena.
json_t *node_json(Arena *arena, const Node *node);
