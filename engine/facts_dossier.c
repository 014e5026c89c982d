// SPDX-License-Identifier: Apache-2.0
// The dossier as one definition reads it: which members are asked once for all funders, which are
// the file's own, and what is still missing in a form.
#include "facts.h"
#include <stdlib.h>

static json_t *property(const Form *form, const char *name, size_t len)
{
    json_t *properties = json_at(form->schema, "properties");
    return json_is_object(properties) ? json_object_getn(properties, name, len) : NULL;
}

// The schema of a member: of the first form that asks it.
static json_t *member_schema(const Definition *def, Str member)
{
    for (size_t i = 0; i < def->form_count; i++) {
        json_t *schema = property(&def->forms[i], member.at, member.len);
        if (schema)
            return schema;
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

bool answer_shared(const Definition *def, Str member)
{
    return def->shared_count &&
           bsearch(&member, def->shared, def->shared_count, sizeof *def->shared, by_name);
}

// Where a definition keeps what it alone asks.
static json_t *own(const Definition *def, const json_t *content)
{
    return json_is_object(content) ? json_object_getn(content, def->id.at, def->id.len) : NULL;
}

json_t *answers_of(Arena *arena, const Definition *def, const json_t *content)
{
    json_t *answers = json_keep(arena, json_object());
    for (size_t i = 0; i < def->form_count; i++) {
        const char *name;
        size_t len;
        json_t *schema, *properties = json_at(def->forms[i].schema, "properties");
        json_object_keylen_foreach(properties, name, len, schema)
        {
            bool shared = answer_shared(def, (Str){name, len});
            const json_t *from = shared ? content : own(def, content);
            json_t *value = json_is_object(from) ? json_object_getn(from, name, len) : NULL;
            if (value)
                json_object_setn(answers, name, len, value);
        }
    }
    return answers;
}

static json_t *unknown_member(Arena *arena, const Definition *def, Str member, Fault *fault)
{
    Str names[256];
    size_t n = 0;
    for (size_t i = 0; i < def->form_count; i++) {
        const char *name;
        json_t *schema;
        json_object_foreach(json_at(def->forms[i].schema, "properties"), name, schema)
        {
            if (n < sizeof names / sizeof *names)
                names[n++] = str_of(name);
        }
    }
    Str near = str_nearest(member, names, n);
    *fault = (Fault){
        .kind = FAULT_INVALID,
        .pointer = pointer_add(arena, STR(""), member),
        .keyword = "unknown",
        .message = MESSAGE(
            near.len ? T("Aucun formulaire ne demande « {0} » ; vouliez-vous dire « {1} » ?",
                         "No form asks for \"{0}\"; did you mean \"{1}\"?")
                     : T("Aucun formulaire ne demande « {0} ».", "No form asks for \"{0}\"."),
            str_copy(arena, member), near),
    };
    return NULL;
}

json_t *answers_patch(Arena *arena, const Definition *def, const json_t *patch, Fault *fault)
{
    if (!json_is_object(patch)) {
        *fault = (Fault){.kind = FAULT_INVALID,
                         .pointer = STR(""),
                         .keyword = "type",
                         .message = MESSAGE(
                             T("Les réponses sont un objet.", "Answers are an object."), STR_NONE)};
        return NULL;
    }
    json_t *content = json_keep(arena, json_object()), *inner = NULL, *value;
    const char *name;
    size_t len;
    json_object_keylen_foreach((json_t *)patch, name, len, value)
    {
        Str member = {name, len};
        if (!member_schema(def, member))
            return unknown_member(arena, def, member, fault);
        if (!answer_shared(def, member) && !inner) {
            inner = json_object();
            json_object_setn_new(content, def->id.at, def->id.len, inner);
        }
        json_object_setn(answer_shared(def, member) ? content : inner, name, len, value);
    }
    return content;
}

// Only the members that the form asks: forms share one flat set of answers, and a form that
// refuses others' members must not trip over them.
static json_t *form_answers(Arena *arena, const Form *form, json_t *answers)
{
    json_t *part = json_keep(arena, json_object()), *schema;
    const char *name;
    size_t len;
    json_object_keylen_foreach(json_at(form->schema, "properties"), name, len, schema)
    {
        json_t *value = json_is_object(answers) ? json_object_getn(answers, name, len) : NULL;
        if (value)
            json_object_setn(part, name, len, value);
    }
    return part;
}

static void error_add(Arena *arena, SchemaErrors *errors, SchemaError error)
{
    if (!errors || errors->len == SCHEMA_ERRORS_MAX)
        return;
    if (errors->len == errors->cap) {
        size_t cap = errors->cap ? errors->cap * 2 : 8;
        SchemaError *at = arena_array(arena, SchemaError, cap);
        if (errors->len)
            memcpy(at, errors->at, errors->len * sizeof *at);
        errors->at = at;
        errors->cap = cap;
    }
    errors->at[errors->len++] = error;
}

// A required document that names no form is asked by every form.
static bool asks_document(ItemId form, const Document *document)
{
    return document->required && (document->form == form || document->form == ID_NONE);
}

bool form_complete(Arena *arena, const Definition *def, ItemId form, json_t *answers,
                   const json_t *document_counts, SchemaErrors *errors)
{
    const Form *asked = &def->forms[form];
    bool complete =
        !asked->compiled ||
        schema_validate(arena, asked->compiled, form_answers(arena, asked, answers), errors);
    for (size_t i = 0; i < def->document_count; i++) {
        const Document *document = &def->documents[i];
        if (!asks_document(form, document))
            continue;
        json_t *count = json_is_object(document_counts)
                            ? json_object_getn(document_counts, document->id.at, document->id.len)
                            : NULL;
        if (json_integer_value(count) > 0)
            continue;
        complete = false;
        error_add(arena, errors,
                  (SchemaError){
                      .pointer = pointer_add(arena, STR("/documents"), document->id),
                      .keyword = "required",
                      .message =
                          MESSAGE(T("La pièce « {0} » manque.", "Document \"{1}\" is missing."),
                                  label_text(document->title, FR), label_text(document->title, EN)),
                  });
    }
    return complete;
}
