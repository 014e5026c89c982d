// SPDX-License-Identifier: Apache-2.0
// jalon keys: the keys of an installation, and their rotation beside a running server. Both print, and return the program's status:
// 0 done, 1 not, 2 what was asked cannot be read.
#pragma once
#include "../engine/base/text.h"

int keys_print(const char *conninfo, const char *data, Lang lang);
int keys_rotate(const char *conninfo, const char *data, const char *which, Lang lang); // "log" or "seal"
