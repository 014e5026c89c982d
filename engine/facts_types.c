// SPDX-License-Identifier: Apache-2.0
// The static types of the facts: what the checker of guards knows, with the titles that an
// explanation shows. Each slot is a table of rows, completed by the items of the file.
#include "facts.h"

typedef struct MemberRow {
    const char *name;
    const CelType *type;
    Text title;
    bool optional; // not known yet: absent
} MemberRow;
#define ROWS(table) (table), sizeof(table) / sizeof *(table)

static const CelType strings = {.kind = CEL_LIST, .of = &cel_string};
static const CelType times = {.kind = CEL_LIST, .of = &cel_timestamp};

static const MemberRow actor_rows[] = {
    {"person", &cel_string, {"personne", "person"}, false},
    {"organisation", &cel_string, {"organisation", "organisation"}, false},
    {"roles", &strings, {"rôles", "roles"}, false},
};
static const MemberRow event_rows[] = {
    {"name", &cel_string, {"événement", "event"}, false},
    {"data", &cel_dyn, {"données de l'événement", "data of the event"}, true},
};
static const MemberRow call_rows[] = {
    {"id", &cel_string, {"appel", "call"}, false},
    {"title", &cel_string, {"titre de l'appel", "title of the call"}, false},
    {"opens_at", &cel_timestamp, {"ouverture de l'appel", "opening of the call"}, true},
    {"closes_at", &cel_timestamp, {"clôture de l'appel", "closing of the call"}, true},
    {"cutoff", &cel_timestamp, {"prochaine relève", "next cut-off"}, true},
    {"cutoffs", &times, {"relèves", "cut-offs"}, true},
    {"amount", &cel_int, {"enveloppe de l'appel", "envelope of the call"}, false},
    {"committed", &cel_int, {"montant engagé", "committed amount"}, false},
    {"remaining", &cel_int, {"reste de l'enveloppe", "what is left of the envelope"}, false},
};
static const MemberRow application_rows[] = {
    {"id", &cel_string, {"candidature", "application"}, false},
    {"number", &cel_string, {"numéro de la candidature", "number of the application"}, true},
    {"opened_at",
     &cel_timestamp,
     {"ouverture de la candidature", "opening of the application"},
     true},
    {"filed_at", &cel_timestamp, {"dépôt de la candidature", "filing of the application"}, true},
    {"requested", &cel_int, {"montant demandé", "requested amount"}, true},
};
static const MemberRow review_rows[] = {
    {"count", &cel_int, {"avis remis", "reviews submitted"}, false},
    {"expected", &cel_int, {"avis attendus", "reviews expected"}, false},
    {"mean", &cel_double, {"moyenne pondérée", "weighted mean"}, true},
    {"min", &cel_double, {"avis le plus bas", "lowest review"}, true},
    {"max", &cel_double, {"avis le plus haut", "highest review"}, true},
    {"spread", &cel_double, {"écart entre les avis", "spread of the reviews"}, true},
    {"diverges", &cel_bool, {"avis divergents", "reviews diverge"}, false},
};
static const MemberRow matrix_rows[] = {
    {"highest", &cel_int, {"rang de risque le plus haut", "highest risk rank"}, true},
    {"green", &cel_int, {"risques verts", "green risks"}, false},
    {"orange", &cel_int, {"risques orange", "orange risks"}, false},
    {"red", &cel_int, {"risques rouges", "red risks"}, false},
};
static const MemberRow decision_rows[] = {
    {"made", &cel_bool, {"décision prise", "decision made"}, false},
    {"kind", &cel_string, {"décision", "decision"}, true},
    {"amount", &cel_int, {"montant décidé", "decided amount"}, true},
    {"conditions", &cel_string, {"conditions", "conditions"}, true},
};
static const MemberRow agreement_rows[] = {
    {"made", &cel_bool, {"convention préparée", "agreement prepared"}, false},
    {"amount", &cel_int, {"montant de la convention", "amount of the agreement"}, true},
    {"signatures", &cel_int, {"signatures", "signatures"}, false},
    {"signed", &cel_bool, {"convention signée", "agreement signed"}, false},
};
static const MemberRow instalment_rows[] = {
    {"amount", &cel_int, {"montant du versement", "amount of the instalment"}, false},
    {"requested", &cel_bool, {"versement demandé", "instalment requested"}, false},
    {"approved", &cel_bool, {"versement approuvé", "instalment approved"}, false},
    {"paid", &cel_bool, {"versement payé", "instalment paid"}, false},
    {"paid_amount", &cel_int, {"montant payé", "paid amount"}, false},
};
static const MemberRow payment_rows[] = {
    {"count", &cel_int, {"paiements", "payments"}, false},
    {"total", &cel_int, {"total payé", "total paid"}, false},
    {"remaining", &cel_int, {"reste à payer", "left to pay"}, false},
};
static const MemberRow measure_rows[] = {
    {"count", &cel_int, {"mesures saisies", "measures entered"}, false},
    {"validated", &cel_int, {"mesures validées", "validated measures"}, false},
    {"contested", &cel_int, {"mesures contestées", "contested measures"}, false},
    {"last", &cel_double, {"dernière mesure", "last measure"}, true},
    {"target", &cel_double, {"cible", "target"}, true},
};

static const CelType *titled(Arena *arena, const CelType *type, Label title)
{
    CelType *copy = arena_copy(arena, type, sizeof *type);
    copy->title = title;
    return copy;
}

static CelMember *fill(Arena *arena, CelMember *to, const MemberRow *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        Label title = {str_of(rows[i].title.fr), str_of(rows[i].title.en)};
        *to++ =
            (CelMember){str_of(rows[i].name), titled(arena, rows[i].type, title), rows[i].optional};
    }
    return to;
}

static const CelType *object(Arena *arena, const CelMember *members, size_t count)
{
    CelType *type = arena_new_of(arena, CelType);
    // An object without items keeps a member array: NULL would make it a map of anything.
    static const CelMember nothing;
    *type = (CelType){.kind = CEL_MAP, .members = count ? members : &nothing, .count = count};
    return type;
}

static const CelType *object_of(Arena *arena, const MemberRow *rows, size_t n)
{
    CelMember *members = arena_array(arena, CelMember, n);
    fill(arena, members, rows, n);
    return object(arena, members, n);
}

static const CelType *grid_type(Arena *arena, const Grid *grid)
{
    size_t n = sizeof review_rows / sizeof *review_rows,
           m = sizeof matrix_rows / sizeof *matrix_rows;
    CelMember *members = arena_array(arena, CelMember, n + m + 1);
    CelMember *end = fill(arena, members, ROWS(review_rows));
    if (grid->matrix)
        end = fill(arena, end, ROWS(matrix_rows));
    if (!grid->matrix) {
        CelMember *criteria = arena_array(arena, CelMember, grid->criterion_count);
        for (size_t i = 0; i < grid->criterion_count; i++)
            criteria[i] = (CelMember){grid->criteria[i].id,
                                      titled(arena, &cel_double, grid->criteria[i].title), true};
        *end++ =
            (CelMember){STR("criteria"), object(arena, criteria, grid->criterion_count), false};
    }
    return titled(arena, object(arena, members, (size_t)(end - members)), grid->title);
}

static const CelType *reviews_type(Arena *arena, const Definition *def)
{
    CelMember *members = arena_array(arena, CelMember, def->grid_count);
    for (size_t i = 0; i < def->grid_count; i++)
        members[i] = (CelMember){def->grids[i].id, grid_type(arena, &def->grids[i]), false};
    return object(arena, members, def->grid_count);
}

static const CelType *documents_type(Arena *arena, const Definition *def)
{
    CelMember *members = arena_array(arena, CelMember, def->document_count);
    for (size_t i = 0; i < def->document_count; i++)
        members[i] = (CelMember){def->documents[i].id,
                                 titled(arena, &cel_int, def->documents[i].title), false};
    return object(arena, members, def->document_count);
}

static const CelType *instalments_type(Arena *arena, const Definition *def)
{
    CelMember *members = arena_array(arena, CelMember, def->instalment_count);
    for (size_t i = 0; i < def->instalment_count; i++)
        members[i] = (CelMember){
            def->instalments[i].id,
            titled(arena, object_of(arena, ROWS(instalment_rows)), def->instalments[i].title),
            false};
    return object(arena, members, def->instalment_count);
}

static const CelType *measures_type(Arena *arena, const Definition *def)
{
    CelMember *members = arena_array(arena, CelMember, def->indicator_count);
    for (size_t i = 0; i < def->indicator_count; i++)
        members[i] = (CelMember){
            def->indicators[i].id,
            titled(arena, object_of(arena, ROWS(measure_rows)), def->indicators[i].title), false};
    return object(arena, members, def->indicator_count);
}

// decision.kind only takes the file's kinds, so that a guard on another word is a warning.
static const CelType *decision_type(Arena *arena, const Definition *def)
{
    CelType *type = (CelType *)object_of(arena, ROWS(decision_rows));
    if (!def->decision.kind_count)
        return type;
    CelType *kind = arena_copy(arena, type->members[1].type, sizeof *kind);
    kind->values = def->decision.kinds;
    kind->value_count = def->decision.kind_count;
    ((CelMember *)type->members)[1].type = kind;
    return type;
}

void facts_types(Arena *arena, const Definition *def, CelVar vars[SLOT_VARS])
{
    static const CelType empty_dossier = {.kind = CEL_MAP};
    vars[SLOT_NOW] = (CelVar){"now", &cel_timestamp};
    vars[SLOT_ACTOR] = (CelVar){"actor", object_of(arena, ROWS(actor_rows))};
    vars[SLOT_EVENT] = (CelVar){"event", object_of(arena, ROWS(event_rows))};
    vars[SLOT_CALL] = (CelVar){"call", object_of(arena, ROWS(call_rows))};
    vars[SLOT_DOSSIER] = (CelVar){"dossier", def->dossier ? def->dossier : &empty_dossier};
    vars[SLOT_DOCUMENTS] = (CelVar){"documents", documents_type(arena, def)};
    vars[SLOT_APPLICATION] = (CelVar){"application", object_of(arena, ROWS(application_rows))};
    vars[SLOT_REVIEWS] = (CelVar){"reviews", reviews_type(arena, def)};
    vars[SLOT_DECISION] = (CelVar){"decision", decision_type(arena, def)};
    vars[SLOT_AGREEMENT] = (CelVar){"agreement", object_of(arena, ROWS(agreement_rows))};
    vars[SLOT_INSTALMENTS] = (CelVar){"instalments", instalments_type(arena, def)};
    vars[SLOT_PAYMENTS] = (CelVar){"payments", object_of(arena, ROWS(payment_rows))};
    vars[SLOT_MEASURES] = (CelVar){"measures", measures_type(arena, def)};
}
