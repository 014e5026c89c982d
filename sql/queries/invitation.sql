-- SPDX-License-Identifier: Apache-2.0

-- What was offered to the same address or person before is offered anew.
-- name: invitation_add(organisation_id uuid, email text, person_id uuid, role text, hands_over boolean, invited_by uuid, now timestamptz, expires_at timestamptz) one
insert into organisation_invitation as i (organisation_id, email, person_id, role, hands_over, invited_by, created_at, expires_at)
values ($1, lower($2), $3, $4, $5, $6, $7, $8)
on conflict (organisation_id, (coalesce(email, person_id::text))) where answer is null
do update set role = excluded.role, hands_over = excluded.hands_over, invited_by = excluded.invited_by,
              created_at = excluded.created_at, expires_at = excluded.expires_at
returning i.id, i.organisation_id, (select o.name from organisation o where o.id = i.organisation_id) as organisation, i.email, i.person_id,
          i.role, i.hands_over, (select p.name from person p where p.id = i.invited_by) as invited_by, i.created_at, i.expires_at;

-- Offers nobody answered are forgotten a month after their end; how many stand is told, so that there are not too many.
-- name: invitation_forget(organisation_id uuid, now timestamptz) one
with gone as (
    delete from organisation_invitation
    where organisation_id = $1 and answer is null and expires_at < $2 - interval '30 days'
)
select count(*) as open from organisation_invitation where organisation_id = $1 and answer is null and expires_at > $2;

-- Leaves to the address, in the language of whoever has it: one an hour from one organisation, six for one address.
-- name: invitation_mail(id uuid, now timestamptz, lang text, subject_fr text, body_fr text, subject_en text, body_en text) none
with due as (
    update organisation_invitation i set mailed_at = $2
    where i.id = $1 and (i.mailed_at is null or i.mailed_at <= $2 - interval '1 hour')
      and (select count(*) from organisation_invitation o
           where coalesce(o.email, o.person_id::text) = coalesce(i.email, i.person_id::text) and o.mailed_at > $2 - interval '1 hour') < 6
    returning i.email, i.person_id
), reader as (
    select coalesce(p.email, d.email) as email, coalesce(p.lang, $3) as lang
    from due d left join person p on p.id = d.person_id or p.email = d.email
)
insert into outbox (kind, recipient, subject, body)
select 'mail', r.email, case r.lang when 'en' then $6 else $4 end, case r.lang when 'en' then $7 else $5 end from reader r;

-- Those of an organisation that wait for an answer.
-- name: invitation_list(organisation_id uuid, now timestamptz, cursor_at timestamptz, cursor_id uuid, page bigint) many
select i.id, i.organisation_id, o.name as organisation, i.email, i.person_id, i.role, i.hands_over, p.name as invited_by,
       i.created_at, i.expires_at, i.created_at as cursor_at, i.id as cursor_id
from organisation_invitation i join organisation o on o.id = i.organisation_id join person p on p.id = i.invited_by
where i.organisation_id = $1 and i.answer is null and i.expires_at > $2
  and (i.created_at, i.id) > (coalesce($3, '-infinity'), coalesce($4, '00000000-0000-0000-0000-000000000000'))
order by i.created_at, i.id
limit $5;

-- One's own, by the address that one proved or by oneself.
-- name: invitation_mine(person_id uuid, now timestamptz, cursor_at timestamptz, cursor_id uuid, page bigint) many
select i.id, i.organisation_id, o.name as organisation, i.email, i.person_id, i.role, i.hands_over, p.name as invited_by,
       i.created_at, i.expires_at, i.created_at as cursor_at, i.id as cursor_id
from person me
join organisation_invitation i on i.email = me.email or i.person_id = me.id
join organisation o on o.id = i.organisation_id
join person p on p.id = i.invited_by
where me.id = $1 and i.answer is null and i.expires_at > $2
  and (i.created_at, i.id) > (coalesce($3, '-infinity'), coalesce($4, '00000000-0000-0000-0000-000000000000'))
order by i.created_at, i.id
limit $5;

-- name: invitation_to(id uuid, person_id uuid, now timestamptz) one
select i.id, i.organisation_id, i.role, i.hands_over, i.invited_by
from organisation_invitation i join person me on me.id = $2
where i.id = $1 and (i.email = me.email or i.person_id = me.id) and i.answer is null and i.expires_at > $3
for update of i;

-- name: invitation_answer(id uuid, organisation_id uuid, answer text, now timestamptz) one
update organisation_invitation set answer = $3, answered_at = $4, email = null
where id = $1 and organisation_id = $2 and answer is null
returning id;

-- An owner who is invited as a member stays one.
-- name: membership_take(organisation_id uuid, person_id uuid, role text, now timestamptz) one
insert into membership as m (organisation_id, person_id, role, accepted_at) values ($1, $2, $3, $4)
on conflict (organisation_id, person_id) do update
set role = case when m.role = 'owner' and m.accepted_at is not null then m.role else excluded.role end,
    accepted_at = coalesce(m.accepted_at, excluded.accepted_at)
returning m.organisation_id, m.person_id, (select p.name from person p where p.id = m.person_id) as name, m.role, m.accepted_at, m.created_at;

-- name: membership_step_back(organisation_id uuid, person_id uuid) one
update membership set role = 'member' where organisation_id = $1 and person_id = $2 and role = 'owner' and accepted_at is not null
returning person_id;
