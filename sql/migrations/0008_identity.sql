-- SPDX-License-Identifier: Apache-2.0
-- Signing in at providers (OpenID Connect).

-- Who somebody is at a provider: the issuer and its name for them, never their address, which may pass on to another.
create table identity (
    id          uuid primary key default gen_random_uuid(),
    person_id   uuid not null references person,
    provider    text not null,                          -- its name in the providers' file when it was last used
    issuer      text not null,
    subject     text not null,
    email       text,                                   -- from here on: what the provider says, for the person to read
    given_name  text,
    usual_name  text,
    siret       text,
    idp_id      text,
    acr         text,
    amr         text[] not null default '{}',
    created_at  timestamptz not null default now(),
    used_at     timestamptz not null default now(),
    unique (issuer, subject)
);
create index on identity (person_id, created_at, id);

-- A sign-in that has begun and not come back: one use, ten minutes. Hashes alone: nothing here helps to finish it.
create table oidc_state (
    hash        bytea primary key,                      -- of the state
    browser     bytea not null,                         -- hash of the secret that the browser keeps in a cookie
    provider    text not null,
    person_id   uuid references person,                 -- whom to give the identity to; null: whoever it turns out to be
    return_to   text not null,
    expires_at  timestamptz not null
);
create index on oidc_state (expires_at);

-- Sessions that began at a provider, to end there too. An ID token is a statement about the person and opens nothing here.
create table oidc_session (
    token_id    uuid primary key references token (id) on delete cascade,
    identity_id uuid not null references identity on delete cascade,
    id_token    text not null
);
create index on oidc_session (identity_id);
