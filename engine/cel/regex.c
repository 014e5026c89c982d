// SPDX-License-Identifier: Apache-2.0
// matches(): PCRE2 without JIT, bounded in steps and memory. A literal pattern is compiled once,
// with its program.
#include "inside.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// PCRE2 does not tell what a match cost. So a first try is short and cheap, a second one long and
// dear: a run affords few.
enum {
    SHORT_LIMIT = 1000,
    LONG_LIMIT = 100000,
    LONG_BYTES = 64 * 5000,
    HEAP_LIMIT_KIB = 1024,
    DEPTH_LIMIT = 1000
};

static void *arena_malloc(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void arena_forget(void *what, void *arena)
{
    (void)what, (void)arena;
}

static pcre2_code *compile(Arena *arena, Str pattern, int *code, size_t *offset)
{
    pcre2_general_context *general =
        pcre2_general_context_create(arena_malloc, arena_forget, arena);
    pcre2_compile_context *context = pcre2_compile_context_create(general);
    pcre2_set_parens_nest_limit(context, 50);
    uint32_t options =
        PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE;
    return pcre2_compile((PCRE2_SPTR)(pattern.at ? pattern.at : ""), pattern.len, options, code,
                         offset, context);
}

static Message pattern_fault(Arena *arena, Str pattern, int code)
{
    char why[120] = "";
    pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
    return MESSAGE(T("le motif {0} n'est pas valable ({1})", "the pattern {0} is not valid ({1})"),
                   pattern, str_copy(arena, str_of(why)));
}

const void *cel_pattern(Arena *arena, Str pattern, CelFault *fault)
{
    int code;
    size_t offset;
    if (pattern.len > PATTERN_MAX) {
        fault->message =
            MESSAGE(T("ce motif dépasse 1000 octets", "this pattern is longer than 1000 bytes"));
        return NULL;
    }
    pcre2_code *compiled = compile(arena, pattern, &code, &offset);
    if (!compiled)
        fault->message = pattern_fault(arena, pattern, code);
    return compiled;
}

// PCRE2 grows its stack while it matches: from malloc, bounded by the heap limit and given back at
// once.
static int match(const void *pattern, Str text, uint32_t limit)
{
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (!context || !data)
        abort();
    pcre2_set_match_limit(context, limit);
    pcre2_set_depth_limit(context, DEPTH_LIMIT);
    pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
    int found =
        pcre2_match(pattern, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return found;
}

CelValue cel_matches(Run *run, const void *pattern, Str text)
{
    static const Message too_long = {
        .text = {"la recherche du motif est trop longue et a été arrêtée",
                 "matching the pattern takes too long and was stopped"}};
    // From every place of the text a possessive part may look at all the rest, which no limit of
    // PCRE2 counts.
    if (!run_spend(run, text.len + text.len * text.len / 128))
        return run_exhausted(run);
    int found = match(pattern, text, SHORT_LIMIT);
    if (found == PCRE2_ERROR_MATCHLIMIT) {
        if (!run_spend(run, LONG_BYTES))
            return run_exhausted(run);
        found = match(pattern, text, LONG_LIMIT);
    }
    return found >= 0                     ? cel_boolean(true)
           : found == PCRE2_ERROR_NOMATCH ? cel_boolean(false)
                                          : cel_error(&too_long);
}

CelValue cel_matches_call(Run *run, const CelValue *args)
{
    if (args[1].text.len > PATTERN_MAX || !run_spend(run, args[1].text.len * 64))
        return args[1].text.len > PATTERN_MAX
                   ? run_error(run,
                               T("ce motif dépasse 1000 octets",
                                 "this pattern is longer than 1000 bytes"),
                               STR_NONE, STR_NONE)
                   : run_exhausted(run);
    int code;
    size_t offset, used = arena_used(run->arena);
    pcre2_code *compiled = compile(run->arena, args[1].text, &code, &offset);
    if (arena_used(run->arena) - used > run->memory - used)
        return run->out_of_memory = true, run->steps = -1, run_exhausted(run);
    if (!compiled) {
        Message *message = run_alloc(run, sizeof *message);
        if (!message)
            return run_exhausted(run);
        *message = pattern_fault(run->arena, args[1].text, code);
        return cel_error(message);
    }
    return cel_matches(run, compiled, args[0].text);
}
