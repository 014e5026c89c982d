// SPDX-License-Identifier: Apache-2.0
// The track of an application: locked, decided upon, stored. Moves of people, acts, timers and the opening all come through
// here, so that one code stores every outcome. A batch holds many tracks; what one decides never touches the others.
//
// The way of every change, two round trips when the guards read nothing but the call:
//   lock (Q_TRACK_LOCK) -> tracks_read -> tracks_facts -> track_fire, any number of times -> tracks_store
#pragma once
#include "../../engine/base/vec.h"
#include "../../engine/facts.h"
#include "../auth/access.h"
#include "../history/entry.h"

// One line of the history, to be written.
typedef struct Record {
    int64_t version, told; // on its chain; the application's by it, as all may know it
    Str event, person; // person empty: the system
    Str behalf;        // for whom, or empty
    json_t *data;
    Str data_text;
    Str places;        // as an array literal
    const Str *paths;  // the same
    size_t path_count;
    Time at;
    bool seals;        // it files the dossier
    bool chained;      // has its salt and its hash
    uint8_t salt[SALT_SIZE], hash[HASH_SIZE];
} Record;

typedef struct TimerChange {
    Str name;
    Time due; // TIME_NONE: cancelled
    json_t *data;
} TimerChange;

typedef struct MailOut {
    ItemId mail;
    Str subject[2], body[2]; // by Lang
} MailOut;

typedef struct Track {
    Arena *arena;
    const Rows *rows; // where it was read: row `row`
    size_t row;
    Str id, number;
    ApplicationScope scope;
    const Definition *def; // NULL: cannot be read any more, which is our mistake
    Time now;

    Case at;
    int64_t version;      // entries on its chain
    int64_t told_version; // how often it changed, as all who know of it may know: acts that change nothing of it do not count
    bool quiet;           // nothing but such acts was remembered: nobody else hears that something changed
    uint8_t hash[HASH_SIZE]; // of the last record that is chained
    int64_t sealed_version; // 0: the living dossier counts
    int64_t dossier_version;
    Time filed_at, cutoff;

    uint64_t needs, loaded; // slots wanted, slots present
    Facts facts;
    json_t *content, *documents; // of the living dossier; NULL: not loaded, or only the sealed version was

    bool seals;  // the present version of the dossier is to be kept
    Str seal;    // its SHA-256, once chained
    bool turned; // sealed or unsealed in this transaction: what guards read of the dossier is another text from now on
    VEC(Record) records;
    VEC(TimerChange) timers;
    VEC(MailOut) mails;
} Track;

// Reads locked (or just read) rows and finds their definitions. `now` is the database's time, moved by the test clock. False
// when the database fails.
bool tracks_read(Db *db, Arena *arena, const Rows *rows, Time now, Track *ret);
// The same of rows that were just locked, with those of Q_TRACK_CALLS behind the lock.
bool tracks_read_locked(Db *db, Arena *arena, const Rows *rows, const Rows *calls, Track *ret);
// The track of this application, or NULL.
Track *track_find(Track *tracks, size_t n, Str id);

// Loads what `needs` of each asks and `loaded` does not have, for all of them in one flight. False when the database fails.
bool tracks_facts(Db *db, Arena *arena, Track *tracks, size_t n);

// The facts as they stand now, of the slots that are loaded.
Facts track_facts(Track *t);

// Decides, and when it is not refused moves the track and remembers what is to be stored. `arena` lives until tracks_store.
Outcome track_fire(Arena *arena, Track *track, const Event *event, const Actor *actor);
// The same for the first configuration; the history begins with the event "opened".
Outcome track_start(Arena *arena, Track *track, const Actor *actor);

// The track goes over to another definition, in a case that decide() did not make; the history says so with `event`, and what
// timers become is the caller's to add.
void track_carry(Arena *arena, Track *track, const Definition *def, const Case *next, const Event *event, const Actor *actor);

// The history tells of `event`, by which nothing moves.
void track_note(Arena *arena, Track *track, const Event *event, const Actor *actor);

// Chains the records by their hashes, which tracks_store does otherwise: for answers that tell them. Reads contents that are to
// be sealed and were not read yet. False when the database fails. Nothing is fired between this and tracks_store.
bool tracks_chain(Db *db, Arena *arena, Track *tracks, size_t n);

// Writes what the tracks remember and the statements in `more` behind it, in one flight (but for contents that are to be sealed
// and were not read yet). Q_COMMIT may be the last of `more`.
bool tracks_store(Db *db, Arena *arena, Track *tracks, size_t n, Flight *more, size_t more_count);

// Who looks on: `who` with all roles held on this track, whoever's they are.
Actor track_actor(const Track *track, const Principal *who);
// Who acts, and for whom: for `behalf` when it is named; else for themselves when their own roles let them fire the event, else for
// the one whose roles do. Several: they must name one. Nobody: `behalf` gave them nothing for it here.
typedef enum Standing { STANDS, STANDS_FOR_NOBODY, STANDS_FOR_SEVERAL } Standing;
Standing track_stand(const Track *track, const Principal *who, Str behalf, const Event *event, Actor *ret);
// Records the fault of a standing that is none. Always false.
bool stands_not(Request *rq, Standing standing);
// May `who` know that this application exists?
bool track_visible(const Track *track, const Principal *who);

// Is one of these roles held on the dossier?
bool track_held(const Track *track, RoleSet roles);
// Do these roles read what the dossier holds, its title too: its holders always, others once it was filed?
bool track_reads(const Track *track, RoleSet roles);

// {"id", "call_id", …, "places", "stage", "version"} as it stands now, for whoever has these roles on it.
void track_write(Buf *buf, const Track *track, RoleSet roles);
void record_write(Buf *buf, const Track *track, const Record *record); // its hash is its last member

// --- one act at a time, for the handlers of other nouns ---------------------------------------------

// An application that a handler holds locked in its transaction.
typedef struct Act {
    Track *track;
    Actor actor;
} Act;
// Locks it. Not found, for callers who may not see it: false with a fault.
bool act_begin(Request *rq, Str application_id, Act *ret);
// May the caller do this in the present state, for themselves or for whom the header Acting-For names? From here on they act as that.
// False with the fault FAULT_REFUSED when not. For writes that are no event.
bool act_may(Request *rq, Act *act, Thing thing, ItemId item);
// For whom the caller acts, as a parameter; null: for themselves.
Arg act_behalf(const Act *act);
// Fires the event, with the facts as they stand after what the handler has written, and stores the outcome. False with a
// fault for every reason when it is refused.
bool act_fire(Request *rq, Act *act, const Event *event);
// Adds an entry about what is no event: nothing moves by it. False with a fault.
bool act_tell(Request *rq, Act *act, const Event *event);
// The stable word of a reason's kind: "not-your-role", "guard"…
const char *reason_word(const Reason *reason);
// Records why an outcome was refused. Always false.
bool refused(Request *rq, const Outcome *outcome);

// Opens the application of a dossier on a call and fires what follows; the caller carries the dossier. The track is locked.
// False with a fault: no such call or dossier, not open, already there, not a carrier.
bool application_open(Request *rq, Str call_id, Str dossier_id, Act *ret);

// A timer has fallen due: takes it away and fires its event as the system, in a transaction of its own. True when that is
// done, also when the workflow refuses it by now or another program was faster; false with db_error.
bool application_fire_timer(Db *db, Arena *arena, Str application_id, Str timer);
