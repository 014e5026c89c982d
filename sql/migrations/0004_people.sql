-- SPDX-License-Identifier: Apache-2.0
-- Signing in: addresses that were proved, sessions with limits, tokens with a scope, a second factor.

alter table person add column verified_at timestamptz;  -- when a mailed code last proved the address
update person p set verified_at = (select min(t.created_at) from token t where t.person_id = p.id and t.kind = 'session');

alter table token
    add column way text not null default 'link',        -- how a session began: link, password, oidc
    add column access text not null default 'write' check (access in ('read', 'write')),
    add column scope text check (scope in ('space', 'call', 'dossier')), -- a token's only place; null: wherever the person may
    add column scope_id uuid,
    add column confirmed_at timestamptz,                -- a session's: when the person last proved who they are
    add column last_used_at timestamptz,                -- at most a few minutes late
    add check ((scope is null) = (scope_id is null));
update token set confirmed_at = created_at where kind = 'session';

-- That a token was used changes nobody's rights.
drop trigger access_changed on token;
create trigger access_changed after delete or update of hash, revoked_at, expires_at, confirmed_at on token
    for each statement execute function access_changed();

-- What a mailed code is good for: sign-in; confirm (it is still them); address (this one is theirs).
alter table sign_in_link
    add column purpose text not null default 'sign-in' check (purpose in ('sign-in', 'confirm', 'address')),
    add column person_id uuid references person,        -- whose, when they are known
    add check ((purpose = 'sign-in') = (person_id is null));

-- Codes of RFC 6238. The secret is sealed by a key that is not in the database.
create table totp (
    person_id   uuid primary key references person,
    secret      bytea not null,
    confirmed_at timestamptz,                           -- null: begun, asks for nothing yet
    last_step   bigint not null default 0,              -- of the last code taken: none is taken twice
    created_at  timestamptz not null default now()
);
create table recovery_code (
    hash        bytea primary key,                      -- of the person and the code
    person_id   uuid not null references person,
    used_at     timestamptz
);
create index on recovery_code (person_id);
