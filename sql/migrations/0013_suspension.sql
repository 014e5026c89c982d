-- SPDX-License-Identifier: Apache-2.0
-- An account that an administrator suspended: it opens no session, and whatever it had open is at an end.

alter table person add column suspended_at timestamptz;
