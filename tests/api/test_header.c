// SPDX-License-Identifier: Apache-2.0
// Headers and paths as hostile or clumsy clients write them.
#include "../base/table.h"
#include "api/http/header.h"

static void content_types(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *header, *media;
        bool taken;
    } rows[] = {
        {"the type itself", "application/json", "application/json", true},
        {"case does not count", "Application/JSON", "application/json", true},
        {"UTF-8 may be said", "application/json; charset=UTF-8", "application/json", true},
        {"UTF-8 may be quoted", "application/json;charset=\"utf-8\"", "application/json", true},
        {"another charset is not taken", "application/json; charset=latin1", "application/json",
         false},
        {"other parameters do not count", "application/json; v=\"a;charset=x\"", "application/json",
         true},
        {"a longer type is another one", "application/jsonp", "application/json", false},
        {"no type is none", "", "application/json", false},
        {"any type will do for a file", "image/svg+xml; charset=latin1", "*/*", true},
        {"but it must be one", "pdf", "*/*", false},
        {"a broken one is none", "/pdf", "*/*", false},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_CHECK(wrong, header_media(str_of(rows[i].header), rows[i].media) == rows[i].taken,
                  rows[i].sentence, "expected %d", rows[i].taken);
    ROWS_END(wrong);
}

static void accepts(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *header;
        bool json;
    } rows[] = {
        {"no header accepts all", "", true},
        {"itself", "application/json", true},
        {"its family", "text/html, application/*;q=0.1", true},
        {"anything", "text/html, */*;q=0.1", true},
        {"something else", "text/html", false},
        {"the closest range decides: refused", "*/*, application/json;q=0", false},
        {"the closest range decides: taken", "application/json, */*;q=0", true},
        {"zero in any writing", "application/json;q=0.000", false},
        {"a family of a longer name is another", "app/*", false},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_CHECK(wrong, header_accepts(str_of(rows[i].header), "application/json") == rows[i].json,
                  rows[i].sentence, "expected %d", rows[i].json);
    ROWS_END(wrong);
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *header;
        int64_t version; // 0 without a tag: refused
        const char *tag;
    } rows[] = {
        {"a strong tag of ours", "\"7\"", 7, NULL},
        {"more than a version is no version", "\"7-1f\"", 0, "7-1f"},
        {"nor are two of them", "\"7-1f\", \"8-1f\"", 0, NULL},
        {"blanks around it", " \"12\" ", 12, NULL},
        {"a weak one does not hold for a change", "W/\"7\"", 0, NULL},
        {"any version is no version", "*", 0, NULL},
        {"a bare number is no tag", "7", 0, NULL},
        {"two are too many", "\"7\", \"8\"", 0, NULL},
        {"no letters", "\"7a\"", 0, NULL},
        {"nothing inside", "\"\"", 0, NULL},
        {"a tag without a version", "\"-a\"", 0, NULL},
        {"never below one", "\"0\"", 0, NULL},
        {"no number is that long", "\"99999999999999999999\"", 0, NULL},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t version = 0;
        Str tag;
        bool ok = header_version(str_of(rows[i].header), &version, &tag);
        bool taken = rows[i].version || rows[i].tag;
        ROW_CHECK(wrong,
                  ok == taken &&
                      (!ok || (version == rows[i].version && str_eq(tag, str_of(rows[i].tag)))),
                  rows[i].sentence, "came %lld", (long long)version);
    }
    ROWS_END(wrong);
}

static void escapes(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *in, *out; // NULL: refused
    } rows[] = {
        {"plain text stays", "abc-1", "abc-1"},
        {"an escape is undone once", "a%2525b", "a%25b"},
        {"UTF-8 in escapes", "%C3%A9", "é"},
        {"both cases of digits", "%c3%a9", "é"},
        {"a slash is only text", "a%2Fb", "a/b"},
        {"a NUL ends nothing", "a%00b", NULL},
        {"half an escape", "a%2", NULL},
        {"no escape at all", "a%zzb", NULL},
        {"broken UTF-8", "%C3", NULL},
        {"an overlong form", "%C0%AF", NULL},
        {"broken UTF-8 without escapes", "\xff", NULL},
    };
    int wrong = 0;
    Arena *arena = arena_new();
    for (size_t i = 0; i < ROWS(rows); i++) {
        Str out = STR_NONE;
        bool ok = percent_decode(arena, str_of(rows[i].in), &out);
        ROW_CHECK(wrong, ok == (rows[i].out != NULL) && (!ok || str_is(out, rows[i].out)),
                  rows[i].sentence, "came \"" STR_FMT "\"", STR_ARG(out));
    }
    arena_free(arena);
    ROWS_END(wrong);
}

static void names_and_keys(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *id;
        bool taken;
    } ids[] = {
        {"letters, digits, dashes", "aZ09-xyz", true},
        {"too short to find in a log", "abcdefg", false},
        {"32 at most", "0123456789abcdef0123456789abcdef", true},
        {"33 are too many", "0123456789abcdef0123456789abcdefg", false},
        {"nothing that could break a log line", "abcdefgh\"\n", false},
        {"no spaces", "abcd efgh", false},
    };
    static const struct {
        const char *sentence, *key, *out;
    } keys[] = {
        {"a key", "k-1", "k-1"},
        {"quotes of the draft standard are taken off", "\"k-1\"", "k-1"},
        {"nothing is no key", "\"\"", NULL},
        {"no accents", "clé", NULL},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(ids); i++)
        ROW_CHECK(wrong, header_request_id(str_of(ids[i].id)) == ids[i].taken, ids[i].sentence,
                  "expected %d", ids[i].taken);
    for (size_t i = 0; i < ROWS(keys); i++) {
        Str out = STR_NONE;
        bool ok = header_key(str_of(keys[i].key), &out);
        ROW_CHECK(wrong, ok == (keys[i].out != NULL) && (!ok || str_is(out, keys[i].out)),
                  keys[i].sentence, "came \"" STR_FMT "\"", STR_ARG(out));
    }
    ROWS_END(wrong);
}

static void names_and_values(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *text;
        bool name, value;
    } rows[] = {
        {"a word is both", "Content-Length", true, true},
        {"all that a token may hold", "a0!#$%&'*+-.^_`|~", true, true},
        {"nothing is a value alone", "", false, true},
        {"a blank before the colon", "Content-Length ", false, true},
        {"a tab inside", "a\tb", false, true},
        {"a colon", "a:b", false, true},
        {"an accent", "é", false, true},
        {"a CR without its LF", "a\rb", false, false},
        {"a control character", "a\x01", false, false},
        {"DEL", "a\x7f", false, false},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++) {
        Str text = str_of(rows[i].text);
        ROW_CHECK(wrong, header_name(text) == rows[i].name, rows[i].sentence, "name: expected %d",
                  rows[i].name);
        ROW_CHECK(wrong, header_value(text) == rows[i].value, rows[i].sentence,
                  "value: expected %d", rows[i].value);
    }
    ROWS_END(wrong);
}

static void tags(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *header, *etag;
        bool listed;
    } rows[] = {
        {"the same tag", "\"7\"", "\"7\"", true},
        {"one of several", "\"6\", \"7\"", "\"7\"", true},
        {"a weak one is as good here", "W/\"7\"", "\"7\"", true},
        {"another one", "\"8\"", "\"7\"", false},
        {"a star is all", "*", "\"7\"", true},
        {"nothing without a tag", "*", "", false},
        {"a comma inside a tag", "\"a,b\"", "\"a,b\"", true},
    };
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_CHECK(wrong,
                  header_listed(str_of(rows[i].header), str_of(rows[i].etag)) == rows[i].listed,
                  rows[i].sentence, "expected %d", rows[i].listed);
    ROWS_END(wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_types),  cmocka_unit_test(accepts),
        cmocka_unit_test(versions),       cmocka_unit_test(escapes),
        cmocka_unit_test(names_and_keys), cmocka_unit_test(names_and_values),
        cmocka_unit_test(tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
