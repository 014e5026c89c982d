// SPDX-License-Identifier: Apache-2.0
// One socket a slot. Whoever ends, for whatever reason, ends the socket, and the other side with it.
#include "hasher.h"
#include "password.h"
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    YIELDS = 10, // nice
    // OWASP's least for Argon2id: what is salted was drawn by chance, nobody chose it.
    DERIVE_OPS = 2,
    DERIVE_MEMORY = 19 << 20
};

_Static_assert(HASHER_TEXT >= crypto_pwhash_STRBYTES, "an encoded password fits");
_Static_assert(HASHER_SALT == crypto_pwhash_SALTBYTES, "a salt fits");
_Static_assert(HASHER_PASSWORD >= 4 * PASSWORD_MAX, "any password fits");

typedef struct Slot {
    int socket; // 0: none
    pid_t pid;
} Slot;
static Slot slots[PASSWORDS_AT_ONCE];
static bool in_processes;

static void work(const HasherAsk *ask, HasherReply *reply)
{
    *reply = (HasherReply){0};
    if (ask->salted)
        reply->done =
            crypto_pwhash(reply->raw, sizeof reply->raw, ask->password, ask->len, ask->salt,
                          DERIVE_OPS, DERIVE_MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
    else if (ask->encoded[0])
        reply->done = crypto_pwhash_str_verify(ask->encoded, ask->password, ask->len) == 0;
    else
        reply->done = crypto_pwhash_str_alg(reply->encoded, ask->password, ask->len,
                                            crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                            crypto_pwhash_MEMLIMIT_INTERACTIVE,
                                            crypto_pwhash_ALG_ARGON2ID13) == 0;
}

// --- our side ------------------------------------------------------------------------------------

static void end(Slot *slot)
{
    close(slot->socket);
    kill(slot->pid, SIGKILL);
    waitpid(slot->pid, NULL, 0);
    *slot = (Slot){0};
}

// The kernel's own name for this program: good after an upgrade has replaced the file.
static bool start(Slot *slot)
{
    static char *const args[] = {"jalon", "hash", NULL};
    static char *const nothing[] = {NULL};
    int pair[2];
    posix_spawn_file_actions_t actions;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO);
    bool started = posix_spawn(&slot->pid, "/proc/self/exe", &actions, NULL, args, nothing) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(pair[1]);
    if (started)
        slot->socket = pair[0];
    else
        close(pair[0]);
    return started;
}

void hasher_start(void)
{
    in_processes = true;
}

static bool asked(Slot *slot, const HasherAsk *ask, HasherReply *reply)
{
    if (!slot->socket && !start(slot))
        return false;
    if (send(slot->socket, ask, sizeof *ask, MSG_NOSIGNAL) == sizeof *ask &&
        recv(slot->socket, reply, sizeof *reply, 0) == sizeof *reply)
        return true;
    end(slot);
    return false;
}

void hasher_ask(int slot, const HasherAsk *ask, HasherReply *reply)
{
    // One that has died is missed only when it is asked: another takes its place.
    bool done =
        in_processes && (asked(&slots[slot], ask, reply) || asked(&slots[slot], ask, reply));
    if (!done)
        work(ask, reply);
}

// --- its side ------------------------------------------------------------------------------------

int hasher_run(void)
{
    HasherAsk ask;
    HasherReply reply;
    (void)!nice(YIELDS); // where that is refused, it competes and works all the same
    while (recv(STDIN_FILENO, &ask, sizeof ask, 0) == sizeof ask &&
           ask.len <= sizeof ask.password) {
        work(&ask, &reply);
        sodium_memzero(&ask, sizeof ask);
        if (send(STDIN_FILENO, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply)
            break;
    }
    return 0;
}
