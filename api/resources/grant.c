// SPDX-License-Identifier: Apache-2.0
// Grants: a role for a person on a scope, in time. Who may give what is decided here, in one place.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "grant.h"
#include "definition.h"
#include "../../engine/base/vec.h"

bool grant_definitions(Request *rq, Str scope, Str scope_id, const Definition *const **ret,
                       size_t *count)
{
    Rows *versions = QUERY(rq->db, rq->arena, Q_GRANT_WORKFLOWS, ARG(scope), ARG(scope_id));
    if (!versions)
        return failed(rq);
    const Definition **defs = arena_array(rq->arena, const Definition *, rows_len(versions));
    *count = 0;
    for (size_t i = 0; i < rows_len(versions); i++) {
        const Definition *def =
            row_null(versions, i, "workflow_version_id")
                ? NULL
                : definition_get(rq->db, row_str(versions, i, "workflow_version_id"));
        if (def) // one that cannot be read any more gives no roles
            defs[(*count)++] = def;
    }
    *ret = defs;
    return true;
}

// The platform's own roles that mean something on a scope.
static size_t own_roles(Scope scope, Str ret[2])
{
    if (scope == ON_PLATFORM || scope == ON_SPACE) {
        ret[0] = scope == ON_PLATFORM ? STR("admin") : STR("manager");
        return 1;
    }
    bool carried = scope == ON_DOSSIER || scope == ON_ORGANISATION;
    ret[0] = STR("carrier");
    ret[1] = STR("author");
    return carried ? 2 : 0;
}

typedef VEC(Str) Names;

// Roles that can be held on the scope, and whether some workflow knows the role elsewhere.
static Names roles_there(Arena *arena, const Definition *const *defs, size_t n, Scope scope,
                         Str role, bool *elsewhere)
{
    Names names = {0};
    Str own[2];
    size_t count = own_roles(scope, own);
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &names, own[i]);
    for (size_t i = 0; i < n; i++)
        for (size_t r = 1; r < defs[i]->role_count; r++) {
            const Role *known = &defs[i]->roles[r];
            if (access_covers(scope, known->on))
                vec_push(arena, &names, known->id);
            else
                *elsewhere |= str_eq(known->id, role);
        }
    return names;
}

static bool no_such_role(Request *rq, Str role, Str near)
{
    return fault(rq, FAULT_INVALID, "/role",
                 near.len
                     ? T("Aucun règlement ne donne de rôle « {0} » à cet endroit ; vouliez-vous "
                         "dire « {1} » ?",
                         "No workflow has a role \"{0}\" to grant there; did you mean \"{1}\"?")
                     : T("Aucun règlement ne donne de rôle « {0} » à cet endroit.",
                         "No workflow has a role \"{0}\" to grant there."),
                 role, near);
}

// Is it a role that means something on this scope? On territories, organisations and the platform an admin prepares roles for
// workflows that do not exist yet: there only what is known otherwise, or nearly known, is refused.
static bool role_check(Request *rq, const GrantMake *make, Scope scope)
{
    const Definition *const *defs;
    size_t n;
    bool open = scope == ON_TERRITORY || scope == ON_ORGANISATION || scope == ON_PLATFORM;
    bool elsewhere = false;
    if (!grant_definitions(rq, make->scope, make->scope_id.at ? make->scope_id : STR(""), &defs,
                           &n))
        return false;
    Names names = roles_there(rq->arena, defs, n, scope, make->role, &elsewhere);
    for (size_t i = 0; i < names.len; i++)
        if (str_eq(names.at[i], make->role))
            return true;
    Str near = str_nearest(make->role, names.at, names.len);
    return (open && !elsewhere && !near.len) || no_such_role(rq, make->role, near);
}

bool may_grant(Request *rq, Scope scope, Str word, Str id, bool no(Request *))
{
    if (rq->who->admin && scope != ON_DOSSIER)
        return true;
    if (scope == ON_DOSSIER) {
        Rows *holder = QUERY(rq->db, rq->arena, Q_GRANT_HOLDER, ARG(id));
        if (!holder)
            return failed(rq);
        if (rows_len(holder) &&
            access_answers_for_dossier(rq->who, id, row_str(holder, 0, "organisation_id")))
            return true;
        return rq->who->admin || not_found(rq);
    }
    if (scope == ON_SPACE || scope == ON_CALL || scope == ON_APPLICATION) {
        Rows *space = QUERY(rq->db, rq->arena, Q_GRANT_SPACE, ARG(word), ARG(id));
        if (!space)
            return failed(rq);
        if (rows_len(space) && access_answers_for_space(rq->who, row_str(space, 0, "space_id")))
            return true;
    }
    return no(rq);
}

// An owner answers for who works on the organisation's dossiers, not for what funders call a role there.
static bool owner_grants(const Request *rq, Scope scope, Str id, Str role)
{
    const Membership *member = scope == ON_ORGANISATION ? access_member(rq->who, id) : NULL;
    return member && member->owner && (str_is(role, "carrier") || str_is(role, "author"));
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

bool grant_person(Request *rq, Str person_id, Str email, Str scope, Str scope_id, Str *ret)
{
    *ret = person_id;
    if ((person_id.len != 0) == (email.len != 0))
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Nommez une personne par person_id ou par email.",
                       "Name a person by person_id or by email."));
    if (person_id.len)
        return true;
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_OF_EMAIL, ARG(email), ARG_C("fr"));
    if (!person)
        return failed(rq);
    *ret = row_str(person, 0, "id");
    return QUERY(rq->db, rq->arena, Q_GRANT_INVITE, ARG(*ret), ARG(scope),
                 ARG(scope_id.at ? scope_id : STR(""))) ||
           failed(rq);
}

bool grant_make(Request *rq)
{
    const GrantMake *make = rq->input;
    Scope scope;
    Str person;
    if (!scope_read(make->scope, &scope) ||
        (!owner_grants(rq, scope, make->scope_id, make->role) &&
         !may_grant(rq, scope, make->scope, make->scope_id, forbidden)) ||
        !scope_there(rq, make) || !role_check(rq, make, scope) ||
        !grant_person(rq, make->person_id, make->email, make->scope, make->scope_id, &person))
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
    if (!row_null(grant, 0, "source_id") || !str_is(row_str(grant, 0, "scope"), "dossier") ||
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
    bool own = // anyone may give a role back, or take back what they gave on
        str_eq(row_str(grant, 0, "person_id"), rq->who->person) ||
        str_eq(row_str(grant, 0, "for_person_id"), rq->who->person);
    own |= owner_grants(rq, scope, row_str(grant, 0, "scope_id"), row_str(grant, 0, "role"));
    if (!own &&
        !may_grant(rq, scope, row_str(grant, 0, "scope"), row_str(grant, 0, "scope_id"), not_found))
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
