// SPDX-License-Identifier: Apache-2.0
// The agreement that a decision leads to, its instalments by the workflow's shares, and its
// signatures.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "sight.h"
#include "../../engine/money.h"

// What these roles do not see of it is left out.
static void parts_hide(const Track *t, RoleSet roles, Rows *agreement)
{
    static const struct {
        Part part;
        const char *column;
    } rows[] = {{PART_AMOUNT, "amount"}, {PART_TERMS, "content"}, {PART_SIGNATURES, "signatures"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!may_see(t->def, &t->at, THING_AGREEMENT, rows[i].part, roles))
            rows_hide(agreement, rows[i].column);
}

// `roles` read it; whoever has just prepared it (all) knows what they wrote.
static bool agreement_show(Request *rq, int status, const Track *t, RoleSet roles, bool all)
{
    Str application = t->id;
    Rows *agreement = QUERY(rq->db, rq->arena, Q_AGREEMENT_GET, ARG(application));
    if (!agreement)
        return failed(rq);
    if (rows_len(agreement) == 0)
        return not_found(rq);
    rq->reply.location = status == 201
                             ? str_format(rq->arena, "/api/v1/applications/" STR_FMT "/agreement",
                                          STR_ARG(application))
                             : STR_NONE;
    if (!all)
        parts_hide(t, roles, agreement);
    return reply_row(rq, status, agreement, 0);
}

// What was decided, or less. False with a fault.
static bool amount_agreed(Request *rq, const AgreementMake *make, Arg application, int64_t *ret)
{
    Rows *decision = QUERY(rq->db, rq->arena, Q_DECISION_CURRENT, application);
    if (!decision)
        return failed(rq);
    Str kind = rows_len(decision) ? row_str(decision, 0, "kind") : STR("refused");
    if (str_is(kind, "refused") || str_is(kind, "waiting"))
        return fault(rq, FAULT_REFUSED, NULL,
                     T("Aucune décision n'accorde d'aide.", "No decision grants any aid."));
    int64_t decided = row_int(decision, 0, "amount");
    *ret = make->has_amount ? make->amount : decided;
    return *ret <= decided || fault(rq, FAULT_REFUSED, "/amount",
                                    T("La décision accorde {0} centimes au plus.",
                                      "The decision grants {0} cents at most."),
                                    str_format(rq->arena, "%lld", (long long)decided));
}

static bool instalments_write(Request *rq, const Definition *def, Arg application, int64_t amount)
{
    size_t n = def->instalment_count;
    int64_t *shares = arena_array(rq->arena, int64_t, n);
    Cents *parts = arena_array(rq->arena, Cents, n);
    Str *names = arena_array(rq->arena, Str, n);
    for (size_t i = 0; i < n; i++) {
        shares[i] = def->instalments[i].share;
        names[i] = def->instalments[i].id;
    }
    if (!QUERY(rq->db, rq->arena, Q_INSTALMENT_FORGET, application))
        return failed(rq);
    if (n == 0)
        return true;
    if (!money_split(rq->arena, amount, shares, n, parts))
        return fault(rq, FAULT_INTERNAL, NULL,
                     T("Les parts ne se calculent pas.", "The shares cannot be computed."));
    return QUERY(rq->db, rq->arena, Q_INSTALMENT_ADD, application, arg_texts(rq->arena, names, n),
                 arg_ints(rq->arena, parts, n)) ||
           failed(rq);
}

bool agreement_make(Request *rq)
{
    const AgreementMake *make = rq->input;
    Act act;
    int64_t amount = 0;
    if (!act_begin(rq, rq->params[0], &act) || !act_may(rq, &act, THING_AGREEMENT, ID_NONE))
        return false;
    Arg application = ARG(act.track->id);
    if (!amount_agreed(rq, make, application, &amount))
        return false;
    Rows *agreement = QUERY(rq->db, rq->arena, Q_AGREEMENT_WRITE, application,
                            ARG(str_format(rq->arena, STR_FMT "-C", STR_ARG(act.track->number))),
                            arg_int(rq->arena, amount), arg_json(rq->arena, make->content),
                            ARG(rq->who->person), arg_time(rq->arena, request_now(rq)));
    if (!agreement)
        return failed(rq);
    if (rows_len(agreement) == 0)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("La convention porte une signature : elle ne change plus.",
                       "The agreement bears a signature: it does not change any more."));
    Event prepared = {.name = STR("agreement.prepared"),
                      .data =
                          json_keep(rq->arena, json_pack("{s:I}", "amount", (json_int_t)amount)),
                      .act = THING_AGREEMENT,
                      .item = ID_NONE};
    return instalments_write(rq, act.track->def, application, amount) &&
           act_fire(rq, &act, &prepared) &&
           agreement_show(rq, 201, act.track, act.actor.roles, true);
}

bool agreement_get(Request *rq)
{
    Sight sight;
    return sight_of(rq, rq->params[0], &sight) &&
           sight_asks(rq, &sight, THING_AGREEMENT, ID_NONE) &&
           agreement_show(rq, 200, sight.track, sight.roles, false);
}

// Has every role that signs in the present state signed? False with a fault.
static bool all_signed(Request *rq, const Act *act, Arg agreement, bool *ret)
{
    Rows *signed_ = QUERY(rq->db, rq->arena, Q_SIGNATURE_ROLES, agreement);
    if (!signed_)
        return failed(rq);
    const Definition *def = act->track->def;
    *ret = true;
    for (size_t r = 1; r < def->role_count && *ret; r++) {
        bool there = !may_edit(def, &act->track->at, THING_SIGNATURE, ID_NONE, def->roles[r].bit);
        for (size_t i = 0; i < rows_len(signed_) && !there; i++)
            there = str_eq(row_str(signed_, i, "role"), def->roles[r].id);
        *ret = there;
    }
    return true;
}

// The caller signs as one of their roles, one that signs now. False with a fault.
static bool role_signs(Request *rq, const Act *act, Str name)
{
    ItemId role = definition_role(act->track->def, name);
    RoleSet bit = role == ID_NONE ? 0 : act->track->def->roles[role].bit;
    if (!(act->actor.roles & bit))
        return fault(rq, FAULT_INVALID, "/role",
                     T("Vous n'avez pas ce rôle ici.", "You do not hold this role here."));
    return may_edit(act->track->def, &act->track->at, THING_SIGNATURE, ID_NONE, bit) ||
           fault(
               rq, FAULT_REFUSED, "/role",
               T("Ce rôle ne signe pas à cette étape.", "This role does not sign at this stage."));
}

bool agreement_sign(Request *rq)
{
    const SignatureMake *make = rq->input;
    Act act;
    bool all = false;
    if (!act_begin(rq, rq->params[0], &act) || !act_may(rq, &act, THING_SIGNATURE, ID_NONE) ||
        !role_signs(rq, &act, make->role))
        return false;
    Rows *agreement = QUERY(rq->db, rq->arena, Q_AGREEMENT_GET, ARG(act.track->id));
    if (!agreement)
        return failed(rq);
    if (rows_len(agreement) == 0)
        return fault(rq, FAULT_REFUSED, NULL,
                     T("La convention n'est pas préparée.", "The agreement is not prepared."));
    Arg id = row_id(agreement), now = arg_time(rq->arena, request_now(rq));
    Rows *signature =
        QUERY(rq->db, rq->arena, Q_SIGNATURE_ADD, id, ARG(rq->who->person), ARG(make->role), now);
    if (!signature)
        return failed(rq);
    if (rows_len(signature) == 0)
        return fault(rq, FAULT_CONFLICT, "/role",
                     T("Ce rôle a déjà signé.", "This role has signed already."));
    if (!all_signed(rq, &act, id, &all))
        return false;
    Event event = {.name = all ? STR("agreement.signed") : STR("signature.added"),
                   .act = THING_SIGNATURE,
                   .item = ID_NONE};
    if (all && !QUERY(rq->db, rq->arena, Q_AGREEMENT_SIGNED, id, now))
        return failed(rq);
    if (!(all ? act_fire(rq, &act, &event) : act_tell(rq, &act, &event)))
        return false;
    return agreement_show(rq, 201, act.track, act.actor.roles, false);
}
