// SPDX-License-Identifier: Apache-2.0
// What lies in what, kept with the links: for handlers and for the import.
#pragma once
#include "../store/store.h"

// Writes the closure of the territories in column "code" of `changed` and of all below them, after their links changed. Inside a
// transaction that took territory_lock. False when the database refuses; `circle` is a code that would lie inside itself, or empty.
bool territory_renew(Db *db, Arena *arena, const Rows *changed, Str *circle);
