// SPDX-License-Identifier: Apache-2.0
// jalon territories import: the whole of France from the JSON files of the npm package @etalab/decoupage-administratif, in one
// transaction. Only what differs is written, so that it can be run again, and with next year's files.
#include "commands_inside.h"
#include "history/chain.h"
#include "resources/territory.h"
#include "../engine/base/vec.h"
#include <stdlib.h>
#include <time.h>

enum { FILE_MAX = 64 << 20 };

typedef struct Place {
    Str code, kind, name, now;
    int64_t population; // -1: not known
} Place;

typedef struct Link {
    Str code, parent;
} Link;

struct Territories {
    Arena *arena;
    Lang lang;
    VEC(Place) places;
    VEC(Link) links;
    json_t *today;  // code of a commune -> its object
    json_t *people; // code of a region or département -> sum
    int64_t nation, communes, districts, old;
    size_t epci, departements, regions;
};

// --- files ---------------------------------------------------------------------------------------

static json_t *list_read(Territories *t, const char *folder, const char *name)
{
    static const char *const where[] = {"%s/data/%s.json", "%s/%s.json"};
    Str path = STR_NONE;
    FILE *file = NULL;
    for (size_t i = 0; i < 2 && !file; i++) {
        path = i ? str_format(t->arena, where[1], folder, name)
                 : str_format(t->arena, where[0], folder, name);
        file = fopen(path.at, "rb");
    }
    if (!file) {
        say_message(
            stderr, t->lang,
            MESSAGE(
                T("jalon : {0} n'est pas dans {1} ; deploy/territories l'y apporte (npm install "
                  "@etalab/decoupage-administratif).",
                  "jalon: {0} is not in {1}; deploy/territories brings it there (npm install "
                  "@etalab/decoupage-administratif)."),
                str_format(t->arena, "%s.json", name), str_of(folder)));
        return NULL;
    }
    json_error_t error;
    fseek(file, 0, SEEK_END);
    bool small = ftell(file) <= FILE_MAX;
    rewind(file);
    json_t *list = small ? json_loadf(file, JSON_REJECT_DUPLICATES, &error) : NULL;
    fclose(file);
    if (list && json_is_array(list))
        return json_keep(t->arena, list);
    say_message(stderr, t->lang,
                MESSAGE(T("jalon : {0} : une liste JSON est attendue.",
                          "jalon: {0}: a JSON list is expected."),
                        path));
    return NULL;
}

// --- what they mean ------------------------------------------------------------------------------

static Str text_at(const json_t *object, const char *name)
{
    return json_str(json_at(object, name));
}

static Str code_of(Territories *t, const char *prefix, Str code)
{
    return str_format(t->arena, "%s-" STR_FMT, prefix, STR_ARG(code));
}

static void place(Territories *t, Str code, const char *kind, Str name, int64_t population)
{
    vec_push(t->arena, &t->places, (Place){code, str_of(kind), name, STR_NONE, population});
}

static void linked(Territories *t, Str code, Str parent)
{
    vec_push(t->arena, &t->links, (Link){code, parent});
}

static int64_t population_of(const json_t *object, const char *name)
{
    const json_t *n = json_at(object, name);
    return json_is_integer(n) ? json_integer_value(n) : -1;
}

static void count_people(Territories *t, Str code, int64_t n)
{
    json_int_t sum = json_integer_value(json_object_getn(t->people, code.at, code.len));
    json_object_setn_new(t->people, code.at, code.len, json_integer(sum + (n > 0 ? n : 0)));
}

static int64_t people(const Territories *t, Str code)
{
    json_t *sum = json_object_getn(t->people, code.at, code.len);
    return sum ? json_integer_value(sum) : -1;
}

static void commune(Territories *t, json_t *c)
{
    Str insee = text_at(c, "code"), code = code_of(t, "COM", insee);
    Str departement = code_of(t, "DEP", text_at(c, "departement"));
    int64_t n = population_of(c, "population");
    place(t, code, "commune", text_at(c, "nom"), n);
    linked(t, code, departement);
    count_people(t, departement, n);
    count_people(t, code_of(t, "REG", text_at(c, "region")), n);
    t->nation += n > 0 ? n : 0;
    t->communes++;
    json_object_setn(t->today, insee.at, insee.len, c);
}

static void district(Territories *t, const json_t *c)
{
    Str code = code_of(t, "ARM", text_at(c, "code"));
    place(t, code, "arrondissement-municipal", text_at(c, "nom"), population_of(c, "population"));
    linked(t, code, code_of(t, "COM", text_at(c, "commune")));
    t->districts++;
}

static void old_code(Territories *t, json_t *names, Str old, Str now)
{
    Str name = json_str(json_object_getn(names, old.at, old.len));
    const json_t *today = json_object_getn(t->today, now.at, now.len);
    if (json_object_getn(t->today, old.at, old.len) || !today)
        return; // a part that bears the code of the whole, or a commune that is itself again
    vec_push(t->arena, &t->places,
             (Place){code_of(t, "COM", old), STR("commune"),
                     name.len ? name : text_at(today, "nom"), code_of(t, "COM", now), -1});
    t->old++;
}

// Old codes stand with the commune that took them in; parts of it that keep a name tell what they were called.
static void old_codes(Territories *t, const json_t *communes)
{
    json_t *names = json_keep(t->arena, json_object()), *done = json_keep(t->arena, json_object());
    size_t i, k;
    json_t *c, *old;
    json_array_foreach(communes, i, c)
    {
        Str code = text_at(c, "code");
        if (json_at(c, "chefLieu"))
            json_object_setn(names, code.at, code.len, json_at(c, "nom"));
    }
    json_array_foreach(communes, i, c)
    {
        json_array_foreach(json_at(c, "anciensCodes"), k, old)
        {
            old_code(t, names, json_str(old), text_at(c, "code"));
            json_object_set_new(done, json_string_value(old) ? json_string_value(old) : "",
                                json_true());
        }
    }
    json_array_foreach(communes, i, c)
    {
        Str code = text_at(c, "code"), whole = text_at(c, "chefLieu");
        if (whole.len && !json_object_getn(done, code.at, code.len))
            old_code(t, names, code, whole);
    }
}

static void communes_take(Territories *t, const json_t *list)
{
    size_t i;
    json_t *c;
    json_array_foreach(list, i, c)
    {
        Str type = text_at(c, "type");
        if (str_is(type, "commune-actuelle"))
            commune(t, c);
        else if (str_is(type, "arrondissement-municipal"))
            district(t, c);
    }
    old_codes(t, list);
}

// One that has communes of several départements lies in none of them, but in their region when it is one.
static Str above(Territories *t, const json_t *members)
{
    Str departement = STR_NONE, region = STR_NONE;
    bool one_departement = true, one_region = true;
    size_t i;
    json_t *m;
    json_array_foreach(members, i, m)
    {
        Str insee = text_at(m, "code");
        const json_t *c = json_object_getn(t->today, insee.at, insee.len);
        Str d = text_at(c, "departement"), r = text_at(c, "region");
        one_departement = one_departement && (!departement.len || str_eq(d, departement));
        one_region = one_region && (!region.len || str_eq(r, region));
        departement = d;
        region = r;
    }
    return !region.len       ? STR("FR")
           : one_departement ? code_of(t, "DEP", departement)
           : one_region      ? code_of(t, "REG", region)
                             : STR("FR");
}

static void epci_take(Territories *t, const json_t *list)
{
    size_t i, k;
    json_t *e, *m;
    json_array_foreach(list, i, e)
    {
        Str code = code_of(t, "EPCI", text_at(e, "code"));
        const json_t *members = json_at(e, "membres");
        place(t, code, "epci", text_at(e, "nom"), population_of(e, "populationMunicipale"));
        linked(t, code, above(t, members));
        json_array_foreach(members, k, m)
        {
            Str insee = text_at(m, "code");
            if (json_object_getn(t->today, insee.at, insee.len))
                linked(t, code_of(t, "COM", insee), code);
        }
    }
    t->epci = json_array_size(list);
}

static void departements_take(Territories *t, const json_t *list)
{
    size_t i;
    json_t *d;
    json_array_foreach(list, i, d)
    {
        Str code = code_of(t, "DEP", text_at(d, "code"));
        place(t, code, "departement", text_at(d, "nom"), people(t, code));
        linked(t, code, code_of(t, "REG", text_at(d, "region")));
    }
    t->departements = json_array_size(list);
}

static void regions_take(Territories *t, const json_t *list)
{
    size_t i;
    json_t *r;
    json_array_foreach(list, i, r)
    {
        Str code = code_of(t, "REG", text_at(r, "code"));
        place(t, code, "region", text_at(r, "nom"), people(t, code));
        linked(t, code, STR("FR"));
    }
    t->regions = json_array_size(list);
    place(t, STR("FR"), "nation", STR("France"), t->nation);
}

Territories *territories_read(Arena *arena, Lang lang, const char *folder)
{
    Territories *t = arena_new_of(arena, Territories);
    t->arena = arena;
    t->lang = lang;
    t->today = json_keep(arena, json_object());
    t->people = json_keep(arena, json_object());
    const json_t *communes = list_read(t, folder, "communes");
    const json_t *epci = communes ? list_read(t, folder, "epci") : NULL;
    const json_t *departements = epci ? list_read(t, folder, "departements") : NULL;
    const json_t *regions = departements ? list_read(t, folder, "regions") : NULL;
    if (!regions)
        return NULL;
    communes_take(t, communes);
    epci_take(t, epci);
    departements_take(t, departements);
    regions_take(t, regions);
    return t;
}

// --- into the database ---------------------------------------------------------------------------

static Arg populations(const Territories *t)
{
    Str *texts = arena_array(t->arena, Str, t->places.len);
    for (size_t i = 0; i < t->places.len; i++)
        if (t->places.at[i].population >= 0)
            texts[i] = str_format(t->arena, "%lld", (long long)t->places.at[i].population);
    return arg_texts(t->arena, texts, t->places.len);
}

static Arg column(const Territories *t, size_t offset)
{
    Str *texts = arena_array(t->arena, Str, t->places.len);
    for (size_t i = 0; i < t->places.len; i++)
        texts[i] = *(const Str *)((const char *)&t->places.at[i] + offset);
    return arg_texts(t->arena, texts, t->places.len);
}

static Arg link_column(const Territories *t, bool parents)
{
    Str *texts = arena_array(t->arena, Str, t->links.len);
    for (size_t i = 0; i < t->links.len; i++)
        texts[i] = parents ? t->links.at[i].parent : t->links.at[i].code;
    return arg_texts(t->arena, texts, t->links.len);
}

// Number of territories that differ from what stood there, -1 when the database refuses.
static int64_t store(Db *db, const Territories *t)
{
    Arena *arena = t->arena;
    Arg codes = column(t, offsetof(Place, code));
    if (!db_begin(db) || !QUERY0(db, arena, Q_TERRITORY_LOCK) ||
        !QUERY0(db, arena, Q_TERRITORY_MANY))
        return -1;
    Rows *places =
        QUERY(db, arena, Q_TERRITORY_IMPORT, codes, column(t, offsetof(Place, kind)),
              column(t, offsetof(Place, name)), populations(t), column(t, offsetof(Place, now)));
    Rows *links = places ? QUERY(db, arena, Q_TERRITORY_LINK, codes, link_column(t, false),
                                 link_column(t, true))
                         : NULL;
    if (!links)
        return -1;
    Str circle;
    int64_t written = row_int(places, 0, "count"), moved = (int64_t)rows_len(links),
            count = written > moved ? written : moved;
    Deed deed = {.kind = CHAIN_PLATFORM,
                 .event = "territories.written",
                 .data = json_keep(arena, json_pack("{s:I}", "count", (json_int_t)count))};
    return territory_renew(db, arena, links, &circle) && !circle.len &&
                   chain_add(db, arena, &deed) && db_commit(db)
               ? count
               : -1;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static Str number(const Territories *t, int64_t n)
{
    return str_format(t->arena, "%lld", (long long)n);
}

int territories_store(const Territories *t, const char *conninfo)
{
    double began = seconds();
    Db *db = db_open_slow(conninfo);
    int64_t written = db_ready(db) ? store(db, t) : -1;
    if (written < 0)
        fprintf(stderr, "jalon territories: %s\n",
                db_error(db) == DB_DOWN ? "the database does not answer: is the server running?"
                                        : db_detail(db));
    db_close(db);
    if (written < 0)
        return EXIT_WRONG;
    say_message(
        stdout, t->lang,
        MESSAGE(T("{0} communes, {1} arrondissements municipaux, {2} EPCI, {3} départements, {4} "
                  "régions, "
                  "{5} anciens codes",
                  "{0} communes, {1} municipal districts, {2} EPCI, {3} départements, {4} regions, "
                  "{5} old codes"),
                number(t, t->communes), number(t, t->districts), number(t, (int64_t)t->epci),
                number(t, (int64_t)t->departements), number(t, (int64_t)t->regions),
                number(t, t->old)));
    say_message(stdout, t->lang,
                MESSAGE(T("{0} modifiés, en {1} s", "{0} changed, in {1} s"), number(t, written),
                        str_format(t->arena, "%.1f", seconds() - began)));
    return EXIT_WELL;
}
