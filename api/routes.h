// SPDX-License-Identifier: Apache-2.0
// The route table: everything this program answers to. The server routes by it and OpenAPI prints it.
// `reply` names the schema of the answer (schemas.def), "<name>List" a page of them; with a slash it is a media type, and "|"
// stands between two that the caller may choose from. NULL: no content.
#pragma once
#include "request.h"

extern const Route routes[];
extern const size_t route_count;
