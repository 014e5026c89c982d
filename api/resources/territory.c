// SPDX-License-Identifier: Apache-2.0
// Territories and what lies in what. The closure is computed when the list changes, so that "inside
// or below" is a look-up.
#include "resources.h"
#include "bodies.h"
#include "common.h"

static bool parents_known(Request *rq, Arg rows)
{
    Rows *unknown = QUERY(rq->db, rq->arena, Q_TERRITORY_PARENTS_UNKNOWN, rows);
    if (!unknown)
        return failed(rq);
    for (size_t i = 0; i < rows_len(unknown); i++)
        fault(rq, FAULT_INVALID, "/territories",
              T("Le territoire parent « {0} » est inconnu.",
                "The parent territory \"{0}\" is unknown."),
              row_str(unknown, i, "parent"));
    return rows_len(unknown) == 0;
}

static bool no_circle(Request *rq)
{
    Rows *circle = QUERY0(rq->db, rq->arena, Q_TERRITORY_CIRCLE);
    if (!circle)
        return failed(rq);
    if (rows_len(circle) == 0)
        return true;
    return fault(rq, FAULT_INVALID, "/territories",
                 T("« {0} » serait à l'intérieur de lui-même.", "\"{0}\" would lie inside itself."),
                 row_str(circle, 0, "code"));
}

static bool codes_once(Request *rq, const FieldList *list)
{
    json_t *seen = json_keep(rq->arena, json_object());
    const TerritoryRow *rows = list->at;
    for (size_t i = 0; i < list->len; i++) {
        if (json_object_getn(seen, rows[i].code.at, rows[i].code.len))
            return fault_at(
                rq, FAULT_INVALID, pointer_index(rq->arena, STR("/territories"), i), "uniqueItems",
                MESSAGE(T("Ce code est déjà dans la liste.", "This code is in the list already."),
                        STR_NONE));
        json_object_setn_new(seen, rows[i].code.at, rows[i].code.len, json_true());
    }
    return true;
}

bool territories_put(Request *rq)
{
    const TerritoriesPut *put = rq->input;
    if (!codes_once(rq, &put->territories))
        return false;
    Arg rows = arg_json(rq->arena, json_at(rq->json, "territories"));
    Rows *count = QUERY(rq->db, rq->arena, Q_TERRITORY_PUT, rows);
    if (!count || !QUERY(rq->db, rq->arena, Q_TERRITORY_PARENTS_FORGET, rows))
        return failed(rq);
    if (!parents_known(rq, rows))
        return false;
    if (!QUERY(rq->db, rq->arena, Q_TERRITORY_PARENTS_PUT, rows) ||
        !QUERY0(rq->db, rq->arena, Q_TERRITORY_WITHIN_FORGET) ||
        !QUERY0(rq->db, rq->arena, Q_TERRITORY_WITHIN_PUT))
        return failed(rq);
    return no_circle(rq) && reply_row(rq, 200, count, 0);
}

bool territory_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows =
        QUERY(rq->db, rq->arena, Q_TERRITORY_LIST, query_arg(rq, "kind"), query_arg(rq, "within"),
              query_arg(rq, "q"), page_at(&page), page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool territory_get(Request *rq)
{
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_TERRITORY_GET, ARG(rq->params[0])));
}
