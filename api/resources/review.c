// SPDX-License-Identifier: Apache-2.0
// Reviews: each reviewer's own scores. Others' are read by roles that see reviews, and by reviewers
// of a blind grid once their own is submitted; what is computed from reviews follows the same rule,
// or it would tell.
#include "resources.h"
#include "answers.h"
#include "bodies.h"
#include "common.h"
#include "sight.h"

static bool grid_named(Request *rq, const Definition *def, Str name, ItemId *ret)
{
    *ret = definition_grid(def, name);
    return *ret != ID_NONE || not_found(rq);
}

// The active places where this grid is written.
static Arg places_of(Arena *arena, const Act *act, ItemId grid)
{
    const Definition *def = act->track->def;
    StateId active[STATES_MAX];
    Str places[STATES_MAX];
    size_t n = case_atomic(def, &act->track->at, active, STATES_MAX), count = 0;
    for (size_t i = 0; i < n; i++) {
        Case alone = {0};
        set_add(&alone.in, active[i]);
        if (may_edit(def, &alone, THING_REVIEW, grid, act->actor.roles))
            places[count++] = def->states[active[i]].path;
    }
    return arg_texts(arena, places, count);
}

bool review_put(Request *rq)
{
    const ReviewPut *put = rq->input;
    Act act;
    ItemId grid;
    if (!numbers_check(rq, STR("/content"), put->content) || !act_begin(rq, rq->params[0], &act) ||
        !grid_named(rq, act.track->def, rq->params[1], &grid) ||
        !act_may(rq, &act, THING_REVIEW, grid) ||
        !review_valid(rq->arena, act.track->def, grid, put->content, put->submit, &rq->faults))
        return false;
    Str id = act.track->def->grids[grid].id;
    Rows *review = QUERY(rq->db, rq->arena, Q_REVIEW_WRITE, ARG(act.track->id), ARG(id),
                         ARG(rq->who->person), arg_json(rq->arena, put->content),
                         arg_time(rq->arena, put->submit ? request_now(rq) : TIME_NONE),
                         places_of(rq->arena, &act, grid));
    if (!review)
        return failed(rq);
    if (rows_len(review) == 0)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Votre évaluation est remise : elle ne change plus.",
                       "Your review is submitted: it does not change any more."));
    Event submitted = {.name = STR("review.submitted"),
                       .data = json_keep(rq->arena, json_pack("{s:s%}", "grid", id.at, id.len)),
                       .act = THING_REVIEW,
                       .item = grid};
    rq->told = !put->submit; // a draft is its writer's own: nothing is told of it
    if (put->submit && !act_fire(rq, &act, &submitted))
        return false;
    return reply_row(rq, 200, review, 0);
}

bool review_list(Request *rq)
{
    Sight sight;
    Page page;
    const Str *grids;
    size_t count;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_grids(rq, &sight, &grids, &count) ||
        !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_REVIEW_LIST, ARG(sight.track->id), ARG(rq->who->person),
                       arg_texts(rq->arena, grids, count), arg_bool(sight_only_holds(&sight)),
                       page_at(&page), page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool result_list(Request *rq)
{
    Sight sight;
    const Str *grids;
    size_t count;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_REVIEW, ID_NONE) ||
        !sight_grids(rq, &sight, &grids, &count) ||
        !sight_loads(rq, &sight, UINT64_C(1) << SLOT_REVIEWS))
        return false;
    json_t *all = sight.track->facts.slot[SLOT_REVIEWS],
           *seen = json_keep(rq->arena, json_object());
    for (size_t i = 0; i < count; i++)
        json_object_setn(seen, grids[i].at, grids[i].len,
                         json_object_getn(all, grids[i].at, grids[i].len));
    return reply_json(rq, 200, seen);
}
