// SPDX-License-Identifier: Apache-2.0
// A scenario file -> steps. Everything that can be known to be wrong before playing is a finding at
// its place: an unknown key, role, state, event or item.
#include "build_internal.h"
#include "play_inside.h"

enum { SCRIPT_SIZE_MAX = 512 * 1024, SCENARIOS_MAX = 1000, STEPS_MAX = 1000 };

typedef struct Reading {
    Builder b; // for findings alone
    const Definition *def;
} Reading;

// --- verbs --------------------------------------------------------------------------------------

typedef enum ItemKind {
    ITEM_NONE,
    ITEM_DOCUMENT,
    ITEM_GRID,
    ITEM_INSTALMENT,
    ITEM_INDICATOR
} ItemKind;

typedef struct Verb {
    const char *key;
    StepKind kind;
    bool person;         // `as:` is needed
    ItemKind item;       // what its value names
    const char *with[2]; // keys that only go with it
} Verb;

static const Verb verbs[] = {
    {"do", STEP_FIRE, true, ITEM_NONE, {"data"}},
    {"clock", STEP_CLOCK, false, ITEM_NONE, {NULL}},
    {"wait", STEP_WAIT, false, ITEM_NONE, {NULL}},
    {"answer", STEP_ANSWER, true, ITEM_NONE, {NULL}},
    {"document", STEP_DOCUMENT, true, ITEM_DOCUMENT, {NULL}},
    {"review", STEP_REVIEW, true, ITEM_GRID, {"content"}},
    {"decision", STEP_DECISION, true, ITEM_NONE, {NULL}},
    {"agreement", STEP_AGREEMENT, true, ITEM_NONE, {NULL}},
    {"sign", STEP_SIGN, true, ITEM_NONE, {NULL}},
    {"request", STEP_REQUEST, true, ITEM_INSTALMENT, {NULL}},
    {"approve", STEP_APPROVE, true, ITEM_INSTALMENT, {NULL}},
    {"pay", STEP_PAY, true, ITEM_INSTALMENT, {"amount"}},
    {"measure", STEP_MEASURE, true, ITEM_INDICATOR, {"value", "target"}},
    {"validate", STEP_VALIDATE, true, ITEM_INDICATOR, {NULL}},
    {"contest", STEP_CONTEST, true, ITEM_INDICATOR, {NULL}},
    {"message", STEP_MESSAGE, true, ITEM_NONE, {NULL}},
};
enum { VERBS = sizeof verbs / sizeof *verbs };

static const char *const step_keys[] = {
    "as",     "then",     "refused",   "mails",   "sealed",   "open",   "closed",  "do",
    "data",   "clock",    "wait",      "answer",  "document", "review", "content", "amount",
    "sign",   "decision", "agreement", "request", "approve",  "pay",    "value",   "measure",
    "target", "validate", "contest",   "message", NULL,
};

static bool verb_takes(const Verb *verb, Str key)
{
    for (size_t i = 0; verb && i < 2; i++) {
        if (verb->with[i] && str_is(key, verb->with[i]))
            return true;
    }
    return false;
}

// The one thing that a step does; a second verb, or a companion of another verb, is a finding.
static const Verb *verb_of(Reading *r, const Node *node)
{
    const Verb *found = NULL;
    for (size_t i = 0; i < VERBS; i++) {
        const Pair *pair = node_pair(node, verbs[i].key);
        if (pair && found)
            fail(&r->b, "two-verbs", pair->mark,
                 MESSAGE(T("une étape fait une seule chose : « {0} » ou « {1} »",
                           "a step does one thing: '{0}' or '{1}'"),
                         str_of(found->key), str_of(verbs[i].key)));
        else if (pair)
            found = &verbs[i];
    }
    for (size_t i = 0; i < VERBS; i++) {
        for (size_t k = 0; k < 2 && verbs[i].with[k]; k++) {
            const Pair *pair = node_pair(node, verbs[i].with[k]);
            if (pair && !verb_takes(found, pair->key))
                fail(&r->b, "wrong-key", pair->mark,
                     MESSAGE(T("« {0} » ne va qu'avec « {1} »", "'{0}' only goes with '{1}'"),
                             pair->key, str_of(verbs[i].key)));
        }
    }
    return found;
}

// --- names --------------------------------------------------------------------------------------

// `rows` of a definition begin with their id.
static ItemId named(Reading *r, const Node *node, const void *rows, size_t count, size_t size,
                    const char *code, Text what)
{
    return row_named(&r->b, rows, count, size, node, code, what);
}

static ItemId item_named(Reading *r, ItemKind kind, const Node *node)
{
    const Definition *def = r->def;
    switch (kind) {
    case ITEM_DOCUMENT:
        return named(r, node, def->documents, def->document_count, sizeof(Document),
                     "unknown-document", T("aucune pièce « {0} »", "there is no document '{0}'"));
    case ITEM_GRID:
        return named(r, node, def->grids, def->grid_count, sizeof(Grid), "unknown-grid",
                     T("aucune grille « {0} »", "there is no grid '{0}'"));
    case ITEM_INSTALMENT:
        return named(r, node, def->instalments, def->instalment_count, sizeof(Instalment),
                     "unknown-instalment",
                     T("aucun versement « {0} »", "there is no instalment '{0}'"));
    case ITEM_INDICATOR:
        return named(r, node, def->indicators, def->indicator_count, sizeof(Indicator),
                     "unknown-indicator",
                     T("aucun indicateur « {0} »", "there is no indicator '{0}'"));
    default:
        return ID_NONE;
    }
}

static StateId state_named(Reading *r, const Node *node)
{
    Str name = string_of(&r->b, node);
    if (!name.len)
        return ID_NONE;
    StateId id = definition_state(r->def, name);
    if (id == ID_NONE || id == 0) {
        Str *names = arena_array(r->b.arena, Str, r->def->state_count);
        for (size_t i = 0; i < r->def->state_count; i++)
            names[i] = r->def->states[i].id;
        fail_near(&r->b, "unknown-state", node->mark,
                  MESSAGE(T("aucun état « {0} »", "there is no state '{0}'"), name), name, names,
                  r->def->state_count);
        return ID_NONE;
    }
    if (r->def->states[id].child_count) {
        fail(&r->b, "not-atomic", node->mark,
             MESSAGE(T("« {0} » contient des états : nommer celui qui est attendu",
                       "'{0}' contains states: name the one that is expected"),
                     name));
        return ID_NONE;
    }
    return id;
}

// "role" or "role/person". Without a person, the role's name stands for one.
static Actor actor_of(Reading *r, const Node *node)
{
    Str as = string_of(&r->b, node);
    Str role = str_slice(as, 0, str_index(as, '/'));
    Str person = str_slice(as, role.len + 1, as.len);
    ItemId id = role.len ? definition_role(r->def, role) : ID_NONE;
    if (id == ID_NONE) {
        Str *names = arena_array(r->b.arena, Str, r->def->role_count + 1);
        for (size_t i = 0; i < r->def->role_count; i++)
            names[i] = r->def->roles[i].id;
        fail_near(&r->b, "unknown-role", node->mark,
                  MESSAGE(T("aucun rôle « {0} »", "there is no role '{0}'"), role), role, names,
                  r->def->role_count);
        return (Actor){0};
    }
    return (Actor){.person = person.len ? person : role,
                   .organisation = STR(""),
                   .roles = r->def->roles[id].bit};
}

// --- what a step does ---------------------------------------------------------------------------

static bool read_time(Reading *r, const Node *node, Time *ret)
{
    if (node->kind == NODE_STRING && time_parse(node->text, ret))
        return true;
    return fail(&r->b, "bad-time", node->mark,
                MESSAGE(T("un instant s'écrit 2023-06-01T12:00:00Z",
                          "an instant is written 2023-06-01T12:00:00Z")));
}

static void read_wait(Reading *r, const Node *node, Duration *ret)
{
    if (node->kind == NODE_STRING && duration_parse(node->text, ret) && ret->months >= 0 &&
        ret->us >= 0)
        return;
    fail(&r->b, "bad-duration", node->mark,
         MESSAGE(T("une durée s'écrit P3D, PT1H, P2M", "a duration is written P3D, PT1H, P2M")));
}

static json_t *read_object(Reading *r, const Node *node)
{
    if (node->kind == NODE_MAP)
        return node_json(r->b.arena, node);
    fail_type(&r->b, node, T("des clés et des valeurs", "a mapping of keys and values"));
    return json_keep(r->b.arena, json_object());
}

static int64_t read_cents(Reading *r, const Node *node)
{
    if (node && node->kind == NODE_INT && node->integer >= 0 && node->integer <= FIELD_MONEY_MAX)
        return node->integer;
    fail(&r->b, "bad-amount", node ? node->mark : (Mark){1, 1},
         MESSAGE(T("un montant est un nombre entier de centimes",
                   "an amount is a whole number of cents")));
    return 0;
}

static bool known_event(const Definition *def, Str name)
{
    if (definition_event(def, name) != ID_NONE)
        return true;
    for (size_t i = 0; i < def->transition_count; i++) {
        if (event_matches(def->transitions[i].events, def->transitions[i].event_count, name))
            return true;
    }
    return false;
}

static void read_event(Reading *r, const Node *node, Step *step)
{
    step->name = string_of(&r->b, node);
    if (!step->name.len || known_event(r->def, step->name))
        return;
    Str *names = arena_array(r->b.arena, Str, r->def->event_count + 1);
    for (size_t i = 0; i < r->def->event_count; i++)
        names[i] = r->def->events[i].name;
    fail_near(&r->b, "unknown-event", node->mark,
              MESSAGE(T("aucun mouvement « {0} »", "there is no event '{0}'"), step->name),
              step->name, names, r->def->event_count);
}

static void read_measure(Reading *r, const Node *node, Step *step)
{
    const Node *value = node_at(node, "value"), *target = node_at(node, "target");
    if (value && (value->kind == NODE_INT || value->kind == NODE_REAL))
        step->value = value->real;
    else
        fail(&r->b, "bad-value", value ? value->mark : node->mark,
             MESSAGE(T("« value » est le nombre mesuré", "'value' is the number measured")));
    if (target)
        step->data = node_json(r->b.arena, target);
}

static void read_agreement(Reading *r, const Node *value, Step *step)
{
    static const char *const keys[] = {"amount", NULL};
    if (keys_known(&r->b, value, keys))
        step->amount = read_cents(r, node_at(value, "amount"));
}

static void read_verb(Reading *r, const Verb *verb, const Node *node, Step *step)
{
    const Node *value = node_at(node, verb->key), *data = node_at(node, "data"),
               *content = node_at(node, "content"), *amount = node_at(node, "amount");
    step->kind = verb->kind;
    step->item = item_named(r, verb->item, value);
    switch (verb->kind) {
    case STEP_FIRE:
        read_event(r, value, step);
        step->data = data ? node_json(r->b.arena, data) : NULL;
        return;
    case STEP_CLOCK:
        read_time(r, value, &step->time);
        return;
    case STEP_WAIT:
        read_wait(r, value, &step->wait);
        return;
    case STEP_ANSWER:
    case STEP_DECISION:
        step->data = read_object(r, value);
        return;
    case STEP_REVIEW:
        step->data =
            content ? node_json(r->b.arena, content) : json_keep(r->b.arena, json_object());
        return;
    case STEP_AGREEMENT:
        read_agreement(r, value, step);
        return;
    case STEP_PAY:
        step->amount = amount ? read_cents(r, amount) : -1;
        return;
    case STEP_MEASURE:
        read_measure(r, node, step);
        return;
    default:
        return;
    }
}

// --- what a step expects ------------------------------------------------------------------------

static void read_then(Reading *r, const Node *node, Step *step)
{
    step->checks_states = true;
    for (size_t i = 0; i < list_len(node); i++) {
        StateId id = state_named(r, list_item(node, i));
        if (id != ID_NONE)
            set_add(&step->states, id);
    }
}

static const char *const refusals[] = {"state", "role",    "guard", "incomplete", "data",
                                       "over",  "allowed", "steps", NULL};
static const int refusal_kinds[] = {NO_SUCH_MOVE, NOT_YOUR_ROLE, GUARD_FALSE, INCOMPLETE,
                                    BAD_DATA,     CASE_OVER,     NOT_ALLOWED, TOO_MANY_STEPS};

static int read_refused(Reading *r, const Node *node)
{
    if (node->kind == NODE_BOOL && node->boolean)
        return REFUSED_ANY;
    int word = read_word(&r->b, node, refusals);
    return word < 0 ? REFUSED_ANY : refusal_kinds[word];
}

static void read_mails(Reading *r, const Node *node, Step *step)
{
    ItemId *mails = arena_array(r->b.arena, ItemId, list_len(node) + 1);
    step->checks_mails = true;
    for (size_t i = 0; i < list_len(node); i++) {
        ItemId id = named(r, list_item(node, i), r->def->mails, r->def->mail_count, sizeof(Mail),
                          "unknown-mail", T("aucun courriel « {0} »", "there is no mail '{0}'"));
        if (id != ID_NONE)
            mails[step->mail_count++] = id;
    }
    step->mails = mails;
}

static const Str *read_events(Reading *r, const Node *node, size_t *n)
{
    Str *events = arena_array(r->b.arena, Str, list_len(node) + 1);
    for (size_t i = 0; i < list_len(node); i++) {
        Step scratch = {0};
        read_event(r, list_item(node, i), &scratch);
        events[(*n)++] = scratch.name;
    }
    return events;
}

static void read_expected(Reading *r, const Node *node, Step *step)
{
    const Node *then = node_at(node, "then"), *refused = node_at(node, "refused"),
               *mails = node_at(node, "mails"), *sealed = node_at(node, "sealed"),
               *open = node_at(node, "open"), *closed = node_at(node, "closed");
    if (then)
        read_then(r, then, step);
    if (refused)
        step->refused = read_refused(r, refused);
    if (mails)
        read_mails(r, mails, step);
    if (sealed)
        step->sealed = read_bool(&r->b, node, "sealed", false);
    if (open)
        step->open = read_events(r, open, &step->open_count);
    if (closed)
        step->closed = read_events(r, closed, &step->closed_count);
    step->checks_open = open || closed;
}

static Step read_step(Reading *r, const Node *node)
{
    Step step = {.kind = STEP_LOOK,
                 .mark = node->mark,
                 .item = ID_NONE,
                 .refused = REFUSED_NOT,
                 .sealed = -1,
                 .amount = -1};
    if (!keys_known(&r->b, node, step_keys))
        return step;
    const Verb *verb = verb_of(r, node);
    const Node *as = node_at(node, "as");
    if (as)
        step.actor = actor_of(r, as);
    read_expected(r, node, &step);
    if (!as && ((verb && verb->person) || step.checks_open))
        fail(&r->b, "no-actor", node->mark,
             MESSAGE(T("qui agit ? Écrire « as: <rôle> »", "who acts? Write 'as: <role>'")));
    if (verb)
        read_verb(r, verb, node, &step);
    return step;
}

// --- given --------------------------------------------------------------------------------------

static void check_times(Reading *r, const Node *call)
{
    static const char *const times[] = {"opens_at", "closes_at", "cutoffs"};
    Time ignored;
    for (size_t i = 0; i < 3; i++) {
        const Node *node = node_at(call, times[i]);
        for (size_t k = 0; node && node->kind != NODE_NULL && k < list_len(node); k++)
            read_time(r, list_item(node, k), &ignored);
    }
}

static void check_dossier(Reading *r, const Node *dossier)
{
    for (size_t i = 0; i < dossier->len; i++) {
        Fault fault;
        json_t *patch = json_keep(r->b.arena, json_object());
        json_object_set_new(patch, dossier->pairs[i].key.at, json_null());
        if (!answers_patch(r->b.arena, r->def, patch, &fault))
            fail(&r->b, "unknown-member", dossier->pairs[i].mark, fault.message);
    }
}

static void check_documents(Reading *r, const Node *documents)
{
    for (size_t i = 0; i < documents->len; i++) {
        const Pair *pair = &documents->pairs[i];
        if (definition_document(r->def, pair->key) == ID_NONE)
            fail(&r->b, "unknown-document", pair->mark,
                 MESSAGE(T("aucune pièce « {0} »", "there is no document '{0}'"), pair->key));
        if (pair->value->kind != NODE_INT && pair->value->kind != NODE_NULL)
            fail_type(&r->b, pair->value, T("un nombre de pièces", "a number of documents"));
    }
}

static json_t *read_given(Reading *r, const Node *node)
{
    static const char *const keys[] = {"now", "call", "dossier", "documents", NULL};
    static const char *const call_keys[] = {"id",      "title",  "opens_at",  "closes_at",
                                            "cutoffs", "amount", "committed", NULL};
    if (!node || !keys_known(&r->b, node, keys))
        return json_keep(r->b.arena, json_object());
    const Node *now = node_at(node, "now"), *call = map_at(&r->b, node, "call"),
               *dossier = map_at(&r->b, node, "dossier"),
               *documents = map_at(&r->b, node, "documents");
    Time ignored;
    if (now)
        read_time(r, now, &ignored);
    if (call && keys_known(&r->b, call, call_keys))
        check_times(r, call);
    if (dossier)
        check_dossier(r, dossier);
    if (documents)
        check_documents(r, documents);
    return node_json(r->b.arena, node);
}

// --- scenarios ----------------------------------------------------------------------------------

static Scenario read_scenario(Reading *r, const Node *node, const json_t *shared)
{
    static const char *const keys[] = {"title", "given", "steps", NULL};
    Scenario scenario = {.mark = node->mark, .title = STR("")};
    if (!keys_known(&r->b, node, keys))
        return scenario;
    const Node *title = node_at(node, "title"), *steps = node_at(node, "steps");
    if (title)
        scenario.title = string_of(&r->b, title);
    else
        fail(&r->b, "no-title", node->mark,
             MESSAGE(
                 T("un scénario a un titre : une phrase", "a scenario has a title: a sentence")));
    json_t *given = read_given(r, node_at(node, "given"));
    scenario.given = json_merge(r->b.arena, shared, given);
    if (!time_parse(json_str(json_at(scenario.given, "now")), &scenario.now) &&
        !json_at(scenario.given, "now"))
        fail(&r->b, "no-time", node->mark,
             MESSAGE(T("« given » doit dire quand cela commence : « now »",
                       "'given' must say when it starts: 'now'")));
    if (!steps || steps->kind != NODE_LIST || steps->len > STEPS_MAX) {
        fail(&r->b, "no-steps", steps ? steps->mark : node->mark,
             MESSAGE(T("« steps » est une liste d'étapes, 1000 au plus",
                       "'steps' is a list of steps, 1000 at most")));
        return scenario;
    }
    Step *list = arena_array(r->b.arena, Step, steps->len + 1);
    for (size_t i = 0; i < steps->len; i++)
        list[i] = read_step(r, steps->items[i]);
    scenario.steps = list;
    scenario.step_count = steps->len;
    return scenario;
}

static void check_workflow(Reading *r, const Node *root)
{
    const Node *workflow = node_at(root, "workflow");
    Str id = workflow ? string_of(&r->b, workflow) : STR_NONE;
    if (!str_eq(id, r->def->id))
        fail(&r->b, "wrong-workflow", workflow ? workflow->mark : root->mark,
             MESSAGE(T("ces scénarios sont d'un autre règlement : « {0} », et non « {1} »",
                       "these scenarios are of another workflow: '{0}', not '{1}'"),
                     id, r->def->id));
}

bool script_read(Arena *arena, const Definition *def, Str text, Script *ret, Findings *findings)
{
    static const char *const keys[] = {"workflow", "title", "given", "scenarios", NULL};
    Reading r = {.b = {.arena = arena, .findings = findings, .strict = true}, .def = def};
    *ret = (Script){0};
    YamlFault fault;
    const Node *root = yaml_read(arena, str_copy(arena, text), SCRIPT_SIZE_MAX, &fault);
    if (!root)
        return fail(&r.b, fault.code, fault.mark, fault.message);
    if (!keys_known(&r.b, root, keys))
        return false;
    check_workflow(&r, root);

    json_t *shared = read_given(&r, node_at(root, "given"));
    const Node *list = node_at(root, "scenarios");
    if (!list || list->kind != NODE_LIST || list->len > SCENARIOS_MAX)
        return fail(&r.b, "no-scenarios", list ? list->mark : root->mark,
                    MESSAGE(T("« scenarios » est une liste de scénarios, 1000 au plus",
                              "'scenarios' is a list of scenarios, 1000 at most")));
    Scenario *scenarios = arena_array(arena, Scenario, list->len + 1);
    for (size_t i = 0; i < list->len; i++)
        scenarios[i] = read_scenario(&r, list->items[i], shared);
    *ret = (Script){scenarios, list->len};
    return !r.b.failed;
}
