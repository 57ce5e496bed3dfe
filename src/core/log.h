/* log.h - one event, one line, key=value; text on a terminal, JSON otherwise.
 *
 * No SQL text and no secret above debug. Thread-safe: a line is one write(2). */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

struct log_field {
    const char *key;
    const char *text; /* NULL: the number is the value */
    int64_t number;
};

struct log {
    int fd;
    _Atomic unsigned level; /* enum log_level; events below it are dropped */
    enum log_format format;
};

#define LOG_TEXT_FIELD(name, value) ((struct log_field){.key = (name), .text = (value)})
#define LOG_NUMBER_FIELD(name, value)                                                  \
    ((struct log_field){.key = (name), .number = (int64_t)(value)})

/* LOG_EVENT(log, LOG_INFO, "listening", LOG_TEXT_FIELD("address", "127.0.0.1:5433")):
 * at least one field. A NULL log drops everything. */
#define LOG_EVENT(log, level, event, ...)                                              \
    log_write((log), (level), (event), (const struct log_field[]){__VA_ARGS__},        \
              sizeof((const struct log_field[]){__VA_ARGS__}) /                        \
                  sizeof(struct log_field))

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, size_t count);

bool log_level_parse(const char *text, enum log_level *out);

#endif
