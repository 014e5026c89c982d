// SPDX-License-Identifier: Apache-2.0
// Bodies on their way to a file. Few at a time, so that nobody fills the disk with what nobody has
// looked at yet.
#include "inside.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool spool_open(HttpInside *inside)
{
    Http *http = inside->http;
    if (atomic_fetch_add(&http->spools, 1) >= http->options.spools) {
        atomic_fetch_sub(&http->spools, 1);
        return false;
    }
    static _Atomic unsigned long count;
    Str path = str_format(inside->x.arena, "%s/%ld-%lu", http->options.spool, (long)getpid(),
                          atomic_fetch_add(&count, 1));
    inside->spool = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (inside->spool < 0) {
        atomic_fetch_sub(&http->spools, 1);
        return false;
    }
    inside->x.file = path;
    return true;
}

bool spool_write(HttpInside *inside, Str data)
{
    while (data.len) {
        ssize_t n = write(inside->spool, data.at, data.len);
        if (n <= 0)
            return false;
        data = str_slice(data, (size_t)n, data.len);
    }
    return true;
}

bool spool_finish(HttpInside *inside)
{
    int fd = inside->spool;
    inside->spool = -1;
    return fd >= 0 && close(fd) == 0;
}

void spool_drop(HttpInside *inside)
{
    if (inside->x.file.len == 0)
        return;
    spool_finish(inside);
    unlink(inside->x.file.at); // fails when the handler has moved it away
    inside->x.file = STR_NONE;
    atomic_fetch_sub(&inside->http->spools, 1);
}
