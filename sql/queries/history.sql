-- SPDX-License-Identifier: Apache-2.0
-- The history beside moves (move.sql), and the trees. Entries are told from the personal part as README.md of api/history says.

-- The last entry of a chain, held until the end of the transaction.
-- name: chain_lock(id uuid, kind text) one
insert into chain as c (id, kind) values ($1, $2::"char")
on conflict (id) do update set kind = c.kind
returning c.version, c.hash, clock_timestamp() as now;

-- name: chain_add(chain uuid, kind text, tree uuid, version bigint, event text, person_id uuid, behalf_id uuid, about_id uuid, data text, at timestamptz, hash bytea, salt bytea) none
with head as (
    update chain set version = $4, hash = $11 where id = $1
)
insert into entry (chain, kind, scheme, tree, version, event, person_id, behalf_id, about_id, data, places, at, hash, salt)
values ($1, $2::"char", 1, $3, $4, $5, $6, $7, $8, $9::json, '{}', $10, $11, $12);

-- A row the first time that this is read: hashes of who, what and when, kept for as long as they say so.
-- name: reading_first(key bytea, day bigint) one
insert into reading (key, day) values ($1, $2) on conflict do nothing returning true as first;

-- Who read something is not told to those who hold the dossier: it may be who reviews it. Nor who was named by an address, before
-- they have signed in.
-- name: chain_list(chain uuid, after bigint, page bigint) many
select e.version, e.event, p.id as person_id, p.name as person, case when p.id is not null then e.behalf_id end as behalf_id,
       case when is_known(e.about_id, e.data ->> 'scope', e.data ->> 'scope_id') then e.about_id end as about_id, e.data, e.at, e.hash,
       e.version as cursor_at, e.chain as cursor_id
from entry e
left join person p on p.id = e.person_id and e.event not in ('document.read', 'dossier.read')
where e.chain = $1 and e.version > coalesce($2, 0)
order by e.version
limit $3;

-- The grants of one scope, on the chain where they stand.
-- name: chain_grants(chain uuid, scope text, scope_id text, after bigint, page bigint) many
select e.version, e.event, p.id as person_id, p.name as person, e.behalf_id,
       case when is_known(e.about_id, $2, $3) then e.about_id end as about_id, e.data, e.at, e.hash,
       e.version as cursor_at, e.chain as cursor_id
from entry e
left join person p on p.id = e.person_id
where e.chain = $1 and e.event like 'grant.%' and e.data ->> 'scope' = $2 and e.data ->> 'scope_id' = $3 and e.version > coalesce($4, 0)
order by e.version
limit $5;

-- Acts by, for or about a person in a window of all entries, and the window's last one whoever's it is. Neither their places on the
-- chains are told nor the version that was read: both count what others did.
-- name: acts_window(person uuid, chain uuid, version bigint) many
with w as materialized (
    select e.chain, e.version, encode(e.hash, 'hex') as hash, e.event, e.person_id, e.behalf_id, e.about_id, e.data, e.at,
           e.person_id = $1 or e.behalf_id = $1 or e.about_id = $1 as mine
    from entry e where (e.chain, e.version) > (coalesce($2, '00000000-0000-0000-0000-000000000000'), coalesce($3, -1))
    order by e.chain, e.version limit 5000
)
select w.chain, w.hash, w.event, w.person_id, w.behalf_id,
       case when w.about_id = $1 or is_known(w.about_id, w.data ->> 'scope', w.data ->> 'scope_id') then w.about_id end as about_id,
       case when w.event = 'dossier.read' then (w.data::jsonb - 'version')::json else w.data end as data, w.at, coalesce(w.mine, false) as mine, w.version as cursor_at, w.chain as cursor_id
from w
where w.mine or (w.chain, w.version) = (select l.chain, l.version from w l order by l.chain desc, l.version desc limit 1)
order by w.chain, w.version;

-- By its hash, or by its version: the first that bears it.
-- name: entry_get(chain uuid, version bigint, hash text) one
select e.kind::text as kind, e.scheme, e.tree, e.chain, coalesce(e.told, e.version) as version, e.event, e.person_id, e.behalf_id, e.about_id, e.data, e.places, e.at,
       e.seal, e.salt, e.commitment, e.hash, e.xid,
       coalesce((select b.hash from entry b where b.chain = e.chain and b.version = e.version - 1), decode(repeat('00', 32), 'hex')) as prev
from entry e
where e.chain = $1 and e.version >= coalesce($2, 1) and (coalesce(e.told, e.version) = $2 or e.hash = decode($3, 'hex'))
order by e.version
limit 1;

-- --- the trees

-- Held by whoever gathers; no row while another one does.
-- name: log_turn() one
select xid, chain, version, installation, key, txid_snapshot_xmin(txid_current_snapshot()) + shift as settled, clock_timestamp() as now
from log_state for update skip locked;

-- The same, waited for, by whoever hands the log over to another key.
-- name: log_hold() one
select installation, key from log_state for update;

-- name: log_key_put(key bytea) none
update log_state set key = $1;

-- name: log_trees() many
select id, size from log_tree order by id;

-- Each key that was handed over to the next, oldest first.
-- name: log_keys() many
select version, data from entry where kind = 'p' and event = 'key.rotated' order by version;

-- What has been written since, and stands whatever is still under way.
-- name: log_take(xid bigint, chain uuid, version bigint, settled bigint, page bigint) many
select tree, chain, version, hash, xid
from entry
where xid >= $1 and xid < $4 and (xid, chain, version) > ($1, $2, $3)
order by xid, chain, version
limit $5;

-- name: log_sizes(trees uuid[]) many
select id, size from log_tree where id = any ($1) for update;

-- name: log_tile(tree uuid, level int, position bigint) one
select hashes, first_xid, last_xid from log_tile where tree = $1 and level = $2 and position = $3;

-- name: log_tile_put(trees uuid[], levels int[], positions bigint[], hashes bytea[], first bigint[], last bigint[]) none
insert into log_tile as t (tree, level, position, hashes, first_xid, last_xid)
select u.tree, u.level, u.position, u.hashes, u.first, u.last
from unnest($1, $2, $3, $4, $5, $6) as u (tree, level, position, hashes, first, last)
on conflict (tree, level, position) do update set hashes = excluded.hashes, last_xid = excluded.last_xid;

-- name: log_grow(trees uuid[], sizes bigint[], roots bytea[], at timestamptz, notes text[], xid bigint, chain uuid, version bigint) none
with tree as (
    insert into log_tree as t (id, size)
    select u.id, u.size from unnest($1, $2) as u (id, size)
    on conflict (id) do update set size = excluded.size
), state as (
    update log_state set xid = $6, chain = $7, version = $8
)
insert into log_checkpoint (tree, size, root, at, note)
select u.tree, u.size, u.root, $4, u.note from unnest($1, $2, $3, $5) as u (tree, size, root, note);

-- The latest checkpoint of a tree.
-- name: log_checkpoint(tree uuid) one
select tree, size, root, at, note from log_checkpoint where tree = $1 order by size desc limit 1;

-- name: log_checkpoint_at(tree uuid, size bigint) one
select tree, size, root, at, note from log_checkpoint where tree = $1 and size = $2;

-- name: log_checkpoints() many
select distinct on (tree) tree, size, root, at, note from log_checkpoint order by tree, size desc;

-- Tiles in which a leaf of this transaction may stand.
-- name: log_tiles_of(tree uuid, xid bigint) many
select position, hashes from log_tile
where tree = $1 and level = 0 and last_xid >= $2 and first_xid <= $2
order by position;

-- name: log_installation() one
select installation from log_state;

-- --- who may change what

-- name: guard_role() one
select current_user::text as role;

-- name: guard_clock() one
select history_clock();

-- name: guard_serving(role text) one
select history_guard($1::name);

-- --- recomputing: cursors, in one snapshot

-- name: verify_begin() none
set transaction isolation level repeatable read, read only;

-- By the index of the key, whatever the sort would cost.
-- name: verify_chains() none
declare verify_chains no scroll cursor for
select e.kind::text as kind, e.scheme, e.tree, e.chain, e.version, coalesce(e.told, e.version) as told, e.event, e.person_id, e.behalf_id, e.about_id, e.data, e.places, e.at,
       e.seal, e.salt, e.commitment, e.hash,
       coalesce(a.version, c.version) as head_version, coalesce(a.hash, c.hash) as head_hash
from entry e
left join application a on a.id = e.chain and e.kind = 'a'
left join chain c on c.id = e.chain and e.kind <> 'a'
order by e.chain, e.version;

-- name: verify_chains_next() many
fetch 2000 from verify_chains;

-- Subjects whose chain ought to be there.
-- name: verify_bare() one
select h.id, h.kind::text as kind
from (select id, 'a'::"char" as kind from application where version > 0 union all select id, kind from chain where version > 0) h
where not exists (select from entry e where e.chain = h.id)
order by h.id
limit 1;

-- name: verify_leaves() none
declare verify_leaves no scroll cursor for
select e.tree, e.chain, e.version, e.kind::text as kind, e.hash, (e.xid, e.chain, e.version) > (s.xid, s.chain, s.version) as waits
from entry e, log_state s
order by e.tree, e.xid, e.chain, e.version;

-- name: verify_leaves_next() many
fetch 5000 from verify_leaves;

-- name: verify_tiles() none
declare verify_tiles no scroll cursor for
select tree, position, hashes from log_tile where level = 0 order by tree, position;

-- name: verify_tiles_next() many
fetch 100 from verify_tiles;

-- name: verify_checkpoints() none
declare verify_checkpoints no scroll cursor for
select tree, size, root, note from log_checkpoint order by tree, size;

-- name: verify_checkpoints_next() many
fetch 500 from verify_checkpoints;
