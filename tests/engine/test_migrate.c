// SPDX-License-Identifier: Apache-2.0
// Running applications under a new version of the garden: where they land, what goes on, what
// people lose.
#include "engine/migrate.h"
#include "garden.h"

#define NOW   "2023-05-10T09:00:00Z"
#define DRAFT "{\"in\":[\"draft\"],\"was\":[\"draft\"]}"
#define PAUSED                                                                                     \
    "{\"in\":[\"paused\"],\"was\":[\"draft\",\"study\",\"paused\"],\"history\":{\"study.memory\":" \
    "[\"study.opinions.read\",\"study.risks.looking\"]}}"
#define STUDY                                                                                      \
    "{\"in\":[\"study.opinions.reading\",\"study.risks.looking\"],\"was\":[\"draft\",\"study\"]}"

static const struct {
    const char *sentence, *from, *to; // one edit of the garden
    const char *mapping, *at;         // ' for "
    const char *timers;               // "name due" of the one that runs
    const char *places;               // where it lands, "" for nowhere
    const char *run;                  // "name due" of what runs then
    const char *lost;
} rows[] = {
    {"what did not change costs nothing", "id: garden", "id: garden", "{}", DRAFT,
     "timer.draft.1 2023-06-01T00:00:00Z", "draft", "timer.draft.1 2023-06-01T00:00:00Z", ""},
    {"a state with the same id is where one lands", "title: {fr: Suspendu", "title: {fr: Pause",
     "{}", PAUSED, "timer.paused.1 2023-06-01T00:00:00Z", "paused",
     "timer.paused.1 2023-06-01T00:00:00Z", ""},
    {"a state that is no more needs the mapping", "  paused:\n", "  waiting:\n", "{}", PAUSED, "",
     "", "",
     "place: 'Paused' is no more and the mapping does not say where to go: states: {paused: "
     "…}\n"},
    {"the mapping says where, and the deadline goes on under its new name", "  paused:\n",
     "  waiting:\n", "{'states': {'paused': 'waiting'}}", PAUSED,
     "timer.paused.1 2023-06-01T00:00:00Z", "waiting", "timer.waiting.1 2023-06-01T00:00:00Z", ""},
    {"a running deadline stays frozen when the rule changes", "P30D", "P60D", "{}", PAUSED,
     "timer.paused.1 2023-06-01T00:00:00Z", "paused", "timer.paused.1 2023-06-01T00:00:00Z",
     "deadline: The deadline to 'Refused' stays at 2023-06-01T00:00:00Z, counted as before: after "
     "30 days (the new version says: after 60 days).\n"},
    {"unless the mapping restarts it", "P30D", "P60D", "{'deadlines': 'restart'}", PAUSED,
     "timer.paused.1 2023-06-01T00:00:00Z", "paused", "timer.paused.1 2023-07-09T09:00:00Z",
     "deadline: The deadline to 'Refused' moves from 2023-06-01T00:00:00Z to "
     "2023-07-09T09:00:00Z.\n"},
    {"a deadline that is no more falls away", "    after: {P30D: {to: refused}}\n", "", "{}",
     PAUSED, "timer.paused.1 2023-06-01T00:00:00Z", "paused", "",
     "deadline: The deadline of 2023-06-01T00:00:00Z to 'Refused' is no more.\n"},
    {"a new deadline counts from now", "resume: {by: clerk, to: memory}\n",
     "resume: {by: clerk, to: memory}\n    at: {call.closes_at: {to: lapsed}}\n", "{}", PAUSED,
     "timer.paused.2 2023-06-01T00:00:00Z", "paused", "*",
     "deadline: New deadline to 'Lapsed', at 2023-06-30T12:00:00Z.\n"},
    {"a deadline that was met does not come up again", "P30D: {to: refused}", "P60D: {to: refused}",
     "{'deadlines': 'restart'}", PAUSED, "", "paused", "", ""},
    {"what was sent with a delay goes on", "id: garden", "id: garden", "{}", STUDY,
     "send.1 2023-06-01T00:00:00Z", "study.opinions.reading study.risks.looking",
     "send.1 2023-06-01T00:00:00Z", ""},
    {"a thing that a role sees no more", "sees: [forms, documents, reviews]}",
     "sees: [forms, documents, review.risk]}", "{}", DRAFT, "", "draft", "*",
     "right: Clerk can no longer see: 'Review: Expertise'.\n"},
    {"a move that a role loses", "      withdraw: {by: carrier, to: withdrawn}\n", "", "{}", DRAFT,
     "", "draft", "*", "right: Carrier can no longer: 'Withdraw'.\n"},
    {"a move that passes to another role", "pause: {by: clerk,", "pause: {by: board,", "{}", STUDY,
     "", "study.opinions.reading study.risks.looking", "",
     "right: Clerk can no longer: 'Pause'.\n"},
    {"a thing that a role writes no more", "edit: {carrier: [form.project, documents, messages]}",
     "edit: {carrier: [form.project, messages]}", "{}", DRAFT, "", "draft", "*",
     "right: Carrier can no longer write: 'Documents'.\n"},
    {"another state lets do less", "  paused:\n", "  waiting:\n",
     "{'states': {'draft': 'lapsed', 'paused': 'waiting'}}", DRAFT, "", "lapsed", "",
     "place: The application would end.\nright: Carrier can no longer: 'File'.\nright: Carrier can "
     "no longer: 'Withdraw'.\nright: Carrier can no longer write: 'Form: Project'.\nright: Carrier "
     "can no longer write: 'Documents'.\nright: Carrier can no longer write: 'Messages'.\n"},
    {"a compound target is entered by its initial state", "  paused:\n", "  waiting:\n",
     "{'states': {'paused': 'study'}}", PAUSED, "", "study.opinions.reading study.risks.looking",
     "", "right: Clerk can no longer: 'Resume'.\n"},
    {"states that cannot be active together are nowhere", "id: garden", "id: garden",
     "{'states': {'reading': 'draft', 'looking': 'paused'}}", STUDY, "", "", "",
     "place: The states it would land in cannot be active together.\n"},
    {"a parent that is named takes those inside", "          reading:\n", "          perusing:\n",
     "{'states': {'opinions': 'opinions'}}", STUDY, "", "study.opinions.read study.risks.looking",
     "", "*"},
};

static Str edited(Arena *arena, const char *from, const char *to)
{
    const char *at = strstr(garden_text, from);
    if (!at)
        fail_msg("the garden has no %s", from);
    Str text =
        str_format(arena, "%.*s%s%s", (int)(at - garden_text), garden_text, to, at + strlen(from));
    // A state that gets another name is led to by it.
    const char *whole = str_cstr(arena, text), *target = strstr(whole, "to: paused}");
    if (strcmp(to, "  waiting:\n") == 0 && target)
        text = str_format(arena, "%.*sto: waiting}%s", (int)(target - whole), whole,
                          target + strlen("to: paused}"));
    const char *initial = strstr(str_cstr(arena, text), "        initial: reading\n");
    if (strcmp(to, "          perusing:\n") == 0) {
        whole = str_cstr(arena, text);
        initial = strstr(whole, "        initial: reading\n");
        text = str_format(arena, "%.*s        initial: read\n%s", (int)(initial - whole), whole,
                          initial + strlen("        initial: reading\n"));
    }
    return text;
}

static const Definition *built(Arena *arena, Str text)
{
    Findings findings = {0};
    const Definition *def = definition_build(arena, text, STR(garden_dictionary), &findings);
    if (!def)
        fail_msg("%s", str_cstr(arena, findings_text(arena, STR("new"), EN, &findings)));
    return def;
}

static Time at(const char *text)
{
    Time t;
    assert_true(time_parse(str_of(text), &t));
    return t;
}

static Facts facts_now(Arena *arena)
{
    Facts facts = {.now = at(NOW)};
    facts.slot[SLOT_CALL] = json_of(arena, "{'closes_at': '2023-06-30T12:00:00Z'}");
    return facts;
}

static size_t timer_of(Arena *arena, const char *text, Timer *ret)
{
    size_t gap = str_index(str_of(text), ' ');
    if (!text[0])
        return 0;
    *ret = (Timer){.name = str_slice(str_of(text), 0, gap), .due = at(text + gap + 1)};
    (void)arena;
    return 1;
}

static Str places(Arena *arena, const Definition *def, const Landing *m)
{
    StateId ids[STATES_MAX];
    Buf buf = {.arena = arena};
    size_t n = m->lands ? case_atomic(def, &m->next, ids, STATES_MAX) : 0;
    for (size_t i = 0; i < n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? " " : "", STR_ARG(def->states[ids[i]].path));
    return buf_str(&buf);
}

static Str timers(Arena *arena, const Landing *m)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < m->timer_count; i++)
        buf_format(&buf, "%s" STR_FMT " " STR_FMT, i ? ", " : "", STR_ARG(m->timers[i].name),
                   STR_ARG(time_format(arena, m->timers[i].due)));
    return buf_str(&buf);
}

static Str losses(Arena *arena, const Landing *m)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < m->loss_count; i++)
        buf_format(&buf, "%s: " STR_FMT "\n", loss_words[m->losses[i].kind],
                   STR_ARG(m->losses[i].sentence));
    return buf_str(&buf);
}

static bool as_said(Str came, const char *wanted)
{
    return strcmp(wanted, "*") == 0 || str_is(came, wanted);
}

static void applications_move_to_another_version(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Arena *arena = arena_new();
        const Definition *old = garden(arena),
                         *new = built(arena, edited(arena, rows[i].from, rows[i].to));
        Mapping mapping;
        Faults faults = {0};
        assert_true(mapping_read(arena, json_of(arena, rows[i].mapping), STR("/mapping"), old, new,
                                 &mapping, &faults));
        Case c;
        Timer timer;
        if (!case_read(arena, old, str_of(rows[i].at), &c))
            fail_msg("%s: the case does not read", rows[i].sentence);
        size_t n = timer_of(arena, rows[i].timers, &timer);
        Facts facts = facts_now(arena);
        Landing m = migrate(arena, &mapping, &c, &timer, n, &facts, EN);
        Str where = places(arena, new, &m), run = timers(arena, &m), lost = losses(arena, &m);
        ROW_CHECK(wrong, as_said(where, rows[i].places), rows[i].sentence, "lands in " STR_FMT,
                  STR_ARG(where));
        ROW_CHECK(wrong, as_said(run, rows[i].run), rows[i].sentence, "runs " STR_FMT,
                  STR_ARG(run));
        ROW_CHECK(wrong, as_said(lost, rows[i].lost), rows[i].sentence, "loses\n" STR_FMT,
                  STR_ARG(lost));
        arena_free(arena);
    }
    ROWS_END(wrong);
}

// What was visited and recorded comes along; the next case reads back under the new version.
static void the_case_remembers(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *old = garden(arena),
                     *new = built(arena, edited(arena, "  paused:\n", "  waiting:\n"));
    Mapping mapping;
    Faults faults = {0};
    Case c, back;
    Facts facts = facts_now(arena);
    assert_true(mapping_read(arena, json_of(arena, "{'states': {'paused': 'waiting'}}"), STR(""),
                             old, new, &mapping, &faults));
    assert_true(case_read(arena, old, str_of(PAUSED), &c));
    Landing m = migrate(arena, &mapping, &c, NULL, 0, &facts, FR);
    assert_true(m.lands);
    Str text = case_text(arena, new, &m.next);
    assert_string_equal(str_cstr(arena, text),
                        "{\"in\":[\"waiting\"],\"was\":[\"draft\",\"study\",\"waiting\"],"
                        "\"history\":{\"study.memory\":[\"study.opinions.read\",\"study.risks."
                        "looking\"]}}");
    assert_true(case_read(arena, new, text, &back));
    Event resume = {.name = STR("resume"), .item = ID_NONE};
    Actor clerk = {.person = STR("p"), .organisation = STR(""), .roles = new->roles[2].bit};
    Outcome outcome = decide(arena, new, &back, &resume, &clerk, &facts);
    assert_int_equal(outcome.verdict, MOVED);
    assert_true(set_has(&outcome.next.in, definition_state(new, STR("read"))));
    arena_free(arena);
}

static const char variables_old[] =
    "jalon: 1\nid: v\ntitle: V\nroles: {r: {title: R, on: call}}\ndata: {rounds: 0, name: a}\n"
    "states:\n  s: {title: S, on: {go: {by: r, to: e, title: Go}}}\n  e: {type: final, title: E}\n";
static const char variables_new[] =
    "jalon: 1\nid: v\ntitle: V\nroles: {r: {title: R, on: call}}\ndata: {turns: 7, name: 3, more: "
    "{expr: \"1 + 1\"}}\n"
    "states:\n  s: {title: S, on: {go: {by: r, to: e, title: Go}}}\n  e: {type: final, title: E}\n";

static void variables_come_along(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *old = built(arena, STR(variables_old)),
                     *new = built(arena, STR(variables_new));
    Mapping mapping;
    Faults faults = {0};
    Case c;
    Facts facts = facts_now(arena);
    assert_true(mapping_read(arena, json_of(arena, "{'variables': {'rounds': 'turns'}}"), STR(""),
                             old, new, &mapping, &faults));
    assert_true(case_read(arena, old,
                          STR("{\"in\":[\"s\"],\"was\":[\"s\"],\"vars\":{\"rounds\":4,\"name\":"
                              "\"b\"}}"),
                          &c));
    Landing m = migrate(arena, &mapping, &c, NULL, 0, &facts, EN);
    assert_string_equal(str_cstr(arena, case_text(arena, new, &m.next)),
                        "{\"in\":[\"s\"],\"was\":[\"s\"],\"vars\":{\"turns\":4,\"name\":3,\"more\":"
                        "2}}");
    assert_string_equal(str_cstr(arena, losses(arena, &m)),
                        "value: The value of 'name' is not carried over: it begins anew.\n");
    arena_free(arena);
}

static const struct {
    const char *sentence, *mapping, *pointer;
} bad[] = {
    {"a state that the old version lacks", "{'states': {'darft': 'draft'}}", "/m/states/darft"},
    {"a state that the new version lacks", "{'states': {'draft': 'nowhere'}}", "/m/states/draft"},
    {"a history is no place to be", "{'states': {'draft': 'memory'}}", "/m/states/draft"},
    {"a state that is no text", "{'states': {'draft': 3}}", "/m/states/draft"},
    {"states in a list", "{'states': ['draft']}", "/m/states"},
    {"a variable that there is not", "{'variables': {'x': 'y'}}", "/m/variables/x"},
    {"another word about deadlines", "{'deadlines': 'forget'}", "/m/deadlines"},
    {"a member that is none", "{'timers': {}}", "/m/timers"},
};

static void mappings_that_are_wrong(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const Definition *def = garden(arena);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(bad); i++) {
        Mapping mapping;
        Faults faults = {0};
        bool read = mapping_read(arena, json_of(arena, bad[i].mapping), STR("/m"), def, def,
                                 &mapping, &faults);
        ROW_CHECK(wrong, !read && faults.len == 1 && str_is(faults.at[0].pointer, bad[i].pointer),
                  bad[i].sentence, "%zu faults, at " STR_FMT, faults.len,
                  STR_ARG(faults.len ? faults.at[0].pointer : STR("nothing")));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applications_move_to_another_version),
        cmocka_unit_test(the_case_remembers),
        cmocka_unit_test(variables_come_along),
        cmocka_unit_test(mappings_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
