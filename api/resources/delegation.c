// SPDX-License-Identifier: Apache-2.0
// Acting for somebody: a grant given on by its holder, to one person, for a bounded time, for all or
// some moves. It is never wider than its source, ends with it, and is not given on again.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "grant.h"
#include "remember.h"

enum { YEAR_DAYS = 366 };
static const Time YEAR = YEAR_DAYS * INT64_C(86400000000);

// Admins are made by admins; and who acts for another does so in person.
static bool source_good(Request *rq, const Rows *source)
{
    if (rows_len(source) == 0)
        return not_found(rq);
    if (!row_null(source, 0, "source_id"))
        return fault(
            rq, FAULT_REFUSED, "/grant_id",
            T("Ce droit vous est confié : il ne se confie pas plus loin.",
              "This right was given to you to act for somebody: it is not given on again."));
    return !str_is(row_str(source, 0, "role"), "admin") ||
           fault(rq, FAULT_REFUSED, "/grant_id",
                 T("L'administration de la plateforme ne se confie pas.",
                   "Administering the platform is not given on."));
}

static bool dates_good(Request *rq, const DelegationMake *make, const Rows *source)
{
    Time now = request_now(rq), from = make->from_at == TIME_NONE ? now : make->from_at;
    Time ends = row_null(source, 0, "until_at") ? TIME_NONE : row_time(source, 0, "until_at");
    if (make->until_at <= from || make->until_at <= now)
        return fault(rq, FAULT_INVALID, "/until_at",
                     T("La fin précède le début.", "It ends before it begins."));
    if (make->until_at > (from > now ? from : now) + YEAR)
        return fault(
            rq, FAULT_INVALID, "/until_at",
            T("Un droit se confie pour un an au plus.", "A right is given on for a year at most."));
    return ends == TIME_NONE || make->until_at <= ends ||
           fault(rq, FAULT_INVALID, "/until_at",
                 T("Votre propre droit finit le {0}.", "Your own right ends on {0}."),
                 time_format(rq->arena, ends));
}

static bool event_known(const Definition *def, Str name)
{
    if (event_act(name) != THING_NONE)
        return true;
    for (size_t i = 0; i < def->transition_count; i++)
        if (def->transitions[i].by &&
            event_matches(def->transitions[i].events, def->transitions[i].event_count, name))
            return true;
    return false;
}

static bool move_known(const Definition *const *defs, size_t n, Str name)
{
    bool known = n == 0; // on these scopes workflows may still come
    for (size_t i = 0; i < n && !known; i++)
        known = event_known(defs[i], name);
    return known;
}

// The nearest move that people fire in one of these.
static Str move_near(Arena *arena, const Definition *const *defs, size_t n, Str name)
{
    Str names[512];
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < defs[i]->event_count && count < 512; k++)
            names[count++] = defs[i]->events[k].name;
    return str_copy(arena, str_nearest(name, names, count));
}

static bool moves_good(Request *rq, const DelegationMake *make, const Definition *const *defs,
                       size_t n)
{
    const Str *moves = make->moves.at;
    bool good = true;
    for (size_t i = 0; make->has_moves && i < make->moves.len; i++) {
        if (move_known(defs, n, moves[i]))
            continue;
        Str near = move_near(rq->arena, defs, n, moves[i]);
        good = fault_at(
            rq, FAULT_INVALID, pointer_index(rq->arena, STR("/moves"), i), "unknown",
            MESSAGE(near.len ? T("Aucune démarche n'a ici de mouvement « {0} » ; vouliez-vous dire "
                                 "« {1} » ?",
                                 "No workflow has a move \"{0}\" here; did you mean \"{1}\"?")
                             : T("Aucune démarche n'a ici de mouvement « {0} ».",
                                 "No workflow has a move \"{0}\" here."),
                    moves[i], near));
    }
    return good;
}

// A file may say of a role that it is personal. Where several files know it, each is held to when somebody acts.
static bool role_good(Request *rq, Str role, const Definition *const *defs, size_t n)
{
    size_t personal = 0, known = 0;
    for (size_t i = 0; i < n; i++) {
        ItemId id = definition_role(defs[i], role);
        known += id != ID_NONE;
        personal += id != ID_NONE && defs[i]->roles[id].personal;
    }
    return known == 0 || personal < known ||
           fault(rq, FAULT_REFUSED, "/grant_id",
                 T("Le rôle « {0} » est personnel : il ne se confie pas.",
                   "The role \"{0}\" is personal: it is not given on."),
                 role);
}

bool delegation_make(Request *rq)
{
    const DelegationMake *make = rq->input;
    const Definition *const *defs;
    size_t n;
    Str person;
    Rows *source =
        QUERY(rq->db, rq->arena, Q_DELEGATION_SOURCE, ARG(make->grant_id), ARG(rq->who->person));
    if (!source)
        return failed(rq);
    if (!source_good(rq, source))
        return false;
    Str scope = row_str(source, 0, "scope"), scope_id = row_str(source, 0, "scope_id");
    if (!dates_good(rq, make, source) || !grant_definitions(rq, scope, scope_id, &defs, &n) ||
        !role_good(rq, row_str(source, 0, "role"), defs, n) || !moves_good(rq, make, defs, n) ||
        !grant_person(rq, make->person_id, make->email, scope, scope_id, &person))
        return false;
    if (str_eq(person, rq->who->person))
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Vous avez déjà ce droit.", "You have this right already."));
    Rows *made = QUERY(rq->db, rq->arena, Q_DELEGATION_ADD, ARG(make->grant_id), ARG(person),
                       arg_time(rq->arena, make->from_at), arg_time(rq->arena, make->until_at),
                       arg_list(rq->arena, make->moves, make->has_moves), arg_some(make->email));
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Cette personne est inconnue.", "This person is unknown."));
    GrantDeed deed = {"grant.delegated",
                      row_str(made, 0, "id"),
                      person,
                      row_str(made, 0, "role"),
                      scope,
                      scope_id,
                      row_null(made, 0, "from_at") ? TIME_NONE : row_time(made, 0, "from_at"),
                      row_time(made, 0, "until_at")};
    if (!remember_grant(rq, &deed))
        return false;
    rq->access_changed = person;
    return reply_made(rq, "delegations", made);
}

bool delegation_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_DELEGATION_LIST, ARG(rq->who->person), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}
