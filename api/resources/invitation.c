// SPDX-License-Identifier: Apache-2.0
// Parts in an organisation that are offered: by mail to an address, or as its next owner to a member. Whoever offers learns nothing
// about an address; whoever is meant finds the offer among their own and takes it or not.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "organisation.h"
#include "../settings.h"

enum { DAYS = 14, OPEN_MAX = 200 };
#define DAY_US INT64_C(86400000000)

typedef struct Offer {
    Str email, person; // one of them
    Str role;
    bool hands_over;
} Offer;

static bool mail_offer(Request *rq, const Rows *made, Time now, bool hands_over)
{
    Message subject =
        MESSAGE(T("Invitation : {0}", "Invitation: {0}"), row_str(made, 0, "organisation"));
    Message body = MESSAGE(
        hands_over ? T("Bonjour,\n\n{0} vous propose de devenir propriétaire de « {1} » à sa "
                       "place. Connectez-vous "
                       "avec cette adresse pour accepter ou refuser, sous {2} jours :\n{3}\n",
                       "Hello,\n\n{0} offers you the ownership of \"{1}\". Sign in with this "
                       "address to accept or "
                       "decline, within {2} days:\n{3}\n")
                   : T("Bonjour,\n\n{0} vous invite à rejoindre « {1} ». Connectez-vous avec cette "
                       "adresse pour "
                       "accepter ou refuser, sous {2} jours :\n{3}\n",
                       "Hello,\n\n{0} invites you to join \"{1}\". Sign in with this address to "
                       "accept or decline, "
                       "within {2} days:\n{3}\n"),
        rq->who->name, row_str(made, 0, "organisation"), str_format(rq->arena, "%d", DAYS),
        str_of(settings()->base_url));
    return QUERY(rq->db, rq->arena, Q_INVITATION_MAIL, row_id(made), arg_time(rq->arena, now),
                 ARG_C(rq->lang == EN ? "en" : "fr"), ARG(message_text(rq->arena, FR, &subject)),
                 ARG(message_text(rq->arena, FR, &body)),
                 ARG(message_text(rq->arena, EN, &subject)),
                 ARG(message_text(rq->arena, EN, &body))) != NULL;
}

static bool room_left(Request *rq, Time now)
{
    Rows *open =
        QUERY(rq->db, rq->arena, Q_INVITATION_FORGET, ARG(rq->params[0]), arg_time(rq->arena, now));
    if (!open)
        return failed(rq);
    return row_int(open, 0, "open") < OPEN_MAX ||
           fault(rq, FAULT_CONFLICT, NULL,
                 T("Trop d'invitations attendent une réponse : retirez-en d'abord.",
                   "Too many invitations wait for an answer: revoke some first."));
}

static bool offer(Request *rq, const Offer *o)
{
    Time now = request_now(rq);
    if (now == TIME_NONE)
        return failed(rq);
    if (!organisation_lock(rq, rq->params[0]) || !room_left(rq, now))
        return false;
    Rows *made =
        QUERY(rq->db, rq->arena, Q_INVITATION_ADD, ARG(rq->params[0]), arg_some(o->email),
              arg_some(o->person), ARG(o->role), arg_bool(o->hands_over), ARG(rq->who->person),
              arg_time(rq->arena, now), arg_time(rq->arena, now + DAYS * DAY_US));
    if (!made || !mail_offer(rq, made, now, o->hands_over))
        return failed(rq);
    if (!organisation_remember(rq, rq->params[0],
                               o->hands_over ? "ownership.offered" : "invitation.made", o->person,
                               o->role))
        return false;
    return reply_row(rq, 201, made, 0);
}

bool invitation_make(Request *rq)
{
    const AuthorInvite *in = rq->input;
    if (!organisation_run(rq))
        return false;
    return offer(rq, &(Offer){.email = in->email, .role = in->role.len ? in->role : STR("member")});
}

// Only an owner hands over what is theirs, and only to somebody who is in already: owners see their members.
bool organisation_transfer(Request *rq)
{
    const TransferMake *make = rq->input;
    const Membership *own = access_member(rq->who, rq->params[0]);
    if (!organisation_run(rq))
        return false;
    if (!own || !own->owner)
        return forbidden(rq);
    Rows *member =
        QUERY(rq->db, rq->arena, Q_MEMBERSHIP_GET, ARG(rq->params[0]), ARG(make->person_id));
    if (!member)
        return failed(rq);
    if (rows_len(member) == 0 || !row_bool(member, 0, "accepted"))
        return fault(rq, FAULT_INVALID, "/person_id",
                     T("Cette personne n'est pas membre.", "This person is not a member."));
    if (str_is(row_str(member, 0, "role"), "owner"))
        return fault(
            rq, FAULT_CONFLICT, "/person_id",
            T("Cette personne est déjà propriétaire.", "This person is an owner already."));
    return offer(
        rq, &(Offer){.person = make->person_id, .role = STR("owner"), .hands_over = !make->stay});
}

bool invitation_list(Request *rq)
{
    Page page;
    if (!organisation_run(rq) || !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_INVITATION_LIST, ARG(rq->params[0]),
                       arg_time(rq->arena, request_now(rq)), page_at(&page), page_id(&page),
                       page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool invitation_mine(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_INVITATION_MINE, ARG(rq->who->person),
                       arg_time(rq->arena, request_now(rq)), page_at(&page), page_id(&page),
                       page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool invitation_revoke(Request *rq)
{
    if (!organisation_run(rq))
        return false;
    Rows *gone = QUERY(rq->db, rq->arena, Q_INVITATION_ANSWER, ARG(rq->params[1]),
                       ARG(rq->params[0]), ARG_C("revoked"), arg_time(rq->arena, request_now(rq)));
    if (!gone)
        return failed(rq);
    if (rows_len(gone) == 0)
        return not_found(rq);
    return organisation_remember(rq, rq->params[0], "invitation.revoked", STR_NONE, STR_NONE) &&
           reply_none(rq);
}

// The offer that the path names, when it is made to the caller and stands; locked. NULL with a fault.
static const Rows *offer_to_me(Request *rq, Time now)
{
    Rows *found = QUERY(rq->db, rq->arena, Q_INVITATION_TO, ARG(rq->params[0]),
                        ARG(rq->who->person), arg_time(rq->arena, now));
    if (!found)
        failed(rq);
    else if (rows_len(found) == 0)
        not_found(rq);
    return found && rows_len(found) ? found : NULL;
}

static bool answered(Request *rq, const Rows *found, const char *answer, Time now)
{
    return QUERY(rq->db, rq->arena, Q_INVITATION_ANSWER, row_id(found),
                 ARG(row_str(found, 0, "organisation_id")), ARG_C(answer),
                 arg_time(rq->arena, now)) != NULL;
}

// What was handed over must still be the inviter's when it is taken.
static bool stepped_back(Request *rq, const Rows *found)
{
    if (!row_bool(found, 0, "hands_over"))
        return true;
    Rows *back =
        QUERY(rq->db, rq->arena, Q_MEMBERSHIP_STEP_BACK, ARG(row_str(found, 0, "organisation_id")),
              ARG(row_str(found, 0, "invited_by")));
    if (!back)
        return failed(rq);
    return rows_len(back) ||
           fault(rq, FAULT_CONFLICT, NULL,
                 T("La personne qui vous la transmettait n'en est plus propriétaire.",
                   "Whoever handed it over is its owner no longer."));
}

bool invitation_accept(Request *rq)
{
    Time now = request_now(rq);
    const Rows *found = offer_to_me(rq, now);
    if (!found)
        return false;
    Str organisation = row_str(found, 0, "organisation_id");
    if (!organisation_lock(rq, organisation) || !stepped_back(rq, found))
        return false;
    Rows *member =
        QUERY(rq->db, rq->arena, Q_MEMBERSHIP_TAKE, ARG(organisation), ARG(rq->who->person),
              ARG(row_str(found, 0, "role")), arg_time(rq->arena, now));
    if (!member || !answered(rq, found, "accepted", now))
        return failed(rq);
    if (!organisation_remember(rq, organisation, "invitation.accepted", rq->who->person,
                               row_str(member, 0, "role")))
        return false;
    rq->access_changed = EVERYONE;
    return reply_row(rq, 200, member, 0);
}

bool invitation_decline(Request *rq)
{
    Time now = request_now(rq);
    const Rows *found = offer_to_me(rq, now);
    if (!found)
        return false;
    if (!answered(rq, found, "declined", now))
        return failed(rq);
    return organisation_remember(rq, row_str(found, 0, "organisation_id"), "invitation.declined",
                                 rq->who->person, STR_NONE) &&
           reply_none(rq);
}
