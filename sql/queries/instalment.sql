-- SPDX-License-Identifier: Apache-2.0

-- name: instalment_forget(application_id uuid) none
delete from instalment where application_id = $1;

-- name: instalment_add(application_id uuid, names text[], amounts bigint[]) none
insert into instalment (application_id, name, position, amount)
select $1, u.name, u.position, u.amount
from unnest($2, $3) with ordinality as u (name, amount, position);

-- `seen`: the instalments that the reader sees.
-- name: instalment_list(application_id uuid, seen text[]) many
select i.id, i.application_id, i.name, i.position, i.amount, i.paid, i.state, i.updated_at
from instalment i where i.application_id = $1 and i.name = any ($2)
order by i.position
limit 200;

-- name: instalment_get(application_id uuid, name text) one
select i.id, i.application_id, i.name, i.position, i.amount, i.paid, i.state, i.updated_at
from instalment i where i.application_id = $1 and i.name = $2;

-- One step on: no row when it stands elsewhere.
-- name: instalment_step(application_id uuid, name text, was text, state text, now timestamptz) one
update instalment set state = $4, updated_at = $5
where application_id = $1 and name = $2 and state = $3
returning id, application_id, name, position, amount, paid, state, updated_at;

-- No row when it is not approved or the amount does not fit in what is left.
-- name: instalment_pay(application_id uuid, name text, amount bigint, now timestamptz) one
update instalment
set paid = paid + $3, state = case when paid + $3 = amount then 'paid' else state end, updated_at = $4
where application_id = $1 and name = $2 and state = 'approved' and paid + $3 <= amount
returning id;

-- name: payment_add(instalment_id uuid, application_id uuid, amount bigint, reference text, recorded_by uuid, recorded_at timestamptz) one
insert into payment (instalment_id, application_id, amount, reference, recorded_by, recorded_at)
values ($1, $2, $3, coalesce($4, ''), $5, $6)
returning id, application_id, (select name from instalment where id = instalment_id) as instalment, amount, reference, recorded_by, recorded_at;

-- name: payment_list(application_id uuid, seen text[], cursor_at timestamptz, cursor_id uuid, page bigint) many
select p.id, p.application_id, i.name as instalment, p.amount, p.reference, p.recorded_by, p.recorded_at,
       p.recorded_at as cursor_at, p.id as cursor_id
from payment p join instalment i on i.id = p.instalment_id
where p.application_id = $1 and i.name = any ($2)
  and (p.recorded_at, p.id) > (coalesce($3, '-infinity'), coalesce($4, '00000000-0000-0000-0000-000000000000'))
order by p.recorded_at, p.id
limit $5;
