// SPDX-License-Identifier: Apache-2.0
// Figures in memory, shown as Prometheus text. Every counter is one relaxed atomic: counting costs nothing that a request notices.
#pragma once
#include "request.h"

// Rows are counted by their place in the table; called once before any request.
void metrics_start(const Route *routes, size_t n);

void metrics_request(const Route *route, int status, int64_t us); // route NULL: none was found
void metrics_batch(size_t moves);
void metrics_db_error(DbError error);

typedef enum Gauge { GAUGE_QUEUE, GAUGE_MOVES_QUEUE, GAUGE_CONNECTIONS, GAUGE_EXCHANGES, GAUGE_CUT, GAUGES } Gauge;
void metrics_set(Gauge gauge, int64_t value);

// Text exposition format 0.0.4.
Str metrics_text(Arena *arena);
