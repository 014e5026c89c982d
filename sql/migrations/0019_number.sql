-- SPDX-License-Identifier: Apache-2.0
-- Numbers of applications are drawn: nothing counts them any more.
alter table call drop column last_number;
