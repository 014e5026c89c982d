// SPDX-License-Identifier: Apache-2.0
// Not there yet.
#include "schema.h"
