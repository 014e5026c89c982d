// SPDX-License-Identifier: Apache-2.0
// Instalments of an agreement: asked for, approved, paid.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "sight.h"

bool instalment_list(Request *rq)
{
    Sight sight;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_REQUEST, ID_NONE))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_INSTALMENT_LIST, ARG(sight.track->id),
                       sight_lines(rq, &sight, THING_REQUEST));
    return rows ? reply_page(rq, rows, 200) : failed(rq);
}

static bool instalment_named(Request *rq, const Definition *def, ItemId *ret)
{
    *ret = definition_instalment(def, rq->params[1]);
    return *ret != ID_NONE || not_found(rq);
}

static json_t *name_data(Arena *arena, Str name)
{
    return json_keep(arena, json_pack("{s:s%}", "instalment", name.at, name.len));
}

static bool step(Request *rq, Thing thing, const char *was, const char *state, Str event_name)
{
    Act act;
    ItemId item;
    if (!act_begin(rq, rq->params[0], &act) || !instalment_named(rq, act.track->def, &item) ||
        !act_may(rq, &act, thing, item))
        return false;
    Str name = act.track->def->instalments[item].id;
    Rows *instalment = QUERY(rq->db, rq->arena, Q_INSTALMENT_STEP, ARG(act.track->id), ARG(name),
                             ARG_C(was), ARG_C(state), arg_time(rq->arena, request_now(rq)));
    if (!instalment)
        return failed(rq);
    if (rows_len(instalment) == 0)
        return fault(rq, FAULT_REFUSED, NULL,
                     T("Ce versement n'en est pas là : il faudrait l'état « {0} ».",
                       "This instalment does not stand there: its state should be \"{0}\"."),
                     str_of(was));
    Event event = {
        .name = event_name, .data = name_data(rq->arena, name), .act = thing, .item = item};
    if (!act_fire(rq, &act, &event))
        return false;
    if (!may_see(act.track->def, &act.track->at, THING_REQUEST, item, act.actor.roles)) {
        rows_hide(instalment, "amount");
        rows_hide(instalment, "paid");
    }
    return reply_row(rq, 200, instalment, 0);
}

bool instalment_request(Request *rq)
{
    return step(rq, THING_REQUEST, "planned", "requested", STR("instalment.requested"));
}

bool instalment_approve(Request *rq)
{
    return step(rq, THING_APPROVAL, "requested", "approved", STR("instalment.approved"));
}

static bool cannot_pay(Request *rq, Arg application, Str name)
{
    Rows *instalment = QUERY(rq->db, rq->arena, Q_INSTALMENT_GET, application, ARG(name));
    if (!instalment)
        return failed(rq);
    if (rows_len(instalment) == 0)
        return fault(rq, FAULT_REFUSED, NULL,
                     T("La convention n'est pas préparée.", "The agreement is not prepared."));
    if (!str_is(row_str(instalment, 0, "state"), "approved"))
        return fault(rq, FAULT_REFUSED, NULL,
                     T("Ce versement n'est pas approuvé, ou il est déjà soldé.",
                       "This instalment is not approved, or it is paid already."));
    return fault(
        rq, FAULT_REFUSED, "/amount",
        T("Il reste {0} centimes à payer.", "{0} cents are left to pay."),
        str_format(rq->arena, "%lld",
                   (long long)(row_int(instalment, 0, "amount") - row_int(instalment, 0, "paid"))));
}

bool payment_make(Request *rq)
{
    const PaymentMake *make = rq->input;
    Act act;
    ItemId item;
    if (!act_begin(rq, rq->params[0], &act) || !instalment_named(rq, act.track->def, &item) ||
        !act_may(rq, &act, THING_PAYMENT, item))
        return false;
    Str name = act.track->def->instalments[item].id;
    Arg application = ARG(act.track->id), amount = arg_int(rq->arena, make->amount),
        now = arg_time(rq->arena, request_now(rq));
    Rows *instalment =
        QUERY(rq->db, rq->arena, Q_INSTALMENT_PAY, application, ARG(name), amount, now);
    if (!instalment)
        return failed(rq);
    if (rows_len(instalment) == 0)
        return cannot_pay(rq, application, name);
    Rows *payment = QUERY(rq->db, rq->arena, Q_PAYMENT_ADD, row_id(instalment), application, amount,
                          arg_some(make->reference), ARG(rq->who->person), now);
    if (!payment)
        return failed(rq);
    json_t *data = name_data(rq->arena, name);
    json_object_set_new(data, "amount", json_integer(make->amount));
    Event event = {
        .name = STR("payment.recorded"), .data = data, .act = THING_PAYMENT, .item = item};
    if (!act_fire(rq, &act, &event))
        return false;
    rq->reply.location =
        str_format(rq->arena, "/api/v1/applications/" STR_FMT "/payments", STR_ARG(act.track->id));
    return reply_row(rq, 201, payment, 0);
}

bool payment_list(Request *rq)
{
    Sight sight;
    Page page;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_PAYMENT, ID_NONE) ||
        !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_PAYMENT_LIST, ARG(sight.track->id),
                       sight_lines(rq, &sight, THING_PAYMENT), page_at(&page), page_id(&page),
                       page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}
