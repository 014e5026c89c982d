-- SPDX-License-Identifier: Apache-2.0

-- The new version takes the place of the one before it. The dossier's row is locked by its touch.
-- name: document_add(dossier_id uuid, kind text, name text, media_type text, size bigint, sha256 text, added_by uuid, scan text) one
with old as (
    update document set replaced_at = now() where dossier_id = $1 and kind = $2 and replaced_at is null
)
insert into document (dossier_id, kind, name, media_type, size, sha256, version, added_by, scan)
select $1, $2, $3, $4, $5, $6, coalesce(max(version), 0) + 1, $7, $8 from document where dossier_id = $1 and kind = $2
returning id, dossier_id, kind, name, media_type, size, sha256, version, replaced_at, added_by, added_at, scan;

-- name: document_get(id uuid) one
select id, dossier_id, kind, name, media_type, size, sha256, version, replaced_at, added_by, added_at, scan from document where id = $1;

-- name: document_list(dossier_id uuid, replaced boolean, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, dossier_id, kind, name, media_type, size, sha256, version, replaced_at, added_by, added_at, scan,
       added_at as cursor_at, id as cursor_id
from document
where dossier_id = $1 and ($2 or replaced_at is null)
  and (added_at, id) > (coalesce($3, '-infinity'), coalesce($4, '00000000-0000-0000-0000-000000000000'))
order by added_at, id
limit $5;

-- Filed applications through which a document is read: it is in the version filed there, or in the living dossier where that
-- one was opened again for corrections, or a later state asked for it, or it is the evidence of a measure there.
-- name: document_applications(id uuid) many
select a.id
from document d
join application a on a.dossier_id = d.dossier_id and a.filed_at is not null
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where d.id = $1
  and (case when a.sealed_version is null then d.replaced_at is null
       else s.documents @> jsonb_build_array(jsonb_build_object('kind', d.kind, 'sha256', d.sha256)) end
       or exists (select from complement k where k.application_id = a.id and k.document_id = d.id)
       or exists (select from measure m where m.application_id = a.id and m.evidence = d.id))
order by a.opened_at
limit 100;

-- Applications where the dossier stands filed: their state says whether a document added now goes to the funder.
-- name: document_filed(dossier_id uuid) many
select a.id from application a where a.dossier_id = $1 and a.sealed_version is not null order by a.id;

-- name: document_complement(document_id uuid, application_ids uuid[]) none
insert into complement (document_id, application_id) select $1, u.id from unnest($2) as u (id);

-- Files that the scanner has not judged yet; each once, however many documents have these bytes.
-- name: document_waiting() many
select distinct sha256 from document where scan = 'waiting' order by sha256 limit 20;

-- name: document_scanned(sha256 text, scan text) none
update document set scan = $2 where sha256 = $1 and scan = 'waiting';
