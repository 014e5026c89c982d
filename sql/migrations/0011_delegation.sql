-- SPDX-License-Identifier: Apache-2.0
-- Who acts for whom: a grant that comes from another one, of its holder, for a bounded time and all or some moves.
alter table role_grant
    add column source_id uuid references role_grant,
    add column for_person_id uuid references person,
    add column moves text[],                            -- null: all that the source lets do
    add constraint given_on check ((source_id is null) = (for_person_id is null)
                                   and (source_id is null or (until_at < 'infinity' and for_person_id <> person_id))
                                   and (moves is null or source_id is not null));

drop index role_grant_once;
create unique index role_grant_once on role_grant (person_id, role, scope, scope_id) where revoked_at is null and source_id is null;
create unique index role_grant_given_once on role_grant (source_id, person_id) where revoked_at is null and source_id is not null;
create index on role_grant (for_person_id) where revoked_at is null and for_person_id is not null;

-- What was given on ends with what it came from, and is never longer.
create function grant_follows() returns trigger language plpgsql as $$
begin
    update role_grant
    set revoked_at = new.revoked_at, from_at = greatest(from_at, new.from_at), until_at = least(until_at, new.until_at)
    where source_id = new.id and revoked_at is null;
    return null;
end $$;
create trigger grant_follows after update of revoked_at, from_at, until_at on role_grant
    for each row when (new.source_id is null) execute function grant_follows();

-- Whom somebody acted for when they entered a measure: neither of the two vouches for it.
alter table measure add column entered_for uuid references person;

-- Lists of who acts on a territory.
create index on dossier using gin (territories);
