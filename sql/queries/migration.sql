-- SPDX-License-Identifier: Apache-2.0

-- name: migration_call(call_id uuid) one
select c.id, c.space_id, c.status, c.workflow_version_id, v.workflow_id, v.version as workflow_version
from call c
join workflow_version v on v.id = c.workflow_version_id
where c.id = $1;

-- name: migration_version(workflow_id uuid, version bigint) one
select id, version, published_at from workflow_version where workflow_id = $1 and version = $2;

-- What track_get gives, of a whole call, in the order of numbers; a draft's title is not told.
-- name: migration_tracks(call_id uuid) many
select a.id, a.call_id, a.dossier_id, a.number, a.state, a.version, a.told_version, a.hash, a.sealed_version, a.filed_at, a.cutoff, a.opened_at,
       c.space_id, c.workflow_version_id, c.title as call_title, c.opens_at, least(c.closes_at, c.closed_at) as closes_at, c.cutoffs, c.amount, c.committed,
       d.organisation_id, case when a.filed_at is not null then coalesce(s.title, d.title) end as dossier_title, d.version as dossier_version,
       array(select distinct w.ancestor from territory_within w where w.code = any (d.territories)) as territories
from application a
join call c on c.id = a.call_id
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.call_id = $1
order by a.number;

-- Locks them in the order that movers take.
-- name: migration_lock(call_id uuid) many
select id from application where call_id = $1 order by id for update;

-- Behind the applications, as a decision that promises money does it. Nobody opens one from here on.
-- name: migration_lock_call(call_id uuid) one
select workflow_version_id from call where id = $1 for update;

-- A row for each application, in the same order.
-- name: migration_timers(call_id uuid) many
select a.id, coalesce((select jsonb_agg(jsonb_build_object('name', t.name, 'due_at', t.due_at, 'data', t.data) order by t.due_at, t.name)
                       from timer t where t.owner = a.id and t.kind = 'application'), '[]') as timers
from application a
where a.call_id = $1
order by a.number;

-- name: migration_pin(call_id uuid, workflow_version_id uuid) one
update call set workflow_version_id = $2, version = version + 1 where id = $1 returning version;
