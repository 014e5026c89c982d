-- SPDX-License-Identifier: Apache-2.0
-- What the virus scanner said of a document. What it did not say is clean cannot be read.

alter table document add column scan text not null default 'none' check (scan in ('none', 'clean', 'waiting', 'infected'));
create index document_waiting on document (sha256) where scan = 'waiting';
