// SPDX-License-Identifier: Apache-2.0
// clamd's INSTREAM (clamd(8)): "zINSTREAM\0", chunks of a 32-bit big-endian length and its bytes, a length of zero; the answer is
// "stream: OK", "stream: NAME FOUND" or "… ERROR", ended by a NUL. The bytes travel, so clamd needs no right to read our files.
#include "files.h"
#include "../settings.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 10, AT_ONCE = 2, CHUNK = 16 << 10, ANSWER_MAX = 512 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_for(int fd, short events, int64_t deadline)
{
    int64_t left = deadline - now_ms();
    struct pollfd ready = {.fd = fd, .events = events};
    return left > 0 && poll(&ready, 1, (int)left) > 0;
}

static bool send_all(int fd, const void *at, size_t len, int64_t deadline)
{
    for (const char *p = at; len;) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n < 0 && (errno != EAGAIN || !wait_for(fd, POLLOUT, deadline)))
            return false;
        p += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static int connect_to(int family, const struct sockaddr *address, socklen_t len, int64_t deadline)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    socklen_t size = sizeof error;
    if (fd < 0)
        return -1;
    bool done = connect(fd, address, len) == 0;
    if (!done && errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline))
        done = getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    if (done)
        return fd;
    close(fd);
    return -1;
}

static int connect_unix(Str path, int64_t deadline)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path.len >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path.at, path.len);
    return connect_to(AF_UNIX, (struct sockaddr *)&address, sizeof address, deadline);
}

// "unix:/path", or "host:port" with the host as a number: no name is looked up while a request waits.
static int connect_clamd(Arena *arena, Str where, int64_t deadline)
{
    if (str_starts(where, STR("unix:")))
        return connect_unix(str_slice(where, 5, where.len), deadline);
    size_t colon = str_index(where, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found;
    if (getaddrinfo(str_cstr(arena, str_slice(where, 0, colon)),
                    str_cstr(arena, str_slice(where, colon + 1, where.len)), &hints, &found) != 0)
        return -1;
    int fd = connect_to(found->ai_family, found->ai_addr, found->ai_addrlen, deadline);
    freeaddrinfo(found);
    return fd;
}

static bool send_file(int fd, int file, int64_t deadline)
{
    struct {
        uint32_t length;
        char bytes[CHUNK];
    } chunk;
    ssize_t n;
    if (!send_all(fd, "zINSTREAM", sizeof "zINSTREAM", deadline))
        return false;
    while ((n = read(file, chunk.bytes, sizeof chunk.bytes)) > 0) {
        chunk.length = htonl((uint32_t)n);
        if (!send_all(fd, &chunk, sizeof chunk.length + (size_t)n, deadline))
            return false;
    }
    chunk.length = 0;
    return n == 0 && send_all(fd, &chunk.length, sizeof chunk.length, deadline);
}

static Str receive(int fd, char answer[ANSWER_MAX], int64_t deadline)
{
    size_t len = 0;
    while (len < ANSWER_MAX && !memchr(answer, '\0', len)) {
        ssize_t n = recv(fd, answer + len, ANSWER_MAX - len, 0);
        if (n == 0 || (n < 0 && (errno != EAGAIN || !wait_for(fd, POLLIN, deadline))))
            break;
        len += n > 0 ? (size_t)n : 0;
    }
    return (Str){answer, strnlen(answer, len)};
}

static bool ends(Str s, Str with)
{
    return s.len >= with.len && str_eq(str_slice(s, s.len - with.len, s.len), with);
}

static Scan verdict(Arena *arena, Str answer, Str *found)
{
    Str stream = STR("stream: "), bad = STR(" FOUND");
    if (str_eq(answer, STR("stream: OK")))
        return SCAN_CLEAN;
    if (!str_starts(answer, stream) || !ends(answer, bad))
        return SCAN_UNSURE;
    *found = str_copy(arena, str_slice(answer, stream.len, answer.len - bad.len));
    return SCAN_INFECTED;
}

static Scan ask(Arena *arena, const char *path, Str *found)
{
    char answer[ANSWER_MAX];
    Scan scan = SCAN_UNSURE;
    int64_t deadline = now_ms() + SECONDS * 1000;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int fd = file < 0 ? -1 : connect_clamd(arena, str_of(settings()->clamd), deadline);
    // Over its StreamMaxLength clamd answers before it has read all: what it says is read in any case.
    if (fd >= 0) {
        send_file(fd, file, deadline);
        scan = verdict(arena, receive(fd, answer, deadline), found);
        close(fd);
    }
    if (file >= 0)
        close(file);
    return scan;
}

Scan files_scan(Arena *arena, const char *path, Str *found)
{
    static atomic_int at_work;
    *found = STR_NONE;
    if (settings()->clamd[0] == '\0')
        return SCAN_NONE;
    Scan scan = SCAN_UNSURE;
    if (atomic_fetch_add(&at_work, 1) < AT_ONCE)
        scan = ask(arena, path, found);
    atomic_fetch_sub(&at_work, 1);
    return scan;
}
