-- SPDX-License-Identifier: Apache-2.0

-- name: idempotency_find(person_id uuid, key text) one
select request, status, location, etag, body from idempotency where person_id = $1 and key = $2;
