// SPDX-License-Identifier: Apache-2.0
// Regular expressions: the only file of this room that includes pcre2.h. Memory is the arenas';
// nothing is freed by hand.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tree.h"
#include <pcre2.h>

enum { PATTERN_LENGTH = 4096, HEAP_KIB = 2048 };

static void *take(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void keep(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

void *pattern_compile(Arena *arena, Str text, Str *what, size_t *offset)
{
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, arena);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_set_max_pattern_length(context, PATTERN_LENGTH);
    // ECMA-262: \uXXXX, $ only at the very end, an unset group matches nothing as empty.
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY |
                       PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS |
                       PCRE2_NEVER_BACKSLASH_C;
    int code;
    PCRE2_SPTR at = (PCRE2_SPTR)(text.at ? text.at : "");
    pcre2_code *compiled = pcre2_compile(at, text.len, options, &code, offset, context);
    if (!compiled) {
        char message[160] = "";
        pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
        *what = str_copy(arena, str_of(message));
    }
    return compiled;
}

Match pattern_match(Matcher *matcher, const void *code, Str text)
{
    if (!matcher->data) {
        pcre2_general_context *memory = pcre2_general_context_create(take, keep, matcher->arena);
        pcre2_match_context *context = pcre2_match_context_create(memory);
        pcre2_set_match_limit(context, SCHEMA_PATTERN_MATCHES);
        pcre2_set_heap_limit(context, HEAP_KIB);
        matcher->context = context;
        matcher->data = pcre2_match_data_create(1, memory);
    }
    int rc = pcre2_match(code, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, 0, PCRE2_NO_JIT,
                         matcher->data, matcher->context);
    // 0: more groups than the one we keep.
    return rc >= 0 ? MATCH_YES : rc == PCRE2_ERROR_NOMATCH ? MATCH_NO : MATCH_LIMIT;
}
