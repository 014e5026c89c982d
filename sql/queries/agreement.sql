-- SPDX-License-Identifier: Apache-2.0

-- Prepared again as long as nobody has signed: no row once somebody has.
-- name: agreement_write(application_id uuid, number text, amount bigint, content jsonb, prepared_by uuid, prepared_at timestamptz) one
insert into agreement as g (application_id, number, amount, content, prepared_by, prepared_at)
values ($1, $2, $3, coalesce($4, '{}'), $5, $6)
on conflict (application_id)
do update set amount = excluded.amount, content = excluded.content, prepared_by = excluded.prepared_by, prepared_at = excluded.prepared_at
where g.signed_at is null and not exists (select from signature s where s.agreement_id = g.id)
returning g.id;

-- name: agreement_get(application_id uuid) one
select g.id, g.application_id, g.number, g.amount, g.content, g.prepared_by, g.prepared_at, g.signed_at,
       coalesce((select jsonb_agg(jsonb_build_object('role', s.role, 'person_id', s.person_id, 'name', p.name, 'signed_at', s.signed_at)
                                  order by s.signed_at, s.role)
                 from signature s join person p on p.id = s.person_id where s.agreement_id = g.id), '[]') as signatures
from agreement g where g.application_id = $1;

-- name: signature_add(agreement_id uuid, person_id uuid, role text, signed_at timestamptz) one
insert into signature (agreement_id, person_id, role, signed_at) values ($1, $2, $3, $4)
on conflict (agreement_id, role) do nothing
returning role;

-- name: signature_roles(agreement_id uuid) many
select role from signature where agreement_id = $1;

-- name: agreement_signed(id uuid, signed_at timestamptz) none
update agreement set signed_at = $2 where id = $1;
