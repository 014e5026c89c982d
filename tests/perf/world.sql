-- SPDX-License-Identifier: Apache-2.0
-- :n dossiers of some 4 KB, each with an application of one call; carriers who get mails, other people as clerks who move (nobody
-- judges what they carry). Row i has the id i.
insert into organisation (id, name) values (lpad('1', 32, '0')::uuid, 'Perf');
insert into person (id, email, name)
select lpad(to_hex(i), 32, '0')::uuid, 'p' || i || '@perf.example', 'Person ' || i from generate_series(1, 2000) i;
insert into space (id, slug, title, organisation_id) values (lpad('1', 32, '0')::uuid, 'perf', '{"fr": "Perf"}', lpad('1', 32, '0')::uuid);
insert into workflow (id, space_id, name, key) values (lpad('1', 32, '0')::uuid, lpad('1', 32, '0')::uuid, 'to-and-fro', 'to-and-fro');
insert into workflow_version (id, workflow_id, version, text, sha256, published_at, created_by)
values (lpad('1', 32, '0')::uuid, lpad('1', 32, '0')::uuid, 1, :'workflow', '', now(), lpad('1', 32, '0')::uuid);
insert into call (id, space_id, workflow_version_id, title, status, opens_at, closes_at, cutoffs, amount, created_by)
values (lpad('1', 32, '0')::uuid, lpad('1', 32, '0')::uuid, lpad('1', 32, '0')::uuid, '{"fr": "Appel", "en": "Call"}', 'open',
        now() - interval '1 day', now() + interval '1 year', array[now() + interval '30 days'], 100000000, lpad('1', 32, '0')::uuid);
insert into dossier (id, organisation_id, content, created_by, created_at)
select lpad(to_hex(i), 32, '0')::uuid, lpad('1', 32, '0')::uuid,
       jsonb_build_object('title', 'Projet ' || i, 'summary', repeat(md5(i::text), 60), 'challenge', repeat(md5((-i)::text), 60),
                          'total', i * 100, 'requested', i * 50),
       lpad('1', 32, '0')::uuid, now() - interval '1 day' + i * interval '1 millisecond'
from generate_series(1, :n) i;
insert into application (id, call_id, dossier_id, number, state, places, stage, version, hash, opened_at)
select lpad(to_hex(i), 32, '0')::uuid, lpad('1', 32, '0')::uuid, lpad(to_hex(i), 32, '0')::uuid, '2026-' || i,
       '{"in": ["to"], "was": ["to"], "history": {}, "vars": {}, "over": false}', '{to}', 'submission', 1,
       decode(repeat('00', 32), 'hex'), now() - interval '1 day' + i * interval '1 millisecond'
from generate_series(1, :n) i;
insert into role_grant (person_id, role, scope, scope_id)
select lpad(to_hex(1 + i % 1900), 32, '0')::uuid, 'carrier', 'dossier', lpad(to_hex(i), 32, '0')::uuid::text from generate_series(1, :n) i;
insert into role_grant (person_id, role, scope, scope_id)
select p.id, g.role, g.scope, lpad('1', 32, '0')::uuid::text
from person p, (values ('clerk', 'call'), ('author', 'organisation')) as g (role, scope)
where p.id between lpad(to_hex(1901), 32, '0')::uuid and lpad(to_hex(1932), 32, '0')::uuid;
insert into token (hash, person_id, kind, expires_at)
select decode(t.hash, 'hex'), lpad(to_hex(1900 + t.i), 32, '0')::uuid, 'token', now() + interval '1 day'
from unnest(string_to_array(:'tokens', ',')) with ordinality as t (hash, i);
vacuum analyze;
