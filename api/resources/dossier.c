// SPDX-License-Identifier: Apache-2.0
// Dossiers: the project's one digital file, with or without a call. It is read here by those who
// hold it; a funder reads it through an application (application.c).
#include "resources.h"
#include "bodies.h"
#include "answers.h"
#include "dossier.h"
#include "common.h"
#include "remember.h"
#include "shared.h"
#include "sight.h"

// The questions that the body may answer: those of the workflow it names, else those shared by all.
// NULL with a fault.
static const Definition *questions(Request *rq, const DossierMake *in, Arg dossier)
{
    if (!in->workflow_id.len) {
        const Definition *def = shared_definition();
        if (!def)
            fault(rq, FAULT_INTERNAL, NULL,
                  T("Le dictionnaire est illisible.", "The dictionary cannot be read."));
        return def;
    }
    Rows *version = QUERY(rq->db, rq->arena, Q_DOSSIER_WORKFLOW, dossier, ARG(in->workflow_id));
    if (!version) {
        failed(rq);
        return NULL;
    }
    if (rows_len(version) == 0) {
        fault(rq, FAULT_INVALID, "/workflow_id",
              T("Ce règlement n'est pas publié.", "This workflow is not published."));
        return NULL;
    }
    return definition_of(rq, row_str(version, 0, "id"));
}

// Title, themes and territories beside `answers` are answers by a shorter name.
static json_t *beside(Request *rq, const DossierMake *in)
{
    json_t *patch = json_keep(rq->arena, json_object());
    if (in->has_title)
        json_object_set(patch, "title", json_at(rq->json, "title"));
    if (in->has_themes)
        json_object_set(patch, "themes", json_at(rq->json, "themes"));
    if (in->has_territories)
        json_object_set(patch, "territories", json_at(rq->json, "territories"));
    return patch;
}

// All that the body answers, as a merge patch of the content. False with faults.
static bool content_patch(Request *rq, const DossierMake *in, Arg dossier, json_t **ret)
{
    const Definition *def = questions(rq, in, dossier), *shared = shared_definition();
    json_t *short_names, *answers = json_keep(rq->arena, json_object());
    if (!def || !shared || !answers_check(rq, shared, STR(""), beside(rq, in), &short_names))
        return false;
    if (in->answers && !answers_check(rq, def, STR("/answers"), in->answers, &answers))
        return false;
    *ret = json_merge(rq->arena, answers, short_names);
    return true;
}

// An organisation lends its name to its members' dossiers only.
static bool organisation_good(Request *rq, Str organisation)
{
    return organisation.len == 0 || access_member(rq->who, organisation) ||
           fault(rq, FAULT_INVALID, "/organisation_id",
                 T("Vous n'êtes pas membre de cette organisation.",
                   "You are not a member of this organisation."));
}

bool dossier_make(Request *rq)
{
    const DossierMake *make = rq->input;
    json_t *patch;
    if (!organisation_good(rq, make->organisation_id) || !content_patch(rq, make, ARG_NULL, &patch))
        return false;
    json_t *content = json_merge(rq->arena, json_keep(rq->arena, json_object()), patch);
    Arg me = ARG(rq->who->person);
    Rows *made = QUERY(rq->db, rq->arena, Q_DOSSIER_ADD, arg_some(make->organisation_id),
                       arg_json(rq->arena, content), me);
    if (!made || !QUERY(rq->db, rq->arena, Q_GRANT_ADD, me, ARG_C("carrier"), ARG_C("dossier"),
                        row_id(made), ARG_NULL, ARG_NULL, me, ARG_NULL))
        return failed(rq);
    if (!remember_edit(rq, row_str(made, 0, "id"), row_int(made, 0, "version"), NULL, content))
        return false;
    rq->access_changed = rq->who->person;
    return reply_made(rq, "dossiers", made);
}

bool dossier_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_DOSSIER_MINE, ARG(rq->who->person), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool dossier_held(Request *rq, const Rows *dossier, bool carrier)
{
    if (!dossier)
        return failed(rq);
    if (rows_len(dossier) == 0)
        return not_found(rq);
    Str id = row_str(dossier, 0, "id"), organisation = row_str(dossier, 0, "organisation_id");
    if (!access_reads(rq->who, id, organisation))
        return not_found(rq);
    if (rq->method != GET && !access_writes(rq->who, id, organisation))
        return forbidden(rq);
    return !carrier || access_carries(rq->who, id, organisation) || forbidden(rq);
}

bool dossier_get(Request *rq)
{
    Rows *dossier = request_first(rq);
    return dossier_held(rq, dossier, false) && reply_edited(rq, 200, dossier);
}

// The first answer of the patch that is the workflow's own and that this state does not open to the caller, or STR_NONE.
static Str frozen_member(const Sight *sight, json_t *answers)
{
    const Definition *def = sight->track->def;
    const char *name;
    json_t *value;
    json_object_foreach(answers, name, value)
    {
        if (!answer_shared(def, str_of(name)) &&
            !may_edit_answer(def, &sight->track->at, str_of(name), sight->roles))
            return str_of(name);
    }
    return STR_NONE;
}

// Shared answers are always the carrier's to edit. A workflow's own are frozen once filed, until a state opens them again (M6);
// with several applications on one workflow, one that is open is enough.
static bool answers_open(Request *rq, const DossierMake *in, Arg dossier)
{
    if (!in->workflow_id.len || !in->answers)
        return true;
    Rows *tracks = QUERY(rq->db, rq->arena, Q_DOSSIER_TRACKS, dossier, ARG(in->workflow_id));
    if (!tracks)
        return failed(rq);
    Str frozen = STR_NONE;
    for (size_t i = 0; i < rows_len(tracks); i++) {
        Sight sight;
        if (!sight_of(rq, row_str(tracks, i, "id"), &sight))
            return false;
        if (!(frozen = frozen_member(&sight, in->answers)).len)
            return true;
    }
    return !frozen.len ||
           fault_at(rq, FAULT_REFUSED, pointer_add(rq->arena, STR("/answers"), frozen),
                    "not-allowed",
                    MESSAGE(T("Déposé : à cette étape, cette réponse ne se modifie plus.",
                              "Filed: at this stage, this answer cannot be changed.")));
}

bool dossier_change(Request *rq)
{
    const DossierMake *change = rq->input;
    Arg id = ARG(rq->params[0]);
    Rows *dossier = QUERY(rq->db, rq->arena, Q_DOSSIER_LOCK, id);
    json_t *patch;
    if (!dossier_held(rq, dossier, change->organisation_id.len != 0))
        return false;
    if (row_int(dossier, 0, "version") != rq->if_match)
        return stale(rq, row_int(dossier, 0, "version"));
    if (!organisation_good(rq, change->organisation_id) || !content_patch(rq, change, id, &patch) ||
        !answers_open(rq, change, id))
        return false;
    json_t *before = row_json(rq->arena, dossier, 0, "content"),
           *content = json_merge(rq->arena, before, patch);
    Rows *changed = QUERY(rq->db, rq->arena, Q_DOSSIER_CHANGE, id,
                          arg_some(change->organisation_id), arg_json(rq->arena, content));
    if (!changed || rows_len(changed) == 0)
        return failed(rq);
    return remember_edit(rq, rq->params[0], row_int(changed, 0, "version"), before, content) &&
           reply_edited(rq, 200, changed);
}

bool author_list(Request *rq)
{
    Rows *dossier = QUERY(rq->db, rq->arena, Q_DOSSIER_GET, ARG(rq->params[0]));
    if (!dossier_held(rq, dossier, false))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_DOSSIER_AUTHORS, ARG(rq->params[0]));
    return rows ? reply_page(rq, rows, 200) : failed(rq);
}

static bool mail_invitation(Request *rq, Str email, Str title)
{
    Message subject =
        MESSAGE(T("Invitation au dossier « {0} »", "Invitation to the dossier \"{0}\""), title);
    Message body = MESSAGE(
        T("Bonjour,\n\n{0} vous invite à travailler au dossier « {1} ». Connectez-vous avec cette "
          "adresse pour l'ouvrir.\n",
          "Hello,\n\n{0} invites you to work on the dossier \"{1}\". Sign in with this address to "
          "open it.\n"),
        rq->who->name, title);
    return mail_add(rq, email, message_text(rq->arena, rq->lang, &subject),
                    message_text(rq->arena, rq->lang, &body), STR_NONE);
}

static bool invite(Request *rq, Arg person, const Rows *dossier, Str email)
{
    Arg scope = ARG_C("dossier"), id = row_id(dossier);
    Rows *may = QUERY(rq->db, rq->arena, Q_GRANT_INVITE_MAIL, person, scope, id);
    return may && (!rows_len(may) || mail_invitation(rq, email, row_str(dossier, 0, "title")));
}

// Whoever acts for a carrier gives nothing on.
static bool answers_for(Request *rq, const Rows *dossier)
{
    return access_answers_for_dossier(rq->who, row_str(dossier, 0, "id"),
                                      row_str(dossier, 0, "organisation_id")) ||
           forbidden(rq);
}

bool author_invite(Request *rq)
{
    const AuthorInvite *in = rq->input;
    Arg id = ARG(rq->params[0]);
    Rows *dossier = QUERY(rq->db, rq->arena, Q_DOSSIER_GET, id);
    if (!dossier_held(rq, dossier, true) || !answers_for(rq, dossier))
        return false;
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_OF_EMAIL, ARG(in->email),
                         ARG_C(rq->lang == EN ? "en" : "fr"));
    if (!person || !QUERY(rq->db, rq->arena, Q_GRANT_INVITE, row_id(person), ARG_C("dossier"), id))
        return failed(rq);
    Rows *made = QUERY(rq->db, rq->arena, Q_GRANT_ADD, row_id(person),
                       ARG(in->role.len ? in->role : STR("author")), ARG_C("dossier"), id, ARG_NULL,
                       ARG_NULL, ARG(rq->who->person), ARG(in->email));
    if (!made || !invite(rq, row_id(person), dossier, row_str(person, 0, "email")))
        return failed(rq);
    GrantDeed deed = {"grant.given",
                      row_str(made, 0, "id"),
                      row_str(person, 0, "id"),
                      row_str(made, 0, "role"),
                      STR("dossier"),
                      rq->params[0],
                      TIME_NONE,
                      TIME_NONE};
    if (!remember_grant(rq, &deed))
        return false;
    rq->access_changed = row_str(person, 0, "id");
    return reply_made(rq, "grants", made);
}
