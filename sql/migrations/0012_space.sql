-- SPDX-License-Identifier: Apache-2.0
-- How a space looks and speaks, by file or by API.
alter table space
    add column languages text[] not null default '{fr,en}' check (languages <@ '{fr,en}' and cardinality(languages) > 0), -- the first is its own
    add column colours jsonb not null default '{}',     -- {background, text, accent, on_accent}, or none: the product's
    add column vocabulary jsonb not null default '{}',  -- our word -> {fr, en}
    add column themes jsonb not null default '[]',      -- [{id, title}]; empty: any theme
    add column logo bytea;                              -- PNG
update space s set languages = array(select l.code from unnest('{fr,en}'::text[]) as l(code) where s.title ? l.code) where s.title ?| '{fr,en}';
