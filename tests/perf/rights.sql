-- SPDX-License-Identifier: Apache-2.0
-- :people more people, each with a session (the hashes :tokens, in order) and ten dossiers to write on; person i's are (i-1)*10 … i*10-1,
-- each modulo :n, plus one. All have a part in the call, so that all may move. Run after world.sql.
insert into person (id, email, name)
select lpad(to_hex(100000 + i), 32, '0')::uuid, 'q' || i || '@perf.example', 'Person ' || i from generate_series(1, :people) i;
insert into role_grant (person_id, role, scope, scope_id)
select lpad(to_hex(100000 + i), 32, '0')::uuid, 'author', 'dossier', lpad(to_hex(((i - 1) * 10 + k) % :n + 1), 32, '0')::uuid::text
from generate_series(1, :people) i, generate_series(0, 9) k;
insert into token (hash, person_id, kind, expires_at)
select decode(t.hash, 'hex'), lpad(to_hex(100000 + t.i), 32, '0')::uuid, 'session', now() + interval '1 day'
from unnest(string_to_array(:'tokens', ',')) with ordinality as t (hash, i);
vacuum analyze;
