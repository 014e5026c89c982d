// SPDX-License-Identifier: Apache-2.0
// Source -> tokens: names, numbers, texts with their escapes, signs. Says what to write for the
// usual slips of people who do not program (=, &, and, ≤ …). What tokens mean together is
// parse.c's.
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c);
}

bool cel_reserved(Str name)
{
    static const char *const words[] = {
        "as",        "break",   "const",  "continue", "else", "false", "for",
        "function",  "if",      "import", "in",       "let",  "loop",  "null",
        "namespace", "package", "return", "true",     "var",  "void",  "while"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(name, words[i]))
            return true;
    return false;
}

static void bad(Lexer *lexer, size_t offset, Message message)
{
    *lexer->fault = (CelFault){offset, message};
    lexer->token = TOKEN_BAD;
}

static char peek(const Lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->source.len ? lexer->source.at[at] : '\0';
}

static void skip_space(Lexer *lexer)
{
    for (;;) {
        char c = peek(lexer, 0);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')
            lexer->at++;
        else if (c == '/' && peek(lexer, 1) == '/')
            while (lexer->at < lexer->source.len && peek(lexer, 0) != '\n')
                lexer->at++;
        else
            return;
    }
}

// The digits are rewritten without a point, "12.5e3" as "125e2": strtod then cannot meet a locale.
bool cel_double_parse(Str s, double *ret)
{
    char digits[400];
    size_t len = 0, at = 0;
    long exponent = 0, given = 0;
    bool negative = at < s.len && s.at[at] == '-', any = false, point = false;
    at += at < s.len && (s.at[at] == '-' || s.at[at] == '+');
    for (; at < s.len && (is_digit(s.at[at]) || (s.at[at] == '.' && !point)); at++) {
        if (s.at[at] == '.') {
            point = true;
            continue;
        }
        any = true;
        if (len < sizeof digits - 32)
            digits[len++] = s.at[at];
        else
            exponent++; // beyond any double's precision
        exponent -= point;
    }
    if (!any || s.at[at - 1] == '.')
        return false;
    if (at < s.len && (s.at[at] | 0x20) == 'e') {
        bool minus = ++at < s.len && s.at[at] == '-';
        at += at < s.len && (s.at[at] == '-' || s.at[at] == '+');
        size_t first = at;
        for (; at < s.len && is_digit(s.at[at]); at++)
            given = given < 100000 ? given * 10 + (s.at[at] - '0') : given;
        if (at == first)
            return false;
        exponent += minus ? -given : given;
    }
    if (at != s.len)
        return false;
    snprintf(digits + len, sizeof digits - len, "e%ld", exponent);
    double value = strtod(digits, NULL);
    *ret = negative ? -value : value;
    return true;
}

static void lex_hex(Lexer *lexer)
{
    uint64_t value = 0;
    size_t first = lexer->at += 2;
    for (int d; (d = hex_digit(peek(lexer, 0))) >= 0; lexer->at++) {
        if (value >> 60)
            return bad(lexer, lexer->from,
                       MESSAGE(T("ce nombre est trop grand", "this number is too large")));
        value = value << 4 | (unsigned)d;
    }
    if (lexer->at == first)
        return bad(
            lexer, lexer->from,
            MESSAGE(T("0x attend des chiffres hexadécimaux", "0x wants hexadecimal digits")));
    lexer->token = TOKEN_INT;
    lexer->value = (CelValue){.kind = CEL_UINT, .uint = value};
}

static void lex_whole(Lexer *lexer, Str digits)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(digits.at[i] - '0'), &value))
            return bad(lexer, lexer->from,
                       MESSAGE(T("{0} est trop grand", "{0} is too large"), digits));
    lexer->token = TOKEN_INT;
    lexer->value = (CelValue){.kind = CEL_UINT, .uint = value};
}

static void lex_decimal(Lexer *lexer)
{
    bool real = false;
    while (is_digit(peek(lexer, 0)))
        lexer->at++;
    if (peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
        real = true;
        for (lexer->at++; is_digit(peek(lexer, 0)); lexer->at++)
            ;
    }
    size_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';
    if ((peek(lexer, 0) | 0x20) == 'e' && is_digit(peek(lexer, 1 + sign))) {
        real = true;
        for (lexer->at += 1 + sign; is_digit(peek(lexer, 0)); lexer->at++)
            ;
    }
    Str text = str_slice(lexer->source, lexer->from, lexer->at);
    if (!real)
        return lex_whole(lexer, text);
    lexer->token = TOKEN_VALUE;
    lexer->value.kind = CEL_DOUBLE;
    if (!cel_double_parse(text, &lexer->value.number))
        bad(lexer, lexer->from, MESSAGE(T("{0} n'est pas un nombre", "{0} is no number"), text));
}

static void lex_number(Lexer *lexer)
{
    if (peek(lexer, 0) == '0' && (peek(lexer, 1) | 0x20) == 'x')
        lex_hex(lexer);
    else
        lex_decimal(lexer);
    if (lexer->token == TOKEN_INT && (peek(lexer, 0) | 0x20) == 'u') {
        lexer->at++;
        lexer->token = TOKEN_VALUE;
    }
    if (lexer->token != TOKEN_BAD && is_name(peek(lexer, 0)))
        bad(lexer, lexer->from,
            MESSAGE(
                T("un nom ne commence pas par un chiffre", "a name does not start with a digit")));
}

// Reads `n` digits of `base` at the cursor; -1 when they are not there.
static int64_t digits(Lexer *lexer, int n, int base)
{
    int64_t value = 0;
    for (int i = 0; i < n; i++, lexer->at++) {
        int d = hex_digit(peek(lexer, 0));
        if (d < 0 || d >= base)
            return -1;
        value = value * base + d;
    }
    return value;
}

// One escape after its backslash: a byte in b'…', a code point elsewhere. False when there is no
// such escape.
static bool escape(Lexer *lexer, bool bytes, Buf *into)
{
    static const char letters[] = "abfnrtv\\?\"'`", means[] = "\a\b\f\n\r\t\v\\?\"'`";
    char c = peek(lexer, 0);
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) {
        lexer->at++;
        buf_char(into, means[letter - letters]);
        return true;
    }
    bool octal = c >= '0' && c <= '3', unicode = (c == 'u' || c == 'U') && !bytes;
    if (!octal && (c | 0x20) != 'x' && !unicode)
        return false;
    lexer->at += !octal;
    int64_t code = digits(lexer, octal ? 3 : c == 'u' ? 4 : c == 'U' ? 8 : 2, octal ? 8 : 16);
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return false;
    if (bytes) {
        buf_char(into, (char)code);
        return true;
    }
    char utf8[4];
    buf_add(into, (Str){utf8, utf8_put(utf8, (uint32_t)code)});
    return true;
}

static void lex_text(Lexer *lexer, bool raw, bool bytes)
{
    char quote = peek(lexer, 0);
    size_t marks = peek(lexer, 1) == quote && peek(lexer, 2) == quote ? 3 : 1, closing = 0;
    Buf text = {.arena = lexer->arena};
    for (lexer->at += marks; lexer->at < lexer->source.len && closing < marks;) {
        char c = peek(lexer, 0);
        if (marks == 1 && (c == '\n' || c == '\r'))
            break;
        lexer->at++;
        if (c == quote) {
            closing = 1;
            while (closing < marks && peek(lexer, closing - 1) == quote)
                closing++;
            if (closing == marks)
                lexer->at += marks - 1;
            else
                buf_char(&text, c);
        } else if (c != '\\' || raw) {
            buf_char(&text, c);
        } else if (!escape(lexer, bytes, &text)) {
            return bad(lexer, lexer->at,
                       MESSAGE(T("\\ commence une séquence inconnue : écrivez \\\\ pour une barre "
                                 "oblique inverse",
                                 "\\ starts an unknown sequence: write \\\\ for a backslash")));
        }
    }
    if (closing < marks)
        return bad(lexer, lexer->from,
                   MESSAGE(T("ce texte n'est pas fermé : il manque {0}",
                             "this text is not closed: {0} is missing"),
                           quote == '"' ? STR("\"") : STR("'")));
    lexer->token = TOKEN_VALUE;
    lexer->value = (CelValue){.kind = bytes ? CEL_BYTES : CEL_STRING, .text = buf_str(&text)};
}

// The r and b before a text, in any order and case; false when this is a name.
static bool lex_prefixed(Lexer *lexer)
{
    bool raw = false, bytes = false;
    size_t n = 0;
    for (; n < 2; n++) {
        char c = peek(lexer, n) | 0x20;
        if (c == 'r' && !raw)
            raw = true;
        else if (c == 'b' && !bytes)
            bytes = true;
        else
            break;
    }
    if (peek(lexer, n) != '"' && peek(lexer, n) != '\'')
        return false;
    lexer->at += n;
    lex_text(lexer, raw, bytes);
    return true;
}

static void lex_name(Lexer *lexer)
{
    while (is_name(peek(lexer, 0)))
        lexer->at++;
    lexer->text = str_slice(lexer->source, lexer->from, lexer->at);
    lexer->token = TOKEN_NAME;
}

static void lex_quoted(Lexer *lexer)
{
    lexer->at++;
    size_t len = str_index(str_slice(lexer->source, lexer->at, lexer->source.len), '`');
    lexer->text = str_slice(lexer->source, lexer->at, lexer->at + len);
    lexer->at += len + 1;
    if (lexer->at > lexer->source.len || len == 0)
        return bad(lexer, lexer->from,
                   MESSAGE(T("il manque un ` fermant", "a closing ` is missing")));
    lexer->token = TOKEN_QUOTED;
}

// Signs, longest first; `instead` is what a funder meant by one that CEL does not have.
static const struct {
    const char *sign, *instead;
} signs[] = {{"&&", NULL}, {"||", NULL}, {"==", NULL}, {"!=", NULL}, {"<=", NULL}, {">=", NULL},
             {"<>", "!="}, {"=<", "<="}, {"=>", ">="}, {"≤", "<="},  {"≥", ">="},  {"≠", "!="},
             {"×", "*"},   {"÷", "/"},   {"«", "'"},   {"“", "'"},   {"’", "'"},   {"=", "=="},
             {"&", "&&"},  {"|", "||"},  {"<", NULL},  {">", NULL},  {"+", NULL},  {"-", NULL},
             {"*", NULL},  {"/", NULL},  {"%", NULL},  {"!", NULL},  {"?", NULL},  {":", NULL},
             {".", NULL},  {",", NULL},  {"(", NULL},  {")", NULL},  {"[", NULL},  {"]", NULL},
             {"{", NULL},  {"}", NULL}};

static void lex_sign(Lexer *lexer)
{
    Str rest = str_slice(lexer->source, lexer->at, lexer->source.len);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        Str sign = str_of(signs[i].sign);
        if (!str_starts(rest, sign))
            continue;
        if (signs[i].instead)
            return bad(lexer, lexer->from,
                       MESSAGE(T("{0} ne s'écrit pas ainsi : écrivez {1}",
                                 "{0} is not written so: write {1}"),
                               sign, str_of(signs[i].instead)));
        lexer->at += sign.len;
        lexer->text = sign;
        lexer->token = TOKEN_SIGN;
        return;
    }
    uint32_t point = 0;
    size_t len = utf8_next(lexer->source, lexer->at, &point);
    if (len > 1 && point >= 0xc0 && point < 0x250)
        return bad(lexer, lexer->from,
                   MESSAGE(T("un nom avec {0} s'écrit entre accents graves : dossier.`été`",
                             "a name with {0} is written between backquotes: dossier.`été`"),
                           str_copy(lexer->arena, str_slice(rest, 0, len))));
    if (point == 0x20ac)
        return bad(lexer, lexer->from,
                   MESSAGE(T("un montant s'écrit en centimes, sans € : 1000 pour 10 €",
                             "an amount is written in cents, without €: 1000 for 10 €")));
    bad(lexer, lexer->from,
        MESSAGE(T("le caractère {0} n'a pas de sens ici", "the character {0} means nothing here"),
                str_copy(lexer->arena, str_slice(rest, 0, len ? len : 1))));
}

void lex_next(Lexer *lexer)
{
    lexer->before = lexer->to;
    skip_space(lexer);
    lexer->from = lexer->at;
    lexer->value = (CelValue){0};
    char c = peek(lexer, 0);
    if (lexer->at >= lexer->source.len)
        lexer->token = TOKEN_END;
    else if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
        lex_number(lexer);
    else if (c == '"' || c == '\'')
        lex_text(lexer, false, false);
    else if (c == '`')
        lex_quoted(lexer);
    else if (is_name_start(c) && !lex_prefixed(lexer))
        lex_name(lexer);
    else if (!is_name_start(c))
        lex_sign(lexer);
    lexer->to = lexer->at;
}
