// SPDX-License-Identifier: Apache-2.0
// The flow of requests: http threads take them in, a bounded queue holds them, workers with a connection each carry them
// through. serve.c shows the whole way on one page.
#pragma once
#include "request.h"

// Opens the port and answers from now on. Routes that need the database say 503 until health.h says that it is there.
// False with a sentence in `why`. `conninfo` outlives the serving.
bool serve_start(const char *conninfo, Arena *arena, Str *why);
int serve_port(void); // that was opened

// Takes no new connections, answers 503 to new requests, finishes those that wait or run, then ends.
void serve_stop(void);
