// SPDX-License-Identifier: Apache-2.0
// A workflow file becomes a definition: read as YAML, then section by section, each after what it
// names. Every fault of the file is reported, not only the first; the rest of the room is in
// build_*.c.
#include "build_internal.h"

static const char *const top_keys[] = {
    "jalon",  "id",       "title",       "description", "strict", "roles",
    "forms",  "dossier",  "sections",    "documents",   "grids",  "indicators",
    "mails",  "decision", "instalments", "events",      "data",   "initial",
    "states", "always",   "never",       "eventually",  NULL};
enum { DICTIONARY_SIZE_MAX = 256 * 1024 };

static const Node *read_yaml(Builder *b, Str text, size_t max)
{
    YamlFault fault;
    const Node *node = yaml_read(b->arena, text, max, &fault);
    if (!node)
        fail(b, fault.code, fault.mark, fault.message);
    return node;
}

// The dictionary is the platform's, not the author's: its faults have no place in the author's
// file.
static const Node *read_dictionary(Builder *b, Str text)
{
    YamlFault fault;
    const Node *node = text.len ? yaml_read(b->arena, text, DICTIONARY_SIZE_MAX, &fault) : NULL;
    if (text.len && (!node || node->kind != NODE_MAP))
        fail(b, "bad-dictionary", (Mark){1, 1},
             MESSAGE(T("le dictionnaire partagé ne se lit pas",
                       "the shared dictionary cannot be read")));
    return node;
}

static void read_head(Builder *b)
{
    const Node *version = node_at(b->root, "jalon");
    const Pair *id = node_pair(b->root, "id");
    b->strict = read_bool(b, b->root, "strict", true);
    keys_known(b, b->root, top_keys);
    if (!version)
        fail(b, "missing-key", b->root->mark,
             MESSAGE(T("la première ligne doit dire le format : jalon: 1",
                       "the first line must say the format: jalon: 1")));
    else if (version->kind != NODE_INT || version->integer != 1)
        fail(b, "bad-version", version->mark,
             MESSAGE(T("ce programme lit le format 1 (jalon: 1)",
                       "this program reads format 1 (jalon: 1)")));
    if (!id)
        fail(b, "missing-key", b->root->mark,
             MESSAGE(T("le fichier doit avoir un identifiant (id:)",
                       "the file needs an identifier (id:)")));
    b->def->id = id ? string_of(b, id->value) : STR_NONE;
    if (b->def->id.len)
        id_valid(b, b->def->id, id->value->mark);
    b->def->title = read_title(b, b->root, b->def->id, b->root->mark);
    const Node *description = node_at(b->root, "description");
    b->def->description = description ? read_label_node(b, description) : (Label){0};
}

// The order matters: each section names only what those before it have set.
static void read_sections(Builder *b)
{
    read_head(b);
    build_roles(b);
    build_forms(b);
    build_documents(b);
    build_sections(b);
    build_grids(b);
    build_indicators(b);
    build_mails(b);
    build_decision(b);
    build_instalments(b);
    build_sees(b);
    scan_actions(b);
    build_events(b);
    build_states(b);
    build_env(b);
    build_variables(b);
    build_conditions(b);
    build_moves(b);
    build_contents(b);
    build_promises(b);
    build_index(b);
}

const Definition *definition_build(Arena *arena, Str text, Str dictionary, Findings *findings)
{
    Definition *def = arena_new_of(arena, Definition);
    Builder b = {.arena = arena, .findings = findings, .def = def, .strict = true};
    if (text.len > WORKFLOW_SIZE_MAX) { // refused before it is copied
        fail(&b, "limit-size", (Mark){1, 1},
             MESSAGE(T("le fichier dépasse 256 Kio", "the file is larger than 256 KiB")));
        return NULL;
    }
    def->text = str_copy(arena, text);
    b.root = read_yaml(&b, def->text, WORKFLOW_SIZE_MAX);
    if (!b.root)
        return NULL;
    if (b.root->kind != NODE_MAP) {
        fail_type(&b, b.root,
                  T("un fichier de démarche (jalon: 1…)", "a workflow file (jalon: 1…)"));
        return NULL;
    }
    b.dictionary = read_dictionary(&b, str_copy(arena, dictionary));
    read_sections(&b);
    return b.failed ? NULL : def;
}
