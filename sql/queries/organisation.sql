-- SPDX-License-Identifier: Apache-2.0

-- name: organisation_add(name text, siren text, kind text, person_id uuid) one
with made as (
    insert into organisation (name, siren, kind) values ($1, $2, $3)
    on conflict (siren) do nothing
    returning id, name, siren, kind, version, created_at
), owner as (
    insert into membership (organisation_id, person_id, role, accepted_at) select id, $4, 'owner', now() from made
)
select id, name, siren, kind, version, created_at from made;

-- name: organisation_get(id uuid) one
select id, name, siren, kind, version, created_at from organisation where id = $1;

-- name: organisation_list(words text, siren text, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, name, siren, kind, version, created_at, created_at as cursor_at, id as cursor_id
from organisation
where ($1::text is null or strpos(lower(name), lower($1)) > 0)
  and ($2::text is null or siren = $2)
  and (created_at, id) > (coalesce($3, '-infinity'), coalesce($4, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $5;

-- name: organisation_change(id uuid, version bigint, name text, kind text) one
update organisation set name = coalesce($3, name), kind = coalesce($4, kind), version = version + 1
where id = $1 and version = $2
returning id, name, siren, kind, version, created_at;

-- Members are told to those inside and to admins.
-- name: organisation_members(id uuid) many
select m.organisation_id, m.person_id, case when m.accepted_at is not null then p.name end as name, m.role, m.accepted_at, m.created_at
from membership m join person p on p.id = m.person_id
where m.organisation_id = $1
order by m.created_at, m.person_id
limit 500;

-- An offer until the person accepts it, unless an admin vouches for it.
-- name: membership_set(organisation_id uuid, person_id uuid, role text, accepted boolean) one
insert into membership as m (organisation_id, person_id, role, accepted_at)
select $1, p.id, $3, case when $4 then now() end from person p where p.id = $2
on conflict (organisation_id, person_id) do update set role = excluded.role, accepted_at = coalesce(m.accepted_at, excluded.accepted_at)
returning m.organisation_id, m.person_id, (select p.name from person p where p.id = m.person_id and m.accepted_at is not null) as name,
          m.role, m.accepted_at, m.created_at;

-- name: membership_accept(organisation_id uuid, person_id uuid) one
update membership m set accepted_at = now()
where m.organisation_id = $1 and m.person_id = $2 and m.accepted_at is null
returning m.organisation_id, m.person_id, (select p.name from person p where p.id = m.person_id) as name, m.role, m.accepted_at, m.created_at;

-- An organisation keeps an owner.
-- name: membership_remove(organisation_id uuid, person_id uuid) one
delete from membership m
where m.organisation_id = $1 and m.person_id = $2
  and (m.role <> 'owner' or exists (select from membership o
                                    where o.organisation_id = $1 and o.role = 'owner' and o.person_id <> $2 and o.accepted_at is not null))
returning person_id;
