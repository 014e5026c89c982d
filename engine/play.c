// SPDX-License-Identifier: Apache-2.0
// Scenarios: each step is done on an application in memory, and what came is held against what the
// step expects. The first difference ends the scenario and is its failure.
#include "play_inside.h"
#include "words.h"

typedef struct Play {
    Arena *arena; // of the failure's sentence; the world has its own
    const Definition *def;
    Lang lang;
    World world;
    const Step *step;
    uint32_t line; // of what is done now
    Str failure;
} Play;

// --- sentences ----------------------------------------------------------------------------------

static bool fails(Play *p, Text sentence, Str expected, Str came)
{
    Message message = MESSAGE(sentence, expected, came);
    Str text = message_text(p->world.arena, p->lang, &message);
    p->failure = str_format(p->arena, "%s %u%s " STR_FMT, p->lang == FR ? "ligne" : "line", p->line,
                            p->lang == FR ? " :" : ":", STR_ARG(text));
    return false;
}

static Str states_text(Play *p, const StateSet *set)
{
    Buf buf = {.arena = p->world.arena};
    for (size_t i = 1; i < p->def->state_count; i++) {
        if (set_has(set, (StateId)i))
            buf_format(&buf, "%s" STR_FMT, buf.len ? " + " : "", STR_ARG(p->def->states[i].path));
    }
    return buf.len ? buf_str(&buf) : p->lang == FR ? STR("aucun état") : STR("no state");
}

static StateSet atomic_of(const Play *p)
{
    StateId ids[STATES_MAX];
    StateSet set = {{0}};
    size_t n = case_atomic(p->def, &p->world.c, ids, STATES_MAX);
    for (size_t i = 0; i < n && i < STATES_MAX; i++)
        set_add(&set, ids[i]);
    return set;
}

static Str reasons_text(Play *p, const Reason *reasons, size_t n)
{
    Buf buf = {.arena = p->world.arena};
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add(&buf, STR(" "));
        if (reasons[i].pointer.len)
            buf_format(&buf, STR_FMT ": ", STR_ARG(reasons[i].pointer));
        buf_add(&buf, message_text(p->world.arena, p->lang, &reasons[i].message));
    }
    return buf.len ? buf_str(&buf) : p->lang == FR ? STR("sans motif") : STR("without a reason");
}

static Str mails_text(Play *p, const ItemId *mails, size_t n)
{
    Buf buf = {.arena = p->world.arena};
    for (size_t i = 0; i < n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(p->def->mails[mails[i]].id));
    return buf.len ? buf_str(&buf) : p->lang == FR ? STR("aucun") : STR("none");
}

static const char *kind_word(int kind)
{
    switch (kind) {
    case NO_SUCH_MOVE:
        return "state";
    case NOT_YOUR_ROLE:
        return "role";
    case GUARD_FALSE:
        return "guard";
    case INCOMPLETE:
        return "incomplete";
    case BAD_DATA:
        return "data";
    case CASE_OVER:
        return "over";
    case NOT_ALLOWED:
        return "allowed";
    default:
        return "steps";
    }
}

static Str kinds_text(Play *p, const Outcome *outcome)
{
    Buf buf = {.arena = p->world.arena};
    for (size_t i = 0; i < outcome->reason_count; i++)
        buf_format(&buf, "%s%s", i ? ", " : "", kind_word((int)outcome->reasons[i].kind));
    return buf_str(&buf);
}

// --- checks -------------------------------------------------------------------------------------

static bool as_refused(Play *p, const Outcome *outcome)
{
    int wanted = p->step->refused;
    Str word = wanted == REFUSED_ANY ? STR("") : str_of(kind_word(wanted));
    if (outcome->verdict != REFUSED) {
        StateSet now = atomic_of(p);
        return fails(
            p, T("refus attendu ({0}), accepté : {1}", "expected a refusal ({0}), accepted: {1}"),
            word, states_text(p, &now));
    }
    for (size_t i = 0; i < outcome->reason_count; i++) {
        if (wanted == REFUSED_ANY || (int)outcome->reasons[i].kind == wanted)
            return true;
    }
    if (wanted == REFUSED_ANY)
        return true;
    Str came = str_format(p->world.arena, STR_FMT " (" STR_FMT ")", STR_ARG(kinds_text(p, outcome)),
                          STR_ARG(reasons_text(p, outcome->reasons, outcome->reason_count)));
    return fails(p, T("refus attendu ({0}), obtenu {1}", "expected a refusal ({0}), came {1}"),
                 word, came);
}

static bool as_allowed(Play *p, const Outcome *outcome)
{
    if (outcome->verdict != REFUSED)
        return true;
    StateSet now = atomic_of(p);
    return fails(p, T("refusé dans l'état {0} : {1}", "refused in state {0}: {1}"),
                 states_text(p, &now), reasons_text(p, outcome->reasons, outcome->reason_count));
}

static bool as_states(Play *p)
{
    StateSet now = atomic_of(p);
    if (!p->step->checks_states || memcmp(&now, &p->step->states, sizeof now) == 0)
        return true;
    return fails(p, T("état attendu {0}, obtenu {1}", "expected state {0}, came {1}"),
                 states_text(p, &p->step->states), states_text(p, &now));
}

static bool as_mails(Play *p)
{
    const Step *step = p->step;
    const World *w = &p->world;
    if (!step->checks_mails ||
        (w->mails.len == step->mail_count &&
         (step->mail_count == 0 ||
          memcmp(w->mails.at, step->mails, step->mail_count * sizeof(ItemId)) == 0)))
        return true;
    return fails(p, T("courriels attendus : {0} ; obtenus : {1}", "expected mails: {0}; came: {1}"),
                 mails_text(p, step->mails, step->mail_count),
                 mails_text(p, w->mails.at, w->mails.len));
}

static bool as_sealed(Play *p)
{
    if (p->step->sealed < 0 || p->step->sealed == p->world.sealed)
        return true;
    if (p->world.sealed)
        return fails(p,
                     T("dossier attendu ouvert, obtenu scellé",
                       "expected an open dossier, came a sealed one"),
                     STR_NONE, STR_NONE);
    return fails(
        p,
        T("dossier attendu scellé, obtenu ouvert", "expected a sealed dossier, came an open one"),
        STR_NONE, STR_NONE);
}

// An event may have several rows, one for each state or guard: it is open when one of them is.
static const Move *find_move(const Move *moves, size_t n, Str event)
{
    const Move *found = NULL;
    for (size_t i = 0; i < n; i++) {
        if (str_eq(moves[i].event, event) && (!found || moves[i].open))
            found = &moves[i];
    }
    return found;
}

static bool as_open(Play *p)
{
    const Step *step = p->step;
    World *w = &p->world;
    if (!step->checks_open)
        return true;
    size_t n = 0;
    Facts facts = world_facts(w, moves_needed(p->def, &w->c));
    const Move *moves = moves_of(w->arena, p->def, &w->c, &step->actor, &facts, &n);
    for (size_t i = 0; i < step->open_count; i++) {
        const Move *move = find_move(moves, n, step->open[i]);
        if (!move)
            return fails(p,
                         T("mouvement attendu ouvert : {0} ; il n'existe pas dans cet état",
                           "expected an open move: {0}; it does not exist in this state"),
                         step->open[i], STR_NONE);
        if (!move->open)
            return fails(p,
                         T("mouvement attendu ouvert : {0} ; fermé : {1}",
                           "expected an open move: {0}; closed: {1}"),
                         step->open[i], reasons_text(p, move->reasons, move->reason_count));
    }
    for (size_t i = 0; i < step->closed_count; i++) {
        const Move *move = find_move(moves, n, step->closed[i]);
        if (move && move->open)
            return fails(p,
                         T("mouvement attendu fermé, et ouvert : {0}",
                           "expected a closed move, and it is open: {0}"),
                         step->closed[i], STR_NONE);
    }
    return true;
}

// --- playing ------------------------------------------------------------------------------------

static bool move_clock(Play *p, Time to)
{
    World *w = &p->world;
    if (to < w->now)
        return fails(p,
                     T("l'horloge ne recule pas : il est déjà {1}",
                       "the clock does not go back: it is {1} already"),
                     STR_NONE, time_format(w->arena, w->now));
    if (!world_clock(w, to))
        return fails(p, T("les échéances n'en finissent pas", "timers never end"), STR_NONE,
                     STR_NONE);
    return true;
}

static Outcome act(Play *p)
{
    World *w = &p->world;
    const Step *s = p->step;
    const Actor *actor = &s->actor;
    switch (s->kind) {
    case STEP_FIRE:
        return world_fire(w, actor, s->name, s->data);
    case STEP_ANSWER:
        return world_answer(w, actor, s->data);
    case STEP_DOCUMENT:
        return world_document(w, actor, s->item);
    case STEP_REVIEW:
        return world_review(w, actor, s->item, s->data);
    case STEP_DECISION:
        return world_decide(w, actor, s->data);
    case STEP_AGREEMENT:
        return world_agree(w, actor, s->amount);
    case STEP_SIGN:
        return world_sign(w, actor);
    case STEP_REQUEST:
        return world_request(w, actor, s->item);
    case STEP_APPROVE:
        return world_approve(w, actor, s->item);
    case STEP_PAY:
        return world_pay(w, actor, s->item, s->amount);
    case STEP_MEASURE:
        return world_measure(w, actor, s->item, s->value, s->data);
    case STEP_VALIDATE:
        return world_judge(w, actor, s->item, true);
    case STEP_CONTEST:
        return world_judge(w, actor, s->item, false);
    case STEP_MESSAGE:
        return world_message(w, actor);
    default:
        return (Outcome){.verdict = STAYED, .next = w->c};
    }
}

static bool play_step(Play *p, const Step *step)
{
    World *w = &p->world;
    p->step = step;
    p->line = step->mark.line;
    w->mails.len = 0;
    if (step->kind == STEP_CLOCK && !move_clock(p, step->time))
        return false;
    if (step->kind == STEP_WAIT && !move_clock(p, time_add(w->now, step->wait)))
        return false;
    Outcome outcome = act(p);
    bool as_expected =
        step->refused == REFUSED_NOT ? as_allowed(p, &outcome) : as_refused(p, &outcome);
    return as_expected && as_states(p) && as_mails(p) && as_sealed(p) && as_open(p);
}

static bool start(Play *p, Arena *arena, const Scenario *scenario)
{
    p->line = scenario->mark.line;
    Fault fault;
    if (!world_new(&p->world, arena, p->def, scenario->now, scenario->given, &fault)) {
        Str sentence = message_text(arena, p->lang, &fault.message);
        return fails(p, T("données de départ : {0}", "given: {0}"), sentence, STR_NONE);
    }
    p->world.explains = true;
    Outcome outcome = world_start(&p->world);
    if (outcome.verdict == REFUSED)
        return fails(p, T("ne démarre pas : {1}", "does not start: {1}"), STR_NONE,
                     reasons_text(p, outcome.reasons, outcome.reason_count));
    return true;
}

static PlayLine play_scenario(Arena *arena, const Definition *def, Lang lang,
                              const Scenario *scenario)
{
    Arena *scratch = arena_new();
    Play p = {.arena = arena, .def = def, .lang = lang};
    p.world.arena = scratch;
    bool passed = start(&p, scratch, scenario);
    for (size_t i = 0; passed && i < scenario->step_count; i++)
        passed = play_step(&p, &scenario->steps[i]);
    arena_free(scratch);
    return (PlayLine){scenario->title, passed, p.failure};
}

bool play_text(Arena *arena, const Definition *def, Str scenario, Lang lang, PlayReport *ret,
               Findings *findings)
{
    Script script;
    *ret = (PlayReport){0};
    if (!script_read(arena, def, scenario, &script, findings))
        return false;
    PlayLine *lines = arena_array(arena, PlayLine, script.len + 1);
    for (size_t i = 0; i < script.len; i++) {
        lines[i] = play_scenario(arena, def, lang, &script.at[i]);
        ret->passed += lines[i].passed;
    }
    ret->at = lines;
    ret->len = script.len;
    return true;
}
