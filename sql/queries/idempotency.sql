-- SPDX-License-Identifier: Apache-2.0

-- name: idempotency_find(person_id uuid, key text) one
select request, status, location, etag, body from idempotency where person_id = $1 and key = $2;

-- name: idempotency_find_many(persons uuid[], keys text[]) many
select i.person_id, i.key, i.request, i.status, i.location, i.etag, i.body
from unnest($1, $2) as u (person_id, key)
join idempotency i on i.person_id = u.person_id and i.key = u.key;

-- name: idempotency_add(persons uuid[], keys text[], requests bytea[], statuses int[], locations text[], etags text[], bodies text[]) none
insert into idempotency (person_id, key, request, status, location, etag, body)
select u.person_id, u.key, u.request, u.status, u.location, u.etag, u.body
from unnest($1, $2, $3, $4, $5, $6, $7) as u (person_id, key, request, status, location, etag, body);
