-- SPDX-License-Identifier: Apache-2.0

-- Themes and territories are answers like others; the columns repeat them for searches, and are written from them.
-- name: dossier_add(organisation_id uuid, content jsonb, created_by uuid) one
insert into dossier (organisation_id, content, themes, territories, created_by)
values ($1, $2,
        array(select jsonb_array_elements_text(coalesce($2 -> 'themes', '[]'))),
        array(select jsonb_array_elements_text(coalesce($2 -> 'territories', '[]'))), $3)
returning id, organisation_id, title, content, themes, territories, version, created_at, updated_at;

-- name: dossier_get(id uuid) one
select d.id, d.organisation_id, d.title, d.content, d.themes, d.territories, d.version, d.created_at, d.updated_at
from dossier d where d.id = $1;

-- name: dossier_holder(id uuid) one
select d.id as dossier_id, d.organisation_id, d.version from dossier d where d.id = $1;

-- name: dossier_lock(id uuid) one
select d.id, d.organisation_id, d.content, d.version from dossier d where d.id = $1 for update;

-- name: dossier_change(id uuid, organisation_id uuid, content jsonb) one
update dossier
set organisation_id = coalesce($2, organisation_id), content = $3,
    themes = array(select jsonb_array_elements_text(coalesce($3 -> 'themes', '[]'))),
    territories = array(select jsonb_array_elements_text(coalesce($3 -> 'territories', '[]'))),
    version = version + 1, updated_at = now()
where id = $1
returning id, organisation_id, title, content, themes, territories, version, created_at, updated_at;

-- A document came or went: what a filed version holds is told by the dossier's version.
-- name: dossier_touch(id uuid) one
update dossier set version = version + 1, updated_at = now() where id = $1 returning version;

-- Those that a person holds, by a grant on the dossier or on its organisation.
-- name: dossier_mine(viewer uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select d.id, d.organisation_id, d.title, d.themes, d.territories, d.version, d.created_at, d.updated_at,
       d.created_at as cursor_at, d.id as cursor_id
from dossier d
where d.id in (select g.scope_id::uuid from role_grant g
               where g.person_id = $1 and g.scope = 'dossier' and g.revoked_at is null and now() >= g.from_at and now() < g.until_at
               union
               select o.id from role_grant g join dossier o on o.organisation_id = uuid_of(g.scope_id)
               where g.person_id = $1 and g.scope = 'organisation' and g.role in ('carrier', 'author')
                 and g.revoked_at is null and now() >= g.from_at and now() < g.until_at)
  and (d.created_at, d.id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by d.created_at, d.id
limit $4;

-- name: dossier_authors(id text) many
select g.id, case when k.known then g.person_id end as person_id, p.email, case when k.known then p.name end as name, g.role, g.granted_at
from role_grant g join person p on p.id = g.person_id
cross join lateral (select is_known(g.person_id, g.scope, g.scope_id) as known) k
where g.scope = 'dossier' and g.scope_id = $1 and g.revoked_at is null
order by g.granted_at, g.id
limit 200;

-- The workflow version whose own questions a dossier answers: the one it was opened under, else the last published one.
-- name: dossier_workflow(dossier_id uuid, workflow_id uuid) one
select v.id from workflow_version v
left join call c on c.workflow_version_id = v.id
left join application a on a.call_id = c.id and a.dossier_id = $1
where v.workflow_id = $2 and (a.id is not null or v.published_at is not null)
order by a.id is null, v.version desc
limit 1;

-- Running applications of the dossier on calls of a workflow.
-- name: dossier_tracks(dossier_id uuid, workflow_id uuid) many
select a.id
from application a
join call c on c.id = a.call_id
join workflow_version v on v.id = c.workflow_version_id
where a.dossier_id = $1 and v.workflow_id = $2 and not a.is_over
order by a.id;

-- name: dossier_workflows(dossier_id uuid) many
select distinct c.workflow_version_id
from application a join call c on c.id = a.call_id
where a.dossier_id = $1;
