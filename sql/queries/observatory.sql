-- SPDX-License-Identifier: Apache-2.0

-- What was filed, summed by stage, theme, and territory, where a dossier counts once for each territory that it is in or below. While
-- one is being corrected, what was last filed counts; an amount that no money can be counts as none. Beside each sum stands how many
-- owners gave to it (givers…) and to the same outside of the filter (others…): what engine/few.h wants to know. With `all_parts` nobody
-- outside is counted. `told` is false for what a total has beyond its parts. `complements`: of the calls that share this cell, the one
-- asked for is the smallest that is large enough, while another is not.
-- name: observatory_cells(theme text, territory text, call_id uuid, all_parts boolean, least bigint) many
with filed as (
    select a.id, a.dossier_id, a.call_id, a.stage, d.themes, d.territories, coalesce(d.organisation_id, d.created_by) as owner,
           ($1::text is null or $1 = any (d.themes))
           and ($2::text is null or exists (select from territory_within t where t.ancestor = $2 and t.code = any (d.territories)))
           and ($3::uuid is null or a.call_id = $3) as inside,
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
), counted as materialized (
    select * from filed where inside or not $4
), placed as materialized (
    select distinct f.id, w.ancestor as code, t.kind
    from counted f join territory_within w on w.code = any (f.territories) join territory t on t.code = w.ancestor and t.now is null
), below as materialized (
    select distinct p.id, u.parent, p.kind from placed p join territory_parent u on u.code = p.code
), item as materialized (
    select 'total' as list, '' as code, '' as kind, true as told, id from counted
    union all select 'stages', stage, '', true, id from counted
    union all select 'themes', u.theme, '', true, f.id from counted f cross join lateral (select distinct unnest(f.themes) as theme) u
    union all select 'themes', '', '', false, id from counted where themes = '{}'
    union all select 'territories', code, kind, true, id from placed
    union all select 'territories', k.parent, k.kind, false, k.id
              from (select p.id, l.parent, l.kind from placed p join (select distinct parent, kind from below) l on l.parent = p.code
                    except select id, parent, kind from below) k -- hashed: as an anti-join its time grew with the square
    union all select 'territories', '', '', false, f.id from counted f where not exists (select from placed p where p.id = f.id)
), by_owner as (
    select i.list, i.code, i.kind, i.told, count(*) filter (where f.inside) as applications,
           count(distinct f.dossier_id) filter (where f.inside) as dossiers, count(*) filter (where not f.inside) as others,
           sum(f.requested) filter (where f.inside) as requested, sum(f.requested) filter (where not f.inside) as other_requested,
           sum(f.decided) filter (where f.inside) as decided, sum(f.decided) filter (where not f.inside) as other_decided,
           sum(f.paid) filter (where f.inside) as paid, sum(f.paid) filter (where not f.inside) as other_paid
    from item i join counted f on f.id = i.id
    group by i.list, i.code, i.kind, i.told, f.owner
), by_call as (
    select i.list, i.code, i.kind, i.told, f.call_id, count(distinct f.owner) as owners
    from item i join counted f on f.id = i.id
    where $3::uuid is not null and not $4
    group by i.list, i.code, i.kind, i.told, f.call_id
), complement as (
    select list, code, kind, told
    from (select *, min(owners) filter (where owners >= $5) over cell as smallest, bool_or(owners < $5) over cell as few
          from by_call window cell as (partition by list, code, kind, told)) s
    where call_id = $3 and few and owners = smallest
)
select o.list, o.code, o.kind, o.told, coalesce(t.name, '') as name,
       (select coalesce(array_agg(u.parent order by u.parent), '{}') from territory_parent u where o.list = 'territories' and u.code = o.code) as parents,
       sum(o.applications)::bigint as applications, sum(o.dossiers)::bigint as dossiers, coalesce(sum(o.requested), 0)::bigint as requested,
       coalesce(sum(o.decided), 0)::bigint as decided, coalesce(sum(o.paid), 0)::bigint as paid,
       count(*) filter (where o.applications > 0) as givers, count(*) filter (where o.others > 0) as others,
       count(*) filter (where o.requested > 0) as givers_requested, count(*) filter (where o.other_requested > 0) as others_requested,
       count(*) filter (where o.decided > 0) as givers_decided, count(*) filter (where o.other_decided > 0) as others_decided,
       count(*) filter (where o.paid > 0) as givers_paid, count(*) filter (where o.other_paid > 0) as others_paid,
       exists (select from complement c where (c.list, c.code, c.kind, c.told) = (o.list, o.code, o.kind, o.told)) as complements
from by_owner o left join territory t on o.list = 'territories' and t.code = o.code
group by o.list, o.code, o.kind, o.told, t.name
having sum(o.applications) > 0
order by o.list collate "C", o.code collate "C", o.told, o.kind;
