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

// The first member that the form requires, of this section (ID_NONE: of none), that no other funder asks; or STR_NONE.
static Str own_member(const Definition *def, const Form *form, ItemId section)
{
    size_t i;
    json_t *name;
    json_array_foreach(json_at(form->schema, "required"), i, name)
    {
        const json_t *member =
            json_at(json_at(form->schema, "properties"), json_string_value(name));
        if (!json_is_true(json_at(member, "x-shared")) &&
            definition_section_of(def, json_str(name)) == section)
            return json_str(name);
    }
    return STR_NONE;
}

// What somebody can have written before a move of a state, on some way to it or while it waits.
typedef struct Before {
    bool known;
    uint32_t place; // the nearest in which the state is active; PLACE_NONE
    bool forms[FORMS_MAX], sections[SECTIONS_MAX], documents[ITEMS_MAX];
} Before;

static void mark_written(const Definition *def, const Allow *allow, Thing thing, bool *items,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        items[i] |= allow_means(def, allow, thing, (ItemId)i);
}

static void find_written(const Definition *def, StateId state, Before *before)
{
    for (size_t i = 0; i < def->states[state].allow_count; i++) {
        const Allow *allow = &def->states[state].allows[i];
        if (!allow->roles)
            continue;
        mark_written(def, allow, THING_FORM, before->forms, def->form_count);
        mark_written(def, allow, THING_SECTION, before->sections, def->section_count);
        mark_written(def, allow, THING_DOCUMENT, before->documents, def->document_count);
    }
}

static void find_before(Check *c, StateId source, Before *before)
{
    const Explore *x = c->explore;
    bool *goals = arena_array(c->arena, bool, x->places.len + 1);
    *before = (Before){.known = true, .place = PLACE_NONE};
    for (uint32_t i = 0; i < x->places.len; i++)
        if ((goals[i] = set_has(&x->places.at[i].in, source)) && before->place == PLACE_NONE)
            before->place = i;
    const bool *good = can_reach(c, goals);
    StateSet active = {0};
    for (size_t i = 0; i < x->places.len; i++)
        for (size_t w = 0; good[i] && w < x->words; w++)
            active.w[w] |= x->places.at[i].in.w[w];
    for (StateId s = set_next(&active, x->words, 0); s != ID_NONE;
         s = set_next(&active, x->words, s + 1u))
        find_written(c->def, s, before);
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

static void check_form(Check *c, const Transition *t, const Before *before, ItemId id)
{
    const Definition *def = c->def;
    const Form *form = &def->forms[id];
    Str member = before->forms[id] ? STR_NONE : own_member(def, form, ID_NONE);
    if (member.len)
        fail(c, t, before->place,
             str_format(c->arena, STR_FMT "." STR_FMT, STR_ARG(form->id), STR_ARG(member)),
             str_format(c->arena, "form." STR_FMT, STR_ARG(form->id)));
    for (size_t i = 0; i < def->section_count; i++) {
        member = before->sections[i] ? STR_NONE : own_member(def, form, (ItemId)i);
        if (member.len)
            fail(c, t, before->place,
                 str_format(c->arena, STR_FMT "." STR_FMT, STR_ARG(form->id), STR_ARG(member)),
                 str_format(c->arena, "section." STR_FMT, STR_ARG(def->sections[i].id)));
    }
    for (size_t i = 0; i < def->document_count; i++) {
        const Document *d = &def->documents[i];
        if (d->form == id && d->required && !d->shared && !before->documents[i])
            fail(c, t, before->place, d->id,
                 str_format(c->arena, "document." STR_FMT, STR_ARG(d->id)));
    }
}

// `before` is of the transition's source, found when it is first asked for.
static void check_move(Check *c, const Transition *t, Before *before)
{
    bool asked[FORMS_MAX] = {false};
    for (Str rest = cel_source(t->guard); rest.len;) {
        ItemId form = form_asked(c->def, conjunct(&rest));
        if (form == ID_NONE || asked[form])
            continue;
        asked[form] = true;
        if (!before->known)
            find_before(c, t->source, before);
        if (before->place != PLACE_NONE)
            check_form(c, t, before, form);
    }
}

void check_forms(Check *c)
{
    const Definition *def = c->def;
    Before *before = arena_array(c->arena, Before, def->state_count);
    for (size_t i = 0; i < def->transition_count && def->counts_complete; i++)
        if (def->transitions[i].guard)
            check_move(c, &def->transitions[i], &before[def->transitions[i].source]);
}
