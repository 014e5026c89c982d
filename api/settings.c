// SPDX-License-Identifier: Apache-2.0
// The table of settings, read from three places in order: file, environment, flags; the last one
// wins.
#include "settings.h"
#include "../engine/base/vec.h"
#include "request.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum Type { TEXT, INT, BOOL } Type;
typedef enum Kind { OPEN, URL, SECRET } Kind;

typedef struct Row {
    Type type;
    const char *name;
    size_t offset;
    const char *text; // default, as it is written
    int64_t low, high;
    Kind kind;
    Text help;
} Row;

#define DEFAULT_TEXT(d) d
#define DEFAULT_INT(d)  #d
#define DEFAULT_BOOL(d) #d
static const Row rows[] = {
#define X(type, name, otherwise, low, high, kind, fr, en)                                          \
    {type, #name, offsetof(Settings, name), DEFAULT_##type(otherwise), low, high, kind, {fr, en}},
#include "settings.def"
#undef X
};
enum { ROWS = sizeof rows / sizeof rows[0], FILE_MAX = 64 << 10 };

typedef struct Reader {
    Arena *arena;
    Settings *settings;
    Str *why;
    bool shared; // the file that is read is readable by everyone on this machine
} Reader;

static const Settings *current;

const Settings *settings(void)
{
    return current;
}

void settings_set(const Settings *these)
{
    current = these;
}

// --- one value ----------------------------------------------------------------------------------

static bool wrong(const Reader *r, Str where, Str what)
{
    *r->why = where.len ? str_format(r->arena, STR_FMT ": " STR_FMT, STR_ARG(where), STR_ARG(what))
                        : what;
    return false;
}

static bool int_read(Str text, int64_t low, int64_t high, int64_t *ret)
{
    char copy[24];
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    char *end;
    errno = 0;
    *ret = strtoll(copy, &end, 10);
    return errno == 0 && *end == '\0' && *ret >= low && *ret <= high;
}

static bool bool_read(Str text, bool *ret)
{
    *ret = str_is(text, "true") || str_is(text, "1") || str_is(text, "yes") || str_is(text, "on");
    return *ret || str_is(text, "false") || str_is(text, "0") || str_is(text, "no") ||
           str_is(text, "off");
}

// --- secrets ------------------------------------------------------------------------------------

// "password=…" (also ?password=…, sslpassword=…) of a conninfo or a URL, at `s`: length of the name and "=", or 0.
static size_t password_name(Str s)
{
    size_t n = strlen("password");
    if (!str_starts(s, STR("password")))
        return 0;
    while (n < s.len && s.at[n] == ' ')
        n++;
    if (n == s.len || s.at[n] != '=')
        return 0;
    for (n++; n < s.len && s.at[n] == ' ';)
        n++;
    return n;
}

static size_t password_length(Str value)
{
    bool quoted = value.len && value.at[0] == '\'';
    size_t n = quoted;
    for (; n < value.len && !(quoted ? value.at[n] == '\'' : strchr(" &#", value.at[n]) != NULL);
         n++)
        n += value.at[n] == '\\' && n + 1 < value.len;
    return n + (quoted && n < value.len);
}

// Of "://user:secret@host", at `s`: where the secret begins, or 0. A raw "@" or "/" may stand inside it.
static size_t login_secret(Str s, size_t *len)
{
    if (!str_starts(s, STR("://")))
        return 0;
    size_t end = str_index(s, '?'), at = end;
    while (at > 0 && s.at[at - 1] != '@')
        at--;
    size_t colon = 3 + str_index(str_slice(s, 3, s.len), ':');
    if (at == 0 || colon + 1 >= at)
        return 0;
    *len = at - 1 - (colon + 1);
    return colon + 1;
}

// The first secret of `url` from `from` on.
static bool secret_within(Str url, size_t from, size_t *at, size_t *len)
{
    for (size_t i = from; i < url.len; i++) {
        Str rest = str_slice(url, i, url.len);
        size_t begin = password_name(rest);
        if (begin)
            *len = password_length(str_slice(rest, begin, rest.len));
        else
            begin = login_secret(rest, len);
        *at = i + begin;
        if (begin && *len)
            return true;
    }
    return false;
}

static bool bears_secret(const Row *row, Str value)
{
    size_t at, len;
    return row->kind == SECRET ? value.len > 0
                               : row->kind == URL && secret_within(value, 0, &at, &len);
}

static bool told_to_all(const Reader *r, Str where)
{
    return wrong(r, where,
                 STR("it holds a secret and everyone on this machine can read it: chmod o-rwx"));
}

static bool set(const Reader *r, const Row *row, Str where, Str value)
{
    void *at = (char *)r->settings + row->offset;
    if (row->type == TEXT) {
        *(const char **)at = str_cstr(r->arena, value);
        return true;
    }
    if (row->type == BOOL)
        return bool_read(value, at) ||
               wrong(r, where,
                     str_format(r->arena, "%s: true or false, not \"" STR_FMT "\"", row->name,
                                STR_ARG(value)));
    return int_read(value, row->low, row->high, at) ||
           wrong(r, where,
                 str_format(r->arena, "%s: a number from %lld to %lld, not \"" STR_FMT "\"",
                            row->name, (long long)row->low, (long long)row->high, STR_ARG(value)));
}

static void set_defaults(const Reader *r)
{
    for (size_t i = 0; i < ROWS; i++)
        set(r, &rows[i], STR_NONE, str_of(rows[i].text));
}

// '-' and '_' are one letter in names.
static bool name_is(Str name, const char *row)
{
    if (name.len != strlen(row))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((name.at[i] == '-' ? '_' : name.at[i]) != row[i])
            return false;
    return true;
}

static const Row *row_of(Str name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (name_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

static Str nearest(Str name)
{
    Str names[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        names[i] = str_of(rows[i].name);
    return str_nearest(name, names, ROWS);
}

static bool unknown(const Reader *r, Str where, Str name)
{
    Str near = nearest(name);
    Str hint =
        near.len ? str_format(r->arena, "; did you mean " STR_FMT "?", STR_ARG(near)) : STR("");
    return wrong(r, where,
                 str_format(r->arena, "there is no setting \"" STR_FMT "\"" STR_FMT, STR_ARG(name),
                            STR_ARG(hint)));
}

// --- the file -----------------------------------------------------------------------------------

bool settings_file(Arena *arena, const char *path, Str *ret, Str *why)
{
    char *at = arena_alloc(arena, FILE_MAX + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, at, FILE_MAX + 1);
    int error = errno;
    if (fd >= 0)
        close(fd);
    *ret = (Str){at, len < 0 ? 0 : (size_t)len};
    if (len >= 0 && len <= FILE_MAX)
        return true;
    *why = str_format(arena, "%s: %s", path, len < 0 ? strerror(error) : "longer than 64 KB");
    return false;
}

static bool line_read(const Reader *r, Str where, Str line)
{
    if (line.len == 0 || line.at[0] == '#')
        return true;
    size_t equals = str_index(line, '=');
    if (equals == line.len)
        return wrong(r, where, STR("write \"name = value\""));
    Str name = str_trim(str_slice(line, 0, equals)),
        value = str_trim(str_slice(line, equals + 1, line.len));
    if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
        value = str_slice(value, 1, value.len - 1);
    const Row *row = row_of(name);
    if (row && r->shared && bears_secret(row, value))
        return told_to_all(r, where);
    return row ? set(r, row, where, value) : unknown(r, where, name);
}

static bool file_read(const Reader *reader, const char *path)
{
    Str text;
    Reader inside = *reader, *r = &inside;
    r->shared = settings_shared(path);
    if (!settings_file(r->arena, path, &text, r->why))
        return false;
    for (int number = 1; text.len; number++) {
        size_t end = str_index(text, '\n');
        Str where = str_format(r->arena, "%s:%d", path, number);
        if (!line_read(r, where, str_trim(str_slice(text, 0, end))))
            return false;
        text = str_slice(text, end + 1, text.len);
    }
    return true;
}

// --- environment and flags ----------------------------------------------------------------------

static Str lowered(Arena *arena, Str s)
{
    char *at = str_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++)
        if (at[i] >= 'A' && at[i] <= 'Z')
            at[i] = (char)(at[i] + 32);
    return (Str){at, s.len};
}

// JALON_CONFIG names the file. Other programs may have a JALON_… of their own, so an unknown name
// is only refused when it looks like a slip of the pen.
static bool environment_read(const Reader *r, char *const *environment, const char **file)
{
    for (; file && environment && *environment; environment++) {
        Str entry = str_of(*environment);
        if (str_starts(entry, STR("JALON_CONFIG=")))
            *file = entry.at + strlen("JALON_CONFIG=");
    }
    if (file)
        return true;
    for (; environment && *environment; environment++) {
        Str entry = str_of(*environment);
        size_t equals = str_index(entry, '=');
        Str key = str_slice(entry, 0, equals);
        if (!str_starts(key, STR("JALON_")) || str_is(key, "JALON_CONFIG"))
            continue;
        Str name = lowered(r->arena, str_slice(key, strlen("JALON_"), key.len));
        const Row *row = row_of(name);
        if (!row && nearest(name).len)
            return unknown(r, key, name);
        if (!row)
            continue;
        if (!set(r, row, key, str_slice(entry, equals + 1, entry.len)))
            return false;
    }
    return true;
}

typedef VEC(const char *) Words;

static bool secret_on_line(const Reader *r, const Row *row)
{
    return wrong(r, STR_NONE,
                 str_format(r->arena,
                            "--%s: a secret comes from a file or the environment: every user "
                            "of this machine can read a command line",
                            row->name));
}

// The flag of args[0], "--name value" or "--name=value"; `used` arguments are gone after it.
static bool flag_read(const Reader *r, const char *const *args, Asked *asked, const char **file,
                      size_t *used)
{
    Str flag = str_slice(str_of(args[0]), 2, SIZE_MAX);
    size_t equals = str_index(flag, '=');
    Str name = str_slice(flag, 0, equals);
    bool inside = equals < flag.len;
    *used = 1;
    if (str_is(flag, "help") || str_is(flag, "check-config") || str_is(flag, "print-config")) {
        asked->help |= str_is(flag, "help");
        asked->check_config |= str_is(flag, "check-config");
        asked->print_config |= str_is(flag, "print-config");
        return true;
    }
    const Row *row = row_of(name);
    const char **ours = str_is(name, "config")    ? file
                        : str_is(name, "name")    ? &asked->name
                        : str_is(name, "receipt") ? &asked->receipt
                        : str_is(name, "key")     ? &asked->key
                                                  : NULL;
    if (!row && !ours)
        return unknown(r, str_slice(str_of(args[0]), 0, name.len + 2), name);
    if (row && row->kind == SECRET)
        return secret_on_line(r, row);
    bool yes;
    if (row && row->type == BOOL && !inside && !(args[1] && bool_read(str_of(args[1]), &yes)))
        return set(r, row, STR_NONE, STR("true"));
    if (!inside && !args[1])
        return wrong(r, str_of(args[0]), STR("needs a value"));
    const char *value = inside ? flag.at + equals + 1 : args[1];
    *used = inside ? 1 : 2;
    if (ours) {
        *ours = value;
        return true;
    }
    return bears_secret(row, str_of(value)) ? secret_on_line(r, row)
                                            : set(r, row, STR_NONE, str_of(value));
}

static bool flags_read(const Reader *r, const char *const *args, Asked *asked, const char **file,
                       Words *words)
{
    bool words_only = false;
    for (size_t used = 1; *args; args += used) {
        used = 1;
        if (!words_only && strcmp(*args, "--") == 0)
            words_only = true;
        else if (words_only || strncmp(*args, "--", 2) != 0)
            vec_push(r->arena, words, *args);
        else if (!flag_read(r, args, asked, file, &used))
            return false;
    }
    return true;
}

// --- what depends on several ---------------------------------------------------------------------

static bool one_of(const char *value, const char *a, const char *b, const char *c, const char *d)
{
    return strcmp(value, a) == 0 || strcmp(value, b) == 0 || strcmp(value, c) == 0 ||
           strcmp(value, d) == 0;
}

static bool complete(const Reader *r)
{
    Settings *s = r->settings;
    if (!one_of(s->log_level, "debug", "info", "warn", "error"))
        return wrong(r, STR("log_level"), STR("debug, info, warn or error"));
    if (!one_of(s->second_factor, "", "admins", "managers", ""))
        return wrong(r, STR("second_factor"), STR("admins, managers"));
    const Str networks = STR("addresses or networks, by commas: 127.0.0.1, 10.0.0.0/8, ::1, unix");
    if (!networks_good(str_of(s->trusted_proxies)))
        return wrong(r, STR("trusted_proxies"), networks);
    if (!networks_good(str_of(s->metrics_from)))
        return wrong(r, STR("metrics_from"), networks);
    if (!one_of(s->lang, "fr", "en", "fr", "en"))
        return wrong(r, STR("lang"), STR("fr or en"));
    if (s->data[0] == '\0')
        return wrong(r, STR("data"), STR("name a directory"));
    if (s->breached_passwords[0] && access(s->breached_passwords, R_OK) != 0)
        return wrong(r, STR("breached_passwords"), str_of(strerror(errno)));
    if (s->smtp_password_file[0]) {
        Str text;
        if (!settings_file(r->arena, s->smtp_password_file, &text, r->why))
            return false;
        if (settings_shared(s->smtp_password_file))
            return told_to_all(r, str_of(s->smtp_password_file));
        s->smtp_password = str_cstr(r->arena, str_trim(str_slice(text, 0, str_index(text, '\n'))));
    }
    return true;
}

bool settings_read(Arena *arena, const char *const *args, char *const *environment,
                   Settings *settings, Asked *asked, Str *why)
{
    Reader r = {arena, settings, why, false};
    Words words = {0};
    Settings unused;
    const char *file = NULL;
    *asked = (Asked){0};
    set_defaults(&r);
    // A first pass only finds the file, which all others override.
    environment_read(&r, environment, &file);
    Reader first = {arena, &unused, why, false};
    unused = *settings;
    if (!flags_read(&first, args, asked, &file, &words))
        return false;
    words.len = 0;
    if ((file && !file_read(&r, file)) || !environment_read(&r, environment, NULL) ||
        !flags_read(&r, args, asked, &file, &words))
        return false;
    asked->words = words.at;
    asked->word_count = words.len;
    return complete(&r);
}

bool settings_shared(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && (file.st_mode & S_IROTH);
}

void settings_forget(const char *name)
{
    char *value = getenv(name);
    if (value)
        explicit_bzero(value, strlen(value)); // in place: /proc/PID/environ shows this memory
    unsetenv(name);
}

void settings_forget_secrets(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        char name[64] = "JALON_";
        size_t n = strlen(name);
        for (const char *c = rows[i].name; *c && n + 1 < sizeof name; c++)
            name[n++] = *c == '_' ? '_' : (char)(*c - ('a' <= *c && *c <= 'z' ? 32 : 0));
        const char *value = getenv(name);
        if (value && bears_secret(&rows[i], str_of(value)))
            settings_forget(name);
    }
}

// --- showing ------------------------------------------------------------------------------------

static Str without_secrets(Arena *arena, Str url)
{
    Buf out = {.arena = arena};
    size_t from = 0, at, len;
    for (; secret_within(url, from, &at, &len); from = at + len) {
        buf_add(&out, str_slice(url, from, at));
        buf_add(&out, STR("***"));
    }
    buf_add(&out, str_slice(url, from, url.len));
    return buf_str(&out);
}

Str settings_text(Arena *arena, const Settings *settings)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        const void *at = (const char *)settings + row->offset;
        if (row->kind == SECRET)
            buf_format(&out, "# %s = (%s)\n", row->name,
                       **(const char *const *)at ? "set" : "not set");
        else if (row->type == INT)
            buf_format(&out, "%s = %lld\n", row->name, (long long)*(const int64_t *)at);
        else if (row->type == BOOL)
            buf_format(&out, "%s = %s\n", row->name, *(const bool *)at ? "true" : "false");
        else
            buf_format(&out, "%s = " STR_FMT "\n", row->name,
                       STR_ARG(without_secrets(arena, str_of(*(const char *const *)at))));
    }
    return buf_str(&out);
}

Str settings_help(Arena *arena, Lang lang)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        char flag[40];
        snprintf(flag, sizeof flag, "%s", row->name);
        for (char *c = flag; *c; c++)
            if (*c == '_')
                *c = '-';
        const char *help = lang == FR ? row->help.fr : row->help.en;
        if (row->kind == SECRET)
            buf_format(&out, "    %-22s %s\n", row->name, help);
        else
            buf_format(&out, "  --%-22s %s%s%s%s\n", flag, help, row->text[0] ? " [" : "",
                       row->text, row->text[0] ? "]" : "");
    }
    return buf_str(&out);
}
