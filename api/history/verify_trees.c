// SPDX-License-Identifier: Apache-2.0
// Every leaf against its tile, every root against what was signed and what was anchored, all of them read in one order.
#include "verify_inside.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Anchors { // the file of one tree
    FILE *file;
    Arena *arena;
    bool there, bad;
    Checkpoint next;
} Anchors;

typedef struct Trees {
    Verify *v;
    Arena *arena; // of one leaf
    Cursor leaves, tiles, checkpoints;
    char id[37]; // the tree that is being grown; empty before the first
    Frontier frontier;
    Node tile
        [TILE]; // hashes of the tile that `tile_of` names: read once, not for each of its leaves
    size_t tile_len;
    struct {
        const Rows *rows;
        size_t at;
    } tile_of;
    char here[120], last[120]; // the entries of the present leaf and the one before it, as told
    Anchors anchors;
    VEC(Str) seen;
} Trees;

// --- anchors -------------------------------------------------------------------------------------

// By the key that signed at that size.
static bool note_read(Arena *arena, Str note, const KeyRing *keys, Str tree, Checkpoint *ret)
{
    return checkpoint_read(arena, note, NULL, ret) &&
           checkpoint_read(arena, note, keys_at(keys, tree, ret->size), ret);
}

// The next note of the file, or `there` is false. A note that was cut while it was written is the file's last and does not count.
static void anchor_step(Anchors *a, const KeyRing *keys, Str tree)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    a->there = false;
    arena_reset(a->arena);
    Buf note = {.arena = a->arena};
    while (a->file && !a->there && (len = getline(&line, &room, a->file)) > 0) {
        buf_add(&note, (Str){line, (size_t)len});
        a->there = str_starts((Str){line, (size_t)len}, STR("\xe2\x80\x94 "));
    }
    free(line);
    a->bad = a->there && !note_read(a->arena, buf_str(&note), keys, tree, &a->next);
}

static void anchors_open(Trees *t)
{
    Anchors *a = &t->anchors;
    *a = (Anchors){.arena = arena_new()};
    if (!t->v->anchor)
        return;
    a->file = fopen(str_format(a->arena, "%s/%s.checkpoints", t->v->anchor, t->id).at, "re");
    anchor_step(a, &t->v->keys, str_of(t->id));
}

static void anchors_close(Anchors *a)
{
    if (a->file)
        fclose(a->file);
    arena_free(a->arena);
    *a = (Anchors){0};
}

// --- what is told --------------------------------------------------------------------------------

static Str size_text(Trees *t, uint64_t n)
{
    return number_text(t->v, (int64_t)n);
}

// The entry of the present leaf, in words that are the same in both languages.
static Str leaf_text(Trees *t)
{
    const Cursor *c = &t->leaves;
    snprintf(t->here, sizeof t->here, "%s " STR_FMT " · " STR_FMT,
             chain_name((ChainKind)row_str(c->rows, c->at, "kind").at[0]).en,
             STR_ARG(row_str(c->rows, c->at, "chain")),
             STR_ARG(row_str(c->rows, c->at, "version")));
    return str_of(t->here);
}

static bool shorter(Trees *t, Str size, Str at)
{
    return broken(t->v, MESSAGE(T("arbre {0} : {1} entrées ont été signées le {2} et il n'en reste "
                                  "que {3} : la fin manque, après {4}.",
                                  "tree {0}: {1} entries were signed at {2} and only {3} are left: "
                                  "the end is missing, after {4}."),
                                str_of(t->id), size, at, size_text(t, t->frontier.size),
                                str_of(t->last[0] ? t->last : "—")));
}

static bool other_root(Trees *t, Str size, bool anchored)
{
    return broken(t->v, anchored ? MESSAGE(T("arbre {0} : ses {1} premières entrées, jusqu'à {2}, "
                                             "ne sont plus celles qui furent ancrées.",
                                             "tree {0}: its first {1} entries, up to {2}, are no "
                                             "longer those that were anchored."),
                                           str_of(t->id), size, str_of(t->last))
                                 : MESSAGE(T("arbre {0} : ses {1} premières entrées, jusqu'à {2}, "
                                             "ne sont plus celles qui furent signées.",
                                             "tree {0}: its first {1} entries, up to {2}, are no "
                                             "longer those that were signed."),
                                           str_of(t->id), size, str_of(t->last)));
}

static bool bad_note(Trees *t, Str size)
{
    return broken(
        t->v,
        MESSAGE(T("arbre {0} : le point de contrôle de taille {1} n'est pas signé par cette clé.",
                  "tree {0}: the checkpoint of size {1} is not signed by this key."),
                str_of(t->id), size));
}

// --- signed sizes --------------------------------------------------------------------------------

static bool is_tree(const Cursor *c, const char *id)
{
    return !c->end && str_is(row_str(c->rows, c->at, "tree"), id);
}

// Those that were signed at the present size.
static bool checkpoints_pass(Trees *t)
{
    Cursor *c = &t->checkpoints;
    Node root = frontier_root(&t->frontier);
    while (is_tree(c, t->id) && (uint64_t)row_int(c->rows, c->at, "size") == t->frontier.size) {
        Arena *arena = arena_new();
        Checkpoint note;
        Str stored = row_bytes(arena, c->rows, c->at, "root");
        bool read =
            note_read(arena, row_str(c->rows, c->at, "note"), &t->v->keys, str_of(t->id), &note) &&
            note.size == t->frontier.size;
        bool same = read && stored.len == NODE_SIZE &&
                    memcmp(note.root.at, root.at, NODE_SIZE) == 0 &&
                    memcmp(stored.at, root.at, NODE_SIZE) == 0;
        arena_free(arena);
        if (!same)
            return read ? other_root(t, size_text(t, t->frontier.size), false)
                        : bad_note(t, size_text(t, t->frontier.size));
        t->v->result->checkpoints++;
        if (!cursor_step(c))
            return false;
    }
    return true;
}

static bool anchors_pass(Trees *t)
{
    Anchors *a = &t->anchors;
    while (a->there && (a->bad || a->next.size <= t->frontier.size)) {
        Node root = frontier_root(&t->frontier);
        if (a->bad)
            return bad_note(t, STR("?"));
        // Smaller than the one before it: the log went back between the two, and what came before was compared.
        if (a->next.size < t->frontier.size)
            return other_root(t, size_text(t, a->next.size), true);
        if (memcmp(a->next.root.at, root.at, NODE_SIZE) != 0)
            return other_root(t, size_text(t, a->next.size), true);
        t->v->result->anchors++;
        anchor_step(a, &t->v->keys, str_of(t->id));
    }
    return true;
}

// --- leaves --------------------------------------------------------------------------------------

static void tree_begin(Trees *t)
{
    Str id = row_str(t->leaves.rows, t->leaves.at, "tree");
    snprintf(t->id, sizeof t->id, STR_FMT, STR_ARG(id));
    t->frontier = (Frontier){0};
    t->last[0] = '\0';
    t->v->result->trees++;
    vec_push(t->v->arena, &t->seen, str_copy(t->v->arena, id));
    anchors_open(t);
}

// What a tree without entries left behind: everything of it is gone.
static bool orphan(Trees *t, const Cursor *c)
{
    return broken(t->v, MESSAGE(T("arbre {0} : plus aucune de ses entrées n'est là.",
                                  "tree {0}: none of its entries is left."),
                                row_str(c->rows, c->at, "tree")));
}

static bool tree_end(Trees *t)
{
    Cursor *tile = &t->tiles, *signed_ = &t->checkpoints;
    if (!t->id[0])
        return true;
    if (is_tree(tile, t->id)) {
        size_t inside = t->frontier.size % TILE;
        Arena *arena = arena_new();
        size_t len = row_bytes(arena, tile->rows, tile->at, "hashes").len / NODE_SIZE;
        arena_free(arena);
        bool whole = inside == 0 &&
                     (uint64_t)row_int(tile->rows, tile->at, "position") < t->frontier.size / TILE;
        if (!whole && len > inside)
            return shorter(
                t, size_text(t, (uint64_t)row_int(tile->rows, tile->at, "position") * TILE + len),
                STR("—"));
        if (!cursor_step(tile))
            return false;
        if (is_tree(tile, t->id))
            return shorter(t, STR("?"), STR("—"));
    }
    if (is_tree(signed_, t->id))
        return shorter(t, row_str(signed_->rows, signed_->at, "size"), STR("—"));
    if (t->anchors.there)
        return shorter(t, size_text(t, t->anchors.next.size),
                       time_format(t->v->arena, t->anchors.next.at));
    anchors_close(&t->anchors);
    return true;
}

// The tile of the next leaf becomes the present one.
static bool tile_reach(Trees *t)
{
    Cursor *c = &t->tiles;
    bool next = t->frontier.size > 0 && t->frontier.size % TILE == 0 && is_tree(c, t->id);
    if (next && !cursor_step(c))
        return false;
    if (!c->end && strncmp(row_str(c->rows, c->at, "tree").at, t->id, 36) < 0)
        return orphan(t, c);
    return true;
}

static void tile_read(Trees *t)
{
    const Cursor *c = &t->tiles;
    if (t->tile_of.rows == c->rows && t->tile_of.at == c->at && t->frontier.size % TILE)
        return;
    Arena *arena = arena_new();
    Str hashes = row_bytes(arena, c->rows, c->at, "hashes");
    t->tile_len = hashes.len / NODE_SIZE < TILE ? hashes.len / NODE_SIZE : TILE;
    memcpy(t->tile, hashes.at, t->tile_len * NODE_SIZE);
    arena_free(arena);
    t->tile_of.rows = c->rows;
    t->tile_of.at = c->at;
}

// The hash that the log keeps `ahead` leaves from here, in this tile; false: none.
static bool kept(Trees *t, size_t ahead, Node *ret)
{
    const Cursor *c = &t->tiles;
    size_t offset = t->frontier.size % TILE + ahead;
    if (!is_tree(c, t->id) ||
        (uint64_t)row_int(c->rows, c->at, "position") != t->frontier.size / TILE)
        return false;
    tile_read(t);
    if (offset >= t->tile_len)
        return false;
    *ret = t->tile[offset];
    return true;
}

static bool leaf_wrong(Trees *t, Node leaf, bool there)
{
    Node after;
    Str index = size_text(t, t->frontier.size);
    if (!there)
        return broken(t->v, MESSAGE(T("arbre {0}, feuille {1} : l'entrée {2} n'a jamais été "
                                      "recueillie à sa place : elle a été ajoutée après coup.",
                                      "tree {0}, leaf {1}: entry {2} was never gathered in its "
                                      "place: it was put in afterwards."),
                                    str_of(t->id), index, leaf_text(t)));
    if (kept(t, 1, &after) && memcmp(after.at, leaf.at, NODE_SIZE) == 0)
        return broken(
            t->v, MESSAGE(T("arbre {0}, feuille {1} : son entrée n'est plus là ; {2} la suivait.",
                            "tree {0}, leaf {1}: its entry is gone; {2} came after it."),
                          str_of(t->id), index, leaf_text(t)));
    return broken(t->v,
                  MESSAGE(T("arbre {0}, feuille {1} : {2} n'est pas l'entrée qui fut recueillie là "
                            ": elle a été changée ou ajoutée, ou celle d'avant enlevée.",
                            "tree {0}, leaf {1}: {2} is not the entry that was gathered there: it "
                            "was changed or put in, or the one before it removed."),
                          str_of(t->id), index, leaf_text(t)));
}

static bool leaf_take(Trees *t, Arena *arena)
{
    const Cursor *c = &t->leaves;
    if (!tile_reach(t))
        return false;
    Node held, leaf = merkle_leaf(row_bytes(arena, c->rows, c->at, "hash"));
    bool there = kept(t, 0, &held);
    if (!there || memcmp(held.at, leaf.at, NODE_SIZE) != 0)
        return leaf_wrong(t, leaf, there);
    frontier_add(&t->frontier, leaf);
    leaf_text(t);
    memcpy(t->last, t->here, sizeof t->last);
    return checkpoints_pass(t) && anchors_pass(t);
}

static bool step(Trees *t)
{
    const Cursor *c = &t->leaves;
    if (!str_is(row_str(c->rows, c->at, "tree"), t->id)) {
        if (!tree_end(t))
            return false;
        tree_begin(t);
    }
    if (row_bool(c->rows, c->at, "waits")) {
        t->v->result->waiting++;
        return true;
    }
    arena_reset(t->arena);
    return leaf_take(t, t->arena);
}

// Files of trees that the database does not know any more.
static bool anchors_known(Trees *t)
{
    DIR *folder = t->v->anchor ? opendir(t->v->anchor) : NULL;
    bool good =
        !t->v->anchor || folder ||
        broken(t->v,
               MESSAGE(T("{0} : ce dossier ne s'ouvre pas.", "{0}: this folder cannot be opened."),
                       str_of(t->v->anchor)));
    for (struct dirent *file; good && folder && (file = readdir(folder));) {
        Str name = str_of(file->d_name);
        bool known = !str_ends(name, STR(".checkpoints"));
        for (size_t i = 0; i < t->seen.len && !known; i++)
            known = str_starts(name, t->seen.at[i]);
        if (!known)
            good =
                broken(t->v, MESSAGE(T("arbre {0} : ancré, et plus aucune de ses entrées n'est là.",
                                       "tree {0}: anchored, and none of its entries is left."),
                                     str_slice(name, 0, 36)));
    }
    if (folder)
        closedir(folder);
    return good;
}

bool trees(Verify *v)
{
    Trees t = {.v = v, .arena = arena_new()};
    bool good = cursor_open(&t.leaves, v->db, Q_VERIFY_LEAVES, Q_VERIFY_LEAVES_NEXT);
    good = cursor_open(&t.tiles, v->db, Q_VERIFY_TILES, Q_VERIFY_TILES_NEXT) && good;
    good =
        cursor_open(&t.checkpoints, v->db, Q_VERIFY_CHECKPOINTS, Q_VERIFY_CHECKPOINTS_NEXT) && good;
    while (good && !t.leaves.end)
        good = step(&t) && cursor_step(&t.leaves);
    good = good && tree_end(&t);
    if (good && !t.tiles.end)
        good = orphan(&t, &t.tiles);
    if (good && !t.checkpoints.end)
        good = orphan(&t, &t.checkpoints);
    good = good && anchors_known(&t);
    anchors_close(&t.anchors);
    arena_free(t.arena);
    cursor_close(&t.leaves);
    cursor_close(&t.tiles);
    cursor_close(&t.checkpoints);
    return good;
}
