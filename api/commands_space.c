// SPDX-License-Identifier: Apache-2.0
// jalon space FILE: a funder's space from one file, with its workflows beside it: made, changed and published in one transaction,
// by the same hands as over HTTP. Run again it brings the space back to what the file says.
#include "commands_inside.h"
#include "auth/access.h"
#include "resources/bodies.h"
#include "resources/resources.h"
#include "resources/space.h"
#include "../engine/check.h"
#include <stdlib.h>

typedef struct WorkflowFile {
    Str text; // empty: a workflow that the space has already
    const Definition *def;
} WorkflowFile;

struct SpaceSetup {
    Arena *arena;
    Lang lang;
    SpaceFile file;
    Str logo;
    WorkflowFile *workflows;
};

// --- files ---------------------------------------------------------------------------------------

static void say_faults(Arena *arena, Lang lang, const char *name, const Faults *faults)
{
    for (size_t i = 0; i < faults->len; i++) {
        const Fault *f = &faults->at[i];
        Str sentence = message_text(arena, lang, &f->message);
        fprintf(stderr, "%s" STR_FMT ": error: " STR_FMT "\n", name, STR_ARG(f->pointer),
                STR_ARG(sentence));
    }
}

static const char *beside(Arena *arena, const char *file, Str name)
{
    const char *slash = strrchr(file, '/');
    if (!slash || name.at[0] == '/')
        return str_cstr(arena, name);
    return str_format(arena, "%.*s/" STR_FMT, (int)(slash - file), file, STR_ARG(name)).at;
}

static bool workflow_load(SpaceSetup *s, const char *name, WorkflowFile *ret)
{
    Findings findings = {0};
    if (!file_read(s->arena, s->lang, name, &ret->text))
        return false;
    ret->def =
        definition_build(s->arena, ret->text, (Str){dictionary_text, dictionary_len}, &findings);
    bool sound = ret->def != NULL;
    if (sound)
        definition_check(s->arena, ret->def, &findings);
    for (size_t i = 0; i < findings.len; i++)
        sound = sound && !findings.at[i].error;
    if (!sound)
        say(stderr, findings_text(s->arena, str_of(name), s->lang, &findings));
    return sound;
}

static bool workflows_load(SpaceSetup *s, const char *file)
{
    const Str *names = s->file.workflows.at;
    s->workflows = arena_array(s->arena, WorkflowFile, s->file.workflows.len + 1);
    for (size_t i = 0; i < s->file.workflows.len; i++)
        if (str_ends(names[i], STR(".yaml")) || str_ends(names[i], STR(".yml"))) {
            if (!workflow_load(s, beside(s->arena, file, names[i]), &s->workflows[i]))
                return false;
        }
    return true;
}

SpaceSetup *space_setup_read(Arena *arena, Lang lang, const char *file, int *status)
{
    SpaceSetup *s = arena_new_of(arena, SpaceSetup);
    *s = (SpaceSetup){.arena = arena, .lang = lang};
    Str text;
    *status = EXIT_USAGE;
    if (!file_read(arena, lang, file, &text))
        return NULL;
    Request *rq = arena_new_of(arena, Request);
    rq->arena = arena;
    rq->lang = lang;
    *status = EXIT_WRONG;
    bool read = space_file_read(rq, text, &s->file);
    if (read && s->file.logo.len)
        read = file_read(arena, lang, beside(arena, file, s->file.logo), &s->logo) &&
               space_logo_check(rq, s->logo);
    if (!read)
        say_faults(arena, lang, file, &rq->faults);
    return read && workflows_load(s, file) ? s : NULL;
}

// --- the database ---------------------------------------------------------------------------------

static bool acting(Request *rq, Principal *who)
{
    Rows *admin = QUERY0(rq->db, rq->arena, Q_SPACE_ADMIN);
    if (!admin)
        return false;
    if (rows_len(admin) == 0)
        return fault(rq, FAULT_INVALID, NULL,
                     T("La plateforme n'a pas d'administration : jalon admin ADRESSE d'abord.",
                       "The platform has no administrator: jalon admin EMAIL first."));
    *who = (Principal){.person = row_str(admin, 0, "id"),
                       .name = row_str(admin, 0, "name"),
                       .lang = rq->lang,
                       .admin = true,
                       .writes = true};
    rq->who = who;
    return true;
}

// The id of what a handler made, as it answered.
static Str made_id(Request *rq)
{
    Fault ignored;
    return json_str(json_at(json_read(rq->arena, rq->reply.body, &ignored), "id"));
}

// The file's organisation: the one that has its number, or a new one. Empty with a fault.
static Str organisation_named(Request *rq, const SpaceFile *file)
{
    OrganisationMake *make = arena_new_of(rq->arena, OrganisationMake);
    if (!file->organisation) {
        fault(rq, FAULT_INVALID, NULL,
              T("L'espace est nouveau : dites à quelle organisation il est (organisation).",
                "The space is new: say whose it is (organisation)."));
        return STR_NONE;
    }
    if (!fields_read(rq->arena, file->organisation, organisation_fields, STR(""), make,
                     &rq->faults))
        return STR_NONE;
    Str none = STR_NONE;
    if (make->siren.len || make->siret.len || make->rna.len) {
        Rows *found = QUERY(rq->db, rq->arena, Q_ORGANISATION_LIST, ARG(none),
                            make->siren.len ? ARG(make->siren) : ARG_NULL,
                            make->siret.len ? ARG(make->siret) : ARG_NULL,
                            make->rna.len ? ARG(make->rna) : ARG_NULL, ARG_NULL, ARG_NULL,
                            arg_int(rq->arena, 1));
        if (!found || rows_len(found))
            return found ? row_str(found, 0, "id") : none;
    }
    rq->input = make;
    return organisation_make(rq) ? made_id(rq) : none;
}

// The space of the file's name, made when it is not there. Empty with a fault.
static Str space_named(Request *rq, const SpaceFile *file)
{
    Rows *found = QUERY(rq->db, rq->arena, Q_SPACE_LIST, ARG(file->space), ARG_NULL, ARG_NULL,
                        arg_int(rq->arena, 1));
    if (!found || rows_len(found))
        return found ? row_str(found, 0, "id") : STR_NONE;
    SpaceMake *make = arena_new_of(rq->arena, SpaceMake);
    *make = file->look;
    make->slug = file->space;
    make->organisation_id = organisation_named(rq, file);
    rq->input = make;
    return make->organisation_id.len && space_make(rq) ? made_id(rq) : STR_NONE;
}

// A version that is new is uploaded. `ret`: the workflow's own name.
static bool uploaded(Request *rq, Str space, const WorkflowFile *w, Str *ret)
{
    *ret = w->def->id;
    Str sha256 = hash_sha256(rq->arena, w->text);
    Rows *last = QUERY(rq->db, rq->arena, Q_SPACE_WORKFLOW, ARG(space), ARG(w->def->id));
    if (!last || (rows_len(last) && str_eq(row_str(last, 0, "sha256"), sha256)))
        return last != NULL;
    Rows *workflow = QUERY(rq->db, rq->arena, Q_WORKFLOW_OF, ARG(space), ARG(w->def->id));
    Rows *version =
        workflow ? QUERY(rq->db, rq->arena, Q_WORKFLOW_VERSION_ADD, ARG(row_str(workflow, 0, "id")),
                         ARG(w->text), ARG(sha256), ARG(rq->who->person))
                 : NULL;
    return version && workflow_told(rq, space, "workflow.uploaded", version);
}

static bool set_up(Request *rq, SpaceSetup *s)
{
    Principal who;
    if (!acting(rq, &who))
        return false;
    Str space = space_named(rq, &s->file);
    size_t n = s->file.workflows.len;
    Str *names = arena_array(rq->arena, Str, n + 1);
    if (!space.len)
        return false;
    for (size_t i = 0; i < n; i++) {
        names[i] = ((const Str *)s->file.workflows.at)[i];
        if (s->workflows[i].def && !uploaded(rq, space, &s->workflows[i], &names[i]))
            return false;
    }
    return space_file_apply(rq, space, &s->file, names) &&
           (!s->logo.len || space_logo_write(rq, space, s->logo));
}

int space_setup_store(SpaceSetup *s, const char *file, const char *conninfo)
{
    Db *db = db_open_slow(conninfo);
    Request *rq = arena_new_of(s->arena, Request);
    rq->arena = s->arena;
    rq->lang = s->lang;
    rq->db = db;
    bool done = db_ready(db) && db_begin(db) && set_up(rq, s) && db_commit(db);
    if (!done && rq->faults.len)
        say_faults(s->arena, s->lang, file, &rq->faults);
    else if (!done)
        fprintf(stderr, "jalon space: %s\n",
                db_error(db) == DB_DOWN ? "the database does not answer: is the server running?"
                                        : db_detail(db));
    db_close(db);
    if (done)
        say_message(
            stdout, s->lang,
            MESSAGE(T("L'espace « {0} » est comme le fichier le dit, avec {1} règlements publiés.",
                      "The space \"{0}\" is as the file says, with {1} workflows published."),
                    s->file.space, str_format(s->arena, "%zu", s->file.workflows.len)));
    return done ? EXIT_WELL : EXIT_WRONG;
}
