// SPDX-License-Identifier: Apache-2.0
// Grants: a role for a person on a scope, in time. Who may give what is decided here, in one place.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"

static bool workflow_knows(Request *rq, Str scope_word, Str scope_id, Scope scope, Str role,
                           bool *ret)
{
    Rows *versions = QUERY(rq->db, rq->arena, Q_GRANT_WORKFLOWS, ARG(scope_word), ARG(scope_id));
    if (!versions)
        return failed(rq);
    *ret = false;
    for (size_t i = 0; i < rows_len(versions) && !*ret; i++) {
        const Definition *def = definition_of(rq, row_str(versions, i, "workflow_version_id"));
        ItemId id = def ? definition_role(def, role) : ID_NONE;
        *ret = id != ID_NONE && id != ROLE_SYSTEM && access_covers(scope, def->roles[id].on);
    }
    return true;
}

// Is it a role that means something on this scope?
static bool role_check(Request *rq, const GrantMake *make, Scope scope)
{
    bool own = (scope == ON_PLATFORM && str_is(make->role, "admin")) ||
               (scope == ON_SPACE && str_is(make->role, "manager")) ||
               ((scope == ON_DOSSIER || scope == ON_ORGANISATION) &&
                (str_is(make->role, "carrier") || str_is(make->role, "author")));
    if (own)
        return true;
    // On these an admin prepares roles for workflows that do not exist yet.
    bool known = scope == ON_TERRITORY || scope == ON_ORGANISATION || scope == ON_PLATFORM;
    if (!known && !workflow_knows(rq, make->scope, make->scope_id, scope, make->role, &known))
        return false;
    return known || fault(rq, FAULT_INVALID, "/role",
                          T("Aucun règlement ne donne de rôle « {0} » à cet endroit.",
                            "No workflow has a role \"{0}\" to grant there."),
                          make->role);
}

bool may_grant(Request *rq, Scope scope, Str word, Str id)
{
    if (rq->who->admin && scope != ON_DOSSIER)
        return true;
    if (scope == ON_DOSSIER) {
        Rows *holder = QUERY(rq->db, rq->arena, Q_GRANT_HOLDER, ARG(id));
        if (!holder)
            return failed(rq);
        if (rows_len(holder) && access_carries(rq->who, id, row_str(holder, 0, "organisation_id")))
            return true;
        return rq->who->admin || not_found(rq);
    }
    if (scope == ON_SPACE || scope == ON_CALL || scope == ON_APPLICATION) {
        Rows *space = QUERY(rq->db, rq->arena, Q_GRANT_SPACE, ARG(word), ARG(id));
        if (!space)
            return failed(rq);
        if (rows_len(space) && access_manages(rq->who, row_str(space, 0, "space_id")))
            return true;
    }
    return forbidden(rq);
}

static bool scope_there(Request *rq, const GrantMake *make)
{
    Rows *found = QUERY(rq->db, rq->arena, Q_GRANT_SCOPE_EXISTS, ARG(make->scope),
                        ARG(make->scope_id.at ? make->scope_id : STR("")));
    if (!found)
        return failed(rq);
    return rows_len(found) ||
           fault(rq, FAULT_INVALID, "/scope_id",
                 T("Il n'y a rien de tel : {0} « {1} ».", "There is no such {0}: \"{1}\"."),
                 make->scope, make->scope_id);
}

static bool person_named(Request *rq, const GrantMake *make, Str *ret)
{
    *ret = make->person_id;
    if ((make->person_id.len != 0) == (make->email.len != 0))
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Nommez une personne par person_id ou par email.",
                       "Name a person by person_id or by email."));
    if (make->person_id.len)
        return true;
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_OF_EMAIL, ARG(make->email), ARG_C("fr"));
    if (!person)
        return failed(rq);
    *ret = row_str(person, 0, "id");
    return QUERY(rq->db, rq->arena, Q_GRANT_INVITE, ARG(*ret), ARG(make->scope),
                 ARG(make->scope_id.at ? make->scope_id : STR(""))) ||
           failed(rq);
}

bool grant_make(Request *rq)
{
    const GrantMake *make = rq->input;
    Scope scope;
    Str person;
    if (!scope_read(make->scope, &scope) || !may_grant(rq, scope, make->scope, make->scope_id) ||
        !scope_there(rq, make) || !role_check(rq, make, scope) || !person_named(rq, make, &person))
        return false;
    if ((scope == ON_SPACE || scope == ON_PLATFORM) && !access_confirmed(rq))
        return false;
    if (scope == ON_DOSSIER && str_is(make->role, "carrier") &&
        (make->from_at != TIME_NONE || make->until_at != TIME_NONE))
        return fault(rq, FAULT_INVALID, "/until_at",
                     T("Un porteur l'est sans dates, jusqu'à ce qu'il se retire.",
                       "A carrier is one without dates, until they leave."));
    if (make->from_at != TIME_NONE && make->until_at != TIME_NONE &&
        make->until_at <= make->from_at)
        return fault(rq, FAULT_INVALID, "/until_at",
                     T("La fin précède le début.", "It ends before it begins."));
    Rows *made =
        QUERY(rq->db, rq->arena, Q_GRANT_ADD, ARG(person), ARG(make->role), ARG(make->scope),
              ARG(make->scope_id.at ? make->scope_id : STR("")), arg_time(rq->arena, make->from_at),
              arg_time(rq->arena, make->until_at), ARG(rq->who->person), arg_some(make->email));
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Cette personne est inconnue.", "This person is unknown."));
    GrantDeed deed = {"grant.given", row_str(made, 0, "id"),       person,        make->role,
                      make->scope,   row_str(made, 0, "scope_id"), make->from_at, make->until_at};
    if (!remember_grant(rq, &deed))
        return false;
    rq->access_changed = person;
    return reply_made(rq, "grants", made);
}

bool grant_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_GRANT_LIST, ARG(rq->who->person),
                       arg_bool(rq->who->admin), query_arg(rq, "scope"), query_arg(rq, "scope_id"),
                       page_at(&page), page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

// A dossier keeps someone who answers for it.
static bool last_carrier(Request *rq, const Rows *grant, bool *ret)
{
    *ret = false;
    if (!str_is(row_str(grant, 0, "scope"), "dossier") ||
        !str_is(row_str(grant, 0, "role"), "carrier"))
        return true;
    Rows *carriers = QUERY(rq->db, rq->arena, Q_GRANT_CARRIERS, ARG(row_str(grant, 0, "scope_id")));
    if (!carriers)
        return failed(rq);
    *ret = row_int(carriers, 0, "count") < 2;
    return true;
}

bool grant_revoke(Request *rq)
{
    Rows *grant = QUERY(rq->db, rq->arena, Q_GRANT_GET, ARG(rq->params[0]));
    if (!grant)
        return failed(rq);
    Scope scope;
    if (rows_len(grant) == 0 || !scope_read(row_str(grant, 0, "scope"), &scope))
        return not_found(rq);
    bool own =
        str_eq(row_str(grant, 0, "person_id"), rq->who->person); // anyone may give a role back
    if (!own && !may_grant(rq, scope, row_str(grant, 0, "scope"), row_str(grant, 0, "scope_id")))
        return false;
    bool last;
    if (!last_carrier(rq, grant, &last))
        return false;
    if (last)
        return fault(
            rq, FAULT_CONFLICT, NULL,
            T("Un dossier garde au moins un porteur.", "A dossier keeps one carrier at least."));
    if (!QUERY(rq->db, rq->arena, Q_GRANT_REVOKE, ARG(rq->params[0])))
        return failed(rq);
    GrantDeed deed = {"grant.revoked",
                      row_str(grant, 0, "id"),
                      row_str(grant, 0, "person_id"),
                      row_str(grant, 0, "role"),
                      row_str(grant, 0, "scope"),
                      row_str(grant, 0, "scope_id"),
                      TIME_NONE,
                      TIME_NONE};
    if (!remember_grant(rq, &deed))
        return false;
    rq->access_changed = EVERYONE;
    return reply_none(rq);
}
