-- SPDX-License-Identifier: Apache-2.0

-- The present decision steps back; it stays readable.
-- name: decision_replace(application_id uuid, now timestamptz) one
update decision set replaced_at = $2
where application_id = $1 and replaced_at is null
returning id, kind, amount;

-- name: decision_add(application_id uuid, kind text, amount bigint, conditions text, motive text, decided_by uuid, decided_at timestamptz) one
insert into decision (application_id, kind, amount, conditions, motive, decided_by, decided_at)
values ($1, $2, $3, coalesce($4, ''), coalesce($5, ''), $6, $7)
returning id, application_id, kind, amount, conditions, motive, decided_by, decided_at, replaced_at;

-- name: decision_list(application_id uuid) many
select id, application_id, kind, amount, conditions, motive, decided_by, decided_at, replaced_at
from decision where application_id = $1
order by decided_at, id
limit 200;

-- name: decision_current(application_id uuid) one
select kind, amount from decision where application_id = $1 and replaced_at is null;
