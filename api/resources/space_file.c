// SPDX-License-Identifier: Apache-2.0
// A space's file: all of it in one YAML text, told apart line by line like a workflow's.
#include "space.h"
#include "common.h"
#include "remember.h"
#include "resources.h"
#include "../../engine/yaml.h"

static const Field file_fields[] = {
    FIELD_TEXT(SpaceFile, space, .required = true, .min_len = 1, .max = 63),
    FIELD_TEXT(SpaceFile, logo, .min_len = 1),
    FIELD_JSON(SpaceFile, organisation),
    FIELD_LIST(SpaceFile, workflows, Str, NULL, .max = 50),
    FIELD_END,
};

// --- places ------------------------------------------------------------------------------------

static Str unescaped(Arena *arena, Str token)
{
    Buf out = {.arena = arena};
    for (size_t i = 0; i < token.len; i++) {
        bool tilde = token.at[i] == '~' && i + 1 < token.len;
        buf_char(&out, tilde ? token.at[++i] == '1' ? '/' : '~' : token.at[i]);
    }
    return buf_str(&out);
}

static size_t position(Str token)
{
    size_t n = 0;
    for (size_t i = 0; i < token.len; i++)
        n = n * 10 + (size_t)(token.at[i] - '0');
    return n;
}

// Where the value at `pointer` stands, or the last one on the way that is there; with `key`, the name of a member.
static Mark place_of(Arena *arena, const Node *node, Str pointer, bool key)
{
    Mark mark = node->mark;
    while (pointer.len > 1 && pointer.at[0] == '/') {
        pointer = str_slice(pointer, 1, pointer.len);
        Str token = unescaped(arena, str_slice(pointer, 0, str_index(pointer, '/')));
        pointer = str_slice(pointer, str_index(pointer, '/'), pointer.len);
        const Node *next = NULL;
        if (node->kind == NODE_MAP) {
            const Pair *pair = node_pair(node, str_cstr(arena, token));
            next = pair ? pair->value : NULL;
            mark = pair ? (key && !pointer.len ? pair->mark : next->mark) : mark;
        } else if (node->kind == NODE_LIST && position(token) < node->len) {
            next = node->items[position(token)];
            mark = next->mark;
        }
        if (!next)
            return mark;
        node = next;
    }
    return mark;
}

static void put_in_place(Request *rq, Fault *fault, Mark mark)
{
    Str line = str_format(rq->arena, "%u", mark.line);
    Str column = str_format(rq->arena, "%u", mark.column);
    Str sentence = message_text(rq->arena, rq->lang, &fault->message);
    fault->pointer = str_format(rq->arena, ":" STR_FMT ":" STR_FMT, STR_ARG(line), STR_ARG(column));
    fault->message = MESSAGE(T("Ligne {0}, colonne {1} : {2}", "Line {0}, column {1}: {2}"), line,
                             column, sentence);
}

static bool placed(Request *rq, const Node *root)
{
    for (size_t i = 0; i < rq->faults.len; i++) {
        Fault *fault = &rq->faults.at[i];
        bool key = fault->keyword && strcmp(fault->keyword, "additionalProperties") == 0;
        put_in_place(rq, fault, place_of(rq->arena, root, fault->pointer, key));
    }
    return rq->faults.len == 0;
}

// --- reading -------------------------------------------------------------------------------------

// What is the space's look, apart from the rest of the file.
static json_t *parted(Arena *arena, const json_t *whole, json_t **rest)
{
    json_t *look = json_keep(arena, json_object());
    *rest = json_keep(arena, json_object());
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)whole, name, value)
    {
        const Field *f = file_fields;
        while (f->type != FIELD_NONE && strcmp(f->name, name) != 0)
            f++;
        json_object_set(f->type == FIELD_NONE ? look : *rest, name, value);
    }
    return look;
}

static void file_check(Request *rq, SpaceFile *file)
{
    if (!file->look.has_languages)
        file->look.languages = languages_of(rq->arena, file->look.title);
    file->look.has_languages = file->look.has_themes = true;
    space_look_check(rq, &file->look, file->look.title, file->look.languages.at,
                     file->look.languages.len);
    OrganisationMake organisation = {0};
    if (file->organisation)
        fields_read(rq->arena, file->organisation, organisation_fields, STR("/organisation"),
                    &organisation, &rq->faults);
    if (!file->look.title)
        fault_at(rq, FAULT_INVALID, STR("/title"), "required",
                 MESSAGE(T("« title » est attendu : le nom de l'espace.",
                           "\"title\" is expected: the space's name."),
                         STR_NONE));
}

bool space_file_read(Request *rq, Str text, SpaceFile *ret)
{
    YamlFault bad = {0};
    *ret = (SpaceFile){0};
    const Node *root = yaml_read(rq->arena, text, WORKFLOW_SIZE_MAX, &bad);
    if (!root) {
        fault_at(rq, FAULT_INVALID, STR(""), bad.code, bad.message);
        put_in_place(rq, &rq->faults.at[rq->faults.len - 1], bad.mark);
        return false;
    }
    json_t *rest, *look = parted(rq->arena, node_json(rq->arena, root), &rest);
    bool read = fields_read(rq->arena, rest, file_fields, STR(""), ret, &rq->faults);
    read =
        fields_read(rq->arena, look, space_change_fields, STR(""), &ret->look, &rq->faults) && read;
    if (read)
        file_check(rq, ret);
    return placed(rq, root);
}

// --- applying ------------------------------------------------------------------------------------

static Arg themes_arg(Arena *arena, const SpaceMake *look)
{
    json_t *list = json_keep(arena, json_array());
    const ThemeRow *rows = look->themes.at;
    for (size_t i = 0; i < look->themes.len; i++)
        json_array_append_new(list, json_pack("{s:s%, s:O}", "id", rows[i].id.at, rows[i].id.len,
                                              "title", rows[i].title));
    return arg_json(arena, list);
}

// Calls that are not closed keep their themes.
static bool themes_kept(Request *rq, Str space, const SpaceMake *look)
{
    Str *ids = arena_array(rq->arena, Str, look->themes.len + 1);
    for (size_t i = 0; i < look->themes.len; i++)
        ids[i] = ((const ThemeRow *)look->themes.at)[i].id;
    if (look->themes.len == 0)
        return true;
    Rows *used = QUERY(rq->db, rq->arena, Q_SPACE_THEMES_USED, ARG(space),
                       arg_texts(rq->arena, ids, look->themes.len));
    if (!used)
        return failed(rq);
    for (size_t i = 0; i < rows_len(used); i++)
        fault(rq, FAULT_CONFLICT, "/themes",
              T("Un appel de cet espace porte le thème « {0} » : il reste dans la liste.",
                "A call of this space has the theme \"{0}\": it stays on the list."),
              row_str(used, i, "theme"));
    return rows_len(used) == 0;
}

static bool published(Request *rq, Str space, Str name, size_t i)
{
    Rows *version = QUERY(rq->db, rq->arena, Q_SPACE_WORKFLOW, ARG(space), ARG(name));
    if (!version)
        return failed(rq);
    if (rows_len(version) == 0)
        return fault_at(rq, FAULT_INVALID, pointer_index(rq->arena, STR("/workflows"), i), NULL,
                        MESSAGE(T("L'espace n'a pas de règlement « {0} » : déposez-le d'abord.",
                                  "The space has no workflow \"{0}\": upload it first."),
                                name));
    return !row_null(version, 0, "published_at") ||
           workflow_published(rq, space,
                              QUERY(rq->db, rq->arena, Q_WORKFLOW_PUBLISH, row_id(version)));
}

Rows *space_write(Request *rq, Str space, const SpaceMake *look, Arg version)
{
    if (look->has_themes && !themes_kept(rq, space, look))
        return NULL;
    Rows *was = QUERY(rq->db, rq->arena, Q_SPACE_GET, ARG(space));
    Rows *changed = QUERY(rq->db, rq->arena, Q_SPACE_CHANGE, ARG(space), version,
                          arg_json(rq->arena, look->title),
                          arg_list(rq->arena, look->languages, look->has_languages),
                          arg_json(rq->arena, look->colours), arg_json(rq->arena, look->vocabulary),
                          look->has_themes ? themes_arg(rq->arena, look) : ARG_NULL);
    if (!was || !changed)
        failed(rq);
    else if (rows_len(changed) &&
             !remember_change(rq, space_deed(space, "space.changed"), was, changed))
        return NULL;
    return was ? changed : NULL;
}

Rows *space_file_apply(Request *rq, Str space, const SpaceFile *file, const Str *names)
{
    SpaceMake look = file->look;
    json_t *none = json_keep(rq->arena, json_object());
    look.colours = look.colours ? look.colours : none;
    look.vocabulary = look.vocabulary ? look.vocabulary : none;
    for (size_t i = 0; i < file->workflows.len; i++)
        if (!published(rq, space, names[i], i))
            return NULL;
    return space_write(rq, space, &look, ARG_NULL);
}

bool space_file_put(Request *rq)
{
    SpaceFile file;
    Rows *now = QUERY(rq->db, rq->arena, Q_SPACE_LOCK, ARG(rq->params[0]));
    if (!now)
        return failed(rq);
    if (rows_len(now) == 0)
        return not_found(rq);
    if (!access_manages(rq->who, rq->params[0]))
        return forbidden(rq);
    if (!space_file_read(rq, rq->body, &file))
        return false;
    if (!str_eq(file.space, row_str(now, 0, "slug")))
        return fault(
            rq, FAULT_INVALID, NULL,
            T("Ce fichier est celui de l'espace « {0} ».", "This file is of the space \"{0}\"."),
            file.space);
    Rows *changed = space_file_apply(rq, rq->params[0], &file, file.workflows.at);
    return changed && reply_edited(rq, 200, changed);
}
