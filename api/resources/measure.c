// SPDX-License-Identifier: Apache-2.0
// Indicators of an application: what was promised, what was measured, and who vouches for it:
// somebody else.
#include "resources.h"
#include "answers.h"
#include "bodies.h"
#include "common.h"
#include "sight.h"
#include <math.h>

static json_t *label_json(Label label)
{
    json_t *object = json_object();
    if (label.fr.len)
        json_object_set_new(object, "fr", json_stringn(label.fr.at, label.fr.len));
    if (label.en.len)
        json_object_set_new(object, "en", json_stringn(label.en.at, label.en.len));
    return object;
}

static json_t *number_or_null(const Rows *rows, size_t i, const char *column)
{
    return i == rows_len(rows) || row_null(rows, i, column)
               ? json_null()
               : json_real(row_double(rows, i, column));
}

static json_t *indicator_json(const Indicator *indicator, const Rows *rows)
{
    size_t i = 0;
    while (i < rows_len(rows) && !str_eq(row_str(rows, i, "indicator"), indicator->id))
        i++;
    bool known = i < rows_len(rows);
    json_t *object = json_object();
    json_object_set_new(object, "indicator", json_stringn(indicator->id.at, indicator->id.len));
    json_object_set_new(object, "title", label_json(indicator->title));
    json_object_set_new(object, "unit", label_json(indicator->unit));
    json_object_set_new(object, "precision", json_integer(indicator->precision));
    json_object_set_new(object, "direction", json_string(indicator->decreasing ? "down" : "up"));
    json_object_set_new(object, "baseline", number_or_null(rows, i, "baseline"));
    json_object_set_new(object, "target", number_or_null(rows, i, "target"));
    json_object_set_new(object, "measures", json_integer(known ? row_int(rows, i, "measures") : 0));
    json_object_set_new(object, "validated",
                        json_integer(known ? row_int(rows, i, "validated") : 0));
    json_object_set_new(object, "last_validated", number_or_null(rows, i, "last_validated"));
    return object;
}

bool indicator_list(Request *rq)
{
    Sight sight;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_MEASURE, ID_NONE))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_MEASURE_SUMMARY, ARG(sight.track->id));
    if (!rows)
        return failed(rq);
    json_t *items = json_array();
    for (size_t i = 0; i < sight.track->def->indicator_count; i++)
        if (sight_sees(&sight, THING_MEASURE, (ItemId)i))
            json_array_append_new(items, indicator_json(&sight.track->def->indicators[i], rows));
    return reply_json(rq, 200,
                      json_keep(rq->arena, json_pack("{s:o, s:n}", "items", items, "next")));
}

// A number that JSON and PostgreSQL both know; absent or null is none when `needed` is not set.
// False with a fault.
static bool number_read(Request *rq, const char *pointer, json_t *value, bool needed, Arg *ret)
{
    *ret = ARG_NULL;
    if (!needed && (!value || json_is_null(value)))
        return true;
    if (!json_is_number(value) || !isfinite(json_number_value(value)))
        return fault_at(rq, FAULT_INVALID, str_of(pointer), "type",
                        MESSAGE(T("Un nombre est attendu.", "A number is expected."), STR_NONE));
    if (!numbers_check(rq, str_of(pointer), value))
        return false;
    *ret = arg_double(rq->arena, json_number_value(value));
    return true;
}

bool target_put(Request *rq)
{
    const TargetPut *put = rq->input;
    Act act;
    Arg baseline, target;
    if (!act_begin(rq, rq->params[0], &act))
        return false;
    ItemId item = definition_indicator(act.track->def, rq->params[1]);
    if (item == ID_NONE)
        return not_found(rq);
    if (!act_may(rq, &act, THING_MEASURE, item) ||
        !number_read(rq, "/baseline", put->baseline, false, &baseline) ||
        !number_read(rq, "/target", put->target, false, &target))
        return false;
    Str indicator = act.track->def->indicators[item].id;
    Rows *set = QUERY(rq->db, rq->arena, Q_TARGET_SET, ARG(act.track->id), ARG(indicator), baseline,
                      target);
    if (!set)
        return failed(rq);
    json_t *data = json_pack("{s:s%, s:O?, s:O?}", "indicator", indicator.at, indicator.len,
                             "baseline", put->baseline, "target", put->target);
    Event event = {.name = STR("target.set"),
                   .data = json_keep(rq->arena, data),
                   .act = THING_MEASURE,
                   .item = item};
    return act_tell(rq, &act, &event) && reply_row(rq, 200, set, 0);
}

bool measure_make(Request *rq)
{
    const MeasureMake *make = rq->input;
    Act act;
    Arg value;
    if (!act_begin(rq, rq->params[0], &act))
        return false;
    ItemId item = definition_indicator(act.track->def, make->indicator);
    if (item == ID_NONE)
        return fault(
            rq, FAULT_INVALID, "/indicator",
            T("Ce règlement n'a pas cet indicateur.", "This workflow has no such indicator."));
    if (!act_may(rq, &act, THING_MEASURE, item) ||
        !number_read(rq, "/value", make->value, true, &value))
        return false;
    Str indicator = act.track->def->indicators[item].id;
    Rows *measure =
        QUERY(rq->db, rq->arena, Q_MEASURE_ADD, ARG(act.track->id), ARG(indicator), value,
              arg_some(make->period), arg_some(make->comment), arg_some(make->evidence),
              ARG(rq->who->person), arg_time(rq->arena, request_now(rq)), act_behalf(&act));
    if (!measure)
        return failed(rq);
    if (rows_len(measure) == 0)
        return fault(
            rq, FAULT_INVALID, "/evidence",
            T("Ce n'est pas une pièce de ce dossier.", "This is not a document of this dossier."));
    Event event = {.name = STR("measure.recorded"),
                   .data = json_keep(rq->arena, json_pack("{s:s%, s:f}", "indicator", indicator.at,
                                                          indicator.len, "value",
                                                          json_number_value(make->value))),
                   .act = THING_MEASURE,
                   .item = item};
    if (!act_fire(rq, &act, &event))
        return false;
    rq->reply.location =
        str_format(rq->arena, "/api/v1/applications/" STR_FMT "/measures", STR_ARG(act.track->id));
    return reply_row(rq, 201, measure, 0);
}

bool measure_list(Request *rq)
{
    Sight sight;
    Page page;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_MEASURE, ID_NONE) ||
        !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_MEASURE_LIST, ARG(sight.track->id),
                       query_arg(rq, "indicator"), sight_lines(rq, &sight, THING_MEASURE),
                       page_at(&page), page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

// The one who acts, or the one they act for.
static bool same_person(const Actor *actor, Str person)
{
    return person.len && (str_eq(person, actor->person) || str_eq(person, actor->behalf));
}

static bool judge(Request *rq, const char *state, Str event_name, Str motive)
{
    Rows *measure = QUERY(rq->db, rq->arena, Q_MEASURE_GET, ARG(rq->params[0]));
    if (!measure)
        return failed(rq);
    if (rows_len(measure) == 0)
        return not_found(rq);
    Act act;
    Str indicator = row_str(measure, 0, "indicator"), by = row_str(measure, 0, "entered_by");
    if (!act_begin(rq, row_str(measure, 0, "application_id"), &act))
        return false;
    ItemId item = definition_indicator(act.track->def, indicator);
    Str for_whom =
        row_null(measure, 0, "entered_for") ? STR_NONE : row_str(measure, 0, "entered_for");
    bool own = same_person(&act.actor, by) || same_person(&act.actor, for_whom);
    // A measure has an address of its own: to whom neither sees it nor wrote it, it is not there.
    if (!own &&
        !may_edit(act.track->def, &act.track->at, THING_VALIDATION, item, act.actor.roles) &&
        !may_see(act.track->def, &act.track->at, THING_MEASURE, item, act.actor.roles))
        return not_found(rq);
    if (!act_may(rq, &act, THING_VALIDATION, item))
        return false;
    if (own)
        return fault(rq, FAULT_REFUSED, NULL,
                     T("Une mesure est validée par une autre personne que celle qui l'a saisie.",
                       "A measure is validated by another person than the one who entered it."));
    Rows *judged =
        QUERY(rq->db, rq->arena, Q_MEASURE_JUDGE, ARG(rq->params[0]), ARG_C(state),
              arg_some(motive), ARG(rq->who->person), arg_time(rq->arena, request_now(rq)));
    if (!judged)
        return failed(rq);
    if (rows_len(judged) == 0)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Cette mesure est déjà jugée.", "This measure is judged already."));
    Event event = {.name = event_name,
                   .data =
                       json_keep(rq->arena, json_pack("{s:s%, s:s%}", "indicator", indicator.at,
                                                      indicator.len, "entered_by", by.at, by.len)),
                   .act = THING_VALIDATION,
                   .item = item};
    return act_fire(rq, &act, &event) && reply_row(rq, 200, judged, 0);
}

bool measure_validate(Request *rq)
{
    return judge(rq, "validated", STR("measure.validated"), STR_NONE);
}

bool measure_contest(Request *rq)
{
    return judge(rq, "contested", STR("measure.contested"), ((MeasureJudge *)rq->input)->motive);
}
