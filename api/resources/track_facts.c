// SPDX-License-Identifier: Apache-2.0
// The facts of many tracks at once: one statement for each kind of row that some guard reads, all
// in one flight.
#include "track.h"
#include "track_inside.h"

#define BIT(slot)     (UINT64_C(1) << (slot))
#define DOSSIER_NEEDS (BIT(SLOT_DOSSIER) | BIT(SLOT_DOCUMENTS) | NEEDS_COMPLETE)

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void set_time(Arena *arena, json_t *object, const char *name, Time t)
{
    if (t != TIME_NONE)
        set(object, name, json_string(time_format(arena, t).at));
}

static json_t *text(Str s)
{
    return json_stringn(s.at ? s.at : "", s.len);
}

// --- rows -> slots ------------------------------------------------------------------------------

// The rows of this application as JSON objects, in their order.
static json_t *rows_of(Track *t, const Rows *rows)
{
    json_t *list = json_keep(t->arena, json_array());
    for (size_t i = 0; i < rows_len(rows); i++) {
        if (!str_eq(row_str(rows, i, "application_id"), t->id))
            continue;
        Buf buf = {.arena = t->arena};
        Fault fault;
        row_write(&buf, rows, i);
        json_t *row = json_read(t->arena, buf_str(&buf), &fault);
        if (row)
            json_array_append(list, row);
    }
    return list;
}

// The first row of this application, or rows_len.
static size_t row_of(const Track *t, const Rows *rows)
{
    size_t i = 0;
    while (i < rows_len(rows) && !str_eq(row_str(rows, i, "application_id"), t->id))
        i++;
    return i;
}

static void read_dossier(Track *t, const Rows *rows)
{
    size_t i = row_of(t, rows);
    if (i == rows_len(rows))
        return;
    json_t *content = row_json(t->arena, rows, i, "content");
    json_t *documents = row_json(t->arena, rows, i, "documents");
    if (row_bool(rows, i, "living")) {
        t->dossier_version = row_int(rows, i, "version");
        t->content = content;
        t->documents = documents;
    }
    t->facts.answers = answers_of(t->arena, t->def, content);
    t->facts.document_counts = facts_documents(t->arena, t->def, documents);
    t->facts.slot[SLOT_DOSSIER] = t->facts.answers;
    t->facts.slot[SLOT_DOCUMENTS] = t->facts.document_counts;
}

static void read_reviews(Track *t, const Rows *rows)
{
    t->facts.slot[SLOT_REVIEWS] = facts_reviews(t->arena, t->def, rows_of(t, rows));
}

static void read_decision(Track *t, const Rows *rows)
{
    size_t i = row_of(t, rows);
    json_t *fact = t->facts.slot[SLOT_DECISION] = json_keep(t->arena, json_object());
    bool made = i < rows_len(rows);
    set(fact, "made", json_boolean(made));
    if (!made)
        return;
    set(fact, "kind", text(row_str(rows, i, "kind")));
    set(fact, "amount", json_integer(row_int(rows, i, "amount")));
    set(fact, "conditions", text(row_str(rows, i, "conditions")));
}

static void read_agreement(Track *t, const Rows *rows)
{
    size_t i = row_of(t, rows);
    json_t *fact = t->facts.slot[SLOT_AGREEMENT] = json_keep(t->arena, json_object());
    json_t *payments = t->facts.slot[SLOT_PAYMENTS] = json_keep(t->arena, json_object());
    bool made = i < rows_len(rows);
    int64_t amount = made ? row_int(rows, i, "amount") : 0;
    int64_t paid = made ? row_int(rows, i, "paid") : 0;
    set(fact, "made", json_boolean(made));
    if (made)
        set(fact, "amount", json_integer(amount));
    set(fact, "signatures", json_integer(made ? row_int(rows, i, "signatures") : 0));
    set(fact, "signed", json_boolean(made && row_bool(rows, i, "signed")));
    set(payments, "count", json_integer(made ? row_int(rows, i, "payments") : 0));
    set(payments, "total", json_integer(paid));
    set(payments, "remaining", json_integer(amount - paid));
}

static void read_instalments(Track *t, const Rows *rows)
{
    t->facts.slot[SLOT_INSTALMENTS] = facts_instalments(t->arena, t->def, rows_of(t, rows));
}

static void read_measures(Track *t, const Rows *rows)
{
    t->facts.slot[SLOT_MEASURES] = facts_measures(t->arena, t->def, rows_of(t, rows));
}

// Whoever needs one of these slots runs this statement, which fills them all.
static const struct Source {
    uint64_t slots;
    enum QueryId query;
    void (*read)(Track *t, const Rows *rows);
} sources[] = {
    {DOSSIER_NEEDS, Q_TRACK_DOSSIERS, read_dossier},
    {BIT(SLOT_REVIEWS), Q_TRACK_REVIEWS, read_reviews},
    {BIT(SLOT_DECISION), Q_TRACK_DECISIONS, read_decision},
    {BIT(SLOT_AGREEMENT) | BIT(SLOT_PAYMENTS), Q_TRACK_AGREEMENTS, read_agreement},
    {BIT(SLOT_INSTALMENTS), Q_TRACK_INSTALMENTS, read_instalments},
    {BIT(SLOT_MEASURES), Q_TRACK_MEASURES, read_measures},
};
enum { SOURCES = sizeof sources / sizeof *sources };

static bool wants(const Track *t, const struct Source *source)
{
    return t->def && (t->needs & ~t->loaded & source->slots);
}

bool tracks_facts(Db *db, Arena *arena, Track *tracks, size_t n)
{
    Flight flights[SOURCES];
    const struct Source *asked[SOURCES];
    Arg args[SOURCES];
    size_t count = 0;
    // What an application asks for is an answer of the dossier.
    for (size_t i = 0; i < n; i++)
        if (tracks[i].def && (tracks[i].needs & BIT(SLOT_APPLICATION)) &&
            tracks[i].def->decision.requested.len)
            tracks[i].needs |= BIT(SLOT_DOSSIER);

    for (const struct Source *s = sources; s < sources + SOURCES; s++) {
        VEC(Str) ids = {0};
        for (size_t i = 0; i < n; i++)
            if (wants(&tracks[i], s))
                vec_push(arena, &ids, tracks[i].id);
        if (ids.len == 0)
            continue;
        args[count] = arg_texts(arena, ids.at, ids.len);
        asked[count] = s;
        enum QueryId query = s->query;
        if (query == Q_TRACK_DOSSIERS && !db_in_transaction(db))
            query = Q_TRACK_DOSSIERS_READ; // who only looks locks nothing
        flights[count] = (Flight){query, &args[count], 1, NULL};
        count++;
    }
    if (count && !db_flight(db, arena, flights, count))
        return false;
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < n; i++)
            if (wants(&tracks[i], asked[k])) {
                asked[k]->read(&tracks[i], flights[k].rows);
                tracks[i].loaded |= asked[k]->slots;
            }
    return true;
}

// --- what the track itself knows ----------------------------------------------------------------

static Time next_cutoff(Track *t, const Str *cutoffs, size_t n)
{
    Time next = TIME_NONE;
    for (size_t i = 0; i < n; i++) {
        Time at = track_stamp(cutoffs[i]);
        if (at != TIME_NONE && at > t->now && (next == TIME_NONE || at < next))
            next = at;
    }
    return next;
}

Time track_cutoff(Track *t)
{
    size_t n;
    const Str *cutoffs = row_texts(t->arena, t->rows, t->row, "cutoffs", &n);
    return next_cutoff(t, cutoffs, n);
}

static json_t *call_fact(Track *t)
{
    json_t *fact = json_keep(t->arena, json_object());
    int64_t amount = row_int(t->rows, t->row, "amount");
    int64_t committed = row_int(t->rows, t->row, "committed");
    size_t n;
    const Str *cutoffs = row_texts(t->arena, t->rows, t->row, "cutoffs", &n);
    set(fact, "id", text(t->scope.call));
    set(fact, "title", text(track_call_title(t, FR)));
    set_time(t->arena, fact, "opens_at", row_time(t->rows, t->row, "opens_at"));
    set_time(t->arena, fact, "closes_at", row_time(t->rows, t->row, "closes_at"));
    set_time(t->arena, fact, "cutoff", next_cutoff(t, cutoffs, n));
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, text(time_format(t->arena, track_stamp(cutoffs[i]))));
    set(fact, "cutoffs", list);
    set(fact, "amount", json_integer(amount));
    set(fact, "committed", json_integer(committed));
    set(fact, "remaining", json_integer(amount - committed));
    return fact;
}

static json_t *application_fact(Track *t)
{
    json_t *fact = json_keep(t->arena, json_object());
    set(fact, "id", text(t->id));
    set(fact, "number", text(t->number));
    set_time(t->arena, fact, "opened_at", row_time(t->rows, t->row, "opened_at"));
    set_time(t->arena, fact, "filed_at", t->filed_at);
    Str name = t->def->decision.requested;
    json_t *requested = name.len && json_is_object(t->facts.answers)
                            ? json_object_getn(t->facts.answers, name.at, name.len)
                            : NULL;
    if (json_is_integer(requested))
        json_object_set(fact, "requested", requested);
    return fact;
}

Facts track_facts(Track *t)
{
    t->facts.now = t->now;
    // These change with every move of the track, and cost no statement.
    if (t->needs & BIT(SLOT_CALL))
        t->facts.slot[SLOT_CALL] = call_fact(t);
    if (t->needs & BIT(SLOT_APPLICATION))
        t->facts.slot[SLOT_APPLICATION] = application_fact(t);
    return t->facts;
}
