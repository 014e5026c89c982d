// SPDX-License-Identifier: Apache-2.0
// A small call that has one of everything, for the tests of facts, drawings, tables and scenarios.
#pragma once
#include "../base/table.h"
#include "engine/build.h"
#include "engine/facts.h"
#include <stdio.h>

static const char garden_dictionary[] =
    "title: {title: {fr: Titre, en: Title}, type: string, minLength: 3, maxLength: 200}\n"
    "total: {title: {fr: Coût total, en: Total cost}, type: integer, minimum: 0}\n"
    "documents:\n"
    "  statutes: {title: {fr: Statuts, en: Statutes}, types: [application/pdf]}\n";

static const char garden_text[] =
    "jalon: 1\n"
    "id: garden\n"
    "title: {fr: \"Jardins \\\"partagés\\\" & friches\", en: Shared gardens}\n"
    "roles:\n"
    "  carrier: {title: {fr: Porteur, en: Carrier}, on: dossier, sees: [forms, documents, "
    "decision]}\n"
    "  clerk: {title: {fr: Instructrice, en: Clerk}, on: call, sees: [forms, documents, reviews]}\n"
    "  evaluator: {title: {fr: Évaluatrice, en: Evaluator}, on: call, sees: [forms]}\n"
    "  board: {title: {fr: Comité, en: Board}, on: space, sees: [forms, decision]}\n"
    "forms:\n"
    "  project:\n"
    "    title: {fr: Projet, en: Project}\n"
    "    type: object\n"
    "    required: [title, total, surface]\n"
    "    additionalProperties: false\n"
    "    properties:\n"
    "      title: {$ref: \"dictionary#/title\"}\n"
    "      total: {$ref: \"dictionary#/total\"}\n"
    "      surface: {type: integer, minimum: 1, title: {fr: Surface, en: Surface}}\n"
    "      requested: {type: integer, minimum: 0, title: {fr: Montant demandé, en: Requested}}\n"
    "  report:\n"
    "    title: {fr: Bilan, en: Report}\n"
    "    type: object\n"
    "    required: [harvest]\n"
    "    properties:\n"
    "      harvest: {type: number, title: {fr: Récolte, en: Harvest}}\n"
    "documents:\n"
    "  statutes: {$ref: \"dictionary#/documents/statutes\", form: project, required: true}\n"
    "  plan: {title: {fr: Plan, en: Plan}, types: [application/pdf], form: project, required: "
    "true}\n"
    "  photo: {title: {fr: Photo, en: Photo}, types: [image/jpeg], form: report}\n"
    "grids:\n"
    "  expert:\n"
    "    title: {fr: Expertise, en: Expertise}\n"
    "    by: evaluator\n"
    "    reviews: 2\n"
    "    divergence: 1.5\n"
    "    criteria:\n"
    "      impact: {title: {fr: Impact, en: Impact}, weight: 3, scale: {1: {fr: Faible, en: Low}, "
    "3: {fr: Moyen, en: Fair}, 5: {fr: Fort, en: High}}, comment: required}\n"
    "      cost: {title: {fr: Coût, en: Cost}, weight: 1, scale: {1: {fr: Cher, en: Dear}, 5: {fr: "
    "Juste, en: Fair}}}\n"
    "  risk:\n"
    "    title: {fr: Risques, en: Risks}\n"
    "    by: clerk\n"
    "    reviews: 1\n"
    "    matrix:\n"
    "      probability: 2\n"
    "      gravity: 3\n"
    "      colours: [[green, green, orange], [green, orange, red]]\n"
    "indicators:\n"
    "  harvest: {title: {fr: Récolte, en: Harvest}, unit: kg, direction: up}\n"
    "mails:\n"
    "  receipt: {to: [carrier], subject: {fr: Reçu, en: Received}, body: {fr: Merci, en: Thanks}}\n"
    "  late: {to: [carrier], subject: {fr: Trop tard, en: Too late}, body: {fr: Clos, en: "
    "Closed}}\n"
    "decision: {kinds: [granted, refused], floor: 100000, ceiling: 5000000, rate_cap: 70, total: "
    "total, requested: requested}\n"
    "instalments:\n"
    "  advance: {title: {fr: Avance, en: Advance}, share: 33.33, when: \"agreement.signed\"}\n"
    "  balance: {title: {fr: Solde, en: Balance}, share: 66.67, when: \"measures.harvest.validated "
    ">= 1\"}\n"
    "events:\n"
    "  submit: {title: {fr: Déposer, en: File}}\n"
    "  withdraw: {title: {fr: Retirer, en: Withdraw}}\n"
    "  return:\n"
    "    title: {fr: Renvoyer, en: Return}\n"
    "    data: {type: object, required: [reason], properties: {reason: {type: string, minLength: "
    "3}}}\n"
    "  pause: {title: {fr: Suspendre, en: Pause}}\n"
    "  resume: {title: {fr: Reprendre, en: Resume}}\n"
    "initial: draft\n"
    "states:\n"
    "  draft:\n"
    "    title: {fr: Brouillon, en: Draft}\n"
    "    stage: submission\n"
    "    edit: {carrier: [form.project, documents, messages]}\n"
    "    on:\n"
    "      submit: {by: carrier, to: study, if: \"complete('project') && now < call.closes_at\", "
    "do: [seal, {mail: receipt}]}\n"
    "      withdraw: {by: carrier, to: withdrawn}\n"
    "    at: {call.closes_at: {to: lapsed, do: [{mail: late}]}}\n"
    "  study:\n"
    "    title: {fr: Étude, en: Study}\n"
    "    stage: evaluation\n"
    "    type: parallel\n"
    "    edit: {clerk: [messages]}\n"
    "    on:\n"
    "      return: {by: clerk, to: draft, do: [unseal]}\n"
    "      pause: {by: clerk, to: paused}\n"
    "    done: {to: committee}\n"
    "    states:\n"
    "      opinions:\n"
    "        title: {fr: Avis, en: Opinions}\n"
    "        initial: reading\n"
    "        states:\n"
    "          reading:\n"
    "            title: {fr: Lecture, en: Reading}\n"
    "            edit: {evaluator: [review.expert]}\n"
    "            on:\n"
    "              review.submitted: {to: read, if: \"reviews.expert.count >= 2 && "
    "!reviews.expert.diverges\"}\n"
    "          read: {type: final, title: {fr: Lu, en: Read}}\n"
    "      risks:\n"
    "        title: {fr: Risques, en: Risks}\n"
    "        initial: looking\n"
    "        states:\n"
    "          looking:\n"
    "            title: {fr: Examen, en: Looking}\n"
    "            edit: {clerk: [review.risk]}\n"
    "            on:\n"
    "              review.submitted: {to: seen, if: \"reviews.risk.count >= 1 && reviews.risk.red "
    "== 0\"}\n"
    "          seen: {type: final, title: {fr: Vu, en: Seen}}\n"
    "      memory: {type: history, history: deep}\n"
    "  paused:\n"
    "    title: {fr: Suspendu, en: Paused}\n"
    "    stage: evaluation\n"
    "    on:\n"
    "      resume: {by: clerk, to: memory}\n"
    "    after: {P30D: {to: refused}}\n"
    "  committee:\n"
    "    title: {fr: Comité, en: Committee}\n"
    "    stage: decision\n"
    "    edit: {board: [decision]}\n"
    "    on:\n"
    "      decision.recorded:\n"
    "        - {to: granted, if: \"decision.kind == 'granted'\"}\n"
    "        - {to: refused}\n"
    "  granted:\n"
    "    title: {fr: Retenu, en: Granted}\n"
    "    stage: funding\n"
    "    edit: {clerk: [agreement, approval, payment, validation], carrier: [signature, requests, "
    "measures], board: [signature]}\n"
    "    on:\n"
    "      payment.recorded: {to: closed, if: \"payments.remaining == 0\"}\n"
    "  refused: {type: final, title: {fr: Refusé, en: Refused}, stage: decision, see: {evaluator: "
    "[decision.kind]}}\n"
    "  lapsed: {type: final, title: {fr: Caduc, en: Lapsed}, stage: submission}\n"
    "  withdrawn: {type: final, title: {fr: Retiré, en: Withdrawn}, stage: submission}\n"
    "  closed: {type: final, title: {fr: Clos, en: Closed}, stage: impact}\n";

static inline const Definition *garden(Arena *arena)
{
    Findings findings = {0};
    const Definition *def =
        definition_build(arena, STR(garden_text), STR(garden_dictionary), &findings);
    if (!def) {
        Str said = findings_text(arena, STR("garden.yaml"), EN, &findings);
        print_error(STR_FMT, STR_ARG(said));
        fail_msg("the garden does not build");
    }
    return def;
}

// JSON with ' for ": tables stay readable.
static inline json_t *json_of(Arena *arena, const char *text)
{
    char *copy = str_cstr(arena, str_of(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    Fault fault;
    json_t *value = json_read(arena, str_of(copy), &fault);
    if (!value)
        fail_msg("bad JSON in the test: %s", text);
    return value;
}

// The canonical text of a value, and of what a row expects: equal when the values are.
static inline const char *canonical(Arena *arena, const json_t *value)
{
    return value ? str_cstr(arena, json_canonical(arena, value)) : "nothing";
}
