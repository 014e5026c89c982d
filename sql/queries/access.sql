-- SPDX-License-Identifier: Apache-2.0

-- The bearer of a token, a row for every grant not yet ended (one without any when there is none).
-- name: access_principal(hash bytea) many
select p.id as person_id, p.name, p.lang, t.id as token_id, t.expires_at,
       g.role, g.scope, g.scope_id,
       case when g.from_at > '-infinity' then g.from_at end as from_at,
       case when g.until_at < 'infinity' then g.until_at end as until_at,
       coalesce((select jsonb_agg(jsonb_build_object('id', m.organisation_id, 'owner', m.role = 'owner')
                                  order by m.created_at, m.organisation_id)
                 from membership m where m.person_id = p.id and m.accepted_at is not null), '[]') as memberships
from token t
join person p on p.id = t.person_id
left join role_grant g on g.person_id = p.id and g.revoked_at is null and g.until_at > now()
where t.hash = $1 and t.revoked_at is null and t.expires_at > now();
