// SPDX-License-Identifier: Apache-2.0
// A ring under one lock. First in, first out: the oldest wait is always at the head.
#include "queue.h"
#include "clock.h"
#include <pthread.h>
#include <stdlib.h>

struct Queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    size_t head, len, capacity;
    bool closed;
    struct Waiting {
        Request *rq;
        int64_t since;
    } at[];
};

Queue *queue_new(size_t capacity)
{
    Queue *queue = calloc(1, sizeof *queue + capacity * sizeof queue->at[0]);
    if (!queue)
        abort();
    queue->capacity = capacity;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->filled, NULL);
    return queue;
}

void queue_free(Queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->filled);
    free(queue);
}

bool queue_push(Queue *queue, Request *rq)
{
    pthread_mutex_lock(&queue->lock);
    bool taken = !queue->closed && queue->len < queue->capacity;
    if (taken) {
        size_t tail = (queue->head + queue->len++) % queue->capacity;
        queue->at[tail] = (struct Waiting){rq, clock_mono()};
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

static Request *pop(Queue *queue)
{
    Request *rq = queue->at[queue->head].rq;
    queue->head = (queue->head + 1) % queue->capacity;
    queue->len--;
    return rq;
}

size_t queue_take(Queue *queue, Request **ret, size_t max)
{
    size_t n = 0;
    pthread_mutex_lock(&queue->lock);
    while (queue->len == 0 && !queue->closed)
        pthread_cond_wait(&queue->filled, &queue->lock);
    while (n < max && queue->len)
        ret[n++] = pop(queue);
    pthread_mutex_unlock(&queue->lock);
    return n;
}

size_t queue_late(Queue *queue, int64_t wait_us, Request **ret, size_t max)
{
    size_t n = 0;
    int64_t before = clock_mono() - wait_us;
    pthread_mutex_lock(&queue->lock);
    while (n < max && queue->len && queue->at[queue->head].since < before)
        ret[n++] = pop(queue);
    pthread_mutex_unlock(&queue->lock);
    return n;
}

void queue_close(Queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

size_t queue_len(Queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t len = queue->len;
    pthread_mutex_unlock(&queue->lock);
    return len;
}
