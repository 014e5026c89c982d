// SPDX-License-Identifier: Apache-2.0
// A bounded queue of requests between the http threads, which never wait, and the workers, which do.
#pragma once
#include "request.h"

typedef struct Queue Queue;

Queue *queue_new(size_t capacity);
void queue_free(Queue *queue);                         // empty, nobody waits on it

bool queue_push(Queue *queue, Request *rq);            // false: full or closed
// Waits for at least one request and takes up to `max`, oldest first; 0 when the queue is closed and empty.
size_t queue_take(Queue *queue, Request **ret, size_t max);
// Takes up to `max` requests that have waited longer than `wait_us`, without waiting itself.
size_t queue_late(Queue *queue, int64_t wait_us, Request **ret, size_t max);
void queue_close(Queue *queue);                        // nothing more comes in; what waits is still taken
size_t queue_len(Queue *queue);
