// SPDX-License-Identifier: Apache-2.0
// Proofs as the API shows them.
#pragma once
#include "../request.h"

typedef struct Proof {
    json_t *entry; // {bytes, hash, scheme}
    json_t *proof; // {index, size, hashes, checkpoint}, or null: not gathered yet
    json_t *key;   // {pem, verifier}
} Proof;

// Of one entry, in the latest checkpoint of its tree. The values are the arena's. False with a fault.
bool proof_of(Request *rq, const Rows *entry, Proof *ret);
