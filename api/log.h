// SPDX-License-Identifier: Apache-2.0
// The log: one JSON object a line on stderr. Events and figures only; never a name, an address, a body, a query or a secret.
#pragma once
#include "../engine/base/str.h"

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

typedef struct LogField {
    const char *name;
    Str text;          // when at is not NULL
    int64_t number;
} LogField;
#define LOG_S(field, s) ((LogField){.name = (field), .text = (s)})
#define LOG_C(field, c) ((LogField){.name = (field), .text = str_of(c)})
#define LOG_I(field, i) ((LogField){.name = (field), .number = (i)})

// "debug", "info", "warn", "error"; anything else is info.
void log_set_level(const char *level);
bool log_shows(LogLevel level);

// {"time":…,"level":…,"event":…, fields}. A line is written whole; beyond 2 KB its texts are cut.
void log_write(LogLevel level, const char *event, const LogField *fields, size_t n);
#define log_event(level, event, ...)                                                                                   \
    log_write((level), (event), (LogField[]){__VA_ARGS__}, sizeof((LogField[]){__VA_ARGS__}) / sizeof(LogField))
