// SPDX-License-Identifier: Apache-2.0
// Lists and maps: our own, JSON wrapped without copying, and records whose members have places. A
// declared type steers how JSON reads: a member declared double reads 3 as 3.0, one declared int
// reads 3.0 as 3, and null is "not filled in".
#include "inside.h"
#include <math.h>

static CelValue of_number(json_t *json, CelKind wanted)
{
    if (json_is_integer(json)) {
        json_int_t i = json_integer_value(json);
        if (wanted == CEL_DOUBLE)
            return cel_number((double)i);
        if (wanted == CEL_UINT && i >= 0)
            return (CelValue){.kind = CEL_UINT, .uint = (uint64_t)i};
        return cel_integer(i);
    }
    double d = json_real_value(json);
    if (wanted == CEL_INT && d == floor(d) && d >= -0x1p63 && d < 0x1p63)
        return cel_integer((int64_t)d);
    return cel_number(d);
}

static CelValue of_text(json_t *json, CelKind wanted)
{
    enum {
        TIME_MAX = 64
    }; // nothing longer is an instant or a duration, and reading is not paid for
    Str text = {json_string_value(json), json_string_length(json)};
    if (text.len > TIME_MAX || (wanted != CEL_TIMESTAMP && wanted != CEL_DURATION))
        return cel_text(text);
    CelValue value = wanted == CEL_TIMESTAMP ? cel_timestamp_of(text) : cel_duration_of(text);
    return value.kind == CEL_ERROR ? cel_text(text) : value;
}

// Written in place, as set_boolean is and for its reason.
static void set_wrapped(CelValue *ret, CelKind kind, json_t *json, const CelType *type)
{
    ret->kind = kind;
    ret->extra = FORM_JSON;
    ret->ref = json;
    ret->type = type && type->kind == kind ? type : NULL;
}

static void set_integer(CelValue *ret, json_int_t i)
{
    ret->kind = CEL_INT;
    ret->extra = 0;
    ret->integer = i;
    ret->type = NULL;
}

static void set_json(CelValue *ret, json_t *json, const CelType *type)
{
    CelKind wanted = type ? type->kind : CEL_DYN;
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
        set_wrapped(ret, CEL_MAP, json, type);
        return;
    case JSON_ARRAY:
        set_wrapped(ret, CEL_LIST, json, type);
        return;
    case JSON_STRING:
        *ret = of_text(json, wanted);
        return;
    case JSON_INTEGER:
        if (wanted == CEL_DOUBLE || wanted == CEL_UINT)
            *ret = of_number(json, wanted);
        else
            set_integer(ret, json_integer_value(json));
        return;
    case JSON_REAL:
        *ret = of_number(json, wanted);
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        set_boolean(ret, json_is_true(json));
        return;
    default:
        *ret = (CelValue){.kind = CEL_NULL};
    }
}

CelValue cel_of(json_t *json, const CelType *type)
{
    CelValue ret;
    set_json(&ret, json, type);
    return ret;
}

CelValue cel_of_json(Arena *arena, json_t *json, const CelType *type)
{
    (void)arena; // wrapping allocates nothing; the parameter leaves room for forms that do
    return cel_of(json, type);
}

CelValue cel_list(Arena *arena, const CelValue *items, size_t n)
{
    Items *own = arena_new_of(arena, Items);
    *own = (Items){n, n ? arena_copy(arena, items, n * sizeof *items) : NULL};
    return (CelValue){.kind = CEL_LIST, .extra = FORM_OWN, .ref = own};
}

CelValue cel_map(Arena *arena, const CelValue *keys, const CelValue *values, size_t n)
{
    Pairs *own = arena_new_of(arena, Pairs);
    *own = (Pairs){n, n ? arena_copy(arena, keys, n * sizeof *keys) : NULL,
                   n ? arena_copy(arena, values, n * sizeof *values) : NULL};
    return (CelValue){.kind = CEL_MAP, .extra = FORM_OWN, .ref = own};
}

CelValue cel_record(const CelType *type, const CelValue *members)
{
    return (CelValue){.kind = CEL_MAP, .extra = FORM_RECORD, .ref = members, .type = type};
}

// The place of a member; `guess` is where it stands when objects are written in their type's order.
static size_t place_of(const CelType *type, Str name, size_t guess)
{
    for (size_t i = 0; i < type->count; i++) {
        size_t at = guess + i < type->count ? guess + i : guess + i - type->count;
        const Str *known = &type->members[at].name;
        if (known->len == name.len && memcmp(known->at, name.at, name.len) == 0)
            return at;
    }
    return NO_PLACE;
}

// False when the type does not know a member, or the member says nothing.
static bool record_fill(Arena *arena, json_t *json, const CelType *type, CelValue *members)
{
    size_t next = 0;
    for (void *at = json_object_iter(json); at; at = json_object_iter_next(json, at)) {
        Str name = {json_object_iter_key(at), json_object_iter_key_len(at)};
        json_t *value = json_object_iter_value(at);
        size_t place = place_of(type, name, next < type->count ? next : 0);
        if (place == NO_PLACE || json_is_null(value))
            return false;
        members[place] = cel_record_of(arena, value, type->members[place].type);
        next = place + 1;
    }
    return true;
}

CelValue cel_record_of(Arena *arena, json_t *json, const CelType *type)
{
    if (json_is_object(json) && type && type->kind == CEL_MAP && type->members &&
        type->count < NO_PLACE) {
        CelValue *members = arena_array(arena, CelValue, type->count);
        for (size_t i = 0; i < type->count; i++)
            members[i].kind = CEL_ERROR;
        if (record_fill(arena, json, type, members))
            return cel_record(type, members);
    }
    return cel_of(json, type);
}

static json_t *json_of(const CelValue *value)
{
    return (json_t *)value->ref;
}

// A record's member that is not there is an error without message.
static bool is_absent(const CelValue *member)
{
    return member->kind == CEL_ERROR && !member->error;
}

size_t cel_size(CelValue value)
{
    if (value.extra == FORM_JSON)
        return value.kind == CEL_LIST ? json_array_size(json_of(&value))
                                      : json_object_size(json_of(&value));
    if (value.kind == CEL_LIST)
        return ((const Items *)value.ref)->len;
    if (value.extra == FORM_OWN)
        return ((const Pairs *)value.ref)->len;
    size_t present = 0;
    for (size_t i = 0; i < value.type->count; i++)
        present += !is_absent((const CelValue *)value.ref + i);
    return present;
}

CelValue cel_item(Arena *arena, CelValue list, size_t index)
{
    (void)arena;
    if (list.extra == FORM_JSON)
        return cel_of(json_array_get(json_of(&list), index), list.type ? list.type->of : NULL);
    return ((const Items *)list.ref)->at[index];
}

static const CelMember *member_find(const CelType *type, Str name, size_t *place)
{
    for (size_t i = 0; type && i < type->count; i++)
        if (str_eq(type->members[i].name, name)) {
            *place = i;
            return &type->members[i];
        }
    return NULL;
}

// The type steering a JSON object's member: its own, or the map's.
static const CelType *member_type(const CelType *type, Str name)
{
    size_t place;
    const CelMember *member = member_find(type, name, &place);
    return member ? member->type : type && !type->members ? type->of : NULL;
}

// null where a type was declared is an answer that was not given.
static bool json_member(const CelValue *map, Str name, const CelType *type, CelValue *ret)
{
    json_t *json = json_object_getn(json_of(map), name.at ? name.at : "", name.len);
    if (!json)
        return false;
    if (json_is_null(json) && type && type->kind != CEL_DYN && type->kind != CEL_NULL)
        return false;
    set_json(ret, json, type);
    return true;
}

bool cel_map_member(Run *run, const CelValue *map, const Node *select, CelValue *ret)
{
    if (map->extra == FORM_RECORD) {
        size_t place = select->slot;
        if (map->type != select->args[0]->type || place >= map->type->count)
            if (!member_find(map->type, select->name, &place))
                return false;
        *ret = ((const CelValue *)map->ref)[place];
        return !is_absent(ret);
    }
    if (map->extra == FORM_JSON) {
        const CelType *type = map->type;
        bool placed = type && select->slot < type->count && type == select->args[0]->type;
        return json_member(
            map, select->name,
            placed ? type->members[select->slot].type : member_type(type, select->name), ret);
    }
    CelValue key = cel_text(select->name);
    return cel_map_get(run, map, &key, ret);
}

bool cel_map_get(Run *run, const CelValue *map, const CelValue *key, CelValue *ret)
{
    size_t place;
    if (map->extra == FORM_JSON)
        return key->kind == CEL_STRING &&
               json_member(map, key->text, member_type(map->type, key->text), ret);
    if (map->extra == FORM_RECORD) {
        if (key->kind != CEL_STRING || !member_find(map->type, key->text, &place))
            return false;
        *ret = ((const CelValue *)map->ref)[place];
        return !is_absent(ret);
    }
    const Pairs *pairs = map->ref;
    for (size_t i = 0; i < pairs->len; i++)
        if (cel_same(run, key, &pairs->keys[i])) {
            *ret = pairs->values[i];
            return true;
        }
    return false;
}

Walk walk_start(const CelValue *of)
{
    Walk walk = {.of = of, .len = cel_size(*of)};
    if (of->kind == CEL_MAP && of->extra == FORM_JSON)
        walk.iter = json_object_iter(json_of(of));
    if (of->kind == CEL_MAP && of->extra == FORM_RECORD)
        walk.len = of->type->count;
    return walk;
}

static bool walk_json_pair(Walk *walk, CelValue *key, CelValue *value)
{
    if (!walk->iter)
        return false;
    const char *name = json_object_iter_key(walk->iter);
    *key = cel_text((Str){name, json_object_iter_key_len(walk->iter)});
    *value = cel_of(json_object_iter_value(walk->iter), member_type(walk->of->type, key->text));
    walk->iter = json_object_iter_next(json_of(walk->of), walk->iter);
    return true;
}

bool walk_pair(Walk *walk, CelValue *key, CelValue *value)
{
    if (walk->of->extra == FORM_JSON)
        return walk_json_pair(walk, key, value);
    if (walk->of->extra == FORM_OWN) {
        const Pairs *pairs = walk->of->ref;
        if (walk->at >= pairs->len)
            return false;
        *key = pairs->keys[walk->at];
        *value = pairs->values[walk->at++];
        return true;
    }
    const CelValue *members = walk->of->ref;
    while (walk->at < walk->len && is_absent(&members[walk->at]))
        walk->at++;
    if (walk->at >= walk->len)
        return false;
    *key = cel_text(walk->of->type->members[walk->at].name);
    *value = members[walk->at++];
    return true;
}

bool walk_next(Walk *walk, CelValue *ret)
{
    CelValue value;
    if (walk->of->kind == CEL_MAP)
        return walk_pair(walk, ret, &value);
    if (walk->at >= walk->len)
        return false;
    *ret = cel_item(NULL, *walk->of, walk->at++);
    return true;
}
