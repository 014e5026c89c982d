// SPDX-License-Identifier: Apache-2.0
// Workflow files: checked, kept as immutable versions, published, shown. What a version means is in
// memory (definition.h).
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "definition.h"
#include "remember.h"
#include "space.h"
#include "../../engine/check.h"
#include "../../engine/diff.h"
#include "../../engine/draw.h"

static const Definition *build(Request *rq, Findings *findings)
{
    const Definition *def = definition_build(rq->arena, rq->body, dictionary(), findings);
    if (def)
        definition_check(rq->arena, def, findings);
    return def;
}

static bool sound(const Findings *findings)
{
    for (size_t i = 0; i < findings->len; i++)
        if (findings->at[i].error)
            return false;
    return true;
}

// Every error of the file as a problem, with its place in the sentence.
static bool refuse(Request *rq, const Findings *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        const Finding *f = &findings->at[i];
        if (!f->error)
            continue;
        Str hint = f->hint.text.fr ? message_text(rq->arena, rq->lang, &f->hint) : STR_NONE;
        Str line = str_format(rq->arena, "%u", f->mark.line);
        Str column = str_format(rq->arena, "%u", f->mark.column);
        fault_at(rq, FAULT_INVALID,
                 str_format(rq->arena, ":" STR_FMT ":" STR_FMT, STR_ARG(line), STR_ARG(column)),
                 f->code,
                 MESSAGE(hint.len ? T("Ligne {0}, colonne {1} : {2} ; {3}",
                                      "Line {0}, column {1}: {2}; {3}")
                                  : T("Ligne {0}, colonne {1} : {2}", "Line {0}, column {1}: {2}"),
                         line, column, message_text(rq->arena, rq->lang, &f->message), hint));
    }
    return false;
}

bool workflow_check(Request *rq)
{
    Findings findings = {0};
    const Definition *def = build(rq, &findings);
    return reply_json(
        rq, 200,
        json_keep(rq->arena, json_pack("{s:b, s:O}", "valid", def && sound(&findings), "findings",
                                       findings_json(rq->arena, rq->lang, &findings))));
}

bool workflow_told(Request *rq, Str space, const char *event, const Rows *version)
{
    Str workflow = row_str(version, 0, "workflow_id"), sha256 = row_str(version, 0, "sha256");
    Deed deed = space_deed(space, event);
    deed.data = json_keep(rq->arena,
                          json_pack("{s:s%, s:I, s:s%}", "workflow_id", workflow.at, workflow.len,
                                    "version", (json_int_t)row_int(version, 0, "version"), "sha256",
                                    sha256.at, sha256.len));
    return remember(rq, deed);
}

bool workflow_published(Request *rq, Str space, const Rows *version)
{
    return version ? workflow_told(rq, space, "workflow.published", version) : failed(rq);
}

bool workflow_make(Request *rq)
{
    Str space = request_query(rq, "space_id");
    if (!space.len)
        return fault(
            rq, FAULT_MALFORMED, NULL,
            T("L'adresse dit l'espace : ?space_id=…", "The address says which space: ?space_id=…"));
    Rows *there = QUERY(rq->db, rq->arena, Q_SPACE_GET, ARG(space));
    if (!there)
        return failed(rq);
    if (rows_len(there) == 0)
        return not_found(rq);
    if (!access_manages(rq->who, space))
        return forbidden(rq);
    Findings findings = {0};
    const Definition *def = build(rq, &findings);
    if (!def || !sound(&findings))
        return refuse(rq, &findings);
    Rows *workflow = QUERY(rq->db, rq->arena, Q_WORKFLOW_OF, ARG(space), ARG(def->id));
    if (!workflow)
        return failed(rq);
    Str id = row_str(workflow, 0, "id");
    Rows *version = QUERY(rq->db, rq->arena, Q_WORKFLOW_VERSION_ADD, ARG(id), ARG(rq->body),
                          ARG(hash_sha256(rq->arena, rq->body)), ARG(rq->who->person));
    if (!version)
        return failed(rq);
    if (!workflow_told(rq, space, "workflow.uploaded", version))
        return false;
    rq->reply.location = str_format(rq->arena, "/api/v1/workflows/" STR_FMT "/versions/%lld",
                                    STR_ARG(id), (long long)row_int(version, 0, "version"));
    return reply_row(rq, 201, version, 0);
}

bool workflow_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_WORKFLOW_LIST, rq->who ? ARG(rq->who->person) : ARG_NULL,
              arg_bool(rq->who && rq->who->admin), query_arg(rq, "space_id"), page_at(&page),
              page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool workflow_get(Request *rq)
{
    Arg id = ARG(rq->params[0]);
    Rows *space = QUERY(rq->db, rq->arena, Q_WORKFLOW_SPACE, id);
    if (!space)
        return failed(rq);
    bool drafts = rows_len(space) && access_manages(rq->who, row_str(space, 0, "space_id"));
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_WORKFLOW_GET, id, arg_bool(drafts)));
}

// The number of a version as the path writes it; one that no version has when it is no number.
static int64_t version_number(Str n)
{
    int64_t version = 0;
    for (size_t i = 0; i < n.len && n.len < 9; i++)
        version = n.at[i] >= '0' && n.at[i] <= '9' ? version * 10 + n.at[i] - '0' : 1000000000;
    return version;
}

// This version of the workflow that the path names; a draft is there for those who run its space
// only. NULL with a fault.
static const Rows *version_row(Request *rq, int64_t version)
{
    Rows *row = QUERY(rq->db, rq->arena, Q_WORKFLOW_VERSION_GET, ARG(rq->params[0]),
                      arg_int(rq->arena, version));
    if (!row) {
        failed(rq);
        return NULL;
    }
    if (rows_len(row) == 0 || (row_null(row, 0, "published_at") &&
                               !access_manages(rq->who, row_str(row, 0, "space_id")))) {
        not_found(rq);
        return NULL;
    }
    return row;
}

static const Rows *version_seen(Request *rq)
{
    return version_row(rq, version_number(rq->params[1]));
}

// The same with its meaning. NULL with a fault.
static const Definition *definition_seen(Request *rq, const Rows **row)
{
    *row = version_seen(rq);
    return *row ? definition_of(rq, row_str(*row, 0, "id")) : NULL;
}

bool workflow_version_get(Request *rq)
{
    const Rows *row;
    const Definition *def = definition_seen(rq, &row);
    if (!def)
        return false;
    Buf buf = {.arena = rq->arena};
    buf_char(&buf, '{');
    row_members(&buf, row, 0);
    buf_add(&buf, STR(",\"definition\":"));
    buf_add(&buf, json_text(rq->arena, definition_json(rq->arena, def)));
    buf_char(&buf, '}');
    return reply_text(rq, 200, buf_str(&buf));
}

bool workflow_version_text(Request *rq)
{
    const Rows *row = version_seen(rq);
    if (!row)
        return false;
    Rows *text = QUERY(rq->db, rq->arena, Q_WORKFLOW_VERSION_TEXT, ARG(rq->params[0]),
                       arg_int(rq->arena, row_int(row, 0, "version")));
    if (!text)
        return failed(rq);
    rq->reply.type = "application/yaml";
    return reply_text(rq, 200, row_str(text, 0, "text"));
}

bool workflow_version_table(Request *rq)
{
    const Rows *row;
    const Definition *def = definition_seen(rq, &row);
    if (!def)
        return false;
    bool csv = str_is(request_query(rq, "form"), "csv");
    rq->reply.type = csv ? "text/csv; charset=utf-8" : NULL;
    return reply_text(rq, 200, table_of(rq->arena, def, rq->lang, csv ? TABLE_CSV : TABLE_JSON));
}

bool workflow_version_drawing(Request *rq)
{
    const Rows *row;
    const Definition *def = definition_seen(rq, &row);
    if (!def)
        return false;
    bool svg = str_is(request_query(rq, "form"), "svg");
    rq->reply.type = svg ? "image/svg+xml; charset=utf-8" : "text/vnd.graphviz; charset=utf-8";
    return reply_text(
        rq, 200, svg ? draw_svg(rq->arena, def, rq->lang) : draw_dot(rq->arena, def, rq->lang));
}

bool workflow_version_diff(Request *rq)
{
    const Rows *row;
    const Definition *new = definition_seen(rq, &row);
    if (!new)
        return false;
    int64_t to = row_int(row, 0, "version"), from = request_query_int(rq, "from", to - 1);
    const Rows *before = version_row(rq, from);
    const Definition *old = before ? definition_of(rq, row_str(before, 0, "id")) : NULL;
    if (!old)
        return false;
    Changes changes = definition_diff(rq->arena, old, new, rq->lang);
    return reply_json(rq, 200,
                      json_keep(rq->arena, json_pack("{s:I, s:I, s:O}", "from", (json_int_t)from,
                                                     "to", (json_int_t)to, "changes",
                                                     changes_json(rq->arena, &changes))));
}

bool workflow_publish(Request *rq)
{
    const Rows *row = version_seen(rq);
    if (!row)
        return false;
    if (!access_manages(rq->who, row_str(row, 0, "space_id")))
        return forbidden(rq);
    rq->told = !row_null(row, 0, "published_at"); // it was before
    Rows *published = QUERY(rq->db, rq->arena, Q_WORKFLOW_PUBLISH, ARG(row_str(row, 0, "id")));
    if (!published)
        return failed(rq);
    return (rq->told || workflow_published(rq, row_str(row, 0, "space_id"), published)) &&
           reply_found(rq, published);
}
