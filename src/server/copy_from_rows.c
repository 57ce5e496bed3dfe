/* copy_from_rows.c - the data of COPY … FROM STDIN to rows of the stage, and what is
 * wrong with it, told as PostgreSQL tells it.
 *
 * Where it happened is in the context of an error: the line, and either the column and
 * its value or all of the line, no more than a hundred bytes of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "server/copy_from_state.h"

enum { SHOWN_BYTES = 100 };

/* ---- contexts ---- */

static uint64_t line_of(const struct copy_from *copy)
{
    return copy->options.format == COPY_FORMAT_BINARY ? copy->binary.line
                                                      : copy->lines.line;
}

static enum pgw_status add_context(const struct copy_from *copy, struct pgw_error *err,
                                   const char *rest)
{
    if (line_of(copy) == 0) /* in the header of the binary format */
        return PGW_ERROR;
    size_t used = strlen(err->context); /* what the reader of a value has to say */
    (void)snprintf(err->context + used, sizeof err->context - used,
                   "%sCOPY %.*s, line %" PRIu64 "%s", used ? "\n" : "",
                   (int)copy->statement.table.len, copy->statement.table.data,
                   line_of(copy), rest);
    return PGW_ERROR;
}

enum pgw_status copy_from_in_line(const struct copy_from *copy, struct pgw_error *err)
{
    return add_context(copy, err, "");
}

static enum pgw_status in_line(const struct copy_from *copy, struct slice line,
                               struct pgw_error *err)
{
    char rest[SHOWN_BYTES + 16];
    size_t shown = text_boundary(line.data, line.len, SHOWN_BYTES);
    (void)snprintf(rest, sizeof rest, ": \"%.*s%s\"", (int)shown, line.data,
                   shown < line.len ? "..." : "");
    return add_context(copy, err, rest);
}

static enum pgw_status in_column(const struct copy_from *copy, size_t column,
                                 struct slice value, struct pgw_error *err)
{
    char rest[SHOWN_BYTES + 320];
    const char *name = copy->columns[column].name;
    size_t shown = text_boundary(value.data, value.len, SHOWN_BYTES);
    if (copy->options.format == COPY_FORMAT_BINARY)
        (void)snprintf(rest, sizeof rest, ", column %.250s", name);
    else if (!value.data)
        (void)snprintf(rest, sizeof rest, ", column %.250s: null input", name);
    else
        (void)snprintf(rest, sizeof rest, ", column %.250s: \"%.*s%s\"", name,
                       (int)shown, value.data, shown < value.len ? "..." : "");
    return add_context(copy, err, rest);
}

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

/* ---- the header ---- */

static bool match_field(const struct copy_from *copy, size_t i, struct pgw_error *err)
{
    const struct slice got = copy->fields[i];
    const char *expected = copy->columns[i].name;
    const struct slice null = copy->options.null;
    if (!got.data)
        (void)pgw_fail(err, "22P04",
                       "column name mismatch in header line field %zu: got null value "
                       "(\"%.*s\"), expected \"%s\"",
                       i + 1, (int)null.len, null.data, expected);
    else if (!slice_equal(got, slice_of(expected)))
        (void)pgw_fail(err, "22P04",
                       "column name mismatch in header line field %zu: got \"%.*s\", "
                       "expected \"%s\"",
                       i + 1, (int)got.len, got.data, expected);
    else
        return true;
    return false;
}

static enum pgw_status read_header(struct copy_from *copy, struct slice line,
                                   struct pgw_error *err)
{
    copy->header_due = false;
    if (copy->options.header != COPY_HEADER_MATCH)
        return PGW_OK;
    size_t count =
        copy_lines_fields(&copy->lines, line, copy->fields, copy->column_count, err);
    if (count == SIZE_MAX)
        return in_line(copy, line, err);
    if (count != copy->column_count) {
        (void)pgw_fail(err, "22P04",
                       "wrong number of fields in header line: got %zu, expected %zu",
                       count, copy->column_count);
        return in_line(copy, line, err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!match_field(copy, i, err))
            return in_line(copy, line, err);
    }
    return PGW_OK;
}

/* ---- rows ---- */

/* Is it a value that was no good, and not the machine? */
static bool may_skip(const struct copy_from *copy, const struct pgw_error *err)
{
    return copy->options.skips_errors && strncmp(err->sqlstate, "53", 2) != 0 &&
           strncmp(err->sqlstate, "54", 2) != 0;
}

static enum pgw_status skip_row(struct copy_from *copy, size_t column,
                                struct pgw_error *err)
{
    const struct slice value = copy->fields[column];
    copy->skipped++;
    if (copy->options.reject_limit && copy->skipped > copy->options.reject_limit) {
        (void)pgw_fail(err, "22P02",
                       "skipped more than REJECT_LIMIT (%" PRId64
                       ") rows due to data type incompatibility",
                       copy->options.reject_limit);
        return in_column(copy, column, value, err);
    }
    if (copy->options.verbosity == COPY_VERBOSE)
        query_session_notice(
            copy->session, PGW_SEVERITY_NOTICE, "00000",
            "skipping row due to data type incompatibility at line %" PRIu64
            " for column \"%s\": \"%.*s\"",
            line_of(copy), copy->columns[column].name,
            (int)text_boundary(value.data, value.len, SHOWN_BYTES), value.data);
    return PGW_OK;
}

/* NULL and not, as csv's options have it. */
static struct slice forced(const struct copy_from *copy, size_t column)
{
    const struct copy_column *kind = &copy->columns[column];
    struct slice value = copy->fields[column];
    if (!value.data && kind->force_not_null)
        return copy->options.null;
    if (value.data && kind->force_null && slice_equal(value, copy->options.null))
        return (struct slice){NULL, 0};
    return value;
}

/* The first `count` fields of a row; what is missing is told when it is its turn. */
static enum pgw_status put_fields(struct copy_from *copy, size_t count, bool *skipped,
                                  struct pgw_error *err)
{
    bool is_csv = copy->options.format == COPY_FORMAT_CSV;
    enum pgw_format format = copy->options.format == COPY_FORMAT_BINARY
                                 ? PGW_BINARY_FORMAT
                                 : PGW_TEXT_FORMAT;
    if (!copy_stage_begin_row(&copy->stage))
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct slice value = is_csv ? forced(copy, i) : copy->fields[i];
        if (copy_stage_put(&copy->stage, i, value, format, err) == PGW_OK)
            continue;
        *skipped = may_skip(copy, err);
        return *skipped ? skip_row(copy, i, err) : in_column(copy, i, value, err);
    }
    return PGW_OK;
}

static enum pgw_status put_tuple(struct copy_from *copy, struct pgw_error *err)
{
    bool skipped = false;
    enum pgw_status status = put_fields(copy, copy->column_count, &skipped, err);
    if (status == PGW_OK && !skipped)
        copy_stage_end_row(&copy->stage);
    return status;
}

static enum pgw_status put_line(struct copy_from *copy, struct slice line,
                                struct pgw_error *err)
{
    if (copy->header_due)
        return read_header(copy, line, err);
    size_t count =
        copy_lines_fields(&copy->lines, line, copy->fields, copy->column_count, err);
    if (count == SIZE_MAX)
        return in_line(copy, line, err);
    if (count > copy->column_count) {
        (void)pgw_fail(err, "22P04", "extra data after last expected column");
        return in_line(copy, line, err);
    }
    bool skipped = false;
    enum pgw_status status = put_fields(copy, count, &skipped, err);
    if (status != PGW_OK || skipped)
        return status;
    if (count < copy->column_count) {
        (void)pgw_fail(err, "22P04", "missing data for column \"%s\"",
                       copy->columns[count].name);
        return in_line(copy, line, err);
    }
    copy_stage_end_row(&copy->stage);
    return PGW_OK;
}

static enum copy_next next_row(struct copy_from *copy, struct slice *data,
                               struct slice *line, struct pgw_error *err)
{
    size_t column;
    enum copy_next next;
    if (copy->options.format != COPY_FORMAT_BINARY) {
        next = copy_lines_next(&copy->lines, data, line, err);
        if (next == COPY_ERROR)
            (void)add_context(copy, err, "");
        return next;
    }
    next = copy_binary_next(&copy->binary, data, copy->fields, &column, err);
    if (next == COPY_ERROR && column < copy->column_count)
        (void)in_column(copy, column, (struct slice){NULL, 0}, err);
    else if (next == COPY_ERROR)
        (void)add_context(copy, err, "");
    return next;
}

enum pgw_status copy_from_rows(struct copy_from *copy, struct slice *data,
                               struct pgw_error *err)
{
    struct slice line = {"", 0};
    for (;;) {
        if (copy_stage_is_full(&copy->stage))
            return PGW_MORE;
        enum copy_next next = next_row(copy, data, &line, err);
        if (next != COPY_ROW)
            return next == COPY_MORE ? PGW_OK : PGW_ERROR;
        enum pgw_status status = copy->options.format == COPY_FORMAT_BINARY
                                     ? put_tuple(copy, err)
                                     : put_line(copy, line, err);
        if (status != PGW_OK)
            return status;
    }
}

enum pgw_status copy_from_last_row(struct copy_from *copy, struct pgw_error *err)
{
    struct slice line = {"", 0};
    size_t column;
    if (!copy_recode_last(&copy->recode, err))
        return add_context(copy, err, "");
    if (copy->options.format == COPY_FORMAT_BINARY) {
        if (copy_binary_last(&copy->binary, &column, err))
            return PGW_OK;
        return column < copy->column_count
                   ? in_column(copy, column, (struct slice){NULL, 0}, err)
                   : add_context(copy, err, "");
    }
    switch (copy_lines_last(&copy->lines, &line, err)) {
    case COPY_ROW:
        return put_line(copy, line, err);
    case COPY_ERROR:
        return add_context(copy, err, "");
    case COPY_MORE:
        break;
    }
    return PGW_OK;
}
