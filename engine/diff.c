// SPDX-License-Identifier: Apache-2.0
// The differences gathered, ordered and shown; diff_chart.c, diff_rights.c and diff_items.c find
// them.
#include "diff_internal.h"
#include <stdlib.h>

const char *const weight_words[] = {"lost", "deadline", "changed", "gained", "wording"};

static void add(Diff *d, Weight weight, const char *code, bool in_old, Mark mark,
                const Message *message)
{
    vec_push(d->arena, &d->changes,
             (Change){.weight = weight,
                      .code = code,
                      .in_old = in_old,
                      .mark = mark,
                      .sentence = message_text(d->arena, d->lang, message)});
}

void diff_say(Diff *d, Weight weight, const char *code, Mark mark, Message message)
{
    add(d, weight, code, false, mark, &message);
}

void diff_say_old(Diff *d, Weight weight, const char *code, Mark mark, Message message)
{
    add(d, weight, code, true, mark, &message);
}

// --- words --------------------------------------------------------------------------------------

bool diff_same_label(Label a, Label b)
{
    return str_eq(a.fr, b.fr) && str_eq(a.en, b.en);
}

Str diff_name(const Diff *d, Label title, Str id)
{
    Str name = label_text(title, d->lang);
    return name.len ? name : id;
}

Str diff_roles(const Diff *d, const Definition *def, RoleSet roles)
{
    Buf buf = {.arena = d->arena};
    for (size_t i = 0; i < def->role_count; i++) {
        if (!(roles & def->roles[i].bit))
            continue;
        if (buf.len)
            buf_add(&buf, STR(", "));
        buf_add(&buf, diff_name(d, def->roles[i].title, def->roles[i].id));
    }
    if (!buf.len)
        buf_add(&buf, d->lang == FR ? STR("personne") : STR("nobody"));
    return buf_str(&buf);
}

RoleSet diff_roles_now(const Diff *d, RoleSet old)
{
    RoleSet now = 0;
    for (size_t i = 0; i < d->old->role_count; i++)
        if ((old & d->old->roles[i].bit) && d->roles.new_of[i] != ID_NONE)
            now |= d->new->roles[d->roles.new_of[i]].bit;
    return now;
}

static Str or_nothing(const Diff *d, Str s)
{
    return s.len ? s : d->lang == FR ? STR("rien") : STR("nothing");
}

void diff_texts(Diff *d, const char *code, Mark mark, Str what, Text member, Str old, Str new)
{
    if (str_eq(old, new))
        return;
    diff_say(d, WEIGHT_CHANGED, code, mark,
             MESSAGE(T("{0}, {1} : {2} (avant : {3})", "{0}, {1}: {2} (before: {3})"), what,
                     str_of(d->lang == FR ? member.fr : member.en), or_nothing(d, new),
                     or_nothing(d, old)));
}

void diff_numbers(Diff *d, const char *code, Mark mark, Str what, Text member, int64_t old,
                  int64_t new)
{
    diff_texts(d, code, mark, what, member, str_format(d->arena, "%lld", (long long)old),
               str_format(d->arena, "%lld", (long long)new));
}

Str diff_source(const CelProgram *program)
{
    return program ? cel_source(program) : STR_NONE;
}

// --- actions in one line ------------------------------------------------------------------------

static void write_block(Buf *buf, const Definition *def, Block block);

static void write_payload(Buf *buf, const Action *a)
{
    for (size_t i = 0; i < a->value_count; i++) {
        buf_add(buf, i ? STR(", ") : STR(" ("));
        if (a->keys)
            buf_format(buf, STR_FMT ": ", STR_ARG(a->keys[i]));
        buf_add(buf, diff_source(a->values[i]));
    }
    if (a->value_count)
        buf_char(buf, ')');
}

static void write_event(Buf *buf, const Action *a)
{
    buf_add(buf, a->kind == DO_RAISE ? STR("raise ") : STR("send "));
    buf_add(buf, a->name.len ? a->name : diff_source(a->expr));
    if (a->delay)
        buf_format(buf, " + " STR_FMT, STR_ARG(cel_source(a->delay)));
    else if (a->delay_us)
        buf_format(buf, " + %lld s", (long long)(a->delay_us / SECOND));
    write_payload(buf, a);
}

static void write_assign(Buf *buf, const Definition *def, const Action *a)
{
    if (a->var < def->variable_count)
        buf_add(buf, def->variables[a->var].name);
    for (size_t i = 0; i < a->path_len; i++)
        buf_format(buf, "." STR_FMT, STR_ARG(a->path[i]));
    buf_format(buf, " = " STR_FMT, STR_ARG(diff_source(a->expr)));
}

static void write_branches(Buf *buf, const Definition *def, const Action *a)
{
    if (a->kind == DO_FOREACH)
        buf_format(buf, "foreach " STR_FMT " ", STR_ARG(diff_source(a->expr)));
    for (size_t i = 0; i < a->branch_count; i++) {
        if (a->branches[i].guard)
            buf_format(buf, "if " STR_FMT " ", STR_ARG(cel_source(a->branches[i].guard)));
        else if (a->kind == DO_IF)
            buf_add(buf, STR("else "));
        buf_char(buf, '{');
        write_block(buf, def, a->branches[i].block);
        buf_char(buf, '}');
    }
}

static void write_action(Buf *buf, const Definition *def, const Action *a)
{
    switch (a->kind) {
    case DO_RAISE:
    case DO_SEND:
        write_event(buf, a);
        return;
    case DO_CANCEL:
        buf_format(buf, "cancel " STR_FMT, STR_ARG(a->id));
        return;
    case DO_ASSIGN:
        write_assign(buf, def, a);
        return;
    case DO_IF:
    case DO_FOREACH:
        write_branches(buf, def, a);
        return;
    case DO_SEAL:
        buf_add(buf, STR("seal"));
        return;
    case DO_UNSEAL:
        buf_add(buf, STR("unseal"));
        return;
    case DO_MAIL:
        buf_format(buf, "mail " STR_FMT,
                   STR_ARG(a->item < def->mail_count ? def->mails[a->item].id : STR_NONE));
        return;
    }
}

static void write_block(Buf *buf, const Definition *def, Block block)
{
    for (size_t i = 0; i < block.len; i++) {
        if (i)
            buf_add(buf, STR(", "));
        write_action(buf, def, &block.at[i]);
    }
}

Str diff_actions(const Diff *d, const Definition *def, Block block)
{
    Buf buf = {.arena = d->arena};
    write_block(&buf, def, block);
    return buf_str(&buf);
}

// --- the list -----------------------------------------------------------------------------------

static int by_weight(const void *a, const void *b)
{
    const Change *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    if (x->in_old != y->in_old)
        return x->in_old ? -1 : 1;
    if (x->mark.line != y->mark.line)
        return x->mark.line < y->mark.line ? -1 : 1;
    if (x->mark.column != y->mark.column)
        return x->mark.column < y->mark.column ? -1 : 1;
    return str_cmp(x->sentence, y->sentence);
}

Changes definition_diff(Arena *arena, const Definition *old, const Definition *new, Lang lang)
{
    Diff d = {.arena = arena, .old = old, .new = new, .lang = lang};
    diff_pair(&d);
    diff_chart(&d);
    diff_rights(&d);
    diff_items(&d);
    if (d.changes.len)
        qsort(d.changes.at, d.changes.len, sizeof *d.changes.at, by_weight);
    return (Changes){d.changes.at, d.changes.len};
}

Str changes_text(Arena *arena, Str old_file, Str new_file, Lang lang, const Changes *changes)
{
    static const Text headings[] = {
        {"Ce que quelqu'un perd, ou doit en plus", "What somebody loses, or has to do besides"},
        {"Échéances", "Deadlines"},
        {"Ce qui change", "What changes"},
        {"Ce qui s'ajoute", "What is new"},
        {"Mots", "Words"},
    };
    Buf buf = {.arena = arena};
    if (!changes->len)
        buf_add(&buf, lang == FR ? STR("Rien ne change.\n") : STR("Nothing changes.\n"));
    for (size_t i = 0; i < changes->len; i++) {
        const Change *c = &changes->at[i];
        if (i == 0 || changes->at[i - 1].weight != c->weight)
            buf_format(&buf, "%s%s\n", i ? "\n" : "",
                       lang == FR ? headings[c->weight].fr : headings[c->weight].en);
        Str file = c->in_old ? old_file : new_file;
        buf_format(&buf, "  " STR_FMT ":%u:%u: " STR_FMT "\n", STR_ARG(file), c->mark.line,
                   c->mark.column, STR_ARG(c->sentence));
    }
    return buf_str(&buf);
}

json_t *changes_json(Arena *arena, const Changes *changes)
{
    json_t *rows = json_keep(arena, json_array());
    for (size_t i = 0; i < changes->len; i++) {
        const Change *c = &changes->at[i];
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:i, s:i, s:s%}", "weight",
                                              weight_words[c->weight], "code", c->code, "version",
                                              c->in_old ? "old" : "new", "line", (int)c->mark.line,
                                              "column", (int)c->mark.column, "sentence",
                                              c->sentence.at, c->sentence.len));
    }
    return rows;
}
