// SPDX-License-Identifier: Apache-2.0
// Documents, indicators, mails and the rules of the decision.
#include "build_internal.h"
#include "media.h"
#include "words.h"

static const char *const document_keys[] = {"$ref", "title",    "description", "types",
                                            "form", "required", "max",         NULL};
enum { DOCUMENT_SIZE = 10000000, DOCUMENT_SIZE_MAX = 1000000000 };

// The document's own member, or that of the dictionary's document which it names.
static const Node *either(const Node *own, const Node *shared, const char *key)
{
    const Node *node = node_at(own, key);
    return node ? node : node_at(shared, key);
}

// "10MB": the units of a funder's notice, powers of ten.
static int64_t read_size(Builder *b, const Node *node)
{
    static const struct {
        const char *unit;
        int64_t bytes;
    } units[] = {{"KB", 1000}, {"MB", 1000000}, {"GB", 1000000000},
                 {"ko", 1000}, {"Mo", 1000000}, {"Go", 1000000000}};
    int64_t number = node->kind == NODE_INT ? node->integer : 0, unit = node->kind == NODE_INT;
    size_t i = 0;
    for (; node->kind == NODE_STRING && i < node->text.len && i < 10 && node->text.at[i] >= '0' &&
           node->text.at[i] <= '9';
         i++)
        number = number * 10 + node->text.at[i] - '0';
    Str rest = node->kind == NODE_STRING ? str_slice(node->text, i, node->text.len) : STR_NONE;
    if (rest.len && rest.at[0] == ' ')
        rest = str_slice(rest, 1, rest.len);
    for (size_t k = 0; k < sizeof units / sizeof *units; k++)
        if (str_is(rest, units[k].unit))
            unit = units[k].bytes;
    if (unit && number > 0 && number <= DOCUMENT_SIZE_MAX / unit)
        return number * unit;
    fail(b, "bad-size", node->mark,
         MESSAGE(T("une taille s'écrit 500KB, 10MB ou 1GB (1GB au plus)",
                   "a size is written 500KB, 10MB or 1GB (at most 1GB)")));
    return DOCUMENT_SIZE;
}

static void read_types(Builder *b, Document *document, const Node *list)
{
    Str *types = arena_array(b->arena, Str, list_len(list) + 1);
    for (size_t i = 0; i < list_len(list); i++) {
        Str type = string_of(b, list_item(list, i));
        if (type.len && str_index(type, '/') == type.len)
            fail(b, "bad-value", list_item(list, i)->mark,
                 MESSAGE(
                     T("« {0} » n'est pas un type de fichier : écrire par exemple application/pdf",
                       "'{0}' is not a media type: write for example application/pdf"),
                     type));
        else if (type.len && !media_of(type))
            fail(b, "bad-value", list_item(list, i)->mark,
                 MESSAGE(T("les fichiers de type « {0} » ne sont pas admis : écrire l'un de {1}",
                           "files of the type '{0}' are not admitted: write one of {1}"),
                         type, media_types(b->arena)));
        types[document->type_count++] = type;
    }
    if (!list_len(list))
        types[document->type_count++] = STR("application/pdf");
    document->types = types;
}

static void read_document(Builder *b, Document *document, const Pair *pair)
{
    const Node *own = pair->value, *ref = node_at(own, "$ref"), *max;
    Str key = STR_NONE;
    const Node *shared = ref ? dictionary_node(b, ref, &key) : NULL;
    *document = (Document){.id = pair->key,
                           .section = ID_NONE,
                           .form = ID_NONE,
                           .mark = pair->mark,
                           .max_size = DOCUMENT_SIZE};
    document->shared = shared && str_eq(key, pair->key);
    id_valid(b, pair->key, pair->mark);
    if (!keys_known(b, own, document_keys))
        return;
    if (node_at(own, "title") || shared)
        document->title =
            read_title(b, node_at(own, "title") ? own : shared, pair->key, pair->mark);
    else if (!ref)
        document->title = read_title(b, own, pair->key, pair->mark);
    document->required = read_bool(b, node_at(own, "required") ? own : shared, "required", false);
    read_types(b, document, either(own, shared, "types"));
    if ((max = either(own, shared, "max")))
        document->max_size = read_size(b, max);
    const Node *form = node_at(own, "form");
    if (form)
        document->form =
            ROW_NAMED(b, b->def->forms, b->def->form_count, form, "unknown-form",
                      T("le formulaire « {0} » n'existe pas", "there is no form '{0}'"));
    else if (b->def->form_count == 1)
        document->form = 0;
    else if (document->required)
        fail(b, "missing-key", pair->mark,
             MESSAGE(T("la pièce « {0} » est obligatoire : dire pour quel formulaire (form:)",
                       "the document '{0}' is required: say by which form (form:)"),
                     pair->key));
}

void build_documents(Builder *b)
{
    const Node *map = map_at(b, b->root, "documents");
    if (!map || !rows_fit(b, map, ITEMS_MAX, T("trop de pièces", "too many documents")))
        return;
    Document *rows = arena_array(b->arena, Document, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        read_document(b, &rows[i], &map->pairs[i]);
    b->def->documents = rows;
    b->def->document_count = map->len;
}

static const char *const indicator_keys[] = {"title",     "description", "unit",
                                             "precision", "direction",   NULL};
static const char *const directions[] = {"up", "down", NULL};

static void read_indicator(Builder *b, Indicator *row, const Pair *pair)
{
    const Node *node = pair->value, *unit = node_at(node, "unit"),
               *direction = node_at(node, "direction");
    *row = (Indicator){.id = pair->key, .mark = pair->mark};
    id_valid(b, pair->key, pair->mark);
    if (!keys_known(b, node, indicator_keys))
        return;
    row->title = read_title(b, node, pair->key, pair->mark);
    row->unit = unit ? read_label_node(b, unit) : (Label){0};
    row->precision = (int32_t)read_int(b, node, "precision", 0, 9, 0);
    row->decreasing = direction && read_word(b, direction, directions) == 1;
}

void build_indicators(Builder *b)
{
    const Node *map = map_at(b, b->root, "indicators");
    if (!map || !rows_fit(b, map, ITEMS_MAX, T("trop d'indicateurs", "too many indicators")))
        return;
    Indicator *rows = arena_array(b->arena, Indicator, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        read_indicator(b, &rows[i], &map->pairs[i]);
    b->def->indicators = rows;
    b->def->indicator_count = map->len;
}

// {{word.dossier}}: as the space that the call is in says it.
static void check_word(Builder *b, Mark mark, Str word)
{
    Str names[32];
    size_t n = 0;
    for (; platform_words[n]; n++) {
        names[n] = str_of(platform_words[n]);
        if (str_eq(names[n], word))
            return;
    }
    fail_near(b, "unknown-placeholder", mark,
              MESSAGE(T("« {0} » n'est pas un mot qu'un espace remplace",
                        "'{0}' is no word that a space replaces"),
                      word),
              word, names, n);
}

// What stands between {{ and }} in a mail. Members of the dossier are checked; the other roots are
// those of the facts.
static void check_place(Builder *b, const Node *node, size_t at, Str path)
{
    static const char *const roots[] = {
        "dossier",  "call",    "application", "decision", "agreement", "instalments", "payments",
        "measures", "reviews", "documents",   "actor",    "event",     "now",         "reason",
        "link",     "state",   "workflow",    "space",    "word",      NULL};
    size_t dot = str_index(path, '.');
    Str root = str_slice(path, 0, dot), member = str_slice(path, dot + 1, path.len);
    Str names[64];
    size_t n = 0;
    for (; roots[n]; n++) {
        names[n] = str_of(roots[n]);
        if (str_eq(names[n], root) && !str_is(root, "word") && (n > 0 || !b->def->dossier))
            return;
    }
    Mark mark = node_place(node, at);
    if (str_is(root, "word")) {
        check_word(b, mark, member);
        return;
    }
    if (!str_is(root, "dossier")) {
        fail_near(b, "unknown-placeholder", mark,
                  MESSAGE(T("« {0} » ne désigne rien que l'on sache écrire dans un courriel",
                            "'{0}' names nothing that a mail can tell"),
                          path),
                  root, names, n);
        return;
    }
    member = str_slice(member, 0, str_index(member, '.'));
    const CelType *dossier = b->def->dossier;
    Str *members = arena_array(b->arena, Str, dossier->count + 1);
    for (size_t i = 0; i < dossier->count; i++) {
        members[i] = dossier->members[i].name;
        if (str_eq(members[i], member))
            return;
    }
    fail_near(b, "unknown-member", mark,
              MESSAGE(T("le dossier n'a pas de champ « {0} »", "the dossier has no member '{0}'"),
                      member),
              member, members, dossier->count);
}

static void check_places(Builder *b, const Node *node)
{
    for (size_t i = 0; node && node->kind == NODE_MAP && i < node->len; i++)
        check_places(b, node->pairs[i].value);
    if (!node || node->kind != NODE_STRING)
        return;
    Str text = node->text;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.at[i] != '{' || text.at[i + 1] != '{')
            continue;
        size_t from = i + 2, to = from;
        while (to < text.len && text.at[to] != '}')
            to++;
        while (from < to && text.at[from] == ' ')
            from++;
        size_t end = to;
        while (end > from && text.at[end - 1] == ' ')
            end--;
        check_place(b, node, from, str_slice(text, from, end));
        i = to;
    }
}

static const char *const mail_keys[] = {"to", "subject", "body", NULL};

static void read_mail(Builder *b, Mail *row, const Pair *pair)
{
    const Node *node = pair->value, *to = node_at(node, "to"), *subject = node_at(node, "subject"),
               *body = node_at(node, "body");
    *row = (Mail){.id = pair->key, .mark = pair->mark};
    id_valid(b, pair->key, pair->mark);
    if (!keys_known(b, node, mail_keys))
        return;
    if (!to || !subject || !body)
        fail(b, "missing-key", pair->mark,
             MESSAGE(T("le courriel « {0} » doit avoir to:, subject: et body:",
                       "the mail '{0}' needs to:, subject: and body:"),
                     pair->key));
    row->to = read_roles(b, to);
    row->subject = subject ? read_label_node(b, subject) : (Label){0};
    row->body = body ? read_label_node(b, body) : (Label){0};
    check_places(b, subject);
    check_places(b, body);
}

void build_mails(Builder *b)
{
    const Node *map = map_at(b, b->root, "mails");
    if (!map || !rows_fit(b, map, ITEMS_MAX, T("trop de courriels", "too many mails")))
        return;
    Mail *rows = arena_array(b->arena, Mail, map->len + 1);
    for (size_t i = 0; i < map->len; i++)
        read_mail(b, &rows[i], &map->pairs[i]);
    b->def->mails = rows;
    b->def->mail_count = map->len;
}

static const char *const decision_keys[] = {"kinds", "floor",     "ceiling", "rate_cap",
                                            "total", "requested", NULL};
static const char *const kinds[] = {"granted", "partial", "conditional",
                                    "waiting", "refused", NULL};

static void read_kinds(Builder *b, DecisionRules *rules, const Node *list)
{
    size_t n = list ? list_len(list) : 5;
    Str *words = arena_array(b->arena, Str, n + 1);
    for (size_t i = 0; i < n; i++) {
        int word = list ? read_word(b, list_item(list, i), kinds) : (int)i;
        if (word >= 0)
            words[rules->kind_count++] = str_of(kinds[word]);
    }
    rules->kinds = words;
}

// A member of the dossier that holds money: integer cents.
static Str read_money_member(Builder *b, const Node *map, const char *key)
{
    Str name = read_text(b, map, key);
    const CelType *dossier = b->def->dossier;
    Str *names = arena_array(b->arena, Str, dossier->count + 1);
    for (size_t i = 0; i < dossier->count; i++) {
        names[i] = dossier->members[i].name;
        if (!str_eq(names[i], name))
            continue;
        if (dossier->members[i].type->kind != CEL_INT)
            fail(b, "wrong-type", node_at(map, key)->mark,
                 MESSAGE(T("« {0} » doit être un montant : un entier, en centimes",
                           "'{0}' must be an amount: an integer, in cents"),
                         name));
        return name;
    }
    if (name.len)
        fail_near(
            b, "unknown-member", node_at(map, key)->mark,
            MESSAGE(T("le dossier n'a pas de champ « {0} »", "the dossier has no member '{0}'"),
                    name),
            name, names, dossier->count);
    return name;
}

void build_decision(Builder *b)
{
    const Node *map = map_at(b, b->root, "decision");
    DecisionRules *rules = &b->def->decision;
    bool capped;
    read_kinds(b, rules, node_at(map, "kinds"));
    if (!map)
        return;
    keys_known(b, map, decision_keys);
    rules->floor = read_int(b, map, "floor", 0, INT64_C(1000000000000000), 0);
    rules->ceiling = read_int(b, map, "ceiling", 0, INT64_C(1000000000000000), 0);
    rules->rate_cap = read_percent(b, map, "rate_cap", &capped);
    rules->total = read_money_member(b, map, "total");
    rules->requested = read_money_member(b, map, "requested");
    if (rules->ceiling && rules->floor > rules->ceiling)
        fail(b, "bad-range", node_at(map, "floor")->mark,
             MESSAGE(T("le plancher dépasse le plafond", "the floor is above the ceiling")));
    if (capped && !rules->total.len)
        fail(
            b, "missing-key", node_at(map, "rate_cap")->mark,
            MESSAGE(T(
                "le taux maximal s'applique à un coût total : nommer ce champ du dossier (total:)",
                "the rate cap applies to a total cost: name that member of the dossier (total:)")));
}
