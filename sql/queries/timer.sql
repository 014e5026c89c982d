-- SPDX-License-Identifier: Apache-2.0

-- name: timer_put(owners uuid[], names text[], due timestamptz[], data jsonb[]) none
insert into timer (owner, kind, name, due_at, data)
select u.owner, 'application', u.name, u.due_at, u.data
from unnest($1, $2, $3, $4) as u (owner, name, due_at, data)
on conflict (owner, name) do update set due_at = excluded.due_at, data = excluded.data;

-- name: timer_drop(owners uuid[], names text[]) none
delete from timer t
using unnest($1, $2) as u (owner, name)
where t.owner = u.owner and t.name = u.name;

-- No row: another program took it, or it was moved to later.
-- name: timer_take(owner uuid, name text, now timestamptz) one
delete from timer where owner = $1 and name = $2 and due_at <= $3
returning data;
