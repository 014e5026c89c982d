// SPDX-License-Identifier: Apache-2.0
// A mail as text, and its way to the server. When and how often is tasks.c's.
#include "mail.h"
#include <curl/curl.h>
#include <time.h>

static void base64(Buf *buf, Str s, size_t line)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t written = 0;
    for (size_t i = 0; i < s.len; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < s.len ? (uint8_t)s.at[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_char(buf, i + k > s.len ? '=' : digit[bits >> (18 - 6 * k) & 63]);
        if (line && (written += 4) % line == 0)
            buf_add(buf, STR("\r\n"));
    }
}

// RFC 2047: words of at most 75 characters; 42 bytes of UTF-8 make 56 of base64. A character is never cut.
static void header_text(Buf *buf, Str s)
{
    bool plain = true;
    for (size_t i = 0; i < s.len; i++)
        plain = plain && s.at[i] >= ' ' && s.at[i] <= '~';
    if (plain && s.len <= 60) {
        buf_add(buf, s);
        return;
    }
    for (size_t from = 0; from < s.len;) {
        size_t to = from + 42 < s.len ? from + 42 : s.len;
        while (to < s.len && ((uint8_t)s.at[to] & 0xC0) == 0x80)
            to--;
        buf_add(buf, from ? STR("\r\n =?UTF-8?B?") : STR("=?UTF-8?B?"));
        base64(buf, str_slice(s, from, to), 0);
        buf_add(buf, STR("?="));
        from = to;
    }
}

static Str domain_of(const char *from)
{
    Str s = str_of(from);
    size_t at = str_index(s, '@');
    Str domain = str_slice(s, at + 1, s.len);
    return domain.len ? str_slice(domain, 0, str_index(domain, '>')) : STR("localhost");
}

static void header_date(Buf *buf, Time created)
{
    time_t seconds = (time_t)(created / SECOND);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    buf_format(buf, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon],
               tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

Str mail_text(Arena *arena, const char *from, const Letter *mail)
{
    Buf buf = {.arena = arena};
    Str domain = domain_of(from);
    header_date(&buf, mail->created);
    buf_format(&buf, "From: %s\r\nTo: <" STR_FMT ">\r\n", from, STR_ARG(mail->recipient));
    buf_format(&buf, "Message-ID: <" STR_FMT ".outbox@" STR_FMT ">\r\nSubject: ", STR_ARG(mail->id), STR_ARG(domain));
    header_text(&buf, mail->subject);
    buf_add(&buf, STR("\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n"));
    base64(&buf, mail->body, 76);
    buf_add(&buf, STR("\r\n"));
    return buf_str(&buf);
}

typedef struct Upload {
    Str rest;
} Upload;

static size_t upload_read(char *to, size_t size, size_t count, void *what)
{
    Upload *upload = what;
    size_t n = size * count < upload->rest.len ? size * count : upload->rest.len;
    memcpy(to, upload->rest.at, n);
    upload->rest = str_slice(upload->rest, n, upload->rest.len);
    return n;
}

// An address goes into the SMTP dialogue and the headers: nothing that could end a line or a bracket.
static bool address_safe(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.at[i] <= ' ' || s.at[i] == '<' || s.at[i] == '>' || s.at[i] == 0x7F)
            return false;
    return s.len > 2 && str_index(s, '@') < s.len;
}

static const char *sender_address(Arena *arena, const char *from)
{
    Str s = str_of(from);
    size_t open = str_index(s, '<');
    if (open == s.len)
        return from;
    Str inside = str_slice(s, open + 1, s.len);
    return str_cstr(arena, str_slice(inside, 0, str_index(inside, '>')));
}

MailVerdict mail_send(Arena *arena, const TasksOptions *options, const Letter *mail, Str *why)
{
    if (!address_safe(mail->recipient)) {
        *why = STR("the address is not one");
        return MAIL_NEVER;
    }
    CURL *curl = curl_easy_init();
    if (!curl) {
        *why = STR("out of memory");
        return MAIL_LATER;
    }
    Upload upload = {mail_text(arena, options->mail_from, mail)};
    struct curl_slist *to = curl_slist_append(NULL, str_cstr(arena, mail->recipient));
    curl_easy_setopt(curl, CURLOPT_URL, options->smtp_url);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender_address(arena, options->mail_from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, upload_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    if (options->smtp_user && *options->smtp_user) { // a password never travels in the clear
        curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
        curl_easy_setopt(curl, CURLOPT_USERNAME, options->smtp_user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, options->smtp_password);
    }
    CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(to);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK)
        return MAIL_SENT;
    *why = str_format(arena, "%s (%ld)", curl_easy_strerror(code), answer);
    return answer >= 500 && answer < 600 && code != CURLE_LOGIN_DENIED ? MAIL_NEVER : MAIL_LATER;
}
