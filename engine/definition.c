// SPDX-License-Identifier: Apache-2.0
// Looking things up in a definition. Tables are small: a scan is what a reader and a cache like
// best.
#include "definition.h"

const char *const thing_words[THINGS] = {"",           "form",     "section",   "document",
                                         "review",     "decision", "agreement", "signature",
                                         "request",    "approval", "payment",   "measure",
                                         "validation", "message",  "history"};
const char *const part_words[PARTS] = {"kind", "amount", "motive", "terms", "signatures"};
const char *const scope_words[] = {"dossier",      "application", "call",     "space",
                                   "organisation", "territory",   "platform", NULL};

StateId definition_state(const Definition *def, Str name)
{
    for (size_t i = 1; name.len && i < def->state_count; i++)
        if (str_eq(def->states[i].id, name) || str_eq(def->states[i].path, name))
            return (StateId)i;
    return ID_NONE;
}

#define LOOK_UP(rows, count, member)                                                               \
    for (size_t i = 0; i < (count); i++)                                                           \
        if (str_eq((rows)[i].member, name))                                                        \
            return (ItemId)i;                                                                      \
    return ID_NONE

ItemId definition_role(const Definition *def, Str name)
{
    LOOK_UP(def->roles, def->role_count, id);
}

ItemId definition_form(const Definition *def, Str name)
{
    LOOK_UP(def->forms, def->form_count, id);
}

ItemId definition_section(const Definition *def, Str name)
{
    LOOK_UP(def->sections, def->section_count, id);
}

ItemId definition_section_of(const Definition *def, Str answer)
{
    for (size_t i = 0; i < def->section_count; i++)
        for (size_t k = 0; k < def->sections[i].answer_count; k++)
            if (str_eq(def->sections[i].answers[k], answer))
                return (ItemId)i;
    return ID_NONE;
}

ItemId definition_document(const Definition *def, Str name)
{
    LOOK_UP(def->documents, def->document_count, id);
}

ItemId definition_grid(const Definition *def, Str name)
{
    LOOK_UP(def->grids, def->grid_count, id);
}

ItemId definition_indicator(const Definition *def, Str name)
{
    LOOK_UP(def->indicators, def->indicator_count, id);
}

ItemId definition_instalment(const Definition *def, Str name)
{
    LOOK_UP(def->instalments, def->instalment_count, id);
}

ItemId definition_event(const Definition *def, Str name)
{
    LOOK_UP(def->events, def->event_count, name);
}

bool part_of_thing(Thing thing, Part part)
{
    if (thing == THING_DECISION)
        return part == PART_KIND || part == PART_AMOUNT || part == PART_MOTIVE;
    return thing == THING_AGREEMENT &&
           (part == PART_AMOUNT || part == PART_TERMS || part == PART_SIGNATURES);
}

bool allow_means(const Definition *def, const Allow *allow, Thing thing, ItemId item)
{
    bool apart =
        thing == THING_DOCUMENT && item != ID_NONE && def->documents[item].section != ID_NONE;
    if (apart && allow->thing == THING_SECTION)
        return allow->item == ID_NONE || allow->item == def->documents[item].section;
    if (allow->thing != thing)
        return false;
    return allow->item == item || item == ID_NONE || (allow->item == ID_NONE && !apart);
}

bool allow_shows(const Definition *def, const Allow *allow, Thing thing, ItemId item)
{
    bool line = thing == THING_REQUEST || thing == THING_PAYMENT;
    return allow_means(def, allow, thing, item) ||
           (line && allow->thing == THING_AGREEMENT && allow->item == ID_NONE);
}

const char *stage_word(Stage stage)
{
    static const char *const words[] = {"",         "submission", "evaluation",
                                        "decision", "funding",    "impact"};
    return words[stage];
}

Str event_token(Str descriptor)
{
    if (str_ends(descriptor, STR(".*")))
        descriptor.len -= 2;
    else if (str_ends(descriptor, STR(".")))
        descriptor.len -= 1;
    return descriptor;
}

// SCXML 3.12.1: a descriptor matches whole tokens from the front.
static bool descriptor_matches(Str descriptor, Str name)
{
    if (descriptor.at == name.at && descriptor.len == name.len)
        return true;
    if (str_eq(descriptor, name) || str_eq(descriptor, STR("*")))
        return true;
    descriptor = event_token(descriptor);
    return str_starts(name, descriptor) &&
           (name.len == descriptor.len || name.at[descriptor.len] == '.');
}

bool event_matches(const Str *descriptors, size_t n, Str name)
{
    for (size_t i = 0; i < n; i++)
        if (descriptor_matches(descriptors[i], name))
            return true;
    return false;
}

// What acts bring, as decide.h lists them.
#define MEMBER(name, type)                                                                         \
    {                                                                                              \
        {name, sizeof(name) - 1}, &(type), false                                                   \
    }
#define OBJECT(rows, n)                                                                            \
    {                                                                                              \
        .kind = CEL_MAP, .members = (rows), .count = (n)                                           \
    }
static const CelMember grid_m[] = {MEMBER("grid", cel_string)};
static const CelMember kind_m[] = {MEMBER("kind", cel_string), MEMBER("amount", cel_int)};
static const CelMember amount_m[] = {MEMBER("amount", cel_int)};
static const CelMember instalment_m[] = {MEMBER("instalment", cel_string)};
static const CelMember payment_m[] = {MEMBER("instalment", cel_string), MEMBER("amount", cel_int)};
static const CelMember measure_m[] = {MEMBER("indicator", cel_string), MEMBER("value", cel_double)};
static const CelMember checked_m[] = {MEMBER("indicator", cel_string),
                                      MEMBER("entered_by", cel_string)};
static const CelType act_data[] = {
    OBJECT(grid_m, 1),       OBJECT(kind_m, 2),    OBJECT(amount_m, 1),  OBJECT(grid_m, 0),
    OBJECT(instalment_m, 1), OBJECT(payment_m, 2), OBJECT(measure_m, 2), OBJECT(checked_m, 2),
};
#define EVENT(i)                                                                                   \
    {                                                                                              \
        MEMBER("name", cel_string), MEMBER("data", act_data[i])                                    \
    }
static const CelMember act_members[][2] = {EVENT(0), EVENT(1), EVENT(2), EVENT(3),
                                           EVENT(4), EVENT(5), EVENT(6), EVENT(7)};
static const CelType act_types[] = {
    OBJECT(act_members[0], 2), OBJECT(act_members[1], 2), OBJECT(act_members[2], 2),
    OBJECT(act_members[3], 2), OBJECT(act_members[4], 2), OBJECT(act_members[5], 2),
    OBJECT(act_members[6], 2), OBJECT(act_members[7], 2),
};
static const struct {
    const char *name;
    Thing thing;
    const CelType *type;
} acts[] = {
    {"review.submitted", THING_REVIEW, &act_types[0]},
    {"decision.recorded", THING_DECISION, &act_types[1]},
    {"agreement.prepared", THING_AGREEMENT, &act_types[2]},
    {"agreement.signed", THING_SIGNATURE, &act_types[3]},
    {"instalment.requested", THING_REQUEST, &act_types[4]},
    {"instalment.approved", THING_APPROVAL, &act_types[4]},
    {"payment.recorded", THING_PAYMENT, &act_types[5]},
    {"measure.recorded", THING_MEASURE, &act_types[6]},
    {"measure.validated", THING_VALIDATION, &act_types[7]},
    {"measure.contested", THING_VALIDATION, &act_types[7]},
    {"message.posted", THING_MESSAGE, &act_types[3]},
};
enum { ACTS = sizeof acts / sizeof *acts };

const CelType *definition_event_type(const Definition *def, Str name)
{
    ItemId event = definition_event(def, name);
    if (event != ID_NONE && def->events[event].type)
        return def->events[event].type;
    for (size_t i = 0; i < ACTS; i++)
        if (str_is(name, acts[i].name))
            return acts[i].type;
    return NULL;
}

bool act_event(size_t i, Str *name, const CelType **type)
{
    if (i >= ACTS)
        return false;
    *name = str_of(acts[i].name);
    *type = acts[i].type;
    return true;
}

Thing event_act(Str descriptor)
{
    for (size_t i = 0; i < ACTS; i++)
        if (descriptor_matches(descriptor, str_of(acts[i].name)))
            return acts[i].thing;
    return THING_NONE;
}
