-- SPDX-License-Identifier: Apache-2.0
-- Whoever keeps rights in memory hears whose changed, so that a person who begins a dossier sends nobody else to the database. What
-- is taken away may have been passed on: '*' is everyone.

create function access_changed_of() returns trigger language plpgsql as $$
begin
    perform pg_notify('access', case when tg_op = 'INSERT' or tg_table_name = 'token' then new.person_id::text else '*' end);
    return null;
end $$;
drop trigger access_changed on role_grant;
drop trigger access_changed on membership;
drop trigger access_changed on token;
create trigger access_changed after insert or update or delete on role_grant for each row execute function access_changed_of();
create trigger access_changed after insert or update or delete on membership for each row execute function access_changed_of();
create trigger access_changed after update of hash, revoked_at, expires_at, confirmed_at on token for each row execute function access_changed_of();
create trigger access_swept after delete on token for each statement execute function access_changed();
create or replace function access_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('access', '*');
    return null;
end $$;
