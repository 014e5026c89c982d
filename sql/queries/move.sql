-- SPDX-License-Identifier: Apache-2.0

-- name: move_add(application_ids uuid[], versions bigint[], events text[], persons uuid[], data jsonb[], places text[], at timestamptz[], hashes bytea[]) none
insert into move (application_id, version, event, person_id, data, places, at, hash)
select u.application_id, u.version, u.event, u.person_id, u.data, u.places::text[], u.at, u.hash
from unnest($1, $2, $3, $4, $5, $6, $7, $8) as u (application_id, version, event, person_id, data, places, at, hash);

-- `nameless`: those who hold the dossier do not learn who reviews it. Reviews of grids that the viewer does not read are not there.
-- name: move_list(application_id uuid, after bigint, page bigint, nameless boolean, grids text[], viewer uuid) many
select m.version, m.event, p.id as person_id, p.name as person, m.data, m.places, m.at, m.hash,
       m.version as cursor_at, m.application_id as cursor_id
from move m
left join person p on p.id = m.person_id and not ($4 and m.event like 'review.%')
where m.application_id = $1 and m.version > coalesce($2, -1)
  and (m.event <> 'review.submitted' or m.person_id = $6 or m.data ->> 'grid' = any ($5))
order by m.version
limit $3;
