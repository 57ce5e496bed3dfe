/* copy_from_table.c - COPY … FROM STDIN: the table that is copied into.
 *
 * The order in which things are found wanting is PostgreSQL's: the table, the options,
 * the columns. The engine tells generated columns only by refusing to insert into them:
 * where no columns were said, one that it refuses is left out. */
#include <string.h>

#include "batch/type.h"
#include "core/buf.h"
#include "core/text.h"
#include "server/copy_from_state.h"
#include "server/copy_generated.h"

/* ---- texts ---- */

static bool append(struct buf *sql, struct slice text)
{
    return text.len == 0 || buf_append(sql, text.data, text.len);
}

static bool append_name(struct buf *sql, const char *name)
{
    bool done = append(sql, SLICE("\""));
    for (; done && *name; name++)
        done = buf_append(sql, name, 1) && (*name != '"' || buf_append(sql, name, 1));
    return done && append(sql, SLICE("\""));
}

static struct slice text_of(const struct buf *sql)
{
    return (struct slice){(const char *)buf_data(sql), buf_len(sql)};
}

/* insert into t ("a", "b") select * from wirehouse_staged() t [where …]; *lead:
 * characters in front of the condition. */
static bool insert_text(const struct copy_from *copy, struct buf *sql, int32_t *lead)
{
    const struct copy_statement *statement = &copy->statement;
    bool done = append(sql, SLICE("insert into ")) && append(sql, statement->relation);
    for (size_t i = 0; done && i < copy->column_count; i++)
        done = append(sql, i ? SLICE(", ") : SLICE(" (")) &&
               append_name(sql, copy->columns[i].name);
    done = done && append(sql, SLICE(") select * from " ENGINE_STAGED "() as ")) &&
           append_name(sql, statement->table.data);
    if (!done || statement->where.len == 0)
        return done;
    done = append(sql, SLICE(" where ("));
    *lead =
        done ? text_characters(text_of(sql).data, text_of(sql).data + text_of(sql).len)
             : 0;
    return done && append(sql, statement->where) && append(sql, SLICE(")"));
}

/* ---- columns ---- */

static bool prepare_table(struct copy_from *copy, struct query **out, struct error *err)
{
    struct buf sql = {0};
    bool done =
        append(&sql, SLICE("select * from ")) && append(&sql, copy->statement.relation);
    if (done)
        done = query_prepare(copy->session, text_of(&sql), NULL, out, err) == PGW_OK;
    else
        error_no_memory(err);
    buf_free(&sql);
    err->position = 0; /* PostgreSQL names none either */
    return done;
}

/* The columns are the engine's, which knows no case. */
static const struct engine_column *find_column(const struct query *table,
                                               struct slice name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (slice_equal_nocase(slice_of(table->columns[i].name), name))
            return &table->columns[i];
    }
    return NULL;
}

static struct copy_column *find_listed(const struct copy_from *copy, struct slice name)
{
    for (size_t i = 0; i < copy->column_count; i++) {
        if (slice_equal_nocase(slice_of(copy->columns[i].name), name))
            return &copy->columns[i];
    }
    return NULL;
}

static bool no_column(const struct copy_from *copy, struct slice name,
                      struct error *err)
{
    const struct slice table = copy->statement.table;
    return error_set(err, "42703",
                     "column \"%.*s\" of relation \"%.*s\" does not exist",
                     (int)name.len, name.data, (int)table.len, table.data);
}

static bool add_column(struct copy_from *copy, const struct engine_column *column,
                       struct error *err)
{
    struct copy_column *out = &copy->columns[copy->column_count];
    const struct type *type = type_copy(&copy->arena, column->type);
    out->name = arena_string(&copy->arena, slice_of(column->name));
    if (!type || !out->name)
        return error_no_memory(err);
    copy->column_count++;
    return copy_column_init(out, type, &copy->arena, err);
}

static bool add_listed(struct copy_from *copy, const struct query *table,
                       struct error *err)
{
    const struct copy_names *names = &copy->statement.columns;
    for (size_t i = 0; i < names->count; i++) {
        struct slice name = names->names[i];
        const struct engine_column *column = find_column(table, name);
        if (!column)
            return no_column(copy, name, err);
        if (find_listed(copy, name))
            return error_set(err, "42701", "column \"%.*s\" specified more than once",
                             (int)name.len, name.data);
        if (!add_column(copy, column, err))
            return false;
    }
    return true;
}

static bool add_all(struct copy_from *copy, const struct query *table,
                    struct error *err)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (!add_column(copy, &table->columns[i], err))
            return false;
    }
    return true;
}

/* FORCE_NULL and FORCE_NOT_NULL: of columns that are copied. */
static bool mark_forced(struct copy_from *copy, const struct query *table,
                        const char *option, struct error *err)
{
    bool is_null = strcmp(option, "FORCE_NULL") == 0;
    const struct copy_names *names =
        is_null ? &copy->options.force_null : &copy->options.force_not_null;
    for (size_t i = 0; i < names->count; i++) {
        struct slice name = names->names[i];
        struct copy_column *column = find_listed(copy, name);
        if (!find_column(table, name))
            return no_column(copy, name, err);
        if (!column)
            return error_set(err, "42P10", "%s column \"%.*s\" not referenced by COPY",
                             option, (int)name.len, name.data);
        if (is_null ? column->force_null : column->force_not_null)
            return error_set(err, "42701", "column \"%.*s\" specified more than once",
                             (int)name.len, name.data);
        *(is_null ? &column->force_null : &column->force_not_null) = true;
    }
    return true;
}

static bool choose_columns(struct copy_from *copy, const struct query *table,
                           struct error *err)
{
    size_t most = table->column_count + copy->statement.columns.count;
    copy->columns = arena_calloc(&copy->arena, most, sizeof *copy->columns);
    if (!copy->columns)
        return error_no_memory(err);
    return (copy->statement.columns.count ? add_listed(copy, table, err)
                                          : add_all(copy, table, err)) &&
           mark_forced(copy, table, "FORCE_NOT_NULL", err) &&
           mark_forced(copy, table, "FORCE_NULL", err);
}

/* ---- the INSERT ---- */

static bool prepare_staged(struct copy_from *copy, const struct engine_staged *staged,
                           struct error *err)
{
    struct buf sql = {0};
    int32_t lead = 0;
    copy->session->staged = staged;
    bool done = insert_text(copy, &sql, &lead);
    if (done)
        done = query_prepare(copy->session, text_of(&sql), NULL, &copy->insert, err) ==
               PGW_OK;
    else
        error_no_memory(err);
    copy->session->staged = NULL;
    buf_free(&sql);
    if (!done && err->position > lead && lead > 0)
        err->position -=
            lead - text_characters(copy->text.data, copy->statement.where.data);
    else if (!done)
        err->position = 0;
    return done;
}

static bool restage(struct copy_from *copy, struct error *err)
{
    return copy_stage_init(&copy->stage, copy->columns, copy->column_count,
                           copy->protocol, &copy->arena, err);
}

static bool is_generated(struct copy_from *copy, size_t i)
{
    const struct slice name = slice_of(copy->columns[i].name);
    const struct copy_names one = {&name, 1};
    return copy_has_generated(copy->session, copy->statement.relation, &one);
}

/* Those that were said are an error, the others are left out. */
static bool drop_generated(struct copy_from *copy, struct error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < copy->column_count; i++) {
        bool generated = is_generated(copy, i);
        if (generated && copy->statement.columns.count > 0)
            return copy_refuse_generated(slice_of(copy->columns[i].name), err);
        if (!generated)
            copy->columns[kept++] = copy->columns[i];
    }
    copy->column_count = kept;
    return true;
}

static bool prepare_insert(struct copy_from *copy, struct error *err)
{
    if (!restage(copy, err))
        return false;
    if (prepare_staged(copy, &copy->stage.staged, err))
        return true;
    if (strcmp(err->sqlstate, "42809") == 0) {
        const struct slice table = copy->statement.table;
        (void)error_set(err, "42809", "cannot copy to view \"%.*s\"", (int)table.len,
                        table.data);
        return false;
    }
    return strcmp(err->sqlstate, "428C9") == 0 && drop_generated(copy, err) &&
           restage(copy, err) && prepare_staged(copy, &copy->stage.staged, err);
}

/* A plan knows what it was made for by its text alone: there is none of it left before,
 * nor afterwards. */
bool copy_from_prepare_insert(struct copy_from *copy,
                              const struct engine_staged *staged, struct error *err)
{
    pool_forget(copy->session->conn, copy->insert->engine_text);
    query_free(copy->insert);
    copy->insert = NULL;
    return prepare_staged(copy, staged, err);
}

/* ---- all of it ---- */

static bool check_supported(const struct copy_from *copy, struct error *err)
{
    if (copy->options.format == COPY_FORMAT_ARROW)
        return error_set(err, "0A000",
                         "COPY from the client in this format is not supported");
    return !copy->options.has_default ||
           error_set(err, "0A000", "COPY with DEFAULT is not supported");
}

static bool init_machine(struct copy_from *copy, struct error *err)
{
    const struct slice encoding = copy->options.encoding;
    copy->header_due = copy->options.header != COPY_HEADER_NONE;
    copy->fields = arena_calloc(&copy->arena, copy->column_count, sizeof *copy->fields);
    if (!copy->fields)
        return error_no_memory(err);
    if (copy->options.format == COPY_FORMAT_BINARY)
        return copy_binary_init(&copy->binary, copy->column_count, &copy->arena) ||
               error_no_memory(err);
    if (copy->options.format == COPY_FORMAT_PARQUET)
        return copy_from_file_open(copy, err);
    copy_lines_init(&copy->lines, &copy->options);
    return copy_recode_init(&copy->recode, encoding,
                            encoding.len ? copy_encoding(encoding) : "", err);
}

bool copy_from_prepare(struct copy_from *copy, struct slice text, struct error *err)
{
    struct query *table = NULL;
    copy->text = (struct slice){arena_string(&copy->arena, text), text.len};
    if (!copy->text.data)
        return error_no_memory(err);
    bool done = copy_statement_parse(copy->text, &copy->arena, &copy->statement, err) &&
                prepare_table(copy, &table, err) &&
                copy_options_read(&copy->statement, &copy->options, err) &&
                check_supported(copy, err) && choose_columns(copy, table, err) &&
                prepare_insert(copy, err) && init_machine(copy, err);
    query_free(table);
    return done;
}
