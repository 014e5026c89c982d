// SPDX-License-Identifier: Apache-2.0
// Oneself: name, language, password, address. Each change of how one signs in is told by mail.
#include "bodies.h"
#include "common.h"
#include "proof.h"
#include "remember.h"
#include "resources.h"
#include "../auth/password.h"
#include "../settings.h"

bool me_get(Request *rq)
{
    return reply_found(rq,
                       QUERY(rq->db, rq->arena, Q_PERSON_ME, ARG(rq->who->person),
                             ARG(rq->who->token), arg_int(rq->arena, settings()->session_idle)));
}

bool me_change(Request *rq)
{
    const MeChange *change = rq->input;
    rq->access_changed = rq->who->person; // the language is kept with the rights
    Rows *changed = QUERY(rq->db, rq->arena, Q_PERSON_CHANGE, ARG(rq->who->person),
                          change->has_name ? ARG(change->name) : ARG_NULL, arg_some(change->lang));
    json_t *data = json_keep(
        rq->arena, json_pack("{s:b, s:b}", "name", change->has_name, "lang", change->lang.len > 0));
    if (!changed)
        return failed(rq);
    return remember_account(rq, "account.changed", rq->who->person, data) &&
           reply_found(rq, changed);
}

// --- password ------------------------------------------------------------------------------------

static bool password_good(Request *rq, const Rows *me, Str password)
{
    Str own[] = {row_str(me, 0, "email"), row_str(me, 0, "name")};
    if (password_listed(settings()->breached_passwords, password))
        return fault_at(rq, FAULT_INVALID, STR("/password"), "breached",
                        MESSAGE(T("Ce mot de passe a été divulgué ailleurs : prenez-en un autre.",
                                  "This password has leaked elsewhere: take another."),
                                STR_NONE));
    if (password_guessable(rq->arena, password, own, sizeof own / sizeof own[0]))
        return fault_at(
            rq, FAULT_INVALID, STR("/password"), "guessable",
            MESSAGE(T("Ce mot de passe se devine : prenez quatre mots sans lien, ou celui "
                      "d'un gestionnaire.",
                      "This password can be guessed: take four words that do not belong "
                      "together, or one of a password manager."),
                    STR_NONE));
    return true;
}

static const Rows *myself(Request *rq)
{
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(rq->who->person));
    if (!me)
        failed(rq);
    return me;
}

static bool tell(Request *rq, const Rows *me, Text what)
{
    return proof_notice(rq, row_str(me, 0, "email"), rq->who->lang == EN ? STR("en") : STR("fr"),
                        what);
}

bool password_put(Request *rq)
{
    const PasswordPut *put = rq->input;
    const Rows *me = myself(rq);
    Str encoded;
    if (!me || !password_good(rq, me, put->password))
        return false;
    if (!password_hash(rq->arena, put->password, &encoded))
        return proof_busy(rq);
    if (!QUERY(rq->db, rq->arena, Q_PERSON_SET_PASSWORD, ARG(rq->who->person), ARG(encoded)) ||
        !QUERY(rq->db, rq->arena, Q_TOKEN_ONLY, ARG(rq->who->person), ARG(rq->who->token)))
        return failed(rq);
    rq->access_changed = rq->who->person;
    return remember_account(rq, "account.password-set", rq->who->person, NULL) &&
           tell(rq, me,
                T("Votre mot de passe a été choisi ou changé.",
                  "Your password was set or changed.")) &&
           reply_none(rq);
}

// The mailed link remains: nobody takes off their last way in.
bool password_remove(Request *rq)
{
    const Rows *me = myself(rq);
    if (!me)
        return false;
    if (row_null(me, 0, "password"))
        return not_found(rq);
    if (!QUERY(rq->db, rq->arena, Q_PERSON_SET_PASSWORD, ARG(rq->who->person), ARG_NULL))
        return failed(rq);
    return remember_account(rq, "account.password-removed", rq->who->person, NULL) &&
           tell(rq, me, T("Votre mot de passe a été retiré.", "Your password was taken off.")) &&
           reply_none(rq);
}

// --- address -------------------------------------------------------------------------------------

// Whether the new address has an account is told to its owner alone, when they use the code.
bool address_ask(Request *rq)
{
    static const Text subject = {"Confirmez votre adresse", "Confirm your address"};
    static const Text body = {
        "Bonjour,\n\nPour que cette adresse devienne celle de votre compte, ouvrez cette page "
        ":\n\n{2}\n\n"
        "ou recopiez ce code, valable une fois pendant {1} minutes :\n\n{0}\n\n"
        "Si vous n'avez rien demandé, ignorez ce message.\n",
        "Hello,\n\nTo make this the address of your account, open this page:\n\n{2}\n\nor copy "
        "this "
        "code, good once within {1} minutes:\n\n{0}\n\nIf you asked for nothing, ignore this "
        "message.\n"};
    const AddressAsk *ask = rq->input;
    const Rows *me = myself(rq);
    if (!me || !proof_mail(rq, ask->email, "address", rq->who->person, subject, body))
        return false;
    return remember_account(rq, "account.address-asked", rq->who->person, NULL) &&
           tell(
               rq, me,
               T("On demande à changer l'adresse de votre compte ; elle changera quand la nouvelle "
                 "aura été confirmée.",
                 "The address of your account is to change, once the new one is confirmed.")) &&
           reply_text(rq, 202, STR("{\"sent\":true}"));
}

bool address_prove(Request *rq)
{
    const LinkUse *given = rq->input;
    Str email, person;
    if (!proof_link(rq, given->token, "address", &email, &person))
        return false;
    Rows *was = QUERY(rq->db, rq->arena, Q_PERSON_SET_EMAIL, ARG(person), ARG(email));
    if (!was)
        return failed(rq);
    if (rows_len(was) == 0)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Cette adresse a déjà un compte.", "This address has an account already."));
    return remember_account(rq, "account.address-changed", person, NULL) &&
           proof_notice(
               rq, row_str(was, 0, "email"), row_str(was, 0, "lang"),
               T("L'adresse de votre compte a changé : celle-ci n'y mène plus.",
                 "The address of your account has changed: this one leads there no longer.")) &&
           reply_none(rq);
}
