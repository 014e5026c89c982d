// SPDX-License-Identifier: Apache-2.0
// Who reads what: `sees:` of a role holds in every state, `see:` of a state while it is active. What
// nobody was given is read by nobody.
#include "macrostep.h"

static bool role_shows(const Definition *def, const Role *role, Thing thing, ItemId item)
{
    for (size_t i = 0; i < role->sees_count; i++)
        if (allow_shows(def, &role->sees[i], thing, item))
            return true;
    return false;
}

static bool state_shows(const Definition *def, const State *state, Thing thing, ItemId item,
                        RoleSet roles)
{
    for (size_t i = 0; i < state->sees_count; i++)
        if ((state->sees[i].roles & roles) && allow_shows(def, &state->sees[i], thing, item))
            return true;
    return false;
}

bool may_see(const Definition *def, const Case *c, Thing thing, ItemId item, RoleSet roles)
{
    if (roles & SYSTEM_BIT)
        return true;
    for (size_t r = 0; r < def->role_count; r++)
        if ((roles & def->roles[r].bit) && role_shows(def, &def->roles[r], thing, item))
            return true;
    size_t words = chart_words(def);
    for (StateId s = c ? set_next(&c->in, words, 0) : ID_NONE; s != ID_NONE;
         s = set_next(&c->in, words, s + 1u))
        if (state_is_atomic(&def->states[s]) &&
            state_shows(def, &def->states[s], thing, item, roles))
            return true;
    return false;
}

static bool asks(const Form *form, Str answer)
{
    const json_t *properties = json_at(form->schema, "properties");
    return answer.len && json_is_object(properties) &&
           json_object_getn(properties, answer.at, answer.len);
}

bool may_see_answer(const Definition *def, const Case *c, Str answer, RoleSet roles)
{
    ItemId section = definition_section_of(def, answer);
    if (section != ID_NONE)
        return may_see(def, c, THING_SECTION, section, roles);
    for (size_t i = 0; i < def->form_count; i++)
        if (asks(&def->forms[i], answer) && may_see(def, c, THING_FORM, (ItemId)i, roles))
            return true;
    return false;
}

bool may_edit_answer(const Definition *def, const Case *c, Str answer, RoleSet roles)
{
    ItemId section = definition_section_of(def, answer);
    if (section != ID_NONE)
        return may_edit(def, c, THING_SECTION, section, roles);
    for (size_t i = 0; i < def->form_count; i++)
        if (asks(&def->forms[i], answer) && may_edit(def, c, THING_FORM, (ItemId)i, roles))
            return true;
    return false;
}

bool may_fire(const Definition *def, const Case *c, Str event, RoleSet roles)
{
    for (size_t i = 0; !c->over && i < def->transition_count; i++) {
        const Transition *t = &def->transitions[i];
        if ((t->by & roles) && (t->source == 0 || set_has(&c->in, t->source)) &&
            event_matches(t->events, t->event_count, event))
            return true;
    }
    return false;
}

// --- what guards read ---------------------------------------------------------------------------

static bool item_told(const Definition *def, const Case *c, Thing thing, ItemId item, RoleSet roles)
{
    return item != ID_NONE && may_see(def, c, thing, item, roles);
}

static bool grid_told(const Definition *def, const Case *c, ItemId grid, RoleSet roles)
{
    return item_told(def, c, THING_REVIEW, grid, roles) &&
           !(def->grids[grid].blind && (def->grids[grid].by & roles));
}

static bool payments_told(const Definition *def, const Case *c, RoleSet roles)
{
    for (size_t i = 0; i < def->instalment_count; i++)
        if (!may_see(def, c, THING_PAYMENT, (ItemId)i, roles))
            return false;
    return may_see(def, c, THING_PAYMENT, ID_NONE, roles);
}

// A variable may hold whatever some expression read.
static bool all_told(const Definition *def, const Case *c, RoleSet roles)
{
    bool all = may_see(def, c, THING_REVIEW, ID_NONE, roles);
    for (size_t i = 0; i < def->grid_count && all; i++)
        all = grid_told(def, c, (ItemId)i, roles);
    for (size_t i = 0; i < def->section_count && all; i++)
        all = may_see(def, c, THING_SECTION, (ItemId)i, roles);
    return all;
}

// "kind" of a decision, "signed" of an agreement: the part that tells it.
static bool part_told(const Definition *def, const Case *c, Thing thing, Str member, RoleSet roles)
{
    static const struct {
        const char *member;
        Part part;
    } rows[] = {{"kind", PART_KIND},
                {"amount", PART_AMOUNT},
                {"conditions", PART_MOTIVE},
                {"signed", PART_SIGNATURES},
                {"signatures", PART_SIGNATURES}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_is(member, rows[i].member))
            return may_see(def, c, thing, rows[i].part, roles);
    for (Part part = 0; part < PARTS && !member.len; part++)
        if (part_of_thing(thing, part) && !may_see(def, c, thing, part, roles))
            return false;
    return may_see(def, c, thing, ID_NONE, roles);
}

bool fact_told(const Definition *def, const Case *c, size_t slot, Str member, RoleSet roles)
{
    if (roles & SYSTEM_BIT)
        return true;
    switch (slot) {
    case SLOT_NOW:
    case SLOT_ACTOR:
    case SLOT_EVENT:
    case SLOT_CALL:
        return true;
    case SLOT_APPLICATION: // what it asks for is an answer
        return (member.len && !str_is(member, "requested")) || !def->decision.requested.len ||
               may_see_answer(def, c, def->decision.requested, roles);
    case SLOT_DOSSIER:
        return member.len && may_see_answer(def, c, member, roles);
    case SLOT_DOCUMENTS:
        return item_told(def, c, THING_DOCUMENT, definition_document(def, member), roles);
    case SLOT_REVIEWS:
        return member.len && definition_grid(def, member) != ID_NONE &&
               grid_told(def, c, definition_grid(def, member), roles);
    case SLOT_MEASURES:
        return item_told(def, c, THING_MEASURE, definition_indicator(def, member), roles);
    case SLOT_DECISION:
        return part_told(def, c, THING_DECISION, member, roles);
    case SLOT_AGREEMENT:
        return part_told(def, c, THING_AGREEMENT, member, roles);
    case SLOT_INSTALMENTS:
        return item_told(def, c, THING_REQUEST, definition_instalment(def, member), roles);
    case SLOT_PAYMENTS:
        return payments_told(def, c, roles);
    default:
        return all_told(def, c, roles);
    }
}

size_t mail_slot(Str path, Str *member)
{
    static const struct {
        const char *name;
        Slot slot;
    } rows[] = {
        {"dossier", SLOT_DOSSIER},     {"application", SLOT_APPLICATION},
        {"reviews", SLOT_REVIEWS},     {"decision", SLOT_DECISION},
        {"agreement", SLOT_AGREEMENT}, {"payments", SLOT_PAYMENTS},
        {"documents", SLOT_DOCUMENTS}, {"instalments", SLOT_INSTALMENTS},
        {"measures", SLOT_MEASURES},
    };
    size_t dot = str_index(path, '.');
    Str root = str_slice(path, 0, dot), rest = str_slice(path, dot + 1, path.len);
    *member = str_slice(rest, 0, str_index(rest, '.'));
    if (str_is(path, "dossier.title"))
        return SLOT_VARS;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_is(root, rows[i].name))
            return rows[i].slot;
    return SLOT_VARS;
}

// --- what happened ------------------------------------------------------------------------------

static Str named(const json_t *data, const char *member)
{
    return json_str(json_at(data, member));
}

// The item that an act was about, by what its event says.
static ItemId item_of(const Definition *def, Thing thing, const json_t *data)
{
    switch (thing) {
    case THING_REVIEW:
        return definition_grid(def, named(data, "grid"));
    case THING_REQUEST:
    case THING_APPROVAL:
    case THING_PAYMENT:
        return definition_instalment(def, named(data, "instalment"));
    case THING_MEASURE:
    case THING_VALIDATION:
        return definition_indicator(def, named(data, "indicator"));
    default:
        return ID_NONE;
    }
}

// Decisions and agreements are told by their parts.
static json_t *parts_told(Arena *arena, const Definition *def, const Case *c, Thing thing,
                          json_t *data, RoleSet roles)
{
    json_t *told = json_keep(arena, json_object()), *value;
    const char *name;
    json_object_foreach(data, name, value)
    {
        ItemId part = strcmp(name, "kind") == 0 ? PART_KIND : PART_AMOUNT;
        if (may_see(def, c, thing, part, roles))
            json_object_set(told, name, value);
    }
    return json_object_size(told) ? told : NULL;
}

json_t *event_told(Arena *arena, const Definition *def, const Case *c, Str event, json_t *data,
                   RoleSet roles, bool *known)
{
    Thing thing = str_is(event, "target.set") ? THING_MEASURE : event_act(event);
    *known = true;
    if (thing == THING_NONE)
        return data;
    if (thing == THING_DECISION || thing == THING_AGREEMENT)
        return parts_told(arena, def, c, thing, data, roles);
    // Who asked, who approved: the line that it is about; who vouched: the measure.
    Thing read = thing == THING_APPROVAL     ? THING_REQUEST
                 : thing == THING_VALIDATION ? THING_MEASURE
                                             : thing;
    bool seen = may_see(def, c, read, item_of(def, thing, data), roles);
    *known = seen || thing != THING_REVIEW;
    return seen ? data : NULL;
}
