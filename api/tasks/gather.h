// SPDX-License-Identifier: Apache-2.0
// Every second, what was written to the history joins its trees, and each that grew is signed; checkpoints are anchored.
#pragma once
#include "tasks.h"

// Starts the thread; `options` outlive it.
void gather_start(const TasksOptions *options);
// Asks it to end, waits until what runs is done.
void gather_stop(void);
