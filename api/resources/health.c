// SPDX-License-Identifier: Apache-2.0
#include "health.h"
#include "../health.h"
#include "../metrics.h"
#include "../settings.h"
#include <sys/statvfs.h>

enum { DISK_LEAST = 5 }; // percent that must be free

bool health_live_get(Request *rq)
{
    return reply_text(rq, 200, STR("{\"status\":\"live\"}"));
}

static bool disk_full(void)
{
    struct statvfs disk;
    return statvfs(settings()->data, &disk) == 0 &&
           disk.f_bavail * 100 < (unsigned long)DISK_LEAST * disk.f_blocks;
}

bool health_ready_get(Request *rq)
{
    bool full = disk_full(), ready = health_ready() && !full;
    Buf out = {.arena = rq->arena};
    buf_format(&out, "{\"status\":\"%s\",\"parts\":{", ready ? "ready" : "unready");
    for (HealthPart part = 0; part < HEALTH_PARTS; part++) {
        const char *why = health_why(part);
        buf_format(&out, "\"%s\":", health_name(part));
        buf_json(&out, str_of(why ? why : "well"));
        buf_char(&out, ',');
    }
    buf_add(&out, STR("\"history\":"));
    buf_json(&out, str_of(health_history()));
    buf_format(&out, ",\"disk\":\"%s\"}}", full ? "less than 5 % free" : "well");
    rq->reply.retry_after = ready ? 0 : 2;
    return reply_text(rq, ready ? 200 : 503, buf_str(&out));
}

// How often each route was asked, and refused, is not for everyone to count.
bool metrics_get(Request *rq)
{
    if (!request_is_from(rq, str_of(settings()->metrics_from)))
        return fault(rq, FAULT_FORBIDDEN, NULL,
                     T("Les mesures ne se lisent que d'où le réglage metrics_from le permet.",
                       "Figures are read from where the setting metrics_from allows alone."));
    rq->reply.type = "text/plain; version=0.0.4; charset=utf-8";
    return reply_text(rq, 200, metrics_text(rq->arena));
}
