// SPDX-License-Identifier: Apache-2.0
// A funder's own corner: whose workflows and calls live there.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "space.h"

bool space_make(Request *rq)
{
    SpaceMake *make = rq->input;
    if (!make->has_languages)
        make->languages = languages_of(rq->arena, make->title);
    make->has_languages = true;
    if (!space_look_check(rq, make, make->title, make->languages.at, make->languages.len))
        return false;
    for (size_t i = 0; i < make->slug.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", make->slug.at[i]) ||
            make->slug.at[0] == '-')
            return fault(rq, FAULT_INVALID, "/slug",
                         T("Lettres minuscules, chiffres et tirets, sans tiret au début.",
                           "Lower case letters, digits and hyphens, not beginning with a hyphen."));
    Arg organisation = ARG(make->organisation_id);
    Rows *owner = QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, organisation);
    if (!owner)
        return failed(rq);
    if (rows_len(owner) == 0)
        return fault(rq, FAULT_INVALID, "/organisation_id",
                     T("Cette organisation est inconnue.", "This organisation is unknown."));
    Rows *made = QUERY(rq->db, rq->arena, Q_SPACE_ADD, ARG(make->slug),
                       arg_json(rq->arena, make->title), organisation);
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return fault(rq, FAULT_CONFLICT, "/slug",
                     T("Cette adresse est prise.", "This address is taken."));
    Str id = row_str(made, 0, "id");
    json_t *data =
        json_pack("{s:s%, s:s%}", "slug", make->slug.at, make->slug.len, "organisation_id",
                  make->organisation_id.at, make->organisation_id.len);
    Deed deed = space_deed(id, "space.made");
    deed.data = json_keep(rq->arena, data);
    if (!remember(rq, deed))
        return false;
    Rows *written = space_write(rq, id, make, ARG_NULL);
    return written && reply_made(rq, "spaces", written);
}

bool space_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_SPACE_LIST, query_arg(rq, "slug"), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool space_get(Request *rq)
{
    Rows *space = QUERY(rq->db, rq->arena, Q_SPACE_GET, ARG(rq->params[0]));
    if (!space)
        return failed(rq);
    return rows_len(space) ? reply_edited(rq, 200, space) : not_found(rq);
}

bool space_change(Request *rq)
{
    const SpaceMake *change = rq->input;
    Rows *now = QUERY(rq->db, rq->arena, Q_SPACE_LOCK, ARG(rq->params[0]));
    if (!now)
        return failed(rq);
    if (rows_len(now) == 0)
        return not_found(rq);
    if (!access_manages(rq->who, rq->params[0]))
        return forbidden(rq);
    size_t n;
    const json_t *title = change->title ? change->title : row_json(rq->arena, now, 0, "title");
    const Str *spoken = row_texts(rq->arena, now, 0, "languages", &n);
    if (change->has_languages) {
        spoken = change->languages.at;
        n = change->languages.len;
    }
    if (!space_look_check(rq, change, title, spoken, n))
        return false;
    Rows *changed = space_write(rq, rq->params[0], change, arg_int(rq->arena, rq->if_match));
    if (!changed)
        return false;
    return rows_len(changed) ? reply_edited(rq, 200, changed)
                             : stale(rq, row_int(now, 0, "version"));
}

bool space_logo_get(Request *rq)
{
    Rows *logo = QUERY(rq->db, rq->arena, Q_SPACE_LOGO, ARG(rq->params[0]));
    if (!logo)
        return failed(rq);
    if (rows_len(logo) == 0)
        return not_found(rq);
    rq->reply.type = "image/png";
    return reply_text(rq, 200, row_bytes(rq->arena, logo, 0, "logo"));
}

bool space_logo_check(Request *rq, Str png)
{
    enum { LOGO_MAX = 200 << 10 };
    bool is_png = str_starts(png, STR("\x89PNG\r\n\x1a\n"));
    return (is_png && png.len <= LOGO_MAX) ||
           fault(rq, FAULT_INVALID, NULL,
                 T("Un logo est une image PNG de 200 Ko au plus.",
                   "A logo is a PNG picture of 200 KB at most."));
}

bool space_logo_write(Request *rq, Str space, Str png)
{
    if (!QUERY(rq->db, rq->arena, Q_SPACE_LOGO_PUT, ARG(space),
               arg_bytes(rq->arena, png.at, png.len)))
        return failed(rq);
    Str sha256 = hash_sha256(rq->arena, png);
    Deed deed = space_deed(space, "space.changed");
    deed.data =
        json_keep(rq->arena, json_pack("{s:{s:s%}}", "logo", "sha256", sha256.at, sha256.len));
    return remember(rq, deed);
}

bool space_logo_put(Request *rq)
{
    Rows *now = QUERY(rq->db, rq->arena, Q_SPACE_LOCK, ARG(rq->params[0]));
    if (!now)
        return failed(rq);
    if (rows_len(now) == 0)
        return not_found(rq);
    if (!access_manages(rq->who, rq->params[0]))
        return forbidden(rq);
    if (!space_logo_check(rq, rq->body))
        return false;
    return space_logo_write(rq, rq->params[0], rq->body) && reply_none(rq);
}
