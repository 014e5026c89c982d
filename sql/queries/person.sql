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
select id, email, name, lang, created_at from person where id = $1;

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
select id, email, name, lang, created_at, created_at as cursor_at, id as cursor_id
from person
where ($1::text is null or email = lower($1))
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $4;

-- name: person_password(email text) one
select id, password from person where email = lower($1);

-- name: person_secret(id uuid) one
select email, password from person where id = $1;

-- name: person_me(id uuid) one
select p.id, p.email, p.name, p.lang, p.password is not null as has_password, p.created_at,
       coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'scope', g.scope, 'scope_id', g.scope_id)
                                  order by g.granted_at, g.id)
                 from role_grant g
                 where g.person_id = p.id and g.revoked_at is null and g.from_at <= now() and g.until_at > now()), '[]') as grants,
       coalesce((select jsonb_agg(jsonb_build_object('organisation_id', o.id, 'name', o.name, 'role', m.role, 'accepted_at', m.accepted_at)
                                  order by m.created_at, o.id)
                 from membership m join organisation o on o.id = m.organisation_id
                 where m.person_id = p.id), '[]') as memberships,
       coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'kind', t.kind, 'label', t.label,
                                                     'created_at', t.created_at, 'expires_at', t.expires_at)
                                  order by t.created_at, t.id)
                 from token t
                 where t.person_id = p.id and t.revoked_at is null and t.expires_at > now()), '[]') as tokens
from person p
where p.id = $1;

-- name: person_change(id uuid, name text, lang text, password text) one
update person set name = coalesce($2, name), lang = coalesce($3, lang), password = coalesce($4, password)
where id = $1
returning id, email, name, lang, created_at;
