// SPDX-License-Identifier: Apache-2.0
// Why not: reasons in both languages, and the moves that a person could think of. A reason shows
// values only of what its reader's roles may see.
#include "facts.h"
#include "macrostep.h"
#include "words.h"

enum { MOVES_MAX = 256, CONJUNCTS_MAX = 16, NAME_SHOWN = 80 };

static bool same(const Reason *a, const Reason *b)
{
    bool equal = a->message.text.fr == b->message.text.fr && str_eq(a->pointer, b->pointer);
    for (size_t i = 0; equal && i < sizeof a->message.args / sizeof *a->message.args; i++)
        equal = str_eq(a->message.args[i], b->message.args[i]);
    return equal;
}

void reason_add(Arena *arena, Reasons *reasons, Reason reason)
{
    // Two transitions of one event often share a condition: it is said once.
    for (size_t i = 0; i < reasons->len; i++)
        if (same(&reasons->at[i], &reason))
            return;
    if (reasons->len < REASONS_MAX)
        vec_push(arena, reasons, reason);
}

static void list_add(Buf *buf, Str item)
{
    if (buf->len)
        buf_add(buf, STR(", "));
    buf_add(buf, item);
}

static void add_in_brackets(Buf *buf, Str s)
{
    buf_add(buf, STR(" ("));
    buf_add(buf, s);
    buf_char(buf, ')');
}

Str explain_roles(Arena *arena, const Definition *def, RoleSet roles, Lang lang)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < def->role_count; i++)
        if (roles & def->roles[i].bit) {
            Str title = label_text(def->roles[i].title, lang);
            list_add(&buf, title.len ? title : def->roles[i].id);
        }
    return buf_str(&buf);
}

// --- the transitions that the active states know ---

typedef struct Scan { // over the transitions of the active states and of the chart, in document
                      // order
    StateId state;
    TransitionId next;
} Scan;

static const Transition *scan_next(const Macrostep *m, Scan *scan)
{
    while (scan->state != ID_NONE) {
        const State *s = &m->def->states[scan->state];
        if (scan->next < s->first)
            scan->next = s->first;
        if (scan->next < s->last)
            return &m->def->transitions[scan->next++];
        scan->state = set_next(&m->at.in, m->words, scan->state + 1u);
        scan->next = 0;
    }
    return NULL;
}

// People's moves, or for the engine's own events all that match.
static bool concerns(const Macrostep *m, const Transition *t, Str name)
{
    return (t->by || !m->by_person) && transition_matches(t, name);
}

static bool permits(const Macrostep *m, const Transition *t)
{
    return !m->by_person || (t->by & m->actor->roles);
}

bool explain_permits(Macrostep *m, Str name)
{
    Scan scan = {0};
    for (const Transition *t; (t = scan_next(m, &scan));)
        if (concerns(m, t, name) && permits(m, t))
            return true;
    return false;
}

typedef struct Known { // an event that people fire, and the first transition that names it
    Str event;
    const Transition *t;
} Known;
typedef VEC(Known) Knowns;

static uint32_t hash(Str s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.at[i]) * 16777619u;
    return h;
}

// Whole names, not "*" or "x.*", which name no move.
static bool names_move(Str descriptor)
{
    return descriptor.len && descriptor.at[descriptor.len - 1] != '*' &&
           descriptor.at[descriptor.len - 1] != '.';
}

// Every event that the active states let people fire, once each, in document order; at most
// MOVES_MAX.
static Knowns moves_known(Macrostep *m)
{
    uint16_t places[MOVES_MAX * 2] = {0}; // of what is known, by hash; 0 is free
    Knowns knowns = {0};
    Scan scan = {0};
    for (const Transition *t; (t = scan_next(m, &scan));)
        for (size_t i = 0; t->by && i < t->event_count && knowns.len < MOVES_MAX; i++) {
            if (!names_move(t->events[i]))
                continue;
            size_t h = hash(t->events[i]) % (MOVES_MAX * 2);
            while (places[h] && !str_eq(knowns.at[places[h] - 1].event, t->events[i]))
                h = (h + 1) % (MOVES_MAX * 2);
            if (places[h])
                continue;
            vec_push(m->arena, &knowns, (Known){t->events[i], t});
            places[h] = (uint16_t)knowns.len;
        }
    return knowns;
}

// --- reasons ---

static Str states_shown(Macrostep *m, Lang lang)
{
    Buf buf = {.arena = m->arena};
    for (StateId s = set_next(&m->at.in, m->words, 0); s != ID_NONE;
         s = set_next(&m->at.in, m->words, s + 1u))
        if (state_is_atomic(&m->def->states[s]))
            list_add(&buf, state_title(&m->def->states[s], lang));
    return buf_str(&buf);
}

static Str moves_shown(Macrostep *m, const Knowns *knowns, Lang lang)
{
    Buf buf = {.arena = m->arena};
    for (size_t i = 0; i < knowns->len; i++) {
        Str event = knowns->at[i].event, title = move_title(m->def, knowns->at[i].t, event, lang);
        list_add(&buf, title);
        if (!str_eq(title, event))
            add_in_brackets(&buf, event);
    }
    return buf_str(&buf);
}

static void no_such_move(Macrostep *m, Str name, Reasons *reasons)
{
    Knowns knowns = moves_known(m);
    Str shown = str_slice(name, 0, NAME_SHOWN);
    Message message =
        knowns.len
            ? MESSAGE(
                  T("Le mouvement « {0} » n'existe pas à l'étape « {1} ». Ceux qui existent : {2}.",
                    "There is no move \"{0}\" in the state \"{3}\". There are: {4}."),
                  shown, states_shown(m, FR), moves_shown(m, &knowns, FR), states_shown(m, EN),
                  moves_shown(m, &knowns, EN))
            : MESSAGE(
                  T("Le mouvement « {0} » n'existe pas à l'étape « {1} », qui n'en attend aucun.",
                    "There is no move \"{0}\" in the state \"{2}\", which awaits none."),
                  shown, states_shown(m, FR), states_shown(m, EN));
    reason_add(m->arena, reasons, (Reason){.kind = NO_SUCH_MOVE, .message = message});
}

static void not_your_role(Macrostep *m, const Transition *t, Str name, RoleSet by, Reasons *reasons)
{
    Message message =
        MESSAGE(T("« {0} » revient à : {1}.", "\"{2}\" belongs to: {3}."),
                move_title(m->def, t, name, FR), explain_roles(m->arena, m->def, by, FR),
                move_title(m->def, t, name, EN), explain_roles(m->arena, m->def, by, EN));
    reason_add(m->arena, reasons, (Reason){.kind = NOT_YOUR_ROLE, .message = message});
}

// The member of its variable that a path names: "total" of "dossier.total".
static Str path_member(Str path)
{
    Str rest = str_slice(path, str_index(path, '.') + 1, path.len);
    return str_slice(rest, 0, str_index(rest, '.'));
}

static bool may_see_path(const Macrostep *m, const struct CelSeen *seen)
{
    return fact_told(m->def, &m->at, seen->slot, path_member(seen->path), m->actor->roles);
}

static bool may_see_all(const Macrostep *m, const CelReason *reason)
{
    for (size_t i = 0; i < reason->seen_count; i++)
        if (!may_see_path(m, &reason->seen[i]))
            return false;
    return true;
}

static Str seen_shown(Macrostep *m, const CelReason *reason, Lang lang)
{
    Buf buf = {.arena = m->arena};
    bool absent = false;
    for (size_t i = 0; i < reason->seen_count; i++) {
        Str path = reason->seen[i].path, title = label_text(reason->seen[i].title, lang);
        if (reason->seen[i].value.len == 0 || !may_see_path(m, &reason->seen[i]))
            continue;
        list_add(&buf, title.len ? title : path);
        if (title.len)
            add_in_brackets(&buf, path);
        buf_add(&buf, STR(" = "));
        buf_add(&buf, reason->seen[i].value);
        absent |= str_is(reason->seen[i].value, "—");
    }
    // What could not be evaluated says why, unless a dash said it, or it tells of what the reader
    // may not see.
    if (reason->error && !absent && may_see_all(m, reason))
        list_add(&buf, message_text(m->arena, lang, reason->error));
    return buf_str(&buf);
}

static bool is_titled(const CelReason *reason)
{
    for (size_t i = 0; i < reason->seen_count; i++)
        if (reason->seen[i].title.fr.len || reason->seen[i].title.en.len)
            return true;
    return false;
}

static void guard_false(Macrostep *m, const CelReason *reason, Reasons *reasons)
{
    Str fr = seen_shown(m, reason, FR), en = fr;
    if (reason->error || is_titled(reason)) // else the same in both
        en = seen_shown(m, reason, EN);
    Message message = fr.len ? MESSAGE(T("La condition « {0} » n'est pas remplie : {1}.",
                                         "The condition \"{0}\" does not hold: {2}."),
                                       reason->source, fr, en)
                             : MESSAGE(T("La condition « {0} » n'est pas remplie.",
                                         "The condition \"{0}\" does not hold."),
                                       reason->source);
    reason_add(m->arena, reasons, (Reason){.kind = GUARD_FALSE, .message = message});
}

// The form of a conjunct that is complete('<form>') and nothing else; ID_NONE.
static ItemId form_asked(const Definition *def, Str source)
{
    source = str_trim(source);
    if (!str_starts(source, STR("complete")) || !str_ends(source, STR(")")))
        return ID_NONE;
    source = str_trim(str_slice(source, 8, source.len - 1));
    if (!str_starts(source, STR("(")))
        return ID_NONE;
    source = str_trim(str_slice(source, 1, source.len));
    if (source.len < 2 || source.at[0] != source.at[source.len - 1])
        return ID_NONE;
    return definition_form(def, str_slice(source, 1, source.len - 1));
}

// The first token of a pointer, "/documents/budget" and "/missing" of a form that misses one.
static Str first_token(Str pointer)
{
    Str rest = str_slice(pointer, 1, pointer.len);
    return str_slice(rest, 0, str_index(rest, '/'));
}

// Is what is wrong in a form about something that the actor reads?
static bool told(const Macrostep *m, ItemId form, const SchemaError *error)
{
    RoleSet roles = m->actor->roles;
    Str name = first_token(error->pointer), head = STR("/documents/");
    ItemId document =
        str_starts(error->pointer, head)
            ? definition_document(m->def, str_slice(error->pointer, head.len, error->pointer.len))
            : ID_NONE;
    if (document != ID_NONE)
        return may_see(m->def, &m->at, THING_DOCUMENT, document, roles);
    return name.len ? may_see_answer(m->def, &m->at, name, roles)
                    : may_see(m->def, &m->at, THING_FORM, form, roles);
}

static void incomplete(Macrostep *m, ItemId form, Reasons *reasons)
{
    const Form *f = &m->def->forms[form];
    SchemaErrors errors = {0};
    size_t before = reasons->len;
    if (m->facts->answers)
        form_complete(m->arena, m->def, form, m->facts->answers, m->facts->document_counts,
                      &errors);
    for (size_t i = 0; i < errors.len; i++)
        if (told(m, form, &errors.at[i]))
            reason_add(m->arena, reasons,
                       (Reason){INCOMPLETE, errors.at[i].message, errors.at[i].pointer});
    if (reasons->len > before)
        return;
    reason_add(m->arena, reasons,
               (Reason){.kind = INCOMPLETE,
                        .message = MESSAGE(T("Le formulaire « {0} » n'est pas complet.",
                                             "The form \"{1}\" is not complete."),
                                           label_text(f->title, FR), label_text(f->title, EN))});
}

static bool word_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Does the source name the variable `event`? Data that a person has still to give decide such a
// conjunct.
static bool reads_event(Str source)
{
    for (size_t i = 0; i + 5 <= source.len; i++)
        if (memcmp(source.at + i, "event", 5) == 0 &&
            (i == 0 || (!word_char(source.at[i - 1]) && source.at[i - 1] != '.')) &&
            (i + 5 == source.len || !word_char(source.at[i + 5])))
            return true;
    return false;
}

void explain_guard(Macrostep *m, const CelProgram *guard, bool asking, Reasons *reasons)
{
    CelReason conjuncts[CONJUNCTS_MAX];
    CelRun run = scope_run(m, cel_reads(guard));
    size_t n = cel_explain(guard, &run, conjuncts, CONJUNCTS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (asking && reads_event(conjuncts[i].source))
            continue;
        ItemId form = form_asked(m->def, conjuncts[i].source);
        if (form != ID_NONE)
            incomplete(m, form, reasons);
        else
            guard_false(m, &conjuncts[i], reasons);
    }
}

// True, or it hangs on data that are not known yet and on nothing else.
static bool could_hold(Macrostep *m, const CelProgram *guard)
{
    bool error;
    if (scope_holds(m, guard, &error))
        return true;
    if (m->exhausted || !(cel_reads(guard) >> SLOT_EVENT & 1))
        return false;
    Reasons reasons = {0};
    explain_guard(m, guard, true, &reasons);
    return reasons.len == 0;
}

void explain_move(Macrostep *m, Str name, bool asking, Reasons *reasons)
{
    RoleSet by = 0;
    const Transition *first = NULL;
    bool permitted = false;
    Scan scan = {0};
    for (const Transition *t; (t = scan_next(m, &scan));) {
        if (!concerns(m, t, name))
            continue;
        first = first ? first : t;
        by |= t->by;
        if (!permits(m, t))
            continue;
        permitted = true;
        if (t->guard)
            explain_guard(m, t->guard, asking, reasons);
    }
    if (!first)
        no_such_move(m, name, reasons);
    else if (!permitted)
        not_your_role(m, first, name, by, reasons);
}

// --- moves ---

static void move_open(Macrostep *m, Move *move)
{
    Scan scan = {0};
    for (const Transition *t; !move->open && (t = scan_next(m, &scan));) {
        if (!concerns(m, t, move->event) || !permits(m, t) || !could_hold(m, t->guard))
            continue;
        move->open = true;
        move->target = t->target_count ? t->targets[0] : ID_NONE;
    }
}

static Move move_of(Macrostep *m, const Known *known)
{
    ItemId row = definition_event(m->def, known->event);
    const EventDef *def = row == ID_NONE ? NULL : &m->def->events[row];
    bool titled = known->t->title.fr.len || known->t->title.en.len;
    Label title = titled || !def ? known->t->title : def->title;
    if (!title.fr.len && !title.en.len)
        title = (Label){known->event, known->event};
    Move move = {.event = known->event,
                 .title = title,
                 .def = def,
                 .target = known->t->target_count ? known->t->targets[0] : ID_NONE};
    scope_event(m, known->event, definition_event_type(m->def, known->event));
    m->actions = 0;
    m->exhausted = false;
    move_open(m, &move);
    if (move.open)
        return move;
    Reasons reasons = {0};
    explain_move(m, known->event, true, &reasons);
    move.reasons = reasons.at;
    move.reason_count = reasons.len;
    return move;
}

const Move *moves_of(Arena *arena, const Definition *def, const Case *c, const Actor *actor,
                     const Facts *facts, size_t *count)
{
    Macrostep m;
    scope_start(&m, arena, def, c, actor, facts);
    m.by_person = !(actor->roles & SYSTEM_BIT);
    Knowns knowns = c->over ? (Knowns){0} : moves_known(&m);
    Move *moves = arena_array(arena, Move, knowns.len);
    for (size_t i = 0; i < knowns.len; i++)
        moves[i] = move_of(&m, &knowns.at[i]);
    *count = knowns.len;
    return moves;
}
