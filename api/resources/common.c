// SPDX-License-Identifier: Apache-2.0
// What handlers of all nouns say in the same words.
#include "common.h"
#include "../auth/hash.h"
#include "definition.h"

bool failed(Request *rq)
{
    switch (db_error(rq->db)) {
    case DB_UNIQUE:
        return fault(rq, FAULT_CONFLICT, NULL, T("Cela existe déjà.", "This exists already."));
    case DB_CHECK:
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Ces données se contredisent.", "These data contradict each other."));
    case DB_BAD_VALUE:
        return fault(rq, FAULT_INVALID, NULL,
                     T("Une valeur n'est pas lisible.", "A value cannot be read."));
    case DB_TIMEOUT:
        return fault(rq, FAULT_BUSY, NULL,
                     T("La base de données est trop occupée.", "The database is too busy."));
    case DB_DOWN:
        return fault(rq, FAULT_NO_DATABASE, NULL,
                     T("La base de données ne répond pas.", "The database does not answer."));
    default: // to be run again, or our own mistake: whoever runs handlers looks at db_error
        return false;
    }
}

bool not_found(Request *rq)
{
    return fault(rq, FAULT_NOT_FOUND, NULL,
                 T("Rien à cette adresse, ou rien que vous puissiez voir.",
                   "Nothing at this address, or nothing that you may see."));
}

bool forbidden(Request *rq)
{
    return fault(rq, FAULT_FORBIDDEN, NULL,
                 T("Votre rôle ne le permet pas.", "Your role does not allow it."));
}

bool stale(Request *rq, int64_t version)
{
    return fault(rq, FAULT_STALE, NULL,
                 T("Modifié entre-temps : la version est maintenant {0}.",
                   "Changed meanwhile: the version is now {0}."),
                 str_format(rq->arena, "%lld", (long long)version));
}

bool reply_edited(Request *rq, int status, const Rows *rows)
{
    rq->reply.etag = str_format(rq->arena, "\"" STR_FMT "\"", STR_ARG(row_str(rows, 0, "version")));
    return reply_row(rq, status, rows, 0);
}

static Str whole_tag(Request *rq, const Rows *rows)
{
    Buf buf = {.arena = rq->arena};
    row_write(&buf, rows, 0);
    Str version = row_null(rows, 0, "version") ? STR("0") : row_str(rows, 0, "version");
    return str_format(rq->arena, STR_FMT "-" STR_FMT, STR_ARG(version),
                      STR_ARG(hash_tag(rq->arena, buf_str(&buf))));
}

bool reply_whole(Request *rq, int status, const Rows *rows)
{
    rq->reply.etag = str_format(rq->arena, "\"" STR_FMT "\"", STR_ARG(whole_tag(rq, rows)));
    return reply_row(rq, status, rows, 0);
}

bool whole_holds(Request *rq, const Rows *rows)
{
    if (!rows)
        return failed(rq);
    if (rows_len(rows) == 0)
        return not_found(rq);
    int64_t version = row_int(rows, 0, "version");
    if (!str_eq(rq->if_match_tag, whole_tag(rq, rows)))
        return stale(rq, version);
    rq->if_match = version;
    return true;
}

bool reply_found(Request *rq, const Rows *rows)
{
    if (!rows)
        return failed(rq);
    return rows_len(rows) ? reply_row(rq, 200, rows, 0) : not_found(rq);
}

bool reply_made(Request *rq, const char *nouns, const Rows *rows)
{
    if (!rows)
        return failed(rq);
    rq->reply.location =
        str_format(rq->arena, "/api/v1/%s/" STR_FMT, nouns, STR_ARG(row_str(rows, 0, "id")));
    return rows_has(rows, "version") ? reply_edited(rq, 201, rows) : reply_row(rq, 201, rows, 0);
}

const Definition *definition_of(Request *rq, Str version_id)
{
    const Definition *def = definition_get(rq->db, version_id);
    if (!def && db_error(rq->db) != DB_OK)
        failed(rq);
    else if (!def)
        fault(rq, FAULT_INTERNAL, NULL,
              T("Ce règlement ne se lit plus.", "This workflow cannot be read any more."));
    return def;
}

Arg row_id(const Rows *rows)
{
    return ARG(row_str(rows, 0, "id"));
}

Arg arg_some(Str s)
{
    return s.len ? ARG(s) : ARG_NULL;
}

Arg page_at(const Page *page)
{
    return arg_some(page->at);
}

Arg page_id(const Page *page)
{
    return arg_some(page->id);
}

Arg page_limit(Arena *arena, const Page *page)
{
    return arg_int(arena, page->limit + 1);
}

Arg query_arg(const Request *rq, const char *name)
{
    return arg_some(request_query(rq, name));
}

static bool text_check(Request *rq, Str at, const char *lang, json_t *text, size_t max)
{
    Str pointer = pointer_add(rq->arena, at, str_of(lang));
    if (!str_is(str_of(lang), "fr") && !str_is(str_of(lang), "en"))
        return fault_at(
            rq, FAULT_INVALID, pointer, "additionalProperties",
            MESSAGE(T("Les langues sont fr et en.", "Languages are fr and en."), STR_NONE));
    if (!json_is_string(text))
        return fault_at(rq, FAULT_INVALID, pointer, "type",
                        MESSAGE(T("Un texte est attendu.", "Text is expected."), STR_NONE));
    if (str_points(json_str(text)) > max)
        return fault_at(rq, FAULT_INVALID, pointer, "maxLength",
                        MESSAGE(T("Au plus {0} caractères.", "At most {0} characters."),
                                str_format(rq->arena, "%zu", max)));
    return true;
}

bool label_check(Request *rq, const char *pointer, const json_t *label, size_t max)
{
    if (!label)
        return true;
    bool good = true;
    const char *lang;
    json_t *text;
    json_object_foreach((json_t *)label, lang, text) good &=
        text_check(rq, str_of(pointer), lang, text, max);
    if (json_object_size(label) == 0)
        return fault_at(rq, FAULT_INVALID, str_of(pointer), "minProperties",
                        MESSAGE(T("Un texte en français ou en anglais est attendu.",
                                  "A text in French or English is expected."),
                                STR_NONE));
    return good;
}

Arg arg_list(Arena *arena, FieldList list, bool given)
{
    return given ? arg_texts(arena, list.at, list.len) : ARG_NULL;
}

bool territories_check(Request *rq, const char *pointer, FieldList codes)
{
    if (codes.len == 0)
        return true;
    Rows *unknown =
        QUERY(rq->db, rq->arena, Q_TERRITORY_UNKNOWN, arg_texts(rq->arena, codes.at, codes.len));
    if (!unknown)
        return failed(rq);
    for (size_t i = 0; i < rows_len(unknown); i++)
        fault(rq, FAULT_INVALID, pointer,
              T("Le territoire « {0} » est inconnu.", "Territory \"{0}\" is unknown."),
              row_str(unknown, i, "code"));
    return rows_len(unknown) == 0;
}

bool mail_add(Request *rq, Str recipient, Str subject, Str body, Str application)
{
    return QUERY(rq->db, rq->arena, Q_MESSAGE_MAIL, ARG(recipient), ARG(subject), ARG(body),
                 arg_some(application)) != NULL;
}
