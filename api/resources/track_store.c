// SPDX-License-Identifier: Apache-2.0
// Writing what tracks remember: each table in one statement for the whole batch, all statements in
// one flight.
#include "track_inside.h"

typedef VEC(Str) Strs;
typedef VEC(int64_t) Ints;
typedef VEC(Time) Times;

static bool changed(const Track *t)
{
    return t->records.len > 0;
}

// A version that is to be sealed is kept with its content, which no guard may have read. It is read
// under a lock, so that this is the version that counts from here on.
static bool read_sealed(Db *db, Arena *arena, Track *tracks, size_t n)
{
    Strs ids = {0};
    for (size_t i = 0; i < n; i++)
        if (tracks[i].seals && !tracks[i].content)
            vec_push(arena, &ids, tracks[i].id);
    if (ids.len == 0)
        return true;
    Rows *rows = QUERY(db, arena, Q_SEAL_READ, arg_texts(arena, ids.at, ids.len));
    for (size_t i = 0; rows && i < rows_len(rows); i++) {
        Track *t = track_find(tracks, n, row_str(rows, i, "application_id"));
        t->content = row_json(arena, rows, i, "content");
        t->documents = row_json(arena, rows, i, "documents");
        t->sealed_version = t->dossier_version = row_int(rows, i, "version");
    }
    return rows != NULL;
}

static void seal(Arena *arena, Track *t)
{
    json_t *whole =
        json_keep(arena, json_pack("{s:O,s:O}", "content", t->content, "documents", t->documents));
    t->seal = hash_sha256(arena, json_canonical(arena, whole));
}

static void chain(Arena *arena, Track *t, Record *r)
{
    Entry entry = {.kind = CHAIN_APPLICATION,
                   .tree = t->scope.space,
                   .chain = t->id,
                   .version = r->told,
                   .at = r->at,
                   .event = r->event,
                   .places = r->paths,
                   .place_count = r->path_count,
                   .seal = r->seals ? t->seal : STR(""),
                   .person = r->person,
                   .behalf = r->behalf,
                   .data = r->data_text};
    entry_salt(r->salt);
    entry_chain(arena, r->hash, t->hash, r->salt, &entry);
    memcpy(t->hash, r->hash, HASH_SIZE);
    r->chained = true;
}

bool tracks_chain(Db *db, Arena *arena, Track *tracks, size_t n)
{
    if (!read_sealed(db, arena, tracks, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (tracks[i].seals && !tracks[i].seal.len)
            seal(arena, &tracks[i]);
        for (size_t k = 0; k < tracks[i].records.len; k++)
            if (!tracks[i].records.at[k].chained)
                chain(arena, &tracks[i], &tracks[i].records.at[k]);
    }
    return true;
}

static bool seals(Arena *arena, Track *tracks, size_t n, Flight *ret)
{
    Strs dossiers = {0}, contents = {0}, documents = {0}, hashes = {0};
    Ints versions = {0};
    Times at = {0};
    for (size_t i = 0; i < n; i++) {
        Track *t = &tracks[i];
        if (!t->seals)
            continue;
        vec_push(arena, &dossiers, t->scope.dossier);
        vec_push(arena, &versions, t->dossier_version);
        vec_push(arena, &contents, json_text(arena, t->content));
        vec_push(arena, &documents, json_text(arena, t->documents));
        vec_push(arena, &hashes, t->seal);
        vec_push(arena, &at, t->now);
    }
    if (dossiers.len == 0)
        return false;
    Arg *args = arena_array(arena, Arg, 6);
    args[0] = arg_texts(arena, dossiers.at, dossiers.len);
    args[1] = arg_ints(arena, versions.at, versions.len);
    args[2] = arg_texts(arena, contents.at, contents.len);
    args[3] = arg_texts(arena, documents.at, documents.len);
    args[4] = arg_texts(arena, hashes.at, hashes.len);
    args[5] = arg_times(arena, at.at, at.len);
    *ret = (Flight){Q_SEAL_ADD, args, 6, NULL};
    return true;
}

static bool states(Arena *arena, Track *tracks, size_t n, Flight *ret)
{
    Strs ids = {0}, texts = {0}, places = {0}, stages = {0}, overs = {0}, versions = {0},
         sealed = {0}, told = {0};
    VEC(uint8_t) hashes = {0};
    Times filed = {0}, cutoffs = {0}, at = {0};
    for (size_t i = 0; i < n; i++) {
        const Track *t = &tracks[i];
        if (!changed(t))
            continue;
        vec_push(arena, &ids, t->id);
        vec_push(arena, &texts, case_text(arena, t->def, &t->at));
        vec_push(arena, &places, t->records.at[t->records.len - 1].places);
        vec_push(arena, &stages, str_of(stage_word(case_stage(t->def, &t->at))));
        vec_push(arena, &overs, t->at.over ? STR("t") : STR("f"));
        vec_push(arena, &versions, arg_int(arena, t->version).text);
        vec_push(arena, &sealed,
                 t->sealed_version ? arg_int(arena, t->sealed_version).text : STR_NONE);
        for (size_t k = 0; k < HASH_SIZE; k++)
            vec_push(arena, &hashes, t->hash[k]);
        vec_push(arena, &filed, t->filed_at);
        vec_push(arena, &cutoffs, t->cutoff);
        vec_push(arena, &at, t->quiet ? TIME_NONE : t->now);
        vec_push(arena, &told,
                 t->told_version == t->version ? STR_NONE : arg_int(arena, t->told_version).text);
    }
    if (ids.len == 0)
        return false;
    Arg *args = arena_array(arena, Arg, 12);
    args[0] = arg_texts(arena, ids.at, ids.len);
    args[1] = arg_texts(arena, texts.at, ids.len);
    args[2] = arg_texts(arena, places.at, ids.len);
    args[3] = arg_texts(arena, stages.at, ids.len);
    args[4] = arg_texts(arena, overs.at, ids.len);
    args[5] = arg_texts(arena, versions.at, ids.len);
    args[6] = arg_hexes(arena, hashes.at, ids.len, HASH_SIZE);
    args[7] = arg_texts(arena, sealed.at, ids.len);
    args[8] = arg_times(arena, filed.at, ids.len);
    args[9] = arg_times(arena, cutoffs.at, ids.len);
    args[10] = arg_times(arena, at.at, ids.len);
    args[11] = arg_texts(arena, told.at, ids.len);
    *ret = (Flight){Q_TRACK_WRITE, args, 12, NULL};
    return true;
}

static Str or_null(Str s)
{
    return s.len ? s : STR_NONE;
}

static bool records(Arena *arena, Track *tracks, size_t n, Flight *ret)
{
    Strs ids = {0}, trees = {0}, events = {0}, persons = {0}, behalves = {0}, data = {0},
         places = {0}, sealed = {0}, told = {0};
    Ints versions = {0};
    Times at = {0};
    VEC(uint8_t) hashes = {0}, salts = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tracks[i].records.len; k++) {
            const Record *r = &tracks[i].records.at[k];
            vec_push(arena, &ids, tracks[i].id);
            vec_push(arena, &trees, tracks[i].scope.space);
            vec_push(arena, &versions, r->version);
            vec_push(arena, &events, r->event);
            vec_push(arena, &persons, or_null(r->person));
            vec_push(arena, &behalves, or_null(r->behalf));
            vec_push(arena, &data, r->data_text);
            vec_push(arena, &places, r->places);
            vec_push(arena, &at, r->at);
            for (size_t h = 0; h < HASH_SIZE; h++)
                vec_push(arena, &hashes, r->hash[h]);
            for (size_t h = 0; h < SALT_SIZE; h++)
                vec_push(arena, &salts, r->salt[h]);
            vec_push(arena, &sealed,
                     r->seals ? str_format(arena, "\\x" STR_FMT, STR_ARG(tracks[i].seal))
                              : STR_NONE);
            vec_push(arena, &told, r->told == r->version ? STR_NONE : arg_int(arena, r->told).text);
        }
    if (ids.len == 0)
        return false;
    Arg *args = arena_array(arena, Arg, 13);
    args[0] = arg_texts(arena, ids.at, ids.len);
    args[1] = arg_texts(arena, trees.at, ids.len);
    args[2] = arg_ints(arena, versions.at, ids.len);
    args[3] = arg_texts(arena, events.at, ids.len);
    args[4] = arg_texts(arena, persons.at, ids.len);
    args[5] = arg_texts(arena, behalves.at, ids.len);
    args[6] = arg_texts(arena, data.at, ids.len);
    args[7] = arg_texts(arena, places.at, ids.len);
    args[8] = arg_times(arena, at.at, ids.len);
    args[9] = arg_hexes(arena, hashes.at, ids.len, HASH_SIZE);
    args[10] = arg_hexes(arena, salts.at, ids.len, SALT_SIZE);
    args[11] = arg_texts(arena, sealed.at, ids.len);
    args[12] = arg_texts(arena, told.at, ids.len);
    *ret = (Flight){Q_MOVE_ADD, args, 13, NULL};
    return true;
}

// Timers that fall away, then those that are set: a name is in one list only, by its last change.
static size_t timers(Arena *arena, Track *tracks, size_t n, Flight *ret)
{
    Strs gone = {0}, gone_names = {0}, owners = {0}, names = {0}, data = {0};
    Times due = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tracks[i].timers.len; k++) {
            const TimerChange *c = &tracks[i].timers.at[k];
            if (c->due == TIME_NONE) {
                vec_push(arena, &gone, tracks[i].id);
                vec_push(arena, &gone_names, c->name);
                continue;
            }
            vec_push(arena, &owners, tracks[i].id);
            vec_push(arena, &names, c->name);
            vec_push(arena, &due, c->due);
            vec_push(arena, &data, c->data ? json_text(arena, c->data) : STR_NONE);
        }
    size_t count = 0;
    Arg *args = arena_array(arena, Arg, 6);
    if (gone.len) {
        args[0] = arg_texts(arena, gone.at, gone.len);
        args[1] = arg_texts(arena, gone_names.at, gone.len);
        ret[count++] = (Flight){Q_TIMER_DROP, args, 2, NULL};
    }
    if (owners.len) {
        args[2] = arg_texts(arena, owners.at, owners.len);
        args[3] = arg_texts(arena, names.at, owners.len);
        args[4] = arg_times(arena, due.at, owners.len);
        args[5] = arg_texts(arena, data.at, owners.len);
        ret[count++] = (Flight){Q_TIMER_PUT, args + 2, 4, NULL};
    }
    return count;
}

bool tracks_store(Db *db, Arena *arena, Track *tracks, size_t n, Flight *more, size_t more_count)
{
    if (!tracks_chain(db, arena, tracks, n))
        return false;
    Flight *flights = arena_array(arena, Flight, 6 + more_count);
    size_t count = 0;
    count += seals(arena, tracks, n, &flights[count]);
    count += states(arena, tracks, n, &flights[count]);
    count += records(arena, tracks, n, &flights[count]);
    count += timers(arena, tracks, n, &flights[count]);
    count += tracks_mails(arena, tracks, n, &flights[count]);
    for (size_t i = 0; i < more_count; i++)
        flights[count++] = more[i];
    if (count && !db_flight(db, arena, flights, count))
        return false;
    for (size_t i = 0; i < n; i++) { // what is stored is not stored again
        tracks[i].records.len = tracks[i].timers.len = tracks[i].mails.len = 0;
        tracks[i].seals = false;
        tracks[i].seal = STR_NONE;
    }
    return true;
}
