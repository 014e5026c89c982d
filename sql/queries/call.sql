-- SPDX-License-Identifier: Apache-2.0

-- name: call_add(space_id uuid, workflow_version_id uuid, title jsonb, summary jsonb, opens_at timestamptz, closes_at timestamptz, cutoffs timestamptz[], amount bigint, themes text[], territories text[], created_by uuid) one
insert into call (space_id, workflow_version_id, title, summary, opens_at, closes_at, cutoffs, amount, themes, territories, created_by)
values ($1, $2, $3, coalesce($4, '{}'), $5, $6, $7, coalesce($8, 0), $9, $10, $11)
returning id;

-- name: call_funder_forget(call_id uuid) none
delete from call_funder where call_id = $1;

-- Those of [{organisation_id, amount}] whose organisation exists.
-- name: call_funder_put(call_id uuid, rows jsonb) one
with put as (
    insert into call_funder (call_id, organisation_id, amount)
    select $1, r.organisation_id, coalesce(r.amount, 0)
    from jsonb_to_recordset($2) as r(organisation_id uuid, amount bigint)
    join organisation o on o.id = r.organisation_id
    on conflict (call_id, organisation_id) do update set amount = excluded.amount
    returning 1
)
select count(*) as count from put;

-- name: call_get(id uuid) one
select c.id, c.space_id, v.workflow_id, w.name as workflow, v.version as workflow_version, c.title, c.summary, c.status,
       c.opens_at, c.closes_at, to_jsonb(c.cutoffs) as cutoffs, c.amount, c.committed, c.amount - c.committed as remaining,
       c.themes, c.territories,
       coalesce((select jsonb_agg(jsonb_build_object('organisation_id', f.organisation_id, 'name', o.name, 'amount', f.amount)
                                  order by f.amount desc, o.name)
                 from call_funder f join organisation o on o.id = f.organisation_id where f.call_id = c.id), '[]') as funders,
       c.version, c.created_at
from call c
join workflow_version v on v.id = c.workflow_version_id
join workflow w on w.id = v.workflow_id
where c.id = $1;

-- Everyone sees open and closed calls; drafts are for those who manage the space.
-- name: call_list(viewer uuid, admin boolean, status text, theme text, territory text, space_id uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select c.id, c.space_id, v.workflow_id, w.name as workflow, v.version as workflow_version, c.title, c.summary, c.status,
       c.opens_at, c.closes_at, to_jsonb(c.cutoffs) as cutoffs, c.amount, c.committed, c.amount - c.committed as remaining,
       c.themes, c.territories,
       coalesce((select jsonb_agg(jsonb_build_object('organisation_id', f.organisation_id, 'name', o.name, 'amount', f.amount)
                                  order by f.amount desc, o.name)
                 from call_funder f join organisation o on o.id = f.organisation_id where f.call_id = c.id), '[]') as funders,
       c.version, c.created_at, c.created_at as cursor_at, c.id as cursor_id
from call c
join workflow_version v on v.id = c.workflow_version_id
join workflow w on w.id = v.workflow_id
where (c.status <> 'draft' or $2
       or exists (select from role_grant g where g.person_id = $1 and g.role = 'manager' and g.scope = 'space'
                  and g.scope_id = c.space_id::text and g.revoked_at is null and now() >= g.from_at and now() < g.until_at))
  and ($3::text is null or c.status = $3)
  and ($4::text is null or $4 = any (c.themes))
  and ($5::text is null or exists (select from territory_within t where t.ancestor = $5 and t.code = any (c.territories)))
  and ($6::uuid is null or c.space_id = $6)
  and (c.created_at, c.id) > (coalesce($7, '-infinity'), coalesce($8, '00000000-0000-0000-0000-000000000000'))
order by c.created_at, c.id
limit $9;

-- name: call_lock(id uuid) one
select id, space_id, status, opens_at, closes_at, cutoffs, amount, committed, version from call where id = $1 for update;

-- What is null stays as it is.
-- name: call_change(id uuid, version bigint, title jsonb, summary jsonb, opens_at timestamptz, closes_at timestamptz, cutoffs timestamptz[], amount bigint, themes text[], territories text[]) one
update call
set title = coalesce($3, title), summary = coalesce($4, summary), opens_at = coalesce($5, opens_at), closes_at = coalesce($6, closes_at),
    cutoffs = coalesce($7, cutoffs), amount = coalesce($8, amount), themes = coalesce($9, themes), territories = coalesce($10, territories),
    version = version + 1
where id = $1 and version = $2
returning id;

-- A call that is to open by itself opens at its new date.
-- name: call_opening_moved(id uuid, due timestamptz) none
update timer set due_at = $2 where owner = $1 and kind = 'call' and name = 'open';

-- Applications that wait for the old closing wait for the new one.
-- name: call_closing_moved(id uuid, was timestamptz, due timestamptz) none
update timer t set due_at = $3
where t.due_at = $2 and (t.owner = $1 and t.kind = 'call' and t.name = 'close'
                         or t.kind = 'application' and t.owner in (select a.id from application a where a.call_id = $1));

-- name: call_status(id uuid, status text) one
update call set status = $2, closed_at = null, version = version + 1 where id = $1 returning id;

-- Closed now: what asks for its closing date finds it past.
-- name: call_closed(id uuid, now timestamptz) one
update call
set status = 'closed', closed_at = least($2, closes_at), closes_at = case when opens_at < $2 and $2 < closes_at then $2 else closes_at end, version = version + 1
where id = $1
returning closes_at;

-- name: call_timer(id uuid, name text, due timestamptz) none
insert into timer (owner, kind, name, due_at) values ($1, 'call', $2, $3)
on conflict (owner, name) do update set due_at = excluded.due_at;

-- name: call_timer_forget(id uuid, name text) none
delete from timer where owner = $1 and kind = 'call' and name = $2;

-- Money is promised within the envelope or not at all: no row when the difference does not fit. Locks the call.
-- name: call_commit(id uuid, difference bigint) one
update call set committed = committed + $2
where id = $1 and committed + $2 between 0 and amount
returning committed;
