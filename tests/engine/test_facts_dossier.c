// SPDX-License-Identifier: Apache-2.0
// The dossier as one definition reads it, what a form still lacks, and reviews held against their
// grid.
#include "garden.h"

static const struct {
    const char *sentence, *content, *answers;
} readings[] = {
    {"nothing answered is nothing read", "{}", "{}"},
    {"a shared answer is read from the top", "{'title':'Jardin'}", "{'title':'Jardin'}"},
    {"an own answer is read under the definition's name", "{'garden':{'surface':12}}",
     "{'surface':12}"},
    {"an own answer at the top is another's", "{'surface':12}", "{}"},
    {"a shared answer under our name is not shared", "{'garden':{'title':'Jardin'}}", "{}"},
    {"what no form asks is not read", "{'title':'Jardin','siren':'1','other':{'surface':3}}",
     "{'title':'Jardin'}"},
    {"members of all forms are read together", "{'total':5,'garden':{'surface':12,'harvest':1.5}}",
     "{'harvest':1.5,'surface':12,'total':5}"},
};

static void content_is_read(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(readings); i++) {
        json_t *came = answers_of(arena, def, json_of(arena, readings[i].content));
        const char *expected = canonical(arena, json_of(arena, readings[i].answers));
        ROW_CHECK(wrong, strcmp(canonical(arena, came), expected) == 0, readings[i].sentence,
                  "expected %s, came %s", expected, canonical(arena, came));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static const struct {
    const char *sentence, *patch, *content, *pointer; // content NULL: refused at pointer
} patches[] = {
    {"an empty patch changes nothing", "{}", "{}", NULL},
    {"a shared member goes to the top", "{'title':'Jardin'}", "{'title':'Jardin'}", NULL},
    {"an own member goes under the definition's name", "{'surface':3,'total':5}",
     "{'garden':{'surface':3},'total':5}", NULL},
    {"null withdraws an answer", "{'surface':null,'title':null}",
     "{'garden':{'surface':null},'title':null}", NULL},
    {"an unknown member is named", "{'titel':'Jardin'}", NULL, "/titel"},
    {"a pointer is escaped", "{'a/b~c':1}", NULL, "/a~1b~0c"},
    {"answers are an object", "[1]", NULL, ""},
};

static void patches_are_filed(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(patches); i++) {
        Fault fault = {0};
        json_t *came = answers_patch(arena, def, json_of(arena, patches[i].patch), &fault);
        const char *expected =
            patches[i].content ? canonical(arena, json_of(arena, patches[i].content)) : "nothing";
        ROW_CHECK(wrong, strcmp(canonical(arena, came), expected) == 0, patches[i].sentence,
                  "expected %s, came %s", expected, canonical(arena, came));
        ROW_CHECK(wrong,
                  came ||
                      (fault.kind == FAULT_INVALID && str_is(fault.pointer, patches[i].pointer)),
                  patches[i].sentence, "expected a fault at %s, came " STR_FMT,
                  patches[i].pointer ? patches[i].pointer : "", STR_ARG(fault.pointer));
    }
    assert_true(answer_shared(def, STR("title")));
    assert_false(answer_shared(def, STR("surface")));
    assert_false(answer_shared(def, STR("nothing")));
    arena_free(arena);
    ROWS_END(wrong);
}

static void a_typo_gets_the_nearest_name(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Fault fault = {0};
    answers_patch(arena, garden(arena), json_of(arena, "{'surfce':1}"), &fault);
    assert_non_null(strstr(message_text(arena, EN, &fault.message).at, "\"surface\""));
    assert_non_null(strstr(message_text(arena, FR, &fault.message).at, "« surface »"));
    arena_free(arena);
}

static const struct {
    const char *sentence, *form, *answers, *documents, *pointers; // of the problems, in order
} forms[] = {
    {"a full form is complete", "project", "{'title':'Jardin','total':5,'surface':3}",
     "{'statutes':1,'plan':1}", ""},
    {"another form's answers do not trouble it", "project",
     "{'title':'Jardin','total':5,'surface':3,'harvest':2}", "{'statutes':1,'plan':1}", ""},
    {"a missing document is named", "project", "{'title':'Jardin','total':5,'surface':3}",
     "{'statutes':1,'plan':0}", "/documents/plan"},
    {"all missing documents are named", "project", "{'title':'Jardin','total':5,'surface':3}", "{}",
     "/documents/statutes /documents/plan"},
    {"a wrong answer is pointed at", "project", "{'title':'Jardin','total':5,'surface':0}",
     "{'statutes':1,'plan':1}", "/surface"},
    {"a document that is optional may lack", "report", "{'harvest':1}", "{}", ""},
};

static void forms_say_what_lacks(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(forms); i++) {
        SchemaErrors errors = {0};
        Buf came = {.arena = arena};
        bool complete = form_complete(arena, def, definition_form(def, str_of(forms[i].form)),
                                      json_of(arena, forms[i].answers),
                                      json_of(arena, forms[i].documents), &errors);
        for (size_t k = 0; k < errors.len; k++)
            buf_format(&came, "%s" STR_FMT, k ? " " : "", STR_ARG(errors.at[k].pointer));
        ROW_CHECK(wrong, str_is(buf_str(&came), forms[i].pointers), forms[i].sentence,
                  "expected [%s], came [" STR_FMT "]", forms[i].pointers, STR_ARG(buf_str(&came)));
        ROW_CHECK(wrong, complete == (errors.len == 0), forms[i].sentence, "said %d", complete);
        bool alone = form_complete(arena, def, definition_form(def, str_of(forms[i].form)),
                                   json_of(arena, forms[i].answers),
                                   json_of(arena, forms[i].documents), NULL);
        ROW_CHECK(wrong, alone == complete, forms[i].sentence, "without errors asked: %d", alone);
    }
    SchemaErrors errors = {0};
    assert_false(
        form_complete(arena, def, 0, NULL, NULL, &errors)); // nothing loaded is nothing answered
    arena_free(arena);
    ROWS_END(wrong);
}

static void a_document_of_no_form_is_asked_by_every_form(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Definition def = *garden(arena);
    Document *documents = arena_copy(arena, def.documents, def.document_count * sizeof *documents);
    ItemId photo = definition_document(&def, STR("photo")),
           report = definition_form(&def, STR("report"));
    def.documents = documents;
    documents[photo].required = true;
    documents[photo].form = ID_NONE;
    assert_false(form_complete(arena, &def, report, json_of(arena, "{'harvest':1}"),
                               json_of(arena, "{}"), NULL));
    assert_true(form_complete(arena, &def, report, json_of(arena, "{'harvest':1}"),
                              json_of(arena, "{'photo':1}"), NULL));
    arena_free(arena);
}

static const struct {
    const char *sentence, *grid;
    bool complete;
    const char *content, *pointers;
} reviews[] = {
    {"a full review is valid", "expert", true,
     "{'scores':{'impact':5,'cost':1},'comments':{'impact':'utile'}}", ""},
    {"a draft may lack anything", "expert", false, "{}", ""},
    {"a submitted review lacks nothing", "expert", true, "{}",
     "/scores/impact /comments/impact /scores/cost"},
    {"a justification that is asked is not blank", "expert", true,
     "{'scores':{'impact':5,'cost':1},'comments':{'impact':'  '}}", "/comments/impact"},
    {"a score is on the anchored scale", "expert", false, "{'scores':{'impact':4}}",
     "/scores/impact"},
    {"a score is a whole number", "expert", false, "{'scores':{'impact':'5'}}", "/scores/impact"},
    {"a half is not on the scale", "expert", false, "{'scores':{'impact':3.0}}", "/scores/impact"},
    {"an unknown criterion is named", "expert", false, "{'scores':{'imapct':5}}", "/scores/imapct"},
    {"a comment on no criterion is named", "expert", false, "{'comments':{'total':'x'}}",
     "/comments/total"},
    {"a comment is a text", "expert", false, "{'comments':{'impact':3}}", "/comments/impact"},
    {"scores are an object", "expert", false, "{'scores':[5]}", "/scores"},
    {"risks are not for a criteria grid", "expert", false, "{'risks':[]}", "/risks"},
    {"a general comment is welcome", "expert", false, "{'comment':'bien'}", ""},
    {"a review is an object", "expert", false, "[]", ""},
    {"a filled matrix is valid", "risk", true,
     "{'risks':[{'label':'Gel','kind':'technical','probability':2,'gravity':3,'countermeasure':'"
     "Serre'}]}",
     ""},
    {"no risk is an answer", "risk", true, "{'risks':[]}", ""},
    {"no answer is none", "risk", true, "{}", "/risks"},
    {"a draft of a matrix may be empty", "risk", false, "{}", ""},
    {"a risk is inside the matrix", "risk", false,
     "{'risks':[{'label':'Gel','probability':3,'gravity':0}]}",
     "/risks/0/probability /risks/0/gravity"},
    {"a risk has a name", "risk", false, "{'risks':[{'probability':1,'gravity':1}]}",
     "/risks/0/label"},
    {"an unknown member of a risk is named", "risk", false,
     "{'risks':[{'label':'Gel','probability':1,'gravity':1,'owner':'x'}]}", "/risks/0/owner"},
    {"scores are not for a matrix", "risk", false, "{'scores':{}}", "/scores"},
};

static void reviews_fit_their_grid(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(reviews); i++) {
        Faults faults = {.len = 0};
        Buf came = {.arena = arena};
        bool valid = review_valid(arena, def, definition_grid(def, str_of(reviews[i].grid)),
                                  json_of(arena, reviews[i].content), reviews[i].complete, &faults);
        for (size_t k = 0; k < faults.len; k++)
            buf_format(&came, "%s" STR_FMT, k ? " " : "", STR_ARG(faults.at[k].pointer));
        ROW_CHECK(wrong, str_is(buf_str(&came), reviews[i].pointers), reviews[i].sentence,
                  "expected [%s], came [" STR_FMT "]", reviews[i].pointers,
                  STR_ARG(buf_str(&came)));
        ROW_CHECK(wrong, valid == (faults.len == 0), reviews[i].sentence, "said %d", valid);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void faults_never_overflow(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    json_t *content = json_keep(arena, json_object()), *risks = json_array();
    json_object_set_new(content, "risks", risks);
    for (int i = 0; i < 300; i++)
        json_array_append_new(risks, json_object());
    Faults faults = {.len = 0};
    assert_false(
        review_valid(arena, def, definition_grid(def, STR("risk")), content, true, &faults));
    assert_int_equal(faults.len, FIELD_FAULTS_MAX);
    assert_string_equal(faults.at[0].keyword, "maxItems");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_is_read),
        cmocka_unit_test(patches_are_filed),
        cmocka_unit_test(a_typo_gets_the_nearest_name),
        cmocka_unit_test(forms_say_what_lacks),
        cmocka_unit_test(a_document_of_no_form_is_asked_by_every_form),
        cmocka_unit_test(reviews_fit_their_grid),
        cmocka_unit_test(faults_never_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
