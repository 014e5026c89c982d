-- SPDX-License-Identifier: Apache-2.0

-- name: space_add(slug text, title jsonb, organisation_id uuid) one
insert into space (slug, title, organisation_id)
select $1, $2, o.id from organisation o where o.id = $3
on conflict (slug) do nothing
returning id, slug, title, organisation_id, version, created_at;

-- name: space_get(id uuid) one
select id, slug, title, organisation_id, version, created_at from space where id = $1;

-- name: space_list(slug text, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, slug, title, organisation_id, version, created_at, created_at as cursor_at, id as cursor_id
from space
where ($1::text is null or slug = $1)
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $4;

-- name: space_change(id uuid, version bigint, title jsonb) one
update space set title = coalesce($3, title), version = version + 1
where id = $1 and version = $2
returning id, slug, title, organisation_id, version, created_at;
