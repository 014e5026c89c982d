// SPDX-License-Identifier: Apache-2.0
// Our side of the measures, in memory on one core. Each prints one number:
//   measure decide WORKFLOW MACHINE SECONDS       moves a second on the machine's walk, every state
//   checked measure cel GUARDS NEUTRAL SECONDS            guard evaluations a second, every result
//   checked measure load FILE SECONDS                     milliseconds to build and check a
//   workflow file (median)
// Run from the top of the project: shipped files are named from there.
#include "engine/check.h"
#include "engine/decide.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static _Noreturn void die(const char *what, Str which)
{
    fprintf(stderr, "measure: %s: " STR_FMT "\n", what, STR_ARG(which));
    exit(1);
}

// Of this process on a core: what else runs on the machine does not count.
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static Str file_text(Arena *arena, Str path)
{
    FILE *file = fopen(str_cstr(arena, path), "rb");
    if (!file)
        die("cannot open", path);
    char *at = arena_alloc(arena, JSON_SIZE_MAX);
    Str text = {at, fread(at, 1, JSON_SIZE_MAX, file)};
    fclose(file);
    return text;
}

static json_t *file_json(Arena *arena, const char *path)
{
    Fault fault;
    json_t *value = json_read(arena, file_text(arena, str_of(path)), &fault);
    if (!value)
        die("no JSON", str_of(path));
    return value;
}

static const Definition *load(Arena *arena, Str path, Str text, Str dictionary, bool check)
{
    Findings findings = {0};
    const Definition *def = definition_build(arena, text, dictionary, &findings);
    if (!def || (check && !definition_check(arena, def, &findings)))
        die("not a workflow", findings_text(arena, path, EN, &findings));
    return def;
}

static const Definition *load_file(Arena *arena, Str path)
{
    return load(arena, path, file_text(arena, path),
                file_text(arena, STR("workflows/dictionary.yaml")), false);
}

// --- decide ---

typedef struct Step {
    Event event;
    Actor actor;
    StateId then;
} Step;

static Step step_of(Arena *arena, const Definition *def, const json_t *row)
{
    json_t *data = json_keep(arena, json_copy(json_array_get(row, 1)));
    Str role = json_str(json_at(data, "role"));
    ItemId index = str_is(role, "system") ? ROLE_SYSTEM : definition_role(def, role);
    StateId then = definition_state(def, json_str(json_array_get(row, 2)));
    if (index == ID_NONE || then == ID_NONE)
        die("not in the workflow", json_text(arena, row));
    json_object_del(data, "role");
    return (Step){.event = {.name = json_str(json_array_get(row, 0)),
                            .data = json_object_size(data) ? data : NULL,
                            .item = ID_NONE},
                  .actor = {.person = role, .roles = def->roles[index].bit},
                  .then = then};
}

// What an outcome says of the case is kept apart before its arena is used again, as between two
// requests. The machine has numbers for variables, and no history.
static void walk(Arena *arena, const Definition *def, const Case *start, const Step *steps,
                 size_t n)
{
    static const Facts facts = {.now = INT64_C(1700000000) * SECOND};
    CelValue vars[ITEMS_MAX];
    Case at = *start;
    for (size_t i = 0; i < n; i++) {
        arena_reset(arena);
        Outcome out = decide(arena, def, &at, &steps[i].event, &steps[i].actor, &facts);
        memmove(vars, out.next.vars, def->variable_count * sizeof *vars);
        at = out.next;
        at.vars = vars;
        if (!set_has(&at.in, steps[i].then))
            die("the walk leaves its path at", steps[i].event.name);
    }
}

static double measure_decide(Arena *arena, char **args)
{
    const Definition *def = load_file(arena, str_of(args[0]));
    const json_t *rows = json_at(file_json(arena, args[1]), "walk");
    size_t n = json_array_size(rows), walks = 0;
    Step *steps = arena_array(arena, Step, n);
    for (size_t i = 0; i < n; i++)
        steps[i] = step_of(arena, def, json_array_get(rows, i));
    static const Facts facts;
    Case start = decide_start(arena, def, &steps[0].actor, &facts).next;
    Arena *own = arena_new();
    double from = seconds(), to = from + atof(args[2]), now;
    do {
        for (int i = 0; i < 100; i++)
            walk(own, def, &start, steps, n);
        walks += 100;
        now = seconds();
    } while (now < to);
    arena_free(own);
    return (double)(walks * n) / (now - from);
}

// --- cel ---

typedef struct Guard {
    const CelProgram *program;
    CelValue *vars;
    GuardHost host;
    bool expected;
} Guard;

static bool complete(GuardHost *host, Arena *arena, ItemId form)
{
    (void)host, (void)arena, (void)form;
    return true;
}

static CelValue value_of(Arena *arena, json_t *json, const CelType *type)
{
    CelValue value = {.kind = CEL_ERROR};
    if (!json || json_is_null(json))
        return value;
    if (type->kind == CEL_TIMESTAMP) {
        value.kind = CEL_TIMESTAMP;
        if (!time_parse(json_str(json), &value.time))
            die("no instant", json_str(json));
        return value;
    }
    return cel_record_of(arena, json, type);
}

// The values as decide() fills them in: facts by slot, the event as a record, variables by name.
static CelValue *vars_of(Arena *arena, const Definition *def, const CelVar *names, json_t *facts,
                         json_t *event, json_t *variables)
{
    CelValue *vars = arena_array(arena, CelValue, def->env.var_count);
    for (size_t i = 0; i < def->env.var_count; i++)
        vars[i] = value_of(arena, json_at(i < SLOT_VARS ? facts : variables, names[i].name),
                           names[i].type);
    if (!json_is_object(event))
        return vars;
    const CelType *type = names[SLOT_EVENT].type;
    CelValue *members = arena_array(arena, CelValue, 2);
    members[0] = cel_of_json(arena, json_at(event, "name"), NULL);
    members[1] = cel_record_of(arena, json_at(event, "data"), type->members[1].type);
    vars[SLOT_EVENT] = cel_record(type, members);
    return vars;
}

static Guard guard_of(Arena *arena, const Definition *def, json_t *facts, const json_t *row)
{
    json_t *event = json_array_get(row, 2);
    Str source = json_str(json_array_get(row, 0));
    CelEnv env = def->env;
    CelVar *names = arena_copy(arena, env.vars, env.var_count * sizeof *names);
    if (json_is_object(event))
        names[SLOT_EVENT].type = definition_event_type(def, json_str(json_at(event, "name")));
    env.vars = names;
    CelFault fault;
    Guard guard = {.program = cel_compile(arena, source, &env, &fault),
                   .host = {.def = def, .complete = complete},
                   .expected = json_is_true(json_array_get(row, 1))};
    if (!guard.program)
        die("no guard", message_text(arena, EN, &fault.message));
    guard.vars = vars_of(arena, def, names, facts, event, json_array_get(row, 3));
    return guard;
}

static size_t guards_of(Arena *arena, const char *path, const char *neutral, Guard *guards,
                        size_t max)
{
    json_t *groups = file_json(arena, path), *group, *row;
    size_t n = 0, i, j;
    json_array_foreach(groups, i, group)
    {
        Str file = json_str(json_at(group, "workflow"));
        const Definition *def =
            load_file(arena, str_ends(file, STR(".yaml")) ? file : str_of(neutral));
        json_array_foreach(json_at(group, "guards"), j, row)
        {
            if (n == max)
                die("too many guards", file);
            guards[n++] = guard_of(arena, def, json_at(group, "facts"), row);
        }
    }
    return n;
}

static double measure_cel(Arena *arena, char **args)
{
    Guard guards[64];
    size_t n = guards_of(arena, args[0], args[1], guards, 64), rounds = 0;
    Arena *scratch = arena_new();
    double from = seconds(), to = from + atof(args[2]), now;
    do {
        for (int k = 0; k < 1000; k++) {
            arena_reset(scratch);
            for (size_t i = 0; i < n; i++) {
                CelRun run = {.arena = scratch, .vars = guards[i].vars, .host = &guards[i].host};
                if (cel_true(guards[i].program, &run, NULL) != guards[i].expected)
                    die("another truth", cel_source(guards[i].program));
            }
        }
        rounds += 1000;
        now = seconds();
    } while (now < to);
    arena_free(scratch);
    return (double)(rounds * n) / (now - from);
}

// --- load ---

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double measure_load(Arena *arena, char **args)
{
    enum { ROUNDS_MAX = 1000 };
    static double took[ROUNDS_MAX];
    Str path = str_of(args[0]), text = file_text(arena, path),
        dictionary = file_text(arena, STR("workflows/dictionary.yaml"));
    double from = seconds(), to = from + atof(args[1]);
    size_t n = 0;
    while (n == 0 || (n < ROUNDS_MAX && from < to)) {
        Arena *own = arena_new();
        load(own, path, text, dictionary, true);
        arena_free(own);
        double now = seconds();
        took[n++] = (now - from) * 1000;
        from = now;
    }
    qsort(took, n, sizeof *took, compare);
    return took[n / 2];
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int args;
        double (*run)(Arena *arena, char **args);
    } measures[] = {
        {"decide", 3, measure_decide}, {"cel", 3, measure_cel}, {"load", 2, measure_load}};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (argc == measures[i].args + 2 && strcmp(argv[1], measures[i].name) == 0) {
            Arena *arena = arena_new();
            printf("%.3f\n", measures[i].run(arena, argv + 2));
            arena_free(arena);
            return 0;
        }
    fprintf(stderr, "usage: measure decide WORKFLOW MACHINE SECONDS | cel GUARDS NEUTRAL SECONDS | "
                    "load FILE SECONDS\n");
    return 2;
}
