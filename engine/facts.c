// SPDX-License-Identifier: Apache-2.0
// Raw rows of the store -> the slots that guards read. Types are in facts_types.c, the dossier in
// facts_dossier.c, the validity of one review in facts_review.c.
#include "facts.h"
#include "money.h"
#include "rank.h"

static json_int_t whole(const json_t *row, const char *name)
{
    return json_integer_value(json_at(row, name));
}

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void set_str(json_t *object, Str name, json_t *value)
{
    json_object_setn_new(object, name.at, name.len, value);
}

// --- one review as numbers -----------------------------------------------------------------------

// The weighted mean of a review's scores: sum(weight × score) / sum(weight), exact. A criterion
// without score counts for nothing, neither above nor below the line. False when none is scored.
static bool criteria_value(Arena *arena, const Grid *grid, const json_t *content, Ratio *ret)
{
    const json_t *scores = json_at(content, "scores");
    Score *of = arena_array(arena, Score, grid->criterion_count + 1);
    for (size_t i = 0; i < grid->criterion_count; i++) {
        const Criterion *criterion = &grid->criteria[i];
        const json_t *score =
            scores ? json_object_getn(scores, criterion->id.at, criterion->id.len) : NULL;
        of[i] = (Score){json_integer_value(score), criterion->weight, json_is_integer(score)};
    }
    return score_mean(of, grid->criterion_count, ret);
}

// Rank of a risk is probability × gravity (CTE: 1…16); its colour comes from the file's table.
// 0 when it is outside the matrix.
static int risk_rank(const Grid *grid, const json_t *risk, uint8_t *colour)
{
    json_int_t probability = whole(risk, "probability"), gravity = whole(risk, "gravity");
    if (probability < 1 || probability > grid->rows || gravity < 1 || gravity > grid->columns)
        return 0;
    *colour = grid->colours ? grid->colours[(probability - 1) * grid->columns + gravity - 1] : 0;
    return (int)(probability * gravity);
}

typedef struct Colours {
    int of[3]; // green, orange, red
    int highest;
} Colours;

// The value of a filled matrix is its highest rank; 0 when no risk is named.
static bool matrix_value(const Grid *grid, const json_t *content, Colours *colours, Ratio *ret)
{
    int highest = 0;
    size_t i;
    json_t *risk;
    json_array_foreach(json_at(content, "risks"), i, risk)
    {
        uint8_t colour = 0;
        int rank = risk_rank(grid, risk, &colour);
        if (rank == 0)
            continue;
        colours->of[colour < 3 ? colour : 2]++;
        highest = rank > highest ? rank : highest;
    }
    colours->highest = highest > colours->highest ? highest : colours->highest;
    return ratio_of(highest, 1, ret);
}

// --- reviews ------------------------------------------------------------------------------------

static bool counts(const Grid *grid, const json_t *row)
{
    return str_eq(json_str(json_at(row, "grid")), grid->id) &&
           json_is_true(json_at(row, "submitted"));
}

static json_t *criteria_means(const Grid *grid, const json_t *rows)
{
    json_t *means = json_object();
    for (size_t c = 0; c < grid->criterion_count; c++) {
        Str id = grid->criteria[c].id;
        double sum = 0;
        size_t n = 0, i;
        json_t *row;
        json_array_foreach(rows, i, row)
        {
            json_t *scores = json_at(json_at(row, "content"), "scores");
            json_t *score = scores ? json_object_getn(scores, id.at, id.len) : NULL;
            if (!counts(grid, row) || !json_is_number(score))
                continue;
            sum += json_number_value(score);
            n++;
        }
        if (n)
            set_str(means, id, json_real(sum / (double)n));
    }
    return means;
}

static void set_matrix(json_t *fact, const Colours *colours, bool reviewed)
{
    // Without a review the highest rank is not known, which is not the same as no risk.
    if (reviewed)
        set(fact, "highest", json_integer(colours->highest));
    set(fact, "green", json_integer(colours->of[0]));
    set(fact, "orange", json_integer(colours->of[1]));
    set(fact, "red", json_integer(colours->of[2]));
}

static json_t *grid_fact(Arena *arena, const Grid *grid, const json_t *rows)
{
    Ratio *values = arena_array(arena, Ratio, json_array_size(rows) + 1);
    Colours colours = {0};
    size_t count = 0, valued = 0, i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const json_t *content = json_at(row, "content");
        if (!counts(grid, row))
            continue;
        count++;
        valued += grid->matrix ? matrix_value(grid, content, &colours, &values[valued])
                               : criteria_value(arena, grid, content, &values[valued]);
    }

    json_t *fact = json_object();
    Figures figures;
    bool known = figures_of(arena, values, valued, &figures);
    double spread = known ? ratio_double(figures.spread) : 0;
    set(fact, "count", json_integer((json_int_t)count));
    set(fact, "expected", json_integer(grid->reviews));
    if (known) {
        set(fact, "mean", json_real(ratio_double(figures.mean)));
        set(fact, "min", json_real(ratio_double(figures.min)));
        set(fact, "max", json_real(ratio_double(figures.max)));
        set(fact, "spread", json_real(spread));
    }
    set(fact, "diverges", json_boolean(grid->divergence > 0 && spread > grid->divergence));
    if (grid->matrix)
        set_matrix(fact, &colours, count > 0);
    else
        set(fact, "criteria", criteria_means(grid, rows));
    return fact;
}

json_t *facts_reviews(Arena *arena, const Definition *def, const json_t *rows)
{
    json_t *facts = json_keep(arena, json_object());
    for (size_t i = 0; i < def->grid_count; i++)
        set_str(facts, def->grids[i].id, grid_fact(arena, &def->grids[i], rows));
    return facts;
}

// --- documents, instalments, measures -----------------------------------------------------------

// A document of the dictionary is stored by its own name, for all funders; the file's own as
// "<definition>/<document>", so that two workflows never take each other's budget.
static bool is_document(const Definition *def, const Document *document, Str kind)
{
    if (document->shared)
        return str_eq(kind, document->id);
    return str_starts(kind, def->id) && kind.len == def->id.len + 1 + document->id.len &&
           kind.at[def->id.len] == '/' && str_ends(kind, document->id);
}

json_t *facts_documents(Arena *arena, const Definition *def, const json_t *rows)
{
    json_t *facts = json_keep(arena, json_object());
    for (size_t i = 0; i < def->document_count; i++) {
        json_int_t n = 0;
        size_t k;
        json_t *row;
        json_array_foreach(rows, k, row)
        {
            n += is_document(def, &def->documents[i], json_str(json_at(row, "kind")));
        }
        set_str(facts, def->documents[i].id, json_integer(n));
    }
    return facts;
}

json_t *facts_instalments(Arena *arena, const Definition *def, const json_t *rows)
{
    json_t *facts = json_keep(arena, json_object());
    for (size_t i = 0; i < def->instalment_count; i++) {
        json_int_t amount = 0, paid = 0;
        int reached = 0; // 1 requested, 2 approved, 3 paid: each implies those before
        size_t k;
        json_t *row;
        json_array_foreach(rows, k, row)
        {
            if (!str_eq(json_str(json_at(row, "instalment")), def->instalments[i].id))
                continue;
            Str state = json_str(json_at(row, "state"));
            reached = str_is(state, "paid")        ? 3
                      : str_is(state, "approved")  ? 2
                      : str_is(state, "requested") ? 1
                                                   : 0;
            amount = whole(row, "amount");
            paid = whole(row, "paid");
        }
        json_t *fact = json_object();
        set(fact, "amount", json_integer(amount));
        set(fact, "requested", json_boolean(reached >= 1));
        set(fact, "approved", json_boolean(reached >= 2));
        set(fact, "paid", json_boolean(reached >= 3));
        set(fact, "paid_amount", json_integer(paid));
        set_str(facts, def->instalments[i].id, fact);
    }
    return facts;
}

static json_t *measure_fact(const Indicator *indicator, const json_t *rows)
{
    json_int_t count = 0, validated = 0, contested = 0;
    json_t *last = NULL, *target = NULL, *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        if (!str_eq(json_str(json_at(row, "indicator")), indicator->id))
            continue;
        Str state = json_str(json_at(row, "state"));
        bool refused = str_is(state, "contested");
        count++;
        validated += str_is(state, "validated");
        contested += refused;
        if (!refused && json_is_number(json_at(row, "value")))
            last = json_at(row, "value");
        if (json_is_number(json_at(row, "target")))
            target = json_at(row, "target");
    }
    json_t *fact = json_object();
    set(fact, "count", json_integer(count));
    set(fact, "validated", json_integer(validated));
    set(fact, "contested", json_integer(contested));
    if (last)
        set(fact, "last", json_real(json_number_value(last)));
    if (target)
        set(fact, "target", json_real(json_number_value(target)));
    return fact;
}

json_t *facts_measures(Arena *arena, const Definition *def, const json_t *rows)
{
    json_t *facts = json_keep(arena, json_object());
    for (size_t i = 0; i < def->indicator_count; i++)
        set_str(facts, def->indicators[i].id, measure_fact(&def->indicators[i], rows));
    return facts;
}

// --- agreement ----------------------------------------------------------------------------------

bool facts_signed(const Definition *def, const Case *c, RoleSet signed_by)
{
    if (!signed_by)
        return false;
    for (size_t i = 0; i < def->role_count; i++) {
        RoleSet bit = def->roles[i].bit;
        if (!(signed_by & bit) && may_edit(def, c, THING_SIGNATURE, ID_NONE, bit))
            return false;
    }
    return true;
}

bool facts_shares(Arena *arena, const Definition *def, int64_t amount, int64_t *ret)
{
    int64_t weights[ITEMS_MAX];
    for (size_t i = 0; i < def->instalment_count; i++)
        weights[i] = def->instalments[i].share;
    return money_split(arena, amount, weights, def->instalment_count, ret);
}
