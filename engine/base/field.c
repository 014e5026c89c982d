// SPDX-License-Identifier: Apache-2.0
// Reads a JSON body by a table of fields, and tells every problem with its place. Describing tables
// is in field_schema.c.
#include "field.h"
#include <ctype.h>
#include <math.h>

typedef struct Reader {
    Arena *arena;
    Faults *faults;
    bool wrong; // something is, even when `faults` is full
} Reader;

static void problem(Reader *reader, Str at, const char *keyword, Message message)
{
    reader->wrong = true;
    if (reader->faults->len < FIELD_FAULTS_MAX)
        reader->faults->at[reader->faults->len++] =
            (Fault){.kind = FAULT_INVALID, .pointer = at, .keyword = keyword, .message = message};
}

static Str digits_of(Reader *reader, long long n)
{
    return str_format(reader->arena, "%lld", n);
}

static const Text wanted[] = {
    [FIELD_TEXT_T] = {"Un texte est attendu.", "Text is expected."},
    [FIELD_INT_T] = {"Un nombre entier est attendu.", "A whole number is expected."},
    [FIELD_MONEY_T] = {"Un montant en centimes, nombre entier, est attendu.",
                       "An amount in cents, a whole number, is expected."},
    [FIELD_BOOL_T] = {"Vrai ou faux est attendu.", "True or false is expected."},
    [FIELD_TIME_T] = {"Un instant est attendu, par exemple 2023-06-01T12:00:00+02:00.",
                      "An instant is expected, for example 2023-06-01T12:00:00+02:00."},
    [FIELD_DATE_T] = {"Une date est attendue, par exemple 2023-06-01.",
                      "A date is expected, for example 2023-06-01."},
    [FIELD_UUID_T] = {"Un identifiant (UUID) est attendu.", "A UUID is expected."},
    [FIELD_EMAIL_T] = {"Une adresse électronique est attendue.", "An email address is expected."},
    [FIELD_JSON_T] = {"Un objet est attendu.", "An object is expected."},
    [FIELD_LIST_T] = {"Une liste est attendue.", "A list is expected."},
};

// `keyword` is "type" for another JSON type, "format" for a text that does not read as what it
// should be.
static void mistyped(Reader *reader, FieldType type, const char *keyword, Str at)
{
    problem(reader, at, keyword, MESSAGE(wanted[type]));
}

static Str listed(Reader *reader, const char *const *values)
{
    Buf out = {.arena = reader->arena};
    for (size_t i = 0; values[i]; i++) {
        if (i)
            buf_add(&out, STR(", "));
        buf_add(&out, str_of(values[i]));
    }
    return buf_str(&out);
}

static void check_value(Reader *reader, const Field *field, Str text, Str at)
{
    for (size_t i = 0; field->values[i]; i++)
        if (str_is(text, field->values[i]))
            return;
    problem(reader, at, "enum",
            MESSAGE(T("Une de ces valeurs est attendue : {0}.",
                      "One of these values is expected: {0}."),
                    listed(reader, field->values)));
}

static void read_text(Reader *reader, const Field *field, const json_t *value, Str at, Str *into)
{
    Str text = json_str(value);
    if (!str_utf8(text)) {
        problem(
            reader, at, "encoding",
            MESSAGE(T("Ce texte n'est pas de l'UTF-8 valide.", "This text is not valid UTF-8.")));
        return;
    }
    size_t points = str_points(text), max = field->max ? field->max : FIELD_TEXT_MAX;
    if (points < field->min_len)
        problem(reader, at, "minLength",
                field->min_len == 1
                    ? MESSAGE(T("Ce texte ne peut pas être vide.", "This text cannot be empty."))
                    : MESSAGE(T("Au moins {0} caractères sont attendus.",
                                "At least {0} characters are expected."),
                              digits_of(reader, (long long)field->min_len)));
    if (points > max)
        problem(reader, at, "maxLength",
                MESSAGE(T("Au plus {0} caractères : il y en a {1}.",
                          "At most {0} characters: there are {1}."),
                        digits_of(reader, (long long)max), digits_of(reader, (long long)points)));
    if (field->values)
        check_value(reader, field, text, at);
    *into = text;
}

// 3.0 is whole too (JSON Schema 2020-12, 6.1.1), as far as a double counts exactly.
static bool whole(const json_t *value, int64_t *ret)
{
    if (json_is_integer(value)) {
        *ret = json_integer_value(value);
        return true;
    }
    double d = json_is_real(value) ? json_real_value(value) : 0.5;
    if (d != floor(d) || fabs(d) > 0x1p53)
        return false;
    *ret = (int64_t)d;
    return true;
}

static void read_int(Reader *reader, const Field *field, const json_t *value, Str at, int64_t *into)
{
    bool money = field->type == FIELD_MONEY_T, any = field->low == 0 && field->high == 0;
    if (!whole(value, into)) {
        mistyped(reader, field->type, "type", at);
        return;
    }
    if (any && !money)
        return;
    int64_t low = any ? 0 : field->low, high = any ? FIELD_MONEY_MAX : field->high;
    if (*into < low)
        problem(
            reader, at, "minimum",
            MESSAGE(T("La plus petite valeur admise est {0}.", "The least value allowed is {0}."),
                    digits_of(reader, low)));
    if (*into > high)
        problem(reader, at, "maximum",
                MESSAGE(T("La plus grande valeur admise est {0}.",
                          "The greatest value allowed is {0}."),
                        digits_of(reader, high)));
}

static bool is_date(Str s)
{
    Time t;
    return s.len == 10 && time_parse(s, &t);
}

static bool is_uuid(Str s)
{
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.at[i] != '-' : !isxdigit((unsigned char)s.at[i]))
            return false;
    }
    return true;
}

// A host name of two labels or more: letters, digits and inner hyphens (RFC 5321, 4.1.2).
static bool is_mail_domain(Str s)
{
    size_t labels = 0;
    while (s.len) {
        Str label = str_slice(s, 0, str_index(s, '.'));
        if (label.len == 0 || label.len > 63 || label.at[0] == '-' ||
            label.at[label.len - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!isalnum((unsigned char)label.at[i]) && label.at[i] != '-')
                return false;
        labels++;
        if (label.len + 1 == s.len)
            return false; // a dot at the end
        s = str_slice(s, label.len + 1, s.len);
    }
    return labels >= 2;
}

// RFC 5321's Dot-string: no quoted forms, which nobody has and many a mailer mistreats.
static bool is_email(Str s)
{
    size_t at = str_index(s, '@');
    if (at == 0 || at > 64 || s.len > 254 || s.at[0] == '.' || s.at[at - 1] == '.')
        return false;
    for (size_t i = 0; i < at; i++) {
        char c = s.at[i];
        bool ok = isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c)) ||
                  (c == '.' && s.at[i - 1] != '.');
        if (!ok)
            return false;
    }
    return is_mail_domain(str_slice(s, at + 1, s.len));
}

static Str lower(Reader *reader, Str s)
{
    char *copy = str_cstr(reader->arena, s);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return (Str){copy, s.len};
}

static void read_formatted(Reader *reader, const Field *field, const json_t *value, Str at,
                           void *into)
{
    Str text = json_str(value);
    bool ok = field->type == FIELD_TIME_T   ? time_parse(text, into)
              : field->type == FIELD_DATE_T ? is_date(text)
              : field->type == FIELD_UUID_T ? is_uuid(text)
                                            : is_email(text);
    if (!ok)
        mistyped(reader, field->type, "format", at);
    else if (field->type != FIELD_TIME_T)
        *(Str *)into = field->type == FIELD_UUID_T ? lower(reader, text) : text;
}

static void read_object(Reader *reader, const json_t *body, const Field *fields, Str at,
                        void *into);

static void read_item(Reader *reader, const Field *field, const json_t *item, Str at, void *into)
{
    static const Field text = {.type = FIELD_TEXT_T};
    if (field->items)
        read_object(reader, item, field->items, at, into);
    else if (json_is_string(item))
        read_text(reader, &text, item, at, into);
    else
        mistyped(reader, FIELD_TEXT_T, "type", at);
}

static void read_list(Reader *reader, const Field *field, const json_t *value, Str at,
                      FieldList *into)
{
    size_t n = json_array_size(value), max = field->max ? field->max : FIELD_LIST_MAX;
    size_t size = field->items ? field->item_size : sizeof(Str);
    if (n < field->min_len)
        problem(
            reader, at, "minItems",
            MESSAGE(T("Au moins {0} éléments sont attendus.", "At least {0} items are expected."),
                    digits_of(reader, (long long)field->min_len)));
    if (n > max) {
        // Reading them all would let a caller choose how much memory we take.
        problem(
            reader, at, "maxItems",
            MESSAGE(T("Au plus {0} éléments : il y en a {1}.", "At most {0} items: there are {1}."),
                    digits_of(reader, (long long)max), digits_of(reader, (long long)n)));
        return;
    }
    *into = (FieldList){arena_alloc(reader->arena, n * size), n};
    for (size_t i = 0; i < n; i++)
        read_item(reader, field, json_array_get(value, i), pointer_index(reader->arena, at, i),
                  (char *)into->at + i * size);
}

static bool kind_fits(FieldType type, const json_t *value)
{
    switch (type) {
    case FIELD_INT_T:
    case FIELD_MONEY_T:
        return json_is_number(value);
    case FIELD_BOOL_T:
        return json_is_boolean(value);
    case FIELD_JSON_T:
        return json_is_object(value);
    case FIELD_LIST_T:
        return json_is_array(value);
    case FIELD_ANY_T:
        return true;
    default:
        return json_is_string(value);
    }
}

static void read_value(Reader *reader, const Field *field, json_t *value, Str at, void *into)
{
    if (!kind_fits(field->type, value)) {
        mistyped(reader, field->type, "type", at);
        return;
    }
    switch (field->type) {
    case FIELD_TEXT_T:
        read_text(reader, field, value, at, into);
        return;
    case FIELD_INT_T:
    case FIELD_MONEY_T:
        read_int(reader, field, value, at, into);
        return;
    case FIELD_BOOL_T:
        *(bool *)into = json_is_true(value);
        return;
    case FIELD_JSON_T:
    case FIELD_ANY_T:
        *(json_t **)into = value;
        return;
    case FIELD_LIST_T:
        read_list(reader, field, value, at, into);
        return;
    default:
        read_formatted(reader, field, value, at, into);
    }
}

static void unknown(Reader *reader, const Field *fields, Str name, Str at)
{
    Str names[128];
    size_t n = 0;
    for (const Field *f = fields; f->type != FIELD_NONE && n < sizeof names / sizeof *names; f++)
        names[n++] = str_of(f->name);
    Str near = str_nearest(name, names, n);
    problem(reader, pointer_add(reader->arena, at, name), "additionalProperties",
            near.len ? MESSAGE(T("« {0} » est inconnu. Vouliez-vous dire « {1} » ?",
                                 "\"{0}\" is unknown. Did you mean \"{1}\"?"),
                               name, near)
                     : MESSAGE(T("« {0} » est inconnu.", "\"{0}\" is unknown."), name));
}

static void read_unknown(Reader *reader, const json_t *body, const Field *fields, Str at)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)body, name, value)
    {
        const Field *f = fields;
        while (f->type != FIELD_NONE && strcmp(f->name, name) != 0)
            f++;
        if (f->type == FIELD_NONE)
            unknown(reader, fields, str_of(name), at);
    }
}

static void read_object(Reader *reader, const json_t *body, const Field *fields, Str at, void *into)
{
    if (!json_is_object(body)) {
        mistyped(reader, FIELD_JSON_T, "type", at);
        return;
    }
    for (const Field *f = fields; f->type != FIELD_NONE; f++) {
        json_t *value = json_object_get(body, f->name);
        void *place = (char *)into + f->offset;
        if (f->type == FIELD_TIME_T)
            *(Time *)place = TIME_NONE;
        if (!value && f->required)
            problem(reader, pointer_add(reader->arena, at, str_of(f->name)), "required",
                    MESSAGE(T("« {0} » manque.", "\"{0}\" is missing."), str_of(f->name)));
        if (!value)
            continue;
        if (f->present)
            *(bool *)((char *)into + f->present) = true;
        read_value(reader, f, value, pointer_add(reader->arena, at, str_of(f->name)), place);
    }
    read_unknown(reader, body, fields, at);
}

bool fields_read(Arena *arena, const json_t *body, const Field *fields, Str at, void *into,
                 Faults *faults)
{
    Reader reader = {.arena = arena, .faults = faults};
    read_object(&reader, body, fields, at.at ? at : STR(""), into);
    return !reader.wrong;
}
