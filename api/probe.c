// SPDX-License-Identifier: Apache-2.0
#include "probe.h"
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_S = 3 };

static int connect_unix(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof at.sun_path)
        return -1;
    memcpy(at.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

// A server that listens everywhere is asked at home.
static int connect_address(const char *name, int64_t port)
{
    bool everywhere = strcmp(name, "0.0.0.0") == 0 || strcmp(name, "::") == 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char service[16];
    snprintf(service, sizeof service, "%lld", (long long)port);
    if (getaddrinfo(everywhere ? "127.0.0.1" : name, service, &hints, &list) != 0)
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval wait = {.tv_sec = WAIT_S};
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    }
    if (fd >= 0 && connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

int probe(const Settings *settings)
{
    static const char question[] =
        "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char text[4096];
    size_t len = 0;
    bool local = strncmp(settings->listen, "unix:", 5) == 0;
    int fd = local ? connect_unix(settings->listen + 5)
                   : connect_address(settings->listen, settings->port);
    if (fd < 0 || send(fd, question, sizeof question - 1, MSG_NOSIGNAL) < 0) {
        fprintf(stderr, "jalon health: %s port %lld: %s\n", settings->listen,
                (long long)settings->port, strerror(errno));
        if (fd >= 0)
            close(fd);
        return 1;
    }
    for (ssize_t n;
         len < sizeof text - 1 && (n = recv(fd, text + len, sizeof text - 1 - len, 0)) > 0;)
        len += (size_t)n;
    close(fd);
    text[len] = '\0';
    const char *body = strstr(text, "\r\n\r\n");
    printf("%s\n", body ? body + 4 : "no answer");
    return strncmp(text, "HTTP/1.1 200", 12) == 0 ? 0 : 1;
}
