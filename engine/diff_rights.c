// SPDX-License-Identifier: Apache-2.0
// What changes in what each role may fire, write and see. Rights are compared state by state as
// they are in force there, inherited ones included, so that a line moved from an inner state to its
// parent says what it does to people and nothing else.
#include "diff_internal.h"

enum { STATES_NAMED = 4 };

// --- moves --------------------------------------------------------------------------------------

static void say_fired(Diff *d, const Transition *t, RoleSet roles, bool gained)
{
    if (!roles)
        return;
    Str state = t->source       ? state_title(&d->new->states[t->source], d->lang)
                : d->lang == FR ? STR("toute la démarche")
                                : STR("the whole workflow");
    diff_say(
        d, gained ? WEIGHT_GAINED : WEIGHT_LOST, gained ? "by-added" : "by-removed", t->mark,
        MESSAGE(
            gained ? T("{0} peut maintenant « {1} » dans « {2} »", "{0} may now '{1}' in '{2}'")
                   : T("{0} ne peut plus « {1} » dans « {2} »", "{0} may no longer '{1}' in '{2}'"),
            diff_roles(d, d->new, roles),
            move_title(d->new, t, t->event_count ? t->events[0] : STR_NONE, d->lang), state));
}

static void diff_fired(Diff *d)
{
    for (size_t i = 0; i < d->old->transition_count; i++) {
        if (d->transitions.new_of[i] == ID_NONE)
            continue;
        const Transition *new = &d->new->transitions[d->transitions.new_of[i]];
        RoleSet before = diff_roles_now(d, d->old->transitions[i].by);
        say_fired(d, new, before & ~new->by, false);
        say_fired(d, new, new->by & ~before, true);
    }
}

// --- things -------------------------------------------------------------------------------------

static const Pairs *items_of(const Diff *d, Thing thing)
{
    switch (thing) {
    case THING_FORM:
        return &d->forms;
    case THING_SECTION:
        return &d->sections;
    case THING_DOCUMENT:
        return &d->documents;
    case THING_DECISION:
        return &d->decision;
    case THING_AGREEMENT:
        return &d->agreement;
    case THING_REVIEW:
        return &d->grids;
    case THING_REQUEST:
    case THING_PAYMENT:
        return &d->instalments;
    case THING_MEASURE:
        return &d->indicators;
    default:
        return NULL;
    }
}

// All of it, when there is no item.
static bool means(const Definition *def, const Allow *allow, Thing thing, ItemId item)
{
    return item == ID_NONE ? allow->thing == thing && allow->item == ID_NONE
                           : allow_means(def, allow, thing, item);
}

static bool allowed(const Definition *def, const State *state, Thing thing, ItemId item,
                    RoleSet role)
{
    for (size_t i = 0; i < state->allow_count; i++)
        if ((state->allows[i].roles & role) && means(def, &state->allows[i], thing, item))
            return true;
    return false;
}

static bool shown(const Definition *def, const Allow *sees, size_t n, Thing thing, ItemId item,
                  RoleSet role)
{
    for (size_t i = 0; i < n; i++)
        if ((!role || (sees[i].roles & role)) &&
            (means(def, &sees[i], thing, item) ||
             (item != ID_NONE && allow_shows(def, &sees[i], thing, item))))
            return true;
    return false;
}

// What one role loses and gains over one item: bit i for the new version's state i; bit 0 for
// seeing it in every state.
typedef struct Shift {
    StateSet lost, gained;
} Shift;

static Shift shift_edit(const Diff *d, size_t role, Thing thing, ItemId old_item, ItemId new_item)
{
    Shift shift = {0};
    RoleSet before = d->old->roles[role].bit, after = d->new->roles[d->roles.new_of[role]].bit;
    for (size_t s = 1; s < d->old->state_count; s++) {
        const State *old = &d->old->states[s];
        if (d->states.new_of[s] == ID_NONE || !state_is_atomic(old))
            continue;
        const State *new = &d->new->states[d->states.new_of[s]];
        bool was = allowed(d->old, old, thing, old_item, before);
        bool is = allowed(d->new, new, thing, new_item, after);
        if (was && !is)
            set_add(&shift.lost, d->states.new_of[s]);
        if (is && !was)
            set_add(&shift.gained, d->states.new_of[s]);
    }
    return shift;
}

// What is seen always, from now on or until now, is told without its states.
static Shift everywhere(Shift shift, bool was)
{
    static const StateSet none;
    const StateSet *moved = was ? &shift.lost : &shift.gained;
    if (memcmp(moved, &none, sizeof none) == 0)
        return (Shift){0};
    shift = (Shift){0};
    set_add(was ? &shift.lost : &shift.gained, 0);
    return shift;
}

static Shift shift_see(const Diff *d, size_t role, Thing thing, ItemId old_item, ItemId new_item)
{
    Shift shift = {0};
    bool kept = false;
    const Role *old = &d->old->roles[role], *new = &d->new->roles[d->roles.new_of[role]];
    bool always_was = shown(d->old, old->sees, old->sees_count, thing, old_item, 0);
    bool always_is = shown(d->new, new->sees, new->sees_count, thing, new_item, 0);
    for (size_t s = 1; s < d->old->state_count; s++) {
        const State *before = &d->old->states[s];
        if (d->states.new_of[s] == ID_NONE || !state_is_atomic(before))
            continue;
        const State *after = &d->new->states[d->states.new_of[s]];
        bool was = always_was ||
                   shown(d->old, before->sees, before->sees_count, thing, old_item, old->bit);
        bool is =
            always_is || shown(d->new, after->sees, after->sees_count, thing, new_item, new->bit);
        if (was && !is)
            set_add(&shift.lost, d->states.new_of[s]);
        if (is && !was)
            set_add(&shift.gained, d->states.new_of[s]);
        kept |= was && is;
    }
    return always_was == always_is || kept ? shift : everywhere(shift, always_was);
}

static Str states_words(const Diff *d, const StateSet *set, Mark *mark)
{
    Buf buf = {.arena = d->arena};
    size_t n = 0;
    for (size_t s = 0; s < d->new->state_count; s++) {
        if (!set_has(set, (StateId)s))
            continue;
        if (n++ == 0)
            *mark = d->new->states[s].mark;
        if (n > STATES_NAMED)
            continue;
        Str title = state_title(&d->new->states[s], d->lang);
        buf_format(&buf, d->lang == FR ? "%s« " STR_FMT " »" : "%s'" STR_FMT "'", n > 1 ? ", " : "",
                   STR_ARG(title));
    }
    if (n > STATES_NAMED)
        buf_format(&buf, d->lang == FR ? " et %zu autres états" : " and %zu other states",
                   n - STATES_NAMED);
    return buf_str(&buf);
}

static void say_shift(Diff *d, size_t role, Thing thing, ItemId item, const StateSet *set,
                      bool gained, bool sees)
{
    if (set_empty(set, chart_words(d->new)))
        return;
    const Role *who = &d->new->roles[d->roles.new_of[role]];
    Mark mark = who->mark;
    Str name = diff_name(d, who->title, who->id),
        what = thing_words_title(d->arena, d->new, thing, item, d->lang);
    Weight weight = gained ? WEIGHT_GAINED : WEIGHT_LOST;
    if (set_has(set, 0)) {
        diff_say(d, weight, gained ? "sees-added" : "sees-removed", mark,
                 MESSAGE(gained ? T("{0} voit maintenant « {1} »", "{0} now sees '{1}'")
                                : T("{0} ne voit plus « {1} »", "{0} no longer sees '{1}'"),
                         name, what));
        return;
    }
    Str states = states_words(d, set, &mark);
    if (sees)
        diff_say(
            d, weight, gained ? "see-added" : "see-removed", mark,
            MESSAGE(gained
                        ? T("{0} voit maintenant « {1} » dans {2}", "{0} now sees '{1}' in {2}")
                        : T("{0} ne voit plus « {1} » dans {2}", "{0} no longer sees '{1}' in {2}"),
                    name, what, states));
    else
        diff_say(d, weight, gained ? "edit-added" : "edit-removed", mark,
                 MESSAGE(gained ? T("{0} peut maintenant écrire « {1} » dans {2}",
                                    "{0} may now write '{1}' in {2}")
                                : T("{0} ne peut plus écrire « {1} » dans {2}",
                                    "{0} may no longer write '{1}' in {2}"),
                         name, what, states));
}

static void say_both(Diff *d, size_t role, Thing thing, ItemId item, const Shift *shift, bool sees)
{
    say_shift(d, role, thing, item, &shift->lost, false, sees);
    say_shift(d, role, thing, item, &shift->gained, true, sees);
}

// One sentence for all items of a kind when they share it.
static void diff_thing(Diff *d, size_t role, Thing thing, bool sees)
{
    Shift (*of)(const Diff *, size_t, Thing, ItemId, ItemId) = sees ? shift_see : shift_edit;
    // Whoever records payments records all of them.
    const Pairs *items = thing == THING_PAYMENT && !sees ? NULL : items_of(d, thing);
    Shift shifts[ITEMS_MAX];
    if (!items) {
        shifts[0] = of(d, role, thing, ID_NONE, ID_NONE);
        say_both(d, role, thing, ID_NONE, &shifts[0], sees);
        return;
    }
    size_t n = 0;
    uint16_t ids[ITEMS_MAX];
    bool alike = true;
    for (size_t i = 0; i < items->old_count && n < ITEMS_MAX; i++) {
        if (items->new_of[i] == ID_NONE)
            continue;
        ids[n] = items->new_of[i];
        shifts[n] = of(d, role, thing, (ItemId)i, items->new_of[i]);
        alike &= memcmp(&shifts[n], &shifts[0], sizeof *shifts) == 0;
        n++;
    }
    if (n > 1 && alike)
        say_both(d, role, thing, ID_NONE, &shifts[0], sees);
    for (size_t i = 0; i < n && !(n > 1 && alike); i++)
        say_both(d, role, thing, ids[i], &shifts[i], sees);
}

// Whether others may act for who holds the role.
static void diff_personal(Diff *d, size_t role)
{
    const Role *old = &d->old->roles[role], *new = &d->new->roles[d->roles.new_of[role]];
    if (old->personal == new->personal)
        return;
    diff_say(d, new->personal ? WEIGHT_LOST : WEIGHT_GAINED,
             new->personal ? "role-personal" : "role-delegable", new->mark,
             MESSAGE(new->personal
                         ? T("{0} ne peut plus se faire remplacer", "{0} can no longer delegate")
                         : T("{0} peut maintenant se faire remplacer", "{0} may now delegate"),
                     diff_name(d, new->title, new->id)));
}

void diff_rights(Diff *d)
{
    diff_fired(d);
    for (size_t role = 1; role < d->old->role_count; role++)
        if (d->roles.new_of[role] != ID_NONE)
            diff_personal(d, role);
    for (size_t role = 1; role < d->old->role_count; role++)
        for (Thing thing = THING_FORM; thing < THINGS && d->roles.new_of[role] != ID_NONE;
             thing++) {
            diff_thing(d, role, thing, false);
            diff_thing(d, role, thing, true);
        }
}
