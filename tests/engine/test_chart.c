// SPDX-License-Identifier: Apache-2.0
// The law of SCXML where the borrowed suites do not look, and its main rules in one place each.
#include "playing.h"

#define CHART "{jalon: 1, id: t, title: t, strict: false, "

static const struct {
    const char *sentence, *chart, *events, *expected;
} rows[] = {
    {"the internal queue goes before the external one",
     "states: {a: {on: {go: {to: b, do: [{send: out}, {raise: in}]}}},"
     " b: {on: {out: {to: wrong}, in: {to: c}}}, c: {on: {out: {to: d}}}, d: {}, wrong: {}}}",
     "go", "d"},
    {"what is sent without delay is taken in the same decision, one after the other",
     "states: {a: {on: {go: {to: b, do: [{send: x}, {send: y}]}}},"
     " b: {on: {x: {to: c}, y: {to: wrong}}}, c: {on: {y: {to: d}}}, d: {}, wrong: {}}}",
     "go", "d"},
    {"eventless transitions go before the internal queue",
     "states: {a: {on: {go: {to: b, do: [{raise: in}]}}},"
     " b: {on: {in: {to: wrong}}, always: {to: c}}, c: {on: {in: {to: d}}}, d: {}, wrong: {}}}",
     "go", "d"},
    {"document order decides between a wildcard and the name behind it",
     "states: {a: {transitions: [{event: \"*\", to: b}, {event: go, to: wrong}]}, b: {}, wrong: "
     "{}}}",
     "go", "b"},
    {"document order decides between a name and the wildcard behind it",
     "states: {a: {transitions: [{event: go, to: b}, {event: \"*\", to: wrong}]}, b: {}, wrong: "
     "{}}}",
     "go", "b"},
    {"a prefix before the whole name wins too",
     "states: {a: {transitions: [{event: go, to: b}, {event: go.on, to: wrong}]}, b: {}, wrong: "
     "{}}}",
     "go.on", "b"},
    {"a descriptor matches whole tokens only", "states: {a: {on: {go: {to: b}}}, b: {}}}",
     "gone go.", "b"},
    {"a prefix is no wildcard", "states: {a: {on: {go.on: {to: b}}}, b: {}}}", "go", "a"},
    {"`on` comes before `transitions`",
     "states: {a: {transitions: [{event: go, to: wrong}], on: {go: {to: b}}}, b: {}, wrong: {}}}",
     "go", "b"},
    {"a false guard gives way to the next transition",
     "states: {a: {transitions: [{event: go, if: \"false\", to: wrong}, {event: go, to: b}]}, b: "
     "{}, wrong: {}}}",
     "go", "b"},
    {"an inner state goes before the one around it",
     "states: {p: {on: {go: {to: wrong}}, states: {a: {on: {go: {to: b}}}, b: {}}}, wrong: {}}}",
     "go", "b"},
    {"what no inner state answers is the outer one's",
     "states: {p: {on: {go: {to: c}}, states: {a: {on: {no: {to: b}}}, b: {}}}, c: {}}}", "go",
     "c"},
    {"regions of a parallel each take their own",
     "states: {p: {type: parallel, states: {x: {states: {x1: {on: {go: {to: x2}}}, x2: {}}},"
     " y: {states: {y1: {on: {go: {to: y2}}}, y2: {}}}}}}}",
     "go", "x2 y2"},
    {"of two that conflict the first region's wins: it stays",
     "states: {p: {type: parallel, states: {x: {states: {x1: {on: {go: {to: x2}}}, x2: {}}},"
     " y: {states: {y1: {on: {go: {to: out}}}}}}}, out: {}}}",
     "go", "x2 y1"},
    {"of two that conflict the first region's wins: it leaves",
     "states: {p: {type: parallel, states: {x: {states: {x1: {on: {go: {to: out}}}}},"
     " y: {states: {y1: {on: {go: {to: y2}}}, y2: {}}}}}, out: {}}}",
     "go", "out"},
    {"one region's answer preempts the parallel's own, which the other region found",
     "states: {p: {type: parallel, on: {go: {to: out}}, states: {x: {states: {x1: {}}},"
     " y: {states: {y1: {on: {go: {to: y2}}}, y2: {}}}}}, out: {}}}",
     "go", "x1 y2"},
    {"a targetless transition conflicts with nothing, and preempts the outer one",
     "states: {p: {type: parallel, on: {go: {to: out}}, states: {x: {states: {x1: {on: {go: {}}}}},"
     " y: {states: {y1: {on: {go: {}}}}}}}, out: {}}}",
     "go", "x1 y1"},
    {"several targets enter a parallel where they say, the other regions at their beginning",
     "states: {a: {on: {go: {to: [x2, z2]}}}, p: {type: parallel, states: {x: {states: {x1: {}, "
     "x2: {}}},"
     " y: {states: {y1: {}, y2: {}}}, z: {states: {z1: {}, z2: {}}}}}}}",
     "go", "x2 y1 z2"},
    {"an initial may lie deep",
     "states: {a: {on: {go: {to: p}}}, p: {initial: c, states: {b: {}, q: {states: {d: {}, c: "
     "{}}}}}}}",
     "go", "c"},
    {"a shallow history remembers the child and begins below it anew",
     "states: {p: {on: {out: {to: o}}, states: {h: {history: shallow}, q: {states: {a: {on: {go: "
     "{to: b}}}, b: {}}}}},"
     " o: {on: {back: {to: h}}}}}",
     "go out back", "a"},
    {"a deep history remembers to the ground",
     "states: {p: {on: {out: {to: o}}, states: {h: {history: deep}, q: {states: {a: {on: {go: {to: "
     "b}}}, b: {}}}}},"
     " o: {on: {back: {to: h}}}}}",
     "go out back", "b"},
    {"a deep history remembers every region",
     "states: {p: {type: parallel, on: {out: {to: o}}, states: {h: {history: deep}, x: {states: "
     "{x1: {on: {go: {to: x2}}}, x2: {}}},"
     " y: {states: {y1: {}, y2: {}}}}}, o: {on: {back: {to: h}}}}}",
     "go out back", "x2 y1"},
    {"a history that was never left leads to its default",
     "states: {o: {on: {back: {to: h}}}, p: {states: {h: {history: shallow, initial: b}, a: {}, b: "
     "{}}}}}",
     "back", "b"},
    {"a compound is done when a final child is entered",
     "states: {p: {done: {to: c}, states: {a: {on: {go: {to: f}}}, f: {type: final}}}, c: {}}}",
     "go", "c"},
    {"a parallel is not done with one region",
     "states: {p: {type: parallel, done: {to: c}, states: {x: {states: {x1: {on: {go: {to: xf}}}, "
     "xf: {type: final}}},"
     " y: {states: {y1: {on: {on: {to: yf}}}, yf: {type: final}}}}}, c: {}}}",
     "go", "xf y1"},
    {"a parallel is done with all of them",
     "states: {p: {type: parallel, done: {to: c}, states: {x: {states: {x1: {on: {go: {to: xf}}}, "
     "xf: {type: final}}},"
     " y: {states: {y1: {on: {on: {to: yf}}}, yf: {type: final}}}}}, c: {}}}",
     "go on", "c"},
    {"what a final state gives arrives with its done event",
     "states: {p: {done: {if: event.data.score == 3, to: c}, states: {a: {on: {go: {to: f}}},"
     " f: {type: final, donedata: {score: 1 + 2}}}}, c: {}}}",
     "go", "c"},
    {"an internal transition does not leave its state",
     "data: {n: 0}, states: {p: {entry: [{assign: {n: n + 1}}], transitions: [{event: go, to: b, "
     "internal: true}],"
     " states: {a: {}, b: {always: {if: n == 1, to: c}}, c: {}}}}}",
     "go", "c"},
    {"an external one leaves it and enters it again",
     "data: {n: 0}, states: {p: {entry: [{assign: {n: n + 1}}], on: {go: {to: b}},"
     " states: {a: {}, b: {always: {if: n == 2, to: c}}, c: {}}}}}",
     "go", "c"},
    {"an error ends its block, says so, and leaves the next block alone",
     "data: {n: 0, m: 0}, states: {a: {on: {go: {to: b}}}, b: {entry: [[{assign: {n: 1 / 0}}, "
     "{assign: {n: 9}}],"
     " [{assign: {m: 1}}]], on: {error.execution: {if: n == 0 && m == 1, to: c}}}, c: {}}}",
     "go", "c"},
    {"a guard that fails is false and says so",
     "data: {n: 0}, states: {a: {on: {go: {if: 1 / n == 1, to: wrong}, error: {to: c}}}, c: {}, "
     "wrong: {}}}",
     "go", "c"},
    {"an eventless guard that always fails complains once",
     "data: {n: 0, m: 0}, states: {a: {on: {go: {to: b}}}, b: {always: {if: 1 / n == 1, to: wrong},"
     " on: {error.execution: {do: [{assign: {m: m + 1}}]}, look: {if: m == 1, to: c}}}, c: {}, "
     "wrong: {}}}",
     "go look", "c"},
    {"the first branch that holds is run",
     "data: {n: 2, r: 0}, states: {a: {on: {go: {to: b, do: [{if: [{when: n == 1, do: [{assign: "
     "{r: 1}}]},"
     " {when: n == 2, do: [{assign: {r: 2}}]}, {do: [{assign: {r: 3}}]}]}]}}}, b: {always: {if: r "
     "== 2, to: c}}, c: {}}}",
     "go", "c"},
    {"a loop sees each item and its place",
     "data: {sum: 0, x: 0, i: 0}, states: {a: {on: {go: {to: b, do: [{foreach: {in: \"[5, 6, 7]\", "
     "item: x, index: i,"
     " do: [{assign: {sum: sum + x * i}}]}}]}}}, b: {always: {if: sum == 20, to: c}}, c: {}}}",
     "go", "c"},
    {"a member of a variable is assigned alone",
     "data: {v: {a: 1, b: {c: 2}}}, states: {a: {on: {go: {to: b, do: [{assign: {v.b.c: 5}}]}}},"
     " b: {always: {if: v.a == 1 && v.b.c == 5, to: c}}, c: {}}}",
     "go", "c"},
    {"what was raised carries its data",
     "states: {a: {on: {go: {to: b, do: [{raise: {event: in, data: {n: 1 + 1}}}]}}},"
     " b: {on: {in: {if: event.name == 'in' && event.data.n == 2, to: c}}}, c: {}}}",
     "go", "c"},
    {"an event's name may be computed",
     "states: {a: {on: {go: {to: b, do: [{raise: {expr: \"'i' + 'n'\"}}]}}}, b: {on: {in: {to: "
     "c}}}, c: {}}}",
     "go", "c"},
    {"exit runs from the inside out, then the transition, then entry from the outside in",
     "data: {s: ''}, states: {p: {exit: [{assign: {s: \"s + 'p'\"}}], states: {a: {exit: [{assign: "
     "{s: \"s + 'a'\"}}],"
     " on: {go: {to: b, do: [{assign: {s: \"s + 't'\"}}]}}}}}, q: {entry: [{assign: {s: \"s + "
     "'q'\"}}],"
     " states: {b: {entry: [{assign: {s: \"s + 'b'\"}}], always: {if: \"s == 'aptqb'\", to: c}}, "
     "c: {}}}}}",
     "go", "c"},
    {"In and Was know where the chart stands and stood",
     "states: {a: {on: {go: {to: b}}}, b: {always: {if: \"In('b') && Was('a') && !Was('c') && "
     "!In('a')\", to: c}}, c: {}}}",
     "go", "c"},
    {"a final state of the chart ends it: nothing follows",
     "states: {a: {on: {go: {to: f}}}, f: {type: final}, c: {}}}", "go go", "f"},
};

static void law(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[4096];
        snprintf(text, sizeof text, CHART "%s", rows[i].chart);
        Play p = play_load(text);
        play_start(&p);
        for (Str rest = str_of(rows[i].events); rest.len;) {
            size_t space = str_index(rest, ' ');
            Str event = str_slice(rest, 0, space);
            play_fire(&p, str_cstr(p.arena, event), (RoleSet)2, NULL);
            rest = str_slice(rest, space + 1, rest.len);
        }
        Str in = play_in(&p);
        ROW_CHECK(wrong, str_is(in, rows[i].expected), rows[i].sentence,
                  "expected %s, came " STR_FMT, rows[i].expected, STR_ARG(in));
        play_end(&p);
    }
    ROWS_END(wrong);
}

// Sends during the start belong to no macrostep yet: they wait as timers that are due at once.
static void start_sends(void **state)
{
    (void)state;
    Play p = play_load(CHART "states: {a: {entry: [{send: x}, {raise: y}], on: {x: {to: c}, y: "
                             "{to: b}}}, b: {on: {x: {to: c}}}, c: {}}}");
    play_start(&p);
    assert_true(str_is(play_in(&p), "b"));
    assert_int_equal(p.last.effect_count, 1);
    Effect timer = p.last.effects[0];
    assert_int_equal(timer.kind, EFFECT_TIMER);
    assert_true(timer.due == p.facts.now);
    Event event = {.name = timer.name, .data = timer.data, .item = ID_NONE};
    assert_int_equal(play_event(&p, &event, "", SYSTEM), MOVED);
    assert_true(str_is(play_in(&p), "c"));
    play_end(&p);
}

// When the chart ends its last states are left (exitInterpreter), and still shown.
static void ending(void **state)
{
    (void)state;
    Play p = play_load(CHART "states: {a: {on: {go: {to: f}}}, f: {type: final, exit: [{send: "
                             "{event: x, delay: PT1S}}]}}}");
    play_start(&p);
    assert_int_equal(play_fire(&p, "go", (RoleSet)2, NULL), MOVED);
    assert_int_equal(p.last.effect_count, 1);
    assert_true(p.c.over && str_is(play_in(&p), "f"));
    play_end(&p);
}

// A loop without end is refused as a whole: nothing of it stays.
static void endless(void **state)
{
    (void)state;
    static const char *const charts[] = {
        CHART "data: {n: 0}, states: {a: {on: {go: {to: b}}}, b: {always: {to: c, do: [{assign: "
              "{n: n + 1}}]}}, c: {always: {to: b}}}}",
        CHART "data: {n: 0}, states: {a: {on: {go: {to: b}}}, b: {entry: [{raise: x}], on: {x: "
              "{to: b}}}}}",
        CHART "data: {n: 0}, states: {a: {on: {go: {to: b}}}, b: {entry: [{send: x}], on: {x: {to: "
              "b}}}}}",
        CHART "data: {n: 'x'}, states: {a: {on: {go: {to: b}}}, b: {always: {if: \"n != 'y'\", to: "
              "b, do: [{foreach: {in: \"[1, 2, 3, 4, 5, 6, 7, 8]\","
              " item: i, do: [{foreach: {in: \"[1, 2, 3, 4, 5, 6, 7, 8]\", item: k, do: [{assign: "
              "{n: \"'x'\"}}]}}]}}]}}}}",
        CHART
        "data: {L: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, "
        "23, 24, 25, 26, 27, 28, 29, 30]}, states: {a: {on: {go: {to: b}}}, b: {always: {if: "
        "\"L.all(x, L.all(y, x + y > 0))\", to: c}}, c: {always: {to: b}}}}",
    };
    for (size_t i = 0; i < ROWS(charts); i++) {
        Play p = play_load(charts[i]);
        play_start(&p);
        Str before = case_text(p.arena, p.def, &p.c);
        assert_int_equal(play_fire(&p, "go", (RoleSet)2, NULL), REFUSED);
        assert_int_equal(p.last.reasons[0].kind, TOO_MANY_STEPS);
        assert_true(str_eq(case_text(p.arena, p.def, &p.c), before));
        play_end(&p);
    }
}

// A variable that grows without end stops at its bound and says so.
static void variable_bound(void **state)
{
    (void)state;
    Play p = play_load(CHART "data: {s: 'xxxxxxxx'}, states: {a: {on: {go: {do: [{assign: {s: s + "
                             "s}}]}, error: {to: full}}}, full: {}}}");
    play_start(&p);
    int rounds = 0;
    while (str_is(play_in(&p), "a") && rounds < 20) {
        play_fire(&p, "go", (RoleSet)2, NULL);
        rounds++;
    }
    assert_true(str_is(play_in(&p), "full"));
    assert_int_equal(rounds, 10); // 8 bytes doubled nine times are 4096
    play_end(&p);
}

// A text reads back as the case it was made of, whatever the variables hold.
static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *value, *same;
    } values[] = {
        {"a whole number", "42", "v == 42"},
        {"the largest", "9223372036854775807", "v == 9223372036854775807"},
        {"a double without fraction stays a double", "3.0", "type(v) == double && v == 3.0"},
        {"a double to its last bit", "0.1 + 0.2", "v == 0.1 + 0.2"},
        {"an infinite one", "1.0 / 0.0", "v == 1.0 / 0.0"},
        {"an unsigned", "18446744073709551615u", "type(v) == uint && v == 18446744073709551615u"},
        {"text with quotes and an accent", "'dit \\\"é\\\" \\\\n'", "v == 'dit \\\"é\\\" \\\\n'"},
        {"bytes", "b'\\\\x00\\\\xff'", "v == b'\\\\x00\\\\xff'"},
        {"an instant", "timestamp('2024-02-29T12:00:00.25Z')",
         "v == timestamp('2024-02-29T12:00:00.25Z')"},
        {"a duration", "duration('90m')", "v == duration('90m')"},
        {"a list", "[1, 'a', [true, null]]", "v == [1, 'a', [true, null]]"},
        {"a map", "{'a': {'b': 1.5}}", "v == {'a': {'b': 1.5}}"},
        {"a map that looks like a tag", "{'$uint': 'x'}", "v == {'$uint': 'x'}"},
        {"nothing", "null", "v == null"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(values); i++) {
        char chart[2048];
        snprintf(chart, sizeof chart,
                 CHART "data: {v: 0}, states: {a: {on: {go: {do: [{assign: {v: \"%s\"}}]}, look: "
                       "{if: \"%s\", to: same}}}, same: {}}}",
                 values[i].value, values[i].same);
        Play p = play_load(chart);
        Case again;
        play_start(&p);
        play_fire(&p, "go", (RoleSet)2, NULL);
        Str text = case_text(p.arena, p.def, &p.c);
        bool read = case_read(p.arena, p.def, text, &again);
        bool equal = read && str_eq(case_text(p.arena, p.def, &again), text);
        p.c = again;
        play_fire(&p, "look", (RoleSet)2, NULL);
        ROW_CHECK(wrong, equal && str_is(play_in(&p), "same"), values[i].sentence,
                  "read back otherwise: " STR_FMT, STR_ARG(text));
        play_end(&p);
    }
    ROWS_END(wrong);
}

static void text_form(void **state)
{
    (void)state;
    Play p = play_load(CHART "data: {n: 1}, states: {p: {on: {out: {to: o}}, states: {h: {history: "
                             "deep}, a: {on: {go: {to: b}}}, b: {}}},"
                             " o: {on: {back: {to: h}, end: {to: f}}}, f: {type: final}}}");
    play_start(&p);
    assert_true(str_is(case_text(p.arena, p.def, &p.c),
                       "{\"in\":[\"p.a\"],\"was\":[\"p\",\"p.a\"],\"vars\":{\"n\":1}}"));
    play_fire(&p, "go", (RoleSet)2, NULL);
    play_fire(&p, "out", (RoleSet)2, NULL);
    assert_true(str_is(case_text(p.arena, p.def, &p.c),
                       "{\"in\":[\"o\"],\"was\":[\"p\",\"p.a\",\"p.b\",\"o\"],\"history\":{\"p.h\":"
                       "[\"p.b\"]},\"vars\":{\"n\":1}}"));
    Case again;
    assert_true(case_read(p.arena, p.def, case_text(p.arena, p.def, &p.c), &again));
    p.c = again;
    play_fire(&p, "back", (RoleSet)2, NULL);
    assert_true(str_is(play_in(&p), "b"));
    play_fire(&p, "out", (RoleSet)2, NULL);
    play_fire(&p, "end", (RoleSet)2, NULL);
    assert_true(p.c.over);
    assert_true(case_read(p.arena, p.def, case_text(p.arena, p.def, &p.c), &again) && again.over);
    play_end(&p);
}

static void bad_texts(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *text;
        bool ok;
    } bad[] = {
        {"spaces and another order are read",
         " { \"was\" : [ \"p\" , \"p.a\" ] , \"in\" : [ \"p.a\" ] } ", true},
        {"before the start nothing is active", "{\"in\":[],\"was\":[]}", true},
        {"a state that is not there", "{\"in\":[\"p.z\"]}", false},
        {"an id alone is no path", "{\"in\":[\"a\"]}", false},
        {"a compound state is not atomic", "{\"in\":[\"p\"]}", false},
        {"two states of one compound", "{\"in\":[\"p.a\",\"p.b\"]}", false},
        {"a region is missing", "{\"in\":[\"q.x.x1\"]}", false},
        {"all regions", "{\"in\":[\"q.x.x1\",\"q.y.y1\"]}", true},
        {"an unknown variable", "{\"in\":[\"p.a\"],\"vars\":{\"m\":1}}", false},
        {"a value that is no JSON", "{\"in\":[\"p.a\"],\"vars\":{\"n\":nope}}", false},
        {"an unknown member", "{\"in\":[\"p.a\"],\"else\":1}", false},
        {"cut short", "{\"in\":[\"p.a\"]", false},
        {"cut in a name", "{\"in\":[\"p.", false},
        {"something behind", "{\"in\":[\"p.a\"]}}", false},
        {"no object", "[]", false},
        {"nothing", "", false},
        {"a history that is none", "{\"in\":[\"p.a\"],\"history\":{\"p.a\":[]}}", false},
        {"a number of sends beyond bounds", "{\"in\":[\"p.a\"],\"sends\":99999999999}", false},
    };
    int wrong = 0;
    Play p = play_load(
        CHART "data: {n: 1}, states: {p: {states: {h: {history: deep}, a: {}, b: {}}},"
              " q: {type: parallel, states: {x: {states: {x1: {}}}, y: {states: {y1: {}}}}}}}");
    for (size_t i = 0; i < ROWS(bad); i++) {
        Case c;
        bool ok = case_read(p.arena, p.def, str_of(bad[i].text), &c);
        ROW_CHECK(wrong, ok == bad[i].ok, bad[i].sentence, "read: %d", ok);
    }
    ROWS_END(wrong);
    play_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(law),       cmocka_unit_test(start_sends),
        cmocka_unit_test(endless),   cmocka_unit_test(variable_bound),
        cmocka_unit_test(texts),     cmocka_unit_test(text_form),
        cmocka_unit_test(bad_texts), cmocka_unit_test(ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
