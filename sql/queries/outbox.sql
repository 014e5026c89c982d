-- SPDX-License-Identifier: Apache-2.0

-- name: clock() one
select clock_timestamp() as now;

-- name: backend() one
select pg_backend_pid() as pid;
