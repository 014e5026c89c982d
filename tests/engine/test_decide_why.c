// SPDX-License-Identifier: Apache-2.0
// Why not, whole: every reason of a refused move or act as it is read, in French and in English.
#include "playing.h"

static const char text[] =
    "jalon: 1\n"
    "id: call\n"
    "title: Call\n"
    "roles:\n"
    "  carrier: {title: {fr: Porteur, en: Carrier}, on: dossier, sees: [forms, documents]}\n"
    "  clerk: {title: {fr: Instructrice, en: Clerk}, on: call, sees: [reviews, decision]}\n"
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
    "grids: {board: {title: {fr: Comité, en: Board}, by: clerk, reviews: 2, criteria: {impact: "
    "{title: Impact, weight: 1, scale: {1: Low, 5: High}}}}}\n"
    "decision: {kinds: [granted, refused], floor: 100000, ceiling: 5000000}\n"
    "events:\n"
    "  submit: {title: {fr: Déposer, en: File}}\n"
    "  return: {title: {fr: Renvoyer, en: Return}, data: {type: object, required: [reason, days], "
    "properties: {reason: {type: string, minLength: 5, title: {fr: Motif, en: Reason}}, days: "
    "{type: integer, title: {fr: Jours, en: Days}}}}}\n"
    "  stop: {title: {fr: Arrêter, en: Stop}}\n"
    "  spin: {title: {fr: Tourner, en: Spin}}\n"
    "states:\n"
    "  draft:\n"
    "    title: {fr: Brouillon, en: Draft}\n"
    "    edit: {carrier: [form.project], clerk: [review.board, decision]}\n"
    "    on:\n"
    "      submit: {by: carrier, if: \"complete('project') && dossier.asked <= dossier.total * 0.7 "
    "&& now < call.closes_at\", to: filed}\n"
    "      return: {by: [carrier, clerk], if: \"Was('filed')\", to: filed}\n"
    "      judge: {by: [carrier, clerk], title: {fr: Juger, en: Judge}, if: "
    "\"reviews.board.mean >= 3.0\", to: filed}\n"
    "      stop: {by: [clerk, press], to: over}\n"
    "      leave: {by: carrier, title: {fr: Partir, en: Leave}, to: over}\n"
    "      spin: {by: carrier, to: spinning}\n"
    "  filed:\n"
    "    title: {fr: Déposé, en: Filed}\n"
    "    edit: {clerk: [decision]}\n"
    "    on: {decision.recorded: {to: over}}\n"
    "  spinning:\n"
    "    title: {fr: Manège, en: Roundabout}\n"
    "    always: [{if: \"now > timestamp('2000-01-01T00:00:00Z')\", to: turning}]\n"
    "    at: {call.closes_at: {to: over}}\n"
    "  turning:\n"
    "    title: {fr: Tour, en: Turn}\n"
    "    always: [{if: \"now > timestamp('2000-01-01T00:00:00Z')\", to: spinning}]\n"
    "    at: {call.closes_at: {to: over}}\n"
    "  over: {title: {fr: Fini, en: Over}, type: final}\n";

#define FULL  "{'title':'Jardin','total':1000,'asked':700}"
#define OPEN  "2024-06-01T00:00:00Z"
#define PAST  "2023-12-31T23:00:00Z"
#define PLAIN THING_NONE

static const struct {
    const char *sentence, *event, *who, *data, *dossier, *closes_at;
    const char *state; // where it is tried, or NULL: draft
    Thing act;
    const char *fr, *en; // all reasons, a line each
} rows[] = {
    {"a move that belongs to others names them", "stop", "carrier", NULL, FULL, OPEN, NULL, PLAIN,
     "« Arrêter » revient à : Instructrice, Presse.", "\"Stop\" belongs to: Clerk, Press."},
    {"a move that this state does not know names those that it does", "submitt", "press", NULL,
     FULL, OPEN, NULL, PLAIN,
     "Le mouvement « submitt » n'existe pas à l'étape « Brouillon ». Ceux qui existent : Déposer "
     "(submit), Renvoyer (return), Juger (judge), Arrêter (stop), Partir (leave), Tourner (spin).",
     "There is no move \"submitt\" in the state \"Draft\". There are: File (submit), Return "
     "(return), Judge (judge), Stop (stop), Leave (leave), Spin (spin)."},
    {"a move of another state is not there", "submit", "carrier", NULL, FULL, OPEN, "filed", PLAIN,
     "Le mouvement « submit » n'existe pas à l'étape « Déposé », qui n'en attend aucun.",
     "There is no move \"submit\" in the state \"Filed\", which awaits none."},
    {"what is over stays over", "submit", "carrier", NULL, FULL, OPEN, "over", PLAIN,
     "La démarche est terminée : plus rien ne peut y changer.",
     "This application is over: nothing can change any more."},

    {"a deadline shows both instants", "submit", "carrier", NULL, FULL, PAST, NULL, PLAIN,
     "La condition « now < call.closes_at » n'est pas remplie : now = "
     "timestamp(\"2024-01-01T00:00:00Z\"), clôture de l'appel (call.closes_at) = "
     "timestamp(\"2023-12-31T23:00:00Z\").",
     "The condition \"now < call.closes_at\" does not hold: now = "
     "timestamp(\"2024-01-01T00:00:00Z\"), closing of the call (call.closes_at) = "
     "timestamp(\"2023-12-31T23:00:00Z\")."},
    {"a condition shows the figures that it compared", "submit", "carrier", NULL,
     "{'title':'Jardin','total':1000,'asked':701}", OPEN, NULL, PLAIN,
     "La condition « dossier.asked <= dossier.total * 0.7 » n'est pas remplie : Montant demandé "
     "(dossier.asked) = 701, Coût total (dossier.total) = 1000.",
     "The condition \"dossier.asked <= dossier.total * 0.7\" does not hold: Amount asked "
     "(dossier.asked) = 701, Total cost (dossier.total) = 1000."},
    {"what is missing is told field by field, then what else fails", "submit", "carrier", NULL,
     "{'title':'ab'}", PAST, NULL, PLAIN,
     "« Titre » : au moins 3 caractères sont attendus, il y en a 2.\n« Coût total » est à "
     "remplir.\nLa pièce « Budget » manque.\nLa condition « dossier.asked <= dossier.total * 0.7 » "
     "n'est pas remplie : Montant demandé (dossier.asked) = —, Coût total (dossier.total) = —.\nLa "
     "condition « now < call.closes_at » n'est pas remplie : now = "
     "timestamp(\"2024-01-01T00:00:00Z\"), clôture de l'appel (call.closes_at) = "
     "timestamp(\"2023-12-31T23:00:00Z\").",
     "\"Title\": at least 3 characters are expected, there are 2.\n\"Total cost\" is "
     "required.\nDocument \"Budget\" is missing.\nThe condition \"dossier.asked <= dossier.total * "
     "0.7\" does not hold: Amount asked (dossier.asked) = —, Total cost (dossier.total) = —.\nThe "
     "condition \"now < call.closes_at\" does not hold: now = timestamp(\"2024-01-01T00:00:00Z\"), "
     "closing of the call (call.closes_at) = timestamp(\"2023-12-31T23:00:00Z\")."},
    {"what the reader does not see is not told", "judge", "carrier", NULL, FULL, OPEN, NULL, PLAIN,
     "La condition « reviews.board.mean >= 3.0 » n'est pas remplie.",
     "The condition \"reviews.board.mean >= 3.0\" does not hold."},
    {"who sees it is told the figure", "judge", "clerk", NULL, FULL, OPEN, NULL, PLAIN,
     "La condition « reviews.board.mean >= 3.0 » n'est pas remplie : moyenne pondérée "
     "(reviews.board.mean) = 2.5.",
     "The condition \"reviews.board.mean >= 3.0\" does not hold: weighted mean "
     "(reviews.board.mean) = 2.5."},
    {"a condition on the past has nothing to show", "return", "clerk",
     "{'reason':'dates','days':3}", FULL, OPEN, NULL, PLAIN,
     "La condition « Was('filed') » n'est pas remplie.",
     "The condition \"Was('filed')\" does not hold."},

    {"data that are missing or wrong are told one by one", "return", "clerk",
     "{'reason':'no','when':1}", FULL, OPEN, NULL, PLAIN,
     "« Motif » : au moins 5 caractères sont attendus, il y en a 2.\n« Jours » est à remplir.",
     "\"Reason\": at least 5 characters are expected, there are 2.\n\"Days\" is required."},
    {"no data where data are asked", "return", "clerk", NULL, FULL, OPEN, NULL, PLAIN,
     "« Motif » est à remplir.\n« Jours » est à remplir.",
     "\"Reason\" is required.\n\"Days\" is required."},
    {"data where none are asked", "leave", "carrier", "{'reason':'dates'}", FULL, OPEN, NULL, PLAIN,
     "Ce mouvement ne prend pas de données.", "This move takes no data."},
    {"who may not fire it hears that before anything of the data", "stop", "carrier", "{'x':1}",
     FULL, OPEN, NULL, PLAIN, "« Arrêter » revient à : Instructrice, Presse.",
     "\"Stop\" belongs to: Clerk, Press."},
    {"a move that would go round for ever", "spin", "carrier", NULL, FULL, OPEN, NULL, PLAIN,
     "Ce mouvement entraîne une suite d'étapes trop longue ; le fichier de la démarche est à "
     "corriger.",
     "This move leads to too many steps; the workflow file must be corrected."},

    {"an act of others names them", "decision.recorded", "carrier", "{'kind':'refused'}", FULL,
     OPEN, NULL, THING_DECISION, "« Décision » : à cette étape, cela revient à : Instructrice.",
     "\"Decision\": at this stage, this belongs to: Clerk."},
    {"an act that is nobody's now", "review.submitted", "clerk", "{'grid':'board'}", FULL, OPEN,
     "filed", THING_REVIEW, "« Avis » : personne ne peut le faire à cette étape.",
     "\"Reviews\": nobody can do this at this stage."},
    {"a kind of decision that is not provided for", "decision.recorded", "clerk",
     "{'kind':'maybe'}", FULL, OPEN, NULL, THING_DECISION,
     "La décision « maybe » n'est pas prévue ; sont prévues : granted, refused.",
     "The decision \"maybe\" is not provided for; these are: granted, refused."},
    {"an amount below the floor", "decision.recorded", "clerk", "{'kind':'granted','amount':99}",
     FULL, OPEN, NULL, THING_DECISION, "0,99\u00a0€ est sous le plancher de 1\u202f000,00\u00a0€.",
     "€0.99 is below the floor of €1,000.00."},
};

static json_t *quoted(Play *p, const char *json_text_)
{
    char *copy = str_cstr(p->arena, str_of(json_text_));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return json(p, copy);
}

static Play play_at(size_t i)
{
    Play p = play_load(text);
    p.facts.slot[SLOT_CALL] =
        json_keep(p.arena, json_pack("{s:s}", "closes_at", rows[i].closes_at));
    p.facts.slot[SLOT_DOSSIER] = p.facts.answers = quoted(&p, rows[i].dossier);
    p.facts.slot[SLOT_REVIEWS] = quoted(&p, "{'board':{'mean':2.5}}");
    p.facts.document_counts =
        quoted(&p, strcmp(rows[i].dossier, FULL) ? "{'budget':0}" : "{'budget':1}");
    if (strstr(rows[i].dossier, "701"))
        p.facts.document_counts = quoted(&p, "{'budget':1}");
    play_start(&p);
    Str there = str_format(p.arena, "{\"in\":[\"%s\"],\"was\":[\"draft\"]%s}",
                           rows[i].state ? rows[i].state : "draft",
                           rows[i].state && !strcmp(rows[i].state, "over") ? ",\"over\":true" : "");
    assert_true(case_read(p.arena, p.def, there, &p.c));
    return p;
}

static Str reasons_shown(const Play *p, Lang lang)
{
    Buf buf = {.arena = p->arena};
    for (size_t i = 0; i < p->last.reason_count; i++)
        buf_format(&buf, "%s%s", i ? "\n" : "", reason_shown(p, i, lang));
    return buf_str(&buf);
}

static void every_reason_is_said_in_both_languages(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Play p = play_at(i);
        Event event = {.name = str_of(rows[i].event),
                       .data = rows[i].data ? quoted(&p, rows[i].data) : NULL,
                       .act = rows[i].act,
                       .item = ID_NONE};
        Verdict verdict = play_event(&p, &event, "someone", role(&p, rows[i].who));
        Str fr = reasons_shown(&p, FR), en = reasons_shown(&p, EN);
        ROW_CHECK(wrong, verdict == REFUSED && str_is(fr, rows[i].fr) && str_is(en, rows[i].en),
                  rows[i].sentence, "verdict %d:\n" STR_FMT "\n" STR_FMT, verdict, STR_ARG(fr),
                  STR_ARG(en));
        play_end(&p);
    }
    ROWS_END(wrong);
}

// decide() alone finds no words but those that cost nothing; what is allowed has none to find.
static void words_are_found_only_when_asked(void **state)
{
    (void)state;
    Play p = play_at(0);
    Actor actor = {.person = STR("someone"), .roles = role(&p, "carrier")};
    Event stop = {.name = STR("stop"), .item = ID_NONE}, leave = {.name = STR("leave")};
    Outcome outcome = decide(p.arena, p.def, &p.c, &stop, &actor, &p.facts);
    assert_int_equal(outcome.verdict, REFUSED);
    assert_int_equal(outcome.reason_count, 0);
    decide_why(p.arena, p.def, &p.c, &stop, &actor, &p.facts, &outcome);
    assert_int_equal(outcome.reason_count, 1);
    outcome = decide(p.arena, p.def, &p.c, &leave, &actor, &p.facts);
    decide_why(p.arena, p.def, &p.c, &leave, &actor, &p.facts, &outcome);
    assert_int_equal(outcome.verdict, MOVED);
    assert_int_equal(outcome.reason_count, 0);
    play_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_is_said_in_both_languages),
        cmocka_unit_test(words_are_found_only_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
