// SPDX-License-Identifier: Apache-2.0
// Every file of tests/engine/broken says, in its first lines, what must be found in it: "# expect:
// line:column code | sentence", with "(warning)" behind the code of what does not forbid
// publication. Nothing else may be found.
#include "reading.h"
#include "engine/check.h"
#include <dirent.h>
#include <stdlib.h>

#define FOLDER "tests/engine/broken"

static Str expected(Arena *arena, Str text)
{
    Buf out = {.arena = arena};
    Str mark = STR("# expect: ");
    for (Str rest = text; rest.len;) {
        Str line = str_slice(rest, 0, str_index(rest, '\n'));
        rest = str_slice(rest, line.len + 1, rest.len);
        if (str_starts(line, mark)) {
            buf_add(&out, str_slice(line, mark.len, line.len));
            buf_char(&out, '\n');
        }
    }
    return buf_str(&out);
}

// "file:12:9: error: sentence [code]" is told as "12:9 code | sentence".
static void retell(Buf *out, Str line)
{
    Str error = STR(": error: "), warning = STR(": warning: ");
    size_t place = 0;
    while (place < line.len && !str_starts(str_slice(line, place, line.len), error) &&
           !str_starts(str_slice(line, place, line.len), warning))
        place++;
    bool warns = str_starts(str_slice(line, place, line.len), warning);
    size_t from = place + (warns ? warning.len : error.len), bracket = line.len;
    while (bracket > from && line.at[bracket - 1] != '[')
        bracket--;
    Str code = str_slice(line, bracket, line.len - 1);
    buf_add(out, str_slice(line, 2, place));
    buf_format(out, " " STR_FMT "%s | ", STR_ARG(code), warns ? " (warning)" : "");
    buf_add(out, str_slice(line, from, bracket - 2));
    buf_char(out, '\n');
}

static Str found(Arena *arena, Str text, Str dictionary)
{
    Findings findings = {0};
    Buf out = {.arena = arena};
    const Definition *def = definition_build(arena, text, dictionary, &findings);
    bool sound = def && definition_check(arena, def, &findings);
    bool errors = false;
    for (size_t i = 0; i < findings.len; i++)
        errors |= findings.at[i].error;
    assert_int_equal(sound, !errors);
    for (Str rest = findings_text(arena, STR("f"), EN, &findings); rest.len;) {
        Str line = str_slice(rest, 0, str_index(rest, '\n'));
        rest = str_slice(rest, line.len + 1, rest.len);
        retell(&out, line);
    }
    return buf_str(&out);
}

// Every sentence exists in both languages, and neither leaves a place of the other unfilled.
static int both_languages(Arena *arena, Str text, Str dictionary, const char *name)
{
    Findings findings = {0};
    int wrong = 0;
    const Definition *def = definition_build(arena, text, dictionary, &findings);
    if (def)
        definition_check(arena, def, &findings);
    for (size_t i = 0; i < findings.len; i++) {
        Str fr = message_text(arena, FR, &findings.at[i].message);
        Str en = message_text(arena, EN, &findings.at[i].message);
        ROW_CHECK(wrong, fr.len && en.len && !str_eq(fr, en), name, "both languages say " STR_FMT,
                  STR_ARG(en));
    }
    return wrong;
}

static void broken_files(void **state)
{
    (void)state;
    struct dirent **entries;
    int wrong = 0, files = 0, n = scandir(FOLDER, &entries, NULL, alphasort);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        Str name = str_of(entries[i]->d_name);
        if (str_ends(name, STR(".yaml"))) {
            Arena *arena = arena_new();
            Str path = str_format(arena, FOLDER "/" STR_FMT, STR_ARG(name));
            Str text = read_file(arena, path.at);
            Str dictionary = read_file(arena, "tests/engine/dictionary.yaml");
            Str want = expected(arena, text), got = found(arena, text, dictionary);
            ROW_CHECK(wrong, want.len && str_eq(want, got), name.at,
                      "expected\n" STR_FMT "came\n" STR_FMT, STR_ARG(want), STR_ARG(got));
            wrong += both_languages(arena, text, dictionary, name.at);
            files++;
            arena_free(arena);
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(files >= 80);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(broken_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
