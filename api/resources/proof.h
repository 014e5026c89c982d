// SPDX-License-Identifier: Apache-2.0
// Proving who one is, in whatever way; every way counts its wrong tries, by what it is tried on and by who tries.
#pragma once
#include "../auth/tries.h"
#include "../request.h"

enum { LINK_MINUTES = 15 }; // the life of a mailed code; nothing else knows it

// Counts one try, or refuses with 429 and Retry-After. Whoever was right gives it back (tries_give_back).
bool proof_try(Request *rq, TryKind kind, Str who);

// 503: as many passwords as may be are being computed (auth/password.h).
bool proof_busy(Request *rq);

// The log tells from here on whose account this request tries; not their address.
void proof_account(Request *rq, Str email);

// Compares a password with `encoded` (empty: nobody's), counted on `account`. On false there is a fault, or `wrong` is true: the
// caller says so in words of its own.
bool proof_password(Request *rq, Str account, Str encoded, Str password, bool *wrong);

// Takes a code of the person's device or a recovery code, each once. False with a fault, 401 at /code.
bool proof_code(Request *rq, Str person, Str code);

// Takes a code of the person's device alone, of a factor that is confirmed or only begun.
bool proof_device_code(Request *rq, Str person, Str code, bool *right);

// Mails a code that is good once for `purpose` ("sign-in", "confirm", "address"; `person` empty for the first). `body` holds {0} for
// the code, {1} for minutes and {2} for the address of a page that takes it. Nothing leaves when the mailbox had too many; nobody
// is told.
bool proof_mail(Request *rq, Str email, const char *purpose, Str person, Text subject, Text body);
// The same with a query string for the page, "?…" or empty.
bool proof_mail_from(Request *rq, Str email, const char *purpose, Str person, Text subject, Text body, Str query);

// Takes a mailed code: the address that it was sent to, and its person. False with a fault, 401.
bool proof_link(Request *rq, Str token, const char *purpose, Str *email, Str *person);

// A notice to the person themself, who may not have done what was done.
bool proof_notice(Request *rq, Str email, Str lang, Text what);
