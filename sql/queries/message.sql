-- SPDX-License-Identifier: Apache-2.0

-- A mail to one recipient, written with whatever is its cause.
-- name: message_mail(recipient text, subject text, body text, application_id uuid) none
insert into outbox (kind, recipient, subject, body, application_id) values ('mail', $1, $2, $3, $4);

-- name: message_add(application_id uuid, author_id uuid, body text, at timestamptz) one
insert into message (application_id, author_id, body, at) values ($1, $2, $3, $4)
returning id, application_id, author_id, (select name from person where id = author_id) as author, body, at;

-- name: message_list(application_id uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select m.id, m.application_id, m.author_id, p.name as author, m.body, m.at, m.at as cursor_at, m.id as cursor_id
from message m left join person p on p.id = m.author_id
where m.application_id = $1
  and (m.at, m.id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by m.at, m.id
limit $4;

-- Each in their language to whoever holds one of the roles on one of the scopes, but for the author.
-- name: message_notify(application_id uuid, author_id uuid, subject_fr text, body_fr text, subject_en text, body_en text, roles text[], scopes text[], scope_ids text[]) none
insert into outbox (kind, recipient, subject, body, application_id)
select distinct on (p.id) 'mail', p.email, case p.lang when 'en' then $5 else $3 end, case p.lang when 'en' then $6 else $4 end, $1
from unnest($7, $8, $9) as u (role, scope, scope_id)
join role_grant g on g.role = u.role and g.scope = u.scope and g.scope_id = u.scope_id
                 and g.revoked_at is null and now() >= g.from_at and now() < g.until_at
join person p on p.id = g.person_id
where p.id <> $2;

-- name: message_outbox(waiting boolean, cursor_at timestamptz, cursor_id bigint, page bigint) many
select id, kind, recipient, subject,
       case when kind = 'sign-in' and created_at < now() - interval '30 minutes' then '' else body end as body, application_id, created_at, next_at, attempts, sent_at, failed_at, last_error,
       created_at as cursor_at, id as cursor_id
from outbox
where (not $1 or (sent_at is null and failed_at is null))
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, 0))
order by created_at, id
limit $4;
