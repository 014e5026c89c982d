// SPDX-License-Identifier: Apache-2.0
// Decisions. What is granted is committed on the call's envelope in the same transaction, or
// nothing happens.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "sight.h"

// What a decision takes from the envelope.
static int64_t promised(Str kind, int64_t amount)
{
    return str_is(kind, "refused") || str_is(kind, "waiting") ? 0 : amount;
}

// The former decision gives its part back. False with a fault.
static bool commit_difference(Request *rq, const Act *act, const DecisionMake *make)
{
    Rows *former = QUERY(rq->db, rq->arena, Q_DECISION_REPLACE, ARG(act->track->id),
                         arg_time(rq->arena, request_now(rq)));
    if (!former)
        return failed(rq);
    int64_t before =
        rows_len(former) ? promised(row_str(former, 0, "kind"), row_int(former, 0, "amount")) : 0;
    int64_t difference = promised(make->kind, make->amount) - before;
    if (difference == 0)
        return true;
    Rows *committed = QUERY(rq->db, rq->arena, Q_CALL_COMMIT, ARG(act->track->scope.call),
                            arg_int(rq->arena, difference));
    if (!committed)
        return failed(rq);
    return rows_len(committed) || fault(rq, FAULT_ENVELOPE, "/amount",
                                        T("L'enveloppe de l'appel n'y suffit pas.",
                                          "The call's envelope does not suffice."));
}

// An agreement rests on its decision: that one changes no more once the agreement is there.
static bool not_agreed(Request *rq, const Act *act)
{
    Rows *agreement = QUERY(rq->db, rq->arena, Q_AGREEMENT_GET, ARG(act->track->id));
    if (!agreement)
        return failed(rq);
    return rows_len(agreement) == 0 ||
           fault(rq, FAULT_CONFLICT, NULL,
                 T("La convention est déjà préparée : la décision ne change plus.",
                   "The agreement is prepared already: the decision does not change any more."));
}

bool decision_make(Request *rq)
{
    const DecisionMake *make = rq->input;
    Act act;
    if (!act_begin(rq, rq->params[0], &act) || !act_may(rq, &act, THING_DECISION, ID_NONE) ||
        !not_agreed(rq, &act) || !commit_difference(rq, &act, make))
        return false;
    Rows *decision =
        QUERY(rq->db, rq->arena, Q_DECISION_ADD, ARG(act.track->id), ARG(make->kind),
              arg_int(rq->arena, make->amount), arg_some(make->conditions), arg_some(make->motive),
              ARG(rq->who->person), arg_time(rq->arena, request_now(rq)));
    if (!decision)
        return failed(rq);
    Event recorded = {
        .name = STR("decision.recorded"),
        .data = json_keep(rq->arena, json_pack("{s:s%, s:I}", "kind", make->kind.at, make->kind.len,
                                               "amount", (json_int_t)make->amount)),
        .act = THING_DECISION,
        .item = ID_NONE};
    if (!act_fire(rq, &act, &recorded))
        return false;
    rq->reply.location =
        str_format(rq->arena, "/api/v1/applications/" STR_FMT "/decisions", STR_ARG(act.track->id));
    return reply_row(rq, 201, decision, 0);
}

static void parts_hide(const Sight *sight, Rows *rows)
{
    if (!sight_sees(sight, THING_DECISION, PART_KIND))
        rows_hide(rows, "kind");
    if (!sight_sees(sight, THING_DECISION, PART_AMOUNT))
        rows_hide(rows, "amount");
    if (sight_sees(sight, THING_DECISION, PART_MOTIVE))
        return;
    rows_hide(rows, "conditions");
    rows_hide(rows, "motive");
}

bool decision_list(Request *rq)
{
    Sight sight;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_DECISION, ID_NONE))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_DECISION_LIST, ARG(sight.track->id));
    if (!rows)
        return failed(rq);
    parts_hide(&sight, rows);
    return reply_page(rq, rows, 200);
}
