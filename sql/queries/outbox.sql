-- SPDX-License-Identifier: Apache-2.0

-- name: clock() one
select clock_timestamp() as now;
