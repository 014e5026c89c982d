// SPDX-License-Identifier: Apache-2.0
// How every answer leaves: problem document or reply, headers, one log line, one count.
#pragma once
#include "request.h"

// Sends rq's reply when `ok`, else the problem that its faults tell. Once a request; rq and its arena may be gone afterwards.
void answer(Request *rq, bool ok);

// From now on every answer ends its connection.
void answer_close_all(void);
