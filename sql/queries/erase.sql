-- SPDX-License-Identifier: Apache-2.0
-- Erasing, exporting, retaining.

-- What cannot be left without this person.
-- name: erase_hinders(person uuid) one
select exists (select from role_grant g where g.person_id = $1 and g.role = 'admin' and g.scope = 'platform' and g.revoked_at is null and g.until_at > now())
       and not exists (select from role_grant g where g.person_id <> $1 and g.role = 'admin' and g.scope = 'platform' and g.revoked_at is null and g.until_at > now())
       as only_admin,
       exists (select from membership m
               where m.person_id = $1 and m.role = 'owner' and m.accepted_at is not null
                 and exists (select from membership o where o.organisation_id = m.organisation_id and o.person_id <> $1 and o.accepted_at is not null)
                 and not exists (select from membership o where o.organisation_id = m.organisation_id and o.person_id <> $1 and o.role = 'owner' and o.accepted_at is not null))
       as only_owner,
       exists (select from role_grant g join application a on a.dossier_id = uuid_of(g.scope_id)
               where g.person_id = $1 and g.scope = 'dossier' and g.role = 'carrier' and g.revoked_at is null
                 and a.filed_at is not null and not a.is_over
                 and not exists (select from role_grant o where o.scope = 'dossier' and o.scope_id = g.scope_id and o.role = 'carrier'
                                 and o.person_id <> $1 and o.revoked_at is null))
       as only_carrier,
       (select count(*) from payment where recorded_by = $1) as payments,
       (select count(*) from signature where person_id = $1) as signatures,
       (select count(*) from decision where decided_by = $1) as decisions,
       (select count(*) from review where person_id = $1) as reviews;

-- The account, at once. Dossiers that nobody else holds and that were never filed are emptied.
-- name: erase_person(person uuid) one
with old as (
    select id, email from person where id = $1
), gone as (
    update person set email = 'erased-' || id || '@erased.invalid', name = '', password = null, verified_at = null, erased_at = now() where id = $1
), tokens as (
    update token set revoked_at = coalesce(revoked_at, now()), label = '' where person_id = $1
), factor as (
    delete from totp where person_id = $1
), identities as (
    delete from identity where person_id = $1
), states as (
    delete from oidc_state where person_id = $1
), codes as (
    delete from recovery_code where person_id = $1
), links as (
    delete from sign_in_link l using old where l.email = old.email or l.person_id = old.id
), mails as (
    update outbox o set recipient = '', subject = '', body = '', failed_at = case when o.sent_at is null then coalesce(o.failed_at, now()) end
    from old where o.recipient = old.email
), keys as (
    delete from idempotency where person_id = $1
), members as (
    delete from membership where person_id = $1
), offers as (
    delete from invitation where person_id = $1
), joining as (
    update organisation_invitation i
    set email = null, person_id = null, answer = coalesce(i.answer, 'revoked'), answered_at = coalesce(i.answered_at, now())
    from old where i.person_id = old.id or i.email = old.email
), said as (
    update message set author_id = null where author_id = $1
), drafts as (
    update dossier d set content = '{}', themes = '{}', territories = '{}', version = d.version + 1, updated_at = now()
    where d.organisation_id is null
      and d.id in (select uuid_of(g.scope_id) from role_grant g where g.person_id = $1 and g.scope = 'dossier' and g.revoked_at is null)
      and not exists (select from role_grant o where o.scope = 'dossier' and o.scope_id = d.id::text and o.person_id <> $1 and o.revoked_at is null)
      and not exists (select from application a where a.dossier_id = d.id and a.filed_at is not null)
    returning d.id
), grants as (
    update role_grant set revoked_at = now() where person_id = $1 and revoked_at is null
), queue as (
    insert into erasure (person_id) values ($1) on conflict do nothing
)
select count(*) as drafts from drafts;

-- name: erase_waiting() one
select person_id, chain, version from erasure where done_at is null order by asked_at limit 1 for update skip locked;

-- A window of the entries: those that concern this person, and the last one of the window whoever it concerns. Where money was
-- agreed upon, who did what is kept as long as the accounts are.
-- name: erase_window(person uuid, chain uuid, version bigint) many
with w as materialized (
    select e.chain, e.version, e.kind, e.scheme, e.person_id, e.behalf_id, e.about_id, e.data, e.salt, e.commitment
    from entry e where (e.chain, e.version) > ($2, $3)
    order by e.chain, e.version limit 5000
), told as (
    select w.*, w.commitment is null and (w.person_id = $1 or w.behalf_id = $1 or w.about_id = $1)
                and not exists (select from agreement g where g.application_id = w.chain) as goes
    from w
)
select t.chain, t.version, t.scheme, t.person_id, t.behalf_id, t.about_id, t.data, t.salt, t.goes
from told t
where t.goes or (t.chain, t.version) = (select l.chain, l.version from w l order by l.chain desc, l.version desc limit 1)
order by t.chain, t.version;

-- name: erase_chain(chain uuid, version bigint) many
select e.chain, e.version, e.scheme, e.person_id, e.behalf_id, e.about_id, e.data, e.salt, e.commitment is null as goes
from entry e where e.chain = $1 and e.version > $2
order by e.version limit 1000;

-- name: erase_entries(chains uuid[], versions bigint[], commitments bytea[]) one
select history_erase($1, $2, $3) as touched;

-- name: erase_advance(person uuid, chain uuid, version bigint, touched bigint, done boolean) none
update erasure set chain = $2, version = $3, entries = entries + $4, done_at = case when $5 then now() end where person_id = $1;

-- All that is held about a person, but for their acts (acts_window).
-- name: export_person(person uuid) one
select now() as exported_at,
       (select json_build_object('id', p.id, 'email', p.email, 'name', p.name, 'lang', p.lang, 'has_password', p.password is not null, 'verified_at', p.verified_at,
                                 'created_at', p.created_at, 'second_factor', exists (select from totp t where t.person_id = p.id)) from person p where p.id = $1) as person,
       coalesce((select json_agg(json_build_object('kind', t.kind, 'label', t.label, 'created_at', t.created_at, 'expires_at', t.expires_at, 'last_used_at', t.last_used_at,
                                                   'revoked_at', t.revoked_at) order by t.created_at) from token t where t.person_id = $1), '[]') as tokens,
       coalesce((select json_agg(json_build_object('provider', i.provider, 'issuer', i.issuer, 'subject', i.subject, 'email', i.email, 'given_name', i.given_name,
                                                   'usual_name', i.usual_name, 'siret', i.siret, 'created_at', i.created_at, 'used_at', i.used_at))
                 from identity i where i.person_id = $1), '[]') as identities,
       coalesce((select json_agg(json_build_object('organisation_id', m.organisation_id, 'name', o.name, 'role', m.role, 'accepted_at', m.accepted_at, 'created_at', m.created_at))
                 from membership m join organisation o on o.id = m.organisation_id where m.person_id = $1), '[]') as memberships,
       coalesce((select json_agg(json_build_object('role', g.role, 'scope', g.scope, 'scope_id', g.scope_id, 'granted_at', g.granted_at, 'revoked_at', g.revoked_at) order by g.granted_at)
                 from role_grant g where g.person_id = $1), '[]') as grants,
       coalesce((select json_agg(json_build_object('id', d.id, 'content', d.content, 'created_at', d.created_at, 'updated_at', d.updated_at,
                    'documents', (select coalesce(json_agg(json_build_object('id', f.id, 'kind', f.kind, 'name', f.name, 'size', f.size, 'sha256', f.sha256, 'added_at', f.added_at)), '[]')
                                  from document f where f.dossier_id = d.id),
                    'applications', (select coalesce(json_agg(json_build_object('id', a.id, 'number', a.number, 'places', a.places, 'filed_at', a.filed_at)), '[]')
                                     from application a where a.dossier_id = d.id)))
                 from (select d.* from dossier d join role_grant g on g.scope = 'dossier' and g.scope_id = d.id::text and g.person_id = $1 and g.revoked_at is null
                       order by d.created_at limit 200) d), '[]') as dossiers,
       coalesce((select json_agg(json_build_object('application_id', r.application_id, 'grid', r.grid, 'content', r.content, 'submitted_at', r.submitted_at))
                 from (select * from review where person_id = $1 limit 2000) r), '[]') as reviews,
       coalesce((select json_agg(json_build_object('application_id', m.application_id, 'body', m.body, 'at', m.at))
                 from (select * from message where author_id = $1 order by at limit 2000) m), '[]') as messages,
       coalesce((select json_agg(json_build_object('subject', mail.subject, 'created_at', mail.created_at, 'sent_at', mail.sent_at))
                 from (select o.* from outbox o join person p on p.email = o.recipient where p.id = $1 order by o.id limit 2000) mail), '[]') as mails;

-- --- retention

-- name: retention_call(call_id uuid) one
select c.id as call_id, c.space_id, r.draft_months, r.refused_months, r.funded_months
from call c left join retention r on r.call_id = c.id where c.id = $1;

-- name: retention_put(call_id uuid, draft bigint, refused bigint, funded bigint) one
insert into retention (call_id, draft_months, refused_months, funded_months) values ($1, $2, $3, $4)
on conflict (call_id) do update set draft_months = excluded.draft_months, refused_months = excluded.refused_months, funded_months = excluded.funded_months
returning call_id, draft_months, refused_months, funded_months;

-- Applications whose time is up. An application ends when its workflow does; one that was never filed, with its call.
-- name: retention_due(call_id uuid, now timestamptz, page bigint) many
select a.id, a.call_id, c.space_id, k.rule
from retention r
join call c on c.id = r.call_id
join application a on a.call_id = r.call_id and a.erased_at is null
cross join lateral (select case when a.filed_at is null then 'draft' when exists (select from agreement g where g.application_id = a.id) then 'funded' else 'refused' end as rule) k
where ($1::uuid is null or r.call_id = $1)
  and case k.rule when 'draft' then c.status = 'closed' and coalesce(c.closed_at, c.closes_at) + make_interval(months => r.draft_months) <= $2
                  when 'funded' then a.is_over and a.updated_at + make_interval(months => r.funded_months) <= $2
                  else a.is_over and a.updated_at + make_interval(months => r.refused_months) <= $2 end
order by a.call_id, k.rule, a.id
limit $3;

-- What the call holds of an application. The dossier itself stays its carriers'; answers to this workflow go, unless another of its
-- applications rests on them. Figures stay.
-- name: retention_wipe(application_id uuid) many
with a as (
    update application set erased_at = now() where id = $1 and erased_at is null
    returning id, dossier_id, call_id, sealed_version
), w as (
    select w.key, exists (select from application o join call oc on oc.id = o.call_id join workflow_version ov on ov.id = oc.workflow_version_id
                          where o.dossier_id = a.dossier_id and o.id <> a.id and o.erased_at is null and ov.workflow_id = w.id) as shared
    from a join call c on c.id = a.call_id join workflow_version v on v.id = c.workflow_version_id join workflow w on w.id = v.workflow_id
), versions as (
    update sealed s set content = '{}', documents = '[]' from a
    where s.dossier_id = a.dossier_id
      and not exists (select from application o where o.dossier_id = s.dossier_id and o.sealed_version = s.version and o.id <> a.id and o.erased_at is null)
), reviews as (
    update review r set content = '{}' from a where r.application_id = a.id
), messages as (
    update message m set body = '', author_id = null from a where m.application_id = a.id
), decisions as (
    update decision d set conditions = '', motive = '' from a where d.application_id = a.id
), agreements as (
    update agreement g set content = '{}' from a where g.application_id = a.id
), measures as (
    update measure m set comment = '', motive = '' from a where m.application_id = a.id
), mails as (
    update outbox o set recipient = '', subject = '', body = '' from a where o.application_id = a.id
), timers as (
    delete from timer t using a where t.owner = a.id
), complements as (
    delete from complement k using a where k.application_id = a.id
), answers as (
    update dossier d set content = d.content - w.key, version = d.version + 1, updated_at = now() from a, w where d.id = a.dossier_id and not w.shared and d.content ? w.key
), documents as (
    update document d set name = '', replaced_at = coalesce(d.replaced_at, now()) from a, w
    where d.dossier_id = a.dossier_id and not w.shared and d.kind like w.key || '/%'
    returning d.id, d.sha256
)
select distinct sha256 from documents d
where not exists (select from document o where o.sha256 = d.sha256 and o.id not in (select id from documents) and o.name <> '');
