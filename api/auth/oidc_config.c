// SPDX-License-Identifier: Apache-2.0
// The providers' file, in the YAML of workflow files: what is wrong is said with its line and with
// what to write instead.
#include "../../engine/yaml.h"
#include "oidc_memory.h"
#include "oidc_wire.h"
#include "../settings.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 10, PROVIDERS_MAX = 32, NAME_MAX_LEN = 32 };

typedef struct Reader {
    Arena *arena;
    const char *path;
    Str *why;
} Reader;

static OidcProvider *providers;
static size_t provider_count;

size_t oidc_count(void)
{
    return provider_count;
}

const OidcProvider *oidc_at(size_t i)
{
    return &providers[i];
}

const OidcProvider *oidc_named(Str name)
{
    for (size_t i = 0; i < provider_count; i++)
        if (str_eq(providers[i].name, name))
            return &providers[i];
    return NULL;
}

static bool wrong(const Reader *r, Mark at, Str what)
{
    *r->why =
        str_format(r->arena, "%s:%u:%u: " STR_FMT, r->path, at.line, at.column, STR_ARG(what));
    return false;
}

// --- one member ----------------------------------------------------------------------------------

static bool text_read(const Reader *r, const Pair *pair, Str *ret)
{
    if (pair->value->kind != NODE_STRING || pair->value->text.len == 0)
        return wrong(r, pair->value->mark,
                     str_format(r->arena, STR_FMT ": write a text", STR_ARG(pair->key)));
    *ret = pair->value->text;
    return true;
}

// A list of words as one text, with a space between two.
static bool words_read(const Reader *r, const Pair *pair, Str *ret)
{
    Buf out = {.arena = r->arena};
    const Node *list = pair->value;
    for (size_t i = 0; list->kind == NODE_LIST && i < list->len; i++) {
        Str word = list->items[i]->text;
        if (list->items[i]->kind != NODE_STRING || !word.len || str_index(word, ' ') < word.len)
            return wrong(r, list->items[i]->mark, STR("write a word"));
        if (out.len)
            buf_char(&out, ' ');
        buf_add(&out, word);
    }
    *ret = buf_str(&out);
    return list->kind == NODE_LIST ||
           wrong(r, list->mark,
                 str_format(r->arena, STR_FMT ": write a list, like [openid, email]",
                            STR_ARG(pair->key)));
}

static bool title_read(const Reader *r, const Pair *pair, Label *ret)
{
    const Node *node = pair->value, *fr = node_at(node, "fr"), *en = node_at(node, "en");
    size_t known = (fr != NULL) + (en != NULL);
    if (node->kind != NODE_MAP || !known || node->len != known ||
        (fr && (fr->kind != NODE_STRING || !fr->text.len)) ||
        (en && (en->kind != NODE_STRING || !en->text.len)))
        return wrong(r, node->mark, STR("title: write {fr: …, en: …}"));
    *ret = (Label){fr ? fr->text : STR_NONE, en ? en->text : STR_NONE};
    return true;
}

static Str line_of(Str text)
{
    Str line = str_slice(text, 0, str_index(text, '\n'));
    while (line.len && (line.at[line.len - 1] == '\r' || line.at[line.len - 1] == ' '))
        line.len--;
    return line;
}

static bool secret_file_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    Str path, text;
    if (!text_read(r, pair, &path) ||
        !settings_file(r->arena, str_cstr(r->arena, path), &text, r->why))
        return false;
    if (settings_shared(str_cstr(r->arena, path)))
        return wrong(r, pair->value->mark,
                     STR("everyone on this machine can read this file: chmod o-rwx"));
    p->client_secret = line_of(text);
    return p->client_secret.len || wrong(r, pair->value->mark, STR("this file is empty"));
}

static bool secret_env_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    Str name;
    if (!text_read(r, pair, &name))
        return false;
    const char *value = getenv(str_cstr(r->arena, name));
    if (!value || !*value)
        return wrong(r, pair->value->mark,
                     str_format(r->arena, "the environment has no " STR_FMT, STR_ARG(name)));
    p->client_secret = str_copy(r->arena, str_of(value));
    p->secret_env = str_cstr(r->arena, name);
    return true;
}

static bool issuer_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    return text_read(r, pair, &p->issuer) &&
           ((wire_url_safe(r->arena, p->issuer, true) &&
             str_index(p->issuer, '?') == p->issuer.len) ||
            wrong(r, pair->value->mark,
                  STR("issuer: write an https:// address, without query; http:// is for this "
                      "machine alone")));
}

static bool trust_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    const Node *node = pair->value;
    bool always = node->kind == NODE_STRING && str_is(node->text, "always");
    if (!always && node->kind != NODE_BOOL)
        return wrong(r, node->mark, STR("trusts_email: write true, false or always"));
    p->trust = always ? OIDC_ALWAYS : node->boolean ? OIDC_VERIFIED : OIDC_NEVER;
    return true;
}

static bool auth_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    Str word;
    if (!text_read(r, pair, &word))
        return false;
    p->auth = str_is(word, "basic") ? OIDC_BASIC : OIDC_POST;
    return str_is(word, "basic") || str_is(word, "post") ||
           wrong(r, pair->value->mark, STR("client_auth: write basic or post"));
}

static bool claims_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    if (pair->value->kind != NODE_MAP)
        return wrong(r, pair->value->mark,
                     STR("claims: write a map, like {id_token: {amr: {essential: true}}}"));
    p->claims = json_text(r->arena, node_json(r->arena, pair->value));
    return true;
}

static bool id_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    return text_read(r, pair, &p->client_id);
}

static bool label_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    return title_read(r, pair, &p->title);
}

static bool scopes_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    return words_read(r, pair, &p->scopes);
}

static bool acr_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    return words_read(r, pair, &p->acr_values);
}

static bool ca_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    Str path;
    if (!text_read(r, pair, &path))
        return false;
    p->ca_file = str_cstr(r->arena, path);
    return access(p->ca_file, R_OK) == 0 || wrong(r, pair->value->mark, str_of(strerror(errno)));
}

// --- one provider --------------------------------------------------------------------------------

static const struct Member {
    const char *name;
    bool (*read)(const Reader *r, const Pair *pair, OidcProvider *p);
} members[] = {
    {"title", label_read},
    {"issuer", issuer_read},
    {"client_id", id_read},
    {"client_secret_file", secret_file_read},
    {"client_secret_env", secret_env_read},
    {"scopes", scopes_read},
    {"trusts_email", trust_read},
    {"client_auth", auth_read},
    {"acr", acr_read},
    {"claims", claims_read},
    {"ca_file", ca_read},
};
enum { MEMBERS = sizeof members / sizeof *members };

static bool unknown(const Reader *r, const Pair *pair)
{
    Str names[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++)
        names[i] = str_of(members[i].name);
    Str near = str_nearest(pair->key, names, MEMBERS);
    if (str_starts(pair->key, STR("client_secr")))
        return wrong(r, pair->mark,
                     STR("client_secret: a secret does not stand in this file: write "
                         "client_secret_file or client_secret_env"));
    return wrong(r, pair->mark,
                 near.len
                     ? str_format(r->arena, "no member \"" STR_FMT "\"; did you mean " STR_FMT "?",
                                  STR_ARG(pair->key), STR_ARG(near))
                     : str_format(r->arena, "no member \"" STR_FMT "\"", STR_ARG(pair->key)));
}

static bool member_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    for (size_t i = 0; i < MEMBERS; i++)
        if (str_is(pair->key, members[i].name))
            return members[i].read(r, pair, p);
    return unknown(r, pair);
}

static bool name_ok(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = c >= 'a' && c <= 'z', other = (c >= '0' && c <= '9') || c == '-';
        if (!letter && !(i && other))
            return false;
    }
    return name.len && name.len <= NAME_MAX_LEN;
}

static bool has_word(Str words, const char *word)
{
    for (Str rest = words; rest.len;) {
        Str one = str_slice(rest, 0, str_index(rest, ' '));
        if (str_is(one, word))
            return true;
        rest = str_slice(rest, one.len + 1, rest.len);
    }
    return false;
}

static bool provider_read(const Reader *r, const Pair *pair, OidcProvider *p)
{
    const Node *node = pair->value;
    *p = (OidcProvider){
        .name = pair->key, .scopes = STR("openid email"), .title = {pair->key, pair->key}};
    if (!name_ok(pair->key))
        return wrong(r, pair->mark,
                     STR("a provider's name is part of an address: write small letters, digits and "
                         "hyphens, a letter first"));
    if (node->kind != NODE_MAP)
        return wrong(r, node->mark, STR("write issuer, client_id and the rest of this provider"));
    for (size_t i = 0; i < node->len; i++)
        if (!member_read(r, &node->pairs[i], p))
            return false;
    const char *missing = !p->issuer.len          ? "issuer"
                          : !p->client_id.len     ? "client_id"
                          : !p->client_secret.len ? "client_secret_file or client_secret_env"
                                                  : NULL;
    if (missing)
        return wrong(r, pair->mark, str_format(r->arena, "%s is missing", missing));
    if (!has_word(p->scopes, "openid"))
        return wrong(r, node_at(node, "scopes")->mark, STR("scopes: write openid among them"));
    p->memory = memory_new(r->arena);
    return true;
}

// --- the file ------------------------------------------------------------------------------------

static bool yaml_ok(const Reader *r, Str text, const Node **ret)
{
    YamlFault fault;
    *ret = yaml_read(r->arena, text, FILE_MAX, &fault);
    return *ret || wrong(r, fault.mark, message_text(r->arena, EN, &fault.message));
}

bool oidc_read(Arena *arena, const char *path, Str *why)
{
    Reader r = {arena, path, why};
    Str text;
    const Node *root;
    provider_count = 0;
    if (!path[0])
        return true;
    if (!settings_file(r.arena, path, &text, r.why) || !yaml_ok(&r, text, &root))
        return false;
    const Node *map = node_at(root, "providers");
    if (!map || map->kind != NODE_MAP || root->len != 1)
        return wrong(&r, root->mark, STR("write \"providers:\" and, below it, one map a provider"));
    if (map->len > PROVIDERS_MAX)
        return wrong(&r, map->mark, STR("at most 32 providers"));
    providers = arena_array(arena, OidcProvider, map->len ? map->len : 1);
    for (size_t i = 0; i < map->len; i++)
        if (!provider_read(&r, &map->pairs[i], &providers[i]))
            return false;
    provider_count = map->len;
    for (size_t i = 0; i < map->len; i++)
        if (providers[i].secret_env)
            settings_forget(providers[i].secret_env);
    wire_start();
    return true;
}
