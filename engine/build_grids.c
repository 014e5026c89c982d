// SPDX-License-Identifier: Apache-2.0
// Evaluation grids: weighted criteria on anchored scales, or a risk matrix.
#include "build_internal.h"

static const char *const criterion_keys[] = {"title", "description", "weight",
                                             "scale", "comment",     NULL};
static const char *const comment_words[] = {"optional", "required", NULL};
enum { CRITERIA_MAX = 64, ANCHORS_MAX = 101, MATRIX_MAX = 10, REVIEWS_MAX = 50 };

static bool anchor_value(Str key, int32_t *ret)
{
    size_t i = key.len && key.at[0] == '-';
    int32_t value = 0;
    if (key.len == i || key.len > i + 6)
        return false;
    for (size_t k = i; k < key.len; k++) {
        if (key.at[k] < '0' || key.at[k] > '9')
            return false;
        value = value * 10 + key.at[k] - '0';
    }
    *ret = i ? -value : value;
    return true;
}

static void read_scale(Builder *b, Criterion *row, const Node *scale, Mark mark)
{
    if (!scale || scale->kind != NODE_MAP || scale->len < 2 || scale->len > ANCHORS_MAX) {
        fail(b, "bad-scale", scale ? scale->mark : mark,
             MESSAGE(T("le critère « {0} » a besoin d'une échelle de deux valeurs au moins : "
                       "scale: {1: …, 3: …, 5: …}",
                       "the criterion '{0}' needs a scale of two values or more: "
                       "scale: {1: …, 3: …, 5: …}"),
                     row->id));
        return;
    }
    int32_t *values = arena_array(b->arena, int32_t, scale->len);
    Label *anchors = arena_array(b->arena, Label, scale->len);
    for (size_t i = 0; i < scale->len; i++) {
        const Pair *pair = &scale->pairs[i];
        anchors[i] = read_label_node(b, pair->value);
        if (!anchor_value(pair->key, &values[i]))
            fail(b, "bad-scale", pair->mark,
                 MESSAGE(T("« {0} » n'est pas une note entière", "'{0}' is not a whole mark"),
                         pair->key));
        else if (i && values[i] <= values[i - 1])
            fail(b, "bad-scale", pair->mark,
                 MESSAGE(T("les notes d'une échelle vont en croissant : {0} vient trop tard",
                           "the marks of a scale go upwards: {0} comes too late"),
                         pair->key));
    }
    row->values = values;
    row->anchors = anchors;
    row->anchor_count = scale->len;
}

static void read_criterion(Builder *b, Criterion *row, const Pair *pair)
{
    const Node *node = pair->value, *comment = node_at(node, "comment");
    *row = (Criterion){.id = pair->key, .weight = 1, .mark = pair->mark};
    id_valid(b, pair->key, pair->mark);
    if (!keys_known(b, node, criterion_keys))
        return;
    row->title = read_title(b, node, pair->key, pair->mark);
    row->weight = (int32_t)read_int(b, node, "weight", 1, 10000, 1);
    row->comment =
        comment &&
        (comment->kind == NODE_BOOL ? comment->boolean : read_word(b, comment, comment_words) == 1);
    read_scale(b, row, node_at(node, "scale"), pair->mark);
}

static void read_criteria(Builder *b, Grid *grid, const Node *map)
{
    if (map->len == 0)
        fail(b, "missing-key", map->mark,
             MESSAGE(T("une grille a au moins un critère", "a grid has one criterion or more")));
    if (!rows_fit(b, map, CRITERIA_MAX, T("trop de critères", "too many criteria")))
        return;
    Criterion *rows = arena_array(b->arena, Criterion, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        read_criterion(b, &rows[i], &map->pairs[i]);
    grid->criteria = rows;
    grid->criterion_count = map->len;
}

static const char *const matrix_keys[] = {"probability", "gravity", "colours", NULL};
static const char *const colour_words[] = {"green", "orange", "red", NULL};

static void read_colours(Builder *b, Grid *grid, const Node *rows, Mark mark)
{
    uint8_t *colours = arena_array(b->arena, uint8_t, grid->rows * grid->columns + 1);
    bool fits = rows && rows->kind == NODE_LIST && rows->len == (size_t)grid->rows;
    for (size_t r = 0; fits && r < rows->len; r++)
        fits = rows->items[r]->kind == NODE_LIST && rows->items[r]->len == (size_t)grid->columns;
    if (!fits) {
        fail(b, "bad-matrix", rows ? rows->mark : mark,
             MESSAGE(T("colours: attend {0} lignes (probabilité) de {1} couleurs (gravité)",
                       "colours: needs {0} rows (probability) of {1} colours (gravity)"),
                     str_format(b->arena, "%d", grid->rows),
                     str_format(b->arena, "%d", grid->columns)));
        return;
    }
    for (size_t r = 0; r < rows->len; r++)
        for (size_t c = 0; c < rows->items[r]->len; c++) {
            int word = read_word(b, rows->items[r]->items[c], colour_words);
            colours[r * (size_t)grid->columns + c] = word < 0 ? 0 : (uint8_t)word;
        }
    grid->colours = colours;
}

static void read_matrix(Builder *b, Grid *grid, const Node *map)
{
    if (!keys_known(b, map, matrix_keys))
        return;
    grid->matrix = true;
    grid->rows = (int32_t)read_int(b, map, "probability", 2, MATRIX_MAX, 4);
    grid->columns = (int32_t)read_int(b, map, "gravity", 2, MATRIX_MAX, 4);
    read_colours(b, grid, node_at(map, "colours"), map->mark);
}

static const char *const grid_keys[] = {"title",      "description", "by",     "reviews", "blind",
                                        "divergence", "criteria",    "matrix", NULL};

static void read_grid(Builder *b, Grid *row, const Pair *pair)
{
    const Node *node = pair->value, *by = node_at(node, "by"),
               *divergence = node_at(node, "divergence");
    *row = (Grid){.id = pair->key, .mark = pair->mark};
    id_valid(b, pair->key, pair->mark);
    if (!keys_known(b, node, grid_keys))
        return;
    row->title = read_title(b, node, pair->key, pair->mark);
    row->by = read_roles(b, by);
    row->reviews = (int32_t)read_int(b, node, "reviews", 1, REVIEWS_MAX, 1);
    row->blind = read_bool(b, node, "blind", false);
    if (divergence && divergence->kind != NODE_INT && divergence->kind != NODE_REAL)
        fail_type(b, divergence, T("un nombre", "a number"));
    else if (divergence && divergence->real <= 0)
        fail(b, "bad-range", divergence->mark,
             MESSAGE(T("l'écart doit être positif", "the divergence must be positive")));
    else
        row->divergence = divergence ? divergence->real : 0;
    const Node *criteria = map_at(b, node, "criteria"), *matrix = map_at(b, node, "matrix");
    if (!by || !criteria == !matrix)
        fail(b, "missing-key", pair->mark,
             MESSAGE(T("la grille « {0} » doit dire qui la remplit (by:) et avoir des critères "
                       "(criteria:) ou une matrice (matrix:)",
                       "the grid '{0}' must say who fills it in (by:) and have criteria "
                       "(criteria:) or a matrix (matrix:)"),
                     pair->key));
    if (criteria)
        read_criteria(b, row, criteria);
    else if (matrix)
        read_matrix(b, row, matrix);
}

void build_grids(Builder *b)
{
    const Node *map = map_at(b, b->root, "grids");
    if (!map || !rows_fit(b, map, ITEMS_MAX, T("trop de grilles", "too many grids")))
        return;
    Grid *rows = arena_array(b->arena, Grid, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        read_grid(b, &rows[i], &map->pairs[i]);
    b->def->grids = rows;
    b->def->grid_count = map->len;
}
