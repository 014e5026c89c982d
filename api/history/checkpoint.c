// SPDX-License-Identifier: Apache-2.0
#include "checkpoint.h"
#include "../auth/hash.h"
#include <sodium.h>

enum {
    ED25519 = 0x01,
    KEY_ID_SIZE = 4,
    SIGNATURE_SIZE = 64,
    BLOB_SIZE = KEY_ID_SIZE + SIGNATURE_SIZE
};
_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES &&
                   sizeof(((LogKey *)0)->secret) == crypto_sign_SECRETKEYBYTES,
               "Ed25519");

static const Str dash = {"\xe2\x80\x94 ", 4}; // the em dash that begins a signature's line

// --- base64 --------------------------------------------------------------------------------------

Str base64_text(Arena *arena, const void *at, size_t len)
{
    size_t room = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, room);
    sodium_bin2base64(text, room, at, len, sodium_base64_VARIANT_ORIGINAL);
    return str_of(text);
}

bool base64_read(Arena *arena, Str text, Str *ret)
{
    size_t room = text.len / 4 * 3 + 3, len;
    unsigned char *bytes = arena_alloc(arena, room);
    const char *end;
    if (!text.len ||
        sodium_base642bin(bytes, room, text.at, text.len, NULL, &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.at + text.len)
        return false;
    *ret = (Str){(const char *)bytes, len};
    return true;
}

// --- keys ----------------------------------------------------------------------------------------

// signed-note: the first bytes of SHA-256(name || LF || algorithm || public key).
static void key_id(Str name, const uint8_t public[KEY_PUBLIC_SIZE], uint8_t ret[KEY_ID_SIZE])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    static const uint8_t middle[] = {'\n', ED25519};
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)name.at, name.len);
    crypto_hash_sha256_update(&state, middle, sizeof middle);
    crypto_hash_sha256_update(&state, public, KEY_PUBLIC_SIZE);
    crypto_hash_sha256_final(&state, hash);
    memcpy(ret, hash, KEY_ID_SIZE);
}

Str key_verifier(Arena *arena, Str name, const uint8_t public[KEY_PUBLIC_SIZE])
{
    uint8_t id[KEY_ID_SIZE], typed[1 + KEY_PUBLIC_SIZE] = {ED25519};
    key_id(name, public, id);
    memcpy(typed + 1, public, KEY_PUBLIC_SIZE);
    return str_format(arena, STR_FMT "+" STR_FMT "+" STR_FMT, STR_ARG(name),
                      STR_ARG(hash_hex(arena, id, sizeof id)),
                      STR_ARG(base64_text(arena, typed, sizeof typed)));
}

// RFC 8410, 4: SubjectPublicKeyInfo of id-Ed25519.
static const uint8_t spki[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                               0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

Str key_pem(Arena *arena, const uint8_t public[KEY_PUBLIC_SIZE])
{
    uint8_t der[sizeof spki + KEY_PUBLIC_SIZE];
    memcpy(der, spki, sizeof spki);
    memcpy(der + sizeof spki, public, KEY_PUBLIC_SIZE);
    return str_format(arena, "-----BEGIN PUBLIC KEY-----\n" STR_FMT "\n-----END PUBLIC KEY-----\n",
                      STR_ARG(base64_text(arena, der, sizeof der)));
}

// The last KEY_PUBLIC_SIZE bytes of what this base64 says, when `prefix` bytes come before them.
static bool key_of_base64(Str text, size_t prefix, uint8_t ret[KEY_PUBLIC_SIZE])
{
    uint8_t bytes[64];
    size_t len;
    if (sodium_base642bin(bytes, sizeof bytes, text.at, text.len, " \r\n", &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        len != prefix + KEY_PUBLIC_SIZE)
        return false;
    memcpy(ret, bytes + prefix, KEY_PUBLIC_SIZE);
    return true;
}

bool key_read(Str text, uint8_t ret[KEY_PUBLIC_SIZE])
{
    while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == ' '))
        text.len--;
    size_t len;
    if (text.len == KEY_PUBLIC_SIZE * 2)
        return sodium_hex2bin(ret, KEY_PUBLIC_SIZE, text.at, text.len, NULL, &len, NULL) == 0 &&
               len == KEY_PUBLIC_SIZE;
    if (str_starts(text, STR("-----BEGIN"))) {
        Str body = str_slice(text, str_index(text, '\n') + 1, text.len);
        return key_of_base64(str_slice(body, 0, str_index(body, '-')), sizeof spki, ret);
    }
    // The base64 may hold a '+' itself: the name holds none, and the hash has 8 digits.
    size_t plus = str_index(text, '+');
    Str rest = str_slice(text, plus + 1, text.len);
    return rest.len > 9 && rest.at[8] == '+' && key_of_base64(str_slice(rest, 9, rest.len), 1, ret);
}

// --- notes ---------------------------------------------------------------------------------------

Str checkpoint_origin(Arena *arena, Str tree, Str installation)
{
    bool platform = str_is(tree, "00000000-0000-0000-0000-000000000000");
    return str_format(arena, "jalon/%s/" STR_FMT, platform ? "platform" : "space",
                      STR_ARG(platform ? installation : tree));
}

Str note_signature(Arena *arena, const LogKey *key, Str name, Str text)
{
    uint8_t blob[BLOB_SIZE];
    key_id(name, key->public, blob);
    crypto_sign_detached(blob + KEY_ID_SIZE, NULL, (const uint8_t *)text.at, text.len, key->secret);
    return str_format(arena, STR_FMT STR_FMT " " STR_FMT "\n", STR_ARG(dash), STR_ARG(name),
                      STR_ARG(base64_text(arena, blob, sizeof blob)));
}

Str checkpoint_sign(Arena *arena, const LogKey *key, const Checkpoint *c)
{
    Str text =
        str_format(arena, STR_FMT "\n%llu\n" STR_FMT "\n" STR_FMT "\n", STR_ARG(c->origin),
                   (unsigned long long)c->size, STR_ARG(base64_text(arena, c->root.at, NODE_SIZE)),
                   STR_ARG(time_format(arena, c->at)));
    return str_format(arena, STR_FMT "\n" STR_FMT, STR_ARG(text),
                      STR_ARG(note_signature(arena, key, c->origin, text)));
}

Str note_line(Str *text)
{
    size_t at = str_index(*text, '\n');
    Str line = str_slice(*text, 0, at);
    *text = str_slice(*text, at + 1, text->len);
    return line;
}

static bool size_read(Str text, uint64_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || *ret > INT64_MAX / 10)
            return false;
        *ret = *ret * 10 + (uint64_t)(text.at[i] - '0');
    }
    return text.len > 0;
}

// "— name base64": by this key, of this text?
static bool signature_good(Arena *arena, Str line, Str name, Str text, const uint8_t *public)
{
    Str rest = str_slice(line, dash.len, line.len), blob;
    if (!str_starts(line, dash) || !str_starts(rest, name) || rest.len <= name.len ||
        rest.at[name.len] != ' ' ||
        !base64_read(arena, str_slice(rest, name.len + 1, rest.len), &blob) ||
        blob.len != BLOB_SIZE)
        return false;
    uint8_t id[KEY_ID_SIZE];
    key_id(name, public, id);
    return memcmp(id, blob.at, KEY_ID_SIZE) == 0 &&
           crypto_sign_verify_detached((const uint8_t *)blob.at + KEY_ID_SIZE,
                                       (const uint8_t *)text.at, text.len, public) == 0;
}

static size_t text_length(Str note)
{
    for (size_t i = 0; i + 1 < note.len; i++)
        if (note.at[i] == '\n' && note.at[i + 1] == '\n')
            return i + 1;
    return note.len;
}

bool note_signed(Arena *arena, Str note, Str name, const uint8_t public[KEY_PUBLIC_SIZE])
{
    size_t len = text_length(note);
    Str text = str_slice(note, 0, len);
    for (Str signatures = str_slice(note, len + 1, note.len); signatures.len;)
        if (signature_good(arena, note_line(&signatures), name, text, public))
            return true;
    return false;
}

bool checkpoint_read(Arena *arena, Str note, const uint8_t public[KEY_PUBLIC_SIZE], Checkpoint *ret)
{
    size_t len = text_length(note);
    Str text = str_slice(note, 0, len), lines = text, root;
    *ret = (Checkpoint){.origin = note_line(&lines), .at = TIME_NONE};
    if (len == note.len || !ret->origin.len || !size_read(note_line(&lines), &ret->size) ||
        !base64_read(arena, note_line(&lines), &root) || root.len != NODE_SIZE)
        return false;
    memcpy(ret->root.at, root.at, NODE_SIZE);
    if (!time_parse(note_line(&lines), &ret->at))
        ret->at = TIME_NONE;
    return !public || note_signed(arena, note, ret->origin, public);
}

Str checkpoint_next(Str *text)
{
    size_t end = text_length(*text) + 1;
    if (end > text->len)
        end = text->len;
    while (end < text->len && str_starts(str_slice(*text, end, text->len), dash))
        end += str_index(str_slice(*text, end, text->len), '\n') + 1;
    end = end > text->len ? text->len : end;
    Str note = str_slice(*text, 0, end);
    *text = str_slice(*text, end, text->len);
    return note;
}
