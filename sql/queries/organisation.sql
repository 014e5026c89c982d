-- SPDX-License-Identifier: Apache-2.0

-- name: organisation_add(name text, siren text, kind text, person_id uuid) one
with made as (
    insert into organisation (name, siren, kind) values ($1, $2, $3)
    on conflict (siren) do nothing
    returning id, name, siren, kind, version, created_at
), owner as (
    insert into membership (organisation_id, person_id, role) select id, $4, 'owner' from made
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
select m.organisation_id, m.person_id, p.name, m.role, m.created_at
from membership m join person p on p.id = m.person_id
where m.organisation_id = $1
order by m.created_at, m.person_id
limit 500;

-- name: membership_set(organisation_id uuid, person_id uuid, role text) one
insert into membership (organisation_id, person_id, role)
select $1, p.id, $3 from person p where p.id = $2
on conflict (organisation_id, person_id) do update set role = excluded.role
returning organisation_id, person_id, (select name from person where id = person_id) as name, role, created_at;

-- An organisation keeps an owner.
-- name: membership_remove(organisation_id uuid, person_id uuid) one
delete from membership m
where m.organisation_id = $1 and m.person_id = $2
  and (m.role <> 'owner' or exists (select from membership o
                                    where o.organisation_id = $1 and o.role = 'owner' and o.person_id <> $2))
returning person_id;
