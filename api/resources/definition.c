// SPDX-License-Identifier: Apache-2.0
#include "definition.h"
#include <pthread.h>

enum { BUCKETS = 256 };

typedef struct Built {
    struct Built *next;
    Arena *home; // where it lives, until the program ends
    Str version_id;
    const Definition *def;
} Built;

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static Built *buckets[BUCKETS];

extern const char dictionary_text[];
extern const size_t dictionary_len;

Str dictionary(void)
{
    return (Str){dictionary_text, dictionary_len};
}

static Built **bucket_of(Str id)
{
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (uint8_t)id.at[i]) * 16777619u;
    return &buckets[hash % BUCKETS];
}

static const Definition *find(Str id)
{
    const Definition *def = NULL;
    pthread_rwlock_rdlock(&lock);
    for (const Built *b = *bucket_of(id); b && !def; b = b->next)
        if (str_eq(b->version_id, id))
            def = b->def;
    pthread_rwlock_unlock(&lock);
    return def;
}

// Two threads may have built the same version at once: the first to come stays.
static const Definition *keep(Arena *home, Str id, const Definition *def)
{
    Built *built = arena_new_of(home, Built);
    *built = (Built){.home = home, .version_id = str_copy(home, id), .def = def};
    pthread_rwlock_wrlock(&lock);
    Built **bucket = bucket_of(id);
    const Built *other = *bucket;
    while (other && !str_eq(other->version_id, id))
        other = other->next;
    if (!other) {
        built->next = *bucket;
        *bucket = built;
    }
    pthread_rwlock_unlock(&lock);
    if (!other)
        return def;
    arena_free(home);
    return other->def;
}

// The same file may serve two spaces: what a dossier answers to one is not the other's, and is kept under another key.
static const Definition *keyed(Arena *home, const Definition *def, Str key)
{
    if (!def || str_eq(def->id, key))
        return def;
    Definition *own = arena_new_of(home, Definition);
    *own = *def;
    own->id = str_copy(home, key);
    return own;
}

const Definition *definition_get(Db *db, Str version_id)
{
    const Definition *def = find(version_id);
    if (def)
        return def;
    Arena *home = arena_new();
    Rows *rows = QUERY(db, home, Q_DEFINITION_TEXT, ARG(version_id));
    if (rows && rows_len(rows)) {
        Findings findings = {0};
        def = keyed(home, definition_build(home, row_str(rows, 0, "text"), dictionary(), &findings),
                    row_str(rows, 0, "key"));
    }
    if (def)
        return keep(home, version_id, def);
    arena_free(home);
    return NULL;
}
