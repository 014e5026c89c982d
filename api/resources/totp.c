// SPDX-License-Identifier: Apache-2.0
// The second factor: begun, confirmed by a first code, taken off.
#include "bodies.h"
#include "common.h"
#include "proof.h"
#include "remember.h"
#include "resources.h"
#include "../auth/seal.h"
#include "../auth/totp.h"

// By the key that the database names, which stays so until this transaction ends. False with a fault.
static bool seal_now(Request *rq, Str secret, Str *ret)
{
    Rows *key = QUERY0(rq->db, rq->arena, Q_SEAL_KEY);
    if (!key)
        return failed(rq);
    Str id = row_bytes(rq->arena, key, 0, "id");
    if (id.len == SEAL_ID && !seal_take((const uint8_t *)id.at))
        return fault(rq, FAULT_INTERNAL, NULL,
                     T("La clé qui scelle les secrets n'est pas ici : prévenez l'administration.",
                       "The key that seals secrets is not here: tell the administrators."));
    *ret = seal(rq->arena, secret, rq->who->person);
    return true;
}

bool totp_make(Request *rq)
{
    Str secret = totp_secret(rq->arena), person = rq->who->person, sealed;
    if (!seal_now(rq, secret, &sealed))
        return false;
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(person));
    Rows *begun = me ? QUERY(rq->db, rq->arena, Q_TOTP_BEGIN, ARG(person),
                             arg_bytes(rq->arena, sealed.at, sealed.len))
                     : NULL;
    if (!begun)
        return failed(rq);
    if (rows_len(begun) == 0)
        return fault(rq, FAULT_CONFLICT, NULL,
                     T("Un second facteur est déjà en place : retirez-le d'abord.",
                       "There is a second factor already: take it off first."));
    Str shown = totp_base32(rq->arena, secret),
        uri = totp_uri(rq->arena, row_str(me, 0, "email"), secret);
    return reply_json(rq, 201,
                      json_keep(rq->arena, json_pack("{s:s%, s:s%}", "secret", shown.at, shown.len,
                                                     "uri", uri.at, uri.len)));
}

// New ones, told this once; those that were are good no longer.
static bool reply_codes(Request *rq, int status)
{
    uint8_t hashes[RECOVERY_CODES][HASH_SIZE], first[HASH_SIZE];
    json_t *codes = json_array(), *reply = json_keep(rq->arena, json_pack("{s:o}", "codes", codes));
    Str salt = recovery_salt(rq->arena);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        Str code = recovery_code(rq->arena);
        recovery_hash(rq->who->person, code, first);
        if (!recovery_harden(first, salt, hashes[i]))
            return proof_busy(rq);
        json_array_append_new(codes, json_stringn(code.at, code.len));
    }
    if (!QUERY(rq->db, rq->arena, Q_RECOVERY_CODES_SET, ARG(rq->who->person),
               arg_hexes(rq->arena, hashes[0], RECOVERY_CODES, HASH_SIZE),
               arg_bytes(rq->arena, salt.at, salt.len)))
        return failed(rq);
    return reply_json(rq, status, reply);
}

static bool tell(Request *rq, Str email, Str lang, Text what)
{
    return proof_notice(rq, email, lang, what);
}

bool totp_confirm(Request *rq)
{
    const CodeGive *given = rq->input;
    bool right;
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(rq->who->person));
    if (!me)
        return failed(rq);
    if (row_bool(me, 0, "has_totp"))
        return fault(
            rq, FAULT_CONFLICT, NULL,
            T("Ce second facteur est déjà en place.", "This second factor is in place already."));
    if (!proof_try(rq, TRY_CODE, rq->who->person) ||
        !proof_device_code(rq, rq->who->person, given->code, &right))
        return false;
    if (!right)
        return fault(rq, FAULT_INVALID, "/code",
                     T("Ce n'est pas le code de l'appareil ; est-il à l'heure ?",
                       "This is not the device's code; is its clock right?"));
    tries_give_back(TRY_CODE, rq->who->person);
    // This session has given it: it counts as confirmed by both.
    if (!QUERY(rq->db, rq->arena, Q_TOKEN_CONFIRMED, ARG(rq->who->token), ARG(rq->who->person)))
        return failed(rq);
    rq->access_changed = rq->who->person;
    return remember_account(rq, "account.factor-added", rq->who->person, NULL) &&
           tell(rq, row_str(me, 0, "email"), rq->who->lang == EN ? STR("en") : STR("fr"),
                T("Un second facteur a été mis en place.", "A second factor was put in place.")) &&
           reply_codes(rq, 200);
}

bool recovery_codes_make(Request *rq)
{
    Rows *me = QUERY(rq->db, rq->arena, Q_PERSON_SECRET, ARG(rq->who->person));
    if (!me)
        return failed(rq);
    if (!row_bool(me, 0, "has_totp"))
        return not_found(rq);
    return remember_account(rq, "account.recovery-codes", rq->who->person, NULL) &&
           reply_codes(rq, 201);
}

static bool take_off(Request *rq, Str person)
{
    Rows *gone = QUERY(rq->db, rq->arena, Q_TOTP_REMOVE, ARG(person));
    if (!gone)
        return failed(rq);
    if (rows_len(gone) == 0)
        return not_found(rq);
    rq->access_changed = person;
    return remember_account(rq, "account.factor-removed", person, NULL) &&
           tell(rq, row_str(gone, 0, "email"), row_str(gone, 0, "lang"),
                T("Votre second facteur a été retiré.", "Your second factor was taken off.")) &&
           reply_none(rq);
}

bool totp_remove(Request *rq)
{
    return take_off(rq, rq->who->person);
}

// For whoever lost both the device and the recovery codes, and proved otherwise who they are.
bool person_totp_remove(Request *rq)
{
    return take_off(rq, rq->params[0]);
}
