// SPDX-License-Identifier: Apache-2.0
// The movable clock of tests: what Jalon takes for now. Only there when the setting movable_clock
// says so. Timers that fall due by a move fire on their own; `due` counts those that wait.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "../clock.h"
#include "../settings.h"

static bool clock_show(Request *rq)
{
    Time now = request_now(rq);
    Rows *due = QUERY(rq->db, rq->arena, Q_TASK_DUE_COUNT, arg_time(rq->arena, now));
    if (!due)
        return failed(rq);
    return reply_json(
        rq, 200,
        json_keep(rq->arena, json_pack("{s:s, s:b, s:I}", "now", time_format(rq->arena, now).at,
                                       "movable", settings()->movable_clock, "due",
                                       (json_int_t)row_int(due, 0, "count"))));
}

bool clock_get(Request *rq)
{
    return clock_show(rq);
}

bool clock_put(Request *rq)
{
    if (!settings()->movable_clock)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("L'horloge ne se déplace pas ici : voyez le réglage movable_clock.",
                       "The clock does not move here: see the setting movable_clock."));
    clock_set_shift(clock_shift() + ((ClockSet *)rq->input)->now - request_now(rq));
    rq->now = ((ClockSet *)rq->input)->now;
    return clock_show(rq);
}
