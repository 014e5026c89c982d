// SPDX-License-Identifier: Apache-2.0
// What a move asks to be filled in, somebody must have been able to write before: a form that
// complete() names, with its documents. What all funders share may have been written elsewhere.
#include "check_internal.h"

// The next conjunct of a guard: up to a && that stands in no parentheses and no text.
static Str conjunct(Str *rest)
{
    int depth = 0;
    char quote = 0;
    size_t i = 0;
    for (; i < rest->len; i++) {
        char c = rest->at[i];
        if (quote && c == '\\')
            i++;
        else if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '(' || c == '[' || c == '{')
            depth++;
        else if (c == ')' || c == ']' || c == '}')
            depth--;
        else if (c == '&' && depth == 0)
            break;
    }
    Str part = str_slice(*rest, 0, i);
    *rest = str_slice(*rest, i + 2, rest->len);
    while (part.len && part.at[0] == ' ')
        part = str_slice(part, 1, part.len);
    while (part.len && part.at[part.len - 1] == ' ')
        part.len--;
    return part;
}

// The form of `complete('form')`, when a conjunct is nothing else.
static ItemId form_asked(const Definition *def, Str part)
{
    Str head = STR("complete(");
    if (!str_starts(part, head) || !str_ends(part, STR(")")))
        return ID_NONE;
    Str name = str_slice(part, head.len, part.len - 1);
    while (name.len && (name.at[0] == '\'' || name.at[0] == '"' || name.at[0] == ' '))
        name = str_slice(name, 1, name.len);
    while (name.len && memchr("'\" ", name.at[name.len - 1], 3))
        name.len--;
    return definition_form(def, name);
}

// The first member that the form requires and that no other funder asks, or STR_NONE.
static Str own_member(const Form *form)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_at(form->schema, "required"), i, name)
    {
        const json_t *member =
            json_at(json_at(form->schema, "properties"), json_string_value(name));
        if (!json_is_true(json_at(member, "x-shared")))
            return json_str(name);
    }
    return STR_NONE;
}

static bool written_in(const Definition *def, const StateSet *in, Thing thing, ItemId item)
{
    for (size_t s = 1; s < def->state_count; s++)
        for (size_t i = 0; set_has(in, (StateId)s) && i < def->states[s].allow_count; i++) {
            const Allow *allow = &def->states[s].allows[i];
            if (allow->thing == thing && (allow->item == ID_NONE || allow->item == item) &&
                allow->roles)
                return true;
        }
    return false;
}

// Before the move, on some way to it or while it waits.
static bool written_before(const Check *c, const bool *before, Thing thing, ItemId item)
{
    for (size_t i = 0; i < c->explore->places.len; i++)
        if (before[i] && written_in(c->def, &c->explore->places.at[i].in, thing, item))
            return true;
    return false;
}

static void fail(Check *c, const Transition *t, uint32_t place, Str what, Str word)
{
    Str event = t->event_count ? t->events[0] : STR("always");
    check_fail(
        c, "required-unwritten", t->guard_mark, place,
        MESSAGE(T("« {0} » demande « {1} », que personne ne peut écrire avant : permettre "
                  "{2} (edit:) dans un état qui précède",
                  "'{0}' asks for '{1}', which nobody can write before: allow {2} (edit:) in "
                  "a state that comes before"),
                event, what, word));
}

static void check_form(Check *c, const Transition *t, const bool *before, uint32_t place, ItemId id)
{
    const Definition *def = c->def;
    const Form *form = &def->forms[id];
    Str member = own_member(form);
    if (member.len && !written_before(c, before, THING_FORM, id))
        fail(c, t, place,
             str_format(c->arena, STR_FMT "." STR_FMT, STR_ARG(form->id), STR_ARG(member)),
             str_format(c->arena, "form." STR_FMT, STR_ARG(form->id)));
    for (size_t i = 0; i < def->document_count; i++) {
        const Document *d = &def->documents[i];
        if (d->form == id && d->required && !d->shared &&
            !written_before(c, before, THING_DOCUMENT, (ItemId)i))
            fail(c, t, place, d->id, str_format(c->arena, "document." STR_FMT, STR_ARG(d->id)));
    }
}

static void check_move(Check *c, const Transition *t)
{
    const Explore *x = c->explore;
    bool *goals = arena_array(c->arena, bool, x->places.len + 1), *before = NULL;
    uint32_t place = PLACE_NONE;
    for (uint32_t i = 0; i < x->places.len; i++)
        if ((goals[i] = set_has(&x->places.at[i].in, t->source)) && place == PLACE_NONE)
            place = i;
    for (Str rest = cel_source(t->guard); rest.len && place != PLACE_NONE;) {
        ItemId form = form_asked(c->def, conjunct(&rest));
        if (form == ID_NONE)
            continue;
        before = before ? before : can_reach(c, goals);
        check_form(c, t, before, place, form);
    }
}

void check_forms(Check *c)
{
    for (size_t i = 0; i < c->def->transition_count; i++)
        if (c->def->transitions[i].guard && c->def->counts_complete)
            check_move(c, &c->def->transitions[i]);
}
