/* copy_lines.c - COPY's text and csv formats: bytes, cut anywhere, to lines.
 *
 *     PLAIN ─┬─ \ ──> ESCAPED ── . ──> DOT ──[CR]──> DOT_CR ──> the end of the data
 *            ├─ CR ─> CR ── not LF ──> the end of a line, which does not reach it
 *            └─ LF ─> the end of a line
 *
 * Only bytes that mean something are stepped through; a scan finds the next one. Where
 * the fields of a line end is noted on the way. */
#include "server/copy_lines.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"

enum step {
    STEP_ON,
    STEP_AGAIN, /* the same byte, in the state that it has led to */
    STEP_LINE,  /* it ends the line */
    STEP_BACK,  /* the line ended in front of it */
    STEP_END,   /* it ends the data */
    STEP_ERROR
};

void copy_lines_init(struct copy_lines *lines, const struct copy_options *options)
{
    bool is_csv = options->format == COPY_FORMAT_CSV;
    *lines = (struct copy_lines){
        .is_csv = is_csv,
        .delimiter = options->delimiter,
        .quote = options->quote,
        .escape = options->escape,
        .null = options->null,
        .escaped_at = SIZE_MAX,
        .set = {{options->delimiter, '\n', '\r', is_csv ? options->quote : '\\',
                 is_csv ? options->escape : '\\'}}};
}

void copy_lines_free(struct copy_lines *lines)
{
    buf_free(&lines->kept);
    buf_free(&lines->unescaped);
    free(lines->ends);
    lines->ends = NULL;
}

/* ---- a byte ---- */

static enum step fail(struct pgw_error *err, const char *message)
{
    (void)pgw_fail(err, "22P04", "%s", message);
    return STEP_ERROR;
}

static enum step fail_literal(const struct copy_lines *lines, char c,
                              struct pgw_error *err)
{
    const char *name = c == '\r' ? "carriage return" : "newline";
    (void)pgw_fail(err, "22P04", "%s %s found in data",
                   lines->is_csv ? "unquoted" : "literal", name);
    if (lines->is_csv)
        (void)snprintf(err->hint, sizeof err->hint,
                       "Use quoted CSV field to represent %s.", name);
    else
        (void)snprintf(err->hint, sizeof err->hint, "Use \"\\%c\" to represent %s.",
                       c == '\r' ? 'r' : 'n', name);
    return STEP_ERROR;
}

static bool end_field(struct copy_lines *lines, size_t at, struct pgw_error *err)
{
    if (lines->field_count == lines->field_room) {
        size_t room = lines->field_room ? lines->field_room * 2 : 32;
        size_t *ends = realloc(lines->ends, room * sizeof *ends);
        if (!ends)
            return pgw_fail(err, "53200", "out of memory") != PGW_ERROR;
        lines->ends = ends;
        lines->field_room = room;
    }
    lines->ends[lines->field_count++] = at;
    return true;
}

/* Inside of quotes, or at their ends. */
static bool step_quoted(struct copy_lines *lines, char c, size_t at)
{
    bool is_escaped = at == lines->escaped_at;
    if (c == lines->escape && lines->escape != lines->quote && lines->in_quote) {
        lines->escaped_at = is_escaped ? SIZE_MAX : at + 1;
        lines->has_special = true;
    }
    if (c == lines->quote && !is_escaped) {
        lines->in_quote = !lines->in_quote;
        lines->has_special = true;
    }
    if (lines->in_quote && c == (lines->line_end == COPY_END_NL ? '\n' : '\r'))
        lines->line++;
    return lines->in_quote || c == lines->quote;
}

static enum step step_plain(struct copy_lines *lines, char c, size_t at,
                            struct pgw_error *err)
{
    if (lines->is_csv && step_quoted(lines, c, at))
        return STEP_ON;
    if (c == lines->delimiter)
        return end_field(lines, at, err) ? STEP_ON : STEP_ERROR;
    if (c == '\n') {
        if (lines->line_end == COPY_END_CR || lines->line_end == COPY_END_CRNL)
            return fail_literal(lines, c, err);
        lines->line_end = COPY_END_NL;
        return STEP_LINE;
    }
    if (c == '\r') {
        if (lines->line_end == COPY_END_NL)
            return fail_literal(lines, c, err);
        if (lines->line_end == COPY_END_CR)
            return STEP_LINE;
        lines->scan = COPY_SCAN_CR;
    } else if (c == '\\' && !lines->is_csv) {
        lines->scan = COPY_SCAN_ESCAPED;
        lines->has_special = true;
    }
    return STEP_ON;
}

static enum step step_escaped(struct copy_lines *lines, char c)
{
    lines->scan = c == '.' ? COPY_SCAN_DOT : COPY_SCAN_PLAIN;
    return c == '.' || !lines->is_csv ? STEP_ON : STEP_AGAIN;
}

static enum step step_return(struct copy_lines *lines, char c, struct pgw_error *err)
{
    lines->scan = COPY_SCAN_PLAIN;
    if (c == '\n') {
        lines->line_end = COPY_END_CRNL;
        return STEP_LINE;
    }
    if (lines->line_end == COPY_END_CRNL)
        return fail_literal(lines, '\r', err);
    lines->line_end = COPY_END_CR;
    return STEP_BACK;
}

/* In csv what is not quite the marker is data. */
static enum step no_marker(struct copy_lines *lines, const char *message,
                           struct pgw_error *err)
{
    lines->scan = COPY_SCAN_PLAIN;
    return lines->is_csv ? STEP_AGAIN : fail(err, message);
}

static enum step step_marker(struct copy_lines *lines, char c, struct pgw_error *err)
{
    static const char corrupt[] = "end-of-copy marker corrupt";
    static const char style[] =
        "end-of-copy marker does not match previous newline style";
    if (lines->line_end == COPY_END_CRNL && lines->scan == COPY_SCAN_DOT) {
        if (c != '\r')
            return no_marker(lines, c == '\n' ? style : corrupt, err);
        lines->scan = COPY_SCAN_DOT_CR;
        return STEP_ON;
    }
    if (c != '\r' && c != '\n')
        return no_marker(lines, corrupt, err);
    if (lines->line_end != COPY_END_UNKNOWN &&
        (c == '\r') != (lines->line_end == COPY_END_CR))
        return fail(err, style);
    return STEP_END;
}

static enum step step(struct copy_lines *lines, char c, size_t at,
                      struct pgw_error *err)
{
    for (;;) {
        enum step done = STEP_ON;
        switch (lines->scan) {
        case COPY_SCAN_PLAIN:
            return step_plain(lines, c, at, err);
        case COPY_SCAN_ESCAPED:
            done = step_escaped(lines, c);
            break;
        case COPY_SCAN_CR:
            done = step_return(lines, c, err);
            break;
        case COPY_SCAN_DOT:
        case COPY_SCAN_DOT_CR:
            done = step_marker(lines, c, err);
            break;
        }
        if (done != STEP_AGAIN)
            return done;
    }
}

/* ---- a line ---- */

static void begin_line(struct copy_lines *lines)
{
    lines->scan = COPY_SCAN_PLAIN;
    lines->in_quote = lines->has_special = false;
    lines->escaped_at = SIZE_MAX;
    lines->odd = 0;
    lines->at = 0;
    lines->field_count = 0;
    lines->line++;
    lines->is_begun = true;
}

/* Keep what has come of a line that goes on in the next data. */
static enum copy_next keep(struct copy_lines *lines, struct slice *data,
                           struct pgw_error *err)
{
    if (buf_len(&lines->kept) + data->len > COPY_LINE_MAX) {
        (void)pgw_fail(err, "54000", "a line of COPY data has more than %d bytes",
                       COPY_LINE_MAX);
        return COPY_ERROR;
    }
    if (data->len && !buf_append(&lines->kept, data->data, data->len)) {
        (void)pgw_fail(err, "53200", "out of memory");
        return COPY_ERROR;
    }
    *data = (struct slice){data->data + data->len, 0};
    return COPY_MORE;
}

static bool check_characters(const struct copy_lines *lines, struct slice line,
                             struct pgw_error *err)
{
    char bytes[TEXT_BYTES_SHOWN];
    size_t good = lines->odd ? text_good_utf8(line.data, line.len) : line.len;
    if (good == line.len)
        return true;
    text_show_bytes(line.data + good, line.len - good, bytes);
    (void)pgw_fail(err, "22021", "invalid byte sequence for encoding \"UTF8\": %s",
                   bytes);
    return false;
}

/* The line has `len` bytes, `used` of *data end with it. */
static enum copy_next take_line(struct copy_lines *lines, size_t len, size_t used,
                                struct slice *data, struct slice *line,
                                struct pgw_error *err)
{
    struct slice whole = {data->data, used};
    if (buf_len(&lines->kept) > 0) {
        struct slice part = whole;
        if (keep(lines, &part, err) == COPY_ERROR)
            return COPY_ERROR;
        whole =
            (struct slice){(const char *)buf_data(&lines->kept), buf_len(&lines->kept)};
        lines->kept_used = true;
    }
    data->data += used;
    data->len -= used;
    lines->is_begun = false;
    *line = (struct slice){whole.data, len};
    return check_characters(lines, whole, err) && end_field(lines, len, err)
               ? COPY_ROW
               : COPY_ERROR;
}

/* A marker's line counts if something stands in front of it. */
static enum copy_next take_end(struct copy_lines *lines, size_t at, struct slice *data,
                               struct slice *line, struct pgw_error *err)
{
    size_t len = at - (lines->scan == COPY_SCAN_DOT_CR ? 3 : 2);
    size_t used = at + 1 - buf_len(&lines->kept);
    lines->ended = true;
    enum copy_next next = take_line(lines, len, used, data, line, err);
    *data = (struct slice){data->data + data->len, 0};
    return next == COPY_ROW && len == 0 ? COPY_MORE : next;
}

/* In csv a backslash says something at the start of a line alone. */
static bool begins_marker(const struct copy_lines *lines, char c)
{
    return c == '\\' && lines->is_csv && lines->quote != c && lines->delimiter != c;
}

/* From a special byte on: past the delimiters for which there is room, which are most
 * of what is special, to the next byte that is not one. */
static size_t skip_fields(struct copy_lines *lines, struct scan *scan, size_t i,
                          size_t base)
{
    const char delimiter = lines->delimiter;
    size_t count = lines->field_count, room = lines->in_quote ? 0 : lines->field_room;
    uint32_t odd = 0;
    while (count < room && i < scan->len && scan->data[i] == delimiter) {
        lines->ends[count++] = base + i;
        i = scan_next(scan, i + 1, &odd);
    }
    lines->field_count = count;
    lines->odd |= odd;
    return i;
}

enum copy_next copy_lines_next(struct copy_lines *lines, struct slice *data,
                               struct slice *line, struct pgw_error *err)
{
    if (lines->kept_used)
        buf_consume(&lines->kept, buf_len(&lines->kept));
    lines->kept_used = false;
    if (lines->ended || data->len == 0) {
        *data = (struct slice){data->data + data->len, 0};
        return COPY_MORE;
    }
    if (!lines->is_begun)
        begin_line(lines);
    const size_t base = buf_len(&lines->kept); /* position of *data's first byte */
    struct scan scan = {&lines->set, data->data, data->len, SIZE_MAX, 0, 0};
    size_t i = 0;
    if (base == 0 && begins_marker(lines, data->data[0])) {
        lines->scan = COPY_SCAN_ESCAPED;
        i = 1;
    }
    while (i < data->len) {
        size_t next = scan_next(&scan, i, &lines->odd);
        if (lines->scan == COPY_SCAN_PLAIN) {
            i = skip_fields(lines, &scan, next, base);
            if (i == data->len)
                break;
        }
        switch (step(lines, data->data[i], base + i, err)) {
        case STEP_ERROR:
            return COPY_ERROR;
        case STEP_LINE: {
            size_t ends = lines->line_end == COPY_END_CRNL ? 1 : 0;
            return take_line(lines, base + i - ends, i + 1, data, line, err);
        }
        case STEP_BACK:
            return take_line(lines, base + i - 1, i, data, line, err);
        case STEP_END:
            return take_end(lines, base + i, data, line, err);
        case STEP_ON:
        case STEP_AGAIN:
            break;
        }
        i++;
    }
    return keep(lines, data, err);
}

enum copy_next copy_lines_last(struct copy_lines *lines, struct slice *line,
                               struct pgw_error *err)
{
    struct slice none = {"", 0};
    size_t len = buf_len(&lines->kept);
    if (lines->ended || lines->kept_used || !lines->is_begun)
        return COPY_MORE;
    if (lines->scan == COPY_SCAN_CR) {
        if (step_return(lines, '\0', err) == STEP_ERROR)
            return COPY_ERROR;
        len--;
    } else if (lines->scan >= COPY_SCAN_DOT &&
               no_marker(lines, "end-of-copy marker corrupt", err) == STEP_ERROR) {
        return COPY_ERROR;
    }
    return take_line(lines, len, 0, &none, line, err);
}
