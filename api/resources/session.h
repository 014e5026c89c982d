// SPDX-License-Identifier: Apache-2.0
// How a session begins, whatever the way in which somebody proved who they are.
#pragma once
#include "../request.h"

typedef struct SessionOpen {
    Str person;
    const char *way; // "link", "password", "oidc"
    bool confirmed;  // fresh: may do what is sensitive for a while; false when a second factor was not asked
    bool cookie;     // the secret goes to a browser as a cookie, and not into the answer
} SessionOpen;

// Opens a session for a person who has just proved who they are, takes up what they were invited to, and answers 201 with a Session.
// Whoever answers otherwise (a redirection) changes rq->reply afterwards and keeps its cookie. False with a fault.
bool session_open(Request *rq, const SessionOpen *open);
