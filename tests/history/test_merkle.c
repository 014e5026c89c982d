// SPDX-License-Identifier: Apache-2.0
// Trees against the published vectors of Certificate Transparency and, at random, against RFC 9162's own definition done naively.
#include "api/history/merkle.h"
#include "api/auth/hash.h"
#include "../base/table.h"
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 700 };
static Node leaves[MOST];
static Arena *arena;

// 2.1.1 as it stands there.
static Node naive(const Node *at, size_t n)
{
    if (n == 0)
        return merkle_empty();
    if (n == 1)
        return at[0];
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return merkle_node(naive(at, k), naive(at + k, n - k));
}

static bool read_leaves(void *reads, unsigned height, uint64_t index, Node *ret)
{
    ++*(int *)reads;
    size_t n = (size_t)1 << height, begin = (size_t)index << height;
    if (begin + n > MOST)
        return false;
    *ret = naive(leaves + begin, n);
    return true;
}

static bool same(Node a, Node b)
{
    return memcmp(a.at, b.at, NODE_SIZE) == 0;
}

static void test_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *leaf, *root;
        size_t len;
    } rows[] = {
        {"one empty leaf", "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
         0},
        {"two leaves", "\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
         1},
        {"three leaves", "\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
         1},
        {"four leaves", "\x20\x21",
         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", 2},
        {"five leaves", "\x30\x31",
         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", 2},
        {"six leaves", "@ABC", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
         4},
        {"seven leaves", "PQRSTUVW",
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", 8},
        {"eight leaves", "`abcdefghijklmno",
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", 16},
    };
    int wrong = 0, reads = 0;
    Frontier f = {0};
    Node root;
    assert_true(str_is(hash_hex(arena, merkle_empty().at, NODE_SIZE),
                       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    for (size_t i = 0; i < ROWS(rows); i++) {
        leaves[i] = merkle_leaf((Str){rows[i].leaf, rows[i].len});
        frontier_add(&f, leaves[i]);
        assert_true(merkle_root(read_leaves, &reads, i + 1, &root));
        Str came = hash_hex(arena, root.at, NODE_SIZE);
        ROW_CHECK(wrong, str_is(came, rows[i].root) && same(root, frontier_root(&f)),
                  rows[i].sentence, "came " STR_FMT, STR_ARG(came));
    }
    ROWS_END(wrong);
}

static void fill(void)
{
    for (uint32_t i = 0; i < MOST; i++)
        leaves[i] = merkle_leaf((Str){(const char *)&i, sizeof i});
}

static Node broken(Node node)
{
    node.at[rand() % NODE_SIZE] ^= (uint8_t)(1 << rand() % 8);
    return node;
}

// Every proof of this size; each is spoilt in one place and must not hold any more.
static void check_inclusion(uint64_t size)
{
    Node root = naive(leaves, size);
    for (int i = 0; i < 20; i++) {
        uint64_t index = (uint64_t)rand() % size;
        int reads = 0;
        Nodes path = {0};
        assert_true(merkle_inclusion(arena, read_leaves, &reads, index, size, &path));
        assert_true(merkle_included(leaves[index], index, size, path.at, path.len, root));
        assert_false(merkle_included(broken(leaves[index]), index, size, path.at, path.len, root));
        assert_false(merkle_included(leaves[index], index, size, path.at, path.len, broken(root)));
        assert_false(merkle_included(leaves[index], size, size, path.at, path.len, root));
        if (path.len == 0)
            continue;
        assert_false(merkle_included(leaves[index], index ^ 1, size, path.at, path.len, root));
        assert_false(merkle_included(leaves[index], index, size, path.at, path.len - 1, root));
        size_t at = (size_t)rand() % path.len;
        path.at[at] = broken(path.at[at]);
        assert_false(merkle_included(leaves[index], index, size, path.at, path.len, root));
    }
}

static void check_consistency(uint64_t size)
{
    Node root = naive(leaves, size);
    for (int i = 0; i < 20; i++) {
        uint64_t from = (uint64_t)rand() % size + 1;
        int reads = 0;
        Nodes proof = {0};
        Node old = naive(leaves, from);
        assert_true(merkle_consistency(arena, read_leaves, &reads, from, size, &proof));
        assert_true(merkle_consistent(from, size, old, root, proof.at, proof.len));
        assert_false(merkle_consistent(from, size, broken(old), root, proof.at, proof.len));
        assert_false(merkle_consistent(from, size, old, broken(root), proof.at, proof.len));
        assert_false(merkle_consistent(from, from - 1, old, root, proof.at, proof.len));
        if (proof.len == 0)
            continue;
        assert_false(merkle_consistent(from, size, old, root, proof.at, proof.len - 1));
        size_t at = (size_t)rand() % proof.len;
        proof.at[at] = broken(proof.at[at]);
        assert_false(merkle_consistent(from, size, old, root, proof.at, proof.len));
    }
}

static void test_random_sizes(void **state)
{
    (void)state;
    fill();
    srand(9162);
    for (uint64_t size = 1; size <= MOST;
         size = size < 66 ? size + 1 : size + 1 + (uint64_t)rand() % 40) {
        check_inclusion(size);
        check_consistency(size);
        arena_reset(arena);
    }
    check_inclusion(512);
    check_consistency(512);
}

static void test_frontier(void **state)
{
    (void)state;
    fill();
    Frontier f = {0};
    for (size_t n = 1; n <= MOST; n++) {
        frontier_add(&f, leaves[n - 1]);
        assert_int_equal(f.size, n);
        assert_int_equal(f.len, __builtin_popcountll(n));
        if (n < 40 || n % 37 == 0)
            assert_true(same(frontier_root(&f), naive(leaves, n)));
    }
}

static void test_proofs_are_short(void **state)
{
    (void)state;
    fill();
    int reads = 0;
    Nodes path = {0}, proof = {0};
    assert_true(merkle_inclusion(arena, read_leaves, &reads, 300, 600, &path));
    assert_true(path.len <= 10 && reads <= 20);
    assert_true(merkle_consistency(arena, read_leaves, &reads, 301, 600, &proof));
    assert_true(proof.len <= 11);
}

int main(void)
{
    if (!auth_start())
        return 1;
    arena = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_random_sizes),
        cmocka_unit_test(test_frontier),
        cmocka_unit_test(test_proofs_are_short),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
