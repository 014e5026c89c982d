-- SPDX-License-Identifier: Apache-2.0
-- What happens without a request.

-- Timers that fell due, oldest first; an application's before its call's at the same instant.
-- name: task_due(now timestamptz) many
select owner, kind, name from timer where due_at <= $1 order by due_at, kind, owner limit 100;

-- name: task_due_count(now timestamptz) one
select count(*) as count from timer where due_at <= $1;

-- A call opens or closes, and its timer is gone. Nothing happens to a call that is there already.
-- name: task_call(id uuid, timer text) one
with gone as (
    delete from timer where owner = $1 and name = $2 returning name
)
update call c
set status = case gone.name when 'open' then 'open' else 'closed' end,
    closed_at = case gone.name when 'close' then c.closes_at end, version = c.version + 1
from gone
where c.id = $1 and c.status = case gone.name when 'open' then 'draft' else 'open' end
returning c.id, c.space_id, c.status;

-- Mails to send now, leased for two minutes: whoever dies while sending leaves them to be sent again.
-- name: task_mail_take() many
update outbox
set next_at = now() + interval '2 minutes', attempts = attempts + 1
where id in (
    select id from outbox where sent_at is null and failed_at is null and next_at <= now()
    order by next_at limit 20 for update skip locked
)
returning id, recipient, subject, body, attempts, created_at;

-- name: task_mail_sent(id bigint) none
update outbox set sent_at = now(), last_error = '', body = case kind when 'sign-in' then '' else body end where id = $1;

-- Tried again after `wait_s` seconds; given up when that is null.
-- name: task_mail_failed(id bigint, error text, wait_s bigint) none
update outbox
set last_error = $2, next_at = now() + coalesce($3, 0) * interval '1 second', failed_at = case when $3 is null then now() end
where id = $1;

-- A mailed code's secret goes with the link that it names.
-- name: task_sweep() none
with keys as (
    delete from idempotency where created_at < now() - interval '1 day'
), secrets as (
    update outbox o
    set body = '', failed_at = case when o.sent_at is null then now() end, last_error = 'expired'
    from sign_in_link l
    where l.mail_id = o.id and o.kind = 'sign-in' and o.body <> '' and l.expires_at < now()
), links as (
    delete from sign_in_link where expires_at < now() - interval '1 day'
), readings as (
    delete from reading where day < extract(epoch from now()) / 86400 - 2
)
delete from token where expires_at < now() - interval '30 days';
