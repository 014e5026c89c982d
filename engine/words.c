// SPDX-License-Identifier: Apache-2.0
// Fixed words as people read them. The titles that a file gives are preferred to its ids.
#include "words.h"

const char *const platform_words[] = {"dossier",    "call",      "application", "carrier",
                                      "author",     "review",    "decision",    "agreement",
                                      "instalment", "indicator", "document",    "theme",
                                      "territory",  "committee", NULL};
static const Text platform_titles[] = {
    {"dossier", "file"},
    {"appel à projets", "call for projects"},
    {"candidature", "application"},
    {"porteur", "carrier"},
    {"coauteur", "co-author"},
    {"avis", "review"},
    {"décision", "decision"},
    {"convention", "agreement"},
    {"versement", "instalment"},
    {"indicateur", "indicator"},
    {"document", "document"},
    {"thème", "theme"},
    {"territoire", "territory"},
    {"comité", "committee"},
};

Text platform_word(Str word)
{
    for (size_t i = 0; platform_words[i]; i++)
        if (str_is(word, platform_words[i]))
            return platform_titles[i];
    return (Text){"", ""};
}

Text stage_title(Stage stage)
{
    static const Text titles[] = {
        [STAGE_NONE] = {"", ""},
        [STAGE_SUBMISSION] = {"Dépôt", "Submission"},
        [STAGE_EVALUATION] = {"Évaluation", "Evaluation"},
        [STAGE_DECISION] = {"Décision", "Decision"},
        [STAGE_FUNDING] = {"Financement", "Funding"},
        [STAGE_IMPACT] = {"Impact", "Impact"},
    };
    return titles[stage];
}

// Singular for one item, plural for all of them.
static const struct {
    Text one, all;
} things[THINGS] = {
    [THING_NONE] = {{"", ""}, {"", ""}},
    [THING_FORM] = {{"Formulaire", "Form"}, {"Formulaires", "Forms"}},
    [THING_SECTION] = {{"Section", "Section"}, {"Sections", "Sections"}},
    [THING_DOCUMENT] = {{"Pièce", "Document"}, {"Pièces", "Documents"}},
    [THING_REVIEW] = {{"Avis", "Review"}, {"Avis", "Reviews"}},
    [THING_DECISION] = {{"Décision", "Decision"}, {"Décision", "Decision"}},
    [THING_AGREEMENT] = {{"Convention", "Agreement"}, {"Convention", "Agreement"}},
    [THING_SIGNATURE] = {{"Signature", "Signature"}, {"Signature", "Signature"}},
    [THING_REQUEST] = {{"Demande de versement", "Instalment request"},
                       {"Demandes de versement", "Instalment requests"}},
    [THING_APPROVAL] = {{"Service fait", "Approval"}, {"Service fait", "Approval"}},
    [THING_PAYMENT] = {{"Paiement", "Payment"}, {"Paiements", "Payments"}},
    [THING_MEASURE] = {{"Mesure", "Measure"}, {"Mesures", "Measures"}},
    [THING_VALIDATION] = {{"Validation de mesure", "Validation of a measure"},
                          {"Validation des mesures", "Validation of measures"}},
    [THING_MESSAGE] = {{"Message", "Message"}, {"Messages", "Messages"}},
    [THING_HISTORY] = {{"Historique", "History"}, {"Historique", "History"}},
};

static const Text parts[PARTS] = {
    [PART_KIND] = {"sens", "kind"},
    [PART_AMOUNT] = {"montant", "amount"},
    [PART_MOTIVE] = {"motifs", "motive"},
    [PART_TERMS] = {"termes", "terms"},
    [PART_SIGNATURES] = {"signatures", "signatures"},
};

Text thing_title(Thing thing)
{
    return things[thing].one;
}

typedef struct Item {
    Str id;
    Label title;
} Item;

static Item item_of(const Definition *def, Thing thing, ItemId item)
{
    if (item == ID_NONE)
        return (Item){STR_NONE, {STR_NONE, STR_NONE}};
    switch (thing) {
    case THING_FORM:
        return (Item){def->forms[item].id, def->forms[item].title};
    case THING_SECTION:
        return (Item){def->sections[item].id, def->sections[item].title};
    case THING_DECISION:
    case THING_AGREEMENT:
        return (Item){str_of(part_words[item]), {str_of(parts[item].fr), str_of(parts[item].en)}};
    case THING_DOCUMENT:
        return (Item){def->documents[item].id, def->documents[item].title};
    case THING_REVIEW:
        return (Item){def->grids[item].id, def->grids[item].title};
    case THING_REQUEST:
    case THING_APPROVAL:
    case THING_PAYMENT:
        return (Item){def->instalments[item].id, def->instalments[item].title};
    case THING_MEASURE:
    case THING_VALIDATION:
        return (Item){def->indicators[item].id, def->indicators[item].title};
    default:
        return (Item){STR_NONE, {STR_NONE, STR_NONE}};
    }
}

Str thing_word(Arena *arena, const Definition *def, Thing thing, ItemId item)
{
    Str id = item_of(def, thing, item).id;
    if (id.len)
        return str_format(arena, "%s." STR_FMT, thing_words[thing], STR_ARG(id));
    bool plural = thing == THING_FORM || thing == THING_SECTION || thing == THING_DOCUMENT ||
                  thing == THING_REVIEW || thing == THING_REQUEST || thing == THING_MEASURE ||
                  thing == THING_MESSAGE;
    bool has = str_ends(str_of(thing_words[thing]), STR("s"));
    return str_format(arena, "%s%s", thing_words[thing], plural && !has ? "s" : "");
}

Str thing_words_title(Arena *arena, const Definition *def, Thing thing, ItemId item, Lang lang)
{
    Item of = item_of(def, thing, item);
    Text text = of.id.len ? things[thing].one : things[thing].all;
    Str word = str_of(lang == FR ? text.fr : text.en);
    if (!of.id.len)
        return word;
    Str title = label_text(of.title, lang);
    return str_format(arena, lang == FR ? "%s : " STR_FMT : "%s: " STR_FMT, word.at,
                      STR_ARG(title.len ? title : of.id));
}

static void add_unit(Buf *buf, int64_t n, Lang lang, Text one, Text many)
{
    if (n == 0)
        return;
    const Text *unit = n == 1 || n == -1 ? &one : &many;
    buf_format(buf, "%s%lld %s", buf->len ? " " : "", (long long)n,
               lang == FR ? unit->fr : unit->en);
}

Str duration_words(Arena *arena, Duration d, Lang lang)
{
    Buf buf = {.arena = arena};
    int64_t seconds = d.us / SECOND;
    add_unit(&buf, d.months / 12, lang, T("an", "year"), T("ans", "years"));
    add_unit(&buf, d.months % 12, lang, T("mois", "month"), T("mois", "months"));
    add_unit(&buf, seconds / 86400, lang, T("jour", "day"), T("jours", "days"));
    add_unit(&buf, seconds / 3600 % 24, lang, T("heure", "hour"), T("heures", "hours"));
    add_unit(&buf, seconds / 60 % 60, lang, T("minute", "minute"), T("minutes", "minutes"));
    add_unit(&buf, seconds % 60, lang, T("seconde", "second"), T("secondes", "seconds"));
    add_unit(&buf, d.us % SECOND / 1000, lang, T("ms", "ms"), T("ms", "ms"));
    return buf_str(&buf);
}

Str timer_words(Arena *arena, const Transition *t, Lang lang)
{
    if (!t->timer.len)
        return STR_NONE;
    if (t->at)
        return str_format(arena, lang == FR ? "à " STR_FMT : "at " STR_FMT,
                          STR_ARG(cel_source(t->at)));
    Str after = duration_words(arena, t->after, lang);
    if (!after.len)
        return lang == FR ? STR("aussitôt") : STR("at once");
    return str_format(arena, lang == FR ? "après " STR_FMT : "after " STR_FMT, STR_ARG(after));
}

// Events that acts fire (decide.h) and that the engine raises.
static const struct {
    const char *name;
    Text title;
} act_titles[] = {
    {"review.submitted", {"Avis remis", "Review submitted"}},
    {"decision.recorded", {"Décision prise", "Decision recorded"}},
    {"agreement.prepared", {"Convention préparée", "Agreement prepared"}},
    {"agreement.signed", {"Convention signée", "Agreement signed"}},
    {"instalment.requested", {"Versement demandé", "Instalment requested"}},
    {"instalment.approved", {"Service fait certifié", "Instalment approved"}},
    {"payment.recorded", {"Paiement enregistré", "Payment recorded"}},
    {"measure.recorded", {"Mesure saisie", "Measure recorded"}},
    {"measure.validated", {"Mesure validée", "Measure validated"}},
    {"measure.contested", {"Mesure contestée", "Measure contested"}},
    {"message.posted", {"Message posté", "Message posted"}},
};

static Str act_title(Str event, Lang lang)
{
    if (str_starts(event, STR("done.state.")))
        return lang == FR ? STR("Terminé") : STR("Done");
    for (size_t i = 0; i < sizeof act_titles / sizeof *act_titles; i++) {
        if (str_is(event, act_titles[i].name))
            return str_of(lang == FR ? act_titles[i].title.fr : act_titles[i].title.en);
    }
    return event;
}

Str move_title(const Definition *def, const Transition *t, Str event, Lang lang)
{
    Str title = label_text(t->title, lang);
    if (title.len)
        return title;
    ItemId row = event.len ? definition_event(def, event) : ID_NONE;
    if (row != ID_NONE)
        title = label_text(def->events[row].title, lang);
    return title.len ? title : act_title(event, lang);
}

Str state_title(const State *state, Lang lang)
{
    Str title = label_text(state->title, lang);
    return title.len ? title : state->id;
}
