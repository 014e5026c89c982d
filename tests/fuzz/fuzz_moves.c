// SPDX-License-Identifier: Apache-2.0
// Chart events: the first byte picks a workflow (the shipped ones, and chart.yaml, which has one of
// everything), the others say who fires what with which facts. Whatever comes: a configuration is
// legal, a refusal says why and changes nothing, the same arguments give the same outcome, and a
// case reads back from its text.
#include "engine/base/vec.h"
#include "engine/facts.h"
#include "engine/play_inside.h"
#include "fuzz.h"

enum { EVENTS_MAX = 40, PENDING_MAX = 16 };
static const char *const files[] = {"tests/fuzz/chart.yaml", "workflows/cte.yaml",
                                    "workflows/appel-a-communs.yaml"};
enum { FILES = sizeof files / sizeof *files };
static const Definition *defs[FILES];

typedef struct Walk {
    Arena *arena;
    const Definition *def;
    Bytes *from;
    Case c;
    Facts facts;
    Chance chance;
    struct Pending {
        Str name;
        json_t *data;
    } timers[PENDING_MAX];
    size_t timer_count;
} Walk;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    static Arena *forever;
    forever = arena_new();
    Str dictionary = file_text(forever, "workflows/dictionary.yaml");
    for (size_t i = 0; i < FILES; i++) {
        Findings findings = {0};
        defs[i] = definition_build(forever, file_text(forever, files[i]), dictionary, &findings);
        Str said = findings_text(forever, str_of(files[i]), EN, &findings);
        if (!defs[i])
            fprintf(stderr, STR_FMT, STR_ARG(said));
        PROMISE(defs[i]);
    }
    return 0;
}

// --- facts ---

static json_t *text_of(Str s)
{
    return json_stringn(s.at, s.len);
}

static json_t *row(json_t *rows)
{
    json_t *made = json_object();
    json_array_append_new(rows, made);
    return made;
}

static json_t *money(Bytes *b)
{
    return json_integer((json_int_t)bytes_below(b, 256) * 100000);
}

static json_t *reviews(Walk *w)
{
    json_t *rows = json_keep(w->arena, json_array());
    for (uint32_t i = 0, n = bytes_below(w->from, 5); i < n && w->def->grid_count; i++) {
        const Grid *grid = &w->def->grids[bytes_below(w->from, w->def->grid_count)];
        json_t *made = row(rows), *scores = json_object(), *content = json_object();
        json_object_set_new(made, "grid", text_of(grid->id));
        json_object_set_new(made, "person", text_of((Str){&"abcd"[i % 4], 1}));
        json_object_set_new(made, "submitted", json_boolean(bytes_next(w->from) & 1));
        for (size_t k = 0; k < grid->criterion_count; k++)
            if (bytes_next(w->from) & 7)
                json_object_set_new(scores, str_cstr(w->arena, grid->criteria[k].id),
                                    json_integer(bytes_below(w->from, 7)));
        json_object_set_new(content, "scores", scores);
        json_object_set_new(made, "content", content);
    }
    return facts_reviews(w->arena, w->def, rows);
}

static json_t *measures(Walk *w)
{
    static const char *const states[] = {"entered", "validated", "contested"};
    json_t *rows = json_keep(w->arena, json_array());
    for (uint32_t i = 0, n = bytes_below(w->from, 4); i < n && w->def->indicator_count; i++) {
        json_t *made = row(rows);
        uint32_t which = bytes_below(w->from, w->def->indicator_count);
        json_object_set_new(made, "indicator", text_of(w->def->indicators[which].id));
        json_object_set_new(made, "value", json_real(bytes_next(w->from) / 4.0));
        json_object_set_new(made, "state", json_string(states[bytes_below(w->from, 3)]));
    }
    return facts_measures(w->arena, w->def, rows);
}

static json_t *instalments(Walk *w)
{
    static const char *const states[] = {"planned", "requested", "approved", "paid"};
    json_t *rows = json_keep(w->arena, json_array());
    for (size_t i = 0; i < w->def->instalment_count; i++) {
        json_t *made = row(rows);
        json_object_set_new(made, "instalment", text_of(w->def->instalments[i].id));
        json_object_set_new(made, "amount", money(w->from));
        json_object_set_new(made, "paid", money(w->from));
        json_object_set_new(made, "state", json_string(states[bytes_below(w->from, 4)]));
    }
    return facts_instalments(w->arena, w->def, rows);
}

static json_t *object(Walk *w, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    json_t *made = json_vpack_ex(NULL, 0, format, list);
    va_end(list);
    PROMISE(made);
    return json_keep(w->arena, made);
}

// The answers of all forms, as far as chance knows what they ask.
static json_t *answers(Walk *w)
{
    json_t *made = json_keep(w->arena, json_object());
    for (size_t i = 0; i < w->def->form_count; i++) {
        json_t *part = chance_value(&w->chance, w->def->forms[i].schema, 0);
        json_object_update(made, part);
        json_decref(part);
    }
    return made;
}

static void renew_facts(Walk *w)
{
    static const char *const kinds[] = {"granted", "partial", "conditional",
                                        "waiting", "refused", ""};
    Bytes *b = w->from;
    json_t **slot = w->facts.slot;
    w->chance = chance_new(bytes_next(b));
    w->facts.now += (int64_t)bytes_next(b) * DAY;
    slot[SLOT_CALL] =
        object(w, "{s:s,s:s,s:s,s:s,s:I,s:I,s:I}", "id", "c", "title", "Call", "opens_at",
               "2023-11-01T00:00:00Z", "closes_at", "2024-02-01T00:00:00Z", "amount",
               (json_int_t)50000000, "committed", (json_int_t)bytes_next(b) * 100000, "remaining",
               (json_int_t)bytes_next(b) * 100000);
    w->facts.answers = slot[SLOT_DOSSIER] = answers(w);
    w->facts.document_counts = slot[SLOT_DOCUMENTS] =
        facts_documents(w->arena, w->def, json_keep(w->arena, json_array()));
    slot[SLOT_APPLICATION] =
        object(w, "{s:s,s:s,s:I}", "number", "A-1", "opened_at", "2023-11-02T00:00:00Z",
               "requested", (json_int_t)bytes_next(b) * 100000);
    slot[SLOT_REVIEWS] = reviews(w);
    slot[SLOT_DECISION] =
        object(w, "{s:b,s:s,s:I}", "made", bytes_next(b) & 1, "kind", kinds[bytes_below(b, 6)],
               "amount", (json_int_t)bytes_next(b) * 100000);
    slot[SLOT_AGREEMENT] =
        object(w, "{s:b,s:I,s:i,s:b}", "made", bytes_next(b) & 1, "amount",
               (json_int_t)bytes_next(b) * 100000, "signatures", 1, "signed", bytes_next(b) & 1);
    slot[SLOT_INSTALMENTS] = instalments(w);
    slot[SLOT_PAYMENTS] = object(w, "{s:i,s:I,s:I}", "count", bytes_below(b, 3), "total",
                                 (json_int_t)bytes_next(b) * 100000, "remaining",
                                 (json_int_t)bytes_below(b, 4) * 100000);
    slot[SLOT_MEASURES] = measures(w);
}

// --- moves ---

static Actor somebody(Walk *w)
{
    static const Str persons[] = {{"ada", 3}, {"bob", 3}, {"", 0}};
    uint32_t role = bytes_below(w->from, w->def->role_count + 1);
    return (Actor){.person = persons[bytes_below(w->from, 3)],
                   .roles = role < w->def->role_count ? w->def->roles[role].bit : UINT64_MAX - 1};
}

static json_t *data_for(Walk *w, Str name)
{
    ItemId known = definition_event(w->def, name);
    const json_t *schema = known == ID_NONE ? NULL : w->def->events[known].schema;
    uint32_t choice = bytes_below(w->from, 4);
    w->chance.noise = choice == 3 ? 3 : 0;
    if (choice == 0)
        return NULL;
    if (schema)
        return json_keep(w->arena, chance_value(&w->chance, schema, 0));
    return choice == 1 ? object(w, "{s:i,s:s,s:i}", "amount", bytes_next(w->from) * 1000, "kind",
                                "granted", "value", 3)
                       : NULL;
}

static size_t items_of(const Definition *def, Thing thing)
{
    switch (thing) {
    case THING_FORM:
        return def->form_count;
    case THING_DOCUMENT:
        return def->document_count;
    case THING_REVIEW:
        return def->grid_count;
    case THING_REQUEST:
    case THING_APPROVAL:
    case THING_PAYMENT:
        return def->instalment_count;
    case THING_MEASURE:
    case THING_VALIDATION:
        return def->indicator_count;
    default:
        return 0;
    }
}

// A descriptor of some transition, an act, or a timer that waits.
static Event something(Walk *w)
{
    static const Str acts[] = {STR("review.submitted"),     STR("decision.recorded"),
                               STR("agreement.prepared"),   STR("agreement.signed"),
                               STR("instalment.requested"), STR("instalment.approved"),
                               STR("payment.recorded"),     STR("measure.recorded"),
                               STR("measure.validated"),    STR("message.posted")};
    uint32_t kind = bytes_below(w->from, 8);
    if (kind < 2 && w->timer_count) {
        struct Pending *timer = &w->timers[bytes_below(w->from, w->timer_count)];
        return (Event){.name = timer->name, .data = timer->data, .item = ID_NONE};
    }
    if (kind < 4) {
        Event event = {.name = acts[bytes_below(w->from, sizeof acts / sizeof *acts)]};
        event.act = event_act(event.name);
        size_t items = items_of(w->def, event.act);
        event.item = items ? (ItemId)bytes_below(w->from, items) : ID_NONE;
        event.data = data_for(w, event.name);
        return event;
    }
    const Transition *t = &w->def->transitions[bytes_below(w->from, w->def->transition_count)];
    Str name = t->event_count ? t->events[0] : STR("nothing");
    return (Event){.name = name, .data = data_for(w, name), .item = ID_NONE};
}

static void accept(Walk *w, const Outcome *out)
{
    for (size_t i = 0; i < out->effect_count; i++) {
        const Effect *e = &out->effects[i];
        size_t at = 0;
        while (at < w->timer_count && !str_eq(w->timers[at].name, e->name))
            at++;
        if (e->kind == EFFECT_TIMER && at < PENDING_MAX) {
            w->timers[at] = (struct Pending){e->name, e->data};
            w->timer_count += at == w->timer_count;
        } else if (e->kind == EFFECT_TIMER_CANCEL && at < w->timer_count) {
            w->timers[at] = w->timers[--w->timer_count];
        }
    }
    Str text = case_text(w->arena, w->def, &out->next);
    PROMISE(case_legal(w->def, &out->next));
    PROMISE(case_read(w->arena, w->def, text, &w->c));
    PROMISE(str_eq(text, case_text(w->arena, w->def, &w->c)));
}

static void move(Walk *w)
{
    Actor actor = somebody(w);
    Event event = something(w);
    size_t n;
    facts_needed(w->def, event.name);
    Str before = case_text(w->arena, w->def, &w->c);
    Outcome out = decide(w->arena, w->def, &w->c, &event, &actor, &w->facts),
            same = decide(w->arena, w->def, &w->c, &event, &actor, &w->facts);
    PROMISE(str_eq(before, case_text(w->arena, w->def, &w->c)));
    PROMISE(out.verdict == same.verdict && out.taken_count == same.taken_count);
    PROMISE(
        str_eq(case_text(w->arena, w->def, &out.next), case_text(w->arena, w->def, &same.next)));
    decide_why(w->arena, w->def, &w->c, &event, &actor, &w->facts, &out);
    PROMISE((out.verdict == REFUSED) == (out.reason_count > 0));
    for (size_t i = 0; i < out.reason_count; i++)
        message_text(w->arena, i & 1 ? FR : EN, &out.reasons[i].message);
    if (out.verdict == REFUSED)
        PROMISE(str_eq(before, case_text(w->arena, w->def, &out.next)));
    else
        accept(w, &out);
    const Move *moves = moves_of(w->arena, w->def, &w->c, &actor, &w->facts, &n);
    for (size_t i = 0; i < n; i++)
        PROMISE(moves[i].open || moves[i].reason_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes from = {data, size};
    Arena *arena = arena_new();
    Walk w = {.arena = arena, .from = &from, .facts = {.now = INT64_C(1700000000) * SECOND}};
    w.def = defs[bytes_below(&from, FILES)];
    renew_facts(&w);
    Actor actor = somebody(&w);
    Outcome out = decide_start(arena, w.def, &actor, &w.facts);
    accept(&w, &out);
    for (int i = 0; i < EVENTS_MAX && from.len; i++) {
        if (bytes_below(&from, 4) == 0)
            renew_facts(&w);
        move(&w);
    }
    arena_free(arena);
    return 0;
}
