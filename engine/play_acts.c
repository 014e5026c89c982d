// SPDX-License-Identifier: Apache-2.0
// What people do to an application in memory: each act writes its row into a copy of the world and
// asks decide(), which sees the facts as they would be after it.
#include "play_inside.h"

static Outcome refuse(World *w, int kind, Message message, Str pointer)
{
    Reason *reason = arena_new_of(w->arena, Reason);
    *reason = (Reason){.message = message, .pointer = pointer};
    reason->kind = kind;
    return (Outcome){.verdict = REFUSED, .next = w->c, .reasons = reason, .reason_count = 1};
}

static Outcome stay(const World *w)
{
    return (Outcome){.verdict = STAYED, .next = w->c};
}

static json_t *copy(World *w, const json_t *value)
{
    return json_keep(w->arena, json_deep_copy(value));
}

static json_t *text(Str s)
{
    return json_stringn(s.len ? s.at : "", s.len);
}

static json_t *data_of(World *w, const char *name, Str value)
{
    json_t *data = json_keep(w->arena, json_object());
    json_object_set_new(data, name, text(value));
    return data;
}

Outcome world_fire(World *w, const Actor *actor, Str event, json_t *data)
{
    World after = *w;
    Event e = {.name = event, .data = data, .act = THING_NONE, .item = ID_NONE};
    return world_apply(w, &after, actor, &e);
}

// --- the dossier --------------------------------------------------------------------------------

Outcome world_answer(World *w, const Actor *actor, const json_t *patch)
{
    Fault fault;
    json_t *content = answers_patch(w->arena, w->def, patch, &fault), *value;
    if (!content)
        return refuse(w, BAD_DATA, fault.message, fault.pointer);
    const char *name;
    json_object_foreach((json_t *)patch, name, value)
    {
        if (!may_edit_answer(w->def, &w->c, str_of(name), actor->roles))
            return refuse(
                w, NOT_ALLOWED,
                MESSAGE(T("« {0} » ne peut pas être modifié maintenant par cette personne.",
                          "\"{0}\" cannot be changed now by this person."),
                        str_of(name)),
                pointer_add(w->arena, STR(""), str_of(name)));
    }
    w->content = json_merge(w->arena, w->content, content);
    return stay(w);
}

Outcome world_document(World *w, const Actor *actor, ItemId document)
{
    if (!may_edit(w->def, &w->c, THING_DOCUMENT, document, actor->roles))
        return refuse(
            w, NOT_ALLOWED,
            MESSAGE(T("La pièce « {0} » ne peut pas être déposée maintenant par cette personne.",
                      "Document \"{0}\" cannot be added now by this person."),
                    w->def->documents[document].id),
            STR_NONE);
    w->documents = copy(w, w->documents);
    json_array_append_new(w->documents, document_row(&w->def->documents[document], w->def));
    return stay(w);
}

// --- evaluation and decision ---------------------------------------------------------------------

// One review a person and grid: a second one replaces the first.
static void put_review(World *after, const Actor *actor, Str grid, json_t *content)
{
    json_t *rows = json_array(), *row;
    size_t i;
    json_array_foreach(after->reviews, i, row)
    {
        bool same = str_eq(json_str(json_at(row, "grid")), grid) &&
                    str_eq(json_str(json_at(row, "person")), actor->person);
        if (!same)
            json_array_append(rows, row);
    }
    row = json_object();
    json_object_set_new(row, "grid", text(grid));
    json_object_set_new(row, "person", text(actor->person));
    json_object_set_new(row, "submitted", json_true());
    json_object_set(row, "content", content);
    json_array_append_new(rows, row);
    after->reviews = json_keep(after->arena, rows);
}

Outcome world_review(World *w, const Actor *actor, ItemId grid, json_t *content)
{
    Str id = w->def->grids[grid].id;
    Faults *faults = arena_new_of(w->arena, Faults);
    if (may_edit(w->def, &w->c, THING_REVIEW, grid, actor->roles) &&
        !review_valid(w->arena, w->def, grid, content, true, faults))
        return refuse(w, BAD_DATA, faults->at[0].message, faults->at[0].pointer);
    World after = *w;
    put_review(&after, actor, id, content);
    Event e = {STR("review.submitted"), data_of(w, "grid", id), THING_REVIEW, grid};
    return world_apply(w, &after, actor, &e);
}

Outcome world_decide(World *w, const Actor *actor, json_t *decision)
{
    World after = *w;
    after.decision = copy(w, decision);
    if (!json_at(after.decision, "amount"))
        json_object_set_new(after.decision, "amount", json_integer(0));
    json_t *data = json_keep(w->arena, json_object());
    json_object_set(data, "kind", json_at(after.decision, "kind"));
    json_object_set(data, "amount", json_at(after.decision, "amount"));
    Event e = {STR("decision.recorded"), data, THING_DECISION, ID_NONE};
    return world_apply(w, &after, actor, &e);
}

// --- agreement and money

Outcome world_agree(World *w, const Actor *actor, int64_t amount)
{
    if (w->signed_by && may_edit(w->def, &w->c, THING_AGREEMENT, ID_NONE, actor->roles))
        return refuse(w, NO_SUCH_MOVE,
                      MESSAGE(T("La convention porte une signature : elle ne change plus.",
                                "The agreement bears a signature: it does not change any more."),
                              STR_NONE),
                      STR_NONE);
    World after = *w;
    after.agreement = json_keep(w->arena, json_object());
    json_object_set_new(after.agreement, "amount", json_integer(amount));
    after.signed_by = 0;
    after.signatures = 0;
    after.agreed = false;

    int64_t shares[ITEMS_MAX] = {0};
    facts_shares(w->arena, w->def, amount, shares);
    after.instalments = json_keep(w->arena, json_array());
    for (size_t i = 0; i < w->def->instalment_count; i++) {
        json_t *row = json_object();
        json_object_set_new(row, "instalment", text(w->def->instalments[i].id));
        json_object_set_new(row, "amount", json_integer(shares[i]));
        json_object_set_new(row, "state", json_string("planned"));
        json_object_set_new(row, "paid", json_integer(0));
        json_array_append_new(after.instalments, row);
    }
    json_t *data = json_keep(w->arena, json_object());
    json_object_set_new(data, "amount", json_integer(amount));
    Event e = {STR("agreement.prepared"), data, THING_AGREEMENT, ID_NONE};
    return world_apply(w, &after, actor, &e);
}

// The event is fired by the last signature: before it, the agreement is not signed.
Outcome world_sign(World *w, const Actor *actor)
{
    bool may = may_edit(w->def, &w->c, THING_SIGNATURE, ID_NONE, actor->roles);
    World after = *w;
    after.signed_by |= actor->roles;
    after.signatures = __builtin_popcountll(after.signed_by);
    after.agreed = facts_signed(w->def, &w->c, after.signed_by);
    if (may && !w->agreement)
        return refuse(
            w, NO_SUCH_MOVE,
            MESSAGE(T("Aucune convention n'est préparée.", "No agreement is prepared."), STR_NONE),
            STR_NONE);
    if (may && after.signed_by == w->signed_by)
        return refuse(
            w, NO_SUCH_MOVE,
            MESSAGE(T("Ce rôle a déjà signé.", "This role has signed already."), STR_NONE),
            STR_NONE);
    if (may && !after.agreed) {
        *w = after;
        return stay(w);
    }
    Event e = {STR("agreement.signed"), json_keep(w->arena, json_object()), THING_SIGNATURE,
               ID_NONE};
    return world_apply(w, &after, actor, &e);
}

static json_t *instalment_row(const json_t *rows, Str id)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (str_eq(json_str(json_at(row, "instalment")), id))
            return row;
    }
    return NULL;
}

// An instalment goes from one state to the next; elsewhere the act has no meaning.
static bool stands(const World *w, Str id, const char *state)
{
    return str_is(json_str(json_at(instalment_row(w->instalments, id), "state")), state);
}

static Outcome not_there(World *w, Str id, Text sentence)
{
    return refuse(w, NO_SUCH_MOVE, MESSAGE(sentence, id), STR_NONE);
}

static Outcome move_instalment(World *w, const Actor *actor, ItemId instalment, const char *state,
                               Str event, Thing act)
{
    Str id = w->def->instalments[instalment].id;
    World after = *w;
    after.instalments = copy(w, w->instalments);
    json_object_set_new(instalment_row(after.instalments, id), "state", json_string(state));
    Event e = {event, data_of(w, "instalment", id), act, instalment};
    return world_apply(w, &after, actor, &e);
}

Outcome world_request(World *w, const Actor *actor, ItemId instalment)
{
    Str id = w->def->instalments[instalment].id;
    if (!stands(w, id, "planned"))
        return not_there(w, id,
                         T("Le versement « {0} » n'est pas à demander.",
                           "Instalment \"{0}\" is not to be requested."));
    return move_instalment(w, actor, instalment, "requested", STR("instalment.requested"),
                           THING_REQUEST);
}

Outcome world_approve(World *w, const Actor *actor, ItemId instalment)
{
    Str id = w->def->instalments[instalment].id;
    if (!stands(w, id, "requested"))
        return not_there(
            w, id,
            T("Le versement « {0} » n'est pas demandé.", "Instalment \"{0}\" is not requested."));
    return move_instalment(w, actor, instalment, "approved", STR("instalment.approved"),
                           THING_APPROVAL);
}

Outcome world_pay(World *w, const Actor *actor, ItemId instalment, int64_t amount)
{
    Str id = w->def->instalments[instalment].id;
    if (!stands(w, id, "approved"))
        return not_there(
            w, id,
            T("Le versement « {0} » n'est pas approuvé.", "Instalment \"{0}\" is not approved."));
    World after = *w;
    after.instalments = copy(w, w->instalments);
    json_t *row = instalment_row(after.instalments, id);
    int64_t due = json_integer_value(json_at(row, "amount"));
    int64_t paid = json_integer_value(json_at(row, "paid"));
    amount = amount < 0 ? due - paid : amount;
    json_object_set_new(row, "paid", json_integer(paid + amount));
    if (paid + amount >= due)
        json_object_set_new(row, "state", json_string("paid"));
    after.payments++;
    after.paid += amount;
    json_t *data = data_of(w, "instalment", id);
    json_object_set_new(data, "amount", json_integer(amount));
    Event e = {STR("payment.recorded"), data, THING_PAYMENT, instalment};
    return world_apply(w, &after, actor, &e);
}

// --- impact and messages

Outcome world_measure(World *w, const Actor *actor, ItemId indicator, double value,
                      const json_t *target)
{
    Str id = w->def->indicators[indicator].id;
    World after = *w;
    after.measures = copy(w, w->measures);
    json_t *row = json_object();
    json_object_set_new(row, "indicator", text(id));
    json_object_set_new(row, "value", json_real(value));
    if (target)
        json_object_set(row, "target", (json_t *)target);
    json_object_set_new(row, "state", json_string("entered"));
    json_object_set_new(row, "entered_by", text(actor->person));
    json_array_append_new(after.measures, row);
    json_t *data = data_of(w, "indicator", id);
    json_object_set_new(data, "value", json_real(value));
    Event e = {STR("measure.recorded"), data, THING_MEASURE, indicator};
    return world_apply(w, &after, actor, &e);
}

static json_t *open_measure(const json_t *rows, Str id)
{
    for (size_t i = json_array_size(rows); i > 0; i--) {
        json_t *row = json_array_get(rows, i - 1);
        if (str_eq(json_str(json_at(row, "indicator")), id) &&
            str_is(json_str(json_at(row, "state")), "entered"))
            return row;
    }
    return NULL;
}

Outcome world_judge(World *w, const Actor *actor, ItemId indicator, bool valid)
{
    Str id = w->def->indicators[indicator].id;
    World after = *w;
    after.measures = copy(w, w->measures);
    json_t *row = open_measure(after.measures, id);
    if (!row)
        return not_there(w, id,
                         T("Aucune mesure de « {0} » n'attend de validation.",
                           "No measure of \"{0}\" awaits validation."));
    json_object_set_new(row, "state", json_string(valid ? "validated" : "contested"));
    json_t *data = data_of(w, "indicator", id);
    json_object_set(data, "entered_by", json_at(row, "entered_by"));
    Event e = {valid ? STR("measure.validated") : STR("measure.contested"), data, THING_VALIDATION,
               indicator};
    return world_apply(w, &after, actor, &e);
}

Outcome world_message(World *w, const Actor *actor)
{
    World after = *w;
    Event e = {STR("message.posted"), json_keep(w->arena, json_object()), THING_MESSAGE, ID_NONE};
    return world_apply(w, &after, actor, &e);
}
