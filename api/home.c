// SPDX-License-Identifier: Apache-2.0
#include "home.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(Arena *arena, Str *why, const char *what)
{
    *why = str_format(arena, "%s: %s", what, strerror(errno));
    return false;
}

static bool become(const struct passwd *user, Arena *arena, Str *why)
{
    if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
        setuid(user->pw_uid) != 0)
        return fail(arena, why, user->pw_name);
    setenv("HOME", user->pw_dir, 1);
    setenv("USER", user->pw_name, 1);
    setenv("LOGNAME", user->pw_name, 1);
    return true;
}

// Each missing folder of the path; those that are there stay as they are.
static bool make_folders(const char *path, Arena *arena, Str *why)
{
    char *copy = str_cstr(arena, str_of(path));
    for (char *slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            return fail(arena, why, copy);
        *slash = '/';
    }
    return mkdir(copy, 0700) == 0 || errno == EEXIST || fail(arena, why, path);
}

bool home_enter(const char *data, const char *run_as, Arena *arena, Str *why)
{
    if (!make_folders(data, arena, why))
        return false;
    if (geteuid() != 0)
        return access(data, R_OK | W_OK | X_OK) == 0 || fail(arena, why, data);

    const struct passwd *user = getpwnam(run_as);
    if (!user || user->pw_uid == 0) {
        *why = str_format(arena, "run_as: %s \"%s\"; as root, name a user without privileges",
                          user ? "root again:" : "there is no user", run_as);
        return false;
    }
    if (chown(data, user->pw_uid, user->pw_gid) != 0 || !become(user, arena, why))
        return fail(arena, why, data);
    if (access(data, R_OK | W_OK | X_OK) == 0)
        return true;
    *why = str_format(arena, "%s: user %s cannot enter it; every folder above must let them pass",
                      data, run_as);
    return false;
}

bool home_visit(const char *data, Arena *arena, Str *why)
{
    struct stat home;
    if (geteuid() != 0)
        return true;
    if (stat(data, &home) != 0)
        return fail(arena, why, data);
    const struct passwd *user = home.st_uid ? getpwuid(home.st_uid) : NULL;
    return !user || become(user, arena, why);
}

bool home_lock(const char *data, Arena *arena, Str *why)
{
    Str path = str_format(arena, "%s/server.lock", data);
    int fd = open(path.at, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(arena, why, path.at);
    // Never closed: the lock ends with the process, however it ends.
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    *why = str_format(arena, "%s: data directory in use by another jalon", data);
    return false;
}

bool home_folder(const char *data, const char *name, Arena *arena, Str *why)
{
    Str path = str_format(arena, "%s/%s", data, name);
    return mkdir(path.at, 0700) == 0 || errno == EEXIST || fail(arena, why, path.at);
}
