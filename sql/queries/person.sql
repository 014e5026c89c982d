-- SPDX-License-Identifier: Apache-2.0

-- Whoever is named by an address: made on first sight, since an address is all we know of people who are invited.
-- name: person_of_email(email text, lang text) one
insert into person (email, lang) values (lower($1), $2)
on conflict (email) do update set email = excluded.email
returning id, email, name, lang, created_at;

-- name: person_add(email text, name text, lang text) one
insert into person (email, name, lang) values (lower($1), $2, $3)
on conflict (email) do nothing
returning id, email, name, lang, created_at;

-- name: person_get(id uuid) one
select id, email, name, lang, created_at, suspended_at from person where id = $1;

-- name: person_suspend(id uuid, suspended boolean) one
update person set suspended_at = case when $2 then coalesce(suspended_at, now()) end where id = $1
returning id, email, name, lang, created_at, suspended_at;

-- What others see of a person with whom they share a dossier, a call or an organisation: no address.
-- name: person_shared(id uuid, viewer uuid) one
select p.id, null::text as email, p.name, p.lang, p.created_at
from person p
where p.id = $1
  and (exists (select from role_grant theirs
               join role_grant mine on mine.scope = theirs.scope and mine.scope_id = theirs.scope_id
               where theirs.person_id = p.id and mine.person_id = $2
                 and theirs.revoked_at is null and mine.revoked_at is null and theirs.scope <> 'platform'
                 and is_known(p.id, theirs.scope, theirs.scope_id))
       or exists (select from membership theirs
                  join membership mine using (organisation_id)
                  where theirs.person_id = p.id and mine.person_id = $2
                    and theirs.accepted_at is not null and mine.accepted_at is not null));

-- name: person_list(email text, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, email, name, lang, created_at, suspended_at, created_at as cursor_at, id as cursor_id
from person
where ($1::text is null or email = lower($1))
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $4;

-- Somebody used a code that was mailed to this address: it is theirs.
-- name: person_verified(email text, lang text) one
insert into person (email, lang, verified_at) values (lower($1), $2, now())
on conflict (email) do update set verified_at = now()
returning id, exists (select from totp t where t.person_id = person.id and t.confirmed_at is not null) as has_totp;

-- name: person_password(email text) one
select p.id, p.password, t.confirmed_at is not null as has_totp
from person p left join totp t on t.person_id = p.id
where p.email = lower($1);

-- name: person_secret(id uuid) one
select p.id, p.email, p.name, p.password, t.confirmed_at is not null as has_totp
from person p left join totp t on t.person_id = p.id
where p.id = $1;

-- The ways in which one may sign in: the mailed link always, whatever else was added.
-- name: person_me(id uuid, current uuid, idle_s bigint) one
select p.id, p.email, p.name, p.lang, p.verified_at, p.password is not null as has_password,
       exists (select from totp t where t.person_id = p.id and t.confirmed_at is not null) as has_totp,
       (select count(*) from recovery_code c where c.person_id = p.id and c.used_at is null) as recovery_codes,
       array_remove(array['link', case when p.password is not null then 'password' end,
                          case when exists (select from identity i where i.person_id = p.id) then 'oidc' end], null) as ways, p.created_at,
       coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'scope', g.scope, 'scope_id', g.scope_id)
                                  order by g.granted_at, g.id)
                 from role_grant g
                 where g.person_id = p.id and g.revoked_at is null and g.from_at <= now() and g.until_at > now()), '[]') as grants,
       coalesce((select jsonb_agg(jsonb_build_object('organisation_id', o.id, 'name', o.name, 'role', m.role, 'accepted_at', m.accepted_at)
                                  order by m.created_at, o.id)
                 from membership m join organisation o on o.id = m.organisation_id
                 where m.person_id = p.id), '[]') as memberships,
       coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'kind', t.kind, 'label', t.label,
                                                     'way', case t.kind when 'session' then t.way end, 'access', t.access,
                                                     'scope', t.scope, 'scope_id', t.scope_id, 'current', t.id = $2,
                                                     'created_at', t.created_at, 'last_used_at', t.last_used_at, 'expires_at', t.expires_at)
                                  order by t.created_at, t.id)
                 from token t
                 where t.person_id = p.id and t.revoked_at is null and t.expires_at > now()
                   and (t.kind = 'token' or t.id = $2 or coalesce(t.last_used_at, t.created_at) > now() - $3 * interval '1 second')), '[]') as tokens
from person p
where p.id = $1;

-- name: person_change(id uuid, name text, lang text) one
update person set name = coalesce($2, name), lang = coalesce($3, lang)
where id = $1
returning id, email, name, lang, created_at;

-- name: person_set_password(id uuid, password text) none
update person set password = $2 where id = $1;

-- Gives the address that the person had.
-- name: person_set_email(id uuid, email text) one
update person p set email = lower($2), verified_at = now()
from person was
where p.id = $1 and was.id = $1 and not exists (select from person o where o.email = lower($2) and o.id <> $1)
returning was.email, p.lang;

-- A second factor is begun anew until it is confirmed.
-- name: totp_begin(person_id uuid, secret bytea) one
insert into totp (person_id, secret) values ($1, $2)
on conflict (person_id) do update set secret = excluded.secret, created_at = now() where totp.confirmed_at is null
returning person_id;

-- The key that seals now, held so that it stays so until the transaction ends.
-- name: seal_key() one
select id from seal_key for share;

-- name: seal_key_hold() one
select id from seal_key for update;

-- name: seal_key_put(id bytea) none
update seal_key set id = $1;

-- name: seal_page(after uuid) many
select person_id, secret from totp where person_id > coalesce($1, '00000000-0000-0000-0000-000000000000') order by person_id limit 500;

-- name: seal_put(persons uuid[], secrets bytea[]) none
update totp t set secret = u.secret from unnest($1, $2) as u (person_id, secret) where t.person_id = u.person_id;

-- name: seal_count() one
select count(*) as count from totp;

-- name: totp_get(person_id uuid) one
select secret, last_step, confirmed_at is not null as confirmed from totp where person_id = $1;

-- A code is taken once: the step of the last one goes only up.
-- name: totp_take(person_id uuid, step bigint) one
update totp set last_step = $2, confirmed_at = coalesce(confirmed_at, now())
where person_id = $1 and last_step < $2
returning person_id;

-- name: totp_remove(person_id uuid) one
with codes as (
    delete from recovery_code where person_id = $1
)
delete from totp t using person p
where t.person_id = $1 and p.id = t.person_id
returning p.email, p.lang;

-- name: recovery_codes_set(person_id uuid, hashes bytea[], salt bytea) none
with gone as (
    delete from recovery_code where person_id = $1
)
insert into recovery_code (hash, person_id, salt) select h, $1, $3 from unnest($2) as h;

-- By which salts the person's codes are kept: one, or null.
-- name: recovery_salts(person_id uuid) many
select distinct salt from recovery_code where person_id = $1 and used_at is null;

-- Those of before Argon2id.
-- name: recovery_codes_soft(page bigint) many
select hash from recovery_code where salt is null limit $1;

-- name: recovery_code_harden(hash bytea, hardened bytea, salt bytea) none
update recovery_code set hash = $2, salt = $3 where hash = $1 and salt is null;

-- name: recovery_code_take(person_id uuid, hash bytea) one
update recovery_code set used_at = now() where person_id = $1 and hash = $2 and used_at is null
returning person_id;
