-- SPDX-License-Identifier: Apache-2.0

-- Links change one transaction at a time, or two at once would each compute their closure without the other's links.
-- name: territory_lock() none
select pg_advisory_xact_lock(4715001);

-- A list [{code, kind, name, population, parents[]}] replaces what is known of each of its codes.
-- name: territory_put(rows jsonb) one
with given as (
    select r.code, r.kind, r.name, r.population
    from jsonb_to_recordset($1) as r(code text, kind text, name text, population bigint)
), put as (
    insert into territory (code, kind, name, population) select code, kind, name, population from given
    on conflict (code) do update set kind = excluded.kind, name = excluded.name, population = excluded.population, now = null
    returning code
)
select count(*) as count from put;

-- Parents that are nowhere, if any.
-- name: territory_parents_unknown(rows jsonb) many
select distinct p.parent
from jsonb_to_recordset($1) as r(code text, parents jsonb)
cross join lateral jsonb_array_elements_text(coalesce(r.parents, '[]')) as p(parent)
where not exists (select from territory t where t.code = p.parent)
order by 1
limit 20;

-- Links of these codes, as pairs: written where they differ. Gives the codes whose closure is to be renewed.
-- name: territory_link(codes text[], link_codes text[], parents text[]) many
with given as (
    select distinct r.code, r.parent from unnest($2, $3) as r(code, parent)
), gone as (
    delete from territory_parent p
    where p.code = any ($1) and not exists (select from given g where g.code = p.code and g.parent = p.parent)
    returning p.code
), put as (
    insert into territory_parent (code, parent)
    select g.code, g.parent from given g
    where not exists (select from territory_parent p where p.code = g.code and p.parent = g.parent)
    returning code
)
select code from gone
union
select code from put
union
select t.code
from unnest($1) as c(code) join territory t on t.code = c.code
left join territory_within w on w.code = t.code and w.ancestor = coalesce(t.now, t.code)
where w.code is null;

-- Before a whole country is written at once: the planner knows nothing of rows that are new and would look each up.
-- name: territory_many() none
set local enable_nestloop = off;

-- Perimeters belong to whoever drew them, whatever their codes are called.
-- name: territory_perimeters(codes text[]) many
select code from perimeter where code = any ($1) order by code limit 20;

-- These codes and all that lies below them: whose closure depends on their links.
-- name: territory_below(codes text[]) many
select c.code from unnest($1) as c(code)
union
select w.code from territory_within w where w.ancestor = any ($1);

-- name: territory_within_forget(codes text[]) none
delete from territory_within where code = any ($1);

-- One after the other: a look-up for each link on the way up.
-- name: territory_within_put(codes text[]) none
insert into territory_within (code, ancestor)
select c.code, above.code
from unnest($1) as c(code)
cross join lateral (
    with recursive up (code) as (
        select c.code
        union
        select l.parent
        from up cross join lateral (
            select p.parent from territory_parent p where p.code = up.code
            union all
            select t.now from territory t where t.code = up.code and t.now is not null
        ) as l(parent)
    )
    select up.code from up
) as above;

-- All together, level after level: for a country.
-- name: territory_within_put_many(codes text[]) none
insert into territory_within (code, ancestor)
with recursive link (code, parent) as (
    select p.code, p.parent from territory_parent p
    union all
    select t.code, t.now from territory t where t.now is not null
), up (code, ancestor) as (
    select c.code, c.code from unnest($1) as c(code)
    union
    select up.code, link.parent from up join link on link.code = up.ancestor
)
select code, ancestor from up order by code, ancestor;

-- Two territories inside each other: parents turn in a circle.
-- name: territory_circle(codes text[]) one
select a.code
from territory_within a join territory_within b on b.code = a.ancestor and b.ancestor = a.code
where a.code = any ($1) and a.code <> a.ancestor
order by a.code
limit 1;

-- Whole lists at once, as the import gives them: written where they differ. `now` is null for what is a territory of today.
-- name: territory_import(codes text[], kinds text[], names text[], populations bigint[], nows text[]) one
with given as (
    select * from unnest($1, $2, $3, $4, $5) as r(code, kind, name, population, now)
), put as (
    insert into territory as t (code, kind, name, population, now) select code, kind, name, population, now from given
    on conflict (code) do update
    set kind = excluded.kind, name = excluded.name, population = excluded.population, now = excluded.now
    where (t.kind, t.name, t.population, t.now) is distinct from (excluded.kind, excluded.name, excluded.population, excluded.now)
    returning code
)
select count(*) as count from put;

-- An old code answers with what it belongs to today.
-- name: territory_get(code text) one
with today as (select coalesce(o.now, o.code) as code from territory o where o.code = $1)
select t.code, t.kind, t.name, t.population,
       array(select o.code from territory o where o.now = t.code order by o.code) as formerly,
       coalesce((select jsonb_agg(jsonb_build_object('code', a.code, 'kind', a.kind, 'name', a.name) order by a.code)
                 from territory_within w join territory a on a.code = w.ancestor
                 where w.code = t.code and w.ancestor <> t.code and a.now is null), '[]') as ancestors,
       p.space_id, p.version
from today join territory t on t.code = today.code left join perimeter p on p.code = t.code;

-- name: territory_list(kind text, within text, words text, cursor_at text, cursor_id text, page bigint) many
select t.code, t.kind, t.name, t.population, t.name as cursor_at, t.code as cursor_id
from territory t
where t.now is null
  and ($1::text is null or t.kind = $1)
  and ($2::text is null or t.code in (select w.code from territory o join territory_within w on w.ancestor = coalesce(o.now, o.code)
                                      where o.code = $2))
  and ($3::text is null or strpos(lower(t.name), lower($3)) > 0)
  and (t.name, t.code) > (coalesce($4, ''), coalesce($5, ''))
order by t.name, t.code
limit $6;

-- The perimeters around a point and all that these lie in. A point lies in a part when it lies in its outer ring and in none of its holes.
-- name: territory_at(lon double, lat double, kind text, cursor_at text, cursor_id text, page bigint) many
with at as (
    select point($1 * 1e7, $2 * 1e7) as point
), here as (
    select distinct r.code
    from at join perimeter_ring r on r.ring = 0 and r.bounds @> box(at.point, at.point) and r.area @> at.point
    where not exists (select from perimeter_ring h where h.code = r.code and h.part = r.part and h.ring > 0 and h.area @> at.point)
)
select t.code, t.kind, t.name, t.population, t.name as cursor_at, t.code as cursor_id
from territory t
where t.now is null
  and exists (select from here join territory_within w on w.code = here.code where w.ancestor = t.code)
  and ($3::text is null or t.kind = $3)
  and (t.name, t.code) > (coalesce($4, ''), coalesce($5, ''))
order by t.name, t.code
limit $6;

-- Those of the list that are not known.
-- name: territory_unknown(codes text[]) many
select c.code
from unnest($1) as c(code)
where not exists (select from territory t where t.code = c.code)
limit 20;

-- name: perimeter_add(name text, space_id uuid, geometry jsonb, parent text, created_by uuid) one
with made as (
    insert into territory (code, kind, name) values ('PER-' || gen_random_uuid(), 'perimeter', $1)
    returning code
), drawn as (
    insert into perimeter (code, space_id, geometry, created_by) select code, $2, $3, $5 from made
), linked as (
    insert into territory_parent (code, parent) select code, $4 from made
)
select code from made;

-- name: perimeter_count(space_id uuid) one
select (select count(*) from perimeter p where p.space_id = s.id) as count from space s where s.id = $1;

-- name: perimeter_ring_forget(code text) none
delete from perimeter_ring where code = $1;

-- name: perimeter_ring_put(code text, parts bigint[], rings bigint[], areas text[]) none
insert into perimeter_ring (code, part, ring, area)
select $1, r.part, r.ring, r.area::polygon from unnest($2, $3, $4) as r(part, ring, area);

-- name: perimeter_change(code text, version bigint, name text, geometry jsonb) one
with changed as (
    update perimeter set geometry = coalesce($4, geometry), version = version + 1
    where code = $1 and version = $2
    returning code
)
update territory t set name = coalesce($3, t.name) from changed where t.code = changed.code
returning t.code;

-- name: perimeter_get(code text) one
select p.code, t.name, p.space_id, p.version, p.geometry
from perimeter p join territory t on t.code = p.code
where p.code = $1;

-- Where something says that it lies in this perimeter, it stays.
-- name: perimeter_used(code text) one
select exists (select from dossier d where $1 = any (d.territories))
    or exists (select from sealed s where s.content -> 'territories' ? $1)
    or exists (select from call c where $1 = any (c.territories))
    or exists (select from role_grant g where g.scope = 'territory' and g.scope_id = $1 and g.revoked_at is null) as used;

-- name: perimeter_remove(code text) none
with within as (
    delete from territory_within where code = $1
), parents as (
    delete from territory_parent where code = $1
), drawn as (
    delete from perimeter where code = $1
)
delete from territory where code = $1;
