-- SPDX-License-Identifier: Apache-2.0
-- The index that made grants unique also found those of a person; since grants may come from others it finds only a part.

create index on role_grant (person_id) where revoked_at is null;
