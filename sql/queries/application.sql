-- SPDX-License-Identifier: Apache-2.0

-- name: definition_text(workflow_version_id uuid) one
select v.text, w.key from workflow_version v join workflow w on w.id = v.workflow_id where v.id = $1;

-- Locked in the order of their ids, so that two batches never wait for each other in a circle.
-- name: track_lock(ids uuid[]) many
select a.id, a.call_id, a.dossier_id, a.number, a.state, a.version, a.told_version, a.hash, a.sealed_version, a.filed_at, a.cutoff, a.opened_at,
       c.space_id, c.workflow_version_id, c.title as call_title,
       (select p.vocabulary from space p where p.id = c.space_id) as vocabulary, c.opens_at, least(c.closes_at, c.closed_at) as closes_at, c.cutoffs, c.amount, c.committed,
       d.organisation_id, coalesce(s.title, d.title) as dossier_title, d.version as dossier_version,
       array(select distinct w.ancestor from territory_within w where w.code = any (d.territories)) as territories
from application a
join call c on c.id = a.call_id
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = any ($1)
order by a.id
for update of a;

-- The same without those that somebody else has locked.
-- name: track_lock_free(ids uuid[]) many
select a.id, a.call_id, a.dossier_id, a.number, a.state, a.version, a.told_version, a.hash, a.sealed_version, a.filed_at, a.cutoff, a.opened_at,
       c.space_id, c.workflow_version_id, c.title as call_title,
       (select p.vocabulary from space p where p.id = c.space_id) as vocabulary, c.opens_at, least(c.closes_at, c.closed_at) as closes_at, c.cutoffs, c.amount, c.committed,
       d.organisation_id, coalesce(s.title, d.title) as dossier_title, d.version as dossier_version,
       array(select distinct w.ancestor from territory_within w where w.code = any (d.territories)) as territories
from application a
join call c on c.id = a.call_id
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = any ($1)
order by a.id
for update of a skip locked;

-- Behind the lock: what a statement that waited for it has seen of the call may be older than what it locked, and a call that
-- went over to another version meanwhile reads its applications otherwise.
-- name: track_calls(ids uuid[]) many
select clock_timestamp() as now, a.id, c.workflow_version_id
from application a
join call c on c.id = a.call_id
where a.id = any ($1);

-- The same for readers.
-- name: track_get(id uuid) one
select a.id, a.call_id, a.dossier_id, a.number, a.state, a.version, a.told_version, a.hash, a.sealed_version, a.filed_at, a.cutoff, a.opened_at,
       c.space_id, c.workflow_version_id, c.title as call_title,
       (select p.vocabulary from space p where p.id = c.space_id) as vocabulary, c.opens_at, least(c.closes_at, c.closed_at) as closes_at, c.cutoffs, c.amount, c.committed,
       d.organisation_id, coalesce(s.title, d.title) as dossier_title, d.version as dossier_version,
       array(select distinct w.ancestor from territory_within w where w.code = any (d.territories)) as territories
from application a
join call c on c.id = a.call_id
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = $1;

-- What was filed, or the living dossier: held as it is until the end of the transaction, against those who edit it.
-- name: track_dossiers(ids uuid[]) many
select a.id as application_id, d.version, s.version is null as living, coalesce(s.content, d.content) as content,
       coalesce(s.documents,
                (select jsonb_agg(jsonb_build_object('kind', f.kind, 'name', f.name, 'sha256', f.sha256, 'size', f.size,
                                                     'media_type', f.media_type) order by f.kind, f.version)
                 from document f where f.dossier_id = d.id and f.replaced_at is null), '[]') as documents
from application a
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = any ($1)
order by d.id
for share of d;

-- The same for readers.
-- name: track_dossiers_read(ids uuid[]) many
select a.id as application_id, d.version, s.version is null as living, coalesce(s.content, d.content) as content,
       coalesce(s.documents,
                (select jsonb_agg(jsonb_build_object('kind', f.kind, 'name', f.name, 'sha256', f.sha256, 'size', f.size,
                                                     'media_type', f.media_type) order by f.kind, f.version)
                 from document f where f.dossier_id = d.id and f.replaced_at is null), '[]') as documents
from application a
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = any ($1)
order by d.id;

-- The living dossier, to be sealed.
-- name: seal_read(ids uuid[]) many
select a.id as application_id, d.version, true as living, d.content,
       coalesce((select jsonb_agg(jsonb_build_object('kind', f.kind, 'name', f.name, 'sha256', f.sha256, 'size', f.size,
                                                     'media_type', f.media_type) order by f.kind, f.version)
                 from document f where f.dossier_id = d.id and f.replaced_at is null), '[]') as documents
from application a
join dossier d on d.id = a.dossier_id
where a.id = any ($1)
order by d.id
for share of d;

-- name: track_reviews(ids uuid[]) many
select application_id, grid, person_id as person, submitted_at is not null as submitted, content
from review where application_id = any ($1)
order by application_id, grid, person_id;

-- name: track_decisions(ids uuid[]) many
select application_id, kind, amount, conditions
from decision where application_id = any ($1) and replaced_at is null;

-- name: track_agreements(ids uuid[]) many
select g.application_id, g.amount, g.signed_at is not null as signed,
       (select count(*) from signature s where s.agreement_id = g.id) as signatures,
       (select count(*) from payment p where p.application_id = g.application_id) as payments,
       coalesce((select sum(p.amount) from payment p where p.application_id = g.application_id), 0)::bigint as paid
from agreement g where g.application_id = any ($1);

-- name: track_instalments(ids uuid[]) many
select application_id, name as instalment, amount, state, paid
from instalment where application_id = any ($1)
order by application_id, position;

-- name: track_measures(ids uuid[]) many
select m.application_id, m.indicator, m.value, t.target, m.state
from measure m
left join target t on t.application_id = m.application_id and t.indicator = m.indicator
where m.application_id = any ($1)
order by m.entered_at, m.id;

-- Without `at`, nothing changed that all may know of; `told` is the version that they know then.
-- name: track_write(ids uuid[], states text[], places text[], stages text[], overs boolean[], versions bigint[], hashes bytea[], sealed bigint[], filed timestamptz[], cutoffs timestamptz[], at timestamptz[], told bigint[]) none
update application a
set state = u.state, places = u.places::text[], stage = u.stage, is_over = u.is_over, version = u.version, hash = u.hash,
    sealed_version = u.sealed_version, filed_at = u.filed_at, cutoff = u.cutoff,
    updated_at = coalesce(u.at, a.updated_at), told_version = u.told
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     as u (id, state, places, stage, is_over, version, hash, sealed_version, filed_at, cutoff, at, told)
where a.id = u.id;

-- name: seal_add(dossier_ids uuid[], versions bigint[], contents jsonb[], documents jsonb[], sha256 text[], at timestamptz[]) none
insert into sealed (dossier_id, version, content, documents, sha256, sealed_at)
select u.dossier_id, u.version, u.content, u.documents, u.sha256, u.at
from unnest($1, $2, $3, $4, $5, $6) as u (dossier_id, version, content, documents, sha256, at)
on conflict (dossier_id, version) do nothing;

-- A call that is open, and stays so until the end of the transaction; no row when it is not.
-- name: application_takes(call_id uuid, now timestamptz) one
select id from call
where id = $1 and status = 'open' and opens_at <= $2 and closes_at > $2
for share;

-- No row when the number is taken.
-- name: application_add(call_id uuid, dossier_id uuid, number text, at timestamptz) one
insert into application (call_id, dossier_id, number, state, places, stage, version, hash, opened_at, updated_at)
values ($1, $2, $3, '{}', '{}', '', 0, decode(repeat('00', 32), 'hex'), $4, $4)
on conflict (call_id, number) do nothing
returning id;

-- name: application_call(call_id uuid) one
select space_id, status, workflow_version_id from call where id = $1;

-- All that is filed under a call, for those who have a part in the whole of it. Stands alone so that it is read off its index;
-- the inner limit tells the planner that a page is short, or it would plan the statement anew each time.
-- A draft's title is told to those who hold the dossier: `held` by a grant on it, `held_by` on its organisation.
-- name: application_list_call(call_id uuid, cursor_at timestamptz, cursor_id uuid, page bigint, held uuid[], held_by uuid[]) many
select l.id, l.call_id, l.dossier_id, l.number,
       case when l.filed_at is not null or l.dossier_id = any ($5) or d.organisation_id = any ($6) then coalesce(s.title, d.title) end as title,
       l.places, l.stage, l.is_over, l.version, l.filed_at, l.opened_at, l.updated_at, l.opened_at as cursor_at, l.id as cursor_id
from (select i.*
      from (select a.id, a.call_id, a.dossier_id, a.number, a.sealed_version, a.places, a.stage, a.is_over, coalesce(a.told_version, a.version) as version,
                   a.filed_at, a.opened_at, a.updated_at
            from application a
            where a.call_id = $1
              and (a.opened_at, a.id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
            order by a.opened_at, a.id
            limit 201) as i
      limit $4) as l
join dossier d on d.id = l.dossier_id
left join sealed s on s.dossier_id = l.dossier_id and s.version = l.sealed_version
order by l.opened_at, l.id;

-- What the viewer has a grant for, or all of a call. Begins with the grants: of these there are few.
-- The role of a grant may be none of an application's: the reader of the rows asks its workflow, by what is hidden.
-- name: application_list(viewer uuid, sees_all boolean, call_id uuid, dossier_id uuid, stage text, is_over boolean, cursor_at timestamptz, cursor_id uuid, page bigint, held uuid[], held_by uuid[], by_territory boolean) many
with mine as (
    select distinct g.scope, case when g.scope in ('application', 'call', 'dossier', 'space', 'organisation') then g.scope_id::uuid end as at,
           case when g.scope = 'territory' then g.scope_id end as code
    from role_grant g
    where g.person_id = $1 and g.revoked_at is null and now() >= g.from_at and now() < g.until_at
      and (g.scope <> 'platform' or g.role <> 'admin')
)
select a.id, a.call_id, a.dossier_id, a.number,
       case when a.filed_at is not null or a.dossier_id = any ($10) or d.organisation_id = any ($11) then coalesce(s.title, d.title) end as title,
       a.places, a.stage, a.is_over, coalesce(a.told_version, a.version) as version, a.filed_at, a.opened_at,
       a.updated_at, c.workflow_version_id as hidden_workflow_version_id, c.space_id as hidden_space_id,
       d.organisation_id as hidden_organisation_id,
       case when $12 then array(select distinct w.ancestor from territory_within w where w.code = any (d.territories)) else '{}' end
           as hidden_territories,
       a.opened_at as cursor_at, a.id as cursor_id
from application a
join call c on c.id = a.call_id
join dossier d on d.id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id in (select x.id from application x where $2 and x.call_id = $3
               union select x.id from mine join application x on mine.scope = 'application' and x.id = mine.at
               union select x.id from mine join application x on mine.scope = 'call' and x.call_id = mine.at
               union select x.id from mine join application x on mine.scope = 'dossier' and x.dossier_id = mine.at
               union select x.id from mine join call s on mine.scope = 'space' and s.space_id = mine.at join application x on x.call_id = s.id
               union select x.id from mine join dossier o on mine.scope = 'organisation' and o.organisation_id = mine.at
                                  join application x on x.dossier_id = o.id
               union select x.id from mine join dossier o on mine.scope = 'territory'
                                                           and o.territories && array(select w.code from territory_within w where w.ancestor = mine.code)
                                  join application x on x.dossier_id = o.id
               union select x.id from mine join application x on mine.scope = 'platform')
  and ($3::uuid is null or a.call_id = $3)
  and ($4::uuid is null or a.dossier_id = $4)
  and ($5::text is null or a.stage = $5)
  and ($6::boolean is null or a.is_over = $6)
  and (a.opened_at, a.id) > (coalesce($7, '-infinity'), coalesce($8, '00000000-0000-0000-0000-000000000000'))
order by a.opened_at, a.id
limit $9;

-- name: application_sealed(id uuid) one
select a.id as application_id, a.number, s.dossier_id, s.version, s.sha256, s.sealed_at, a.filed_at, a.cutoff,
       s.content as hidden_content, s.documents
from application a
join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = $1;
