// SPDX-License-Identifier: Apache-2.0
// The query string against its route's parameters.
#pragma once
#include "request.h"

// Reads and checks every parameter; those unknown, twice there or of the wrong type are faults. Before request_query.
bool query_read(Request *rq);

// The same from pairs in memory, for tests and for query_read.
void query_take(Request *rq, Str name, Str value);
