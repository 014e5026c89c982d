-- SPDX-License-Identifier: Apache-2.0

-- A mail to one recipient, written with whatever is its cause.
-- name: message_mail(recipient text, subject text, body text, application_id uuid) none
insert into outbox (kind, recipient, subject, body, application_id) values ('mail', $1, $2, $3, $4);
