// SPDX-License-Identifier: Apache-2.0
// Why a condition does not hold: the conjuncts that are not true, and what they read. Also which
// paths a program reads.
#include "inside.h"

enum { SEEN_MAX = 6, WRITTEN_MAX = 80 };

// A chain of members down to a variable: what an author calls by one name.
static bool is_path(const Node *node)
{
    while (node->op == OP_SELECT || node->op == OP_HAS)
        node = node->args[0];
    return node->op == OP_VAR;
}

static void path_write(Buf *buf, const Node *node)
{
    if (node->op != OP_VAR) {
        path_write(buf, node->args[0]);
        buf_char(buf, '.');
    }
    buf_add(buf, node->name);
}

static size_t path_len(const Node *node)
{
    size_t len = node->name.len;
    for (; node->op != OP_VAR; node = node->args[0])
        len += 1 + node->args[0]->name.len;
    return len;
}

// The path as an author writes it. Nearly always it stands so in the source: what is as long as its
// names and dots is nothing else.
static Str path_of(Arena *arena, Str source, const Node *node)
{
    if (path_len(node) == node->to - node->from)
        return str_slice(source, node->from, node->to);
    Buf buf = {.arena = arena};
    path_write(&buf, node);
    return buf_str(&buf);
}

static size_t path_slot(const Node *node)
{
    while (node->op != OP_VAR)
        node = node->args[0];
    return node->slot;
}

typedef struct Visit {
    void (*seen)(void *host, const Node *path);
    void *host;
} Visit;

static void visit_paths(const Visit *visit, const Node *node)
{
    if (is_path(node)) {
        visit->seen(visit->host, node);
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        visit_paths(visit, node->args[i]);
}

typedef struct PathHost {
    void (*seen)(void *host, Str path);
    void *host;
    char text[CEL_SOURCE_MAX];
} PathHost;

static size_t path_put(char *at, const Node *node)
{
    size_t len = 0;
    if (node->op != OP_VAR) {
        len = path_put(at, node->args[0]);
        at[len++] = '.';
    }
    memcpy(at + len, node->name.at, node->name.len);
    return len + node->name.len;
}

static void path_seen(void *host, const Node *node)
{
    PathHost *paths = host;
    paths->seen(paths->host, (Str){paths->text, path_put(paths->text, node)});
}

void cel_paths(const CelProgram *program, void (*seen)(void *host, Str path), void *host)
{
    PathHost paths = {.seen = seen, .host = host};
    visit_paths(&(Visit){path_seen, &paths}, program->root);
}

// At most WRITTEN_MAX characters of a value, whole ones, with "…" for the rest.
static Str shown(Arena *arena, const CelValue *value)
{
    Buf buf = {.arena = arena};
    if (value->kind == CEL_STRING && value->text.len > 4 * WRITTEN_MAX) {
        CelValue head = cel_text(str_slice(value->text, 0, 4 * WRITTEN_MAX));
        cel_write(&buf, &head);
    } else if ((value->kind == CEL_LIST || value->kind == CEL_MAP) &&
               cel_size(*value) > WRITTEN_MAX) {
        buf_format(&buf, "%s…%s", value->kind == CEL_LIST ? "[" : "{",
                   value->kind == CEL_LIST ? "]" : "}");
    } else {
        cel_write(&buf, value);
    }
    Str text = buf_str(&buf);
    if (text.len <= WRITTEN_MAX)
        return text;
    uint32_t point;
    size_t len = 0, points = 0;
    for (size_t n; len < text.len && points < WRITTEN_MAX && (n = utf8_next(text, len, &point)) > 0;
         points++)
        len += n;
    return len == text.len ? text : str_format(arena, STR_FMT "…", (int)len, text.at);
}

typedef struct Seeing {
    Str source;
    const CelRun *given;
    CelReason *reason;
} Seeing;

static void see(void *host, const Node *node)
{
    Seeing *seeing = host;
    CelReason *reason = seeing->reason;
    Arena *arena = seeing->given->arena;
    Str path = path_of(arena, seeing->source, node);
    for (size_t i = 0; i < reason->seen_count; i++)
        if (str_eq(reason->seen[i].path, path))
            return;
    if (reason->seen_count == SEEN_MAX)
        return;
    Run run;
    cel_run_start(&run, seeing->given);
    Node read = *node;
    read.op = node->op == OP_HAS ? OP_SELECT : node->op;
    CelValue value = cel_run(&run, &read);
    reason->seen[reason->seen_count++] = (struct CelSeen){
        path, node->type->title, value.kind == CEL_ERROR ? STR("—") : shown(arena, &value),
        path_slot(node)};
}

static void explain(const CelProgram *program, const CelRun *given, const Node *part,
                    const Message *error, CelReason *ret)
{
    ret->source = str_slice(program->source, part->from, part->to);
    ret->error = error;
    ret->seen_count = 0;
    Seeing seeing = {program->source, given, ret};
    visit_paths(&(Visit){see, &seeing}, part);
}

// The conjuncts of `node`, those inside parentheses too, that are not true.
static size_t explain_parts(const CelProgram *program, const CelRun *given, const Node *node,
                            CelReason *reasons, size_t max)
{
    size_t n = 0;
    if (node->op == OP_AND) {
        for (size_t i = 0; i < node->count && n < max; i++)
            n += explain_parts(program, given, node->args[i], reasons + n, max - n);
        return n;
    }
    Run run;
    CelValue value;
    cel_run_start(&run, given);
    Truth truth = max ? eval_truth(&run, node, &value) : YES;
    if (truth == YES)
        return 0;
    bool failed = truth == NEITHER && value.kind == CEL_ERROR;
    explain(program, given, node, failed ? value.error : NULL, reasons);
    return 1;
}

size_t cel_explain(const CelProgram *program, const CelRun *given, CelReason *reasons, size_t max)
{
    return explain_parts(program, given, program->root, reasons, max);
}
