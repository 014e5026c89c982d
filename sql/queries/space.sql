-- SPDX-License-Identifier: Apache-2.0

-- name: space_add(slug text, title jsonb, organisation_id uuid) one
insert into space (slug, title, organisation_id)
select $1, $2, o.id from organisation o where o.id = $3
on conflict (slug) do nothing
returning id;

-- name: space_get(id uuid) one
select id, slug, title, organisation_id, languages, colours, vocabulary, themes, logo is not null as logo, version, created_at
from space where id = $1;

-- name: space_list(slug text, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, slug, title, organisation_id, languages, colours, vocabulary, themes, logo is not null as logo, version, created_at,
       created_at as cursor_at, id as cursor_id
from space
where ($1::text is null or slug = $1)
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $4;

-- Taken by whoever changes it or hangs a theme on it.
-- name: space_lock(id uuid) one
select id, slug, title, languages, version from space where id = $1 for no key update;

-- What is null stays as it is.
-- name: space_change(id uuid, version bigint, title jsonb, languages text[], colours jsonb, vocabulary jsonb, themes jsonb) one
update space
set title = coalesce($3, title), languages = coalesce($4, languages), colours = coalesce($5, colours),
    vocabulary = coalesce($6, vocabulary), themes = coalesce($7, themes), version = version + 1
where id = $1 and version = coalesce($2, version)
returning id, slug, title, organisation_id, languages, colours, vocabulary, themes, logo is not null as logo, version, created_at;

-- Themes of its calls that are not closed and that its list would not have.
-- name: space_themes_used(id uuid, themes text[]) many
select distinct t.theme
from call c cross join lateral unnest(c.themes) as t(theme)
where c.space_id = $1 and c.status <> 'closed' and t.theme <> all ($2)
order by 1
limit 20;

-- Those that are not on the space's list, when it has one.
-- name: space_themes_unknown(id uuid, themes text[]) many
select t.theme
from space s cross join lateral unnest($2) as t(theme)
where s.id = $1 and s.themes <> '[]' and not s.themes @> jsonb_build_array(jsonb_build_object('id', t.theme))
limit 20;

-- name: space_logo_put(id uuid, logo bytea) one
update space set logo = $2, version = version + 1 where id = $1 returning id;

-- name: space_logo(id uuid) one
select logo from space where id = $1 and logo is not null;

-- The last version of a workflow of the space.
-- name: space_workflow(id uuid, name text) one
select v.id, v.version, v.sha256, v.published_at
from workflow w join workflow_version v on v.workflow_id = w.id
where w.space_id = $1 and w.name = $2
order by v.version desc
limit 1;

-- Whoever runs the server acts for its first administrator.
-- name: space_admin() one
select p.id, p.name from role_grant g join person p on p.id = g.person_id
where g.scope = 'platform' and g.role = 'admin' and g.revoked_at is null and now() >= g.from_at and now() < g.until_at
order by g.granted_at, g.id
limit 1;
