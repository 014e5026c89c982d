// SPDX-License-Identifier: Apache-2.0
#include "remember.h"
#include "../clock.h"
#include "common.h"

enum { VALUE_MOST = 1000, CHANGES_MOST = 200 }; // bytes of a value that is kept; fields of one edit

// For whom the caller runs a space or works on a dossier, when it is not for themselves. False with a fault.
static bool behalf_find(Request *rq, Deed *deed)
{
    if (!rq->who || !rq->who->acts)
        return true;
    if (deed->kind == CHAIN_SPACE)
        deed->behalf = access_behalf_on_space(rq->who, deed->chain);
    if (deed->kind != CHAIN_DOSSIER)
        return true;
    Rows *holder = QUERY(rq->db, rq->arena, Q_DOSSIER_HOLDER, ARG(deed->chain));
    if (!holder)
        return failed(rq);
    if (rows_len(holder))
        deed->behalf =
            access_behalf_on_dossier(rq->who, deed->chain, row_str(holder, 0, "organisation_id"));
    return true;
}

bool remember(Request *rq, Deed deed)
{
    if (rq->who)
        deed.person = rq->http ? rq->who->person : STR_NONE;
    if (!behalf_find(rq, &deed))
        return false;
    deed.shift = clock_shift();
    rq->told = true;
    return chain_add(rq->db, rq->arena, &deed) || failed(rq);
}

bool remember_account(Request *rq, const char *event, Str person, const json_t *data)
{
    return remember(rq, (Deed){.kind = CHAIN_PLATFORM,
                               .event = event,
                               .person = person,
                               .about = person,
                               .data = data});
}

Deed space_deed(Str space, const char *event)
{
    return (Deed){.kind = CHAIN_SPACE, .chain = space, .tree = space, .event = event};
}

static json_t *text(Str s)
{
    return json_stringn(s.len ? s.at : "", s.len);
}

static json_t *bound(Request *rq, Time t)
{
    return t == TIME_NONE ? json_null() : text(time_format(rq->arena, t));
}

// The space in which a call or an application lies; empty when it lies in none.
static bool space_of(Request *rq, Str scope, Str scope_id, Str *ret)
{
    Rows *space = QUERY(rq->db, rq->arena, Q_GRANT_SPACE, ARG(scope), ARG(scope_id));
    *ret = space && rows_len(space) ? row_str(space, 0, "space_id") : STR_NONE;
    return space || failed(rq);
}

bool scope_chain(Request *rq, Str scope, Str scope_id, Deed *ret)
{
    ret->kind = CHAIN_PLATFORM;
    if (str_is(scope, "dossier") || str_is(scope, "organisation")) {
        ret->kind = str_is(scope, "dossier") ? CHAIN_DOSSIER : CHAIN_ORGANISATION;
        ret->chain = scope_id;
    } else if (str_is(scope, "space") || str_is(scope, "call") || str_is(scope, "application")) {
        if (!space_of(rq, scope, scope_id, &ret->tree))
            return false;
        ret->kind = ret->tree.len ? CHAIN_SPACE : CHAIN_PLATFORM;
        ret->chain = ret->tree;
    }
    return true;
}

bool remember_grant(Request *rq, const GrantDeed *g)
{
    Deed deed = {.event = g->event, .about = g->person};
    if (!scope_chain(rq, g->scope, g->scope_id, &deed))
        return false;
    deed.data = json_keep(
        rq->arena, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "id", text(g->id), "role",
                             text(g->role), "scope", text(g->scope), "scope_id", text(g->scope_id),
                             "from_at", bound(rq, g->from), "until_at", bound(rq, g->until)));
    return remember(rq, deed);
}

// --- edits ---------------------------------------------------------------------------------------

// Long values are told by their hash.
static json_t *value_told(Arena *arena, const json_t *value)
{
    if (!value)
        return json_null();
    Str whole = json_canonical(arena, value);
    if (whole.len <= VALUE_MOST)
        return json_deep_copy(value);
    return json_pack("{s:o, s:I}", "sha256", text(hash_sha256(arena, whole)), "bytes",
                     (json_int_t)whole.len);
}

static void change(Arena *arena, json_t *list, Str pointer, const json_t *before,
                   const json_t *after)
{
    if (json_array_size(list) < CHANGES_MOST)
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "field", text(pointer), "before",
                                              value_told(arena, before), "after",
                                              value_told(arena, after)));
}

// Members that differ; a workflow's own answers, which lie one level lower, one by one.
static void differences(Arena *arena, json_t *list, Str at, const json_t *before,
                        const json_t *after, bool deeper)
{
    const json_t *sides[] = {after, before};
    for (size_t side = 0; side < 2; side++) {
        const char *name;
        json_t *unused;
        json_object_foreach((json_t *)(uintptr_t)sides[side], name, unused)
        {
            json_t *b = json_at(before, name), *a = json_at(after, name);
            if ((side == 1 && a) || (a && b && json_equal(a, b)))
                continue;
            Str pointer = pointer_add(arena, at, str_of(name));
            if (deeper && (!a || json_is_object(a)) && (!b || json_is_object(b)))
                differences(arena, list, pointer, b, a, false);
            else
                change(arena, list, pointer, b, a);
        }
    }
}

// A row as it is shown, without what counts its changes.
static json_t *row_value(Request *rq, const Rows *rows)
{
    Fault unused;
    Buf buf = {.arena = rq->arena};
    if (!rows)
        return NULL;
    buf_char(&buf, '{');
    row_members(&buf, rows, 0);
    buf_char(&buf, '}');
    json_t *value = json_read(rq->arena, buf_str(&buf), &unused);
    static const char *const counts[] = {"version", "created_at", "updated_at"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_del(value, counts[i]);
    return value;
}

bool remember_change(Request *rq, Deed deed, const Rows *before, const Rows *after)
{
    json_t *changes = json_array();
    differences(rq->arena, changes, STR(""), row_value(rq, before), row_value(rq, after), false);
    deed.data = json_keep(rq->arena, json_pack("{s:o, s:o}", "id", text(row_str(after, 0, "id")),
                                               "changes", changes));
    return remember(rq, deed);
}

bool remember_edit(Request *rq, Str dossier, int64_t version, const json_t *before,
                   const json_t *after)
{
    json_t *changes = json_array();
    differences(rq->arena, changes, STR(""), before, after, true);
    json_t *data = json_keep(
        rq->arena, json_pack("{s:I, s:o}", "version", (json_int_t)version, "changes", changes));
    return remember(rq, (Deed){.kind = CHAIN_DOSSIER,
                               .chain = dossier,
                               .event = before ? "dossier.edited" : "dossier.made",
                               .data = data});
}
