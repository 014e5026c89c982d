// SPDX-License-Identifier: Apache-2.0
// Asks a running server whether it is ready: for HEALTHCHECK and scripts, without another program.
#pragma once
#include "settings.h"

// GET /health/ready where `settings` say that a server listens. Prints its answer on stdout; 0 when ready, else 1.
int probe(const Settings *settings);
