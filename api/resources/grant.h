// SPDX-License-Identifier: Apache-2.0
// What grants and delegations share.
#pragma once
#include "../auth/access.h"

// The workflows whose roles may be granted on a scope; none where they may still come (platform, organisation, territory). False
// with a fault.
bool grant_definitions(Request *rq, Str scope, Str scope_id, const Definition *const **ret, size_t *count);

// Who is named, by id or by address: an unknown address becomes a person, who is invited to the scope. False with a fault.
bool grant_person(Request *rq, Str person_id, Str email, Str scope, Str scope_id, Str *ret);
