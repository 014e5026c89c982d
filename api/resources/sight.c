// SPDX-License-Identifier: Apache-2.0
// An application as its readers see it.
#include "sight.h"
#include "common.h"

bool sight_of(Request *rq, Str application_id, Sight *ret)
{
    Rows *rows = QUERY(rq->db, rq->arena, Q_TRACK_GET, ARG(application_id));
    if (!rows)
        return failed(rq);
    if (rows_len(rows) == 0)
        return not_found(rq);
    Track *track = arena_new_of(rq->arena, Track);
    if (!tracks_read(rq->db, rq->arena, rows, request_now(rq), track))
        return failed(rq);
    if (!track->def)
        return fault(rq, FAULT_INTERNAL, NULL,
                     T("Ce règlement ne se lit plus.", "This workflow cannot be read any more."));
    *ret = (Sight){.track = track,
                   .roles = access_roles(rq->who, track->def, &track->scope),
                   .manages = access_manages(rq->who, track->scope.space)};
    return ret->roles || track_visible(track, rq->who) || not_found(rq);
}

bool sight_sees(const Sight *sight, Thing thing, ItemId item)
{
    return may_see(sight->track->def, &sight->track->at, thing, item, sight->roles);
}

Arg sight_lines(Request *rq, const Sight *sight, Thing thing)
{
    const Definition *def = sight->track->def;
    bool measures = thing == THING_MEASURE;
    size_t count = measures ? def->indicator_count : def->instalment_count, n = 0;
    Str *ids = arena_array(rq->arena, Str, count);
    for (size_t i = 0; i < count; i++)
        if (sight_sees(sight, thing, (ItemId)i))
            ids[n++] = measures ? def->indicators[i].id : def->instalments[i].id;
    return arg_texts(rq->arena, ids, n);
}

bool sight_asks(Request *rq, const Sight *sight, Thing thing, ItemId item)
{
    return sight_sees(sight, thing, item) || forbidden(rq);
}

bool sight_grids(Request *rq, const Sight *sight, const Str **ret, size_t *count)
{
    const Definition *def = sight->track->def;
    Rows *own =
        QUERY(rq->db, rq->arena, Q_REVIEW_SUBMITTED, ARG(sight->track->id), ARG(rq->who->person));
    if (!own)
        return failed(rq);
    Str *seen = arena_array(rq->arena, Str, def->grid_count);
    *count = 0;
    for (ItemId g = 0; g < def->grid_count; g++) {
        const Grid *grid = &def->grids[g];
        bool waits = grid->blind && (sight->roles & grid->by);
        for (size_t i = 0; i < rows_len(own) && waits; i++)
            waits = !str_eq(row_str(own, i, "grid"), grid->id);
        if (!waits && sight_sees(sight, THING_REVIEW, g))
            seen[(*count)++] = grid->id;
    }
    *ret = seen;
    return true;
}

bool sight_loads(Request *rq, const Sight *sight, uint64_t slots)
{
    sight->track->needs |= slots;
    return tracks_facts(rq->db, rq->arena, sight->track, 1) || failed(rq);
}

bool sight_reads(const Sight *sight)
{
    return track_reads(sight->track, sight->roles);
}

bool sight_only_holds(const Sight *sight)
{
    const Definition *def = sight->track->def;
    for (size_t i = 0; i < def->role_count; i++)
        if ((sight->roles & def->roles[i].bit) && def->roles[i].on != ON_DOSSIER)
            return false;
    return true;
}
