// SPDX-License-Identifier: Apache-2.0
// Random walks over a definition: whatever people, clock and data do, every configuration must be
// legal (SCXML 3.11), read back from its text as it was, and be the fold of its history.
#include "play_inside.h"

typedef struct Walk {
    Arena *arena; // of one path, emptied before the next
    const Definition *def;
    Chance chance;
    World world;
    WalkReport *report;
    bool *taken;
    History history; // of this path
} Walk;

// --- what must always hold

static bool active(const Case *c, StateId id)
{
    return id == 0 || set_has(&c->in, id);
}

static size_t active_children(const Case *c, const State *state)
{
    size_t n = 0;
    for (size_t i = 0; i < state->child_count; i++)
        n += active(c, state->children[i]);
    return n;
}

bool case_legal(const Definition *def, const Case *c)
{
    for (size_t i = 0; i < def->state_count; i++) {
        const State *state = &def->states[i];
        bool history = state->type == STATE_HISTORY_SHALLOW || state->type == STATE_HISTORY_DEEP;
        if (!active(c, (StateId)i))
            continue;
        if (history || (i && !active(c, state->parent)) || (i && !set_has(&c->was, (StateId)i)))
            return false;
        size_t n = active_children(c, state);
        if (state->type == STATE_COMPOUND && n != 1)
            return false;
        if (state->type == STATE_PARALLEL && n != state->child_count)
            return false;
    }
    return true;
}

static uint64_t mix(uint64_t hash, Str s)
{
    for (size_t i = 0; i < s.len; i++) // FNV-1a
        hash = (hash ^ (unsigned char)s.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

// Exact: the text of what was read is the text.
static bool reads_back(Walk *walk, Str text)
{
    Case again;
    const Case *c = &walk->world.c;
    if (!case_read(walk->arena, walk->def, text, &again))
        return false;
    return memcmp(&again.in, &c->in, sizeof c->in) == 0 &&
           memcmp(&again.was, &c->was, sizeof c->was) == 0 && again.over == c->over &&
           str_eq(text, case_text(walk->arena, walk->def, &again));
}

static void check(Walk *walk)
{
    const Case *c = &walk->world.c;
    Str text = case_text(walk->arena, walk->def, c);
    if (!case_legal(walk->def, c) || !reads_back(walk, text))
        walk->report->sound = false;
    walk->report->hash = mix(walk->report->hash, text);
    for (size_t w = 0; w < STATES_MAX / 64; w++)
        walk->report->visited.w[w] |= c->was.w[w];
}

static void seen(void *host, const Decided *decided)
{
    Walk *walk = host;
    for (size_t i = 0; i < decided->outcome->taken_count; i++)
        walk->taken[decided->outcome->taken[i]] = true;
    vec_push(walk->arena, &walk->history, record_of(walk->arena, walk->def, decided));
}

// At each of its events, and at the end: nothing but events changes the case.
static void check_history(Walk *walk)
{
    Str folded, text = case_text(walk->arena, walk->def, &walk->world.c);
    size_t n = history_fold(walk->arena, walk->def, &walk->history, &folded);
    walk->report->recorded += walk->history.len;
    if (n != walk->history.len || !str_eq(folded, text))
        walk->report->folds = false;
}

// --- what may happen

static size_t below(Walk *walk, size_t n)
{
    return (size_t)chance_below(&walk->chance, n);
}

// A role of the set most of the time, any other now and then; with one of three persons.
static Actor somebody(Walk *walk, RoleSet roles)
{
    static const Str persons[] = {{"ada", 3}, {"bob", 3}, {"eve", 3}};
    size_t n = walk->def->role_count, at = below(walk, n);
    RoleSet bit = walk->def->roles[at].bit;
    for (size_t i = 0; roles && i < n && !(roles & bit) && !chance_one_in(&walk->chance, 20); i++)
        bit = walk->def->roles[(at + i) % n].bit;
    return (Actor){.person = persons[below(walk, 3)], .organisation = STR(""), .roles = bit};
}

// Three values in four conform; the others are full of surprises.
static json_t *value_of(Walk *walk, const json_t *schema)
{
    walk->chance.noise = chance_one_in(&walk->chance, 4) ? 10 : 0;
    return json_keep(walk->arena, chance_value(&walk->chance, schema, 0));
}

static json_t *event_data(Walk *walk, Str event)
{
    ItemId row = definition_event(walk->def, event);
    if (row == ID_NONE || !walk->def->events[row].schema)
        return chance_one_in(&walk->chance, 30) ? value_of(walk, NULL) : NULL;
    return value_of(walk, walk->def->events[row].schema);
}

// Moves that end everything are rare, or few paths would go far.
static bool ends(const Definition *def, const Transition *t)
{
    return t->target_count && def->states[t->targets[0]].type == STATE_FINAL &&
           def->states[t->targets[0]].parent == 0;
}

// An event of people that an active state knows.
static Outcome random_move(Walk *walk)
{
    const Definition *def = walk->def;
    TransitionId known[TRANSITIONS_MAX];
    size_t n = 0;
    bool late = case_stage(def, &walk->world.c) == STAGE_IMPACT;
    bool may_end = chance_one_in(&walk->chance, late ? 6 : 60);
    for (size_t i = 0; i < def->transition_count; i++) {
        const Transition *t = &def->transitions[i];
        if (t->by && t->event_count && active(&walk->world.c, t->source) &&
            (may_end || !ends(def, t)))
            known[n++] = (TransitionId)i;
    }
    if (!n || chance_one_in(&walk->chance, 50)) {
        Actor anyone = somebody(walk, 0);
        return world_fire(&walk->world, &anyone, STR("no.such.event"), NULL);
    }
    const Transition *t = &def->transitions[known[below(walk, n)]];
    Str event = t->events[below(walk, t->event_count)];
    Actor actor = somebody(walk, t->by);
    return world_fire(&walk->world, &actor, event, event_data(walk, event));
}

static Outcome random_answer(Walk *walk, const Actor *actor, ItemId form)
{
    const Definition *def = walk->def;
    form = form == ID_NONE ? (ItemId)below(walk, def->form_count) : form;
    json_t *answers = def->form_count ? value_of(walk, def->forms[form].schema) : NULL;
    return world_answer(&walk->world, actor, answers);
}

// Arguments are drawn one by one: C leaves the order of a call's arguments open, and with it the
// walk.
static json_t *random_risk(Walk *walk, const Grid *grid)
{
    int probability = 1 + (int)below(walk, (size_t)grid->rows);
    int gravity = 1 + (int)below(walk, (size_t)grid->columns);
    return json_pack("{s:s, s:i, s:i}", "label", "retard", "probability", probability, "gravity",
                     gravity);
}

static json_t *random_review(Walk *walk, const Grid *grid)
{
    json_t *content = json_keep(walk->arena, json_object());
    json_t *list = grid->matrix ? json_array() : json_object(), *comments = json_object();
    size_t risks = grid->matrix ? below(walk, 4) : 0;
    for (size_t i = 0; i < risks; i++)
        json_array_append_new(list, random_risk(walk, grid));
    // One reviewer in two is of one mind about everything: reviews diverge often enough.
    bool same = chance_one_in(&walk->chance, 2), high = chance_one_in(&walk->chance, 2);
    for (size_t i = 0; i < grid->criterion_count; i++) {
        const Criterion *criterion = &grid->criteria[i];
        if (!criterion->anchor_count || chance_one_in(&walk->chance, 40))
            continue;
        size_t last = criterion->anchor_count - 1;
        int score = criterion->values[same ? (high ? last : 0) : below(walk, last + 1)];
        json_object_setn_new(list, criterion->id.at, criterion->id.len, json_integer(score));
        json_object_setn_new(comments, criterion->id.at, criterion->id.len, json_string("motif"));
    }
    json_object_set_new(content, grid->matrix ? "risks" : "scores", list);
    if (!grid->matrix)
        json_object_set(content, "comments", comments);
    json_decref(comments);
    return content;
}

static json_t *random_decision(Walk *walk)
{
    const DecisionRules *rules = &walk->def->decision;
    json_t *decision = json_keep(walk->arena, json_object());
    Str kind = rules->kind_count ? rules->kinds[below(walk, rules->kind_count)] : STR("granted");
    json_object_set_new(decision, "kind", json_stringn(kind.at, kind.len));
    json_t *answers = world_answers(&walk->world);
    json_t *asked = json_object_getn(answers, rules->requested.len ? rules->requested.at : "",
                                     rules->requested.len);
    bool money = !str_is(kind, "refused") && !str_is(kind, "waiting");
    json_int_t amount = json_is_integer(asked) ? json_integer_value(asked) : 1000000;
    if (chance_one_in(&walk->chance, 3))
        amount = (json_int_t)below(walk, 20000000);
    json_object_set_new(decision, "amount",
                        json_integer(money || chance_one_in(&walk->chance, 20) ? amount : 0));
    json_object_set_new(decision, "motive", json_string("motif"));
    return decision;
}

static ItemId item_or(Walk *walk, ItemId item, size_t count)
{
    return item != ID_NONE || !count ? item : (ItemId)below(walk, count);
}

// Most often an instalment for which the act makes sense.
static ItemId instalment_for(Walk *walk, Thing thing, ItemId item)
{
    const char *wanted = thing == THING_REQUEST    ? "planned"
                         : thing == THING_APPROVAL ? "requested"
                                                   : "approved";
    json_t *row;
    size_t i;
    if (item != ID_NONE || chance_one_in(&walk->chance, 6))
        return item_or(walk, item, walk->def->instalment_count);
    json_array_foreach(walk->world.instalments, i, row)
    {
        if (str_is(json_str(json_at(row, "state")), wanted))
            return definition_instalment(walk->def, json_str(json_at(row, "instalment")));
    }
    return item_or(walk, item, walk->def->instalment_count);
}

static Outcome do_thing(Walk *walk, const Actor *actor, Thing thing, ItemId item)
{
    const Definition *def = walk->def;
    World *w = &walk->world;
    Outcome nothing = {.verdict = STAYED, .next = w->c};
    switch (thing) {
    case THING_FORM:
        return def->form_count ? random_answer(walk, actor, item) : nothing;
    case THING_DOCUMENT:
        item = item_or(walk, item, def->document_count);
        return item == ID_NONE ? nothing : world_document(w, actor, item);
    case THING_REVIEW:
        item = item_or(walk, item, def->grid_count);
        return item == ID_NONE
                   ? nothing
                   : world_review(w, actor, item, random_review(walk, &def->grids[item]));
    case THING_DECISION:
        return world_decide(w, actor, random_decision(walk));
    case THING_AGREEMENT:
        return world_agree(w, actor, (int64_t)below(walk, 10000001));
    case THING_SIGNATURE:
        return world_sign(w, actor);
    case THING_REQUEST:
    case THING_APPROVAL:
    case THING_PAYMENT:
        item = instalment_for(walk, thing, item);
        return item == ID_NONE           ? nothing
               : thing == THING_REQUEST  ? world_request(w, actor, item)
               : thing == THING_APPROVAL ? world_approve(w, actor, item)
               : chance_one_in(&walk->chance, 3)
                   ? world_pay(w, actor, item, (int64_t)below(walk, 4000000))
                   : world_pay(w, actor, item, -1);
    case THING_MEASURE:
        item = item_or(walk, item, def->indicator_count);
        return item == ID_NONE ? nothing
                               : world_measure(w, actor, item, (double)below(walk, 200) / 4, NULL);
    case THING_VALIDATION:
        item = item_or(walk, item, def->indicator_count);
        return item == ID_NONE ? nothing
                               : world_judge(w, actor, item, !chance_one_in(&walk->chance, 4));
    case THING_MESSAGE:
        return world_message(w, actor);
    default:
        return nothing;
    }
}

// Something that the active states let somebody write.
static Outcome random_act(Walk *walk)
{
    const Definition *def = walk->def;
    StateId ids[STATES_MAX];
    size_t n = case_atomic(def, &walk->world.c, ids, STATES_MAX);
    const State *state = n ? &def->states[ids[below(walk, n)]] : NULL;
    if (!state || !state->allow_count || chance_one_in(&walk->chance, 50)) {
        Actor anyone = somebody(walk, 0);
        return do_thing(walk, &anyone, (Thing)(1 + below(walk, THINGS - 1)), ID_NONE);
    }
    const Allow *allow = &state->allows[below(walk, state->allow_count)];
    Actor actor = somebody(walk, allow->roles);
    return do_thing(walk, &actor, allow->thing, allow->item);
}

static void random_time(Walk *walk)
{
    World *w = &walk->world;
    Time next = world_next(w);
    bool leap = next != TIME_NONE && chance_one_in(&walk->chance, 4);
    Time to = leap ? next : w->now + (Time)below(walk, 10 * DAY);
    if (!world_clock(w, to > w->now ? to : w->now))
        walk->report->sound = false;
}

static void random_step(Walk *walk)
{
    uint64_t dice = chance_below(&walk->chance, 16);
    walk->report->steps++;
    if (dice < 1) {
        random_time(walk);
        return;
    }
    Outcome outcome = dice < 7 ? random_move(walk) : random_act(walk);
    walk->report->moved += outcome.verdict == MOVED;
    walk->report->refused += outcome.verdict == REFUSED;
}

// --- where a walk begins

static json_t *random_given(Walk *walk, Time now)
{
    json_t *given = json_keep(walk->arena, json_object());
    Time closes = now + (Time)below(walk, 100 * DAY);
    json_t *call = json_pack(
        "{s:s, s:s, s:[s, s], s:I}", "opens_at", time_format(walk->arena, now - DAY).at,
        "closes_at", time_format(walk->arena, closes).at, "cutoffs",
        time_format(walk->arena, now + 20 * DAY).at, time_format(walk->arena, now + 60 * DAY).at,
        "amount", (json_int_t)below(walk, 200000000));
    json_object_set_new(given, "call", call);
    json_t *dossier = json_object(), *documents = json_object();
    // A path in two begins with the forms filled in: moves that ask it would else be rare.
    bool full = chance_one_in(&walk->chance, 2);
    for (size_t i = 0; full && i < walk->def->form_count; i++)
        json_object_update(dossier, value_of(walk, walk->def->forms[i].schema));
    for (size_t i = 0; full && i < walk->def->document_count; i++) {
        Str id = walk->def->documents[i].id;
        json_object_setn_new(documents, id.at, id.len, json_integer(1));
    }
    json_object_set_new(given, "dossier", dossier);
    json_object_set_new(given, "documents", documents);
    return given;
}

static bool begin(Walk *walk)
{
    Time now = INT64_C(1680000000) * SECOND + (Time)below(walk, DAY);
    Fault fault;
    walk->history = (History){0};
    if (!world_new(&walk->world, walk->arena, walk->def, now, random_given(walk, now), &fault))
        return false;
    walk->world.seen = seen;
    walk->world.host = walk;
    return world_start(&walk->world).verdict != REFUSED;
}

WalkReport play_spoiled(Arena *arena, const Definition *def, uint64_t seed, uint32_t paths,
                        uint32_t length, Spoil spoil, void *host)
{
    WalkReport report = {.sound = true, .folds = true, .hash = UINT64_C(0xcbf29ce484222325)};
    Walk walk = {.arena = arena_new(), .def = def, .chance = chance_new(seed), .report = &report};
    walk.taken = arena_array(arena, bool, def->transition_count + 1);
    for (uint32_t i = 0; i < paths; i++) {
        arena_reset(walk.arena);
        if (!begin(&walk)) {
            report.sound = false;
            break;
        }
        check(&walk);
        for (uint32_t k = 0; k < length && !walk.world.c.over; k++) {
            random_step(&walk);
            check(&walk);
        }
        if (spoil)
            spoil(host, walk.arena, &walk.history);
        check_history(&walk);
    }
    arena_free(walk.arena);
    report.taken = walk.taken;
    return report;
}

WalkReport play_random(Arena *arena, const Definition *def, uint64_t seed, uint32_t paths,
                       uint32_t length)
{
    return play_spoiled(arena, def, seed, paths, length, NULL, NULL);
}
