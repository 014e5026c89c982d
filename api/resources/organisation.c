// SPDX-License-Identifier: Apache-2.0
// Organisations and their members. What an organisation is called is public; who belongs to it is
// not.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "identifiers.h"
#include "organisation.h"

static bool number_wrong(Request *rq, const char *pointer, Text text)
{
    return fault_at(rq, FAULT_INVALID, str_of(pointer), "format", MESSAGE(text, STR_NONE));
}

// Each number holds by itself, and the SIRET is one of the SIREN's. A SIRET alone tells the SIREN.
static bool numbers_check(Request *rq, Str *siren, Str siret, Str rna)
{
    bool good = true;
    if (siren->len && !siren_valid(*siren))
        good = number_wrong(rq, "/siren",
                            T("Ce numéro SIREN n'existe pas : sa clé est fausse.",
                              "There is no such SIREN number: its check digit is wrong."));
    if (siret.len && !siret_valid(siret))
        good = number_wrong(rq, "/siret",
                            T("Ce numéro SIRET n'existe pas : sa clé est fausse.",
                              "There is no such SIRET number: its check digit is wrong."));
    if (rna.len && !rna_valid(rna))
        good = number_wrong(
            rq, "/rna",
            T("Un numéro RNA est un W suivi de neuf caractères, comme W751515517 ou W2A1000123.",
              "An RNA number is a W and nine characters, such as W751515517 or W2A1000123."));
    if (!good || !siret.len)
        return good;
    if (!siren->len)
        *siren = str_slice(siret, 0, 9);
    return str_starts(siret, *siren) ||
           fault(rq, FAULT_INVALID, "/siret",
                 T("Ses neuf premiers chiffres devraient être le SIREN {0}.",
                   "Its first nine digits should be the SIREN {0}."),
                 *siren);
}

// Says which of the numbers another organisation has.
static bool number_taken(Request *rq, Arg id, Str siren, Str siret, Str rna)
{
    Rows *taken = QUERY(rq->db, rq->arena, Q_ORGANISATION_TAKEN, id, arg_some(siren),
                        arg_some(siret), arg_some(rna));
    if (!taken)
        return failed(rq);
    if (row_bool(taken, 0, "rna"))
        return fault(rq, FAULT_CONFLICT, "/rna",
                     T("Une organisation a déjà ce numéro RNA.",
                       "An organisation has this RNA number already."));
    if (row_bool(taken, 0, "siret"))
        return fault(rq, FAULT_CONFLICT, "/siret",
                     T("Une organisation a déjà ce numéro SIRET.",
                       "An organisation has this SIRET number already."));
    return fault(rq, FAULT_CONFLICT, "/siren",
                 T("Une organisation a déjà ce numéro SIREN.",
                   "An organisation has this SIREN number already."));
}

bool organisation_make(Request *rq)
{
    const OrganisationMake *make = rq->input;
    Str siren = make->siren;
    if (!numbers_check(rq, &siren, make->siret, make->rna))
        return false;
    Rows *made = QUERY(rq->db, rq->arena, Q_ORGANISATION_ADD, ARG(make->name), arg_some(siren),
                       arg_some(make->siret), arg_some(make->rna),
                       ARG(make->kind.len ? make->kind : STR("other")), ARG(rq->who->person));
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return number_taken(rq, ARG_NULL, siren, make->siret, make->rna);
    rq->access_changed = EVERYONE;
    Deed deed = {
        .kind = CHAIN_ORGANISATION, .chain = row_str(made, 0, "id"), .event = "organisation.made"};
    return remember_change(rq, deed, NULL, made) && reply_made(rq, "organisations", made);
}

bool organisation_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_ORGANISATION_LIST, query_arg(rq, "q"),
                       query_arg(rq, "siren"), query_arg(rq, "siret"), query_arg(rq, "rna"),
                       page_at(&page), page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool organisation_get(Request *rq)
{
    Rows *organisation = QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, ARG(rq->params[0]));
    if (!organisation)
        return failed(rq);
    return rows_len(organisation) ? reply_edited(rq, 200, organisation) : not_found(rq);
}

bool organisation_run(Request *rq)
{
    const Membership *member = access_member(rq->who, rq->params[0]);
    if (rq->who->admin || (member && member->owner))
        return true;
    Rows *there = QUERY(rq->db, rq->arena, Q_ORGANISATION_GET, ARG(rq->params[0]));
    if (!there)
        return failed(rq);
    return rows_len(there) ? forbidden(rq) : not_found(rq);
}

// A number that stands is an administrator's to correct: others rely on it.
static bool number_stands(Request *rq, const Rows *now, const char *column, Str given)
{
    Str was = row_str(now, 0, column);
    if (rq->who->admin || !given.len || !was.len || str_eq(was, given))
        return false;
    fault(rq, FAULT_CONFLICT, str_format(rq->arena, "/%s", column).at,
          T("Ce numéro est déjà {0} ; l'administration de la plateforme peut le corriger.",
            "This number is {0} already; administrators of the platform can correct it."),
          was);
    return true;
}

bool organisation_change(Request *rq)
{
    const OrganisationMake *change = rq->input;
    Arg id = ARG(rq->params[0]);
    if (!organisation_run(rq))
        return false;
    Rows *now = QUERY(rq->db, rq->arena, Q_ORGANISATION_LOCK, id);
    if (!now)
        return failed(rq);
    if (rows_len(now) == 0)
        return not_found(rq);
    if (number_stands(rq, now, "siren", change->siren) ||
        number_stands(rq, now, "siret", change->siret) ||
        number_stands(rq, now, "rna", change->rna))
        return false;
    Str siren = change->siren.len ? change->siren : row_str(now, 0, "siren");
    Str siret = change->siret.len ? change->siret : row_str(now, 0, "siret");
    if (!numbers_check(rq, &siren, siret, change->rna))
        return false;
    Rows *changed =
        QUERY(rq->db, rq->arena, Q_ORGANISATION_CHANGE, id, arg_int(rq->arena, rq->if_match),
              arg_some(change->name), arg_some(change->kind), arg_some(siren), arg_some(siret),
              arg_some(change->rna));
    if (!changed && db_error(rq->db) == DB_UNIQUE)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Une autre organisation a déjà un de ces numéros.",
                       "Another organisation has one of these numbers already."));
    if (!changed)
        return failed(rq);
    if (rows_len(changed) == 0)
        return stale(rq, row_int(now, 0, "version"));
    Deed deed = {
        .kind = CHAIN_ORGANISATION, .chain = rq->params[0], .event = "organisation.changed"};
    return remember_change(rq, deed, now, changed) && reply_edited(rq, 200, changed);
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

bool organisation_remember(Request *rq, Str organisation, const char *event, Str person, Str role)
{
    json_t *data =
        role.len ? json_keep(rq->arena, json_pack("{s:o}", "role", json_stringn(role.at, role.len)))
                 : NULL;
    return remember(rq, (Deed){.kind = CHAIN_ORGANISATION,
                               .chain = organisation,
                               .event = event,
                               .about = person,
                               .data = data});
}

static bool keeps_an_owner(Request *rq)
{
    return fault(rq, FAULT_CONFLICT, NULL,
                 T("Une organisation garde un propriétaire : transmettez-la d'abord.",
                   "An organisation keeps an owner: hand it over first."));
}

bool organisation_lock(Request *rq, Str organisation)
{
    Rows *there = QUERY(rq->db, rq->arena, Q_ORGANISATION_LOCK, ARG(organisation));
    if (!there)
        return failed(rq);
    return rows_len(there) || not_found(rq);
}

// May this part be given? The last owner stays one, and nobody is made an owner who did not agree.
static bool part_fair(Request *rq, const MemberSet *set)
{
    Rows *member =
        QUERY(rq->db, rq->arena, Q_MEMBERSHIP_GET, ARG(rq->params[0]), ARG(set->person_id));
    if (!member)
        return failed(rq);
    if (rows_len(member) == 0 || !row_bool(member, 0, "accepted"))
        return true;
    bool owns = str_is(row_str(member, 0, "role"), "owner"), to_own = str_is(set->role, "owner");
    if (owns && !to_own && !row_bool(member, 0, "other_owner"))
        return keeps_an_owner(rq);
    return owns || !to_own || rq->who->admin ||
           fault(rq, FAULT_CONFLICT, "/role",
                 T("La propriété se propose : cette personne doit l'accepter (…/transfer).",
                   "Ownership is offered: that person has to accept it (…/transfer)."));
}

static Rows *member_put(Request *rq, const MemberSet *set)
{
    if (!organisation_run(rq) || !organisation_lock(rq, rq->params[0]) || !part_fair(rq, set))
        return NULL;
    return QUERY(rq->db, rq->arena, Q_MEMBERSHIP_SET, ARG(rq->params[0]), ARG(set->person_id),
                 ARG(set->role), arg_bool(rq->who->admin));
}

bool member_set(Request *rq)
{
    const MemberSet *set = rq->input;
    bool own = str_eq(set->person_id, rq->who->person);
    Rows *member = own ? accepted(rq, set) : NULL;
    if (own && !member)
        return failed(rq);
    if (!member || rows_len(member) == 0)
        member = member_put(rq, set);
    if (!member)
        return rq->faults.len ? false : failed(rq);
    if (rows_len(member) == 0)
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Cette personne est inconnue.", "This person is unknown."));
    if (!organisation_remember(rq, rq->params[0], "member.set", set->person_id,
                               row_str(member, 0, "role")))
        return false;
    rq->access_changed = EVERYONE;
    rq->reply.location = str_format(rq->arena, "/api/v1/organisations/" STR_FMT "/members/" STR_FMT,
                                    STR_ARG(rq->params[0]), STR_ARG(set->person_id));
    return reply_row(rq, 201, member, 0);
}

bool member_remove(Request *rq)
{
    if (!str_eq(rq->who->person, rq->params[1]) && !organisation_run(rq)) // anyone may leave
        return false;
    Arg id = ARG(rq->params[0]), person = ARG(rq->params[1]);
    if (!organisation_lock(rq, rq->params[0]))
        return false;
    Rows *member = QUERY(rq->db, rq->arena, Q_MEMBERSHIP_GET, id, person);
    if (!member)
        return failed(rq);
    if (rows_len(member) == 0)
        return not_found(rq);
    if (row_bool(member, 0, "accepted") && str_is(row_str(member, 0, "role"), "owner") &&
        !row_bool(member, 0, "other_owner"))
        return keeps_an_owner(rq);
    if (!QUERY(rq->db, rq->arena, Q_MEMBERSHIP_REMOVE, id, person))
        return failed(rq);
    if (!organisation_remember(rq, rq->params[0], "member.removed", rq->params[1], STR_NONE))
        return false;
    rq->access_changed = EVERYONE;
    return reply_none(rq);
}
