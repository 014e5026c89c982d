// SPDX-License-Identifier: Apache-2.0
// Settings: three places, one table; what is wrong is said with its place.
#include "../base/table.h"
#include "api/settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct Row {
    const char *sentence;
    const char *flags[4];
    const char *environment[3];
    const char *file; // its content
    int64_t port;
    const char *data;
    bool movable;
    const char *why; // the end of the complaint, NULL when all is well; %s is the file
} rows[] = {
    {"nothing said gives the defaults", {0}, {0}, NULL, 8080, "jalon-data", false, NULL},
    {"a flag with its value apart", {"--port", "81"}, {0}, NULL, 81, "jalon-data", false, NULL},
    {"a flag with its value inside", {"--port=81"}, {0}, NULL, 81, "jalon-data", false, NULL},
    {"an environment variable", {0}, {"JALON_PORT=82"}, NULL, 82, "jalon-data", false, NULL},
    {"a line of the file", {0}, {0}, "# a comment\n\n port = 83 \n", 83, "jalon-data", false, NULL},
    {"the environment wins over the file",
     {0},
     {"JALON_PORT=82"},
     "port=83\n",
     82,
     "jalon-data",
     false,
     NULL},
    {"a flag wins over both",
     {"--port", "81"},
     {"JALON_PORT=82"},
     "port=83",
     81,
     "jalon-data",
     false,
     NULL},
    {"quotes around a value are taken off",
     {0},
     {0},
     "data = \"/a b\"\n",
     8080,
     "/a b",
     false,
     NULL},
    {"a hash inside a value stays", {0}, {0}, "data = /a#b\n", 8080, "/a#b", false, NULL},
    {"dashes and underscores are one letter",
     {"--movable_clock"},
     {0},
     NULL,
     8080,
     "jalon-data",
     true,
     NULL},
    {"a switch alone is on",
     {"--movable-clock", "--port", "81"},
     {0},
     NULL,
     81,
     "jalon-data",
     true,
     NULL},
    {"a switch may have a value",
     {"--movable-clock", "false"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     NULL},
    {"an unknown flag names its neighbour",
     {"--prot", "81"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "--prot: there is no setting \"prot\"; did you mean port?"},
    {"networks are read",
     {"--metrics-from", "::1/128, unix,10.0.0.0/8", "--trusted-proxies", "192.0.2.1"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     NULL},
    {"what is no network is refused",
     {"--metrics-from", "10.0.0.0/33"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "metrics_from: addresses or networks, by commas: 127.0.0.1, 10.0.0.0/8, ::1, unix"},
    {"a name is no network",
     {"--trusted-proxies", "proxy.example"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "trusted_proxies: addresses or networks, by commas: 127.0.0.1, 10.0.0.0/8, ::1, unix"},
    {"an unknown line has its number",
     {0},
     {0},
     "port = 83\nprots = 1\n",
     83,
     "jalon-data",
     false,
     ":2: there is no setting \"prots\"; did you mean port?"},
    {"a line without = is refused",
     {0},
     {0},
     "port 83\n",
     8080,
     "jalon-data",
     false,
     ":1: write \"name = value\""},
    {"a slip in the environment is refused",
     {0},
     {"JALON_PORTT=1"},
     NULL,
     8080,
     "jalon-data",
     false,
     "JALON_PORTT: there is no setting \"portt\"; did you mean port?"},
    {"another program's variable is left alone",
     {0},
     {"TEST_BINARY=/x"},
     NULL,
     8080,
     "jalon-data",
     false,
     NULL},
    {"a word is no number",
     {"--port", "many"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "port: a number from 0 to 65535, not \"many\""},
    {"a number has bounds",
     {0},
     {"JALON_PORT=65536"},
     NULL,
     8080,
     "jalon-data",
     false,
     "JALON_PORT: port: a number from 0 to 65535, not \"65536\""},
    {"a number ends where it ends",
     {"--port", "8080x"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "port: a number from 0 to 65535, not \"8080x\""},
    {"a switch is true or false",
     {0},
     {0},
     "movable_clock = maybe\n",
     8080,
     "jalon-data",
     false,
     ":1: movable_clock: true or false, not \"maybe\""},
    {"a flag needs its value",
     {"--port"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "--port: needs a value"},
    {"a secret on the command line is refused",
     {"--smtp-password", "x"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "every user of this machine can read a command line"},
    {"a URL with a password on the command line is refused",
     {"--database=postgres://ann:hush@db/jalon"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "every user of this machine can read a command line"},
    {"a URL without one is not",
     {"--database", "postgres://ann@db:5433/jalon", "--port", "81"},
     {0},
     NULL,
     81,
     "jalon-data",
     false,
     NULL},
    {"the language is one of two",
     {"--lang", "de"},
     {0},
     NULL,
     8080,
     "jalon-data",
     false,
     "lang: fr or en"},
};

static Str file_made(Arena *arena, const char *content)
{
    char path[] = "/tmp/test_settings.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content));
    close(fd);
    return str_copy(arena, str_of(path));
}

static void reading(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct Row *row = &rows[i];
        Arena *arena = arena_new();
        const char *flags[8] = {0};
        size_t n = 0;
        Str path = row->file ? file_made(arena, row->file) : STR_NONE;
        if (row->file) {
            flags[n++] = "--config";
            flags[n++] = str_cstr(arena, path);
        }
        for (size_t f = 0; f < 4 && row->flags[f]; f++)
            flags[n++] = row->flags[f];
        Settings got;
        Asked asked;
        Str why = STR_NONE;
        bool ok = settings_read(arena, flags, (char *const *)(uintptr_t)row->environment, &got,
                                &asked, &why);
        if (path.len)
            unlink(str_cstr(arena, path));
        ROW_CHECK(wrong, ok == !row->why, row->sentence, "expected %s, came \"" STR_FMT "\"",
                  row->why ? row->why : "no complaint", STR_ARG(why));
        if (row->why)
            ROW_CHECK(wrong, str_ends(why, str_of(row->why)), row->sentence,
                      "expected …%s, came \"" STR_FMT "\"", row->why, STR_ARG(why));
        else
            ROW_CHECK(wrong,
                      got.port == row->port && strcmp(got.data, row->data) == 0 &&
                          got.movable_clock == row->movable,
                      row->sentence, "came port %lld, data %s, movable_clock %d",
                      (long long)got.port, got.data, got.movable_clock);
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void secrets_are_not_shown(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *environment, *shown, *hidden;
    } secrets[] = {
        {"a secret is only said to be there", "JALON_SMTP_PASSWORD=hush", "# smtp_password = (set)",
         "hush"},
        {"a URL loses its password", "JALON_DATABASE=postgres://ann:hush@db/jalon",
         "database = postgres://ann:***@db/jalon", "hush"},
        {"a conninfo loses its password", "JALON_DATABASE=host=db password=hush dbname=j",
         "password=*** dbname=j", "hush"},
        {"a password with blanks in quotes goes whole",
         "JALON_DATABASE=host=db password = 'hu\\'sh hush' dbname=j", "password = *** dbname=j",
         "hush"},
        {"a password in a URL's query goes", "JALON_DATABASE=postgres://db/j?password=hush&a=b",
         "postgres://db/j?password=***&a=b", "hush"},
        {"a raw @ or / in a password hides nothing less", "JALON_SMTP_URL=smtp://ann:h@u/sh@mail",
         "smtp_url = smtp://ann:***@mail", "u/sh"},
        {"a URL without one stays", "JALON_DATABASE=postgres://db:5433/jalon",
         "database = postgres://db:5433/jalon", "***"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(secrets); i++) {
        Arena *arena = arena_new();
        const char *none[] = {NULL}, *environment[] = {secrets[i].environment, NULL};
        Settings got;
        Asked asked;
        Str why = STR_NONE;
        assert_true(
            settings_read(arena, none, (char *const *)(uintptr_t)environment, &got, &asked, &why));
        const char *text = str_cstr(arena, settings_text(arena, &got));
        ROW_CHECK(wrong, strstr(text, secrets[i].shown) && !strstr(text, secrets[i].hidden),
                  secrets[i].sentence, "came:\n%s", text);
        arena_free(arena);
    }
    ROWS_END(wrong);
}

static void what_is_shown_can_be_read(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const char *flags[] = {"--port", "91", "--data", "/a b", NULL}, *none[] = {NULL};
    Settings first, second;
    Asked asked;
    Str why = STR_NONE;
    assert_true(settings_read(arena, flags, (char *const *)(uintptr_t)none, &first, &asked, &why));
    Str text = settings_text(arena, &first);
    Str path = file_made(arena, str_cstr(arena, text));
    const char *again[] = {"--config", str_cstr(arena, path), NULL};
    assert_true(settings_read(arena, again, (char *const *)(uintptr_t)none, &second, &asked, &why));
    unlink(str_cstr(arena, path));
    Str twice = settings_text(arena, &second);
    assert_int_equal(text.len, twice.len);
    assert_memory_equal(text.at, twice.at, text.len);
    arena_free(arena);
}

static void words_go_to_the_command(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    const char *flags[] = {"ann@example.org", "--name", "Ann", "--port", "9", "--", "--help", NULL},
               *none[] = {NULL};
    Settings got;
    Asked asked;
    Str why = STR_NONE;
    assert_true(settings_read(arena, flags, (char *const *)(uintptr_t)none, &got, &asked, &why));
    assert_int_equal(asked.word_count, 2);
    assert_string_equal(asked.words[0], "ann@example.org");
    assert_string_equal(asked.words[1], "--help");
    assert_string_equal(asked.name, "Ann");
    assert_false(asked.help);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading),
        cmocka_unit_test(secrets_are_not_shown),
        cmocka_unit_test(what_is_shown_can_be_read),
        cmocka_unit_test(words_go_to_the_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
