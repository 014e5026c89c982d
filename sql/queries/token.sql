-- SPDX-License-Identifier: Apache-2.0

-- The secret passes through to the answer and is not kept.
-- name: token_add(hash bytea, person_id uuid, kind text, label text, expires_at timestamptz, secret text) one
insert into token (hash, person_id, kind, label, expires_at)
values ($1, $2, $3, $4, $5)
returning id, kind, label, $6 as token, created_at, expires_at;

-- Whoever signs in takes up what they were invited to.
-- name: token_session(hash bytea, person_id uuid, expires_at timestamptz, secret text) one
with taken_up as (
    update invitation set accepted_at = now() where person_id = $2 and accepted_at is null
)
insert into token (hash, person_id, kind, expires_at)
values ($1, $2, 'session', $3)
returning $4 as token, expires_at,
          (select jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name, 'lang', p.lang, 'created_at', p.created_at)
           from person p where p.id = $2) as person;

-- name: token_admin(hash bytea, person_id uuid) one
insert into token (hash, person_id, kind, label, expires_at)
values ($1, $2, 'token', 'first admin', now() + interval '1 day')
returning id;

-- name: token_list(person_id uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, kind, label, created_at, expires_at, created_at as cursor_at, id as cursor_id
from token
where person_id = $1 and revoked_at is null and expires_at > now()
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $4;

-- name: token_revoke(id uuid, person_id uuid) one
update token set revoked_at = now()
where id = $1 and person_id = $2 and revoked_at is null
returning id;

-- The password changed: every other session and token of the person ends.
-- name: token_only(person_id uuid, id uuid) none
update token set revoked_at = now() where person_id = $1 and id <> $2 and revoked_at is null;

-- name: token_sign_out(hash bytea) one
update token set revoked_at = now()
where hash = $1 and revoked_at is null
returning id;

-- At most a few links an hour for one address: nobody's mailbox is flooded through us.
-- name: sign_in_link_add(hash bytea, email text, expires_at timestamptz) one
insert into sign_in_link (hash, email, expires_at)
select $1, lower($2), $3
where (select count(*) from sign_in_link where email = lower($2) and created_at > now() - interval '1 hour') < 6
returning email;

-- Its mail, whose body is blanked once it is sent, used or expired: the row stays, the secret does not.
-- name: sign_in_link_mail(hash bytea, subject text, body text) none
with mail as (
    insert into outbox (kind, recipient, subject, body) select 'sign-in', email, $2, $3 from sign_in_link where hash = $1
    returning id
)
update sign_in_link set mail_id = mail.id from mail where hash = $1;

-- name: sign_in_link_use(hash bytea) one
with used as (
    update sign_in_link set used_at = now()
    where hash = $1 and used_at is null and expires_at > now()
    returning email, mail_id
), blank as (
    update outbox o
    set body = '', failed_at = case when o.sent_at is null then now() end, last_error = case when o.sent_at is null then 'used' else '' end
    from used where o.id = used.mail_id
)
select email from used;
