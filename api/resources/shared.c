// SPDX-License-Identifier: Apache-2.0
// The dictionary as a definition: a workflow file that asks all of it is written and built, so that
// shared answers are read by the same code as every other.
#include "shared.h"
#include "../../engine/yaml.h"
#include "definition.h"
#include <pthread.h>

static const Definition *shared;

static void write_documents(Buf *file, const Node *documents)
{
    buf_add(file, STR("documents:\n"));
    for (size_t i = 0; documents && i < documents->len; i++)
        buf_format(file, "  " STR_FMT ": {$ref: \"dictionary#/documents/" STR_FMT "\"}\n",
                   STR_ARG(documents->pairs[i].key), STR_ARG(documents->pairs[i].key));
}

static Str write_file(Arena *arena, const Node *asked)
{
    Buf file = {.arena = arena};
    buf_add(&file, STR("jalon: 1\nid: dictionary\ntitle: dictionary\n"
                       "roles: {carrier: {title: carrier, on: dossier, sees: [forms, documents]}}\n"
                       "states: {draft: {type: final, stage: submission}}\n"));
    write_documents(&file, node_at(asked, "documents"));
    buf_add(&file,
            STR("forms:\n  dossier:\n    title: dossier\n    type: object\n    properties:\n"));
    for (size_t i = 0; i < asked->len; i++)
        if (!str_is(asked->pairs[i].key, "documents"))
            buf_format(&file, "      " STR_FMT ": {$ref: \"dictionary#/" STR_FMT "\"}\n",
                       STR_ARG(asked->pairs[i].key), STR_ARG(asked->pairs[i].key));
    return buf_str(&file);
}

static void build(void)
{
    Arena *arena = arena_new(); // never freed: the definition lives in it
    Str text = dictionary();
    YamlFault wrong;
    const Node *asked = yaml_read(arena, text, WORKFLOW_SIZE_MAX, &wrong);
    Findings findings = {0};
    if (asked && asked->kind == NODE_MAP)
        shared = definition_build(arena, write_file(arena, asked), text, &findings);
}

const Definition *shared_definition(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, build);
    return shared;
}
