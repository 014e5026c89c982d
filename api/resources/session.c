// SPDX-License-Identifier: Apache-2.0
// Signing in and out. No answer here tells whether an address has an account.
#include "session.h"
#include "bodies.h"
#include "common.h"
#include "proof.h"
#include "remember.h"
#include "resources.h"
#include "../auth/cookie.h"
#include "../auth/token.h"
#include "../settings.h"
#include <time.h>

enum { LABEL_MAX = 200 };

// Access ends by the wall clock, see auth/access.c.
static Time from_now(int64_t us)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + us;
}

// By which its owner knows a session again. Readable text only: it is shown in lists.
static Str label_of(Request *rq)
{
    Str agent = str_slice(request_header(rq, "User-Agent"), 0, LABEL_MAX);
    return agent.len && str_utf8(agent) ? agent : STR("");
}

static Arg told(const Token *token, bool cookie)
{
    return cookie ? ARG_NULL : ARG(token->secret);
}

static bool reply_session(Request *rq, const Rows *session, const Token *token, bool cookie)
{
    if (cookie)
        rq->reply.cookie = cookie_write(rq->arena, token->secret, settings()->session_days * 86400);
    return reply_row(rq, 201, session, 0);
}

bool session_open(Request *rq, const SessionOpen *open)
{
    Token token = token_new(rq->arena);
    Rows *session = QUERY(
        rq->db, rq->arena, Q_TOKEN_SESSION, arg_bytes(rq->arena, token.hash, HASH_SIZE),
        ARG(open->person), ARG_C(open->way), ARG(label_of(rq)),
        arg_time(rq->arena, from_now(settings()->session_days * DAY)), arg_bool(open->confirmed),
        arg_int(rq->arena, settings()->session_fresh), told(&token, open->cookie));
    if (!session)
        return failed(rq);
    if (rows_len(session) == 0) // told to who proved that it is theirs, and to nobody else
        return fault(rq, FAULT_FORBIDDEN, NULL,
                     T("Ce compte est suspendu : adressez-vous à l'administration.",
                       "This account is suspended: turn to the administrators."));
    return reply_session(rq, session, &token, open->cookie);
}

// "?space=ouest" for the page that the mail names; what is no address of a space is left out.
static Str page_of(Request *rq, Str space)
{
    for (size_t i = 0; i < space.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", space.at[i]))
            return STR("");
    return space.len ? str_format(rq->arena, "?space=" STR_FMT, STR_ARG(space)) : STR("");
}

bool sign_in(Request *rq)
{
    static const Text subject = {"Votre lien de connexion", "Your sign-in link"};
    static const Text body = {
        "Bonjour,\n\nPour vous connecter, ouvrez cette page :\n\n{2}\n\nou recopiez ce code, "
        "valable "
        "une fois pendant {1} minutes :\n\n{0}\n\nSi vous n'avez rien demandé, ignorez ce "
        "message.\n",
        "Hello,\n\nTo sign in, open this page:\n\n{2}\n\nor copy this code, good once within {1} "
        "minutes:\n\n{0}\n\nIf you asked for nothing, ignore this message.\n"};
    const SignIn *given = rq->input;
    return proof_mail_from(rq, given->email, "sign-in", STR_NONE, subject, body,
                           page_of(rq, given->space)) &&
           reply_text(rq, 202, STR("{\"sent\":true}"));
}

// The mailed link always lets its owner in. Whoever has a second factor gives it now, or before what is sensitive.
bool sign_in_link(Request *rq)
{
    const LinkUse *given = rq->input;
    Str email, nobody;
    if (!proof_link(rq, given->token, "sign-in", &email, &nobody))
        return false;
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_VERIFIED, ARG(email),
                         ARG_C(rq->lang == EN ? "en" : "fr"));
    if (!person)
        return failed(rq);
    Str id = row_str(person, 0, "id");
    bool has_totp = row_bool(person, 0, "has_totp");
    if (has_totp && given->code.len && !proof_code(rq, id, given->code))
        return false;
    return session_open(rq, &(SessionOpen){.person = id,
                                           .way = "link",
                                           .confirmed = !has_totp || given->code.len,
                                           .cookie = given->cookie});
}

static bool ask_for_code(Request *rq)
{
    return fault(rq, FAULT_CODE_NEEDED, "/code",
                 T("Donnez aussi le code de votre appareil, ou un code de secours.",
                   "Give the code of your device as well, or a recovery code."));
}

bool sign_in_password(Request *rq)
{
    const SignIn *given = rq->input;
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_PASSWORD, ARG(given->email));
    if (!person)
        return failed(rq);
    bool wrong, known = rows_len(person) && !row_null(person, 0, "password");
    if (!proof_password(rq, given->email, known ? row_str(person, 0, "password") : STR_NONE,
                        given->password, &wrong))
        return wrong && fault(rq, FAULT_SIGNED_OUT, NULL,
                              T("L'adresse et le mot de passe ne vont pas ensemble.",
                                "The address and the password do not go together."));
    Str id = row_str(person, 0, "id");
    if (row_bool(person, 0, "has_totp")) {
        if (!given->code.len)
            return ask_for_code(rq);
        if (!proof_code(rq, id, given->code))
            return false;
    }
    return session_open(
        rq, &(SessionOpen){
                .person = id, .way = "password", .confirmed = true, .cookie = given->cookie});
}

// --- it is still them ----------------------------------------------------------------------------

bool session_confirm_mail(Request *rq)
{
    static const Text subject = {"Votre code de confirmation", "Your confirmation code"};
    static const Text body = {
        "Bonjour,\n\nCode pour confirmer que c'est bien vous, valable une fois pendant {1} minutes "
        ":\n\n{0}\n\nSi vous n'avez rien demandé, ignorez ce message.\n",
        "Hello,\n\nCode to confirm that it is you, good once within {1} minutes:\n\n{0}\n\n"
        "If you asked for nothing, ignore this message.\n"};
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(rq->who->person));
    if (!me)
        return failed(rq);
    return proof_mail(rq, row_str(me, 0, "email"), "confirm", rq->who->person, subject, body) &&
           reply_text(rq, 202, STR("{\"sent\":true}"));
}

static bool confirmed_by_mail(Request *rq, Str token)
{
    Str email, person;
    if (!proof_link(rq, token, "confirm", &email, &person))
        return false;
    return str_eq(person, rq->who->person) ||
           fault(rq, FAULT_SIGNED_OUT, "/token",
                 T("Ce code n'est pas pour vous.", "This code is not for you."));
}

static bool confirmed_by_password(Request *rq, const Rows *me, Str password)
{
    bool wrong;
    Str encoded = row_null(me, 0, "password") ? STR_NONE : row_str(me, 0, "password");
    if (proof_password(rq, row_str(me, 0, "email"), encoded, password, &wrong))
        return true;
    return wrong && fault(rq, FAULT_SIGNED_OUT, "/password",
                          T("Ce n'est pas ce mot de passe.", "This is not the password."));
}

// Whoever has a second factor confirms by it: a mailbox left open is not enough. Others by a password or a mailed code.
static bool confirmed(Request *rq, const Confirm *given)
{
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(rq->who->person));
    if (!me)
        return failed(rq);
    if (row_bool(me, 0, "has_totp"))
        return given->code.len ? proof_code(rq, rq->who->person, given->code) : ask_for_code(rq);
    if (given->token.len)
        return confirmed_by_mail(rq, given->token);
    return confirmed_by_password(rq, me, given->password);
}

// The secret changes with the confirmation: one that was stolen before is worth nothing after.
bool session_confirm(Request *rq)
{
    const Confirm *given = rq->input;
    if (!confirmed(rq, given))
        return false;
    bool cookie = !request_header(rq, "Authorization").len;
    Token token = token_new(rq->arena);
    Rows *session = QUERY(rq->db, rq->arena, Q_TOKEN_RENEW, ARG(rq->who->token),
                          arg_bytes(rq->arena, token.hash, HASH_SIZE),
                          arg_int(rq->arena, settings()->session_fresh), told(&token, cookie));
    if (!session)
        return failed(rq);
    if (rows_len(session) == 0)
        return not_found(rq);
    rq->access_changed = rq->who->person;
    return reply_session(rq, session, &token, cookie);
}

// --- the end -------------------------------------------------------------------------------------

bool session_end(Request *rq)
{
    uint8_t hash[HASH_SIZE];
    if (access_shown(rq, hash) &&
        !QUERY(rq->db, rq->arena, Q_TOKEN_SIGN_OUT, arg_bytes(rq->arena, hash, HASH_SIZE)))
        return failed(rq);
    rq->access_changed = rq->who->person;
    rq->reply.cookie = cookie_write(rq->arena, STR(""), 0);
    return reply_none(rq);
}

bool session_end_all(Request *rq)
{
    bool tokens = str_is(request_query(rq, "tokens"), "true");
    if (!QUERY(rq->db, rq->arena, Q_TOKEN_SIGN_OUT_EVERYWHERE, ARG(rq->who->person),
               arg_bool(tokens)))
        return failed(rq);
    rq->access_changed = rq->who->person;
    rq->reply.cookie = cookie_write(rq->arena, STR(""), 0);
    json_t *data = json_keep(rq->arena, json_pack("{s:b}", "tokens", tokens));
    return remember_account(rq, "account.signed-out", rq->who->person, data) && reply_none(rq);
}
