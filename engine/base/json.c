// SPDX-License-Identifier: Apache-2.0
// Reading with limits, writing, pointers and merge patches. Parsing itself is jansson's.
#include "json.h"
#include "vec.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void release(void *value)
{
    json_decref(value);
}

json_t *json_keep(Arena *arena, json_t *value)
{
    if (value)
        arena_defer(arena, release, value);
    return value;
}

// jansson's sentences are English only; its codes say enough.
static Text read_text(enum json_error_code code)
{
    switch (code) {
    case json_error_invalid_utf8:
        return T("le texte n'est pas de l'UTF-8 valide", "the text is not valid UTF-8");
    case json_error_premature_end_of_input:
        return T("le texte s'arrête trop tôt", "the text ends too early");
    case json_error_end_of_input_expected:
        return T("du texte suit la fin de la valeur", "there is text after the end of the value");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return T("le caractère U+0000 n'est pas admis", "the character U+0000 is not allowed");
    case json_error_duplicate_key:
        return T("un nom est donné deux fois dans le même objet",
                 "a name is given twice in one object");
    case json_error_numeric_overflow:
        return T("un nombre est trop grand", "a number is too large");
    default:
        return T("ceci n'est pas du JSON valide", "this is not valid JSON");
    }
}

static json_t *refuse(Arena *arena, Fault *fault, Text what, long line, long column)
{
    Str args[] = {str_of(what.fr), str_of(what.en), str_format(arena, "%ld", line),
                  str_format(arena, "%ld", column)};
    *fault = (Fault){
        .kind = FAULT_MALFORMED,
        .message = MESSAGE(T("JSON illisible, ligne {2}, colonne {3} : {0}.",
                             "Unreadable JSON, line {2}, column {3}: {1}."),
                           args[0], args[1], args[2], args[3]),
    };
    return NULL;
}

// Where brackets first nest too deep, or text.len. jansson's own limit (2048) is far above what our
// recursions want.
static size_t too_deep(Str text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_DEPTH_MAX)
                return i;
        } else if ((c == ']' || c == '}') && depth) {
            depth--;
        }
    }
    return text.len;
}

static json_t *refuse_depth(Arena *arena, Fault *fault, Str text, size_t at)
{
    long line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        column = text.at[i] == '\n' ? 1 : column + ((text.at[i] & 0xC0) != 0x80);
        line += text.at[i] == '\n';
    }
    return refuse(arena, fault, T("plus de 64 niveaux emboîtés", "more than 64 nested levels"),
                  line, column);
}

_Static_assert(JSON_DEPTH_MAX == 64 && JSON_SIZE_MAX == 1 << 20,
               "the sentences name these numbers");

json_t *json_read(Arena *arena, Str text, Fault *fault)
{
    *fault = (Fault){0};
    if (text.len > JSON_SIZE_MAX) {
        *fault = (Fault){
            .kind = FAULT_TOO_LARGE,
            .message = MESSAGE(T("Le texte JSON dépasse 1 Mio.", "The JSON text exceeds 1 MiB.")),
        };
        return NULL;
    }
    size_t deep = too_deep(text);
    if (deep < text.len)
        return refuse_depth(arena, fault, text, deep);
    json_error_t error;
    json_t *value = json_loadb(text.at ? text.at : "", text.len,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!value)
        return refuse(arena, fault, read_text(json_error_code(&error)), error.line, error.column);
    return json_keep(arena, value);
}

// The shortest text that reads back as `d`. JSON has no infinity; jansson cannot hold one either.
static void write_real(Buf *out, double d, bool canonical)
{
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*g", precision, d);
        if (strtod(text, NULL) == d)
            break;
    }
    // A process that sets LC_NUMERIC would write a comma.
    for (char *c = text; *c; c++)
        if (*c == ',')
            *c = '.';
    if (canonical && d == floor(d) && fabs(d) < 0x1p63)
        snprintf(text, sizeof text, "%lld", (long long)d);
    buf_add(out, str_of(text));
    if (!canonical && !strpbrk(text, ".e"))
        buf_add(out, STR(".0")); // a real stays a real when it is read again
}

typedef struct Member {
    Str name;
    json_t *value;
} Member;

static int member_order(const void *a, const void *b)
{
    return str_cmp(((const Member *)a)->name, ((const Member *)b)->name);
}

static void write_value(Buf *out, const json_t *value, bool canonical);

static void write_object(Buf *out, json_t *object, bool canonical)
{
    size_t n = json_object_size(object), i = 0;
    Member *members = arena_array(out->arena, Member, n);
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) members[i++] = (Member){str_of(name), value};
    if (canonical && n)
        qsort(members, n, sizeof *members, member_order);
    buf_char(out, '{');
    for (i = 0; i < n; i++) {
        if (i)
            buf_char(out, ',');
        buf_json(out, members[i].name);
        buf_char(out, ':');
        write_value(out, members[i].value, canonical);
    }
    buf_char(out, '}');
}

static void write_array(Buf *out, const json_t *array, bool canonical)
{
    buf_char(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            buf_char(out, ',');
        write_value(out, json_array_get(array, i), canonical);
    }
    buf_char(out, ']');
}

static void write_value(Buf *out, const json_t *value, bool canonical)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(out, (json_t *)value, canonical);
        return;
    case JSON_ARRAY:
        write_array(out, value, canonical);
        return;
    case JSON_STRING:
        buf_json(out, json_str(value));
        return;
    case JSON_INTEGER:
        buf_format(out, "%lld", (long long)json_integer_value(value));
        return;
    case JSON_REAL:
        write_real(out, json_real_value(value), canonical);
        return;
    case JSON_TRUE:
        buf_add(out, STR("true"));
        return;
    case JSON_FALSE:
        buf_add(out, STR("false"));
        return;
    case JSON_NULL:
        buf_add(out, STR("null"));
        return;
    }
}

static Str write_all(Arena *arena, const json_t *value, bool canonical)
{
    assert(value);
    Buf out = {.arena = arena};
    write_value(&out, value, canonical);
    buf_char(&out, '\0');
    out.len--;
    return buf_str(&out);
}

Str json_text(Arena *arena, const json_t *value)
{
    return write_all(arena, value, false);
}

Str json_canonical(Arena *arena, const json_t *value)
{
    return write_all(arena, value, true);
}

json_t *json_at(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

Str json_str(const json_t *string)
{
    if (!json_is_string(string))
        return STR_NONE;
    return (Str){json_string_value(string), json_string_length(string)};
}

// "a~1b" -> "a/b" into `out`, which has room for token.len bytes. False on a "~" that is neither
// "~0" nor "~1".
static bool unescape(Str token, char *out, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < token.len; i++) {
        char c = token.at[i];
        if (c == '~') {
            if (++i == token.len || (token.at[i] != '0' && token.at[i] != '1'))
                return false;
            c = token.at[i] == '0' ? '~' : '/';
        }
        out[(*len)++] = c;
    }
    return true;
}

// RFC 6901: no leading zero, no sign; "-" names what does not exist.
static json_t *array_item(const json_t *array, Str token)
{
    size_t index = 0;
    if (token.len == 0 || token.len > 9 || (token.len > 1 && token.at[0] == '0'))
        return NULL;
    for (size_t i = 0; i < token.len; i++) {
        if (token.at[i] < '0' || token.at[i] > '9')
            return NULL;
        index = index * 10 + (size_t)(token.at[i] - '0');
    }
    return json_array_get(array, index);
}

enum { TOKEN_SHORT = 256 };

static json_t *object_member(const json_t *object, Str token)
{
    char here[TOKEN_SHORT];
    size_t len;
    char *name = token.len <= sizeof here ? here : malloc(token.len);
    if (!name)
        abort();
    json_t *value = unescape(token, name, &len) ? json_object_getn(object, name, len) : NULL;
    if (name != here)
        free(name);
    return value;
}

json_t *json_pointer(const json_t *value, Str pointer)
{
    if (pointer.len && pointer.at[0] != '/')
        return NULL;
    while (value && pointer.len) {
        Str rest = str_slice(pointer, 1, pointer.len);
        Str token = str_slice(rest, 0, str_index(rest, '/'));
        pointer = str_slice(rest, token.len, rest.len);
        value = json_is_array(value) ? array_item(value, token) : object_member(value, token);
    }
    return (json_t *)value;
}

Str pointer_add(Arena *arena, Str pointer, Str token)
{
    Buf out = {.arena = arena};
    buf_add(&out, pointer);
    buf_char(&out, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.at[i] == '~')
            buf_add(&out, STR("~0"));
        else if (token.at[i] == '/')
            buf_add(&out, STR("~1"));
        else
            buf_char(&out, token.at[i]);
    }
    return buf_str(&out);
}

Str pointer_index(Arena *arena, Str pointer, size_t index)
{
    return str_format(arena, STR_FMT "/%zu", STR_ARG(pointer), index);
}

// RFC 7396, 2: an object patches member by member, null takes away, anything else replaces. A
// reference of its own.
static json_t *merged(const json_t *target, const json_t *patch)
{
    if (!json_is_object(patch))
        return json_deep_copy(patch);
    json_t *result = json_is_object(target) ? json_copy((json_t *)target) : json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)patch, name, value)
    {
        if (json_is_null(value))
            json_object_del(result, name);
        else
            json_object_set_new_nocheck(result, name, merged(json_object_get(result, name), value));
    }
    return result;
}

json_t *json_merge(Arena *arena, const json_t *target, const json_t *patch)
{
    json_t *shallow = merged(target, patch);
    json_t *result = json_deep_copy(shallow); // what the patch left alone is still the target's
    json_decref(shallow);
    return json_keep(arena, result);
}
