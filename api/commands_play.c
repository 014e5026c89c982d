// SPDX-License-Identifier: Apache-2.0
// play: the scenarios of an author, or random walks that tell what was never reached.
#include "commands_inside.h"
#include "../engine/play.h"

static void say_line(Lang lang, const PlayLine *line)
{
    Message sentence = line->passed
                           ? MESSAGE(T("juste   {0}", "ok      {0}"), line->title)
                           : MESSAGE(T("ÉCHEC   {0}\n        {1}", "FAILED  {0}\n        {1}"),
                                     line->title, line->failure);
    say_message(stdout, lang, sentence);
}

// Plays one file of scenarios; adds to the counts.
static int play_file(const Arguments *a, const Definition *def, const char *name, size_t *played,
                     size_t *passed)
{
    Arena *arena = arena_new();
    Str text;
    int status = EXIT_USAGE;
    if (file_read(arena, a->lang, name, &text)) {
        Findings findings = {0};
        PlayReport report;
        bool right = play_text(arena, def, text, a->lang, &report, &findings);
        say(stderr, findings_text(arena, str_of(name), a->lang, &findings));
        for (size_t i = 0; i < report.len; i++)
            say_line(a->lang, &report.at[i]);
        *played += report.len;
        *passed += report.passed;
        status = right && report.passed == report.len ? EXIT_WELL : EXIT_WRONG;
    }
    arena_free(arena);
    return status;
}

static int play_files(Arena *arena, const Arguments *a, const Definition *def)
{
    int status = EXIT_WELL;
    size_t played = 0, passed = 0;
    for (size_t i = 1; i < a->file_count; i++) {
        int its = play_file(a, def, a->files[i], &played, &passed);
        status = its > status ? its : status;
    }
    say_message(stdout, a->lang,
                MESSAGE(T("{0} réussis, {1} en échec", "{0} passed, {1} failed"),
                        str_format(arena, "%zu", passed),
                        str_format(arena, "%zu", played - passed)));
    return status;
}

// --- random walks -------------------------------------------------------------------------------

static void say_unvisited(Lang lang, const Definition *def, const WalkReport *report)
{
    for (size_t i = 1; i < def->state_count; i++) {
        StateType type = def->states[i].type;
        bool history = type == STATE_HISTORY_SHALLOW || type == STATE_HISTORY_DEEP;
        if (!history && !set_has(&report->visited, (StateId)i))
            say_message(stdout, lang,
                        MESSAGE(T("état jamais visité : {0}", "state never visited: {0}"),
                                def->states[i].path));
    }
}

static Str transition_text(Arena *arena, const Definition *def, const Transition *t)
{
    Buf buf = {.arena = arena};
    buf_add(&buf, def->states[t->source].path);
    for (size_t i = 0; i < t->event_count; i++)
        buf_format(&buf, " " STR_FMT, STR_ARG(t->events[i]));
    for (size_t i = 0; i < t->target_count; i++)
        buf_format(&buf, " → " STR_FMT, STR_ARG(def->states[t->targets[i]].path));
    return buf_str(&buf);
}

static void say_untaken(Arena *arena, Lang lang, const Definition *def, const WalkReport *report)
{
    for (size_t i = 0; i < def->transition_count; i++) {
        const Transition *t = &def->transitions[i];
        if (!report->taken[i])
            say_message(stdout, lang,
                        MESSAGE(T("transition jamais prise (ligne {1}) : {0}",
                                  "transition never taken (line {1}): {0}"),
                                transition_text(arena, def, t),
                                str_format(arena, "%u", t->mark.line)));
    }
}

static int play_walks(Arena *arena, const Arguments *a, const Definition *def)
{
    WalkReport report = play_random(arena, def, a->seed, (uint32_t)a->paths, (uint32_t)a->length);
    say_unvisited(a->lang, def, &report);
    say_untaken(arena, a->lang, def, &report);
    say_message(stdout, a->lang,
                MESSAGE(T("{0} pas, {1} mouvements, {2} refus ; graine {3}, empreinte {4}",
                          "{0} steps, {1} moves, {2} refusals; seed {3}, hash {4}"),
                        str_format(arena, "%llu", (unsigned long long)report.steps),
                        str_format(arena, "%llu", (unsigned long long)report.moved),
                        str_format(arena, "%llu", (unsigned long long)report.refused),
                        str_format(arena, "%llu", (unsigned long long)a->seed),
                        str_format(arena, "%016llx", (unsigned long long)report.hash)));
    say_message(stdout, a->lang,
                MESSAGE(report.folds
                            ? T("{0} événements rejoués : chaque historique redonne son état",
                                "{0} events folded: each history gives its state again")
                            : T("{0} événements : un historique ne redonne pas son état",
                                "{0} events: a history does not give its state again"),
                        str_format(arena, "%llu", (unsigned long long)report.recorded)));
    if (report.sound && report.folds)
        return EXIT_WELL;
    say_message(
        stderr, a->lang,
        MESSAGE(
            T("une configuration interdite est apparue, ou un état ne se relit ou ne se rejoue pas "
              ": "
              "c'est une erreur de Jalon",
              "a forbidden configuration came up, or a state does not read or fold back: this is a "
              "bug of Jalon"),
            STR_NONE));
    return EXIT_WRONG;
}

int command_play(int argc, char **argv)
{
    static const char *const allowed[] = {"lang", "random", "seed", "length", "dictionary", NULL};
    static const char usage[] =
        "play FILE SCENARIO… | play FILE --random N [--seed S] [--length L] "
        "[--lang fr|en] [--dictionary FILE]";
    Arguments a;
    if (!arguments_read(argc, argv, allowed, 1, SIZE_MAX, usage, &a))
        return EXIT_USAGE;
    if (a.random == (a.file_count > 1)) { // scenarios or chance: one of them
        fprintf(stderr, "usage : jalon %s\n", usage);
        return EXIT_USAGE;
    }
    Arena *arena = arena_new();
    int status;
    const Definition *def = definition_load(arena, &a, a.files[0], &status);
    if (def)
        status = a.random ? play_walks(arena, &a, def) : play_files(arena, &a, def);
    arena_free(arena);
    return status;
}
