// SPDX-License-Identifier: Apache-2.0
// One review held against its grid: known criteria, values of the anchored scale, justifications
// where the grid asks them, risks inside the matrix.
#include "facts.h"

enum { COMMENT_MAX = 10000, RISKS_MAX = 200, RISK_TEXT_MAX = 2000 };

typedef struct Check {
    Arena *arena;
    const Grid *grid;
    Faults *faults;
    bool valid;
} Check;

static void wrong(Check *check, Str pointer, const char *keyword, Message message)
{
    check->valid = false;
    if (!check->faults || check->faults->len == FIELD_FAULTS_MAX)
        return;
    check->faults->at[check->faults->len++] =
        (Fault){.kind = FAULT_INVALID, .pointer = pointer, .keyword = keyword, .message = message};
}

static const Criterion *criterion_of(const Grid *grid, Str id)
{
    for (size_t i = 0; i < grid->criterion_count; i++) {
        if (str_eq(grid->criteria[i].id, id))
            return &grid->criteria[i];
    }
    return NULL;
}

static void unknown(Check *check, Str at, Str name, const Str *names, size_t n)
{
    Str near = str_nearest(name, names, n);
    wrong(check, pointer_add(check->arena, at, name), "unknown",
          MESSAGE(near.len ? T("« {0} » n'est pas attendu ici ; vouliez-vous dire « {1} » ?",
                               "\"{0}\" is not expected here; did you mean \"{1}\"?")
                           : T("« {0} » n'est pas attendu ici.", "\"{0}\" is not expected here."),
                  str_copy(check->arena, name), near));
}

static void unknown_criterion(Check *check, Str at, Str name)
{
    Str *names = arena_array(check->arena, Str, check->grid->criterion_count + 1);
    for (size_t i = 0; i < check->grid->criterion_count; i++)
        names[i] = check->grid->criteria[i].id;
    unknown(check, at, name, names, check->grid->criterion_count);
}

// "1, 3, 5"
static Str scale_text(Arena *arena, const Criterion *criterion)
{
    Buf buf = {.arena = arena};
    for (size_t i = 0; i < criterion->anchor_count; i++)
        buf_format(&buf, "%s%d", i ? ", " : "", (int)criterion->values[i]);
    return buf_str(&buf);
}

static bool on_scale(const Criterion *criterion, const json_t *score)
{
    if (!json_is_integer(score))
        return false;
    for (size_t i = 0; i < criterion->anchor_count; i++) {
        if (criterion->values[i] == json_integer_value(score))
            return true;
    }
    return false;
}

static bool is_object(Check *check, Str at, const json_t *value)
{
    if (json_is_object(value))
        return true;
    wrong(check, at, "type",
          MESSAGE(T("Un objet est attendu.", "An object is expected."), STR_NONE));
    return false;
}

static bool is_text(Check *check, Str at, const json_t *value, size_t max)
{
    if (!json_is_string(value)) {
        wrong(check, at, "type",
              MESSAGE(T("Un texte est attendu.", "A text is expected."), STR_NONE));
        return false;
    }
    if (str_points(json_str(value)) <= max)
        return true;
    wrong(check, at, "maxLength",
          MESSAGE(T("Le texte dépasse {0} caractères.", "The text is longer than {0} characters."),
                  str_format(check->arena, "%zu", max)));
    return false;
}

static void check_scores(Check *check, json_t *scores)
{
    const char *name;
    size_t len;
    json_t *score;
    json_object_keylen_foreach(scores, name, len, score)
    {
        const Criterion *criterion = criterion_of(check->grid, (Str){name, len});
        if (!criterion)
            unknown_criterion(check, STR("/scores"), (Str){name, len});
        else if (!on_scale(criterion, score))
            wrong(check, pointer_add(check->arena, STR("/scores"), criterion->id), "enum",
                  MESSAGE(T("La note de « {0} » est l'une de : {2}.",
                            "The score of \"{1}\" is one of: {2}."),
                          label_text(criterion->title, FR), label_text(criterion->title, EN),
                          scale_text(check->arena, criterion)));
    }
}

static void check_comments(Check *check, json_t *comments)
{
    const char *name;
    size_t len;
    json_t *comment;
    json_object_keylen_foreach(comments, name, len, comment)
    {
        if (!criterion_of(check->grid, (Str){name, len}))
            unknown_criterion(check, STR("/comments"), (Str){name, len});
        else
            is_text(check, pointer_add(check->arena, STR("/comments"), (Str){name, len}), comment,
                    COMMENT_MAX);
    }
}

static bool blank(const json_t *text)
{
    Str s = json_str(text);
    for (size_t i = 0; i < s.len; i++) {
        if (!strchr(" \t\r\n", s.at[i]))
            return false;
    }
    return true;
}

static void check_all_scored(Check *check, const json_t *scores, const json_t *comments)
{
    for (size_t i = 0; i < check->grid->criterion_count; i++) {
        const Criterion *criterion = &check->grid->criteria[i];
        Str id = criterion->id, fr = label_text(criterion->title, FR),
            en = label_text(criterion->title, EN);
        if (!json_is_object(scores) || !json_object_getn(scores, id.at, id.len))
            wrong(check, pointer_add(check->arena, STR("/scores"), id), "required",
                  MESSAGE(T("Notez « {0} ».", "Score \"{1}\"."), fr, en));
        const json_t *comment =
            json_is_object(comments) ? json_object_getn(comments, id.at, id.len) : NULL;
        if (criterion->comment && blank(comment))
            wrong(check, pointer_add(check->arena, STR("/comments"), id), "required",
                  MESSAGE(T("Justifiez la note de « {0} ».", "Justify the score of \"{1}\"."), fr,
                          en));
    }
}

static void check_level(Check *check, Str at, const json_t *risk, const char *name, int32_t max)
{
    const json_t *level = json_at(risk, name);
    if (json_is_integer(level) && json_integer_value(level) >= 1 &&
        json_integer_value(level) <= max)
        return;
    wrong(
        check, pointer_add(check->arena, at, str_of(name)), level ? "range" : "required",
        MESSAGE(T("Un entier de 1 à {0} est attendu.", "A whole number from 1 to {0} is expected."),
                str_format(check->arena, "%d", (int)max)));
}

static void check_risk(Check *check, Str at, json_t *risk)
{
    static const Str known[] = {
        {"label", 5}, {"kind", 4}, {"probability", 11}, {"gravity", 7}, {"countermeasure", 14}};
    if (!is_object(check, at, risk))
        return;
    check_level(check, at, risk, "probability", check->grid->rows);
    check_level(check, at, risk, "gravity", check->grid->columns);
    const char *name;
    size_t len;
    json_t *value;
    json_object_keylen_foreach(risk, name, len, value)
    {
        Str member = {name, len};
        bool text =
            str_is(member, "label") || str_is(member, "kind") || str_is(member, "countermeasure");
        if (text)
            is_text(check, pointer_add(check->arena, at, member), value, RISK_TEXT_MAX);
        else if (!str_is(member, "probability") && !str_is(member, "gravity"))
            unknown(check, at, member, known, sizeof known / sizeof *known);
    }
    if (blank(json_at(risk, "label")))
        wrong(check, pointer_add(check->arena, at, STR("label")), "required",
              MESSAGE(T("Nommez le risque.", "Name the risk."), STR_NONE));
}

static void check_risks(Check *check, json_t *risks)
{
    if (!json_is_array(risks)) {
        wrong(check, STR("/risks"), "type",
              MESSAGE(T("Une liste de risques est attendue.", "A list of risks is expected."),
                      STR_NONE));
        return;
    }
    if (json_array_size(risks) > RISKS_MAX)
        wrong(check, STR("/risks"), "maxItems",
              MESSAGE(T("Plus de {0} risques.", "More than {0} risks."),
                      str_format(check->arena, "%d", RISKS_MAX)));
    size_t i;
    json_t *risk;
    json_array_foreach(risks, i, risk)
    {
        if (i < RISKS_MAX)
            check_risk(check, pointer_index(check->arena, STR("/risks"), i), risk);
    }
}

// Members beside those of the grid's kind are refused; a general comment is always welcome.
static void check_members(Check *check, const json_t *content)
{
    static const Str matrix[] = {{"risks", 5}, {"comment", 7}};
    static const Str criteria[] = {{"scores", 6}, {"comments", 8}, {"comment", 7}};
    const Str *known = check->grid->matrix ? matrix : criteria;
    size_t n = check->grid->matrix ? 2 : 3;
    const char *name;
    size_t len;
    json_t *value;
    json_object_keylen_foreach((json_t *)content, name, len, value)
    {
        bool found = false;
        for (size_t i = 0; i < n; i++)
            found |= str_eq(known[i], (Str){name, len});
        if (!found)
            unknown(check, STR(""), (Str){name, len}, known, n);
    }
    json_t *comment = json_at(content, "comment");
    if (comment)
        is_text(check, STR("/comment"), comment, COMMENT_MAX);
}

bool review_valid(Arena *arena, const Definition *def, ItemId grid, const json_t *content,
                  bool complete, Faults *faults)
{
    Check check = {.arena = arena, .grid = &def->grids[grid], .faults = faults, .valid = true};
    if (!is_object(&check, STR(""), content))
        return false;
    check_members(&check, content);

    if (check.grid->matrix) {
        json_t *risks = json_at(content, "risks");
        if (risks || complete)
            check_risks(&check, risks);
        return check.valid;
    }

    json_t *scores = json_at(content, "scores"), *comments = json_at(content, "comments");
    if (scores && is_object(&check, STR("/scores"), scores))
        check_scores(&check, scores);
    if (comments && is_object(&check, STR("/comments"), comments))
        check_comments(&check, comments);
    if (complete)
        check_all_scored(&check, scores, comments);
    return check.valid;
}
