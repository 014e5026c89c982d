// SPDX-License-Identifier: Apache-2.0
// One mail over SMTP (RFC 5321), by libcurl.
#pragma once
#include "../../engine/base/str.h"
#include "tasks.h"

typedef struct Letter {
    Str id;        // stable: the Message-ID is made of it, so that a mail sent twice can be told
    Str recipient, subject, body; // UTF-8
    Time created;
} Letter;

typedef enum MailVerdict { MAIL_SENT, MAIL_LATER, MAIL_NEVER } MailVerdict;

// Sends and says what the server answered: 4xx and no connection are MAIL_LATER, 5xx and a broken address MAIL_NEVER.
// `why` gets a short reason without the address, in the arena.
MailVerdict mail_send(Arena *arena, const TasksOptions *options, const Letter *mail, Str *why);

// The message as it goes over the wire (RFC 5322, RFC 2045): headers, then the body in base64 of UTF-8. For tests too.
Str mail_text(Arena *arena, const char *from, const Letter *mail);
