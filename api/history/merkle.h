// SPDX-License-Identifier: Apache-2.0
// Merkle trees as RFC 9162 (Certificate Transparency 2.0), section 2.1, with SHA-256. Pure: hashes of whole subtrees are read
// through a callback, so that a proof costs as many reads as it has hashes, wherever these are kept.
#pragma once
#include "../../engine/base/vec.h"
#include "../../engine/base/str.h"

enum { NODE_SIZE = 32, MERKLE_PATH_MAX = 64 };

typedef struct Node {
    uint8_t at[NODE_SIZE];
} Node;
typedef VEC(Node) Nodes;

// The hash of the whole subtree of 2^height leaves that begins at leaf index * 2^height. False: it cannot be read.
typedef bool NodeReader(void *context, unsigned height, uint64_t index, Node *ret);

Node merkle_leaf(Str data);             // 2.1.1: SHA-256(0x00 || data)
Node merkle_node(Node left, Node right); // 2.1.1: SHA-256(0x01 || left || right)
Node merkle_empty(void);                // of no leaves at all
Node merkle_of(const Node *leaves, size_t n); // of leaves in memory

// 2.1.1: the root over the first `size` leaves.
bool merkle_root(NodeReader *read, void *context, uint64_t size, Node *ret);

// 2.1.3.1: PATH(index, D[size]), index < size; added to `ret`, leaf's sibling first. False: a node cannot be read.
bool merkle_inclusion(Arena *arena, NodeReader *read, void *context, uint64_t index, uint64_t size, Nodes *ret);

// 2.1.4.1: PROOF(from, D[to]), 0 < from <= to. False: a node cannot be read.
bool merkle_consistency(Arena *arena, NodeReader *read, void *context, uint64_t from, uint64_t to, Nodes *ret);

// 2.1.3.2 and 2.1.4.2: does the proof hold?
bool merkle_included(Node leaf, uint64_t index, uint64_t size, const Node *path, size_t n, Node root);
bool merkle_consistent(uint64_t from, uint64_t to, Node old_root, Node new_root, const Node *proof, size_t n);

// A tree that is only added to: the roots of its whole subtrees, largest first. 2.1.2.
typedef struct Frontier {
    uint64_t size;
    Node at[MERKLE_PATH_MAX]; // one for each bit of `size`, highest first
    size_t len;
} Frontier;
void frontier_add(Frontier *f, Node leaf);
Node frontier_root(const Frontier *f);
