// SPDX-License-Identifier: Apache-2.0
// Answers of a dossier as they are typed, one field at a time: what is there must be of its type, what is missing may come later.
#pragma once
#include "../request.h"
#include "../../engine/facts.h"

// A flat merge patch of answers as a merge patch of the dossier's content. False with a fault for each unknown member and each
// value that its question refuses; pointers begin with `at`.
bool answers_check(Request *rq, const Definition *def, Str at, json_t *patch, json_t **ret);

// No number anywhere in `value` is beyond what money and statistics can hold, whatever a form leaves open. False with a fault for
// each that is; pointers begin with `at`.
bool numbers_check(Request *rq, Str at, json_t *value);
