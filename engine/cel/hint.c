// SPDX-License-Identifier: Apache-2.0
// What an author meant by a token that CEL does not expect there: words instead of signs, French
// numbers, percentages.
#include "inside.h"

static bool is_digit_at(Str s, size_t at)
{
    return at < s.len && s.at[at] >= '0' && s.at[at] <= '9';
}

static bool is_letter_at(Str s, size_t at)
{
    return at < s.len &&
           ((s.at[at] >= 'a' && s.at[at] <= 'z') || (s.at[at] >= 'A' && s.at[at] <= 'Z'));
}

// The word that ends at `end`, empty when there is none.
static Str word_before(Str source, size_t end)
{
    size_t from = end;
    while (from > 0 && is_letter_at(source, from - 1))
        from--;
    return str_slice(source, from, end);
}

static const char *sign_meant(Str word)
{
    static const char *const words[][2] = {
        {"and", "&&"}, {"et", "&&"}, {"AND", "&&"}, {"ET", "&&"},  {"or", "||"},   {"ou", "||"},
        {"OR", "||"},  {"OU", "||"}, {"is", "=="},  {"est", "=="}, {"dans", "in"}, {"not", "!"},
        {"NOT", "!"},  {"non", "!"}, {"pas", "!"},  {"fois", "*"}, {"plus", "+"},  {"moins", "-"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i][0]))
            return words[i][1];
    return NULL;
}

static bool says(Message *ret, size_t *offset, size_t at, Message message)
{
    *ret = message;
    *offset = at;
    return true;
}

static Message instead(Arena *arena, Str found, const char *sign)
{
    return MESSAGE(T("{0} ne s'écrit pas ainsi : écrivez {1}", "{0} is not written so: write {1}"),
                   str_copy(arena, found), str_of(sign));
}

static bool hint_word(const Lexer *lexer, Str found, Message *ret, size_t *offset)
{
    const char *sign = sign_meant(found);
    if (sign)
        return says(ret, offset, lexer->from, instead(lexer->arena, found, sign));
    Str before = word_before(lexer->source, lexer->before);
    sign = sign_meant(before);
    size_t at = lexer->before - before.len;
    if (sign)
        return says(ret, offset, at, instead(lexer->arena, before, sign));
    if (str_is(before, "si") || str_is(before, "if"))
        return says(
            ret, offset, at,
            MESSAGE(T("une condition s'écrit sans {0}", "a condition is written without {0}"),
                    str_copy(lexer->arena, before)));
    if (cel_row_find(found, true))
        return says(ret, offset, lexer->from,
                    MESSAGE(T("{0} s'écrit avec un point et des parenthèses : dossier.title.{0}(…)",
                              "{0} is written with a dot and parentheses: dossier.title.{0}(…)"),
                            str_copy(lexer->arena, found)));
    return false;
}

static bool hint_number(const Lexer *lexer, Message *ret, size_t *offset)
{
    Str s = lexer->source;
    if (lexer->before == 0 || !is_digit_at(s, lexer->before - 1))
        return false;
    if (is_digit_at(s, lexer->from))
        return says(ret, offset, lexer->from,
                    MESSAGE(T("un nombre s'écrit sans espace : 10000",
                              "a number is written without spaces: 10000")));
    if (s.at[lexer->from] == ',' && is_digit_at(s, lexer->from + 1))
        return says(ret, offset, lexer->from,
                    MESSAGE(T("un nombre s'écrit avec un point : 0.7",
                              "a number is written with a point: 0.7")));
    return false;
}

bool cel_hint(const Lexer *lexer, Message *ret, size_t *offset)
{
    Str s = lexer->source, found = str_slice(s, lexer->from, lexer->to);
    if (lexer->before > 0 && s.at[lexer->before - 1] == '%')
        return says(ret, offset, lexer->before - 1,
                    MESSAGE(T("une part s'écrit avec un point : 0.5 pour 50 %",
                              "a share is written with a point: 0.5 for 50%")));
    if (lexer->token == TOKEN_NAME && hint_word(lexer, found, ret, offset))
        return true;
    if (lexer->token != TOKEN_END && hint_number(lexer, ret, offset))
        return true;
    if (str_is(found, ")"))
        return says(
            ret, offset, lexer->from,
            MESSAGE(T("cette parenthèse est de trop, ou il manque une valeur avant elle",
                      "this parenthesis is one too many, or a value is missing before it")));
    return false;
}
