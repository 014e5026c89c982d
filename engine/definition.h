// SPDX-License-Identifier: Apache-2.0
// Definition: a workflow file, compiled. Immutable, shared between threads, lives in the arena it was built in.
// States, transitions, roles… are rows of arrays and are named by their index; everything else is looked up once, at build.
// Statechart words and law: W3C SCXML, https://www.w3.org/TR/scxml/ (3 constructs, appendix D algorithm).
#pragma once
#include "cel/cel.h"
#include "schema/schema.h"

enum {
    STATES_MAX = 256,
    TRANSITIONS_MAX = 2048,
    ROLES_MAX = 63, // bit 0 of a RoleSet is the system
    FORMS_MAX = 32,
    SECTIONS_MAX = 32,
    PROMISES_MAX = 64,
    ITEMS_MAX = 128, // documents, grids, indicators, mails, instalments, variables: each
    WORKFLOW_SIZE_MAX = 256 * 1024
};
#define ID_NONE UINT16_MAX
typedef uint16_t StateId, TransitionId, ItemId;

// Where in the file: 1-based line and column.
typedef struct Mark {
    uint32_t line, column;
} Mark;

typedef struct Definition Definition;

typedef struct StateSet {
    uint64_t w[STATES_MAX / 64];
} StateSet;
static inline bool set_has(const StateSet *s, StateId i)
{
    return s->w[i / 64] >> (i % 64) & 1;
}
static inline void set_add(StateSet *s, StateId i)
{
    s->w[i / 64] |= UINT64_C(1) << (i % 64);
}
static inline void set_remove(StateSet *s, StateId i)
{
    s->w[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

typedef uint64_t RoleSet;
enum { ROLE_SYSTEM = 0 }; // timers and internal events act as this role

// The five stages of the mission; a state without one inherits its parent's.
typedef enum Stage { STAGE_NONE, STAGE_SUBMISSION, STAGE_EVALUATION, STAGE_DECISION, STAGE_FUNDING, STAGE_IMPACT } Stage;

// What a person can write or see on an application, beside firing its events. The words of `edit:`, `see:` and `sees:`.
typedef enum Thing {
    THING_NONE,
    THING_FORM,        // form.<name>, forms
    THING_SECTION,     // section.<name>, sections: answers and documents that are set apart from their form
    THING_DOCUMENT,    // document.<name>, documents
    THING_REVIEW,      // review.<grid>, reviews
    THING_DECISION,    // decision; to see also decision.<part>
    THING_AGREEMENT,   // agreement: prepare it, its instalments with it; to see also agreement.<part>
    THING_SIGNATURE,   // signature: sign the agreement
    THING_REQUEST,     // request.<instalment>, requests: ask for an instalment; to see its line
    THING_APPROVAL,    // approval: certify the service done
    THING_PAYMENT,     // payment: record what was paid; to see also payment.<instalment>
    THING_MEASURE,     // measure.<indicator>, measures: enter one
    THING_VALIDATION,  // validation: validate or contest a measure
    THING_MESSAGE,     // messages
    THING_HISTORY,     // history (sees only)
    THINGS
} Thing;
extern const char *const thing_words[THINGS]; // "", "form", "section", "document", …

// What a decision (kind, amount, motive) and an agreement (amount, terms, signatures) are made of: items of their things.
typedef enum Part { PART_KIND, PART_AMOUNT, PART_MOTIVE, PART_TERMS, PART_SIGNATURES, PARTS } Part;
extern const char *const part_words[PARTS];
bool part_of_thing(Thing thing, Part part);

// `roles` may do this thing in a state; `item` is one form, grid, …, or ID_NONE for all of them.
typedef struct Allow {
    Thing thing;
    ItemId item;
    RoleSet roles;
} Allow;

// Does this row mean `item` of `thing` (ID_NONE: any of them)? What a section sets apart is meant by `section.<id>`, `sections` or
// its own name, never by `forms`, `form.<id>` or `documents`.
bool allow_means(const Definition *def, const Allow *allow, Thing thing, ItemId item);
// The same of a row of `see:` or `sees:`: who sees the whole agreement sees its instalments and payments.
bool allow_shows(const Definition *def, const Allow *allow, Thing thing, ItemId item);

typedef enum Scope { ON_DOSSIER, ON_APPLICATION, ON_CALL, ON_SPACE, ON_ORGANISATION, ON_TERRITORY, ON_PLATFORM } Scope;
extern const char *const scope_words[]; // "dossier", "application", "call", …

typedef struct Role {
    Str id;
    Label title;
    Scope on;       // where it is granted
    RoleSet bit;    // 1 << index; index 0 is the system
    Allow *sees;    // what this role reads in every state (`roles` unused)
    size_t sees_count;
    bool personal;  // `delegate: false`: nobody acts for its holder
    Mark mark;
} Role;

typedef enum StateType { STATE_ATOMIC, STATE_COMPOUND, STATE_PARALLEL, STATE_FINAL, STATE_HISTORY_SHALLOW, STATE_HISTORY_DEEP } StateType;

typedef enum ActionKind {
    DO_RAISE,   // internal event: name or expr, data
    DO_SEND,    // external event, after `delay`; id
    DO_CANCEL,  // a delayed send: id
    DO_ASSIGN,  // variable `var` (path below it in `path`, may be empty) = expr
    DO_IF,      // branches: first whose guard holds (NULL guard: else)
    DO_FOREACH, // expr is the list, var the item, var2 the index (or ID_NONE)
    DO_SEAL,    // the dossier's present version becomes the filed one; gives a receipt
    DO_UNSEAL,  // correction asked: the living dossier is read again
    DO_MAIL     // mail `item`
} ActionKind;
typedef struct Action Action;
typedef struct Block { // an error ends its own block only (SCXML 4.10)
    const Action *at;
    size_t len;
} Block;
typedef struct Branch {
    const CelProgram *guard;
    Block block;
} Branch;
struct Action {
    ActionKind kind;
    Str name;                 // event, send id
    const CelProgram *expr;   // value, event expression, list
    const CelProgram *delay;  // duration or milliseconds; NULL when `delay_us` is fixed
    int64_t delay_us;
    const Str *keys;          // data: members keys[i] = values[i]; or one value with keys NULL
    const CelProgram *const *values;
    size_t value_count;
    ItemId var, var2, item;
    const Str *path;
    size_t path_len;
    Str id;
    const Branch *branches;   // DO_IF; DO_FOREACH uses branches[0].block
    size_t branch_count;
    Mark mark;
};

// What a transition leaves and enters, when no history has a say in it: chart.c finds it once.
typedef struct Plan {
    StateId domain;          // SCXML D: getTransitionDomain
    StateSet enter, initial; // D: statesToEnter, statesForDefaultEntry
} Plan;
typedef struct Transition {
    StateId source;
    const Str *events; // descriptors: "t" also matches "t.x"; "t.*"; "*". None: eventless
    size_t event_count;
    RoleSet by;        // who may fire it; empty: nobody but the engine itself (eventless, done, timers, act events)
    const CelProgram *guard; // NULL: always
    const StateId *targets;  // none: targetless (actions only)
    size_t target_count;
    bool internal;
    const Plan *plan;  // NULL: it hangs on the history, or there is no target
    Block actions;
    Duration after;    // timed: fires this long after its source is entered
    const CelProgram *at; // timed: fires at this timestamp (evaluated on entry)
    Str timer;         // name of its timer event ("timer.<source>.<n>", n from 1), also its only descriptor; empty when not timed
    Label title;       // what people call this move
    Mark mark, guard_mark;
} Transition;

typedef struct State {
    Str id;   // unique in the file
    Str path; // dotted from the top: "submission.draft"
    Label title;
    Stage stage;
    StateType type;
    StateId parent;         // ID_NONE for the top (implicit state 0, the chart itself)
    StateId end;            // descendants are the ids self+1 … end-1 (document order)
    const StateId *children;
    size_t child_count;     // without history states
    StateSet ancestors;     // proper, includes 0
    const StateId *initial; // targets of the initial transition (compound); default target of a history
    size_t initial_count;
    Block initial_actions;  // of the initial transition or of the history's default transition
    const Block *entry, *exit;
    size_t entry_count, exit_count;
    TransitionId first, last; // its transitions [first, last) in document order
    const Allow *allows;      // what may be written here, ancestors' included
    size_t allow_count;
    const Allow *sees;        // what may be read here, ancestors' included
    size_t sees_count;
    const Str *done_keys;     // donedata of a final state, like Action's data
    const CelProgram *const *done_values;
    size_t done_count;
    Mark mark;
} State;

typedef struct Form { // a section of the dossier
    Str id;
    Label title;
    json_t *schema;       // $ref resolved: self-contained, as clients get it; a property that is the dictionary's has "x-shared": true
    const Schema *compiled;
    Mark mark;
} Form;
typedef struct Section { // answers and documents that only those read and write who are given the section
    Str id;
    Label title;
    const Str *answers; // of any form
    size_t answer_count;
    Mark mark;
} Section;
typedef struct Document {
    Str id;
    Label title;
    ItemId section;       // that it is set apart in, or ID_NONE
    ItemId form;          // complete('<form>') needs it when required
    bool required, shared;// shared: of the dictionary, asked once for all funders
    const Str *types;     // media types admitted
    size_t type_count;
    int64_t max_size;     // bytes
    Mark mark;
} Document;
typedef struct Criterion {
    Str id;
    Label title;
    int32_t weight;
    const int32_t *values;// anchored scale: each value with its sentence
    const Label *anchors;
    size_t anchor_count;
    bool comment;         // a justification is required
    Mark mark;
} Criterion;
typedef struct Grid {
    Str id;
    Label title;
    RoleSet by;           // who fills it in (also given by `edit:`)
    int32_t reviews;      // how many are expected
    bool blind;           // a reviewer sees no other's before submitting their own
    double divergence;    // spread beyond which reviews diverge; 0: none
    const Criterion *criteria; // a criteria grid, or
    size_t criterion_count;
    bool matrix;          // a risk matrix: a list of {label, kind, probability, gravity, countermeasure}
    int32_t rows, columns;// probability 1…rows, gravity 1…columns
    const uint8_t *colours; // rows × columns: 0 green 1 orange 2 red
    Mark mark;
} Grid;
typedef struct Indicator {
    Str id;
    Label title;
    Label unit;
    int32_t precision;    // decimals
    bool decreasing;      // lower is better
    Mark mark;
} Indicator;
typedef struct Mail {
    Str id;
    RoleSet to;
    Label subject, body;  // {{dossier.title}}, {{call.title}}, {{application.number}}, {{reason}} …
    Mark mark;
} Mail;
typedef struct Instalment {
    Str id;
    Label title;
    int32_t share;        // basis points of the agreement's amount
    const CelProgram *condition; // may be requested when true; NULL: once the agreement is signed
    Mark mark;
} Instalment;
typedef struct EventDef { // an event that people fire: title and the data it asks
    Str name;
    Label title;
    json_t *schema;       // of its data, NULL: none allowed
    const Schema *compiled;
    const CelType *type;  // of the variable `event` while its transitions run: {name: string, data}
    Mark mark;
} EventDef;
typedef struct Variable {
    Str name;
    const CelType *type;
    CelValue initial;
    const CelProgram *expr; // initial value as an expression, or NULL
} Variable;
typedef struct DecisionRules {
    const Str *kinds;     // among granted, partial, conditional, waiting, refused
    size_t kind_count;
    int64_t floor, ceiling; // cents; 0: none
    int32_t rate_cap;     // basis points of the dossier's total cost; 0: none
    Str total;            // dossier member (money) that the cap refers to
    Str requested;        // dossier member (money) with the amount asked
} DecisionRules;

typedef enum PromiseKind { PROMISE_ALWAYS, PROMISE_NEVER, PROMISE_EVENTUALLY } PromiseKind;
typedef struct Promise {  // proved by check over every path, guards unknown
    PromiseKind kind;
    StateSet in;          // always: whenever in one of these …; never: all of these at once; eventually: from each of these …
    StateSet was;         // always: … one of these was visited before; eventually: … one of these is reached
    Mark mark;
} Promise;

// Slots of the guards' variables; the file's own variables follow from SLOT_VARS.
typedef enum Slot {
    SLOT_NOW, SLOT_ACTOR, SLOT_EVENT, SLOT_CALL, SLOT_DOSSIER, SLOT_DOCUMENTS, SLOT_APPLICATION, SLOT_REVIEWS, SLOT_DECISION,
    SLOT_AGREEMENT, SLOT_INSTALMENTS, SLOT_PAYMENTS, SLOT_MEASURES, SLOT_VARS
} Slot;

// What is known of an event's name before it happens; rows for the names of transitions, of events and of acts.
typedef struct EventName {
    Str name;
    ItemId event;        // of def->events, or ID_NONE
    const CelType *type; // as definition_event_type gives it
    StateSet named;      // states with a transition of this very name
    StateSet answering;  // states with a transition that the event enables, roles and guards aside
} EventName;
typedef struct EventIndex {
    EventName *rows;
    size_t count;
    uint32_t *places, mask; // rows by hash of their name, plus one
    StateSet any;           // states with a transition for "*"
    StateSet eventless, timed; // states with such transitions
    StateSet atomic;           // states without children, final ones too
} EventIndex;

struct Definition {
    Str id;
    Label title, description;
    Str text;               // the file as loaded
    const Role *roles;      size_t role_count; // roles[0] is the system
    const Form *forms;      size_t form_count;
    const Section *sections; size_t section_count;
    const CelType *dossier; // members of all forms together
    const Str *shared;      size_t shared_count; // dossier members of the dictionary, sorted: asked once for all funders
    const Document *documents;   size_t document_count;
    const Grid *grids;           size_t grid_count;
    const Indicator *indicators; size_t indicator_count;
    const Mail *mails;           size_t mail_count;
    const Instalment *instalments; size_t instalment_count;
    const EventDef *events;      size_t event_count;
    const Variable *variables;   size_t variable_count;
    const Promise *promises;     size_t promise_count;
    DecisionRules decision;
    const State *states;    size_t state_count; // states[0] is the chart; ids follow document order
    const Transition *transitions; size_t transition_count; // by source, then document order
    const StateId *histories;    size_t history_count;
    CelEnv env;             // what guards may name
    uint64_t slots_read;    // union of cel_reads over all guards and expressions
    EventIndex index;
    bool counts_complete;   // some guard calls complete(): forms and documents are needed
};

// What In(), Was() and complete() ask while a guard runs: CelRun.host points to one.
typedef struct GuardHost GuardHost;
struct GuardHost {
    const Definition *def;
    const StateSet *in, *was;
    bool (*complete)(GuardHost *host, Arena *arena, ItemId form); // NULL: complete() is an error
    void *data; // for `complete`
};

// Index by name, or ID_NONE. State accepts "draft" and "submission.draft".
StateId definition_state(const Definition *def, Str name);
ItemId definition_role(const Definition *def, Str name);
ItemId definition_form(const Definition *def, Str name);
ItemId definition_section(const Definition *def, Str name);
ItemId definition_document(const Definition *def, Str name);
ItemId definition_grid(const Definition *def, Str name);
ItemId definition_indicator(const Definition *def, Str name);
ItemId definition_instalment(const Definition *def, Str name);
ItemId definition_event(const Definition *def, Str name);
ItemId definition_section_of(const Definition *def, Str answer); // the section that an answer is set apart in, or ID_NONE
const char *stage_word(Stage stage); // "submission" … or ""

// What is known of a name; NULL when no one wrote it. The states that an event of this name may move, whoever wrote it.
const EventName *definition_name(const Definition *def, Str name);
StateSet definition_answering(const Definition *def, Str name);

// The type of the variable `event` when `name` happens, {name: string, data}: of the file's events and of acts. NULL: anything.
const CelType *definition_event_type(const Definition *def, Str name);

// What is done when an event of this descriptor happens: "review.submitted" and "review" are THING_REVIEW; THING_NONE: no act.
Thing event_act(Str descriptor);

// The events of acts, one by one, with the type of the variable `event`; false behind the last.
bool act_event(size_t i, Str *name, const CelType **type);

// An event descriptor without the ".*" or "." that adds nothing at its end (SCXML 3.12.1).
Str event_token(Str descriptor);

// True when an event descriptor list matches `name` (SCXML 3.12.1: whole tokens, prefix, "*").
bool event_matches(const Str *descriptors, size_t n, Str name);

// What the public may read about the definition, as the API gives it: roles, forms with schemas, documents, grids, indicators,
// instalments, states (path, title, stage, type), events. Guards as text.
json_t *definition_json(Arena *arena, const Definition *def);
