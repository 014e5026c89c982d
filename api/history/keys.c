// SPDX-License-Identifier: Apache-2.0
#include "keys.h"
#include "../auth/hash.h"
#include "chain.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

// --- files ---------------------------------------------------------------------------------------

static bool complain(Arena *arena, Str *why, Str path)
{
    *why = str_format(arena, STR_FMT ": %s", STR_ARG(path), strerror(errno));
    return false;
}

static Str path_of(Arena *arena, const char *data, const char *name)
{
    return str_format(arena, "%s/keys/%s", data, name);
}

static bool folder_sync(Arena *arena, const char *data)
{
    int fd = open(path_of(arena, data, "").at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool kept = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return kept;
}

static bool write_whole(Str path, Str text)
{
    int fd = open(path.at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

// Written aside, then named: a key that signed anything is never lost half written.
static bool key_make(const char *data, const char *name, Arena *arena, Str *why)
{
    uint8_t seed[KEY_SEED_SIZE];
    char hex[KEY_SEED_SIZE * 2 + 2];
    randombytes_buf(seed, sizeof seed);
    sodium_bin2hex(hex, sizeof hex, seed, sizeof seed);
    hex[KEY_SEED_SIZE * 2] = '\n';
    Str path = path_of(arena, data, name), fresh = str_format(arena, STR_FMT ".new", STR_ARG(path));
    bool made =
        write_whole(fresh, (Str){hex, KEY_SEED_SIZE * 2 + 1}) && rename(fresh.at, path.at) == 0;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(hex, sizeof hex);
    return (made && folder_sync(arena, data)) || complain(arena, why, path);
}

static bool key_load(const char *data, const char *name, LogKey *ret, Arena *arena, Str *why)
{
    uint8_t seed[KEY_SEED_SIZE];
    char text[KEY_SEED_SIZE * 2 + 1] = "";
    size_t len = 0;
    Str path = path_of(arena, data, name);
    int fd = open(path.at, O_RDONLY | O_CLOEXEC);
    bool got = fd >= 0 && read(fd, text, KEY_SEED_SIZE * 2) >= 0;
    if (fd >= 0)
        close(fd);
    if (!got)
        return complain(arena, why, path);
    bool good = sodium_hex2bin(seed, sizeof seed, text, strlen(text), NULL, &len, NULL) == 0 &&
                len == sizeof seed;
    if (good)
        crypto_sign_seed_keypair(ret->public, ret->secret, seed);
    else
        *why = str_format(arena, STR_FMT ": 64 hexadecimal digits are expected", STR_ARG(path));
    ret->data = data;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(text, sizeof text);
    return good;
}

static const char present_file[] = "log.ed25519", next_file[] = "log.ed25519.next";

bool log_key_open(const char *data, LogKey *ret, Arena *arena, Str *why)
{
    Str folder = str_format(arena, "%s/keys", data);
    if (mkdir(folder.at, 0700) != 0 && errno != EEXIST)
        return complain(arena, why, folder);
    return (access(path_of(arena, data, present_file).at, F_OK) == 0 ||
            key_make(data, present_file, arena, why)) &&
           key_load(data, present_file, ret, arena, why);
}

bool log_key_take(const char *data, const uint8_t public[KEY_PUBLIC_SIZE], LogKey *ret,
                  Arena *arena, Str *why)
{
    LogKey key;
    Str path = path_of(arena, data, present_file), next = path_of(arena, data, next_file);
    for (int file = 0; file < 2; file++) {
        if (!key_load(data, file ? next_file : present_file, &key, arena, why) ||
            memcmp(key.public, public, KEY_PUBLIC_SIZE) != 0)
            continue;
        if (file && (rename(next.at, path.at) != 0 || !folder_sync(arena, data)))
            return complain(arena, why, path);
        *ret = key;
        return true;
    }
    *why = str_format(arena,
                      STR_FMT ": not the key that the history names, " STR_FMT
                              ": bring its file here from where it was rotated",
                      STR_ARG(path), STR_ARG(hash_hex(arena, public, KEY_PUBLIC_SIZE)));
    return false;
}

static uint8_t shown[KEY_PUBLIC_SIZE];
static bool is_shown;

void log_key_show(const LogKey *key)
{
    memcpy(shown, key->public, sizeof shown);
    is_shown = true;
}

const uint8_t *log_key_public(void)
{
    return is_shown ? shown : NULL;
}

// --- handovers -----------------------------------------------------------------------------------

static const Str prefix = {"jalon/keys/", 11};

static Str sizes_hash(Arena *arena, const json_t *trees)
{
    return hash_sha256(arena, json_canonical(arena, trees));
}

Str handover_sign(Arena *arena, const LogKey *from, const LogKey *to, Str installation, Time at,
                  const json_t *trees)
{
    Str name = str_format(arena, STR_FMT STR_FMT, STR_ARG(prefix), STR_ARG(installation));
    Str text = str_format(arena, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n",
                          STR_ARG(name), STR_ARG(base64_text(arena, from->public, KEY_PUBLIC_SIZE)),
                          STR_ARG(base64_text(arena, to->public, KEY_PUBLIC_SIZE)),
                          STR_ARG(time_format(arena, at)), STR_ARG(sizes_hash(arena, trees)));
    return str_format(arena, STR_FMT "\n" STR_FMT STR_FMT, STR_ARG(text),
                      STR_ARG(note_signature(arena, from, name, text)),
                      STR_ARG(note_signature(arena, to, name, text)));
}

static bool public_read(Arena *arena, Str line, uint8_t ret[KEY_PUBLIC_SIZE])
{
    Str bytes;
    if (!base64_read(arena, line, &bytes) || bytes.len != KEY_PUBLIC_SIZE)
        return false;
    memcpy(ret, bytes.at, KEY_PUBLIC_SIZE);
    return true;
}

bool handover_read(Arena *arena, Str note, Handover *ret)
{
    Str lines = note, name = note_line(&lines);
    *ret = (Handover){.note = note};
    if (!str_starts(name, prefix) || !public_read(arena, note_line(&lines), ret->from) ||
        !public_read(arena, note_line(&lines), ret->to) || !time_parse(note_line(&lines), &ret->at))
        return false;
    ret->sizes = note_line(&lines);
    return note_line(&lines).len == 0 && note_signed(arena, note, name, ret->from) &&
           note_signed(arena, note, name, ret->to);
}

// --- the ring ------------------------------------------------------------------------------------

static bool follows(Arena *arena, const Handover *before, const Handover *h)
{
    return json_is_object(h->trees) && str_eq(sizes_hash(arena, h->trees), h->sizes) &&
           (!before || memcmp(before->to, h->from, KEY_PUBLIC_SIZE) == 0);
}

static bool knows(const KeyRing *ring, const uint8_t *key)
{
    bool there = ring->len == 0;
    for (size_t i = 0; i < ring->len && !there; i++)
        there = memcmp(ring->at[i].from, key, KEY_PUBLIC_SIZE) == 0 ||
                memcmp(ring->at[i].to, key, KEY_PUBLIC_SIZE) == 0;
    return there;
}

bool keys_read(Db *db, Arena *arena, const uint8_t *known, KeyRing *ret)
{
    Rows *rows = QUERY0(db, arena, Q_LOG_KEYS);
    if (!rows)
        return false;
    Handover *all = arena_array(arena, Handover, rows_len(rows) + 1);
    *ret = (KeyRing){.at = all, .present = known};
    for (size_t i = 0; i < rows_len(rows) && !ret->broken; i++) {
        const json_t *data = row_json(arena, rows, i, "data");
        bool good = handover_read(arena, json_str(json_at(data, "note")), &all[i]);
        all[i].trees = json_at(data, "trees");
        if (!good || !follows(arena, i ? &all[i - 1] : NULL, &all[i]))
            ret->broken = row_int(rows, i, "version");
        ret->len = i + 1;
        ret->present = all[i].to;
    }
    if (known && !knows(ret, known) && !ret->broken)
        ret->broken = row_int(rows, rows_len(rows) - 1, "version");
    return true;
}

const uint8_t *keys_at(const KeyRing *ring, Str tree, uint64_t size)
{
    char id[40] = "";
    memcpy(id, tree.at, tree.len < sizeof id ? tree.len : sizeof id - 1);
    for (size_t i = 0; i < ring->len; i++)
        if (size <= (uint64_t)json_integer_value(json_at(ring->at[i].trees, id)))
            return ring->at[i].from;
    return ring->present;
}

// --- rotating ------------------------------------------------------------------------------------

static json_t *sizes_of(Arena *arena, const Rows *trees)
{
    json_t *sizes = json_keep(arena, json_object());
    for (size_t i = 0; i < rows_len(trees); i++)
        json_object_set_new(sizes, row_str(trees, i, "id").at,
                            json_integer(row_int(trees, i, "size")));
    return sizes;
}

// Nobody gathers until the transaction ends: what the former key signed is all that it ever signs.
static bool hand_over(Db *db, Arena *arena, const Rows *held, const LogKey *from, const LogKey *to)
{
    Rows *trees = QUERY0(db, arena, Q_LOG_TREES), *clock = QUERY0(db, arena, Q_CLOCK);
    if (!trees || !clock)
        return false;
    json_t *sizes = sizes_of(arena, trees);
    Str note = handover_sign(arena, from, to, row_str(held, 0, "installation"),
                             row_time(clock, 0, "now"), sizes);
    json_t *data =
        json_keep(arena, json_pack("{s:s%, s:O}", "note", note.at, note.len, "trees", sizes));
    Deed deed = {.kind = CHAIN_PLATFORM, .event = "key.rotated", .data = data};
    return chain_add(db, arena, &deed) &&
           QUERY(db, arena, Q_LOG_KEY_PUT, arg_bytes(arena, to->public, KEY_PUBLIC_SIZE));
}

Rotation log_key_rotate(Db *db, Arena *arena, const char *data, LogKey *ret, Str *why)
{
    LogKey now;
    Rows *held = db_begin(db) ? QUERY0(db, arena, Q_LOG_HOLD) : NULL;
    if (!held || !log_key_open(data, &now, arena, why))
        return ROTATION_FAILED;
    Str named = row_bytes(arena, held, 0, "key");
    if (named.len == KEY_PUBLIC_SIZE && memcmp(named.at, now.public, KEY_PUBLIC_SIZE) != 0) {
        db_rollback(db);
        return log_key_take(data, (const uint8_t *)named.at, ret, arena, why) ? ROTATION_FINISHED
                                                                              : ROTATION_FAILED;
    }
    if (!key_make(data, next_file, arena, why) || !key_load(data, next_file, ret, arena, why) ||
        !hand_over(db, arena, held, &now, ret) || !db_commit(db))
        return ROTATION_FAILED;
    uint8_t public[KEY_PUBLIC_SIZE];
    memcpy(public, ret->public, sizeof public);
    return log_key_take(data, public, ret, arena, why) ? ROTATION_DONE : ROTATION_FAILED;
}
