// SPDX-License-Identifier: Apache-2.0
// What machines ask about the program itself. All three answer from memory, on the http thread (`.direct`), so that they
// answer when every worker is stuck.
#pragma once
#include "../request.h"

bool health_live_get(Request *rq);  // GET /health/live: the process answers; always 200
bool health_ready_get(Request *rq); // GET /health/ready: 200, or 503 with what is not well
bool metrics_get(Request *rq);      // GET /metrics: Prometheus text
