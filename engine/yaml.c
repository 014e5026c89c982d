// SPDX-License-Identifier: Apache-2.0
// YAML through libyaml's events, held to the subset that JSON knows. Places inside scalars are in
// yaml_place.c.
#include "yaml.h"
#include "base/vec.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <yaml.h>

typedef VEC(size_t) Offsets;
typedef struct Reader {
    Arena *arena;
    yaml_parser_t *parser;
    Str text;
    Offsets lines; // where each line starts, in bytes
    Mark mark; // the last place looked up, and its byte: places come in order, so that a long line
               // is walked once
    size_t byte;
    size_t nodes;
    YamlFault *fault;
} Reader;

static Mark mark_of(yaml_mark_t m)
{
    return (Mark){(uint32_t)m.line + 1, (uint32_t)m.column + 1};
}

static const Node *refuse(Reader *r, const char *code, Mark mark, Message message)
{
    *r->fault = (YamlFault){code, mark, message};
    return NULL;
}

// libyaml's sentences are English; these are the ones that authors meet.
static const struct {
    const char *problem;
    Text text;
} problems[] = {
    {"did not find expected key", T("une clé est attendue ici : vérifier le retrait de la ligne",
                                    "a key is expected here: check how far the line is indented")},
    {"could not find expected ':'",
     T("un « : » manque après la clé", "a ':' is missing after the key")},
    {"mapping values are not allowed in this context",
     T("« clé: valeur » n'est pas possible ici : vérifier le retrait, ou mettre le texte entre "
       "guillemets",
       "'key: value' is not possible here: check the indentation, or quote the text")},
    {"found character that cannot start any token",
     T("ce caractère ne peut rien commencer : mettre le texte entre guillemets (les tabulations "
       "sont interdites en retrait)",
       "nothing can start with this character: quote the text (tabs cannot indent)")},
    {"found unexpected end of stream",
     T("un guillemet n'est pas refermé", "a quote is not closed")},
    {"did not find expected ',' or '}'", T("« , » ou « } » attendu", "',' or '}' is expected")},
    {"did not find expected ',' or ']'", T("« , » ou « ] » attendu", "',' or ']' is expected")},
    {"did not find expected '-' indicator",
     T("un « - » est attendu : vérifier le retrait de la ligne",
       "a '-' is expected: check how far the line is indented")},
};

static const Node *refuse_syntax(Reader *r)
{
    const yaml_parser_t *p = r->parser;
    Mark mark = mark_of(p->problem_mark);
    for (size_t i = 0; p->problem && i < sizeof problems / sizeof *problems; i++)
        if (strcmp(p->problem, problems[i].problem) == 0)
            return refuse(r, "yaml-syntax", mark, MESSAGE(problems[i].text));
    Str problem = str_copy(r->arena, str_of(p->problem ? p->problem : "?"));
    return refuse(r, "yaml-syntax", mark,
                  MESSAGE(T("ce n'est pas du YAML : {0}", "this is not YAML: {0}"), problem));
}

// Bytes of the line break at `s`, as libyaml counts lines (LF, CR, CRLF, NEL, LS, PS); 0 when there
// is none.
static size_t break_len(Str s)
{
    if (s.len && s.at[0] == '\n')
        return 1;
    if (s.len && s.at[0] == '\r')
        return s.len > 1 && s.at[1] == '\n' ? 2 : 1;
    if (str_starts(s, STR("\xC2\x85")))
        return 2;
    return str_starts(s, STR("\xE2\x80\xA8")) || str_starts(s, STR("\xE2\x80\xA9")) ? 3 : 0;
}

static void find_lines(Reader *r)
{
    vec_push(r->arena, &r->lines, 0);
    for (size_t i = 0; i < r->text.len;) {
        size_t n = break_len(str_slice(r->text, i, i + 3));
        i += n ? n : 1;
        if (n)
            vec_push(r->arena, &r->lines, i);
    }
}

static Str written_from(Reader *r, Mark mark)
{
    if (mark.line > r->lines.len)
        return STR_NONE;
    if (mark.line != r->mark.line || mark.column < r->mark.column) {
        r->mark = (Mark){mark.line, 1};
        r->byte = r->lines.at[mark.line - 1];
    }
    for (; r->mark.column < mark.column && r->byte < r->text.len; r->mark.column++)
        do
            r->byte++;
        while (r->byte < r->text.len && ((unsigned char)r->text.at[r->byte] & 0xC0) == 0x80);
    return str_slice(r->text, r->byte, r->text.len);
}

static bool is_one_of(Str s, const char *a, const char *b, const char *c)
{
    return str_is(s, a) || str_is(s, b) || str_is(s, c);
}

static size_t digits(Str s, size_t from, const char *set)
{
    size_t i = from;
    while (i < s.len && s.at[i] && strchr(set, s.at[i]))
        i++;
    return i - from;
}

// YAML 1.2.2, 10.3.2: [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+; the base, or 0.
static int integer_base(Str s)
{
    if (str_starts(s, STR("0o")) && s.len > 2)
        return digits(s, 2, "01234567") == s.len - 2 ? 8 : 0;
    if (str_starts(s, STR("0x")) && s.len > 2)
        return digits(s, 2, "0123456789abcdefABCDEF") == s.len - 2 ? 16 : 0;
    size_t sign = s.len && (s.at[0] == '-' || s.at[0] == '+');
    return s.len > sign && digits(s, sign, "0123456789") == s.len - sign ? 10 : 0;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
static bool is_real(Str s)
{
    size_t i = s.len && (s.at[0] == '-' || s.at[0] == '+');
    size_t whole = digits(s, i, "0123456789"), part = 0;
    i += whole;
    if (i < s.len && s.at[i] == '.') {
        part = digits(s, i + 1, "0123456789");
        i += 1 + part;
    }
    if (whole + part == 0)
        return false;
    if (i < s.len && (s.at[i] == 'e' || s.at[i] == 'E')) {
        i++;
        i += i < s.len && (s.at[i] == '-' || s.at[i] == '+');
        size_t exponent = digits(s, i, "0123456789");
        if (exponent == 0)
            return false;
        i += exponent;
    }
    return i == s.len;
}

static bool is_special_real(Str s)
{
    if (is_one_of(s, ".nan", ".NaN", ".NAN"))
        return true;
    size_t sign = s.len && (s.at[0] == '-' || s.at[0] == '+');
    return is_one_of(str_slice(s, sign, s.len), ".inf", ".Inf", ".INF");
}

static const Node *read_number(Reader *r, Node *node, int base)
{
    const char *at = node->text.at + (base == 8 || base == 16 ? 2 : 0);
    errno = 0;
    if (base)
        node->integer = strtoll(at, NULL, base);
    node->real = base ? (double)node->integer : strtod(at, NULL);
    node->kind = base ? NODE_INT : NODE_REAL;
    if ((base && errno == ERANGE) || !isfinite(node->real))
        return refuse(
            r, "number-range", node->mark,
            MESSAGE(T("le nombre « {0} » est trop grand", "the number '{0}' is too large"),
                    node->text));
    return node;
}

static const Node *read_plain(Reader *r, Node *node)
{
    Str s = node->text;
    int base = integer_base(s);
    if (s.len == 0 || str_is(s, "~") || is_one_of(s, "null", "Null", "NULL"))
        node->kind = NODE_NULL;
    else if (is_one_of(s, "true", "True", "TRUE") || is_one_of(s, "false", "False", "FALSE"))
        *node = (Node){NODE_BOOL, node->mark, s, node->written, .boolean = s.len == 4};
    else if (base || is_real(s))
        return read_number(r, node, base);
    else if (is_special_real(s))
        return refuse(r, "number-range", node->mark,
                      MESSAGE(T("« {0} » n'est pas un nombre que l'on sache écrire en JSON",
                                "'{0}' is not a number that JSON can write"),
                              s));
    return node;
}

static bool has_nul(Reader *r, Mark mark, Str text)
{
    if (!text.len || !memchr(text.at, 0, text.len))
        return false;
    refuse(r, "yaml-syntax", mark,
           MESSAGE(T("le caractère nul n'est pas admis", "the NUL character is not allowed")));
    return true;
}

static const Node *read_scalar(Reader *r, const yaml_event_t *e)
{
    Node *node = arena_new_of(r->arena, Node);
    Str value = {(const char *)e->data.scalar.value, e->data.scalar.length};
    node->kind = NODE_STRING;
    node->mark = mark_of(e->start_mark);
    node->text = str_copy(r->arena, value);
    node->written = written_from(r, node->mark);
    if (has_nul(r, node->mark, node->text))
        return NULL;
    return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? read_plain(r, node) : node;
}

static bool takes(Reader *r, yaml_event_t *e)
{
    if (!yaml_parser_parse(r->parser, e)) {
        refuse_syntax(r);
        return false;
    }
    return true;
}

static const yaml_char_t *anchor_of(const yaml_event_t *e)
{
    return e->type == YAML_SCALAR_EVENT           ? e->data.scalar.anchor
           : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.anchor
           : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.anchor
                                                  : NULL;
}

static const yaml_char_t *tag_of(const yaml_event_t *e)
{
    return e->type == YAML_SCALAR_EVENT           ? e->data.scalar.tag
           : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.tag
           : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.tag
                                                  : NULL;
}

static bool admits(Reader *r, const yaml_event_t *e, int depth)
{
    Mark mark = mark_of(e->start_mark);
    if (e->type == YAML_ALIAS_EVENT || anchor_of(e))
        refuse(
            r, "yaml-alias", mark,
            MESSAGE(T("les ancres « & » et les alias « * » ne sont pas admis : recopier le texte",
                      "anchors '&' and aliases '*' are not allowed: write the text again")));
    else if (tag_of(e))
        refuse(r, "yaml-tag", mark,
               MESSAGE(T("les étiquettes « ! » ne sont pas admises", "tags '!' are not allowed")));
    else if (depth > YAML_DEPTH_MAX)
        refuse(r, "limit-depth", mark,
               MESSAGE(T("trop de niveaux imbriqués (48 au plus)",
                         "nested too deep (48 levels at most)")));
    else if (++r->nodes > YAML_NODES_MAX)
        refuse(
            r, "limit-nodes", mark,
            MESSAGE(T("trop d'éléments (60 000 au plus)", "too many elements (60,000 at most)")));
    else
        return true;
    return false;
}

static const Node *read_node(Reader *r, const yaml_event_t *e, int depth);

static const Node *read_list(Reader *r, Mark mark, int depth)
{
    VEC(const Node *) items = {0};
    for (;;) {
        yaml_event_t e;
        if (!takes(r, &e))
            return NULL;
        bool end = e.type == YAML_SEQUENCE_END_EVENT;
        const Node *item = end ? NULL : read_node(r, &e, depth + 1);
        yaml_event_delete(&e);
        if (end)
            break;
        if (!item)
            return NULL;
        vec_push(r->arena, &items, item);
    }
    Node *node = arena_new_of(r->arena, Node);
    *node = (Node){.kind = NODE_LIST, .mark = mark, .items = items.at, .len = items.len};
    return node;
}

static int compare_keys(const void *a, const void *b)
{
    const Pair *x = *(const Pair *const *)a, *y = *(const Pair *const *)b;
    int order = str_cmp(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

// Sorted, so that a mapping of thousands of keys costs no more than it should.
static const Node *refuse_duplicates(Reader *r, const Node *map)
{
    const Pair **sorted = arena_array(r->arena, const Pair *, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        sorted[i] = &map->pairs[i];
    qsort(sorted, map->len, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < map->len; i++)
        if (str_eq(sorted[i - 1]->key, sorted[i]->key))
            return refuse(r, "duplicate-key", sorted[i]->mark,
                          MESSAGE(T("la clé « {0} » est écrite deux fois (la première ligne {1})",
                                    "the key '{0}' is written twice (first on line {1})"),
                                  sorted[i]->key,
                                  str_format(r->arena, "%u", sorted[i - 1]->mark.line)));
    return map;
}

static bool read_pair(Reader *r, yaml_event_t *e, int depth, Pair *pair)
{
    pair->mark = mark_of(e->start_mark);
    if (e->type == YAML_SEQUENCE_START_EVENT || e->type == YAML_MAPPING_START_EVENT)
        return refuse(r, "yaml-key", pair->mark,
                      MESSAGE(T("une clé doit être un texte", "a key must be a text")));
    if (!admits(r, e, depth + 1))
        return false;
    pair->key =
        str_copy(r->arena, (Str){(const char *)e->data.scalar.value, e->data.scalar.length});
    pair->written = written_from(r, pair->mark);
    if (has_nul(r, pair->mark, pair->key)) // would end it early where it becomes a name of JSON
        return false;
    yaml_event_t value;
    if (!takes(r, &value))
        return false;
    pair->value = read_node(r, &value, depth + 1);
    yaml_event_delete(&value);
    return pair->value;
}

static const Node *read_map(Reader *r, Mark mark, int depth)
{
    VEC(Pair) pairs = {0};
    for (;;) {
        yaml_event_t e;
        Pair pair;
        if (!takes(r, &e))
            return NULL;
        bool end = e.type == YAML_MAPPING_END_EVENT;
        bool ok = end || read_pair(r, &e, depth, &pair);
        yaml_event_delete(&e);
        if (end)
            break;
        if (!ok)
            return NULL;
        vec_push(r->arena, &pairs, pair);
    }
    Node *node = arena_new_of(r->arena, Node);
    *node = (Node){.kind = NODE_MAP, .mark = mark, .pairs = pairs.at, .len = pairs.len};
    return refuse_duplicates(r, node);
}

static const Node *read_node(Reader *r, const yaml_event_t *e, int depth)
{
    if (!admits(r, e, depth))
        return NULL;
    if (e->type == YAML_SCALAR_EVENT)
        return read_scalar(r, e);
    if (e->type == YAML_SEQUENCE_START_EVENT)
        return read_list(r, mark_of(e->start_mark), depth);
    return read_map(r, mark_of(e->start_mark), depth);
}

static const Node *empty_node(Arena *arena)
{
    Node *node = arena_new_of(arena, Node);
    *node = (Node){.kind = NODE_NULL, .mark = {1, 1}, .text = STR("")};
    return node;
}

// STREAM-START, then one DOCUMENT or none, then STREAM-END.
static const Node *read_stream(Reader *r)
{
    const Node *root = NULL;
    for (;;) {
        yaml_event_t e;
        if (!takes(r, &e))
            return NULL;
        yaml_event_type_t type = e.type;
        Mark mark = mark_of(e.start_mark);
        bool node = type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                    type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT;
        const Node *got = node ? read_node(r, &e, 1) : NULL;
        yaml_event_delete(&e);
        if (type == YAML_STREAM_END_EVENT)
            return root ? root : empty_node(r->arena);
        if (type == YAML_DOCUMENT_START_EVENT && root)
            return refuse(r, "yaml-documents", mark,
                          MESSAGE(T("un seul document par fichier : retirer « --- »",
                                    "one document a file: remove '---'")));
        if (node && !got)
            return NULL;
        if (node)
            root = got;
    }
}

const Node *yaml_read(Arena *arena, Str text, size_t size_max, YamlFault *fault)
{
    yaml_parser_t parser;
    if (str_starts(text, STR("\xEF\xBB\xBF"))) // a byte order mark is no character of line 1
        text = str_slice(text, 3, text.len);
    Reader r = {.arena = arena, .parser = &parser, .text = text, .fault = fault};
    Mark top = {1, 1};
    if (text.len > size_max)
        return refuse(&r, "limit-size", top,
                      MESSAGE(T("le fichier dépasse {0} Kio", "the file is larger than {0} KiB"),
                              str_format(arena, "%zu", size_max / 1024)));
    if (!str_utf8(text))
        return refuse(&r, "yaml-encoding", top,
                      MESSAGE(T("le fichier n'est pas en UTF-8", "the file is not UTF-8")));
    if (!yaml_parser_initialize(&parser))
        return refuse(&r, "yaml-syntax", top, MESSAGE(T("mémoire insuffisante", "out of memory")));
    find_lines(&r);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(text.at ? text.at : ""),
                                 text.len);
    const Node *root = read_stream(&r);
    yaml_parser_delete(&parser);
    return root;
}

const Pair *node_pair(const Node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->len; i++)
        if (str_is(map->pairs[i].key, key))
            return &map->pairs[i];
    return NULL;
}

const Node *node_at(const Node *map, const char *key)
{
    const Pair *pair = node_pair(map, key);
    return pair ? pair->value : NULL;
}

Node node_of_key(const Pair *pair)
{
    return (Node){
        .kind = NODE_STRING, .mark = pair->mark, .text = pair->key, .written = pair->written};
}

static json_t *to_json(const Node *node)
{
    json_t *value;
    switch (node->kind) {
    case NODE_BOOL:
        return json_boolean(node->boolean);
    case NODE_INT:
        return json_integer(node->integer);
    case NODE_REAL:
        return json_real(node->real);
    case NODE_STRING:
        return json_stringn(node->text.at, node->text.len);
    case NODE_LIST:
        value = json_array();
        for (size_t i = 0; i < node->len; i++)
            json_array_append_new(value, to_json(node->items[i]));
        return value;
    case NODE_MAP:
        value = json_object();
        for (size_t i = 0; i < node->len; i++)
            json_object_set_new(value, node->pairs[i].key.at, to_json(node->pairs[i].value));
        return value;
    default:
        return json_null();
    }
}

json_t *node_json(Arena *arena, const Node *node)
{
    return json_keep(arena, to_json(node));
}
