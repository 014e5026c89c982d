-- SPDX-License-Identifier: Apache-2.0

-- What was filed, summed for everyone: by stage, theme, and territory, where a dossier counts once for each territory that it
-- is in or below. While one is being corrected, what was last filed counts; an amount that no money can be counts as none.
-- name: observatory_get(theme text, territory text, call_id uuid) one
with filed as materialized (
    select a.id, a.dossier_id, a.stage, d.themes, d.territories,
           case when jsonb_typeof(q.asked) = 'number' and (q.asked)::numeric between 0 and 1000000000000000 then (q.asked)::bigint
                else 0 end as requested,
           coalesce((select n.amount from decision n
                     where n.application_id = a.id and n.replaced_at is null and n.kind in ('granted', 'partial', 'conditional')), 0) as decided,
           coalesce((select sum(p.amount) from payment p where p.application_id = a.id), 0)::bigint as paid
    from application a
    join dossier d on d.id = a.dossier_id
    join call c on c.id = a.call_id
    join workflow_version v on v.id = c.workflow_version_id
    join workflow w on w.id = v.workflow_id
    cross join lateral (select s.content from sealed s
                        where s.dossier_id = a.dossier_id and s.version <= coalesce(a.sealed_version, s.version)
                        order by s.version desc limit 1) k
    cross join lateral (select coalesce(k.content -> w.key -> 'requested', k.content -> 'requested') as asked) q
    where a.filed_at is not null and c.status <> 'draft'
      and ($1::text is null or $1 = any (d.themes))
      and ($2::text is null or exists (select from territory_within t where t.ancestor = $2 and t.code = any (d.territories)))
      and ($3::uuid is null or a.call_id = $3)
), placed as (
    select distinct f.id, w.ancestor as code from filed f join territory_within w on w.code = any (f.territories)
)
select (select count(*) from filed) as applications,
       (select count(distinct dossier_id) from filed) as dossiers,
       (select coalesce(sum(requested), 0)::bigint from filed) as requested,
       (select coalesce(sum(decided), 0)::bigint from filed) as decided,
       (select coalesce(sum(paid), 0)::bigint from filed) as paid,
       coalesce((select jsonb_agg(jsonb_build_object('stage', s.stage, 'applications', s.applications, 'dossiers', s.dossiers) order by s.stage)
                 from (select stage, count(*) as applications, count(distinct dossier_id) as dossiers from filed group by stage) s), '[]') as stages,
       coalesce((select jsonb_agg(jsonb_build_object('theme', s.theme, 'applications', s.applications, 'dossiers', s.dossiers,
                                                     'requested', s.requested, 'decided', s.decided, 'paid', s.paid) order by s.theme)
                 from (select u.theme, count(*) as applications, count(distinct f.dossier_id) as dossiers, sum(f.requested)::bigint as requested,
                              sum(f.decided)::bigint as decided, sum(f.paid)::bigint as paid
                       from filed f cross join lateral (select distinct unnest(f.themes) as theme) u group by u.theme
                       order by count(*) desc, u.theme limit 500) s), '[]') as themes,
       coalesce((select jsonb_agg(jsonb_build_object('code', s.code, 'name', s.name, 'kind', s.kind, 'applications', s.applications,
                                                     'dossiers', s.dossiers, 'requested', s.requested, 'decided', s.decided, 'paid', s.paid)
                                  order by s.dossiers desc, s.code)
                 from (select t.code, t.name, t.kind, count(*) as applications, count(distinct f.dossier_id) as dossiers,
                              sum(f.requested)::bigint as requested, sum(f.decided)::bigint as decided, sum(f.paid)::bigint as paid
                       from placed p join filed f on f.id = p.id join territory t on t.code = p.code and t.now is null
                       group by t.code, t.name, t.kind
                       order by count(*) desc, t.code limit 1000) s), '[]') as territories;
