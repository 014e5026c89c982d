// SPDX-License-Identifier: Apache-2.0
#include "files.h"
#include "../settings.h"
#include <errno.h>
#include <fcntl.h>
#include <magic.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_BYTES = 64 << 10 };

// --- their place --------------------------------------------------------------------------------

static const char *folder_of(Arena *arena, Str sha256)
{
    return str_format(arena, "%s/documents/%.2s", settings()->data, sha256.at).at;
}

Str files_path(Arena *arena, Str sha256)
{
    return str_format(arena, "%s/" STR_FMT, folder_of(arena, sha256),
                      STR_ARG(str_slice(sha256, 2, sha256.len)));
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = fsync(fd) == 0;
    return close(fd) == 0 && done;
}

bool files_keep(Arena *arena, const char *spooled, Str sha256)
{
    const char *folder = folder_of(arena, sha256);
    const char *all = str_format(arena, "%s/documents", settings()->data).at;
    if ((mkdir(all, 0700) != 0 && errno != EEXIST) || (mkdir(folder, 0700) != 0 && errno != EEXIST))
        return false;
    return sync_path(spooled, O_RDONLY) &&
           (link(spooled, files_path(arena, sha256).at) == 0 || errno == EEXIST) &&
           sync_path(folder, O_RDONLY | O_DIRECTORY) && sync_path(all, O_RDONLY | O_DIRECTORY);
}

// --- their type ---------------------------------------------------------------------------------

static pthread_mutex_t magic_lock = PTHREAD_MUTEX_INITIALIZER; // a cookie serves one at a time

// Loaded once, at the first upload. Nothing is unpacked and no program is taken apart to tell a type.
static magic_t cookie(void)
{
    static magic_t magic;
    size_t most = LOOK_BYTES;
    if (magic)
        return magic;
    magic = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS |
                       MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TAR);
    if (!magic)
        return NULL;
    magic_setparam(magic, MAGIC_PARAM_BYTES_MAX, &most);
    if (magic_load(magic, NULL) == 0)
        return magic;
    magic_close(magic);
    return magic = NULL;
}

Str files_type(Arena *arena, const char *path)
{
    pthread_mutex_lock(&magic_lock);
    magic_t magic = cookie();
    const char *type = magic ? magic_file(magic, path) : NULL;
    Str ret = type ? str_copy(arena, str_of(type)) : STR_NONE;
    pthread_mutex_unlock(&magic_lock);
    return ret;
}
