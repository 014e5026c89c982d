// SPDX-License-Identifier: Apache-2.0
// Regular expressions: the only file of this room that includes pcre2.h. Memory is the arenas';
// nothing is freed by hand.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tree.h"
#include <pcre2.h>

enum {
    PATTERN_LENGTH = 4096,
    HEAP_KIB = 2048,
    // Nearly all matches end within the first limit. One that does not costs many steps before it
    // gets the second, so that a bad pattern on a long list ends by steps and not by hours.
    MATCHES_FIRST = 250,
    STEPS_SECOND = 2000,
    // A pattern that may start anywhere can look at each character from each: the square of the
    // length, in steps.
    SQUARE_PER_STEP = 8192
};

static void *take(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void keep(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

bool pattern_compile(Arena *arena, Str text, Pattern *ret, Str *what, size_t *offset)
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
        return false;
    }
    uint32_t all = 0;
    pcre2_pattern_info(compiled, PCRE2_INFO_ALLOPTIONS, &all);
    *ret = (Pattern){.text = text.at, .code = compiled, .anchored = all & PCRE2_ANCHORED};
    return true;
}

static bool pay(Matcher *matcher, size_t steps)
{
    bool enough = *matcher->steps > steps;
    *matcher->steps = enough ? *matcher->steps - steps : 0;
    return enough;
}

static void matcher_open(Matcher *matcher)
{
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, matcher->arena);
    matcher->context = pcre2_match_context_create(memory);
    matcher->data = pcre2_match_data_create(1, memory);
    pcre2_set_heap_limit(matcher->context, HEAP_KIB);
}

static int match_within(Matcher *matcher, const Pattern *pattern, Str text, uint32_t matches)
{
    pcre2_set_match_limit(matcher->context, matches);
    return pcre2_match(pattern->code, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, 0,
                       PCRE2_NO_JIT, matcher->data, matcher->context);
}

Match pattern_match(Matcher *matcher, const Pattern *pattern, Str text)
{
    size_t cost = text.len / 64;
    if (!pattern->anchored && text.len < UINT32_MAX)
        cost += text.len * text.len / SQUARE_PER_STEP;
    if (!pay(matcher, cost))
        return MATCH_LIMIT;
    if (!matcher->data)
        matcher_open(matcher);
    int rc = match_within(matcher, pattern, text, MATCHES_FIRST);
    if (rc == PCRE2_ERROR_MATCHLIMIT && pay(matcher, STEPS_SECOND))
        rc = match_within(matcher, pattern, text, SCHEMA_PATTERN_MATCHES);
    // 0: more groups than the one we keep.
    return rc >= 0 ? MATCH_YES : rc == PCRE2_ERROR_NOMATCH ? MATCH_NO : MATCH_LIMIT;
}
