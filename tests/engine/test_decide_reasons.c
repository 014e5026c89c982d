// SPDX-License-Identifier: Apache-2.0
// Why not: each kind of reason in both languages, nothing said of what the reader may not see, and
// the moves on offer.
#include "playing.h"

static const char call[] =
    "jalon: 1\n"
    "id: call\n"
    "title: Call\n"
    "roles:\n"
    "  carrier: {title: {fr: Porteur, en: Carrier}, on: dossier, sees: [forms, documents, "
    "decision]}\n"
    "  clerk: {title: {fr: Instructrice, en: Clerk}, on: call, sees: [forms, documents, reviews, "
    "decision]}\n"
    "  press: {title: {fr: Presse, en: Press}, on: platform}\n"
    "forms:\n"
    "  project:\n"
    "    title: {fr: Projet, en: Project}\n"
    "    type: object\n"
    "    required: [title, total]\n"
    "    properties:\n"
    "      title: {type: string, minLength: 3, title: {fr: Titre, en: Title}}\n"
    "      total: {type: integer, title: {fr: Coût total, en: Total cost}}\n"
    "      asked: {type: integer, title: {fr: Montant demandé, en: Amount asked}}\n"
    "documents: {budget: {title: {fr: Budget, en: Budget}, types: [application/pdf], form: "
    "project, required: true}}\n"
    "grids: {board: {title: Board, by: clerk, reviews: 2, criteria: {impact: {title: Impact, "
    "weight: 1, scale: {1: Low, 5: High}}}}}\n"
    "events:\n"
    "  submit: {title: {fr: Déposer, en: File}}\n"
    "  grant: {title: {fr: Accorder, en: Grant}, data: {type: object, required: [amount], "
    "properties: {amount: {type: integer}}}}\n"
    "data: {secret: 7}\n"
    "states:\n"
    "  draft:\n"
    "    title: {fr: Brouillon, en: Draft}\n"
    "    transitions:\n"
    "      - {event: submit, by: [carrier, clerk], if: complete('project') && dossier.asked <= "
    "dossier.total && now < call.closes_at, to: filed}\n"
    "      - {event: judge, by: [carrier, clerk], title: {fr: Juger, en: Judge}, if: "
    "reviews.board.mean >= 3.0, to: filed}\n"
    "      - {event: peek, by: [carrier, clerk], title: {fr: Voir, en: Peek}, if: secret > 8, to: "
    "filed}\n"
    "      - {event: grant, by: clerk, if: event.data.amount <= 10 && dossier.asked > 1, to: "
    "filed}\n"
    "      - {event: broken, by: [carrier, clerk], title: {fr: Casser, en: Break}, if: "
    "dossier.asked / 0 > 1, to: filed}\n"
    "      - {event: leave, by: [carrier, press], title: {fr: Partir, en: Leave}, to: gone}\n"
    "  filed: {title: {fr: Déposé, en: Filed}, on: {end: {by: clerk, title: {fr: Finir, en: End}, "
    "to: gone}}}\n"
    "  gone: {title: {fr: Parti, en: Gone}, type: final}\n";

static Play call_started(void)
{
    Play p = play_load(call);
    p.facts.slot[SLOT_CALL] =
        json(&p, "{\"id\": \"c\", \"title\": \"C\", \"closes_at\": \"2023-12-31T00:00:00Z\"}");
    p.facts.slot[SLOT_DOSSIER] = json(&p, "{\"title\": \"x\", \"asked\": 12}");
    p.facts.slot[SLOT_REVIEWS] = json(&p, "{\"board\": {\"count\": 1, \"expected\": 2, \"mean\": "
                                          "2.5, \"diverges\": false, \"criteria\": {}}}");
    p.facts.answers = p.facts.slot[SLOT_DOSSIER];
    p.facts.document_counts = json(&p, "{}");
    play_start(&p);
    return p;
}

static const struct {
    const char *sentence, *event, *who, *data, *fr, *en,
        *never; // parts of what is said, or must not be
    int reason;
} rows[] = {
    {"an unknown move names those that exist", "submitt", "clerk", NULL,
     "« submitt » n'existe pas à l'étape « Brouillon ». Ceux qui existent : Déposer (submit), "
     "Juger (judge), Voir (peek), Accorder (grant), Casser (broken), Partir (leave).",
     "There is no move \"submitt\" in the state \"Draft\". There are: File (submit), Judge (judge)",
     NULL, NO_SUCH_MOVE},
    {"who may is named", "grant", "carrier", "{\"amount\": 1}",
     "« Accorder » revient à : Instructrice.", "\"Grant\" belongs to: Clerk.", NULL, NOT_YOUR_ROLE},
    {"all who may", "leave", "clerk", NULL, "Porteur, Presse", "Carrier, Press", NULL,
     NOT_YOUR_ROLE},
    {"a false condition shows the value it saw", "judge", "clerk", NULL,
     "« reviews.board.mean >= 3.0 » n'est pas remplie : moyenne pondérée (reviews.board.mean) = "
     "2.5",
     "weighted mean (reviews.board.mean) = 2.5", NULL, GUARD_FALSE},
    {"but not to who does not see reviews", "judge", "carrier", NULL,
     "« reviews.board.mean >= 3.0 » n'est pas remplie.", "does not hold.", "2.5", GUARD_FALSE},
    {"a variable of the file may hold what reviewers said", "peek", "clerk", NULL, "secret = 7",
     "secret = 7", NULL, GUARD_FALSE},
    {"so it is hidden like reviews", "peek", "carrier", NULL, "secret > 8", "secret > 8", "= 7",
     GUARD_FALSE},
    {"data decide with the facts", "grant", "clerk", "{\"amount\": 11}", "event.data.amount",
     "= 11", NULL, GUARD_FALSE},
    {"an error is told", "broken", "clerk", NULL, "division par zéro", "division by zero", NULL,
     GUARD_FALSE},
    {"data are held to their schema", "grant", "clerk", "{\"amount\": \"ten\"}", "amount", "amount",
     NULL, BAD_DATA},
};

static void reasons(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Play p = call_started();
        Verdict verdict = play_fire(&p, rows[i].event, role(&p, rows[i].who), rows[i].data);
        const char *fr = reason_shown(&p, 0, FR), *en = reason_shown(&p, 0, EN);
        int reason = p.last.reason_count ? (int)p.last.reasons[0].kind : -1;
        bool said =
            rows[i].reason == BAD_DATA || (strstr(fr, rows[i].fr) && strstr(en, rows[i].en));
        bool told = rows[i].never && (strstr(fr, rows[i].never) || strstr(en, rows[i].never));
        ROW_CHECK(wrong, verdict == REFUSED && reason == rows[i].reason && said && !told,
                  rows[i].sentence, "reason %d: %s | %s", reason, fr, en);
        play_end(&p);
    }
    ROWS_END(wrong);
}

static const Reason *pointing(const Play *p, const char *pointer)
{
    for (size_t i = 0; i < p->last.reason_count; i++)
        if (p->last.reasons[i].kind == INCOMPLETE && str_is(p->last.reasons[i].pointer, pointer))
            return &p->last.reasons[i];
    return NULL;
}

// What is missing is told field by field, beside the other conditions that fail.
static void incomplete(void **state)
{
    (void)state;
    Play p = call_started();
    assert_int_equal(play_fire(&p, "submit", role(&p, "carrier"), NULL), REFUSED);
    assert_non_null(pointing(&p, "/title"));
    assert_non_null(pointing(&p, "/documents/budget"));
    size_t guards = 0;
    for (size_t i = 0; i < p.last.reason_count; i++)
        guards += p.last.reasons[i].kind == GUARD_FALSE;
    assert_int_equal(guards, 2);
    play_end(&p);
}

static void too_late(void **state)
{
    (void)state;
    Play p = call_started();
    assert_int_equal(play_fire(&p, "leave", role(&p, "carrier"), NULL), MOVED);
    assert_int_equal(play_fire(&p, "leave", role(&p, "carrier"), NULL), REFUSED);
    assert_int_equal(p.last.reasons[0].kind, CASE_OVER);
    assert_non_null(strstr(reason_shown(&p, 0, FR), "terminée"));
    assert_non_null(strstr(reason_shown(&p, 0, EN), "over"));
    play_end(&p);
}

// --- moves ---

static const struct {
    const char *sentence, *event, *who;
    bool open;
    int reason;
} offers[] = {
    {"an open move", "leave", "carrier", true, -1},
    {"another's move is shown closed", "leave", "clerk", false, NOT_YOUR_ROLE},
    {"a closed one says why", "judge", "clerk", false, GUARD_FALSE},
    {"what hangs on data still to give is open", "grant", "clerk", true, -1},
    {"an incomplete form closes", "submit", "carrier", false, INCOMPLETE},
};

static const Move *move_named(const Move *moves, size_t n, const char *event)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(moves[i].event, event))
            return &moves[i];
    return NULL;
}

static void moves(void **state)
{
    (void)state;
    int wrong = 0;
    Play p = call_started();
    for (size_t i = 0; i < ROWS(offers); i++) {
        Actor actor = {.person = STR("someone"), .roles = role(&p, offers[i].who)};
        size_t n;
        const Move *all = moves_of(p.arena, p.def, &p.c, &actor, &p.facts, &n);
        const Move *move = move_named(all, n, offers[i].event);
        assert_int_equal(n, 6);
        assert_non_null(move);
        int reason = move->reason_count ? (int)move->reasons[0].kind : -1;
        ROW_CHECK(wrong, move->open == offers[i].open && reason == offers[i].reason,
                  offers[i].sentence, "open %d, reason %d", move->open, reason);
    }
    Actor clerk = {.person = STR("someone"), .roles = role(&p, "clerk")};
    size_t n;
    const Move *all = moves_of(p.arena, p.def, &p.c, &clerk, &p.facts, &n);
    assert_true(str_is(all[0].event, "submit") && str_is(all[5].event, "leave")); // document order
    assert_true(str_is(label_text(move_named(all, n, "grant")->title, FR), "Accorder"));
    assert_non_null(move_named(all, n, "grant")->def);
    assert_int_equal(move_named(all, n, "leave")->target, definition_state(p.def, STR("gone")));
    // What the facts close, whatever the data: dossier.asked > 1.
    p.facts.slot[SLOT_DOSSIER] = json(&p, "{\"asked\": 1}");
    all = moves_of(p.arena, p.def, &p.c, &clerk, &p.facts, &n);
    assert_false(move_named(all, n, "grant")->open);
    assert_int_equal(move_named(all, n, "grant")->reason_count, 1);

    play_fire(&p, "leave", role(&p, "carrier"), NULL);
    moves_of(p.arena, p.def, &p.c, &clerk, &p.facts, &n);
    assert_int_equal(n, 0); // over
    play_end(&p);
    ROWS_END(wrong);
}

// What was not loaded is an error of the guard, so the move stays shut.
static void not_loaded(void **state)
{
    (void)state;
    Play p = call_started();
    p.facts.slot[SLOT_REVIEWS] = NULL;
    assert_int_equal(play_fire(&p, "judge", role(&p, "clerk"), NULL), REFUSED);
    assert_int_equal(p.last.reasons[0].kind, GUARD_FALSE);
    p.facts.answers = NULL;
    assert_int_equal(play_fire(&p, "submit", role(&p, "clerk"), NULL), REFUSED);
    assert_int_equal(p.last.reasons[0].kind, INCOMPLETE);
    play_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons), cmocka_unit_test(incomplete), cmocka_unit_test(too_late),
        cmocka_unit_test(moves),   cmocka_unit_test(not_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
