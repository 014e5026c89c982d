-- SPDX-License-Identifier: Apache-2.0

-- name: oidc_state_add(hash bytea, browser bytea, provider text, person_id uuid, return_to text, expires_at timestamptz) none
with old as (delete from oidc_state where expires_at < now())
insert into oidc_state (hash, browser, provider, person_id, return_to, expires_at) values ($1, $2, $3, $4, $5, $6);

-- Gone by being read: whoever shows it again finds nothing. Another browser, or another provider's answer, does not use it up.
-- name: oidc_state_use(hash bytea, browser bytea, provider text) one
delete from oidc_state
where hash = $1 and browser = $2 and provider = $3 and expires_at > now()
returning person_id, return_to;

-- name: identity_find(issuer text, subject text) one
select id, person_id from identity where issuer = $1 and subject = $2;

-- The account with this address, made on first sight; the provider has proved the address. Whoever runs the platform, or has a second
-- factor, is not found this way.
-- name: identity_person(email text, name text, lang text) one
insert into person (email, name, lang, verified_at) values (lower($1), coalesce($2, ''), $3, now())
on conflict (email) do update set verified_at = now()
returning id, exists (select from role_grant g where g.person_id = person.id and g.scope = 'platform' and g.revoked_at is null
                      and g.until_at > now())
              or exists (select from totp t where t.person_id = person.id and t.confirmed_at is not null) as links_by_hand;

-- The row that is there when somebody, perhaps the same person in another tab, was faster.
-- name: identity_add(person_id uuid, provider text, issuer text, subject text) one
insert into identity (person_id, provider, issuer, subject) values ($1, $2, $3, $4)
on conflict (issuer, subject) do update set issuer = excluded.issuer
returning id, person_id;

-- name: identity_use(id uuid, provider text, email text, given_name text, usual_name text, siret text, idp_id text, acr text, amr jsonb) none
update identity
set provider = $2, email = $3, given_name = $4, usual_name = $5, siret = $6, idp_id = $7, acr = $8,
    amr = coalesce((select array_agg(m) from jsonb_array_elements_text($9) m), '{}'), used_at = now()
where id = $1;

-- A person who has no name yet gets the one that the provider tells.
-- name: identity_name(person_id uuid, name text) one
update person set name = case name when '' then coalesce($2, '') else name end
where id = $1
returning exists (select from totp t where t.person_id = person.id and t.confirmed_at is not null) as has_totp;

-- The session that this transaction began. Those that are over need no ID token any more.
-- name: identity_session(person_id uuid, identity_id uuid, id_token text) none
with over as (
    delete from oidc_session s using token t
    where s.token_id = t.id and s.identity_id = $2 and (t.revoked_at is not null or t.expires_at < now())
)
insert into oidc_session (token_id, identity_id, id_token)
select t.id, $2, $3 from token t where t.person_id = $1 and t.kind = 'session' and t.created_at = now()
on conflict (token_id) do nothing;

-- name: identity_of_session(token_id uuid) one
select i.provider, s.id_token
from oidc_session s join identity i on i.id = s.identity_id
where s.token_id = $1;

-- name: identity_list(person_id uuid, cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, provider, issuer, email, given_name, usual_name, siret, idp_id, acr, amr, created_at, used_at,
       created_at as cursor_at, id as cursor_id
from identity
where person_id = $1
  and (created_at, id) > (coalesce($2, '-infinity'), coalesce($3, '00000000-0000-0000-0000-000000000000'))
order by created_at, id
limit $4;

-- With the sessions that began by it, but for the one that is asking.
-- name: identity_remove(id uuid, person_id uuid, token_id uuid) one
with ended as (
    update token t set revoked_at = now()
    from oidc_session s join identity i on i.id = s.identity_id
    where s.token_id = t.id and i.id = $1 and i.person_id = $2 and t.id <> $3 and t.revoked_at is null
)
delete from identity where id = $1 and person_id = $2
returning id;
