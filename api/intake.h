// SPDX-License-Identifier: Apache-2.0
// What is decided about a request before it waits for anyone: its route, its method, its media type and size, its query. Pure
// memory: runs on the http thread and never touches the database.
#pragma once
#include "http/http.h"
#include "router.h"

typedef struct IntakeRules {
    const Router *router;
    int64_t upload_max; // bytes
} IntakeRules;

// The request of an exchange whose headers are here, in the exchange's arena; x->owner is it.
Request *intake_new(Exchange *x);

// Routes it and sets x->cap and x->to_file. False when it ends here: with faults, or a reply for OPTIONS.
bool intake(const IntakeRules *rules, Request *rq);
