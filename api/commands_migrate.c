// SPDX-License-Identifier: Apache-2.0
// migrate: what would become of applications, told from files alone. The server does it for good
// (POST /calls/{call_id}/migration), with the same engine.
#include "commands_inside.h"
#include "../engine/base/json.h"
#include "../engine/migrate.h"
#include <time.h>

static bool unfit(const Arguments *a, const char *file, Str why)
{
    say_message(stderr, a->lang,
                MESSAGE(T("jalon : {0} : {1}", "jalon: {0}: {1}"), str_of(file), why));
    return false;
}

static json_t *json_of_file(Arena *arena, const Arguments *a, const char *name)
{
    Str text;
    Fault fault;
    if (!file_read(arena, a->lang, name, &text))
        return NULL;
    json_t *json = json_read(arena, text, &fault);
    if (!json)
        unfit(a, name, message_text(arena, a->lang, &fault.message));
    return json;
}

static bool mapping_of_file(Arena *arena, const Arguments *a, const Definition *old,
                            const Definition *new, Mapping *ret)
{
    Faults faults = {0};
    json_t *json = json_of_file(arena, a, a->files[2]);
    if (!json || mapping_read(arena, json, STR(""), old, new, ret, &faults))
        return json != NULL;
    for (size_t i = 0; i < faults.len; i++)
        unfit(a, a->files[2],
              str_format(arena, STR_FMT " : " STR_FMT, STR_ARG(faults.at[i].pointer),
                         STR_ARG(message_text(arena, a->lang, &faults.at[i].message))));
    return false;
}

static Time instant(const json_t *text)
{
    Time t;
    return time_parse(json_str(text), &t) ? t : TIME_NONE;
}

static Timer *timers_of(Arena *arena, const json_t *application, size_t *count)
{
    const json_t *rows = json_at(application, "timers");
    Timer *timers = arena_array(arena, Timer, json_array_size(rows) + 1);
    *count = json_array_size(rows);
    for (size_t i = 0; i < *count; i++) {
        const json_t *row = json_array_get(rows, i);
        timers[i] = (Timer){.name = json_str(json_at(row, "name")),
                            .due = instant(json_at(row, "due_at")),
                            .data = json_at(row, "data")};
    }
    return timers;
}

static void say_landing(Arena *arena, const Arguments *a, const Mapping *mapping, const char *file,
                        const Landing *landing)
{
    StateId ids[STATES_MAX];
    Buf buf = {.arena = arena};
    size_t n = landing->lands ? case_atomic(mapping->new, &landing->next, ids, STATES_MAX) : 0;
    buf_format(&buf, "%s: ", file);
    for (size_t i = 0; i < n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(mapping->new->states[ids[i]].path));
    if (!n)
        buf_add(&buf, a->lang == FR ? STR("nulle part") : STR("nowhere"));
    buf_char(&buf, '\n');
    for (size_t i = 0; i < landing->loss_count; i++)
        buf_format(&buf, "  %s: " STR_FMT "\n", loss_words[landing->losses[i].kind],
                   STR_ARG(landing->losses[i].sentence));
    say(stdout, buf_str(&buf));
}

// One application: {"state": its case, "timers": [{"name", "due_at"}], "call": {"closes_at"…}, "now"}.
static int migrate_file(Arena *arena, const Arguments *a, const Mapping *mapping, const char *name)
{
    json_t *application = json_of_file(arena, a, name);
    if (!application)
        return EXIT_USAGE;
    Case c;
    size_t n;
    const json_t *state = json_at(application, "state");
    if (!state || !case_read(arena, mapping->old, json_text(arena, state), &c)) {
        unfit(a, name,
              a->lang == FR ? STR("state n'est pas un état de l'ancienne version")
                            : STR("state is no case of the old version"));
        return EXIT_USAGE;
    }
    Timer *timers = timers_of(arena, application, &n);
    Time now = instant(json_at(application, "now"));
    Facts facts = {.now = now == TIME_NONE ? (Time)time(NULL) * SECOND : now};
    facts.slot[SLOT_CALL] = json_at(application, "call");
    Landing landing = migrate(arena, mapping, &c, timers, n, &facts, a->lang);
    say_landing(arena, a, mapping, name, &landing);
    return landing.lands ? EXIT_WELL : EXIT_WRONG;
}

int command_migrate(int argc, char **argv)
{
    static const char *const allowed[] = {"lang", "dictionary", NULL};
    Arguments a;
    if (!arguments_read(argc, argv, allowed, 4, SIZE_MAX,
                        "migrate OLD NEW MAPPING APPLICATION… [--lang fr|en] [--dictionary FILE]",
                        &a))
        return EXIT_USAGE;
    Arena *arena = arena_new();
    int status, other;
    Mapping mapping;
    const Definition *old = definition_load(arena, &a, a.files[0], &status);
    const Definition *new = definition_load(arena, &a, a.files[1], &other);
    status = status > other ? status : other;
    if (old && new && !mapping_of_file(arena, &a, old, new, &mapping))
        status = EXIT_USAGE;
    for (size_t i = 3; i < a.file_count && status != EXIT_USAGE && old && new; i++) {
        int its = migrate_file(arena, &a, &mapping, a.files[i]);
        status = its > status ? its : status;
    }
    arena_free(arena);
    return status;
}
