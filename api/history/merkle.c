// SPDX-License-Identifier: Apache-2.0
#include "merkle.h"
#include <sodium.h>

_Static_assert(NODE_SIZE == crypto_hash_sha256_BYTES, "SHA-256");

static Node hash_of(uint8_t prefix, const void *a, size_t a_len, const void *b, size_t b_len)
{
    Node ret;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &prefix, 1);
    crypto_hash_sha256_update(&state, a, a_len);
    crypto_hash_sha256_update(&state, b, b_len);
    crypto_hash_sha256_final(&state, ret.at);
    return ret;
}

Node merkle_leaf(Str data)
{
    return hash_of(0x00, data.len ? data.at : "", data.len, "", 0);
}

Node merkle_node(Node left, Node right)
{
    return hash_of(0x01, left.at, NODE_SIZE, right.at, NODE_SIZE);
}

Node merkle_empty(void)
{
    Node ret;
    crypto_hash_sha256(ret.at, (const uint8_t *)"", 0);
    return ret;
}

static bool same(Node a, Node b)
{
    return memcmp(a.at, b.at, NODE_SIZE) == 0;
}

// The largest power of two smaller than n, n > 1.
static uint64_t split(uint64_t n)
{
    uint64_t k = 1;
    while (k << 1 && k << 1 < n)
        k <<= 1;
    return k;
}

Node merkle_of(const Node *leaves, size_t n)
{
    if (n == 0)
        return merkle_empty();
    Frontier f = {0};
    for (size_t i = 0; i < n; i++)
        frontier_add(&f, leaves[i]);
    return frontier_root(&f);
}

// MTH(D[begin:end]). The RFC's splits begin every range at a multiple of the power of two that holds it, so a range that is a
// power of two is a node of the tree.
static bool range(NodeReader *read, void *context, uint64_t begin, uint64_t end, Node *ret)
{
    uint64_t n = end - begin;
    if ((n & (n - 1)) == 0) {
        unsigned height = (unsigned)__builtin_ctzll(n);
        return read(context, height, begin >> height, ret);
    }
    Node left, right;
    uint64_t middle = begin + split(n);
    if (!range(read, context, begin, middle, &left) || !range(read, context, middle, end, &right))
        return false;
    *ret = merkle_node(left, right);
    return true;
}

bool merkle_root(NodeReader *read, void *context, uint64_t size, Node *ret)
{
    *ret = merkle_empty();
    return size == 0 || range(read, context, 0, size, ret);
}

static bool push_range(Arena *arena, NodeReader *read, void *context, uint64_t begin, uint64_t end,
                       Nodes *ret)
{
    Node node;
    if (!range(read, context, begin, end, &node))
        return false;
    vec_push(arena, ret, node);
    return true;
}

bool merkle_inclusion(Arena *arena, NodeReader *read, void *context, uint64_t index, uint64_t size,
                      Nodes *ret)
{
    // PATH(m, D[n]) from the leaf up is what the way down passes by, backwards.
    uint64_t begins[MERKLE_PATH_MAX], ends[MERKLE_PATH_MAX];
    size_t n = 0;
    for (uint64_t begin = 0, end = size; end - begin > 1;) {
        uint64_t middle = begin + split(end - begin);
        bool left = index < middle;
        begins[n] = left ? middle : begin;
        ends[n++] = left ? end : middle;
        begin = left ? begin : middle;
        end = left ? middle : end;
    }
    while (n-- > 0)
        if (!push_range(arena, read, context, begins[n], ends[n], ret))
            return false;
    return true;
}

// SUBPROOF(m, D[begin:end], whole): `whole` says that the old tree's root is known to whoever asks.
static bool subproof(Arena *arena, NodeReader *read, void *context, uint64_t m, uint64_t begin,
                     uint64_t end, bool whole, Nodes *ret)
{
    uint64_t n = end - begin;
    if (m == n)
        return whole || push_range(arena, read, context, begin, end, ret);
    uint64_t k = split(n);
    if (m <= k)
        return subproof(arena, read, context, m, begin, begin + k, whole, ret) &&
               push_range(arena, read, context, begin + k, end, ret);
    return subproof(arena, read, context, m - k, begin + k, end, false, ret) &&
           push_range(arena, read, context, begin, begin + k, ret);
}

bool merkle_consistency(Arena *arena, NodeReader *read, void *context, uint64_t from, uint64_t to,
                        Nodes *ret)
{
    return subproof(arena, read, context, from, 0, to, true, ret);
}

bool merkle_included(Node leaf, uint64_t index, uint64_t size, const Node *path, size_t n,
                     Node root)
{
    if (index >= size)
        return false;
    uint64_t fn = index, sn = size - 1;
    Node r = leaf;
    for (size_t i = 0; i < n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            r = merkle_node(path[i], r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = merkle_node(r, path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(r, root);
}

bool merkle_consistent(uint64_t from, uint64_t to, Node old_root, Node new_root, const Node *proof,
                       size_t n)
{
    if (from == 0 || from > to)
        return false;
    if (from == to)
        return n == 0 && same(old_root, new_root);
    bool power = (from & (from - 1)) == 0;
    if (n == 0)
        return false;
    uint64_t fn = from - 1, sn = to - 1;
    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    Node fr = power ? old_root : proof[0], sr = fr;
    for (size_t i = power ? 0 : 1; i < n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            fr = merkle_node(proof[i], fr);
            sr = merkle_node(proof[i], sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = merkle_node(sr, proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(fr, old_root) && same(sr, new_root);
}

void frontier_add(Frontier *f, Node leaf)
{
    // Two whole subtrees of one height make the next: as many as the size has ones at its end.
    for (uint64_t ones = f->size; ones & 1; ones >>= 1)
        leaf = merkle_node(f->at[--f->len], leaf);
    f->at[f->len++] = leaf;
    f->size++;
}

Node frontier_root(const Frontier *f)
{
    if (f->len == 0)
        return merkle_empty();
    Node root = f->at[f->len - 1];
    for (size_t i = f->len - 1; i-- > 0;)
        root = merkle_node(f->at[i], root);
    return root;
}
