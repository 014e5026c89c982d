// SPDX-License-Identifier: Apache-2.0
// A correct file becomes the rows that it says: every construct of the format once.
#include "../base/table.h"
#include "engine/check.h"

static const char dictionary[] =
    "title: {title: {fr: Titre, en: Title}, type: string, minLength: 3}\n"
    "money: {type: integer, minimum: 0}\n"
    "total: {$ref: \"#/money\", title: {fr: Coût, en: Cost}}\n"
    "documents:\n"
    "  statutes: {title: {fr: Statuts, en: Statutes}, types: [application/pdf, image/png], max: "
    "5MB}\n";

static const char text[] =
    "jalon: 1\n"
    "id: orchard\n"
    "title: {fr: Verger, en: Orchard}\n"
    "description: Trees for all\n"
    "roles:\n"
    "  carrier: {title: {fr: Porteur}, on: dossier, sees: [forms, document.statutes, history]}\n"
    "  clerk: {title: Clerk, on: call, sees: [forms, reviews]}\n"
    "  board: {title: Board, on: space}\n"
    "forms:\n"
    "  project:\n"
    "    title: Project\n"
    "    type: object\n"
    "    required: [title]\n"
    "    properties:\n"
    "      title: {$ref: \"dictionary#/title\", maxLength: 80}\n"
    "      total: {$ref: \"dictionary#/total\"}\n"
    "      requested: {$ref: \"dictionary#/money\", title: Requested}\n"
    "      trees: {$ref: \"#/$defs/count\"}\n"
    "      share: {type: number, title: Share}\n"
    "    $defs: {count: {type: integer, title: Trees}}\n"
    "  more:\n"
    "    title: More\n"
    "    properties:\n"
    "      total: {$ref: \"dictionary#/total\"}\n"
    "documents:\n"
    "  statutes: {$ref: \"dictionary#/documents/statutes\", form: project, required: true}\n"
    "  plan: {title: Plan, types: application/pdf, max: 250KB}\n"
    "grids:\n"
    "  expert:\n"
    "    title: Expert\n"
    "    by: [clerk, board]\n"
    "    reviews: 2\n"
    "    blind: true\n"
    "    divergence: 1.5\n"
    "    criteria:\n"
    "      impact: {title: Impact, weight: 3, scale: {1: Low, 3: Middle, 5: High}, comment: "
    "required}\n"
    "      means: {title: Means, scale: {-1: Bad, 1: Good}}\n"
    "  risk: {title: Risk, by: clerk, matrix: {probability: 2, gravity: 3, colours: [[green, "
    "green, orange], [green, orange, red]]}}\n"
    "indicators:\n"
    "  fruit: {title: Fruit, unit: {fr: tonnes, en: tons}, precision: 1, direction: down}\n"
    "mails:\n"
    "  receipt: {to: [carrier, board], subject: Received, body: {fr: \"Reçu : {{dossier.title}}\", "
    "en: Received}}\n"
    "decision: {kinds: [granted, refused], floor: 1000, ceiling: 50000, rate_cap: 70.5, total: "
    "total, requested: requested}\n"
    "instalments:\n"
    "  advance: {title: Advance, share: 33.33, when: \"agreement.signed\"}\n"
    "  balance: {title: Balance, share: 66.67}\n"
    "events:\n"
    "  submit: {title: {fr: Déposer, en: File}}\n"
    "  return: {title: Return, data: {type: object, required: [reason], properties: {reason: "
    "{type: string}, days: {type: number}}}}\n"
    "data: {rounds: 0, ratio: 1.5, names: [a], bag: {k: 1}, half: {expr: \"1.0 / 2.0\"}}\n"
    "initial: {to: submission, do: [{assign: {rounds: 1}}]}\n"
    "states:\n"
    "  submission:\n"
    "    title: Submission\n"
    "    stage: submission\n"
    "    initial: draft\n"
    "    edit: {carrier: [messages, document.plan]}\n"
    "    on:\n"
    "      withdraw: {title: Withdraw, by: [carrier, clerk], to: closed}\n"
    "    done: {to: evaluation}\n"
    "    states:\n"
    "      back: {history: deep}\n"
    "      draft:\n"
    "        title: Draft\n"
    "        edit: {carrier: [forms, form.project], clerk: messages}\n"
    "        entry: [[seal], [unseal, {mail: receipt}]]\n"
    "        exit: [{raise: left}]\n"
    "        on:\n"
    "          submit:\n"
    "            - {by: carrier, to: ready, if: \"complete('project') && now < call.closes_at\", "
    "do: [seal, {mail: receipt}]}\n"
    "            - {by: clerk, do: {assign: {bag.k: \"rounds + 1\", rounds: \"rounds + 1\"}}}\n"
    "        transitions:\n"
    "          - {event: \"left gone.*\", to: ready, internal: true}\n"
    "          - {event: [help, ask], by: clerk, title: Help}\n"
    "        always: [{if: \"rounds > 10\", to: closed}]\n"
    "        after: {P2M: {to: closed}, PT36H: {do: [{mail: receipt}]}}\n"
    "        at: {call.closes_at: {to: closed}}\n"
    "      ready: {title: Ready, type: final, donedata: {score: \"1 + 2\", who: "
    "\"actor.person\"}}\n"
    "  evaluation:\n"
    "    title: Evaluation\n"
    "    stage: evaluation\n"
    "    type: parallel\n"
    "    edit: {clerk: [review.expert, reviews], board: [decision]}\n"
    "    on:\n"
    "      decision.recorded: {to: closed, if: \"event.data.kind == 'granted' && event.data.amount "
    "> 0\"}\n"
    "      return: {by: clerk, to: [written, evaluation.reading.second], if: \"event.data.reason "
    "!= '' "
    "&& event.data.days > 1.5\"}\n"
    "      resume: {title: Resume, by: clerk, to: submission.back}\n"
    "    states:\n"
    "      reading:\n"
    "        title: Reading\n"
    "        initial: first\n"
    "        states:\n"
    "          first: {title: First, on: {review.submitted: {to: second, if: "
    "\"reviews.expert.count >= 2 && reviews.expert.criteria.impact > 2.0\"}}}\n"
    "          second: {title: Second, stage: decision}\n"
    "      advice:\n"
    "        title: Advice\n"
    "        states:\n"
    "          asked:\n"
    "            title: Asked\n"
    "            entry:\n"
    "              - {send: {event: remind, delay: P1DT1H, id: r1, data: {n: \"rounds\"}}}\n"
    "              - {send: {expr: \"'re' + 'mind'\", delay: \"duration('60s')\", data: "
    "\"rounds\"}}\n"
    "              - {cancel: r1}\n"
    "              - if: [{when: \"rounds > 2\", do: [{raise: a}]}, {when: \"ratio > 2.0\", do: "
    "[{raise: b}]}, {do: seal}]\n"
    "              - foreach: {in: \"names\", item: one, index: i, do: [{assign: {names: \"names + "
    "[one]\"}}]}\n"
    "            on: {remind: {to: written}, advise: {title: Advise, by: board, to: written, if: "
    "\"In('reading') && Was('evaluation.reading.first')\"}}\n"
    "          written: {title: Written}\n"
    "  closed: {title: Closed, type: final}\n"
    "always: [{in: evaluation, was: ready}]\n"
    "never: [{in: [submission, evaluation]}]\n"
    "eventually: [{from: [draft, evaluation], reach: closed}]\n";

static Arena *arena;
static const Definition *def;

static int set_up(void **state)
{
    (void)state;
    Findings findings = {0};
    arena = arena_new();
    def = definition_build(arena, str_of(text), str_of(dictionary), &findings);
    if (findings.len)
        print_error("%s", findings_text(arena, STR("orchard"), EN, &findings).at);
    return !def;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static StateId state_id(const char *name)
{
    StateId id = definition_state(def, str_of(name));
    assert_int_not_equal(id, ID_NONE);
    return id;
}
static const State *state_row(const char *name)
{
    return &def->states[state_id(name)];
}
static void assert_str(Str got, const char *want)
{
    assert_string_equal(str_cstr(arena, got), want);
}

static void head(void **state)
{
    (void)state;
    assert_str(def->id, "orchard");
    assert_str(def->title.fr, "Verger");
    assert_str(def->description.en, "Trees for all");
    assert_str(def->text, text);
    assert_int_equal(def->role_count, 4);
    assert_str(def->roles[0].id, "system");
    assert_int_equal(def->roles[0].bit, 1);
    assert_int_equal(def->roles[2].bit, 4);
    assert_int_equal(def->roles[1].on, ON_DOSSIER);
    assert_int_equal(def->roles[3].on, ON_SPACE);
    assert_int_equal(def->roles[1].sees_count, 3);
    assert_int_equal(def->roles[1].sees[1].thing, THING_DOCUMENT);
    assert_int_equal(def->roles[1].sees[1].item, 0);
    assert_int_equal(def->roles[1].sees[2].thing, THING_HISTORY);
    assert_int_equal(definition_role(def, STR("board")), 3);
    assert_int_equal(definition_role(def, STR("nobody")), ID_NONE);
}

static void forms(void **state)
{
    (void)state;
    json_t *properties = json_at(def->forms[0].schema, "properties");
    assert_int_equal(def->form_count, 2);
    assert_non_null(def->forms[1].compiled);
    assert_str(json_text(arena, json_at(properties, "title")),
               "{\"title\":{\"fr\":\"Titre\",\"en\":\"Title\"},\"type\":\"string\",\"minLength\":3,"
               "\"maxLength\":80,\"x-shared\":true}");
    assert_str(json_text(arena, json_at(properties, "trees")),
               "{\"type\":\"integer\",\"title\":\"Trees\"}");
    assert_str(json_str(json_at(json_at(properties, "requested"), "title")), "Requested");
    assert_null(json_at(json_at(properties, "requested"), "x-shared"));
    assert_str(json_str(json_at(def->forms[1].schema, "type")), "object");
    assert_int_equal(def->shared_count, 2);
    assert_str(def->shared[0], "title");
    assert_str(def->shared[1], "total");
    assert_int_equal(def->dossier->count, 5);
    assert_int_equal(def->dossier->members[4].type->kind, CEL_DOUBLE);
}

static void items(void **state)
{
    (void)state;
    const Document *statutes = &def->documents[0], *plan = &def->documents[1];
    assert_str(statutes->title.en, "Statutes");
    assert_true(statutes->shared && statutes->required && statutes->type_count == 2);
    assert_int_equal(statutes->max_size, 5000000);
    assert_true(!plan->shared && !plan->required && plan->form == ID_NONE &&
                plan->max_size == 250000);
    const Grid *expert = &def->grids[0], *risk = &def->grids[1];
    assert_true(expert->blind && expert->reviews == 2 && expert->divergence == 1.5);
    assert_int_equal(expert->by, 4 | 8);
    assert_int_equal(expert->criteria[0].weight, 3);
    assert_true(expert->criteria[0].comment && !expert->criteria[1].comment);
    assert_int_equal(expert->criteria[0].values[2], 5);
    assert_int_equal(expert->criteria[1].values[0], -1);
    assert_str(expert->criteria[0].anchors[1].fr, "Middle");
    assert_true(risk->matrix && risk->rows == 2 && risk->columns == 3 && risk->colours[5] == 2);
    assert_true(def->indicators[0].decreasing && def->indicators[0].precision == 1);
    assert_str(def->indicators[0].unit.fr, "tonnes");
    assert_int_equal(def->mails[0].to, 2 | 8);
    assert_int_equal(def->decision.kind_count, 2);
    assert_int_equal(def->decision.rate_cap, 7050);
    assert_int_equal(def->decision.ceiling, 50000);
    assert_int_equal(def->instalments[0].share + def->instalments[1].share, 10000);
    assert_non_null(def->instalments[0].condition);
    assert_null(def->instalments[1].condition);
}

typedef struct StateRow {
    const char *path, *parent;
    StateType type;
    Stage stage;
    int children, transitions, allows;
} StateRow;
static const StateRow state_rows[] = {
    {"submission", "", STATE_COMPOUND, STAGE_SUBMISSION, 2, 2, 2},
    {"submission.back", "submission", STATE_HISTORY_DEEP, STAGE_SUBMISSION, 0, 0, 2},
    {"submission.draft", "submission", STATE_ATOMIC, STAGE_SUBMISSION, 0, 8, 4},
    {"submission.ready", "submission", STATE_FINAL, STAGE_SUBMISSION, 0, 0, 2},
    {"evaluation", "", STATE_PARALLEL, STAGE_EVALUATION, 2, 3, 3},
    {"evaluation.reading", "evaluation", STATE_COMPOUND, STAGE_EVALUATION, 2, 0, 3},
    {"evaluation.reading.first", "evaluation.reading", STATE_ATOMIC, STAGE_EVALUATION, 0, 1, 3},
    {"evaluation.reading.second", "evaluation.reading", STATE_ATOMIC, STAGE_DECISION, 0, 0, 3},
    {"evaluation.advice", "evaluation", STATE_COMPOUND, STAGE_EVALUATION, 2, 0, 3},
    {"evaluation.advice.asked", "evaluation.advice", STATE_ATOMIC, STAGE_EVALUATION, 0, 2, 3},
    {"evaluation.advice.written", "evaluation.advice", STATE_ATOMIC, STAGE_EVALUATION, 0, 0, 3},
    {"closed", "", STATE_FINAL, STAGE_NONE, 0, 0, 0},
};

static void states(void **state)
{
    (void)state;
    int wrong = 0;
    assert_int_equal(def->state_count, ROWS(state_rows) + 1);
    assert_int_equal(def->states[0].end, def->state_count);
    assert_int_equal(def->states[0].parent, ID_NONE);
    for (size_t i = 0; i < ROWS(state_rows); i++) {
        const StateRow *row = &state_rows[i];
        const State *s = &def->states[i + 1];
        bool same = str_is(s->path, row->path) &&
                    str_is(def->states[s->parent].path, row->parent) && s->type == row->type &&
                    s->stage == row->stage && (int)s->child_count == row->children &&
                    s->last - s->first == row->transitions && (int)s->allow_count == row->allows &&
                    set_has(&s->ancestors, 0) && set_has(&s->ancestors, s->parent);
        ROW_CHECK(wrong, same, row->path,
                  "came " STR_FMT ": %d children, %d transitions, %d allows", STR_ARG(s->path),
                  (int)s->child_count, s->last - s->first, (int)s->allow_count);
    }
    ROWS_END(wrong);
    assert_int_equal(state_row("submission")->end, state_id("evaluation"));
    assert_int_equal(state_row("submission")->children[0], state_id("draft"));
    assert_int_equal(state_row("advice")->initial[0], state_id("asked"));
    assert_int_equal(state_row("evaluation")->initial_count, 0);
    assert_int_equal(def->history_count, 1);
    assert_int_equal(state_row("back")->initial[0], state_id("draft"));
    assert_int_equal(def->states[0].initial[0], state_id("submission"));
    assert_int_equal(def->states[0].initial_actions.len, 1);
    const State *draft = state_row("draft");
    assert_int_equal(draft->allows[0].thing, THING_MESSAGE);
    assert_int_equal(draft->allows[0].roles, 2 | 4); // the clerk's is added to the inherited row
    assert_int_equal(draft->entry_count, 2);
    assert_int_equal(draft->entry[1].len, 2);
    assert_int_equal(draft->exit[0].at[0].kind, DO_RAISE);
    assert_int_equal(state_row("ready")->done_count, 2);
    assert_str(state_row("ready")->done_keys[0], "score");
}

static const Transition *move(const char *source, int i)
{
    return &def->transitions[state_row(source)->first + i];
}

static void moves(void **state)
{
    (void)state;
    const Transition *t = move("draft", 0);
    assert_str(t->events[0], "submit");
    assert_int_equal(t->by, 2);
    assert_int_equal(t->targets[0], state_id("ready"));
    assert_non_null(t->guard);
    assert_str(t->title.fr, "Déposer");
    assert_int_equal(t->actions.len, 2);
    assert_int_equal(t->actions.at[1].kind, DO_MAIL);
    assert_int_equal(t->actions.at[1].item, 0);
    t = move("draft", 1);
    assert_int_equal(t->by, 4);
    assert_int_equal(t->target_count, 0);
    assert_int_equal(t->actions.len, 2);
    assert_str(t->actions.at[0].path[0], "k");
    assert_int_equal(t->actions.at[1].path_len, 0);
    t = move("draft", 2);
    assert_true(t->internal && t->event_count == 2 && !t->by);
    assert_str(t->events[1], "gone.*");
    t = move("draft", 3);
    assert_int_equal(t->event_count, 2);
    assert_str(t->title.en, "Help");
    t = move("draft", 4);
    assert_true(!t->event_count && t->guard && !t->by);
    t = move("draft", 5);
    assert_int_equal(t->after.months, 2);
    assert_str(t->timer, "timer.draft.1");
    assert_str(t->events[0], "timer.draft.1");
    t = move("draft", 6);
    assert_int_equal(t->after.us, 36 * 3600 * SECOND);
    assert_str(t->timer, "timer.draft.2");
    t = move("draft", 7);
    assert_non_null(t->at);
    assert_str(t->timer, "timer.draft.3");
    t = move("submission", 1);
    assert_str(t->events[0], "done.state.submission");
    t = move("evaluation", 1);
    assert_int_equal(t->target_count, 2);
    assert_int_equal(t->targets[0], state_id("written"));
    assert_int_equal(move("evaluation", 2)->targets[0], state_id("back"));
}

static void actions(void **state)
{
    (void)state;
    const Block *entry = &state_row("asked")->entry[0];
    assert_int_equal(entry->len, 5);
    const Action *send = &entry->at[0], *expr = &entry->at[1], *choice = &entry->at[3],
                 *each = &entry->at[4];
    assert_int_equal(send->delay_us, 25 * 3600 * SECOND);
    assert_str(send->id, "r1");
    assert_str(send->keys[0], "n");
    assert_true(expr->expr && expr->delay && !expr->keys && expr->value_count == 1);
    assert_int_equal(entry->at[2].kind, DO_CANCEL);
    assert_str(entry->at[2].id, "r1");
    assert_int_equal(choice->branch_count, 3);
    assert_null(choice->branches[2].guard);
    assert_int_equal(choice->branches[2].block.at[0].kind, DO_SEAL);
    assert_int_equal(each->kind, DO_FOREACH);
    assert_str(def->variables[each->var].name, "one");
    assert_str(def->variables[each->var2].name, "i");
    assert_int_equal(each->branches[0].block.len, 1);
    assert_int_equal(def->variable_count, 7);
    assert_int_equal(def->variables[0].type->kind, CEL_INT);
    assert_int_equal(def->variables[1].type->kind, CEL_DOUBLE);
    assert_int_equal(def->variables[4].type->kind, CEL_DOUBLE);
    assert_non_null(def->variables[4].expr);
}

static void what_is_read(void **state)
{
    (void)state;
    assert_true(def->counts_complete);
    assert_true(def->slots_read >> SLOT_NOW & 1);
    assert_true(def->slots_read >> SLOT_REVIEWS & 1);
    assert_false(def->slots_read >> SLOT_PAYMENTS & 1);
    const CelType *type = definition_event_type(def, STR("return"));
    assert_int_equal(type->members[1].type->members[1].type->kind, CEL_DOUBLE);
    assert_non_null(definition_event_type(def, STR("payment.recorded")));
    assert_null(definition_event_type(def, STR("done.state.submission")));
    assert_int_equal(def->promise_count, 3);
    assert_int_equal(def->promises[2].kind, PROMISE_EVENTUALLY);
    assert_true(set_has(&def->promises[2].in, state_id("draft")));
    assert_true(set_has(&def->promises[2].was, state_id("closed")));
}

// The promise that an evaluation follows a finished submission holds, and the history leads back
// only once it is left.
static void proved(void **state)
{
    (void)state;
    Findings findings = {0};
    bool sound = definition_check(arena, def, &findings);
    Str said = findings_text(arena, STR("f"), EN, &findings);
    assert_str(said, "f:26:3: warning: 'statutes' can be filled in by nobody: no state allows it "
                     "(edit:) [never-edited]\n"
                     "f:40:3: warning: 'fruit' can be filled in by nobody: no state allows it "
                     "(edit:) [never-edited]\n"
                     "f:45:3: warning: 'advance' can be filled in by nobody: no state allows it "
                     "(edit:) [never-edited]\n"
                     "f:46:3: warning: 'balance' can be filled in by nobody: no state allows it "
                     "(edit:) [never-edited]\n");
    assert_true(sound);
}

static void public_json(void **state)
{
    (void)state;
    json_t *json = definition_json(arena, def);
    assert_int_equal(json_array_size(json_at(json, "states")), def->state_count - 1);
    assert_int_equal(json_array_size(json_at(json, "moves")), def->transition_count);
    assert_str(json_text(arena, json_pointer(json, STR("/roles/0/sees"))),
               "[\"forms\",\"document.statutes\",\"history\"]");
    assert_str(json_text(arena, json_pointer(json, STR("/grids/1/matrix/colours/1"))),
               "[\"green\",\"orange\",\"red\"]");
    assert_str(json_text(arena, json_pointer(json, STR("/instalments/0"))),
               "{\"id\":\"advance\",\"title\":{\"fr\":\"Advance\",\"en\":\"Advance\"},\"share\":33."
               "33,\"when\":\"agreement.signed\"}");
}

static void loose(void **state)
{
    (void)state;
    Findings findings = {0};
    const char *chart = "jalon: 1\n"
                        "id: scion\n"
                        "strict: false\n"
                        "data: {Var1: 1, Var2: null}\n"
                        "states:\n"
                        "  s0:\n"
                        "    on: {t: {if: \"Var1 + Var2 == event.data.x\", to: S_1}}\n"
                        "    always: {if: \"In('S_1')\", to: S_1}\n"
                        "  S_1: {type: parallel, states: {a-b: {}, h: {type: history}, c: "
                        "{transitions: [{event: '*', do: [{send: {event: x, delay: 10}}]}]}}}\n";
    const Definition *d = definition_build(arena, str_of(chart), STR_NONE, &findings);
    assert_int_equal(findings.len, 0);
    assert_non_null(d);
    assert_int_equal(d->transitions[0].by, UINT64_MAX);
    assert_int_equal(d->transitions[1].by, 0);
    assert_int_equal(d->transitions[2].actions.at[0].delay_us, 10000);
    assert_int_equal(d->states[definition_state(d, STR("h"))].initial_count, 2);
    assert_true(definition_check(arena, d, &findings));
}

typedef struct MatchRow {
    const char *sentence, *descriptor, *name;
    bool matches;
} MatchRow;
static const MatchRow matches[] = {
    {"the same name", "a.b", "a.b", true},
    {"a prefix of whole tokens", "a", "a.b", true},
    {"not of letters", "a", "ab", false},
    {"a star behind a dot", "a.*", "a.b.c", true},
    {"a star behind a dot is the name too", "a.*", "a", true},
    {"a star alone", "*", "anything.at.all", true},
    {"longer than the name", "a.b", "a", false},
    {"another case", "A", "a", false},
};

static void descriptors(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(matches); i++) {
        Str descriptor = str_of(matches[i].descriptor);
        bool got = event_matches(&descriptor, 1, str_of(matches[i].name));
        ROW_CHECK(wrong, got == matches[i].matches, matches[i].sentence, "came %d", got);
    }
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head),   cmocka_unit_test(forms),        cmocka_unit_test(items),
        cmocka_unit_test(states), cmocka_unit_test(moves),        cmocka_unit_test(actions),
        cmocka_unit_test(proved), cmocka_unit_test(what_is_read), cmocka_unit_test(public_json),
        cmocka_unit_test(loose),  cmocka_unit_test(descriptors),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
