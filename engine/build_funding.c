// SPDX-License-Identifier: Apache-2.0
// Instalments of the agreement: shares that make a whole, and the conditions to ask for them.
#include "build_internal.h"

static const char *const instalment_keys[] = {"title", "description", "share", "when", NULL};

void build_instalments(Builder *b)
{
    const Node *map = map_at(b, b->root, "instalments");
    int32_t sum = 0;
    bool given = true;
    if (!map || !rows_fit(b, map, ITEMS_MAX, T("trop de versements", "too many instalments")))
        return;
    Instalment *rows = arena_array(b->arena, Instalment, map->len + 1);
    for (size_t i = 0; i < map->len; i++) {
        const Pair *pair = &map->pairs[i];
        bool share = false;
        rows[i] = (Instalment){.id = pair->key, .mark = pair->mark};
        id_valid(b, pair->key, pair->mark);
        if (keys_known(b, pair->value, instalment_keys)) {
            rows[i].title = read_title(b, pair->value, pair->key, pair->mark);
            rows[i].share = read_percent(b, pair->value, "share", &share);
        }
        if (!share)
            fail(b, "missing-key", pair->mark,
                 MESSAGE(T("le versement « {0} » doit dire sa part de la convention en pourcents "
                           "(share:)",
                           "the instalment '{0}' must say its share of the agreement in percent "
                           "(share:)"),
                         pair->key));
        given &= rows[i].share > 0;
        sum += rows[i].share;
    }
    b->def->instalments = rows;
    b->def->instalment_count = map->len;
    if (map->len && given && sum != 10000)
        fail(b, "share-sum", map->pairs[0].mark,
             MESSAGE(T("les parts des versements font {0} % et non 100 %",
                       "the shares of the instalments add up to {0}%, not 100%"),
                     str_format(b->arena, "%g", sum / 100.0)));
}

void build_conditions(Builder *b)
{
    const Node *map = node_at(b->root, "instalments");
    Instalment *rows =
        arena_copy(b->arena, b->def->instalments, b->def->instalment_count * sizeof(Instalment));
    for (size_t i = 0; i < b->def->instalment_count; i++) {
        const Node *when = node_at(map->pairs[i].value, "when");
        rows[i].condition = when ? compile(b, when, CEL_BOOL, NULL) : NULL;
    }
    b->def->instalments = rows;
}
