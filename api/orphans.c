// SPDX-License-Identifier: Apache-2.0
#include "orphans.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ORPHANS_MAX = 256 };

// A server process works in its data directory: no other sign is as hard to mistake.
static bool works_in(long pid, const struct stat *pg)
{
    char path[64];
    struct stat cwd;
    snprintf(path, sizeof path, "/proc/%ld/cwd", pid);
    return stat(path, &cwd) == 0 && cwd.st_dev == pg->st_dev && cwd.st_ino == pg->st_ino;
}

// "postgres: writer", "postgres: jalon jalon [local] idle"; a postmaster shows its command line, a
// zombie nothing.
static bool command_of(long pid, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[len > 0 ? len : 0] = '\0';
    return len > 0;
}

// Children without a postmaster; -1 when there is a postmaster.
static int find(const char *pg, pid_t *ret)
{
    struct stat at;
    DIR *all = stat(pg, &at) == 0 ? opendir("/proc") : NULL;
    int n = 0;
    for (struct dirent *one; all && (one = readdir(all));) {
        char command[256];
        long pid = isdigit((unsigned char)one->d_name[0]) ? atol(one->d_name) : 0;
        if (pid == 0 || pid == (long)getpid() || !works_in(pid, &at) ||
            !command_of(pid, command, sizeof command))
            continue;
        bool child = strncmp(command, "postgres: ", 10) == 0;
        if (!child && strstr(command, "postgres")) {
            n = -1;
            break;
        }
        if (child && n < ORPHANS_MAX)
            ret[n++] = (pid_t)pid;
    }
    if (all)
        closedir(all);
    return n;
}

int orphans_end(const char *pg)
{
    pid_t orphans[ORPHANS_MAX];
    int n = find(pg, orphans);
    for (int i = 0; i < n; i++)
        kill(orphans[i], SIGKILL);
    return n;
}

static bool zombie(long pid)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    const char *name_end = strrchr(text, ')'); // "12 (postgres) Z 1 …"
    return name_end && strncmp(name_end, ") Z", 3) == 0;
}

void orphans_unlock(const char *pg, const char *path)
{
    char line[32] = "";
    pid_t orphans[ORPHANS_MAX];
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    fclose(file);
    if (atol(line) > 0 && zombie(atol(line)) && find(pg, orphans) == 0)
        unlink(path);
}
