// SPDX-License-Identifier: Apache-2.0
// Parameters are few: one slot for each row of the route's table, in its order.
#include "query.h"
#include "http/http.h"
#include <stdlib.h>

enum {
    SHOWN_MAX = 60,       // of what the caller wrote, in a fault
    LOOSE_TEXT_MAX = 4000 // of what another server wrote: codes may carry a whole token
};

static size_t parameter_count(const Route *route)
{
    size_t n = 0;
    while (route && route->query && route->query[n].name)
        n++;
    return n;
}

static Str place(Request *rq, Str name)
{
    return str_format(rq->arena, "?" STR_FMT, STR_ARG(str_slice(name, 0, SHOWN_MAX)));
}

static bool int_ok(Str s)
{
    char copy[24], *end;
    if (s.len == 0 || s.len >= sizeof copy)
        return false;
    memcpy(copy, s.at, s.len);
    copy[s.len] = '\0';
    if (copy[0] != '-' && (copy[0] < '0' || copy[0] > '9'))
        return false;
    strtoll(copy, &end, 10);
    return *end == '\0' && s.len < 20;
}

static bool uuid_ok(Arena *arena, Str *s)
{
    char *at = str_cstr(arena, *s);
    if (s->len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (at[i] >= 'A' && at[i] <= 'F')
            at[i] = (char)(at[i] + 32);
        bool digit = (at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f');
        if (dash ? at[i] != '-' : !digit)
            return false;
    }
    s->at = at;
    return true;
}

static bool value_ok(Request *rq, FieldType type, Str *value)
{
    Time time;
    switch (type) {
    case FIELD_INT_T:
        return int_ok(*value);
    case FIELD_BOOL_T:
        return str_is(*value, "true") || str_is(*value, "false");
    case FIELD_UUID_T:
        return uuid_ok(rq->arena, value);
    case FIELD_TIME_T:
        return time_parse(*value, &time);
    default:
        return str_points(*value) <= (size_t)(rq->route->loose ? LOOSE_TEXT_MAX : FIELD_TEXT_MAX);
    }
}

static Text expected(FieldType type)
{
    switch (type) {
    case FIELD_INT_T:
        return T("{0} attend un nombre entier.", "{0} takes a whole number.");
    case FIELD_BOOL_T:
        return T("{0} attend true ou false.", "{0} takes true or false.");
    case FIELD_UUID_T:
        return T("{0} attend un identifiant (UUID).", "{0} takes an id (UUID).");
    case FIELD_TIME_T:
        return T("{0} attend une date et une heure (RFC 3339).",
                 "{0} takes a date and time (RFC 3339).");
    default:
        return T("{0} est trop long.", "{0} is too long.");
    }
}

void query_take(Request *rq, Str name, Str value)
{
    size_t n = parameter_count(rq->route), i = 0;
    while (i < n && !str_is(name, rq->route->query[i].name))
        i++;
    if (i == n && rq->route->loose)
        return;
    if (i == n) {
        fault_at(rq, FAULT_INVALID, place(rq, name), "unknown",
                 MESSAGE(T("Le paramètre {0} n'existe pas ici.", "There is no parameter {0} here."),
                         str_slice(name, 0, SHOWN_MAX)));
        return;
    }
    if (rq->query[i].at) {
        fault_at(
            rq, FAULT_INVALID, place(rq, name), "unique",
            MESSAGE(T("Le paramètre {0} est donné deux fois.", "The parameter {0} is given twice."),
                    name));
        return;
    }
    rq->query[i] = value;
    if (!value_ok(rq, rq->route->query[i].type, &rq->query[i]))
        fault_at(rq, FAULT_INVALID, place(rq, name), "type",
                 (Message){expected(rq->route->query[i].type), {name}});
}

static void each(void *to, Str name, Str value)
{
    query_take(to, name, value);
}

bool query_read(Request *rq)
{
    size_t n = parameter_count(rq->route);
    rq->query = n ? arena_array(rq->arena, Str, n) : NULL;
    if (!http_queries(rq->http, each, rq))
        return fault(
            rq, FAULT_MALFORMED, NULL,
            T("La chaîne de requête est mal encodée.", "The query string is not well encoded."));
    return rq->faults.len == 0;
}

Str request_query(const Request *rq, const char *name)
{
    for (size_t i = 0; i < parameter_count(rq->route); i++)
        if (strcmp(rq->route->query[i].name, name) == 0)
            return rq->query ? rq->query[i] : STR_NONE;
    return STR_NONE;
}

int64_t request_query_int(const Request *rq, const char *name, int64_t otherwise)
{
    Str s = request_query(rq, name);
    char copy[24] = {0};
    if (!s.at || s.len >= sizeof copy)
        return otherwise;
    memcpy(copy, s.at, s.len);
    return strtoll(copy, NULL, 10);
}
