// SPDX-License-Identifier: Apache-2.0
// The thread that drives one daemon. Everything of libmicrohttpd happens on it; other threads only
// hang an answer on the list and wake it, once for as many answers as there are.
#include "inside.h"
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    TURN_MS = 1000, // at most between two looks
#ifdef __SANITIZE_ADDRESS__
    STACK = 2 << 20
#else
    STACK = 256 << 10
#endif
};

void loop_wake(Loop *loop)
{
    uint64_t one = 1;
    ssize_t written = write(loop->wake, &one, sizeof one);
    (void)written; // full: it is awake
}

void loop_answered(HttpInside *inside)
{
    Loop *loop = inside->loop;
    pthread_mutex_lock(&loop->lock);
    bool first = loop->answered == NULL;
    inside->next = loop->answered;
    loop->answered = inside;
    pthread_mutex_unlock(&loop->lock);
    // `inside` may be gone by now.
    if (first)
        loop_wake(loop);
}

static void resume_answered(Loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    HttpInside *list = loop->answered;
    loop->answered = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (list) {
        HttpInside *next = list->next;
        MHD_resume_connection(list->mhd);
        list = next;
    }
}

static int timeout_ms(const Loop *loop)
{
    unsigned long long ms;
    if (MHD_get_timeout(loop->daemon, &ms) != MHD_YES || ms > TURN_MS)
        return TURN_MS;
    return (int)ms;
}

static void *run(void *what)
{
    Loop *loop = what;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[] = {{.fd = info->epoll_fd, .events = POLLIN},
                           {.fd = loop->wake, .events = POLLIN}};
    bool refused = false;
    while (!loop->ending) {
        poll(fds, 2, timeout_ms(loop));
        uint64_t count;
        if (fds[1].revents && read(loop->wake, &count, sizeof count) < 0)
            continue;
        if (loop->refusing && !refused) {
            MHD_run(loop->daemon); // whoever is at the door comes in; closing it would reset them
            MHD_quiesce_daemon(loop->daemon); // the socket is http_refuse's to close
            refused = true;
        }
        resume_answered(loop);
        MHD_run(loop->daemon);
        if (refused)
            loop->refusing = false;
    }
    MHD_stop_daemon(loop->daemon);
    return NULL;
}

bool loop_start(Loop *loop, struct MHD_Daemon *daemon)
{
    loop->daemon = daemon;
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&loop->lock, NULL);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    bool started = loop->wake >= 0 && pthread_create(&loop->thread, &attr, run, loop) == 0;
    pthread_attr_destroy(&attr);
    return started;
}

void loop_refuse(Loop *loop)
{
    loop->refusing = true;
    loop_wake(loop);
    while (loop->refusing)
        usleep(1000);
}

void loop_stop(Loop *loop)
{
    loop->ending = true;
    loop_wake(loop);
    pthread_join(loop->thread, NULL);
    pthread_mutex_destroy(&loop->lock);
    close(loop->wake);
}
