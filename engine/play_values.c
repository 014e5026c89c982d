// SPDX-License-Identifier: Apache-2.0
// Chance that can be repeated, and values guided by a JSON Schema. The generator is xoshiro256**
// (Blackman and Vigna, https://prng.di.unimi.it), its state filled by splitmix64: the same seed
// gives the same walk on every machine.
#include "play_inside.h"

enum { DEPTH_MAX = 8 };

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

Chance chance_new(uint64_t seed)
{
    Chance chance = {.noise = 0};
    for (int i = 0; i < 4; i++)
        chance.s[i] = splitmix64(&seed);
    return chance;
}

uint64_t chance_next(Chance *chance)
{
    uint64_t *s = chance->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t chance_below(Chance *chance, uint64_t n)
{
    return n ? chance_next(chance) % n : 0; // the bias is far below what a walk can show
}

bool chance_one_in(Chance *chance, uint64_t n)
{
    return chance_below(chance, n) == 0;
}

static bool noisy(Chance *chance)
{
    return chance->noise && chance_one_in(chance, chance->noise);
}

// --- values -------------------------------------------------------------------------------------

static int64_t bound(const json_t *schema, const char *name, int64_t otherwise)
{
    json_t *value = json_at(schema, name);
    if (!json_is_number(value))
        return otherwise;
    double d = json_number_value(value);
    return d > 1e15    ? INT64_C(1000000000000000)
           : d < -1e15 ? -INT64_C(1000000000000000)
                       : (int64_t)d;
}

static json_t *random_string(Chance *chance, const json_t *schema)
{
    Str format = json_str(json_at(schema, "format"));
    int a = (int)chance_below(chance, 60), b = (int)chance_below(chance, 12) + 1,
        c = (int)chance_below(chance, 28) + 1; // one by one: arguments of a call have no order
    if (str_is(format, "date"))
        return json_sprintf("20%02d-%02d-%02d", a + 10, b, c);
    if (str_is(format, "date-time"))
        return json_sprintf("2026-%02d-%02dT10:00:00Z", b, c);
    if (str_is(format, "email"))
        return json_sprintf("p%d@example.org", a);
    if (str_is(format, "uri"))
        return json_sprintf("https://example.org/%d", a);
    char text[4001];
    Str pattern = json_str(json_at(schema, "pattern"));
    if (pattern.len)
        return json_stringn(text, chance_pattern(chance, pattern, text, sizeof text));
    int64_t low = bound(schema, "minLength", 1), high = bound(schema, "maxLength", low + 20);
    low = low < 0 ? 0 : low > 4000 ? 4000 : low;
    high = high > low + 40 ? low + 40 : high < low ? low : high;
    size_t len = (size_t)low + (size_t)chance_below(chance, (uint64_t)(high - low) + 1);
    for (size_t i = 0; i < len && i < 4000; i++)
        text[i] = (char)('a' + chance_below(chance, 26));
    return json_stringn(text, len < 4000 ? len : 4000);
}

// Near a bound one time in three: that is where guards turn.
static int64_t random_int(Chance *chance, const json_t *schema)
{
    int64_t low = bound(schema, "minimum", 0), high = bound(schema, "maximum", low + 20000000);
    if (high < low)
        return low;
    if (chance_one_in(chance, 6))
        return low;
    if (chance_one_in(chance, 6))
        return high;
    return low + (int64_t)chance_below(chance, (uint64_t)(high - low) + 1);
}

static bool holds(const json_t *list, const json_t *item)
{
    size_t i;
    json_t *other;
    json_array_foreach(list, i, other)
    {
        if (json_equal(other, item))
            return true;
    }
    return false;
}

static json_t *random_list(Chance *chance, const json_t *schema, int depth)
{
    json_t *list = json_array(), *items = json_at(schema, "items");
    int64_t low = bound(schema, "minItems", 0), high = bound(schema, "maxItems", low + 3);
    high = high > low + 3 ? low + 3 : high;
    int64_t n = low + (int64_t)chance_below(chance, high >= low ? (uint64_t)(high - low) + 1 : 1);
    for (int64_t i = 0; i < n && i < 20; i++) {
        json_t *item = chance_value(chance, items, depth + 1);
        if (!json_is_true(json_at(schema, "uniqueItems")) || !holds(list, item))
            json_array_append(list, item);
        json_decref(item);
    }
    return list;
}

static bool is_required(const json_t *schema, const char *name)
{
    size_t i;
    json_t *required;
    json_array_foreach(json_at(schema, "required"), i, required)
    {
        if (str_is(json_str(required), name))
            return true;
    }
    return false;
}

static json_t *random_object(Chance *chance, const json_t *schema, int depth)
{
    json_t *object = json_object(), *property;
    const char *name;
    json_object_foreach(json_at(schema, "properties"), name, property)
    {
        bool skipped = is_required(schema, name) ? noisy(chance) : chance_one_in(chance, 2);
        if (!skipped)
            json_object_set_new(object, name, chance_value(chance, property, depth + 1));
    }
    return object;
}

static json_t *random_scalar(Chance *chance)
{
    switch (chance_below(chance, 4)) {
    case 0:
        return json_null();
    case 1:
        return json_integer(-(json_int_t)chance_below(chance, 1000));
    case 2:
        return json_string("é\" =1+1");
    default:
        return json_array();
    }
}

static json_t *typed(Chance *chance, const json_t *schema, Str type, int depth)
{
    if (str_is(type, "string"))
        return random_string(chance, schema);
    if (str_is(type, "integer"))
        return json_integer(random_int(chance, schema));
    if (str_is(type, "number")) {
        double whole = (double)random_int(chance, schema);
        return json_real(whole + (double)chance_below(chance, 4) / 4);
    }
    if (str_is(type, "boolean"))
        return json_boolean(!chance_one_in(chance, 3));
    if (str_is(type, "array"))
        return random_list(chance, schema, depth);
    if (str_is(type, "object") || json_at(schema, "properties"))
        return random_object(chance, schema, depth);
    return random_scalar(chance);
}

json_t *chance_value(Chance *chance, const json_t *schema, int depth)
{
    if (depth > DEPTH_MAX || noisy(chance))
        return random_scalar(chance);
    json_t *fixed = json_at(schema, "const"), *values = json_at(schema, "enum");
    if (fixed)
        return json_incref(fixed);
    if (json_array_size(values))
        return json_incref(json_array_get(values, chance_below(chance, json_array_size(values))));
    static const char *const choices[] = {"oneOf", "anyOf", "allOf"};
    for (size_t i = 0; i < 3; i++) {
        json_t *among = json_at(schema, choices[i]);
        if (json_array_size(among) && !json_at(schema, "type"))
            return chance_value(chance,
                                json_array_get(among, chance_below(chance, json_array_size(among))),
                                depth + 1);
    }
    json_t *type = json_at(schema, "type");
    if (json_is_array(type))
        type = json_array_get(type, chance_below(chance, json_array_size(type)));
    return typed(chance, schema, json_str(type), depth);
}
