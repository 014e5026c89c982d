// SPDX-License-Identifier: Apache-2.0
// A no, as RFC 9457 tells it.
#pragma once
#include "request.h"

#define PROBLEM_TYPE "application/problem+json"

// Fills the reply from the request's faults; the first decides type and status. In the reader's language, with every place
// that is wrong: {"type","title","status","detail","instance","errors":[{"pointer" or "parameter"
// or "line" and "column","keyword","detail"}]}: a fault's pointer that begins with "?" names a parameter of the query, ":3:14" a
// place in the text that was sent.
// Retry-After is kept when set.
void problem_reply(Request *rq);
