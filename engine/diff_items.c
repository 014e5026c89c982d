// SPDX-License-Identifier: Apache-2.0
// What changes in what is asked, judged, paid and sent: forms, events, documents, grids, decision
// rules, instalments, indicators, mails, variables, promises.
#include "diff_internal.h"

static Str words(const Diff *d, Text kind, Label title, Str id)
{
    return str_format(d->arena, d->lang == FR ? "%s « " STR_FMT " »" : "%s '" STR_FMT "'",
                      d->lang == FR ? kind.fr : kind.en, STR_ARG(diff_name(d, title, id)));
}

static void gone(Diff *d, const char *code, Mark mark, Str what)
{
    diff_say_old(d, WEIGHT_LOST, code, mark,
                 MESSAGE(T("{0} : n'existe plus", "{0}: is no more"), what));
}

static void came(Diff *d, const char *code, Mark mark, Str what)
{
    diff_say(d, WEIGHT_GAINED, code, mark, MESSAGE(T("{0} : nouveau", "{0}: new"), what));
}

static void titled(Diff *d, Mark mark, Str what, Label old, Label new)
{
    if (!diff_same_label(old, new))
        diff_say(d, WEIGHT_WORDING, "title", mark,
                 MESSAGE(T("{0} : avant, « {1} »", "{0}: before, '{1}'"), what,
                         label_text(old, d->lang)));
}

static void renamed(Diff *d, Mark mark, Str what, Str old, Str new)
{
    if (!str_eq(old, new))
        diff_say(d, WEIGHT_CHANGED, "renamed", mark,
                 MESSAGE(T("{0} : a pour nom {1} (avant : {2}) : ce qui fut saisi sous l'ancien "
                           "nom n'est plus lu",
                           "{0}: is named {1} (before: {2}): what was entered under the old name "
                           "is not read any more"),
                         what, new, old));
}

// What is the same, what is gone, what is new, of one list of a definition.
#define EACH(list, count, kind, name, label, compare)                                              \
    do {                                                                                           \
        for (size_t i = 0; i < d->old->count; i++) {                                               \
            Str what = words(d, kind, d->old->list[i].label, d->old->list[i].name);                \
            if (d->list.new_of[i] == ID_NONE)                                                      \
                gone(d, #list "-removed", d->old->list[i].mark, what);                             \
            else                                                                                   \
                compare(d, &d->old->list[i], &d->new->list[d->list.new_of[i]]);                    \
        }                                                                                          \
        for (size_t i = 0; i < d->new->count; i++)                                                 \
            if (d->list.old_of[i] == ID_NONE)                                                      \
                came(d, #list "-added", d->new->list[i].mark,                                      \
                     words(d, kind, d->new->list[i].label, d->new->list[i].name));                 \
    } while (0)

static const Text form_kind = {"formulaire", "form"}, document_kind = {"document", "document"},
                  section_kind = {"section", "section"}, grid_kind = {"grille", "grid"},
                  indicator_kind = {"indicateur", "indicator"},
                  instalment_kind = {"versement", "instalment"}, mail_kind = {"courriel", "mail"},
                  event_kind = {"démarche", "move"}, criterion_kind = {"critère", "criterion"},
                  decision_kind = {"décision", "decision"};

static Str yes(const Diff *d, bool is)
{
    return str_of(is ? (d->lang == FR ? "oui" : "yes") : (d->lang == FR ? "non" : "no"));
}

static Str join(const Diff *d, const Str *at, size_t n)
{
    Buf buf = {.arena = d->arena};
    for (size_t i = 0; i < n; i++)
        buf_format(&buf, "%s" STR_FMT, i ? ", " : "", STR_ARG(at[i]));
    return buf_str(&buf);
}

static Str hundredths(const Diff *d, int64_t n, const char *unit)
{
    return str_format(d->arena, "%lld.%02lld%s", (long long)(n / 100), (long long)(n % 100), unit);
}

static void diff_form(Diff *d, const Form *old, const Form *new)
{
    Str what = words(d, form_kind, new->title, new->id);
    renamed(d, new->mark, what, old->id, new->id);
    diff_schema(d, new->mark, what, old->schema, new->schema);
}

static void diff_event(Diff *d, const EventDef *old, const EventDef *new)
{
    Str what = words(d, event_kind, new->title, new->name);
    renamed(d, new->mark, what, old->name, new->name);
    diff_schema(d, new->mark, what, old->schema, new->schema);
}

static Str form_of(const Definition *def, ItemId form)
{
    return form < def->form_count ? def->forms[form].id : STR_NONE;
}

static void diff_document(Diff *d, const Document *old, const Document *new)
{
    Str what = words(d, document_kind, new->title, new->id);
    renamed(d, new->mark, what, old->id, new->id);
    titled(d, new->mark, what, old->title, new->title);
    if (old->required != new->required)
        diff_say(d, new->required ? WEIGHT_LOST : WEIGHT_GAINED, "document-required", new->mark,
                 MESSAGE(new->required ? T("{0} : devient obligatoire", "{0}: becomes required")
                                       : T("{0} : devient facultatif", "{0}: becomes optional"),
                         what));
    diff_texts(d, "document", new->mark, what, T("avec le formulaire", "with the form"),
               form_of(d->old, old->form), form_of(d->new, new->form));
    diff_texts(d, "document", new->mark, what, T("formats admis", "formats admitted"),
               join(d, old->types, old->type_count), join(d, new->types, new->type_count));
    diff_numbers(d, "document", new->mark, what, T("taille maximale en octets", "bytes at most"),
                 old->max_size, new->max_size);
}

// --- grids --------------------------------------------------------------------------------------

static Str documents_apart(const Diff *d, const Definition *def, const Section *section)
{
    Str names[ITEMS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < def->document_count; i++)
        if (def->documents[i].section == section - def->sections)
            names[n++] = def->documents[i].id;
    return join(d, names, n);
}

static void diff_section(Diff *d, const Section *old, const Section *new)
{
    Str what = words(d, section_kind, new->title, new->id);
    renamed(d, new->mark, what, old->id, new->id);
    titled(d, new->mark, what, old->title, new->title);
    diff_texts(d, "section-answers", new->mark, what, T("réponses à part", "answers set apart"),
               join(d, old->answers, old->answer_count), join(d, new->answers, new->answer_count));
    diff_texts(d, "section-documents", new->mark, what, T("pièces à part", "documents set apart"),
               documents_apart(d, d->old, old), documents_apart(d, d->new, new));
}

static Str scale_of(const Diff *d, const Criterion *c)
{
    Buf buf = {.arena = d->arena};
    for (size_t i = 0; i < c->anchor_count; i++)
        buf_format(&buf, "%s%d " STR_FMT, i ? ", " : "", c->values[i],
                   STR_ARG(label_text(c->anchors[i], d->lang)));
    return buf_str(&buf);
}

static void diff_criterion(Diff *d, Str grid, const Criterion *old, const Criterion *new)
{
    Str what = str_format(d->arena, STR_FMT ", " STR_FMT, STR_ARG(grid),
                          STR_ARG(words(d, criterion_kind, new->title, new->id)));
    titled(d, new->mark, what, old->title, new->title);
    diff_numbers(d, "weight", new->mark, what, T("poids", "weight"), old->weight, new->weight);
    diff_texts(d, "scale", new->mark, what, T("échelle", "scale"), scale_of(d, old),
               scale_of(d, new));
    diff_texts(d, "comment", new->mark, what, T("commentaire obligatoire", "comment required"),
               yes(d, old->comment), yes(d, new->comment));
}

static const Criterion *criterion_of(const Grid *grid, Str id)
{
    for (size_t i = 0; i < grid->criterion_count; i++)
        if (str_eq(grid->criteria[i].id, id))
            return &grid->criteria[i];
    return NULL;
}

static Str criterion_words(const Diff *d, Str grid, const Criterion *c)
{
    return str_format(d->arena, STR_FMT ", " STR_FMT, STR_ARG(grid),
                      STR_ARG(words(d, criterion_kind, c->title, c->id)));
}

static void diff_criteria(Diff *d, Str what, const Grid *old, const Grid *new)
{
    for (size_t i = 0; i < old->criterion_count; i++) {
        const Criterion *c = &old->criteria[i], *now = criterion_of(new, c->id);
        if (now)
            diff_criterion(d, what, c, now);
        else
            gone(d, "criterion-removed", c->mark, criterion_words(d, what, c));
    }
    for (size_t i = 0; i < new->criterion_count; i++)
        if (!criterion_of(old, new->criteria[i].id))
            came(d, "criterion-added", new->criteria[i].mark,
                 criterion_words(d, what, &new->criteria[i]));
}

static Str matrix_of(const Diff *d, const Grid *grid)
{
    static const char *const colours[] = {"green", "orange", "red"};
    Buf buf = {.arena = d->arena};
    for (int32_t i = 0; grid->matrix && i < grid->rows * grid->columns; i++)
        buf_format(&buf, "%s%s",
                   i == 0              ? ""
                   : i % grid->columns ? " "
                                       : " / ",
                   colours[grid->colours[i] % 3]);
    return buf_str(&buf);
}

static void diff_grid(Diff *d, const Grid *old, const Grid *new)
{
    Str what = words(d, grid_kind, new->title, new->id);
    renamed(d, new->mark, what, old->id, new->id);
    titled(d, new->mark, what, old->title, new->title);
    diff_texts(d, "grid-by", new->mark, what, T("remplie par", "filled in by"),
               diff_roles(d, d->new, diff_roles_now(d, old->by)), diff_roles(d, d->new, new->by));
    diff_numbers(d, "grid-reviews", new->mark, what, T("avis attendus", "reviews expected"),
                 old->reviews, new->reviews);
    diff_texts(d, "grid-blind", new->mark, what, T("à l'aveugle", "blind"), yes(d, old->blind),
               yes(d, new->blind));
    diff_texts(d, "grid-divergence", new->mark, what, T("écart qui fait diverger", "divergence"),
               str_format(d->arena, "%g", old->divergence),
               str_format(d->arena, "%g", new->divergence));
    diff_texts(d, "grid-matrix", new->mark, what, T("matrice", "matrix"), matrix_of(d, old),
               matrix_of(d, new));
    diff_criteria(d, what, old, new);
}

// --- money --------------------------------------------------------------------------------------

static void diff_decision(Diff *d)
{
    const DecisionRules *old = &d->old->decision, *new = &d->new->decision;
    Mark mark = d->new->states[0].mark;
    Str what = str_of(d->lang == FR ? decision_kind.fr : decision_kind.en);
    diff_texts(d, "decision-kinds", mark, what, T("issues possibles", "kinds"),
               join(d, old->kinds, old->kind_count), join(d, new->kinds, new->kind_count));
    diff_texts(d, "decision-floor", mark, what, T("plancher", "floor"),
               hundredths(d, old->floor, " €"), hundredths(d, new->floor, " €"));
    diff_texts(d, "decision-ceiling", mark, what, T("plafond", "ceiling"),
               hundredths(d, old->ceiling, " €"), hundredths(d, new->ceiling, " €"));
    diff_texts(d, "decision-rate", mark, what, T("taux maximal", "rate at most"),
               hundredths(d, old->rate_cap, " %"), hundredths(d, new->rate_cap, " %"));
    diff_texts(d, "decision-total", mark, what, T("coût total lu dans", "total cost read from"),
               old->total, new->total);
    diff_texts(d, "decision-requested", mark, what, T("demande lue dans", "request read from"),
               old->requested, new->requested);
}

static void diff_instalment(Diff *d, const Instalment *old, const Instalment *new)
{
    Str what = words(d, instalment_kind, new->title, new->id);
    renamed(d, new->mark, what, old->id, new->id);
    titled(d, new->mark, what, old->title, new->title);
    diff_texts(d, "instalment-share", new->mark, what, T("part", "share"),
               hundredths(d, old->share, " %"), hundredths(d, new->share, " %"));
    diff_texts(d, "instalment-when", new->mark, what, T("condition", "condition"),
               diff_source(old->condition), diff_source(new->condition));
}

static void diff_indicator(Diff *d, const Indicator *old, const Indicator *new)
{
    Str what = words(d, indicator_kind, new->title, new->id);
    renamed(d, new->mark, what, old->id, new->id);
    titled(d, new->mark, what, old->title, new->title);
    diff_texts(d, "indicator-unit", new->mark, what, T("unité", "unit"),
               label_text(old->unit, d->lang), label_text(new->unit, d->lang));
    diff_numbers(d, "indicator-precision", new->mark, what, T("décimales", "decimals"),
                 old->precision, new->precision);
    diff_texts(d, "indicator-direction", new->mark, what, T("moins vaut mieux", "less is better"),
               yes(d, old->decreasing), yes(d, new->decreasing));
}

static void diff_mail(Diff *d, const Mail *old, const Mail *new)
{
    Str what = words(d, mail_kind, new->subject, new->id);
    diff_texts(d, "mail-to", new->mark, what, T("adressé à", "sent to"),
               diff_roles(d, d->new, diff_roles_now(d, old->to)), diff_roles(d, d->new, new->to));
    if (!diff_same_label(old->subject, new->subject) || !diff_same_label(old->body, new->body))
        diff_say(d, WEIGHT_WORDING, "mail-words", new->mark,
                 MESSAGE(T("{0} : le texte change", "{0}: the text changes"), what));
}

// --- variables, promises ------------------------------------------------------------------------

static Str initial_of(const Diff *d, const Variable *v)
{
    json_t *json = v->expr ? NULL : cel_to_json(d->arena, v->initial);
    return v->expr ? cel_source(v->expr) : json ? json_text(d->arena, json) : STR("null");
}

static void diff_variables(Diff *d)
{
    Mark old_mark = d->old->states[0].mark, mark = d->new->states[0].mark;
    for (size_t i = 0; i < d->old->variable_count; i++) {
        const Variable *v = &d->old->variables[i];
        Str what = words(d, T("variable", "variable"), (Label){0}, v->name);
        if (d->variables.new_of[i] == ID_NONE)
            gone(d, "variable-removed", old_mark, what);
        else
            diff_texts(d, "variable", mark, what, T("au départ", "at first"), initial_of(d, v),
                       initial_of(d, &d->new->variables[d->variables.new_of[i]]));
    }
    for (size_t i = 0; i < d->new->variable_count; i++)
        if (d->variables.old_of[i] == ID_NONE)
            came(d, "variable-added", mark,
                 words(d, T("variable", "variable"), (Label){0}, d->new->variables[i].name));
}

static Str promise_words(const Diff *d, const Definition *def, const Promise *p)
{
    static const char *const kinds[] = {"always", "never", "eventually"};
    Buf buf = {.arena = d->arena};
    buf_add(&buf, str_of(kinds[p->kind]));
    for (size_t s = 0; s < def->state_count; s++)
        if (set_has(&p->in, (StateId)s))
            buf_format(&buf, " " STR_FMT, STR_ARG(def->states[s].id));
    for (size_t s = 0, n = 0; s < def->state_count; s++)
        if (set_has(&p->was, (StateId)s))
            buf_format(&buf, "%s" STR_FMT, n++ ? " " : ": ", STR_ARG(def->states[s].id));
    return buf_str(&buf);
}

static bool promised(const Diff *d, const Definition *def, Str promise)
{
    for (size_t i = 0; i < def->promise_count; i++)
        if (str_eq(promise_words(d, def, &def->promises[i]), promise))
            return true;
    return false;
}

static void diff_promises(Diff *d)
{
    for (size_t i = 0; i < d->old->promise_count; i++) {
        Str said = promise_words(d, d->old, &d->old->promises[i]);
        if (!promised(d, d->new, said))
            diff_say_old(d, WEIGHT_LOST, "promise-removed", d->old->promises[i].mark,
                         MESSAGE(T("n'est plus promis : {0}", "is no longer promised: {0}"), said));
    }
    for (size_t i = 0; i < d->new->promise_count; i++) {
        Str said = promise_words(d, d->new, &d->new->promises[i]);
        if (!promised(d, d->old, said))
            diff_say(d, WEIGHT_GAINED, "promise-added", d->new->promises[i].mark,
                     MESSAGE(T("est promis : {0}", "is promised: {0}"), said));
    }
}

void diff_items(Diff *d)
{
    EACH(forms, form_count, form_kind, id, title, diff_form);
    EACH(events, event_count, event_kind, name, title, diff_event);
    EACH(sections, section_count, section_kind, id, title, diff_section);
    EACH(documents, document_count, document_kind, id, title, diff_document);
    EACH(grids, grid_count, grid_kind, id, title, diff_grid);
    EACH(instalments, instalment_count, instalment_kind, id, title, diff_instalment);
    EACH(indicators, indicator_count, indicator_kind, id, title, diff_indicator);
    EACH(mails, mail_count, mail_kind, id, subject, diff_mail);
    diff_decision(d);
    diff_variables(d);
    diff_promises(d);
    titled(d, d->new->states[0].mark,
           words(d, T("la démarche", "the workflow"), d->new->title, d->new->id), d->old->title,
           d->new->title);
}
