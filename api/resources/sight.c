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

bool sight_asks(Request *rq, const Sight *sight, Thing thing, ItemId item)
{
    return may_see(sight->track->def, thing, item, sight->roles) || forbidden(rq);
}

bool sight_loads(Request *rq, const Sight *sight, uint64_t slots)
{
    sight->track->needs |= slots;
    return tracks_facts(rq->db, rq->arena, sight->track, 1) || failed(rq);
}

bool sight_reads(const Sight *sight)
{
    RoleSet holders = 0;
    const Definition *def = sight->track->def;
    for (size_t i = 0; i < def->role_count; i++)
        if (def->roles[i].on == ON_DOSSIER)
            holders |= def->roles[i].bit;
    return (sight->roles & holders) || sight->track->filed_at != TIME_NONE;
}

bool sight_only_holds(const Sight *sight)
{
    const Definition *def = sight->track->def;
    for (size_t i = 0; i < def->role_count; i++)
        if ((sight->roles & def->roles[i].bit) && def->roles[i].on != ON_DOSSIER)
            return false;
    return true;
}
