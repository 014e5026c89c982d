// SPDX-License-Identifier: Apache-2.0
// Sections of the dossier: answers and documents that are set apart from the forms that ask them, so
// that only those read and write them who are given the section by its name.
#include "build_internal.h"

static const char *const section_keys[] = {"title", "description", "answers", "documents", NULL};

static bool twice(Builder *b, const Node *node, ItemId other)
{
    return fail(
        b, "apart-twice", node->mark,
        MESSAGE(T("« {0} » est déjà dans la section « {1} » : une réponse ou une pièce n'est "
                  "que dans une",
                  "'{0}' is in the section '{1}' already: an answer or a document is in one only"),
                node->text, b->def->sections[other].id));
}

static bool unknown_answer(Builder *b, const Node *node, Str name)
{
    const CelType *dossier = b->def->dossier;
    Str *names = arena_array(b->arena, Str, dossier->count + 1);
    for (size_t i = 0; i < dossier->count; i++)
        names[i] = dossier->members[i].name;
    return fail_near(
        b, "unknown-answer", node->mark,
        MESSAGE(T("aucun formulaire ne demande « {0} »", "no form asks for '{0}'"), name), name,
        names, hints_left(b) ? dossier->count : 0);
}

static bool is_asked(const Definition *def, Str name)
{
    for (size_t i = 0; i < def->dossier->count; i++)
        if (str_eq(def->dossier->members[i].name, name))
            return true;
    return false;
}

static bool answer_good(Builder *b, const Node *node, Str name)
{
    ItemId other = definition_section_of(b->def, name);
    if (!name.len)
        return false;
    if (str_is(name, "title")) // it names the application in lists and mails
        return fail(
            b, "title-apart", node->mark,
            MESSAGE(T("le titre est lu par tous ceux qui voient le dossier : il n'est d'aucune "
                      "section",
                      "the title is read by all who see the dossier: it is in no section")));
    if (!is_asked(b->def, name))
        return unknown_answer(b, node, name);
    return other == ID_NONE || twice(b, node, other);
}

static void read_answers(Builder *b, Section *row, const Node *list)
{
    Str *answers = arena_array(b->arena, Str, list_len(list) + 1);
    row->answers = answers; // grows under the look-up, which finds a name given twice
    for (size_t i = 0; i < list_len(list); i++) {
        Str name = string_of(b, list_item(list, i));
        if (answer_good(b, list_item(list, i), name))
            answers[row->answer_count++] = name;
    }
}

static void set_apart(Builder *b, Document *rows, ItemId section, const Node *list)
{
    for (size_t i = 0; i < list_len(list); i++) {
        const Node *node = list_item(list, i);
        ItemId id =
            string_of(b, node).len
                ? ROW_NAMED(b, b->def->documents, b->def->document_count, node, "unknown-document",
                            T("la pièce « {0} » n'existe pas", "there is no document '{0}'"))
                : ID_NONE;
        if (id == ID_NONE)
            continue;
        if (rows[id].section != ID_NONE)
            twice(b, node, rows[id].section);
        else
            rows[id].section = section;
    }
}

static void read_section(Builder *b, Section *row, Document *documents, ItemId id, const Pair *pair)
{
    const Node *node = pair->value, *answers = node_at(node, "answers"),
               *apart = node_at(node, "documents");
    row->id = pair->key;
    row->mark = pair->mark;
    id_valid(b, pair->key, pair->mark);
    if (!keys_known(b, node, section_keys))
        return;
    row->title = read_title(b, node, pair->key, pair->mark);
    read_answers(b, row, answers);
    set_apart(b, documents, id, apart);
    if (!list_len(answers) && !list_len(apart))
        fail(b, "missing-key", pair->mark,
             MESSAGE(T("la section « {0} » ne met rien à part : dire answers: ou documents:",
                       "the section '{0}' sets nothing apart: say answers: or documents:"),
                     pair->key));
}

void build_sections(Builder *b)
{
    const Node *map = map_at(b, b->root, "sections");
    if (!map || !rows_fit(b, map, SECTIONS_MAX, T("trop de sections", "too many sections")))
        return;
    Section *rows = arena_array(b->arena, Section, map->len + 1);
    Document *documents =
        arena_copy(b->arena, b->def->documents, b->def->document_count * sizeof(Document));
    b->def->sections = rows;
    b->def->documents = documents;
    for (size_t i = 0; i < map->len; i++) {
        b->def->section_count = i + 1;
        read_section(b, &rows[i], documents, (ItemId)i, &map->pairs[i]);
    }
}
