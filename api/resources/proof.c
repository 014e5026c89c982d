// SPDX-License-Identifier: Apache-2.0
// Passwords, one-time codes and mailed codes, each compared in one place.
#include "proof.h"
#include "common.h"
#include "../auth/password.h"
#include "../auth/seal.h"
#include "../auth/token.h"
#include "../auth/totp.h"
#include "../settings.h"
#include <time.h>

static Time clock_of(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

bool proof_try(Request *rq, TryKind kind, Str who)
{
    rq->reply.retry_after = tries_take(kind, who, clock_of(CLOCK_MONOTONIC));
    return !rq->reply.retry_after ||
           fault(rq, FAULT_THROTTLED, NULL,
                 T("Trop d'essais : attendez, ou demandez un lien par courriel.",
                   "Too many tries: wait, or ask for a mailed link."));
}

bool proof_busy(Request *rq)
{
    rq->reply.retry_after = 2;
    return fault(rq, FAULT_BUSY, NULL,
                 T("Trop de mots de passe à la fois : réessayez.",
                   "Too many passwords at once: try again."));
}

void proof_account(Request *rq, Str email)
{
    if (email.len)
        rq->account = seal_mark(rq->arena, "account", email);
}

bool proof_password(Request *rq, Str account, Str encoded, Str password, bool *wrong)
{
    Str client = request_client(rq);
    *wrong = false;
    proof_account(rq, account);
    if (!proof_try(rq, TRY_CLIENT, client) || !proof_try(rq, TRY_PASSWORD, account))
        return false;
    PasswordVerdict verdict = password_check(encoded, password);
    *wrong = verdict == PASSWORD_WRONG;
    if (*wrong)
        return false;
    tries_give_back(TRY_PASSWORD, account);
    tries_give_back(TRY_CLIENT, client);
    return verdict == PASSWORD_RIGHT || proof_busy(rq);
}

// --- one-time codes ------------------------------------------------------------------------------

static bool recovery_taken(Request *rq, Str person, Str code, bool *right)
{
    uint8_t first[HASH_SIZE], hash[HASH_SIZE];
    Rows *salts = QUERY(rq->db, rq->arena, Q_RECOVERY_SALTS, ARG(person));
    *right = false;
    recovery_hash(person, code, first);
    for (size_t i = 0; salts && i < rows_len(salts) && !*right; i++) {
        memcpy(hash, first, HASH_SIZE);
        if (!row_null(salts, i, "salt") &&
            !recovery_harden(first, row_bytes(rq->arena, salts, i, "salt"), hash))
            return proof_busy(rq);
        Rows *taken = QUERY(rq->db, rq->arena, Q_RECOVERY_CODE_TAKE, ARG(person),
                            arg_bytes(rq->arena, hash, HASH_SIZE));
        if (!taken)
            return failed(rq);
        *right = rows_len(taken) > 0;
    }
    return salts || failed(rq);
}

bool proof_device_code(Request *rq, Str person, Str code, bool *right)
{
    Str secret;
    Rows *totp = QUERY(rq->db, rq->arena, Q_TOTP_GET, ARG(person));
    *right = false;
    if (!totp)
        return failed(rq);
    if (rows_len(totp) == 0)
        return true;
    if (!seal_open(rq->arena, row_bytes(rq->arena, totp, 0, "secret"), person, &secret))
        return fault(
            rq, FAULT_INTERNAL, NULL,
            T("Ce second facteur ne se lit plus : l'administration peut le retirer.",
              "This second factor cannot be read any more: an administrator can take it off."));
    int64_t step = totp_step(secret, code, clock_of(CLOCK_REALTIME), row_int(totp, 0, "last_step"));
    if (!step)
        return true;
    // Two requests with one code: the second finds its step taken.
    Rows *taken = QUERY(rq->db, rq->arena, Q_TOTP_TAKE, ARG(person), arg_int(rq->arena, step));
    *right = taken && rows_len(taken);
    return taken || failed(rq);
}

bool proof_code(Request *rq, Str person, Str code)
{
    bool right;
    Str client = request_client(rq);
    if (!proof_try(rq, TRY_CLIENT, client) || !proof_try(rq, TRY_CODE, person))
        return false;
    bool asked = code.len == TOTP_DIGITS ? proof_device_code(rq, person, code, &right)
                                         : recovery_taken(rq, person, code, &right);
    if (asked && !right)
        return fault(rq, FAULT_SIGNED_OUT, "/code",
                     T("Ce code n'est pas le bon, ou il a déjà servi.",
                       "This code is not the right one, or was used already."));
    tries_give_back(TRY_CODE, person);
    tries_give_back(TRY_CLIENT, client);
    return asked;
}

// --- mailed codes --------------------------------------------------------------------------------

bool proof_mail(Request *rq, Str email, const char *purpose, Str person, Text subject, Text body)
{
    return proof_mail_from(rq, email, purpose, person, subject, body, STR(""));
}

bool proof_mail_from(Request *rq, Str email, const char *purpose, Str person, Text subject,
                     Text body, Str query)
{
    proof_account(rq, email);
    if (!proof_try(rq, TRY_CLIENT_MAIL, request_client(rq)) ||
        (person.len && !proof_try(rq, TRY_MAIL, person)))
        return false;
    Token token = token_new(rq->arena);
    Arg hash = arg_bytes(rq->arena, token.hash, HASH_SIZE);
    Time until = clock_of(CLOCK_REALTIME) + LINK_MINUTES * 60 * SECOND;
    Rows *made = QUERY(rq->db, rq->arena, Q_SIGN_IN_LINK_ADD, hash, ARG(email), ARG_C(purpose),
                       arg_some(person), arg_time(rq->arena, until));
    if (!made)
        return failed(rq);
    if (rows_len(made) == 0)
        return true;
    // Behind "#": what a browser keeps for itself, out of logs and of what it tells other sites.
    Str page = str_format(rq->arena, "%s/sign-in" STR_FMT "#%s=" STR_FMT, settings()->base_url,
                          STR_ARG(query), purpose, STR_ARG(token.secret));
    Message title = MESSAGE(subject, STR_NONE);
    Message text = MESSAGE(body, token.secret, str_format(rq->arena, "%d", LINK_MINUTES), page);
    return QUERY(rq->db, rq->arena, Q_SIGN_IN_LINK_MAIL, hash,
                 ARG(message_text(rq->arena, rq->lang, &title)),
                 ARG(message_text(rq->arena, rq->lang, &text))) ||
           failed(rq);
}

bool proof_link(Request *rq, Str token, const char *purpose, Str *email, Str *person)
{
    uint8_t hash[HASH_SIZE];
    Str client = request_client(rq);
    if (!proof_try(rq, TRY_CLIENT, client))
        return false;
    Rows *link = NULL;
    if (token_hash(token, hash)) {
        link = QUERY(rq->db, rq->arena, Q_SIGN_IN_LINK_USE, arg_bytes(rq->arena, hash, HASH_SIZE),
                     ARG_C(purpose));
        if (!link)
            return failed(rq);
    }
    if (!link || rows_len(link) == 0)
        return fault(rq, FAULT_SIGNED_OUT, "/token",
                     T("Ce code a déjà servi, a expiré ou n'existe pas : demandez-en un autre.",
                       "This code was used, has expired or does not exist: ask for another."));
    tries_give_back(TRY_CLIENT, client);
    *email = row_str(link, 0, "email");
    proof_account(rq, *email);
    *person = row_str(link, 0, "person_id");
    return true;
}

bool proof_notice(Request *rq, Str email, Str lang, Text what)
{
    static const Text subject = {"Votre compte a changé", "Your account has changed"};
    static const Text body = {
        "Bonjour,\n\n{0}\n\nSi ce n'est pas vous, connectez-vous par un lien, fermez toutes vos "
        "sessions et prévenez l'administration de {1}.\n",
        "Hello,\n\n{0}\n\nIf it was not you, sign in by a mailed link, end all your sessions and "
        "tell the administrators of {1}.\n"};
    Lang to = str_is(lang, "en") ? EN : FR;
    Message title = MESSAGE(subject, STR_NONE);
    Message text =
        MESSAGE(body, str_of(to == FR ? what.fr : what.en), str_of(settings()->base_url));
    return mail_add(rq, email, message_text(rq->arena, to, &title),
                    message_text(rq->arena, to, &text), STR_NONE) ||
           failed(rq);
}
