// SPDX-License-Identifier: Apache-2.0
// XChaCha20-Poly1305 (RFC 8439 with a nonce of 24 bytes): the key's name, the nonce, the sealed text. What was sealed
// before keys had names begins with its nonce: it is tried with every key there is.
#include "seal.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    MARK = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

typedef struct Key {
    bool there;
    uint8_t bytes[KEY], id[SEAL_ID];
} Key;

enum { PRESENT, NEXT, KEYS };

static struct {
    pthread_mutex_t lock;
    Str paths[KEYS];
    Key keys[KEYS];
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool fail(Str path, Arena *arena, Str *why, const char *what)
{
    *why = str_format(arena, STR_FMT ": %s", STR_ARG(path), what);
    return false;
}

static void name_key(Key *key)
{
    static const char what[] = "jalon seal";
    crypto_generichash(key->id, SEAL_ID, (const uint8_t *)what, sizeof what - 1, key->bytes, KEY);
    key->there = true;
}

static bool folder_sync(Str path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, STR_FMT, STR_ARG(path));
    *strrchr(folder, '/') = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool kept = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return kept;
}

// Whole or not at all: half a key would seal what nobody could ever open.
static bool make(int which, Arena *arena, Str *why)
{
    Str path = ring.paths[which], fresh = str_format(arena, STR_FMT ".new", STR_ARG(path));
    Key *key = &ring.keys[which];
    randombytes_buf(key->bytes, KEY);
    name_key(key);
    int fd = open(fresh.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, key->bytes, KEY) == KEY && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return (written && rename(fresh.at, path.at) == 0 && folder_sync(path)) ||
           fail(path, arena, why, strerror(errno));
}

// False with errno; 0: it is no key.
static bool load(int which)
{
    Key fresh = {0};
    const char *path = ring.paths[which].at; // NULL: nobody has begun
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ring.keys[which].there = false;
    if (fd < 0)
        return false;
    errno = 0;
    bool whole = read(fd, fresh.bytes, KEY) == KEY;
    close(fd);
    if (whole) {
        name_key(&fresh);
        ring.keys[which] = fresh;
    }
    sodium_memzero(&fresh, sizeof fresh);
    return whole;
}

bool seal_start(const char *path, Arena *arena, Str *why)
{
    ring.paths[PRESENT] = str_copy(arena, str_of(path));
    ring.paths[NEXT] = str_format(arena, "%s.next", path);
    load(NEXT);
    if (load(PRESENT))
        return true;
    if (errno == ENOENT)
        return make(PRESENT, arena, why);
    return fail(str_of(path), arena, why,
                errno ? strerror(errno) : "not a key of ours: bring back the one that was saved");
}

// --- sealing -------------------------------------------------------------------------------------

static Str seal_with(const Key *key, Arena *arena, const uint8_t drawn[NONCE], Str secret,
                     Str about)
{
    size_t size = SEAL_ID + NONCE + secret.len + MARK;
    uint8_t *at = arena_alloc(arena, size), *nonce = at + SEAL_ID;
    memcpy(at, key->id, SEAL_ID);
    memcpy(nonce, drawn, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE, NULL, (const uint8_t *)secret.at,
                                               secret.len, (const uint8_t *)about.at, about.len,
                                               NULL, nonce, key->bytes);
    return (Str){(char *)at, size};
}

static bool open_with(const Key *key, Arena *arena, Str sealed, Str about, Str *ret)
{
    if (!key->there || sealed.len < NONCE + MARK)
        return false;
    const uint8_t *at = (const uint8_t *)sealed.at;
    size_t size = sealed.len - NONCE - MARK;
    uint8_t *plain = arena_alloc(arena, size + 1);
    *ret = (Str){(char *)plain, size};
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, at + NONCE, size + MARK,
                                                      (const uint8_t *)about.at, about.len, at,
                                                      key->bytes) == 0;
}

static bool open_any(Arena *arena, Str sealed, Str about, Str *ret)
{
    for (int i = 0; i < KEYS; i++) {
        const Key *key = &ring.keys[i];
        bool named = key->there && sealed.len > SEAL_ID && memcmp(sealed.at, key->id, SEAL_ID) == 0;
        if ((named && open_with(key, arena, str_slice(sealed, SEAL_ID, sealed.len), about, ret)) ||
            open_with(key, arena, sealed, about, ret))
            return true;
    }
    return false;
}

static Str seal_by(int which, Arena *arena, Str secret, Str about)
{
    uint8_t nonce[NONCE];
    randombytes_buf(nonce, sizeof nonce);
    pthread_mutex_lock(&ring.lock);
    Str sealed = seal_with(&ring.keys[which], arena, nonce, secret, about);
    pthread_mutex_unlock(&ring.lock);
    return sealed;
}

Str seal(Arena *arena, Str secret, Str about)
{
    return seal_by(PRESENT, arena, secret, about);
}

// The nonce is a hash of what is sealed, under the key: it comes again with the same text only.
Str seal_alike(Arena *arena, Str text, Str about)
{
    uint8_t nonce[NONCE];
    crypto_generichash_state state;
    pthread_mutex_lock(&ring.lock);
    crypto_generichash_init(&state, ring.keys[PRESENT].bytes, KEY, sizeof nonce);
    crypto_generichash_update(&state, (const uint8_t *)about.at, about.len);
    crypto_generichash_update(&state, (const uint8_t *)"", 1);
    crypto_generichash_update(&state, (const uint8_t *)text.at, text.len);
    crypto_generichash_final(&state, nonce, sizeof nonce);
    Str sealed = seal_with(&ring.keys[PRESENT], arena, nonce, text, about);
    pthread_mutex_unlock(&ring.lock);
    return sealed;
}

bool seal_open(Arena *arena, Str sealed, Str about, Str *ret)
{
    pthread_mutex_lock(&ring.lock);
    bool open = open_any(arena, sealed, about, ret);
    if (!open) { // by a key that came since, perhaps
        Key before = ring.keys[PRESENT];
        load(NEXT);
        if (!load(PRESENT))
            ring.keys[PRESENT] = before;
        open = open_any(arena, sealed, about, ret);
    }
    pthread_mutex_unlock(&ring.lock);
    return open;
}

// --- rotating ------------------------------------------------------------------------------------

void seal_id(uint8_t ret[SEAL_ID])
{
    pthread_mutex_lock(&ring.lock);
    memcpy(ret, ring.keys[PRESENT].id, SEAL_ID);
    pthread_mutex_unlock(&ring.lock);
}

static bool is_key(int which, const uint8_t id[SEAL_ID])
{
    const Key *key = &ring.keys[which];
    return key->there && memcmp(key->id, id, SEAL_ID) == 0;
}

static bool take(const uint8_t id[SEAL_ID])
{
    if (is_key(PRESENT, id) || (load(PRESENT) && is_key(PRESENT, id)))
        return true;
    if (!load(NEXT) || !is_key(NEXT, id) ||
        rename(ring.paths[NEXT].at, ring.paths[PRESENT].at) != 0 || !folder_sync(ring.paths[NEXT]))
        return false;
    ring.keys[PRESENT] = ring.keys[NEXT];
    ring.keys[NEXT].there = false;
    return true;
}

bool seal_take(const uint8_t id[SEAL_ID])
{
    pthread_mutex_lock(&ring.lock);
    Key before = ring.keys[PRESENT];
    bool taken = take(id);
    if (!taken)
        ring.keys[PRESENT] = before;
    pthread_mutex_unlock(&ring.lock);
    return taken;
}

bool seal_make_next(uint8_t ret[SEAL_ID], Arena *arena, Str *why)
{
    pthread_mutex_lock(&ring.lock);
    bool made = make(NEXT, arena, why);
    memcpy(ret, ring.keys[NEXT].id, SEAL_ID);
    pthread_mutex_unlock(&ring.lock);
    return made;
}

Str seal_by_next(Arena *arena, Str secret, Str about)
{
    return seal_by(NEXT, arena, secret, about);
}

Str seal_mark(Arena *arena, const char *use, Str about)
{
    enum { MARKED = 8 };
    crypto_generichash_state state;
    uint8_t mark[crypto_generichash_BYTES_MIN];
    pthread_mutex_lock(&ring.lock);
    crypto_generichash_init(&state, ring.keys[PRESENT].bytes, KEY, sizeof mark);
    pthread_mutex_unlock(&ring.lock);
    crypto_generichash_update(&state, (const uint8_t *)use, strlen(use) + 1);
    for (size_t i = 0; i < about.len; i++) {
        uint8_t c = (uint8_t)tolower((unsigned char)about.at[i]);
        crypto_generichash_update(&state, &c, 1);
    }
    crypto_generichash_final(&state, mark, sizeof mark);
    char *hex = arena_alloc(arena, 2 * MARKED + 1);
    sodium_bin2hex(hex, 2 * MARKED + 1, mark, MARKED);
    return str_of(hex);
}
