-- SPDX-License-Identifier: Apache-2.0
-- Organisations by their numbers, and invitations to them.

-- A legal unit stands once, and so does each of its establishments.
alter table organisation
    add column siret text check (siret ~ '^[0-9]{14}$'),
    add column rna   text unique check (rna ~ '^W[0-9][0-9A-Z][0-9]{7}$'),
    add constraint organisation_siret_of_siren check (siret is null or siren is not null and left(siret, 9) = siren),
    drop constraint organisation_siren_key;
create unique index organisation_unit on organisation (siren) where siret is null;
create unique index organisation_establishment on organisation (siret);
create index on organisation (siren);

-- A part in an organisation, offered to an address or to somebody who is known; nothing but an offer until that person takes it.
-- The address is forgotten once there is an answer.
create table organisation_invitation (
    id          uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisation,
    email       text check (email = lower(email) and length(email) <= 254),
    person_id   uuid references person,
    role        text not null check (role in ('owner', 'member')),
    hands_over  boolean not null default false,         -- whoever invites is a mere member once it is accepted
    invited_by  uuid not null references person,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    mailed_at   timestamptz,
    answer      text check (answer in ('accepted', 'declined', 'revoked')),
    answered_at timestamptz,
    check (email is null or person_id is null),
    check ((answer is null) = (answered_at is null)),
    check (answer is not null or email is not null or person_id is not null),
    check (not hands_over or role = 'owner')
);
create unique index organisation_invitation_open on organisation_invitation (organisation_id, coalesce(email, person_id::text)) where answer is null;
create index on organisation_invitation (email) where answer is null;
create index on organisation_invitation (person_id) where answer is null;
