// SPDX-License-Identifier: Apache-2.0
// One application in memory: its facts, its clock and its timers. What people do to it is in
// play_acts.c.
#include "play_world.h"
#include "play_inside.h"

enum { FIRINGS_MAX = 10000 }; // timers that one move of the clock may fire

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

// --- given --------------------------------------------------------------------------------------

static bool unknown_document(Arena *arena, Str name, Fault *fault)
{
    *fault = (Fault){
        .kind = FAULT_INVALID,
        .pointer = pointer_add(arena, STR("/documents"), name),
        .keyword = "unknown",
        .message = MESSAGE(T("« {0} » n'est pas une pièce du règlement.",
                             "\"{0}\" is not a document of the workflow."),
                           str_copy(arena, name)),
    };
    return false;
}

json_t *document_row(const Document *document, const Definition *def)
{
    json_t *row = json_object();
    if (document->shared)
        set(row, "kind", json_stringn(document->id.at, document->id.len));
    else
        set(row, "kind", json_sprintf("%.*s/%.*s", STR_ARG(def->id), STR_ARG(document->id)));
    return row;
}

static bool give_documents(World *w, json_t *counts, Fault *fault)
{
    const char *name;
    json_t *count;
    json_object_foreach(counts, name, count)
    {
        ItemId id = definition_document(w->def, str_of(name));
        if (id == ID_NONE)
            return unknown_document(w->arena, str_of(name), fault);
        for (json_int_t i = 0; i < json_integer_value(count) && i < 100; i++)
            json_array_append_new(w->documents, document_row(&w->def->documents[id], w->def));
    }
    return true;
}

bool world_new(World *w, Arena *arena, const Definition *def, Time now, const json_t *given,
               Fault *fault)
{
    *w = (World){.arena = arena, .def = def, .now = now, .opened_at = now, .filed_at = TIME_NONE};
    w->documents = json_keep(arena, json_array());
    w->reviews = json_keep(arena, json_array());
    w->instalments = json_keep(arena, json_array());
    w->measures = json_keep(arena, json_array());
    w->content = json_keep(arena, json_object());
    w->call = json_at(given, "call");

    json_t *dossier = json_at(given, "dossier");
    if (dossier) {
        json_t *patch = answers_patch(arena, def, dossier, fault);
        if (!patch)
            return false;
        w->content = json_merge(arena, w->content, patch);
    }
    return give_documents(w, json_at(given, "documents"), fault);
}

// --- facts --------------------------------------------------------------------------------------

json_t *world_answers(World *w)
{
    return w->sealed ? w->filed : answers_of(w->arena, w->def, w->content);
}

// Rows of documents are never changed in place: what was filed stays what it was.
static json_t *counts_of(World *w)
{
    return facts_documents(w->arena, w->def, w->sealed ? w->filed_documents : w->documents);
}

// The first cut-off still to come.
static json_t *next_cutoff(const World *w)
{
    json_t *cutoff, *next = NULL;
    Time best = INT64_MAX;
    size_t i;
    json_array_foreach(json_at(w->call, "cutoffs"), i, cutoff)
    {
        Time t;
        if (time_parse(json_str(cutoff), &t) && t > w->now && t < best) {
            best = t;
            next = cutoff;
        }
    }
    return next;
}

static bool grants(const json_t *decision)
{
    Str kind = json_str(json_at(decision, "kind"));
    return str_is(kind, "granted") || str_is(kind, "partial") || str_is(kind, "conditional");
}

static json_t *call_fact(World *w)
{
    json_t *call = json_keep(w->arena, json_object()), *amount = json_at(w->call, "amount");
    set(call, "id", json_string("call"));
    set(call, "title", json_string(""));
    if (json_is_object(w->call))
        json_object_update(call, w->call);
    json_t *cutoff = next_cutoff(w);
    if (cutoff)
        json_object_set(call, "cutoff", cutoff);
    json_int_t committed = json_integer_value(json_at(w->call, "committed"));
    if (grants(w->decision))
        committed += json_integer_value(json_at(w->decision, "amount"));
    set(call, "committed", json_integer(committed));
    if (amount) // without an amount there is no envelope to respect
        set(call, "remaining", json_integer(json_integer_value(amount) - committed));
    return call;
}

static void set_time(World *w, json_t *object, const char *name, Time t)
{
    if (t != TIME_NONE)
        set(object, name, json_string(time_format(w->arena, t).at));
}

static json_t *application_fact(World *w)
{
    json_t *fact = json_keep(w->arena, json_object());
    set(fact, "id", json_string("application"));
    set(fact, "number", json_string("1"));
    set_time(w, fact, "opened_at", w->opened_at);
    set_time(w, fact, "filed_at", w->filed_at);
    Str name = w->def->decision.requested;
    json_t *answers = name.len ? world_answers(w) : NULL;
    json_t *requested = answers ? json_object_getn(answers, name.at, name.len) : NULL;
    if (json_is_integer(requested))
        json_object_set(fact, "requested", requested);
    return fact;
}

static json_t *decision_fact(World *w)
{
    json_t *fact = json_keep(w->arena, json_object());
    set(fact, "made", json_boolean(w->decision));
    static const char *const members[] = {"kind", "amount", "conditions"};
    for (size_t i = 0; i < 3; i++) {
        json_t *value = json_at(w->decision, members[i]);
        if (value)
            json_object_set(fact, members[i], value);
    }
    return fact;
}

static json_t *agreement_fact(World *w)
{
    json_t *fact = json_keep(w->arena, json_object());
    set(fact, "made", json_boolean(w->agreement));
    if (w->agreement)
        json_object_set(fact, "amount", json_at(w->agreement, "amount"));
    set(fact, "signatures", json_integer(w->signatures));
    set(fact, "signed", json_boolean(w->agreed));
    return fact;
}

static json_t *payments_fact(World *w)
{
    json_int_t amount = json_integer_value(json_at(w->agreement, "amount"));
    json_t *fact = json_keep(w->arena, json_object());
    set(fact, "count", json_integer(w->payments));
    set(fact, "total", json_integer(w->paid));
    set(fact, "remaining", json_integer(amount - w->paid));
    return fact;
}

static json_t *slot_fact(World *w, Slot slot)
{
    switch (slot) {
    case SLOT_CALL:
        return call_fact(w);
    case SLOT_DOSSIER:
        return world_answers(w);
    case SLOT_DOCUMENTS:
        return counts_of(w);
    case SLOT_APPLICATION:
        return application_fact(w);
    case SLOT_REVIEWS:
        return facts_reviews(w->arena, w->def, w->reviews);
    case SLOT_DECISION:
        return decision_fact(w);
    case SLOT_AGREEMENT:
        return agreement_fact(w);
    case SLOT_INSTALMENTS:
        return facts_instalments(w->arena, w->def, w->instalments);
    case SLOT_PAYMENTS:
        return payments_fact(w);
    case SLOT_MEASURES:
        return facts_measures(w->arena, w->def, w->measures);
    default:
        return NULL;
    }
}

Facts world_facts(World *w, uint64_t needs)
{
    Facts facts = {.now = w->now};
    for (Slot slot = SLOT_CALL; slot < SLOT_VARS; slot++) {
        if (needs >> slot & 1)
            facts.slot[slot] = slot_fact(w, slot);
    }
    if (needs & NEEDS_COMPLETE) {
        facts.answers = world_answers(w);
        facts.document_counts = counts_of(w);
    }
    return facts;
}

// --- what an outcome does ------------------------------------------------------------------------

static void cancel_timer(World *w, Str name)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->timers.len; i++) {
        if (!str_eq(w->timers.at[i].name, name))
            w->timers.at[kept++] = w->timers.at[i];
    }
    w->timers.len = kept;
}

static void apply_effect(World *w, const Effect *effect)
{
    switch (effect->kind) {
    case EFFECT_SEAL:
        w->filed = answers_of(w->arena, w->def, w->content);
        w->filed_documents = w->documents;
        w->sealed = true;
        w->filed_at = w->now;
        return;
    case EFFECT_UNSEAL:
        w->sealed = false;
        return;
    case EFFECT_MAIL:
        vec_push(w->arena, &w->mails, effect->item);
        return;
    case EFFECT_TIMER:
        cancel_timer(w, effect->name);
        vec_push(w->arena, &w->timers,
                 (Timer){effect->name, effect->due, effect->data, w->timer_order++});
        return;
    case EFFECT_TIMER_CANCEL:
        cancel_timer(w, effect->name);
        return;
    }
}

static void settle(World *w, const Decided *decided)
{
    const Outcome *outcome = decided->outcome;
    w->c = outcome->next;
    for (size_t i = 0; i < outcome->effect_count; i++)
        apply_effect(w, &outcome->effects[i]);
    if (w->seen)
        w->seen(w->host, decided);
}

Outcome world_apply(World *w, World *after, const Actor *actor, const Event *event)
{
    Facts facts = world_facts(after, facts_needed(w->def, event->name));
    Outcome outcome = decide(w->arena, w->def, &w->c, event, actor, &facts);
    if (outcome.verdict == REFUSED) {
        if (w->explains)
            decide_why(w->arena, w->def, &w->c, event, actor, &facts, &outcome);
        return outcome;
    }
    *w = *after;
    settle(w, &(Decided){event, actor, &facts, &outcome});
    return outcome;
}

Outcome world_start(World *w)
{
    Actor system = {.person = STR(""), .organisation = STR(""), .roles = 1u << ROLE_SYSTEM};
    Facts facts =
        world_facts(w, w->def->slots_read | (w->def->counts_complete ? NEEDS_COMPLETE : 0));
    Outcome outcome = decide_start(w->arena, w->def, &system, &facts);
    if (outcome.verdict != REFUSED)
        settle(w, &(Decided){NULL, &system, &facts, &outcome});
    return outcome;
}

// --- the clock ----------------------------------------------------------------------------------

static size_t next_timer(const World *w)
{
    size_t best = w->timers.len;
    for (size_t i = 0; i < w->timers.len; i++) {
        const Timer *t = &w->timers.at[i], *b = best < w->timers.len ? &w->timers.at[best] : NULL;
        if (!b || t->due < b->due || (t->due == b->due && t->order < b->order))
            best = i;
    }
    return best;
}

Time world_next(const World *w)
{
    size_t i = next_timer(w);
    return i < w->timers.len ? w->timers.at[i].due : TIME_NONE;
}

static void fire_timer(World *w, size_t i)
{
    Actor system = {.person = STR(""), .organisation = STR(""), .roles = 1u << ROLE_SYSTEM};
    Timer timer = w->timers.at[i];
    cancel_timer(w, timer.name);
    w->now = timer.due > w->now ? timer.due : w->now; // one due in the past fires now
    world_fire(w, &system, timer.name, timer.data);
}

bool world_clock(World *w, Time to)
{
    for (int fired = 0;; fired++) {
        size_t i = next_timer(w);
        if (i == w->timers.len || w->timers.at[i].due > to)
            break;
        if (fired == FIRINGS_MAX)
            return false;
        fire_timer(w, i);
    }
    w->now = to;
    return true;
}
