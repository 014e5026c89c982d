-- SPDX-License-Identifier: Apache-2.0

-- Targets and what was measured, by indicator.
-- name: measure_summary(application_id uuid) many
select u.indicator, t.baseline, t.target,
       (select count(*) from measure m where m.application_id = $1 and m.indicator = u.indicator) as measures,
       (select count(*) from measure m where m.application_id = $1 and m.indicator = u.indicator and m.state = 'validated') as validated,
       (select m.value from measure m where m.application_id = $1 and m.indicator = u.indicator and m.state = 'validated'
        order by m.entered_at desc, m.id desc limit 1) as last_validated
from (select indicator from target where application_id = $1
      union select indicator from measure where application_id = $1) u
left join target t on t.application_id = $1 and t.indicator = u.indicator
order by u.indicator;

-- name: target_set(application_id uuid, indicator text, baseline double, target double) one
insert into target (application_id, indicator, baseline, target) values ($1, $2, $3, $4)
on conflict (application_id, indicator) do update set baseline = excluded.baseline, target = excluded.target
returning application_id, indicator, baseline, target;

-- Evidence is a document of the same dossier: no row when it is not.
-- name: measure_add(application_id uuid, indicator text, value double, period text, comment text, evidence uuid, entered_by uuid, entered_at timestamptz, entered_for uuid) one
insert into measure (application_id, indicator, value, period, comment, evidence, entered_by, entered_at, entered_for)
select a.id, $2, $3, coalesce($4, ''), coalesce($5, ''), $6, $7, $8, $9
from application a
where a.id = $1 and ($6::uuid is null or exists (select from document d where d.id = $6 and d.dossier_id = a.dossier_id))
returning id, application_id, indicator, period, value, comment, evidence, state, entered_by, entered_at, judged_by, judged_at, motive;

-- name: measure_get(id uuid) one
select id, application_id, indicator, state, entered_by, entered_for from measure where id = $1;

-- name: measure_judge(id uuid, state text, motive text, judged_by uuid, judged_at timestamptz) one
update measure set state = $2, motive = coalesce($3, ''), judged_by = $4, judged_at = $5
where id = $1 and state <> 'validated' and state <> $2
returning id, application_id, indicator, period, value, comment, evidence, state, entered_by, entered_at, judged_by, judged_at, motive;

-- `seen`: the indicators that the reader sees.
-- name: measure_list(application_id uuid, indicator text, seen text[], cursor_at timestamptz, cursor_id uuid, page bigint) many
select id, application_id, indicator, period, value, comment, evidence, state, entered_by, entered_at, judged_by, judged_at, motive,
       entered_at as cursor_at, id as cursor_id
from measure
where application_id = $1 and ($2::text is null or indicator = $2) and indicator = any ($3)
  and (entered_at, id) > (coalesce($4, '-infinity'), coalesce($5, '00000000-0000-0000-0000-000000000000'))
order by entered_at, id
limit $6;
