// SPDX-License-Identifier: Apache-2.0
// Who reads what: sections, parts of decisions and agreements, lines of money, by role and by state.
#include "playing.h"

static const char call[] =
    "jalon: 1\n"
    "id: call\n"
    "title: Call\n"
    "roles:\n"
    "  carrier: {title: Carrier, on: dossier, sees: [forms, sections, documents, messages]}\n"
    "  clerk: {title: Clerk, on: call, sees: [forms, section.contact, document.plan, agreement, "
    "history]}\n"
    "  expert: {title: Expert, on: call, delegate: false, sees: [forms, documents, decision.kind, "
    "reviews]}\n"
    "  payer: {title: Payer, on: call, sees: [document.bank, payment.advance, agreement.amount]}\n"
    "  board: {title: Board, on: call, sees: [decision, request.balance, measure.trees]}\n"
    "forms:\n"
    "  main:\n"
    "    title: Main\n"
    "    type: object\n"
    "    required: [name, phone]\n"
    "    properties: {name: {type: string, title: Name}, phone: {type: string, title: Phone}, "
    "asked: "
    "{type: integer, title: Asked}}\n"
    "documents:\n"
    "  plan: {title: Plan}\n"
    "  bank: {title: Bank}\n"
    "sections:\n"
    "  contact: {title: Contact, answers: [phone], documents: [bank]}\n"
    "  price: {title: Price, answers: [asked]}\n"
    "grids:\n"
    "  merit: {title: Merit, by: expert, blind: true, criteria: {worth: {title: Worth, weight: 1, "
    "scale: {1: Low, 5: High}}}}\n"
    "indicators: {trees: {title: Trees, unit: trees}, bees: {title: Bees, unit: bees}}\n"
    "decision: {kinds: [granted, refused], requested: asked}\n"
    "instalments: {advance: {title: Advance, share: 30}, balance: {title: Balance, share: 70}}\n"
    "events: {submit: {title: File}, back: {title: Back}, close: {title: Close}}\n"
    "states:\n"
    "  draft:\n"
    "    title: Draft\n"
    "    stage: submission\n"
    "    edit: {carrier: [forms, documents, section.contact], clerk: [section.price]}\n"
    "    on: {submit: {by: carrier, to: study, if: \"complete('main') && dossier.asked < 5\"}}\n"
    "  study:\n"
    "    title: Study\n"
    "    stage: evaluation\n"
    "    see: {carrier: [reviews], expert: [section.price]}\n"
    "    initial: read\n"
    "    states:\n"
    "      read:\n"
    "        title: Reading\n"
    "        edit: {expert: [reviews], board: [decision], clerk: [agreement], carrier: [requests, "
    "measures], payer: [payment]}\n"
    "        see: {payer: [forms]}\n"
    "        on: {back: {by: clerk, to: draft, if: \"dossier.asked == 0 && reviews.merit.count > "
    "3\"}, "
    "close: {by: clerk, to: over}}\n"
    "  over: {type: final, title: Over}\n";

enum { NO, YES };
static const struct {
    const char *sentence, *in, *role, *word; // draft or read; a word of see:, or answer.<name>
    bool sees;
} sight[] = {
    {"a form shows what it asks", "draft", "clerk", "answer.name", YES},
    {"but not what a section sets apart", "draft", "expert", "answer.phone", NO},
    {"whom the section was given reads it", "draft", "clerk", "answer.phone", YES},
    {"and no other section", "draft", "clerk", "answer.asked", NO},
    {"sections are all of them", "draft", "carrier", "answer.asked", YES},
    {"a state gives a section", "read", "expert", "answer.asked", YES},
    {"and takes it back", "draft", "expert", "answer.asked", NO},
    {"a state gives a form", "read", "payer", "answer.name", YES},
    {"only while it is active", "draft", "payer", "answer.name", NO},
    {"an outer state gives it to those inside", "read", "carrier", "review.merit", YES},
    {"not to those beside", "draft", "carrier", "review.merit", NO},
    {"a document in a section is not among documents", "draft", "expert", "document.bank", NO},
    {"the others are", "draft", "expert", "document.plan", YES},
    {"the section shows it", "draft", "clerk", "document.bank", YES},
    {"so does its own name", "draft", "payer", "document.bank", YES},
    {"one document is not another", "draft", "payer", "document.plan", NO},
    {"a part of a decision is one", "draft", "expert", "decision.kind", YES},
    {"it is not the amount", "draft", "expert", "decision.amount", NO},
    {"nor the motive", "draft", "expert", "decision.motive", NO},
    {"who sees one part sees that there is a decision", "draft", "expert", "decision", YES},
    {"the decision is all of its parts", "draft", "board", "decision.amount", YES},
    {"the agreement is all of its parts", "draft", "clerk", "agreement.terms", YES},
    {"with its instalments", "draft", "clerk", "request.balance", YES},
    {"and its payments", "draft", "clerk", "payment.advance", YES},
    {"its amount alone is not its terms", "draft", "payer", "agreement.terms", NO},
    {"nor its instalments", "draft", "payer", "request.advance", NO},
    {"a payment is seen by its instalment", "draft", "payer", "payment.advance", YES},
    {"and no other", "draft", "payer", "payment.balance", NO},
    {"an instalment is not its payments", "draft", "board", "payment.balance", NO},
    {"one indicator is not another", "draft", "board", "measure.bees", NO},
    {"what nobody was given nobody reads", "draft", "payer", "history", NO},
};

static const struct {
    const char *sentence, *in, *role, *answer;
    bool writes;
} writers[] = {
    {"whoever writes a form writes its answers", "draft", "carrier", "name", YES},
    {"a section is written by whom it was given", "draft", "carrier", "phone", YES},
    {"another section is not in the form", "draft", "carrier", "asked", NO},
    {"it has a writer of its own", "draft", "clerk", "asked", YES},
    {"in that state only", "read", "clerk", "asked", NO},
};

// What a role is told of what happened.
static const struct {
    const char *sentence, *role, *event, *data, *told; // NULL told: nothing; data stay unread
    bool known;
} events[] = {
    {"a reader of the whole decision", "board", "decision.recorded",
     "{'kind':'granted','amount':5}", "{\"kind\":\"granted\",\"amount\":5}", YES},
    {"a reader of its kind", "expert", "decision.recorded", "{'kind':'granted','amount':5}",
     "{\"kind\":\"granted\"}", YES},
    {"a reader of neither hears that one was made", "payer", "decision.recorded",
     "{'kind':'granted','amount':5}", NULL, YES},
    {"the amount of an agreement", "payer", "agreement.prepared", "{'amount':5}", "{\"amount\":5}",
     YES},
    {"an agreement that one does not see", "expert", "agreement.prepared", "{'amount':5}", NULL,
     YES},
    {"a payment by its instalment", "payer", "payment.recorded",
     "{'instalment':'advance','amount':5}", "{\"instalment\":\"advance\",\"amount\":5}", YES},
    {"another's payment", "payer", "payment.recorded", "{'instalment':'balance','amount':5}", NULL,
     YES},
    {"a measure that one sees", "board", "measure.recorded", "{'indicator':'trees','value':1}",
     "{\"indicator\":\"trees\",\"value\":1}", YES},
    {"one that one does not", "board", "measure.recorded", "{'indicator':'bees','value':1}", NULL,
     YES},
    {"a review that one does not see is not even counted", "board", "review.submitted",
     "{'grid':'merit'}", NULL, NO},
    {"one that one sees is", "expert", "review.submitted", "{'grid':'merit'}",
     "{\"grid\":\"merit\"}", YES},
    {"a move says what it was given", "payer", "back", "{'reason':'x'}", "{\"reason\":\"x\"}", YES},
};

// Single quotes are meant as JSON's.
static json_t *quoted(Play *p, const char *text)
{
    char *copy = str_cstr(p->arena, str_of(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return json(p, copy);
}

static Case in(const Play *p, const char *name)
{
    Case c = {0};
    StateId id = definition_state(p->def, str_of(name));
    set_add(&c.in, id);
    return c;
}

// "form.main", "decision", "payment.advance": thing and item.
static void word_of(const Play *p, const char *word, Thing *thing, ItemId *item)
{
    const char *dot = strchr(word, '.');
    Str head = dot ? (Str){word, (size_t)(dot - word)} : str_of(word);
    Str name = dot ? str_of(dot + 1) : STR_NONE;
    *item = ID_NONE;
    for (*thing = THING_FORM; !str_is(head, thing_words[*thing]); (*thing)++)
        assert_true(*thing + 1 < THINGS);
    if (!dot)
        return;
    if (*thing == THING_DECISION || *thing == THING_AGREEMENT) {
        for (*item = 0; !str_is(name, part_words[*item]); (*item)++)
            assert_true(*item + 1 < PARTS);
        return;
    }
    *item = *thing == THING_DOCUMENT  ? definition_document(p->def, name)
            : *thing == THING_SECTION ? definition_section(p->def, name)
            : *thing == THING_REVIEW  ? definition_grid(p->def, name)
            : *thing == THING_MEASURE ? definition_indicator(p->def, name)
                                      : definition_instalment(p->def, name);
    assert_int_not_equal(*item, ID_NONE);
}

static void readers(void **state)
{
    (void)state;
    Play p = play_load(call);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(sight); i++) {
        Case c = in(&p, sight[i].in);
        Thing thing;
        ItemId item;
        bool sees;
        if (strncmp(sight[i].word, "answer.", 7) == 0) {
            sees = may_see_answer(p.def, &c, str_of(sight[i].word + 7), role(&p, sight[i].role));
        } else {
            word_of(&p, sight[i].word, &thing, &item);
            sees = may_see(p.def, &c, thing, item, role(&p, sight[i].role));
        }
        ROW_CHECK(wrong, sees == sight[i].sees, sight[i].sentence, "%s %s %s in %s", sight[i].role,
                  sees ? "sees" : "does not see", sight[i].word, sight[i].in);
    }
    play_end(&p);
    ROWS_END(wrong);
}

static void writing(void **state)
{
    (void)state;
    Play p = play_load(call);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(writers); i++) {
        Case c = in(&p, writers[i].in);
        bool writes =
            may_edit_answer(p.def, &c, str_of(writers[i].answer), role(&p, writers[i].role));
        ROW_CHECK(wrong, writes == writers[i].writes, writers[i].sentence, "%s", "it is otherwise");
    }
    play_end(&p);
    ROWS_END(wrong);
}

static void what_happened(void **state)
{
    (void)state;
    Play p = play_load(call);
    Case c = in(&p, "draft");
    int wrong = 0;
    for (size_t i = 0; i < ROWS(events); i++) {
        bool known;
        json_t *told = event_told(p.arena, p.def, &c, str_of(events[i].event),
                                  quoted(&p, events[i].data), role(&p, events[i].role), &known);
        const char *text = told ? str_cstr(p.arena, json_text(p.arena, told)) : NULL;
        bool same =
            text && events[i].told ? strcmp(text, events[i].told) == 0 : !text == !events[i].told;
        ROW_CHECK(wrong, same && known == events[i].known, events[i].sentence, "told %s, known %d",
                  text ? text : "nothing", known);
    }
    play_end(&p);
    ROWS_END(wrong);
}

// A refusal names no value and no missing answer that its reader does not see.
static const struct {
    const char *sentence, *in, *event, *who, *says, *hides;
} reasons[] = {
    {"a missing answer is named to who reads it", "draft", "submit", "carrier", "Phone", NULL},
    {"a value is told to who reads it", "draft", "submit", "carrier", "= 7", NULL},
    {"a section's value is not told to who does not", "read", "back", "clerk", "does not hold",
     "7"},
    {"nor figures of reviews", "read", "back", "clerk", "does not hold", "= 9"},
};

static void refusals(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(reasons); i++) {
        Play p = play_load(call);
        p.c = in(&p, reasons[i].in);
        p.facts.slot[SLOT_DOSSIER] = p.facts.answers = quoted(&p, "{'name':'x','asked':7}");
        p.facts.slot[SLOT_REVIEWS] = quoted(&p, "{'merit':{'count':9}}");
        p.facts.document_counts = quoted(&p, "{}");
        Event event = {.name = str_of(reasons[i].event), .item = ID_NONE};
        Actor actor = {
            .person = STR("p"), .organisation = STR(""), .roles = role(&p, reasons[i].who)};
        Outcome no = decide(p.arena, p.def, &p.c, &event, &actor, &p.facts);
        decide_why(p.arena, p.def, &p.c, &event, &actor, &p.facts, &no);
        Buf said = {.arena = p.arena};
        for (size_t k = 0; k < no.reason_count; k++)
            buf_format(&said, STR_FMT "\n",
                       STR_ARG(message_text(p.arena, EN, &no.reasons[k].message)));
        const char *text = str_cstr(p.arena, buf_str(&said));
        ROW_CHECK(wrong, no.verdict == REFUSED && strstr(text, reasons[i].says),
                  reasons[i].sentence, "said: %s", text);
        ROW_CHECK(wrong, !reasons[i].hides || !strstr(text, reasons[i].hides), reasons[i].sentence,
                  "said: %s", text);
        play_end(&p);
    }
    ROWS_END(wrong);
}

static void personal_roles(void **state)
{
    (void)state;
    Play p = play_load(call);
    assert_true(p.def->roles[definition_role(p.def, STR("expert"))].personal);
    assert_false(p.def->roles[definition_role(p.def, STR("clerk"))].personal);
    play_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers),        cmocka_unit_test(writing),
        cmocka_unit_test(what_happened),  cmocka_unit_test(refusals),
        cmocka_unit_test(personal_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
