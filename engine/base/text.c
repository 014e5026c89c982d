// SPDX-License-Identifier: Apache-2.0
// Sentences in two languages: rendering, and the choice of the reader's language.
#include "text.h"

enum { PLACES = 6 };

Str message_text(Arena *arena, Lang lang, const Message *message)
{
    Buf out = {.arena = arena};
    const char *c = lang == FR ? message->text.fr : message->text.en;
    while (c && *c) {
        if (c[0] == '{' && c[1] >= '0' && c[1] < '0' + PLACES && c[2] == '}') {
            buf_add(&out, message->args[c[1] - '0']);
            c += 3;
        } else {
            buf_char(&out, *c++);
        }
    }
    return buf_str(&out);
}

// What stands before the first `c`, taken off the front of `rest`.
static Str cut(Str *rest, char c)
{
    size_t at = str_index(*rest, c);
    Str part = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at + 1, rest->len);
    return str_trim(part);
}

// RFC 9110, 12.4.2: from 0 to 1 with at most three decimals; in thousandths, -1 when it is not one.
static int qvalue(Str s)
{
    if (s.len == 0 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1') ||
        (s.len > 1 && s.at[1] != '.'))
        return -1;
    int q = (s.at[0] - '0') * 1000;
    for (size_t i = 2, unit = 100; i < s.len; i++, unit /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        q += (s.at[i] - '0') * (int)unit;
    }
    return q <= 1000 ? q : -1;
}

// The weight among a range's parameters, 1 when there is none.
static int weight(Str params)
{
    while (params.len) {
        Str param = cut(&params, ';');
        if (param.len >= 2 && (param.at[0] | 0x20) == 'q' && param.at[1] == '=')
            return qvalue(str_slice(param, 2, param.len));
    }
    return 1000;
}

// Basic filtering of RFC 4647: "fr-CA" speaks for fr.
static bool speaks(Str range, const char *lang)
{
    return range.len >= 2 && (range.at[0] | 0x20) == lang[0] && (range.at[1] | 0x20) == lang[1] &&
           (range.len == 2 || range.at[2] == '-');
}

Lang lang_accept(Str header)
{
    int fr = -1, en = -1, any = 0;
    bool en_first = false;
    while (header.len) {
        Str params = cut(&header, ',');
        Str range = cut(&params, ';');
        int q = weight(params);
        if (q < 0)
            continue;
        if (speaks(range, "fr") && q > fr)
            fr = q;
        if (speaks(range, "en") && q > en) {
            en = q;
            en_first = fr < q;
        }
        if (str_is(range, "*"))
            any = q;
    }
    // "*" speaks for a language that is not named; a language named first wins a tie, French wins
    // the others.
    bool tie_is_english = en > 0 && en_first;
    fr = fr < 0 ? any : fr;
    en = en < 0 ? any : en;
    return en > fr || (en == fr && tie_is_english) ? EN : FR;
}
