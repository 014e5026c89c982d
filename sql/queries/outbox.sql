-- SPDX-License-Identifier: Apache-2.0

-- name: clock() one
select clock_timestamp() as now;

-- name: backend() one
select pg_backend_pid() as pid;

-- Mails in both languages and, for each, the grants whose holders receive it, in their own language; each person once.
-- name: outbox_mail(application_ids uuid[], subjects_fr text[], bodies_fr text[], subjects_en text[], bodies_en text[], mails bigint[], roles text[], scopes text[], scope_ids text[]) none
insert into outbox (kind, recipient, subject, body, application_id)
select distinct on (m.n, p.id) 'mail', p.email,
       case p.lang when 'en' then m.subject_en else m.subject_fr end,
       case p.lang when 'en' then m.body_en else m.body_fr end, m.application_id
from unnest($6, $7, $8, $9) as k (n, role, scope, scope_id)
join unnest($1, $2, $3, $4, $5) with ordinality as m (application_id, subject_fr, body_fr, subject_en, body_en, n) on m.n = k.n
join role_grant g on g.scope = k.scope and g.scope_id = k.scope_id and g.role = k.role
                     and g.revoked_at is null and now() >= g.from_at and now() < g.until_at
join person p on p.id = g.person_id
order by m.n, p.id;
