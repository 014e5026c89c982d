// SPDX-License-Identifier: Apache-2.0
// Supporting documents: bytes in the data directory under their hash, a row for each version. A
// file is in place, on the disk, before its row is committed; a row that never came leaves a file
// that nobody reads.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "dossier.h"
#include "shared.h"
#include "sight.h"
#include "../settings.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder_of(Arena *arena, Str sha256)
{
    return str_format(arena, "%s/documents/%.2s", settings()->data, sha256.at).at;
}

static Str path_of(Arena *arena, Str sha256)
{
    return str_format(arena, "%s/documents/%.2s/" STR_FMT, settings()->data, sha256.at,
                      STR_ARG(str_slice(sha256, 2, sha256.len)));
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = fsync(fd) == 0;
    return close(fd) == 0 && done;
}

// A second name for the spooled file, whose first one goes with the request: a handler run again
// finds it there. The same bytes may come twice, even at once.
static bool put_in_place(Arena *arena, const char *spooled, Str sha256)
{
    const char *folder = folder_of(arena, sha256),
               *all = str_format(arena, "%s/documents", settings()->data).at;
    if ((mkdir(all, 0700) != 0 && errno != EEXIST) || (mkdir(folder, 0700) != 0 && errno != EEXIST))
        return false;
    return sync_path(spooled, O_RDONLY) &&
           (link(spooled, path_of(arena, sha256).at) == 0 || errno == EEXIST) &&
           sync_path(folder, O_RDONLY | O_DIRECTORY) && sync_path(all, O_RDONLY | O_DIRECTORY);
}

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

static Str media_of(const Request *rq)
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
    return rq->upload_size > 0 ||
           fault(rq, FAULT_INVALID, NULL, T("Le fichier est vide.", "The file is empty."));
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

bool document_add(Request *rq)
{
    Str kind = request_query(rq, "kind"), name = request_query(rq, "name"), media = media_of(rq),
        sha256;
    Arg dossier = ARG(rq->params[0]);
    if (!dossier_held(rq, QUERY(rq->db, rq->arena, Q_DOSSIER_LOCK, dossier), false) ||
        !name_good(rq, name))
        return false;
    const Document *document = document_named(rq, kind);
    if (!document || !document_fits(rq, document, media))
        return false;
    const char *spooled = str_cstr(rq->arena, rq->upload);
    if (!hash_file(rq->arena, spooled, &sha256))
        return fault(rq, FAULT_INTERNAL, NULL,
                     T("Le fichier reçu ne se lit pas.", "The received file cannot be read."));
    Rows *made = QUERY(rq->db, rq->arena, Q_DOCUMENT_ADD, dossier, ARG(kind), ARG(name), ARG(media),
                       arg_int(rq->arena, rq->upload_size), ARG(sha256), ARG(rq->who->person));
    Rows *touched = made ? QUERY(rq->db, rq->arena, Q_DOSSIER_TOUCH, dossier) : NULL;
    if (!touched)
        return failed(rq);
    if (!complement(rq, dossier, kind, row_id(made)))
        return false;
    if (!put_in_place(rq->arena, spooled, sha256))
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
        *ret = item != ID_NONE && may_see(track->def, THING_DOCUMENT, item,
                                          access_roles(rq->who, track->def, &track->scope));
    }
    return true;
}

// The document's row when the caller may read it. NULL with a fault.
static const Rows *document_seen(Request *rq)
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
        seen = access_writes(rq->who, row_str(holder, 0, "dossier_id"),
                             row_str(holder, 0, "organisation_id"));
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
    const Rows *document = document_seen(rq);
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

bool document_content(Request *rq)
{
    const Rows *document = document_seen(rq);
    if (!document)
        return false;
    Str sha256 = row_str(document, 0, "sha256");
    rq->reply = (Reply){
        .status = 200,
        .type = str_cstr(rq->arena, row_str(document, 0, "media_type")),
        .file = path_of(rq->arena, sha256),
        .disposition = disposition_of(rq->arena, row_str(document, 0, "name")),
        .etag = str_format(rq->arena, "\"" STR_FMT "\"", STR_ARG(sha256)),
    };
    return true;
}
