/* log.c - one event, one line.
 *
 * A line is built on the stack and written by one write(2); what does not fit in it is
 * cut. Values are quoted in text, escaped in JSON. */
#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "core/attr.h"

enum { LINE_BYTES = 4096 };

struct line {
    size_t len;
    char text[LINE_BYTES];
};

static const char *const level_names[] = {"debug", "info", "warning", "error"};

bool log_level_parse(const char *text, enum log_level *out)
{
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
        if (strcasecmp(text, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* Room is kept for what closes the line. */
static void put(struct line *line, const char *text, size_t len)
{
    if (len > LINE_BYTES - 4 - line->len)
        len = LINE_BYTES - 4 - line->len;
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* JSON's escapes (RFC 8259, section 7), which read well in text too. Bytes that are not
 * ASCII pass; whoever logs them has checked that they are UTF-8. */
static void put_quoted(struct line *line, const char *text)
{
    char escape[8];
    put_text(line, "\"");
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            escape[0] = '\\';
            escape[1] = *c;
            put(line, escape, 2);
        } else if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)*c);
            put_text(line, escape);
        } else {
            put(line, c, 1);
        }
    }
    put_text(line, "\"");
}

static bool needs_quotes(const char *text)
{
    if (!*text)
        return true;
    for (; *text; text++) {
        if ((unsigned char)*text <= ' ' || *text == '"' || *text == '=' ||
            *text == 0x7f)
            return true;
    }
    return false;
}

static void put_value(struct line *line, const struct log_field *field, bool quote)
{
    char number[24];
    if (!field->text) {
        (void)snprintf(number, sizeof number, "%" PRId64, field->number);
        put_text(line, number);
    } else if (quote || needs_quotes(field->text)) {
        put_quoted(line, field->text);
    } else {
        put_text(line, field->text);
    }
}

static void put_time(struct line *line)
{
    struct timespec now;
    struct tm utc;
    char text[40];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t len = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + len, sizeof text - len, ".%03ldZ", now.tv_nsec / 1000000);
    put_text(line, text);
}

static void build_text(struct line *line, enum log_level level, const char *event,
                       const struct log_field *fields, size_t count)
{
    put_time(line);
    put_text(line, " ");
    put_text(line, level_names[level]);
    put_text(line, " ");
    put_text(line, event);
    for (size_t i = 0; i < count; i++) {
        put_text(line, " ");
        put_text(line, fields[i].key);
        put_text(line, "=");
        put_value(line, &fields[i], false);
    }
}

static void build_json(struct line *line, enum log_level level, const char *event,
                       const struct log_field *fields, size_t count)
{
    put_text(line, "{\"time\":\"");
    put_time(line);
    put_text(line, "\",\"level\":\"");
    put_text(line, level_names[level]);
    put_text(line, "\",\"event\":");
    put_quoted(line, event);
    for (size_t i = 0; i < count; i++) {
        put_text(line, ",");
        put_quoted(line, fields[i].key);
        put_text(line, ":");
        put_value(line, &fields[i], true);
    }
    put_text(line, "}");
}

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, size_t count)
{
    struct line line = {0};
    if (!log ||
        (unsigned)level < atomic_load_explicit(&log->level, memory_order_relaxed))
        return;
    if (log->format == LOG_JSON)
        build_json(&line, level, event, fields, count);
    else
        build_text(&line, level, event, fields, count);
    line.text[line.len++] = '\n';
    if (write(log->fd, line.text, line.len) < 0)
        return; /* there is nobody to tell */
}
