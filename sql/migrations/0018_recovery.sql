-- SPDX-License-Identifier: Apache-2.0
-- Recovery codes are kept by Argon2id, one salt for those that were made together. Null: not yet, the server does it by and by.
alter table recovery_code add salt bytea;
create index on recovery_code (person_id) where salt is null;
