// SPDX-License-Identifier: Apache-2.0
// The subcommands of an author: what they print, where, and with which exit status. Files are
// written to a folder of this test.
#include "../engine/garden.h"
#include "api/commands.h"
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/jalon-commands-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const char good_scenario[] =
    "workflow: garden\n"
    "scenarios: [{title: It is withdrawn, given: {now: 2023-05-10T09:00:00Z, call: {closes_at: "
    "2024-01-01}}, steps: [{as: carrier, do: withdraw, then: withdrawn}]}]\n";
static const char bad_scenario[] =
    "workflow: garden\n"
    "scenarios: [{title: It is not, given: {now: 2023-05-10T09:00:00Z, call: {closes_at: "
    "2024-01-01}}, steps: [{as: carrier, do: withdraw, then: draft}]}]\n";

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    write_file("garden.yaml", garden_text);
    write_file("dictionary.yaml", garden_dictionary);
    write_file("broken.yaml",
               "jalon: 1\nid: broken\ntitle: B\nroles: {carrier: {title: C, on: dossier}}\nstates: "
               "{a: {title: A, on: {go: {by: carier, to: a}}}}\n");
    write_file("good.scenario", good_scenario);
    write_file("bad.scenario", bad_scenario);
    write_file("wrong.scenario", "workflow: garden\nscenarios: [{titel: x}]\n");
    write_file("mapping", "{}");
    write_file("lapse", "{\"states\": {\"draft\": \"lapsed\"}}");
    write_file("nomap", "{\"states\": {\"nothing\": \"lapsed\"}}");
    write_file("draft", "{\"state\": {\"in\": [\"draft\"], \"was\": [\"draft\"]}, \"call\": "
                        "{\"closes_at\": \"2024-01-01T00:00:00Z\"}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {
        "garden.yaml",  "dictionary.yaml", "broken.yaml", "good.scenario",
        "bad.scenario", "wrong.scenario",  "out",         "err",
        "mapping",      "lapse",           "nomap",       "draft"};
    char path[200];
    for (size_t i = 0; i < ROWS(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

// Redirects a stream into a file of the folder; returns the descriptor to put back.
static int divert(FILE *stream, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    fflush(stream);
    int kept = dup(fileno(stream));
    FILE *file = fopen(path, "w+");
    dup2(fileno(file), fileno(stream));
    fclose(file);
    return kept;
}

static const char *restore(Arena *arena, FILE *stream, int kept, const char *name)
{
    char path[200], part[4096];
    fflush(stream);
    dup2(kept, fileno(stream));
    close(kept);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    Buf buf = {.arena = arena};
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        buf_add(&buf, (Str){part, n});
    fclose(file);
    return buf.len ? str_cstr(arena, buf_str(&buf)) : "";
}

static const struct {
    const char *sentence,
        *line; // the arguments; @ stands for the folder, # for the dictionary's option
    int status;
    const char *out, *err; // a part of what is printed; NULL: nothing is
} commands[] = {
    {"a right file is said to be right", "check @garden.yaml # --lang en", 0,
     "garden.yaml: correct (", NULL},
    {"in French without being asked", "check @garden.yaml #", 0, "états", NULL},
    {"a wrong file has findings with their place", "check @broken.yaml --lang en", 1,
     "broken.yaml:5:", NULL},
    {"one wrong file among right ones is enough", "check @garden.yaml @broken.yaml #", 1,
     "broken.yaml:5:", NULL},
    {"whichever comes first", "check @broken.yaml @garden.yaml #", 1, "broken.yaml:5:", NULL},
    {"findings come as JSON", "check @broken.yaml --json", 1, "\"ok\":false", NULL},
    {"a right file too", "check @garden.yaml # --json", 0, "\"ok\":true", NULL},
    {"a dictionary is checked as one", "check @dictionary.yaml --lang en", 0, "dictionary correct",
     NULL},
    {"a scenario is no workflow", "check @good.scenario", 1, "good.scenario:1:", NULL},
    {"a file that is not there", "check @nothing.yaml --lang en", 2, NULL,
     "nothing.yaml: there is no such file."},
    {"a folder is no file", "check @ --lang en", 2, NULL, "this is a folder"},
    {"without a file, the usage", "check", 2, NULL, "jalon check FILE"},
    {"an unknown option, the usage", "check @garden.yaml --colour", 2, NULL, "jalon check FILE"},
    {"a language that is not spoken, the usage", "check @garden.yaml --lang de", 2, NULL,
     "jalon check FILE"},
    {"an option without its value, the usage", "check @garden.yaml --lang", 2, NULL,
     "jalon check FILE"},
    {"an option of another command, the usage", "check @garden.yaml --csv", 2, NULL,
     "jalon check FILE"},

    {"a chart is drawn", "draw @garden.yaml #", 0, "digraph \"garden\" {", NULL},
    {"in English when asked", "draw @garden.yaml # --lang en", 0, "label=\"Submission\"", NULL},
    {"as SVG too", "draw @garden.yaml # --svg --lang en", 0, "role=\"img\"", NULL},
    {"a wrong file is not drawn", "draw @broken.yaml", 1, NULL, "broken.yaml:5:"},
    {"one file is drawn, not two", "draw @garden.yaml @garden.yaml", 2, NULL, "jalon draw FILE"},

    {"a table is aligned text", "table @garden.yaml #", 0, "draft", NULL},
    {"or CSV", "table @garden.yaml # --csv", 0, "state,stage,role,kind,name,title,to,if\r\n", NULL},
    {"or JSON", "table @garden.yaml # --json", 0, "\"state\":\"draft\"", NULL},
    {"not both", "table @garden.yaml # --json --csv", 2, NULL, "jalon table FILE"},

    {"a file does not differ from itself", "diff @garden.yaml @garden.yaml # --lang en", 0,
     "Nothing changes.", NULL},
    {"what changes is said with its place", "diff @garden.yaml workflows/cte.yaml", 0,
     "workflows/cte.yaml:", NULL},
    {"as JSON too", "diff @garden.yaml workflows/cte.yaml --json", 0, "\"weight\":\"lost\"", NULL},
    {"a wrong file is not compared", "diff @garden.yaml @broken.yaml", 1, NULL, "broken.yaml:5:"},
    {"two files are compared, not one", "diff @garden.yaml", 2, NULL, "jalon diff OLD NEW"},

    {"an application that keeps its state lands there",
     "migrate @garden.yaml @garden.yaml @mapping @draft # --lang en", 0, "draft: draft\n", NULL},
    {"one whose state is named otherwise lands where the mapping says",
     "migrate @garden.yaml @garden.yaml @lapse @draft # --lang en", 0,
     "place: The application would end.", NULL},
    {"a mapping that names nothing that there is",
     "migrate @garden.yaml @garden.yaml @nomap @draft #", 2, NULL, "/states/nothing"},
    {"an application of another workflow", "migrate @garden.yaml @garden.yaml @mapping @mapping #",
     2, NULL, "state"},
    {"no application, the usage", "migrate @garden.yaml @garden.yaml @mapping #", 2, NULL,
     "jalon migrate OLD"},

    {"a scenario that holds", "play @garden.yaml @good.scenario # --lang en", 0,
     "1 passed, 0 failed", NULL},
    {"one that does not, with its line", "play @garden.yaml @bad.scenario # --lang en", 1,
     "line 2: expected state draft, came withdrawn", NULL},
    {"both", "play @garden.yaml @good.scenario @bad.scenario # --lang en", 1, "1 passed, 1 failed",
     NULL},
    {"a wrong scenario is told by place", "play @garden.yaml @wrong.scenario # --lang en", 1,
     "0 passed, 0 failed", "wrong.scenario:2:"},
    {"a scenario that is not there", "play @garden.yaml @nothing # --lang en", 2, "0 passed",
     "there is no such file"},
    {"random walks", "play @garden.yaml --random 5 --seed 3 # --lang en", 0, "seed 3, hash ", NULL},
    {"neither scenarios nor chance, the usage", "play @garden.yaml #", 2, NULL, "jalon play FILE"},
    {"both, the usage", "play @garden.yaml @good.scenario --random 5 #", 2, NULL,
     "jalon play FILE"},
    {"a number is a number", "play @garden.yaml --random many #", 2, NULL, "jalon play FILE"},
    {"… and not negative", "play @garden.yaml --random -5 #", 2, NULL, "jalon play FILE"},
};

static int run(Arena *arena, const char *line)
{
    char *argv[20] = {NULL};
    int argc = 0;
    char *copy = str_cstr(arena, str_of(line)), *rest = copy;
    for (char *word; (word = strsep(&rest, " "));) {
        if (*word == '#') {
            argv[argc++] = "--dictionary";
            argv[argc++] = str_cstr(arena, str_format(arena, "%s/dictionary.yaml", folder));
        } else {
            argv[argc++] =
                *word == '@' ? str_cstr(arena, str_format(arena, "%s/%s", folder, word + 1)) : word;
        }
    }
    int (*command)(int, char **) = strcmp(argv[0], "check") == 0     ? command_check
                                   : strcmp(argv[0], "draw") == 0    ? command_draw
                                   : strcmp(argv[0], "table") == 0   ? command_table
                                   : strcmp(argv[0], "diff") == 0    ? command_diff
                                   : strcmp(argv[0], "migrate") == 0 ? command_migrate
                                                                     : command_play;
    return command(argc, argv);
}

static void commands_print_and_return(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int wrong = 0;
    for (size_t i = 0; i < ROWS(commands); i++) {
        int kept_out = divert(stdout, "out"), kept_err = divert(stderr, "err");
        int status = run(arena, commands[i].line);
        const char *out = restore(arena, stdout, kept_out, "out"),
                   *err = restore(arena, stderr, kept_err, "err");
        ROW_CHECK(wrong, status == commands[i].status, commands[i].sentence,
                  "expected status %d, came %d\n%s%s", commands[i].status, status, out, err);
        ROW_CHECK(wrong, commands[i].out ? strstr(out, commands[i].out) != NULL : !*out,
                  commands[i].sentence, "expected [%s] on stdout, came [%s]",
                  commands[i].out ? commands[i].out : "", out);
        ROW_CHECK(wrong, commands[i].err ? strstr(err, commands[i].err) != NULL : !*err,
                  commands[i].sentence, "expected [%s] on stderr, came [%s]",
                  commands[i].err ? commands[i].err : "", err);
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void shipped_files_are_right(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    static const char *const lines[] = {
        "check workflows/cte.yaml workflows/appel-a-communs.yaml workflows/dictionary.yaml",
        "play workflows/cte.yaml workflows/scenarios/cte.yaml",
        "play workflows/appel-a-communs.yaml workflows/scenarios/appel-a-communs.yaml",
    };
    for (size_t i = 0; i < ROWS(lines); i++) {
        int kept = divert(stdout, "out"), kept_err = divert(stderr, "err");
        int status = run(arena, lines[i]);
        const char *out = restore(arena, stdout, kept, "out"),
                   *err = restore(arena, stderr, kept_err, "err");
        if (status)
            fail_msg("%s:\n%s%s", lines[i], out, err);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_print_and_return),
        cmocka_unit_test(shipped_files_are_right),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
