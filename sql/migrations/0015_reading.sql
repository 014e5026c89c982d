-- SPDX-License-Identifier: Apache-2.0
-- Reading what somebody filed is an act: its entry stands on the dossier's chain, once for each reader, thing, version and day.

create table reading (
    key         bytea primary key,                      -- hash of who, what, its version and the day
    day         integer not null                        -- since 1970; swept once it is over
);
