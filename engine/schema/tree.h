// SPDX-License-Identifier: Apache-2.0
// The compiled form of a schema, inside the room: nodes with rules, immutable once compiled, shared
// by threads.
#pragma once
#include "schema.h"
#include "../base/vec.h"

typedef struct Node Node;
typedef struct Rule Rule;
typedef struct Keyword Keyword;

// One step of a JSON Pointer, linked to the steps before it, so that a pointer is only written when
// something is wrong.
typedef struct Place {
    const struct Place *outer; // NULL: the whole
    Str name;                  // of a member; STR_NONE: an item
    size_t index;              // of an item
} Place;

// The JSON Pointer of a place, in the arena.
Str place_pointer(Arena *arena, const Place *place);

typedef enum Vocabulary {
    VOCABULARY_APPLICATOR = 1,
    VOCABULARY_UNEVALUATED = 2,
    VOCABULARY_VALIDATION = 4,
    VOCABULARY_FORMAT = 8,         // annotation only, unless options ask
    VOCABULARY_FORMAT_ASSERT = 16, // asserted
    VOCABULARY_CORE = 32,
    VOCABULARY_STANDARD = 32 | 1 | 2 | 4 | 8
} Vocabulary;

// A schema resource (2020-12 core, 4.3.5): what an $id names, with the anchors in it.
typedef struct Anchor {
    Str name;
    bool dynamic;
    Node *node;
} Anchor;

typedef struct Resource {
    Str uri; // absolute as far as the base was, without fragment
    json_t *root;
    unsigned vocabularies;
    VEC(Anchor) anchors;
} Resource;

typedef enum Kind { // of an instance, as bits
    KIND_OBJECT = 1,
    KIND_ARRAY = 2,
    KIND_STRING = 4,
    KIND_NUMBER = 8,
    KIND_INTEGER = 16,
    KIND_BOOLEAN = 32,
    KIND_NULL = 64,
    KIND_ANY = 127
} Kind;

// The bits of a value: a whole number is both a number and an integer, also when it is written 1.0.
unsigned value_kinds(const json_t *value);

struct Node {
    json_t *json;
    Resource *resource;
    const Place *place; // in its document
    Label title;
    enum { NODE_RULES, NODE_ALL, NODE_NOTHING } takes;
    bool unevaluated; // has an unevaluated* rule: its siblings must leave marks
    Rule *rules;
    size_t len;
    unsigned kinds;          // nothing but `type` is asked: its kinds; else 0
    const struct Flat *flat; // flat.c: the short way, or NULL
};

typedef struct Named { // a member's subschema
    Str name;
    Node *node;
} Named;

typedef struct Pattern { // a pattern, with its subschema when it has one
    const char *text;
    void *code; // pcre2_code
    bool anchored;
    Node *node;
} Pattern;

typedef struct Names { // dependentRequired: `name` needs all of `at`
    Str name;
    Str *at;
    size_t len;
} Names;

typedef bool FormatCheck(Arena *arena, Str text);

struct Rule {
    const Keyword *keyword;
    json_t *json; // what the keyword says
    union {
        unsigned kinds;
        size_t count;
        Names names;
        Pattern pattern;
        struct {
            FormatCheck *check;
            Text what;
        } format;
        struct {
            Node **at;
            size_t len;
        } nodes;
        struct {
            Named *at; // sorted by name
            size_t len;
        } members;
        struct {
            Pattern *at;
            size_t len;
        } patterns;
        struct {
            Names *at;
            size_t len;
        } needs;
        struct {
            Node *node;
            const Rule *properties, *patterns; // siblings, or NULL
        } rest;
        struct {
            Node *node;
            size_t from; // items behind prefixItems
            size_t min, max;
        } items;
        struct {
            Node *test, *yes, *no; // yes and no may be NULL
        } choice;
        struct {
            Node *node;
            Str dynamic; // name of the dynamic anchor that was hit, or STR_NONE
        } ref;
    };
};

struct Schema {
    Node *root;
};

// --- Numbers: exact, whether jansson holds an integer or a double.
int number_cmp(const json_t *a, const json_t *b);
bool number_whole(const json_t *number);
// `a` is a whole multiple of `b` > 0, as decimal numbers: 0.3 is one of 0.1.
bool number_multiple(const json_t *a, const json_t *b);

// JSON Schema's equality (core, 4.2.2): 1 is 1.0, members in any order. Takes from `steps`; false
// when they run out.
bool value_equal(const json_t *a, const json_t *b, size_t *steps);

// --- URI (RFC 3986, 5.2): `ref` seen from `base`.
Str uri_resolve(Arena *arena, Str base, Str ref);
bool uri_absolute(Str uri); // well formed, with a scheme

// --- Formats: the check of a format's name with what to say when it fails, or NULL when we do not
// assert it.
FormatCheck *format_find(Str name, Text *what);

// --- Patterns, through PCRE2 in ECMA-262's manner, without JIT.
// Compiles into the arena; false with what is wrong (English, PCRE2's) and where.
bool pattern_compile(Arena *arena, Str text, Pattern *ret, Str *what, size_t *offset);
typedef struct Matcher {
    Arena *arena;
    size_t *steps; // what a match may cost is taken from here
    void *data, *context;
} Matcher;
typedef enum Match { MATCH_NO, MATCH_YES, MATCH_LIMIT } Match;
Match pattern_match(Matcher *matcher, const Pattern *pattern, Str text);

// --- Meta-schemas: the text of one of 2020-12's own documents by URI, or STR_NONE.
Str meta_text(Str uri);

// --- Errors. `name` is how the field is called in the sentence; {0} and {1} are its two forms,
// `args` come behind.
void error_add(Arena *arena, SchemaErrors *errors, Str pointer, const char *keyword, Text text,
               Label name, const Str args[4]);
