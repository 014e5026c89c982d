// SPDX-License-Identifier: Apache-2.0
// A person's own acts, out of the whole history: an index by person would cost every move.
#pragma once
#include "../request.h"

typedef struct Acts {
    RowAt *at; // columns chain, version, event, person_id, behalf_id, about_id, data, at
    size_t len;
    bool more; // perhaps: the history was not gone through to its end
    RowAt last; // more: where it goes on (cursor_at, cursor_id)
} Acts;

// At most page->limit acts by, for or about the caller, behind the page's position; fewer, with `more`, where they lie far apart.
// False with a fault.
bool acts_take(Request *rq, const Page *page, Acts *ret);
