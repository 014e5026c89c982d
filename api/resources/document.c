// SPDX-License-Identifier: Apache-2.0
// Supporting documents: bytes in the data directory under their hash, a row for each version. A
// file is looked at before the database is asked anything, and in place, on the disk, before its row
// is committed; a row that never came leaves a file that nobody reads. What the scanner did not say
// is clean nobody can read.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "reading.h"
#include "remember.h"
#include "dossier.h"
#include "shared.h"
#include "sight.h"
#include "../../engine/media.h"
#include "../files/files.h"

// The document that this kind names: shared ("statutes"), or of a workflow that the dossier was
// opened under
// ("<definition id>/budget"). NULL with a fault.
static const Document *document_named(Request *rq, Str kind)
{
    size_t slash = str_index(kind, '/');
    const Definition *shared = shared_definition();
    if (slash == kind.len) {
        ItemId id = shared ? definition_document(shared, kind) : ID_NONE;
        if (id != ID_NONE)
            return &shared->documents[id];
    }
    Rows *versions = QUERY(rq->db, rq->arena, Q_DOSSIER_WORKFLOWS, ARG(rq->params[0]));
    if (!versions) {
        failed(rq);
        return NULL;
    }
    Str owner = str_slice(kind, 0, slash), name = str_slice(kind, slash + 1, kind.len);
    for (size_t i = 0; i < rows_len(versions); i++) {
        const Definition *def = definition_of(rq, row_str(versions, i, "workflow_version_id"));
        ItemId id = def && str_eq(def->id, owner) ? definition_document(def, name) : ID_NONE;
        if (id != ID_NONE)
            return &def->documents[id];
    }
    fault(rq, FAULT_INVALID, "/kind",
          T("Aucun règlement de ce dossier ne demande de pièce « {0} ».",
            "No workflow of this dossier asks for a document \"{0}\"."),
          kind);
    return NULL;
}

static Str declared(const Request *rq)
{
    Str header = request_header(rq, "Content-Type");
    Str media = str_slice(header, 0, str_index(header, ';'));
    while (media.len && media.at[media.len - 1] == ' ')
        media.len--;
    return media.len ? media : STR("application/octet-stream");
}

static bool document_fits(Request *rq, const Document *document, Str media)
{
    bool admitted = document->type_count == 0;
    for (size_t i = 0; i < document->type_count; i++)
        admitted |= str_eq(document->types[i], media);
    if (!admitted)
        return fault(
            rq, FAULT_MEDIA_TYPE, NULL,
            T("Cette pièce n'admet pas le type {0}.", "This document does not admit the type {0}."),
            media);
    if (document->max_size && rq->upload_size > document->max_size)
        return fault(
            rq, FAULT_TOO_LARGE, NULL,
            T("Cette pièce fait au plus {0} octets.", "This document has at most {0} bytes."),
            str_format(rq->arena, "%lld", (long long)document->max_size));
    return true;
}

// The type that is declared, the extension and the content must agree, on one that is admitted.
static bool type_good(Request *rq, Str name, Str type)
{
    const Media *media = media_of(type);
    if (!media)
        return fault(rq, FAULT_MEDIA_TYPE, NULL,
                     T("Le type {0} n'est pas admis ; le sont : {1}.",
                       "The type {0} is not admitted; these are: {1}."),
                     type, media_types(rq->arena));
    if (!media_has_extension(media, name))
        return fault(rq, FAULT_MEDIA_TYPE, NULL,
                     T("Un fichier {0} porte une de ces extensions : {1}.",
                       "A file {0} has one of these extensions: {1}."),
                     type, media->extensions);
    Str found = files_type(rq->arena, str_cstr(rq->arena, rq->upload));
    return media_looks_like(media, found) ||
           fault(rq, FAULT_MEDIA_TYPE, NULL,
                 T("Ce fichier est déclaré {0}, mais son contenu est {1}.",
                   "This file is declared {0}, but its content is {1}."),
                 type, found.len ? found : STR("?"));
}

// Looks at the file itself. `scan` becomes the word that its row keeps.
static bool file_good(Request *rq, Str name, Str type, Str *scan)
{
    if (rq->upload_size <= 0)
        return fault(rq, FAULT_INVALID, NULL, T("Le fichier est vide.", "The file is empty."));
    if (!type_good(rq, name, type))
        return false;
    static const char *const words[] = {"none", "clean", "infected", "waiting"};
    Str virus;
    Scan said = files_scan(rq->arena, str_cstr(rq->arena, rq->upload), &virus);
    *scan = str_of(words[said]);
    return said != SCAN_INFECTED || fault(rq, FAULT_INFECTED, NULL,
                                          T("L'antivirus a reconnu {0} dans ce fichier.",
                                            "The virus scanner found {0} in this file."),
                                          virus);
}

static bool name_good(Request *rq, Str name)
{
    bool good = name.len > 0 && str_utf8(name) && str_points(name) <= 200;
    for (size_t i = 0; i < name.len; i++)
        good &= (unsigned char)name.at[i] >= ' ' && name.at[i] != '/' && name.at[i] != '\\' &&
                name.at[i] != 0x7f;
    return good || fault(rq, FAULT_MALFORMED, NULL,
                         T("Le nom du fichier (?name=) manque ou ne convient pas.",
                           "The file's name (?name=) is missing or does not fit."));
}

// With the dossier's new version, which whoever edits its answers must know.
static bool reply_added(Request *rq, const Rows *made, int64_t dossier_version)
{
    Buf buf = {.arena = rq->arena};
    buf_char(&buf, '{');
    row_members(&buf, made, 0);
    buf_format(&buf, ",\"dossier_version\":%lld}", (long long)dossier_version);
    rq->reply.location =
        str_format(rq->arena, "/api/v1/documents/" STR_FMT, STR_ARG(row_str(made, 0, "id")));
    return reply_text(rq, 201, buf_str(&buf));
}

// Where the dossier stands filed in a state that opens this document to the caller, the funder asked for it and reads it.
static bool complement(Request *rq, Arg dossier, Str kind, Arg document)
{
    Rows *filed = QUERY(rq->db, rq->arena, Q_DOCUMENT_FILED, dossier);
    if (!filed)
        return failed(rq);
    Str *open = arena_array(rq->arena, Str, rows_len(filed));
    size_t count = 0;
    for (size_t i = 0; i < rows_len(filed); i++) {
        Sight sight;
        if (!sight_of(rq, row_str(filed, i, "id"), &sight))
            return false;
        const Track *t = sight.track;
        ItemId item = document_item(t->def, kind);
        if (item != ID_NONE && may_edit(t->def, &t->at, THING_DOCUMENT, item, sight.roles))
            open[count++] = t->id;
    }
    return count == 0 ||
           QUERY(rq->db, rq->arena, Q_DOCUMENT_COMPLEMENT, document,
                 arg_texts(rq->arena, open, count)) ||
           failed(rq);
}

// What the history says of a document.
static json_t *document_told(Request *rq, const Rows *document)
{
    static const char *const columns[] = {"id", "kind", "name", "sha256"};
    json_t *data = json_keep(rq->arena, json_object());
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        Str value = row_str(document, 0, columns[i]);
        json_object_set_new(data, columns[i], json_stringn(value.at, value.len));
    }
    return data;
}

bool document_add(Request *rq)
{
    Str kind = request_query(rq, "kind"), name = request_query(rq, "name"), type = declared(rq),
        scan, sha256;
    Arg dossier = ARG(rq->params[0]);
    if (!name_good(rq, name) || !file_good(rq, name, type, &scan) ||
        !dossier_held(rq, QUERY(rq->db, rq->arena, Q_DOSSIER_LOCK, dossier), false))
        return false;
    const Document *document = document_named(rq, kind);
    if (!document || !document_fits(rq, document, type))
        return false;
    const char *spooled = str_cstr(rq->arena, rq->upload);
    if (!hash_file(rq->arena, spooled, &sha256))
        return fault(rq, FAULT_INTERNAL, NULL,
                     T("Le fichier reçu ne se lit pas.", "The received file cannot be read."));
    Rows *made =
        QUERY(rq->db, rq->arena, Q_DOCUMENT_ADD, dossier, ARG(kind), ARG(name), ARG(type),
              arg_int(rq->arena, rq->upload_size), ARG(sha256), ARG(rq->who->person), ARG(scan));
    Rows *touched = made ? QUERY(rq->db, rq->arena, Q_DOSSIER_TOUCH, dossier) : NULL;
    if (!touched)
        return failed(rq);
    if (!complement(rq, dossier, kind, row_id(made)) ||
        !remember(rq, (Deed){.kind = CHAIN_DOSSIER,
                             .chain = rq->params[0],
                             .event = "document.added",
                             .data = document_told(rq, made)}))
        return false;
    if (!files_keep(rq->arena, spooled, sha256))
        return fault(rq, FAULT_INTERNAL, NULL,
                     T("Le fichier n'a pas pu être rangé.", "The file could not be stored."));
    return reply_added(rq, made, row_int(touched, 0, "version"));
}

bool document_list(Request *rq)
{
    Page page;
    if (!dossier_held(rq, QUERY(rq->db, rq->arena, Q_DOSSIER_GET, ARG(rq->params[0])), false) ||
        !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_DOCUMENT_LIST, ARG(rq->params[0]),
                       arg_bool(str_is(request_query(rq, "replaced"), "true")), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

// Through some application where it is filed, the caller has a role that sees it.
static bool seen_elsewhere(Request *rq, const Rows *document, bool *ret)
{
    Rows *applications = QUERY(rq->db, rq->arena, Q_DOCUMENT_APPLICATIONS, ARG(rq->params[0]));
    if (!applications)
        return failed(rq);
    *ret = false;
    for (size_t i = 0; i < rows_len(applications) && !*ret; i++) {
        Rows *row = QUERY(rq->db, rq->arena, Q_TRACK_GET, ARG(row_str(applications, i, "id")));
        Track *track = arena_new_of(rq->arena, Track);
        if (!row || !tracks_read(rq->db, rq->arena, row, request_now(rq), track))
            return failed(rq);
        ItemId item =
            track->def ? document_item(track->def, row_str(document, 0, "kind")) : ID_NONE;
        *ret = item != ID_NONE && may_see(track->def, &track->at, THING_DOCUMENT, item,
                                          access_roles(rq->who, track->def, &track->scope));
    }
    return true;
}

// The document's row when the caller may read it; `own` when they hold its dossier. NULL with a fault.
static Rows *document_seen(Request *rq, bool *own)
{
    Rows *document = QUERY(rq->db, rq->arena, Q_DOCUMENT_GET, ARG(rq->params[0]));
    bool seen = false;
    if (document && rows_len(document)) {
        Rows *holder =
            QUERY(rq->db, rq->arena, Q_DOSSIER_HOLDER, ARG(row_str(document, 0, "dossier_id")));
        if (!holder || !rows_len(holder)) {
            failed(rq);
            return NULL;
        }
        seen = access_reads(rq->who, row_str(holder, 0, "dossier_id"),
                            row_str(holder, 0, "organisation_id"));
        *own = seen;
        if (!seen && !seen_elsewhere(rq, document, &seen))
            return NULL;
    } else if (!document) {
        failed(rq);
        return NULL;
    }
    if (seen)
        return document;
    not_found(rq);
    return NULL;
}

bool document_get(Request *rq)
{
    bool own;
    Rows *document = document_seen(rq, &own);
    if (document && !own) // it counts those before it
        rows_hide(document, "version");
    return document && reply_row(rq, 200, document, 0);
}

// RFC 6266 and 8187: the name in UTF-8, every byte that is not a letter, a digit, '.', '-' or '_'
// encoded.
static Str disposition_of(Arena *arena, Str name)
{
    Buf buf = {.arena = arena};
    buf_add(&buf, STR("attachment; filename*=UTF-8''"));
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c && strchr(".-_", c));
        if (plain)
            buf_char(&buf, (char)c);
        else
            buf_format(&buf, "%%%02X", c);
    }
    return buf_str(&buf);
}

// What others read of a dossier's documents stands in its history.
static bool remember_reading(Request *rq, const Rows *document)
{
    Reading reading = {.event = "document.read",
                       .dossier = row_str(document, 0, "dossier_id"),
                       .what = row_str(document, 0, "id"),
                       .data = document_told(rq, document)};
    return reading_tell(rq, &reading);
}

bool document_content(Request *rq)
{
    bool own;
    const Rows *document = document_seen(rq, &own);
    if (!document)
        return false;
    Str sha256 = row_str(document, 0, "sha256"), scan = row_str(document, 0, "scan");
    if (str_is(scan, "waiting") || str_is(scan, "infected"))
        return fault(
            rq, FAULT_QUARANTINED, NULL,
            T("L'antivirus n'a pas déclaré ce fichier sain : il reste en quarantaine.",
              "The virus scanner has not said that this file is clean: it stays in quarantine."));
    if (!own && !remember_reading(rq, document))
        return false;
    rq->reply = (Reply){
        .status = 200,
        .type = str_cstr(rq->arena, row_str(document, 0, "media_type")),
        .file = files_path(rq->arena, sha256),
        .disposition = disposition_of(rq->arena, row_str(document, 0, "name")),
        .etag = str_format(rq->arena, "\"" STR_FMT "\"", STR_ARG(sha256)),
    };
    return true;
}
