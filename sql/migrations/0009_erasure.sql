-- SPDX-License-Identifier: Apache-2.0
-- Personal data that go: a person's, at their wish; a call's, when its rules of retention say so. Proofs stay.

alter table person add column erased_at timestamptz;
alter table application add column erased_at timestamptz;

-- What a person wished gone: the account went at once, what is personal in entries goes behind it, in steps from here on.
create table erasure (
    person_id   uuid primary key references person,
    asked_at    timestamptz not null default now(),
    chain       uuid not null default '00000000-0000-0000-0000-000000000000',
    version     bigint not null default -1,
    entries     bigint not null default 0,              -- that lost their personal part
    done_at     timestamptz
);

-- Months after the end of an application: what was never filed, what was not funded, what was. Null: kept.
create table retention (
    call_id     uuid primary key references call,
    draft_months integer check (draft_months between 1 and 1200),
    refused_months integer check (refused_months between 1 and 1200),
    funded_months integer check (funded_months between 120 and 1200) -- accounts are kept for ten years: Code de commerce, L123-22
);
