// SPDX-License-Identifier: Apache-2.0
// How we are: each part of the program says whether it works; /health/ready tells the sum, from memory alone.
#pragma once
#include "../engine/base/str.h"

typedef enum HealthPart {
    HEALTH_DATABASE,  // answers
    HEALTH_SCHEMA,    // migrated
    HEALTH_WORKERS,   // get answers from the database in time
    HEALTH_STAYING,   // not about to stop
    HEALTH_PARTS
} HealthPart;

// All parts but STAYING and WORKERS begin unwell. `why` is a static English sentence for operators, NULL when well.
void health_set(HealthPart part, const char *why);
const char *health_why(HealthPart part); // NULL: well
bool health_ready(void);
// How the history is kept from the role that serves: a static English sentence, told and never unwell.
void health_tell_history(const char *how);
const char *health_history(void);
const char *health_name(HealthPart part);
