// SPDX-License-Identifier: Apache-2.0
// A batch of moves: lock, decide one after the other in memory, write once, commit, answer.
#include "move.h"
#include "common.h"
#include "track.h"

enum { ATTEMPTS = 4 };

const Field move_fields[] = {
    FIELD_TEXT(MoveInput, event, .required = true, .max = 64, .help = "The event to fire"),
    FIELD_JSON(MoveInput, data, .help = "What the event asks for"),
    FIELD_INT(MoveInput, version, .low = 1, .high = INT64_MAX,
              .help = "The application's version that you saw; refused when it has changed since"),
    {.name = "for",
     .type = FIELD_UUID_T,
     .offset = offsetof(MoveInput, behalf),
     .help = "For whom you act; needed when several people gave you the right, and none is yours"},
    FIELD_END};

typedef enum Verdicts {
    WAITS,     // not decided yet, or left for a transaction of its own
    DONE,      // a new answer
    REPEATED,  // the answer that this key got before
    KEY_TAKEN, // the key was used for another request
    UNKNOWN,   // no such application, or not to be seen
    OLD,       // the caller saw another version
    NO,        // the workflow refuses
    STRANGER,  // acts for nobody who lets them, or for one of several
    BROKEN     // the definition cannot be read: ours
} Answer;

typedef struct Item {
    Request *rq;
    const MoveInput *in;
    Answer answer;
    uint8_t hash[HASH_SIZE]; // of the request, with a key
    Track *track;
    Outcome outcome;   // NO
    int64_t version;   // OLD
    Standing standing; // STRANGER
    int status;        // DONE, REPEATED
    Str body, etag, location;
    size_t record;           // DONE: which of its track's; its hash is told once it is known
    const struct Item *same; // REPEATED: whose answer, in this batch
} Item;

typedef struct Batch {
    Arena *arena; // this attempt's
    Db *db;
    Item **items;
    size_t n;
    bool waits; // for rows that others have locked
    Track *tracks;
    size_t track_count;
    bool
        committing; // the last flight is out: a broken connection does not tell whether it was done
} Batch;

// --- flight 1: what is there ---------------------------------------------------------------------

static bool keyed(const Item *item)
{
    return item->rq->key.len > 0;
}

// The request that this key was used for, among those answered in this batch or stored before.
static void recall(Item *item, Str hash, int64_t status, Str body, Str etag, Str location)
{
    if (hash.len != HASH_SIZE || memcmp(hash.at, item->hash, HASH_SIZE) != 0) {
        item->answer = KEY_TAKEN;
        return;
    }
    item->answer = REPEATED;
    item->status = (int)status;
    item->body = str_copy(item->rq->arena, body);
    item->etag = str_copy(item->rq->arena, etag);
    item->location = str_copy(item->rq->arena, location);
}

static bool same_key(const Item *item, Str person, Str key)
{
    return keyed(item) && str_eq(item->rq->key, key) && str_eq(item->rq->who->person, person);
}

static void recall_stored(Batch *b, const Rows *rows)
{
    for (size_t r = 0; r < rows_len(rows); r++)
        for (size_t i = 0; i < b->n; i++)
            if (same_key(b->items[i], row_str(rows, r, "person_id"), row_str(rows, r, "key")))
                recall(b->items[i], row_bytes(b->arena, rows, r, "request"),
                       row_int(rows, r, "status"), row_str(rows, r, "body"),
                       row_str(rows, r, "etag"), row_str(rows, r, "location"));
}

static Arg ids_of(Batch *b)
{
    Str *ids = arena_array(b->arena, Str, b->n);
    for (size_t i = 0; i < b->n; i++)
        ids[i] = b->items[i]->rq->params[0];
    return arg_texts(b->arena, ids, b->n);
}

// Keys are looked up behind the lock: whoever used one for this application has committed by then.
static bool lock_all(Batch *b)
{
    Str *persons = arena_array(b->arena, Str, b->n), *keys = arena_array(b->arena, Str, b->n);
    size_t count = 0;
    for (size_t i = 0; i < b->n; i++)
        if (keyed(b->items[i])) {
            persons[count] = b->items[i]->rq->who->person;
            keys[count++] = b->items[i]->rq->key;
        }
    Arg ids = ids_of(b),
        pairs[2] = {arg_texts(b->arena, persons, count), arg_texts(b->arena, keys, count)};
    Flight flights[] = {
        {b->waits ? Q_TRACK_LOCK : Q_TRACK_LOCK_FREE, &ids, 1, NULL},
        {Q_TRACK_CALLS, &ids, 1, NULL},
        {Q_IDEMPOTENCY_FIND_MANY, pairs, 2, NULL},
    };
    if (!db_flight(b->db, b->arena, flights, count ? 3 : 2))
        return false;
    if (count)
        recall_stored(b, flights[2].rows);
    b->track_count = rows_len(flights[0].rows);
    b->tracks = arena_array(b->arena, Track, b->track_count);
    return tracks_read_locked(b->db, b->arena, flights[0].rows, flights[1].rows, b->tracks);
}

// Finds each request's track and what its event will read.
static bool find_all(Batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        Item *item = b->items[i];
        item->track = track_find(b->tracks, b->track_count, item->rq->params[0]);
        if (item->answer != WAITS)
            continue;
        if (!item->track)
            item->answer = b->waits ? UNKNOWN : WAITS;
        else if (!item->track->def)
            item->answer = BROKEN;
        else if (!track_visible(item->track, item->rq->who))
            item->answer = UNKNOWN;
        else
            item->track->needs |= facts_needed(item->track->def, item->in->event);
    }
    return tracks_facts(b->db, b->arena, b->tracks, b->track_count);
}

// --- in memory -----------------------------------------------------------------------------------

static void write_answer(Item *item)
{
    Track *t = item->track;
    Buf buf = {.arena = item->rq->arena};
    buf_add(&buf, STR("{\"application\":"));
    track_write(&buf, t, track_actor(t, item->rq->who).roles);
    buf_add(&buf, STR(",\"move\":"));
    item->record = t->records.len - 1;
    record_write(&buf, t, &t->records.at[item->record]);
    buf_char(&buf, '}');
    item->status = item->rq->route->status;
    item->body = buf_str(&buf);
    item->etag = STR(""); // of a move there is none: what it is fired at is shown to each otherwise
    item->location = STR("");
}

// Was this key used a moment ago, by a neighbour in this batch?
static bool repeated(Batch *b, size_t at)
{
    Item *item = b->items[at];
    for (size_t i = 0; i < at && keyed(item); i++) {
        const Item *other = b->items[i];
        if (other->answer != DONE || !same_key(other, item->rq->who->person, item->rq->key))
            continue;
        recall(item, (Str){(const char *)other->hash, HASH_SIZE}, other->status, other->body,
               other->etag, other->location);
        item->same = other;
        return true;
    }
    return false;
}

static void decide_one(Batch *b, size_t at)
{
    Item *item = b->items[at];
    Track *t = item->track;
    if (item->answer != WAITS || !t || repeated(b, at))
        return;
    if (t->turned) // its guards read another text now: after this commit, in a transaction of its
                   // own
        return;
    if (item->in->version && item->in->version != t->told_version) {
        item->version = t->told_version;
        item->answer = OLD;
        return;
    }
    Event event = {.name = item->in->event, .data = item->in->data, .item = ID_NONE};
    Actor actor;
    Str behalf = item->in->behalf.len ? item->in->behalf : request_header(item->rq, "Acting-For");
    item->standing = track_stand(t, item->rq->who, behalf, &event, &actor);
    if (item->standing != STANDS) {
        item->answer = STRANGER;
        return;
    }
    item->outcome = track_fire(item->rq->arena, t, &event, &actor);
    item->answer = item->outcome.verdict == REFUSED ? NO : DONE;
    if (item->answer == DONE)
        write_answer(item);
}

// --- flight 2: what becomes of it ----------------------------------------------------------------

static bool answers(Batch *b, Flight *ret)
{
    size_t n = 0;
    Str *persons = arena_array(b->arena, Str, b->n), *keys = arena_array(b->arena, Str, b->n);
    Str *etags = arena_array(b->arena, Str, b->n), *bodies = arena_array(b->arena, Str, b->n);
    Str *locations = arena_array(b->arena, Str, b->n);
    int64_t *statuses = arena_array(b->arena, int64_t, b->n);
    uint8_t *hashes = arena_array(b->arena, uint8_t, b->n * HASH_SIZE);
    for (size_t i = 0; i < b->n; i++) {
        const Item *item = b->items[i];
        if (item->answer != DONE || !keyed(item))
            continue;
        persons[n] = item->rq->who->person;
        keys[n] = item->rq->key;
        memcpy(hashes + n * HASH_SIZE, item->hash, HASH_SIZE);
        statuses[n] = item->status;
        locations[n] = item->location;
        etags[n] = item->etag;
        bodies[n++] = item->body;
    }
    if (n == 0)
        return false;
    Arg *args = arena_array(b->arena, Arg, 7);
    args[0] = arg_texts(b->arena, persons, n);
    args[1] = arg_texts(b->arena, keys, n);
    args[2] = arg_hexes(b->arena, hashes, n, HASH_SIZE);
    args[3] = arg_ints(b->arena, statuses, n);
    args[4] = arg_texts(b->arena, locations, n);
    args[5] = arg_texts(b->arena, etags, n);
    args[6] = arg_texts(b->arena, bodies, n);
    *ret = (Flight){Q_IDEMPOTENCY_ADD, args, 7, NULL};
    return true;
}

// The hash of a move covers what it filed, which is read after it was decided: it takes its place, the last of the answer.
static void tell_hashes(Batch *b)
{
    static const size_t behind = sizeof "\"}}" - 1;
    for (size_t i = 0; i < b->n; i++) {
        Item *item = b->items[i];
        if (item->answer == DONE) {
            Str hex = hash_hex(b->arena, item->track->records.at[item->record].hash, HASH_SIZE);
            memcpy((char *)(uintptr_t)item->body.at + item->body.len - behind - hex.len, hex.at,
                   hex.len);
        } else if (item->answer == REPEATED && item->same) {
            item->body = str_copy(item->rq->arena, item->same->body);
        }
    }
}

static bool attempt(Batch *b)
{
    if (!db_begin(b->db) || !lock_all(b) || !find_all(b))
        return false;
    for (size_t i = 0; i < b->n; i++)
        decide_one(b, i);
    if (!tracks_chain(b->db, b->arena, b->tracks, b->track_count))
        return false;
    tell_hashes(b);
    Flight more[2];
    size_t count = answers(b, &more[0]);
    more[count++] = (Flight){.query = Q_COMMIT};
    b->committing = true;
    return tracks_store(b->db, b->arena, b->tracks, b->track_count, more, count);
}

// --- answering -----------------------------------------------------------------------------------

static void answer(Item *item)
{
    Request *rq = item->rq;
    switch (item->answer) {
    case DONE:
    case REPEATED:
        rq->reply.etag = item->etag;
        rq->reply.location = item->location;
        reply_text(rq, item->status, item->body);
        return;
    case KEY_TAKEN:
        fault(rq, FAULT_KEY_REUSED, NULL,
              T("Cette clé a déjà servi à une autre requête ; il en faut une nouvelle.",
                "This key was used for another request; take a new one."));
        return;
    case UNKNOWN:
        not_found(rq);
        return;
    case OLD:
        fault(rq, FAULT_STALE, "/version",
              T("Le dossier a bougé entre-temps : sa version est maintenant {0}.",
                "The application has moved meanwhile: its version is now {0}."),
              str_format(rq->arena, "%lld", (long long)item->version));
        return;
    case NO:
        refused(rq, &item->outcome);
        return;
    case STRANGER:
        stands_not(rq, item->standing);
        return;
    case WAITS:
    case BROKEN:
        fault(rq, FAULT_INTERNAL, NULL,
              T("Le règlement de cet appel ne peut plus être lu.",
                "The workflow of this call cannot be read any more."));
        return;
    }
}

static void fail_all(Batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        Request *rq = b->items[i]->rq;
        rq->db = b->db;
        rq->reply.retry_after = 1;
        if (failed(rq) || rq->faults.len)
            continue;
        fault(rq, db_error(b->db) == DB_RETRY ? FAULT_BUSY : FAULT_INTERNAL, NULL,
              T("La démarche n'a pas pu être enregistrée ; rien n'a changé.",
                "The move could not be recorded; nothing has changed."));
    }
}

// Runs the items as one transaction and answers those that it decided; the others WAIT. One that
// breaks a rule of the database is found by running each alone.
static void run(Db *db, Item **items, size_t n, bool waits)
{
    Batch b = {.db = db, .items = items, .n = n, .waits = waits};
    bool done = false, again = true;
    for (int i = 0; i < ATTEMPTS && again && !done; i++) {
        for (size_t k = 0; k < n; k++)
            items[k]->answer = WAITS, items[k]->same = NULL;
        b.arena = arena_new();
        b.committing = false;
        done = attempt(&b);
        if (!done)
            db_rollback(db);
        for (size_t k = 0; k < n && done; k++)
            if (items[k]->answer != WAITS)
                answer(items[k]);
        // A connection that broke while we were idle shows at the first flight, and costs nothing
        // but another attempt.
        again = db_error(db) == DB_RETRY || (db_error(db) == DB_DOWN && !b.committing && i == 0);
        arena_free(b.arena);
    }
    if (done)
        return;
    bool ours = db_error(db) != DB_DOWN && db_error(db) != DB_TIMEOUT;
    if (!ours || n == 1) {
        fail_all(&b);
        return;
    }
    for (size_t i = 0; i < n; i++)
        run(db, &items[i], 1, true);
}

static bool waiting(const Item *item)
{
    return item->answer == WAITS && item->rq->faults.len == 0;
}

void moves_take(Request **rqs, size_t n, Db *db)
{
    Arena *arena = arena_new();
    Item *items = arena_array(arena, Item, n);
    Item **left = arena_array(arena, Item *, n);
    for (size_t i = 0; i < n; i++) {
        items[i] = (Item){.rq = rqs[i], .in = rqs[i]->input};
        left[i] = &items[i];
        Str parts[] = {str_of(rqs[i]->route->path), rqs[i]->path, rqs[i]->body,
                       request_header(rqs[i], "Acting-For")};
        if (keyed(&items[i]))
            hash_parts(items[i].hash, parts, parts[3].len ? 4 : 3);
    }
    // First those whose rows are free; then, waiting for others, what is left. Each round answers
    // the first of an application.
    for (bool waits = false; n > 0; waits = true) {
        run(db, left, n, waits);
        size_t kept = 0;
        for (size_t i = 0; i < n; i++)
            if (waiting(left[i]))
                left[kept++] = left[i];
        n = kept;
    }
    arena_free(arena);
}
