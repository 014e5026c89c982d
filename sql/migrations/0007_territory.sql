-- SPDX-License-Identifier: Apache-2.0
-- The whole of France, codes that are no more, and perimeters below the commune.

alter table territory
    drop constraint territory_kind_check,
    add constraint territory_kind_check
        check (kind in ('nation', 'region', 'departement', 'epci', 'commune', 'arrondissement-municipal', 'perimeter')),
    add column now text references territory;           -- an old code: what its place belongs to today. Whatever is written under it stays true
-- The closure is computed from territories and their links, which are checked; checking each of its rows again takes longer than all else.
alter table territory_within
    drop constraint territory_within_code_fkey,
    drop constraint territory_within_ancestor_fkey;
create index on territory (name, code) where now is null;
create index on territory (now) where now is not null;
create index on territory_parent (parent);

-- What a space drew within a commune.
create table perimeter (
    code        text primary key references territory,
    space_id    uuid not null references space,
    geometry    jsonb not null,                         -- GeoJSON as it was given: Polygon or MultiPolygon, WGS 84
    version     bigint not null default 1,
    created_by  uuid not null references person,
    created_at  timestamptz not null default now()
);
create index on perimeter (space_id);

-- Its rings, one a row: ring 0 of a part bounds it, the others are holes. The box finds, the polygon decides. Coordinates are in units
-- of 10^-7 degree: PostgreSQL takes a product under 10^-6 for zero, which in degrees puts a point 30 m away into a small polygon.
create table perimeter_ring (
    code        text not null references perimeter on delete cascade,
    part        integer not null,
    ring        integer not null,
    area        polygon not null,
    bounds      box not null generated always as (box(area)) stored,
    primary key (code, part, ring)
);
create index perimeter_ring_bounds on perimeter_ring using gist (bounds) where ring = 0;
