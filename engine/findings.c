// SPDX-License-Identifier: Apache-2.0
// Findings: kept in the order found, shown in the order of the file.
#include "build.h"
#include "base/vec.h"
#include <stdlib.h>

Finding *finding_add(Arena *arena, Findings *findings, bool error, const char *code, Mark mark,
                     Message message)
{
    Finding finding = {.error = error, .code = code, .mark = mark, .message = message};
    if (findings->len == FINDINGS_MAX) {
        findings->more = true;
        for (size_t i = findings->len; error && i-- > 0;) // an error is worth more than a warning
            if (!findings->at[i].error) {
                findings->at[i] = finding;
                return &findings->at[i];
            }
        Finding *dropped = arena_new_of(arena, Finding);
        *dropped = finding;
        return dropped;
    }
    vec_push(arena, findings, finding);
    return &findings->at[findings->len - 1];
}

static int by_place(const void *a, const void *b)
{
    const Finding *x = *(const Finding *const *)a, *y = *(const Finding *const *)b;
    if (x->mark.line != y->mark.line)
        return x->mark.line < y->mark.line ? -1 : 1;
    if (x->mark.column != y->mark.column)
        return x->mark.column < y->mark.column ? -1 : 1;
    return (x > y) - (x < y);
}

static const Finding **sorted(Arena *arena, const Findings *findings)
{
    const Finding **list = arena_array(arena, const Finding *, findings->len + 1);
    for (size_t i = 0; i < findings->len; i++)
        list[i] = &findings->at[i];
    qsort(list, findings->len, sizeof *list, by_place);
    return list;
}

static void add_path(Buf *out, Lang lang, const Finding *finding)
{
    if (finding->path_len == 0)
        return;
    buf_add(out, lang == FR ? STR(" [chemin : ") : STR(" [path: "));
    for (size_t i = 0; i < finding->path_len; i++)
        buf_format(out, "%s" STR_FMT, i ? " → " : "", STR_ARG(finding->path[i]));
    buf_char(out, ']');
}

Str findings_text(Arena *arena, Str file, Lang lang, const Findings *findings)
{
    Buf out = {.arena = arena};
    const Finding **list = sorted(arena, findings);
    for (size_t i = 0; i < findings->len; i++) {
        const Finding *f = list[i];
        const char *kind = f->error ? (lang == FR ? "erreur" : "error")
                                    : (lang == FR ? "avertissement" : "warning");
        Str sentence = message_text(arena, lang, &f->message);
        buf_format(&out, STR_FMT ":%u:%u: %s: " STR_FMT, STR_ARG(file), f->mark.line,
                   f->mark.column, kind, STR_ARG(sentence));
        if (f->hint.text.fr) {
            Str hint = message_text(arena, lang, &f->hint);
            buf_format(&out, "%s" STR_FMT, lang == FR ? " ; " : "; ", STR_ARG(hint));
        }
        add_path(&out, lang, f);
        buf_format(&out, " [%s]\n", f->code);
    }
    if (findings->more)
        buf_format(&out, STR_FMT ": %s\n", STR_ARG(file),
                   lang == FR ? "d'autres constats ne sont pas montrés"
                              : "more findings are not shown");
    return buf_str(&out);
}

json_t *findings_json(Arena *arena, Lang lang, const Findings *findings)
{
    json_t *all = json_keep(arena, json_array());
    const Finding **list = sorted(arena, findings);
    for (size_t i = 0; i < findings->len; i++) {
        const Finding *f = list[i];
        Str sentence = message_text(arena, lang, &f->message);
        json_t *row =
            json_pack("{s:s, s:s, s:i, s:i, s:s%}", "level", f->error ? "error" : "warning", "code",
                      f->code, "line", (int)f->mark.line, "column", (int)f->mark.column, "message",
                      sentence.at, sentence.len);
        if (f->hint.text.fr) {
            Str hint = message_text(arena, lang, &f->hint);
            json_object_set_new(row, "hint", json_stringn(hint.at, hint.len));
        }
        if (f->path_len) {
            json_t *path = json_array();
            for (size_t k = 0; k < f->path_len; k++)
                json_array_append_new(path, json_stringn(f->path[k].at, f->path[k].len));
            json_object_set_new(row, "path", path);
        }
        json_array_append_new(all, row);
    }
    return all;
}
