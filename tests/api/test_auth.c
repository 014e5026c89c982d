// SPDX-License-Identifier: Apache-2.0
// Rights, secrets and fingerprints, without a database.
#include "api/auth/access.h"
#include "api/auth/password.h"
#include "api/auth/seal.h"
#include "api/auth/token.h"
#include "api/auth/totp.h"
#include "engine/build.h"
#include "../base/table.h"
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int set_up(void **state)
{
    *state = arena_new();
    return auth_start() ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

// --- which grants count
// -------------------------------------------------------------------------------

static const struct {
    const char *sentence;
    Scope granted, on;
    bool covers;
} covers[] = {
    {"a role granted where it belongs counts", ON_CALL, ON_CALL, true},
    {"a clerk of a space is clerk on its calls", ON_SPACE, ON_CALL, true},
    {"and on their applications", ON_SPACE, ON_APPLICATION, true},
    {"what is granted on the platform counts on every call", ON_PLATFORM, ON_CALL, true},
    {"a carrier for an organisation carries its dossiers", ON_ORGANISATION, ON_DOSSIER, true},
    {"a carrier granted on a space carries nothing", ON_SPACE, ON_DOSSIER, false},
    {"nor does one granted on a call", ON_CALL, ON_DOSSIER, false},
    {"nor on the platform", ON_PLATFORM, ON_DOSSIER, false},
    {"nor on an application", ON_APPLICATION, ON_DOSSIER, false},
    {"a role on one call says nothing of its space", ON_CALL, ON_SPACE, false},
    {"a role on one application says nothing of the call", ON_APPLICATION, ON_CALL, false},
    {"a dossier's people have no role on the call", ON_DOSSIER, ON_CALL, false},
    {"a territory covers itself alone", ON_TERRITORY, ON_TERRITORY, true},
    {"a territory covers no call", ON_TERRITORY, ON_CALL, false},
};

static void grants_reach_along_one_line(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ROWS(covers); i++) {
        bool came = access_covers(covers[i].granted, covers[i].on);
        ROW_CHECK(wrong, came == covers[i].covers, covers[i].sentence, "expected %d, came %d",
                  covers[i].covers, came);
    }
    ROWS_END(wrong);
}

static const char file[] =
    "jalon: 1\n"
    "id: small\n"
    "title: Small\n"
    "roles:\n"
    "  carrier: {title: Carrier, on: dossier, sees: [forms]}\n"
    "  clerk: {title: Clerk, on: call, sees: [forms]}\n"
    "  mayor: {title: Mayor, on: territory, sees: [forms]}\n"
    "  admin: {title: Admin, on: platform, sees: [forms]}\n"
    "  judge: {title: Judge, on: application, delegate: false, sees: [forms]}\n"
    "  auditor: {title: Auditor, on: organisation, sees: [forms]}\n"
    "  watch: {title: Watch, on: space, sees: [forms]}\n"
    "forms: {dossier: {title: Dossier, type: object, properties: {a: {type: string}}}}\n"
    "states:\n"
    "  draft: {stage: submission, on: {go: {by: [carrier, clerk, mayor, admin, judge, auditor, "
    "watch], to: end}}}\n"
    "  end: {type: final}\n";

static const Str territories[] = {STR("COM-1"), STR("DEP-1")};
static const ApplicationScope here = {.application = STR("app"),
                                      .call = STR("call"),
                                      .dossier = STR("dos"),
                                      .space = STR("space"),
                                      .organisation = STR("org"),
                                      .territories = territories,
                                      .territory_count = 2};

static const struct {
    const char *sentence;
    Scope scope;
    const char *role, *scope_id, *holds;
} roles[] = {
    {"the clerk of this call", ON_CALL, "clerk", "call", "clerk"},
    {"the clerk of another call", ON_CALL, "clerk", "other", ""},
    {"the clerk of the call's space", ON_SPACE, "clerk", "space", "clerk"},
    {"a clerk on the application alone is not one on the call", ON_APPLICATION, "clerk", "app", ""},
    {"the carrier of the dossier", ON_DOSSIER, "carrier", "dos", "carrier"},
    {"the carrier of another dossier", ON_DOSSIER, "carrier", "other", ""},
    {"the carrier of all dossiers of the organisation", ON_ORGANISATION, "carrier", "org",
     "carrier"},
    {"a space's manager who grants themselves the carrier's role", ON_SPACE, "carrier", "space",
     ""},
    {"the mayor of the commune", ON_TERRITORY, "mayor", "COM-1", "mayor"},
    {"the mayor of what the commune lies in", ON_TERRITORY, "mayor", "DEP-1", "mayor"},
    {"the mayor of elsewhere", ON_TERRITORY, "mayor", "COM-2", ""},
    {"running the machine is no part in decisions", ON_PLATFORM, "admin", "", ""},
    {"a role that the workflow does not know", ON_CALL, "king", "call", ""},
    {"a role on this application alone", ON_APPLICATION, "judge", "app", "judge"},
    {"on another application", ON_APPLICATION, "judge", "other", ""},
    {"a role on applications, granted on their call", ON_CALL, "judge", "call", "judge"},
    {"a role on the organisation that the dossier is of", ON_ORGANISATION, "auditor", "org",
     "auditor"},
    {"on another organisation", ON_ORGANISATION, "auditor", "other", ""},
    {"a role on the space", ON_SPACE, "watch", "space", "watch"},
    {"is not held by who has the call alone", ON_CALL, "watch", "call", ""},
    {"a role on calls, granted on the whole platform", ON_PLATFORM, "clerk", "", "clerk"},
    {"a role on calls is none on a territory", ON_TERRITORY, "clerk", "DEP-1", ""},
    {"the system's role is nobody's", ON_CALL, "system", "call", ""},
};

static void roles_are_those_granted(void **state)
{
    Findings findings = {0};
    const Definition *def = definition_build(*state, str_of(file), STR(""), &findings);
    if (!def)
        fail_msg("%s", findings_text(*state, STR("small"), EN, &findings).at);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(roles); i++) {
        Grant grant = {.scope = roles[i].scope,
                       .role = str_of(roles[i].role),
                       .scope_id = str_of(roles[i].scope_id),
                       .from = TIME_NONE,
                       .until = TIME_NONE};
        Principal who = {.grants = &grant, .grant_count = 1};
        RoleSet came = access_roles(&who, def, &here), expected = 0;
        if (roles[i].holds[0])
            expected = def->roles[definition_role(def, str_of(roles[i].holds))].bit;
        ROW_CHECK(wrong, came == expected, roles[i].sentence, "expected %llx, came %llx",
                  (unsigned long long)expected, (unsigned long long)came);
    }
    assert_int_equal(access_roles(NULL, def, &here), 0);
    ROWS_END(wrong);
}

// --- acting for somebody

enum { WHOLE, GO, REVIEW }; // all moves; the move "go"; the act review.submitted
typedef struct Held {
    Scope scope;
    const char *role, *scope_id, *behalf;
    int moves;
} Held;
static const struct {
    const char *sentence;
    Held held[3];
    Held carried; // by somebody they act for
    const char *behalf, *event;
    Thing act;
    const char *acts, *sees; // roles, by their first letters: "c" carrier, "k" clerk, "j" judge
} standings[] = {
    {"one's own role is one's own",
     {{ON_CALL, "clerk", "call", "", WHOLE}},
     {0},
     "",
     "go",
     THING_NONE,
     "k",
     "k"},
    {"what was given is seen",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {0},
     "",
     "go",
     THING_NONE,
     "",
     "k"},
    {"and acted in for who gave it",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {0},
     "ann",
     "go",
     THING_NONE,
     "k",
     "k"},
    {"for nobody else",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {0},
     "bob",
     "go",
     THING_NONE,
     "",
     "k"},
    {"one named move",
     {{ON_CALL, "clerk", "call", "ann", GO}},
     {0},
     "ann",
     "go",
     THING_NONE,
     "k",
     "k"},
    {"is no other",
     {{ON_CALL, "clerk", "call", "ann", GO}},
     {0},
     "ann",
     "stop",
     THING_NONE,
     "",
     "k"},
    {"nor an act",
     {{ON_CALL, "clerk", "call", "ann", GO}},
     {0},
     "ann",
     "",
     THING_DECISION,
     "",
     "k"},
    {"all moves are acts too",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {0},
     "ann",
     "",
     THING_DECISION,
     "k",
     "k"},
    {"a review is personal",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {0},
     "ann",
     "",
     THING_REVIEW,
     "",
     "k"},
    {"also when it is named",
     {{ON_CALL, "clerk", "call", "ann", REVIEW}},
     {0},
     "ann",
     "",
     THING_REVIEW,
     "",
     "k"},
    {"one's own review is one's own",
     {{ON_CALL, "clerk", "call", "", WHOLE}},
     {0},
     "",
     "",
     THING_REVIEW,
     "k",
     "k"},
    {"a personal role is given to nobody",
     {{ON_APPLICATION, "judge", "app", "ann", WHOLE}},
     {0},
     "ann",
     "go",
     THING_NONE,
     "",
     ""},
    {"and held by its holder",
     {{ON_APPLICATION, "judge", "app", "", WHOLE}},
     {0},
     "",
     "go",
     THING_NONE,
     "j",
     "j"},
    {"who carries judges nothing for another",
     {{ON_DOSSIER, "carrier", "dos", "", WHOLE}, {ON_CALL, "clerk", "call", "ann", WHOLE}},
     {0},
     "ann",
     "go",
     THING_NONE,
     "",
     "c"},
    {"who carries for another judges nothing",
     {{ON_DOSSIER, "carrier", "dos", "ann", WHOLE}, {ON_CALL, "clerk", "call", "", WHOLE}},
     {0},
     "",
     "go",
     THING_NONE,
     "",
     "c"},
    {"not even for a third",
     {{ON_DOSSIER, "carrier", "dos", "ann", GO}, {ON_CALL, "clerk", "call", "bob", WHOLE}},
     {0},
     "bob",
     "go",
     THING_NONE,
     "",
     "c"},
    {"nobody judges for one who carries",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {ON_DOSSIER, "carrier", "dos", "ann", WHOLE},
     "ann",
     "go",
     THING_NONE,
     "",
     ""},
    {"also who carries by their organisation",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {ON_ORGANISATION, "carrier", "org", "ann", WHOLE},
     "ann",
     "go",
     THING_NONE,
     "",
     ""},
    {"what they carry elsewhere is no matter",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {ON_DOSSIER, "carrier", "other", "ann", WHOLE},
     "ann",
     "go",
     THING_NONE,
     "k",
     "k"},
    {"nor what another carries",
     {{ON_CALL, "clerk", "call", "ann", WHOLE}},
     {ON_DOSSIER, "carrier", "dos", "bob", WHOLE},
     "ann",
     "go",
     THING_NONE,
     "k",
     "k"},
    {"who carries is carried for",
     {{ON_DOSSIER, "carrier", "dos", "ann", WHOLE}},
     {ON_DOSSIER, "carrier", "dos", "ann", WHOLE},
     "ann",
     "go",
     THING_NONE,
     "c",
     "c"},
};

static RoleSet lettered(const Definition *def, const char *letters)
{
    RoleSet set = 0;
    for (; *letters; letters++) {
        Str name = *letters == 'c' ? STR("carrier") : *letters == 'k' ? STR("clerk") : STR("judge");
        set |= def->roles[definition_role(def, name)].bit;
    }
    return set;
}

static Grant grant_of(const Held *held)
{
    static const Str go[] = {STR("go")}, review[] = {STR("review.submitted")};
    return (Grant){.scope = held->scope,
                   .role = str_of(held->role),
                   .scope_id = str_of(held->scope_id),
                   .behalf = str_of(held->behalf),
                   .limited = held->moves != WHOLE,
                   .moves = held->moves == GO ? go : review,
                   .move_count = held->moves != WHOLE};
}

static void who_acts_for_whom(void **state)
{
    Findings findings = {0};
    const Definition *def = definition_build(*state, str_of(file), STR(""), &findings);
    assert_non_null(def);
    int wrong = 0;
    for (size_t i = 0; i < ROWS(standings); i++) {
        Grant grants[3], carried;
        Principal who = {.grants = grants, .carried = &carried, .acts = true};
        for (size_t k = 0; k < 3 && standings[i].held[k].role; k++)
            grants[who.grant_count++] = grant_of(&standings[i].held[k]);
        if (standings[i].carried.role) {
            carried = grant_of(&standings[i].carried);
            who.carried_count = 1;
        }
        RoleSet acts = access_roles_for(&who, def, &here, str_of(standings[i].behalf),
                                        str_of(standings[i].event), standings[i].act),
                sees = access_roles(&who, def, &here);
        ROW_CHECK(wrong,
                  acts == lettered(def, standings[i].acts) &&
                      sees == lettered(def, standings[i].sees),
                  standings[i].sentence, "acts %llx, sees %llx", (unsigned long long)acts,
                  (unsigned long long)sees);
    }
    ROWS_END(wrong);
}

static const struct {
    const char *sentence;
    Scope scope;
    const char *role, *scope_id;
    bool manages, carries, writes;
} rights[] = {
    {"the manager of the space", ON_SPACE, "manager", "s", true, false, false},
    {"the manager of another space", ON_SPACE, "manager", "t", false, false, false},
    {"a manager of something else", ON_CALL, "manager", "s", false, false, false},
    {"the carrier", ON_DOSSIER, "carrier", "d", false, true, true},
    {"an author edits and does not answer for it", ON_DOSSIER, "author", "d", false, false, true},
    {"a carrier for the organisation", ON_ORGANISATION, "carrier", "o", false, true, true},
    {"a carrier for another organisation", ON_ORGANISATION, "carrier", "p", false, false, false},
    {"a clerk", ON_DOSSIER, "clerk", "d", false, false, false},
};

static void own_rights_are_those_granted(void **state)
{
    int wrong = 0;
    for (size_t i = 0; i < ROWS(rights); i++) {
        Grant grant = {.scope = rights[i].scope,
                       .role = str_of(rights[i].role),
                       .scope_id = str_of(rights[i].scope_id)};
        Principal who = {
            .grants = &grant, .grant_count = 1, .keys = access_keys(*state, &grant, 1)};
        bool manages = access_manages(&who, STR("s")),
             carries = access_carries(&who, STR("d"), STR("o")),
             writes = access_writes(&who, STR("d"), STR("o"));
        ROW_CHECK(wrong,
                  manages == rights[i].manages && carries == rights[i].carries &&
                      writes == rights[i].writes,
                  rights[i].sentence, "manages %d carries %d writes %d", manages, carries, writes);
    }
    Grant empty = {.scope = ON_ORGANISATION, .role = STR("carrier"), .scope_id = STR("")};
    Principal who = {.grants = &empty, .grant_count = 1, .keys = access_keys(*state, &empty, 1)};
    assert_false(access_carries(&who, STR("d"),
                                STR_NONE)); // a dossier without organisation is nobody else's
    assert_false(access_manages(NULL, STR("s")));
    ROWS_END(wrong);
}

// --- secrets
// ------------------------------------------------------------------------------------------

static void secrets_are_known_by_their_hash(void **state)
{
    Token a = token_new(*state), b = token_new(*state);
    uint8_t hash[HASH_SIZE];
    assert_int_equal(a.secret.len, TOKEN_LEN);
    assert_false(str_eq(a.secret, b.secret));
    assert_true(token_hash(a.secret, hash));
    assert_memory_equal(hash, a.hash, HASH_SIZE);
    assert_memory_not_equal(hash, b.hash, HASH_SIZE);
}

static const struct {
    const char *sentence, *secret;
} strangers[] = {
    {"nothing", ""},
    {"too short", "abc"},
    {"too long", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    {"a character that base64url has not", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A"},
    {"a quote", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'A"},
    {"bits that nobody wrote", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"},
};

static void what_is_not_ours_has_no_hash(void **state)
{
    (void)state;
    int wrong = 0;
    uint8_t hash[HASH_SIZE];
    for (size_t i = 0; i < ROWS(strangers); i++)
        ROW_CHECK(wrong, !token_hash(str_of(strangers[i].secret), hash), strangers[i].sentence,
                  "%s", "was taken");
    ROWS_END(wrong);
}

// --- fingerprints
// -------------------------------------------------------------------------------------

static void the_chain_holds_together(void **state)
{
    (void)state;
    uint8_t zero[HASH_SIZE] = {0}, one[HASH_SIZE], two[HASH_SIZE], other[HASH_SIZE];
    hash_move(one, zero, STR("{\"version\":1}"));
    hash_move(two, one, STR("{\"version\":2}"));
    hash_move(other, zero, STR("{\"version\":2}"));
    assert_memory_not_equal(two, other, HASH_SIZE); // the same move elsewhere in a chain is another
    one[0] ^= 1;
    hash_move(other, one, STR("{\"version\":2}"));
    assert_memory_not_equal(two, other, HASH_SIZE);
}

static void parts_do_not_run_together(void **state)
{
    (void)state;
    uint8_t a[HASH_SIZE], b[HASH_SIZE];
    hash_parts(a, (Str[]){STR("POST"), STR("/a"), STR("b")}, 3);
    hash_parts(b, (Str[]){STR("POST"), STR("/"), STR("ab")}, 3);
    assert_memory_not_equal(a, b, HASH_SIZE);
}

static void sha256_is_the_one_everybody_computes(void **state)
{
    Str sum = hash_sha256(*state, STR("abc")); // FIPS 180-4, appendix
    assert_true(str_is(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    Str of_file;
    assert_false(hash_file(*state, "/nonexistent/file", &of_file));
}

// --- passwords
// ----------------------------------------------------------------------------------------

static void passwords_are_compared(void **state)
{
    Str encoded;
    assert_true(password_hash(*state, STR("correct horse battery"), &encoded));
    assert_true(str_starts(encoded, STR("$argon2id$")));
    assert_int_equal(password_check(encoded, STR("correct horse battery")), PASSWORD_RIGHT);
    assert_int_equal(password_check(encoded, STR("correct horse batterz")), PASSWORD_WRONG);
    assert_int_equal(password_check(STR_NONE, STR("correct horse battery")), PASSWORD_WRONG);
    assert_int_equal(password_check(STR("nonsense"), STR("correct horse battery")), PASSWORD_WRONG);
}

static void *check_one(void *verdict)
{
    *(PasswordVerdict *)verdict = password_check(STR_NONE, STR("anything at all"));
    return NULL;
}

static void few_passwords_run_at_once(void **state)
{
    (void)state;
    enum { CALLERS = 12 };
    pthread_t threads[CALLERS];
    PasswordVerdict verdicts[CALLERS];
    for (size_t i = 0; i < CALLERS; i++)
        pthread_create(&threads[i], NULL, check_one, &verdicts[i]);
    size_t served = 0, busy = 0;
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        served += verdicts[i] == PASSWORD_WRONG;
        busy += verdicts[i] == PASSWORD_BUSY;
    }
    assert_int_equal(served + busy, CALLERS);
    assert_true(served >= PASSWORDS_AT_ONCE);
    assert_true(busy > 0); // twelve at once would take 768 MB
    assert_int_equal(password_check(STR_NONE, STR("anything at all")),
                     PASSWORD_WRONG); // places came free again
}

// What a person chooses is judged against everybody's favourites and their own name.
static const struct {
    const char *sentence, *password;
    bool guessable;
} guesses[] = {
    {"a leaked one", "iloveyou1234", true},
    {"a row of keys", "azertyuiopqs", true},
    {"a row of keys, elsewhere", "qwertyuiop12", true},
    {"the word itself, in French", "Motdepasse123", true},
    {"counting", "123456789012", true},
    {"one letter", "aaaaaaaaaaaaaaaaaaaaaaaa", true},
    {"a name and a year", "Chouchou2023", true},
    {"one's own address", "desdemone.lafontaine", true},
    {"one's own name and a year", "Lafontaine1987", true},
    {"a word with figures for letters", "p4ssw0rdp4ssw0rd", true},
    {"four words", "cheval pile agrafe correct", false},
    {"chance", "tK9#vd72Lp0z", false},
};

static void guesses_are_foreseen(void **state)
{
    int wrong = 0;
    Str own[] = {STR("desdemone.lafontaine@ville.example"), STR("Desdémone Lafontaine")};
    for (size_t i = 0; i < ROWS(guesses); i++) {
        bool came = password_guessable(*state, str_of(guesses[i].password), own, ROWS(own));
        ROW_CHECK(wrong, came == guesses[i].guessable, guesses[i].sentence, "expected %d, came %d",
                  guesses[i].guessable, came);
    }
    ROWS_END(wrong);
}

static void a_list_is_searched(void **state)
{
    (void)state;
    static const char *const lines[] = {"", "!", "aa", "aaa", "b", "motdepasse", "zz", "é"};
    char name[] = "/tmp/jalon-list-XXXXXX";
    int fd = mkstemp(name);
    FILE *list = fdopen(fd, "w");
    for (size_t i = 1; i < ROWS(lines); i++)
        fprintf(list, "%s\n", lines[i]);
    fclose(list);
    for (size_t i = 1; i < ROWS(lines); i++)
        if (!password_listed(name, str_of(lines[i])))
            fail_msg("%s is in the list", lines[i]);
    static const char *const others[] = {"a",           "aaaa", "A",   "motdepass",
                                         "motdepasse1", "zzz",  "\xff"};
    for (size_t i = 0; i < ROWS(others); i++)
        if (password_listed(name, str_of(others[i])))
            fail_msg("%s is not in the list", others[i]);
    unlink(name);
    assert_false(password_listed(name, STR("aa")));
    assert_false(password_listed("", STR("aa")));
}

// --- second factor
// ------------------------------------------------------------------------------------

// RFC 6238, appendix B: the last six digits.
static const struct {
    Time at;
    const char *code;
} codes[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
             {1234567890, "005924"}, {2000000000, "279037"}, {INT64_C(20000000000), "353130"}};

static void codes_are_those_of_the_standard(void **state)
{
    (void)state;
    Str secret = STR("12345678901234567890");
    for (size_t i = 0; i < ROWS(codes); i++) {
        Time at = codes[i].at * SECOND;
        int64_t step = codes[i].at / TOTP_STEP_S;
        Str code = str_of(codes[i].code);
        assert_int_equal(totp_step(secret, code, at, 0), step);
        assert_int_equal(totp_step(secret, code, at + 30 * SECOND, 0), step); // a slow clock
        if (step > 1)
            assert_int_equal(totp_step(secret, code, at - 30 * SECOND, 0), step); // a fast one
        assert_int_equal(totp_step(secret, code, at + 60 * SECOND, 0), 0);        // too late
        assert_int_equal(totp_step(secret, code, at, step), 0);                   // used
        assert_int_equal(totp_step(secret, STR("28708"), at, 0), 0);
    }
}

static void a_device_reads_the_secret(void **state)
{
    Str secret = STR("12345678901234567890");
    assert_true(str_is(totp_base32(*state, secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
    assert_true(
        str_is(totp_uri(*state, STR("a b@c.example"), secret),
               "otpauth://totp/Jalon:a%20b@c.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
               "&issuer=Jalon&digits=6&period=30"));
}

static void recovery_codes_are_read_as_people_write_them(void **state)
{
    uint8_t as_shown[HASH_SIZE], as_typed[HASH_SIZE], others[HASH_SIZE];
    Str code = recovery_code(*state);
    assert_int_equal(code.len, 19);
    recovery_hash(STR("me"), STR("abcd-efgh-2345-wxyz"), as_shown);
    recovery_hash(STR("me"), STR(" ABCDEFGH 2345wxyz"), as_typed);
    recovery_hash(STR("you"), STR("abcd-efgh-2345-wxyz"), others);
    assert_memory_equal(as_shown, as_typed, HASH_SIZE);
    assert_memory_not_equal(as_shown, others, HASH_SIZE);
}

static void recovery_codes_are_kept_by_argon2id(void **state)
{
    uint8_t first[HASH_SIZE], again[HASH_SIZE], one[HASH_SIZE], other[HASH_SIZE],
        by_hand[HASH_SIZE];
    Str salt = recovery_salt(*state), salt2 = recovery_salt(*state);
    recovery_hash(STR("me"), STR("abcd-efgh-2345-wxyz"), first);
    assert_true(recovery_harden(first, salt, one) && recovery_harden(first, salt, again));
    assert_memory_equal(one, again, HASH_SIZE); // found by it
    assert_true(recovery_harden(first, salt2, other));
    assert_memory_not_equal(one, other, HASH_SIZE);
    assert_int_equal(crypto_pwhash(by_hand, HASH_SIZE, (const char *)first, HASH_SIZE,
                                   (const uint8_t *)salt.at, 2, 19 << 20,
                                   crypto_pwhash_ALG_ARGON2ID13),
                     0);
    assert_memory_equal(one, by_hand, HASH_SIZE);
    assert_false(recovery_harden(first, STR("short"), one));
}

static void a_mark_tells_the_same_from_others(void **state)
{
    Str one = seal_mark(*state, "account", STR("Ann@Ville.example"));
    assert_int_equal(one.len, 16);
    assert_true(str_eq(one, seal_mark(*state, "account", STR("ann@ville.example"))));
    assert_false(str_eq(one, seal_mark(*state, "account", STR("anne@ville.example"))));
    assert_false(str_eq(one, seal_mark(*state, "other", STR("ann@ville.example"))));
}

static void what_is_sealed_opens_for_its_own(void **state)
{
    char folder[] = "/tmp/jalon-seal-XXXXXX";
    Str why = STR_NONE, opened;
    assert_non_null(mkdtemp(folder));
    const char *path = str_format(*state, "%s/secret.key", folder).at;
    assert_true(seal_start(path, *state, &why));
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    Str one = seal(*state, STR("secret"), STR("me")), two = seal(*state, STR("secret"), STR("me"));
    assert_false(str_eq(one, two)); // the same secret of two people does not look the same
    Str cursor = seal_alike(*state, STR("7"), STR("cursor")); // asked twice, told twice
    assert_true(str_eq(cursor, seal_alike(*state, STR("7"), STR("cursor"))));
    assert_false(str_eq(cursor, seal_alike(*state, STR("8"), STR("cursor"))));
    assert_true(seal_start(path, *state, &why)); // after a restart
    assert_true(seal_open(*state, cursor, STR("cursor"), &opened) && str_is(opened, "7"));
    assert_true(seal_open(*state, one, STR("me"), &opened) && str_is(opened, "secret"));
    assert_false(seal_open(*state, one, STR("you"), &opened));
    ((char *)(uintptr_t)two.at)[two.len - 1] ^= 1;
    assert_false(seal_open(*state, two, STR("me"), &opened));
    assert_false(seal_open(*state, STR("short"), STR("me"), &opened));
    assert_int_equal(truncate(path, 5), 0);
    assert_false(seal_start(path, *state, &why));
    assert_true(why.len > 0);
    unlink(path);
    assert_true(seal_start(path, *state, &why)); // another key
    assert_false(seal_open(*state, one, STR("me"), &opened));
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_reach_along_one_line),
        cmocka_unit_test_setup_teardown(roles_are_those_granted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(own_rights_are_those_granted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_acts_for_whom, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_are_known_by_their_hash, set_up, tear_down),
        cmocka_unit_test(what_is_not_ours_has_no_hash),
        cmocka_unit_test(the_chain_holds_together),
        cmocka_unit_test(parts_do_not_run_together),
        cmocka_unit_test_setup_teardown(sha256_is_the_one_everybody_computes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(passwords_are_compared, set_up, tear_down),
        cmocka_unit_test(few_passwords_run_at_once),
        cmocka_unit_test_setup_teardown(guesses_are_foreseen, set_up, tear_down),
        cmocka_unit_test(a_list_is_searched),
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test_setup_teardown(a_device_reads_the_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(recovery_codes_are_read_as_people_write_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(recovery_codes_are_kept_by_argon2id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mark_tells_the_same_from_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_sealed_opens_for_its_own, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
