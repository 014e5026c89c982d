// SPDX-License-Identifier: Apache-2.0
// One thread of messages an application, and the mails that wait to leave.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "sight.h"

// (role, scope, id): whoever holds such a grant is told.
typedef struct Keys {
    Str *roles, *scopes, *ids;
    size_t n;
} Keys;

static void key_add(Keys *keys, const Role *role, Scope scope, Str id)
{
    if (!id.len || !access_covers(scope, role->on))
        return;
    keys->roles[keys->n] = role->id;
    keys->scopes[keys->n] = str_of(scope_words[scope]);
    keys->ids[keys->n++] = id;
}

// The other side of the thread: who holds the dossier, or who works on the call.
static Keys others_of(Arena *arena, const Act *act)
{
    const Definition *def = act->track->def;
    const ApplicationScope *at = &act->track->scope;
    size_t most = def->role_count * 5;
    Keys keys = {arena_array(arena, Str, most), arena_array(arena, Str, most),
                 arena_array(arena, Str, most), 0};
    bool holder = false;
    for (size_t r = 1; r < def->role_count; r++)
        holder |= (act->actor.roles & def->roles[r].bit) && def->roles[r].on == ON_DOSSIER;
    for (size_t r = 1; r < def->role_count; r++) {
        const Role *role = &def->roles[r];
        if ((role->on == ON_DOSSIER) == holder ||
            !may_see(def, &act->track->at, THING_MESSAGE, ID_NONE, role->bit))
            continue;
        key_add(&keys, role, ON_DOSSIER, at->dossier);
        key_add(&keys, role, ON_ORGANISATION, at->organisation);
        key_add(&keys, role, ON_APPLICATION, at->application);
        key_add(&keys, role, ON_CALL, at->call);
        key_add(&keys, role, ON_SPACE, at->space);
    }
    return keys;
}

static bool notify(Request *rq, const Act *act, Str text)
{
    Message subject =
        MESSAGE(T("Dossier {0} : un message", "File {0}: a message"), act->track->number);
    Message body = MESSAGE(T("{0} écrit :\n\n{1}\n", "{0} writes:\n\n{1}\n"), rq->who->name, text);
    Keys keys = others_of(rq->arena, act);
    return QUERY(
               rq->db, rq->arena, Q_MESSAGE_NOTIFY, ARG(act->track->id), ARG(rq->who->person),
               ARG(message_text(rq->arena, FR, &subject)), ARG(message_text(rq->arena, FR, &body)),
               ARG(message_text(rq->arena, EN, &subject)), ARG(message_text(rq->arena, EN, &body)),
               arg_texts(rq->arena, keys.roles, keys.n), arg_texts(rq->arena, keys.scopes, keys.n),
               arg_texts(rq->arena, keys.ids, keys.n)) != NULL;
}

bool message_make(Request *rq)
{
    const MessageMake *make = rq->input;
    Act act;
    if (!act_begin(rq, rq->params[0], &act) || !act_may(rq, &act, THING_MESSAGE, ID_NONE))
        return false;
    Rows *message =
        QUERY(rq->db, rq->arena, Q_MESSAGE_ADD, ARG(act.track->id), ARG(rq->who->person),
              ARG(make->body), arg_time(rq->arena, request_now(rq)));
    if (!message || !notify(rq, &act, make->body))
        return failed(rq);
    Event posted = {.name = STR("message.posted"), .act = THING_MESSAGE, .item = ID_NONE};
    if (!act_fire(rq, &act, &posted))
        return false;
    rq->reply.location =
        str_format(rq->arena, "/api/v1/applications/" STR_FMT "/messages", STR_ARG(act.track->id));
    return reply_row(rq, 201, message, 0);
}

bool message_list(Request *rq)
{
    Sight sight;
    Page page;
    if (!sight_of(rq, rq->params[0], &sight) || !sight_asks(rq, &sight, THING_MESSAGE, ID_NONE) ||
        !page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_MESSAGE_LIST, ARG(sight.track->id), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

bool outbox_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_MESSAGE_OUTBOX,
                       arg_bool(str_is(request_query(rq, "waiting"), "true")), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}
