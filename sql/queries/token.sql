-- SPDX-License-Identifier: Apache-2.0

-- The secret passes through to the answer and is not kept.
-- name: token_add(hash bytea, person_id uuid, label text, access text, scope text, scope_id uuid, expires_at timestamptz, secret text) one
insert into token (hash, person_id, kind, label, access, scope, scope_id, expires_at)
values ($1, $2, 'token', $3, $4, $5, $6, $7)
returning id, kind, label, access, scope, scope_id, $8 as token, created_at, expires_at;

-- Whoever signs in takes up what they were invited to.
-- None for an account that is suspended.
-- name: token_session(hash bytea, person_id uuid, way text, label text, expires_at timestamptz, confirmed boolean, fresh_s bigint, secret text) one
with taken_up as (
    update invitation set accepted_at = now() where person_id = $2 and accepted_at is null
)
insert into token (hash, person_id, kind, way, label, expires_at, confirmed_at)
select $1, w.id, 'session', $3, $4, $5, case when $6 then now() end from person w where w.id = $2 and w.suspended_at is null
returning $8 as token, way, expires_at, confirmed_at + $7 * interval '1 second' as fresh_until,
          (select jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name, 'lang', p.lang, 'created_at', p.created_at)
           from person p where p.id = $2) as person;

-- The same session under a new secret: whoever had the old one has nothing.
-- name: token_renew(id uuid, hash bytea, fresh_s bigint, secret text) one
update token t set hash = $2, confirmed_at = now(), last_used_at = now()
where t.id = $1 and t.kind = 'session' and t.revoked_at is null
returning $4 as token, t.way, t.expires_at, t.confirmed_at + $3 * interval '1 second' as fresh_until,
          (select jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name, 'lang', p.lang, 'created_at', p.created_at)
           from person p where p.id = t.person_id) as person;

-- name: token_admin(hash bytea, person_id uuid) one
insert into token (hash, person_id, kind, label, expires_at)
values ($1, $2, 'token', 'first admin', now() + interval '1 day')
returning id;

-- name: token_list(person_id uuid, current uuid, idle_s bigint, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, kind, label, case kind when 'session' then way end as way, access, scope, scope_id, id = $2 as current,
       created_at, last_used_at, expires_at, created_at as cursor_at, id as cursor_id
from token
where person_id = $1 and revoked_at is null and expires_at > now()
  and (kind = 'token' or id = $2 or coalesce(last_used_at, created_at) > now() - $3 * interval '1 second')
  and (created_at, id) > (coalesce($4, '-infinity'), coalesce($5, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $6;

-- name: token_revoke(id uuid, person_id uuid) one
update token set revoked_at = now()
where id = $1 and person_id = $2 and revoked_at is null
returning id;

-- The password changed: every other session and token of the person ends.
-- name: token_only(person_id uuid, id uuid) none
update token set revoked_at = now() where person_id = $1 and id <> $2 and revoked_at is null;

-- name: token_sign_out_everywhere(person_id uuid, tokens boolean) none
update token set revoked_at = now() where person_id = $1 and revoked_at is null and (kind = 'session' or $2);

-- name: token_sign_out(hash bytea) one
update token set revoked_at = now()
where hash = $1 and revoked_at is null
returning id;

-- At most a few mails an hour for one address: nobody's mailbox is flooded through us.
-- name: sign_in_link_add(hash bytea, email text, purpose text, person_id uuid, expires_at timestamptz) one
insert into sign_in_link (hash, email, purpose, person_id, expires_at)
select $1, lower($2), $3, $4, $5
where (select count(*) from sign_in_link where email = lower($2) and created_at > now() - interval '1 hour') < 6
returning email;

-- Its mail, whose body is blanked once it is sent, used or expired: the row stays, the secret does not.
-- name: sign_in_link_mail(hash bytea, subject text, body text) none
with mail as (
    insert into outbox (kind, recipient, subject, body) select 'sign-in', email, $2, $3 from sign_in_link where hash = $1
    returning id
)
update sign_in_link set mail_id = mail.id from mail where hash = $1;

-- name: sign_in_link_use(hash bytea, purpose text) one
with used as (
    update sign_in_link set used_at = now()
    where hash = $1 and purpose = $2 and used_at is null and expires_at > now()
    returning email, person_id, mail_id
), blank as (
    update outbox o
    set body = '', failed_at = case when o.sent_at is null then now() end, last_error = case when o.sent_at is null then 'used' else '' end
    from used where o.id = used.mail_id
)
select email, person_id from used;

-- This session gave the second factor that was just put in place. The person's others did not: what they were confirmed by before is
-- not enough any more, or one of them could take it off.
-- name: token_confirmed(id uuid, person_id uuid) none
update token set confirmed_at = case when id = $1 then now() end where person_id = $2 and kind = 'session' and revoked_at is null;
