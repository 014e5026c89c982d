-- SPDX-License-Identifier: Apache-2.0

-- A list [{code, kind, name, population, parents[]}] replaces what is known of each of its codes.
-- name: territory_put(rows jsonb) one
with given as (
    select r.code, r.kind, r.name, r.population
    from jsonb_to_recordset($1) as r(code text, kind text, name text, population bigint)
), put as (
    insert into territory (code, kind, name, population) select code, kind, name, population from given
    on conflict (code) do update set kind = excluded.kind, name = excluded.name, population = excluded.population
    returning code
)
select count(*) as count from put;

-- name: territory_parents_forget(rows jsonb) none
delete from territory_parent where code in (select r.code from jsonb_to_recordset($1) as r(code text));

-- Parents that are nowhere, if any.
-- name: territory_parents_unknown(rows jsonb) many
select distinct p.parent
from jsonb_to_recordset($1) as r(code text, parents jsonb)
cross join lateral jsonb_array_elements_text(coalesce(r.parents, '[]')) as p(parent)
where not exists (select from territory t where t.code = p.parent)
order by 1
limit 20;

-- name: territory_parents_put(rows jsonb) none
insert into territory_parent (code, parent)
select distinct r.code, p.parent
from jsonb_to_recordset($1) as r(code text, parents jsonb)
cross join lateral jsonb_array_elements_text(coalesce(r.parents, '[]')) as p(parent);

-- name: territory_within_forget() none
delete from territory_within;

-- name: territory_within_put() none
insert into territory_within (code, ancestor)
with recursive up (code, ancestor) as (
    select code, code from territory
    union
    select up.code, p.parent from up join territory_parent p on p.code = up.ancestor
)
select code, ancestor from up;

-- Two territories inside each other: parents turn in a circle.
-- name: territory_circle() one
select a.code
from territory_within a join territory_within b on b.code = a.ancestor and b.ancestor = a.code
where a.code < a.ancestor
order by a.code
limit 1;

-- name: territory_get(code text) one
select t.code, t.kind, t.name, t.population,
       coalesce((select jsonb_agg(jsonb_build_object('code', a.code, 'kind', a.kind, 'name', a.name) order by a.code)
                 from territory_within w join territory a on a.code = w.ancestor
                 where w.code = t.code and w.ancestor <> t.code), '[]') as ancestors
from territory t
where t.code = $1;

-- name: territory_list(kind text, within text, words text, cursor_at text, cursor_id text, page bigint) many
select t.code, t.kind, t.name, t.population, t.name as cursor_at, t.code as cursor_id
from territory t
where ($1::text is null or t.kind = $1)
  and ($2::text is null or exists (select from territory_within w where w.code = t.code and w.ancestor = $2))
  and ($3::text is null or strpos(lower(t.name), lower($3)) > 0)
  and (t.name, t.code) > (coalesce($4, ''), coalesce($5, ''))
order by t.name, t.code
limit $6;

-- Those of the list that are not known.
-- name: territory_unknown(codes text[]) many
select c.code
from unnest($1) as c(code)
where not exists (select from territory t where t.code = c.code)
limit 20;
