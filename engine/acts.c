// SPDX-License-Identifier: Apache-2.0
// Acts: who may do what in which state, and the field's own rules about money and about judging
// one's own measure. Facts stand as they would be after the act, so every rule reads what would
// then be true.
#include "macrostep.h"
#include "money.h"
#include "words.h"

bool may_edit(const Definition *def, const Case *c, Thing thing, ItemId item, RoleSet roles)
{
    size_t words = chart_words(def);
    // A grid says itself who fills it in.
    if (thing == THING_REVIEW && item != ID_NONE && def->grids[item].by &&
        !(def->grids[item].by & roles))
        return false;
    for (StateId s = set_next(&c->in, words, 0); s != ID_NONE;
         s = set_next(&c->in, words, s + 1u)) {
        if (!state_is_atomic(&def->states[s]))
            continue;
        for (size_t i = 0; i < def->states[s].allow_count; i++) {
            const Allow *allow = &def->states[s].allows[i];
            if ((allow->roles & roles) && allow_means(def, allow, thing, item))
                return true;
        }
    }
    return false;
}

RoleSet roles_free_of_conflict(const Definition *def, RoleSet roles)
{
    RoleSet carrying = 0;
    for (size_t i = 0; i < def->role_count; i++)
        if (def->roles[i].on == ON_DOSSIER && def->roles[i].bit != SYSTEM_BIT)
            carrying |= def->roles[i].bit & roles;
    return carrying ? carrying : roles;
}

static void no(Macrostep *m, Reasons *reasons, Message message)
{
    reason_add(m->arena, reasons, (Reason){.kind = NOT_ALLOWED, .message = message});
}

// Who may do it in this state: named, so that the reader knows whom to ask.
static void not_allowed(Macrostep *m, const Event *event, Reasons *reasons)
{
    RoleSet others = 0;
    for (size_t r = 0; r < m->def->role_count; r++)
        if (may_edit(m->def, &m->at, event->act, event->item, m->def->roles[r].bit))
            others |= m->def->roles[r].bit;
    Str fr = thing_words_title(m->arena, m->def, event->act, event->item, FR);
    Str en = thing_words_title(m->arena, m->def, event->act, event->item, EN);
    if (others)
        no(m, reasons,
           MESSAGE(T("« {0} » : à cette étape, cela revient à : {1}.",
                     "\"{2}\": at this stage, this belongs to: {3}."),
                   fr, explain_roles(m->arena, m->def, others, FR), en,
                   explain_roles(m->arena, m->def, others, EN)));
    else
        no(m, reasons,
           MESSAGE(T("« {0} » : personne ne peut le faire à cette étape.",
                     "\"{1}\": nobody can do this at this stage."),
                   fr, en));
}

static json_t *fact(Macrostep *m, Slot slot, const char *name)
{
    return json_at(m->facts->slot[slot], name);
}

// The member `name` of what a slot says about one item: instalments.advance.amount.
static json_t *fact_of(Macrostep *m, Slot slot, Str item, const char *name)
{
    const json_t *of = m->facts->slot[slot];
    return json_at(json_is_object(of) ? json_object_getn(of, item.at, item.len) : NULL, name);
}

static int64_t cents(const json_t *value)
{
    return json_is_integer(value) ? json_integer_value(value) : 0;
}

#define MONEY(cents) money_format(m->arena, FR, (cents)), money_format(m->arena, EN, (cents))

static bool listed(const Str *words, size_t n, Str word)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(words[i], word))
            return true;
    return n == 0;
}

static Str words_text(Arena *arena, const Str *words, size_t n)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add(&buf, STR(", "));
        buf_add(&buf, words[i]);
    }
    return buf_str(&buf);
}

static void rate_check(Macrostep *m, int64_t amount, Reasons *reasons)
{
    const DecisionRules *rules = &m->def->decision;
    const json_t *dossier = m->facts->slot[SLOT_DOSSIER];
    json_t *total = json_is_object(dossier) && rules->total.len
                        ? json_object_getn(dossier, rules->total.at, rules->total.len)
                        : NULL;
    if (!json_is_integer(total)) {
        no(m, reasons,
           MESSAGE(
               T("Le taux d'aide ne peut pas être vérifié : le coût total du projet n'est pas "
                 "renseigné.",
                 "The aid rate cannot be checked: the project's total cost is not filled in.")));
        return;
    }
    Cents cap;
    if (!money_share(cents(total), rules->rate_cap, ROUND_DOWN, &cap) || amount <= cap)
        return;
    Str rate = str_format(m->arena, rules->rate_cap % 100 ? "%d.%02d" : "%d", rules->rate_cap / 100,
                          rules->rate_cap % 100);
    no(m, reasons,
       MESSAGE(T("{0} dépasse {4} % du coût total, soit {2}.",
                 "{1} exceeds {4} % of the total cost, which is {3}."),
               MONEY(amount), MONEY(cap), rate));
}

static void envelope_check(Macrostep *m, Reasons *reasons)
{
    if (!m->facts->slot[SLOT_CALL]) {
        no(m, reasons,
           MESSAGE(
               T("L'enveloppe de l'appel n'est pas connue.", "The call's envelope is not known.")));
        return;
    }
    int64_t left = cents(fact(m, SLOT_CALL, "remaining"));
    if (left < 0)
        no(m, reasons,
           MESSAGE(T("L'enveloppe de l'appel serait dépassée de {0}.",
                     "The call's envelope would be exceeded by {1}."),
                   MONEY(-left)));
}

static void decision_check(Macrostep *m, const Event *event, Reasons *reasons)
{
    const DecisionRules *rules = &m->def->decision;
    Str kind = json_str(json_at(event->data, "kind"));
    int64_t amount = cents(json_at(event->data, "amount"));
    if (!listed(rules->kinds, rules->kind_count, kind)) {
        no(m, reasons,
           MESSAGE(T("La décision « {0} » n'est pas prévue ; sont prévues : {1}.",
                     "The decision \"{0}\" is not provided for; these are: {1}."),
                   kind, words_text(m->arena, rules->kinds, rules->kind_count)));
        return;
    }
    bool grants = str_is(kind, "granted") || str_is(kind, "partial") || str_is(kind, "conditional");
    if (amount < 0 || (str_is(kind, "refused") && amount != 0)) {
        no(m, reasons,
           MESSAGE(
               T("Cette décision n'accorde pas de montant.", "This decision grants no amount.")));
        return;
    }
    if (!grants)
        return;
    if (rules->floor && amount < rules->floor)
        no(m, reasons,
           MESSAGE(T("{0} est sous le plancher de {2}.", "{1} is below the floor of {3}."),
                   MONEY(amount), MONEY(rules->floor)));
    if (rules->ceiling && amount > rules->ceiling)
        no(m, reasons,
           MESSAGE(T("{0} dépasse le plafond de {2}.", "{1} exceeds the ceiling of {3}."),
                   MONEY(amount), MONEY(rules->ceiling)));
    if (rules->rate_cap)
        rate_check(m, amount, reasons);
    envelope_check(m, reasons);
}

static void request_check(Macrostep *m, const Event *event, Reasons *reasons)
{
    const Instalment *instalment = &m->def->instalments[event->item];
    if (instalment->condition) {
        bool error;
        if (!scope_holds(m, instalment->condition, &error))
            explain_guard(m, instalment->condition, false, reasons);
    } else if (!json_is_true(fact(m, SLOT_AGREEMENT, "signed"))) {
        no(m, reasons,
           MESSAGE(
               T("La convention n'est pas encore signée.", "The agreement is not signed yet.")));
    }
}

static void payment_check(Macrostep *m, const Event *event, Reasons *reasons)
{
    Str id = m->def->instalments[event->item].id;
    int64_t amount = cents(fact_of(m, SLOT_INSTALMENTS, id, "amount"));
    int64_t paid = cents(fact_of(m, SLOT_INSTALMENTS, id, "paid_amount"));
    if (cents(json_at(event->data, "amount")) <= 0)
        no(m, reasons, MESSAGE(T("Un paiement a un montant.", "A payment has an amount.")));
    else if (!json_is_true(fact_of(m, SLOT_INSTALMENTS, id, "approved")))
        no(m, reasons,
           MESSAGE(T("Le service fait de ce versement n'est pas encore approuvé.",
                     "This instalment is not approved yet.")));
    else if (paid > amount)
        no(m, reasons,
           MESSAGE(T("Le versement est de {0} ; {2} seraient payés.",
                     "The instalment is {1}; {3} would be paid."),
                   MONEY(amount), MONEY(paid)));
}

// A measure is validated, or contested, by another person than the one who entered it.
static void validation_check(Macrostep *m, const Event *event, Reasons *reasons)
{
    Str by = json_str(json_at(event->data, "entered_by"));
    if (by.len && !str_eq(by, m->actor->person) && !str_eq(by, m->actor->behalf))
        return;
    no(m, reasons,
       MESSAGE(T("Une mesure est validée par une autre personne que celle qui l'a saisie.",
                 "A measure is validated by another person than the one who entered it.")));
}

void acts_check(Macrostep *m, const Event *event, Reasons *reasons)
{
    bool names_item = event->item != ID_NONE;
    if (!(m->actor->roles & SYSTEM_BIT) &&
        !may_edit(m->def, &m->at, event->act, event->item, m->actor->roles))
        not_allowed(m, event, reasons);
    else if (event->act == THING_DECISION)
        decision_check(m, event, reasons);
    else if (event->act == THING_REQUEST && names_item)
        request_check(m, event, reasons);
    else if (event->act == THING_PAYMENT && names_item)
        payment_check(m, event, reasons);
    else if (event->act == THING_REQUEST || event->act == THING_PAYMENT)
        no(m, reasons, MESSAGE(T("Le versement n'est pas nommé.", "The instalment is not named.")));
    else if (event->act == THING_VALIDATION)
        validation_check(m, event, reasons);
}

uint64_t acts_needed(const Definition *def, Str event, bool *known)
{
    static const struct {
        const char *event;
        uint64_t slots;
    } rows[] = {
        {"review.submitted", 0},
        {"decision.recorded", UINT64_C(1) << SLOT_CALL | UINT64_C(1) << SLOT_DOSSIER},
        {"agreement.prepared", 0},
        {"agreement.signed", 0},
        {"instalment.requested", UINT64_C(1) << SLOT_AGREEMENT},
        {"instalment.approved", 0},
        {"payment.recorded", UINT64_C(1) << SLOT_INSTALMENTS},
        {"measure.recorded", 0},
        {"measure.validated", 0},
        {"measure.contested", 0},
        {"message.posted", 0},
    };
    *known = false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!str_is(event, rows[i].event))
            continue;
        *known = true;
        uint64_t slots = rows[i].slots;
        for (size_t j = 0; j < def->instalment_count && str_is(event, "instalment.requested"); j++)
            if (def->instalments[j].condition)
                slots |= needs_of(def, def->instalments[j].condition);
        return slots;
    }
    return 0;
}
