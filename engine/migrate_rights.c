// SPDX-License-Identifier: Apache-2.0
// What people could do where an application stood and cannot where it lands. Guards are not asked:
// they open and close with the days, a right does not.
#include "migrate_internal.h"

static size_t role_now(const Moving *m, size_t role)
{
    ItemId id = definition_role(m->new, m->old->roles[role].id);
    return id == ID_NONE ? 0 : id;
}

static RoleSet bit_now(const Moving *m, size_t role)
{
    size_t now = role_now(m, role);
    return now ? m->new->roles[now].bit : 0;
}

static Str role_names(const Moving *m, RoleSet roles)
{
    Buf buf = {.arena = m->arena};
    for (size_t i = 1; i < m->old->role_count; i++) {
        const Role *role = &m->old->roles[i];
        Str title = label_text(role->title, m->lang);
        if (roles & role->bit)
            buf_format(&buf, "%s" STR_FMT, buf.len ? ", " : "",
                       STR_ARG(title.len ? title : role->id));
    }
    return buf_str(&buf);
}

// --- moves --------------------------------------------------------------------------------------

static RoleSet firing(const Definition *def, const StateSet *in, Str event)
{
    RoleSet roles = 0;
    for (size_t i = 0; i < def->transition_count; i++) {
        const Transition *t = &def->transitions[i];
        if (t->by && set_has(in, t->source) && event_matches(t->events, t->event_count, event))
            roles |= t->by;
    }
    return roles;
}

static RoleSet lost(const Moving *m, RoleSet before, RoleSet after)
{
    RoleSet roles = 0;
    for (size_t i = 1; i < m->old->role_count; i++)
        if ((before & m->old->roles[i].bit) && !(after & bit_now(m, i)))
            roles |= m->old->roles[i].bit;
    return roles;
}

static bool told(const Moving *m, const Transition *t)
{
    for (const Transition *before = m->old->transitions; before < t; before++)
        if (before->by && set_has(&m->from->in, before->source) && before->event_count &&
            str_eq(before->events[0], t->events[0]))
            return true;
    return false;
}

static void lose_moves(Moving *m)
{
    for (size_t i = 0; i < m->old->transition_count; i++) {
        const Transition *t = &m->old->transitions[i];
        if (!t->by || !t->event_count || !set_has(&m->from->in, t->source) || told(m, t))
            continue;
        RoleSet roles = lost(m, firing(m->old, &m->from->in, t->events[0]),
                             firing(m->new, &m->next.in, t->events[0]));
        if (roles)
            moving_lose(m, LOSS_RIGHT,
                        MESSAGE(T("{0} ne pourra plus : « {1} ».", "{0} can no longer: '{1}'."),
                                role_names(m, roles),
                                move_title(m->old, t, t->events[0], m->lang)));
    }
}

// --- acts ---------------------------------------------------------------------------------------

static size_t item_count(const Definition *def, Thing thing)
{
    switch (thing) {
    case THING_FORM:
        return def->form_count;
    case THING_SECTION:
        return def->section_count;
    case THING_DOCUMENT:
        return def->document_count;
    case THING_REVIEW:
        return def->grid_count;
    case THING_REQUEST:
        return def->instalment_count;
    case THING_MEASURE:
        return def->indicator_count;
    default:
        return 0;
    }
}

static ItemId item_now(const Moving *m, Thing thing, size_t item)
{
    switch (thing) {
    case THING_FORM:
        return definition_form(m->new, m->old->forms[item].id);
    case THING_SECTION:
        return definition_section(m->new, m->old->sections[item].id);
    case THING_DOCUMENT:
        return definition_document(m->new, m->old->documents[item].id);
    case THING_REVIEW:
        return definition_grid(m->new, m->old->grids[item].id);
    case THING_REQUEST:
        return definition_instalment(m->new, m->old->instalments[item].id);
    default:
        return definition_indicator(m->new, m->old->indicators[item].id);
    }
}

// Roles that have a right to a thing where `c` stands: to write it, or to see it.
typedef RoleSet Having(const Definition *def, const Case *c, Thing thing, ItemId item);

static RoleSet writing(const Definition *def, const Case *c, Thing thing, ItemId item)
{
    RoleSet roles = 0;
    for (size_t i = 1; i < def->role_count; i++)
        if (may_edit(def, c, thing, item, def->roles[i].bit))
            roles |= def->roles[i].bit;
    return roles;
}

static RoleSet seeing(const Definition *def, const Case *c, Thing thing, ItemId item)
{
    RoleSet roles = 0;
    for (size_t i = 1; i < def->role_count; i++)
        if (may_see(def, c, thing, item, def->roles[i].bit))
            roles |= def->roles[i].bit;
    return roles;
}

static void lose_thing(Moving *m, Having *having, Thing thing, ItemId item, RoleSet roles)
{
    Text sentence =
        having == writing
            ? T("{0} ne pourra plus écrire : « {1} ».", "{0} can no longer write: '{1}'.")
            : T("{0} ne pourra plus voir : « {1} ».", "{0} can no longer see: '{1}'.");
    if (roles)
        moving_lose(m, LOSS_RIGHT,
                    MESSAGE(sentence, role_names(m, roles),
                            thing_words_title(m->arena, m->old, thing, item, m->lang)));
}

// One sentence for all items of a kind when they share it.
static void lose_items(Moving *m, Having *having, Thing thing, size_t n)
{
    RoleSet roles[ITEMS_MAX] = {0};
    bool alike = n > 1;
    for (size_t i = 0; i < n; i++) {
        ItemId now = item_now(m, thing, i);
        roles[i] = lost(m, having(m->old, m->from, thing, (ItemId)i),
                        now == ID_NONE ? 0 : having(m->new, &m->next, thing, now));
        alike &= roles[i] == roles[0];
    }
    if (alike)
        lose_thing(m, having, thing, ID_NONE, roles[0]);
    for (size_t i = 0; i < n && !alike; i++)
        lose_thing(m, having, thing, (ItemId)i, roles[i]);
}

static void lose_things(Moving *m, Having *having)
{
    for (Thing thing = THING_FORM; thing < THINGS; thing++) {
        size_t n = item_count(m->old, thing);
        if (n)
            lose_items(m, having, thing, n);
        else
            lose_thing(m, having, thing, ID_NONE,
                       lost(m, having(m->old, m->from, thing, ID_NONE),
                            having(m->new, &m->next, thing, ID_NONE)));
    }
}

// What is over can be seen still, and nothing else.
void migrate_rights(Moving *m)
{
    if (!m->from->over) {
        lose_moves(m);
        lose_things(m, writing);
    }
    lose_things(m, seeing);
}
