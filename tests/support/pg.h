// SPDX-License-Identifier: Apache-2.0
// A throw-away PostgreSQL for tests: a cluster of its own in a folder under /tmp, reached by a unix
// socket, stopped and removed when the program ends. PostgreSQL refuses root, so that a test run as
// root starts it as the user postgres.
#pragma once
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char pg_folder[64];
static pid_t pg_pid; // of the postmaster
static pid_t pg_owner;

static void pg_become_postgres(void)
{
    if (geteuid() != 0)
        return;
    struct passwd *user = getpwnam("postgres");
    if (!user || initgroups("postgres", user->pw_gid) || setgid(user->pw_gid) ||
        setuid(user->pw_uid))
        _exit(126);
}

static const char *pg_bin(const char *program)
{
    static char path[128];
    static const char *const majors[] = {"17", "16", "15"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "/usr/lib/postgresql/%s/bin/%s", majors[i], program);
        if (access(path, X_OK) == 0)
            return path;
    }
    return program;
}

// Runs a program of PostgreSQL in the cluster's folder, its output in a file there.
static pid_t pg_spawn(const char *const argv[])
{
    pid_t pid = fork();
    if (pid)
        return pid;
    pg_become_postgres();
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int log = open("/dev/null", O_WRONLY);
    if (chdir(pg_folder) == 0) {
        int file = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
        log = file >= 0 ? file : log;
    }
    dup2(log, 1);
    dup2(log, 2);
    setsid();
    execvp(pg_bin(argv[0]), (char *const *)argv);
    _exit(127);
}

static bool pg_run(const char *const argv[])
{
    int status;
    pid_t pid = pg_spawn(argv);
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static pid_t pg_server(void)
{
    return pg_spawn((const char *const[]){
        "postgres", "-D", "data", "-k", pg_folder, "-c", "listen_addresses=", "-c", "fsync=off",
        "-c", "max_connections=30", "-c", "shared_buffers=16MB", "-c", "jit=off", NULL});
}

// After a crash it ends at once while a process of the one before still dies: it is started again.
static bool pg_up(void)
{
    pg_pid = pg_server();
    for (int i = 0; i < 200; i++) {
        if (pg_run((const char *const[]){"pg_isready", "-q", "-h", pg_folder, NULL}))
            return true;
        usleep(50 * 1000);
        if (waitpid(pg_pid, NULL, WNOHANG) == pg_pid)
            pg_pid = pg_server();
    }
    return false;
}

static void pg_down(void)
{
    if (getpid() != pg_owner)
        return;
    kill(pg_pid, SIGQUIT);
    waitpid(pg_pid, NULL, 0);
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", pg_folder);
    if (strncmp(pg_folder, "/tmp/jalon-test-", 16) == 0 && system(command) != 0)
        fprintf(stderr, "%s was left behind\n", pg_folder);
}

// Starts the cluster at the first call. NULL when PostgreSQL cannot be started; `log` in its folder
// says why.
static const char *pg_start(void)
{
    static char conninfo[128];
    if (pg_folder[0])
        return conninfo;
    snprintf(pg_folder, sizeof pg_folder, "/tmp/jalon-test-XXXXXX");
    if (!mkdtemp(pg_folder))
        return NULL;
    pg_owner = getpid();
    struct passwd *user = getpwnam("postgres");
    if (geteuid() == 0 && (!user || chown(pg_folder, user->pw_uid, user->pw_gid)))
        return NULL;
    if (!pg_run((const char *const[]){"initdb", "-D", "data", "-U", "jalon", "-A", "trust", "-E",
                                      "UTF8", "--locale=C.UTF-8", "--no-sync", NULL}) ||
        !pg_up())
        return NULL;
    atexit(pg_down);
    snprintf(conninfo, sizeof conninfo, "host=%s user=jalon dbname=postgres", pg_folder);
    return conninfo;
}

// A new, empty database; its conninfo. NULL when it could not be made.
__attribute__((unused)) static const char *pg_database(const char *name)
{
    static char conninfo[8][128];
    static int n;
    if (!pg_start() ||
        !pg_run((const char *const[]){"createdb", "-h", pg_folder, "-U", "jalon", name, NULL}))
        return NULL;
    char *ret = conninfo[n++ % 8];
    snprintf(ret, sizeof conninfo[0], "host=%s user=jalon dbname=%s", pg_folder, name);
    return ret;
}

// What a crash does: everything of the cluster is killed, then it starts again.
__attribute__((unused)) static bool pg_crash(void)
{
    kill(pg_pid, SIGKILL);
    waitpid(pg_pid, NULL, 0);
    return pg_up();
}
