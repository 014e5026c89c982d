// SPDX-License-Identifier: Apache-2.0
// Answers of a dossier as they are typed.
#include "answers.h"

// What may still be on its way while someone types: an answer is kept as it stands and judged when
// it is filed. Only what can never become right by going on (another type, too long, not among the
// choices) is refused at once.
static bool about_progress(const SchemaError *error)
{
    static const char *const words[] = {"required",
                                        "dependentRequired",
                                        "minProperties",
                                        "minItems",
                                        "contains",
                                        "minLength",
                                        "pattern",
                                        "format",
                                        "const",
                                        "multipleOf",
                                        "minimum",
                                        "maximum",
                                        "exclusiveMinimum",
                                        "exclusiveMaximum",
                                        NULL};
    for (size_t i = 0; words[i]; i++)
        if (strcmp(error->keyword, words[i]) == 0)
            return true;
    return error->pointer.len == 0; // about the form as a whole: judged when it is filed
}

// The part of the patch that one form asks, without what is taken away (nulls, however deep: RFC 7396).
static json_t *part_of(Arena *arena, const Form *form, json_t *patch)
{
    json_t *part = json_keep(arena, json_object()), *schema;
    const char *name;
    json_object_foreach(json_at(form->schema, "properties"), name, schema)
    {
        json_t *value = json_at(patch, name);
        if (value && !json_is_null(value))
            json_object_set(part, name, json_merge(arena, json_keep(arena, json_object()), value));
    }
    return part;
}

static bool form_check(Request *rq, const Form *form, Str at, json_t *patch)
{
    SchemaErrors errors = {0};
    if (!form->compiled ||
        schema_validate(rq->arena, form->compiled, part_of(rq->arena, form, patch), &errors))
        return true;
    bool good = true;
    for (size_t i = 0; i < errors.len; i++) {
        const SchemaError *e = &errors.at[i];
        if (about_progress(e))
            continue;
        good = false;
        Str pointer = str_format(rq->arena, STR_FMT STR_FMT, STR_ARG(at), STR_ARG(e->pointer));
        fault_at(rq, FAULT_INVALID, pointer, e->keyword, e->message);
    }
    return good;
}

bool answers_check(Request *rq, const Definition *def, Str at, json_t *patch, json_t **ret)
{
    Fault wrong;
    *ret = answers_patch(rq->arena, def, patch, &wrong);
    if (!*ret)
        return fault_at(rq, wrong.kind,
                        str_format(rq->arena, STR_FMT STR_FMT, STR_ARG(at), STR_ARG(wrong.pointer)),
                        wrong.keyword, wrong.message);
    bool good = true;
    for (size_t i = 0; i < def->form_count; i++)
        good &= form_check(rq, &def->forms[i], at, patch);
    return good;
}
