// SPDX-License-Identifier: Apache-2.0
// The keywords of JSON Schema 2020-12, one a row.
#include "keyword.h"

enum {
    CORE = VOCABULARY_CORE,
    APPLY = VOCABULARY_APPLICATOR,
    VALID = VOCABULARY_VALIDATION,
    FORMATS = VOCABULARY_FORMAT | VOCABULARY_FORMAT_ASSERT,
    UNEVALUATED = VOCABULARY_UNEVALUATED
};

// clang-format off
const Keyword keywords[] = {
    {"$defs",                 CORE,        SHAPE_MAP,    0,           NULL,             NULL, false},
    {"definitions",           CORE,        SHAPE_MAP,    0,           NULL,             NULL, false}, // its name before 2019
    {"$ref",                  CORE,        SHAPE_PLAIN,  KIND_ANY,    read_ref,         check_ref, false},
    {"$dynamicRef",           CORE,        SHAPE_PLAIN,  KIND_ANY,    read_dynamic_ref, check_dynamic_ref, false},

    {"type",                  VALID,       SHAPE_PLAIN,  KIND_ANY,    read_kinds,       check_kinds, false},
    {"enum",                  VALID,       SHAPE_PLAIN,  KIND_ANY,    read_array,       check_enum, false},
    {"const",                 VALID,       SHAPE_PLAIN,  KIND_ANY,    read_any,         check_const, false},
    {"multipleOf",            VALID,       SHAPE_PLAIN,  KIND_NUMBER, read_positive,    check_multiple, false},
    {"maximum",               VALID,       SHAPE_PLAIN,  KIND_NUMBER, read_number,      check_maximum, false},
    {"exclusiveMaximum",      VALID,       SHAPE_PLAIN,  KIND_NUMBER, read_number,      check_below, false},
    {"minimum",               VALID,       SHAPE_PLAIN,  KIND_NUMBER, read_number,      check_minimum, false},
    {"exclusiveMinimum",      VALID,       SHAPE_PLAIN,  KIND_NUMBER, read_number,      check_above, false},
    {"maxLength",             VALID,       SHAPE_PLAIN,  KIND_STRING, read_count,       check_long, false},
    {"minLength",             VALID,       SHAPE_PLAIN,  KIND_STRING, read_count,       check_short, false},
    {"pattern",               VALID,       SHAPE_PLAIN,  KIND_STRING, read_pattern,     check_pattern, false},
    {"format",                FORMATS,     SHAPE_PLAIN,  KIND_STRING, read_format,      check_format, false},
    {"maxItems",              VALID,       SHAPE_PLAIN,  KIND_ARRAY,  read_count,       check_many_items, false},
    {"minItems",              VALID,       SHAPE_PLAIN,  KIND_ARRAY,  read_count,       check_few_items, false},
    {"uniqueItems",           VALID,       SHAPE_PLAIN,  KIND_ARRAY,  read_true,        check_unique, false},
    {"maxContains",           VALID,       SHAPE_PLAIN,  0,           read_count,       NULL, false},
    {"minContains",           VALID,       SHAPE_PLAIN,  0,           read_count,       NULL, false},
    {"maxProperties",         VALID,       SHAPE_PLAIN,  KIND_OBJECT, read_count,       check_many_members, false},
    {"minProperties",         VALID,       SHAPE_PLAIN,  KIND_OBJECT, read_count,       check_few_members, false},

    {"properties",            APPLY,       SHAPE_MAP,    KIND_OBJECT, read_members,     check_members, false},
    {"required",              VALID,       SHAPE_PLAIN,  KIND_OBJECT, read_names,       check_required, false},
    {"dependentRequired",     VALID,       SHAPE_PLAIN,  KIND_OBJECT, read_needs,       check_needs, false},
    {"patternProperties",     APPLY,       SHAPE_MAP,    KIND_OBJECT, read_patterns,    check_patterns, false},
    {"additionalProperties",  APPLY,       SHAPE_SCHEMA, KIND_OBJECT, read_rest,        check_rest, false},
    {"propertyNames",         APPLY,       SHAPE_SCHEMA, KIND_OBJECT, read_node,        check_member_names, false},
    {"prefixItems",           APPLY,       SHAPE_LIST,   KIND_ARRAY,  read_nodes,       check_prefix, false},
    {"items",                 APPLY,       SHAPE_SCHEMA, KIND_ARRAY,  read_items,       check_items, false},
    {"contains",              APPLY,       SHAPE_SCHEMA, KIND_ARRAY,  read_contains,    check_contains, false},
    {"allOf",                 APPLY,       SHAPE_LIST,   KIND_ANY,    read_nodes,       check_all_of, false},
    {"anyOf",                 APPLY,       SHAPE_LIST,   KIND_ANY,    read_nodes,       check_any_of, false},
    {"oneOf",                 APPLY,       SHAPE_LIST,   KIND_ANY,    read_nodes,       check_one_of, false},
    {"not",                   APPLY,       SHAPE_SCHEMA, KIND_ANY,    read_node,        check_not, false},
    {"if",                    APPLY,       SHAPE_SCHEMA, KIND_ANY,    read_choice,      check_choice, false},
    {"then",                  APPLY,       SHAPE_SCHEMA, 0,           NULL,             NULL, false},
    {"else",                  APPLY,       SHAPE_SCHEMA, 0,           NULL,             NULL, false},
    {"dependentSchemas",      APPLY,       SHAPE_MAP,    KIND_OBJECT, read_members,     check_dependents, false},
    {"contentSchema",         CORE,        SHAPE_SCHEMA, 0,           NULL,             NULL, false},

    {"unevaluatedItems",      UNEVALUATED, SHAPE_SCHEMA, KIND_ARRAY,  read_node,        check_unevaluated_items, true},
    {"unevaluatedProperties", UNEVALUATED, SHAPE_SCHEMA, KIND_OBJECT, read_node,        check_unevaluated_members, true},
};
// clang-format on
const size_t keywords_len = sizeof keywords / sizeof *keywords;
