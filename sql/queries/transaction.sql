-- SPDX-License-Identifier: Apache-2.0

-- name: begin() none
begin;

-- name: commit() none
commit;
