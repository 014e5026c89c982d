-- SPDX-License-Identifier: Apache-2.0
-- Moves: the entries of applications. What is common to all entries is in history.sql.

-- name: move_add(application_ids uuid[], trees uuid[], versions bigint[], events text[], persons uuid[], behalves uuid[], data text[], places text[], at timestamptz[], hashes bytea[], salts bytea[], seals bytea[], told bigint[]) none
insert into entry (chain, kind, scheme, tree, version, event, person_id, behalf_id, data, places, at, hash, salt, seal, told)
select u.chain, 'a', 1, u.tree, u.version, u.event, u.person_id, u.behalf_id, u.data::json, u.places::text[], u.at, u.hash, u.salt, u.seal, u.told
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     as u (chain, tree, version, event, person_id, behalf_id, data, places, at, hash, salt, seal, told);

-- `nameless`: those who hold the dossier do not learn who reviews it. Reviews of grids that the viewer does not read are not there.
-- The version is the application's by it, and the cursor a hash: places on the chain would tell how many lines are left out.
-- name: move_list(application_id uuid, after text, page bigint, nameless boolean, grids text[], viewer uuid) many
select coalesce(m.told, m.version) as version, m.event, p.id as person_id, p.name as person, m.behalf_id, m.data, m.places, m.at, m.hash,
       encode(m.hash, 'hex') as cursor_at, m.chain as cursor_id
from entry m
left join person p on p.id = m.person_id and not ($4 and m.event like 'review.%')
where m.chain = $1 and m.version > coalesce((select l.version from entry l where l.chain = $1 and l.hash = decode($2, 'hex')), 0)
  and (m.event <> 'review.submitted' or m.person_id = $6 or m.data ->> 'grid' = any ($5))
order by m.version
limit $3;
