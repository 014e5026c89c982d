// SPDX-License-Identifier: Apache-2.0
// Organisations and their members. What an organisation is called is public; who belongs to it is
// not.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"

// The last of the nine digits makes Luhn's sum a multiple of ten. La Poste's exception is about the
// SIRET numbers of its offices; its SIREN obeys.
static bool siren_valid(Str siren)
{
    int sum = 0;
    for (size_t i = 0; i < siren.len; i++) {
        int digit = siren.at[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        int twice = i % 2 ? digit * 2 : digit;
        sum += twice > 9 ? twice - 9 : twice;
    }
    return siren.len == 9 && sum % 10 == 0;
}

bool organisation_make(Request *rq)
{
    const OrganisationMake *make = rq->input;
    if (make->siren.len && !siren_valid(make->siren))
        return fault(rq, FAULT_INVALID, "/siren",
                     T("Ce numéro SIREN n'existe pas : sa clé est fausse.",
                       "There is no such SIREN number: its check digit is wrong."));
    Rows *made =
        QUERY(rq->db, rq->arena, Q_ORGANISATION_ADD, ARG(make->name), arg_some(make->siren),
              ARG(make->kind.len ? make->kind : STR("other")), ARG(rq->who->person));
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return fault(rq, FAULT_CONFLICT, "/siren",
                     T("Une organisation a déjà ce numéro SIREN.",
                       "An organisation has this SIREN number already."));
    rq->access_changed = true;
    return reply_made(rq, "organisations", made);
}

bool organisation_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_ORGANISATION_LIST, query_arg(rq, "q"), query_arg(rq, "siren"),
              page_at(&page), page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool organisation_get(Request *rq)
{
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, ARG(rq->params[0])));
}

static bool may_run(Request *rq)
{
    const Membership *member = access_member(rq->who, rq->params[0]);
    if (rq->who->admin || (member && member->owner))
        return true;
    Rows *there = QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, ARG(rq->params[0]));
    if (!there)
        return failed(rq);
    return rows_len(there) ? forbidden(rq) : not_found(rq);
}

bool organisation_change(Request *rq)
{
    const OrganisationMake *change = rq->input;
    if (!may_run(rq))
        return false;
    Arg id = ARG(rq->params[0]);
    Rows *changed =
        QUERY(rq->db, rq->arena, Q_ORGANISATION_CHANGE, id, arg_int(rq->arena, rq->if_match),
              arg_some(change->name), arg_some(change->kind));
    if (!changed)
        return failed(rq);
    if (rows_len(changed))
        return reply_row(rq, 200, changed, 0);
    Rows *now = QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, id);
    if (!now)
        return failed(rq);
    return rows_len(now) ? stale(rq, row_int(now, 0, "version")) : not_found(rq);
}

bool member_list(Request *rq)
{
    if (!rq->who->admin && !access_member(rq->who, rq->params[0]))
        return not_found(rq);
    Rows *rows = QUERY(rq->db, rq->arena, Q_ORGANISATION_MEMBERS, ARG(rq->params[0]));
    return rows ? reply_page(rq, rows, 500) : failed(rq);
}

// Whoever was offered a part takes it by naming themselves; the part is the one that was offered. No row: nothing to accept.
static Rows *accepted(Request *rq, const MemberSet *set)
{
    return QUERY(rq->db, rq->arena, Q_MEMBERSHIP_ACCEPT, ARG(rq->params[0]), ARG(set->person_id));
}

static bool remember_member(Request *rq, const char *event, Str person, Str role)
{
    json_t *data =
        role.len ? json_keep(rq->arena, json_pack("{s:o}", "role", json_stringn(role.at, role.len)))
                 : NULL;
    return remember(rq, (Deed){.kind = CHAIN_ORGANISATION,
                               .chain = rq->params[0],
                               .event = event,
                               .about = person,
                               .data = data});
}

bool member_set(Request *rq)
{
    const MemberSet *set = rq->input;
    bool own = str_eq(set->person_id, rq->who->person);
    Rows *member = own ? accepted(rq, set) : NULL;
    if (own && !member)
        return failed(rq);
    if (!member || rows_len(member) == 0) {
        if (!may_run(rq))
            return false;
        member = QUERY(rq->db, rq->arena, Q_MEMBERSHIP_SET, ARG(rq->params[0]), ARG(set->person_id),
                       ARG(set->role), arg_bool(rq->who->admin));
    }
    if (!member)
        return failed(rq);
    if (rows_len(member) == 0)
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Cette personne est inconnue.", "This person is unknown."));
    if (!remember_member(rq, "member.set", set->person_id, row_str(member, 0, "role")))
        return false;
    rq->access_changed = true;
    rq->reply.location = str_format(rq->arena, "/api/v1/organisations/" STR_FMT "/members/" STR_FMT,
                                    STR_ARG(rq->params[0]), STR_ARG(set->person_id));
    return reply_row(rq, 201, member, 0);
}

bool member_remove(Request *rq)
{
    if (!str_eq(rq->who->person, rq->params[1]) && !may_run(rq)) // anyone may leave
        return false;
    Rows *gone =
        QUERY(rq->db, rq->arena, Q_MEMBERSHIP_REMOVE, ARG(rq->params[0]), ARG(rq->params[1]));
    if (!gone)
        return failed(rq);
    if (rows_len(gone) == 0)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Pas membre, ou seul propriétaire : une organisation en garde un.",
                       "Not a member, or the only owner: an organisation keeps one."));
    if (!remember_member(rq, "member.removed", rq->params[1], STR_NONE))
        return false;
    rq->access_changed = true;
    return reply_none(rq);
}
