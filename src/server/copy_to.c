/* copy_to.c - COPY … TO STDOUT: its options, and the statement whose rows it copies.
 *
 * The order in which things are found wanting is PostgreSQL's: the table, its columns,
 * the options; with a query first the options. */
#include "server/copy_to.h"

#include <stdlib.h>

#include "core/text.h"
#include "server/copy_generated.h"

void copy_to_free(struct copy_to *copy)
{
    if (!copy)
        return;
    query_free(copy->source);
    spool_blob_free(copy->file);
    arena_free(&copy->arena);
    free(copy);
}

/* ---- columns ---- */

/* Names are the engine's, which knows no case. */
static const struct engine_column *find_column(const struct query *query,
                                               struct slice name)
{
    for (size_t i = 0; i < query->column_count; i++) {
        if (slice_equal_nocase(slice_of(query->columns[i].name), name))
            return &query->columns[i];
    }
    return NULL;
}

static bool is_among(const struct copy_names *names, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_nocase(names->names[i], name))
            return true;
    }
    return false;
}

/* Each is one of the table's, and there once. */
static bool check_columns(const struct copy_statement *statement,
                          const struct copy_names *names, const struct query *table,
                          struct error *err)
{
    for (size_t i = 0; i < names->count; i++) {
        struct slice name = names->names[i];
        if (!find_column(table, name) && statement->is_query)
            return error_set(err, "42703", "column \"%.*s\" does not exist",
                             (int)name.len, name.data);
        if (!find_column(table, name))
            return error_set(err, "42703",
                             "column \"%.*s\" of relation \"%.*s\" does not exist",
                             (int)name.len, name.data, (int)statement->table.len,
                             statement->table.data);
        if (is_among(names, i, name))
            return error_set(err, "42701", "column \"%.*s\" specified more than once",
                             (int)name.len, name.data);
    }
    return true;
}

/* select "a", "b" from t; without names all columns. */
static bool select_text(const struct copy_statement *statement,
                        const struct copy_names *names, struct buf *sql)
{
    bool done = buf_append(sql, "select ", 7);
    return done && copy_append_names(sql, names) &&
           (names->count > 0 || buf_append(sql, "*", 1)) &&
           buf_append(sql, " from ", 6) &&
           buf_append(sql, statement->relation.data, statement->relation.len);
}

/* ---- what is copied ---- */

static bool prepare_select(struct query_session *session,
                           const struct copy_statement *statement,
                           const struct copy_names *names, struct query **out,
                           struct error *err)
{
    struct buf sql = {0};
    bool done = select_text(statement, names, &sql) || error_no_memory(err);
    if (done) {
        struct slice text = {(const char *)buf_data(&sql), buf_len(&sql)};
        done = query_prepare(session, text, NULL, out, err) == PGW_OK;
        err->position = 0; /* PostgreSQL names none either */
    }
    buf_free(&sql);
    return done;
}

/* The columns that were said, else all of the table's; in the arena. */
static bool name_columns(struct copy_to *copy, const struct copy_statement *statement,
                         const struct query *table, struct copy_names *out)
{
    size_t count = table->column_count;
    struct slice *names = arena_calloc(&copy->arena, count, sizeof *names);
    *out = statement->columns;
    if (out->count > 0 || !names)
        return names != NULL;
    for (size_t i = 0; i < count; i++)
        names[i] = slice_of(table->columns[i].name);
    *out = (struct copy_names){names, count};
    return true;
}

/* Generated columns that were said are an error, the others are left out. */
static bool drop_generated(struct query_session *session, struct copy_to *copy,
                           const struct copy_statement *statement,
                           struct copy_names *names, struct error *err)
{
    size_t kept = 0;
    struct slice *left = arena_calloc(&copy->arena, names->count, sizeof *left);
    if (!left)
        return error_no_memory(err);
    for (size_t i = 0; i < names->count; i++) {
        const struct copy_names one = {&names->names[i], 1};
        bool generated = copy_has_generated(session, statement->relation, &one);
        if (generated && statement->columns.count > 0)
            return copy_refuse_generated(names->names[i], err);
        if (!generated)
            left[kept++] = names->names[i];
    }
    *names = (struct copy_names){left, kept};
    return true;
}

static bool choose_columns(struct query_session *session, struct copy_to *copy,
                           const struct copy_statement *statement,
                           const struct query *table, struct error *err)
{
    struct copy_names names;
    if (!name_columns(copy, statement, table, &names))
        return error_no_memory(err);
    bool generated = copy_has_generated(session, statement->relation, &names);
    if (generated && !drop_generated(session, copy, statement, &names, err))
        return false;
    if (!generated && statement->columns.count == 0)
        return true;
    return prepare_select(session, statement, &names, &copy->source, err);
}

static bool prepare_table(struct query_session *session, struct copy_to *copy,
                          const struct copy_statement *statement, struct error *err)
{
    static const struct copy_names all = {0};
    struct query *table = NULL;
    bool done = prepare_select(session, statement, &all, &table, err) &&
                check_columns(statement, &statement->columns, table, err) &&
                copy_options_read(statement, &copy->options, err) &&
                check_columns(statement, &copy->options.force_quote, table, err) &&
                choose_columns(session, copy, statement, table, err);
    if (done && !copy->source)
        copy->source = table;
    else
        query_free(table);
    return done;
}

/* Only what answers rows can be copied. */
static bool check_query(const struct query *source, struct error *err)
{
    static const char *const writers[] = {"INSERT", "UPDATE", "DELETE", "MERGE"};
    if (source->param_count > 0)
        return error_set(err, "42P02", "there is no parameter $1");
    if (source->class.kind == SQL_ENGINE && source->returns_rows)
        return true;
    for (size_t i = 0; source->class.writes && i < ARRAY_LEN(writers); i++) {
        if (strcmp(source->class.writes, writers[i]) == 0)
            return error_set(err, "0A000", "COPY query must have a RETURNING clause");
    }
    return error_set(err, "42601", "COPY copies the rows of a query, not of %s",
                     source->class.tag);
}

static bool prepare_query(struct query_session *session, struct copy_to *copy,
                          const struct query *query,
                          const struct copy_statement *statement, struct error *err)
{
    if (!copy_options_read(statement, &copy->options, err))
        return false;
    if (query_prepare(session, statement->query, NULL, &copy->source, err) == PGW_OK)
        return check_query(copy->source, err);
    if (err->position > 0)
        err->position += text_characters(query->text.data, statement->query.data);
    return false;
}

/* ---- what it looks like ---- */

static bool find_forced(struct copy_to *copy, const struct copy_statement *statement,
                        struct error *err)
{
    const struct copy_names *names = &copy->options.force_quote;
    const struct query *source = copy->source;
    bool *forced = arena_calloc(&copy->arena, source->column_count, sizeof *forced);
    if (!forced)
        return error_no_memory(err);
    if (statement->is_query && !check_columns(statement, names, source, err))
        return false;
    for (size_t i = 0; i < names->count; i++) {
        if (!find_column(source, names->names[i]))
            return error_set(err, "42P10",
                             "FORCE_QUOTE column \"%.*s\" not referenced by COPY",
                             (int)names->names[i].len, names->names[i].data);
    }
    for (size_t i = 0; i < source->column_count; i++)
        forced[i] = copy->options.force_quote_all ||
                    is_among(names, names->count, slice_of(source->columns[i].name));
    copy->style.force_quote = forced;
    return true;
}

static bool make_style(struct copy_to *copy, const struct copy_statement *statement,
                       struct error *err)
{
    static const enum pgw_copy_format formats[] = {[COPY_FORMAT_TEXT] = PGW_COPY_TEXT,
                                                   [COPY_FORMAT_CSV] = PGW_COPY_CSV,
                                                   [COPY_FORMAT_BINARY] =
                                                       PGW_COPY_BINARY,
                                                   [COPY_FORMAT_PARQUET] = PGW_COPY_RAW,
                                                   [COPY_FORMAT_ARROW] = PGW_COPY_RAW};
    const struct copy_options *options = &copy->options;
    copy->style =
        (struct pgw_copy_style){.format = formats[options->format],
                                .header = options->header != COPY_HEADER_NONE,
                                .delimiter = options->delimiter,
                                .quote = options->quote,
                                .escape = options->escape,
                                .null = {options->null.data, options->null.len}};
    const char *encoding =
        options->encoding.len ? copy_encoding(options->encoding) : NULL;
    if (encoding && *encoding)
        copy->style.encoding = encoding;
    return (!options->force_quote_all && options->force_quote.count == 0) ||
           find_forced(copy, statement, err);
}

/* ---- execution ---- */

static bool prepare(struct query_session *session, struct copy_to *copy,
                    const struct query *query, struct error *err)
{
    const struct copy_statement *statement = query->copy;
    if (!(statement->is_query ? prepare_query(session, copy, query, statement, err)
                              : prepare_table(session, copy, statement, err)))
        return false;
    copy->source->is_lazy = copy->options.format == COPY_FORMAT_PARQUET;
    return make_style(copy, statement, err);
}

static bool run(struct query_session *session, const struct query *query,
                struct query_result *out, struct error *err)
{
    const struct copy_statement *statement = query->copy;
    struct copy_to *copy = calloc(1, sizeof *copy);
    if (!copy)
        return error_no_memory(err);
    bool done = prepare(session, copy, query, err);
    if (done && query_execute(session, copy->source, NULL, out, err) != PGW_OK) {
        done = false;
        if (statement->is_query && err->position > 0)
            err->position += text_characters(query->text.data, statement->query.data);
    }
    if (done && copy->source->is_lazy)
        done = copy_to_save(session, copy, statement, out, err);
    if (!done) {
        copy_to_free(copy);
        return false;
    }
    out->tag = "COPY";
    out->count = SQL_COUNT_ROWS;
    out->copy = copy;
    return true;
}

enum pgw_status copy_to_execute(struct query_session *session,
                                const struct query *query, struct query_result *out,
                                struct error *err)
{
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    bool done = run(session, query, out, err);
    if (session->live)
        query_session_pause(session);
    else
        query_session_leave(session);
    return done ? PGW_OK : PGW_ERROR;
}
