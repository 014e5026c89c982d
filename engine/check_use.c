// SPDX-License-Identifier: Apache-2.0
// What a file defines and never uses, and guards that decide nothing: warnings, for a reader who
// forgot something.
#include "check_internal.h"

static RoleSet roles_used(const Definition *def)
{
    RoleSet used = 0;
    for (size_t i = 0; i < def->transition_count; i++)
        used |= def->transitions[i].by;
    for (size_t s = 0; s < def->state_count; s++)
        for (size_t i = 0; i < def->states[s].allow_count; i++)
            used |= def->states[s].allows[i].roles;
    for (size_t s = 0; s < def->state_count; s++)
        for (size_t i = 0; i < def->states[s].sees_count; i++)
            used |= def->states[s].sees[i].roles;
    for (size_t i = 0; i < def->mail_count; i++)
        used |= def->mails[i].to;
    for (size_t i = 0; i < def->role_count; i++)
        if (def->roles[i].sees_count)
            used |= def->roles[i].bit;
    return used;
}

static void check_roles(Check *c)
{
    RoleSet used = roles_used(c->def);
    for (size_t i = 1; i < c->def->role_count; i++)
        if (!(used & c->def->roles[i].bit))
            check_warn(
                c, "unused-role", c->def->roles[i].mark,
                MESSAGE(T("le rôle « {0} » ne sert à rien : il ne fait, ne modifie, ne voit et ne "
                          "reçoit rien",
                          "the role '{0}' has no use: it does, edits, sees and receives nothing"),
                        c->def->roles[i].id));
}

static void mark_mails(Block block, bool *used)
{
    for (size_t i = 0; i < block.len; i++) {
        if (block.at[i].kind == DO_MAIL && block.at[i].item != ID_NONE)
            used[block.at[i].item] = true;
        for (size_t k = 0; k < block.at[i].branch_count; k++)
            mark_mails(block.at[i].branches[k].block, used);
    }
}

static void check_mails(Check *c)
{
    const Definition *def = c->def;
    bool *used = arena_array(c->arena, bool, def->mail_count + 1);
    for (size_t i = 0; i < def->transition_count; i++)
        mark_mails(def->transitions[i].actions, used);
    for (size_t s = 0; s < def->state_count; s++) {
        mark_mails(def->states[s].initial_actions, used);
        for (size_t i = 0; i < def->states[s].entry_count; i++)
            mark_mails(def->states[s].entry[i], used);
        for (size_t i = 0; i < def->states[s].exit_count; i++)
            mark_mails(def->states[s].exit[i], used);
    }
    for (size_t i = 0; i < def->mail_count; i++)
        if (!used[i])
            check_warn(c, "unused-mail", def->mails[i].mark,
                       MESSAGE(T("le courriel « {0} » n'est jamais envoyé",
                                 "the mail '{0}' is never sent"),
                               def->mails[i].id));
}

// May anyone write this item in a state that can be reached?
static bool is_edited(const Check *c, Thing thing, ItemId item)
{
    const Definition *def = c->def;
    for (size_t s = 1; s < def->state_count; s++)
        for (size_t i = 0;
             set_has(&c->explore->visited, (StateId)s) && i < def->states[s].allow_count; i++) {
            const Allow *allow = &def->states[s].allows[i];
            RoleSet by = thing == THING_REVIEW ? def->grids[item].by : UINT64_MAX;
            if (allow_means(def, allow, thing, item) && (allow->roles & by))
                return true;
        }
    return false;
}

static void check_edited(Check *c, Thing thing, ItemId item, Str id, Mark mark)
{
    if (!is_edited(c, thing, item))
        check_warn(
            c, "never-edited", mark,
            MESSAGE(T("« {0} » ne peut être rempli par personne : aucun état ne le permet (edit:)",
                      "'{0}' can be filled in by nobody: no state allows it (edit:)"),
                    id));
}

static void check_items(Check *c)
{
    const Definition *def = c->def;
    for (size_t i = 0; i < def->form_count; i++)
        check_edited(c, THING_FORM, (ItemId)i, def->forms[i].id, def->forms[i].mark);
    for (size_t i = 0; i < def->section_count; i++)
        check_edited(c, THING_SECTION, (ItemId)i, def->sections[i].id, def->sections[i].mark);
    for (size_t i = 0; i < def->document_count; i++)
        check_edited(c, THING_DOCUMENT, (ItemId)i, def->documents[i].id, def->documents[i].mark);
    for (size_t i = 0; i < def->grid_count; i++)
        check_edited(c, THING_REVIEW, (ItemId)i, def->grids[i].id, def->grids[i].mark);
    for (size_t i = 0; i < def->instalment_count; i++)
        check_edited(c, THING_REQUEST, (ItemId)i, def->instalments[i].id, def->instalments[i].mark);
    for (size_t i = 0; i < def->indicator_count; i++)
        check_edited(c, THING_MEASURE, (ItemId)i, def->indicators[i].id, def->indicators[i].mark);
}

static void check_guards(Check *c)
{
    for (size_t i = 0; i < c->def->transition_count; i++) {
        const Transition *t = &c->def->transitions[i];
        int constant = t->guard ? cel_constant(t->guard) : -1;
        if (constant == 1)
            check_warn(c, "guard-constant", t->guard_mark,
                       MESSAGE(T("cette garde est toujours vraie : la retirer",
                                 "this guard is always true: remove it")));
        else if (constant == 0)
            check_warn(c, "guard-constant", t->guard_mark,
                       MESSAGE(T("cette garde est toujours fausse", "this guard is always false")));
    }
}

static void check_events(Check *c)
{
    const Definition *def = c->def;
    for (size_t i = 0; i < def->event_count; i++) {
        bool used = false;
        for (size_t t = 0; t < def->transition_count; t++)
            used |= event_matches(def->transitions[t].events, def->transitions[t].event_count,
                                  def->events[i].name);
        if (!used)
            check_warn(c, "unused-event", def->events[i].mark,
                       MESSAGE(T("aucune transition ne répond à « {0} »",
                                 "no transition answers to '{0}'"),
                               def->events[i].name));
    }
}

void check_use(Check *c)
{
    check_guards(c);
    if (!c->def->env.strict)
        return;
    check_roles(c);
    check_sight(c);
    check_mails(c);
    check_events(c);
    if (c->explore->stopped)
        return;
    check_items(c);
    check_forms(c);
}
