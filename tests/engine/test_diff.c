// SPDX-License-Identifier: Apache-2.0
// What changes between two versions, in sentences: a garden in which one thing was written
// differently.
#include "engine/diff.h"
#include "garden.h"

static const struct {
    const char *sentence, *from, *to;
    Lang lang;
    const char *said; // "weight sentence" by lines, "old" before what stands in the old file
} rows[] = {
    {"nothing", "id: garden", "id: garden", FR, ""},
    {"a condition that becomes another", "reviews.expert.count >= 2", "reviews.expert.count >= 3",
     EN,
     "changed in 'Reading', 'Review submitted' has another condition: reviews.expert.count >= 3 && "
     "!reviews.expert.diverges (before: reviews.expert.count >= 2 && !reviews.expert.diverges)\n"},
    {"a move that gets a condition takes something", "withdraw: {by: carrier, to: withdrawn}",
     "withdraw: {by: carrier, to: withdrawn, if: \"now < call.closes_at\"}", FR,
     "lost dans « Brouillon », « Retirer » (Porteur) a une condition : now < call.closes_at "
     "(avant : aucune)\n"},
    {"a move that loses its condition gives",
     ", if: \"complete('project') && now < call.closes_at\"", "", FR,
     "gained dans « Brouillon », « Déposer » (Porteur) n'a plus de condition (avant : "
     "complete('project') && now < call.closes_at)\n"},
    {"another role fires a move", "pause: {by: clerk, to: paused}",
     "pause: {by: board, to: paused}", EN,
     "lost Clerk may no longer 'Pause' in 'Study'\ngained Board may now 'Pause' in 'Study'\n"},
    {"a move that is taken away", "      withdraw: {by: carrier, to: withdrawn}\n", "", FR,
     "lost old dans « Brouillon », « Retirer » (Porteur) vers « Retiré » n'existe plus\n"},
    {"a move that is new", "      pause: {by: clerk, to: paused}\n",
     "      pause: {by: clerk, to: paused}\n      withdraw: {by: carrier, to: withdrawn}\n", FR,
     "gained dans « Étude », nouveau : « Retirer » (Porteur) vers « Retiré »\n"},
    {"a move that leads elsewhere", "return: {by: clerk, to: draft",
     "return: {by: clerk, to: paused", FR,
     "changed dans « Étude », « Renvoyer » (Instructrice) mène à « Suspendu » (avant : « Brouillon "
     "»)\n"},
    {"a move that does something else", "do: [seal, {mail: receipt}]", "do: [seal]", EN,
     "changed Draft, 'File' (Carrier), does: seal (before: seal, mail receipt)\n"},
    {"the first of two moves is another",
     "        - {to: granted, if: \"decision.kind == 'granted'\"}\n        - {to: refused}\n",
     "        - {to: refused, if: \"decision.kind == 'refused'\"}\n        - {to: granted, if: "
     "\"decision.kind == 'granted'\"}\n",
     FR,
     "lost dans « Comité », « Décision prise » a une condition : decision.kind == 'refused' (avant "
     ": aucune)\nchanged dans « Comité », « Décision prise » vers « Refusé » est maintenant essayé "
     "avant « Retenu »\n"},
    {"a delay that grows", "after: {P30D: {to: refused}}", "after: {P2M: {to: refused}}", FR,
     "deadline dans « Suspendu », l'échéance vers « Refusé » tombe après 2 mois (avant : après 30 "
     "jours)\n"},
    {"a date instead of a delay", "after: {P30D: {to: refused}}",
     "at: {call.closes_at: {to: refused}}", EN,
     "deadline in 'Paused', the deadline to 'Refused' falls at call.closes_at (before: after 30 "
     "days)\n"},
    {"a deadline that falls away", "    after: {P30D: {to: refused}}\n", "", FR,
     "deadline old dans « Suspendu », l'échéance (après 30 jours) vers « Refusé » n'existe plus\n"},
    {"a state that has another title", "title: {fr: Suspendu, en: Paused}",
     "title: {fr: En pause, en: On hold}", FR,
     "wording l'état « Suspendu » s'intitule « En pause »\n"},
    {"a state of another stage", "title: {fr: Suspendu, en: Paused}\n    stage: evaluation",
     "title: {fr: Suspendu, en: Paused}\n    stage: decision", FR,
     "changed Suspendu, étape : decision (avant : evaluation)\n"},
    {"a right to write that is taken away", "edit: {carrier: [form.project, documents, messages]}",
     "edit: {carrier: [form.project, messages]}", FR,
     "lost Porteur ne peut plus écrire « Pièces » dans « Brouillon »\n"},
    {"a right given to a state is given to those inside",
     "    edit: {clerk: [messages]}\n    on:\n      return",
     "    edit: {clerk: [messages, review.risk]}\n    on:\n      return", FR,
     "gained Instructrice peut maintenant écrire « Avis : Risques » dans « Lecture », « Lu », « "
     "Vu »\n"},
    {"a role that sees less", "sees: [forms, documents, reviews]", "sees: [forms, reviews]", EN,
     "lost Clerk no longer sees 'Documents'\n"},
    {"a state that shows less", ", see: {evaluator: [decision.kind]}", "", FR,
     "lost Évaluatrice ne voit plus « Décision : sens » dans « Refusé »\n"},
    {"a state that shows more", "see: {evaluator: [decision.kind]}", "see: {evaluator: [decision]}",
     EN,
     "gained Evaluator now sees 'Decision: amount' in 'Refused'\ngained Evaluator now sees "
     "'Decision: motive' in 'Refused'\n"},
    {"what a state showed is always shown",
     "evaluator: {title: {fr: Évaluatrice, en: Evaluator}, "
     "on: call, sees: [forms]}",
     "evaluator: {title: {fr: Évaluatrice, en: Evaluator}, on: call, sees: [forms, history]}", EN,
     "gained Evaluator now sees 'History'\n"},
    {"a role that becomes personal", "on: space, sees: [forms, decision]}",
     "on: space, sees: [forms, decision], delegate: false}", EN,
     "lost Board can no longer delegate\n"},
    {"a section is set apart", "documents:\n  statutes",
     "sections: {place: {title: {fr: Lieu, en: Place}, answers: [surface], documents: [plan]}}\n"
     "documents:\n  statutes",
     EN,
     "lost Carrier no longer sees 'Document: Plan'\nlost Clerk no longer sees 'Document: "
     "Plan'\nlost Carrier may no longer write 'Document: Plan' in 'Draft'\ngained section 'Place': "
     "new\n"},
    {"a member that becomes required", "required: [title, total, surface]",
     "required: [title, total, surface, requested]", FR,
     "lost formulaire « Projet » : « requested » devient obligatoire\n"},
    {"a member of another type", "harvest: {type: number,", "harvest: {type: string,", FR,
     "changed formulaire « Bilan » : « harvest » est de type string (avant : number)\n"},
    {"a member's rule", "surface: {type: integer, minimum: 1,",
     "surface: {type: integer, minimum: 9,", EN,
     "changed form 'Project': 'surface', minimum: 9 (before: 1)\n"},
    {"a member that is asked besides", "      harvest: {type: number",
     "      weeds: {type: integer, title: {fr: Herbes, en: Weeds}}\n      harvest: {type: number",
     FR, "gained formulaire « Bilan » : « weeds » est demandé en plus\n"},
    {"what a move asks", "required: [reason], properties", "properties", EN,
     "gained move 'Return': 'reason' becomes optional\n"},
    {"a document that may be left out", "form: project, required: true}\n  photo",
     "form: project}\n  photo", FR, "gained document « Plan » : devient facultatif\n"},
    {"a criterion that weighs less", "weight: 3", "weight: 2", FR,
     "changed grille « Expertise », critère « Impact », poids : 2 (avant : 3)\n"},
    {"a scale with other words", "3: {fr: Moyen, en: Fair}", "3: {fr: Passable, en: So-so}", FR,
     "changed grille « Expertise », critère « Impact », échelle : 1 Faible, 3 Passable, 5 Fort "
     "(avant : 1 Faible, 3 Moyen, 5 Fort)\n"},
    {"a ceiling", "ceiling: 5000000", "ceiling: 4000000", FR,
     "changed décision, plafond : 40000.00 € (avant : 50000.00 €)\n"},
    {"an instalment's condition", "share: 33.33, when: \"agreement.signed\"", "share: 33.33", EN,
     "changed instalment 'Advance', condition: nothing (before: agreement.signed)\n"},
    {"a mail that others get", "late: {to: [carrier]", "late: {to: [clerk]", FR,
     "changed courriel « Trop tard », adressé à : Instructrice (avant : Porteur)\n"},
    {"an indicator that goes down", "unit: kg, direction: up", "unit: kg, direction: down", FR,
     "changed indicateur « Récolte », moins vaut mieux : oui (avant : non)\n"},
    {"a promise that is made", "initial: draft\n",
     "always: [{in: granted, was: committee}]\ninitial: draft\n", EN,
     "gained is promised: always granted: committee\n"},
};

// `from`, which stands once in the text, replaced.
static Str edited(Arena *arena, const char *from, const char *to)
{
    const char *at = strstr(garden_text, from);
    if (!at)
        return STR_NONE;
    return str_format(arena, "%.*s%s%s", (int)(at - garden_text), garden_text, to,
                      at + strlen(from));
}

static const Definition *built(Arena *arena, Str text)
{
    Findings findings = {0};
    const Definition *def = definition_build(arena, text, STR(garden_dictionary), &findings);
    if (!def)
        print_error(STR_FMT, STR_ARG(findings_text(arena, STR("new"), EN, &findings)));
    return def;
}

static Str told(Arena *arena, const Changes *changes)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < changes->len; i++) {
        const Change *c = &changes->at[i];
        buf_format(&buf, "%s %s" STR_FMT "\n", weight_words[c->weight], c->in_old ? "old " : "",
                   STR_ARG(c->sentence));
    }
    return buf_str(&buf);
}

static void one_change_one_sentence(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        const Definition *new = built(arena, edited(arena, rows[i].from, rows[i].to));
        if (new) {
            Changes changes = definition_diff(arena, garden(arena), new, rows[i].lang);
            Str came = told(arena, &changes);
            ROW_CHECK(wrong, str_is(came, rows[i].said), rows[i].sentence,
                      "expected\n%scame\n" STR_FMT, rows[i].said, STR_ARG(came));
        }
        ROW_CHECK(wrong, new, rows[i].sentence, "%s", "does not build");
        arena_free(arena);
    }
    ROWS_END(wrong);
}

// What is said forwards is said backwards too, with gains for losses, and both languages say as
// much.
static void both_ways(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        const Definition *old = garden(arena),
                         *new = built(arena, edited(arena, rows[i].from, rows[i].to));
        assert_non_null(new);
        Changes there = definition_diff(arena, old, new, FR),
                back = definition_diff(arena, new, old, FR),
                english = definition_diff(arena, old, new, EN);
        ROW_CHECK(wrong, (there.len > 0) == (back.len > 0), rows[i].sentence, "%zu there, %zu back",
                  there.len, back.len);
        ROW_CHECK(wrong, there.len == english.len, rows[i].sentence,
                  "%zu in French, %zu in English", there.len, english.len);
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void a_state_of_another_name_is_found_by_its_title(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Str text = edited(arena, "to: paused}", "to: waiting}"); // the target, then the state itself
    const char *whole = str_cstr(arena, text), *at = strstr(whole, "\n  paused:");
    text = str_format(arena, "%.*s\n  waiting:%s", (int)(at - whole), whole,
                      at + strlen("\n  paused:"));
    Changes changes = definition_diff(arena, garden(arena), built(arena, text), FR);
    assert_string_equal(str_cstr(arena, told(arena, &changes)),
                        "changed l'état « Suspendu » a pour nom waiting (avant : paused) : une "
                        "migration doit le dire\n");
    arena_free(arena);
}

static void places_are_those_of_the_file(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *new =
        built(arena, edited(arena, "      withdraw: {by: carrier, to: withdrawn}\n", ""));
    Changes changes = definition_diff(arena, garden(arena), new, EN);
    assert_int_equal(changes.len, 1);
    assert_true(changes.at[0].in_old);
    Str text = changes_text(arena, STR("a.yaml"), STR("b.yaml"), EN, &changes);
    Str line = str_format(
        arena, "What somebody loses, or has to do besides\n  a.yaml:%u:%u: " STR_FMT "\n",
        changes.at[0].mark.line, changes.at[0].mark.column, STR_ARG(changes.at[0].sentence));
    assert_string_equal(str_cstr(arena, text), str_cstr(arena, line));
    json_t *json = changes_json(arena, &changes);
    assert_string_equal(json_string_value(json_at(json_array_get(json, 0), "version")), "old");
    assert_string_equal(json_string_value(json_at(json_array_get(json, 0), "code")),
                        "move-removed");
    Changes none = definition_diff(arena, new, new, FR);
    assert_string_equal(str_cstr(arena, changes_text(arena, STR("a"), STR("b"), FR, &none)),
                        "Rien ne change.\n");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_change_one_sentence),
        cmocka_unit_test(both_ways),
        cmocka_unit_test(a_state_of_another_name_is_found_by_its_title),
        cmocka_unit_test(places_are_those_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
