// SPDX-License-Identifier: Apache-2.0
#include "log.h"
#include <fcntl.h>
#include <unistd.h>

enum { PAGE = 4096, TILE_BITS = 8, LEVELS = 8 };

// --- tiles ---------------------------------------------------------------------------------------

typedef struct Tile {
    unsigned level;
    uint64_t position;
    Node *at; // room for TILE
    size_t len;
    int64_t first, last; // transactions
    bool changed;
} Tile;

typedef struct Tree {
    Db *db;
    Arena *arena;
    Str id;
    uint64_t size;
    VEC(Tile *) tiles; // those that were read or made
} Tree;

static Tile *tile_new(Tree *tree, unsigned level, uint64_t position)
{
    Tile *tile = arena_new_of(tree->arena, Tile);
    *tile =
        (Tile){.level = level, .position = position, .at = arena_array(tree->arena, Node, TILE)};
    vec_push(tree->arena, &tree->tiles, tile);
    return tile;
}

// NULL with db_error; an empty one when there is none.
static Tile *tile_of(Tree *tree, unsigned level, uint64_t position)
{
    for (size_t i = tree->tiles.len; i-- > 0;)
        if (tree->tiles.at[i]->level == level && tree->tiles.at[i]->position == position)
            return tree->tiles.at[i];
    Rows *rows = QUERY(tree->db, tree->arena, Q_LOG_TILE, ARG(tree->id),
                       arg_int(tree->arena, level), arg_int(tree->arena, (int64_t)position));
    if (!rows)
        return NULL;
    Tile *tile = tile_new(tree, level, position);
    if (!rows_len(rows))
        return tile;
    Str hashes = row_bytes(tree->arena, rows, 0, "hashes");
    tile->len = hashes.len / NODE_SIZE < TILE ? hashes.len / NODE_SIZE : TILE;
    memcpy(tile->at, hashes.at, tile->len * NODE_SIZE);
    tile->first = row_int(rows, 0, "first_xid");
    tile->last = row_int(rows, 0, "last_xid");
    return tile;
}

// A NodeReader: a node of height h lies in the tile of level h / 8, over 2^(h % 8) of its hashes.
static bool node_read(void *context, unsigned height, uint64_t index, Node *ret)
{
    Tree *tree = context;
    unsigned level = height / TILE_BITS, inside = height % TILE_BITS;
    uint64_t begin = index << inside;
    Tile *tile = tile_of(tree, level, begin >> TILE_BITS);
    size_t offset = begin % TILE, n = (size_t)1 << inside;
    if (!tile || offset + n > tile->len)
        return false;
    *ret = merkle_of(tile->at + offset, n);
    return true;
}

// Adds a hash at a level; a tile that becomes full adds its own to the next.
static bool tile_add(Tree *tree, unsigned level, uint64_t index, Node node, int64_t xid)
{
    Tile *tile = tile_of(tree, level, index / TILE);
    if (!tile || tile->len != index % TILE)
        return false;
    if (tile->len == 0)
        tile->first = xid;
    tile->at[tile->len++] = node;
    tile->last = xid;
    tile->changed = true;
    return tile->len < TILE || level + 1 == LEVELS ||
           tile_add(tree, level + 1, index / TILE, merkle_of(tile->at, TILE), xid);
}

Node log_leaf(const uint8_t hash[HASH_SIZE])
{
    return merkle_leaf((Str){(const char *)hash, HASH_SIZE});
}

// --- gathering -----------------------------------------------------------------------------------

typedef struct Gathering {
    Db *db;
    Arena *arena;
    LogKey *key;
    const Rows *turn, *rows;
    VEC(Tree *) trees;
} Gathering;

static Tree *tree_of(Gathering *g, Str id)
{
    for (size_t i = 0; i < g->trees.len; i++)
        if (str_eq(g->trees.at[i]->id, id))
            return g->trees.at[i];
    Tree *tree = arena_new_of(g->arena, Tree);
    *tree = (Tree){.db = g->db, .arena = g->arena, .id = id};
    vec_push(g->arena, &g->trees, tree);
    return tree;
}

// The trees of these entries, at the size where they stand.
static bool trees_read(Gathering *g)
{
    for (size_t i = 0; i < rows_len(g->rows); i++)
        tree_of(g, row_str(g->rows, i, "tree"));
    Str *ids = arena_array(g->arena, Str, g->trees.len);
    for (size_t i = 0; i < g->trees.len; i++)
        ids[i] = g->trees.at[i]->id;
    Rows *sizes = QUERY(g->db, g->arena, Q_LOG_SIZES, arg_texts(g->arena, ids, g->trees.len));
    for (size_t i = 0; sizes && i < rows_len(sizes); i++)
        tree_of(g, row_str(sizes, i, "id"))->size = (uint64_t)row_int(sizes, i, "size");
    return sizes != NULL;
}

static bool trees_grow(Gathering *g)
{
    for (size_t i = 0; i < rows_len(g->rows); i++) {
        Tree *tree = tree_of(g, row_str(g->rows, i, "tree"));
        Str hash = row_bytes(g->arena, g->rows, i, "hash");
        Node leaf = merkle_leaf(hash);
        if (!tile_add(tree, 0, tree->size, leaf, row_int(g->rows, i, "xid")))
            return false;
        tree->size++;
    }
    return true;
}

static bool tiles_write(Gathering *g)
{
    VEC(Str) trees = {0}, hashes = {0};
    VEC(int64_t) levels = {0}, positions = {0}, first = {0}, last = {0};
    for (size_t i = 0; i < g->trees.len; i++)
        for (size_t k = 0; k < g->trees.at[i]->tiles.len; k++) {
            const Tile *tile = g->trees.at[i]->tiles.at[k];
            if (!tile->changed)
                continue;
            vec_push(g->arena, &trees, g->trees.at[i]->id);
            vec_push(g->arena, &levels, tile->level);
            vec_push(g->arena, &positions, (int64_t)tile->position);
            vec_push(g->arena, &hashes, arg_bytes(g->arena, tile->at, tile->len * NODE_SIZE).text);
            vec_push(g->arena, &first, tile->first);
            vec_push(g->arena, &last, tile->last);
        }
    return QUERY(g->db, g->arena, Q_LOG_TILE_PUT, arg_texts(g->arena, trees.at, trees.len),
                 arg_ints(g->arena, levels.at, levels.len),
                 arg_ints(g->arena, positions.at, positions.len),
                 arg_texts(g->arena, hashes.at, hashes.len),
                 arg_ints(g->arena, first.at, first.len),
                 arg_ints(g->arena, last.at, last.len)) != NULL;
}

static bool trees_sign(Gathering *g, Gathered *ret)
{
    size_t n = g->trees.len, end = rows_len(g->rows) - 1;
    int64_t *sizes = arena_array(g->arena, int64_t, n);
    Node *roots = arena_array(g->arena, Node, n);
    Time now = row_time(g->turn, 0, "now");
    for (size_t i = 0; i < n; i++) {
        Tree *tree = g->trees.at[i];
        if (!merkle_root(node_read, tree, tree->size, &roots[i]))
            return false;
        Checkpoint c = {
            .origin = checkpoint_origin(g->arena, tree->id, row_str(g->turn, 0, "installation")),
            .size = tree->size,
            .root = roots[i],
            .at = now};
        sizes[i] = (int64_t)tree->size;
        vec_push(g->arena, &ret->trees, tree->id);
        vec_push(g->arena, &ret->notes, checkpoint_sign(g->arena, g->key, &c));
    }
    return QUERY(g->db, g->arena, Q_LOG_GROW, arg_texts(g->arena, ret->trees.at, n),
                 arg_ints(g->arena, sizes, n), arg_hexes(g->arena, roots->at, n, NODE_SIZE),
                 arg_time(g->arena, now), arg_texts(g->arena, ret->notes.at, n),
                 arg_int(g->arena, row_int(g->rows, end, "xid")),
                 ARG(row_str(g->rows, end, "chain")),
                 arg_int(g->arena, row_int(g->rows, end, "version"))) != NULL;
}

// Another program may have handed the log over to another key since: whoever has its file goes on with that one.
static bool key_fits(Gathering *g, Gathered *ret)
{
    Str named = row_bytes(g->arena, g->turn, 0, "key");
    return named.len != KEY_PUBLIC_SIZE || memcmp(named.at, g->key->public, KEY_PUBLIC_SIZE) == 0 ||
           log_key_take(g->key->data, (const uint8_t *)named.at, g->key, g->arena, &ret->why);
}

static bool gather(Gathering *g, Gathered *ret)
{
    g->turn = QUERY0(g->db, g->arena, Q_LOG_TURN);
    if (!g->turn || !rows_len(g->turn))
        return g->turn != NULL;
    if (!key_fits(g, ret))
        return false;
    g->rows =
        QUERY(g->db, g->arena, Q_LOG_TAKE, arg_int(g->arena, row_int(g->turn, 0, "xid")),
              ARG(row_str(g->turn, 0, "chain")), arg_int(g->arena, row_int(g->turn, 0, "version")),
              arg_int(g->arena, row_int(g->turn, 0, "settled")), arg_int(g->arena, PAGE));
    if (!g->rows || !rows_len(g->rows))
        return g->rows != NULL;
    ret->entries = rows_len(g->rows);
    ret->more = ret->entries == PAGE;
    return trees_read(g) && trees_grow(g) && tiles_write(g) && trees_sign(g, ret);
}

bool log_gather(Db *db, Arena *arena, LogKey *key, Gathered *ret)
{
    *ret = (Gathered){0};
    Gathering g = {.db = db, .arena = arena, .key = key};
    if (!db_begin(db))
        return false;
    if (gather(&g, ret) && (!db_in_transaction(db) || db_commit(db)))
        return true;
    db_rollback(db);
    return false;
}

// --- proving -------------------------------------------------------------------------------------

bool log_find(Db *db, Arena *arena, Str tree, int64_t xid, const uint8_t hash[HASH_SIZE],
              uint64_t size, uint64_t *ret)
{
    Rows *tiles = QUERY(db, arena, Q_LOG_TILES_OF, ARG(tree), arg_int(arena, xid));
    Node leaf = log_leaf(hash);
    for (size_t i = 0; tiles && i < rows_len(tiles); i++) {
        Str hashes = row_bytes(arena, tiles, i, "hashes");
        for (size_t k = 0; k < hashes.len / NODE_SIZE; k++)
            if (memcmp(hashes.at + k * NODE_SIZE, leaf.at, NODE_SIZE) == 0) {
                *ret = (uint64_t)row_int(tiles, i, "position") * TILE + k;
                return *ret < size;
            }
    }
    return false;
}

bool log_inclusion(Db *db, Arena *arena, Str tree, uint64_t index, uint64_t size, Nodes *ret)
{
    Tree t = {.db = db, .arena = arena, .id = tree};
    return merkle_inclusion(arena, node_read, &t, index, size, ret);
}

bool log_consistency(Db *db, Arena *arena, Str tree, uint64_t from, uint64_t to, Nodes *ret)
{
    Tree t = {.db = db, .arena = arena, .id = tree};
    return merkle_consistency(arena, node_read, &t, from, to, ret);
}

json_t *nodes_json(Arena *arena, const Nodes *nodes)
{
    json_t *list = json_array();
    for (size_t i = 0; i < nodes->len; i++)
        json_array_append_new(list, json_string(base64_text(arena, nodes->at[i].at, NODE_SIZE).at));
    return list;
}

bool anchor_add(Arena *arena, const char *folder, Str tree, Str note)
{
    Str path = str_format(arena, "%s/" STR_FMT ".checkpoints", folder, STR_ARG(tree));
    int fd = open(path.at, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    bool done = fd >= 0 && write(fd, note.at, note.len) == (ssize_t)note.len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}
