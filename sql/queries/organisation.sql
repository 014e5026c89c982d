-- SPDX-License-Identifier: Apache-2.0

-- name: organisation_add(name text, siren text, siret text, rna text, kind text, person_id uuid) one
with made as (
    insert into organisation (name, siren, siret, rna, kind) values ($1, $2, $3, $4, $5)
    on conflict do nothing
    returning id, name, siren, siret, rna, kind, version, created_at
), owner as (
    insert into membership (organisation_id, person_id, role, accepted_at) select id, $6, 'owner', now() from made
)
select id, name, siren, siret, rna, kind, version, created_at from made;

-- Which of these numbers another organisation has.
-- name: organisation_taken(id uuid, siren text, siret text, rna text) one
select coalesce(bool_or(o.rna = $4), false) as rna,
       coalesce(bool_or(o.siret = $3), false) as siret,
       coalesce(bool_or($3::text is null and o.siret is null and o.siren = $2), false) as siren
from organisation o
where (o.rna = $4 or o.siret = $3 or o.siren = $2) and o.id is distinct from $1;

-- name: organisation_get(id uuid) one
select id, name, siren, siret, rna, kind, version, created_at from organisation where id = $1;

-- name: organisation_list(words text, siren text, siret text, rna text, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, name, siren, siret, rna, kind, version, created_at, created_at as cursor_at, id as cursor_id
from organisation
where ($1::text is null or strpos(lower(name), lower($1)) > 0)
  and ($2::text is null or siren = $2)
  and ($3::text is null or siret = $3)
  and ($4::text is null or rna = $4)
  and (created_at, id) > (coalesce($5, '-infinity'), coalesce($6, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $7;

-- Taken by one at a time, so that two owners who leave at once do not each count on the other.
-- name: organisation_lock(id uuid) one
select id, name, siren, siret, rna, kind, version from organisation where id = $1 for no key update;

-- name: organisation_change(id uuid, version bigint, name text, kind text, siren text, siret text, rna text) one
update organisation
set name = coalesce($3, name), kind = coalesce($4, kind), siren = coalesce($5, siren), siret = coalesce($6, siret), rna = coalesce($7, rna),
    version = version + 1
where id = $1 and version = $2
returning id, name, siren, siret, rna, kind, version, created_at;

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

-- Whoever is a member: their part.
-- name: membership_get(organisation_id uuid, person_id uuid) one
select role, accepted_at is not null as accepted,
       exists (select from membership o
               where o.organisation_id = m.organisation_id and o.role = 'owner' and o.accepted_at is not null and o.person_id <> m.person_id) as other_owner
from membership m
where m.organisation_id = $1 and m.person_id = $2;

-- name: membership_remove(organisation_id uuid, person_id uuid) one
delete from membership m where m.organisation_id = $1 and m.person_id = $2 returning person_id;
