// SPDX-License-Identifier: Apache-2.0
// What handlers of all nouns say in the same words.
#pragma once
#include "../auth/access.h"

// The refusal that fits the error of the last statement. Always false.
bool failed(Request *rq);

// May the caller give and take roles on this scope? If not, false with the fault of `no` (forbidden, not_found); a dossier is not found
// by whoever may not even know of it. (grant.c)
bool may_grant(Request *rq, Scope scope, Str word, Str id, bool no(Request *));

// What is not there, or not to be seen, is not found; what may be seen and not done is forbidden. Always false.
bool not_found(Request *rq);
bool forbidden(Request *rq);
bool stale(Request *rq, int64_t version); // now at `version`

// Row 0 as the answer; not found when there is none, failed when `rows` is NULL.
bool reply_found(Request *rq, const Rows *rows);

// ETags tell representations apart. Row 0, where nothing but its edits changes it: "<version>".
bool reply_edited(Request *rq, int status, const Rows *rows);
// Row 0, where it also shows what changes by itself, such as money that is committed: "<version>-<tag of the whole>".
bool reply_whole(Request *rq, int status, const Rows *rows);
// Is row 0, which reply_whole would show now, the one that If-Match names? Then rq->if_match is its version; otherwise false with a fault.
bool whole_holds(Request *rq, const Rows *rows);

// 201 with row 0 and the Location "/api/v1/<nouns>/<id>"; with an ETag as reply_edited where there is a version.
bool reply_made(Request *rq, const char *nouns, const Rows *rows);

// The definition of a workflow version; NULL with a fault.
const Definition *definition_of(Request *rq, Str version_id);

// The one "id" of a row, for statements that follow.
Arg row_id(const Rows *rows);

// A page's keyset position as parameters; page_limit asks for one row more than is shown.
Arg page_at(const Page *page);
Arg page_id(const Page *page);
Arg page_limit(Arena *arena, const Page *page);

// A member of the query string as a parameter, null when absent.
Arg query_arg(const Request *rq, const char *name);

// A text that may be absent: null then.
Arg arg_some(Str s);

// {fr, en}: texts of at most `max` characters, one of them at least. NULL is fine (absent). False with faults.
bool label_check(Request *rq, const char *pointer, const json_t *label, size_t max);

// The texts of a list read by a field table, as text[]; null when `given` is false.
Arg arg_list(Arena *arena, FieldList list, bool given);

// Every text is a territory's code that we know. False with faults at `pointer`.
bool territories_check(Request *rq, const char *pointer, FieldList codes);

// A mail for the outbox, in one language. False when the database refuses.
bool mail_add(Request *rq, Str recipient, Str subject, Str body, Str application);
