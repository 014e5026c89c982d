// SPDX-License-Identifier: Apache-2.0
// Deadlines of connections. libmicrohttpd's own time-out starts anew with every byte, so a client that drips one byte at a time
// would stay for ever; here each phase of a connection has an end, and a sweeper ends those that are late.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct Conns Conns;
typedef struct Conn Conn;

// `request_us`: from the first byte of a request to its last; `idle_us`: between two requests. Starts the sweeper.
Conns *conns_start(int64_t request_us, int64_t idle_us);
void conns_stop(Conns *conns); // every connection must be gone

Conn *conn_open(Conns *conns, int fd);
void conn_close(Conns *conns, Conn *conn); // before the descriptor is closed, so that no other connection is cut in its place

// The phases, each by the thread that owns the connection. `started` is when the request line was complete.
void conn_reading(Conns *conns, Conn *conn, int64_t started, int64_t received);
void conn_working(Conn *conn);                  // no deadline: ours to answer
void conn_sending(Conn *conn, int64_t bytes);
void conn_idle(Conns *conns, Conn *conn);

int64_t conns_open(const Conns *conns);
uint64_t conns_cut(const Conns *conns);

int64_t mono_us(void); // monotonic clock
