// SPDX-License-Identifier: Apache-2.0
#include "health.h"
#include <stdatomic.h>

static const char *_Atomic unwell[HEALTH_PARTS] = {
    [HEALTH_DATABASE] = "starting",
    [HEALTH_SCHEMA] = "not migrated yet",
};
static const char *const names[HEALTH_PARTS] = {"database", "schema", "workers", "staying"};

void health_set(HealthPart part, const char *why)
{
    unwell[part] = why;
}

const char *health_why(HealthPart part)
{
    return unwell[part];
}

bool health_ready(void)
{
    for (size_t i = 0; i < HEALTH_PARTS; i++)
        if (unwell[i])
            return false;
    return true;
}

const char *health_name(HealthPart part)
{
    return names[part];
}

static const char *_Atomic history = "not known yet";

void health_tell_history(const char *how)
{
    history = how;
}

const char *health_history(void)
{
    return history;
}
