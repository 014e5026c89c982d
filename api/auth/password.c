// SPDX-License-Identifier: Apache-2.0
// Argon2id, a few at once; how good a password is through zxcvbn.
#include "password.h"
#include "hasher.h"
#include <ctype.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zxcvbn.h>

enum {
    GUESS_BITS = 33,
    JUDGED = 100,
    OWN_MAX = 24
}; // 10^10 tries; characters judged; words of one's own

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool taken[PASSWORDS_AT_ONCE];

// A place among those who compute, or -1.
static int enter(void)
{
    int place = -1;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PASSWORDS_AT_ONCE && place < 0; i++)
        if (!taken[i])
            taken[place = i] = true;
    pthread_mutex_unlock(&lock);
    return place;
}

static void leave(int place)
{
    pthread_mutex_lock(&lock);
    taken[place] = false;
    pthread_mutex_unlock(&lock);
}

_Static_assert((int)DERIVE_SALT == HASHER_SALT && (int)HASH_SIZE == HASHER_RAW,
               "the same salt and hash");

static bool ask(HasherAsk *what, Str password, HasherReply *reply)
{
    if (password.len > sizeof what->password)
        return false;
    int place = enter();
    if (place < 0)
        return false;
    what->len = (uint32_t)password.len;
    if (password.len)
        memcpy(what->password, password.at, password.len);
    hasher_ask(place, what, reply);
    sodium_memzero(what, sizeof *what);
    leave(place);
    return true;
}

static bool compute(Str encoded, Str password, HasherReply *reply)
{
    HasherAsk what = {.len = 0};
    if (encoded.len)
        memcpy(what.encoded, encoded.at, encoded.len);
    return ask(&what, password, reply);
}

bool password_derive(Str secret, const uint8_t *salt, uint8_t ret[HASH_SIZE])
{
    HasherReply reply;
    HasherAsk what = {.salted = true};
    memcpy(what.salt, salt, sizeof what.salt);
    if (!ask(&what, secret, &reply) || !reply.done)
        return false;
    memcpy(ret, reply.raw, HASH_SIZE);
    return true;
}

bool password_hash(Arena *arena, Str password, Str *ret)
{
    HasherReply reply;
    if (!compute(STR_NONE, password, &reply) || !reply.done)
        return false;
    *ret = str_copy(arena, str_of(reply.encoded));
    return true;
}

PasswordVerdict password_check(Str encoded, Str password)
{
    HasherReply reply;
    if (encoded.len >= HASHER_TEXT)
        encoded = STR_NONE;
    if (!compute(encoded, password, &reply))
        return PASSWORD_BUSY;
    return encoded.len && reply.done ? PASSWORD_RIGHT : PASSWORD_WRONG;
}

// --- guessing ------------------------------------------------------------------------------------

// What people here type first, which an English list ranks low.
static const char *const local_words[] = {
    "motdepasse", "azerty",  "azertyuiop",  "qsdfghjklm", "wxcvbn", "bonjour", "soleil",
    "chouchou",   "loulou",  "doudou",      "jetaime",    "coucou", "secret",  "bienvenue",
    "mairie",     "commune", "association", "projet",     "jalon",  "appel"};
enum { LOCAL_WORDS = sizeof local_words / sizeof local_words[0] };

// "Anne.Martin@ville.example" is tried as anne, martin, ville and example.
static size_t add_words(Arena *arena, Str text, const char **words, size_t n)
{
    Buf word = {.arena = arena};
    for (size_t i = 0; i <= text.len && n < OWN_MAX; i++) {
        unsigned char c = i < text.len ? (unsigned char)text.at[i] : 0;
        if (isalnum(c) || c >= 0x80) {
            buf_char(&word, (char)tolower(c));
            continue;
        }
        if (word.len > 2)
            words[n++] = word.at;
        word = (Buf){.arena = arena};
    }
    return n;
}

bool password_guessable(Arena *arena, Str password, const Str *own, size_t n)
{
    const char *words[OWN_MAX + LOCAL_WORDS + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count = add_words(arena, own[i], words, count);
    memcpy(words + count, local_words, sizeof local_words);
    return ZxcvbnMatch(str_cstr(arena, str_slice(password, 0, JUDGED)), words, NULL) < GUESS_BITS;
}

// --- a list of leaked ones -----------------------------------------------------------------------

static bool search(Str list, Str line)
{
    size_t from = 0, to = list.len;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        while (middle > from && list.at[middle - 1] != '\n')
            middle--;
        Str rest = str_slice(list, middle, list.len);
        Str here = str_slice(rest, 0, str_index(rest, '\n'));
        int order = str_cmp(line, here);
        if (order == 0)
            return true;
        if (order < 0)
            to = middle;
        else
            from = middle + here.len + 1;
    }
    return false;
}

bool password_listed(const char *file, Str password)
{
    struct stat about;
    int fd = file[0] ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return false;
    size_t size = fstat(fd, &about) == 0 ? (size_t)about.st_size : 0;
    void *at = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (at == MAP_FAILED)
        return false;
    bool found = search((Str){at, size}, password);
    munmap(at, size);
    return found;
}
