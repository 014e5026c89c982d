// SPDX-License-Identifier: Apache-2.0
// Territories and what lies in what: the closure is kept with the links, so that "inside or below" is a look-up. Perimeters are drawn
// by a space within a commune.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "remember.h"
#include "geometry.h"
#include "territory.h"
#include "../../engine/base/vec.h"
#include <math.h>
#include <stdlib.h>

enum { PERIMETERS_MAX = 2000 }; // of a space

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

static Arg codes_in(Arena *arena, const Rows *rows)
{
    Str *codes = arena_array(arena, Str, rows_len(rows) + 1);
    for (size_t i = 0; i < rows_len(rows); i++)
        codes[i] = row_str(rows, i, "code");
    return arg_texts(arena, codes, rows_len(rows));
}

bool territory_renew(Db *db, Arena *arena, const Rows *changed, Str *circle)
{
    enum { MANY = 2000 };
    *circle = STR_NONE;
    if (rows_len(changed) == 0)
        return true;
    Rows *below = QUERY(db, arena, Q_TERRITORY_BELOW, codes_in(arena, changed));
    if (!below)
        return false;
    Arg codes = codes_in(arena, below);
    bool many = rows_len(below) > MANY;
    if (!QUERY(db, arena, Q_TERRITORY_WITHIN_FORGET, codes) ||
        !QUERY(db, arena, many ? Q_TERRITORY_WITHIN_PUT_MANY : Q_TERRITORY_WITHIN_PUT, codes))
        return false;
    Rows *turn = QUERY(db, arena, Q_TERRITORY_CIRCLE, codes);
    if (turn && rows_len(turn))
        *circle = row_str(turn, 0, "code");
    return turn != NULL;
}

static bool no_perimeter(Request *rq, Arg codes)
{
    Rows *drawn = QUERY(rq->db, rq->arena, Q_TERRITORY_PERIMETERS, codes);
    if (!drawn)
        return failed(rq);
    return rows_len(drawn) == 0 || fault(rq, FAULT_CONFLICT, "/territories",
                                         T("« {0} » est un périmètre dessiné par un espace.",
                                           "\"{0}\" is a perimeter that a space drew."),
                                         row_str(drawn, 0, "code"));
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

static Arg codes_of(Arena *arena, const FieldList *list)
{
    const TerritoryRow *rows = list->at;
    Str *codes = arena_array(arena, Str, list->len + 1);
    for (size_t i = 0; i < list->len; i++)
        codes[i] = rows[i].code;
    return arg_texts(arena, codes, list->len);
}

// The codes whose closure is another one now. NULL when the database refuses.
static Rows *links_put(Request *rq, const FieldList *list, Arg codes)
{
    const TerritoryRow *rows = list->at;
    VEC(Str) links = {0}, parents = {0};
    for (size_t i = 0; i < list->len; i++)
        for (size_t k = 0; k < rows[i].parents.len; k++) {
            vec_push(rq->arena, &links, rows[i].code);
            vec_push(rq->arena, &parents, ((const Str *)rows[i].parents.at)[k]);
        }
    return QUERY(rq->db, rq->arena, Q_TERRITORY_LINK, codes,
                 arg_texts(rq->arena, links.at, links.len),
                 arg_texts(rq->arena, parents.at, parents.len));
}

bool territories_put(Request *rq)
{
    const TerritoriesPut *put = rq->input;
    if (!codes_once(rq, &put->territories))
        return false;
    Arg rows = arg_json(rq->arena, json_at(rq->json, "territories"));
    Arg codes = codes_of(rq->arena, &put->territories);
    if (!QUERY0(rq->db, rq->arena, Q_TERRITORY_LOCK))
        return failed(rq);
    if (!no_perimeter(rq, codes))
        return false;
    Rows *count = QUERY(rq->db, rq->arena, Q_TERRITORY_PUT, rows);
    if (!count)
        return failed(rq);
    if (!parents_known(rq, rows))
        return false;
    Str circle;
    Rows *changed = links_put(rq, &put->territories, codes);
    if (!changed || !territory_renew(rq->db, rq->arena, changed, &circle))
        return failed(rq);
    if (circle.len)
        return fault(
            rq, FAULT_INVALID, "/territories",
            T("« {0} » serait à l'intérieur de lui-même.", "\"{0}\" would lie inside itself."),
            circle);
    json_t *data = json_pack("{s:I}", "count", (json_int_t)put->territories.len);
    return remember(rq, (Deed){.kind = CHAIN_PLATFORM,
                               .event = "territories.written",
                               .data = json_keep(rq->arena, data)}) &&
           reply_row(rq, 200, count, 0);
}

// --- reading -------------------------------------------------------------------------------------

static bool degrees_read(Str text, double limit, double *ret)
{
    char copy[40] = {0}, *end;
    if (text.len == 0 || text.len >= sizeof copy || !strchr("-.0123456789", text.at[0]))
        return false;
    memcpy(copy, text.at, text.len);
    *ret = strtod(copy, &end);
    return !*end && isfinite(*ret) && fabs(*ret) <= limit;
}

static Rows *list_at(Request *rq, Str at, const Page *page)
{
    double lon, lat;
    size_t comma = str_index(at, ',');
    if (!degrees_read(str_slice(at, 0, comma), 180, &lon) ||
        !degrees_read(str_slice(at, comma + 1, at.len), 90, &lat)) {
        fault(rq, FAULT_INVALID, "?at",
              T("Un point est attendu : longitude,latitude, en degrés.",
                "A point is expected: longitude,latitude, in degrees."));
        return NULL;
    }
    return QUERY(rq->db, rq->arena, Q_TERRITORY_AT, arg_double(rq->arena, lon),
                 arg_double(rq->arena, lat), query_arg(rq, "kind"), page_at(page), page_id(page),
                 page_limit(rq->arena, page));
}

bool territory_list(Request *rq)
{
    Page page;
    Str at = request_query(rq, "at");
    if (!page_read(rq, &page))
        return false;
    if (at.at && (request_query(rq, "within").at || request_query(rq, "q").at))
        return fault(rq, FAULT_INVALID, "?at",
                     T("Un point se cherche seul, ou avec kind.",
                       "A point is looked for alone, or with kind."));
    Rows *rows = at.at ? list_at(rq, at, &page)
                       : QUERY(rq->db, rq->arena, Q_TERRITORY_LIST, query_arg(rq, "kind"),
                               query_arg(rq, "within"), query_arg(rq, "q"), page_at(&page),
                               page_id(&page), page_limit(rq->arena, &page));
    if (rows)
        return reply_page(rq, rows, page.limit);
    return rq->faults.len ? false : failed(rq);
}

static bool territory_show(Request *rq, Arg code)
{
    Rows *territory = QUERY(rq->db, rq->arena, Q_TERRITORY_GET, code);
    if (!territory)
        return failed(rq);
    return rows_len(territory) ? reply_whole(rq, 200, territory) : not_found(rq);
}

bool territory_get(Request *rq)
{
    return territory_show(rq, ARG(rq->params[0]));
}

bool territory_geometry(Request *rq)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_PERIMETER_GET, ARG(rq->params[0]));
    if (!rows)
        return failed(rq);
    if (rows_len(rows) == 0)
        return not_found(rq);
    Buf out = {.arena = rq->arena};
    buf_add(&out, STR("{\"type\":\"Feature\",\"id\":"));
    buf_json(&out, row_str(rows, 0, "code"));
    buf_add(&out, STR(",\"properties\":{\"name\":"));
    buf_json(&out, row_str(rows, 0, "name"));
    buf_add(&out, STR("},\"geometry\":"));
    buf_add(&out, row_str(rows, 0, "geometry"));
    buf_char(&out, '}');
    rq->reply.type = "application/geo+json";
    return reply_text(rq, 200, buf_str(&out));
}

// --- perimeters ----------------------------------------------------------------------------------

static bool area_read(Request *rq, const json_t *value, Geometry *ret)
{
    Fault bad = {0};
    return geometry_read(rq->arena, value, STR("/geometry"), ret, &bad) ||
           fault_at(rq, bad.kind, bad.pointer, bad.keyword, bad.message);
}

static bool rings_put(Request *rq, Arg code, const Geometry *area)
{
    int64_t *parts = arena_array(rq->arena, int64_t, area->len);
    int64_t *rings = arena_array(rq->arena, int64_t, area->len);
    Str *texts = arena_array(rq->arena, Str, area->len);
    for (size_t i = 0; i < area->len; i++) {
        parts[i] = (int64_t)area->rings[i].part;
        rings[i] = (int64_t)area->rings[i].ring;
        texts[i] = ring_text(rq->arena, &area->rings[i]);
    }
    return QUERY(rq->db, rq->arena, Q_PERIMETER_RING_FORGET, code) &&
           QUERY(rq->db, rq->arena, Q_PERIMETER_RING_PUT, code,
                 arg_ints(rq->arena, parts, area->len), arg_ints(rq->arena, rings, area->len),
                 arg_texts(rq->arena, texts, area->len));
}

// The commune of today that an old or new code means. False with a fault.
static bool commune_of(Request *rq, Str code, Arg *ret)
{
    Rows *parent = QUERY(rq->db, rq->arena, Q_TERRITORY_GET, ARG(code));
    if (!parent)
        return failed(rq);
    Str kind = rows_len(parent) ? row_str(parent, 0, "kind") : STR("");
    if (!str_is(kind, "commune") && !str_is(kind, "arrondissement-municipal"))
        return fault(rq, FAULT_INVALID, "/parent",
                     T("Un périmètre se dessine dans une commune ; « {0} » n'en est pas une.",
                       "A perimeter is drawn within a commune; \"{0}\" is none."),
                     code);
    *ret = ARG(row_str(parent, 0, "code"));
    return true;
}

static bool space_runs(Request *rq, Str space)
{
    Rows *drawn = QUERY(rq->db, rq->arena, Q_PERIMETER_COUNT, ARG(space));
    if (!drawn)
        return failed(rq);
    if (rows_len(drawn) == 0)
        return fault(rq, FAULT_INVALID, "/space_id",
                     T("Cet espace est inconnu.", "This space is unknown."));
    if (!access_manages(rq->who, space))
        return forbidden(rq);
    return row_int(drawn, 0, "count") < PERIMETERS_MAX ||
           fault(
               rq, FAULT_CONFLICT, NULL,
               T("Cet espace a déjà 2000 périmètres.", "This space has 2000 perimeters already."));
}

static bool perimeter_told(Request *rq, Str space, const char *event, Str code, Str name)
{
    Deed deed = space_deed(space, event);
    deed.data = json_keep(rq->arena, json_pack("{s:s%, s:s%?}", "code", code.at, code.len, "name",
                                               name.at, name.len));
    return remember(rq, deed);
}

bool perimeter_make(Request *rq)
{
    const PerimeterMake *make = rq->input;
    Geometry area;
    Arg parent;
    if (!space_runs(rq, make->space_id) || !commune_of(rq, make->parent, &parent) ||
        !area_read(rq, make->geometry, &area))
        return false;
    if (!QUERY0(rq->db, rq->arena, Q_TERRITORY_LOCK))
        return failed(rq);
    Rows *made = QUERY(rq->db, rq->arena, Q_PERIMETER_ADD, ARG(make->name), ARG(make->space_id),
                       arg_json(rq->arena, make->geometry), parent, ARG(rq->who->person));
    if (!made)
        return failed(rq);
    Str code = row_str(made, 0, "code"), circle;
    if (!rings_put(rq, ARG(code), &area) || !territory_renew(rq->db, rq->arena, made, &circle))
        return failed(rq);
    Rows *shown = QUERY(rq->db, rq->arena, Q_TERRITORY_GET, ARG(code));
    if (!shown)
        return failed(rq);
    rq->reply.location = str_format(rq->arena, "/api/v1/territories/" STR_FMT, STR_ARG(code));
    return perimeter_told(rq, make->space_id, "perimeter.made", code, make->name) &&
           reply_whole(rq, 201, shown);
}

// The perimeter that the path names, for those who run its space. NULL with a fault.
static const Rows *perimeter_run(Request *rq)
{
    Rows *now = QUERY(rq->db, rq->arena, Q_PERIMETER_GET, ARG(rq->params[0]));
    if (!now)
        failed(rq);
    else if (rows_len(now) == 0)
        not_found(rq);
    else if (!access_manages(rq->who, row_str(now, 0, "space_id")))
        forbidden(rq);
    return rq->faults.len || !now ? NULL : now;
}

bool perimeter_change(Request *rq)
{
    const PerimeterMake *change = rq->input;
    Arg code = ARG(rq->params[0]);
    Geometry area;
    const Rows *now = perimeter_run(rq);
    if (!now || (change->geometry && !area_read(rq, change->geometry, &area)) ||
        !whole_holds(rq, QUERY(rq->db, rq->arena, Q_TERRITORY_GET, code)))
        return false;
    Rows *changed =
        QUERY(rq->db, rq->arena, Q_PERIMETER_CHANGE, code, arg_int(rq->arena, rq->if_match),
              arg_some(change->name), arg_json(rq->arena, change->geometry));
    if (!changed)
        return failed(rq);
    if (rows_len(changed) == 0)
        return stale(rq, row_int(now, 0, "version"));
    if (change->geometry && !rings_put(rq, code, &area))
        return failed(rq);
    Str space = row_str(now, 0, "space_id");
    return perimeter_told(rq, space, "perimeter.changed", rq->params[0], change->name) &&
           territory_show(rq, code);
}

bool perimeter_remove(Request *rq)
{
    Arg code = ARG(rq->params[0]);
    const Rows *now = perimeter_run(rq);
    if (!now)
        return false;
    Rows *used = QUERY(rq->db, rq->arena, Q_PERIMETER_USED, code);
    if (!used)
        return failed(rq);
    if (row_bool(used, 0, "used"))
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Un dossier, un appel ou un rôle s'y rapporte : il reste.",
                       "A dossier, a call or a role refers to it: it stays."));
    if (!QUERY0(rq->db, rq->arena, Q_TERRITORY_LOCK) ||
        !QUERY(rq->db, rq->arena, Q_PERIMETER_REMOVE, code))
        return failed(rq);
    Str space = row_str(now, 0, "space_id"), name = row_str(now, 0, "name");
    return perimeter_told(rq, space, "perimeter.removed", rq->params[0], name) && reply_none(rq);
}
