// SPDX-License-Identifier: Apache-2.0
// jalon: subcommands, and the life of the server from its settings to its last answer. The main
// thread is the supervisor: it watches over PostgreSQL and the signals; everything else has threads
// of its own.
#include "auth/access.h"
#include "auth/hasher.h"
#include "auth/oidc.h"
#include "auth/seal.h"
#include "cluster.h"
#include "commands.h"
#include "commands_keys.h"
#include "commands_verify.h"
#include "health.h"
#include "history/chain.h"
#include "history/guard.h"
#include "history/log.h"
#include "home.h"
#include "log.h"
#include "probe.h"
#include "serve.h"
#include "settings.h"
#include "clock.h"
#include "store/store.h"
#include "tasks/tasks.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    OK = 0,
    FAILED = 1,
    WRONG_ARGUMENTS = 2,
    WATCH_NS = 100 * 1000 * 1000,
    PULSE_US = 1000000,
    FILES_BESIDES = 256 // descriptors that are no client connections
};

extern char **environ;

typedef struct Program {
    Arena *arena; // for as long as the program runs
    Settings settings;
    Asked asked;
} Program;

// --- what all subcommands share ------------------------------------------------------------------

static Lang spoken(void)
{
    const char *lang = getenv("LC_ALL");
    lang = lang && *lang ? lang : getenv("LC_MESSAGES");
    lang = lang && *lang ? lang : getenv("LANG");
    return lang && strncmp(lang, "fr", 2) == 0 ? FR : EN;
}

static int usage(FILE *out)
{
    static const Text text = {
        "jalon serve [options]          sert l'API (sans sous-commande : la même chose)\n"
        "jalon check|draw|table|play    éprouve, dessine, dresse en table, joue un fichier de "
        "démarche\n"
        "jalon diff ANCIEN NOUVEAU      dit ce qui change d'une version à l'autre, et pour qui\n"
        "jalon migrate ANCIEN NOUVEAU CORRESPONDANCE CANDIDATURE…  essaie de passer d'une version "
        "à "
        "l'autre\n"
        "jalon admin ADRESSE [--name N] donne à cette personne l'administration ; montre un jeton, "
        "une fois\n"
        "jalon verify [--anchor DOSSIER]   recalcule l'historique ; --receipt FICHIER [--key CLÉ] "
        ": un récépissé, sans base\n"
        "jalon mark ADRESSE             montre ce qui la désigne dans le journal des connexions\n"
        "jalon checkpoint [ESPACE]      montre les derniers points de contrôle signés\n"
        "jalon keys [rotate log|seal]   montre les clés, ou change celle qui signe le journal, celle qui scelle les secrets\n"
        "jalon space FICHIER            crée ou change l'espace d'un financeur, publie ses règlements\n"
        "jalon territories import [DOSSIER]  charge communes, EPCI, départements, régions\n"
        "jalon psql [-- arguments]      ouvre psql sur la base\n"
        "jalon health                   demande au serveur s'il est prêt\n"
        "jalon --version | help\n\n"
        "--config FICHIER lit « nom = valeur » ; --check-config, --print-config. Options :\n",
        "jalon serve [options]          serves the API (the same without a subcommand)\n"
        "jalon check|draw|table|play    proves, draws, tabulates, plays a workflow file\n"
        "jalon diff OLD NEW             says what changes between two versions, and for whom\n"
        "jalon migrate OLD NEW MAPPING APPLICATION…  tries going over from one version to the "
        "other\n"
        "jalon admin EMAIL [--name N]   makes this person an administrator; shows a token, once\n"
        "jalon verify [--anchor FOLDER] recomputes the history; --receipt FILE [--key KEY]: a "
        "receipt, without a database\n"
        "jalon mark EMAIL               shows what stands for it in the log of sign-ins\n"
        "jalon checkpoint [SPACE]       shows the latest signed checkpoints\n"
        "jalon keys [rotate log|seal]   shows the keys, or changes the one that signs the log, the one that seals secrets\n"
        "jalon space FILE               makes or changes a funder's space, publishes its workflows\n"
        "jalon territories import [FOLDER]  loads communes, EPCI, départements, regions\n"
        "jalon psql [-- arguments]      opens psql on the database\n"
        "jalon health                   asks the server whether it is ready\n"
        "jalon --version | help\n\n"
        "--config FILE reads \"name = value\"; --check-config, --print-config. Options:\n",
    };
    Arena *arena = arena_new();
    Lang lang = spoken();
    Str help = settings_help(arena, lang);
    fprintf(out, "%s" STR_FMT, lang == FR ? text.fr : text.en, STR_ARG(help));
    arena_free(arena);
    return out == stderr ? WRONG_ARGUMENTS : OK;
}

static int complain(Str why, int status)
{
    fprintf(stderr, "jalon: " STR_FMT "\n", STR_ARG(why));
    return status;
}

static bool read_settings(Program *program, char **args)
{
    Str why = STR_NONE;
    if (settings_read(program->arena, (const char *const *)args, environ, &program->settings,
                      &program->asked, &why)) {
        settings_set(&program->settings);
        settings_forget_secrets();
        return true;
    }
    complain(why, 0);
    return false;
}

static bool own_database(const Settings *s)
{
    return s->database[0] == '\0';
}

// For programs beside a running server: as the role that serves, or as the owner of the tables.
static bool visit(Program *program, bool owner, const char **conninfo, Str *why)
{
    const Settings *s = &program->settings;
    *conninfo = owner && s->database_owner[0] ? s->database_owner : s->database;
    if (!own_database(s))
        return true;
    *conninfo = (owner ? cluster_owner_conninfo_of(s, program->arena)
                       : cluster_conninfo_of(s, program->arena))
                    .at;
    return home_visit(s->data, program->arena, why);
}

// --- jalon admin, psql, health -------------------------------------------------------------------

static void name_person(Db *db, Arena *arena, const char *email, const char *name)
{
    Rows *person = QUERY(db, arena, Q_PERSON_OF_EMAIL, ARG_C(email), ARG_C("fr"));
    if (person)
        QUERY(db, arena, Q_PERSON_CHANGE, ARG(row_str(person, 0, "id")), ARG_C(name), ARG_NULL);
}

static bool remember_admin(Db *db, Arena *arena, Str person)
{
    json_t *data = json_keep(
        arena, json_pack("{s:s, s:s, s:s}", "role", "admin", "scope", "platform", "scope_id", ""));
    return chain_add(
        db, arena,
        &(Deed){.kind = CHAIN_PLATFORM, .event = "grant.given", .about = person, .data = data});
}

static int admin(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo;
    if (program->asked.word_count != 1)
        return usage(stderr);
    if (!visit(program, false, &conninfo, &why))
        return complain(why, FAILED);
    if (!auth_start())
        return complain(STR("no source of chance on this machine"), FAILED);
    char *email = str_cstr(program->arena, str_of(program->asked.words[0]));
    for (char *c = email; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    Db *db = db_open_slow(conninfo);
    Str token = db_ready(db) ? access_first_admin(db, program->arena, str_of(email), remember_admin)
                             : STR_NONE;
    if (token.len && program->asked.name)
        name_person(db, program->arena, email, program->asked.name);
    if (token.len)
        printf(STR_FMT "\n", STR_ARG(token));
    else
        fprintf(stderr, "jalon admin: %s\n",
                db_error(db) == DB_DOWN ? "the database does not answer: is the server running?"
                                        : db_detail(db));
    db_close(db);
    return token.len ? OK : FAILED;
}

// What stands in the log for an account that was tried.
static int mark(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo, *path;
    if (program->asked.word_count != 1)
        return usage(stderr);
    if (!visit(program, false, &conninfo, &why))
        return complain(why, FAILED);
    path = str_format(program->arena, "%s/secret.key", program->settings.data).at;
    if (access(path, R_OK) != 0)
        return complain(str_format(program->arena, "%s: %s", path, strerror(errno)), FAILED);
    if (!auth_start() || !seal_start(path, program->arena, &why))
        return complain(why, FAILED);
    Str found = seal_mark(program->arena, "account", str_of(program->asked.words[0]));
    printf(STR_FMT "\n", STR_ARG(found));
    return OK;
}

static int psql(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo;
    if (!visit(program, true, &conninfo, &why))
        return complain(why, FAILED);
    size_t n = program->asked.word_count;
    const char **args = arena_array(program->arena, const char *, n + 3);
    Str password;
    args[0] = "psql";
    args[1] = store_conninfo_apart(program->arena, conninfo, &password);
    if (password.len) // a command line is everyone's to read
        setenv("PGPASSWORD", str_cstr(program->arena, password), 1);
    for (size_t i = 0; i < n; i++)
        args[i + 2] = program->asked.words[i];
    execvp("psql", (char *const *)(uintptr_t)args);
    return complain(
        str_format(program->arena, "psql: %s (apt-get install postgresql-client)", strerror(errno)),
        FAILED);
}

// --- jalon verify, checkpoint ---------------------------------------------------------------------

static int verify(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo;
    const Asked *asked = &program->asked;
    if (asked->word_count || !auth_start())
        return usage(stderr);
    VerifyAsked what = {.receipt = asked->receipt,
                        .key = asked->key,
                        .anchor = program->settings.anchor,
                        .data = program->settings.data,
                        .lang = spoken()};
    if (what.receipt)
        return verify_receipt(&what);
    if (!visit(program, false, &conninfo, &why))
        return complain(why, FAILED);
    return verify_history(conninfo, &what);
}

static int checkpoint(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo;
    if (program->asked.word_count > 1)
        return usage(stderr);
    if (!visit(program, false, &conninfo, &why))
        return complain(why, FAILED);
    return checkpoint_print(conninfo, program->asked.word_count ? program->asked.words[0] : NULL);
}

// --- jalon keys ----------------------------------------------------------------------------------

static int keys(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo, *data = program->settings.data;
    const Asked *asked = &program->asked;
    bool rotates = asked->word_count == 2 && strcmp(asked->words[0], "rotate") == 0 &&
                   (strcmp(asked->words[1], "log") == 0 || strcmp(asked->words[1], "seal") == 0);
    if ((asked->word_count && !rotates) || !auth_start())
        return usage(stderr);
    if (!visit(program, false, &conninfo, &why))
        return complain(why, FAILED);
    return rotates ? keys_rotate(conninfo, data, asked->words[1], spoken())
                   : keys_print(conninfo, data, spoken());
}

// --- jalon territories ---------------------------------------------------------------------------

// The files are read by whoever asks, before we become the user that the database knows.
static int territories(Program *program)
{
    static const char packaged[] = "build/territories/node_modules/@etalab/decoupage-administratif";
    const Asked *asked = &program->asked;
    Str why = STR_NONE;
    const char *conninfo;
    if (asked->word_count < 1 || asked->word_count > 2 || strcmp(asked->words[0], "import") != 0)
        return usage(stderr);
    Territories *read = territories_read(program->arena, spoken(),
                                         asked->word_count == 2 ? asked->words[1] : packaged);
    if (!read)
        return WRONG_ARGUMENTS;
    return visit(program, false, &conninfo, &why) ? territories_store(read, conninfo)
                                           : complain(why, FAILED);
}

// --- jalon space ---------------------------------------------------------------------------------

static int space(Program *program)
{
    Str why = STR_NONE;
    const char *conninfo;
    int status;
    if (program->asked.word_count != 1)
        return usage(stderr);
    const char *file = program->asked.words[0];
    SpaceSetup *setup = space_setup_read(program->arena, spoken(), file, &status);
    if (!setup)
        return status;
    if (!visit(program, false, &conninfo, &why) || !auth_start())
        return complain(why, FAILED);
    return space_setup_store(setup, file, conninfo);
}

// --- jalon serve ---------------------------------------------------------------------------------

typedef struct Watch { // of the database, by the main thread
    Program *program;
    const char *conninfo, *owner_conninfo;
    LogKey key;
    Db *pulse;
    int64_t pulsed;
    bool migrated, tasks, failed;
} Watch;

static void bound_resources(const Settings *s)
{
    // Many arenas of malloc keep what few threads once needed.
    mallopt(M_ARENA_MAX, 4);
    // What one request gives back the next one takes: returning it to the system costs more than it saves.
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    struct rlimit files;
    rlim_t wanted = (rlim_t)s->connections + FILES_BESIDES;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < wanted) {
        files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static sigset_t block_signals(void)
{
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGCHLD); // ends the wait below: PostgreSQL is started again at once
    sigprocmask(SIG_BLOCK, &ours, NULL);
    signal(SIGPIPE, SIG_IGN);
    return ours;
}

static bool guard(Watch *watch, Db *db, Arena *arena, Str *why)
{
    bool own, alone = own_database(&watch->program->settings);
    if (!history_guard(db, alone ? NULL : watch->conninfo, &own, arena, why))
        return false;
    health_tell_history(own ? "kept by triggers alone: name the tables' owner with --database-owner"
                            : "kept by roles");
    if (own)
        log_event(LOG_WARN, "history",
                  LOG_C("what", "the role that serves owns the tables: see --database-owner"));
    return true;
}

// The schema as this program wants it. A database that is away may come back; one that refuses will
// not.
static void migrate(Watch *watch)
{
    Str why = STR_NONE;
    Arena *arena = arena_new();
    Db *db = db_open_slow(watch->owner_conninfo);
    int64_t began = clock_mono();
    watch->migrated =
        db_ready(db) && store_migrate(db, &why, arena) && guard(watch, db, arena, &why);
    if (watch->migrated) {
        log_event(LOG_INFO, "schema", LOG_C("what", "current"),
                  LOG_I("after_ms", (clock_mono() - began) / 1000));
        health_set(HEALTH_SCHEMA, NULL);
    } else if (db_error(db) != DB_DOWN && db_error(db) != DB_TIMEOUT) {
        watch->failed = true;
        fprintf(stderr, "jalon: " STR_FMT "\n", STR_ARG(why));
        log_event(LOG_ERROR, "schema", LOG_S("why", why));
    }
    db_close(db);
    arena_free(arena);
}

static void pulse(Watch *watch, const char *why)
{
    static const char silent[] = "the database does not answer";
    int64_t now = clock_mono();
    if (!why && health_why(HEALTH_DATABASE) == NULL && now - watch->pulsed < PULSE_US)
        return;
    watch->pulsed = now;
    Arena *arena = arena_new();
    if (!why && !(db_ready(watch->pulse) && QUERY0(watch->pulse, arena, Q_CLOCK)))
        why = silent;
    arena_free(arena);
    health_set(HEALTH_DATABASE, why);
}

static void start_tasks(Watch *watch)
{
    const Settings *s = &watch->program->settings;
    static TasksOptions options;
    options = (TasksOptions){.conninfo = watch->conninfo,
                             .smtp_url = s->smtp_url,
                             .smtp_user = s->smtp_user[0] ? s->smtp_user : NULL,
                             .smtp_password = s->smtp_password[0] ? s->smtp_password : NULL,
                             .mail_from = s->mail_from,
                             .scans = s->clamd[0] != '\0',
                             .key = &watch->key,
                             .anchor = s->anchor[0] ? s->anchor : NULL,
                             .anchor_every_s = (int)s->anchor_every};
    tasks_start(&options);
    watch->tasks = true;
}

static void look(Watch *watch)
{
    const char *why = NULL;
    bool up = !own_database(&watch->program->settings) || cluster_watch(&why);
    bool was_ready = health_ready();
    if (up && !watch->migrated)
        migrate(watch);
    pulse(watch, up ? NULL : why);
    if (watch->migrated && !watch->tasks)
        start_tasks(watch);
    if (health_ready() != was_ready)
        log_event(LOG_INFO, "ready", LOG_C("what", was_ready ? "no" : "yes"),
                  LOG_I("port", serve_port()));
}

static void stop(Watch *watch)
{
    log_event(LOG_INFO, "stop", LOG_C("what", "begun"));
    serve_stop();
    if (watch->tasks)
        tasks_stop();
    db_close(watch->pulse);
    if (own_database(&watch->program->settings))
        cluster_stop();
    log_event(LOG_INFO, "stop", LOG_C("what", "done"));
}

static bool prepare(Program *program, Str *why)
{
    const Settings *s = &program->settings;
    Arena *arena = program->arena;
    return home_enter(s->data, s->run_as, arena, why) && home_lock(s->data, arena, why) &&
           home_folder(s->data, "uploads", arena, why) &&
           home_folder(s->data, "documents", arena, why) &&
           seal_start(str_format(arena, "%s/secret.key", s->data).at, arena, why);
}

static int serve(Program *program)
{
    Settings *s = &program->settings;
    Str why = STR_NONE;
    if (program->asked.word_count)
        return usage(stderr);
    log_set_level(s->log_level);
    bound_resources(s);
    sigset_t signals = block_signals();
    if (!auth_start())
        return complain(STR("no source of chance on this machine"), FAILED);
    if (!oidc_read(program->arena, s->providers, &why)) // as whoever started us: secrets may be theirs alone
        return complain(why, WRONG_ARGUMENTS);
    if (!prepare(program, &why))
        return complain(why, FAILED);
    if (own_database(s) && !cluster_prepare(s, program->arena, &why))
        return complain(why, FAILED);

    hasher_start();
    static Watch watch; // its key is the tasks' too
    watch = (Watch){.program = program,
                    .conninfo = own_database(s) ? cluster_conninfo() : s->database,
                    .owner_conninfo = own_database(s)        ? cluster_owner_conninfo()
                                      : s->database_owner[0] ? s->database_owner
                                                             : s->database};
    if (!log_key_open(s->data, &watch.key, program->arena, &why))
        return complain(why, FAILED);
    log_key_show(&watch.key);
    watch.pulse = db_open(watch.conninfo);
    if (!serve_start(watch.conninfo, program->arena, &why))
        return complain(why, FAILED);
    if (!s->base_url[0])
        s->base_url = str_format(program->arena, "http://%s:%d", s->listen, serve_port()).at;
    log_event(LOG_INFO, "start", LOG_C("version", JALON_VERSION), LOG_I("port", serve_port()),
              LOG_I("pid", getpid()));

    for (int signal = 0; signal != SIGTERM && signal != SIGINT && !watch.failed;) {
        look(&watch);
        signal = sigtimedwait(&signals, NULL, &(struct timespec){.tv_nsec = WATCH_NS});
    }
    stop(&watch);
    return watch.failed ? FAILED : OK;
}

// --- the choice ----------------------------------------------------------------------------------

static int with_settings(int (*run)(Program *), char **args)
{
    static Program program; // threads outlive the frames of main, in the eyes of the sanitizers
    program.arena = arena_new();
    int status = WRONG_ARGUMENTS;
    if (!read_settings(&program, args)) {
        fprintf(stderr, "jalon help\n");
    } else if (program.asked.help) {
        status = usage(stdout);
    } else if (program.asked.print_config || program.asked.check_config) {
        if (program.asked.print_config)
            printf(STR_FMT, STR_ARG(settings_text(program.arena, &program.settings)));
        Str why = STR_NONE;
        status = oidc_read(program.arena, program.settings.providers, &why)
                     ? OK
                     : complain(why, WRONG_ARGUMENTS);
    } else {
        status = run(&program);
    }
    arena_free(program.arena);
    return status;
}

static int health(Program *program)
{
    return probe(&program->settings);
}

// Not for people: computes passwords for a server that started it.
static int hash(int argc, char **argv)
{
    (void)argc, (void)argv;
    return auth_start() ? hasher_run() : FAILED;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*command)(int, char **);
        int (*run)(Program *);
    } rows[] = {
        {"serve", NULL, serve},
        {"hash", hash, NULL},
        {"admin", NULL, admin},
        {"mark", NULL, mark},
        {"psql", NULL, psql},
        {"verify", NULL, verify},
        {"checkpoint", NULL, checkpoint},
        {"keys", NULL, keys},
        {"territories", NULL, territories},
        {"space", NULL, space},
        {"health", NULL, health},
        {"check", command_check, NULL},
        {"draw", command_draw, NULL},
        {"table", command_table, NULL},
        {"diff", command_diff, NULL},
        {"migrate", command_migrate, NULL},
        {"play", command_play, NULL},
    };
    const char *first = argc > 1 ? argv[1] : "serve";
    if (strcmp(first, "help") == 0 || strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return usage(stdout);
    if (strcmp(first, "--version") == 0 || strcmp(first, "version") == 0) {
        printf("jalon %s\n", JALON_VERSION);
        return OK;
    }
    if (argc < 2 || strncmp(first, "--", 2) == 0)
        return with_settings(serve, argv + 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, first) != 0)
            continue;
        return rows[i].run ? with_settings(rows[i].run, argv + 2)
                           : rows[i].command(argc - 1, argv + 1);
    }
    fprintf(stderr, "jalon: unknown command \"%s\"\n", first);
    return usage(stderr);
}
