-- SPDX-License-Identifier: Apache-2.0

-- Whoever holds the role already keeps it, with the new bounds.
-- name: grant_add(person_id uuid, role text, scope text, scope_id text, from_at timestamptz, until_at timestamptz, granted_by uuid, email text) one
insert into role_grant as g (person_id, role, scope, scope_id, from_at, until_at, granted_by)
select p.id, $2, $3, $4, coalesce($5, '-infinity'), coalesce($6, 'infinity'), $7 from person p where p.id = $1
on conflict (person_id, role, scope, scope_id) where revoked_at is null and source_id is null
do update set from_at = excluded.from_at, until_at = excluded.until_at, granted_by = excluded.granted_by, granted_at = now()
returning g.id, case when is_known(g.person_id, g.scope, g.scope_id) then g.person_id end as person_id,
          (select p.name from person p where p.id = g.person_id and is_known(p.id, g.scope, g.scope_id)) as name, $8 as email,
          g.role, g.scope, g.scope_id,
          nullif(g.from_at, '-infinity') as from_at, nullif(g.until_at, 'infinity') as until_at, g.granted_by, g.granted_at,
          g.for_person_id, g.source_id, g.moves;

-- Named by an address: not known until they sign in, unless they are there already.
-- name: grant_invite(person_id uuid, scope text, scope_id text) none
insert into invitation (person_id, scope, scope_id)
select $1, $2, $3
where not exists (select from role_grant g where g.person_id = $1 and g.scope = $2 and g.scope_id = $3 and g.revoked_at is null)
on conflict (person_id, scope, scope_id) do nothing;

-- May a mail of invitation leave? One an hour for a scope, a few for one address: nobody's mailbox is flooded through us.
-- name: grant_invite_mail(person_id uuid, scope text, scope_id text) one
update invitation i set mailed_at = now()
where i.person_id = $1 and i.scope = $2 and i.scope_id = $3
  and (i.mailed_at is null or i.mailed_at <= now() - interval '1 hour')
  and (select count(*) from invitation o where o.person_id = $1 and o.mailed_at > now() - interval '1 hour') < 6
returning true as mailed;

-- name: grant_admin(person_id uuid) one
insert into role_grant (person_id, role, scope, scope_id) values ($1, 'admin', 'platform', '')
on conflict (person_id, role, scope, scope_id) where revoked_at is null and source_id is null do update set until_at = 'infinity'
returning id;

-- name: grant_get(id uuid) one
select id, person_id, role, scope, scope_id, for_person_id, source_id from role_grant where id = $1 and revoked_at is null;

-- Own grants, and those that the viewer may give: everything for an admin, of spaces and their calls for a manager, of
-- dossiers for a carrier.
-- name: grant_list(viewer uuid, admin boolean, scope text, scope_id text, cursor_at timestamptz, cursor_id uuid, page bigint) many
with mine as (
    select role, scope, scope_id from role_grant
    where person_id = $1 and revoked_at is null and now() >= from_at and now() < until_at and source_id is null
)
select g.id, case when $2 or k.known then g.person_id end as person_id, case when $2 or k.known then p.name end as name, null::text as email,
       g.role, g.scope, g.scope_id,
       nullif(g.from_at, '-infinity') as from_at, nullif(g.until_at, 'infinity') as until_at, g.granted_by, g.granted_at,
       g.for_person_id, g.source_id, g.moves, g.granted_at as cursor_at, g.id as cursor_id
from role_grant g join person p on p.id = g.person_id
cross join lateral (select g.person_id = $1 or is_known(g.person_id, g.scope, g.scope_id) as known) k
where g.revoked_at is null
  and ($3::text is null or g.scope = $3) and ($4::text is null or g.scope_id = $4)
  and (g.granted_at, g.id) > (coalesce($5, '-infinity'), coalesce($6, '00000000-0000-0000-0000-000000000000'))
  and ($2 or g.person_id = $1 or g.for_person_id = $1
       or exists (select from mine where mine.scope = 'dossier' and mine.role = 'carrier' and g.scope = 'dossier' and mine.scope_id = g.scope_id)
       or exists (select from mine where mine.scope = 'space' and mine.role = 'manager'
                  and mine.scope_id = case g.scope
                      when 'space' then g.scope_id
                      when 'call' then (select c.space_id::text from call c where c.id = g.scope_id::uuid)
                      when 'application' then (select c.space_id::text from application a join call c on c.id = a.call_id
                                               where a.id = g.scope_id::uuid) end))
order by g.granted_at, g.id
limit $7;

-- name: grant_revoke(id uuid) one
update role_grant set revoked_at = now() where id = $1 and revoked_at is null returning id;

-- Locked, or two who leave at once would each count on the other.
-- name: grant_carriers(dossier text) one
select count(*) as count
from (select from role_grant where scope = 'dossier' and scope_id = $1 and role = 'carrier' and revoked_at is null
      and source_id is null order by id for update) g;

-- The space in which a scope lies, to know whose it is to grant there.
-- name: grant_space(scope text, scope_id text) one
select s.id as space_id, null::uuid as workflow_version_id from space s where $1 = 'space' and s.id = uuid_of($2)
union all
select c.space_id, c.workflow_version_id from call c where $1 = 'call' and c.id = uuid_of($2)
union all
select c.space_id, c.workflow_version_id from application a join call c on c.id = a.call_id where $1 = 'application' and a.id = uuid_of($2);

-- name: grant_scope_exists(scope text, scope_id text) one
select true as found where
    ($1 = 'platform' and $2 = '')
    or ($1 = 'territory' and exists (select from territory t where t.code = $2))
    or ($1 = 'organisation' and exists (select from organisation o where o.id = uuid_of($2)))
    or ($1 = 'space' and exists (select from space s where s.id = uuid_of($2)))
    or ($1 = 'call' and exists (select from call c where c.id = uuid_of($2)))
    or ($1 = 'application' and exists (select from application a where a.id = uuid_of($2)))
    or ($1 = 'dossier' and exists (select from dossier d where d.id = uuid_of($2)));

-- The workflow versions whose roles may be granted on a scope: the call's, the latest ones of a space (of all, where a scope
-- is nobody's), those that a dossier was filed under.
-- name: grant_workflows(scope text, scope_id text) many
select c.workflow_version_id from call c where $1 = 'call' and c.id = uuid_of($2)
union
select c.workflow_version_id from application a join call c on c.id = a.call_id where $1 = 'application' and a.id = uuid_of($2)
union
select c.workflow_version_id from application a join call c on c.id = a.call_id where $1 = 'dossier' and a.dossier_id = uuid_of($2)
union
select (select v.id from workflow_version v where v.workflow_id = w.id order by v.version desc limit 1)
from workflow w
where ($1 = 'space' and w.space_id = uuid_of($2)) or $1 in ('territory', 'organisation', 'platform')
limit 500;

-- name: grant_holder(dossier text) one
select d.organisation_id from dossier d where d.id = uuid_of($1);

-- --- delegations: grants that come from another one ------------------------------------------------

-- A grant of one's own that has not ended, held as it is while it is given on.
-- name: delegation_source(id uuid, person_id uuid) one
select g.id, g.role, g.scope, g.scope_id, g.source_id,
       case when g.from_at > '-infinity' then g.from_at end as from_at,
       case when g.until_at < 'infinity' then g.until_at end as until_at
from role_grant g
where g.id = $1 and g.person_id = $2 and g.revoked_at is null and g.until_at > now()
for share;

-- Never longer than its source. Given once more to the same person, it is what was said last.
-- name: delegation_add(source_id uuid, person_id uuid, from_at timestamptz, until_at timestamptz, moves text[], email text) one
insert into role_grant as g (person_id, role, scope, scope_id, from_at, until_at, granted_by, source_id, for_person_id, moves)
select p.id, s.role, s.scope, s.scope_id, greatest(coalesce($3, now()), s.from_at), least($4, s.until_at), s.person_id, s.id, s.person_id, $5
from role_grant s cross join person p
where s.id = $1 and p.id = $2
on conflict (source_id, person_id) where revoked_at is null and source_id is not null
do update set from_at = excluded.from_at, until_at = excluded.until_at, moves = excluded.moves, granted_at = now()
returning g.id, case when is_known(g.person_id, g.scope, g.scope_id) then g.person_id end as person_id,
          (select p.name from person p where p.id = g.person_id and is_known(p.id, g.scope, g.scope_id)) as name, $6 as email,
          g.role, g.scope, g.scope_id, nullif(g.from_at, '-infinity') as from_at, g.until_at, g.granted_by, g.granted_at,
          g.for_person_id, g.source_id, g.moves;

-- What one gave on and what one was given, not yet ended.
-- name: delegation_list(viewer uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select g.id, case when k.known then g.person_id end as person_id, case when k.known then p.name end as name, null::text as email,
       g.role, g.scope, g.scope_id, nullif(g.from_at, '-infinity') as from_at, g.until_at, g.granted_by, g.granted_at,
       g.for_person_id, (select o.name from person o where o.id = g.for_person_id) as for_name, g.source_id, g.moves,
       g.granted_at as cursor_at, g.id as cursor_id
from role_grant g join person p on p.id = g.person_id
cross join lateral (select g.person_id = $1 or is_known(g.person_id, g.scope, g.scope_id) as known) k
where g.source_id is not null and g.revoked_at is null and g.until_at > now()
  and (g.person_id = $1 or g.for_person_id = $1)
  and (g.granted_at, g.id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by g.granted_at, g.id
limit $4;
