// SPDX-License-Identifier: Apache-2.0
// What the files of the track share: track.c (reading, deciding), track_facts.c, track_mail.c, track_store.c.
#pragma once
#include "track.h"

// A timestamp inside an array of PostgreSQL.
Time track_stamp(Str s);
// The next cut-off of the call, or TIME_NONE.
Time track_cutoff(Track *t);
// The call's title in this language, or the other.
Str track_call_title(Track *t, Lang lang);
// Renders a mail that an event caused, and remembers it.
void track_mail(Track *t, ItemId mail, const Event *event);
// The statement that writes the mails of these tracks to the outbox. False: there are none.
bool tracks_mails(Arena *arena, Track *tracks, size_t n, Flight *ret);
