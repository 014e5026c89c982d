// SPDX-License-Identifier: Apache-2.0
// One list of connections, one sweeper. The phase of a connection is one atomic number: its
// deadline, negative while idle.
#include "conn.h"
#include <netinet/in.h>
#include <linux/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define NEVER INT64_MAX
enum {
    SWEEP_US = 250 * 1000,
    BODY_RATE = 32 << 10, // bytes a second that an honest slow client reaches
    SEND_RATE = 16 << 10,
    SEND_US = 30 * 1000 * 1000
};

struct Conn {
    Conn *older, *newer;
    int fd;
    _Atomic int64_t deadline;
    _Atomic int64_t
        mark; // bytes received when the sweeper first saw this connection idle, -1 before
};

struct Conns {
    int64_t request_us, idle_us;
    pthread_mutex_t lock;
    pthread_cond_t ending;
    bool end;
    Conn *newest;
    _Atomic int64_t open;
    _Atomic uint64_t cut;
    pthread_t sweeper;
};

int64_t mono_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// Bytes this connection ever received; -1 when it is not TCP.
static int64_t received(int fd)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return -1;
    return (int64_t)info.tcpi_bytes_received;
}

// A request that begins on a kept connection is on the clock from its first byte, which only the
// kernel's counter shows before the line is complete.
static void watch_idle(const Conns *conns, Conn *conn, int64_t deadline, int64_t now)
{
    int64_t bytes = received(conn->fd);
    if (conn->mark < 0)
        conn->mark = bytes;
    else if (bytes != conn->mark)
        atomic_compare_exchange_strong(&conn->deadline, &deadline, now + conns->request_us);
}

static void sweep(Conns *conns)
{
    int64_t now = mono_us();
    for (Conn *conn = conns->newest; conn; conn = conn->older) {
        int64_t deadline = atomic_load_explicit(&conn->deadline, memory_order_relaxed);
        if ((deadline < 0 ? -deadline : deadline) < now) {
            shutdown(conn->fd, SHUT_RDWR);
            atomic_store(&conn->deadline, NEVER);
            atomic_fetch_add(&conns->cut, 1);
        } else if (deadline < 0) {
            watch_idle(conns, conn, deadline, now);
        }
    }
}

static void *sweeper(void *what)
{
    Conns *conns = what;
    pthread_mutex_lock(&conns->lock);
    while (!conns->end) {
        sweep(conns);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += SWEEP_US * 1000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&conns->ending, &conns->lock, &until);
    }
    pthread_mutex_unlock(&conns->lock);
    return NULL;
}

Conns *conns_start(int64_t request_us, int64_t idle_us)
{
    Conns *conns = calloc(1, sizeof *conns);
    if (!conns)
        abort();
    conns->request_us = request_us;
    conns->idle_us = idle_us;
    pthread_mutex_init(&conns->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&conns->ending, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&conns->sweeper, NULL, sweeper, conns) != 0)
        abort();
    return conns;
}

void conns_stop(Conns *conns)
{
    pthread_mutex_lock(&conns->lock);
    conns->end = true;
    pthread_cond_signal(&conns->ending);
    pthread_mutex_unlock(&conns->lock);
    pthread_join(conns->sweeper, NULL);
    pthread_mutex_destroy(&conns->lock);
    pthread_cond_destroy(&conns->ending);
    free(conns);
}

Conn *conn_open(Conns *conns, int fd)
{
    Conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->fd = fd;
    conn->mark = -1;
    conn->deadline = mono_us() + conns->request_us;
    pthread_mutex_lock(&conns->lock);
    conn->older = conns->newest;
    if (conn->older)
        conn->older->newer = conn;
    conns->newest = conn;
    pthread_mutex_unlock(&conns->lock);
    atomic_fetch_add(&conns->open, 1);
    return conn;
}

void conn_close(Conns *conns, Conn *conn)
{
    pthread_mutex_lock(&conns->lock);
    if (conn->older)
        conn->older->newer = conn->newer;
    if (conn->newer)
        conn->newer->older = conn->older;
    else
        conns->newest = conn->older;
    pthread_mutex_unlock(&conns->lock);
    atomic_fetch_sub(&conns->open, 1);
    free(conn);
}

// Relaxed: the sweeper may see a phase a moment late, which moves a cut by one sweep at most.
static void set(Conn *conn, int64_t deadline)
{
    atomic_store_explicit(&conn->deadline, deadline, memory_order_relaxed);
}

void conn_reading(Conns *conns, Conn *conn, int64_t started, int64_t bytes)
{
    set(conn, started + conns->request_us + bytes * 1000000 / BODY_RATE);
}

void conn_working(Conn *conn)
{
    set(conn, NEVER);
}

void conn_sending(Conn *conn, int64_t bytes)
{
    set(conn, mono_us() + SEND_US + bytes * 1000000 / SEND_RATE);
}

void conn_idle(Conns *conns, Conn *conn)
{
    conn->mark = -1;
    set(conn, -(mono_us() + conns->idle_us));
}

int64_t conns_open(const Conns *conns)
{
    return conns->open;
}

uint64_t conns_cut(const Conns *conns)
{
    return conns->cut;
}
