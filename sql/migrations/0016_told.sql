-- SPDX-License-Identifier: Apache-2.0
-- An entry's place on its chain counts what some may not see: acts that leave the application where it stands bear the version that
-- it stands at, and it is this one that is hashed and told.
alter table entry add column told bigint; -- null: the same as version
