-- SPDX-License-Identifier: Apache-2.0
-- Keys that are handed over to others: the one that signs the log, the one that seals secrets.

alter table log_state add column key bytea;             -- public half of the one that signs now; null: none was handed over yet
create index entry_handover on entry (version) where kind = 'p' and event = 'key.rotated';

-- The key by which secrets are sealed now; null: none was rotated yet. Held while one is sealed.
create table seal_key (
    only_one    boolean primary key default true check (only_one),
    id          bytea
);
insert into seal_key default values;
