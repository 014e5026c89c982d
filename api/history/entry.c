// SPDX-License-Identifier: Apache-2.0
#include "entry.h"
#include <sodium.h>

_Static_assert(SALT_SIZE >= crypto_generichash_KEYBYTES_MIN &&
                   SALT_SIZE <= crypto_generichash_KEYBYTES_MAX,
               "a key");

enum { UUID_SIZE = 16, UUID_TEXT = 36, SEAL_SIZE = 32 };

void entry_salt(uint8_t ret[SALT_SIZE])
{
    randombytes_buf(ret, SALT_SIZE);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

// Zeroes for nobody.
static void uuid_bytes(Str text, uint8_t ret[UUID_SIZE])
{
    memset(ret, 0, UUID_SIZE);
    size_t n = 0;
    for (size_t i = 0; text.len == UUID_TEXT && i < UUID_TEXT; i++) {
        if (text.at[i] == '-')
            continue;
        ret[n / 2] = (uint8_t)(ret[n / 2] << 4 | digit(text.at[i]));
        n++;
    }
}

void entry_commit(uint8_t ret[HASH_SIZE], const uint8_t salt[SALT_SIZE], const Entry *entry)
{
    crypto_generichash_state state;
    uint8_t id[UUID_SIZE], some = entry->data.at != NULL;
    const Str persons[] = {entry->person, entry->behalf, entry->about};
    crypto_generichash_init(&state, salt, SALT_SIZE, HASH_SIZE);
    for (size_t i = 0; i < 3; i++) {
        uuid_bytes(persons[i], id);
        crypto_generichash_update(&state, id, UUID_SIZE);
    }
    crypto_generichash_update(&state, &some, 1);
    if (some)
        crypto_generichash_update(&state, (const uint8_t *)entry->data.at, entry->data.len);
    crypto_generichash_final(&state, ret, HASH_SIZE);
}

static void add_bytes(Buf *buf, const void *at, size_t len)
{
    buf_add(buf, (Str){at, len});
}

static void add_number(Buf *buf, uint64_t n, unsigned size)
{
    while (size-- > 0)
        buf_char(buf, (char)(n >> 8 * size));
}

static void add_uuid(Buf *buf, Str text)
{
    uint8_t id[UUID_SIZE];
    uuid_bytes(text, id);
    add_bytes(buf, id, UUID_SIZE);
}

static void add_text(Buf *buf, Str text)
{
    add_number(buf, text.len, 2);
    buf_add(buf, text);
}

static void add_seal(Buf *buf, Str hex)
{
    add_number(buf, hex.len / 2, 1);
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        buf_char(buf, (char)(digit(hex.at[i]) << 4 | digit(hex.at[i + 1])));
}

Str entry_bytes(Arena *arena, const uint8_t prev[HASH_SIZE], const uint8_t commitment[HASH_SIZE],
                const Entry *entry)
{
    Buf buf = {.arena = arena};
    buf_char(&buf, SCHEME_BYTES);
    add_bytes(&buf, prev, HASH_SIZE);
    buf_char(&buf, (char)entry->kind);
    add_uuid(&buf, entry->tree);
    add_uuid(&buf, entry->chain);
    add_number(&buf, (uint64_t)entry->version, 8);
    add_number(&buf, (uint64_t)entry->at, 8);
    add_text(&buf, entry->event);
    add_number(&buf, entry->place_count, 2);
    for (size_t i = 0; i < entry->place_count; i++)
        add_text(&buf, entry->places[i]);
    add_seal(&buf, entry->seal);
    add_bytes(&buf, commitment, HASH_SIZE);
    return buf_str(&buf);
}

void entry_hash(uint8_t ret[HASH_SIZE], Str bytes)
{
    crypto_generichash(ret, HASH_SIZE, (const uint8_t *)bytes.at, bytes.len, NULL, 0);
}

void entry_chain(Arena *arena, uint8_t ret[HASH_SIZE], const uint8_t prev[HASH_SIZE],
                 const uint8_t salt[SALT_SIZE], const Entry *entry)
{
    uint8_t commitment[HASH_SIZE];
    entry_commit(commitment, salt, entry);
    entry_hash(ret, entry_bytes(arena, prev, commitment, entry));
}

// --- reading back --------------------------------------------------------------------------------

typedef struct Reader {
    Str rest;
    bool bad;
} Reader;

static Str take(Reader *r, size_t n)
{
    if (r->bad || r->rest.len < n) {
        r->bad = true;
        return STR("");
    }
    Str taken = str_slice(r->rest, 0, n);
    r->rest = str_slice(r->rest, n, r->rest.len);
    return taken;
}

static uint64_t take_number(Reader *r, unsigned size)
{
    uint64_t n = 0;
    Str bytes = take(r, size);
    for (size_t i = 0; i < bytes.len; i++)
        n = n << 8 | (uint8_t)bytes.at[i];
    return n;
}

static Str take_text(Reader *r)
{
    return take(r, take_number(r, 2));
}

static Str take_uuid(Reader *r, Arena *arena)
{
    Str bytes = take(r, UUID_SIZE);
    if (r->bad)
        return STR("");
    Str hex = hash_hex(arena, bytes.at, bytes.len);
    return str_format(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.at, hex.at + 8, hex.at + 12,
                      hex.at + 16, hex.at + 20);
}

bool entry_parse(Arena *arena, Str bytes, Entry *ret, const uint8_t **prev,
                 const uint8_t **commitment)
{
    Reader r = {.rest = bytes};
    *ret = (Entry){0};
    bool known = take_number(&r, 1) == SCHEME_BYTES;
    *prev = (const uint8_t *)take(&r, HASH_SIZE).at;
    ret->kind = (ChainKind)take_number(&r, 1);
    ret->tree = take_uuid(&r, arena);
    ret->chain = take_uuid(&r, arena);
    ret->version = (int64_t)take_number(&r, 8);
    ret->at = (Time)take_number(&r, 8);
    ret->event = take_text(&r);
    ret->place_count = take_number(&r, 2);
    Str *places = arena_array(arena, Str, ret->place_count + 1);
    for (size_t i = 0; i < ret->place_count && !r.bad; i++)
        places[i] = take_text(&r);
    ret->places = places;
    Str seal = take(&r, take_number(&r, 1));
    ret->seal = seal.len ? hash_hex(arena, seal.at, seal.len) : STR("");
    *commitment = (const uint8_t *)take(&r, HASH_SIZE).at;
    return known && !r.bad && r.rest.len == 0 && (seal.len == 0 || seal.len == SEAL_SIZE);
}

Text chain_name(ChainKind kind)
{
    switch (kind) {
    case CHAIN_APPLICATION:
        return (Text){"candidature", "application"};
    case CHAIN_DOSSIER:
        return (Text){"dossier", "dossier"};
    case CHAIN_SPACE:
        return (Text){"espace", "space"};
    case CHAIN_ORGANISATION:
        return (Text){"organisation", "organisation"};
    case CHAIN_PLATFORM:
        return (Text){"plateforme", "platform"};
    }
    return (Text){"?", "?"};
}
