-- SPDX-License-Identifier: Apache-2.0
-- The history: `move` becomes `entry`, which holds every act, on one chain of hashes for each subject; entries are gathered in
-- Merkle trees, whose checkpoints are signed. api/history/README.md documents the bytes.

alter table move rename to entry;
alter table entry rename column application_id to chain;
alter index move_pkey rename to entry_pkey;
alter table entry
    alter column data type json using data::json,       -- the very text that was hashed
    add column kind "char" not null default 'a' check (kind in ('a', 'd', 's', 'o', 'p')), -- application, dossier, space, organisation, platform
    add column scheme smallint not null default 0,      -- of the bytes that are hashed; 0: canonical JSON, before this migration
    add column tree uuid,                               -- the space; zeroes: the platform's
    add column xid bigint,                              -- of the transaction: the order in the tree, known when all before it have ended
    add column behalf_id uuid,                          -- for whom person_id acted
    add column about_id uuid,                           -- whom it concerns
    add column seal bytea,                              -- SHA-256 of the version that it filed
    add column salt bytea,                              -- keys the commitment to what is personal: person_id, behalf_id, about_id, data
    add column commitment bytea;                        -- once that was erased

update entry e set tree = c.space_id from application a join call c on c.id = a.call_id where a.id = e.chain;
update entry e set xid = o.position - (select count(*) from entry) - 1
from (select chain, version, row_number() over (order by at, chain, version) as position from entry) o
where o.chain = e.chain and o.version = e.version;
alter table entry
    alter column kind drop default,
    alter column scheme drop default,
    alter column tree set not null,
    alter column xid set not null,
    alter column xid set default txid_current();
create index entry_xid on entry using brin (xid) with (pages_per_range = 16, autosummarize = on); -- costs a move next to nothing

create view move as
select chain as application_id, version, event, person_id, data, places, at, hash from entry where kind = 'a';

-- The last entry of each chain that is no application's (an application holds its own).
create table chain (
    id          uuid primary key,                       -- of the dossier, space, organisation; zeroes: the platform
    kind        "char" not null,
    version     bigint not null default 0,
    hash        bytea not null default decode(repeat('00', 32), 'hex')
) with (fillfactor = 80);

-- Where gathering stands: entries up to this one are in their trees.
create table log_state (
    only_one    boolean primary key default true check (only_one),
    xid         bigint not null default -9223372036854775808,
    chain       uuid not null default '00000000-0000-0000-0000-000000000000',
    version     bigint not null default 0,
    shift       bigint not null default 0,              -- xid = transaction's number + shift: never backwards, even on another cluster
    installation uuid not null default gen_random_uuid() -- names the platform's tree
);
insert into log_state default values;

create table log_tree (
    id          uuid primary key,                       -- the space; zeroes: the platform
    size        bigint not null default 0
);
-- 256 hashes: of leaves at level 0, of whole tiles below at the next. What lies between is computed.
create table log_tile (
    tree        uuid not null,
    level       smallint not null,
    position    bigint not null,
    hashes      bytea not null,
    first_xid   bigint not null,
    last_xid    bigint not null,
    primary key (tree, level, position)
);
create index log_tile_xid on log_tile (tree, last_xid) where level = 0;
create table log_checkpoint (
    tree        uuid not null,
    size        bigint not null,
    root        bytea not null,
    at          timestamptz not null,
    note        text not null,                          -- signed, as C2SP tlog-checkpoint says
    primary key (tree, size)
);

-- The second line of defence, for whoever serves with the owner's own role: entries and checkpoints stay as they were written.
create function history_stays() returns trigger language plpgsql as $$
begin
    if current_setting('jalon.erasing', true) = 'yes' and tg_op = 'UPDATE' then
        return new;
    end if;
    raise exception 'the history is never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger entry_stays before update or delete on entry for each row execute function history_stays();
create trigger entry_stays_whole before truncate on entry for each statement execute function history_stays();
create trigger checkpoint_stays before update or delete on log_checkpoint for each row execute function history_stays();
create trigger checkpoint_stays_whole before truncate on log_checkpoint for each statement execute function history_stays();

-- The one change there is: what is personal goes, its commitment and so every proof stays. Entries of scheme 0 hash what is
-- personal itself: theirs is proved by the tree alone from then on.
create function history_erase(chains uuid[], versions bigint[], commitments bytea[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set jalon.erasing = 'yes' as $$
declare touched bigint;
begin
    update public.entry e
    set person_id = null, behalf_id = null, about_id = null, data = null, salt = null, commitment = u.commitment
    from unnest(chains, versions, commitments) as u (chain, version, commitment)
    where e.chain = u.chain and e.version = u.version and e.commitment is null;
    get diagnostics touched = row_count;
    return touched;
end $$;

-- By the owner at every start: a database that was restored on another cluster goes on counting where it stopped.
create function history_clock() returns void language plpgsql as $$
declare newest bigint; moved bigint;
begin
    select greatest(s.xid, (select max(e.xid) from entry e where e.xid >= s.xid)), s.shift into newest, moved from log_state s;
    if txid_current() + moved <= newest then
        moved := newest + 1 - txid_current();
        update log_state set shift = moved;
        execute format('alter table entry alter column xid set default txid_current() + %s', moved);
    end if;
end $$;

-- By the owner at every start: what the role that serves may do. Everything, but with the history: add to it and read it.
create function history_guard(serving name) returns void language plpgsql as $$
begin
    execute format('grant usage on schema public to %I', serving);
    execute format('grant select, insert, update, delete on all tables in schema public to %I', serving);
    execute format('grant usage, select on all sequences in schema public to %I', serving);
    execute format('revoke update, delete, truncate on entry, log_checkpoint, move from %I', serving);
    execute format('revoke insert on move from %I', serving);
    execute format('revoke insert, update, delete, truncate on schema_migration from %I', serving);
    execute format('grant execute on function history_erase(uuid[], bigint[], bytea[]) to %I', serving);
end $$;
revoke execute on function history_erase(uuid[], bigint[], bytea[]) from public;
