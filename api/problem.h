// SPDX-License-Identifier: Apache-2.0
// A no, as RFC 9457 tells it.
#pragma once
#include "request.h"

#define PROBLEM_TYPE "application/problem+json"

// Fills the reply from the request's faults; the first decides type and status. In the reader's language, with every place
// that is wrong: {"type","title","status","detail","instance","errors":[{"pointer" or "parameter","keyword","detail"}]}.
// Retry-After is kept when set.
void problem_reply(Request *rq);
