// SPDX-License-Identifier: Apache-2.0
// check, draw, table and diff; playing is in commands_play.c. The engine never prints nor reads a file:
// it is done here.
#include "commands_inside.h"
#include "../engine/check.h"
#include "../engine/diff.h"
#include "../engine/draw.h"
#include "../engine/yaml.h"
#include <errno.h>
#include <stdlib.h>

enum { FILE_SIZE_MAX = 4 << 20 }; // the engine's own limits are lower and named in its findings

// --- arguments ----------------------------------------------------------------------------------

static bool number_read(const char *text, uint64_t *ret)
{
    char *end;
    errno = 0;
    *ret = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno;
}

static bool lang_read(const char *text, Lang *ret)
{
    *ret = strcmp(text, "en") == 0 ? EN : FR;
    return strcmp(text, "en") == 0 || strcmp(text, "fr") == 0;
}

static bool is_allowed(const char *const *allowed, const char *name)
{
    for (size_t i = 0; allowed[i]; i++) {
        if (strcmp(allowed[i], name) == 0)
            return true;
    }
    return false;
}

// One option that takes a value. False when the value is wrong.
static bool option_value(Arguments *a, const char *name, const char *value)
{
    if (strcmp(name, "lang") == 0)
        return lang_read(value, &a->lang);
    if (strcmp(name, "seed") == 0)
        return number_read(value, &a->seed);
    if (strcmp(name, "length") == 0)
        return number_read(value, &a->length) && a->length <= UINT32_MAX;
    if (strcmp(name, "random") == 0) {
        a->random = true;
        return number_read(value, &a->paths) && a->paths <= UINT32_MAX;
    }
    a->dictionary = value;
    return true;
}

static bool option_read(Arguments *a, char **argv, int *i)
{
    const char *name = argv[*i] + 2;
    if (strcmp(name, "json") == 0)
        return a->json = true;
    if (strcmp(name, "csv") == 0)
        return a->csv = true;
    if (strcmp(name, "svg") == 0)
        return a->svg = true;
    return argv[*i + 1] && option_value(a, name, argv[++*i]);
}

static bool arguments_scan(int argc, char **argv, const char *const *allowed, Arguments *a)
{
    const size_t room = sizeof a->files / sizeof *a->files;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strncmp(word, "--", 2) != 0) {
            if (a->file_count == room)
                return false;
            a->files[a->file_count++] = argv[i];
        } else if (!is_allowed(allowed, word + 2) || !option_read(a, argv, &i)) {
            a->wrong = word;
            return false;
        }
    }
    return !(a->json && a->csv);
}

bool arguments_read(int argc, char **argv, const char *const *allowed, size_t least, size_t most,
                    const char *usage, Arguments *ret)
{
    *ret = (Arguments){.lang = FR, .length = 200, .seed = 1};
    if (arguments_scan(argc, argv, allowed, ret) && ret->file_count >= least &&
        ret->file_count <= most)
        return true;
    if (ret->wrong)
        say_message(
            stderr, ret->lang,
            MESSAGE(T("jalon : l'option {0} n'existe pas ici, ou sa valeur ne convient pas.",
                      "jalon: there is no option {0} here, or its value does not fit."),
                    str_of(ret->wrong)));
    fprintf(stderr, "usage : jalon %s\n", usage);
    return false;
}

// --- files and sentences

void say(FILE *to, Str text)
{
    fwrite(text.len ? text.at : "", 1, text.len, to);
}

void say_message(FILE *to, Lang lang, Message message)
{
    Arena *arena = arena_new();
    say(to, message_text(arena, lang, &message));
    fputc('\n', to);
    arena_free(arena);
}

static bool unreadable(Lang lang, const char *name, int error)
{
    static const Text sentences[] = {
        {"jalon : {0} : ce fichier n'existe pas.", "jalon: {0}: there is no such file."},
        {"jalon : {0} : la lecture n'est pas permise.", "jalon: {0}: reading is not permitted."},
        {"jalon : {0} : c'est un dossier, non un fichier.",
         "jalon: {0}: this is a folder, not a file."},
        {"jalon : {0} : ce fichier dépasse 4 Mio.", "jalon: {0}: this file is larger than 4 MiB."},
        {"jalon : {0} : lecture impossible.", "jalon: {0}: cannot be read."},
    };
    size_t which = error == ENOENT   ? 0
                   : error == EACCES ? 1
                   : error == EISDIR ? 2
                   : error == EFBIG  ? 3
                                     : 4;
    say_message(stderr, lang, MESSAGE(sentences[which], str_of(name)));
    return false;
}

bool file_read(Arena *arena, Lang lang, const char *name, Str *ret)
{
    FILE *file = fopen(name, "rb");
    if (!file)
        return unreadable(lang, name, errno);
    Buf buf = {.arena = arena};
    char part[16384];
    size_t n;
    while (buf.len <= FILE_SIZE_MAX && (n = fread(part, 1, sizeof part, file)) > 0)
        buf_add(&buf, (Str){part, n});
    int error = ferror(file) ? errno : buf.len > FILE_SIZE_MAX ? EFBIG : 0;
    fclose(file);
    if (error)
        return unreadable(lang, name, error);
    *ret = buf.len ? buf_str(&buf) : STR("");
    return true;
}

bool dictionary_read(Arena *arena, const Arguments *a, Str *ret)
{
    *ret = (Str){dictionary_text, dictionary_len};
    return !a->dictionary || file_read(arena, a->lang, a->dictionary, ret);
}

const Definition *definition_load(Arena *arena, const Arguments *a, const char *name, int *status)
{
    Str text, dictionary;
    *status = EXIT_USAGE;
    if (!file_read(arena, a->lang, name, &text) || !dictionary_read(arena, a, &dictionary))
        return NULL;
    Findings findings = {0};
    const Definition *def = definition_build(arena, text, dictionary, &findings);
    *status = def ? EXIT_WELL : EXIT_WRONG;
    if (!def)
        say(stderr, findings_text(arena, str_of(name), a->lang, &findings));
    return def;
}

// --- check --------------------------------------------------------------------------------------

static bool has_error(const Findings *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        if (findings->at[i].error)
            return true;
    }
    return false;
}

// A dictionary is no workflow: it has members and documents, and no states.
static const Node *dictionary_of(Arena *arena, Str text)
{
    YamlFault ignored;
    const Node *root = yaml_read(arena, text, WORKFLOW_SIZE_MAX, &ignored);
    bool workflow = node_at(root, "jalon") || node_at(root, "states") || node_at(root, "roles");
    return root && root->kind == NODE_MAP && !workflow && node_at(root, "title") &&
                   node_at(root, "title")->kind == NODE_MAP &&
                   node_at(node_at(root, "title"), "type")
               ? root
               : NULL;
}

static void check_dictionary(Arena *arena, const Node *root, Findings *findings)
{
    for (size_t i = 0; i < root->len; i++) {
        const Pair *pair = &root->pairs[i];
        SchemaErrors errors = {0};
        SchemaOptions options = {.formats = true};
        if (str_is(pair->key, "documents") ||
            schema_compile(arena, node_json(arena, pair->value), &options, &errors))
            continue;
        for (size_t k = 0; k < errors.len; k++)
            finding_add(arena, findings, true, "bad-schema", pair->mark, errors.at[k].message);
    }
}

typedef struct Checked {
    Findings findings;
    const Definition *def; // NULL: not built, or a dictionary
    bool readable, right;
} Checked;

static Checked check_file(Arena *arena, const Arguments *a, const char *name)
{
    Checked checked = {0};
    Str text, dictionary;
    if (!file_read(arena, a->lang, name, &text) || !dictionary_read(arena, a, &dictionary))
        return checked;
    checked.readable = true;
    const Node *root = dictionary_of(arena, text);
    if (root) {
        check_dictionary(arena, root, &checked.findings);
    } else {
        checked.def = definition_build(arena, text, dictionary, &checked.findings);
        if (checked.def)
            definition_check(arena, checked.def, &checked.findings);
    }
    checked.right = (checked.def || root) && !has_error(&checked.findings);
    return checked;
}

static void say_checked(Arena *arena, Lang lang, const char *name, const Checked *checked)
{
    say(stdout, findings_text(arena, str_of(name), lang, &checked->findings));
    if (!checked->right)
        return;
    if (!checked->def) {
        say_message(
            stdout, lang,
            MESSAGE(T("{0} : dictionnaire correct", "{0}: dictionary correct"), str_of(name)));
        return;
    }
    const Definition *def = checked->def;
    say_message(stdout, lang,
                MESSAGE(T("{0} : correct ({1} états, {2} transitions, {3} rôles)",
                          "{0}: correct ({1} states, {2} transitions, {3} roles)"),
                        str_of(name), str_format(arena, "%zu", def->state_count - 1),
                        str_format(arena, "%zu", def->transition_count),
                        str_format(arena, "%zu", def->role_count - 1)));
}

static json_t *checked_json(Arena *arena, Lang lang, const char *name, const Checked *checked)
{
    json_t *row = json_object();
    json_object_set_new(row, "file", json_string(name));
    json_object_set_new(row, "ok", json_boolean(checked->right));
    json_object_set(row, "findings", findings_json(arena, lang, &checked->findings));
    return row;
}

int command_check(int argc, char **argv)
{
    static const char *const allowed[] = {"lang", "json", "dictionary", NULL};
    Arguments a;
    if (!arguments_read(argc, argv, allowed, 1, SIZE_MAX,
                        "check FILE… [--lang fr|en] [--json] [--dictionary FILE]", &a))
        return EXIT_USAGE;
    int status = EXIT_WELL;
    json_t *all = json_array();
    for (size_t i = 0; i < a.file_count; i++) {
        Arena *arena = arena_new();
        Checked checked = check_file(arena, &a, a.files[i]);
        int its = !checked.readable ? EXIT_USAGE : checked.right ? EXIT_WELL : EXIT_WRONG;
        status = its > status ? its : status;
        if (checked.readable && a.json)
            json_array_append_new(all, checked_json(arena, a.lang, a.files[i], &checked));
        else if (checked.readable)
            say_checked(arena, a.lang, a.files[i], &checked);
        arena_free(arena);
    }
    if (a.json) {
        Arena *arena = arena_new();
        say(stdout, json_text(arena, all));
        fputc('\n', stdout);
        arena_free(arena);
    }
    json_decref(all);
    return status;
}

// --- draw and table

int command_draw(int argc, char **argv)
{
    static const char *const allowed[] = {"lang", "svg", "dictionary", NULL};
    Arguments a;
    if (!arguments_read(argc, argv, allowed, 1, 1,
                        "draw FILE [--svg] [--lang fr|en] [--dictionary FILE]", &a))
        return EXIT_USAGE;
    Arena *arena = arena_new();
    int status;
    const Definition *def = definition_load(arena, &a, a.files[0], &status);
    if (def)
        say(stdout, a.svg ? draw_svg(arena, def, a.lang) : draw_dot(arena, def, a.lang));
    arena_free(arena);
    return status;
}

int command_table(int argc, char **argv)
{
    static const char *const allowed[] = {"lang", "csv", "json", "dictionary", NULL};
    Arguments a;
    if (!arguments_read(argc, argv, allowed, 1, 1,
                        "table FILE [--csv|--json] [--lang fr|en] [--dictionary FILE]", &a))
        return EXIT_USAGE;
    Arena *arena = arena_new();
    int status;
    const Definition *def = definition_load(arena, &a, a.files[0], &status);
    TableForm form = a.csv ? TABLE_CSV : a.json ? TABLE_JSON : TABLE_TEXT;
    if (def)
        say(stdout, table_of(arena, def, a.lang, form));
    arena_free(arena);
    return status;
}

// --- diff ---------------------------------------------------------------------------------------

static void say_changes(Arena *arena, const Arguments *a, const Changes *changes)
{
    if (a->json) {
        say(stdout, json_text(arena, changes_json(arena, changes)));
        fputc('\n', stdout);
        return;
    }
    say(stdout, changes_text(arena, str_of(a->files[0]), str_of(a->files[1]), a->lang, changes));
}

int command_diff(int argc, char **argv)
{
    static const char *const allowed[] = {"lang", "json", "dictionary", NULL};
    Arguments a;
    if (!arguments_read(argc, argv, allowed, 2, 2,
                        "diff OLD NEW [--lang fr|en] [--json] [--dictionary FILE]", &a))
        return EXIT_USAGE;
    Arena *arena = arena_new();
    int status, other;
    const Definition *old = definition_load(arena, &a, a.files[0], &status);
    const Definition *new = definition_load(arena, &a, a.files[1], &other);
    if (old && new) {
        Changes changes = definition_diff(arena, old, new, a.lang);
        say_changes(arena, &a, &changes);
    }
    arena_free(arena);
    return status > other ? status : other;
}
