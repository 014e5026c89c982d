-- SPDX-License-Identifier: Apache-2.0

-- The documents that go with what was filed, and those that a later state asked for, or the present ones where it was opened again; each once.
-- name: filed_documents(application_id uuid) many
select distinct on (f.kind, f.sha256) f.id, f.kind, f.name, f.media_type, f.size, f.sha256, f.added_at
from application a
join document f on f.dossier_id = a.dossier_id
left join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
where a.id = $1
  and case when a.sealed_version is null then f.replaced_at is null
      else s.documents @> jsonb_build_array(jsonb_build_object('kind', f.kind, 'sha256', f.sha256))
           or exists (select from complement k where k.document_id = f.id and k.application_id = a.id) end
order by f.kind, f.sha256, f.version desc;

-- What was filed, when, and the move that says so: the receipt.
-- name: filed_receipt(application_id uuid) one
select a.id as application_id, a.number, a.call_id, c.title as call_title, a.dossier_id, coalesce(s.content ->> 'title', '') as title,
       s.version as dossier_version, s.sha256, s.sealed_at, a.filed_at, a.cutoff, coalesce(m.told, m.version) as move_version, encode(m.hash, 'hex') as move_hash
from application a
join call c on c.id = a.call_id
join sealed s on s.dossier_id = a.dossier_id and s.version = a.sealed_version
join entry m on m.chain = a.id and m.at = a.filed_at
where a.id = $1
order by m.version
limit 1;
