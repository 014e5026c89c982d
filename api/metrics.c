// SPDX-License-Identifier: Apache-2.0
// Counters by route and status, histograms with fixed bounds.
#include "metrics.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const int statuses[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 406,
                               409, 412, 413, 415, 422, 428, 429, 431, 500, 503, 0};
static const int64_t bounds_us[] = {500,   1000,   2500,   5000,    10000,   25000,
                                    50000, 100000, 250000, 1000000, 2500000, 10000000};
static const size_t batch_bounds[] = {1, 2, 4, 8, 16, 32, 64};
static const char *const db_errors[] = {"ok",    "down",      "retry",   "unique",
                                        "check", "bad_value", "timeout", "wrong"};
static const char *const methods[METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

typedef struct Cell { // of a route
    _Atomic uint64_t status[COUNT(statuses)];
    _Atomic uint64_t within[COUNT(bounds_us) + 1];
    _Atomic uint64_t sum_us;
} Cell;

static struct {
    const Route *routes;
    size_t n;
    Cell *cells; // one a route, and one for requests that found none
    _Atomic uint64_t batches[COUNT(batch_bounds) + 1], batch_sum;
    _Atomic uint64_t db[COUNT(db_errors)];
    _Atomic int64_t gauges[GAUGES];
} all;

static void more(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

void metrics_start(const Route *routes, size_t n)
{
    free(all.cells);
    all.routes = routes;
    all.n = n;
    all.cells = calloc(n + 1, sizeof *all.cells);
    if (!all.cells)
        abort();
}

void metrics_request(const Route *route, int status, int64_t us)
{
    if (!all.cells)
        return;
    Cell *cell = &all.cells[route ? (size_t)(route - all.routes) : all.n];
    size_t s = 0, b = 0;
    while (statuses[s] && statuses[s] != status)
        s++;
    while (b < COUNT(bounds_us) && us > bounds_us[b])
        b++;
    more(&cell->status[s], 1);
    more(&cell->within[b], 1);
    more(&cell->sum_us, (uint64_t)us);
}

void metrics_batch(size_t moves)
{
    size_t b = 0;
    while (b < COUNT(batch_bounds) && moves > batch_bounds[b])
        b++;
    more(&all.batches[b], 1);
    more(&all.batch_sum, moves);
}

void metrics_db_error(DbError error)
{
    if ((size_t)error < COUNT(db_errors) && error != DB_OK)
        more(&all.db[error], 1);
}

void metrics_set(Gauge gauge, int64_t value)
{
    atomic_store_explicit(&all.gauges[gauge], value, memory_order_relaxed);
}

// --- text ---------------------------------------------------------------------------------------

static void head(Buf *out, const char *name, const char *type, const char *help)
{
    buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_requests(Buf *out)
{
    head(out, "jalon_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t r = 0; r <= all.n; r++) {
        for (size_t s = 0; s < COUNT(statuses); s++) {
            uint64_t count = all.cells[r].status[s];
            if (count)
                buf_format(out,
                           "jalon_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} %llu\n",
                           r < all.n ? methods[all.routes[r].method] : "",
                           r < all.n ? all.routes[r].path : "none", statuses[s],
                           (unsigned long long)count);
        }
    }
}

static void write_durations(Buf *out)
{
    head(out, "jalon_request_seconds", "histogram", "From the request line to the answer.");
    for (size_t r = 0; r <= all.n; r++) {
        const Cell *cell = &all.cells[r];
        char labels[200];
        snprintf(labels, sizeof labels, "method=\"%s\",route=\"%s\"",
                 r < all.n ? methods[all.routes[r].method] : "",
                 r < all.n ? all.routes[r].path : "none");
        uint64_t below = 0;
        for (size_t b = 0; b <= COUNT(bounds_us); b++)
            below += cell->within[b];
        if (below == 0)
            continue;
        below = 0;
        for (size_t b = 0; b < COUNT(bounds_us); b++) {
            below += cell->within[b];
            buf_format(out, "jalon_request_seconds_bucket{%s,le=\"%g\"} %llu\n", labels,
                       (double)bounds_us[b] / 1e6, (unsigned long long)below);
        }
        below += cell->within[COUNT(bounds_us)];
        buf_format(out,
                   "jalon_request_seconds_bucket{%s,le=\"+Inf\"} %llu\n"
                   "jalon_request_seconds_sum{%s} %.6f\njalon_request_seconds_count{%s} %llu\n",
                   labels, (unsigned long long)below, labels, (double)cell->sum_us / 1e6, labels,
                   (unsigned long long)below);
    }
}

static void write_batches(Buf *out)
{
    head(out, "jalon_moves_batch", "histogram", "Moves written in one transaction.");
    uint64_t below = 0;
    for (size_t b = 0; b < COUNT(batch_bounds); b++) {
        below += all.batches[b];
        buf_format(out, "jalon_moves_batch_bucket{le=\"%zu\"} %llu\n", batch_bounds[b],
                   (unsigned long long)below);
    }
    below += all.batches[COUNT(batch_bounds)];
    buf_format(out,
               "jalon_moves_batch_bucket{le=\"+Inf\"} %llu\njalon_moves_batch_sum %llu\n"
               "jalon_moves_batch_count %llu\n",
               (unsigned long long)below, (unsigned long long)all.batch_sum,
               (unsigned long long)below);
}

static long long resident_bytes(void)
{
    long long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (!statm)
        return 0;
    if (fscanf(statm, "%*d %lld", &pages) != 1)
        pages = 0;
    fclose(statm);
    return pages * sysconf(_SC_PAGESIZE);
}

static void write_gauges(Buf *out)
{
    static const struct {
        const char *name, *labels, *type, *help;
    } rows[GAUGES] = {
        [GAUGE_QUEUE] = {"jalon_waiting", "{queue=\"requests\"}", "gauge",
                         "Requests that wait for a worker."},
        [GAUGE_MOVES_QUEUE] = {"jalon_waiting", "{queue=\"moves\"}", NULL, NULL},
        [GAUGE_CONNECTIONS] = {"jalon_connections", "", "gauge", "Open client connections."},
        [GAUGE_EXCHANGES] = {"jalon_exchanges", "", "gauge", "Requests begun and not yet over."},
        [GAUGE_CUT] = {"jalon_connections_cut_total", "", "counter",
                       "Connections ended at their deadline."},
    };
    for (size_t i = 0; i < GAUGES; i++) {
        if (rows[i].type)
            head(out, rows[i].name, rows[i].type, rows[i].help);
        buf_format(out, "%s%s %lld\n", rows[i].name, rows[i].labels, (long long)all.gauges[i]);
    }
    head(out, "jalon_database_errors_total", "counter", "What the database refused, by kind.");
    for (size_t i = 1; i < COUNT(db_errors); i++)
        buf_format(out, "jalon_database_errors_total{kind=\"%s\"} %llu\n", db_errors[i],
                   (unsigned long long)all.db[i]);
    head(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
    buf_format(out, "process_resident_memory_bytes %lld\n", resident_bytes());
}

Str metrics_text(Arena *arena)
{
    Buf out = {.arena = arena};
    write_requests(&out);
    write_durations(&out);
    write_batches(&out);
    write_gauges(&out);
    return buf_str(&out);
}
