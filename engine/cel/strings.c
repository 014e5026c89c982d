// SPDX-License-Identifier: Apache-2.0
#include "inside.h"
const Row cel_rows_strings[] = {{0}};
