-- SPDX-License-Identifier: Apache-2.0

-- The workflow of a space with the file's id, made when it is new; the row is locked so that versions get one number each.
-- A dossier keeps a workflow's own answers under its key, for it alone: two spaces may follow the same file.
-- name: workflow_of(space_id uuid, name text) one
insert into workflow (space_id, name, key)
select s.id, $2, case when exists (select from workflow other where other.key = $2 and other.space_id <> $1) then $2 || '@' || s.slug else $2 end
from space s where s.id = $1
on conflict (space_id, name) do update set name = excluded.name
returning id;

-- name: workflow_version_add(workflow_id uuid, text text, sha256 text, created_by uuid) one
insert into workflow_version (workflow_id, version, text, sha256, created_by)
select $1, coalesce(max(version), 0) + 1, $2, $3, $4 from workflow_version where workflow_id = $1
returning id, workflow_id, version, sha256, published_at, created_at;

-- Published ones, and drafts for those who run their space.
-- name: workflow_list(viewer uuid, admin boolean, space_id uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select w.id, w.space_id, w.name, w.created_at,
       (select max(v.version) from workflow_version v where v.workflow_id = w.id and v.published_at is not null) as published_version,
       w.created_at as cursor_at, w.id as cursor_id
from workflow w
where ($2 or exists (select from workflow_version v where v.workflow_id = w.id and v.published_at is not null)
       or exists (select from role_grant g where g.person_id = $1 and g.role = 'manager' and g.scope = 'space'
                  and g.scope_id = w.space_id::text and g.revoked_at is null and now() >= g.from_at and now() < g.until_at))
  and ($3::uuid is null or w.space_id = $3)
  and (w.created_at, w.id) > (coalesce($4, '-infinity'), coalesce($5, '00000000-0000-0000-0000-000000000000'))
order by w.created_at, w.id
limit $6;

-- name: workflow_space(id uuid) one
select space_id from workflow where id = $1;

-- With its published versions, or with all of them.
-- name: workflow_get(id uuid, drafts boolean) one
select w.id, w.space_id, w.name, w.created_at,
       (select max(v.version) from workflow_version v where v.workflow_id = w.id and v.published_at is not null) as published_version,
       coalesce((select jsonb_agg(jsonb_build_object('id', v.id, 'version', v.version, 'sha256', v.sha256,
                                                     'published_at', v.published_at, 'created_at', v.created_at) order by v.version)
                 from workflow_version v where v.workflow_id = w.id and ($2 or v.published_at is not null)), '[]') as versions
from workflow w
where w.id = $1
  and ($2 or exists (select from workflow_version v where v.workflow_id = w.id and v.published_at is not null));

-- name: workflow_version_get(workflow_id uuid, version bigint) one
select v.id, v.workflow_id, w.name, w.space_id, v.version, v.sha256, v.published_at, v.created_at
from workflow_version v join workflow w on w.id = v.workflow_id
where v.workflow_id = $1 and v.version = $2;

-- name: workflow_version_text(workflow_id uuid, version bigint) one
select v.text from workflow_version v where v.workflow_id = $1 and v.version = $2;

-- name: workflow_publish(id uuid) one
update workflow_version v set published_at = coalesce(published_at, now())
where v.id = $1
returning v.id, v.workflow_id, v.version, v.sha256, v.published_at, v.created_at;

-- The version that a call begins with: the one asked, or the last published.
-- name: workflow_version_for_call(workflow_id uuid, version bigint) one
select v.id from workflow_version v
where v.workflow_id = $1 and v.published_at is not null and ($2::bigint is null or v.version = $2)
order by v.version desc
limit 1;
