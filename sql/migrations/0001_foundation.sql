-- SPDX-License-Identifier: Apache-2.0
-- The nouns of Jalon. Money is bigint cents. A move and all it changes are one transaction. Nothing here is copied twice.

create table person (
    id          uuid primary key default gen_random_uuid(),
    email       text not null check (email = lower(email) and length(email) <= 254),
    name        text not null default '',
    lang        text not null default 'fr' check (lang in ('fr', 'en')),
    password    text,                                   -- Argon2id, encoded by libsodium
    created_at  timestamptz not null default now(),
    unique (email)
);

-- A bearer of access: a signed-in session or a token for programs. Only the hash is kept.
create table token (
    hash        bytea primary key,                      -- BLAKE2b-256 of the secret
    id          uuid not null default gen_random_uuid() unique,
    person_id   uuid not null references person,
    kind        text not null check (kind in ('session', 'token')),
    label       text not null default '',
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    revoked_at  timestamptz
);
create index on token (person_id);

-- A mailed link: one use, short life. An unknown address becomes a person when it is used.
create table sign_in_link (
    hash        bytea primary key,
    email       text not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    used_at     timestamptz,
    mail_id     bigint                                  -- in the outbox, where the secret stands until it is sent, used or expired
);
create index on sign_in_link (email, created_at);

create table organisation (
    id          uuid primary key default gen_random_uuid(),
    name        text not null,
    siren       text check (siren ~ '^[0-9]{9}$'),
    kind        text not null default 'other',
    version     bigint not null default 1,
    created_at  timestamptz not null default now(),
    unique (siren)
);
create table membership (
    organisation_id uuid not null references organisation,
    person_id   uuid not null references person,
    role        text not null check (role in ('owner', 'member')),
    accepted_at timestamptz,                            -- by the person; until then it is nothing but an offer
    created_at  timestamptz not null default now(),
    primary key (organisation_id, person_id)
);
create index on membership (person_id);

-- A funder's own corner.
create table space (
    id          uuid primary key default gen_random_uuid(),
    slug        text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    title       jsonb not null,                         -- {fr, en}
    organisation_id uuid not null references organisation,
    version     bigint not null default 1,
    created_at  timestamptz not null default now()
);

-- commune, epci, departement, region, nation or a perimeter below the commune. Codes are "commune:97415", "epci:249740101".
create table territory (
    code        text primary key,
    kind        text not null check (kind in ('nation', 'region', 'departement', 'epci', 'commune', 'perimeter')),
    name        text not null,
    population  bigint
);
create table territory_parent (
    code        text not null references territory,
    parent      text not null references territory,
    primary key (code, parent)
);
-- Closure, itself included: "inside or below" is one look-up.
create table territory_within (
    code        text not null references territory,
    ancestor    text not null references territory,
    primary key (code, ancestor)
);
create index on territory_within (ancestor);

-- Permission is data: person × role × scope, in time. scope_id is the id of the scope as text ('' for the platform).
create table role_grant (
    id          uuid primary key default gen_random_uuid(),
    person_id   uuid not null references person,
    role        text not null,
    scope       text not null check (scope in ('platform', 'space', 'territory', 'organisation', 'call', 'dossier', 'application')),
    scope_id    text not null,
    from_at     timestamptz not null default '-infinity',
    until_at    timestamptz not null default 'infinity',
    granted_by  uuid references person,
    granted_at  timestamptz not null default now(),
    revoked_at  timestamptz
);
create unique index role_grant_once on role_grant (person_id, role, scope, scope_id) where revoked_at is null;
create index on role_grant (scope, scope_id) where revoked_at is null;

-- The id that a scope's text is, or null: a look-up by it is served by the index of the id.
create function uuid_of(id text) returns uuid language sql immutable as $$
    select case when id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then id::uuid end
$$;

-- Who was named by an address on a scope: whoever named them learns nobody's name by it before that person has signed in.
create table invitation (
    person_id   uuid not null references person,
    scope       text not null,
    scope_id    text not null,
    mailed_at   timestamptz,
    accepted_at timestamptz,
    primary key (person_id, scope, scope_id)
);
create function is_known(person uuid, scope text, scope_id text) returns boolean language sql stable as $$
    select not exists (select from invitation i where i.person_id = $1 and i.scope = $2 and i.scope_id = $3 and i.accepted_at is null)
$$;

create table workflow (
    id          uuid primary key default gen_random_uuid(),
    space_id    uuid not null references space,
    name        text not null,                          -- the file's id
    key         text not null unique,                   -- under which dossiers keep its own answers: the name, or name@space when another space has that
    created_at  timestamptz not null default now(),
    unique (space_id, name)
);
create table workflow_version (
    id          uuid primary key default gen_random_uuid(),
    workflow_id uuid not null references workflow,
    version     integer not null,
    text        text not null,
    sha256      text not null,
    published_at timestamptz,
    created_by  uuid not null references person,
    created_at  timestamptz not null default now(),
    unique (workflow_id, version)
);

create table call (
    id          uuid primary key default gen_random_uuid(),
    space_id    uuid not null references space,
    workflow_version_id uuid not null references workflow_version,
    title       jsonb not null,
    summary     jsonb not null default '{}',
    status      text not null default 'draft' check (status in ('draft', 'open', 'closed')),
    opens_at    timestamptz not null,
    closes_at   timestamptz not null check (closes_at > opens_at),
    closed_at   timestamptz,                            -- when it closed; its closing date may be put off since, it is closed
    cutoffs     timestamptz[] not null default '{}',
    amount      bigint not null default 0 check (amount >= 0),
    committed   bigint not null default 0 check (committed >= 0),
    themes      text[] not null default '{}',
    territories text[] not null default '{}',
    last_number integer not null default 0,
    version     bigint not null default 1,
    created_by  uuid not null references person,
    created_at  timestamptz not null default now(),
    constraint envelope check (committed <= amount)     -- the last line of defence: an envelope is never overspent
);
create index on call (status, closes_at);
create table call_funder (
    call_id     uuid not null references call,
    organisation_id uuid not null references organisation,
    amount      bigint not null default 0 check (amount >= 0),
    primary key (call_id, organisation_id)
);

-- The project's one digital file. Shared answers at the top of content, a workflow's own under the workflow's id.
create table dossier (
    id          uuid primary key default gen_random_uuid(),
    organisation_id uuid references organisation,
    title       text generated always as (coalesce(content ->> 'title', '')) stored,
    content     jsonb not null default '{}',
    themes      text[] not null default '{}',
    territories text[] not null default '{}',
    version     bigint not null default 1,
    created_by  uuid not null references person,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);
create index on dossier (organisation_id);
create index on dossier (created_at, id);

-- A version that was filed somewhere: kept once however many applications rest on it.
create table sealed (
    dossier_id  uuid not null references dossier,
    version     bigint not null,
    title       text generated always as (coalesce(content ->> 'title', '')) stored,
    content     jsonb not null,
    documents   jsonb not null,                         -- [{kind, name, sha256, size, media_type}]
    sha256      text not null,                          -- of the canonical JSON of {content, documents}
    sealed_at   timestamptz not null,
    primary key (dossier_id, version)
);

-- A supporting document; the bytes live in the data directory under their hash.
create table document (
    id          uuid primary key default gen_random_uuid(),
    dossier_id  uuid not null references dossier,
    kind        text not null,                          -- shared kind, or "<workflow>/<kind>"
    name        text not null,
    media_type  text not null,
    size        bigint not null check (size >= 0),
    sha256      text not null,
    version     integer not null,
    replaced_at timestamptz,
    added_by    uuid not null references person,
    added_at    timestamptz not null default now(),
    unique (dossier_id, kind, version)
);

-- dossier × call: the track that carries a state.
create table application (
    id          uuid primary key default gen_random_uuid(),
    call_id     uuid not null references call,
    dossier_id  uuid not null references dossier,
    number      text not null,
    state       text not null,                          -- the engine's case, as its JSON text
    places      text[] not null,                        -- active atomic states
    stage       text not null,
    is_over     boolean not null default false,
    version     bigint not null,                        -- of the last move
    hash        bytea not null,                         -- of the last move
    sealed_version bigint,
    filed_at    timestamptz,
    cutoff      timestamptz,
    opened_at   timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    unique (call_id, dossier_id),
    unique (call_id, number),
    foreign key (dossier_id, sealed_version) references sealed
) with (fillfactor = 80);                               -- a move changes no index: the new row stays on its page
create index on application (dossier_id);
create index on application (call_id, opened_at, id);

-- The append-only history: every event that was fired, chained by hash to the one before it. No foreign keys: the row is written
-- in the transaction that holds its application locked, and a reference to the person would have all their moves share a lock.
create table move (
    application_id uuid not null,
    version     bigint not null,
    event       text not null,
    person_id   uuid,                                   -- null: the system
    data        jsonb,
    places      text[] not null,                        -- after it
    at          timestamptz not null,
    hash        bytea not null,
    primary key (application_id, version)
);

-- A document that was added after filing, in a state that opens documents: shown to the funder beside what was filed.
create table complement (
    application_id uuid not null references application,
    document_id uuid not null references document,
    primary key (document_id, application_id)
);

create table review (
    id          uuid primary key default gen_random_uuid(),
    application_id uuid not null references application,
    grid        text not null,
    person_id   uuid not null references person,
    content     jsonb not null,
    submitted_at timestamptz,
    version     bigint not null default 1,
    updated_at  timestamptz not null default now(),
    unique (application_id, grid, person_id)
);
create table decision (
    id          uuid primary key default gen_random_uuid(),
    application_id uuid not null references application,
    kind        text not null check (kind in ('granted', 'partial', 'conditional', 'waiting', 'refused')),
    amount      bigint not null default 0 check (amount >= 0),
    conditions  text not null default '',
    motive      text not null default '',
    decided_by  uuid not null references person,
    decided_at  timestamptz not null,
    replaced_at timestamptz
);
create unique index decision_current on decision (application_id) where replaced_at is null;
create table agreement (
    id          uuid primary key default gen_random_uuid(),
    application_id uuid not null unique references application,
    number      text not null,
    amount      bigint not null check (amount >= 0),
    content     jsonb not null default '{}',
    prepared_by uuid not null references person,
    prepared_at timestamptz not null,
    signed_at   timestamptz
);
create table signature (
    agreement_id uuid not null references agreement,
    person_id   uuid not null references person,
    role        text not null,
    signed_at   timestamptz not null,
    primary key (agreement_id, role)
);
create table instalment (
    id          uuid primary key default gen_random_uuid(),
    application_id uuid not null references application,
    name        text not null,
    position    integer not null,
    amount      bigint not null check (amount >= 0),
    paid        bigint not null default 0 check (paid >= 0 and paid <= amount),
    state       text not null default 'planned' check (state in ('planned', 'requested', 'approved', 'paid')),
    updated_at  timestamptz not null default now(),
    unique (application_id, name)
);
create table payment (
    id          uuid primary key default gen_random_uuid(),
    instalment_id uuid not null references instalment,
    application_id uuid not null references application,
    amount      bigint not null check (amount > 0),
    reference   text not null default '',
    recorded_by uuid not null references person,
    recorded_at timestamptz not null
);
create index on payment (application_id);

-- What an application promises for an indicator of its workflow.
create table target (
    application_id uuid not null references application,
    indicator   text not null,
    baseline    double precision,
    target      double precision,
    primary key (application_id, indicator)
);
create table measure (
    id          uuid primary key default gen_random_uuid(),
    application_id uuid not null references application,
    indicator   text not null,
    period      text not null default '',
    value       double precision not null,
    comment     text not null default '',
    evidence    uuid references document,
    state       text not null default 'entered' check (state in ('entered', 'validated', 'contested')),
    entered_by  uuid not null references person,
    entered_at  timestamptz not null,
    judged_by   uuid references person check (judged_by <> entered_by),
    judged_at   timestamptz,
    motive      text not null default ''
);
create index on measure (application_id, indicator, entered_at);
create table message (
    id          uuid primary key default gen_random_uuid(),
    application_id uuid not null references application,
    author_id   uuid references person,
    body        text not null,
    at          timestamptz not null default now()
);
create index on message (application_id, at);

-- What falls due without a request: an application's timed move, a call's opening and closing.
create table timer (
    owner       uuid not null,                          -- application or call
    kind        text not null check (kind in ('application', 'call')),
    name        text not null,
    due_at      timestamptz not null,
    data        jsonb,
    primary key (owner, name)
);
create index on timer (due_at);

-- What must leave: written with the move, delivered at least once, read by people when there is no mail server.
create table outbox (
    id          bigint generated always as identity primary key,
    kind        text not null check (kind in ('mail', 'sign-in')),
    recipient   text not null,
    subject     text not null,
    body        text not null,
    application_id uuid,
    created_at  timestamptz not null default now(),
    next_at     timestamptz not null default now(),
    attempts    integer not null default 0,
    sent_at     timestamptz,
    failed_at   timestamptz,
    last_error  text not null default ''
);
create index outbox_secret on outbox (created_at) where kind = 'sign-in' and body <> '';
create index outbox_waiting on outbox (next_at) where sent_at is null and failed_at is null;

-- The answer that a POST already got: the same key gives the same answer, once done, for a day.
create table idempotency (
    person_id   uuid not null,
    key         text not null,
    request     bytea not null,                         -- hash of method, path and body
    status      integer not null,
    location    text not null default '',
    etag        text not null default '',
    body        text not null,
    created_at  timestamptz not null default now(),
    primary key (person_id, key)
);
create index on idempotency (created_at);

-- Whoever keeps access rights in memory hears that they changed.
create function access_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('access', '');
    return null;
end $$;
create trigger access_changed after insert or update or delete on role_grant for each statement execute function access_changed();
create trigger access_changed after update or delete on token for each statement execute function access_changed();
create trigger access_changed after insert or update or delete on membership for each statement execute function access_changed();
