// SPDX-License-Identifier: Apache-2.0
// The supervisor. What it must never do: believe postmaster.pid or kill(pid, 0), which zombies and
// strangers satisfy; start on a half-made cluster; kill the postmaster with SIGKILL, which leaves
// its children behind.
#include "cluster.h"
#include "clock.h"
#include "home.h"
#include "log.h"
#include "orphans.h"
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SOCKET_ROOM = 20, // "/.s.PGSQL.5432.lock" behind the folder's name
    PAUSE_LEAST_US = 100000,
    PAUSE_MOST_US = 5000000,
    FIRST_WINDOW_US =
        15000000,       // of short pauses: a predecessor killed with us may need it to vanish
    CALM_US = 60000000, // after this long up, pauses begin short again
    STOP_FAST_US = 30000000,
    LOG_MOST = 10 << 20,
    WAL_MB = 1024
};

static struct {
    Arena *arena;          // for ever
    char *environment[16]; // of the programs we start
    const char *data, *socket_dir, *bindir, *pg, *log, *conninfo, *owner_conninfo;
    pid_t pid; // 0: not running
    bool answering;
    int64_t started, pause, again, window_end;
} cluster;

// --- finding the programs ------------------------------------------------------------------------

static bool has_programs(const char *dir)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/postgres", dir);
    if (access(path, X_OK) != 0)
        return false;
    snprintf(path, sizeof path, "%s/initdb", dir);
    return access(path, X_OK) == 0;
}

// First line of what `command` prints, or empty. For fixed commands of ours only.
static Str line_of(Arena *arena, const char *command)
{
    char line[512] = "";
    FILE *out = popen(command, "re");
    if (!out)
        return STR_NONE;
    if (!fgets(line, sizeof line, out))
        line[0] = '\0';
    pclose(out);
    line[strcspn(line, "\n")] = '\0';
    return str_copy(arena, str_of(line));
}

static bool find_programs(const Settings *settings, Arena *arena, Str *why)
{
    static const char *const folders[] = {
        "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin"};
    if (settings->pg_bindir[0]) {
        cluster.bindir = settings->pg_bindir;
        if (has_programs(cluster.bindir))
            return true;
        *why = str_format(arena, "pg_bindir: no initdb and postgres in %s", cluster.bindir);
        return false;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        cluster.bindir = folders[i];
        if (has_programs(cluster.bindir))
            return true;
    }
    cluster.bindir = str_cstr(cluster.arena, line_of(arena, "pg_config --bindir 2>/dev/null"));
    if (has_programs(cluster.bindir))
        return true;
    *why = STR("PostgreSQL is not installed: apt-get install postgresql-15, or name its folder "
               "with --pg-bindir, or use your own with --database URL");
    return false;
}

// --- making the cluster --------------------------------------------------------------------------

static bool write_file(const char *folder, const char *name, Str text, Arena *arena, Str *why)
{
    Str path = str_format(arena, "%s/%s", folder, name);
    int fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    if (!done)
        *why = str_format(arena, "%s: %s", path.at, strerror(errno));
    if (fd >= 0)
        close(fd);
    return done;
}

// The end of PostgreSQL's own log, for people who must repair.
static Str log_tail(Arena *arena)
{
    char text[1200];
    int fd = open(cluster.log, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return STR_NONE;
    off_t size = lseek(fd, 0, SEEK_END);
    ssize_t len =
        pread(fd, text, sizeof text, size > (off_t)sizeof text ? size - (off_t)sizeof text : 0);
    close(fd);
    return str_copy(arena, (Str){text, len > 0 ? (size_t)len : 0});
}

// The child's side of a fork: only what is safe between fork and exec. `input` is its standard
// input.
static _Noreturn void become_program(const char *const *args, const char *log, int input,
                                     pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(input, STDIN_FILENO);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    // SIGINT is PostgreSQL's fast stop. The parent may have died before this line: then nobody
    // would tell us.
    prctl(PR_SET_PDEATHSIG, SIGINT);
    if (getppid() != parent)
        _exit(127);
    execve(args[0], (char *const *)(uintptr_t)args, cluster.environment);
    _exit(127);
}

// PostgreSQL has no use for what we were told in ours, least of all for secrets.
static void write_environment(void)
{
    static const char *const kept[] = {
        "PATH=", "HOME=", "USER=", "LOGNAME=", "LANG=", "LC_", "TZ=", "TMPDIR=", "LD_", "FAKETIME"};
    enum { MOST = sizeof cluster.environment / sizeof *cluster.environment - 1 };
    size_t n = 0;
    for (char **entry = environ; *entry && n < MOST; entry++)
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (strncmp(*entry, kept[i], strlen(kept[i])) == 0 && n < MOST)
                cluster.environment[n++] = str_cstr(cluster.arena, str_of(*entry));
}

// Runs a program to its end with `input`; true when it succeeds.
static bool run(const char *const *args, Str input)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become_program(args, cluster.log, ends[0], parent);
    close(ends[0]);
    ssize_t sent = input.len ? write(ends[1], input.at, input.len) : 0;
    close(ends[1]);
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return sent == (ssize_t)input.len && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// What was begun and not finished is of no use to anyone: our own folder, never a cluster that was
// ever started.
static void remove_leftover(const char *folder)
{
    const char *args[] = {"/bin/rm", "-rf", "--", folder, NULL};
    run(args, STR_NONE);
}

static bool write_access(const char *folder, Arena *arena, Str *why)
{
    const struct passwd *us = getpwuid(geteuid());
    if (!us) {
        *why = str_format(arena, "uid %ld has no line in /etc/passwd, which PostgreSQL needs",
                          (long)geteuid());
        return false;
    }
    Str ident = str_format(arena, "jalon \"%s\" jalon\njalon \"%s\" jalon_serve\n", us->pw_name,
                           us->pw_name);
    return write_file(folder, "pg_hba.conf", STR("local all jalon,jalon_serve peer map=jalon\n"),
                      arena, why) &&
           write_file(folder, "pg_ident.conf", ident, arena, why);
}

// In pg.init, renamed when whole: a crash on the way leaves nothing half made.
static bool make(Arena *arena, Str *why)
{
    Str folder = str_format(arena, "%s/pg.init", cluster.data);
    Str initdb = str_format(arena, "%s/initdb", cluster.bindir),
        postgres = str_format(arena, "%s/postgres", cluster.bindir);
    const char *init[] = {initdb.at,
                          "-D",
                          folder.at,
                          "-U",
                          "jalon",
                          "--auth-local=peer",
                          "--auth-host=reject",
                          "-E",
                          "UTF8",
                          "--locale=C.UTF-8",
                          "--locale-provider=icu",
                          "--icu-locale=fr-FR",
                          "-T",
                          "french",
                          "--data-checksums",
                          NULL};
    const char *single[] = {postgres.at, "--single", "-D", folder.at, "template1", NULL};
    log_event(LOG_INFO, "cluster", LOG_C("what", "made"));
    if (access(folder.at, F_OK) == 0)
        remove_leftover(folder.at);
    if (!run(init, STR_NONE) || !run(single, STR("create database jalon\n"))) {
        *why = str_format(arena, "the database cluster cannot be made; PostgreSQL says:\n" STR_FMT,
                          STR_ARG(log_tail(arena)));
        return false;
    }
    if (!write_access(folder.at, arena, why))
        return false;
    if (rename(folder.at, cluster.pg) == 0)
        return true;
    *why = str_format(arena, "%s: %s", cluster.pg, strerror(errno));
    return false;
}

static bool same_version(Arena *arena, Str *why)
{
    char ours[16] = "";
    Str path = str_format(arena, "%s/PG_VERSION", cluster.pg);
    FILE *file = fopen(path.at, "re");
    if (file && !fgets(ours, sizeof ours, file))
        ours[0] = '\0';
    if (file)
        fclose(file);
    ours[strcspn(ours, "\n")] = '\0';
    // "postgres (PostgreSQL) 15.20 (Debian …)"
    Str theirs = line_of(arena, str_format(arena, "'%s/postgres' -V", cluster.bindir).at);
    size_t at = str_index(theirs, ')');
    theirs = str_slice(theirs, at + 2, theirs.len);
    theirs = str_slice(theirs, 0, str_index(theirs, '.'));
    if (ours[0] && str_is(theirs, ours))
        return true;
    *why = str_format(
        arena,
        "%s was made by PostgreSQL %s and %s is version " STR_FMT ".\n"
        "Either install postgresql-%s and name it: --pg-bindir /usr/lib/postgresql/%s/bin\n"
        "or move the data: pg_upgrade -b /usr/lib/postgresql/%s/bin -B %s -d %s -D NEW (see its "
        "manual).",
        cluster.pg, ours, cluster.bindir, STR_ARG(theirs), ours, ours, ours, cluster.bindir,
        cluster.pg);
    return false;
}

static const char *keep(Str s)
{
    return str_cstr(cluster.arena, s);
}

// The socket's folder as it would be passed to libpq: absolute.
static Str socket_folder(const Settings *settings, Arena *arena)
{
    Str given = settings->socket_dir[0] ? str_of(settings->socket_dir)
                                        : str_format(arena, "%s/run", settings->data);
    if (given.at[0] == '/')
        return given;
    char cwd[4096];
    return str_format(arena, "%s/" STR_FMT, getcwd(cwd, sizeof cwd) ? cwd : ".", STR_ARG(given));
}

static Str conninfo_as(const Settings *settings, const char *role, Arena *arena)
{
    Str dir = socket_folder(settings, arena);
    Buf out = {.arena = arena};
    buf_add(&out, STR("host='"));
    for (size_t i = 0; i < dir.len; i++) {
        if (dir.at[i] == '\'' || dir.at[i] == '\\')
            buf_char(&out, '\\');
        buf_char(&out, dir.at[i]);
    }
    buf_format(&out, "' user=%s dbname=jalon", role);
    return buf_str(&out);
}

Str cluster_conninfo_of(const Settings *settings, Arena *arena)
{
    return conninfo_as(settings, "jalon_serve", arena);
}

Str cluster_owner_conninfo_of(const Settings *settings, Arena *arena)
{
    return conninfo_as(settings, "jalon", arena);
}

static void rotate_log(void)
{
    struct stat log;
    if (stat(cluster.log, &log) != 0 || log.st_size < LOG_MOST)
        return;
    char old[4096];
    snprintf(old, sizeof old, "%s.1", cluster.log);
    rename(cluster.log, old);
}

bool cluster_prepare(const Settings *settings, Arena *arena, Str *why)
{
    cluster.arena = arena_new();
    cluster.data = settings->data;
    write_environment();
    Str dir = socket_folder(settings, arena);
    if (dir.len + SOCKET_ROOM > sizeof((struct sockaddr_un *)NULL)->sun_path - 1) {
        *why = str_format(
            arena, STR_FMT ": too long for a socket; name a shorter folder with --socket-dir",
            STR_ARG(dir));
        return false;
    }
    cluster.socket_dir = keep(dir);
    cluster.pg = keep(str_format(arena, "%s/pg", cluster.data));
    cluster.log = keep(str_format(arena, "%s/log/postgresql.log", cluster.data));
    cluster.conninfo = keep(cluster_conninfo_of(settings, arena));
    cluster.owner_conninfo = keep(cluster_owner_conninfo_of(settings, arena));
    if (!home_folder(cluster.data, "log", arena, why) ||
        (mkdir(cluster.socket_dir, 0700) != 0 && errno != EEXIST)) {
        if (!why->at)
            *why = str_format(arena, "%s: %s", cluster.socket_dir, strerror(errno));
        return false;
    }
    rotate_log();
    if (!find_programs(settings, arena, why))
        return false;
    bool made = access(str_format(arena, "%s/PG_VERSION", cluster.pg).at, F_OK) == 0;
    if (!made && !make(arena, why))
        return false;
    // The system's user may have another name than at the last start.
    return same_version(arena, why) && write_access(cluster.pg, arena, why);
}

const char *cluster_conninfo(void)
{
    return cluster.conninfo;
}

const char *cluster_owner_conninfo(void)
{
    return cluster.owner_conninfo;
}

// --- watching over it ----------------------------------------------------------------------------

static void start(void)
{
    Arena *arena = arena_new();
    int orphans = orphans_end(cluster.pg);
    if (orphans > 0)
        log_event(LOG_WARN, "cluster", LOG_C("what", "orphans ended"), LOG_I("count", orphans));
    orphans_unlock(cluster.pg, str_format(arena, "%s/postmaster.pid", cluster.pg).at);
    orphans_unlock(cluster.pg, str_format(arena, "%s/.s.PGSQL.5432.lock", cluster.socket_dir).at);
    const char *args[] = {
        str_format(arena, "%s/postgres", cluster.bindir).at,
        "-D",
        cluster.pg,
        "-c",
        "listen_addresses=",
        "-c",
        str_format(arena, "unix_socket_directories=\"%s\"", cluster.socket_dir).at,
        "-c",
        "unix_socket_permissions=0700",
        "-c",
        "jit=off", // clashes with MemoryDenyWriteExecute
        "-c",
        "recovery_init_sync_method=syncfs", // one call instead of a thousand files after a crash
        "-c",
        "max_connections=40",
        "-c",
        "shared_buffers=64MB",
        "-c",
        str_format(arena, "min_wal_size=%dMB", WAL_MB).at,
        "-c",
        str_format(arena, "max_wal_size=%dMB", WAL_MB).at,
        NULL};
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        setsid(); // Ctrl-C is for us; PostgreSQL hears it from us, when we are ready
        become_program(args, cluster.log, nothing, parent);
    }
    close(nothing);
    cluster.pid = pid > 0 ? pid : 0;
    cluster.started = clock_mono();
    cluster.answering = false;
    if (!cluster.window_end)
        cluster.window_end = cluster.started + FIRST_WINDOW_US;
    arena_free(arena);
}

// Our child has ended: says so, and when to try again.
static void fell(int status)
{
    int64_t now = clock_mono();
    bool calm = now - cluster.started > CALM_US;
    bool window = now < cluster.window_end;
    if (calm || cluster.answering)
        cluster.window_end = now + FIRST_WINDOW_US, window = true;
    cluster.pause = window || !cluster.pause ? PAUSE_LEAST_US : cluster.pause * 2;
    if (cluster.pause > PAUSE_MOST_US)
        cluster.pause = PAUSE_MOST_US;
    cluster.again = now + cluster.pause;
    cluster.pid = 0;
    cluster.answering = false;
    log_event(LOG_WARN, "cluster", LOG_C("what", "fell"),
              LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
              LOG_I("exit", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
              LOG_I("again_ms", cluster.pause / 1000));
}

bool cluster_watch(const char **why)
{
    int status;
    if (cluster.pid && waitpid(cluster.pid, &status, WNOHANG) == cluster.pid)
        fell(status);
    if (!cluster.pid && clock_mono() >= cluster.again)
        start();
    *why = cluster.pid ? "PostgreSQL is starting" : "PostgreSQL has stopped; it is started again";
    if (!cluster.pid || cluster.answering)
        return cluster.pid != 0;
    // A ping that another server answers is not ours: only while our own child lives, which was
    // asked first.
    if (!store_ping(cluster.conninfo))
        return false;
    cluster.answering = true;
    log_event(LOG_INFO, "cluster", LOG_C("what", "up"),
              LOG_I("after_ms", (clock_mono() - cluster.started) / 1000));
    return true;
}

static bool ended_within(int64_t us)
{
    int64_t end = clock_mono() + us;
    while (cluster.pid) {
        int status;
        if (waitpid(cluster.pid, &status, WNOHANG) != 0)
            cluster.pid = 0;
        else if (clock_mono() > end)
            return false;
        else
            usleep(5000);
    }
    return true;
}

void cluster_stop(void)
{
    if (!cluster.pid)
        return;
    kill(cluster.pid, SIGINT); // fast: connections are cut, what is committed stays
    if (ended_within(STOP_FAST_US))
        return;
    log_event(LOG_WARN, "cluster", LOG_C("what", "slow to stop"));
    kill(cluster.pid, SIGQUIT); // at once; recovers at the next start
    ended_within(STOP_FAST_US);
}
