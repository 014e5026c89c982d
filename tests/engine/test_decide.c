// SPDX-License-Identifier: Apache-2.0
// The one door: who may fire what, with which data; acts and their rules; timers; moves; what must
// be loaded.
#include "playing.h"

static const char call[] =
    "jalon: 1\n"
    "id: call\n"
    "title: Call\n"
    "roles:\n"
    "  carrier: {title: {fr: Porteur, en: Carrier}, on: dossier, sees: [forms, documents, "
    "agreement]}\n"
    "  clerk: {title: {fr: Instructrice, en: Clerk}, on: call, sees: [forms, documents, reviews, "
    "decision, agreement]}\n"
    "  expert: {title: Expert, on: call, sees: [form.extra]}\n"
    "forms:\n"
    "  project:\n"
    "    title: {fr: Projet, en: Project}\n"
    "    type: object\n"
    "    required: [title, total]\n"
    "    properties:\n"
    "      title: {type: string, minLength: 3, title: {fr: Titre, en: Title}}\n"
    "      total: {type: integer, title: {fr: Coût total, en: Total cost}}\n"
    "      asked: {type: integer, title: {fr: Montant demandé, en: Amount asked}}\n"
    "  extra: {title: Extra, type: object, properties: {note: {type: string, title: Note}}}\n"
    "documents:\n"
    "  budget: {title: {fr: Budget, en: Budget}, types: [application/pdf], form: project, "
    "required: true}\n"
    "grids:\n"
    "  expert: {title: Expert, by: expert, reviews: 2, criteria: {impact: {title: Impact, weight: "
    "1, scale: {1: Low, 5: High}}}}\n"
    "indicators: {reusers: {title: Reusers, unit: people}}\n"
    "decision: {kinds: [granted, partial, waiting, refused], floor: 1000000, ceiling: 10000000, "
    "rate_cap: 70, total: total, requested: asked}\n"
    "instalments:\n"
    "  advance: {title: Advance, share: 30}\n"
    "  balance: {title: Balance, share: 70, when: measures.reusers.validated >= 1}\n"
    "events:\n"
    "  submit: {title: {fr: Déposer, en: File}}\n"
    "  return:\n"
    "    title: {fr: Renvoyer, en: Return}\n"
    "    data: {type: object, required: [reason], additionalProperties: false, properties: "
    "{reason: {type: string, maxLength: 10}, days: {type: number}}}\n"
    "  keep: {title: {fr: Garder, en: Keep}}\n"
    "data: {rounds: 0}\n"
    "mails: {receipt: {to: [carrier], subject: Receipt, body: Hello}}\n"
    "states:\n"
    "  draft:\n"
    "    title: {fr: Brouillon, en: Draft}\n"
    "    stage: submission\n"
    "    edit: {carrier: [form.project, documents, messages], clerk: [messages]}\n"
    "    on:\n"
    "      submit: {by: carrier, if: \"complete('project') && now < call.closes_at && "
    "dossier.asked <= dossier.total\", to: filed, do: [seal, {mail: receipt}]}\n"
    "      withdraw: {by: carrier, title: {fr: Retirer, en: Withdraw}, to: withdrawn}\n"
    "    at: {call.closes_at: {to: lapsed}}\n"
    "    after: {P10D: {do: [{mail: receipt}]}}\n"
    "  filed:\n"
    "    title: {fr: Déposé, en: Filed}\n"
    "    stage: evaluation\n"
    "    edit: {expert: [reviews], clerk: [decision, approval, payment, validation, messages], "
    "carrier: [requests, measures]}\n"
    "    on:\n"
    "      return: {by: [clerk], if: event.data.days < 10.5, to: draft, do: [unseal, {assign: "
    "{rounds: rounds + 1}}]}\n"
    "      keep: {by: [clerk, expert], if: reviews.expert.count >= 2 && rounds < 3, to: kept}\n"
    "      remind: {by: clerk, title: Remind, do: [{send: {event: nag, delay: P1D, id: nag, data: "
    "{n: rounds}}}]}\n"
    "      quiet: {by: clerk, title: Quiet, do: [{cancel: nag}]}\n"
    "      nag: {do: [{mail: receipt}]}\n"
    "      decision.recorded: {to: decided}\n"
    "    always: {if: reviews.expert.count >= 3, to: kept}\n"
    "  decided: {title: Decided, on: {finish: {by: clerk, title: Finish, to: withdrawn}}}\n"
    "  kept: {title: {fr: Retenu, en: Kept}, on: {finish: {by: clerk, title: Finish, to: "
    "withdrawn}}}\n"
    "  lapsed: {title: Lapsed, type: final}\n"
    "  withdrawn: {title: Withdrawn, type: final}\n";

static void facts_set(Play *p, Slot slot, const char *text)
{
    p->facts.slot[slot] = json(p, text);
}

static Play call_started(void)
{
    Play p = play_load(call);
    facts_set(&p, SLOT_CALL,
              "{\"id\": \"c\", \"title\": \"C\", \"closes_at\": \"2024-02-01T00:00:00Z\", "
              "\"amount\": 100, \"committed\": 0, \"remaining\": 5000000}");
    facts_set(&p, SLOT_DOSSIER, "{\"title\": \"Bees\", \"total\": 10000000, \"asked\": 5000000}");
    facts_set(
        &p, SLOT_REVIEWS,
        "{\"expert\": {\"count\": 0, \"expected\": 2, \"diverges\": false, \"criteria\": {}}}");
    p.facts.answers = p.facts.slot[SLOT_DOSSIER];
    p.facts.document_counts = json(&p, "{\"budget\": 1}");
    play_start(&p);
    return p;
}

static void go(Play *p, const char *event, const char *who)
{
    if (play_fire(p, event, role(p, who), NULL) != MOVED)
        fail_msg("%s: %s", event, reason_shown(p, 0, EN));
}

static const Effect *effect(const Play *p, EffectKind kind, const char *name)
{
    for (size_t i = 0; i < p->last.effect_count; i++)
        if (p->last.effects[i].kind == kind && (!name || str_is(p->last.effects[i].name, name)))
            return &p->last.effects[i];
    return NULL;
}

// --- who may fire what ---

enum { NOTHING = -1 };
static const struct {
    const char *sentence, *setup, *event, *who, *data;
    Verdict verdict;
    int reason;
    const char *pointer, *in;
} moves[] = {
    {"a carrier files", NULL, "submit", "carrier", NULL, MOVED, NOTHING, NULL, "filed"},
    {"a clerk may not", NULL, "submit", "clerk", NULL, REFUSED, NOT_YOUR_ROLE, NULL, "draft"},
    {"who has no role may not", NULL, "submit", NULL, NULL, REFUSED, NOT_YOUR_ROLE, NULL, "draft"},
    {"a move of another state does not exist", NULL, "keep", "clerk", NULL, REFUSED, NO_SUCH_MOVE,
     NULL, "draft"},
    {"nor one that nobody wrote", NULL, "explode", "clerk", NULL, REFUSED, NO_SUCH_MOVE, NULL,
     "draft"},
    {"a timer's event is nobody's", NULL, "timer.draft.1", "carrier", NULL, REFUSED, NO_SUCH_MOVE,
     NULL, "draft"},
    {"the engine's own event is nobody's", "submit", "nag", "clerk", NULL, REFUSED, NO_SUCH_MOVE,
     NULL, "filed"},
    {"an act's event is nobody's", "submit", "decision.recorded", "clerk", NULL, REFUSED,
     NO_SUCH_MOVE, NULL, "filed"},
    {"data that nothing asked are refused", NULL, "withdraw", "carrier", "{\"a\": 1}", REFUSED,
     BAD_DATA, "", "draft"},
    {"an empty object is no data", NULL, "withdraw", "carrier", "{}", MOVED, NOTHING, NULL,
     "withdrawn"},
    {"data are held to their schema", "submit", "return", "clerk",
     "{\"reason\": \"far too long a reason\", \"days\": 1}", REFUSED, BAD_DATA, "/reason", "filed"},
    {"a missing member is named", "submit", "return", "clerk", "{\"days\": 1}", REFUSED, BAD_DATA,
     NULL, "filed"},
    {"no data at all are an empty object", "submit", "return", "clerk", NULL, REFUSED, BAD_DATA,
     NULL, "filed"},
    {"who may not fire it hears of that first", "submit", "return", "carrier", "{\"days\": 1}",
     REFUSED, NOT_YOUR_ROLE, NULL, "filed"},
    {"a number typed without fraction is a number", "submit", "return", "clerk",
     "{\"reason\": \"r\", \"days\": 10}", MOVED, NOTHING, NULL, "draft"},
    {"a guard on the data", "submit", "return", "clerk", "{\"reason\": \"r\", \"days\": 11}",
     REFUSED, GUARD_FALSE, NULL, "filed"},
    {"a guard on the facts", "submit", "keep", "clerk", NULL, REFUSED, GUARD_FALSE, NULL, "filed"},
    {"what is over stays over", "withdraw", "submit", "carrier", NULL, REFUSED, CASE_OVER, NULL,
     "withdrawn"},
};

static void permissions(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(moves); i++) {
        Play p = call_started();
        if (moves[i].setup)
            go(&p, moves[i].setup, "carrier");
        Str before = case_text(p.arena, p.def, &p.c);
        Verdict verdict = play_fire(&p, moves[i].event, role(&p, moves[i].who), moves[i].data);
        int reason = p.last.reason_count ? (int)p.last.reasons[0].kind : NOTHING;
        bool same = verdict != REFUSED || (str_eq(before, case_text(p.arena, p.def, &p.c)) &&
                                           !p.last.effect_count && !p.last.taken_count);
        bool pointed = !moves[i].pointer ||
                       (p.last.reason_count && str_is(p.last.reasons[0].pointer, moves[i].pointer));
        ROW_CHECK(wrong, verdict == moves[i].verdict && reason == moves[i].reason,
                  moves[i].sentence, "verdict %d, reason %d: %s", verdict, reason,
                  reason_shown(&p, 0, EN));
        ROW_CHECK(wrong, same, moves[i].sentence, "%s", "a refusal changed something");
        ROW_CHECK(wrong, pointed && str_is(play_in(&p), moves[i].in), moves[i].sentence,
                  "in " STR_FMT, STR_ARG(play_in(&p)));
        play_end(&p);
    }
    ROWS_END(wrong);
}

static void effects(void **state)
{
    (void)state;
    Play p = call_started();
    go(&p, "submit", "carrier");
    assert_non_null(effect(&p, EFFECT_SEAL, NULL));
    assert_int_equal(effect(&p, EFFECT_MAIL, NULL)->item, 0);
    assert_int_equal(p.last.taken_count, 1);
    assert_int_equal(case_stage(p.def, &p.c), STAGE_EVALUATION);
    assert_int_equal(play_fire(&p, "return", role(&p, "clerk"), "{\"reason\": \"r\", \"days\": 1}"),
                     MOVED);
    assert_non_null(effect(&p, EFFECT_UNSEAL, NULL));
    assert_int_equal(p.c.vars[0].integer, 1);
    play_end(&p);
}

// --- timers ---

static void timers(void **state)
{
    (void)state;
    Play p = call_started();
    const Effect *closing = effect(&p, EFFECT_TIMER, "timer.draft.2"),
                 *reminder = effect(&p, EFFECT_TIMER, "timer.draft.1");
    assert_true(reminder && reminder->due == p.facts.now + 10 * DAY);
    assert_true(closing && closing->due == at("2024-02-01T00:00:00Z"));

    Event fires = {.name = reminder->name, .item = ID_NONE};
    assert_int_equal(play_event(&p, &fires, "", SYSTEM), MOVED);
    assert_non_null(effect(&p, EFFECT_MAIL, NULL));
    assert_null(effect(&p, EFFECT_TIMER, NULL)); // targetless: draft was not entered again

    Case draft = p.c;
    go(&p, "submit", "carrier");
    assert_non_null(effect(&p, EFFECT_TIMER_CANCEL, "timer.draft.1"));
    assert_non_null(effect(&p, EFFECT_TIMER_CANCEL, "timer.draft.2"));
    fires.name = STR("timer.draft.2");
    assert_int_equal(play_event(&p, &fires, "", SYSTEM), REFUSED); // too late: nobody awaits it
    assert_int_equal(p.last.reasons[0].kind, NO_SUCH_MOVE);

    p.c = draft;
    assert_int_equal(play_event(&p, &fires, "", SYSTEM), MOVED);
    assert_true(str_is(play_in(&p), "lapsed") && p.c.over);
    play_end(&p);

    // A date that nobody knows yet sets no timer, and is no error.
    p = play_load(call);
    facts_set(
        &p, SLOT_CALL,
        "{\"id\": \"c\", \"title\": \"C\", \"amount\": 1, \"committed\": 0, \"remaining\": 1}");
    play_start(&p);
    assert_null(effect(&p, EFFECT_TIMER, "timer.draft.2"));
    assert_non_null(effect(&p, EFFECT_TIMER, "timer.draft.1"));
    play_end(&p);
}

static void delayed_sends(void **state)
{
    (void)state;
    Play p = call_started();
    go(&p, "submit", "carrier");
    go(&p, "remind", "clerk");
    const Effect *nag = effect(&p, EFFECT_TIMER, "send.nag");
    assert_true(nag && nag->due == p.facts.now + DAY);
    assert_true(str_is(json_text(p.arena, nag->data), "{\"event\":\"nag\",\"data\":{\"n\":0}}"));
    Event fires = {.name = nag->name, .data = nag->data, .item = ID_NONE};
    assert_int_equal(play_event(&p, &fires, "mallory", role(&p, "clerk")),
                     REFUSED); // a person cannot play the timer
    assert_int_equal(play_event(&p, &fires, "", SYSTEM), MOVED);
    assert_non_null(effect(&p, EFFECT_MAIL, NULL));
    go(&p, "quiet", "clerk");
    assert_non_null(effect(&p, EFFECT_TIMER_CANCEL, "send.nag"));
    play_end(&p);

    // Without an id each send has a timer of its own, also after the case was stored.
    p = play_load("{jalon: 1, id: t, title: t, strict: false, states: {a: {on: {go: {do: [{send: "
                  "{event: x, delay: PT1S}}]}}}}}");
    play_start(&p);
    play_fire(&p, "go", (RoleSet)2, NULL);
    Str first = p.last.effects[0].name;
    assert_true(case_read(p.arena, p.def, case_text(p.arena, p.def, &p.c), &p.c));
    play_fire(&p, "go", (RoleSet)2, NULL);
    assert_false(str_eq(first, p.last.effects[0].name));
    play_end(&p);
}

// --- acts ---

static const struct {
    const char *sentence, *event;
    Thing act;
    const char *item, *who, *data, *slot;
    Slot slot_id;
    Verdict verdict;
    int reason;
    const char *said;
} act_rows[] = {
    {"an expert submits a review", "review.submitted", THING_REVIEW, "expert", "expert",
     "{\"grid\": \"expert\"}", NULL, 0, STAYED, NOTHING, NULL},
    {"a clerk does not", "review.submitted", THING_REVIEW, "expert", "clerk",
     "{\"grid\": \"expert\"}", NULL, 0, REFUSED, NOT_ALLOWED, "Expert"},
    {"what nobody may do here", "agreement.signed", THING_SIGNATURE, NULL, "carrier", "{}", NULL, 0,
     REFUSED, NOT_ALLOWED, "nobody"},
    {"an act may be followed by an eventless move", "review.submitted", THING_REVIEW, "expert",
     "expert", "{\"grid\": \"expert\"}",
     "{\"expert\": {\"count\": 3, \"expected\": 2, \"diverges\": false, \"criteria\": {}}}",
     SLOT_REVIEWS, MOVED, NOTHING, NULL},
    {"a decision within the rules is followed by its move", "decision.recorded", THING_DECISION,
     NULL, "clerk", "{\"kind\": \"granted\", \"amount\": 5000000}", NULL, 0, MOVED, NOTHING, NULL},
    {"a kind that the file does not know", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"conditional\", \"amount\": 5000000}", NULL, 0, REFUSED, NOT_ALLOWED,
     "granted, partial, waiting, refused"},
    {"below the floor", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"granted\", \"amount\": 999999}", NULL, 0, REFUSED, NOT_ALLOWED,
     "€9,999.99 is below the floor of €10,000"},
    {"the floor itself", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"granted\", \"amount\": 1000000}", NULL, 0, MOVED, NOTHING, NULL},
    {"above the ceiling", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"granted\", \"amount\": 10000001}", "{\"total\": 100000000}", SLOT_DOSSIER,
     REFUSED, NOT_ALLOWED, "exceeds the ceiling of €100,000"},
    {"above the rate", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"partial\", \"amount\": 7000001}", NULL, 0, REFUSED, NOT_ALLOWED,
     "exceeds 70 % of the total cost, which is €70,000"},
    {"the rate itself", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"partial\", \"amount\": 7000000}", NULL, 0, MOVED, NOTHING, NULL},
    {"a rate of an unknown cost", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"partial\", \"amount\": 7000000}", "{}", SLOT_DOSSIER, REFUSED, NOT_ALLOWED,
     "cannot be checked"},
    {"the envelope is not overspent", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"granted\", \"amount\": 5000000}", "{\"remaining\": -1}", SLOT_CALL, REFUSED,
     NOT_ALLOWED, "exceeded by €0.01"},
    {"to the last cent it may be spent", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"granted\", \"amount\": 5000000}", "{\"remaining\": 0}", SLOT_CALL, MOVED,
     NOTHING, NULL},
    {"a refusal grants nothing", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"refused\", \"amount\": 1}", NULL, 0, REFUSED, NOT_ALLOWED, "no amount"},
    {"a refusal has no floor", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"refused\", \"amount\": 0}", NULL, 0, MOVED, NOTHING, NULL},
    {"a waiting list spends nothing", "decision.recorded", THING_DECISION, NULL, "clerk",
     "{\"kind\": \"waiting\", \"amount\": 0}", "{\"remaining\": -1}", SLOT_CALL, MOVED, NOTHING,
     NULL},
    {"an instalment without condition waits for the signature", "instalment.requested",
     THING_REQUEST, "advance", "carrier", "{\"instalment\": \"advance\"}", "{\"signed\": false}",
     SLOT_AGREEMENT, REFUSED, NOT_ALLOWED, "not signed"},
    {"and may be asked after it", "instalment.requested", THING_REQUEST, "advance", "carrier",
     "{\"instalment\": \"advance\"}", "{\"signed\": true}", SLOT_AGREEMENT, STAYED, NOTHING, NULL},
    {"an instalment's condition is a guard", "instalment.requested", THING_REQUEST, "balance",
     "carrier", "{\"instalment\": \"balance\"}",
     "{\"reusers\": {\"count\": 1, \"validated\": 0, \"contested\": 0}}", SLOT_MEASURES, REFUSED,
     GUARD_FALSE, "measures.reusers.validated >= 1"},
    {"which holds in the end", "instalment.requested", THING_REQUEST, "balance", "carrier",
     "{\"instalment\": \"balance\"}",
     "{\"reusers\": {\"count\": 1, \"validated\": 1, \"contested\": 0}}", SLOT_MEASURES, STAYED,
     NOTHING, NULL},
    {"a payment waits for the approval", "payment.recorded", THING_PAYMENT, "advance", "clerk",
     "{\"instalment\": \"advance\", \"amount\": 5}",
     "{\"advance\": {\"amount\": 100, \"approved\": false, \"paid_amount\": 5}}", SLOT_INSTALMENTS,
     REFUSED, NOT_ALLOWED, "not approved"},
    {"no more than the instalment is paid", "payment.recorded", THING_PAYMENT, "advance", "clerk",
     "{\"instalment\": \"advance\", \"amount\": 5}",
     "{\"advance\": {\"amount\": 100, \"approved\": true, \"paid_amount\": 101}}", SLOT_INSTALMENTS,
     REFUSED, NOT_ALLOWED, "€1.01 would be paid"},
    {"all of it may be", "payment.recorded", THING_PAYMENT, "advance", "clerk",
     "{\"instalment\": \"advance\", \"amount\": 5}",
     "{\"advance\": {\"amount\": 100, \"approved\": true, \"paid_amount\": 100}}", SLOT_INSTALMENTS,
     STAYED, NOTHING, NULL},
    {"nothing is no payment", "payment.recorded", THING_PAYMENT, "advance", "clerk",
     "{\"instalment\": \"advance\", \"amount\": 0}",
     "{\"advance\": {\"amount\": 100, \"approved\": true, \"paid_amount\": 0}}", SLOT_INSTALMENTS,
     REFUSED, NOT_ALLOWED, "has an amount"},
    {"a measure is validated by another person", "measure.validated", THING_VALIDATION, "reusers",
     "clerk", "{\"indicator\": \"reusers\", \"entered_by\": \"another\"}", NULL, 0, STAYED, NOTHING,
     NULL},
    {"not by the one who entered it", "measure.validated", THING_VALIDATION, "reusers", "clerk",
     "{\"indicator\": \"reusers\", \"entered_by\": \"someone\"}", NULL, 0, REFUSED, NOT_ALLOWED,
     "another person"},
    {"nor contested by them", "measure.contested", THING_VALIDATION, "reusers", "clerk",
     "{\"indicator\": \"reusers\", \"entered_by\": \"someone\"}", NULL, 0, REFUSED, NOT_ALLOWED,
     "another person"},
};

static ItemId item_named(const Play *p, Thing thing, const char *name)
{
    Str s = str_of(name);
    return !name                       ? ID_NONE
           : thing == THING_REVIEW     ? definition_grid(p->def, s)
           : thing == THING_VALIDATION ? definition_indicator(p->def, s)
                                       : definition_instalment(p->def, s);
}

static void acts(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(act_rows); i++) {
        Play p = call_started();
        go(&p, "submit", "carrier");
        if (act_rows[i].slot)
            facts_set(&p, act_rows[i].slot_id, act_rows[i].slot);
        Event event = {.name = str_of(act_rows[i].event),
                       .data = json(&p, act_rows[i].data),
                       .act = act_rows[i].act,
                       .item = item_named(&p, act_rows[i].act, act_rows[i].item)};
        Verdict verdict = play_event(&p, &event, "someone", role(&p, act_rows[i].who));
        int reason = p.last.reason_count ? (int)p.last.reasons[0].kind : NOTHING;
        const char *en = reason_shown(&p, 0, EN);
        ROW_CHECK(wrong, verdict == act_rows[i].verdict && reason == act_rows[i].reason,
                  act_rows[i].sentence, "verdict %d, reason %d: %s", verdict, reason, en);
        ROW_CHECK(wrong, !act_rows[i].said || strstr(en, act_rows[i].said), act_rows[i].sentence,
                  "said: %s", en);
        play_end(&p);
    }
    ROWS_END(wrong);
}

static void rights(void **state)
{
    (void)state;
    Play p = call_started();
    RoleSet carrier = role(&p, "carrier"), clerk = role(&p, "clerk"), expert = role(&p, "expert");
    ItemId project = definition_form(p.def, STR("project")),
           extra = definition_form(p.def, STR("extra"));
    assert_true(may_edit(p.def, &p.c, THING_FORM, project, carrier));
    assert_true(may_edit(p.def, &p.c, THING_FORM, ID_NONE, carrier));
    assert_false(may_edit(p.def, &p.c, THING_FORM, extra, carrier));
    assert_false(may_edit(p.def, &p.c, THING_FORM, project, clerk));
    assert_false(may_edit(p.def, &p.c, THING_FORM, project, 0));
    assert_true(may_edit(p.def, &p.c, THING_MESSAGE, ID_NONE, clerk));
    assert_true(may_see(p.def, NULL, THING_FORM, extra, expert));
    assert_false(may_see(p.def, NULL, THING_FORM, project, expert));
    assert_false(may_see(p.def, NULL, THING_REVIEW, 0, carrier));
    assert_true(may_see(p.def, NULL, THING_REVIEW, 0, carrier | clerk));

    // Nobody judges what they carry.
    assert_true(roles_free_of_conflict(p.def, carrier | clerk | expert) == carrier);
    assert_true(roles_free_of_conflict(p.def, clerk | expert) == (clerk | expert));
    assert_true(roles_free_of_conflict(p.def, 0) == 0);
    go(&p, "submit", "carrier");
    assert_false(may_edit(p.def, &p.c, THING_FORM, project, carrier));
    play_end(&p);
}

// --- what must be loaded ---

#define NEED(slot) (UINT64_C(1) << (slot))
static const struct {
    const char *sentence, *event;
    uint64_t needs;
} need_rows[] = {
    {"a move without guards to a state without any needs nothing", "withdraw", 0},
    {"a guard's slots, and complete()", "submit",
     NEED(SLOT_CALL) | NEED(SLOT_DOSSIER) | NEED(SLOT_REVIEWS) | NEEDS_COMPLETE},
    {"a state with a date needs the call when it is entered", "return",
     NEED(SLOT_CALL) | NEED(SLOT_REVIEWS)},
    {"an act needs what its rules read, and every eventless guard", "decision.recorded",
     NEED(SLOT_CALL) | NEED(SLOT_DOSSIER) | NEED(SLOT_REVIEWS)},
    {"an act without rules needs the eventless guards", "message.posted", NEED(SLOT_REVIEWS)},
    {"a request needs the agreement or its condition", "instalment.requested",
     NEED(SLOT_AGREEMENT) | NEED(SLOT_MEASURES) | NEED(SLOT_REVIEWS)},
    {"a move to a state without eventless guards needs its own", "finish", 0},
    {"an unknown event needs nothing", "explode", 0},
    {"a delayed send may be anything", "send.nag",
     NEED(SLOT_CALL) | NEED(SLOT_DOSSIER) | NEED(SLOT_REVIEWS) | NEED(SLOT_MEASURES) |
         NEEDS_COMPLETE},
};

static void needs(void **state)
{
    (void)state;
    int wrong = 0;
    Play p = call_started();
    for (size_t i = 0; i < ROWS(need_rows); i++) {
        uint64_t needed = facts_needed(p.def, str_of(need_rows[i].event));
        ROW_CHECK(wrong, needed == need_rows[i].needs, need_rows[i].sentence,
                  "expected %llx, came %llx", (unsigned long long)need_rows[i].needs,
                  (unsigned long long)needed);
    }
    assert_true(moves_needed(p.def, &p.c) ==
                (NEED(SLOT_CALL) | NEED(SLOT_DOSSIER) | NEEDS_COMPLETE));
    play_end(&p);

    p = play_load(
        "{jalon: 1, id: t, title: t, strict: false, data: {v: 0}, states: {a: {on: {go: {to: b, "
        "do: "
        "[{raise: x}]}, no: {to: c}, back: {to: h}}}, b: {states: {h: {history: deep}, b1: {on: "
        "{x: "
        "{if: call.amount > 1, to: c}}}, b2: {entry: [{assign: {v: reviews.n}}]}}}, c: {entry: "
        "[{assign: {v: dossier.n}}]}}}");
    assert_true(facts_needed(p.def, STR("go")) == (NEED(SLOT_CALL) | NEED(SLOT_DOSSIER)));
    assert_true(facts_needed(p.def, STR("no")) == NEED(SLOT_DOSSIER));
    assert_true(facts_needed(p.def, STR("back")) == NEED(SLOT_REVIEWS)); // whatever is remembered
    play_end(&p);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permissions),   cmocka_unit_test(effects), cmocka_unit_test(timers),
        cmocka_unit_test(delayed_sends), cmocka_unit_test(acts),    cmocka_unit_test(rights),
        cmocka_unit_test(needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
