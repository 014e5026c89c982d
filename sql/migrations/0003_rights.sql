-- SPDX-License-Identifier: Apache-2.0
-- Who may know what, and act for whom.

-- The version that all may know of, null when it is the last one: reviews that change no state tell how many there are.
alter table application add column told_version bigint;
