// SPDX-License-Identifier: Apache-2.0
// The listening socket: an address, a unix socket, or the one that systemd hands over.
#include "inside.h"
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, HANDED_FIRST = 3 };

// sd_listen_fds(3): descriptor 3 when LISTEN_PID is us.
static int handed_over(void)
{
    const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
    return pid && n && atol(pid) == (long)getpid() && atol(n) >= 1 ? HANDED_FIRST : -1;
}

static int fail(int fd, Arena *arena, Str *why, const char *what)
{
    *why = str_format(arena, "%s: %s", what, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static int listen_unix(Http *http, const char *path, Arena *arena, Str *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(-1, arena, why, path);
    }
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(fd, arena, why, path);
    // Our own leaving from a run that was killed; the data directory's lock tells that nobody uses
    // it.
    struct stat old;
    if (lstat(path, &old) == 0 && S_ISSOCK(old.st_mode))
        unlink(path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0660) != 0 ||
        listen(fd, BACKLOG) != 0)
        return fail(fd, arena, why, path);
    http->socket_path = strdup(path);
    return fd;
}

static int listen_address(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
    if (fd < 0)
        return -1;
    int on = 1, off = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &len);
    if (address.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return 0;
}

int http_listen(Http *http, Arena *arena, Str *why)
{
    const char *name = http->options.listen;
    int fd = handed_over();
    if (fd >= 0) {
        http->port = port_of(fd);
        return fd;
    }
    if (strncmp(name, "unix:", 5) == 0)
        return listen_unix(http, name + 5, arena, why);

    struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *list = NULL;
    char port[16];
    snprintf(port, sizeof port, "%d", http->options.port);
    int error = getaddrinfo(name, port, &hints, &list);
    if (error) {
        *why = str_format(arena, "%s: %s", name, gai_strerror(error));
        return -1;
    }
    for (struct addrinfo *at = list; at && fd < 0; at = at->ai_next)
        fd = listen_address(at);
    freeaddrinfo(list);
    if (fd < 0)
        return fail(fd, arena, why, str_format(arena, "%s port %s", name, port).at);
    http->port = port_of(fd);
    return fd;
}
