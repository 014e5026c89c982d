-- SPDX-License-Identifier: Apache-2.0

-- The bearer of a token, a row for every grant not yet ended (one without any when there is none).
-- name: access_principal(hash bytea, idle_s bigint) many
select p.id as person_id, p.name, p.lang, t.id as token_id, t.expires_at,
       t.kind = 'session' as session, t.access = 'write' as writes, t.scope as bound, t.scope_id as bound_id,
       t.confirmed_at, coalesce(t.last_used_at, t.created_at) as used_at, f.confirmed_at is not null as has_factor,
       coalesce(t.confirmed_at >= f.confirmed_at, false) as two_factors, g.role, g.scope, g.scope_id, g.for_person_id, g.moves,
       case when g.from_at > '-infinity' then g.from_at end as from_at,
       case when g.until_at < 'infinity' then g.until_at end as until_at,
       coalesce((select jsonb_agg(jsonb_build_object('id', m.organisation_id, 'owner', m.role = 'owner')
                                  order by m.created_at, m.organisation_id)
                 from membership m where m.person_id = p.id and m.accepted_at is not null), '[]') as memberships
from token t
join person p on p.id = t.person_id
left join totp f on f.person_id = p.id
left join role_grant g on g.person_id = p.id and g.revoked_at is null and g.until_at > now()
where t.hash = $1 and t.revoked_at is null and t.expires_at > now() and p.suspended_at is null
  and (t.kind = 'token' or coalesce(t.last_used_at, t.created_at) > now() - $2 * interval '1 second');

-- Does what a path names lie where a token is bound? What is not listed here, or not there, does not.
-- name: access_reaches(noun text, id uuid, scope text, scope_id uuid) one
select true as reaches
from (
    select s.id as space, null::uuid as call, null::uuid as dossier from space s where $1 = 'space' and s.id = $2
    union all
    select w.space_id, null, null from workflow w where $1 = 'workflow' and w.id = $2
    union all
    select c.space_id, c.id, null from call c where $1 = 'call' and c.id = $2
    union all
    select c.space_id, c.id, a.dossier_id from application a join call c on c.id = a.call_id where $1 = 'application' and a.id = $2
    union all
    select c.space_id, c.id, a.dossier_id
    from measure m join application a on a.id = m.application_id join call c on c.id = a.call_id where $1 = 'measure' and m.id = $2
    union all
    select null, null, d.id from dossier d where $1 = 'dossier' and d.id = $2
    union all
    select null, null, d.dossier_id from document d where $1 = 'document' and d.id = $2
    union all
    select c.space_id, c.id, null
    from document d join application a on a.dossier_id = d.dossier_id join call c on c.id = a.call_id where $1 = 'document' and d.id = $2
) there
where $4 = case $3 when 'space' then space when 'call' then call when 'dossier' then dossier end
limit 1;

-- When tokens were last used, many at once.
-- name: access_used(hashes bytea[], at timestamptz[]) none
update token t set last_used_at = u.at
from unnest($1, $2) as u (hash, at)
where t.hash = u.hash and (t.last_used_at is null or t.last_used_at < u.at);

-- What these people carry, not yet ended: whoever acts for them judges none of it.
-- name: access_carried(person_ids uuid[]) many
select g.person_id, g.role, g.scope, g.scope_id,
       case when g.from_at > '-infinity' then g.from_at end as from_at,
       case when g.until_at < 'infinity' then g.until_at end as until_at
from role_grant g
where g.person_id = any ($1) and g.scope in ('dossier', 'organisation') and g.revoked_at is null and g.until_at > now();
