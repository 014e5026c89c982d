// SPDX-License-Identifier: Apache-2.0
// Signing in and out, and oneself. No answer here tells whether an address has an account.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "../auth/password.h"
#include "../auth/token.h"
#include "../auth/tries.h"
#include <time.h>

enum { LINK_MINUTES = 30, SESSION_DAYS = 14 };

// Access ends by the wall clock, see auth/access.c.
static Time from_now(int64_t us)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + us;
}

static bool mail_link(Request *rq, const Token *token)
{
    static const Text subject = {"Votre lien de connexion", "Your sign-in link"};
    static const Text body = {
        "Bonjour,\n\nVoici votre code de connexion, valable une fois pendant {1} minutes "
        ":\n\n{0}\n\n"
        "Si vous n'avez rien demandé, ignorez ce message.\n",
        "Hello,\n\nHere is your sign-in code, good once within {1} minutes:\n\n{0}\n\n"
        "If you asked for nothing, ignore this message.\n"};
    Message title = MESSAGE(subject, STR_NONE);
    Message text = MESSAGE(body, token->secret, str_format(rq->arena, "%d", LINK_MINUTES));
    return QUERY(rq->db, rq->arena, Q_SIGN_IN_LINK_MAIL,
                 arg_bytes(rq->arena, token->hash, HASH_SIZE),
                 ARG(message_text(rq->arena, rq->lang, &title)),
                 ARG(message_text(rq->arena, rq->lang, &text))) != NULL;
}

bool sign_in(Request *rq)
{
    const SignIn *given = rq->input;
    Token token = token_new(rq->arena);
    Rows *made =
        QUERY(rq->db, rq->arena, Q_SIGN_IN_LINK_ADD, arg_bytes(rq->arena, token.hash, HASH_SIZE),
              ARG(given->email), arg_time(rq->arena, from_now(LINK_MINUTES * 60 * SECOND)));
    if (!made || (rows_len(made) && !mail_link(rq, &token)))
        return failed(rq);
    return reply_text(rq, 202, STR("{\"sent\":true}"));
}

static bool session_open(Request *rq, Str person)
{
    Token token = token_new(rq->arena);
    Rows *session =
        QUERY(rq->db, rq->arena, Q_TOKEN_SESSION, arg_bytes(rq->arena, token.hash, HASH_SIZE),
              ARG(person), arg_time(rq->arena, from_now(SESSION_DAYS * DAY)), ARG(token.secret));
    if (!session)
        return failed(rq);
    return reply_row(rq, 201, session, 0);
}

static bool bad_link(Request *rq)
{
    return fault(rq, FAULT_SIGNED_OUT, NULL,
                 T("Ce code a déjà servi, a expiré ou n'existe pas : demandez-en un autre.",
                   "This code was used, has expired or does not exist: ask for another."));
}

bool sign_in_link(Request *rq)
{
    uint8_t hash[HASH_SIZE];
    if (!token_hash(((LinkUse *)rq->input)->token, hash))
        return bad_link(rq);
    Rows *link =
        QUERY(rq->db, rq->arena, Q_SIGN_IN_LINK_USE, arg_bytes(rq->arena, hash, HASH_SIZE));
    if (!link)
        return failed(rq);
    if (rows_len(link) == 0)
        return bad_link(rq);
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_OF_EMAIL, ARG(row_str(link, 0, "email")),
                         ARG_C(rq->lang == EN ? "en" : "fr"));
    return person ? session_open(rq, row_str(person, 0, "id")) : failed(rq);
}

static Time monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

// Compares, a few times in a while for one address. Right, or false with a fault: `wrong` says so in the caller's words.
static bool password_right(Request *rq, Str email, Str encoded, Str password, bool *wrong)
{
    *wrong = false;
    rq->reply.retry_after = tries_take(email, monotonic());
    if (rq->reply.retry_after)
        return fault(rq, FAULT_THROTTLED, NULL,
                     T("Trop d'essais : attendez, ou demandez un lien par courriel.",
                       "Too many tries: wait, or ask for a mailed link."));
    PasswordVerdict verdict = password_check(encoded, password);
    *wrong = verdict == PASSWORD_WRONG;
    if (*wrong)
        return false;
    tries_give_back(email);
    if (verdict == PASSWORD_RIGHT)
        return true;
    rq->reply.retry_after = 2;
    return fault(
        rq, FAULT_BUSY, NULL,
        T("Trop de connexions à la fois : réessayez.", "Too many sign-ins at once: try again."));
}

bool sign_in_password(Request *rq)
{
    const SignIn *given = rq->input;
    Rows *person = QUERY(rq->db, rq->arena, Q_PERSON_PASSWORD, ARG(given->email));
    if (!person)
        return failed(rq);
    bool wrong, known = rows_len(person) && !row_null(person, 0, "password");
    if (password_right(rq, given->email, known ? row_str(person, 0, "password") : STR_NONE,
                       given->password, &wrong))
        return session_open(rq, row_str(person, 0, "id"));
    return wrong && fault(rq, FAULT_SIGNED_OUT, NULL,
                          T("L'adresse et le mot de passe ne vont pas ensemble.",
                            "The address and the password do not go together."));
}

bool session_end(Request *rq)
{
    uint8_t hash[HASH_SIZE];
    if (access_shown(rq, hash) &&
        !QUERY(rq->db, rq->arena, Q_TOKEN_SIGN_OUT, arg_bytes(rq->arena, hash, HASH_SIZE)))
        return failed(rq);
    rq->access_changed = true;
    return reply_none(rq);
}

bool me_get(Request *rq)
{
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_PERSON_ME, ARG(rq->who->person)));
}

// A session left open is not enough to take an account over: who has a password shows it.
static bool may_set_password(Request *rq, const MeChange *change)
{
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(rq->who->person));
    if (!me)
        return failed(rq);
    bool wrong;
    if (rows_len(me) == 0 || row_null(me, 0, "password") ||
        password_right(rq, row_str(me, 0, "email"), row_str(me, 0, "password"),
                       change->current_password, &wrong))
        return true;
    return wrong && fault(rq, FAULT_INVALID, "/current_password",
                          T("Le mot de passe actuel manque ou n'est pas celui-là.",
                            "The current password is missing or not this one."));
}

bool me_change(Request *rq)
{
    const MeChange *change = rq->input;
    Str encoded = STR_NONE;
    if (change->password.len && !may_set_password(rq, change))
        return false;
    if (change->password.len && !password_hash(rq->arena, change->password, &encoded)) {
        rq->reply.retry_after = 2;
        return fault(rq, FAULT_BUSY, NULL,
                     T("Trop de mots de passe à la fois : réessayez.",
                       "Too many passwords at once: try again."));
    }
    if (encoded.len &&
        !QUERY(rq->db, rq->arena, Q_TOKEN_ONLY, ARG(rq->who->person), ARG(rq->who->token)))
        return failed(rq);
    rq->access_changed = true; // the language is kept with the rights
    return reply_found(rq, QUERY(rq->db, rq->arena, Q_PERSON_CHANGE, ARG(rq->who->person),
                                 change->has_name ? ARG(change->name) : ARG_NULL,
                                 arg_some(change->lang), arg_some(encoded)));
}

bool token_make(Request *rq)
{
    const TokenMake *make = rq->input;
    Time until = make->expires_at == TIME_NONE ? from_now(90 * DAY) : make->expires_at;
    if (until <= from_now(0) || until > from_now(366 * DAY))
        return fault(rq, FAULT_INVALID, "/expires_at",
                     T("Un jeton vaut au plus un an, à partir de maintenant.",
                       "A token is good for a year at most, from now."));
    Token token = token_new(rq->arena);
    Rows *made = QUERY(rq->db, rq->arena, Q_TOKEN_ADD, arg_bytes(rq->arena, token.hash, HASH_SIZE),
                       ARG(rq->who->person), ARG_C("token"), ARG(make->label),
                       arg_time(rq->arena, until), ARG(token.secret));
    rq->key = STR_NONE; // the secret is told once: no answer with it is kept to be told again
    return reply_made(rq, "tokens", made);
}

bool token_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_TOKEN_LIST, ARG(rq->who->person), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool token_revoke(Request *rq)
{
    Rows *gone = QUERY(rq->db, rq->arena, Q_TOKEN_REVOKE, ARG(rq->params[0]), ARG(rq->who->person));
    if (!gone)
        return failed(rq);
    if (rows_len(gone) == 0)
        return not_found(rq);
    rq->access_changed = true;
    return reply_none(rq);
}
