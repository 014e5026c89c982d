-- SPDX-License-Identifier: Apache-2.0

-- A draft is written over. What was submitted stays, and gives no row, unless one of `places`, where reviews are written now, was
-- entered since: a round of consensus asks again, and takes submitted reviews only.
-- name: review_write(application_id uuid, grid text, person_id uuid, content jsonb, submitted_at timestamptz, places text[]) one
insert into review as r (application_id, grid, person_id, content, submitted_at) values ($1, $2, $3, $4, $5)
on conflict (application_id, grid, person_id)
do update set content = excluded.content, submitted_at = excluded.submitted_at, version = r.version + 1, updated_at = now()
where r.submitted_at is null
   or ($5 is not null
       and exists (select from move m join move before on before.application_id = m.application_id and before.version = m.version - 1
                   where m.application_id = r.application_id and m.at >= r.submitted_at
                     and m.places && $6 and not before.places && $6))
returning r.id, r.application_id, r.grid, r.person_id, (select name from person where id = r.person_id) as name,
          r.content, r.submitted_at, r.version, r.updated_at;

-- Own reviews, and submitted ones of the grids that the viewer sees. `nameless`: who wrote them is not told. The version counts drafts: it is their author's.
-- name: review_list(application_id uuid, viewer uuid, grids text[], nameless boolean, cursor_at timestamptz, cursor_id uuid, page bigint) many
select r.id, r.application_id, r.grid,
       case when r.person_id = $2 or not $4 then r.person_id end as person_id,
       case when r.person_id = $2 or not $4 then p.name end as name,
       r.content, r.submitted_at, case when r.person_id = $2 then r.version end as version, r.updated_at, r.updated_at as cursor_at, r.id as cursor_id
from review r join person p on p.id = r.person_id
where r.application_id = $1 and (r.person_id = $2 or (r.submitted_at is not null and r.grid = any ($3)))
  and (r.updated_at, r.id) > (coalesce($5, '-infinity'), coalesce($6, '00000000-0000-0000-0000-000000000000'))
order by r.updated_at, r.id
limit $7;

-- The grids on which a person has had their say.
-- name: review_submitted(application_id uuid, person_id uuid) many
select grid from review where application_id = $1 and person_id = $2 and submitted_at is not null;
