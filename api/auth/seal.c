// SPDX-License-Identifier: Apache-2.0
// XChaCha20-Poly1305 (RFC 8439 with a nonce of 24 bytes, drawn by chance): nonce, then the sealed text.
#include "seal.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    MARK = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

static uint8_t key[KEY];

static bool fail(const char *path, Arena *arena, Str *why, const char *what)
{
    *why = str_format(arena, "%s: %s", path, what);
    return false;
}

// Whole or not at all: half a key would seal what nobody could ever open.
static bool make(const char *path, Arena *arena, Str *why)
{
    Str fresh = str_format(arena, "%s.new", path);
    randombytes_buf(key, sizeof key);
    int fd = open(fresh.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, key, sizeof key) == sizeof key && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!written || rename(fresh.at, path) != 0)
        return fail(path, arena, why, strerror(errno));
    Str folder = str_slice(str_of(path), 0, (size_t)(strrchr(path, '/') - path));
    fd = open(str_cstr(arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool kept = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return kept || fail(path, arena, why, strerror(errno));
}

bool seal_start(const char *path, Arena *arena, Str *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? make(path, arena, why) : fail(path, arena, why, strerror(errno));
    bool whole = read(fd, key, sizeof key) == sizeof key;
    close(fd);
    return whole || fail(path, arena, why, "not a key of ours: bring back the one that was saved");
}

Str seal(Arena *arena, Str secret, Str about)
{
    size_t size = NONCE + secret.len + MARK;
    uint8_t *at = arena_alloc(arena, size);
    randombytes_buf(at, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + NONCE, NULL, (const uint8_t *)secret.at,
                                               secret.len, (const uint8_t *)about.at, about.len,
                                               NULL, at, key);
    return (Str){(char *)at, size};
}

bool seal_open(Arena *arena, Str sealed, Str about, Str *ret)
{
    if (sealed.len < NONCE + MARK)
        return false;
    const uint8_t *at = (const uint8_t *)sealed.at;
    size_t size = sealed.len - NONCE - MARK;
    uint8_t *plain = arena_alloc(arena, size + 1);
    *ret = (Str){(char *)plain, size};
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, at + NONCE, size + MARK,
                                                      (const uint8_t *)about.at, about.len, at,
                                                      key) == 0;
}
