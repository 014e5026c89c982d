-- SPDX-License-Identifier: Apache-2.0
-- The statement dossier_get.
\set i random(1, :n)
select d.id, d.organisation_id, d.title, d.content, d.themes, d.territories, d.version, d.created_at, d.updated_at from dossier d where d.id = lpad(to_hex(:i::bigint), 32, '0')::uuid;
