// SPDX-License-Identifier: Apache-2.0
// Answers of a dossier as they are typed.
#include "answers.h"
#include <math.h>

// Beyond 2^53 a double has no units left; beyond 10^15 cents nobody has money, and sums of them leave 64 bits.
static const double REAL_END = 9007199254740992.0;
static const json_int_t INTEGER_MAX = INT64_C(1000000000000000);

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

static bool number_fits(const json_t *value)
{
    if (json_is_real(value))
        return fabs(json_real_value(value)) < REAL_END; // NaN is no JSON
    json_int_t n = json_integer_value(value);
    return n >= -INTEGER_MAX && n <= INTEGER_MAX;
}

bool numbers_check(Request *rq, Str at, json_t *value)
{
    bool good = true;
    const char *name;
    json_t *member;
    size_t i;
    json_object_foreach(value, name, member) good &=
        numbers_check(rq, pointer_add(rq->arena, at, str_of(name)), member);
    json_array_foreach(value, i, member) good &=
        numbers_check(rq, pointer_index(rq->arena, at, i), member);
    if (!json_is_number(value) || number_fits(value))
        return good;
    return fault_at(rq, FAULT_INVALID, at, "range",
                    MESSAGE(T("Ce nombre est trop grand.", "This number is too large."), STR_NONE));
}

bool answers_check(Request *rq, const Definition *def, Str at, json_t *patch, json_t **ret)
{
    Fault wrong;
    if (!numbers_check(rq, at, patch))
        return false;
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
