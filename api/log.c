// SPDX-License-Identifier: Apache-2.0
// A line is built on the stack and leaves in one write, so that lines of several threads never mix.
#include "log.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 2048, TEXT_MAX = 400 };

typedef struct Line {
    char at[LINE];
    size_t len;
} Line;

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static _Atomic int lowest = LOG_INFO;

void log_set_level(const char *level)
{
    lowest = LOG_INFO;
    for (int i = LOG_DEBUG; i <= LOG_ERROR; i++)
        if (strcmp(level, level_names[i]) == 0)
            lowest = i;
}

bool log_shows(LogLevel level)
{
    return (int)level >= atomic_load_explicit(&lowest, memory_order_relaxed);
}

static __attribute__((format(printf, 2, 3))) void add(Line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line->at + line->len, LINE - line->len, format, args);
    va_end(args);
    if (n > 0)
        line->len += (size_t)n;
    if (line->len > LINE - 3)
        line->len = LINE - 3;
}

// Control characters, quotes and bytes above ASCII are escaped or replaced: a log line is never
// broken by what it tells.
static void add_text(Line *line, Str s)
{
    add(line, "\"");
    for (size_t i = 0; i < s.len && i < TEXT_MAX; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (line->len > LINE - 80)
            break;
        if (c == '"' || c == '\\')
            add(line, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            add(line, "%s", c == '\n' ? "\\n" : "?");
        else
            line->at[line->len++] = (char)c;
    }
    add(line, "\"");
}

void log_write(LogLevel level, const char *event, const LogField *fields, size_t n)
{
    if (!log_shows(level))
        return;
    Line line = {.len = 0};
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    add(&line,
        "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\",\"level\":\"%s\",\"event\":\"%s\"",
        utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
        now.tv_nsec / 1000000, level_names[level], event);
    for (size_t i = 0; i < n && line.len < LINE - 128; i++) {
        add(&line, ",\"%s\":", fields[i].name);
        if (fields[i].text.at)
            add_text(&line, fields[i].text);
        else
            add(&line, "%lld", (long long)fields[i].number);
    }
    line.at[line.len++] = '}';
    line.at[line.len++] = '\n';
    ssize_t written = write(STDERR_FILENO, line.at, line.len);
    (void)written; // nobody is left to tell
}
